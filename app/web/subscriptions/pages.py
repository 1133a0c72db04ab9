"""The pages that the routes of subscriptions share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno
from flask import render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.calendar_programs import BROWSER, program_of
from app.domain.visibility import Action
from app.extension import settings
from app.services import authorisations
from app.services import subscriptions as service
from app.services.subscriptions import Made, SubscriptionLine
from app.web.forms import sent_version
from app.web.routing import session, signed_in
from app.web.subscriptions.forms import AssistantForm, SubscriptionForm

POLICY: Final = signed_in(Action.SUBSCRIBE)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a feed in the forms that programs take, and as a picture to photograph."""

    https: str
    webcal: str
    picture: Markup


def list_page(form: AssistantForm) -> str:
    """Return the page of one's subscriptions, with those who may subscribe for oneself."""
    return render_template(
        "subscriptions/subscriptions.html", lines=service.own_subscriptions(session()), form=form,
        leaves=authorisations.all_leaves(session()), is_repeated="repeated" in request.args,
        program_words=program_words,
    )  # fmt: skip


def form_page(
    form: SubscriptionForm,
    line: SubscriptionLine | None = None,
    *,
    version: int | None = None,
    rows: list[tuple[str, str, str]] | None = None,
    unlikely: str | None = None,
) -> str:
    """Return the form of a new subscription, or of one that is edited; `unlikely` is said before it is saved."""
    if line is not None and version is None:
        version = sent_version() if request.method == "POST" else line.subscription.version
    return render_template(
        "subscriptions/new.html", form=form, line=line, version=version, compared=rows, unlikely=unlikely
    )


def address_page(made: Made, *, is_renewed: bool = False) -> str:
    """Show a new address, this once. No redirect: the token would have to be kept somewhere on the way."""
    return render_template(
        "subscriptions/address.html", made=made, address=address_of(made), is_local=not settings().is_production,
        is_renewed=is_renewed,
    )  # fmt: skip


def address_of(made: Made) -> Address:
    """Return the address of a subscription, on the base URL of this Entente."""
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
