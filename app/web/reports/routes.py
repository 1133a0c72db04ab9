"""What there is to read of how promises were kept."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.web.reports import accountability as _accountability  # noqa: F401 - its routes are on the same blueprint
from app.web.reports import briefs as _briefs  # noqa: F401 - its routes are on the same blueprint
from app.web.reports import charts as _charts  # noqa: F401 - its routes are on the same blueprint
from app.web.reports.blueprint import blueprint
from app.web.reports.charts import READS
from app.web.routing import route, viewer

__all__ = ["blueprint"]


@route(blueprint, "/reports", policy=READS)
def reports() -> ResponseReturnValue:
    """Show what reports there are."""
    return render_template("reports/index.html", has_brief=viewer().sits_at_a_table)
