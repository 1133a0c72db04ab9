"""Agendas: overlapping titles, topics set aside, lead times, whom an item is of, what changed between revisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agenda import placed
from app.domain.agenda_overlap import are_alike, overlaps, significant_words, topic_touched
from app.domain.agenda_revisions import FieldChange, compare
from app.domain.agenda_standing import (
    LeadTimes,
    check_lead_times,
    check_other_business,
    checked_parties,
    intake,
    lead_times,
)
from app.domain.errors import Refusal

# Titles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        ("The reform of peace operations", "en", {"reform", "peace", "operation"}),
        ("Next steps: exchange of views and other matters", "en", set()),
        ("UN calendar", "en", {"un", "calendar"}),
        ("an un-led process", "en", {"led", "process"}),
        ("Policies and policy", "en", {"policy"}),
        ("Operaciones de paz y asuntos del orden del día", "es", {"operacion", "paz"}),
        ("Tráfico de drogas sintéticas", "es", {"trafico", "droga", "sintetica"}),
        ("Le trafic d’armes à feu", "fr", {"trafic", "arme", "feu"}),
        ("Réseaux de blanchiment", "fr", {"reseau", "blanchiment"}),
        ("", "en", set()),
        ("2027", "en", {"2027"}),
    ],
)
def test_the_words_that_say_what_a_title_is_about(title: str, language: str, expected: set[str]) -> None:
    assert significant_words(title, language) == expected


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"en": "Firearms trafficking"}, {"en": "Trafficking of firearms across the border"}, True),
        ({"en": "Firearms tracing"}, {"en": "Firearms storage"}, False),
        ({"en": "Candidatures"}, {"en": "Candidatures for 2027"}, True),
        ({"en": "Peace operations"}, {"es": "Operaciones de paz"}, False),
        ({"en": "Peace operations", "es": "Operaciones de paz"}, {"es": "Reforma de las operaciones de paz"}, True),
        ({"en": "Reform"}, {"en": "The next meeting"}, False),
        ({"en": "Other matters"}, {"en": "Other matters"}, False),
        ({"fr": "Opérations de paix"}, {"fr": "Opération de la PAIX"}, True),
        ({"en": "Synthetic drugs and precursors"}, {"en": "Precursors of synthetic opioids"}, True),
        ({}, {"en": "Drugs"}, False),
    ],
)
def test_titles_that_are_about_the_same(one: dict[str, str], other: dict[str, str], alike: bool) -> None:
    assert are_alike(one, other) is alike
    assert are_alike(other, one) is alike


def test_what_is_alike_is_grouped_one_leading_to_the_next() -> None:
    titles = [
        ("a", {"en": "Firearms tracing"}),
        ("b", {"en": "Candidatures"}),
        ("c", {"en": "Firearms tracing and storage"}),
        ("d", {"es": "Candidaturas"}),
        ("e", {"en": "Storage"}),
    ]
    assert overlaps(titles) == (("a", "c", "e"),)
    assert overlaps([*titles, ("f", {"en": "Candidatures", "es": "Candidaturas"})]) == (
        ("a", "c", "e"),
        ("b", "d", "f"),
    )
    assert overlaps([]) == ()


@given(st.lists(st.text("abc ", max_size=8), max_size=8))
def test_groups_share_nothing_and_hold_each_alike_pair(titles: list[str]) -> None:
    given_titles = [(number, {"en": title}) for number, title in enumerate(titles)]
    groups = overlaps(given_titles)
    found = [key for group in groups for key in group]
    assert len(found) == len(set(found))
    for one, first in given_titles:
        for other, second in given_titles:
            if one < other and are_alike(first, second):
                assert any({one, other} <= set(group) for group in groups)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ({"en": "Bilateral relationship"}, "issues of the bilateral relationship"),
        ({"en": "Bilateral relationships: next steps"}, "issues of the bilateral relationship"),
        ({"en": "Bilateral trade"}, None),
        ({"en": "Migration"}, "migration"),
        ({"es": "Migration"}, "migration"),
        ({"fr": "Migrations"}, "migration"),
        ({"es": "Migración"}, None),
        ({"en": "Peace operations"}, None),
    ],
)
def test_a_title_that_touches_a_topic_set_aside(title: dict[str, str], expected: str | None) -> None:
    assert topic_touched(title, ("issues of the bilateral relationship", "migration")) == expected
    assert topic_touched(title, ()) is None


def test_a_topic_of_small_words_alone_touches_nothing() -> None:
    assert topic_touched({"en": "Other matters"}, ("other matters",)) is None


# Days -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_day", "days", "expected"),
    [
        (dt.date(2026, 12, 10), (30, 14), LeadTimes(dt.date(2026, 11, 10), dt.date(2026, 11, 26))),
        (dt.date(2027, 3, 1), (60, 30), LeadTimes(dt.date(2026, 12, 31), dt.date(2027, 1, 30))),
        (dt.date(2028, 3, 1), (1, 0), LeadTimes(dt.date(2028, 2, 29), dt.date(2028, 3, 1))),
        (None, (30, 14), LeadTimes(None, None)),
        (dt.date(1, 1, 2), (30, 0), LeadTimes(None, dt.date(1, 1, 2))),
    ],
)
def test_by_when_an_agenda_is_due(first_day: dt.date | None, days: tuple[int, int], expected: LeadTimes) -> None:
    assert lead_times(first_day, *days) == expected


UNTIL = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("state", "today", "until", "expected"),
    [
        ("draft", dt.date(2026, 12, 9), UNTIL, "listed"),
        ("provisional", dt.date(2026, 11, 25), UNTIL, "supplementary"),
        ("provisional", dt.date(2026, 11, 26), UNTIL, "supplementary"),
        ("provisional", dt.date(2026, 11, 27), UNTIL, "late"),
        ("provisional", dt.date(2026, 11, 27), None, "supplementary"),
        ("adopted", dt.date(2026, 11, 1), UNTIL, "needs_consent"),
    ],
)
def test_where_an_item_goes_that_comes_today(state: Any, today: dt.date, until: dt.date | None, expected: str) -> None:
    assert intake(state, today, until) == expected


@pytest.mark.parametrize(
    ("days", "key", "field"),
    [
        ((-1, 0), "days_out_of_range", "provisional_days"),
        ((366, 0), "days_out_of_range", "provisional_days"),
        ((30, -1), "days_out_of_range", "supplementary_days"),
        ((14, 30), "supplementary_before_provisional", "supplementary_days"),
    ],
)
def test_lead_times_that_cannot_be(days: tuple[int, int], key: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_lead_times(*days)
    assert (refused.value.key, refused.value.field) == (key, field)
    check_lead_times(365, 365)
    check_lead_times(0, 0)


def test_other_business_is_announced_before_adoption() -> None:
    check_other_business("other_business", "provisional")
    check_other_business("substance", "adopted")
    with pytest.raises(Refusal, match="other_business_too_late"):
        check_other_business("other_business", "adopted")


@pytest.mark.parametrize(
    ("chosen", "table", "expected"),
    [
        ((), "CA MX US", ()),
        (("US", "MX", "CA"), "CA MX US", ()),
        (("US", "MX"), "CA MX US", ("MX", "US")),
        (("US", "MX"), "MX US", ()),
        (("US", "MX", "CA"), "CA FR MX US", ("CA", "MX", "US")),
        (("MX",), "CA MX US", "needs_two_parties"),
        (("MX", "FR"), "CA MX US", "unknown_party"),
    ],
)
def test_whom_an_item_is_of(chosen: tuple[str, ...], table: str, expected: tuple[str, ...] | str) -> None:
    if isinstance(expected, str):
        with pytest.raises(Refusal, match=expected):
            checked_parties(chosen, table.split())
    else:
        assert checked_parties(chosen, table.split()) == expected


@pytest.mark.parametrize(
    ("place", "expected"), [(1, "bacd"), (2, "abcd"), (3, "acbd"), (9, "acdb"), (-3, "bacd"), (0, "bacd")]
)
def test_an_item_is_put_at_a_place(place: int, expected: str) -> None:
    assert "".join(placed("abcd", "b", place)) == expected


# Revisions ------------------------------------------------------------------------------------------


def item(key: str, number: int, **changed: Any) -> dict[str, Any]:
    return {"id": key, "number": number, "title": {"en": key, "original": "en"}, "minutes": 10, **changed}


def test_what_changed_from_a_revision_to_the_next() -> None:
    old = [item("a", 1), item("b", 2), item("c", 3), item("d", 4)]
    new = [
        item("b", 1, minutes=20),
        item("e", 2),
        item("d", 3, title={"en": "d", "es": "de", "original": "en"}),
        item("c", 4),
    ]
    assert [(c.how, c.title["en"], c.before, c.after) for c in compare(old, new)] == [
        ("changed", "b", 2, 1),
        ("added", "e", None, 2),
        ("changed", "d", 4, 3),
        ("moved", "c", 3, 4),
        ("removed", "a", 1, None),
    ]
    assert compare(old, new)[0].fields == (FieldChange("minutes", 10, 20),)
    assert compare(old, new)[2].fields == (FieldChange("title.es", "", "de"),)


def test_who_came_before_moves_nobody() -> None:
    old = [item("a", 1), item("b", 2)]
    new = [item("x", 1), item("a", 2), item("b", 3)]
    assert [c.how for c in compare(old, new)] == ["added", "same", "same"]
    assert compare(old, old) == tuple(c for c in compare(old, old) if c.how == "same")
    assert compare([], []) == ()


def test_the_fewest_moved() -> None:
    old = [item(key, number) for number, key in enumerate("abcde", start=1)]
    new = [item(key, number) for number, key in enumerate("eabcd", start=1)]
    assert [c.title["en"] for c in compare(old, new) if c.how == "moved"] == ["e"]


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_an_order_that_is_kept_moves_nothing(order: list[str], gone: set[str]) -> None:
    old = [item(key, number) for number, key in enumerate(order, start=1)]
    new = [item(key, number) for number, key in enumerate((k for k in order if k not in gone), start=1)]
    assert {c.how for c in compare(old, new)} <= {"same", "removed"}
    assert sum(c.how == "removed" for c in compare(old, new)) == len(gone)
