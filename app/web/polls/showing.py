"""What the page of a poll shows: its slots best first, what each delegation says, and why each is where it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.polls import DelegationAnswer, best_first
from app.domain.zones import known_zone
from app.i18n import reader_language
from app.models import Poll, PollSlot
from app.services.poll_pages import PollView, SeatLine
from app.web.plans.days import strip_of
from app.web.plans.hours import hours_of
from app.web.plans.places import Places
from app.web.plans.reasons import Said, reasons_in_words
from app.web.plans.times import Times, Wall, by_clock
from app.web.routing import viewer

MOST_REASONS: Final = 5
_TONES: Final = {
    "yes": ("done", "yes"),
    "if_need_be": ("doing", "maybe"),
    "no": ("late", "no"),
    "waiting": ("todo", "todo"),
    "answered": ("done", "done"),
}


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """What a delegation says of a slot: a state with its tone and mark, and small words beneath."""

    party: str
    state: str
    tone: str
    mark: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot as the page lists it; `name` is what it is called in one line, in the reader's time."""

    slot: PollSlot
    rank: int
    day: str
    times: tuple[Times, ...]
    reasons: tuple[Said, ...]
    answers: tuple[AnswerCell, ...]
    works: bool
    name: str
    is_shown: bool = False


def places_of_poll(view: PollView) -> Places:
    """Return the names of a poll's places."""
    language, poll = reader_language(), view.poll
    return Places(language, words.city_at(poll.time_zone, poll.place, language), view.parties, {})


def clock_of_reader() -> tuple[str, str]:
    """Return the zone and the city of who reads."""
    who = viewer()
    return who.time_zone, words.city_of(who.time_zone, reader_language(), who.party)


def rows_of(view: PollView, places: Places, reader: tuple[str, str]) -> list[SlotRow]:
    """Return the slots that stand, best first: by their answers, then their reasons, then their date.

    `reader` is the zone and the city of who reads.
    """
    ranked = view.reasons.slots if view.reasons else {}
    by_reason = sorted(
        view.standing, key=lambda slot: (-ranked[slot.id].score if slot.id in ranked else 0, slot.starts_at)
    )
    order = best_first(view.tally, [slot.id for slot in by_reason])
    slots = {slot.id: slot for slot in view.standing}
    parties = words.party_order(view.poll.parties, places.language)
    names = {line.seat.id: seat_name(line, places.language) for line in view.seats}
    return [
        SlotRow(
            slot=slots[slot_id],
            rank=rank,
            day=day_of(slots[slot_id], places.language),
            times=times_of(slots[slot_id], view.poll, places, reader),
            reasons=tuple(reasons_in_words(ranked[slot_id].reasons, places)[:MOST_REASONS])
            if slot_id in ranked
            else (),
            answers=tuple(_cell(view, slot_id, party, names) for party in parties),
            works=view.tally.slots[slot_id].works,
            name=f"{rank}. {_name_of(slots[slot_id], view.poll, places, reader)}",
        )
        for rank, slot_id in enumerate(order, start=1)
    ]


def day_of(slot: PollSlot, language: str) -> str:
    """Return the days of a slot, in its own zone."""
    if slot.starts_on == slot.ends_on:
        return words.date_short(slot.starts_on, language)
    return words.date_range(slot.starts_on, slot.ends_on, language)


def _name_of(slot: PollSlot, poll: Poll, places: Places, reader: tuple[str, str]) -> str:
    times = times_of(slot, poll, places, reader)
    day = day_of(slot, places.language)
    return f"{times[0].day or day}, {times[0].hours} {reader[1]}" if times else day


def times_of(slot: PollSlot, poll: Poll, places: Places, reader: tuple[str, str]) -> tuple[Times, ...]:
    """Return the daily hours of a slot in every city that matters, those of one clock together, the reader's first.

    `reader` is the zone and the city of who reads. Nothing for days without hours.
    """
    if slot.starts_time is None or slot.ends_time is None:
        return ()
    zone = known_zone(poll.time_zone)
    first_ends = dt.datetime.combine(slot.starts_on, slot.ends_time, words.local(slot.starts_at, zone).tzinfo)
    bounds = slot.starts_at, first_ends.astimezone(dt.UTC)
    shown = [(_wall(bounds, city_zone), city) for city_zone, city in _cities(poll, places, reader)]
    return by_clock(shown, slot.starts_on, places.language)


def _wall(bounds: tuple[dt.datetime, dt.datetime], zone_name: str) -> Wall:
    begins, ends = (words.local(each, zone_name).replace(tzinfo=None) for each in bounds)
    return begins, ends


def _cities(poll: Poll, places: Places, reader: tuple[str, str]) -> list[tuple[str, str]]:
    """Return zones with their cities: the reader's own first, then the capitals, then the place of the meeting."""
    capitals = [
        (known_zone(party.time_zone), places.capital(code))
        for code in words.party_order(poll.parties, places.language)
        if (party := places.parties.get(code)) is not None and party.time_zone
    ]
    return [(known_zone(reader[0]), reader[1]), *capitals, (known_zone(poll.time_zone), places.city)]


def seat_name(line: SeatLine, language: str) -> str:
    """Return whom a seat is of: the delegation, an office or a principal by name."""
    if line.seat.kind == "office" and line.office:
        return words.pick(line.office, language)[0]
    if line.seat.kind == "delegation":
        return str(_("the delegation"))
    return line.seat.name or ""


# Answers ------------------------------------------------------------------------------------------


def _cell(view: PollView, slot_id: uuid.UUID, party: str, names: Mapping[uuid.UUID, str]) -> AnswerCell:
    said = view.tally.slots[slot_id].answers.get(party)
    state = said.state if said else ("answered" if view.tally.has_answered.get(party) else "waiting")
    return AnswerCell(party, state, *_TONES[state], notes=tuple(_notes(view, party, said, names)))


def _notes(view: PollView, party: str, said: DelegationAnswer | None, names: Mapping[uuid.UUID, str]) -> Iterable[str]:
    """Say whom a delegation lacks, of the seats that the makers named, and that a word was only reported."""
    language = reader_language()
    whole = {line.seat.id for line in view.seats if line.seat.kind == "delegation"}
    if said is not None:
        lacking = [names[each] for each in said.lacking if each in names and each not in whole]
        awaited = [names[each] for each in said.awaited if each in names and each not in whole]
        if lacking:
            yield str(_("without %(names)s", names=words.list_of(lacking, language)))
        if awaited:
            yield str(_("no answer from %(names)s", names=words.list_of(awaited, language)))
        if said.is_reported:
            yield str(_("reported"))
    own = [line for line in view.seats if line.seat.party_code == party]
    if view.answering is not None and view.answering.line.seat.party_code == party and len(own) > 1:
        count = sum(line.has_answered for line in own)
        yield str(
            ngettext("%(count)s of our %(num)d answered", "%(count)s of our %(num)d answered", len(own), count=count)
        )


def late_of(view: PollView, language: str) -> list[tuple[str, str]]:
    """Return the seats of which a late answer came that does not count, each with its party."""
    return [(line.seat.party_code, seat_name(line, language)) for line in view.seats if line.seat.id in view.tally.late]


# Pictures -----------------------------------------------------------------------------------------


def pictures_of(view: PollView, rows: Sequence[SlotRow], places: Places, shown: uuid.UUID | None) -> dict[str, Any]:
    """Return the slots, and the hours and closures of the one that is shown: the best where none was chosen."""
    reasons = view.reasons
    if reasons is None or not reasons.slots:
        return {"looked": None, "slots": list(rows)}
    known = [row for row in rows if row.slot.id in reasons.slots]
    chosen = next((row.slot.id for row in known if row.slot.id == shown), known[0].slot.id)
    marked = [dataclasses.replace(row, is_shown=row.slot.id == chosen) for row in rows]
    facts, ranked = reasons.facts, [reasons.slots[row.slot.id] for row in known]
    looked = {
        "rows": marked,
        "hours": hours_of(reasons.slots[chosen], facts.clocks, facts.closures, facts.zone, places),
        "strip": strip_of(reasons.slots[chosen], ranked, facts.closures, view.poll.parties, places),
    }
    return {"looked": looked, "slots": marked}


# The deadline -------------------------------------------------------------------------------------


def deadline_of(poll: Poll, places: Places, reader: tuple[str, str]) -> str:
    """Return when a poll closes, on every clock that matters, the reader's first: `…, 12:00 in Ottawa`."""
    language = places.language
    by_time: dict[dt.datetime, list[str]] = {}
    for zone, city in [*_cities(poll, places, reader), _closing_city(poll, places)]:
        cities = by_time.setdefault(words.local(poll.closes_at, zone).replace(tzinfo=None), [])
        if city not in cities:
            cities.append(city)
    first_day = next(iter(by_time)).date()
    parts = []
    for wall, cities in by_time.items():
        hour = words.time_of_day(wall, language)
        day = "" if wall.date() == first_day else f", {words.date_short(wall.date(), language)}"
        parts.append(_("%(hour)s in %(cities)s", hour=hour, cities=words.list_of(cities, language)) + day)
    return f"{words.date_long(first_day, language)}, {', '.join(map(str, parts))}"


def _closing_city(poll: Poll, places: Places) -> tuple[str, str]:
    zone = known_zone(poll.closes_zone)
    return zone, words.city_of(zone, places.language)
