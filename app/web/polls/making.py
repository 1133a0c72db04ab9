"""Making a poll from a plan: which slots, who is asked, until when, and who is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.date_plans import PlannedSeat, PlannedSlot
from app.domain.errors import Refusal
from app.domain.meeting_content import Refused
from app.domain.poll_orders import MAX_SLOTS, PollOrder
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.models import Office
from app.services.date_plans import OpenPlan, find_plan, office_rows
from app.services.poll_making import audience_of_poll, check_may_ask, make_poll, ordered, planned_slots
from app.services.poll_reasons import why
from app.services.slot_facts import Gathered, gather, known_people, with_accounts
from app.web.forms import choice_of_two, hour_of_day, iso_day, put_error
from app.web.plans.forms import MUST, SHOULD, names_of, names_typed, needs_of_offices, seats_from
from app.web.plans.places import Places, places_of
from app.web.plans.reasons import Said, reasons_in_words
from app.web.polls.blueprint import blueprint
from app.web.polls.forms import PollForm
from app.web.routing import route, session, signed_in, viewer
from app.web.zones import zone_choices

NOT_ASKED: Final = "none"
DAYS_TO_ANSWER: Final = 7
NOON: Final = dt.time(12)
# Of too many slots as many are shown as can be looked through, to take some out.
SHOWN_LIMIT: Final = 2 * MAX_SLOTS


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A slot of the plan that is to be put to the poll, and why it is where it is."""

    key: str
    day: str
    hours: str
    reasons: tuple[Said, ...]


@route(blueprint, "/plans/<uuid:plan_id>/poll", policy=signed_in(Action.PLAN_DATES), methods=("GET", "POST"))
def make(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would be asked of whom, and put the chosen slots of a plan to a poll."""
    found = find_plan(session(), plan_id)
    form = PollForm()
    keys = tuple(dict.fromkeys(request.values.getlist("slot")))
    if request.method != "POST":
        _fill(form, found)
        return _page(found, form, keys)
    try:
        poll = make_poll(session(), found, _order(form, found, keys))
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(found, form, keys, is_doubled=_is_doubled(refusal)), 422
    flash(_("The poll is %(reference)s. Those who are asked are told.", reference=poll.reference))
    return redirect(url_for("polls.poll", ref=poll.reference), 303)


def _order(form: PollForm, found: OpenPlan, keys: tuple[str, ...]) -> PollOrder:
    """Return what was typed as an order; raises `Refused` with each field whose text has not its shape."""
    refusals: list[Refusal] = []
    content = found.content
    closes_on = closes_time = None
    try:
        closes_on = iso_day((form.closes_on.data or "").strip())
    except ValueError:
        refusals.append(Refusal("not_a_date", field="closes_on"))
    try:
        closes_time = hour_of_day((form.closes_time.data or "").strip())
    except ValueError:
        refusals.append(Refusal("not_a_time", field="closes_time"))
    slots: tuple[PlannedSlot, ...] = ()
    try:
        slots = planned_slots(found, keys)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals:
        raise Refused(refusals)
    return PollOrder(
        zone=content.zone,
        slots=ordered(slots),
        parties=content.parties,
        required_parties=tuple(form.required_parties.data or ()),
        seats=_seats(found),
        closes_on=closes_on,
        closes_time=closes_time,
        closes_zone=form.closes_zone.data or content.zone,
        closes_choice=choice_of_two(form.closes_choice.data),
        is_hidden=bool(form.is_hidden.data),
        asks_one=bool(form.asks_one.data),
        note=form.note.data or "",
        days_count=content.days_count or 1,
        minutes=content.minutes,
    )


def _seats(found: OpenPlan) -> tuple[PlannedSeat, ...]:
    """Return the seats that were typed, the delegations' own among them, with the accounts of known principals."""
    typed, parties = request.form, found.content.parties
    whole = [
        PlannedSeat(code, "delegation", is_required=need == MUST)
        for code in parties
        if (need := typed.get(f"whole_{code}", NOT_ASKED)) in {MUST, SHOULD}
    ]
    seats = (*whole, *seats_from(typed, parties))
    return with_accounts(dataclasses.replace(found.content, seats=seats), known_people(session(), parties)).seats


def _offices(found: OpenPlan) -> dict[str, Office]:
    return {row.code: row for row in office_rows(session(), found.content.parties)}


# The page -----------------------------------------------------------------------------------------


def _fill(form: PollForm, found: OpenPlan) -> None:
    """Begin with what the plan says, and a week to answer."""
    form.required_parties.data = list(found.content.required_parties)
    today = words.local(session().now, viewer().time_zone).date()
    form.closes_on.data = (today + dt.timedelta(days=DAYS_TO_ANSWER)).isoformat()
    form.closes_time.data = NOON.isoformat("minutes")
    form.closes_zone.data = viewer().time_zone


def _page(found: OpenPlan, form: PollForm, keys: Sequence[str], *, is_doubled: bool = False) -> str:
    language = reader_language()
    offices = _offices(found)
    places = places_of(found, offices, language)
    parties = words.party_order(found.content.parties, language)
    form.required_parties.choices = [(code, words.party_name(code, language)) for code in parties]
    form.closes_zone.choices = zone_choices(language)
    form.closes_choice.choices = [("earlier", _("the first time")), ("later", _("the second time"))]
    return render_template(
        "polls/make.html",
        found=found,
        form=form,
        title=found.source.titles if found.source.title else None,
        slots=_lines(found, keys, gather(session(), found, offices), places),
        asked={code: _asked_of(found, code, places) for code in parties},
        audience=audience_of_poll(session(), found),
        problem=_problem(found),
        city=places.city,
        is_doubled=is_doubled or bool(form.closes_choice.data),
    )


def _problem(found: OpenPlan) -> str | None:
    """Return why no poll can be made of this plan at all."""
    try:
        check_may_ask(session(), found)
    except Refusal as refusal:
        return message_for(refusal)
    return None


def _lines(found: OpenPlan, keys: Sequence[str], gathered: Gathered, places: Places) -> list[SlotLine]:
    """Return the slots that were chosen, the earliest first, with their reasons; what names none is left out."""
    lines = []
    for key in sorted(set(keys))[:SHOWN_LIMIT]:
        try:
            (slot,) = planned_slots(found, (key,))
        except Refusal:
            continue
        ranked = why(gathered.facts, slot.first_day, slot.last_day, slot.starts, slot.ends)
        lines.append(
            SlotLine(
                key=key,
                day=words.date_range(slot.first_day, slot.last_day, places.language)
                if slot.first_day != slot.last_day
                else words.date_short(slot.first_day, places.language),
                hours=words.time_range(slot.starts, slot.ends, places.language) if slot.starts and slot.ends else "",
                reasons=tuple(reasons_in_words(ranked.reasons, places)) if ranked else (),
            )
        )
    return lines


def _asked_of(found: OpenPlan, code: str, places: Places) -> dict[str, Any]:
    """Return what the form has of one party: the delegation as a whole, its offices and its principals."""
    typed, seats = request.form, found.content.seats
    own = [seat for seat in seats if seat.party == code and seat.kind != "delegation"]
    is_typed = request.method == "POST"
    begins = MUST if not any(seat.is_required for seat in own) else NOT_ASKED
    needs = needs_of_offices(own)
    return {
        "whole": typed.get(f"whole_{code}", NOT_ASKED) if is_typed else begins,
        "offices": [
            (office, places.office(office), typed.get(f"office_{office}", NOT_ASKED) if is_typed else need)
            for office, need in needs.items()
        ],
        "names": names_typed(typed, code) if is_typed else names_of(own, code),
    }


def _is_doubled(refusal: Refusal) -> bool:
    """Say whether the deadline is at a time that the clocks show twice."""
    every = refusal.refusals if isinstance(refusal, Refused) else (refusal,)
    return any(each.key == "time_in_fold" and each.field == "closes_time" for each in every)
