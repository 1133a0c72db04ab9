"""Answering one's own invitation: on the page of the meeting, and by the link in its mail.

Following the link changes nothing, since scanners of mail follow links too.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.extension import settings
from app.i18n import reader_language
from app.messages import message_for
from app.services.invitation_answers import answer_invitation
from app.services.invitation_pages import Linked, answer_by_link, invited_by_link
from app.services.meeting_mails import times_of
from app.services.reply_lists import replies_to
from app.web.forms import put_error
from app.web.invitations.forms import InvitationForm, invitation_form, sent_answer
from app.web.meetings.clocks import promised
from app.web.meetings.page import page_of
from app.web.routing import BY_TOKEN, database, route, session, signed_in, viewer

blueprint = Blueprint("invitations", __name__)

# The address holds the token: it is kept by nobody, told to nobody, and not even to our own other pages.
_UNTOLD: Final = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_UNKNOWN: Final = "invitation_link_unknown"
_STATUS: Final = {"too_many_attempts": 429, "stale_version": 409}
# What can come again: a date that is yet to be agreed.
_GONE: Final = frozenset({"meeting_cancelled", "meeting_over", "not_invited"})


@route(blueprint, "/invitations/<token>", policy=BY_TOKEN, methods=("GET", "POST"))
def invitation(token: str) -> ResponseReturnValue:
    """Show what a link invites to, and write what its holder answers."""
    try:
        linked = _linked(token)
        form = _form(linked)
        if request.method != "POST":
            return _page(linked, form), 410 if linked.closed in _GONE else 200, _UNTOLD
        return _answered(token, form)
    except Refusal as refusal:
        if refusal.key != _UNKNOWN:
            raise
        return render_template("invitations/over.html", said=message_for(refusal)), 404, _UNTOLD


def _answered(token: str, form: InvitationForm) -> ResponseReturnValue:
    """Write the answer and go back to the page, which then says it."""
    try:
        answer_by_link(database(), token, settings().secret_key, sent_answer())
    except Refusal as refusal:
        if refusal.key == _UNKNOWN:
            raise
        linked = _linked(token)  # as it stands now, which is what can be answered
        is_stale = isinstance(refusal, StaleVersion)
        form = _form(linked)
        if not is_stale and not linked.closed:
            put_error(form, refusal)
        status = 410 if linked.closed in _GONE else _STATUS.get(refusal.key, 422)
        return _page(linked, form, is_stale=is_stale), status, _UNTOLD
    flash(_("Your answer is kept."))
    return redirect(url_for("invitations.invitation", token=token), 303), 303, _UNTOLD


def _linked(token: str) -> Linked:
    linked = invited_by_link(database(), token, settings().secret_key)
    g.addressed_language = linked.viewer.language
    return linked


def _form(linked: Linked) -> InvitationForm:
    return invitation_form(linked.answer, linked.mode, reader_language())


def _page(linked: Linked, form: InvitationForm, *, is_stale: bool = False) -> str:
    language = reader_language()
    reader = dataclasses.replace(linked.viewer, language=language)
    return render_template(
        "invitations/invitation.html",
        linked=linked,
        meeting=linked.meeting,
        form=form,
        times=times_of(linked.meeting, reader),
        city=words.city_of(reader.time_zone, language, reader.party),
        over=message_for(Refusal(f"invitation_{linked.closed}")) if linked.closed else None,
        is_stale=is_stale,
    )


@route(blueprint, "/meetings/<ref>/invitation", policy=signed_in(Action.ANSWER_INVITATION), methods=("POST",))
def own_answer(ref: str) -> ResponseReturnValue:
    """Write the viewer's own answer to their invitation."""
    try:
        answer_invitation(session(), ref, sent_answer())
    except NotFound:
        raise
    except StaleVersion:
        changed = _("The date, or your own answer, has changed since you opened this page. Nothing was written.")
        return page_of(session(), viewer(), ref, error=changed), 409
    except Refusal as refusal:
        return page_of(session(), viewer(), ref, error=message_for(refusal)), 422
    flash(_("Your own answer is kept."))
    return redirect(url_for("meetings.meeting", ref=ref, _anchor="invitation"), 303)


@route(blueprint, "/meetings/<ref>/replies", policy=signed_in(Action.READ_MEETINGS))
def replies(ref: str) -> ResponseReturnValue:
    """Show what the viewer's own people were asked and said, and which replies from calendars did not count."""
    view = replies_to(session(), ref)
    language = reader_language()
    return render_template(
        "invitations/replies.html",
        view=view,
        meeting=view.meeting,
        title=promised(view.meeting, language),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )
