"""The list of the next days as a paper, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app import words
from app.domain.visibility import Viewer
from app.papers.agenda import Worded
from app.papers.calendar import CalendarDay, CalendarPaper, CalendarRow
from app.web.calendar.lines import Line
from app.web.calendar.showing import mark_names


def paper_of(said: Mapping[str, Any], now: dt.datetime, viewer: Viewer, language: str) -> CalendarPaper:
    """Return the list as a paper, from what the page to be printed says."""
    local = words.local(now, viewer.time_zone)
    return CalendarPaper(
        language=language,
        title=said["title"],
        range=said["range"],
        hours=said["hours"],
        notes=tuple(said["notes"]),
        days=tuple(
            CalendarDay(words.date_long(day, language), tuple(_row(line, language) for line in lines))
            for day, lines in said["days"]
        ),
        labels={
            "time": _("Time"), "entry": _("What"), "parties": _("Parties"), "state": _("State"),
            "page": _("Page {page} of {pages}"), "nothing": _("Nothing stands in the calendar on these days."),
        },
        printed=_(
            "Printed on %(day)s at %(time)s, %(city)s time.",
            day=words.date_plain(local.date(), language), time=words.time_of_day(local, language),
            city=words.city_of(viewer.time_zone, language, viewer.party),
        ),
        dated=now,
    )  # fmt: skip


def _row(line: Line, language: str) -> CalendarRow:
    name, spoken = line.plain_name(language)
    codes = line.parties or ((line.badge,) if line.badge else ())
    return CalendarRow(
        time=line.clock,
        name=Worded(f"{line.over} – {name}" if line.over else name, spoken),
        small=", ".join(each for each in (line.small, line.until) if each),
        parties=", ".join(words.party_order(codes, language)),
        mark=line.state or mark_names()[line.mark],
        is_struck=line.is_struck,
    )
