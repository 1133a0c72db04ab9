"""Beginning a text, giving it another title, and issuing it as a revision."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.models import Mechanism, Meeting
from app.services.mechanism_facts import find_mechanism
from app.services.meeting_state import chosen_rows
from app.services.meetings import find_meeting
from app.services.text_edits import open_text, refuse_unless_open, retitle_text, take_up_text, withdraw_text
from app.services.text_making import Heading, TextOrder, make_text
from app.services.text_revisions import issue_revision
from app.services.texts import find_text
from app.web.forms import compared, put_error, sent_version, titles_of, typed_titles
from app.web.routing import route, session, signed_in
from app.web.texts.blueprint import blueprint
from app.web.texts.forms import BeginForm, IssueForm, TitleForm, begin_form

_EMPTY_LINES = re.compile(r"\n[ \t]*\n")


@route(blueprint, "/texts/new", policy=signed_in(Action.EDIT_TEXT), methods=("GET", "POST"))
def begin() -> ResponseReturnValue:
    """Ask what text is to be begun, and begin it."""
    meeting, mechanism = _of()
    form = begin_form(_parties(meeting, mechanism), reader_language())
    if request.method != "POST":
        return _begin_page(form, meeting, mechanism)
    try:
        made = make_text(session(), _typed(form, meeting, mechanism))
    except Refusal as refusal:
        put_error(form, refusal)
        return _begin_page(form, meeting, mechanism), 422
    flash(_("Begun. All parties to it read it from now on."))
    return redirect(url_for("texts.text", ref=made.reference), 303)


def _of() -> tuple[Meeting | None, Mechanism | None]:
    """Return the meeting or the mechanism that a text is to be of; raises `NotFound`."""
    reference = as_typed(request.args.get("meeting", "")).strip()
    if reference:
        return find_meeting(session(), reference), None
    return None, find_mechanism(session(), as_typed(request.args.get("mechanism", "")).strip())


def _parties(meeting: Meeting | None, mechanism: Mechanism | None) -> list[str]:
    if meeting is not None:
        return [row.party_code for row in chosen_rows(meeting)]
    return list(mechanism.parties) if mechanism is not None else []


def _begin_page(form: BeginForm, meeting: Meeting | None, mechanism: Mechanism | None) -> str:
    return render_template("texts/begin.html", form=form, meeting=meeting, mechanism=mechanism)


def _typed(form: BeginForm, meeting: Meeting | None, mechanism: Mechanism | None) -> TextOrder:
    return TextOrder(
        kind=form.kind.data or "",
        title=typed_titles(form),
        original_language=form.original_language.data or "",
        parties=frozenset(form.parties.data or ()),
        meeting=meeting,
        mechanism=mechanism,
        paragraphs=split_paragraphs(form.markdown.data or ""),
    )


def split_paragraphs(written: str) -> tuple[str | Heading, ...]:
    """Return a first draft as its paragraphs and headings; an empty line parts them, and keeps no list together."""
    pieces = (piece.strip() for piece in _EMPTY_LINES.split(written.replace("\r\n", "\n").replace("\r", "\n")))
    return tuple(
        Heading(piece.lstrip("#").strip()) if re.match(r"#{1,6} [^\n]*\Z", piece) else piece
        for piece in pieces
        if piece
    )


@route(blueprint, "/texts/<ref>/title", policy=signed_in(Action.EDIT_TEXT), methods=("GET", "POST"))
def title(ref: str) -> ResponseReturnValue:
    """Ask for another title of a text, and give it."""
    found = find_text(session(), ref)
    form = TitleForm(data=titles_of(found.title))
    if request.method != "POST":
        refuse_unless_open(found)
        return _title_page(form, found)
    try:
        open_text(session(), ref)
        retitle_text(session(), found, typed_titles(form), version=sent_version())
    except StaleVersion as stale:
        return _title_page(form, found, compared(form, stale.yours, stale.theirs)), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _title_page(form, found), 422
    return redirect(url_for("texts.text", ref=found.reference), 303)


def _title_page(form: TitleForm, text: Any, rows: Any = None) -> str:
    return render_template("texts/title.html", form=form, text=text, rows=rows)


@route(blueprint, "/texts/<ref>/issue", policy=signed_in(Action.ISSUE_TEXT), methods=("GET", "POST"))
def issue(ref: str) -> ResponseReturnValue:
    """Ask what a revision brings, and issue the text as it stands as its next one."""
    found, form = find_text(session(), ref), IssueForm()
    if request.method != "POST":
        refuse_unless_open(found)
        return render_template("texts/issue.html", form=form, text=found)
    try:
        made = issue_revision(session(), ref, form.note.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return render_template("texts/issue.html", form=form, text=found), 422
    flash(_("Issued as revision %(number)s.", number=made.number))
    return redirect(url_for("texts.text", ref=found.reference), 303)


@route(blueprint, "/texts/<ref>/withdraw", policy=signed_in(Action.ADOPT_TEXT), methods=("POST",))
def withdraw(ref: str) -> ResponseReturnValue:
    """Put a draft aside."""
    found = withdraw_text(session(), ref)
    flash(_("Withdrawn. It is kept, and can be taken up again."))
    return redirect(url_for("texts.text", ref=found.reference), 303)


@route(blueprint, "/texts/<ref>/take-up", policy=signed_in(Action.ADOPT_TEXT), methods=("POST",))
def take_up(ref: str) -> ResponseReturnValue:
    """Make a draft again of what was put aside."""
    found = take_up_text(session(), ref)
    flash(_("Taken up again: it is a draft."))
    return redirect(url_for("texts.text", ref=found.reference), 303)
