"""A person's own subscriptions: the list, a new one whose address is shown once, what each shows, and changing it."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal, StaleVersion
from app.domain.feed_filters import FeedFilter
from app.services import feed_choices
from app.services import subscription_edits as edits
from app.services import subscriptions as service
from app.services.subscriptions import NO_FILTER, Wanted
from app.web.forms import compared, put_error, sent_version
from app.web.routing import route, session, submission_id
from app.web.subscriptions import acts, feeds  # noqa: F401 - their routes are of the same blueprint
from app.web.subscriptions.blueprint import blueprint
from app.web.subscriptions.forms import AssistantForm, fill_from, fill_from_address, form_with_choices, said, typed
from app.web.subscriptions.pages import POLICY, address_page, form_page, list_page, program_words


@route(blueprint, "/subscriptions", policy=POLICY)
def subscriptions() -> ResponseReturnValue:
    """List one's own subscriptions; say so where the form of one was sent again."""
    return list_page(AssistantForm())


@route(blueprint, "/subscriptions/new", policy=POLICY, methods=("GET", "POST"))
def new_subscription() -> ResponseReturnValue:
    """Ask what a feed is to show, then make it and show its address, this once."""
    form = form_with_choices()
    if request.method != "POST":
        fill_from_address(form)
        return form_page(form)
    if form.validate():
        try:
            if told := _unlikely(typed(form)):
                return form_page(form, unlikely=told), 422
            made = service.create_subscription(
                session(), typed(form), submission_id=submission_id(),
                repeated_at=url_for("subscriptions.subscriptions", repeated=1),
            )  # fmt: skip
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            return address_page(made)
    return form_page(form), 422


@route(blueprint, "/subscriptions/<uuid:subscription_id>", policy=POLICY)
def subscription(subscription_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a subscription shows, what it names that is no more, and by what it was last fetched."""
    line = service.find_subscription(session(), subscription_id)
    found = feed_choices.matched(session(), line.filter)
    return render_template("subscriptions/subscription.html", line=line, found=found, program_words=program_words)


@route(blueprint, "/subscriptions/<uuid:subscription_id>/edit", policy=POLICY, methods=("GET", "POST"))
def edit_subscription(subscription_id: uuid.UUID) -> ResponseReturnValue:
    """Change what a subscription is called and shows; its address stays."""
    line = service.own_subscription(session(), subscription_id)
    standing, version = edits.wanted_of(line), line.subscription.version
    form = form_with_choices(standing)
    if request.method != "POST":
        fill_from(form, standing)
        return form_page(form, line)
    if form.validate():
        try:
            told = _unlikely(typed(form, standing), line.filter)
            if told and sent_version() == version:  # of a race that is lost both versions are shown first
                return form_page(form, line, unlikely=told), 422
            edits.edit_subscription(session(), subscription_id, typed(form, standing), sent_version())
        except StaleVersion as stale:
            rows = compared(form, said(form, stale.yours), said(form, stale.theirs))
            return form_page(form, line, version=version, rows=rows), 409
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The subscription was changed. Its address is the same."))
            return redirect(url_for("subscriptions.subscription", subscription_id=subscription_id), 303)
    return form_page(form, line), 422


@route(blueprint, "/subscriptions/<uuid:subscription_id>/revoke", policy=POLICY, methods=("GET", "POST"))
def revoke(subscription_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then revoke a subscription."""
    line = service.find_subscription(session(), subscription_id)
    if request.method != "POST":
        return render_template("subscriptions/revoke.html", line=line, program_words=program_words)
    service.revoke_subscription(session(), subscription_id)
    flash(_("The subscription is revoked. Its address answers nothing any more."))
    return redirect(url_for("subscriptions.subscriptions"), 303)


def _unlikely(wanted: Wanted, standing: FeedFilter = NO_FILTER) -> str | None:
    """Return what is to be said of a filter that matches nothing or everything; None once it was said.

    The form then carries it as seen, and is taken as it is.
    """
    found = service.chosen_filter(session(), wanted, standing)
    if not found.is_set or request.form.get("is_seen") == "y":
        return None
    what = feed_choices.matched(session(), found)
    if not what.count:
        return str(_("This matches nothing that you may see now."))
    return str(_("This matches everything that you may see now, as no filter would.")) if what.is_everything else None
