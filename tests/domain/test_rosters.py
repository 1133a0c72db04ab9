"""Rosters: precedence, order within a delegation, heads, levels, and the quorum of a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words
from app.domain import rosters
from app.domain.errors import Refusal
from app.domain.rosters import Attended, Precedence, in_order, in_precedence, quorum_on

DAY = dt.date(2026, 12, 10)
THREE = ("CA", "MX", "US")


def names(language: str, *codes: str) -> dict[str, str]:
    return {code: words.party_name(code, language) for code in (codes or THREE)}


@pytest.mark.parametrize(
    ("hosts", "language", "expected"),
    [
        (("US",), "en", ("Canada", "Mexico", "United States")),
        (("CA", "US"), "en", ("Canada", "Mexico", "United States")),
        (("MX",), "es", ("Canadá", "Estados Unidos", "México")),
        ((), "en", ("Canada", "Mexico", "United States")),
        (("BR",), "en", ("Canada", "Mexico", "United States")),
    ],
)
def test_the_usual_order_is_alphabetical_in_the_hosts_language(
    hosts: tuple[str, ...], language: str, expected: tuple[str, ...]
) -> None:
    usual = rosters.usual_precedence(hosts)
    assert (usual.rule, usual.language, usual.host, usual.is_kept) == (
        "alphabetical",
        language,
        hosts[0] if hosts else None,
        False,
    )
    said = names(language)
    assert tuple(said[code] for code in in_precedence(THREE, usual, said)) == expected


def test_french_puts_the_united_states_under_e_with_its_accent() -> None:
    order = in_precedence(THREE, Precedence("alphabetical", "fr"), names("fr"))
    assert [words.party_name(code, "fr") for code in order] == ["Canada", "États-Unis", "Mexique"]
    assert in_precedence(("MX", "US"), Precedence("alphabetical", "fr"), names("fr")) == ("US", "MX")


@pytest.mark.parametrize(
    ("first", "turns", "parties", "expected"),
    [
        ("MX", ("CA", "MX", "US"), THREE, ("MX", "US", "CA")),
        ("US", ("CA", "MX", "US"), THREE, ("US", "CA", "MX")),
        (None, ("US", "CA", "MX"), THREE, ("US", "CA", "MX")),
        ("CA", ("US", "CA", "MX"), THREE, ("CA", "MX", "US")),
        # Of a party that is not at the table nothing is heard, and one that the mechanism does not name comes last.
        ("MX", ("CA", "MX", "US"), ("MX", "US"), ("MX", "US")),
        ("US", ("CA", "MX", "US"), ("MX", "US"), ("US", "MX")),
        ("CA", ("CA", "MX", "US"), ("MX", "US"), ("MX", "US")),
        ("US", ("MX", "US"), ("MX", "US", "PA"), ("US", "PA", "MX")),
        ("MX", (), ("MX", "US"), ("MX", "US")),
    ],
)
def test_rotating_goes_round_from_the_first_party(
    first: str | None, turns: tuple[str, ...], parties: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert in_precedence(parties, Precedence("rotating", "en", first), {}, turns) == expected


@given(
    parties=st.sets(st.sampled_from(["CA", "MX", "US", "BR", "EU", "PA"]), min_size=1),
    turns=st.permutations(["CA", "MX", "US"]),
    first=st.sampled_from([None, "CA", "MX", "US", "BR"]),
    rule=st.sampled_from(["rotating", "alphabetical"]),
)
def test_every_party_has_exactly_one_place(
    parties: set[str], turns: list[str], first: str | None, rule: rosters.Rule
) -> None:
    order = in_precedence(parties, Precedence(rule, "es", first), names("es", *sorted(parties)), turns)
    assert sorted(order) == sorted(parties)
    if rule == "rotating" and first in parties:
        assert order[0] == first


@pytest.mark.parametrize(
    ("rule", "language", "first", "key"),
    [
        ("by_rank", "en", None, "unknown_precedence"),
        ("alphabetical", "de", None, "unknown_language"),
        ("rotating", "en", "US", "unknown_party"),
    ],
)
def test_an_order_that_is_none_is_refused(rule: str, language: str, first: str | None, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        rosters.check_precedence(rule, language, first, ("CA", "MX"))
    assert refused.value.key == key


@dataclass(frozen=True)
class Somebody:
    name: str
    role: str = "adviser"
    position: int = 1


def test_a_delegation_stands_by_role_then_place_then_name() -> None:
    people = [
        Somebody("Zoe", "adviser", 1), Somebody("Émile", "adviser", 2), Somebody("Ernesto", "adviser", 2),
        Somebody("Ida", "interpreter"), Somebody("Hector", "head"), Somebody("Ana", "alternate"),
        Somebody("Sol", "support"), Somebody("Lía", "liaison"),
    ]  # fmt: skip
    said = [each.name for each in in_order(people)]
    assert said == ["Hector", "Ana", "Zoe", "Émile", "Ernesto", "Ida", "Lía", "Sol"]
    assert rosters.next_place(people, "adviser") == 3
    assert rosters.next_place([], "head") == 1


def test_one_head_for_each_party_is_said_as_advice() -> None:
    approved = [("CA", "head"), ("US", "head"), ("US", "head"), ("MX", "alternate")]
    found = {each.party: each.advice for each in rosters.heads_of(approved, THREE)}
    assert found == {"CA": "", "MX": "missing", "US": "several"}


@pytest.mark.parametrize(
    ("acts_for", "expected", "actual"),
    [
        ("Minister", "minister", "deputy_minister"),
        (None, "minister", "deputy_minister"),
        (None, "deputy_minister", "minister"),
        ("Minister", None, "director"),
        ("Minister", "minister", "minister"),
    ],
)
def test_who_speaks_for_whom_and_at_what_level(acts_for: str | None, expected: str | None, actual: str | None) -> None:
    found = rosters.substitution_of(acts_for, expected, actual)
    assert found is not None
    assert (found.acts_for, found.expected, found.actual) == (acts_for or "", expected, actual)


@pytest.mark.parametrize(("expected", "actual"), [("minister", "minister"), (None, "minister"), ("minister", None)])
def test_nothing_is_said_where_nothing_differs(expected: str | None, actual: str | None) -> None:
    assert rosters.substitution_of(None, expected, actual) is None
    assert rosters.substitution_of("", expected, actual) is None


def test_credentials_are_due_a_week_before() -> None:
    assert rosters.credentials_due_on(dt.date(2026, 12, 10)) == dt.date(2026, 12, 3)
    assert rosters.credentials_due_on(dt.date(2027, 3, 2)) == dt.date(2027, 2, 23)


@pytest.mark.parametrize(
    ("role", "mode", "levels", "position", "key"),
    [
        ("minister", "in_person", (None,), 1, "unknown_roster_role"),
        ("head", "by_post", (None,), 1, "unknown_mode"),
        ("head", "remote", ("minister", "emperor"), 1, "unknown_level"),
        ("head", "remote", (None,), 0, "place_out_of_range"),
        ("head", "remote", (None,), 201, "place_out_of_range"),
    ],
)
def test_what_no_roster_holds_is_refused(
    role: str, mode: str, levels: tuple[str | None, ...], position: int, key: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rosters.check_entry(role, mode, levels, position)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("said", "state", "missing", "unrecorded"),
    [
        # Nobody has said anything, whoever is to go.
        ([], "none", (), THREE),
        ([("CA", None), ("MX", None), ("US", None)], "none", (), THREE),
        # One person of each party is enough, by video too.
        ([("CA", "present"), ("MX", "remote"), ("US", "present")], "quorum", (), ()),
        ([("CA", "present"), ("CA", "absent"), ("MX", "remote"), ("US", "present"), ("US", None)], "quorum", (), ()),
        # A party whose people are all absent is missing, and so is one that named nobody.
        ([("CA", "absent"), ("CA", "absent"), ("MX", "present"), ("US", "present")], "informal", ("CA",), ()),
        ([("CA", "present"), ("US", "remote")], "informal", ("MX",), ()),
        ([("CA", "absent"), ("US", "present")], "informal", ("CA", "MX"), ()),
        ([("CA", "absent"), ("MX", "absent"), ("US", "absent")], "informal", THREE, ()),
        # What is not recorded yet is not said to be missing.
        ([("CA", "present"), ("MX", None), ("US", "present")], "open", (), ("MX",)),
        ([("CA", "absent"), ("MX", None), ("US", "present")], "informal", ("CA",), ("MX",)),
        ([("CA", "present"), ("MX", "absent"), ("MX", None), ("US", "present")], "open", (), ("MX",)),
        # Whoever is not of the chosen parties makes no quorum.
        ([("BR", "present")], "none", (), THREE),
    ],
)
def test_quorum_of_a_day(
    said: list[tuple[str, str | None]], state: str, missing: tuple[str, ...], unrecorded: tuple[str, ...]
) -> None:
    found = quorum_on(DAY, THREE, [Attended(*each) for each in said])
    assert (found.on, found.state, found.missing, found.unrecorded) == (DAY, state, missing, unrecorded)
    if state != "none":
        assert sorted((*found.present, *missing, *unrecorded)) == list(THREE)


def test_two_parties_make_the_quorum_of_a_meeting_of_two() -> None:
    found = quorum_on(DAY, ("MX", "US"), [Attended("MX", "present"), Attended("US", "remote")])
    assert (found.state, found.present) == ("quorum", ("MX", "US"))


@pytest.mark.parametrize(
    ("on", "today", "key"),
    [
        (dt.date(2026, 12, 12), dt.date(2026, 12, 20), "not_a_day_of_the_meeting"),
        (dt.date(2026, 12, 11), dt.date(2026, 12, 10), "day_still_to_come"),
    ],
)
def test_nobody_sits_on_another_day_or_tomorrow(on: dt.date, today: dt.date, key: str) -> None:
    days = (dt.date(2026, 12, 10), dt.date(2026, 12, 11))
    rosters.check_day(days[0], days, today)
    with pytest.raises(Refusal) as refused:
        rosters.check_day(on, days, today)
    assert refused.value.key == key


def test_a_presence_that_is_none_is_refused() -> None:
    for presence in rosters.PRESENCES:
        rosters.check_presence(presence)
    with pytest.raises(Refusal):
        rosters.check_presence("late")
