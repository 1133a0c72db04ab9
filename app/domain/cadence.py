"""What a cadence asks for, period by period, and by when: dates to agree, never a blame.

A cadence is a floor: at least so many meetings in so many months (design, rule 9). Its periods run one after
another from the mandate:

* `calendar_year`: from 1 January of the mandate's year, so that twelve months are the calendar year;
* `rolling`: from the day of the mandate, month ends and leap days clamped to the end of a shorter month.

The period in which the mandate falls begins with the mandate and asks for the whole minimum: the texts that
give a cadence leave out no part of a first year, so none is left out here.

A meeting counts once, in the period of its first day, even where it goes on into the next; unless the parties
recorded another day that it serves. What a period has beyond its minimum does not help the next one.

A practice without the day of a mandate owes nothing: `intervals` says how far apart its meetings were.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.domain.catalogue_types import Cadence, RecordEntry
from app.domain.partial_dates import PartialDate

PeriodState = Literal["met", "partly_met", "not_held", "no_record", "open"]
Standing = Literal["to_agree", "past"]

TOOK_PLACE = frozenset({"held", "closed"})


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What the rules of cadence, hosting and numbering need to know of a meeting kept here.

    `starts_on` is the first day in the meeting's own zone; `host` the first host, None where nobody hosts.
    `counts` is false of what serves a meeting or stands beside it and is none of the mechanism's own:
    preparatory meetings, panels, side sessions, training, exercises, study visits, and meetings of an example.
    `serves_on` is a day of the period that it serves, where the parties recorded another than its own.
    """

    reference: str
    state: str
    parties: frozenset[str]
    starts_on: date
    host: str | None = None
    ordinal: int | None = None
    counts: bool = True
    serves_on: date | None = None

    def brings_together(self, parties: Iterable[str]) -> bool:
        """Tell whether all of the parties were chosen for it, others beside them or not."""
        return self.parties.issuperset(parties)


@dataclass(frozen=True, slots=True)
class Counted:
    """A meeting that counts towards a period: its day as far as known, and its label or reference.

    `serves_on` is a day of the period that it serves, where the parties recorded another than its own.
    """

    on: PartialDate
    label: str
    attested: bool
    is_kept_here: bool
    serves_on: date | None = None

    @property
    def counts_on(self) -> PartialDate:
        """Return the day that decides in which period it counts."""
        return self.on if self.serves_on is None else _whole(self.serves_on)


@dataclass(frozen=True, slots=True)
class Period:
    """One window of a cadence, first and last day included, and how far it was met.

    `by_numbering` is true where the state would be a lesser one without meetings that only follow from the
    numbering of others.
    """

    first_day: date
    last_day: date
    state: PeriodState
    held: tuple[Counted, ...]
    minimum_meetings: int
    by_numbering: bool

    @property
    def missing_count(self) -> int:
        """Return how many meetings short of the minimum it is."""
        return max(0, self.minimum_meetings - len(self.held))

    @property
    def word(self) -> str:
        """Return the key of the word to show: `by_numbering` where it was met by numbering only, else the state."""
        return "by_numbering" if self.state == "met" and self.by_numbering else self.state


def add_months(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def periods(
    cadence: Cadence | None,
    mandate_on: date | None,
    record: Sequence[RecordEntry],
    meetings: Sequence[MeetingFacts],
    today: date,
    *,
    parties: Iterable[str],
) -> tuple[Period, ...]:
    """Return every period from the mandate to the one that holds `today`; none without a cadence or a mandate.

    `parties` are all of the mechanism's, or a pair of them where it runs by pairs: only meetings of all of them
    count, once held (design, rule 4), so that a meeting of three counts for each of its pairs. `record` is what
    is known of past meetings of the same parties. An entry counts in the period that holds every day it can
    mean; one that is on record and kept here counts once. The order of record and meetings does not matter.

    A period is met at the minimum. Until it is over it is otherwise open. After that it is partly met, or not
    held where the parties recorded so (a meeting cancelled here, an entry of theirs, or an entry that was
    planned and not held), or it has no record. A postponed meeting counts where it is held in the end; until
    it has a new date it counts nowhere, and does not say of the old period that nothing was held.
    """
    if cadence is None or mandate_on is None:
        return ()
    all_parties = frozenset(parties)
    common = [meeting for meeting in meetings if meeting.counts and meeting.brings_together(all_parties)]
    counted = _counted(record, common)
    not_held = _recorded_as_not_held(record, common)
    return tuple(
        _period(first, last, cadence.minimum_meetings, counted, not_held, today)
        for first, last in _windows(cadence, mandate_on, today)
    )


def to_agree_by(cadence: Cadence | None, mandate_on: date | None, today: date) -> date | None:
    """Return the last day of the current period: the date by which a meeting is to be agreed.

    None without a cadence or a mandate, and before the mandate begins: nothing is owed then.
    """
    if cadence is None or mandate_on is None:
        return None
    return max((last_day for _, last_day in _windows(cadence, mandate_on, today)), default=None)


def window_of(cadence: Cadence, mandate_on: date, day: date) -> tuple[date, date] | None:
    """Return the first and last day of the period that holds that day, or None before the mandate."""
    return max(_windows(cadence, mandate_on, day), default=None)


def days_left(last_day: date, today: date) -> int:
    """Return the days from today to that day: 0 on the day itself, below 0 when it is past."""
    return (last_day - today).days


def standing(last_day: date, today: date) -> Standing:
    """Say whether a date is still to agree or past; the design has no third word."""
    return "past" if last_day < today else "to_agree"


def _windows(cadence: Cadence, mandate_on: date, today: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each period, up to the one that holds today."""
    origin = mandate_on.replace(month=1, day=1) if cadence.anchor == "calendar_year" else mandate_on
    for number in itertools.count():
        # Counted from the origin each time: adding months to the last result would drift off a month's end.
        first_day = max(mandate_on, add_months(origin, number * cadence.period_months))
        if first_day > today:
            return
        next_day = add_months(origin, (number + 1) * cadence.period_months)
        if next_day > mandate_on:
            yield first_day, next_day - timedelta(days=1)


def _period(
    first_day: date,
    last_day: date,
    minimum_meetings: int,
    counted: Sequence[Counted],
    not_held: Sequence[PartialDate],
    today: date,
) -> Period:
    held = tuple(meeting for meeting in counted if meeting.counts_on.lies_within(first_day, last_day))
    is_over = last_day < today
    was_not_held = any(on.lies_within(first_day, last_day) for on in not_held)
    state = _state(len(held), minimum_meetings, is_over=is_over, was_not_held=was_not_held)
    attested_count = sum(meeting.attested for meeting in held)
    attested = _state(attested_count, minimum_meetings, is_over=is_over, was_not_held=was_not_held)
    return Period(first_day, last_day, state, held, minimum_meetings, by_numbering=attested != state)


def _state(held_count: int, minimum_meetings: int, *, is_over: bool, was_not_held: bool) -> PeriodState:
    if held_count >= minimum_meetings:
        return "met"
    if not is_over:
        return "open"
    if held_count:
        return "partly_met"
    return "not_held" if was_not_held else "no_record"


def _counted(record: Sequence[RecordEntry], meetings: Sequence[MeetingFacts]) -> list[Counted]:
    """Return what was held, in order of time; what is both on record and kept here is one meeting."""
    kept = [meeting for meeting in meetings if meeting.state in TOOK_PLACE]
    counted = [
        Counted(_whole(meeting.starts_on), meeting.reference, True, is_kept_here=True, serves_on=meeting.serves_on)
        for meeting in kept
    ]
    kept.sort(key=lambda meeting: (meeting.starts_on, meeting.ordinal or 0, meeting.reference))
    for known_on, entry in _dated(record):
        twin = next((meeting for meeting in kept if is_same_meeting(entry, meeting)), None)
        if twin is not None:
            kept.remove(twin)
        else:
            counted.append(Counted(known_on, entry.label, attested=entry.attested, is_kept_here=False))
    return sorted(counted, key=_in_time)


def _dated(record: Sequence[RecordEntry]) -> list[tuple[PartialDate, RecordEntry]]:
    """Return the entries held that have a date, the best known first.

    They are paired with meetings kept here in that order, so that an entry of which only the year is known
    never takes the meeting that another tells of to the day.
    """
    dated = [(entry.known_on, entry) for entry in record if entry.outcome == "held" and entry.known_on is not None]
    return sorted(
        dated,
        key=lambda pair: (-len(pair[0].text), pair[0].text, pair[1].ordinal or 0, pair[1].label, pair[1].attested),
    )


def _in_time(meeting: Counted) -> tuple[date, date, str, bool, bool, date]:
    return (
        meeting.on.first_day,
        meeting.on.last_day,
        meeting.label,
        meeting.attested,
        meeting.is_kept_here,
        meeting.serves_on or date.min,
    )


def is_same_meeting(entry: RecordEntry, meeting: MeetingFacts) -> bool:
    """Tell whether an entry on record is of a meeting kept here.

    It is when both are held on the same day, or have the same number at a time that agrees. What does not count
    (a preparatory meeting of that day) is another meeting.
    """
    if entry.outcome != "held" or not meeting.counts:
        return False
    if entry.known_on is None or not entry.known_on.first_day <= meeting.starts_on <= entry.known_on.last_day:
        return False
    return entry.known_on.precision == "day" or (entry.ordinal is not None and entry.ordinal == meeting.ordinal)


def _recorded_as_not_held(record: Sequence[RecordEntry], meetings: Sequence[MeetingFacts]) -> list[PartialDate]:
    """Return the dates for which the parties say that no meeting was held.

    That a meeting was cancelled, when only a public page tells it, does not say that none took its place.
    """
    dates = [_whole(meeting.serves_on or meeting.starts_on) for meeting in meetings if meeting.state == "cancelled"]
    for entry in record:
        told = entry.outcome == "planned_not_held" or (entry.outcome == "cancelled" and entry.by_parties)
        if told and entry.known_on is not None:
            dates.append(entry.known_on)
    return dates


def _whole(day: date) -> PartialDate:
    return PartialDate(day.isoformat())


# Practices without the day of a mandate ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A count that is known exactly, or between two bounds where a date is known in part; both included."""

    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        """Tell whether there is one count only."""
        return self.least == self.most


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from the first day of a meeting to the first day of the next, or to today where `to` is None.

    `months` are whole ones. `is_order_known` is false where dates are known in part and either of the two may
    have been the earlier one; the bounds hold all the same.
    """

    since: Counted
    to: Counted | None
    days: Span
    months: Span
    is_order_known: bool = True


@dataclass(frozen=True, slots=True)
class Intervals:
    """How far apart the meetings of a practice were, and how long the last one is past; never a debt.

    `undated_count` meetings were held at no known time: any of them may lie within one of the gaps.
    """

    gaps: tuple[Interval, ...]
    since_last: Interval | None
    undated_count: int


def intervals(
    record: Sequence[RecordEntry], meetings: Sequence[MeetingFacts], today: date, *, parties: Iterable[str]
) -> Intervals:
    """Return the gaps between the meetings held one after another, the oldest first, and the one since the last.

    Meetings count as they do in `periods`. Where only a year or a month is known, a gap has bounds: the first
    meeting was held between the earliest and the latest day that it can have been, and so on for each.
    """
    all_parties = frozenset(parties)
    common = [meeting for meeting in meetings if meeting.counts and meeting.brings_together(all_parties)]
    held = _counted(record, common)
    # Where dates overlap nobody knows which meeting was the second. But the second of them was not held before
    # the second of all earliest days, nor after the second of all latest days. None was held after today.
    earliest = sorted(min(meeting.on.first_day, today) for meeting in held)
    latest = sorted(min(meeting.on.last_day, today) for meeting in held)
    gaps = tuple(
        Interval(
            held[number],
            held[number + 1],
            *_between(earliest[number], latest[number], earliest[number + 1], latest[number + 1]),
            is_order_known=_is_order_known(held[number].on, held[number + 1].on),
        )
        for number in range(len(held) - 1)
    )
    since_last = Interval(held[-1], None, *_between(earliest[-1], latest[-1], today, today)) if held else None
    undated_count = sum(entry.outcome == "held" and entry.known_on is None for entry in record)
    return Intervals(gaps, since_last, undated_count)


def whole_months(first_day: date, last_day: date) -> int:
    """Return how many whole months lie between two days, 0 where the second is not after the first."""
    months = max(0, (last_day.year - first_day.year) * 12 + last_day.month - first_day.month)
    return months - 1 if months and add_months(first_day, months) > last_day else months


def _between(from_earliest: date, from_latest: date, to_earliest: date, to_latest: date) -> tuple[Span, Span]:
    days = Span(max(0, (to_earliest - from_latest).days), (to_latest - from_earliest).days)
    return days, Span(whole_months(from_latest, to_earliest), whole_months(from_earliest, to_latest))


def _is_order_known(one: PartialDate, other: PartialDate) -> bool:
    return one.last_day < other.first_day or (one.day is not None and one.day == other.day)
