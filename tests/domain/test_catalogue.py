from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest
import yaml

from app.catalogue import load_shipped, shipped_texts
from app.domain.catalogue import (
    FILES,
    Cadence,
    Mechanism,
    Office,
    Party,
    RecordEntry,
    from_facts,
)
from app.domain.partial_dates import PartialDate


@pytest.fixture(scope="module")
def catalogue():
    return load_shipped()


@pytest.fixture(scope="module")
def written():
    return {name: yaml.safe_load(text) for name, text in shipped_texts().items()}


def test_everything_that_ships_is_read(catalogue):
    assert [mechanism.ref for mechanism in catalogue.mechanisms] == [f"M{number:02}" for number in range(1, 56)]
    assert [commitment.ref for commitment in catalogue.commitments] == [f"C{number:02}" for number in range(1, 19)]
    assert [item.ref for item in catalogue.recommendations] == [f"R{number:02}" for number in range(1, 60)]
    assert len(catalogue.parties) == 21
    assert len(catalogue.offices) == 46
    assert len(catalogue.related_forums) == 6
    assert [paper.id for paper in catalogue.papers] == ["S0", "S2", "S3"]
    assert len(catalogue.public_sources) == 62
    assert len(catalogue.calendar.closures) == 151
    assert [party.code for party in catalogue.parties if party.core] == ["CA", "MX", "US"]


def test_what_is_proposed_is_told_apart(catalogue):
    proposed = [mechanism.ref for mechanism in catalogue.mechanisms if mechanism.status == "proposed"]
    assert proposed == [f"M{number}" for number in (*range(28, 49), 55)]


@pytest.mark.parametrize(
    ("ref", "cadence", "since"),
    [
        ("M01", Cadence(2, 12, "calendar_year"), date(2016, 6, 29)),
        ("M02", Cadence(1, 12, "calendar_year"), date(2016, 6, 29)),
        ("M03", Cadence(1, 24, "rolling"), None),
        ("M05", Cadence(2, 12, "calendar_year"), None),
        ("M14", None, None),  # mandate of 2008: no day is made up
        ("M50", None, date(2019, 6, 7)),
    ],
)
def test_cadence_and_mandate_are_as_written(catalogue, ref, cadence, since):
    mechanism = catalogue.mechanism(ref)
    assert mechanism.cadence == cadence
    assert mechanism.mandate.since == since


def test_m01_has_no_record(catalogue):
    assert catalogue.mechanism("un-coordination").record == ()


def test_a_record_entry_keeps_what_is_known(catalogue):
    assert catalogue.mechanism("M02").record[4] == RecordEntry(
        ordinal=5,
        label="NADD 5",
        known_on=PartialDate("2022-02-10"),
        starts_on=date(2022, 2, 10),
        ends_on=date(2022, 2, 10),
        place=None,
        country=None,
        host=None,
        co_hosts=(),
        guests=(),
        margins_of=None,
        outcome="held",
        format="virtual",
        attested=True,
        source="whitehouse.gov",
        note="26 months after the fourth.",
    )


def test_things_are_found_by_their_names(catalogue):
    assert catalogue.mechanism("M03") is catalogue.mechanism("defence-ministerial")
    assert catalogue.party("MX").name.in_language("fr") == "Mexique"
    assert catalogue.party("MX").name.in_language("de") == "Mexico"
    assert catalogue.paper("S2").authors == ("Christopher Landau",)
    with pytest.raises(KeyError):
        catalogue.mechanism("M56")


def test_a_mechanism_without_a_template_takes_the_default(catalogue):
    assert catalogue.mechanism("M09").agenda_template is None
    assert len(catalogue.agenda_template_of(catalogue.mechanism("M09"))) == 7
    assert len(catalogue.agenda_template_of(catalogue.mechanism("M01"))) == 12


@pytest.mark.parametrize(
    ("file", "key", "attribute"),
    [
        ("mechanisms.yaml", "mechanisms", "mechanisms"),
        ("mechanisms.yaml", "related_forums", "related_forums"),
        ("commitments.yaml", "commitments", "commitments"),
        ("recommendations.yaml", "recommendations", "recommendations"),
        ("sources.yaml", "papers", "papers"),
        ("sources.yaml", "public", "public_sources"),
    ],
)
def test_facts_are_what_the_file_says_word_for_word(catalogue, written, file, key, attribute):
    facts = [item.as_facts() for item in getattr(catalogue, attribute)]
    assert facts == written[file][key]
    assert json.loads(json.dumps(facts)) == facts


def test_facts_of_a_party_fill_in_what_the_file_may_leave_out(catalogue, written):
    for party, raw in zip(catalogue.parties, written["parties.yaml"]["parties"], strict=True):
        offices = [{"city": None, "time_zone": None, **office} for office in raw.get("offices", [])]
        assert party.as_facts() == {**raw, "offices": offices}


def test_the_calendar_is_what_the_file_says(catalogue, written):
    assert catalogue.calendar.as_facts() == written["calendar.yaml"]


def test_what_was_kept_as_facts_is_read_again(catalogue):
    for mechanism in catalogue.mechanisms:
        assert from_facts(Mechanism, json.loads(json.dumps(mechanism.as_facts()))) == mechanism
    for party in catalogue.parties:
        assert from_facts(Party, party.as_facts()) == party
    for office in catalogue.offices:
        assert from_facts(Office, office.as_facts()) == office


def test_an_entry_that_the_parties_kept_is_no_fact_of_the_catalogue(catalogue):
    entry = catalogue.mechanism("M02").record[0]
    assert dataclasses.replace(entry, by_parties=True).as_facts() == entry.as_facts()


def test_closures_add_up_to_the_counts(catalogue):
    for counts in catalogue.calendar.counts:
        closures = [closure for closure in catalogue.calendar.closures if closure.date.year == counts.year]
        assert len({closure.date for closure in closures}) == counts.weekdays_with_a_closure
        for party, count in counts.per_party.items():
            assert sum(closure.party == party for closure in closures) == count


def test_the_word_that_means_two_things_is_nowhere():
    for name, text in shipped_texts().items():
        assert "biannual" not in text.lower(), name
    assert set(FILES) == set(shipped_texts())
