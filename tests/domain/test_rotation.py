from __future__ import annotations

from datetime import date

import pytest

from app.catalogue import load_shipped
from app.domain.cadence import MeetingFacts
from app.domain.catalogue import Hosting
from app.domain.rotation import Turn, next_host

ALL = frozenset({"CA", "MX", "US"})
NONE_GIVEN = Hosting(rotation=None, rotation_attested=False, note=None)
ATTESTED = Hosting(rotation=("US", "MX", "CA"), rotation_attested=True, note=None)
READ = Hosting(rotation=("CA", "US", "MX"), rotation_attested=False, note=None)


def hosted(*hosts, state="held", parties=ALL, first_year=2017):
    return [
        MeetingFacts(f"X-{first_year + number}-1", state, frozenset(parties), date(first_year + number, 5, 1), host)
        for number, host in enumerate(hosts)
    ]


def of(ref, meetings=()):
    mechanism = load_shipped().mechanism(ref)
    return next_host(mechanism.hosting, mechanism.record, meetings, parties=mechanism.parties)


@pytest.mark.parametrize(
    ("ref", "party", "basis", "order", "last_turn"),
    [
        ("M02", "CA", "read_from_practice", ("CA", "US", "MX"), Turn(date(2024, 11, 13), "MX")),
        ("M03", "US", "read_from_practice", ("CA", "MX", "US"), Turn(date(2024, 2, 22), "MX")),
        ("M04", "CA", "attested", ("US", "MX", "CA"), Turn(date(2023, 1, 9), "MX")),
        ("M08", "US", "read_from_practice", ("US", "MX", "CA"), Turn(date(2016, 2, 12), "CA")),
    ],
)
def test_the_next_host_of_the_catalogue(ref, party, basis, order, last_turn):
    found = of(ref)
    assert found is not None
    assert (found.party, found.basis, found.order, found.last_turn) == (party, basis, order, last_turn)


def test_no_other_mechanism_of_the_catalogue_has_one():
    others = [one.ref for one in load_shipped().mechanisms if of(one.ref) is None]
    assert len(others) == 51
    assert {"M01", "M49"} <= set(others)


@pytest.mark.parametrize(
    ("meetings", "party"),
    [
        (hosted("CA", first_year=2026), "US"),
        (hosted("US", first_year=2026), "MX"),  # a swap: the order goes on from where it led
        (hosted("CA", first_year=2026, state="closed"), "US"),
        # what takes no turn: not held, without a host, hosted by another, before the last, without all parties
        (hosted("CA", first_year=2026, state="confirmed"), "CA"),
        (hosted("CA", first_year=2026, state="cancelled"), "CA"),
        (hosted("CA", first_year=2026, state="postponed"), "CA"),
        (hosted(None, first_year=2026), "CA"),
        (hosted("NL", first_year=2026), "CA"),
        (hosted("US", first_year=2021), "CA"),
        (hosted("US", first_year=2026, parties={"MX", "US"}), "CA"),
    ],
)
def test_meetings_kept_here_take_turns_after_the_record(meetings, party):
    assert of("M02", meetings).party == party


def test_virtual_meetings_without_a_host_take_no_turn():
    entry = load_shipped().mechanism("M02").record[4]
    assert (entry.format, entry.host) == ("virtual", None)
    record = load_shipped().mechanism("M02").record[:5]
    found = next_host(READ, record, [], parties=ALL)
    assert found is not None
    assert (found.party, found.last_turn) == ("MX", Turn(date(2019, 12, 5), "US"))


@pytest.mark.parametrize(
    ("hosts", "parties", "party", "order"),
    [
        # gone through and begun again: an order in practice
        (["MX", "CA", "US", "MX"], ALL, "CA", ("CA", "US", "MX")),
        (["US", "MX", "CA", "US", "MX", "CA"], ALL, "US", ("US", "MX", "CA")),
        (["MX", "US", "MX"], {"MX", "US"}, "US", ("US", "MX")),
    ],
)
def test_an_order_is_read_from_practice_once_it_is_repeated(hosts, parties, party, order):
    found = next_host(NONE_GIVEN, [], hosted(*hosts, parties=parties), parties=parties)
    assert found is not None
    assert (found.party, found.basis, found.order) == (party, "read_from_practice", order)


@pytest.mark.parametrize(
    ("hosts", "parties"),
    [
        ([], ALL),
        (["MX"], ALL),
        (["MX", "CA", "US"], ALL),  # gone through once shows no rule
        (["CA", "MX", "CA", "US"], ALL),
        (["MX", "MX", "US", "MX"], ALL),
        (["MX", "MX", "MX"], {"MX", "US"}),
        (["US", "MX"], {"MX", "US"}),
        (["US", "US", "US", "US"], set()),
    ],
)
def test_no_order_is_invented(hosts, parties):
    assert next_host(NONE_GIVEN, [], hosted(*hosts, parties=parties or ALL), parties=parties) is None


def test_an_order_stated_as_a_rule_begins_with_its_first_and_one_in_practice_does_not():
    found = next_host(ATTESTED, [], [], parties=ALL)
    assert found is not None
    assert (found.party, found.basis, found.last_turn) == ("US", "attested", None)
    assert next_host(READ, [], [], parties=ALL) is None
