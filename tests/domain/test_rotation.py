from __future__ import annotations

from datetime import date

import pytest

from app.catalogue import load_shipped
from app.domain.cadence import MeetingFacts
from app.domain.errors import Refusal
from app.domain.rotation import HostingChange, TroikaRoles, Turn, check_change, check_rotation, next_host, troika
from tests.domain.rotation_cases import ALL, ATTESTED, NONE_GIVEN, READ, change, hosted


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


def test_what_stands_beside_the_meetings_takes_no_turn():
    beside = MeetingFacts("X-2026-9", "held", ALL, date(2026, 6, 1), "CA", counts=False)
    found = of("M02", [beside])
    assert (found.party, found.last_turn) == ("CA", Turn(date(2024, 11, 13), "MX"))


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (["US", "MX", "CA"], None),
        (["US", "MX"], None),
        ([], "rotation_of_one"),
        (["US"], "rotation_of_one"),
        (["US", "US"], "twice_in_rotation"),
        (["US", "MX", "US"], "twice_in_rotation"),
        (["US", "NL"], "not_of_mechanism"),
        (["NL"], "not_of_mechanism"),
    ],
)
def test_an_order_that_cannot_rotate_is_refused(order, key):
    if key is None:
        check_rotation(order, ALL)
        return
    with pytest.raises(Refusal) as refused:
        check_rotation(order, ALL)
    assert (refused.value.key, refused.value.field) == (key, "rotation")


@pytest.mark.parametrize(
    ("told", "key", "field"),
    [
        (change("skip", "US"), None, None),
        (change("swap", "US", with_party="CA"), None, None),
        (change("co_host", "US", with_party="CA"), None, None),
        (change("cancelled", "US"), None, None),
        (change("skip", "NL"), "not_in_rotation", "party"),
        (change("swap", "US", with_party="NL"), "not_in_rotation", "with_party"),
        (change("swap", "US", with_party="US"), "swap_with_itself", "with_party"),
        (change("swap", "US"), "required", "with_party"),
        (change("co_host", "US"), "required", "with_party"),
        (change("co_host", "US", with_party="US"), "co_host_with_itself", "with_party"),
        (change("co_host", "US", with_party="NL"), "not_of_mechanism", "with_party"),
        (HostingChange("skip", "US", date(2026, 1, 1), "  "), "reason_required", "reason"),
    ],
)
def test_an_impossible_change_is_refused(told, key, field):
    if key is None:
        check_change(("US", "MX", "CA"), told)
        return
    with pytest.raises(Refusal) as refused:
        check_change(("US", "MX", "CA"), told)
    assert (refused.value.key, refused.value.field) == (key, field)


def test_a_co_host_may_stand_outside_the_order_but_not_outside_the_mechanism():
    check_change(("US", "MX"), change("co_host", "US", with_party="CA"), ALL)
    with pytest.raises(Refusal, match="not_of_mechanism"):
        check_change(("US", "MX"), change("co_host", "US", with_party="NL"), ALL)


def test_nothing_changes_in_a_rotation_of_one():
    with pytest.raises(Refusal, match="rotation_of_one"):
        check_change(("US",), change("skip", "US"))


# Past, present and next -------------------------------------------------------------------------


def preparing(host, *, state="confirmed", starts_on=date(2026, 12, 1), parties=ALL, counts=True):
    return MeetingFacts("X-2026-1", state, frozenset(parties), starts_on, host, counts=counts)


@pytest.mark.parametrize(
    ("hosting", "meetings", "changes", "roles"),
    [
        (ATTESTED, hosted("US", "MX"), [], ("MX", "CA", "US")),
        (ATTESTED, [], [], (None, "US", "MX")),
        (ATTESTED, hosted("US", "MX"), [change("skip", "CA")], ("MX", "US", "MX")),
        (ATTESTED, hosted("US", "MX"), [change("swap", "CA", with_party="US")], ("MX", "US", "CA")),
        # the meeting in preparation says whose cycle runs, be it out of turn
        (ATTESTED, [*hosted("US", "MX"), preparing("CA")], [], ("MX", "CA", "US")),
        (ATTESTED, [*hosted("US", "MX"), preparing("US", state="proposed")], [], ("MX", "US", "MX")),
        (ATTESTED, [*hosted("US", "MX"), preparing("US", state="postponed")], [], ("MX", "US", "MX")),
        # the earliest of several; not one from before the last, without a host, of some, beside it, called off
        (
            ATTESTED,
            [*hosted("US", "MX"), preparing("CA"), preparing("US", starts_on=date(2026, 11, 30))],
            [],
            ("MX", "US", "MX"),
        ),
        (ATTESTED, [*hosted("US", "MX"), preparing("US", starts_on=date(2018, 4, 1))], [], ("MX", "CA", "US")),
        (ATTESTED, [*hosted("US", "MX"), preparing(None)], [], ("MX", "CA", "US")),
        (ATTESTED, [*hosted("US", "MX"), preparing("US", parties={"MX", "US"})], [], ("MX", "CA", "US")),
        (ATTESTED, [*hosted("US", "MX"), preparing("US", counts=False)], [], ("MX", "CA", "US")),
        (ATTESTED, [*hosted("US", "MX"), preparing("US", state="cancelled")], [], ("MX", "CA", "US")),
        # a host from outside reads nothing
        (ATTESTED, [*hosted("US", "NL")], [], ("US", "MX", "CA")),
        (ATTESTED, [*hosted("US", "MX"), preparing("NL")], [], ("MX", "CA", "US")),
        # without an order only what is known
        (NONE_GIVEN, hosted("US", "MX"), [], ("MX", None, None)),
        (NONE_GIVEN, [*hosted("US", "MX"), preparing("CA")], [], ("MX", "CA", None)),
        (READ, [], [], (None, None, None)),
    ],
)
def test_the_past_the_present_and_the_next_host(hosting, meetings, changes, roles):
    found = troika(hosting, [], meetings, parties=ALL, changes=changes)
    assert found == TroikaRoles(*roles)
    assert found.parties == {party for party in roles if party}


def test_the_troika_of_the_catalogue():
    mechanism = load_shipped().mechanism("M02")
    assert troika(mechanism.hosting, mechanism.record, [], parties=mechanism.parties) == TroikaRoles("MX", "CA", "US")
