"""The agenda of a meeting as a paper, put into words in any of the three languages, whoever asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app import labels, words
from app.db import GuardedSession
from app.domain.walltime import in_zone
from app.models import Mechanism, Meeting
from app.papers.agenda import ActionRow, AgendaPaper, AgendaRow, WhenLine, Worded, agenda_pdf
from app.services.action_lines import ActionLine
from app.services.agenda import AgendaView, ClockColumn, ClockTime, ItemLine, agenda_of, clock_columns
from app.services.agenda_standing import AgendaStanding
from app.services.meeting_state import when_of
from app.services.meetings import find_meeting


def agenda_paper(session: GuardedSession, reference: str, language: str) -> AgendaPaper:
    """Return the agenda of a meeting as a paper in that language, the same for everybody at the table.

    A paper goes from hand to hand among the parties: of the open actions it names only those that all
    of them may see. Raises `NotFound`.
    """
    meeting = find_meeting(session, reference)
    view = agenda_of(session, meeting)
    mechanism = mechanism_of(session, meeting)
    viewer = session.bound_viewer
    return AgendaPaper(
        language=language,
        title=_worded(meeting.title, language),
        reference=meeting.reference,
        when=tuple(
            when_line(meeting, column, language, is_meeting_zone=number == 0)
            for number, column in enumerate(view.columns or clock_columns(session, meeting)[:1])
        ),
        parties=parties_named(meeting, language),
        rows=tuple(_row(line, meeting, language) for line in view.items),
        labels=labels.labels("agenda_paper", language),
        printed=printed_on(session.now, viewer.time_zone, viewer.party, language),
        dated=session.now,
        mechanism=_worded(mechanism.name, language) if mechanism else None,
        status=f"{labels.label('meeting_state', meeting.state, language)} · {standing_said(view.standing, language)}",
        place=meeting.place or "",
        format=labels.label("format", meeting.format, language) if meeting.format != "unknown" else "",
        markings=(Worded(labels.label("handling_step", "parties", language), language),),
        clock_cities=tuple(_cities(column, language) for column in view.columns),
        end_times=tuple(_clock(time, language) for time in view.ends),
        total_minutes=_total(view, language),
    )


def agenda_file(session: GuardedSession, reference: str, language: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the agenda as a tagged PDF; raises `NotFound`, `Refusal`."""
    paper = agenda_paper(session, reference, language)
    return f"{paper.reference}-agenda-{language}.pdf", agenda_pdf(paper)


def mechanism_of(session: GuardedSession, meeting: Meeting) -> Mechanism | None:
    """Return the mechanism of a meeting, with its name alone; None for an ad hoc one."""
    return session.execute(
        select(Mechanism).where(Mechanism.id == meeting.mechanism_id).options(load_only(Mechanism.name))
    ).scalar_one_or_none()


def standing_said(standing: AgendaStanding, language: str) -> str:
    """Say how far an agenda is: "provisional agenda, rev. 2"."""
    gettext = words.translations(language).gettext
    said = {
        "draft": gettext("draft agenda"),
        "provisional": gettext("provisional agenda"),
        "adopted": gettext("agenda as adopted"),
    }[standing.state]
    revision = gettext("rev. %(number)s") % {"number": standing.revision} if standing.revision else ""
    return ", ".join(each for each in (said, revision) if each)


def _worded(text: Mapping[str, str], language: str) -> Worded:
    found, spoken = words.pick(text, language)
    return Worded(found, spoken or language)


def parties_named(meeting: Meeting, language: str) -> tuple[str, ...]:
    """Return the parties by name, in the order of their names, those that host marked so."""
    rows = {row.party_code: row for row in meeting.parties}
    named = []
    for code in words.party_order(rows, language):
        name = words.party_name(code, language)
        hosting = rows[code].hosting
        named.append(name if hosting == "none" else f"{name} ({labels.label('hosting', hosting, language)})")
    return tuple(named)


def _cities(column: ClockColumn, language: str) -> str:
    return ", ".join(words.pick(city, language)[0] for city in column.cities)


def when_line(meeting: Meeting, column: ClockColumn, language: str, *, is_meeting_zone: bool) -> WhenLine:
    """Return the days and hours of the meeting as the clocks of a column's cities show them."""
    city = _cities(column, language)
    if meeting.date_is_open:
        catalogue = words.translations(language)
        return WhenLine(city, catalogue.gettext("Date to be agreed"), is_meeting_zone=is_meeting_zone)
    sittings = when_of(meeting).sittings
    if not sittings:
        return WhenLine(city, _days(meeting.starts_on, meeting.ends_on, language), is_meeting_zone=is_meeting_zone)
    spans = [(in_zone(start, column.zone_name), in_zone(end, column.zone_name)) for start, end in sittings]
    hours = {(start.time(), end.time()) for start, end in spans}
    return WhenLine(
        city=city,
        date=_days(spans[0][0].date(), spans[-1][0].date(), language),
        hours=words.time_range(*spans[0], language) if len(hours) == 1 else "",
        offset=words.offset_words(meeting.starts_at, column.zone_name, language),
        is_meeting_zone=is_meeting_zone,
    )


def _days(first: dt.date, last: dt.date, language: str) -> str:
    return words.date_long(first, language) if first == last else words.date_range(first, last, language)


def _row(line: ItemLine, meeting: Meeting, language: str) -> AgendaRow:
    parties = {row.party_code for row in meeting.parties}
    item = line.item
    return AgendaRow(
        number=str(line.number),
        title=_worded(item.title, language),
        type=labels.label("item_type", item.type, language),
        minutes=words.number(item.minutes, language),
        clock_times=tuple(_clock(time, language) for time in line.times),
        lead=words.party_name(item.lead_party, language) if item.lead_party else "",
        day=words.date_long(line.opens_day, language) if line.opens_day else "",
        open_actions=tuple(action_row(each, language) for each in line.open_actions if parties <= set(each.parties)),
    )


def action_row(line: ActionLine, language: str) -> ActionRow:
    """Return an open action in words, with what each party still owes of it and by when."""
    owed = [
        _owed(code, line.legs[code].leg.due_on, language)
        for code in words.party_order(line.legs, language)
        if line.legs[code].is_owed
    ]
    return ActionRow(line.action.reference, _worded(line.action.title, language), "; ".join(owed))


def _owed(party: str, due_on: dt.date | None, language: str) -> str:
    name = words.party_name(party, language)
    if due_on is None:
        return name
    sentence = words.translations(language).gettext("%(party)s, by %(day)s")
    return sentence % {"party": name, "day": words.date_plain(due_on, language)}


def _clock(time: ClockTime, language: str) -> str:
    shown = words.time_of_day(time.at, language)
    return f"{shown} ({words.date_short(time.other_day, language)})" if time.other_day else shown


def _total(view: AgendaView, language: str) -> str:
    return words.number(view.timetable.total_minutes, language) if view.items else ""


def printed_on(now: dt.datetime, zone_name: str, party: str | None, language: str) -> str:
    """Say when, on whose clock, the paper was printed."""
    local = words.local(now, zone_name)
    sentence = words.translations(language).gettext("Printed on %(day)s at %(time)s, %(city)s time.")
    return sentence % {
        "day": words.date_plain(local.date(), language),
        "time": words.time_of_day(local, language),
        "city": words.city_of(zone_name, language, party),
    }
