"""The pages of plans: begun from a draft or a meeting, changed, looked at, used, and discarded."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.services import date_plans as service
from app.services.date_plans import OpenPlan
from app.services.slot_facts import gather, known_people, with_accounts
from app.web.dispatches.holding import hold_if_asked, with_mails
from app.web.forms import sent_version
from app.web.plans.blueprint import blueprint
from app.web.plans.editing import Edited, edited_as_typed, edited_from, form_values
from app.web.plans.page import View, compared, lede_of, row_of, slot_alone, view_of
from app.web.plans.places import places_of
from app.web.plans.using import use_words
from app.web.routing import route, session, signed_in

__all__ = ["blueprint"]


@route(blueprint, "/drafts/<uuid:draft_id>/dates", policy=signed_in(Action.PLAN_DATES), methods=("POST",))
def plan_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Begin to look for a date for a draft, or go to the plan that is open."""
    return _to_plan(service.plan_of_draft(session(), draft_id).id)


@route(blueprint, "/meetings/<ref>/dates", policy=signed_in(Action.PLAN_DATES), methods=("POST",))
def plan_meeting(ref: str) -> ResponseReturnValue:
    """Begin to look for a date for a meeting, or go to the plan that is open."""
    return _to_plan(service.plan_of_meeting(session(), ref).id)


@route(blueprint, "/mechanisms/<code>/dates", policy=signed_in(Action.PLAN_DATES), methods=("POST",))
def plan_mechanism(code: str) -> ResponseReturnValue:
    """Begin a draft of a mechanism's next meeting, and look for its date."""
    return _to_plan(service.plan_of_mechanism(session(), code).id)


@route(blueprint, "/plans/<uuid:plan_id>", policy=signed_in(Action.PLAN_DATES), methods=("GET", "POST"))
def plan(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Show a plan with its slots, best first, and save what it looks for."""
    found = service.find_plan(session(), plan_id)
    if request.method != "POST":
        return _page(found)
    edited = edited_as_typed(found)
    if edited.content is None:
        return _form_page(found, edited)
    content = with_accounts(edited.content, known_people(session(), found.content.parties))
    try:
        service.save_plan(session(), found, content, version=sent_version())
    except StaleVersion:
        return _form_page(found, edited, is_stale=True)
    except Refusal as refusal:
        return _form_page(found, edited.refused(refusal))
    return redirect(url_for("plans.plan", plan_id=plan_id, _anchor="slots"), 303)


@route(blueprint, "/plans/<uuid:plan_id>/use", policy=signed_in(Action.PLAN_DATES), methods=("GET", "POST"))
def use(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether one slot is to be the date, and make it so."""
    found = service.find_plan(session(), plan_id)
    key = request.values.get("slot", "")
    if request.method != "POST":
        return _use_page(found, key) if key else _to_plan(plan_id)
    reason = request.form.get("reason", "")
    try:
        hold_if_asked()
        service.use_slot(session(), found, key, reason, version=sent_version())
    except StaleVersion:
        return _use_page(found, key, reason, is_stale=True), 409
    except NotFound:
        raise
    except Refusal as refusal:
        return _use_page(found, key, reason, refusal), 422
    return _after_use(found)


@route(blueprint, "/plans/<uuid:plan_id>/discard", policy=signed_in(Action.PLAN_DATES), methods=("GET", "POST"))
def discard(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether to stop looking for this date, and discard the plan."""
    found = service.find_plan(session(), plan_id)
    if request.method != "POST":
        return render_template("plans/discard.html", found=found, back=_back(found))
    service.discard_plan(session(), found)
    flash(_("The search for a date is discarded. The meeting stays as it is."))
    return redirect(_back(found), 303)


# The pages ----------------------------------------------------------------------------------------


def _page(found: OpenPlan) -> ResponseReturnValue:
    language = reader_language()
    view = view_of(
        session(),
        found,
        language,
        show=request.args.get("show", ""),
        with_more=request.args.get("more") == "1",
    )
    return _rendered(view, edited_from(found))


def _form_page(found: OpenPlan, edited: Edited, *, is_stale: bool = False) -> ResponseReturnValue:
    """Show the form alone, with what was typed; after a lost race beside what stands now."""
    language = reader_language()
    offices = service.office_rows(session(), found.content.parties)
    places = places_of(found, {row.code: row for row in offices}, language)
    rows = None
    if is_stale and edited.content is not None:
        rows = compared(edited.content, found.content, places, edited.labels)
    view = View(found, places, offices, None, None, ())
    version = found.plan.version if is_stale else sent_version()
    return _rendered(view, edited, version=version, rows=rows), 409 if is_stale else 422


def _rendered(view: View, edited: Edited, *, version: int | None = None, rows: list[Any] | None = None) -> str:
    found = view.found
    people = view.gathered.people if view.gathered else known_people(session(), found.content.parties)
    return render_template(
        "plans/plan.html",
        view=view,
        found=found,
        looked=view.looked,
        lede=lede_of(found, view.places),
        form=edited.form,
        version=version or found.plan.version,
        rows=rows,
        lacks=" ".join(message_for(each) for each in view.lacks),
        more=request.args.get("more") == "1",
        ticked=request.args.getlist("slot"),
        back=_back(found),
        is_begun=found.plan.version == 1 and edited.refusal is None and rows is None,
        is_refused=edited.refusal is not None or rows is not None,
        **form_values(view, edited, people),
    )


def _use_page(
    found: OpenPlan, key: str, reason: str = "", refusal: Refusal | None = None, *, is_stale: bool = False
) -> str:
    offices = {row.code: row for row in service.office_rows(session(), found.content.parties)}
    facts, places = gather(session(), found, offices).facts, places_of(found, offices, reader_language())
    slot = slot_alone(facts, found, key)
    if slot is None:
        raise Refusal("unknown_slot")
    return render_template(
        "plans/use.html",
        found=found,
        row=row_of(slot, 1, facts, places),
        key=key,
        said=use_words(session(), found),
        reason=reason,
        error=message_for(refusal) if refusal and refusal.field != "reason" else "",
        reason_errors=[message_for(refusal)] if refusal and refusal.field == "reason" else [],
        is_stale=is_stale,
        version=(found.meeting or found.draft or found.plan).version,
        back=_back(found),
    )


# Ways on ------------------------------------------------------------------------------------------


def _to_plan(plan_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _back(found: OpenPlan) -> str:
    """Return the address of the draft or the meeting that a plan is of."""
    if found.meeting is not None:
        return url_for("meetings.meeting", ref=found.meeting.reference)
    return url_for("drafts.draft", draft_id=found.plan.draft_id)


def _after_use(found: OpenPlan) -> ResponseReturnValue:
    if found.meeting is not None:
        flash(with_mails(_("The meeting has this date now."), _("Its parties are told, and asked.")))
    else:
        flash(_("The draft has this date now. Nobody outside your own side sees it."))
    return redirect(_back(found), 303)
