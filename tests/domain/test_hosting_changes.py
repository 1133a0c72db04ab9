from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.cadence import MeetingFacts
from app.domain.catalogue import Hosting
from app.domain.mechanisms import page_of
from app.domain.rotation import HostingChange, next_host, turns_ahead
from tests.domain.rotation_cases import ALL, ATTESTED, NONE_GIVEN, READ, change, hosted


def ahead(*changes, meetings=(), hosting=ATTESTED, count=6):
    found = turns_ahead(hosting, [], meetings, parties=ALL, changes=changes, count=count)
    following = next_host(hosting, [], meetings, parties=ALL, changes=changes)
    if count:
        assert following is not None
        assert (following.party, following.co_hosts, following.basis, following.changes) == (
            found[0].party,
            found[0].co_hosts,
            found[0].basis,
            found[0].changes,
        )
    return found


def hosts(*changes, **given_):
    return [turn.party for turn in ahead(*changes, **given_)]


@pytest.mark.parametrize(
    ("changes", "held", "expected"),
    [
        ([], [], ["US", "MX", "CA", "US", "MX", "CA"]),
        ([], ["US"], ["MX", "CA", "US", "MX", "CA", "US"]),
        # skip: one turn less, the order goes on
        ([change("skip", "US")], [], ["MX", "CA", "US", "MX", "CA", "US"]),
        ([change("skip", "CA")], [], ["US", "MX", "US", "MX", "CA", "US"]),
        ([change("skip", "CA"), change("skip", "CA")], [], ["US", "MX", "US", "MX", "US", "MX"]),
        ([change("skip", "US"), change("skip", "MX")], [], ["CA", "US", "MX", "CA", "US", "MX"]),
        # swap: the two next turns exchange places, later ones do not
        ([change("swap", "US", with_party="CA")], [], ["CA", "MX", "US", "US", "MX", "CA"]),
        ([change("swap", "MX", with_party="US")], [], ["MX", "US", "CA", "US", "MX", "CA"]),
        ([change("swap", "US", with_party="MX"), change("skip", "US")], [], ["MX", "CA", "US", "MX", "CA", "US"]),
        # co-host, cancelled: the order stays
        ([change("co_host", "MX", with_party="US")], [], ["US", "MX", "CA", "US", "MX", "CA"]),
        ([change("cancelled", "US")], [], ["US", "MX", "CA", "US", "MX", "CA"]),
        # a party that left the order, and half a swap: passed over
        ([change("skip", "NL")], [], ["US", "MX", "CA", "US", "MX", "CA"]),
        ([change("swap", "US", with_party="NL")], [], ["US", "MX", "CA", "US", "MX", "CA"]),
        ([change("swap", "US")], [], ["US", "MX", "CA", "US", "MX", "CA"]),
        # spent by the turns that followed it (hosted from 2017 on, in May of each year)
        ([change("skip", "US", "2017-01-01")], ["MX"], ["CA", "US", "MX", "CA", "US", "MX"]),
        ([change("skip", "CA", "2017-05-01")], ["US", "MX", "US"], ["MX", "CA", "US", "MX", "CA", "US"]),
        ([change("skip", "MX", "2017-05-01")], ["US", "CA"], ["US", "MX", "CA", "US", "MX", "CA"]),
        ([change("swap", "US", "2017-01-01", "CA")], ["CA"], ["MX", "US", "US", "MX", "CA", "US"]),
        ([change("swap", "US", "2017-01-01", "CA")], ["CA", "MX", "US"], ["US", "MX", "CA", "US", "MX", "CA"]),
        # not yet spent: the turn comes after its day
        ([change("skip", "US", "2017-05-01")], ["US"], ["MX", "CA", "MX", "CA", "US", "MX"]),
        ([change("skip", "US", "2017-04-30")], ["US"], ["MX", "CA", "US", "MX", "CA", "US"]),
        # not followed: the party hosts in its place after all
        ([change("swap", "US", "2017-01-01", "CA")], ["US"], ["MX", "CA", "US", "MX", "CA", "US"]),
        ([change("swap", "US", "2017-01-01", "CA")], ["US", "MX"], ["CA", "US", "MX", "CA", "US", "MX"]),
        # out of turn without a word: the order goes on from where that led
        ([], ["US", "CA"], ["US", "MX", "CA", "US", "MX", "CA"]),
        ([], ["US", "US"], ["MX", "CA", "US", "MX", "CA", "US"]),
    ],
)
def test_turns_to_come(changes, held, expected):
    assert hosts(*changes, meetings=hosted(*held)) == expected


def test_a_turn_says_which_changes_made_it_so():
    skip, swap = change("skip", "US"), change("swap", "MX", with_party="CA")
    co_host, cancelled = change("co_host", "MX", with_party="NL"), change("cancelled", "MX")
    assert [(turn.party, turn.co_hosts, turn.changes) for turn in ahead(skip, swap, co_host, cancelled, count=3)] == [
        ("CA", (), (swap,)),
        ("MX", ("NL",), (skip, swap, co_host, cancelled)),
        ("US", (), ()),
    ]


def test_a_swap_that_was_not_followed_leaves_no_trace():
    swap = change("swap", "US", "2017-01-01", "CA")
    assert [(turn.party, turn.changes) for turn in ahead(swap, meetings=hosted("US"), count=3)] == [
        ("MX", ()),
        ("CA", ()),
        ("US", ()),
    ]


def test_a_co_host_moves_with_the_turn_and_keeps_its_own():
    co_host = change("co_host", "US", with_party="MX")
    swap = change("swap", "US", with_party="CA")
    assert [(turn.party, turn.co_hosts) for turn in ahead(co_host, swap, count=4)] == [
        ("CA", ()),
        ("MX", ()),
        ("US", ("MX",)),
        ("US", ()),
    ]


def test_a_cancelled_turn_is_told_until_it_is_taken():
    cancelled = change("cancelled", "MX", "2018-03-01")
    assert ahead(cancelled, meetings=hosted("US"))[0].changes == (cancelled,)
    assert ahead(cancelled, meetings=hosted("US", "MX"))[0].party == "CA"
    assert all(turn.changes == () for turn in ahead(cancelled, meetings=hosted("US", "MX")))


def test_the_page_of_a_mechanism_follows_the_changes():
    mechanism = load_shipped().mechanism("M02")
    skip = change("skip", "CA", "2025-06-01")
    today = date(2026, 11, 22)
    assert page_of(mechanism, [], today).next_host.party == "CA"
    assert page_of(mechanism, [], today, changes=[skip]).next_host.party == "US"
    assert page_of(mechanism, [], today, changes=[skip]).next_host.changes == (skip,)


def test_turns_of_a_read_order_are_labelled_and_none_are_made_up():
    assert {turn.basis for turn in ahead(hosting=READ, meetings=hosted("MX"))} == {"read_from_practice"}
    assert {turn.basis for turn in ahead()} == {"attested"}
    assert turns_ahead(READ, [], [], parties=ALL, changes=[change("skip", "US")]) == ()
    assert turns_ahead(NONE_GIVEN, [], hosted("US"), parties=ALL) == ()
    assert ahead(count=0) == ()


ORDERS = st.permutations(["CA", "MX", "NL", "US"]).flatmap(
    lambda order: st.integers(2, 4).map(lambda length: tuple(order[:length]))
)


@st.composite
def rotations(draw, kinds=("skip", "swap", "co_host", "cancelled"), most=5):
    order = draw(ORDERS)
    held = draw(st.lists(st.sampled_from([*order, "BE"]), max_size=6))
    changes = draw(
        st.lists(
            st.builds(
                HostingChange,
                st.sampled_from(kinds),
                st.sampled_from(order),
                st.dates(date(2016, 1, 1), date(2024, 12, 31)),
                st.just("as agreed"),
                st.sampled_from(order),
            ),
            max_size=most,
        )
    )
    meetings = [
        MeetingFacts(f"X-{2017 + number}-1", "held", frozenset(order), date(2017 + number, 5, 1), host)
        for number, host in enumerate(held)
    ]
    return Hosting(rotation=order, rotation_attested=True, note=None), meetings, changes


def planned(hosting, meetings, changes, count=24):
    found = turns_ahead(hosting, [], meetings, parties=hosting.rotation, changes=changes, count=count)
    return [turn.party for turn in found]


@given(rotations(most=0))
def test_without_changes_the_order_repeats(case):
    hosting, meetings, _ = case
    order = hosting.rotation
    taken = [meeting.host for meeting in meetings if meeting.host in order]
    start = order.index(taken[-1]) + 1 if taken else 0
    assert planned(hosting, meetings, []) == [order[(start + number) % len(order)] for number in range(24)]


@given(rotations())
def test_nobody_vanishes_for_ever_and_nobody_else_appears(case):
    hosting, meetings, changes = case
    order = hosting.rotation
    turns = planned(hosting, meetings, changes, count=len(order) * (len(changes) + 2))
    assert set(turns) == set(order)
    assert turns[-len(order) :] == [
        order[(order.index(turns[-1]) + 1 + number) % len(order)] for number in range(len(order))
    ]


@given(rotations(), st.data())
def test_a_skip_takes_exactly_one_turn_away(case, data):
    hosting, meetings, changes = case
    party = data.draw(st.sampled_from(hosting.rotation))
    before = planned(hosting, meetings, changes, count=60)
    after = planned(hosting, meetings, [*changes, change("skip", party, "2030-01-01")], count=59)
    before.remove(party)
    assert after == before


@given(rotations(), st.data())
def test_the_same_swap_twice_is_none(case, data):
    hosting, meetings, changes = case
    one, other = data.draw(st.permutations(hosting.rotation))[:2]
    swap = change("swap", one, "2030-01-01", other)
    back = change("swap", other, "2030-01-01", one)
    before = planned(hosting, meetings, changes)
    assert planned(hosting, meetings, [*changes, swap]) == planned(hosting, meetings, [*changes, back])
    assert planned(hosting, meetings, [*changes, swap]) != before
    assert planned(hosting, meetings, [*changes, swap, swap]) == before
    assert planned(hosting, meetings, [*changes, swap, back]) == before


@given(rotations(), st.data())
def test_a_co_host_and_a_turn_that_fell_out_move_nobody(case, data):
    hosting, meetings, changes = case
    party, other = data.draw(st.permutations(hosting.rotation))[:2]
    added = change(data.draw(st.sampled_from(["co_host", "cancelled"])), party, "2030-01-01", other)
    assert planned(hosting, meetings, [*changes, added]) == planned(hosting, meetings, changes)


@given(rotations())
def test_whoever_is_next_and_hosts_leaves_the_rest_as_it_was(case):
    hosting, meetings, changes = case
    first, *rest = planned(hosting, meetings, changes)
    held = MeetingFacts("X-2029-1", "held", frozenset(hosting.rotation), date(2029, 5, 1), first)
    assert planned(hosting, [*meetings, held], changes, count=23) == rest
