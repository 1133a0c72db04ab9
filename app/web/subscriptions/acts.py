"""A new address for a subscription, a look at what its feed says, and those who may subscribe for oneself."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal
from app.domain.feed_programs import PROGRAMS, showing, title_in
from app.domain.visibility import Action
from app.extension import settings
from app.services import authorisations
from app.services import subscriptions as service
from app.services.feed_check import check_feed
from app.web.forms import put_error
from app.web.routing import database, route, session, signed_in, submission_id, viewer
from app.web.subscriptions.blueprint import blueprint, kept_feeds
from app.web.subscriptions.forms import AssistantForm
from app.web.subscriptions.pages import POLICY, address_page, list_page, program_words

SHOWN_ENTRIES: Final = 12


@route(blueprint, "/subscriptions/<uuid:subscription_id>/renew", policy=POLICY, methods=("GET", "POST"))
def renew(subscription_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then give a subscription a new address and show it, this once; the old one ends."""
    line = service.own_subscription(session(), subscription_id)
    if request.method != "POST":
        return render_template("subscriptions/renew.html", line=line, program_words=program_words)
    made = service.renew_address(
        session(), subscription_id, submission_id=submission_id(),
        repeated_at=url_for("subscriptions.subscriptions", repeated=1),
    )  # fmt: skip
    return address_page(made, is_renewed=True)


@route(
    blueprint, "/subscriptions/<uuid:subscription_id>/check",
    policy=signed_in(Action.SUBSCRIBE, opens_session=False),
)  # fmt: skip
def check(subscription_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the feed of a subscription says now, as the main programs show it."""
    found = check_feed(database(), kept_feeds(), viewer(), subscription_id, settings().base_url)
    coming = [each for each in found.reading.entries if each.ends_after > database().clock()] if found.reading else []
    return render_template(
        "subscriptions/check.html", check=found, line=found.line, entries=coming[:SHOWN_ENTRIES], programs=PROGRAMS,
        showing=showing, title_in=title_in, program_words=program_words,
    )  # fmt: skip


@route(blueprint, "/assistants", policy=POLICY, methods=("POST",))
def authorise() -> ResponseReturnValue:
    """Let somebody of one's own government subscribe for oneself."""
    form = AssistantForm()
    if form.validate():
        try:
            authorisations.authorise(session(), form.email.data or "")
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("They can subscribe for you now."))
            return redirect(url_for("subscriptions.subscriptions"), 303)
    return list_page(form), 422


@route(blueprint, "/assistants/<uuid:leave_id>/end", policy=POLICY, methods=("GET", "POST"))
def end_leave(leave_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then end a leave to subscribe for somebody, with every address that was made by it."""
    line = authorisations.find_leave(session(), leave_id)
    if request.method != "POST":
        feeds = authorisations.feeds_by(session(), line.leave)
        return render_template("subscriptions/end_leave.html", line=line, feeds=feeds)
    authorisations.end_authorisation(session(), leave_id)
    flash(_("The leave has ended, and with it every address that was made by it."))
    return redirect(url_for("subscriptions.subscriptions"), 303)
