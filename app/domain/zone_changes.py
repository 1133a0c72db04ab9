"""New zone data: which promises it reads as other moments, and the two ways to settle each of them.

A meeting keeps its wall time and the instants that an older release of the zone data made of it. Where
the release in force reads the wall time otherwise, people decide what was promised: the hour on the wall,
or the moment. Until then the instants stand.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.domain import lifecycle, zones
from app.domain.errors import Refusal
from app.domain.meeting_content import MeetingContent, Timing, timing_of
from app.domain.walltime import Choice, TimeInFold, TimeInGap, in_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.lifecycle import MeetingState, When

Kind = Literal["moved", "skipped", "doubled", "zone_gone"]
Keep = Literal["hour", "moment"]
CHOICES: Final[tuple[Choice, ...]] = ("earlier", "later")
# Drafts are no meetings yet, what is called off promises no time, what was held is past.
DECIDED_IN: Final = ("proposed", "confirmed")
_KEPT: Final = 4096


@dataclass(frozen=True)
class ZoneChange:
    """A promise that the zone data in force (`release`) does not bear out.

    `moved`: its wall time is at other instants now; `skipped`: the clocks skip it; `doubled`: they show it
    twice; `zone_gone`: the data has no such zone. `readings` are what its wall time would promise now: one,
    two where it is doubled (the earlier first), else none. `moment` is the wall time that the clocks show at
    the promised instants, None where that is not one hour for every day, or where the zone is gone.
    """

    kind: Kind
    promised: Timing
    readings: tuple[Timing, ...]
    moment: Timing | None
    release: str


def is_open(state: str, *, date_is_open: bool, has_hours: bool) -> bool:
    """Say whether a meeting promises a moment that is still to be decided about, if it is not over.

    A meeting of days without hours promises its days, which no zone data moves.
    """
    return state in DECIDED_IN and not date_is_open and has_hours


def read_anew(promised: Timing) -> ZoneChange | None:
    """Return what the zone data in force makes of a promise, None where its instants come out the same."""
    release = zones.tzdata_version()
    if promised.tzdata == release or not promised.when.sittings:
        return None
    return _read_anew(promised, release)


@functools.lru_cache(maxsize=_KEPT)
def _read_anew(promised: Timing, release: str) -> ZoneChange | None:
    content = _content(promised)
    try:
        found = timing_of(content)
    except TimeInFold:
        return _change("doubled", promised, _each_reading(content), release)
    except TimeInGap:
        return _change("skipped", promised, (), release)
    except Refusal as refusal:
        if refusal.key != "unknown_zone":
            raise
        return ZoneChange("zone_gone", promised, (), None, release)
    return None if found.when == promised.when else _change("moved", promised, (found,), release)


def _change(kind: Kind, promised: Timing, readings: Iterable[Timing], release: str) -> ZoneChange:
    return ZoneChange(kind, promised, tuple(readings), moment_in(promised, promised.when.zone_name), release)


def _content(promised: Timing) -> MeetingContent:
    """Return the wall time of a promise as a content, without a choice of one of two."""
    when = promised.when
    return MeetingContent(
        zone=when.zone_name,
        first_day=when.first_day,
        last_day=when.last_day,
        starts=promised.starts,
        ends=promised.ends,
    )


def _each_reading(content: MeetingContent) -> Iterable[Timing]:
    """Yield what a doubled time can be; none of it on a day whose other hour is skipped."""
    for choice in CHOICES:
        try:
            yield timing_of(dataclasses.replace(content, choice=choice))
        except TimeInGap:
            return


def shift_minutes(change: ZoneChange, reading: Timing) -> int:
    """Return by how many minutes a reading starts later than was promised; negative where earlier."""
    return int((reading.when.starts_at - change.promised.when.starts_at).total_seconds()) // 60


def hour_kept(change: ZoneChange, choice: Choice | None) -> Timing:
    """Return the promise with its hour on the wall kept, at the instants that the data in force gives it.

    Raises `Refusal`: `hour_is_skipped`, `zone_is_gone`, `which_of_two` where it is doubled and none was chosen.
    """
    if change.kind == "zone_gone":
        raise Refusal("zone_is_gone", zone=change.promised.when.zone_name)
    if not change.readings:
        raise Refusal("hour_is_skipped")
    if len(change.readings) == 1:
        return change.readings[0]
    if choice is None:
        raise Refusal("which_of_two", field="choice")
    return change.readings[CHOICES.index(choice)]


def moment_kept(change: ZoneChange, zone_name: str | None) -> Timing:
    """Return the promise with its instants kept, and the wall time that the clocks show at them.

    `zone_name` is asked for where the data has the promise's own zone no more, and not looked at otherwise.
    Raises `Refusal`: `required` (`zone`), `unknown_zone`, `moment_needs_other_hours`.
    """
    timing = change.moment
    if change.kind == "zone_gone":
        if not zone_name:
            raise Refusal("required", field="zone")
        timing = moment_in(change.promised, zone_name)
    if timing is None:
        raise Refusal("moment_needs_other_hours", field="zone" if change.kind == "zone_gone" else None)
    return timing


def moment_in(promised: Timing, zone_name: str) -> Timing | None:
    """Return the promised instants written in the wall time of a zone, by the data in force.

    None where one hour for every day does not write them: the clocks change between two of its days, or a
    sitting would run past midnight. Raises `Refusal("unknown_zone")`.
    """
    sittings = promised.when.sittings
    first, last = in_zone(sittings[0][0], zone_name), in_zone(sittings[-1][1], zone_name)
    content = MeetingContent(
        zone=zone_name,
        first_day=first.date(),
        last_day=last.date(),
        starts=first.time().replace(fold=0),
        ends=last.time().replace(fold=0),
    )
    choices: tuple[Choice | None, ...] = (None, *CHOICES)
    for choice in choices:
        try:
            found = timing_of(dataclasses.replace(content, choice=choice))
        except Refusal:
            continue
        if found.when.sittings == sittings:
            return found
    return None


def keep_moment(meeting: MeetingState, when: When) -> MeetingState:
    """Return the meeting at the same instants under another wall time; SEQUENCE rises by one.

    Calendars hold the wall time as DTSTART, whose text changes, so SEQUENCE must rise (RFC 5546, 2.1.4).
    The parties said yes to this very moment and keep it: nobody is asked again, and state, answers and the
    first promise stay. Raises `Refusal("not_in_state")`, `ValueError` when the instants are others.
    """
    if not lifecycle.allowed(meeting.state, "publish"):
        raise Refusal("not_in_state", state=meeting.state, verb="publish")
    if when.sittings != meeting.when.sittings:
        raise ValueError("another moment is not kept")
    return dataclasses.replace(meeting, when=when, sequence=meeting.sequence + 1)
