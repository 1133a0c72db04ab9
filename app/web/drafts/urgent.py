"""Calling an urgent meeting: a short form of what cannot wait, saved as a draft and previewed like any other."""

from __future__ import annotations

import dataclasses

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import Refusal
from app.domain.meeting_content import NO_AGENDA
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services.draft_suggestions import suggested_urgent
from app.services.drafts import start_draft
from app.web.drafts.blueprint import blueprint
from app.web.drafts.editing import Edited, asks_for_times, edited_as_typed, edited_from, page_of, with_times_checked
from app.web.routing import route, session, signed_in


@route(blueprint, "/meetings/urgent", policy=signed_in(Action.DRAFT_MEETING), methods=("GET", "POST"))
def urgent_meeting() -> ResponseReturnValue:
    """Begin an urgent meeting: its title, when, how and who; the preview is next."""
    if request.method != "POST":
        begun = suggested_urgent(session(), request.args.get("mechanism") or None, reader_language())
        return _page(edited_from(begun))
    edited = _as_urgent(edited_as_typed())
    if edited.content is None or asks_for_times():
        return _page(with_times_checked(edited))
    try:
        draft = start_draft(session(), edited.content)
    except Refusal as refusal:
        return _page(edited.refused(refusal))
    return redirect(url_for("drafts.preview", draft_id=draft.id), 303)


def _as_urgent(edited: Edited) -> Edited:
    """Return the form as that of an urgent meeting, whatever of the rest was sent with it."""
    if edited.content is None:
        return edited
    content = dataclasses.replace(
        edited.content, kind="urgent", agenda=NO_AGENDA, around="", ordinal=None, last_day=None, hosting={}
    )
    return dataclasses.replace(edited, content=content)


def _page(edited: Edited) -> ResponseReturnValue:
    return render_template("drafts/urgent.html", language=reader_language(), **page_of(edited)), edited.status
