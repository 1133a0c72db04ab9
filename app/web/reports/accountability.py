"""The accountability report: its page, the rows of each of its figures, its PDF and its text document."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound, Refusal
from app.domain.report import ReportDays, report_days
from app.extension import settings
from app.i18n import as_typed, reader_language
from app.messages import message_for
from app.services.register import today_for
from app.services.reports import ReportScope
from app.services.reports_charts import choices_of
from app.services.reports_meetings import rows_for
from app.services.reports_paper import FORMS, report_file
from app.services.reports_rows import FigureRows, rows_of
from app.services.reports_words import report_paper, standing
from app.web.forms import day as typed_day
from app.web.paging import page_number
from app.web.reports.blueprint import blueprint
from app.web.reports.charts import LONGEST_CODE, READS
from app.web.routing import route, session

MOST_PARTIES: Final = 20


@route(blueprint, "/reports/accountability", policy=READS)
def accountability() -> ResponseReturnValue:
    """Show the report of the days, mechanism and parties that the address asks for."""
    language = reader_language()
    try:
        scope, refused = asked_scope(), ""
    except NotFound:
        raise
    except Refusal as refusal:
        scope, refused = _scope(report_days(None, None, today_for(session()))), message_for(refusal)
    rows = rows_for(session(), scope, language)
    page = render_template(
        "reports/accountability.html",
        paper=None if refused else report_paper(session(), scope, rows, language),
        scope=scope,
        typed={name: as_typed(request.args.get(name, ""))[:10] for name in ("from", "to")} if refused else {},
        refused=refused,
        choices=choices_of(rows, language),
    )
    return page, 422 if refused else 200


@route(blueprint, "/reports/accountability.pdf", policy=READS)
def accountability_pdf() -> ResponseReturnValue:
    """Give the report as a tagged PDF."""
    return _taken_away("pdf")


@route(blueprint, "/reports/accountability.docx", policy=READS)
def accountability_document() -> ResponseReturnValue:
    """Give the report as a text document."""
    return _taken_away("docx")


@route(blueprint, "/reports/accountability/rows/<figure>", policy=READS)
def rows(figure: str) -> ResponseReturnValue:
    """Show the rows that a figure of the report counts."""
    scope, language = asked_scope(), reader_language()
    found = rows_of(session(), figure, scope, language, page_number())
    return render_template(
        "reports/rows.html",
        found=found,
        scope=scope,
        standing=standing(session(), language),
        before=_page_of(found, scope, found.page - 1),
        after=_page_of(found, scope, found.page + 1),
    )


def asked_scope() -> ReportScope:
    """Return what the address asks for; raises `Refusal` for days that are none."""
    asked = (typed_day(as_typed(request.args.get(name, "")).strip(), name) for name in ("from", "to"))
    first, last = asked
    return _scope(report_days(first, last, today_for(session())))


def _scope(days: ReportDays) -> ReportScope:
    mechanism = as_typed(request.args.get("mechanism", "")).strip()[:LONGEST_CODE]
    codes = [as_typed(each).strip().upper()[:LONGEST_CODE] for each in request.args.getlist("party")[:MOST_PARTIES]]
    return ReportScope(days, mechanism or None, tuple(sorted({code for code in codes if code})))


def _page_of(found: FigureRows, scope: ReportScope, number: int) -> str | None:
    if not 1 <= number <= found.page_count:
        return None
    return f"{url_for('reports.rows', figure=found.figure)}?{scope.query}&{urlencode({'page': number})}"


def _taken_away(form: str) -> Response:
    language = reader_language()
    name, content = report_file(session(), form, asked_scope(), language, settings().base_url)
    return as_file(name, content, form)


def as_file(name: str, content: bytes, form: str) -> Response:
    """Return a report as a file; a PDF is shown where it can be."""
    shown = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"', "Content-Language": reader_language()}
    return Response(content, mimetype=FORMS[form], headers=headers)
