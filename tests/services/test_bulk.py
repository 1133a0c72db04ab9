"""One change to many actions: what is previewed is what comes, all or nothing, and undone where it still stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.domain.bulk import BulkChange
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import Action, ActionBatch, ActionNote, AuditRecord, DueMove, Leg
from app.services.bulk import chosen_lines, fates, make_bulk_change
from app.services.bulk_undo import batch_view, bulk_batches, undo_bulk_change
from tests import world

REFERENCES = [f"ACT-2026-CAMXUS-A0{number}" for number in (1, 2, 3)]
HIDDEN = "ACT-2026-MXUS-A01"


@pytest.fixture
def three(database: Database) -> Database:
    """Return a database with three actions of the three, the last of them not accepted by Mexico, and one hidden."""
    with database.system_session("prepare a test", "write") as session:
        for reference in REFERENCES:
            is_accepted = reference != REFERENCES[2]
            world.add_action(session, reference, legs={"MX": {"is_accepted": is_accepted, "state": "open"}})
        world.add_action(session, HIDDEN, ("MX", "US"))
        session.commit()
    return database


def seen(database: Database, key: str, change: BulkChange, references: list[str] = REFERENCES) -> dict[str, Any]:
    with database.write_session(world.viewer(key)) as session:
        found = fates(session, chosen_lines(session, references), change)
        told = {
            each.line.action.reference: str(each.refusal.key) if each.refusal else (each.was, each.now)
            for each in found
        }
        session.commit()
        return told


def make(database: Database, key: str, change: BulkChange, references: list[str] = REFERENCES) -> Any:
    with database.write_session(world.viewer(key)) as session:
        versions = {
            each.line.action.reference: each.version
            for each in fates(session, chosen_lines(session, references), change)
            if each.changes
        }
        batch = make_bulk_change(session, change, versions)
        session.commit()
        return batch.id


def undo(database: Database, key: str, batch_id: Any, reason: str = "A slip") -> int:
    with database.write_session(world.viewer(key)) as session:
        left = undo_bulk_change(session, batch_id, reason)
        session.commit()
        return left


def rows_of(database: Database) -> list[tuple[Any, ...]]:
    """Return everything that a bulk change may touch, as it stands."""
    with database.system_session("look at a test") as session:
        legs = session.execute(
            select(Action.reference, Action.priority, Action.horizon, Action.state, Action.due_on, Leg.party_code,
                   Leg.state, Leg.due_on, Leg.office_code, Leg.person_name, Leg.is_accepted, Leg.reason)
            .join(Leg, Leg.action_id == Action.id)
            .order_by(Action.reference, Leg.party_code)
        )  # fmt: skip
        return [tuple(row) for row in legs]


def count(database: Database, model: Any) -> int:
    with database.system_session("look at a test") as session:
        return int(session.execute(select(func.count()).select_from(model)).scalar_one())


CHANGES = [
    BulkChange("accept"),
    BulkChange("state", "under_way"),
    BulkChange("state", "blocked", reason="The budget"),
    BulkChange("due_on", "2027-02-01", reason="The budget came late"),
    BulkChange("office_code", "MX-SRE"),
    BulkChange("person", "Rosa Luna"),
    BulkChange("priority", "high"),
    BulkChange("horizon", "long_term"),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.operation}-{change.value}")
def test_what_is_previewed_comes_and_is_put_back(three: Database, change: BulkChange) -> None:
    before, records = rows_of(three), count(three, AuditRecord)
    promised = seen(three, "diego", change)
    assert rows_of(three) == before, "looking changed something"
    assert count(three, AuditRecord) == records
    batch_id = make(three, "diego", change)
    stands = {reference: was for reference, (was, _now) in seen(three, "diego", change).items()}
    assert stands == {reference: now for reference, (_was, now) in promised.items()}
    changed = [new for old, new in zip(before, rows_of(three), strict=True) if old != new]
    assert changed
    assert {row[0] for row in changed} <= set(REFERENCES)
    assert undo(three, "ana", batch_id) == 0
    assert rows_of(three) == before


def test_each_is_held_to_its_own_rules(three: Database) -> None:
    assert seen(three, "diego", BulkChange("state", "verified")) == dict.fromkeys(
        REFERENCES, "verified_by_those_who_speak"
    )
    assert seen(three, "diego", BulkChange("state", "blocked")) == dict.fromkeys(REFERENCES, "reason_required")
    assert seen(three, "diego", BulkChange("due_on", "2027-02-01")) == dict.fromkeys(REFERENCES, "due_reason_required")
    assert seen(three, "diego", BulkChange("office_code", "US-STATE")) == dict.fromkeys(REFERENCES, "unknown_office")
    assert seen(three, "diego", BulkChange("due_on", "soon")) == dict.fromkeys(REFERENCES, "not_a_date")
    assert seen(three, "benoit", BulkChange("accept"), REFERENCES[:1])[REFERENCES[0]] == (
        {"is_accepted": "yes"}, {"is_accepted": "yes"},
    )  # fmt: skip


def test_one_that_is_not_seen_is_not_there(three: Database) -> None:
    with pytest.raises(NotFound):
        seen(three, "benoit", BulkChange("accept"), [*REFERENCES, HIDDEN])
    with pytest.raises(NotFound):
        make(three, "benoit", BulkChange("accept"), [HIDDEN])
    with pytest.raises(Refusal, match="nothing_chosen"):
        seen(three, "diego", BulkChange("accept"), [])
    with pytest.raises(Refusal, match="unknown_operation"):
        seen(three, "diego", BulkChange("remove"))  # type: ignore[arg-type]


def test_it_is_all_or_nothing_where_one_changed_meanwhile(three: Database) -> None:
    change = BulkChange("state", "under_way")
    with three.write_session(world.viewer("diego")) as session:
        found = fates(session, chosen_lines(session, REFERENCES), change)
        versions = {each.line.action.reference: each.version for each in found}
        session.rollback()
    make(three, "ana", BulkChange("state", "blocked", reason="R"), REFERENCES[2:])
    before = rows_of(three)
    with three.write_session(world.viewer("diego")) as session, pytest.raises(StaleVersion):
        make_bulk_change(session, change, versions)
    assert rows_of(three) == before
    assert count(three, ActionBatch) == 1


def test_what_changed_since_is_left_as_it_is(three: Database) -> None:
    batch_id = make(three, "diego", BulkChange("state", "under_way"))
    make(three, "lucia", BulkChange("state", "done"), REFERENCES[:1])
    with three.read_session(world.viewer("ana")) as session:
        view = batch_view(session, batch_id)
        assert [row.can_be_undone for row in view.rows] == [False, True, True]
        assert view.author == world.CAST["diego"].name
    assert undo(three, "ana", batch_id) == 1
    with three.system_session("look at a test") as session:
        states = session.execute(
            select(Leg.state).join(Action).where(Leg.party_code == "MX", Action.reference.in_(REFERENCES))
            .order_by(Action.reference)
        ).scalars().all()  # fmt: skip
    assert states == ["done", "open", "open"]
    with pytest.raises(Refusal, match="already_undone"):
        undo(three, "ana", batch_id)


def test_a_day_that_moves_back_keeps_both_reasons(three: Database) -> None:
    batch_id = make(three, "diego", BulkChange("due_on", "2027-02-01", reason="The budget came late"), REFERENCES[:1])
    undo(three, "diego", batch_id, "It did not")
    with three.system_session("look at a test") as session:
        moves = session.execute(select(DueMove).order_by(DueMove.moved_at, DueMove.now_on.desc())).scalars().all()
        assert [(move.now_on, move.reason) for move in moves] == [
            (dt.date(2027, 2, 1), "The budget came late"), (dt.date(2026, 12, 15), "It did not"),
        ]  # fmt: skip


def test_notes_stay(three: Database) -> None:
    batch_id = make(three, "diego", BulkChange("note", "How far are you?", language="es"))
    assert count(three, ActionNote) == 3
    with pytest.raises(Refusal, match="cannot_be_undone"):
        undo(three, "diego", batch_id)
    with pytest.raises(Refusal, match="required"):
        seen(three, "diego", BulkChange("note", " "))


def test_a_batch_over_two_secretariats_is_told_to_neither(three: Database) -> None:
    """Somebody who serves one of them would learn how many actions there are of the other."""
    references = ["UNC-2026-8-A01", "NADD-2026-8-A01"]
    with three.system_session("actions of two secretariats", "write") as session:
        for mechanism, reference in zip(("M01", "M02"), references, strict=True):
            meeting = world.add_meeting(session, reference[:-4], mechanism=mechanism, state="held")
            world.add_action(session, reference, meeting=meeting)
        session.commit()
    both = make(three, "sam", BulkChange("priority", "high"), references)
    one = make(three, "sam", BulkChange("priority", "low"), references[:1])
    sam = world.viewer("sam")
    colleague = replace(sam, person_id=world.CAST["olga"].id, hats=sam.hats[:1])
    with three.read_session(colleague) as session:
        assert [batch.id for batch in bulk_batches(session)] == [one]
    assert undo(three, "sam", one) == 0
    assert undo(three, "sam", both) == 0


def test_a_batch_is_its_makers_alone(three: Database) -> None:
    batch_id = make(three, "diego", BulkChange("state", "under_way"))
    for key in ("benoit", "carol", "sam"):
        with three.write_session(world.viewer(key)) as session, pytest.raises(NotFound):
            undo_bulk_change(session, batch_id, "R")
