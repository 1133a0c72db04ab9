"""What a meeting does with what was still open: all or nothing, the original untouched, each undone by itself."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.carry_over import Choice
from app.domain.errors import NotFound, Refusal
from app.models import Action, CarryOver, Meeting
from app.services.action_links import links_of
from app.services.actions import action_line
from app.services.carry_lines import carried_counts, carried_of, carry_screen
from app.services.carry_over import carry_over, undo_carry_over
from tests import world
from tests.conftest import Clock

NOW = "UNC-2026-3"
A1, A2, A3, MINE = "UNC-2026-1-A01", "UNC-2026-1-A02", "UNC-2026-2-A01", "UNC-2026-2-A02"
NARROW = "UNC-2026-2-MXUS-A01"


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    """Return a meeting with open actions of the two before it; `MINE` is accepted by Mexico alone."""
    with sqlite_database.system_session("prepare what is open", "write") as session:
        first = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 3, 5), state="held")
        last = world.add_meeting(session, "UNC-2026-2", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_meeting(session, NOW, mechanism="M01", state="confirmed")
        for reference, at in ((A1, first), (A2, first), (A3, last)):
            world.add_action(session, reference, meeting=at)
        alone = {code: {"is_accepted": code == "MX"} for code in world.THREE}
        world.add_action(session, MINE, meeting=last, legs=alone)
        narrow = world.add_action(session, NARROW, ("MX", "US"))
        narrow.meeting_id, narrow.mechanism_id = last.id, last.mechanism_id
        done = {code: {"state": "done"} for code in world.THREE}
        world.add_action(session, "UNC-2026-2-A03", meeting=last, legs=done)
        session.commit()
    return sqlite_database


def shown(database: Database, key: str) -> dict[str, int]:
    """Return the version of each item on the screen."""
    with database.read_session(world.viewer(key)) as session:
        return {each.action.reference: each.action.version for each in carry_screen(session, NOW).open_lines}


def decide(database: Database, key: str, *choices: Choice, versions: dict[str, int] | None = None) -> dict[str, int]:
    seen = shown(database, key) if versions is None else versions
    with database.write_session(world.viewer(key)) as session:
        done = carry_over(session, NOW, choices, seen, "en")
        session.commit()
    return dict(done)


def refused(database: Database, key: str, *choices: Choice, **named: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(Refusal) as caught:
        decide(database, key, *choices, **named)
    every = getattr(caught.value, "refusals", (caught.value,))
    return [(each.key, each.field) for each in every]


def undo(database: Database, key: str, reference: str) -> None:
    with database.write_session(world.viewer(key)) as session:
        action = session.execute(select(Action).where(Action.reference == reference)).scalar_one()
        row = session.execute(
            select(CarryOver).where(CarryOver.action_id == action.id, CarryOver.undone_at.is_(None))
        ).scalar_one()
        undo_carry_over(session, NOW, row.id)
        session.commit()


def ending(database: Database, reference: str) -> str | None:
    with database.read_session(world.viewer("ana")) as session:
        return action_line(session, reference).action.ended_as


def test_what_is_open_of_all_meetings_before_is_on_the_screen_of_each(kept: Database) -> None:
    assert sorted(shown(kept, "ana")) == [A1, A2, A3, MINE, NARROW]
    assert sorted(shown(kept, "isabelle")) == sorted(shown(kept, "sam")) == [A1, A2, A3, MINE]
    for key, error in (("diego", "forbidden"), ("benoit", "forbidden"), ("olga", "not_found")):
        with kept.read_session(world.viewer(key)) as session, pytest.raises(Refusal, match=error):
            carry_screen(session, NOW)


def test_one_submit_closes_carries_merges_and_splits_and_leaves_the_originals_as_they_were(kept: Database) -> None:
    with kept.read_session(world.viewer("sam")) as session:
        before = [(leg.leg.state, leg.leg.due_on, leg.leg.version) for leg in action_line(session, A1).legs.values()]
    done = decide(
        kept, "sam",
        Choice(A1, "close", "All is said"), Choice(A2, "merge", into=A3), Choice(A3, "carry"),
        Choice(MINE, "split", titles=("The one half", " The other  half ")),
    )  # fmt: skip
    assert done == {"closed": 1, "merged": 1, "carried": 1, "split": 1}
    with kept.read_session(world.viewer("sam")) as session:
        closed, merged, split = (action_line(session, each) for each in (A1, A2, MINE))
        assert [each.action.ended_as for each in (closed, merged, split)] == ["closed", "merged", "split"]
        assert [(leg.leg.state, leg.leg.due_on, leg.leg.version) for leg in closed.legs.values()] == before
        assert [(link.said, link.other.reference) for link in links_of(session, merged.action)] == [("merged_into", A3)]
        halves = [link.other for link in links_of(session, split.action)]
        assert [each.reference for each in halves] == [f"{NOW}-A01", f"{NOW}-A02"]
        half = action_line(session, f"{NOW}-A02")
        assert half.action.title == {"en": "The other half", "original": "en"}
        # What nobody said yes to in these words is nobody's promise yet.
        assert {code: (leg.leg.due_on, leg.leg.is_accepted) for code, leg in half.legs.items()} == dict.fromkeys(
            world.THREE, (dt.date(2026, 12, 15), False)
        )
        told = carried_of(session, closed.action)
        assert [(each.row.outcome, each.row.note, each.meeting.reference) for each in told if each.meeting] == [
            ("closed", "All is said", NOW)
        ]
        screen = carry_screen(session, NOW)
        assert screen.open_lines == ()
        assert len(screen.done) == 4
    assert refused(kept, "sam", Choice(A3, "close"), versions={A3: 1}) == [("carry_gone", f"choice-{A3}")]


def test_what_another_party_took_on_is_ended_by_the_secretariat_alone(kept: Database) -> None:
    for outcome in ("close", "split"):
        choice = Choice(A1, outcome, titles=("a", "b"))
        assert refused(kept, "ana", choice) == [("carry_owes_others", f"choice-{A1}")]
    # Nobody but Mexico accepted this one, so that Mexico ends it, and Canada does not.
    assert refused(kept, "isabelle", Choice(MINE, "close")) == [("carry_owes_others", f"choice-{MINE}")]
    assert decide(kept, "ana", Choice(MINE, "close"), Choice(A1, "carry")) == {"closed": 1, "carried": 1}


def test_nothing_is_done_where_one_row_cannot_be(kept: Database) -> None:
    found = refused(
        kept, "sam",
        Choice(A1, "close"), Choice(A2, "merge", into=A2), Choice(A3, "merge", into=A1),
        Choice(MINE, "split", titles=("a",)),
    )  # fmt: skip
    assert found == [
        ("carry_into_itself", f"into-{A2}"),
        ("carry_target_ends", f"into-{A3}"),
        ("carry_split_into", f"titles-{MINE}"),
    ]
    assert [ending(kept, each) for each in (A1, A2, A3, MINE)] == [None] * 4
    for choice, key, at in (
        (Choice(A1, "burn"), "carry_outcome", "choice"),
        (Choice(A1, "merge"), "carry_needs_target", "into"),
        (Choice(A1, "merge", into="UNC-2026-9-A01"), "carry_unknown_target", "into"),
        (Choice(A1, "merge", into="new"), "carry_needs_title", "titles"),
        (Choice(A1, "carry", note="x" * 2001), "too_long", "note"),
        (Choice(A1, "merge", into="new", titles=("x" * 301,)), "too_long", "titles"),
    ):
        assert refused(kept, "sam", choice) == [(key, f"{at}-{A1}")]
    assert refused(kept, "sam", Choice(A1, "carry"), versions={A1: 99}) == [("carry_changed", f"choice-{A1}")]
    # What is read by two only goes into nothing that is read by three; Canada cannot even name it.
    with kept.system_session("nobody took it on but Mexico", "write") as session:
        for leg in action_line(session, NARROW).legs.values():
            leg.leg.is_accepted = leg.leg.party_code == "MX"
        session.commit()
    assert refused(kept, "ana", Choice(NARROW, "merge", into=MINE)) == [("carry_other_readers", f"into-{NARROW}")]
    for reference in (NARROW, "UNC-2026-2-MXUS-A99"):
        assert refused(kept, "isabelle", Choice(reference, "carry")) == [("carry_gone", f"choice-{reference}")]


def test_two_merge_into_one_new_item_with_the_earliest_day_and_each_is_undone(kept: Database, clock: Clock) -> None:
    both = [Choice(each, "merge", into="new", titles=("Both together",)) for each in (A1, A2)]
    assert decide(kept, "sam", *both) == {"merged": 2}
    new = f"{NOW}-A01"
    with kept.read_session(world.viewer("benoit")) as session:
        assert [link.other.reference for link in links_of(session, action_line(session, new).action)] == [A1, A2]
    clock.forward(hours=1)
    undo(kept, "sam", A1)
    assert (ending(kept, A1), ending(kept, A2), ending(kept, new)) == (None, "merged", None)
    undo(kept, "ana", A2)
    assert (ending(kept, A2), ending(kept, new)) == (None, "withdrawn")
    with pytest.raises(NotFound), kept.write_session(world.viewer("sam")) as session:
        undo_carry_over(session, NOW, uuid.uuid4())


def test_a_new_item_on_which_work_was_done_is_not_withdrawn(kept: Database, clock: Clock) -> None:
    from app.services.updates import add_note

    decide(kept, "sam", Choice(A1, "split", titles=("a", "b")))
    clock.forward(hours=1)
    with kept.write_session(world.viewer("benoit")) as session:
        add_note(session, f"{NOW}-A02", "Begun", "en")
        session.commit()
    with pytest.raises(Refusal, match="carry_work_done"):
        undo(kept, "sam", A1)
    assert (ending(kept, A1), ending(kept, f"{NOW}-A01")) == ("split", None)


def test_a_closed_meeting_decides_and_undoes_nothing(kept: Database) -> None:
    decide(kept, "sam", Choice(A1, "carry"))
    with kept.system_session("close the meeting", "write") as session:
        session.get_one(Meeting, world.identity("meeting", NOW)).state = "closed"
        session.commit()
    assert refused(kept, "sam", Choice(A2, "carry")) == [("carry_not_now", None)]
    with pytest.raises(Refusal, match="carry_not_now"):
        undo(kept, "sam", A1)


def test_carrying_is_counted(kept: Database) -> None:
    with kept.system_session("carried once before", "write") as session:
        action = session.get_one(Action, world.identity("action", A1))
        session.add(
            CarryOver(
                action_id=action.id, meeting_id=world.identity("meeting", "UNC-2026-2"), outcome="carried",
                person_id=world.CAST["sam"].id, made_at=world.NOW - dt.timedelta(days=100),
                audience_id=action.audience_id,
            )
        )  # fmt: skip
        session.commit()
    decide(kept, "ana", Choice(A1, "carry"))
    with kept.read_session(world.viewer("benoit")) as session:
        action = action_line(session, A1).action
        assert carried_counts(session, [action.id]) == {action.id: 2}
        assert [(each.row.outcome, each.count) for each in carried_of(session, action)] == [
            ("carried", 2),
            ("carried", 1),
        ]
        assert carried_counts(session, []) == {}
