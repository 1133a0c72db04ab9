"""Review points: what falls due around a change of government, and which mandates have not met since the last one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import load_only

from app import labels, words
from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.cadence import window_of
from app.domain.mechanisms import collation_key
from app.domain.report import AHEAD_YEARS, ReportDays, ReviewPoint, asks_for_a_look, last_change
from app.models import Action, Commitment, Leg, Mechanism, Meeting, MeetingParty, Party
from app.papers.report import Cell, Grid, Part, ReportPaper
from app.services.action_whole import not_ended
from app.services.practice import is_real, is_real_action
from app.services.register import today_for
from app.services.register_rows import RegisterRow, register_rows
from app.services.reports_accountability import known_points
from app.services.reports_rows import action_cell
from app.services.reports_words import points_part, standing

# Of each kind; a list that is longer is worked with in the register of actions.
MOST_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class Around:
    """What falls due around a change of government, of what the viewer may see; legs are those of its party."""

    point: ReviewPoint
    legs: tuple[tuple[Leg, Action, Mechanism | None], ...]
    commitments: tuple[Commitment, ...]
    meetings: tuple[Meeting, ...]
    periods: tuple[tuple[RegisterRow, dt.date], ...]


@dataclass(frozen=True, slots=True)
class Reviews:
    """The points ahead and those last past; what falls due around each change; the mandates to look at, by party."""

    points: tuple[ReviewPoint, ...]
    around: tuple[Around, ...]
    to_look_at: tuple[tuple[ReviewPoint, tuple[RegisterRow, ...]], ...]
    without: tuple[str, ...]


def reviews_of(session: GuardedSession, language: str) -> Reviews:
    """Return the review points of the governments that run Entente, parties by name."""
    today = today_for(session)
    points = known_points(today.replace(year=today.year + AHEAD_YEARS, day=1))
    codes = session.execute(select(Party.code).where(Party.is_core.is_(True))).scalars()
    parties = words.party_order(codes, language)
    rows = sorted(
        (row for row in register_rows(session, today) if not row.page.is_proposal),
        key=lambda row: (collation_key(row.facts.name.in_language(language)), row.facts.code),
    )
    last = {code: found for code in parties if (found := last_change(points, code, today)) is not None}
    following = [
        found
        for code in parties
        if (found := _next_change(points, code, today)) is not None
    ]  # fmt: skip
    kept = {point.key for point in last.values()}
    return Reviews(
        points=tuple(point for point in points if point.on >= today or point.key in kept),
        around=tuple(_around(session, following, rows, today)),
        to_look_at=tuple((point, _to_look_at(rows, point)) for point in last.values()),
        without=tuple(code for code in parties if code not in last),
    )


def _next_change(points: Iterable[ReviewPoint], party: str, today: dt.date) -> ReviewPoint | None:
    """Return a party's change of government that is ahead, or of which the days around are not over."""
    ahead = (
        point
        for point in points
        if point.kind == "inauguration" and point.party == party and point.days_around.last >= today
    )
    return min(ahead, key=lambda point: point.on, default=None)


def _to_look_at(rows: Iterable[RegisterRow], change: ReviewPoint) -> tuple[RegisterRow, ...]:
    return tuple(
        row
        for row in rows
        if change.party in row.facts.parties
        and asks_for_a_look(row.facts.status, row.facts.status_as_of.last_day, _last_met(row), change.on)
    )


def _last_met(row: RegisterRow) -> dt.date | None:
    """Return the last day that a meeting of a mechanism may have been held on, as far as its record knows."""
    of_record = [each.known_on.last_day for each in row.facts.record if each.outcome == "held" and each.known_on]
    here = [dt.date(year, 12, 31) for year in row.held_in]
    return max((*of_record, *here), default=None)


# What falls due -----------------------------------------------------------------------------------


def _around(
    session: GuardedSession, points: Sequence[ReviewPoint], rows: Sequence[RegisterRow], today: dt.date
) -> Iterator[Around]:
    if not points:
        return
    legs, commitments, meetings = _legs(session, points), _commitments(session, points), _meetings(session, points)
    for point in points:
        days = point.days_around
        yield Around(
            point,
            tuple(each for each in legs if each[0].party_code == point.party and _falls(each[0].due_on, days)),
            tuple(each for each in commitments if point.party in each.owners and _commitment_falls(each, days)),
            tuple(each for each, codes in meetings if point.party in codes and days.holds(each.starts_on)),
            tuple(_periods_ending(rows, point, today)),
        )


def _falls(day: dt.date | None, days: ReportDays) -> bool:
    return day is not None and days.holds(day)


def _commitment_falls(commitment: Commitment, days: ReportDays) -> bool:
    return _falls(commitment.due_on, days) or _falls(commitment.sunset_on, days)


def _legs(session: GuardedSession, points: Sequence[ReviewPoint]) -> list[tuple[Leg, Action, Mechanism | None]]:
    windows = [
        and_(Leg.party_code == point.party, Leg.due_on >= point.days_around.first, Leg.due_on <= point.days_around.last)
        for point in points
    ]
    rows = session.execute(
        select(Leg, Action, Mechanism)
        .join(Action, Action.id == Leg.action_id)
        .outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
        .where(or_(*windows), Leg.state.in_(sorted(OWED_STATES)), not_ended(), is_real_action())
        .options(load_only(Action.reference, Action.title), load_only(Mechanism.code, Mechanism.name))
        .order_by(Leg.due_on, Action.reference)
    )
    return [(leg, action, mechanism) for leg, action, mechanism in rows]


def _commitments(session: GuardedSession, points: Sequence[ReviewPoint]) -> list[Commitment]:
    windows = [
        and_(column >= point.days_around.first, column <= point.days_around.last)
        for point in points
        for column in (Commitment.due_on, Commitment.sunset_on)
    ]
    query = select(Commitment).where(Commitment.kind == "pledge", or_(*windows))
    return list(session.execute(query.order_by(Commitment.origin, Commitment.ref)).scalars())


def _meetings(session: GuardedSession, points: Sequence[ReviewPoint]) -> list[tuple[Meeting, frozenset[str]]]:
    windows = [
        and_(Meeting.starts_on >= point.days_around.first, Meeting.starts_on <= point.days_around.last)
        for point in points
    ]
    rows = session.execute(
        select(Meeting, MeetingParty.party_code)
        .join(MeetingParty, MeetingParty.meeting_id == Meeting.id)
        .where(
            or_(*windows), is_real(), MeetingParty.removed.is_(False), Meeting.state.in_(("proposed", "confirmed")),
            MeetingParty.party_code.in_([point.party for point in points]),
        )
        .options(load_only(Meeting.reference, Meeting.title, Meeting.starts_on, Meeting.ends_on, Meeting.state))
        .order_by(Meeting.starts_on, Meeting.reference)
    )  # fmt: skip
    found: dict[str, tuple[Meeting, set[str]]] = {}
    for meeting, code in rows:
        found.setdefault(meeting.reference, (meeting, set()))[1].add(code)
    return [(meeting, frozenset(codes)) for meeting, codes in found.values()]


def _periods_ending(
    rows: Iterable[RegisterRow], point: ReviewPoint, today: dt.date
) -> Iterator[tuple[RegisterRow, dt.date]]:
    """Yield the mechanisms of a point's party with the last days of periods that end in the days around it."""
    for row in rows:
        facts, days = row.facts, point.days_around
        since = facts.mandate.since
        if row.page.owed is None or facts.cadence is None or since is None or point.party not in facts.parties:
            continue
        window = window_of(facts.cadence, since, max(days.first, today))
        while window is not None and window[1] <= days.last:
            yield row, window[1]
            window = window_of(facts.cadence, since, window[1] + dt.timedelta(days=1))


# In words -----------------------------------------------------------------------------------------


def reviews_paper(session: GuardedSession, language: str) -> ReportPaper:
    """Return the review points in words, as the sections of a page."""
    gettext = words.translations(language).gettext
    found = reviews_of(session, language)
    notes = tuple(
        gettext("The catalogue tells no election of %(party)s: its day follows from no fixed rule.")
        % {"party": words.party_name(code, language)}
        for code in found.without
    )
    told = points_part(found.points, language)
    return ReportPaper(
        language=language, title=gettext("Review points"), standing=standing(session, language),
        lede=gettext("What falls due around a change of government, and which mandates ask to be looked at after one."),
        parts=(
            Part(told.key, told.heading, (*told.notes, *notes), told.grids, told.nothing),
            *(_around_part(each, language) for each in found.around),
            *(_mandates_part(point, rows, language) for point, rows in found.to_look_at),
        ),
        page=labels.label("agenda_paper", "page", language), dated=session.now,
    )  # fmt: skip


def _around_part(found: Around, language: str) -> Part:
    gettext = words.translations(language).gettext
    days = found.point.days_around
    party = words.party_name(found.point.party or "", language)
    note = gettext("From %(first)s to %(last)s: 90 days before it and 180 after.") % {
        "first": words.date_plain(days.first, language), "last": words.date_plain(days.last, language),
    }  # fmt: skip
    legs = tuple(_leg_row(*each, language=language) for each in found.legs[:MOST_ROWS])
    others = tuple(_others(found, language))
    heading = gettext("Around the change of government: %(party)s, %(day)s") % {
        "party": party, "day": words.date_plain(found.point.on, language),
    }  # fmt: skip
    return Part(
        f"around-{found.point.key}", heading, (note,),
        (
            Grid(gettext("Action items"), (gettext("Action"), gettext("Due"), gettext("State")), legs),
            Grid(
                gettext("Commitments, meetings and dates to agree"), (gettext("What"), gettext("Day"), gettext("Kind")),
                others,
            ),
        ),
        gettext("Nothing that you see falls due in these days."),
    )  # fmt: skip


def _leg_row(leg: Leg, action: Action, mechanism: Mechanism | None, *, language: str) -> tuple[Cell, ...]:
    not_accepted = words.translations(language).gettext("recorded, not accepted")
    state = Cell(labels.label("leg_state", leg.state, language), () if leg.is_accepted else (not_accepted,))
    due = Cell(words.date_plain(leg.due_on, language) if leg.due_on else "")
    return action_cell(action, mechanism, language), due, state


def _others(found: Around, language: str) -> Iterator[tuple[Cell, ...]]:
    gettext = words.translations(language).gettext
    for commitment in found.commitments:
        title, spoken = words.pick(commitment.title, language)
        for day, kind in ((commitment.due_on, gettext("commitment due")), (commitment.sunset_on, gettext("sunset"))):
            if _falls(day, found.point.days_around) and day is not None:
                name = Cell(title, (commitment.ref,), f"/commitments/{commitment.ref}", language=spoken or "")
                yield name, Cell(words.date_plain(day, language)), Cell(kind)
    for meeting in found.meetings:
        title, spoken = words.pick(meeting.title, language)
        name = Cell(title, (meeting.reference,), f"/meetings/{meeting.reference}", language=spoken or "")
        state = labels.label("meeting_state", meeting.state, language)
        yield name, Cell(words.date_range(meeting.starts_on, meeting.ends_on, language)), Cell(state)
    for row, last_day in found.periods:
        yield mechanism_cell(row, language), Cell(words.date_plain(last_day, language)), Cell(gettext("date to agree"))


def _mandates_part(point: ReviewPoint, rows: Sequence[RegisterRow], language: str) -> Part:
    gettext = words.translations(language).gettext
    named = {"party": words.party_name(point.party or "", language), "day": words.date_plain(point.on, language)}
    return Part(
        f"mandates-{point.key}",
        gettext("Mandates to look at since the change of government: %(party)s, %(day)s") % named,
        (gettext("Last told of before that day, and no meeting is on record since. Nobody is asked for a reason."),),
        (
            Grid(
                gettext("Mandates to look at"),
                (gettext("Mechanism"), gettext("Parties"), gettext("Status"), gettext("Last met")),
                tuple(_mandate_row(row, language) for row in rows),
            ),
        ),
        gettext("None."),
    )  # fmt: skip


def _mandate_row(row: RegisterRow, language: str) -> tuple[Cell, ...]:
    gettext = words.translations(language).gettext
    parties = [words.party_name(code, language) for code in words.party_order(row.facts.parties, language)]
    told = gettext("as of %(date)s") % {"date": words.partial_date(row.facts.status_as_of, language)}
    met = _last_met(row)
    return (
        mechanism_cell(row, language), Cell(words.list_of(parties, language)),
        Cell(labels.label("mechanism_status", row.facts.status, language), (told,)),
        Cell(str(met.year) if met else gettext("no record")),
    )  # fmt: skip


def mechanism_cell(row: RegisterRow, language: str) -> Cell:
    """Return a mechanism by its name, that leads to its page, with its reference."""
    return Cell(row.facts.name.in_language(language), (row.facts.ref,), f"/mechanisms/{row.facts.code}")
