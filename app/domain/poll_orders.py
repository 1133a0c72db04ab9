"""What a poll is made from, and what is refused before anybody is asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, TypeVar

from app.domain.date_plans import NAME_LIMIT, PlannedSeat
from app.domain.errors import Refusal
from app.domain.meeting_content import Refused
from app.domain.plaintext import one_line, paragraphs
from app.domain.walltime import Choice, days_bounds, resolve, sittings
from app.domain.zones import zone_names

Found = TypeVar("Found")

MAX_SLOTS: Final = 60
MAX_SEATS: Final = 200
NOTE_LIMIT: Final = 2000


@dataclass(frozen=True)
class SlotOrder:
    """A slot as it is asked for: days in the poll's zone with the daily hours, or without.

    `choice` tells which is meant where the clocks show a time twice, `field` where in the form it stands.
    """

    first_day: date
    last_day: date
    starts: time | None = None
    ends: time | None = None
    choice: Choice | None = None
    field: str = "slots"


@dataclass(frozen=True)
class SlotTimes:
    """A slot that can be put to a poll, and the UTC instants that bound it."""

    first_day: date
    last_day: date
    starts: time | None
    ends: time | None
    starts_at: datetime
    ends_at: datetime

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Return the instants that bound it, by which two slots are the same."""
        return self.starts_at, self.ends_at


@dataclass(frozen=True)
class PollOrder:
    """What a poll is made from. Days and hours are wall time in `zone`, the deadline in `closes_zone`.

    `asks_one` says that a single slot is meant: a question and no choice. A party of which no seat is required is
    asked as a delegation. `required_parties` are those without whom no slot works.
    """

    zone: str
    slots: tuple[SlotOrder, ...]
    parties: tuple[str, ...]
    required_parties: tuple[str, ...]
    seats: tuple[PlannedSeat, ...] = ()
    closes_on: date | None = None
    closes_time: time | None = None
    closes_zone: str = ""
    closes_choice: Choice | None = None
    is_hidden: bool = False
    asks_one: bool = False
    note: str = ""
    days_count: int = 1
    minutes: int | None = None


@dataclass(frozen=True)
class CheckedOrder:
    """An order that a poll can be made from: cleaned, its slots in their order and its deadline resolved to UTC."""

    order: PollOrder
    slots: tuple[SlotTimes, ...]
    closes_at: datetime


def slot_times(slot: SlotOrder, zone: str) -> SlotTimes:
    """Return the instants of a slot; raises what `walltime` raises, a gap or a doubled time among it."""
    if slot.starts is None or slot.ends is None:
        starts_at, ends_at = days_bounds(slot.first_day, slot.last_day, zone)
        return SlotTimes(slot.first_day, slot.last_day, None, None, starts_at, ends_at)
    parts = sittings(slot.first_day, slot.last_day, slot.starts, slot.ends, zone, slot.choice)
    bounds = parts[0].starts.instant, parts[-1].ends.instant
    return SlotTimes(slot.first_day, slot.last_day, slot.starts, slot.ends, *bounds)


def check_slots(
    slots: Iterable[SlotOrder], zone: str, now: datetime, standing: Collection[tuple[datetime, datetime]] = ()
) -> tuple[SlotTimes, ...]:
    """Return slots with their instants, the earliest first; `standing` are the spans of those that a poll has already.

    Raises `Refused` with `no_slots`, `unknown_zone`, `too_many_slots` (60, those that stand among them), and for each
    slot `slot_has_passed`, `double_slot` or what `slot_times` raises, beside the slot's own field.
    """
    asked = tuple(slots)
    if not asked:
        raise Refused([Refusal("no_slots", field="slots")])
    if zone not in zone_names():
        raise Refused([Refusal("unknown_zone", field="zone", zone=zone[:64])])
    if len(asked) + len(standing) > MAX_SLOTS:
        raise Refused([Refusal("too_many_slots", field="slots", limit=MAX_SLOTS, count=len(asked) + len(standing))])
    refusals: list[Refusal] = []
    found: list[SlotTimes] = []
    seen = set(standing)
    for slot in asked:
        try:
            times = slot_times(slot, zone)
        except Refusal as refusal:
            refusals.append(Refusal(refusal.key, field=slot.field, **refusal.values))
            continue
        if times.starts_at <= now:
            refusals.append(Refusal("slot_has_passed", field=slot.field, day=slot.first_day))
        elif times.span in seen:
            refusals.append(Refusal("double_slot", field=slot.field, day=slot.first_day))
        seen.add(times.span)
        found.append(times)
    if refusals:
        raise Refused(refusals)
    return tuple(sorted(found, key=lambda times: times.span))


def check_order(order: PollOrder, now: datetime) -> CheckedOrder:
    """Return an order that a poll can be made from at this instant.

    Raises `Refused` with what `check_slots` raises, `one_slot` where nobody said that one is meant,
    `no_required_party`, `not_a_party`, `double_seat`, `too_many_seats`, `deadline_has_passed`,
    `deadline_after_first_slot`, `required`, and what `walltime.resolve` and `plaintext` raise.
    """
    refusals: list[Refusal] = []
    slots = _gathered(refusals, lambda: check_slots(order.slots, order.zone, now)) or ()
    if len(slots) == 1 and not order.asks_one:
        refusals.append(Refusal("one_slot", field="asks_one"))
    closes_at = _gathered(refusals, lambda: _deadline(order, slots, now))
    seats = _gathered(refusals, lambda: _seats(order)) or ()
    note = _gathered(refusals, lambda: paragraphs(order.note, "note", NOTE_LIMIT)) or ""
    if refusals or closes_at is None:
        raise Refused(refusals)
    required = tuple(code for code in order.parties if code in order.required_parties)
    return CheckedOrder(dataclasses.replace(order, seats=seats, note=note, required_parties=required), slots, closes_at)


def _gathered(refusals: list[Refusal], ask: Callable[[], Found]) -> Found | None:
    """Return what is asked, or None with why not among the refusals."""
    try:
        return ask()
    except Refused as refused:
        refusals += refused.refusals
    except Refusal as refusal:
        refusals.append(refusal)
    return None


def _deadline(order: PollOrder, slots: tuple[SlotTimes, ...], now: datetime) -> datetime:
    if order.closes_on is None or order.closes_time is None:
        raise Refusal("required", field="closes_on" if order.closes_on is None else "closes_time")
    wall = datetime.combine(order.closes_on, order.closes_time)
    zone = order.closes_zone or order.zone
    if zone not in zone_names():
        raise Refusal("unknown_zone", field="closes_zone", zone=zone[:64])
    closes_at = resolve(wall, zone, order.closes_choice, field="closes_time").instant
    if closes_at <= now:
        raise Refusal("deadline_has_passed", field="closes_on")
    if slots and closes_at > slots[0].starts_at:
        raise Refusal("deadline_after_first_slot", field="closes_on")
    return closes_at


def _seats(order: PollOrder) -> tuple[PlannedSeat, ...]:
    """Return the seats, cleaned, by party in their order, each party with one that is required."""
    if not set(order.required_parties) & set(order.parties):
        raise Refusal("no_required_party", field="required_parties")
    if len(order.seats) > MAX_SEATS:
        raise Refusal("too_many_seats", field="seats", limit=MAX_SEATS)
    found: dict[str, PlannedSeat] = {}
    for seat in order.seats:
        clean = _cleaned(seat, order.parties)
        if clean.key in found:
            raise Refusal("double_seat", field=f"names_{seat.party}", name=clean.office_code or clean.name or "")
        found[clean.key] = clean
    for party in order.parties:
        if not any(seat.party == party and seat.is_required for seat in found.values()):
            whole = PlannedSeat(party, "delegation")
            found[whole.key] = whole
    return tuple(sorted(found.values(), key=lambda seat: order.parties.index(seat.party)))


def _cleaned(seat: PlannedSeat, parties: Collection[str]) -> PlannedSeat:
    if seat.party not in parties:
        raise Refusal("not_a_party", field="seats", party=seat.party)
    if seat.kind != "person":
        return seat
    name = one_line(seat.name, f"names_{seat.party}", NAME_LIMIT, required=True)
    return dataclasses.replace(seat, name=name)
