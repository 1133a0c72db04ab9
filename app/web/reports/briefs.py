"""Review points, and the brief for a new government: its page, its PDF and its text document."""

from __future__ import annotations

import datetime as dt

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound, Refusal
from app.extension import settings
from app.i18n import as_typed, reader_language
from app.messages import message_for
from app.services.register import today_for
from app.services.reports_brief_words import brief_file, brief_paper
from app.services.reports_reviews import reviews_paper
from app.web.forms import day as typed_day
from app.web.reports.accountability import as_file
from app.web.reports.blueprint import blueprint
from app.web.reports.charts import READS
from app.web.routing import route, session


@route(blueprint, "/reports/reviews", policy=READS)
def reviews() -> ResponseReturnValue:
    """Show the review points, what falls due around them, and the mandates to look at."""
    return render_template("reports/reviews.html", paper=reviews_paper(session(), reader_language()))


@route(blueprint, "/reports/brief", policy=READS)
def brief() -> ResponseReturnValue:
    """Show the brief of the viewer's own party."""
    refused = ""
    try:
        on = _asked_day()
        paper = brief_paper(session(), on, reader_language())
    except NotFound:
        raise
    except Refusal as refusal:
        on, refused = None, message_for(refusal)
        paper = brief_paper(session(), None, reader_language())
    shown = on or today_for(session())
    return render_template("reports/brief.html", paper=paper, on=shown, refused=refused), 422 if refused else 200


@route(blueprint, "/reports/brief.pdf", policy=READS)
def brief_pdf() -> ResponseReturnValue:
    """Give the brief as a tagged PDF."""
    return _taken_away("pdf")


@route(blueprint, "/reports/brief.docx", policy=READS)
def brief_document() -> ResponseReturnValue:
    """Give the brief as a text document."""
    return _taken_away("docx")


def _asked_day() -> dt.date | None:
    return typed_day(as_typed(request.args.get("on", "")).strip(), "on")


def _taken_away(form: str) -> Response:
    return as_file(*brief_file(session(), form, _asked_day(), reader_language(), settings().base_url), form)
