"""Decisions: what is asked of the viewer's party, what it asked, what was decided; one of them, answered here."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import decision_lists as lists
from app.services import decisions as service
from app.services.decision_lists import DecisionLine, DecisionView
from app.web.decisions.forms import AnswerForm, answer_form
from app.web.decisions.words import address_of, asked_by_person, asker, on_what, said_of, standing_of, state_of
from app.web.forms import put_error, sent_version
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("decisions", __name__)


@route(blueprint, "/decisions", policy=signed_in(Action.READ_REGISTER))
def decisions() -> ResponseReturnValue:
    """List what waits for the viewer's party, what its side asked, what else is open, and what is over."""
    page = page_number()
    found = lists.decision_list(session(), page)
    return render_template(
        "decisions/list.html",
        found=found,
        groups={name: [row_of(line) for line in getattr(found, name)] for name in ("to_answer", "asked", "others")},
        over=[row_of(line) for line in found.over],
        before=url_for("decisions.decisions", page=page - 1) if page > 1 else None,
        after=url_for("decisions.decisions", page=page + 1) if page < found.page_count else None,
    )


def row_of(line: DecisionLine) -> dict[str, Any]:
    """Return a decision as lists show it."""
    language = reader_language()
    return {
        "line": line,
        "decision": line.decision,
        "title": said_of(line.told, language).title,
        "on": on_what(line.told, language),
        "asker": asker(line.decision, language),
        "state": state_of(line.decision),
    }


@route(blueprint, "/decisions/<uuid:decision_id>", policy=signed_in(Action.READ_REGISTER))
def decision(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Show one decision: what stands, what would be, and who answered what and when."""
    return _page(lists.decision_view(session(), decision_id))


@route(blueprint, "/decisions/<uuid:decision_id>/answer", policy=signed_in(Action.ANSWER_DECISION), methods=("POST",))
def answer(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Answer for the viewer's own party."""
    view = lists.decision_view(session(), decision_id)
    form = answer_form(reader_language())
    try:
        with session().begin_nested():  # the page of a yes that could not take effect shows what stands
            answered = service.answer(
                session(), decision_id, form.answer.data or "", form.note.data or "", version=sent_version()
            )
    except StaleVersion:
        return _page(view, form, is_stale=True), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(lists.decision_view(session(), decision_id), form), 422
    if answered.state == "taken":
        flash(_("Your party’s answer is given. Every party has said yes: it is in force."))
    else:
        flash(_("Your party’s answer is given. The others are told."))
    return redirect(url_for("decisions.decision", decision_id=decision_id), 303)


@route(blueprint, "/decisions/<uuid:decision_id>/withdraw", policy=signed_in(Action.KEEP_MECHANISM),
       methods=("GET", "POST"))  # fmt: skip
def withdraw(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before something is taken back, and take it back."""
    view = lists.decision_view(session(), decision_id)
    if not view.may_withdraw:
        raise Refusal("not_in_state" if view.decision.state != "open" else "forbidden")
    if request.method != "POST":
        return _withdraw_page(view)
    try:
        service.withdraw(session(), decision_id, version=sent_version())
    except StaleVersion:
        return _withdraw_page(view, is_stale=True), 409
    flash(_("It is withdrawn. What stood before stands."))
    return redirect(url_for("decisions.decision", decision_id=decision_id), 303)


def _page(view: DecisionView, form: AnswerForm | None = None, *, is_stale: bool = False) -> str:
    language = reader_language()
    own = view.answers.get(viewer().party or "")
    return render_template(
        "decisions/decision.html",
        view=view,
        decision=view.decision,
        said=said_of(view.line.told, language),
        on=on_what(view.line.told, language),
        on_address=address_of(view.line.told),
        asker=asker(view.decision, language),
        asker_name=asked_by_person(view),
        state=state_of(view.decision),
        standing=standing_of(view.line, viewer(), language),
        parties=words.party_order(view.decision.parties, language),
        form=form or answer_form(language, own.answer if own else None, own.note if own else None),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
        is_stale=is_stale,
    )


def _withdraw_page(view: DecisionView, *, is_stale: bool = False) -> str:
    language = reader_language()
    return render_template(
        "decisions/withdraw.html", decision=view.decision, said=said_of(view.line.told, language),
        on=on_what(view.line.told, language), is_stale=is_stale,
    )  # fmt: skip
