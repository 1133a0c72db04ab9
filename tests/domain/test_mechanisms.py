from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from app.catalogue import load_shipped
from app.domain.cadence import MeetingFacts
from app.domain.mechanisms import (
    LeadOffice,
    Owed,
    RecordCounts,
    channels_of,
    compliance,
    is_proposal_in_literature,
    lead_offices,
    next_ordinal,
    owes,
    page_of,
    paper_of,
    record_counts,
    register_order,
    texts_in_english,
)

TODAY = date(2026, 11, 22)
ALL = frozenset({"CA", "MX", "US"})


def of(ref):
    return load_shipped().mechanism(ref)


def meeting(*, state="held", parties=ALL, ordinal=None, starts_on=date(2026, 3, 3)):
    return MeetingFacts("NADD-2026-1", state, frozenset(parties), starts_on, ordinal=ordinal)


def test_twenty_two_mechanisms_are_proposals_and_owe_nothing():
    proposals = [one for one in load_shipped().mechanisms if is_proposal_in_literature(one)]
    assert len(proposals) == 22
    assert all(owes(one, TODAY) is None and compliance(one, [], TODAY) == () for one in proposals)


def test_a_proposal_has_an_author_and_a_date():
    papers = load_shipped().papers
    assert paper_of(of("M28"), papers).authors == ("Earl Anthony Wayne", "Arturo Sarukhan")
    assert str(paper_of(of("M45"), papers).date) == "2024"
    assert paper_of(of("M48"), papers).authors == ()
    with pytest.raises(KeyError):
        paper_of(of("M02"), papers)


def test_only_two_mechanisms_of_the_catalogue_owe_a_date():
    owed = {one.ref: owes(one, TODAY) for one in load_shipped().mechanisms}
    assert {ref: found for ref, found in owed.items() if found} == {
        "M01": Owed(date(2026, 12, 31), 39, 2, 12),
        "M02": Owed(date(2026, 12, 31), 39, 1, 12),
    }


@pytest.mark.parametrize("status", ["proposed", "concluded"])
def test_what_is_only_proposed_or_is_over_owes_nothing(status):
    assert owes(dataclasses.replace(of("M01"), status=status), TODAY) is None


@pytest.mark.parametrize("status", ["agreed", "active", "stalled", "dormant"])
def test_a_promise_stands_while_it_rests(status):
    assert owes(dataclasses.replace(of("M01"), status=status), TODAY) == Owed(date(2026, 12, 31), 39, 2, 12)


@pytest.mark.parametrize(
    ("ref", "counts"),
    [
        ("M01", RecordCounts(None, 0, 0, 0, 0, 0, 0)),
        ("M02", RecordCounts(8, 6, 2, 0, 0, 0, 0)),
        ("M03", RecordCounts(5, 4, 1, 1, 0, 0, 0)),
        ("M04", RecordCounts(None, 10, 0, 0, 1, 1, 1)),
    ],
)
def test_the_record_is_counted_by_number_and_as_attested(ref, counts):
    assert record_counts(of(ref).record) == counts


@pytest.mark.parametrize(
    ("ref", "meetings", "ordinal"),
    [
        ("M01", [], None),
        ("M02", [], 9),
        ("M03", [], 6),
        ("M04", [], None),
        ("M02", [meeting(ordinal=9)], 10),
        ("M02", [meeting(ordinal=9, state="confirmed")], 10),
        ("M02", [meeting(ordinal=9, state="postponed")], 10),
        ("M02", [meeting(ordinal=9, state="cancelled")], 9),
        # a gap must not tell Canada of a meeting without it
        ("M02", [meeting(ordinal=9, parties={"MX", "US"})], 9),
        ("M01", [meeting(ordinal=1)], 2),
        ("M04", [meeting()], None),
    ],
)
def test_the_next_number(ref, meetings, ordinal):
    assert next_ordinal(of(ref).record, meetings, parties=ALL) == ordinal


def test_lead_offices_say_which_are_attested():
    assert lead_offices(of("M03")) == (
        LeadOffice("CA", "CA-DND", is_attested=False),
        LeadOffice("MX", "MX-SEDENA", is_attested=True),
        LeadOffice("MX", "MX-SEMAR", is_attested=True),
        LeadOffice("US", "US-DOD", is_attested=False),
        LeadOffice("US", "US-NORTHCOM", is_attested=True),
    )
    assert {lead.party for lead in lead_offices(of("M05"))} == {"MX", "US"}


@pytest.mark.parametrize(
    ("ref", "channels"),
    [
        ("M01", [{"CA", "MX", "US"}]),
        ("M05", [{"MX", "US"}]),
        ("M17", [{"CA", "US"}, {"MX", "US"}]),
        ("M37", [{"CA", "MX", "US"}]),  # pairs beside a meeting of all
    ],
)
def test_a_bilateral_mechanism_of_three_runs_by_pairs(ref, channels):
    assert [set(parties) for parties in channels_of(of(ref))] == channels


def test_compliance_of_a_pair_counts_the_pair():
    by_pairs = dataclasses.replace(of("M17"), cadence=of("M02").cadence, mandate=of("M02").mandate)
    kept = [meeting(parties={"MX", "US"}, starts_on=date(2025, 3, 3))]
    page = page_of(by_pairs, kept, TODAY)
    states = {tuple(sorted(channel.parties)): channel.periods[-2].state for channel in page.channels}
    assert states == {("CA", "US"): "no_record", ("MX", "US"): "met"}


def test_the_page_of_m01_says_prepare_the_first():
    page = page_of(of("M01"), [], TODAY)
    assert page.prepare == "first"
    assert page.owed == Owed(date(2026, 12, 31), 39, 2, 12)
    assert (page.next_host, page.next_ordinal, page.is_proposal) == (None, None, False)
    assert len(page.channels[0].periods) == 11
    assert page_of(of("M01"), [meeting()], TODAY).prepare == "next"
    assert page_of(of("M01"), [meeting(state="confirmed")], TODAY).prepare == "first"


def test_the_page_of_m02_knows_what_comes_next():
    page = page_of(of("M02"), [], TODAY)
    assert (page.prepare, page.next_ordinal) == ("next", 9)
    assert page.next_host is not None
    assert (page.next_host.party, page.next_host.basis) == ("CA", "read_from_practice")


def test_the_page_of_a_proposal_prepares_nothing():
    page = page_of(of("M28"), [], TODAY)
    assert (page.is_proposal, page.prepare, page.owed, page.next_host) == (True, None, None, None)
    assert page.channels[0].periods == ()


def test_texts_in_english_are_those_that_the_catalogue_tells():
    told = texts_in_english(of("M02"), of("M02").as_facts())
    assert {"drug trends", "Three panels, each chaired by another country."} <= told
    assert "faros" not in texts_in_english(dataclasses.replace(of("M02"), scope_in=("faros",)), of("M02").as_facts())
    [entry, *_] = of("M02").record
    here = dataclasses.replace(entry, note="Typed here", by_parties=True)
    there = dataclasses.replace(entry, note="Read there")
    assert texts_in_english(dataclasses.replace(of("M02"), record=(here, there)), {}) == {
        text for text in ("Read there", entry.margins_of) if text
    }


def test_the_register_puts_first_what_can_owe_a_date_then_status_then_name():
    order = [one.ref for one in register_order(load_shipped().mechanisms, "en")]
    assert order[:2] == ["M02", "M01"]
    by_ref = {one.ref: one for one in load_shipped().mechanisms}
    statuses = [by_ref[ref].status for ref in order[2:]]
    assert statuses == sorted(statuses, key=("active", "agreed", "stalled", "dormant", "concluded", "proposed").index)
    assert order[-22:] == [ref for ref in order if by_ref[ref].status == "proposed"]
    dormant = [ref for ref in order if by_ref[ref].status == "dormant"]
    assert dormant == ["M06", "M07", "M05"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Zinc", "École", "eagle"]),
        ("fr", ["eagle", "École", "Zinc"]),
    ],
)
def test_names_are_ordered_in_the_language_without_regard_to_accents(language, expected):
    names = [("1 zinc", "Zinc"), ("2 school", "École"), ("3 eagle", "eagle")]
    mechanisms = [
        dataclasses.replace(of("M09"), name=dataclasses.replace(of("M09").name, en=english, fr=french))
        for english, french in names
    ]
    assert [one.name.fr for one in register_order(mechanisms, language)] == expected
