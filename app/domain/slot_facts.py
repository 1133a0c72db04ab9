"""What a ranking of slots is made from and what it says: places, people, days that matter, and reasons with points.

Whoever asks gives only what the planner may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final, Literal

# From an instant to an instant, aware.
Span = tuple[datetime, datetime]

ReasonKey = Literal[
    "in_hours", "outside_hours", "night", "no_closure", "closure", "closure_near", "host_closure", "high_level",
    "at_event", "away_from_event", "agenda_due", "papers_due", "due_past", "due_closed", "travel", "fair", "unfair",
    "in_period", "after_period", "clash", "busy", "lacks",
]  # fmt: skip

# A slot's worth, in points. A grave loss outweighs all gains together, so that no sum of small comforts hides one.
POINTS: Final[Mapping[ReasonKey, int]] = {
    "in_hours": 20,  # of every place
    "outside_hours": -6,  # for each hour begun, of each place
    "night": -40,  # of each place
    "no_closure": 6,
    "closure": -60,
    "closure_near": -4,
    "host_closure": -40,
    "high_level": -25,
    "at_event": 15,
    "away_from_event": -15,
    "agenda_due": 2,
    "papers_due": 4,
    "due_past": -30,
    "due_closed": -5,
    "travel": -6,
    "fair": 4,
    "unfair": -8,
    "in_period": 10,
    "after_period": -30,
    "clash": -50,
    "busy": -10,  # for each person who should attend
    "lacks": -100,  # for each person who must; such a slot does not work
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A place whose working day counts: a party's capital or an office's city, open from `opens` to `closes` there.

    `burden_minutes` are those outside its working day over the mechanism's last meetings.
    """

    key: str
    party: str
    zone: str
    opens: time = time(9)
    closes: time = time(17)
    burden_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who must or should attend; `name` is None where the planner may not know it. `busy` is in UTC."""

    key: str
    party: str
    name: str | None
    is_required: bool
    busy: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A day on which a party's capital is closed, or (`at_place`) the city of the meeting; `name` by language."""

    on: date
    party: str
    name: Mapping[str, str]
    is_attested: bool = True
    at_place: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """Days that matter by their name: high-level week, or the event on whose margins the meeting is."""

    first_day: date
    last_day: date
    name: Mapping[str, str] = field(default_factory=dict)
    is_attested: bool = True


@dataclass(frozen=True, slots=True)
class Engagement:
    """Another meeting that the planner may see, of the same parties or people, and when it sits (UTC)."""

    reference: str | None
    sittings: Sequence[Span]
    parties: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanFacts:
    """All that a ranking is made from.

    Slots begin on a day from `first_day` to `last_day` of `zone`, every `grid_minutes`, and sit on `days_count`
    days in a row from a time within `earliest` to `latest`, for `minutes` each; with `minutes` of None they are
    whole days. `agenda_days`, `papers_days` are how long before the first day each is due, `travel_days` how long
    it takes to come and to go. `period_ends_on` is the day by which a meeting is to have been. Closures are wanted
    from `papers_days` before the range to a week after it.
    """

    first_day: date
    last_day: date
    zone: str
    now: datetime
    minutes: int | None = 60
    days_count: int = 1
    earliest: time = time(7)
    latest: time = time(21)
    with_weekends: bool = False
    grid_minutes: int = 15
    clocks: Sequence[Clock] = ()
    attendees: Sequence[Attendee] = ()
    closures: Sequence[Closed] = ()
    high_level: Sequence[Days] = ()
    is_at_high_level: bool = False
    event: Days | None = None
    engagements: Sequence[Engagement] = ()
    agenda_days: int = 0
    papers_days: int = 0
    travel_days: int = 0
    period_ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a slot is better or worse, with the points that it gains or loses.

    `clock` and `party` say where; `starts`, `ends` are wall times there; `day` a day that matters, `last_day` and
    `name` with it; `minutes` a length outside of the working day; `days` a count; `people` those of whom it is, their
    names where they may be known; `reference` another meeting.
    """

    key: ReasonKey
    points: int
    clock: str | None = None
    party: str | None = None
    starts: time | None = None
    ends: time | None = None
    day: date | None = None
    last_day: date | None = None
    name: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_attested: bool = True
    minutes: int = 0
    days: int = 0
    people: tuple[str | None, ...] = ()
    reference: str | None = None

    @property
    def is_gain(self) -> bool:
        """Say whether it speaks for the slot."""
        return self.points > 0

    @property
    def is_grave(self) -> bool:
        """Say whether it weighs more than a discomfort."""
        return self.points <= -25


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A slot, where it stands and why; its sittings are in UTC, its days those of the plan's zone."""

    first_day: date
    last_day: date
    starts: time | None
    ends: time | None
    sittings: tuple[Span, ...]
    score: int
    works: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best slots, one a day; how many starts were looked at and how many of them work.

    `hindrances` are those who must attend, by their keys, with how many starts each of them cannot keep.
    """

    slots: tuple[RankedSlot, ...]
    start_count: int
    working_count: int
    hindrances: Mapping[str, int]
