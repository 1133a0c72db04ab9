"""Editing a text paragraph by paragraph: wordings, brackets, order; who loses a race sees both wordings."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.models import AgreedText
from app.services import text_edits as service
from app.services.text_making import Heading
from app.services.texts import WholeParagraph, WholeText, find_text, whole_text
from app.web.forms import put_error, sent_number, sent_version
from app.web.routing import route, session, signed_in
from app.web.texts.blueprint import blueprint
from app.web.texts.forms import ParagraphForm, WordingForm, paragraph_form
from app.web.texts.showing import bracket_lines, names_in

_EDITS = signed_in(Action.EDIT_TEXT)


@route(blueprint, "/texts/<ref>/paragraphs/<uuid:paragraph_id>/<language>", policy=_EDITS, methods=("GET", "POST"))
def wording(ref: str, paragraph_id: uuid.UUID, language: str) -> ResponseReturnValue:
    """Show a paragraph in one language to be worded, and keep its wording."""
    if language not in words.LANGUAGES:
        raise NotFound
    text = find_text(session(), ref)
    if request.method != "POST":
        service.check_open_in(session(), text, language)
        whole, row = _whole(text, paragraph_id)
        return _wording_page(WordingForm(data={"markdown": row.markdown(language)}), whole, row, language)
    form = WordingForm()
    try:
        service.open_text_in(session(), ref, language)
        service.save_wording(session(), text, paragraph_id, language, form.markdown.data or "", version=sent_version())
    except StaleVersion as stale:
        return _wording_page(form, *_whole(text, paragraph_id), language, stale), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _wording_page(form, *_whole(text, paragraph_id), language, version=sent_version()), 422
    return _back(text, paragraph_id, language)


def _whole(text: AgreedText, paragraph_id: uuid.UUID) -> tuple[WholeText, WholeParagraph]:
    """Return a text and its paragraph; raises `NotFound`."""
    whole = whole_text(session(), text)
    found = next((each for each in whole.paragraphs if each.id == paragraph_id), None)
    if found is None:
        raise NotFound
    return whole, found


def _wording_page(
    form: WordingForm,
    whole: WholeText,
    row: WholeParagraph,
    language: str,
    stale: StaleVersion | None = None,
    version: int | None = None,
) -> str:
    kept = row.wordings.get(language)
    now = kept.version if kept else 0
    rows = [(str(_("Wording")), stale.yours.get("markdown"), stale.theirs.get("markdown"))] if stale else None
    return render_template(
        "texts/wording.html",
        form=form,
        text=whole.text,
        whole=whole,
        paragraph=row,
        language=language,
        version=now if version is None else version,
        now=now,
        rows=rows,
        brackets=bracket_lines(kept.markdown) if kept else [],
        order=service.order_of(whole),
        is_original=language == whole.text.original_language,
        says=names_in(whole.text, whole.text.original_language),
    )


def _back(text: AgreedText, paragraph_id: uuid.UUID | None = None, language: str | None = None) -> Response:
    """Return to the text, where the paragraph stands: a translation that was worded, beside its original."""
    anchor = f"p-{paragraph_id}" if paragraph_id else None
    second = language if language != text.original_language else None
    first = text.original_language if second else None
    return redirect(url_for("texts.text", ref=text.reference, language=first, second=second, _anchor=anchor), 303)


# Brackets -----------------------------------------------------------------------------------------


@route(blueprint, "/texts/<ref>/paragraphs/<uuid:paragraph_id>/<language>/settle", policy=_EDITS, methods=("POST",))
def settle(ref: str, paragraph_id: uuid.UUID, language: str) -> ResponseReturnValue:
    """Put one alternative, or none, in the place of a bracket."""
    text = service.open_text_in(session(), ref, language)
    number, choice = sent_number("bracket"), sent_number("choice")
    return _on_bracket(
        text, paragraph_id, language,
        lambda version: service.settle_bracket(
            session(), text, paragraph_id, language, number or 0, choice, version=version
        ),
    )  # fmt: skip


@route(blueprint, "/texts/<ref>/paragraphs/<uuid:paragraph_id>/<language>/support", policy=_EDITS, methods=("POST",))
def support(ref: str, paragraph_id: uuid.UUID, language: str) -> ResponseReturnValue:
    """Put the viewer's party behind an alternative."""
    text = service.open_text_in(session(), ref, language)
    number, choice = sent_number("bracket"), sent_number("choice")
    return _on_bracket(
        text, paragraph_id, language,
        lambda version: service.support_alternative(
            session(), text, paragraph_id, language, number or 0, -1 if choice is None else choice, version=version
        ),
    )  # fmt: skip


def _on_bracket(text: AgreedText, paragraph_id: uuid.UUID, language: str, act: Any) -> ResponseReturnValue:
    """Do something to a bracket as it was seen; where the wording is another by now, show that."""
    form = WordingForm(formdata=None)
    try:
        act(sent_version())
    except StaleVersion:
        put_error(form, Refusal("bracket_gone"))
    except Refusal as refusal:
        put_error(form, refusal)
    else:
        return _back(text, paragraph_id)
    whole, row = _whole(text, paragraph_id)
    form.markdown.data = row.markdown(language)
    return _wording_page(form, whole, row, language), 409


# Paragraphs ---------------------------------------------------------------------------------------


@route(blueprint, "/texts/<ref>/paragraphs/new", policy=_EDITS, methods=("GET", "POST"))
def add(ref: str) -> ResponseReturnValue:
    """Ask for a new paragraph or heading, and put it behind the one that was named."""
    form, after = paragraph_form(), _named(request.args.get("after"))
    text = find_text(session(), ref)
    if request.method != "POST":
        service.check_open_in(session(), text, text.original_language)
        return _add_page(form, text)
    said = form.markdown.data or ""
    try:
        service.open_text(session(), ref)
        row = service.add_paragraph(
            session(), text, Heading(said) if form.kind.data == "heading" else said, after=after
        )
    except Refusal as refusal:
        put_error(form, refusal)
        return _add_page(form, text), 422
    return _back(text, row.id)


def _add_page(form: ParagraphForm, text: AgreedText) -> str:
    return render_template("texts/add.html", form=form, text=text)


def _named(written: str | None) -> uuid.UUID | None:
    """Return the id of a paragraph as an address has it; raises `NotFound` for what is none."""
    if not written:
        return None
    try:
        return uuid.UUID(written)
    except ValueError:
        raise NotFound from None


@route(blueprint, "/texts/<ref>/paragraphs/<uuid:paragraph_id>/move", policy=_EDITS, methods=("POST",))
def move(ref: str, paragraph_id: uuid.UUID) -> ResponseReturnValue:
    """Move a paragraph a place up or down."""
    text = service.open_text(session(), ref)
    way = "up" if request.form.get("direction") == "up" else "down"
    try:
        service.move_paragraph(session(), text, paragraph_id, "up" if way == "up" else "down", order=_sent_order())
    except StaleVersion:
        flash(_("The order of the paragraphs has changed. Look at it again, then move the paragraph."))
    return _back(text, paragraph_id)


def _sent_order() -> str:
    return request.form.get("order", "")


@route(blueprint, "/texts/<ref>/paragraphs/<uuid:paragraph_id>/remove", policy=_EDITS, methods=("POST",))
def remove(ref: str, paragraph_id: uuid.UUID) -> ResponseReturnValue:
    """Take a paragraph away."""
    text = service.open_text(session(), ref)
    try:
        service.remove_paragraph(session(), text, paragraph_id, version=sent_version())
    except StaleVersion:
        flash(_("The wording of this paragraph has changed. Look at it again before you take it away."))
        return _back(text, paragraph_id)
    flash(_("Taken away. It can be put back at the end of the page."))
    return _back(text)


@route(blueprint, "/texts/<ref>/paragraphs/<uuid:paragraph_id>/restore", policy=_EDITS, methods=("POST",))
def restore(ref: str, paragraph_id: uuid.UUID) -> ResponseReturnValue:
    """Put a paragraph back."""
    text = service.open_text(session(), ref)
    service.restore_paragraph(session(), text, paragraph_id)
    return _back(text, paragraph_id)
