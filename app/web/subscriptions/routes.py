"""One's own subscriptions: the list, a new one whose address is shown once, and revoking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app import words
from app.domain.calendar_programs import BROWSER, program_of
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.extension import settings
from app.i18n import reader_language
from app.services import subscriptions as service
from app.services.subscriptions import Made, Wanted
from app.web.forms import named_choices, put_error
from app.web.routing import route, session, signed_in, submission_id
from app.web.subscriptions import feeds  # noqa: F401 - its routes are of the same blueprint
from app.web.subscriptions.blueprint import blueprint
from app.web.subscriptions.forms import ALL_MEETINGS, SubscriptionForm

_POLICY = signed_in(Action.SUBSCRIBE)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a new feed in the forms that programs take, and as a picture to photograph."""

    https: str
    webcal: str
    picture: Markup


@route(blueprint, "/subscriptions", policy=_POLICY)
def subscriptions() -> ResponseReturnValue:
    """List one's own subscriptions; say so where the form of one was sent again."""
    found = service.own_subscriptions(session())
    is_repeated = "repeated" in request.args
    return render_template(
        "subscriptions/subscriptions.html", lines=found, is_repeated=is_repeated, program_words=program_words
    )


@route(blueprint, "/subscriptions/new", policy=_POLICY, methods=("GET", "POST"))
def new_subscription() -> ResponseReturnValue:
    """Ask what a feed is to show, then make it and show its address, this once."""
    form = _form()
    if request.method != "POST":
        return render_template("subscriptions/new.html", form=form)
    if form.validate():
        try:
            made = service.create_subscription(
                session(), _wanted(form), submission_id=submission_id(),
                repeated_at=url_for("subscriptions.subscriptions", repeated=1),
            )  # fmt: skip
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            # No redirect: the token would have to be kept somewhere on the way.
            is_local = not settings().is_production
            return render_template("subscriptions/address.html", made=made, address=address_of(made), is_local=is_local)
    return render_template("subscriptions/new.html", form=form), 422


@route(blueprint, "/subscriptions/<uuid:subscription_id>/revoke", policy=_POLICY, methods=("GET", "POST"))
def revoke(subscription_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then revoke a subscription."""
    line = service.find_subscription(session(), subscription_id)
    if request.method != "POST":
        return render_template("subscriptions/revoke.html", line=line, program_words=program_words)
    service.revoke_subscription(session(), subscription_id)
    flash(_("The subscription is revoked. Its address answers nothing any more."))
    return redirect(url_for("subscriptions.subscriptions"), 303)


def address_of(made: Made) -> Address:
    """Return the address of a new subscription, on the base URL of this Entente."""
    base = settings().base_url
    path = f"/feeds/{made.token}.ics"
    webcal = f"webcal://{base.partition('://')[2]}{path}"
    # A telephone that photographs this subscribes; with https it would copy the events of today, once.
    code = segno.make_qr(webcal, error="m")
    picture = Markup(code.svg_inline(scale=4, border=4, light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - drawn here
    return Address(f"{base}{path}", webcal, picture)


def program_words(agent: str) -> str:
    """Return the name of a program in the reader's language; what is not known here is not repeated as if it were."""
    known = program_of(agent)
    if known is None:
        return str(_("another program"))
    return str(_("a web browser")) if known == BROWSER else known


def _form() -> SubscriptionForm:
    """Return the form with its choices; `?mechanism=` of the address chooses one beforehand."""
    form = SubscriptionForm()
    language = reader_language()
    named = named_choices(service.choosable_mechanisms(session()), language)
    form.mechanism.choices = [(ALL_MEETINGS, _("All my meetings")), *named]
    form.language.choices = list(words.LANGUAGE_NAMES.items())
    if request.method != "POST":
        asked = request.args.get("mechanism", ALL_MEETINGS)
        form.mechanism.data = asked if asked in dict(named) else ALL_MEETINGS
        form.tentative.data, form.detail.data, form.language.data = "yes", "full", language
    return form


def _wanted(form: SubscriptionForm) -> Wanted:
    mechanism = form.mechanism.data or ALL_MEETINGS
    return Wanted(
        name=form.name.data or "",
        mechanism=None if mechanism == ALL_MEETINGS else mechanism,
        includes_tentative=form.tentative.data == "yes",
        detail=form.detail.data or "",
        language=form.language.data or "",
    )
