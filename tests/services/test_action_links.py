"""What actions are to one another: made, shown to those who see both, kept out of circles, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.action_links import path_between
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import party_key
from app.models import ActionLink, AuditRecord
from app.services.action_links import add_link, end_link, links_of
from app.services.actions import find_action
from app.services.meeting_audience import keys_of
from tests import world

A, B, C, D = (f"UNC-2026-1-A0{number}" for number in range(1, 5))
HIDDEN, MORE = "UNC-2026-1-MXUS-A01", "UNC-2026-1-MXUS-A02"
ALONE = "ACT-2026-CA-A01"


@pytest.fixture
def kept(database: Database) -> Database:
    with database.system_session("prepare actions", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        for reference in (A, B, C, D):
            world.add_action(session, reference, meeting=meeting)
        for reference in (HIDDEN, MORE):
            world.add_action(session, reference, ("MX", "US"))
        world.add_action(session, ALONE, ("CA",))
        gone = world.add_action(session, "UNC-2026-1-A09", meeting=meeting)
        gone.ended_as, gone.ended_at = "withdrawn", world.NOW
        session.commit()
    return database


def link(database: Database, key: str, reference: str, said: str, other: str) -> Any:
    with database.write_session(world.viewer(key)) as session:
        made = add_link(session, reference, said, other).id
        session.commit()
    return made


def refused(database: Database, key: str, reference: str, said: str, other: str) -> tuple[str, str | None, object]:
    with pytest.raises(Refusal) as raised:
        link(database, key, reference, said, other)
    return raised.value.key, raised.value.field, raised.value.values.get("circle")


def said_of(database: Database, key: str, reference: str) -> list[tuple[str, str]]:
    with database.read_session(world.viewer(key)) as session:
        return [(line.said, line.other.reference) for line in links_of(session, find_action(session, reference))]


def test_a_link_is_read_from_both_sides_and_taken_back_from_either(kept: Database) -> None:
    made = link(kept, "ana", A, "blocked_by", B.lower())
    link(kept, "sam", A, "same_as", C)
    link(kept, "benoit", A, "follows", D)
    assert said_of(kept, "carol", A) == [("blocked_by", B), ("follows", D), ("same_as", C)]
    assert said_of(kept, "carol", B) == [("blocks", A)]
    assert said_of(kept, "sam", D) == [("followed_by", A)]
    with kept.write_session(world.viewer("carol")) as session:
        end_link(session, B, made)
        session.commit()
    assert said_of(kept, "ana", A) == [("follows", D), ("same_as", C)]
    with kept.write_session(world.viewer("carol")) as session, pytest.raises(NotFound):
        end_link(session, B, made)
    link(kept, "ana", A, "blocked_by", B)
    assert said_of(kept, "ana", B) == [("blocks", A)]


def test_a_link_is_of_those_who_see_both(kept: Database) -> None:
    link(kept, "ana", A, "follows", HIDDEN)
    assert said_of(kept, "carol", A) == [("follows", HIDDEN)]
    for key in ("benoit", "sam"):
        assert said_of(kept, key, A) == []
        with kept.read_session(world.viewer(key)) as session:
            assert list(session.scalars(select(ActionLink))) == []
            told = session.scalars(select(AuditRecord).where(AuditRecord.action == "action_linked"))
            assert list(told) == []
    with kept.read_session(world.viewer("ana")) as session:
        row = session.scalars(select(ActionLink)).one()
        assert keys_of(session, row.audience_id) == {party_key("MX"), party_key("US")}


@pytest.mark.parametrize(
    ("said", "other", "expected"),
    [
        ("blocks", A, ("link_to_itself", "other", None)),
        ("blocks", HIDDEN, ("unknown_action", "other", None)),
        ("blocks", "UNC-2026-1-MXUS-A99", ("unknown_action", "other", None)),
        ("blocks", "UNC-2026-1-A09", ("unknown_action", "other", None)),
        ("blocks", "nothing", ("unknown_action", "other", None)),
        ("merged_into", B, ("unknown_link", "said", None)),
    ],
)
def test_what_cannot_be_linked(kept: Database, said: str, other: str, expected: tuple[str, str, None]) -> None:
    assert refused(kept, "benoit", A, said, other) == expected


def test_the_same_is_said_once(kept: Database) -> None:
    link(kept, "ana", A, "same_as", B)
    assert refused(kept, "carol", B, "same_as", A)[0] == "linked_already"
    link(kept, "ana", A, "blocks", B)
    assert refused(kept, "carol", B, "blocked_by", A)[0] == "linked_already"


@pytest.mark.parametrize("kind", ["blocks", "follows"])
def test_a_circle_is_refused_with_the_way_round(kept: Database, kind: str) -> None:
    other_way = {"blocks": "blocked_by", "follows": "followed_by"}[kind]
    link(kept, "ana", A, kind, B)
    assert refused(kept, "benoit", B, kind, A) == ("link_in_circle", "other", f"{B} → {A} → {B}")
    link(kept, "ana", B, kind, C)
    link(kept, "ana", C, kind, D)
    assert refused(kept, "benoit", D, kind, A) == ("link_in_circle", "other", f"{D} → {A} → {B} → {C} → {D}")
    assert refused(kept, "benoit", A, other_way, D)[0] == "link_in_circle"
    link(kept, "benoit", D, "same_as", A)


def test_no_refusal_tells_of_a_link_that_is_not_seen(kept: Database) -> None:
    """Those who see the whole circle are told of it; who sees no part of it links as if it were not there."""
    link(kept, "ana", A, "blocks", HIDDEN)
    link(kept, "ana", HIDDEN, "blocks", B)
    assert refused(kept, "carol", B, "blocks", A)[2] == f"{B} → {A} → {HIDDEN} → {B}"
    link(kept, "benoit", B, "blocks", A)
    assert refused(kept, "ana", HIDDEN, "blocks", A)[0] == "link_in_circle"


def test_only_those_at_the_table_link(kept: Database) -> None:
    for key in ("benoit", "sam", "olga", "marta"):
        with kept.write_session(world.viewer(key)) as session, pytest.raises(NotFound):
            add_link(session, HIDDEN, "blocks", MORE)
    made = link(kept, "ana", HIDDEN, "blocks", MORE)
    with kept.write_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        end_link(session, A, made)


@pytest.mark.parametrize(
    ("edges", "way"),
    [
        ({}, ()),
        ({1: [2], 2: [3]}, (1, 2, 3)),
        ({1: [2, 4], 2: [1, 5], 4: [3], 5: [3]}, (1, 4, 3)),
        ({1: [2], 2: [1]}, ()),
    ],
)
def test_the_way_is_the_shortest_and_circles_end(edges: dict[int, list[int]], way: tuple[int, ...]) -> None:
    assert path_between(edges, 1, 3) == way
    assert path_between(edges, 3, 3) == (3,)
