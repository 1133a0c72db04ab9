"""What somebody looks for a date for: a range, a length, a place, and who must or should attend.

A plan may be looked at and changed as often as one likes; nothing of it promises anything.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from app.domain.cadence import add_months
from app.domain.errors import Refusal
from app.domain.meeting_content import FORMATS, MeetingContent, Timing, timing_of
from app.domain.plaintext import one_line
from app.domain.walltime import check_year
from app.domain.zones import zone_names

SeatKind = Literal["delegation", "office", "person"]

RANGE_MONTHS: Final = 18
DAYS_LIMIT: Final = 5
LEAST_MINUTES: Final = 30
MOST_MINUTES: Final = 1440
SEATS_LIMIT: Final = 60
NAME_LIMIT: Final = 120
OPENS: Final = time(7)
CLOSES: Final = time(21)
LEAD_LIMIT: Final = 365
# The practice of the United Nations: agenda out 60 days before (rule 12), papers six weeks (practice B01, B07).
AGENDA_DAYS: Final = 60
PAPERS_DAYS: Final = 42

_SLOT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """Whom a plan wants of a party: its delegation, an office, or a principal by name; required, or wished for.

    `person_id` is the account of a named principal whose busy time the planner may see, if one is known.
    """

    party: str
    kind: SeatKind
    office_code: str | None = None
    name: str | None = None
    person_id: str | None = None
    is_required: bool = True

    @property
    def key(self) -> str:
        """Return what tells a seat from the others of its plan."""
        return f"{self.party}/{self.kind}/{self.office_code or self.name or ''}"


@dataclass(frozen=True)
class PlanContent:
    """What a plan says; None is something not said yet.

    Days and times are wall time in `zone`. A slot sits on `days_count` days in a row, `minutes` on each between
    `starts` and `ends`; with `minutes` of None on whole days. `required_parties` are those of `parties` without
    whom there is no meeting. `seats` are the offices and principals who must or should attend. `agenda_days` and
    `papers_days` are how long before the first day the agenda and the papers are to be out; 0 where nothing is.
    """

    first_day: date | None = None
    last_day: date | None = None
    days_count: int | None = 1
    minutes: int | None = 180
    starts: time | None = OPENS
    ends: time | None = CLOSES
    with_weekends: bool = False
    format: str = "in_person"
    place: str = ""
    zone: str = ""
    parties: tuple[str, ...] = ()
    required_parties: tuple[str, ...] = ()
    seats: tuple[PlannedSeat, ...] = ()
    agenda_days: int | None = AGENDA_DAYS
    papers_days: int | None = PAPERS_DAYS

    def to_json(self) -> str:
        """Return the content as JSON, from which `from_json` makes the same again."""
        plain = {name: _plain(value) for name, value in dataclasses.asdict(self).items()}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> PlanContent:
        """Return what `to_json` wrote; what is not there is as it begins."""
        read: dict[str, Any] = json.loads(text)
        for name in ("first_day", "last_day"):
            read[name] = date.fromisoformat(read[name]) if read.get(name) else None
        for name in ("starts", "ends"):
            if read.get(name):
                read[name] = time.fromisoformat(read[name])
        for name in ("parties", "required_parties"):
            read[name] = tuple(read.get(name, ()))
        read["seats"] = tuple(PlannedSeat(**seat) for seat in read.get("seats", ()))
        return cls(**read)


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """One time that a plan could take: days and daily hours in the plan's zone; without hours, whole days.

    Its `key` is how addresses and forms name it: `2027-01-26T10:00`, or `2027-01-26` for whole days.
    """

    first_day: date
    last_day: date
    starts: time | None
    ends: time | None
    zone: str

    @property
    def key(self) -> str:
        """Return the slot as addresses name it."""
        return slot_key(self.first_day, self.starts)

    @property
    def timing(self) -> Timing:
        """Return the time that the slot promises, with its instants; raises what wall times raise."""
        return timing_of(
            MeetingContent(
                zone=self.zone, first_day=self.first_day, last_day=self.last_day, starts=self.starts, ends=self.ends
            )
        )


def slot_key(first_day: date, starts: time | None) -> str:
    """Return how a slot is named in addresses and forms."""
    return first_day.isoformat() + (f"T{starts.isoformat('minutes')}" if starts else "")


def slot_of(content: PlanContent, key: str) -> PlannedSlot:
    """Return the slot of a plan that is named so, inside its range or not.

    Raises `Refusal("unknown_slot")` for what names none, for one that runs past midnight, and for hours in a plan
    of whole days.
    """
    found = _SLOT.fullmatch(key)
    if found is None or (found[2] is None) != (content.minutes is None) or content.days_count is None:
        raise Refusal("unknown_slot", field="slot")
    try:
        first_day = date.fromisoformat(found[1])
        check_year(first_day)
        starts = time.fromisoformat(found[2]) if found[2] else None
    except (ValueError, Refusal):
        raise Refusal("unknown_slot", field="slot") from None
    last_day = first_day + timedelta(days=content.days_count - 1)
    return PlannedSlot(first_day, last_day, starts, _end_of(first_day, starts, content.minutes), content.zone)


def _end_of(day: date, starts: time | None, minutes: int | None) -> time | None:
    if starts is None or minutes is None:
        return None
    ends = datetime.combine(day, starts) + timedelta(minutes=minutes)
    if ends.date() != day:
        raise Refusal("unknown_slot", field="slot")
    return ends.time()


# What a plan may say ------------------------------------------------------------------------------


def check_plan(
    content: PlanContent, today: date, offices: Mapping[str, str]
) -> tuple[PlanContent, tuple[Refusal, ...]]:
    """Return the content cleaned, with the refusal of each thing that cannot be, each beside its field.

    `today` is the day in the plan's zone; `offices` are the codes of those that can be named, with their parties.
    Keys: `required`, `plan_is_past`, `ends_before_start`, `range_too_long`, `range_too_short`,
    `days_count_out_of_range`, `length_out_of_range`, `window_too_short`, `unknown_format`, `unknown_zone`,
    `lead_out_of_range`, `no_required_party`, `not_a_party`, `office_of_others`, `too_many_seats`,
    and what texts and years raise.
    """
    refusals: list[Refusal] = []
    _check_range(content, today, refusals)
    _check_length(content, refusals)
    refusals += [
        Refusal("lead_out_of_range", field=name, limit=LEAD_LIMIT)
        for name in ("agenda_days", "papers_days")
        if (days := getattr(content, name)) is None or not 0 <= days <= LEAD_LIMIT
    ]
    if content.format not in FORMATS:
        refusals.append(Refusal("unknown_format", field="format"))
    if not content.zone:
        refusals.append(Refusal("required", field="zone"))
    elif content.zone not in zone_names():
        refusals.append(Refusal("unknown_zone", field="zone", zone=content.zone[:64]))
    required = tuple(sorted(set(content.required_parties)))
    if not required:
        refusals.append(Refusal("no_required_party", field="required_parties"))
    elif not set(required) <= set(content.parties):
        other = next(code for code in required if code not in content.parties)
        refusals.append(Refusal("not_a_party", field="required_parties", party=other))
    seats = _checked_seats(content, offices, refusals)
    try:
        place = one_line(content.place, "place")
    except Refusal as refusal:
        refusals.append(refusal)
        place = content.place
    return dataclasses.replace(content, place=place, required_parties=required, seats=seats), tuple(refusals)


def latest_last_day(first_day: date) -> date:
    """Return the last day that a range which begins on that day may have."""
    return add_months(first_day, RANGE_MONTHS)


def _check_range(content: PlanContent, today: date, refusals: list[Refusal]) -> None:
    first, last = content.first_day, content.last_day
    for name, day in (("first_day", first), ("last_day", last)):
        try:
            if day is not None:
                check_year(day, field=name)
        except Refusal as refusal:
            refusals.append(refusal)
    refusals += [Refusal("required", field=name) for name, day in (("first_day", first), ("last_day", last)) if not day]
    if refusals or first is None or last is None:
        return
    if last < first:
        refusals.append(Refusal("ends_before_start", field="last_day", starts=first, ends=last))
    elif last < today:
        refusals.append(Refusal("plan_is_past", field="last_day", day=today))
    elif last > latest_last_day(first):
        refusals.append(Refusal("range_too_long", field="last_day", limit=RANGE_MONTHS, day=latest_last_day(first)))
    elif content.days_count and (last - first).days + 1 < content.days_count:
        refusals.append(Refusal("range_too_short", field="last_day", days=content.days_count))


def _check_length(content: PlanContent, refusals: list[Refusal]) -> None:
    if content.days_count is None or not 1 <= content.days_count <= DAYS_LIMIT:
        refusals.append(Refusal("days_count_out_of_range", field="days_count", limit=DAYS_LIMIT))
    if content.minutes is None:
        return
    if not LEAST_MINUTES <= content.minutes <= MOST_MINUTES:
        refusals.append(Refusal("length_out_of_range", field="minutes", least=LEAST_MINUTES))
        return
    if content.starts is None or content.ends is None:
        refusals.append(Refusal("required", field="starts" if content.starts is None else "ends"))
    elif content.ends <= content.starts:
        refusals.append(Refusal("ends_before_start", field="ends", starts=content.starts, ends=content.ends))
    elif window_minutes(content.starts, content.ends) < content.minutes:
        refusals.append(Refusal("window_too_short", field="ends", minutes=content.minutes))


def window_minutes(starts: time, ends: time) -> int:
    """Return the minutes from one time of a day to a later one."""
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


def _checked_seats(
    content: PlanContent, offices: Mapping[str, str], refusals: list[Refusal]
) -> tuple[PlannedSeat, ...]:
    """Return the seats that can be, each once and the required ones first where one is named twice."""
    kept: dict[str, PlannedSeat] = {}
    for seat in sorted(content.seats, key=lambda each: not each.is_required):
        if seat.party not in content.parties:
            continue  # its party was taken off the meeting since
        cleaned = _checked_seat(seat, offices, refusals)
        if cleaned is not None:
            kept.setdefault(cleaned.key, cleaned)
    if len(kept) > SEATS_LIMIT:
        refusals.append(Refusal("too_many_seats", field="seats", limit=SEATS_LIMIT))
    return tuple(sorted(kept.values(), key=lambda each: each.key))


def _checked_seat(seat: PlannedSeat, offices: Mapping[str, str], refusals: list[Refusal]) -> PlannedSeat | None:
    if seat.kind == "office" and offices.get(seat.office_code or "") != seat.party:
        refusals.append(Refusal("office_of_others", field="seats"))
        return seat
    if seat.kind != "person":
        return seat
    try:
        name = one_line(seat.name, f"names_{seat.party}", NAME_LIMIT)
    except Refusal as refusal:
        refusals.append(refusal)
        return seat
    return dataclasses.replace(seat, name=name) if name else None


def _plain(value: object) -> object:
    match value:
        case time():
            return value.isoformat("minutes")
        case date():
            return value.isoformat()
        case _:
            return value
