"""The papers of a meeting: the page that asks for form and language, the briefing book, the chair's pack, agendas."""

from __future__ import annotations

from typing import Final

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.visibility import Action
from app.i18n import reader_language
from app.services.agenda_prose import FORMS, AgendaOrder, agenda_taken
from app.services.briefing_book import briefing_file
from app.services.chairs_pack import chairs_file
from app.services.papers_offered import papers_offered
from app.services.text_papers import languages_asked
from app.web.routing import route, session, signed_in
from app.web.take_away import forms as _forms  # noqa: F401 - its routes are on the same blueprint
from app.web.take_away.blueprint import blueprint

__all__ = ["blueprint"]
_READS: Final = signed_in(Action.READ_MEETINGS)
_ANNOTATED: Final = signed_in(Action.EDIT_AGENDA)


@route(blueprint, "/meetings/<ref>/papers", policy=_READS)
def papers(ref: str) -> ResponseReturnValue:
    """Offer the papers of a meeting, in each form and language that there is."""
    offered = papers_offered(session(), ref)
    return render_template("take_away/papers.html", offered=offered, meeting=offered.meeting)


@route(blueprint, "/meetings/<ref>/briefing-book.pdf", policy=signed_in(Action.READ_POSITIONS))
def briefing_book(ref: str) -> ResponseReturnValue:
    """Give the briefing book of the viewer's own delegation as a tagged PDF; `in` names its language."""
    language = _languages()[0]
    return sent(*briefing_file(session(), ref, language), "pdf", (language,))


@route(blueprint, "/meetings/<ref>/chairs-pack.pdf", policy=signed_in(Action.CHAIR_MEETING))
def chairs_pack(ref: str) -> ResponseReturnValue:
    """Give the chair's pack of two sheets as a tagged PDF; `in` names its language."""
    language = _languages()[0]
    return sent(*chairs_file(session(), ref, language), "pdf", (language,))


@route(blueprint, "/meetings/<ref>/agenda.docx", policy=_READS)
def agenda_docx(ref: str) -> ResponseReturnValue:
    """Give the agenda as a text document, in the form of the viewer's own side."""
    return _agenda(ref, "docx")


@route(blueprint, "/meetings/<ref>/agenda.md", policy=_READS)
def agenda_markdown(ref: str) -> ResponseReturnValue:
    """Give the agenda as Markdown."""
    return _agenda(ref, "md")


@route(blueprint, "/meetings/<ref>/annotated-agenda.pdf", policy=_ANNOTATED)
def annotated_pdf(ref: str) -> ResponseReturnValue:
    """Give the annotated agenda as a tagged PDF."""
    return _agenda(ref, "pdf", is_annotated=True)


@route(blueprint, "/meetings/<ref>/annotated-agenda.docx", policy=_ANNOTATED)
def annotated_docx(ref: str) -> ResponseReturnValue:
    """Give the annotated agenda as a text document, in the form of the viewer's own side."""
    return _agenda(ref, "docx", is_annotated=True)


@route(blueprint, "/meetings/<ref>/annotated-agenda.md", policy=_ANNOTATED)
def annotated_markdown(ref: str) -> ResponseReturnValue:
    """Give the annotated agenda as Markdown."""
    return _agenda(ref, "md", is_annotated=True)


def _agenda(ref: str, form: str, *, is_annotated: bool = False) -> Response:
    languages = _languages()
    order = AgendaOrder(languages, is_annotated, request.args.get("of", ""))
    return sent(*agenda_taken(session(), ref, form, order), form, languages)


def _languages() -> tuple[str, ...]:
    """Return the languages that the address asks for, each `in`; they are this paper's alone."""
    g.language_is_of_this_page_alone = True
    return languages_asked(request.args.getlist("in"), reader_language())


def sent(name: str, content: bytes, form: str, languages: tuple[str, ...]) -> Response:
    """Return a paper as a response: a PDF is shown, any other form is saved."""
    how = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Content-Language": ", ".join(languages)}
    return Response(content, content_type=FORMS[form], headers=headers)
