"""Steering an agenda: issuing it, asking for its adoption, setting its days; and what was issued, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.agenda_revisions import ItemChange
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.messages import message_for
from app.models import Meeting
from app.services import agenda_revisions as revisions
from app.services.agenda_adoption import ask_adoption
from app.services.agenda_changes import field_words
from app.services.agenda_page import agenda_page
from app.services.agenda_standing import set_lead_times, standing_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.rooms import is_attributed
from app.services.roster_words import quorum_said
from app.services.rosters import roster_counts
from app.web.agenda.blueprint import EDITS, ISSUES, address, blueprint
from app.web.agenda.forms import LeadTimesForm, lead_times_form, whole_number
from app.web.agenda.showing import agenda_html, asked, form_for
from app.web.forms import put_error, sent_version
from app.web.routing import route, session, viewer


@route(blueprint, "/meetings/<ref>/agenda/issue", policy=ISSUES, methods=("POST",))
def issue(ref: str) -> ResponseReturnValue:
    """Issue the agenda as it was read as the next revision of the provisional one."""
    meeting = find_meeting(session(), ref)
    try:
        revision = revisions.issue_revision(session(), ref, seen=request.form.get("seen", ""))
    except StaleVersion as stale:
        return agenda_html(meeting, form_for(meeting), stale=stale), 409
    except NotFound:
        raise
    except Refusal as refusal:
        return agenda_html(meeting, form_for(meeting), refused=refusal), 422
    flash(_("Revision %(number)s of the provisional agenda is issued.", number=revision.number))
    return redirect(address(meeting, "standing"), 303)


@route(blueprint, "/meetings/<ref>/agenda/adoption", policy=ISSUES, methods=("GET", "POST"))
def adoption(ref: str) -> ResponseReturnValue:
    """Show what would be adopted and by whom, and ask every party."""
    meeting = find_meeting(session(), ref)
    if not can(viewer(), Action.ISSUE_AGENDA, facts_of_meeting(session(), meeting)):
        raise NotFound
    if request.method != "POST":
        return _adoption_page(meeting)
    note = request.form.get("note", "")
    try:
        return asked(ask_adoption(session(), ref, seen=request.form.get("seen", ""), note=note))
    except StaleVersion:
        return _adoption_page(meeting, note=note, is_stale=True), 409
    except NotFound:
        raise
    except Refusal as refusal:
        return _adoption_page(meeting, note=note, refused=refusal), 422


def _adoption_page(meeting: Meeting, *, note: str = "", is_stale: bool = False, refused: Refusal | None = None) -> str:
    language = reader_language()
    quorums = [each for each in roster_counts(session(), meeting).quorums if each.state != "none"]
    return render_template(
        "agenda/adoption.html",
        meeting=meeting,
        page=agenda_page(session(), meeting),
        parties=words.party_order([row.party_code for row in meeting.parties], language),
        quorums=[(words.date_long(each.on, language), quorum_said(each, language)) for each in quorums],
        note=note,
        is_stale=is_stale,
        refused=message_for(refused) if refused else "",
        back=address(meeting),
    )


@route(blueprint, "/meetings/<ref>/agenda/lead-times", policy=ISSUES, methods=("POST",))
def lead_times(ref: str) -> ResponseReturnValue:
    """Change by when the agenda is due, and until when supplementary items are taken."""
    meeting = find_meeting(session(), ref)
    form = lead_times_form(standing_of(session(), meeting))
    try:
        provisional, supplementary = _days(form, "provisional_days"), _days(form, "supplementary_days")
        set_lead_times(session(), ref, provisional, supplementary, version=sent_version())
    except StaleVersion as stale:
        return agenda_html(meeting, form_for(meeting), stale=stale, lead_times=form), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return agenda_html(meeting, form_for(meeting), refused=refusal, lead_times=form), 422
    flash(_("The days are changed."))
    return redirect(address(meeting, "standing"), 303)


def _days(form: LeadTimesForm, name: str) -> int:
    return whole_number(form[name].data, name)


# What was issued ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One thing that changed, in words: the item by its title, what became of it, and each field before and after."""

    title: str
    how: str
    number: str
    fields: tuple[tuple[str, str, str], ...]
    is_gone: bool


@route(blueprint, "/meetings/<ref>/agenda/revisions/<int(max=99999):number>", policy=EDITS)
def revision(ref: str, number: int) -> ResponseReturnValue:
    """Show the agenda as it was issued, or adopted."""
    meeting = find_meeting(session(), ref)
    found = revisions.find_revision(session(), meeting, number)
    return render_template(
        "agenda/revision.html",
        names_people=is_attributed(session(), meeting.id),
        meeting=meeting,
        revision=found,
        items=found.content["items"],
        is_last=standing_of(session(), meeting).revision == found.number,
        back=address(meeting),
        own_city=_own_city(),
    )


@route(blueprint, "/meetings/<ref>/agenda/revisions/<int(max=99999):number>/changes", policy=EDITS)
def revision_changes(ref: str, number: int) -> ResponseReturnValue:
    """Show what changed from a revision to another, or to the agenda as it stands."""
    other = request.args.get("with", "")
    if other and not (other.isascii() and other.isdigit() and len(other) < 6):
        raise NotFound
    found = revisions.compare_revisions(session(), ref, number, int(other) if other else None)
    language = reader_language()
    return render_template(
        "agenda/changes.html",
        meeting=found.meeting,
        found=found,
        rows=[_change_row(change, language) for change in found.changes if change.how != "same"],
        revisions=revisions.revisions_of(session(), found.meeting.id),
        back=address(found.meeting),
        own_city=_own_city(),
    )


def _change_row(change: ItemChange, language: str) -> ChangeRow:
    how = {
        "added": _("added"),
        "removed": _("taken off"),
        "changed": _("changed"),
        "moved": _("moved"),
    }[change.how]
    number = f"{change.before} → {change.after}" if change.before and change.after else change.after or change.before
    if change.before == change.after:
        number = change.after
    names = labels.labels("agenda_field", language)
    fields = tuple((_name(names, each.field), *_both(each, language)) for each in change.fields)
    return ChangeRow(words.pick(change.title, language)[0], how, str(number or ""), fields, change.how == "removed")


def _name(names: Mapping[str, str], field: str) -> str:
    return names[field.replace(".", "_")]


def _both(each: Any, language: str) -> tuple[str, str]:
    return field_words(each.field, each.before, language), field_words(each.field, each.after, language)


def _own_city() -> str:
    return words.city_of(viewer().time_zone, reader_language(), viewer().party)
