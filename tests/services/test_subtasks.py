"""The steps of one delegation: sealed, its own people's alone, and without a trace for anybody else."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select, text

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import Action, AuditRecord, Subtask
from app.services import subtasks
from app.services.actions import action_view, find_action
from app.services.subtasks import Step, subtasks_of
from tests import world

ACTION, HIDDEN = "UNC-2026-1-A01", "UNC-2026-1-MXUS-A01"
SECRET = world.canary("MX", "step")


@pytest.fixture
def kept(database: Database) -> Database:
    with database.system_session("prepare actions", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        world.add_action(session, ACTION, meeting=meeting)
        world.add_action(session, HIDDEN, ("MX", "US"))
        session.commit()
    return database


def act(database: Database, key: str, verb: str, *args: Any, **named: Any) -> uuid.UUID:
    with database.write_session(world.viewer(key)) as session:
        row = getattr(subtasks, verb)(session, *args, **named)
        session.commit()
        return uuid.UUID(str(row.id))


def read(database: Database, key: str, reference: str = ACTION) -> list[tuple[str, bool, bool]]:
    with database.read_session(world.viewer(key)) as session:
        rows = subtasks_of(session, find_action(session, reference))
        return [
            (row.text.text, row.done_at is not None, row.removed_at is not None) for row in (each.row for each in rows)
        ]


def test_only_its_own_people_see_a_step(kept: Database) -> None:
    act(kept, "ana", "add_subtask", ACTION, Step(SECRET, world.CAST["diego"].id, dt.date(2026, 12, 1)))
    for key in ("ana", "diego", "lucia"):
        assert read(kept, key) == [(SECRET, False, False)]
    for key in ("benoit", "carol", "sam"):
        assert read(kept, key) == []
        with kept.read_session(world.viewer(key)) as session:
            assert list(session.scalars(select(Subtask.id))) == []
            assert action_view(session, ACTION).history == ()
            assert list(session.scalars(select(AuditRecord).where(AuditRecord.subject_kind == "subtask"))) == []
    with kept.system_session("look at what is stored") as session:
        stored = session.connection().execute(text("SELECT text FROM subtasks")).scalar_one()
        facts = session.scalars(select(AuditRecord).where(AuditRecord.action == "subtask_added")).one().facts
    assert SECRET.encode() not in bytes(stored)
    assert SECRET not in str(facts)


def test_the_action_itself_shows_no_trace(kept: Database) -> None:
    def standing() -> tuple[object, ...]:
        with kept.system_session("look at the action") as session:
            action = session.scalars(select(Action).where(Action.reference == ACTION)).one()
            return action.version, action.news_at, action.changed_at

    before = standing()
    step = act(kept, "ana", "add_subtask", ACTION, Step("Ask the ministry"))
    act(kept, "diego", "tick_subtask", ACTION, step, is_done=True)
    assert standing() == before


def test_a_step_is_ticked_changed_removed_and_put_back(kept: Database) -> None:
    step = act(kept, "ana", "add_subtask", ACTION, Step("  Ask   the ministry "))
    act(kept, "diego", "tick_subtask", ACTION, step, is_done=True)
    act(kept, "diego", "tick_subtask", ACTION, step, is_done=True)
    assert read(kept, "lucia") == [("Ask the ministry", True, False)]
    act(kept, "ana", "tick_subtask", ACTION, step, is_done=False)
    act(kept, "ana", "remove_subtask", ACTION, step, is_removed=True)
    assert read(kept, "lucia") == [("Ask the ministry", False, True)]
    act(kept, "lucia", "remove_subtask", ACTION, step, is_removed=False)
    with kept.read_session(world.viewer("ana")) as session:
        version = subtasks.find_subtask(session, ACTION, step)[1].version
    act(kept, "ana", "change_subtask", ACTION, step, Step("Ask twice"), version=version)
    assert read(kept, "ana") == [("Ask twice", False, False)]
    with pytest.raises(StaleVersion) as raised:
        act(kept, "diego", "change_subtask", ACTION, step, Step("Ask once"), version=version)
    assert (raised.value.yours["step"], raised.value.theirs["step"]) == ("Ask once", "Ask twice")
    with kept.read_session(world.viewer("ana")) as session:
        told = session.scalars(
            select(AuditRecord.action).where(AuditRecord.subject_kind == "subtask").order_by(AuditRecord.number)
        )
        assert list(told) == [
            "subtask_added", "subtask_done", "subtask_reopened", "subtask_removed", "subtask_put_back",
            "subtask_changed",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "key", "field"),
    [
        (Step(" "), "required", "step"),
        (Step("x" * 501), "too_long", "step"),
        (Step("Ask", due_on=dt.date(26, 1, 1)), "year_out_of_range", "step_due_on"),
        (Step("Ask", world.CAST["benoit"].id), "unknown_person", "step_person"),
        (Step("Ask", world.CAST["marta"].id), "unknown_person", "step_person"),
        (Step("Ask", uuid.UUID(int=1)), "unknown_person", "step_person"),
    ],
)
def test_what_is_no_step(kept: Database, step: Step, key: str, field: str) -> None:
    with pytest.raises(Refusal) as raised:
        act(kept, "ana", "add_subtask", ACTION, step)
    assert (raised.value.key, raised.value.field) == (key, field)


def test_nobody_else_touches_a_step(kept: Database) -> None:
    """Another delegation's step is not there for them; a secretariat keeps none; an unseen action is not there."""
    step = act(kept, "ana", "add_subtask", ACTION, Step("Ask the ministry"))
    for key, error in (("carol", NotFound), ("benoit", NotFound), ("sam", Refusal)):
        with pytest.raises(error):
            act(kept, key, "tick_subtask", ACTION, step, is_done=True)
    for key in ("benoit", "sam", "marta", "olga"):
        with pytest.raises(NotFound):
            act(kept, key, "add_subtask", HIDDEN, Step("Ask"))
    with pytest.raises(NotFound):
        act(kept, "ana", "tick_subtask", HIDDEN, step, is_done=True)
    assert read(kept, "ana") == [("Ask the ministry", False, False)]
