"""A text to take away: as a tagged PDF, a text document or Markdown, in one language or side by side."""

from __future__ import annotations

from typing import Final

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from app.domain.visibility import Action
from app.i18n import reader_language
from app.services.text_papers import FORMS, TextPaperOrder, languages_asked, text_taken
from app.web.routing import route, session, signed_in
from app.web.texts.blueprint import blueprint

_READS: Final = signed_in(Action.READ_TEXTS)


@route(blueprint, "/texts/<ref>/text.pdf", policy=_READS)
def text_pdf(ref: str) -> ResponseReturnValue:
    """Give a text as a tagged PDF; `in` names its languages, the first on the left, `names` whose original it is."""
    return _taken(ref, "pdf")


@route(blueprint, "/texts/<ref>/text.docx", policy=_READS)
def text_docx(ref: str) -> ResponseReturnValue:
    """Give a text as a text document, in the form of the viewer's own side."""
    return _taken(ref, "docx")


@route(blueprint, "/texts/<ref>/text.md", policy=_READS)
def text_markdown(ref: str) -> ResponseReturnValue:
    """Give a text as Markdown."""
    return _taken(ref, "md")


def _taken(ref: str, form: str) -> Response:
    g.language_is_of_this_page_alone = True
    languages = languages_asked(request.args.getlist("in"), reader_language())
    order = TextPaperOrder(languages, request.args.get("names") or None)
    name, content = text_taken(session(), ref, form, order)
    how = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Content-Language": ", ".join(languages)}
    return Response(content, content_type=FORMS[form], headers=headers)
