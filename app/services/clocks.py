"""When an action is due and how its days are found: on a date, by the next meeting, or by a clock."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.db import GuardedSession, digest_of
from app.domain import clocks as rules
from app.domain.actions import today_in
from app.domain.clocks import Clock, ToldClock
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.models import Action, Leg, Meeting
from app.models.actions import DUE_BASES
from app.services import next_meetings
from app.services.action_lines import ActionLine, LegLine
from app.services.action_whole import check_goes_on, heard, settle
from app.services.actions import action_line, find_action
from app.services.due_moves import MovedLeg, check_move, keep_move, moves_of
from app.services.updates import new_note

_Move = tuple[Leg, dt.date | None, str | None]


@dataclass(frozen=True, slots=True)
class NewDue:
    """How the days of an action are to be found: `on` where it is due on a date, `clock` where by one.

    `reason` says why days that were promised move.
    """

    basis: str
    on: dt.date | None = None
    clock: Clock | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DueLeg:
    """A leg, and the day that the basis of its action says; `may_set` says whether the viewer may write its day."""

    line: LegLine
    says: dt.date | None
    is_behind: bool
    may_set: bool

    @property
    def leg(self) -> Leg:
        """Return the leg itself."""
        return self.line.leg


@dataclass(frozen=True, slots=True)
class DueView:
    """When an action is due: how its days are found, what each leg says, and what was said before.

    `meeting` is the one that it is due by, where it is due by the next one and there is one; `is_settled` says
    whether that is the one its days were taken from. `behind` are the open legs that say another day than the basis.
    """

    line: ActionLine
    clock: ToldClock | None
    meeting: Meeting | None
    is_settled: bool
    legs: tuple[DueLeg, ...]
    moved: tuple[MovedLeg, ...]
    may_edit: bool

    @property
    def action(self) -> Action:
        """Return the action itself."""
        return self.line.action

    @property
    def basis(self) -> str:
        """Return how the days are found; where nothing was said of it but legs have days, on a date."""
        has_days = any(each.leg.due_on for each in self.legs)
        return "date" if self.action.due_basis == "none" and has_days else self.action.due_basis

    @property
    def behind(self) -> tuple[DueLeg, ...]:
        """Return the open legs that say another day than the basis."""
        return tuple(each for each in self.legs if each.is_behind)

    @property
    def may_follow(self) -> bool:
        """Say whether the viewer may write the day of a leg that is behind."""
        return any(each.may_set for each in self.behind)


# Reading ------------------------------------------------------------------------------------------


def due_view(session: GuardedSession, line: ActionLine) -> DueView:
    """Return when an action is due, and how that is found; four statements at most."""
    action = line.action
    meeting = _meeting(session, line, action.due_basis)
    days = _days(line, action.due_basis, _clock(action), meeting)
    legs = tuple(
        DueLeg(
            own,
            days.get(code),
            code in days and own.is_owed and own.leg.due_on != days[code],
            may_set_day(session, line, own),
        )
        for code, own in line.legs.items()
    )
    return DueView(
        line, told_clock(session, line), meeting,
        meeting is not None and meeting.id == next_meetings.kept_meeting(action), legs,
        moves_of(session, action, [each.leg for each in legs]),
        action.ended_as is None and can(session.bound_viewer, Permission.EDIT_ACTION, line.facts),
    )  # fmt: skip


def told_clock(session: GuardedSession, line: ActionLine) -> ToldClock | None:
    """Return the clock of an action as it stands for each party that owes; None for one without."""
    clock = _clock(line.action)
    if clock is None:
        return None
    todays = {code: own.today for code, own in line.legs.items()}
    accepted = [code for code, own in line.legs.items() if own.leg.is_accepted]
    recorded_on = today_in(line.action.created_at, session.bound_viewer.time_zone)
    return rules.tell(clock, todays, todays, recorded_on, accepted)


def may_set_day(session: GuardedSession, line: ActionLine, own: LegLine) -> bool:
    """Say whether the viewer may write the day of a leg.

    A party writes that of its own leg. One that its party has not accepted is also the secretariat's to write, and,
    as long as it has no day, that of the delegation that recorded it. The others propose, in a note.
    """
    viewer, leg = session.bound_viewer, own.leg
    if line.action.ended_as is not None:
        return False
    if can(viewer, Permission.UPDATE_LEG, Facts(owner=leg.party_code)):
        return True
    if leg.is_accepted:
        return False
    if can(viewer, Permission.SET_DUE, Facts(owner=leg.party_code, appointments=line.appointments)):
        return True
    recorded_it = viewer.sits_at_a_table and viewer.party == line.action.created_by_party
    return recorded_it and leg.due_on is None and leg.first_due_on is None


def line_to_date(session: GuardedSession, reference: str) -> ActionLine:
    """Return an action whose basis the viewer may set; raises `NotFound`, `Refusal("forbidden")`."""
    line = action_line(session, reference)
    if not can(session.bound_viewer, Permission.EDIT_ACTION, line.facts):
        raise Refusal("forbidden")
    return line


def due_version(action: Action) -> str:
    """Return a short digest of how the days of an action are found; a change carries that of what it was made from."""
    kept = json.dumps([action.due_basis, action.clock], sort_keys=True, ensure_ascii=False)
    return digest_of(kept)[:32]


def _meeting(session: GuardedSession, line: ActionLine, basis: str) -> Meeting | None:
    if basis != "next_meeting":
        return None
    return next_meetings.meeting_due_by(session, line.action, line.parties)


def _clock(action: Action) -> Clock | None:
    return rules.clock_of(action.clock) if action.due_basis == "clock" and action.clock else None


def _days(line: ActionLine, basis: str, clock: Clock | None, meeting: Meeting | None) -> dict[str, dt.date | None]:
    """Return the day that a basis says for each leg; none where each leg says its own."""
    if basis == "next_meeting":
        return dict.fromkeys(line.legs, meeting.starts_on if meeting else None)
    if clock is None:
        return {}
    counted = {code: rules.reckon(clock, code) for code in line.legs}
    return {code: found.end if found else None for code, found in counted.items()}


# Writing ------------------------------------------------------------------------------------------


def set_due(session: GuardedSession, reference: str, new: NewDue, *, version: str) -> ActionLine:
    """Say how the days of an action are found, and write those that the viewer may; `version` is `due_version`'s.

    A leg of another party keeps its day until its party follows. Raises `NotFound`; `Refusal` `forbidden`,
    `action_ended`, `unknown_due_basis`, `required` (a date), `no_mechanism_to_meet`, `due_reason_required`, and what
    clocks and texts raise; `StaleVersion`.
    """
    action = find_action(session, reference, lock=True)
    line = line_to_date(session, reference)
    check_goes_on(action)
    _hold_to(action, version, new.basis)
    if new.basis not in DUE_BASES:
        raise Refusal("unknown_due_basis", field="basis")
    if new.basis == "date" and new.on is None:
        raise Refusal("required", field="on")
    if new.basis == "next_meeting" and action.mechanism_id is None:
        raise Refusal("no_mechanism_to_meet", field="basis")
    clock = _checked(line, new.clock) if new.basis == "clock" else None
    meeting = _meeting(session, line, new.basis)
    days = dict.fromkeys(line.legs, new.on) if new.basis == "date" else _days(line, new.basis, clock, meeting)
    moves = _moves(session, line, days, new.reason)
    was, action.due_basis = action.due_basis, new.basis
    action.clock = rules.written(clock) if clock else _kept(new.basis, meeting)
    _write(session, line, moves)
    session.record("due_basis_set", "action", action.id, action.audience_id, was=was, now=new.basis)
    return line


def start_clock(
    session: GuardedSession, reference: str, happened_on: dt.date, reason: str | None, *, version: str
) -> ActionLine:
    """Say on which day the event of an action's clock happened, which starts it, and write the days that follow.

    What is written of it is kept with the days that move, else as a note: one of what the party that determines the
    event told, where that is another than the viewer's. Raises `NotFound`; `Refusal` `forbidden`, `action_ended`,
    `not_in_state` where the action has no clock, `clock_event_to_come`, `due_reason_required` where days move, and
    what texts and years raise; `StaleVersion`.
    """
    action = find_action(session, reference, lock=True)
    line = line_to_date(session, reference)
    check_goes_on(action)
    _hold_to(action, version, "clock")
    clock = _clock(action)
    if clock is None:
        raise Refusal("not_in_state")
    started = _checked(line, dataclasses.replace(clock, starts_on=happened_on))
    moves = _moves(session, line, _days(line, "clock", started, None), reason)
    action.clock = rules.written(started)
    _write(session, line, moves)
    session.record(
        "clock_started", "action", action.id, action.audience_id, on=happened_on.isoformat(),
        was=clock.starts_on.isoformat() if clock.starts_on else None,
    )  # fmt: skip
    if reason and reason.strip() and not any(why for _leg, _day, why in moves):
        _note_event(session, line, started, reason)
    return line


def _note_event(session: GuardedSession, line: ActionLine, clock: Clock, text: str) -> None:
    """Keep as a note how it is known that the event happened."""
    viewer, action, teller = session.bound_viewer, line.action, clock.determines
    facts: dict[str, object] = {}
    if teller in line.legs and teller != viewer.party and can(viewer, Permission.REPORT_UPDATE, line.facts):
        facts = {"kind": "reported", "for_party": teller, "told_on": today_in(session.now, viewer.time_zone)}
    note = new_note(session, action, text, viewer.language, facts=facts)
    told = {"party": teller, "state": None} if facts else {}
    act = "update_reported" if facts else "note_added"
    session.record(act, "action", action.id, action.audience_id, note=str(note.id), **told)


def follow_due(session: GuardedSession, reference: str, reason: str | None) -> ActionLine:
    """Write to the legs that the viewer may set the days that the basis of their action says now.

    Raises `NotFound`; `Refusal` `forbidden`, `due_reason_required`, and what texts raise.
    """
    action = find_action(session, reference, lock=True)
    line = action_line(session, reference)
    if not any(may_set_day(session, line, own) for own in line.legs.values()):
        raise Refusal("forbidden")
    meeting = _meeting(session, line, action.due_basis)
    moves = _moves(session, line, _days(line, action.due_basis, _clock(action), meeting), reason)
    if action.due_basis == "next_meeting":
        action.clock = _kept("next_meeting", meeting)
    _write(session, line, moves)
    return line


def _hold_to(action: Action, version: str, basis: str) -> None:
    if version != due_version(action):
        raise StaleVersion({"basis": basis}, {"basis": action.due_basis})


def _kept(basis: str, meeting: Meeting | None) -> dict[str, str | None] | None:
    return next_meetings.written(meeting) if basis == "next_meeting" else None


def _checked(line: ActionLine, clock: Clock | None) -> Clock:
    """Return a clock as it may be kept, checked against the latest day that it is in a capital of those who owe."""
    if clock is None:
        raise Refusal("clock_days", field="days", limit=rules.MAX_DAYS)
    today = max((own.today for own in line.legs.values()), default=dt.date.min)
    return rules.checked(clock, today=today, parties=line.parties)


def _moves(
    session: GuardedSession, line: ActionLine, days: Mapping[str, dt.date | None], reason: str | None
) -> list[_Move]:
    """Return the open legs that the viewer may set and that get another day, with why; nothing is written yet."""
    return [
        (own.leg, days[code], check_move(own.leg, days[code], reason))
        for code, own in line.legs.items()
        if code in days and own.is_owed and days[code] != own.leg.due_on and may_set_day(session, line, own)
    ]


def _write(session: GuardedSession, line: ActionLine, moves: Iterable[_Move]) -> None:
    """Write days to legs, each with its move where one was promised before."""
    action = line.action
    for leg, day, reason in moves:
        told = {"was_on": leg.due_on.isoformat() if leg.due_on else None, "now_on": day.isoformat() if day else None}
        keep_move(session, action, leg, day, reason)
        leg.changed_at = session.now
        session.record("due_moved", "action", action.id, action.audience_id, party=leg.party_code, **told)
    settle(action, [own.leg for own in line.legs.values()])
    heard(action, session.now)
