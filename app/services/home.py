"""What the first page shows: what needs the viewer, by deadline; the next meetings; dates to agree."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import false, or_, select
from sqlalchemy.orm import defer

from app.db import GuardedSession
from app.domain.actions import OWED_STATES, today_in
from app.domain.cadence import MeetingFacts, Period
from app.domain.catalogue import Mechanism as Facts
from app.domain.mechanisms import Owed, compliance, owes
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts as OwnerFacts
from app.domain.visibility import Role, Viewer, can
from app.models import Action, HandOver, Leg, Mechanism, Meeting, MeetingParty, Office, Person, Poll
from app.services.action_lines import LegLine
from app.services.action_whole import not_ended
from app.services.around import is_to_decide
from app.services.decision_lists import DecisionLine, is_own_asking, open_lines_of, waits_for_viewer
from app.services.drafts import OpenDraft, own_drafts
from app.services.hand_overs import due_hand_overs
from app.services.home_agendas import agenda_needs
from app.services.home_capitals import Capital, Waiting, capitals_now
from app.services.home_documents import PaperNeed, paper_needs
from app.services.home_meetings import coming, counted_since, meetings_of_home
from app.services.home_positions import position_needs
from app.services.home_texts import TextNeed, waiting_texts
from app.services.leaver_items import Leaver, is_with_leaver
from app.services.mechanism_record import counts_meetings_here
from app.services.mechanism_whole import merged_by_target, whole_facts
from app.services.meetings import MeetingLine
from app.services.parents import Beside, beside_of, parents_of
from app.services.poll_lines import waiting_polls
from app.services.practice import ORIGIN, is_real_action
from app.services.updates import QuietAction, quiet_actions, quiet_of
from app.services.zone_changes import zone_changes

NeedKind = Literal[
    "answer",
    "await_own",
    "await_others",
    "record",
    "draft",
    "changes",
    "leg",
    "zone_change",
    "beside",
    "decide",
    "decide_own",
    "decide_others",
    "hand_over",
    "take_over",
    "poll",
    "poll_chair",
    "paper",
    "note",
    "clear_positions",
    "open_shares",
    "text_receive",
    "text_answer",
    "text_settle",
    "text_sign",
    "text_confirm",
    "agenda",
]


@dataclass(frozen=True, slots=True)
class Need:
    """One matter that waits for the viewer, with the day that it is wanted by, None where none is.

    `answer`: a proposed meeting without the own answer of the viewer's party, which the viewer can give;
    `await_own`: the same, for those whose coordinator gives it; `await_others`: a proposed meeting that the
    viewer's secretariat runs, and the parties that have not answered; `record`: a confirmed meeting that is
    over; `draft`, `changes`: what the viewer's own side has begun; `leg`: what the viewer's party owes;
    `zone_change`: a meeting that new zone data puts elsewhere, of which the viewer can decide what stands;
    `decide`: what another side asks, which the viewer can answer; `decide_own`: the same, for those whose
    coordinator answers; `decide_others`: what the viewer's secretariat asked, and the parties that have not answered;
    `hand_over`, `take_over`: a hand-over between hosts, by or to the viewer's party, soon or since its day;
    `beside`: a meeting of which what it is around has moved, or was called off, while it has not;
    `poll`: a poll about dates without an answer that the viewer can give; `poll_chair`: one that the viewer's side
    runs, closed, of which no date was chosen; `paper`, `note`: see `home_documents`;
    `clear_positions`, `open_shares`: see `home_positions`, so many; `text_…`: see `home_texts`;
    `agenda`: see `home_agendas`.
    """

    kind: NeedKind
    due_on: dt.date | None
    meeting: Meeting | None = None
    mechanism: Mechanism | None = None
    draft: OpenDraft | None = None
    action: Action | None = None
    leg: LegLine | None = None
    decision: DecisionLine | None = None
    hand_over: HandOver | None = None
    waits_for: tuple[str, ...] = ()
    beside: Beside | None = None
    poll: Poll | None = None
    papers: PaperNeed | None = None
    count: int = 0
    text: TextNeed | None = None


@dataclass(frozen=True, slots=True)
class DateToAgree:
    """A mechanism of which a meeting is still to be agreed: how many of how many are held, and those confirmed."""

    mechanism: Mechanism
    owed: Owed
    period: Period
    confirmed_count: int

    @property
    def held_count(self) -> int:
        """Return how many meetings of the period were held."""
        return len(self.period.held)


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that the first page of a viewer shows; `served` are the mechanisms of their appointments.

    `quiet` are actions that had no news for long, `leavers` those who left and whose actions wait for another.
    `waiting` counts what is told in a line each, `unaccepted_count` what others recorded for the viewer's party and it
    has not accepted.
    """

    needs: tuple[Need, ...]
    next_meetings: tuple[MeetingLine, ...]
    more_meetings: int
    dates_to_agree: tuple[DateToAgree, ...]
    served: tuple[Mechanism, ...]
    capitals: tuple[Capital, ...]
    today: dt.date
    quiet: tuple[QuietAction, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    waiting: Waiting = field(default_factory=Waiting)

    @property
    def unaccepted_count(self) -> int:
        """Return how many legs of the viewer's party wait to be accepted."""
        return sum(need.leg is not None and not need.leg.leg.is_accepted for need in self.needs)


def home_of(session: GuardedSession) -> Home:
    """Return the first page of a delegation's people and of a secretariat."""
    viewer = session.bound_viewer
    today = today_in(session.now, viewer.time_zone)
    mechanisms = _own_mechanisms(session, viewer)
    owing = _owing(mechanisms, today)
    merged = merged_by_target(mechanisms)
    windows = [
        (each.id, current.first_day, current.last_day)
        for mechanism, _, current, _ in owing
        for each in (mechanism, *merged.get(mechanism.id, ()))
    ]
    meetings = meetings_of_home(session)
    lines, next_meetings = meetings.lines, coming(meetings, session.now)
    capitals, waiting = capitals_now(session)
    own_zone = _own_zone(capitals, viewer)
    days = {capital.party.code: capital.at.date() for capital in capitals}
    owed, left = _of_legs(session, viewer, days.get(viewer.party or "", today))
    needs = [
        *_of_meetings(lines, viewer, session.now),
        *(_of_zone_changes(session) if meetings.has_old_rules else ()),
        *_of_parents(session, lines),
        *_of_decisions(session),
        *_of_hand_overs(session, today),
        *(_of_polls(session, viewer) if waiting.poll_count else ()),
        *(Need(each.kind, each.due_on, papers=each) for each in paper_needs(session, waiting.paper_count)),
        *(Need(*each.told, count=each.count) for each in position_needs(session, waiting.position_count)),
        *(Need(each.kind, each.due_on, text=each) for each in (waiting_texts(session) if waiting.text_count else ())),
        *(Need("agenda", each.due_on, each.meeting) for each in agenda_needs(session, waiting.agenda_count)),
        *_of_drafts(session, lines, mechanisms),
        *owed,
    ]
    return Home(
        needs=tuple(sorted(needs, key=lambda need: (need.due_on is None, need.due_on or today))),
        next_meetings=next_meetings,
        more_meetings=meetings.coming_count - len(next_meetings),
        dates_to_agree=tuple(_to_agree(owing, merged, counted_since(session, windows), today)),
        served=_served(mechanisms, viewer),
        capitals=capitals,
        today=today,
        quiet=_quiet(session, owed, own_zone),
        leavers=left,
        waiting=waiting,
    )


def _served(mechanisms: Iterable[Mechanism], viewer: Viewer) -> tuple[Mechanism, ...]:
    """Return those of the mechanisms that the viewer serves."""
    served = {hat.mechanism_id for hat in viewer.hats}
    return tuple(mechanism for mechanism in mechanisms if mechanism.id in served)


def _own_zone(capitals: Iterable[Capital], viewer: Viewer) -> str:
    """Return the zone of the viewer's capital, else their own."""
    zones = (capital.party.time_zone for capital in capitals if capital.party.code == viewer.party)
    return next(zones, None) or viewer.time_zone


def home_of_guest(session: GuardedSession) -> Home:
    """Return the first page of a guest: the meetings released to them, those to come first, and nothing else."""
    meetings = meetings_of_home(session, with_waiting=False)
    following = coming(meetings, session.now)
    return Home((), following, meetings.coming_count - len(following), (), (), (), _viewers_day(session))


def home_of_administrator(session: GuardedSession) -> Home:
    """Return the first page of an administrator, who has accounts to keep and sees no meeting."""
    return Home((), (), 0, (), (), (), _viewers_day(session))


def first_page(session: GuardedSession) -> Home:
    """Return the first page of whoever the viewer is."""
    match session.bound_viewer.role:
        case Role.ADMINISTRATOR:
            return home_of_administrator(session)
        case Role.GUEST:
            return home_of_guest(session)
        case _:
            return home_of(session)


def _viewers_day(session: GuardedSession) -> dt.date:
    return today_in(session.now, session.bound_viewer.time_zone)


# Mechanisms, and what they owe --------------------------------------------------------------------

Owing = tuple[Mechanism, Facts, Period, Owed]


def _own_mechanisms(session: GuardedSession, viewer: Viewer) -> tuple[Mechanism, ...]:
    """Return the mechanisms of the viewer's party, or those that they serve, save proposals and concluded ones.

    What was merged into another is among them: its record and its meetings count there.
    """
    rows = session.execute(
        select(Mechanism).where(
            or_(Mechanism.status.not_in(("proposed", "concluded")), Mechanism.merged_into_id.is_not(None)),
            Mechanism.origin != ORIGIN,
        ).order_by(Mechanism.ref)
        .options(defer(Mechanism.loaded_facts))
    ).scalars()  # fmt: skip
    return tuple(row for row in rows if counts_meetings_here(viewer, row))


def _owing(mechanisms: Iterable[Mechanism], today: dt.date) -> list[Owing]:
    """Return the mechanisms that owe a date, with their current period as their record alone tells it."""
    found = []
    merged = merged_by_target(mechanisms)
    for mechanism in mechanisms:
        if mechanism.facts.get("cadence") is None or mechanism.merged_into_id is not None:
            continue
        facts = whole_facts(mechanism, merged.get(mechanism.id, ()))
        owed = owes(facts, today)
        periods = compliance(facts, (), today)
        if owed is not None and periods:
            found.append((mechanism, facts, periods[-1], owed))
    return found


def _to_agree(
    owing: Sequence[Owing],
    merged: Mapping[uuid.UUID, Sequence[Mechanism]],
    counted: Mapping[uuid.UUID, Sequence[MeetingFacts]],
    today: dt.date,
) -> Iterable[DateToAgree]:
    """Yield what is still to be agreed, the nearest day first: a confirmed meeting is agreed.

    What was merged into a mechanism counts for it.
    """
    for mechanism, facts, current, owed in sorted(owing, key=lambda each: (each[3].by, each[1].ref)):
        theirs = (mechanism, *merged.get(mechanism.id, ()))
        kept = [meeting for each in theirs for meeting in counted.get(each.id, ())]
        period = compliance(facts, kept, today)[-1]
        confirmed = sum(
            meeting.state == "confirmed"
            and meeting.counts
            and current.first_day <= (meeting.serves_on or meeting.starts_on) <= current.last_day
            and meeting.brings_together(facts.parties)
            for meeting in kept
        )
        if period.missing_count > confirmed:
            yield DateToAgree(mechanism, owed, period, confirmed)


# Meetings -----------------------------------------------------------------------------------------


def _of_meetings(lines: Iterable[MeetingLine], viewer: Viewer, now: dt.datetime) -> Iterable[Need]:
    for line in lines:
        meeting = line.meeting
        is_over = meeting.ends_at <= now
        if meeting.state == "confirmed" and is_over and _may_record(meeting, viewer):
            yield Need("record", meeting.ends_on, meeting, line.mechanism)
        if meeting.state != "proposed" or is_over:
            continue
        waiting = tuple(row.party_code for row in meeting.parties if not _is_own_answer(row))
        if viewer.sits_at_a_table and viewer.party in waiting:
            kind: NeedKind = "answer" if viewer.speaks_for_party else "await_own"
            yield Need(kind, meeting.starts_on, meeting, line.mechanism, waits_for=waiting)
        elif not viewer.sits_at_a_table and waiting:
            yield Need("await_others", meeting.starts_on, meeting, line.mechanism, waits_for=waiting)


def _of_zone_changes(session: GuardedSession) -> Iterable[Need]:
    """Yield the meetings to decide about since the clocks' rules changed."""
    for each in zone_changes(session):
        if each.may_decide:
            yield Need("zone_change", each.meeting.starts_on, each.meeting, each.mechanism)


def _of_parents(session: GuardedSession, lines: Iterable[MeetingLine]) -> Iterable[Need]:
    """Yield the meetings of which what they are around has moved, or was called off, for who may change them."""
    parents = parents_of(session, [line.meeting for line in lines])
    for line in lines:
        found = beside_of(line.meeting, parents.get(line.meeting.id))
        if found is not None and is_to_decide(line.meeting, found, session.now):
            yield Need("beside", line.meeting.starts_on, line.meeting, line.mechanism, beside=found)


def _is_own_answer(row: MeetingParty) -> bool:
    """Say whether a party has answered itself; what was only reported for it does not confirm."""
    return row.answer is not None and not row.is_reported


def _may_record(meeting: Meeting, viewer: Viewer) -> bool:
    """Say whether the viewer can record how a meeting that they see went: see `Action.STEER_MEETING`."""
    if viewer.sits_at_a_table:
        return viewer.speaks_for_party and any(row.party_code == viewer.party for row in meeting.parties)
    return bool(viewer.hats)


def _of_decisions(session: GuardedSession) -> Iterable[Need]:
    """Yield what is asked of the viewer's party and not answered, and what their secretariat asked."""
    viewer = session.bound_viewer
    for line in open_lines_of(session, {}):
        told = line.told
        if waits_for_viewer(session, line):
            kind: NeedKind = "decide" if viewer.speaks_for_party else "decide_own"
            yield Need(kind, line.wanted_on, told.meeting, told.mechanism, decision=line)
        elif not viewer.sits_at_a_table and is_own_asking(session, line.decision):
            yield Need(
                "decide_others", line.wanted_on, told.meeting, told.mechanism, decision=line, waits_for=line.waits_for
            )


# Drafts and legs ----------------------------------------------------------------------------------


def _of_drafts(session: GuardedSession, lines: Iterable[MeetingLine], known: Iterable[Mechanism]) -> Iterable[Need]:
    """Yield what the viewer's own side has begun: drafts by their first day, changes by their meeting's."""
    mechanisms = {line.mechanism.id: line.mechanism for line in lines if line.mechanism} | {
        row.id: row for row in known
    }
    for found in own_drafts(session):
        if found.draft.kind == "changes":
            if found.meeting is not None:
                mechanism = mechanisms.get(found.meeting.mechanism_id) if found.meeting.mechanism_id else None
                yield Need("changes", found.meeting.starts_on, found.meeting, mechanism, draft=found)
        else:
            yield Need("draft", found.content.first_day, draft=found)


def _of_legs(session: GuardedSession, viewer: Viewer, today: dt.date) -> tuple[list[Need], tuple[Leaver, ...]]:
    """Return what the viewer's party still owes, and with whom of those who left, for who may hand it on.

    `today` is the day in its capital.
    """
    if not viewer.sits_at_a_table or viewer.party is None:
        return [], ()
    may_hand_on = can(viewer, Permission.HAND_OVER_ITEMS, OwnerFacts(owner=viewer.party))
    rows = session.execute(
        select(Leg, Action, Office, Person)
        .join(Action, Action.id == Leg.action_id)
        .outerjoin(Office, Office.code == Leg.office_code)
        .outerjoin(Person, is_with_leaver(viewer.party) if may_hand_on else false())
        .where(Leg.party_code == viewer.party, Leg.state.in_(sorted(OWED_STATES)), not_ended(), is_real_action())
        .order_by(Leg.due_on, Action.reference)
    )
    needs: dict[uuid.UUID, Need] = {}
    left: dict[uuid.UUID, tuple[Person, set[uuid.UUID]]] = {}
    for leg, action, office, leaver in rows:
        needs[leg.id] = Need("leg", leg.due_on, action=action, leg=LegLine(leg, office, today))
        if leaver is not None:
            left.setdefault(leaver.id, (leaver, set()))[1].add(leg.id)
    people = sorted(left.values(), key=lambda each: (each[0].name, str(each[0].id)))
    return list(needs.values()), tuple(Leaver(person, len(legs)) for person, legs in people)


def _quiet(session: GuardedSession, owed: Iterable[Need], zone_name: str) -> tuple[QuietAction, ...]:
    """Return what had no news for long: of what a party owes, which is read already, or all that a secretariat sees."""
    if session.bound_viewer.sits_at_a_table:
        return quiet_of((need.action for need in owed if need.action), session.now, zone_name)
    return quiet_actions(session, zone_name)


def _of_polls(session: GuardedSession, viewer: Viewer) -> Iterable[Need]:
    """Yield the polls that wait for the viewer, by the day of their deadline on the viewer's clock."""
    for kind, poll, mechanism in waiting_polls(session):
        yield Need(kind, today_in(poll.closes_at, viewer.time_zone), mechanism=mechanism, poll=poll)


def _of_hand_overs(session: GuardedSession, today: dt.date) -> Iterable[Need]:
    for row, mechanism in due_hand_overs(session, today):
        gives = row.from_party == session.bound_viewer.party
        yield Need("hand_over" if gives else "take_over", row.due_on, mechanism=mechanism, hand_over=row)
