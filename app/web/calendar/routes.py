"""The calendar as months, weeks, lists and years; and the list of the next ninety days to print."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.actions import today_in
from app.domain.calendar import shown
from app.domain.visibility import Action
from app.i18n import reader_language
from app.papers.calendar import calendar_pdf as pdf_of
from app.services.calendar import diary_of
from app.web.calendar.forms import Asked, asked, days_asked, filter_asked, kept
from app.web.calendar.lines import lines_of
from app.web.calendar.paper import paper_of
from app.web.calendar.showing import days_listed, hours_of, notes_on, page_of
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("calendar", __name__)

_READS = signed_in(Action.READ_MEETINGS)


@route(blueprint, "/calendar", policy=_READS)
def calendar() -> ResponseReturnValue:
    """Show a month, a week, four weeks as a list, or a year."""
    wanted = asked(_today())
    first_day, last_day = shown(wanted.view, wanted.on).grid
    found = diary_of(session(), first_day, last_day, wanted.narrowed)
    wanted = replace(wanted, narrowed=found.asked)
    return render_template("calendar/calendar.html", **page_of(found, wanted, viewer(), reader_language()))


@route(blueprint, "/calendar/print", policy=_READS)
def print_calendar() -> ResponseReturnValue:
    """Show the next days as a list to be printed, in the language asked for."""
    g.language_is_of_this_page_alone = True
    return render_template("calendar/print.html", **_next_days())


@route(blueprint, "/calendar.pdf", policy=_READS)
def calendar_pdf() -> ResponseReturnValue:
    """Give the list of the next days as a tagged PDF, in the language asked for."""
    language = reader_language()
    content = pdf_of(paper_of(_next_days(), session().now, viewer(), language))
    headers = {
        "Content-Disposition": f'inline; filename="calendar-{_today().isoformat()}-{language}.pdf"',
        "Content-Language": language,
    }
    return Response(content, mimetype="application/pdf", headers=headers)


def _next_days() -> dict[str, Any]:
    """Return what the list of the next days says, on paper and on the page."""
    notes: list[str] = []
    count = days_asked(notes)
    language, first_day = reader_language(), _today()
    last_day = first_day + dt.timedelta(days=count - 1)
    found = diary_of(session(), first_day, last_day, filter_asked(notes), with_warnings=False)
    wanted = Asked("list", first_day, found.asked, ())
    return {
        "title": _("The next %(count)s days", count=count),
        "range": words.date_range(first_day, last_day, language),
        "hours": hours_of(viewer(), language),
        "days": days_listed(lines_of(found.entries, viewer(), language), first_day, last_day),
        "notes": [*notes, *notes_on(found)],
        "back": wanted.address(),
        "days_count": count,
        "kept": kept(found.asked),
    }


def _today() -> dt.date:
    return today_in(session().now, viewer().time_zone)
