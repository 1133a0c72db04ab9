"""Turns to host: the order, the turns taken and to come, and what the parties change about them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Decision, HostingChange, Mechanism
from app.services import hosting as service
from app.services.decision_words import Told, said_of
from app.services.decisions import waiting_for
from app.services.hosting import ChangeLine, HostingView, WantedChange
from app.services.mechanism_facts import check_may_ask, today_of
from app.services.planning import reads_planning
from app.web.forms import put_error
from app.web.hosting import hand_overs as _hand_overs  # noqa: F401 - its routes are on the same blueprint
from app.web.hosting import planning as _planning  # noqa: F401 - its routes are on the same blueprint
from app.web.hosting.blueprint import blueprint
from app.web.hosting.forms import ChangeForm, ReasonForm, change_form
from app.web.routing import route, session, signed_in, viewer

__all__ = ["blueprint"]

READ: Final = signed_in(Action.READ_REGISTER)
ASK: Final = signed_in(Action.KEEP_MECHANISM)


@route(blueprint, "/mechanisms/<code>/hosting", policy=READ)
def hosting(code: str) -> ResponseReturnValue:
    """Show the order of hosts, the turns taken, the turns to come, and every change with its reason."""
    view = service.hosting_view(session(), code)
    language = reader_language()
    return render_template(
        "hosting/hosting.html",
        view=view,
        mechanism=view.mechanism,
        facts=view.state.facts,
        changes=[change_row(line, language) for line in view.changes],
        ahead=[(each.turn, [change_row(line, language) for line in each.changes]) for each in view.ahead],
        asked=[asked_row(each, view.mechanism, language) for each in view.asked],
        reads_planning=reads_planning(session(), view.state),
        own_zone=viewer().time_zone,
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )


@route(blueprint, "/mechanisms/<code>/hosting/ask", policy=ASK, methods=("GET", "POST"))
def ask_hosting(code: str) -> ResponseReturnValue:
    """Ask the parties to change a turn."""
    view = service.hosting_view(session(), code)
    check_may_ask(session(), view.mechanism)
    form = _form_of(view)
    if request.method != "POST":
        form.counts_from.data = today_of(session())
        return _ask_page(view, form)
    if form.validate():
        try:
            decision = service.ask_change(session(), code, _typed(form))
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            return _asked(decision, view.mechanism)
    return _ask_page(view, form), 422


@route(blueprint, "/hosting-changes/<uuid:change_id>/take-back", policy=ASK, methods=("GET", "POST"))
def take_back(change_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the parties to take a change back."""
    row, mechanism = service.find_change(session(), change_id)
    check_may_ask(session(), mechanism)
    service.check_may_take_back(session(), row, mechanism)
    form = ReasonForm()
    if request.method == "POST":
        try:
            return _asked(service.ask_take_back(session(), change_id, form.reason.data or ""), mechanism)
        except Refusal as refusal:
            put_error(form, refusal)
    status = 422 if request.method == "POST" else 200
    return _take_back_page(row, mechanism, form), status


# Showing ------------------------------------------------------------------------------------------


def change_row(line: ChangeLine, language: str) -> dict[str, Any]:
    """Return a change as pages show it."""
    row = line.row
    return {
        "line": line,
        "words": service.change_words(row.kind, row.party_code, row.with_party, language),
        "agreed_by": words.party_order(line.agreed_by, language),
    }


def asked_row(decision: Decision, mechanism: Mechanism, language: str) -> dict[str, Any]:
    """Return what is asked and not decided."""
    said = said_of(Told(decision, mechanism), language)
    return {"decision": decision, "said": said, "waits_for": words.party_order(waiting_for(decision), language)}


def _ask_page(view: HostingView, form: ChangeForm) -> str:
    return render_template("hosting/ask.html", view=view, mechanism=view.mechanism, form=form)


def _take_back_page(row: HostingChange, mechanism: Mechanism, form: ReasonForm) -> str:
    said = service.change_words(row.kind, row.party_code, row.with_party, reader_language())
    return render_template("hosting/take_back.html", row=row, mechanism=mechanism, said=said, form=form)


def _form_of(view: HostingView) -> ChangeForm:
    parties: Iterable[str] = view.mechanism.parties
    return change_form(view.following.order if view.following else (), parties, reader_language())


def _typed(form: ChangeForm) -> WantedChange:
    return WantedChange(
        kind=form.kind.data or "", party=form.party.data or "", with_party=form.with_party.data or None,
        counts_from=form.counts_from.data, reason=form.reason.data or "",
    )  # fmt: skip


def _asked(decision: Decision, mechanism: Mechanism) -> ResponseReturnValue:
    if decision.state == "taken":
        flash(_("It is in force: no other party’s yes was needed."))
        return redirect(url_for("hosting.hosting", code=mechanism.code), 303)
    flash(_("The parties are asked. The order stays as it is until each has said yes."))
    return redirect(url_for("decisions.decision", decision_id=decision.id), 303)
