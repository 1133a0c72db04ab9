"""What is said beside a text: remarks to all or to the own delegation, and what a party appends to it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import AgreedText
from app.services import reservations as reserved
from app.services.inner_notes import write_note
from app.services.text_comments import remove_comment, settle_comment, write_comment
from app.services.texts import WholeParagraph, WholeText, find_text, whole_text
from app.web.forms import compared, put_error, sent_version
from app.web.routing import route, session, signed_in, viewer
from app.web.texts.blueprint import blueprint
from app.web.texts.editing import _named
from app.web.texts.forms import RemarkForm, ReservationForm, remark_form, reservation_form
from app.web.texts.showing import names_in

_SAYS = signed_in(Action.EDIT_TEXT)
_RESERVES = signed_in(Action.RESERVE_ON_TEXT)

# Remarks ------------------------------------------------------------------------------------------


@route(blueprint, "/texts/<ref>/remarks/new", policy=_SAYS, methods=("GET", "POST"))
def remark(ref: str) -> ResponseReturnValue:
    """Ask for a remark on a text or a paragraph, and keep it for whom it is."""
    text, paragraph_id = find_text(session(), ref), _named(request.args.get("paragraph"))
    own = viewer().party
    form = remark_form(own, "own" if own else "all", reader_language())
    if request.method != "POST":
        return _remark_page(form, text, paragraph_id)
    try:
        _keep_remark(form, text, paragraph_id)
    except Refusal as refusal:
        put_error(form, refusal)
        return _remark_page(form, text, paragraph_id), 422
    return redirect(url_for("texts.text", ref=text.reference, _anchor="remarks"), 303)


def _keep_remark(form: RemarkForm, text: AgreedText, paragraph_id: uuid.UUID | None) -> None:
    said = form.words.data or ""
    if form.readers.data == "all":
        write_comment(session(), text.reference, said, reader_language(), paragraph_id)
    elif form.readers.data == "own":
        try:
            write_note(session(), said, text_id=text.id, paragraph_id=paragraph_id)
        except Refusal as refusal:
            if refusal.field == "note":
                refusal.field = "words"
            raise
    else:  # what is not said is told to nobody
        raise Refusal("required", field="readers")


def _remark_page(form: RemarkForm, text: AgreedText, paragraph_id: uuid.UUID | None) -> str:
    whole = whole_text(session(), text)
    found = next((each for each in whole.paragraphs if each.id == paragraph_id), None)
    says = names_in(text, text.original_language)
    return render_template("texts/remark.html", form=form, text=text, paragraph=found, says=says)


@route(blueprint, "/texts/<ref>/remarks/<uuid:comment_id>/settle", policy=_SAYS, methods=("POST",))
def settle_remark(ref: str, comment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a remark is dealt with, or open again."""
    settle_comment(session(), ref, comment_id, is_settled=request.form.get("settled") != "no")
    return redirect(url_for("texts.text", ref=ref, _anchor="remarks"), 303)


@route(blueprint, "/texts/<ref>/remarks/<uuid:comment_id>/remove", policy=_SAYS, methods=("POST",))
def remove_remark(ref: str, comment_id: uuid.UUID) -> ResponseReturnValue:
    """Take back a remark of one's own."""
    remove_comment(session(), ref, comment_id)
    flash(_("Taken back. It stays in the record."))
    return redirect(url_for("texts.text", ref=ref, _anchor="remarks"), 303)


# Reservations -------------------------------------------------------------------------------------


@route(blueprint, "/texts/<ref>/reservations/new", policy=_RESERVES, methods=("GET", "POST"))
def reserve(ref: str) -> ResponseReturnValue:
    """Ask what the viewer's party appends, and append it."""
    text = find_text(session(), ref)
    whole = whole_text(session(), text)
    form = reservation_form(_places(whole), reader_language(), {"paragraph": request.args.get("paragraph", "")})
    if request.method != "POST":
        return _reservation_page(form, text)
    try:
        reserved.make_reservation(session(), ref, _typed(form))
    except Refusal as refusal:
        put_error(form, refusal)
        return _reservation_page(form, text), 422
    flash(_("Appended. It travels with the text in every language and every export."))
    return redirect(url_for("texts.text", ref=text.reference, _anchor="reservations"), 303)


@route(blueprint, "/texts/<ref>/reservations/<uuid:reservation_id>", policy=_RESERVES, methods=("GET", "POST"))
def change_reservation(ref: str, reservation_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the viewer's party appends, to be said otherwise or in one more language."""
    text = find_text(session(), ref)
    row = reserved.own_reservation(session(), text, reservation_id)
    said = {f"wording_{code}": row.wording.get(code, "") for code in words.LANGUAGES}
    place = str(row.paragraph_id or "")
    values = {"kind": row.kind, "original": row.wording.get("original"), "paragraph": place, **said}
    form = reservation_form(_places(whole_text(session(), text)), reader_language(), values)
    if request.method != "POST":
        return _reservation_page(form, text, row)
    try:
        reserved.change_reservation(session(), ref, reservation_id, _typed(form), version=sent_version())
    except StaleVersion as stale:
        yours, theirs = ({f"wording_{k}": v for k, v in side.items()} for side in (stale.yours, stale.theirs))
        return _reservation_page(form, text, row, compared(form, yours, theirs)), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _reservation_page(form, text, row), 422
    return redirect(url_for("texts.text", ref=text.reference, _anchor="reservations"), 303)


@route(blueprint, "/texts/<ref>/reservations/<uuid:reservation_id>/withdraw", policy=_RESERVES, methods=("POST",))
def withdraw_reservation(ref: str, reservation_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw what the viewer's party appended."""
    reserved.withdraw_reservation(session(), ref, reservation_id)
    flash(_("Withdrawn. It stays in the record."))
    return redirect(url_for("texts.text", ref=ref, _anchor="reservations"), 303)


def _places(whole: WholeText) -> list[tuple[str, str]]:
    return [(str(each.id), _place(each, whole.text.original_language)) for each in whole.paragraphs]


def _place(paragraph: WholeParagraph, original: str) -> str:
    if paragraph.number is None:
        return str(_("heading “%(words)s”", words=paragraph.markdown(original)))
    return str(_("paragraph %(number)s", number=paragraph.number))


def _typed(form: ReservationForm) -> reserved.ReservationOrder:
    return reserved.ReservationOrder(
        kind=form.kind.data or "",
        wording={code: form[f"wording_{code}"].data or "" for code in words.LANGUAGES},
        original=form.original.data or "",
        paragraph_id=_named(form.paragraph.data),
    )


def _reservation_page(form: ReservationForm, text: AgreedText, row: Any = None, rows: Any = None) -> str:
    return render_template("texts/reservation.html", form=form, text=text, row=row, rows=rows)
