"""What becomes of a mechanism: pages on which its parties are asked to conclude, create or merge it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Decision, Mechanism
from app.services import mechanism_fates as service
from app.services.mechanism_facts import check_may_ask, find_mechanism
from app.web.forms import named_choices, put_error
from app.web.mechanisms.blueprint import blueprint
from app.web.mechanisms.fact_forms import ActivateForm, ConcludeForm, MergeForm, NotHeldForm, ReopenForm
from app.web.mechanisms.facts import asked, fate_name
from app.web.routing import route, session, signed_in

_POLICY = signed_in(Action.KEEP_MECHANISM)
Ask = Callable[[Any], Decision]


@route(blueprint, "/mechanisms/<code>/conclude", policy=_POLICY, methods=("GET", "POST"))
def conclude(code: str) -> ResponseReturnValue:
    """Ask the parties to conclude a mechanism."""
    return _fate(
        code, "conclude", ConcludeForm(), lambda form: service.ask_to_conclude(
            session(), code, form.reason.data, answer_by=form.answer_by.data
        ),
        _("It owes nothing from then on, and no meeting of it can be set up."),
        _("Its record and its meetings stay. It can be taken up again in the same way."),
    )  # fmt: skip


@route(blueprint, "/mechanisms/<code>/reopen", policy=_POLICY, methods=("GET", "POST"))
def reopen(code: str) -> ResponseReturnValue:
    """Ask the parties to take up a concluded mechanism again."""
    form = ReopenForm()
    form.status.choices = _begun()
    return _fate(
        code, "reopen", form, lambda sent: service.ask_to_reopen(
            session(), code, sent.status.data or "", sent.reason.data, answer_by=sent.answer_by.data
        ),
        _("Its floor counts again, for the years between as well."),
    )  # fmt: skip


@route(blueprint, "/mechanisms/<code>/activate", policy=_POLICY, methods=("GET", "POST"))
def activate(code: str) -> ResponseReturnValue:
    """Ask the parties to create what was only proposed."""
    form = ActivateForm()
    form.status.choices = _begun()
    return _fate(
        code, "activate", form, lambda sent: service.ask_to_activate(
            session(), code, sent.status.data or "", sent.instrument.data, sent.mandate_on.data, sent.note.data or "",
            answer_by=sent.answer_by.data,
        ),
        _("It stays a proposal in the literature until every party has said yes. Then it stands in the register."),
        _("From then on it owes what its floor asks for, counted from the day of the text that creates it."),
    )  # fmt: skip


@route(blueprint, "/mechanisms/<code>/merge", policy=_POLICY, methods=("GET", "POST"))
def merge(code: str) -> ResponseReturnValue:
    """Ask the parties to merge a mechanism into another of theirs."""
    form = MergeForm()
    others = service.mergeable_into(session(), find_mechanism(session(), code))
    form.into.choices = [("", _("choose")), *named_choices(others, reader_language())]
    return _fate(
        code, "merge", form, lambda sent: service.ask_to_merge(
            session(), code, sent.into.data or "", sent.note.data or "", answer_by=sent.answer_by.data
        ),
        _("Its record and its meetings count for the other mechanism from then on."),
        _("Its meetings keep their references. Its page stays, and says where it went."),
        _("It leaves the register, and no new meeting of it can be set up."),
        nothing="" if others else _("There is no other mechanism of exactly these parties."),
    )  # fmt: skip


@route(blueprint, "/mechanisms/<code>/not-held", policy=_POLICY, methods=("GET", "POST"))
def not_held(code: str) -> ResponseReturnValue:
    """Ask the parties to put on record that a period had no meeting."""
    form = NotHeldForm()
    found = find_mechanism(session(), code)
    check_may_ask(session(), found)
    form.period.choices = [
        (f"{each.first_day}/{each.last_day}", words.date_range(each.first_day, each.last_day, reader_language()))
        for each in service.empty_periods(session(), found)
    ]
    return _fate(
        code, "not_held", form, lambda sent: service.ask_not_held(
            session(), code, *_days(sent.period.data), sent.note.data or "", answer_by=sent.answer_by.data
        ),
        _("The register says “not held” of this period from then on, where it says “no record” now."),
        _("It says so of no period that the parties did not record."),
        nothing="" if form.period.choices else _("There is no period that is over and has no meeting on record."),
    )  # fmt: skip


def _days(written: str | None) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a chosen period; raises `Refusal("no_such_period")`."""
    try:
        first, last = (dt.date.fromisoformat(part) for part in (written or "").split("/"))
    except ValueError:
        raise Refusal("no_such_period", field="period") from None
    return first, last


def _begun() -> list[tuple[str, str]]:
    return [(key, labels.label("mechanism_status", key, reader_language())) for key in service.BEGUN]


def _fate(code: str, fate: str, form: Any, ask: Ask, *consequences: str, nothing: str = "") -> ResponseReturnValue:
    """Show what a fate would be to those who can ask for it, and ask the parties."""
    mechanism = find_mechanism(session(), code)
    check_may_ask(session(), mechanism)
    if request.method != "POST":
        return _page(mechanism, fate, form, consequences, nothing)
    if not form.validate():
        return _page(mechanism, fate, form, consequences), 422
    try:
        decision = ask(form)
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(mechanism, fate, form, consequences), 422
    return asked(decision.id, is_taken=decision.state == "taken")


def _page(mechanism: Mechanism, fate: str, form: Any, consequences: tuple[str, ...], nothing: str = "") -> str:
    return render_template(
        "mechanisms/ask.html",
        mechanism=mechanism,
        form=form,
        heading=fate_name(fate),
        consequences=(*consequences, _("The other parties are asked. What stands now holds until each has said yes.")),
        button=_("Ask the parties"),
        compared=None,
        nothing=nothing,
        options={"reason": {"rows": 3}, "note": {"rows": 3}, "instrument": {"rows": 3}},
    )
