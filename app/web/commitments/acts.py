"""What is said of a commitment: where a party stands, that it contests what is shown, how it is accounted for."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.actions import LEG_STATES
from app.domain.errors import Refusal, StaleVersion
from app.domain.updates import REPORTED_STATES
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Commitment
from app.services import commitment_statements as service
from app.services.commitment_accounting import FIELDS, ask_accounting, field_name, may_ask_accounting
from app.services.commitments import commitment_line, find_commitment
from app.web.commitments.blueprint import blueprint
from app.web.commitments.forms import (
    AccountingForm,
    ContestForm,
    StatementForm,
    accounting_form,
    contest_form,
    statement_form,
    typed_accounting,
    typed_statement,
)
from app.web.commitments.showing import address_of
from app.web.forms import put_error, sent_version
from app.web.mechanisms.facts import asked
from app.web.routing import route, session, signed_in

# Where a party stands ------------------------------------------------------------------------------


@route(blueprint, "/commitments/<ref>/say", policy=signed_in(Action.REPORT_UPDATE), methods=("GET", "POST"))
def say(ref: str) -> ResponseReturnValue:
    """Ask where a party stands with its part, or what it told of it, and keep that."""
    found = find_commitment(session(), ref)
    speaking = service.speaking_on(session(), commitment_line(session(), ref))
    parties = [*([speaking.own] if speaking.own else []), *speaking.reportable]
    if not parties:
        raise Refusal("forbidden")
    states = LEG_STATES if speaking.own else REPORTED_STATES
    first = request.args.get("party") or speaking.own or parties[0]
    values = {"party": first, "as_of_on": service.today_of(session()), "state": "under_way"}
    form = statement_form(parties, states, reader_language(), values)
    if request.method != "POST":
        return _say_page(found, form, speaking)
    if not form.validate():
        return _say_page(found, form, speaking), 422
    try:
        service.state_commitment(session(), ref, form.party.data or "", typed_statement(form))
    except Refusal as refusal:
        put_error(form, refusal)
        return _say_page(found, form, speaking), 422
    flash(_("Saved. It stands beside the commitment until you say otherwise."))
    return redirect(address_of(found, "parties"), 303)


def _say_page(found: Commitment, form: StatementForm, speaking: service.Speaking) -> str:
    return render_template(
        "commitments/say.html", commitment=found, form=form, speaking=speaking, back=address_of(found, "parties")
    )


@route(blueprint, "/commitments/<ref>/contest", policy=signed_in(Action.STATE_COMMITMENT), methods=("GET", "POST"))
def contest(ref: str) -> ResponseReturnValue:
    """Ask what is wrong with what is shown, and keep it beside it."""
    found = find_commitment(session(), ref)
    if service.speaking_on(session(), commitment_line(session(), ref)).contesting is None:
        raise Refusal("forbidden")
    form = contest_form(reader_language())
    if request.method != "POST":
        return _contest_page(found, form)
    try:
        service.contest_commitment(session(), ref, form.text.data or "", form.language.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return _contest_page(found, form), 422
    flash(_("Your party’s words stand beside the commitment until you withdraw them."))
    return redirect(address_of(found, "parties"), 303)


def _contest_page(found: Commitment, form: ContestForm) -> str:
    return render_template("commitments/contest.html", commitment=found, form=form, back=address_of(found, "parties"))


@route(blueprint, "/commitments/<ref>/statements/<uuid:statement_id>/withdraw",
       policy=signed_in(Action.REPORT_UPDATE), methods=("POST",))  # fmt: skip
def withdraw_statement(ref: str, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what was said; it stays in the record."""
    found = find_commitment(session(), ref)
    service.withdraw_statement(session(), ref, statement_id)
    flash(_("Withdrawn. It stays in the record."))
    return redirect(address_of(found, "said"), 303)


# How it is accounted for --------------------------------------------------------------------------


@route(blueprint, "/commitments/<ref>/accounting", policy=signed_in(Action.RECORD_COMMITMENT), methods=("GET", "POST"))
def accounting(ref: str) -> ResponseReturnValue:
    """Show how a commitment is accounted for to those who can ask for something else, and ask its owners."""
    found = find_commitment(session(), ref)
    if not may_ask_accounting(session(), commitment_line(session(), ref)):
        raise Refusal("forbidden")
    form = accounting_form(found)
    if request.method != "POST":
        return _accounting_page(found, form)
    if not form.validate():
        return _accounting_page(found, form), 422
    try:
        decision = ask_accounting(
            session(), ref, typed_accounting(form), form.note.data or "", version=sent_version(),
            answer_by=form.answer_by.data,
        )  # fmt: skip
    except StaleVersion as stale:
        return _accounting_page(found, form, _compared(stale)), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _accounting_page(found, form), 422
    return asked(decision.id, is_taken=decision.state == "taken")


def _compared(stale: StaleVersion) -> list[tuple[str, str, str]]:
    language = reader_language()
    sides = (stale.yours, stale.theirs)
    return [(field_name(name, language), *(str(side[name] or "") for side in sides)) for name in FIELDS]  # type: ignore[misc]


def _accounting_page(found: Commitment, form: AccountingForm, rows: Any = None) -> str:
    owners = [words.party_name(code, reader_language()) for code in words.party_order(found.owners, reader_language())]
    return render_template(
        "commitments/accounting.html",
        commitment=found,
        form=form,
        compared=rows,
        owners=words.list_of(owners, reader_language()),
        back=url_for("commitments.commitment", ref=found.ref, _anchor="accounting"),
    )
