"""An action item as a VTODO, and as a whole day for programs that show no to-dos (Google, Outlook)."""

from __future__ import annotations

from datetime import UTC, timedelta

from icalendar import Event, Todo, vUri

from app.calendars.text import Text, lines, one_line, web_address
from app.calendars.words import WORDS
from app.domain.action_entries import ActionEntry


def render_todo(entry: ActionEntry) -> bytes:
    """Return the VTODO of an action: CRLF, lines of 75 octets at most, the same bytes for equal entries.

    DUE is a day without a zone, since a leg is due by the end of that day in the capital of who owes it.
    """
    todo = Todo()
    todo["UID"] = one_line(entry.uid)
    _add_common(todo, entry)
    todo["SUMMARY"] = one_line(entry.title)
    if entry.due_on is not None:
        todo.add("DUE", entry.due_on)
    todo["STATUS"] = Text(entry.status)
    todo.add("PRIORITY", entry.priority)
    if entry.status == "COMPLETED":
        todo.add("COMPLETED", (entry.done_at or entry.changed_at).astimezone(UTC))
    percent = 100 if entry.status == "COMPLETED" else entry.percent
    if percent is not None:
        todo.add("PERCENT-COMPLETE", percent)
    content: bytes = todo.to_ical()
    return content


def render_action_day(entry: ActionEntry) -> bytes:
    """Return the VEVENT of the day by which an action is due, with a UID of its own; raises `ValueError` without one.

    It keeps nobody busy.
    """
    if entry.due_on is None:
        raise ValueError(f"the entry {entry.uid} has no day")
    the, event = WORDS[entry.language], Event()
    event["UID"] = one_line(f"day-{entry.uid}")
    _add_common(event, entry)
    said = the.action_done if entry.status == "COMPLETED" else the.action_due
    event["SUMMARY"] = one_line(said.format(entry.title))
    event["TRANSP"] = Text("TRANSPARENT")
    event.add("DTSTART", entry.due_on)
    event.add("DTEND", entry.due_on + timedelta(days=1))
    content: bytes = event.to_ical()
    return content


def _add_common(component: Todo | Event, entry: ActionEntry) -> None:
    component.add("DTSTAMP", entry.changed_at.astimezone(UTC))
    component.add("SEQUENCE", entry.sequence)
    component.add("CREATED", entry.created_at.astimezone(UTC))
    component.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC))
    component["CLASS"] = Text("PRIVATE")
    component["DESCRIPTION"] = lines(_description(entry))
    if entry.mechanism:
        component["CATEGORIES"] = one_line(entry.mechanism)
    if page := web_address(entry.url):
        component["URL"] = vUri(page)
    if entry.parent_uid:
        component["RELATED-TO"] = one_line(entry.parent_uid)


def _description(entry: ActionEntry) -> str:
    """Return what else there is to say: the reference, each party's state, and where to answer."""
    the = WORDS[entry.language]
    colon = "\u00a0: " if entry.language == "fr" else ": "
    told = [entry.reference, *([entry.mechanism] if entry.mechanism else [])]
    told += [] if entry.is_accepted else [the.not_accepted]
    told += [f"{name}{colon}{state}" for name, state in entry.parts]
    return "\n".join([*told, the.page.format(entry.url)])
