"""The charts: all on one page, each on its own, its picture and its figures to take away."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.domain.errors import NotFound
from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.papers.charts import svg_of
from app.papers.tables import table_csv
from app.services.register import today_for
from app.services.reports_chart_words import CHARTS, Chart, chart_of, chart_table
from app.services.reports_charts import Scope, choices_of, rows_by_name
from app.web.reports.blueprint import blueprint
from app.web.routing import route, session, signed_in

READS: Final = signed_in(Action.READ_REPORTS)
LONGEST_CODE: Final = 80


@route(blueprint, "/reports/charts", policy=READS)
def charts() -> ResponseReturnValue:
    """Show all charts, narrowed as the address asks for."""
    return _page(CHARTS)


@route(blueprint, "/reports/charts/<chart>", policy=READS)
def chart(chart: str) -> ResponseReturnValue:
    """Show one chart with its tables open."""
    return _page((_known(chart),))


@route(blueprint, "/reports/charts/<chart>.svg", policy=READS)
def chart_picture(chart: str) -> ResponseReturnValue:
    """Give the picture of a chart, with colours of its own."""
    found = _chart(_known(chart))
    return _file(f'<?xml version="1.0" encoding="UTF-8"?>\n{svg_of(found.picture, alone=True)}\n', found, "svg")


@route(blueprint, "/reports/charts/<chart>.csv", policy=READS)
def chart_values(chart: str) -> ResponseReturnValue:
    """Give the figures of a chart as CSV."""
    found = _chart(_known(chart))
    return _file(table_csv(chart_table(session(), found, reader_language())), found, "csv")


def asked_scope() -> Scope:
    """Return what the address narrows charts to."""
    asked = (as_typed(request.args.get(name, "")).strip()[:LONGEST_CODE] for name in ("mechanism", "party"))
    mechanism, party = (each or None for each in asked)
    return Scope(mechanism, party.upper() if party else None)


def _page(keys: tuple[str, ...]) -> str:
    language, scope = reader_language(), asked_scope()
    rows = rows_by_name(session(), language)
    found = [chart_of(session(), key, scope, rows, language) for key in keys]
    return render_template(
        "reports/charts.html",
        charts=found,
        pictures={each.key: Markup(svg_of(each.picture)) for each in found},  # noqa: S704 - built and escaped there
        alone=len(keys) == 1,
        scope=scope,
        choices=choices_of(rows, language),
        kept=_kept(scope),
        today=today_for(session()),
    )


def _known(chart: str) -> str:
    if chart not in CHARTS:
        raise NotFound
    return chart


def _chart(key: str) -> Chart:
    language = reader_language()
    rows = rows_by_name(session(), language) if key == "periods" else ()
    return chart_of(session(), key, asked_scope(), rows, language)


def _kept(scope: Scope) -> str:
    """Return what stands in the address of a chart, so that a link to it shows the same."""
    asked = {name: value for name, value in (("mechanism", scope.mechanism), ("party", scope.party)) if value}
    return f"?{urlencode(asked)}" if asked else ""


def _file(content: str | bytes, found: Chart, form: str) -> Response:
    name = f"{found.key}-{today_for(session()).isoformat()}-{reader_language()}.{form}"
    kind = {"svg": "image/svg+xml", "csv": "text/csv"}[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": reader_language()}
    return Response(content, mimetype=kind, headers=headers)
