"""Clocks: a due day that counts from an event, with its arithmetic in steps that a page can show.

Day 1 is the day after the event. A clock of working days counts by the calendar of the party that owes, so that the
legs of one action may end on different days. Nothing here has a zone: `today` is the day in a party's capital.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from app.domain import closures
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs
from app.domain.walltime import check_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.closures import ClosedDay

ClockKind = Literal["calendar", "working"]
ClockPhase = Literal["waiting", "first", "second", "ended"]

CLOCK_KINDS: Final[tuple[ClockKind, ...]] = ("calendar", "working")
# Ten years: more is a slip of the finger, or an obligation without an end.
MAX_DAYS: Final = 3650
WORDS_LIMIT: Final = 2000
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """So many days from an event, and what hangs on them.

    It does not run before its `event` (in words) has a day, `starts_on`. A second clock, of the same kind, begins
    when the first ends. `determines` is the party that judges, `consulted` those that it must hear first, `condition`
    what triggers the consequence. The words are in `language`.
    """

    days: int
    kind: ClockKind = "calendar"
    event: str = ""
    starts_on: date | None = None
    second_days: int | None = None
    determines: str | None = None
    consulted: tuple[str, ...] = ()
    condition: str = ""
    consequence: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One sum: so many days from a day are another day, with the closures and weekend days that were skipped."""

    from_on: date
    days: int
    kind: ClockKind
    ends_on: date
    skipped: tuple[ClosedDay, ...] = ()
    weekend_days: int = 0


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A clock counted out for one party: a step, or two; `closure` and `is_weekend` say what the last day falls on.

    `knows_closures` is false where that party's closures are not computed for all the days that were counted.
    """

    party: str | None
    steps: tuple[ClockStep, ...]
    closure: ClosedDay | None
    knows_closures: bool

    @property
    def end(self) -> date:
        """Return the day on which the whole has run out."""
        return self.steps[-1].ends_on

    @property
    def first_end(self) -> date:
        """Return the day on which the first clock has run out."""
        return self.steps[0].ends_on

    @property
    def is_weekend(self) -> bool:
        """Say whether the last day is a Saturday or a Sunday."""
        return self.end.weekday() >= closures.SATURDAY

    @property
    def ends_closed(self) -> bool:
        """Say whether the party's offices are closed on the last day; it is not moved for that."""
        return self.is_weekend or self.closure is not None


@dataclass(frozen=True, slots=True)
class ToldLeg:
    """A clock as it stands for one party on the day that it is in that party's capital.

    `is_history`: it ran out before anybody took it on here, so that its outcome is not recorded.
    """

    party: str
    reckoning: Reckoning | None
    phase: ClockPhase
    is_history: bool


@dataclass(frozen=True, slots=True)
class ToldClock:
    """A clock with how it stands for each party that owes something by it."""

    clock: Clock
    legs: tuple[ToldLeg, ...]

    @property
    def sums(self) -> tuple[tuple[tuple[str, ...], Reckoning], ...]:
        """Return each different sum once, with the parties that it is of."""
        found: dict[tuple[ClockStep, ...], list[Reckoning]] = {}
        for leg in self.legs:
            if leg.reckoning is not None:
                found.setdefault(leg.reckoning.steps, []).append(leg.reckoning)
        return tuple((tuple(each.party or "" for each in same), same[0]) for same in found.values())

    @property
    def closed(self) -> tuple[Reckoning, ...]:
        """Return the counts whose last day is one on which their party is closed."""
        return tuple(leg.reckoning for leg in self.legs if leg.reckoning is not None and leg.reckoning.ends_closed)

    @property
    def is_history(self) -> bool:
        """Say whether the clock is only history for every party."""
        return bool(self.legs) and all(leg.is_history for leg in self.legs)

    @property
    def phase(self) -> ClockPhase:
        """Return how far the clock is: where it runs on for any party, that; else ended, or waiting."""
        phases = {leg.phase for leg in self.legs}
        return next((each for each in ("first", "second", "ended") if each in phases), "waiting")


# Counting -----------------------------------------------------------------------------------------


def reckon(clock: Clock, party: str | None = None) -> Reckoning | None:
    """Count a clock out for a party; None as long as its event has not happened.

    Raises `Refusal("year_out_of_range")` where the count leaves the years that Entente keeps.
    """
    if clock.starts_on is None:
        return None
    steps = [_step(clock.starts_on, clock.days, clock.kind, party)]
    if clock.second_days is not None:
        steps.append(_step(steps[0].ends_on, clock.second_days, clock.kind, party))
    end = steps[-1].ends_on
    closure = closures.closure_on(party, end) if party else None
    return Reckoning(party, tuple(steps), closure, _knows(party, clock.starts_on, end))


def phase(clock: Clock, reckoning: Reckoning | None, today: date) -> ClockPhase:
    """Say how far a clock is on a day: waiting for its event, in its first or second count, or ended.

    On its last day it still runs.
    """
    if reckoning is None:
        return "waiting"
    if today > reckoning.end:
        return "ended"
    return "second" if clock.second_days is not None and today > reckoning.first_end else "first"


def is_history(clock: Clock, end: date | None, *, today: date, recorded_on: date, is_accepted: bool) -> bool:
    """Say whether a clock is only history: it began before it was recorded here, ran out, and nobody took it on.

    Such a clock reads "Clock ended on this date; outcome not recorded here", and nothing of it is late.
    """
    if clock.starts_on is None or end is None or is_accepted:
        return False
    return clock.starts_on < recorded_on and today > end


def tell(
    clock: Clock, parties: Iterable[str], todays: Mapping[str, date], recorded_on: date, accepted: Iterable[str] = ()
) -> ToldClock:
    """Return a clock as it stands for each of the parties that owe something by it.

    `todays` is the day in each capital, `recorded_on` the day on which the promise was recorded here, `accepted` are
    the parties that took it on here. Raises `Refusal("year_out_of_range")`.
    """
    taken = frozenset(accepted)

    def told(party: str) -> ToldLeg:
        reckoning, today = reckon(clock, party), todays[party]
        end = reckoning.end if reckoning else None
        is_over = is_history(clock, end, today=today, recorded_on=recorded_on, is_accepted=party in taken)
        return ToldLeg(party, reckoning, phase(clock, reckoning, today), is_over)

    return ToldClock(clock, tuple(told(party) for party in parties))


def _step(from_on: date, days: int, kind: ClockKind, party: str | None) -> ClockStep:
    if kind == "calendar":
        ends_on = _later(from_on, days)
        return ClockStep(from_on, days, kind, ends_on)
    return _working_step(from_on, days, party)


def _working_step(from_on: date, days: int, party: str | None) -> ClockStep:
    """Count Mondays to Fridays that are no closure of the party."""
    # Seven days for five, and the closures of each year passed, of which no capital has twenty.
    last_possible = _later(from_on, days * 7 // 5 + 20 * (days // 200 + 2))
    closed = {day.on: day for day in closures.closures(party, from_on + _DAY, last_possible)} if party else {}
    day, left, weekend_days, skipped = from_on, days, 0, []
    while left:
        day += _DAY
        if day.weekday() >= closures.SATURDAY:
            weekend_days += 1
        elif day in closed:
            skipped.append(closed[day])
        else:
            left -= 1
    return ClockStep(from_on, days, "working", day, tuple(skipped), weekend_days)


def _later(day: date, count: int) -> date:
    try:
        later = day + timedelta(days=count)
    except OverflowError:
        later = date.max
    check_year(later, field="starts_on")
    return later


def _knows(party: str | None, first_day: date, last_day: date) -> bool:
    """Say whether a party's closures are computed for every year of these days."""
    if party is None or not closures.closures(party, date(2026, 1, 1), date(2026, 12, 31)):
        return False
    return first_day.year >= closures.FIRST_YEAR and last_day.year <= closures.LAST_YEAR


# Written and read ---------------------------------------------------------------------------------


def checked(clock: Clock, *, today: date, parties: Iterable[str] = ()) -> Clock:
    """Return a clock as it may be kept, its words cleaned; `today` is the day of whoever records it.

    `parties` are those that may be named as judging or consulted. Raises `Refusal`: `clock_days` (1 to 3,650),
    `clock_needs_event`, `clock_kind`, `clock_event_to_come`, `year_out_of_range`, `unknown_party`, and what lines
    of text raise.
    """
    if clock.kind not in CLOCK_KINDS:
        raise Refusal("clock_kind", field="kind")
    for field, days in (("days", clock.days), ("second_days", clock.second_days)):
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise Refusal("clock_days", field=field, limit=MAX_DAYS)
    event = one_line(clock.event, "event")
    if not event:
        raise Refusal("clock_needs_event", field="event")
    known = frozenset(parties)
    if clock.determines is not None and clock.determines not in known:
        raise Refusal("unknown_party", field="determines")
    if not known.issuperset(clock.consulted):
        raise Refusal("unknown_party", field="consulted")
    kept = Clock(
        clock.days, clock.kind, event, clock.starts_on, clock.second_days, clock.determines,
        tuple(sorted(set(clock.consulted))), paragraphs(clock.condition, "condition", WORDS_LIMIT),
        paragraphs(clock.consequence, "consequence", WORDS_LIMIT), clock.language,
    )  # fmt: skip
    if kept.starts_on is not None:
        check_event_day(kept.starts_on, today)
        reckon(kept)  # refuses what leaves the years that are kept
    return kept


def check_event_day(day: date, today: date) -> None:
    """Refuse a day on which an event cannot have happened; raises `year_out_of_range`, `clock_event_to_come`."""
    check_year(day, field="starts_on")
    if day > today:
        raise Refusal("clock_event_to_come", field="starts_on")


def first_days(days: int | None, second_days: int | None) -> int:
    """Return the days of a clock's first count; raises `Refusal` `clock_needs_first` or `clock_days` without one."""
    if days is None:
        key = "clock_needs_first" if second_days is not None else "clock_days"
        raise Refusal(key, field="days", limit=MAX_DAYS)
    return days


def clock_of(facts: Mapping[str, Any]) -> Clock | None:
    """Read the clock of a commitment's facts, as the catalogue writes them, or of an action's; None without one.

    A commitment keeps `condition`, `consequence` and `determines` beside its clock, and its event is where and how it
    was made; an action keeps all in one document.
    """
    nested = facts.get("clock")
    written = nested if isinstance(nested, dict) else facts
    days = written.get("days")
    if not isinstance(days, int) or days < 1:
        return None
    told = {**facts, **written}
    return Clock(
        days=days,
        kind=cast("ClockKind", told["kind"]) if told.get("kind") in CLOCK_KINDS else "calendar",
        event=_words(told.get("event") or told.get("made_at")),
        starts_on=_day(written.get("starts_on")),
        second_days=written.get("second_days"),
        determines=told.get("determines"),
        consulted=tuple(told.get("consulted") or ()),
        condition=_words(told.get("condition")),
        consequence=_words(told.get("consequence")),
        language=told.get("language") or "en",
    )


def written(clock: Clock) -> dict[str, Any]:
    """Return a clock as an action keeps it; `clock_of` reads it back."""
    return {
        "days": clock.days,
        "kind": clock.kind,
        "event": clock.event,
        "starts_on": clock.starts_on.isoformat() if clock.starts_on else None,
        "second_days": clock.second_days,
        "determines": clock.determines,
        "consulted": list(clock.consulted),
        "condition": clock.condition,
        "consequence": clock.consequence,
        "language": clock.language,
    }


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    """Return a whole day; one known only to its month or year starts no clock."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
