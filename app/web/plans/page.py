"""What the page of a plan shows: what is looked for, the slots, and one of them on the clocks and the calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.date_plans import PlanContent, check_plan, slot_key, slot_of
from app.domain.errors import Refusal
from app.domain.slots import PlanFacts, RankedSlot, Ranking, rank
from app.domain.zones import known_zone
from app.models import Office
from app.services.date_plans import OpenPlan, office_rows
from app.services.slot_facts import Gathered, gather
from app.web.plans.days import Strip, strip_of
from app.web.plans.hours import Hours, hours_of
from app.web.plans.places import Places, places_of
from app.web.plans.reasons import Said, reasons_in_words
from app.web.plans.times import Times, Wall, by_clock

SHOWN: Final = 10
MORE_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A ranked slot in words."""

    rank: int
    key: str
    days: str
    times: tuple[Times, ...]
    reasons: tuple[Said, ...]
    works: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking: the rows of the table, the pictures of the one shown, or why there is nothing."""

    rows: tuple[SlotRow, ...]
    summary: str
    hindrances: tuple[str, ...]
    advice: tuple[str, ...]
    hours: Hours | None
    strip: Strip | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class View:
    """A plan with the names of its places, what was gathered for it, and what came of looking (None: not yet)."""

    found: OpenPlan
    places: Places
    offices: tuple[Office, ...]
    gathered: Gathered | None
    looked: Looked | None
    lacks: tuple[Refusal, ...]


def view_of(
    session: GuardedSession, found: OpenPlan, language: str, *, show: str = "", with_more: bool = False
) -> View:
    """Return the page of a plan; `show` is the key of the slot whose pictures are shown, else the best one's are."""
    offices = office_rows(session, found.content.parties)
    by_code = {row.code: row for row in offices}
    places = places_of(found, by_code, language)
    lacks = lacking(session, found.content, offices)
    gathered = gather(session, found, by_code) if not lacks else None
    looked = _looked(gathered.facts, found, places, show, with_more=with_more) if gathered else None
    return View(found, places, offices, gathered, looked, lacks)


def lacking(session: GuardedSession, content: PlanContent, offices: Sequence[Office]) -> tuple[Refusal, ...]:
    """Return what keeps a saved plan from being looked at: days that are past by now, or what it never said."""
    today = today_in(session.now, known_zone(content.zone))
    return check_plan(content, today, {row.code: row.party_code for row in offices})[1]


def slot_alone(facts: PlanFacts, found: OpenPlan, key: str) -> RankedSlot | None:
    """Return one start of a plan with its reasons, wherever it stands; None where it is no start any more.

    Raises `Refusal("unknown_slot")` for what names none.
    """
    wanted = slot_of(found.content, key)
    alone = dataclasses.replace(
        facts,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        earliest=wanted.starts or facts.earliest,
        latest=wanted.ends or facts.latest,
        with_weekends=True,
    )
    return next(iter(rank(alone, 1).slots), None)


# The slots ----------------------------------------------------------------------------------------


def _looked(facts: PlanFacts, found: OpenPlan, places: Places, show: str, *, with_more: bool) -> Looked:
    ranking = rank(facts, MORE_SHOWN if with_more else SHOWN)
    shown = next((each for each in ranking.slots if key_of(each) == show), None) or next(iter(ranking.slots), None)
    rows = tuple(row_of(each, number, facts, places, shown) for number, each in enumerate(ranking.slots, start=1))
    return Looked(
        rows=rows,
        summary=_summary(ranking, places.language),
        hindrances=tuple(_hindrances(ranking, facts, places)),
        advice=tuple(_advice(ranking, found.content)),
        hours=hours_of(shown, facts.clocks, facts.closures, facts.zone, places) if shown else None,
        strip=strip_of(shown, ranking.slots, facts.closures, found.content.parties, places) if shown else None,
        has_more=not with_more and len(rows) == SHOWN,
    )


def key_of(slot: RankedSlot) -> str:
    """Return how addresses name a slot."""
    return slot_key(slot.first_day, slot.starts)


def row_of(slot: RankedSlot, number: int, facts: PlanFacts, places: Places, shown: RankedSlot | None = None) -> SlotRow:
    """Return a slot in words: its days, its hours in every city, and why it stands where it does."""
    language = places.language
    one_day = slot.first_day == slot.last_day
    return SlotRow(
        rank=number,
        key=key_of(slot),
        days=words.date_short(slot.first_day, language)
        if one_day
        else words.date_range(slot.first_day, slot.last_day, language),
        times=_times(slot, facts, places) if slot.starts else (),
        reasons=tuple(reasons_in_words(slot.reasons, places)),
        works=slot.works,
        is_shown=slot is shown,
    )


def _times(slot: RankedSlot, facts: PlanFacts, places: Places) -> tuple[Times, ...]:
    """Return the hours of the first sitting in the plan's own city, then in the others."""
    others = ((_wall(slot, clock.zone), places.clock(clock.key)) for clock in facts.clocks)
    return by_clock([(_wall(slot, facts.zone), places.city), *others], slot.first_day, places.language)


def _wall(slot: RankedSlot, zone: str) -> Wall:
    starts, ends = (words.local(each, zone).replace(tzinfo=None) for each in slot.sittings[0])
    return starts, ends


def _summary(ranking: Ranking, language: str) -> str:
    return str(
        ngettext(
            "%(working)s of %(total)s start looked at works: nobody who must attend is known to be busy then.",
            "%(working)s of %(total)s starts looked at work: nobody who must attend is known to be busy then.",
            ranking.start_count,
            working=words.number(ranking.working_count, language),
            total=words.number(ranking.start_count, language),
        )
    )


# Nothing works ------------------------------------------------------------------------------------


def _hindrances(ranking: Ranking, facts: PlanFacts, places: Places) -> list[str]:
    """Say who cannot keep how many of the starts, the one who keeps the fewest first."""
    people = {each.key: each for each in facts.attendees}
    language = places.language
    return [
        str(
            _(
                "%(name)s is busy in %(hit)s of %(total)s.",
                name=places.person(people[key].name, people[key].party),
                hit=words.number(hit, language),
                total=words.number(ranking.start_count, language),
            )
        )
        for key, hit in ranking.hindrances.items()
    ]


def _advice(ranking: Ranking, content: PlanContent) -> list[str]:
    """Say what to loosen where nothing works."""
    if ranking.working_count:
        return []
    if not ranking.start_count:
        found = [_("No start lies in this range and between these hours, still to come.")]
        if not content.with_weekends:
            found.append(_("Weekends are left out: look at them too."))
        found.append(_("Choose more days, or hours further apart."))
        return [str(each) for each in found]
    return [
        str(_("Look at more days, or at other hours of the day.")),
        str(_("Let those who are busy most be wished for, and not required.")),
    ]


# What is looked for -------------------------------------------------------------------------------


def lede_of(found: OpenPlan, places: Places) -> str:
    """Return what a plan looks for as one sentence: how long, between which days, and where."""
    content, language = found.content, places.language
    if content.first_day is None or content.last_day is None:
        return ""
    return str(
        _(
            "%(length)s, between %(first)s and %(last)s, on the clock of %(city)s.",
            length=_length(content, language),
            first=words.date_plain(content.first_day, language),
            last=words.date_plain(content.last_day, language),
            city=places.city,
        )
    )


def _length(content: PlanContent, language: str) -> str:
    count = content.days_count or 1
    if content.minutes is None:
        return str(ngettext("%(num)d whole day", "%(num)d whole days in a row", count))
    length = words.duration(content.minutes, language)
    if count == 1:
        return length
    return str(ngettext("%(length)s", "%(length)s on each of %(num)d days in a row", count, length=length))


def compared(yours: PlanContent, theirs: PlanContent, places: Places, labels: Mapping[str, str]) -> list[Any]:
    """Return the rows of a lost race: each field's name, what was typed, and what stands now."""
    mine, others = _in_words(yours, places), _in_words(theirs, places)
    return [(labels[name], mine[name], others[name]) for name in labels]


def _in_words(content: PlanContent, places: Places) -> dict[str, str]:
    language = places.language
    days = (content.first_day, content.last_day)
    hours = (content.starts, content.ends)
    return {
        "first_day": " – ".join(words.date_short(day, language) for day in days if day),
        "minutes": _length(content, language),
        "starts": " – ".join(words.time_of_day(hour, language) for hour in hours if hour),
        "place": ", ".join(each for each in (content.place, content.zone) if each),
        "required_parties": words.list_of(
            [words.party_name(code, language) for code in words.party_order(content.required_parties, language)],
            language,
        ),
        "seats": "; ".join(
            f"{places.person(seat.office_code or seat.name, seat.party)} ({_need(seat.is_required)})"
            for seat in content.seats
        ),
    }


def _need(is_required: bool) -> str:  # noqa: FBT001
    return str(_("must attend")) if is_required else str(_("should attend"))
