"""What the pages of the calendar show, put together from what the service found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import labels, words
from app.domain.calendar import Cell, Difference, Shown, cells, differences, months, next_working_day, shown, weeks
from app.domain.closures import FIRST_YEAR, LAST_YEAR
from app.domain.visibility import Viewer
from app.models import Meeting
from app.models.meetings import KINDS
from app.services.calendar import DAYS_AFTER, FOR_GUESTS, SHOWS, Diary, days_of_meeting, levels_of
from app.services.calendar_dates import DiaryEntry
from app.services.meeting_warnings import AHEAD
from app.services.meetings import MeetingLine
from app.web.advice import sentence_of
from app.web.calendar.forms import Asked, kept, subscribe_address, written
from app.web.calendar.lines import Line, lines_of
from app.web.meetings.listing import row_of

# A day of a month shows so many entries; the list shows them all.
MOST_IN_A_CELL: Final = 6
MARKS: Final = ("", "tent", "due", "shut", "un", "other")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month or week: its cell, those of its entries that are shown, and where the others are."""

    cell: Cell[Line]
    lines: tuple[Line, ...]
    more_count: int
    more_address: str
    is_other: bool
    label: str


@dataclass(frozen=True, slots=True)
class SmallDay:
    """One day of a year's month: the marks of what stands on it, and what they mean."""

    day: dt.date
    marks: tuple[str, ...]
    said: str


def page_of(found: Diary, asked: Asked, viewer: Viewer, language: str) -> dict[str, Any]:
    """Return what the template of the calendar takes."""
    view = shown(asked.view, asked.on)
    lines = lines_of(found.entries, viewer, language)
    within = [line for line in lines if line.first_day <= view.last_day and line.last_day >= view.first_day]
    return {
        "found": found,
        "view": view,
        "title": title_of(view, language),
        "over": over_of(found, viewer, language),
        "lede": " ".join(lede_of(found, view, viewer, language)),
        "notes": (*asked.notes, *notes_on(found), *_limits_of(view)),
        "before": _beside(view, view.before, asked, language),
        "after": _beside(view, view.after, asked, language),
        "today_address": asked.address(on=found.today),
        "views": [(name, asked.address(key), key == view.view) for key, name in view_names().items()],
        "subscribe": subscribe_address(found.asked),
        "print_address": url_for("calendar.print_calendar", **kept(found.asked)),
        "pdf_address": url_for("calendar.calendar_pdf", **kept(found.asked)),
        "weeks": _weeks(view, lines, asked, language) if view.view in ("month", "week") else [],
        "days_in_view": days_listed(within, view.first_day, view.last_day),
        "asked_on": written(view.view, asked.on),
        "months": _months(view, lines, asked, language) if view.view == "year" else [],
        "rows": [
            row_of(MeetingLine(line.entry.meeting, line.entry.mechanism), viewer, language)
            for line in within
            if line.entry.meeting is not None
        ],
        "legend": [(mark, name) for mark, name in mark_names().items() if any(line.mark == mark for line in lines)],
        "warnings": _warnings(found, viewer, language),
        "closed_near": closed_near(found, language),
        "is_empty": not within,
        **choices_of(found, language),
    }


# The head -----------------------------------------------------------------------------------------


def view_names() -> dict[str, str]:
    """Return what the views are called, in their order."""
    return {"month": _("Month"), "week": _("Week"), "list": _("List"), "year": _("Year")}


def mark_names() -> dict[str, str]:
    """Return what each mark means."""
    return {
        "": _("confirmed"), "tent": _("proposed"), "off": _("called off"), "due": _("due, or to agree"),
        "shut": _("capital closed"), "un": _("United Nations"), "other": _("other date"),
    }  # fmt: skip


def title_of(view: Shown, language: str) -> str:
    """Return the title of a view: its month, week, days or year."""
    match view.view:
        case "month":
            said = words.month_year(view.first_day, language)
        case "week":
            number = view.first_day.isocalendar().week
            days = words.date_range(view.first_day, view.last_day, language)
            said = _("Week %(number)s, %(days)s", number=number, days=days)
        case "list":
            said = words.date_range(view.first_day, view.last_day, language)
        case _:
            said = str(view.first_day.year)
    return said[:1].upper() + said[1:]


def over_of(found: Diary, viewer: Viewer, language: str) -> list[str]:
    """Return what the calendar is of, and whose time it is in."""
    named = next((row for row in found.mechanisms if row.code == found.asked.mechanism), None)
    of_what = words.pick(named.name, language)[0] if named else _("All my meetings")
    return [of_what, hours_of(viewer, language)]


def hours_of(viewer: Viewer, language: str) -> str:
    """Say whose time the hours are in."""
    city = words.city_of(viewer.time_zone, language, viewer.party)
    return str(_("hours of %(city)s, %(zone)s", city=city, zone=viewer.time_zone))


def lede_of(found: Diary, view: Shown, viewer: Viewer, language: str) -> list[str]:
    """Return how far apart the capitals are on these days and when that changes, and what is only computed."""
    behind: dict[tuple[Difference, ...], list[str]] = {}
    for code in words.party_order(found.capitals, language):
        row = found.parties[code]
        if row.time_zone:
            each = differences(viewer.time_zone, row.time_zone, view.first_day, view.last_day)
            if any(one.minutes_behind for one in each):
                behind.setdefault(each, []).append(words.pick(row.capital, language)[0])
    said = [_difference(cities, each, view, language) for each, cities in behind.items()]
    if found.computed_sessions:
        said.append(_("Dates of the General Assembly are computed, not confirmed."))
    return said


def _difference(cities: Sequence[str], each: Sequence[Difference], view: Shown, language: str) -> str:
    parts = []
    for number, one in enumerate(each):
        is_told = one.until is not None and (number == 0 or number < len(each) - 1)
        parts.append(_behind(one, view, language, with_end=is_told))
    return str(
        ngettext(
            "%(cities)s is %(difference)s.", "%(cities)s are %(difference)s.", len(cities),
            cities=words.list_of(cities, language), difference=_(", then ").join(parts),
        )
    )  # fmt: skip


def _behind(one: Difference, view: Shown, language: str, *, with_end: bool) -> str:
    length = words.duration(abs(one.minutes_behind), language)
    if one.minutes_behind == 0:
        said = _("at your time")
    elif one.minutes_behind > 0:
        said = _("%(duration)s behind", duration=length)
    else:
        said = _("%(duration)s ahead", duration=length)
    if not with_end or one.until is None:
        return str(said)
    is_this_year = one.until.year == view.first_day.year == view.last_day.year
    day = words.day_month(one.until, language) if is_this_year else words.date_plain(one.until, language)
    return str(_("%(difference)s until %(day)s", difference=said, day=day))


def notes_on(found: Diary) -> list[str]:
    """Return what is said of what was asked for and is not there, and of what is not shown."""
    said = {
        "mechanism": _("There is no such mechanism that you can see. Those of all mechanisms are shown."),
        "party": _("There is no such party. Meetings of all parties are shown."),
        "level": _("There is no such level. Meetings of all levels are shown."),
        "closures": _("Closures are known of the capitals alone. What else was asked for is left out."),
    }
    notes = [said[name] for name in said if name in found.unknown]
    if found.is_cut:
        notes.append(_("There are more meetings than a calendar shows. Choose fewer days or a mechanism."))
    return notes


def _limits_of(view: Shown) -> list[str]:
    if view.first_day.year >= FIRST_YEAR and view.last_day.year <= LAST_YEAR:
        return []
    return [_("Closures are computed from %(first)s to %(last)s alone.", first=FIRST_YEAR, last=LAST_YEAR)]


def _beside(view: Shown, day: dt.date | None, asked: Asked, language: str) -> tuple[str, str] | None:
    """Return the name and the address of the view before or after; nothing at the ends of the calendar."""
    if day is None:
        return None
    match view.view:
        case "month":
            month = words.month_year(day, language) if day.year != view.first_day.year else words.month(day, language)
            name = month[:1].upper() + month[1:]
        case "week":
            name = _("Week %(number)s", number=day.isocalendar().week)
        case "list":
            name = _("Earlier") if day < view.first_day else _("Later")
        case _:
            name = str(day.year)
    return name, asked.address(on=day)


# The filters --------------------------------------------------------------------------------------


def choices_of(found: Diary, language: str) -> dict[str, Any]:
    """Return what the form of the filters offers; a guest is offered what a guest can see."""
    names = {
        "meetings": _("Meetings"), "to_agree": _("Dates to agree"), "due": _("Due dates"), "un": _("United Nations"),
        "dates": _("Other dates"),
    }  # fmt: skip
    offered = SHOWS if found.mechanisms else FOR_GUESTS
    levels = {level for row in found.mechanisms for level in levels_of(row)}
    sitting = {code for row in found.mechanisms for code in row.parties} | set(found.capitals)
    named = sorted(
        ((row.code, words.pick(row.name, language)[0]) for row in found.mechanisms),
        key=lambda each: words.collation_key(each[1]),
    )
    return {
        "shows": [(name, names[name], name in found.asked.shows) for name in offered],
        "capitals": [(code, code in found.closed) for code in words.party_order(found.capitals, language)],
        "mechanism_choices": named,
        "party_choices": [(code, words.party_name(code, language)) for code in words.party_order(sitting, language)],
        "level_choices": [(key, name) for key, name in labels.labels("level", language).items() if key in levels],
        "kind_choices": kind_choices(language),
    }


def kind_choices(language: str) -> list[tuple[str, str]]:
    """Return the kinds of meeting by their names."""
    names = labels.labels("meeting_kind", language)
    return [(key, names[key]) for key in KINDS]


# The days -----------------------------------------------------------------------------------------


def _weeks(view: Shown, lines: Sequence[Line], asked: Asked, language: str) -> list[tuple[int, list[Day]]]:
    most = MOST_IN_A_CELL if view.view == "month" else len(lines)
    return [
        (week.number, [_day(cell, view, asked, most, language) for cell in cells(week, lines)])
        for week in weeks(*view.grid)
    ]


def _day(cell: Cell[Line], view: Shown, asked: Asked, most: int, language: str) -> Day:
    kept_lines = cell.entries if len(cell.entries) <= most else cell.entries[: most - 1]
    is_other = view.view == "month" and cell.day.month != view.first_day.month
    return Day(
        cell,
        kept_lines,
        len(cell.entries) - len(kept_lines),
        asked.address("list", cell.day),
        is_other,
        _label(cell.day, view, language),
    )


def _label(day: dt.date, view: Shown, language: str) -> str:
    """Return the number of a day, with its month where that begins."""
    if day == view.grid[0] or day.day == 1:
        return words.day_short_month(day, language)
    return str(day.day)


def days_listed(lines: Iterable[Line], first_day: dt.date, last_day: dt.date) -> list[tuple[dt.date, list[Line]]]:
    """Return the days on which something begins, or is going on at the first of them, with what it is."""
    found: dict[dt.date, list[Line]] = {}
    for line in lines:
        if line.first_day <= last_day and line.last_day >= first_day:
            found.setdefault(max(line.first_day, first_day), []).append(line)
    return sorted(found.items())


def _months(
    view: Shown, lines: Sequence[Line], asked: Asked, language: str
) -> list[tuple[str, str, list[list[SmallDay | None]]]]:
    marks: dict[dt.date, set[str]] = {}
    for line in lines:
        day = max(line.first_day, view.first_day)
        while day <= min(line.last_day, view.last_day):
            marks.setdefault(day, set()).add(line.mark)
            day += dt.timedelta(days=1)
    found = []
    for number, of_month in enumerate(months(view.first_day.year), start=1):
        first = dt.date(view.first_day.year, number, 1)
        name = words.month(first, language)
        rows = [[_small(day, marks) if day.month == number else None for day in week.days] for week in of_month]
        found.append((name[:1].upper() + name[1:], asked.address("month", first), rows))
    return found


def _small(day: dt.date, marks: dict[dt.date, set[str]]) -> SmallDay:
    names = mark_names()
    own = tuple(mark for mark in MARKS if mark in marks.get(day, ()))
    return SmallDay(day, own, ", ".join(names[mark] for mark in own))


# What is worth a look -----------------------------------------------------------------------------


def _warnings(found: Diary, viewer: Viewer, language: str) -> list[tuple[Meeting, str, list[str]]]:
    """Return each meeting that there is something to say of, with its first day, and what there is."""
    said: dict[str, tuple[Meeting, str, list[str]]] = {}
    for each in found.warnings:
        day = words.weekday_day_month(days_of_meeting(each.meeting, viewer.time_zone)[0], language)
        said.setdefault(each.meeting.reference, (each.meeting, day, []))[2].append(sentence_of(each.advice, language))
    return list(said.values())


def closed_near(found: Diary, language: str) -> list[tuple[str, str]]:
    """Return the closures shown that are next to something: to meetings of their party, or to high-level week."""
    said = []
    for entry in found.entries:
        if entry.kind != "closure" or entry.party is None:
            continue
        city = words.pick(found.parties[entry.party].capital, language)[0]
        beside = _beside_high_level(entry.first_day, found) or _beside_meeting(entry, found)
        if beside:
            said.append(
                (
                    words.weekday_day_month(entry.first_day, language),
                    _("offices in %(city)s are closed, %(when)s.", city=city, when=beside),
                )
            )
    return said


def _beside_high_level(day: dt.date, found: Diary) -> str:
    for week in (entry for entry in found.entries if entry.kind == "high_level"):
        if week.first_day <= day <= week.last_day:
            return str(_("in high-level week"))
        if 0 < (day - week.last_day).days <= DAYS_AFTER:
            return str(_("just after high-level week"))
    return ""


def _beside_meeting(closure: DiaryEntry, found: Diary) -> str:
    """Return which meeting to come of the closed party is on the working day after or before."""
    for entry in found.entries:
        meeting = entry.meeting
        if meeting is None or meeting.state not in AHEAD or entry.last_day < found.today:
            continue
        if closure.party not in {row.party_code for row in meeting.parties}:
            continue
        if next_working_day(closure.first_day) == entry.first_day:
            return str(_("the working day before %(reference)s", reference=meeting.reference))
        if next_working_day(entry.last_day) == closure.first_day:
            return str(_("the working day after %(reference)s", reference=meeting.reference))
    return ""
