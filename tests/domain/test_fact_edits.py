"""What the parties may correct of a mechanism's facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.catalogue import Mechanism, from_facts
from app.domain.errors import Refusal
from app.domain.fact_edits import (
    Surroundings,
    changed_fields,
    check_fields,
    digest_of_fact,
    is_above,
    with_companions,
)
from app.domain.meeting_content import Refused

TODAY = dt.date(2026, 11, 22)
FACTS: dict[str, Any] = next(each for each in load_shipped().mechanisms if each.ref == "M02").as_facts()
AROUND = Surroundings(
    frozenset({"CA", "MX", "US", "BE"}),
    {"M01": None, "M02": None, "M03": "M02", "M04": "M03", "M05": "M06", "M06": "M05"},
    TODAY,
)  # fmt: skip


def refused(**fields: Any) -> list[tuple[str, str | None]]:
    try:
        check_fields(FACTS, fields, AROUND)
    except Refused as found:
        return [(each.key, each.field) for each in found.refusals]
    return []


def mandate(date: str | None, instrument: str | None = "A statement") -> dict[str, Any]:
    return {**FACTS["mandate"], "date": date, "instrument": instrument}


def floor(least: int | None, months: int, anchor: str = "rolling") -> dict[str, Any]:
    return {"minimum_meetings": least, "period_months": months, "anchor": anchor}


def hosting(*rotation: str, attested: bool = False) -> dict[str, Any]:
    return {"rotation": list(rotation) or None, "rotation_attested": attested, "note": None}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": {"en": "A", "es": "", "fr": " "}}, [("required", "name_es"), ("required", "name_fr")]),
        ({"level": "gods"}, [("unknown_choice", "level")]),
        ({"cadence": None}, []),
        ({"cadence": floor(1, 240)}, []),
        ({"cadence": floor(1, 0)}, [("period_out_of_range", "period_months")]),
        ({"cadence": floor(1, 241)}, [("period_out_of_range", "period_months")]),
        ({"cadence": floor(367, 12)}, [("minimum_out_of_range", "minimum_meetings")]),
        ({"cadence": floor(None, 12, "moon")},
         [("minimum_out_of_range", "minimum_meetings"), ("unknown_choice", "anchor")]),
        ({"mandate": mandate("2026-11-22")}, []),
        ({"mandate": mandate("2026-11-23")}, [("mandate_in_future", "mandate_on")]),
        ({"mandate": mandate("2026-12")}, [("mandate_in_future", "mandate_on")]),
        ({"mandate": mandate("2026-11")}, []),
        ({"mandate": mandate("2026-02-30")}, [("not_a_partial_date", "mandate_on")]),
        ({"mandate": mandate(None), "deadline": "1999-01-01"}, []),
        ({"mandate": mandate("2020"), "deadline": "2019-12-31"}, [("deadline_before_mandate", "deadline")]),
        ({"guests": ["BE"]}, []),
        ({"guests": ["XX", "CA"]}, [("unknown_party", "guests"), ("party_and_guest", "guests")]),
        ({"hosting": hosting()}, []),
        ({"hosting": hosting(attested=True)}, [("attested_without_order", "rotation_attested")]),
        ({"hosting": hosting("CA")}, [("rotation_of_one", "rotation")]),
        ({"hosting": hosting("CA", "CA")}, [("rotation_twice", "rotation"), ("rotation_of_one", "rotation")]),
        ({"hosting": hosting("CA", "BE")}, [("unknown_party", "rotation")]),
        ({"parent": "M01"}, []),
        ({"parent": "M02"}, [("parent_is_itself", "parent")]),
        ({"parent": "M04"}, [("circular_parents", "parent")]),
        ({"parent": "M05"}, []),  # a circle of others is theirs to mend, and ends nobody's check
        ({"parent": "M99"}, [("unknown_mechanism", "parent")]),
        ({"related": ["M02", "M99"]}, [("related_to_itself", "related"), ("unknown_mechanism", "related")]),
        ({"scope_in": ["x"] * 61}, [("too_many_entries", "scope_in")]),
        ({"also_known_as": ["x" * 301]}, [("too_long", "also_known_as")]),
    ],
)  # fmt: skip
def test_what_cannot_be(fields: dict[str, Any], said: list[tuple[str, str | None]]) -> None:
    assert refused(**fields) == said


def test_a_status_of_the_parties_is_of_today_and_theirs() -> None:
    assert with_companions(FACTS, {"status": "dormant"}, TODAY) == {
        "status": "dormant", "status_as_of": "2026-11-22", "status_source": "parties",
        **({"status_note": None} if FACTS["status_note"] else {}),
    }  # fmt: skip


def test_a_name_and_a_text_agreed_here_say_so() -> None:
    fields = with_companions(FACTS, {"name": {**FACTS["name"], "fr": "Autre nom"}, "mandate": mandate("2020")}, TODAY)
    assert "fr" in fields["name_official"]
    assert (fields["mandate"]["source"], fields["mandate"]["pointer"]) == ("parties", "parties")


def test_what_is_corrected_is_still_a_mechanism() -> None:
    fields = {"status": "active", "level": "ministers", "mandate": mandate("2020"), "hosting": hosting("CA", "MX")}
    found = from_facts(Mechanism, {**FACTS, **with_companions(FACTS, fields, TODAY)})
    assert (found.level, found.mandate.source, found.hosting.rotation) == ("ministers", "parties", ("CA", "MX"))


def test_nothing_is_changed_by_the_same() -> None:
    assert changed_fields(FACTS, dict(FACTS)) == {}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=4))
def test_a_digest_does_not_hang_on_the_order_of_keys(value: dict[str, Any]) -> None:
    assert digest_of_fact(value) == digest_of_fact(dict(reversed(value.items())))


@given(st.dictionaries(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdef"), max_size=6), st.data())
def test_a_parent_that_passes_makes_no_new_circle(parents: dict[str, str | None], data: st.DataObject) -> None:
    own, parent = data.draw(st.sampled_from("abcdef")), data.draw(st.sampled_from("abcdef"))
    known = {name: parents.get(name) for name in "abcdef"}
    before = _in_circle(own, {**known, own: None})
    facts = {**FACTS, "ref": own}
    try:
        check_fields(facts, {"parent": parent}, Surroundings(AROUND.parties, known, TODAY))
    except Refusal:
        assert own == parent or is_above(own, parent, known)
        return
    assert _in_circle(own, {**known, own: parent}) == before


def _in_circle(ref: str, parents: dict[str, str | None]) -> bool:
    above, seen = parents.get(ref), set()
    while above is not None and above not in seen:
        if above == ref:
            return True
        seen.add(above)
        above = parents.get(above)
    return False
