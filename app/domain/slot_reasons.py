"""Why a slot is better or worse: what its days say, what the clocks say, and whom it lacks.

What the days say is the same for all starts of a day, and what the clocks say the same wherever the zones stand to one
another as they do; so each is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain import zones
from app.domain.slot_facts import POINTS, Attendee, Clock, Closed, PlanFacts, RankedSlot, Reason, ReasonKey
from app.domain.slot_grid import SATURDAY, Grid, Overlaps, instant_of
from app.domain.walltime import in_zone

NIGHT_ENDS: Final = 7 * 60
NIGHT_BEGINS: Final = 21 * 60
_DAY: Final = timedelta(days=1)


class Reasoner:
    """What is to be said of the starts of one plan; it remembers what it worked out."""

    def __init__(self, facts: PlanFacts, grid: Grid, lacking: Overlaps, optional: Overlaps, clashing: Overlaps) -> None:
        self.facts = facts
        self.grid = grid
        self._required = [each for each in facts.attendees if each.is_required], lacking
        self._optional = [each for each in facts.attendees if not each.is_required], optional
        self._clashing = clashing
        self.today = in_zone(facts.now, facts.zone).date()
        self._of_day: dict[date, tuple[tuple[Reason, ...], int]] = {}
        self._of_hour: dict[tuple[int, tuple[int, ...]], tuple[tuple[Reason, ...], int]] = {}
        self._offsets: dict[date, tuple[int, ...] | None] = {}
        self._closed: dict[date, list[Closed]] = {}
        for each in facts.closures:
            self._closed.setdefault(each.on, []).append(each)
        self._zones = [zones.zone(clock.zone) for clock in facts.clocks]

    def points_at(self, index: int) -> int:
        """Return the points of a start but those of people and of other meetings."""
        return self._day(self.grid.days[index])[1] + self._hour(index)[1]

    def slot_at(self, index: int) -> RankedSlot:
        """Return a start with all its reasons: the grave ones first, then losses, then gains."""
        sittings = self.grid.sittings_at(index)
        people = tuple(self._people(index))
        reasons = (*people, *self._hour(index)[0], *self._day(self.grid.days[index])[0])
        first_day, wall = self.grid.days[index], self.grid.walls[index]
        minutes = self.facts.minutes
        return RankedSlot(
            first_day=first_day,
            last_day=first_day + (self.facts.days_count - 1) * _DAY,
            starts=None if minutes is None else _wall(wall),
            ends=None if minutes is None else _wall(wall + minutes),
            sittings=sittings,
            score=sum(reason.points for reason in reasons),
            works=not any(reason.key == "lacks" for reason in people),
            reasons=tuple(sorted(reasons, key=lambda reason: (not reason.is_grave, reason.is_gain))),
        )

    # The days ------------------------------------------------------------------------------------

    def _day(self, first_day: date) -> tuple[tuple[Reason, ...], int]:
        found = self._of_day.get(first_day)
        if found is None:
            last_day = first_day + (self.facts.days_count - 1) * _DAY
            reasons = (
                *self._closures(first_day, last_day),
                *self._named_days(first_day, last_day),
                *self._lead_times(first_day),
                *self._travel(first_day, last_day),
                *self._period(last_day),
            )
            found = self._of_day[first_day] = reasons, sum(reason.points for reason in reasons)
        return found

    def _closures(self, first_day: date, last_day: date) -> Iterator[Reason]:
        """Say who is closed on the slot's days and, of the rest of its weeks, in the weeks from Monday to Friday."""
        monday = first_day - first_day.weekday() * _DAY
        friday = last_day + (4 - min(last_day.weekday(), 4)) * _DAY
        is_any = False
        for day in _days(monday, max(friday, last_day)):
            is_within = first_day <= day <= last_day
            for closed in self._closed.get(day, ()):
                if closed.at_place and not is_within:
                    continue
                is_any = True
                key: ReasonKey = "closure_near"
                if is_within:
                    key = "host_closure" if closed.at_place else "closure"
                yield Reason(
                    key, POINTS[key], party=closed.party, day=day, name=closed.name, is_attested=closed.is_attested
                )
        if not is_any and self.facts.clocks:
            yield Reason("no_closure", POINTS["no_closure"])

    def _named_days(self, first_day: date, last_day: date) -> Iterator[Reason]:
        facts = self.facts
        if not facts.is_at_high_level:
            for week in facts.high_level:
                if week.first_day <= last_day and first_day <= week.last_day:
                    yield Reason(
                        "high_level", POINTS["high_level"], day=week.first_day, last_day=week.last_day,
                        name=week.name, is_attested=week.is_attested,
                    )  # fmt: skip
        if facts.event is not None:
            event = facts.event
            is_near = event.first_day - _DAY <= last_day and first_day <= event.last_day + _DAY
            key: ReasonKey = "at_event" if is_near else "away_from_event"
            yield Reason(key, POINTS[key], day=event.first_day, last_day=event.last_day, name=event.name)

    def _lead_times(self, first_day: date) -> Iterator[Reason]:
        """Say when agenda and papers are due, and whether anybody could still hand them in on that day."""
        dues: tuple[tuple[ReasonKey, int], ...] = (
            ("agenda_due", self.facts.agenda_days),
            ("papers_due", self.facts.papers_days),
        )
        for key, lead_days in dues:
            if not lead_days:
                continue
            day = first_day - lead_days * _DAY
            if day < self.today:
                yield Reason("due_past", POINTS["due_past"], day=day, days=lead_days, name={"due": key})
            elif closed := self._closed_then(day):
                yield Reason(
                    "due_closed", POINTS["due_closed"], party=closed.party, day=day, days=lead_days,
                    name={**closed.name, "due": key},
                )  # fmt: skip
            elif day.weekday() >= SATURDAY:
                yield Reason("due_closed", POINTS["due_closed"], day=day, days=lead_days, name={"due": key})
            else:
                yield Reason(key, POINTS[key], day=day, days=lead_days)

    def _travel(self, first_day: date, last_day: date) -> Iterator[Reason]:
        """Say on which days people would travel that are no working days."""
        length = self.facts.travel_days
        if not length:
            return
        for day in (
            *_days(first_day - length * _DAY, first_day - _DAY),
            *_days(last_day + _DAY, last_day + length * _DAY),
        ):
            closed = self._closed_then(day)
            if closed is not None:
                yield Reason("travel", POINTS["travel"], party=closed.party, day=day, name=closed.name)
            elif day.weekday() >= SATURDAY:
                yield Reason("travel", POINTS["travel"], day=day)

    def _period(self, last_day: date) -> Iterator[Reason]:
        ends_on = self.facts.period_ends_on
        if ends_on is not None:
            key: ReasonKey = "in_period" if last_day <= ends_on else "after_period"
            yield Reason(key, POINTS[key], day=ends_on, days=abs((ends_on - last_day).days))

    def _closed_then(self, day: date) -> Closed | None:
        return next((each for each in self._closed.get(day, ()) if not each.at_place), None)

    # The clocks ----------------------------------------------------------------------------------

    def _hour(self, index: int) -> tuple[tuple[Reason, ...], int]:
        if self.facts.minutes is None or not self.facts.clocks:
            return (), 0
        key = self.grid.walls[index], self._differences(index)
        found = self._of_hour.get(key)
        if found is None:
            reasons = tuple(self._hours(*key))
            found = self._of_hour[key] = reasons, sum(reason.points for reason in reasons)
        return found

    def _differences(self, index: int) -> tuple[int, ...]:
        """Return by how many minutes the clocks are ahead of the plan's; each sitting's, where they change between."""
        day = self.grid.days[index]
        every_day = [day + number * _DAY for number in range(self.facts.days_count)]
        known = [self._differences_on(each) for each in every_day]
        if None not in known and len(set(known)) == 1:
            return known[0] or ()
        wall = self.grid.walls[index]
        return tuple(
            difference
            for sitting, each in zip(self.grid.starts, every_day, strict=True)
            for difference in self._differences_at(instant_of(sitting[index]), each, wall)
        )

    def _differences_on(self, day: date) -> tuple[int, ...] | None:
        """Return the differences of a day, None where a clock changes within it."""
        if day not in self._offsets:
            midnight = datetime.combine(day, time())
            here = zones.zone(self.facts.zone)
            bounds = [
                tuple(_offset(at, zone) - _offset(at, here) for zone in self._zones)
                for at in (midnight.replace(tzinfo=here), (midnight + _DAY).replace(tzinfo=here))
            ]
            is_same = bounds[0] == bounds[1] and _offset(midnight.replace(tzinfo=here), here) == _offset(
                (midnight + _DAY).replace(tzinfo=here), here
            )
            self._offsets[day] = bounds[0] if is_same else None
        return self._offsets[day]

    def _differences_at(self, instant: datetime, day: date, wall: int) -> Iterator[int]:
        """Yield what each clock shows at an instant, less the wall time of the plan's own."""
        for zone in self._zones:
            local = instant.astimezone(zone)
            shown = (local.date() - day).days * 1440 + local.hour * 60 + local.minute
            yield shown - wall

    def _hours(self, wall: int, differences: Sequence[int]) -> Iterator[Reason]:
        minutes = self.facts.minutes or 0
        burdens = {clock.burden_minutes for clock in self.facts.clocks}
        outside_any = False
        for number, difference in enumerate(differences):
            clock = self.facts.clocks[number % len(self.facts.clocks)]
            starts, ends = wall + difference, wall + difference + minutes
            outside = _outside(starts, ends, clock)
            if not outside:
                continue
            outside_any = True
            is_night = starts < NIGHT_ENDS or ends > NIGHT_BEGINS
            points = POINTS["outside_hours"] * -(-outside // 60) + (POINTS["night"] if is_night else 0)
            yield Reason(
                "night" if is_night else "outside_hours", points, clock=clock.key, party=clock.party,
                starts=_wall(starts), ends=_wall(ends), minutes=outside,
            )  # fmt: skip
            if len(burdens) > 1 and clock.burden_minutes in {min(burdens), max(burdens)}:
                key: ReasonKey = "fair" if clock.burden_minutes == min(burdens) else "unfair"
                yield Reason(key, POINTS[key], clock=clock.key, party=clock.party, minutes=clock.burden_minutes)
        if not outside_any:
            yield Reason("in_hours", POINTS["in_hours"])

    # The people ----------------------------------------------------------------------------------

    def _people(self, index: int) -> Iterator[Reason]:
        of_both: tuple[tuple[ReasonKey, tuple[list[Attendee], Overlaps]], ...] = (
            ("lacks", self._required),
            ("busy", self._optional),
        )
        for key, (attendees, overlaps) in of_both:
            for place in overlaps.at(index):
                attendee = attendees[place]
                yield Reason(key, POINTS[key], party=attendee.party, people=(attendee.name,))
        for place in self._clashing.at(index):
            other = self.facts.engagements[place]
            yield Reason("clash", POINTS["clash"], reference=other.reference, people=other.people)


def _outside(starts: int, ends: int, clock: Clock) -> int:
    """Return how many minutes of a sitting lie outside the working day of a place, on its own clock."""
    opens, closes = (each.hour * 60 + each.minute for each in (clock.opens, clock.closes))
    within = max(0, min(ends, closes) - max(starts, opens))
    return ends - starts - within


def _offset(at: datetime, zone: object) -> int:
    """Return the offset of a zone at an aware instant, in minutes, east positive."""
    offset = at.astimezone(zone).utcoffset() or timedelta()  # type: ignore[arg-type]
    return int(offset.total_seconds()) // 60


def _wall(minutes: int) -> time:
    """Return minutes after midnight as a time of the day, of the day before or after too."""
    return time(minutes // 60 % 24, minutes % 60)


def _days(first_day: date, last_day: date) -> Iterable[date]:
    return (first_day + number * _DAY for number in range((last_day - first_day).days + 1))
