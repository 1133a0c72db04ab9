"""The register of best practices, and recording one from the room of a meeting or afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.messages import message_for
from app.services import practices as service
from app.services.agenda import items_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.practices import PracticeWords
from app.services.rooms import facts_of_item
from app.web.forms import sent_version
from app.web.rooms.blueprint import blueprint
from app.web.routing import route, session, signed_in, viewer


@route(blueprint, "/practices", policy=signed_in(Action.READ_REGISTER))
def practices() -> ResponseReturnValue:
    """Show the register of best practices, of what the reader may see."""
    return render_template("rooms/practices.html", lines=service.practices(session()))


@route(blueprint, "/meetings/<ref>/practices/new", policy=signed_in(Action.KEEP_PRACTICES), methods=("GET", "POST"))
def new_practice(ref: str) -> ResponseReturnValue:
    """Take what a meeting found into the register."""
    meeting = find_meeting(session(), ref)
    facts = facts_of_meeting(session(), meeting)
    if not can(viewer(), Action.KEEP_PRACTICES, facts):
        raise Refusal("forbidden")
    items = [(str(item.id), words.pick(item.title, reader_language())[0]) for item in _standing(meeting.id)]
    error, status = "", 200
    if request.method == "POST":
        try:
            practice = service.record_practice(session(), ref, _said(), _item_id())
        except Refusal as refusal:
            error, status = _told(refusal), 422
        else:
            flash(_("The practice is in the register."))
            return redirect(url_for("rooms.practice", practice_id=practice.id), 303)
    page = _form(meeting=meeting, items=items, parties=facts.parties, error=error, line=None, typed=request.form)
    return page, status


@route(blueprint, "/practices/<uuid:practice_id>", policy=signed_in(Action.KEEP_PRACTICES), methods=("GET", "POST"))
def practice(practice_id: uuid.UUID) -> ResponseReturnValue:
    """Show one practice, and change it."""
    line = service.find_practice(session(), practice_id)
    parties = facts_of_item(session(), line.meeting, line.item).parties
    if request.method != "POST":
        return _form(meeting=line.meeting, items=[], parties=parties, line=line)
    try:
        service.change_practice(session(), practice_id, _said(), version=sent_version())
    except StaleVersion as stale:
        page = _form(meeting=line.meeting, items=[], parties=parties, line=line, typed=request.form, stale=stale)
        return page, 409
    except Refusal as refusal:
        page = _form(
            meeting=line.meeting, items=[], parties=parties, line=line, typed=request.form, error=_told(refusal)
        )
        return page, 422
    flash(_("The practice is saved."))
    return redirect(url_for("rooms.practice", practice_id=practice_id), 303)


@route(blueprint, "/practices/<uuid:practice_id>/removed", policy=signed_in(Action.KEEP_PRACTICES), methods=("POST",))
def practice_removed(practice_id: uuid.UUID) -> ResponseReturnValue:
    """Take a practice off the register, or put it back."""
    removed = request.form.get("removed") == "yes"
    service.set_practice_removed(session(), practice_id, removed=removed)
    flash(_("Taken off the register. It can be put back here.") if removed else _("Put back on the register."))
    return redirect(url_for("rooms.practice", practice_id=practice_id), 303)


def _standing(meeting_id: uuid.UUID) -> list[Any]:
    return [item for item in items_of(session(), meeting_id) if not item.removed]


def _told(refusal: Refusal) -> str:
    if isinstance(refusal, NotFound) or refusal.key == "forbidden":
        raise refusal
    return str(message_for(refusal))


def _item_id() -> uuid.UUID | None:
    written = request.form.get("item_id", "")
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise NotFound from None


def _said() -> PracticeWords:
    form = request.form
    return PracticeWords(
        title={code: form.get(f"title_{code}", "") for code in words.LANGUAGES},
        words={code: form.get(f"words_{code}", "") for code in words.LANGUAGES},
        original=form.get("original") or reader_language(),
        found_in=tuple(form.getlist("found_in")),
    )


def _form(
    *, meeting: Any, items: list[tuple[str, str]], parties: Iterable[str], line: service.PracticeLine | None,
    typed: Any = None, error: str = "", stale: StaleVersion | None = None,
) -> str:  # fmt: skip
    language = reader_language()
    order = [language, *(code for code in words.LANGUAGES if code != language)]
    return render_template(
        "rooms/practice.html", meeting=meeting, items=items, line=line, typed=typed or {}, error=error, order=order,
        parties=[(code, words.party_name(code, language)) for code in words.party_order(parties, language)],
        found=typed.getlist("found_in") if typed else list(line.practice.found_in) if line else [],
        may_keep=line is None or service.may_keep(session(), line), compared=_compared(stale) if stale else None,
    )  # fmt: skip


def _compared(stale: StaleVersion) -> list[tuple[str, str, str]]:
    language = reader_language()
    rows = []
    for name, label in (("title", _("Title")), ("words", _("Practice"))):
        sides = [words.pick(side[name], language)[0] for side in (stale.yours, stale.theirs)]  # type: ignore[arg-type]
        rows.append((label, sides[0], sides[1]))
    return rows
