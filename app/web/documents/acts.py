"""What is done to documents: filed, changed, received in a language, amended, withdrawn, put to items."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.domain.walltime import TimeInFold
from app.i18n import reader_language
from app.models import LanguageVersion, Mechanism, Meeting, RegisteredDocument
from app.services import document_acts as service
from app.services import document_languages, document_places
from app.services.document_register import document_view
from app.services.meetings import find_meeting
from app.services.registered_documents import LANGUAGES, address_of
from app.web.documents.blueprint import blueprint
from app.web.documents.forms import AmendForm, DocumentForm, LanguageForm, parties_at, sent_file, values_of
from app.web.forms import put_error, sent_version, titles_of, typed_titles, unsaved
from app.web.routing import route, session, signed_in, viewer

KEEPS: Final = signed_in(Action.KEEP_DOCUMENTS)


@route(blueprint, "/documents/new", policy=KEEPS, methods=("GET", "POST"))
def new_document() -> ResponseReturnValue:
    """File a document of a meeting or a mechanism, with its file or for the day that it comes."""
    meeting, mechanism = _table()
    # Nobody shows more than they meant to by leaving a choice as it stands.
    form = DocumentForm(data={"handling_step": "parties", "original_language": reader_language()})
    _offer(form, meeting, mechanism)
    if request.method != "POST":
        return _new_page(form, meeting, mechanism)
    if not form.validate():
        return _new_page(form, meeting, mechanism), 422
    try:
        made = service.file_document(
            session(), form.said(), form.received(), meeting=meeting.reference if meeting else None,
            mechanism=mechanism.code if mechanism else None,
        )  # fmt: skip
    except Refusal as refusal:
        put_error(form, refusal)
        return _new_page(form, meeting, mechanism, is_twice=isinstance(refusal, TimeInFold)), 422
    flash(_("The document is registered as %(symbol)s.", symbol=made.symbol or _("one without a symbol")))
    return redirect(url_for("documents.registered", ref=address_of(made)), 303)


def _table() -> tuple[Meeting | None, Mechanism | None]:
    """Return what the new document is of; raises `NotFound` for neither."""
    if reference := request.values.get("meeting", ""):
        return find_meeting(session(), reference), None
    if code := request.values.get("mechanism", ""):
        return None, service.find_mechanism(session(), code)
    raise NotFound


def _offer(form: DocumentForm, meeting: Meeting | None, mechanism: Mechanism | None) -> None:
    others = tuple(mechanism.parties) if mechanism else ()
    form.offer(viewer(), parties_at(meeting, others), service.people_to_name(session(), meeting))


def _new_page(
    form: DocumentForm, meeting: Meeting | None, mechanism: Mechanism | None, *, is_twice: bool = False
) -> str:
    return render_template(
        "documents/form.html", form=form, meeting=meeting, mechanism=mechanism, document=None, is_twice=is_twice
    )


@route(blueprint, "/documents/<symbol:ref>/edit", policy=KEEPS, methods=("GET", "POST"))
def edit_document(ref: str) -> ResponseReturnValue:
    """Change what a document says of itself, and who reads it."""
    found = _open(ref, to_change=True)
    meeting = session().get(Meeting, found.meeting_id) if found.meeting_id else None
    mechanism = session().get(Mechanism, found.mechanism_id) if found.mechanism_id and meeting is None else None
    form = DocumentForm(data=values_of(found, titles_of(found.title)))
    _offer(form, meeting, mechanism)
    left = unsaved(form, found, lambda version: service.change_document(session(), ref, form.said(), version=version))
    if left is not None:
        page = render_template(
            "documents/form.html", form=form, meeting=meeting, mechanism=mechanism, document=found, ref=ref,
            version=left.version, compared=left.rows, is_twice=bool(request.form.get("choice")),
        )  # fmt: skip
        return page, left.status
    flash(_("The document is changed."))
    return redirect(url_for("documents.registered", ref=address_of(found)), 303)


def _open(ref: str, *, to_change: bool = False) -> RegisteredDocument:
    """Return a document that the viewer may add to, or change; raises `NotFound`, `Refusal("forbidden")`."""
    view = document_view(session(), ref)
    may = service.may_change if to_change else service.may_keep
    if not may(session(), view.line.document, view.facts):
        raise Refusal("forbidden")
    return view.line.document


@route(blueprint, "/documents/<symbol:ref>/languages/<language>", policy=KEEPS, methods=("GET", "POST"))
def language(ref: str, language: str) -> ResponseReturnValue:
    """Say how far a document is in a language, and bring its file."""
    if language not in LANGUAGES:
        raise NotFound
    found = _open(ref)
    row = service.version_in(session(), found, language)
    form = LanguageForm(data=_as_it_stands(found, language, row))
    form.offer(language)
    version = row.version if row else 0
    status, stale = 200, False
    if request.method == "POST":
        status, version = 422, sent_version()
        try:
            said = _language_words(form, row)
            document_languages.receive_language(session(), ref, language, said, version=version)
        except StaleVersion:
            status, stale, version = 409, True, row.version if row else 0
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The version is as you said."))
            return redirect(url_for("documents.registered", ref=ref), 303)
    page = render_template(
        "documents/language.html", form=form, document=found, ref=ref, language=language, version=version, stale=stale
    )
    return page, status


def _as_it_stands(document: RegisteredDocument, language: str, row: LanguageVersion | None) -> dict[str, str | None]:
    """Return what the form of a version begins with: one without a file is made from the original."""
    source = row.translated_from if row else None
    if source is None and language != document.original_language and (row is None or row.file_id is None):
        source = document.original_language
    return {"state": row.state if row else None, "translated_from": source}


def _language_words(form: LanguageForm, row: LanguageVersion | None) -> document_languages.LanguageWords:
    """Return what was typed of a version; the file that was asked for makes it a draft where nothing else was said."""
    state, file = form.state.data or "", sent_file(form.file)
    was = row.state if row else "not_needed"
    if file is not None and state == was and was in document_languages.WITHOUT_FILE:
        state = "draft"
    return document_languages.LanguageWords(state, form.translated_from.data or None, file)


@route(blueprint, "/documents/<symbol:ref>/amend", policy=KEEPS, methods=("GET", "POST"))
def amend(ref: str) -> ResponseReturnValue:
    """File a revision, a correction or an addition; the older one stays."""
    found = _open(ref, to_change=True)
    form = AmendForm(data={**titles_of(found.title), "language": found.original_language})
    form.offer()
    if request.method == "POST":
        try:
            made = service.amend_document(session(), ref, form.kind.data or "", typed_titles(form), form.received())
        except Refusal as refusal:
            put_error(form, refusal)
            return render_template("documents/amend.html", form=form, document=found, ref=ref), 422
        flash(_("It is registered as %(symbol)s.", symbol=made.symbol or _("one without a symbol")))
        return redirect(url_for("documents.registered", ref=address_of(made)), 303)
    return render_template("documents/amend.html", form=form, document=found, ref=ref)


@route(blueprint, "/documents/<symbol:ref>/withdraw", policy=KEEPS, methods=("POST",))
def withdraw(ref: str) -> ResponseReturnValue:
    """Withdraw a document; it keeps its number."""
    service.withdraw_document(session(), ref, version=sent_version())
    flash(_("The document is withdrawn. It keeps its number and its files."))
    return redirect(url_for("documents.registered", ref=ref), 303)


# Papers of items ----------------------------------------------------------------------------------


@route(blueprint, "/documents/<symbol:ref>/items", policy=KEEPS, methods=("POST",))
def attach(ref: str) -> ResponseReturnValue:
    """Put a document to an item of its meeting."""
    try:
        item_id = uuid.UUID(request.form.get("item", ""))
    except ValueError:
        raise NotFound from None
    document_places.attach_paper(session(), ref, item_id)
    return redirect(url_for("documents.registered", ref=ref, _anchor="items"), 303)


@route(blueprint, "/documents/<symbol:ref>/items/<uuid:item_id>/detach", policy=KEEPS, methods=("POST",))
def detach(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document from an item."""
    document_places.detach_paper(session(), ref, item_id)
    return redirect(url_for("documents.registered", ref=ref, _anchor="items"), 303)


@route(blueprint, "/documents/<symbol:ref>/items/<uuid:item_id>/move", policy=KEEPS, methods=("POST",))
def move(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Move a document a place up or down among the papers of an item."""
    direction = request.form.get("direction", "")
    if direction not in ("up", "down"):
        raise NotFound
    document_places.move_paper(session(), ref, item_id, "up" if direction == "up" else "down")
    return redirect(url_for("documents.registered", ref=ref, _anchor="items"), 303)
