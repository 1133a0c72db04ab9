"""Reading what meetings did with what was still open: the screen of one meeting, and the past of one action."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ScalarSelect, func, or_, select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.models import Action, ActionLink, CarryOver, Meeting, Person
from app.services.action_lines import ActionLine
from app.services.action_whole import in_lists
from app.services.meeting_actions import open_before
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.people_names import names_of

# A meeting that is closed is over, and one that was called off does nothing.
OPEN_STATES: Final = ("proposed", "confirmed", "held")


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open action on the screen, how often it was carried, and who else accepted what it still owes.

    `may_end`: whether the viewer may close, merge or split it in spite of what others accepted.
    """

    line: ActionLine
    carried_count: int
    owed_by_others: tuple[str, ...]
    may_end: bool

    @property
    def action(self) -> Action:
        """Return the action itself."""
        return self.line.action


@dataclass(frozen=True, slots=True)
class DoneLine:
    """What was done with one action at a meeting, by whom, and what it went into."""

    row: CarryOver
    action: Action
    author: str | None
    others: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class CarryScreen:
    """What is still open before a meeting, and what the meeting has done so far."""

    meeting: Meeting
    open_lines: tuple[OpenLine, ...]
    done: tuple[DoneLine, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """What one meeting did with an action; `count` numbers its carrying over, `meeting` is None where it is unseen."""

    row: CarryOver
    meeting: Meeting | None
    author: str | None
    count: int


def carry_screen(session: GuardedSession, reference: str) -> CarryScreen:
    """Return what is still open before a meeting, for who may decide on it; raises `NotFound`, `Refusal`."""
    meeting = meeting_to_carry(session, reference)
    done = done_at(session, meeting)
    decided = {each.action.id for each in done}
    lines = [line for line in open_before(session, meeting) if line.action.id not in decided]
    counts = carried_counts(session, [line.action.id for line in lines])
    shown = tuple(open_line(session, line, counts.get(line.action.id, 0)) for line in lines)
    return CarryScreen(meeting, shown, done, meeting.state in OPEN_STATES)


def meeting_to_carry(session: GuardedSession, reference: str, *, lock: bool = False) -> Meeting:
    """Return the meeting whose open items the viewer may decide on; raises `NotFound`, `Refusal("forbidden")`."""
    meeting = find_meeting(session, reference, lock=lock)
    if not may_carry(session, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    return meeting


def may_carry(session: GuardedSession, facts: Facts) -> bool:
    """Say whether the viewer may decide what becomes of open items at a meeting of these facts."""
    return can(session.bound_viewer, Permission.CARRY_ACTIONS, facts)


def open_line(session: GuardedSession, line: ActionLine, carried_count: int = 0) -> OpenLine:
    """Return an open action with who else accepted what it still owes."""
    viewer = session.bound_viewer
    own = viewer.party if viewer.sits_at_a_table else None
    others = tuple(code for code, leg in line.legs.items() if leg.is_owed and leg.leg.is_accepted and code != own)
    serves = can(viewer, Permission.CLOSE_OWED, line.facts)
    return OpenLine(line, carried_count, others, serves or not others)


def carried_count() -> ScalarSelect[int]:
    """Return the query for how often an action was carried over, to be read with the action."""
    stands = (CarryOver.action_id == Action.id, CarryOver.outcome == "carried", CarryOver.undone_at.is_(None))
    return select(func.count(CarryOver.id)).where(*stands).correlate(Action).scalar_subquery()


def carried_counts(session: GuardedSession, action_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how often each of the actions was carried over, of those that were; one statement."""
    if not action_ids:
        return {}
    rows = session.execute(
        select(CarryOver.action_id, func.count(CarryOver.id))
        .where(CarryOver.action_id.in_(action_ids), CarryOver.outcome == "carried", CarryOver.undone_at.is_(None))
        .group_by(CarryOver.action_id)
    )
    return {row[0]: row[1] for row in rows}


def done_at(session: GuardedSession, meeting: Meeting) -> tuple[DoneLine, ...]:
    """Return what a meeting has done with open actions and not undone, the first of them first; three statements."""
    rows = session.execute(
        select(CarryOver, Action)
        .join(Action, Action.id == CarryOver.action_id)
        .where(CarryOver.meeting_id == meeting.id, CarryOver.undone_at.is_(None), in_lists())
        .order_by(CarryOver.made_at, Action.reference)
    ).all()
    names = names_of(session, (row.person_id for row, _ in rows)) if rows else {}
    others = _others(session, [action.id for _, action in rows])
    return tuple(DoneLine(row, action, names.get(row.person_id), others.get(action.id, ())) for row, action in rows)


def carried_of(session: GuardedSession, action: Action) -> tuple[CarriedLine, ...]:
    """Return what meetings did with an action and did not undo, the latest first; one statement."""
    rows = session.execute(
        select(CarryOver, Meeting, Person.name)
        .outerjoin(Meeting, Meeting.id == CarryOver.meeting_id)
        .outerjoin(Person, Person.id == CarryOver.person_id)
        .where(CarryOver.action_id == action.id, CarryOver.undone_at.is_(None))
        .order_by(CarryOver.made_at, CarryOver.id)
    ).all()
    count, lines = 0, []
    for row, meeting, name in rows:
        count += row.outcome == "carried"
        lines.append(CarriedLine(row, meeting, name, count))
    return tuple(reversed(lines))


def _others(session: GuardedSession, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, tuple[Action, ...]]:
    """Return what each of the actions went into, or was split into."""
    wanted = set(ids)
    if not wanted:
        return {}
    merged = (ActionLink.kind == "merged_into") & (Action.id == ActionLink.to_id)
    split = (ActionLink.kind == "split_from") & (Action.id == ActionLink.from_id)
    rows = session.execute(
        select(ActionLink, Action)
        .join(Action, or_(merged, split))
        .where(ActionLink.ended_at.is_(None), or_(ActionLink.from_id.in_(wanted), ActionLink.to_id.in_(wanted)))
        .order_by(Action.reference)
    )
    found: dict[uuid.UUID, list[Action]] = {}
    for link, other in rows:
        found.setdefault(link.from_id if link.kind == "merged_into" else link.to_id, []).append(other)
    return {identity: tuple(actions) for identity, actions in found.items()}
