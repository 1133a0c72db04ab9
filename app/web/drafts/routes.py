"""The pages of drafts: begun, edited, previewed, proposed or published, and discarded; and past meetings recorded."""

from __future__ import annotations

import dataclasses
import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.around import KINDS
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import PAST_FORMATS, MeetingContent
from app.domain.visibility import Action
from app.extension import uid_host
from app.messages import message_for
from app.models import Meeting
from app.services import drafts as service
from app.services import proposing, staged_changes
from app.services.around import suggestion_beside
from app.services.date_plans import plan_of_draft
from app.services.dispatches import who_is_told, who_is_told_of_proposal
from app.services.draft_suggestions import last_meeting, suggested, suggested_past
from app.services.drafts import OpenDraft
from app.services.past_meetings import record_past_meeting
from app.services.practice import is_example
from app.web.advice import advice_in_words
from app.web.dispatches.holding import hold_if_asked, with_mails
from app.web.drafts import showing
from app.web.drafts import urgent as _urgent  # noqa: F401 - its routes are on the same blueprint
from app.web.drafts.blueprint import blueprint
from app.web.drafts.editing import (
    Edited,
    asks_for_times,
    edited_as_typed,
    edited_from,
    page_of,
    with_days_taken,
    with_times_checked,
)
from app.web.drafts.opened import warning_of_reference
from app.web.forms import sent_number, sent_version
from app.web.routing import route, session, signed_in

__all__ = ["blueprint"]


@route(blueprint, "/meetings/new", policy=signed_in(Action.DRAFT_MEETING), methods=("GET", "POST"))
def new_meeting() -> ResponseReturnValue:
    """Begin a draft of a meeting: from a template, from the last one, or from another."""
    if request.method != "POST":
        content = _suggested()
        return _new_page(edited_from(content), last_meeting(session(), content.mechanism))
    edited = with_days_taken(edited_as_typed())
    if edited.content is None or asks_for_times():
        return _new_page(with_times_checked(edited))
    try:
        draft = service.start_draft(session(), edited.content)
    except Refusal as refusal:
        return _new_page(edited.refused(refusal))
    return _after_saving(draft.id)


@route(blueprint, "/drafts/<uuid:draft_id>", policy=signed_in(Action.EDIT_DRAFT), methods=("GET", "POST"))
def draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show a draft, and save what was typed into it."""
    found = service.find_draft(session(), draft_id)
    if request.method != "POST":
        return _draft_page(found, edited_from(found.content))
    edited = with_days_taken(edited_as_typed(found))
    if edited.content is None or asks_for_times():
        return _draft_page(found, with_times_checked(edited))
    version, meeting_version = sent_version(), sent_number("meeting_version")
    try:
        service.save_draft(session(), draft_id, edited.content, version=version, meeting_version=meeting_version)
    except StaleVersion as stale:
        return _draft_page(found, edited, showing.compared(stale))
    except Refusal as refusal:
        return _draft_page(found, edited.refused(refusal))
    return _after_saving(draft_id)


@route(blueprint, "/drafts/<uuid:draft_id>/preview", policy=signed_in(Action.PROPOSE_MEETING))
def preview(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Show what each party will see when the draft is proposed, or what its changes will change."""
    return _preview_page(service.find_draft(session(), draft_id))


@route(blueprint, "/drafts/<uuid:draft_id>/propose", policy=signed_in(Action.PROPOSE_MEETING), methods=("POST",))
def propose(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Propose a draft to its parties."""
    try:
        hold_if_asked()
        meeting = proposing.propose(session(), draft_id, version=sent_version(), uid_host=uid_host())
    except Refusal as refusal:
        return _not_done(draft_id, refusal)
    if is_example(session(), meeting):
        flash(_("It is proposed as %(reference)s, to practise. Nobody is told.", reference=meeting.reference))
    else:
        proposed = _("The meeting is proposed as %(reference)s.", reference=meeting.reference)
        flash(with_mails(proposed, _("Its parties are told.")))
    return _to_meeting(meeting.reference)


@route(blueprint, "/drafts/<uuid:draft_id>/publish", policy=signed_in(Action.CHANGE_MEETING), methods=("POST",))
def publish(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Publish the changes that a draft stages, all at once."""
    try:
        hold_if_asked()
        meeting = staged_changes.publish(session(), draft_id, version=sent_version())
    except Refusal as refusal:
        return _not_done(draft_id, refusal)
    flash(with_mails(_("The changes are published."), _("The parties are told.")))
    return _to_meeting(meeting.reference)


@route(blueprint, "/drafts/<uuid:draft_id>/discard", policy=signed_in(Action.EDIT_DRAFT), methods=("GET", "POST"))
def discard(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether the draft is to be discarded, and discard it."""
    found = service.find_draft(session(), draft_id)
    if request.method != "POST":
        return render_template("drafts/discard.html", found=found)
    try:
        service.discard_draft(session(), draft_id, version=sent_version())
    except StaleVersion as stale:
        return _draft_page(found, edited_from(found.content), showing.compared(stale))
    flash(_("The draft is discarded."))
    return redirect(url_for("meetings.meetings"), 303)


@route(blueprint, "/meetings/<ref>/changes", policy=signed_in(Action.CHANGE_MEETING), methods=("POST",))
def stage_changes(ref: str) -> ResponseReturnValue:
    """Begin a draft of changes to a meeting, or go to the one that is open."""
    return redirect(url_for("drafts.draft", draft_id=staged_changes.stage_changes(session(), ref).id), 303)


@route(blueprint, "/meetings/record", policy=signed_in(Action.DRAFT_MEETING), methods=("GET", "POST"))
def record_meeting() -> ResponseReturnValue:
    """Record a meeting that was held, with its source."""
    if request.method != "POST":
        return _record_page(edited_from(suggested_past(session(), request.args.get("mechanism") or None)))
    edited = edited_as_typed()
    if edited.content is None:
        return _record_page(edited)
    content = dataclasses.replace(edited.content, starts=None, ends=None, choice=None)
    try:
        meeting = record_past_meeting(session(), content, uid_host=uid_host())
    except Refusal as refusal:
        return _record_page(edited.refused(refusal))
    flash(_("The meeting is recorded as %(reference)s.", reference=meeting.reference))
    return _to_meeting(meeting.reference)


def _suggested() -> MeetingContent:
    """Return what a new draft begins with, as its address asks: around something, or as a meeting of a mechanism."""
    mechanism, around = request.args.get("mechanism") or None, request.args.get("around")
    if around:
        kind = request.args.get("kind", "session")
        return suggestion_beside(session(), mechanism, around, kind if kind in KINDS else "session")
    return suggested(session(), mechanism, request.args.get("copy"))


# The pages ----------------------------------------------------------------------------------------


def _new_page(edited: Edited, last: Meeting | None = None) -> ResponseReturnValue:
    return render_template("drafts/new.html", last=last, **page_of(edited)), edited.status


def _record_page(edited: Edited) -> ResponseReturnValue:
    return render_template("drafts/record.html", **page_of(edited, PAST_FORMATS)), edited.status


def _draft_page(
    found: OpenDraft, edited: Edited, rows: list[showing.Row] | None = None, *, is_saved: bool = False
) -> ResponseReturnValue:
    """Show the form of a draft; after a lost race beside what stands now, whose version it then carries.

    `is_saved` says that the form is what is saved, and that what is wrong with it only keeps it from being proposed.
    """
    status = 409 if rows else edited.status
    version = sent_number("version") if edited.refusal and not rows else found.draft.version
    meeting, moved = None, False
    if found.draft.kind == "changes":
        meeting = staged_changes.meeting_of(session(), found)
        moved = staged_changes.moved_under(found, meeting)
        if moved and not rows:
            standing = staged_changes.content_now(session(), meeting)
            rows = showing.compared_contents(edited.content or found.content, standing)
    return render_template(
        "drafts/draft.html",
        found=found,
        meeting=meeting,
        rows=rows,
        moved=moved,
        is_saved=is_saved,
        version=version or found.draft.version,
        meeting_version=meeting.version if meeting else None,
        **page_of(edited),
    ), status


def _preview_page(found: OpenDraft) -> ResponseReturnValue:
    try:
        if found.draft.kind == "changes":
            return _changes_page(found)
        shown = proposing.preview_of(session(), found.draft.id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _draft_page(found, edited_from(found.content).refused(refusal), is_saved=True)
    ready = shown.ready
    plan = who_is_told_of_proposal(
        session(), ready.content.parties, [each.name for each in ready.audience.secretariats]
    )
    return render_template(
        "drafts/preview.html",
        found=found,
        shown=shown,
        plan=plan,
        parties=showing.previews_of_parties(ready.content, ready.timing, ready.parties, shown.said_yes),
        advice=advice_in_words(shown.advice),
        hosts=showing.in_words("hosting", ready.content.hosting),
    )


def _changes_page(found: OpenDraft) -> ResponseReturnValue:
    planned = staged_changes.publication_of(session(), found.draft.id)
    if staged_changes.moved_under(found, planned.meeting):
        return _draft_page(found, edited_from(found.content))
    return render_template(
        "drafts/changes.html",
        found=found,
        planned=planned,
        rows=showing.changes_in_words(planned),
        advice=advice_in_words(planned.advice),
        causes=showing.causes_in_words(planned),
        plan=who_is_told(session(), planned.meeting, "publish", parties=planned.state.parties, leaving=planned.dropped),
        reference_warning=warning_of_reference(planned),
    )


def _not_done(draft_id: uuid.UUID, refusal: Refusal) -> ResponseReturnValue:
    """Show the draft with what stood in the way of proposing or publishing it."""
    if isinstance(refusal, NotFound):
        raise refusal
    found = service.find_draft(session(), draft_id)
    if isinstance(refusal, StaleVersion):
        return _draft_page(found, edited_from(found.content), showing.compared(refusal))
    return _draft_page(found, edited_from(found.content).refused(refusal), is_saved=True)


# Ways on ------------------------------------------------------------------------------------------


def _after_saving(draft_id: uuid.UUID) -> ResponseReturnValue:
    if request.form.get("act") == "preview":
        return redirect(url_for("drafts.preview", draft_id=draft_id), 303)
    if request.form.get("act") == "dates":
        try:
            return redirect(url_for("plans.plan", plan_id=plan_of_draft(session(), draft_id).id), 303)
        except Refusal as refusal:
            flash(message_for(refusal), "error")
    flash(_("The draft is saved. Nobody outside your own side sees it."))
    return redirect(url_for("drafts.draft", draft_id=draft_id), 303)


def _to_meeting(reference: str) -> ResponseReturnValue:
    return redirect(url_for("meetings.meeting", ref=reference), 303)
