"""An action as a to-do and as a day: exact properties, escapes, languages, and the same bytes each time."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar, Event, Todo

from app.calendars.feed import joined, rendered_action
from app.calendars.todos import render_action_day, render_todo
from app.domain.action_entries import ActionEntry, percent_done, shapes

NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
ENTRY = ActionEntry(
    uid="action-1@entente.example",
    sequence=3,
    language="en",
    reference="NADD-2026-1-A03",
    title="Send the figures; all of them, by post",
    state="under_way",
    due_on=dt.date(2026, 12, 15),
    done_at=None,
    ended_at=None,
    is_accepted=True,
    priority=5,
    percent=None,
    parts=(("Canada", "done"), ("Mexico", "under way")),
    mechanism="Drug dialogue",
    parent_uid="meeting-1@entente.example",
    url="https://entente.example/actions/NADD-2026-1-A03",
    created_at=dt.datetime(2026, 11, 1, 9, 0, tzinfo=dt.UTC),
    changed_at=NOW,
)


def entry(**changed: Any) -> ActionEntry:
    return dataclasses.replace(ENTRY, **changed)


def read(content: bytes) -> Todo | Event:
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    calendar = Calendar.from_ical(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + content + b"END:VCALENDAR\r\n")
    (found,) = calendar.subcomponents
    assert isinstance(found, Todo | Event)
    return found


def test_a_todo_has_what_task_lists_ask_for() -> None:
    todo = read(render_todo(ENTRY))
    assert todo.name == "VTODO"
    assert todo["DUE"].to_ical() == b"20261215"
    assert todo["DUE"].params["VALUE"] == "DATE"
    said = {name: str(todo[name]) for name in ("UID", "SUMMARY", "STATUS", "URL", "RELATED-TO", "CLASS", "CATEGORIES")}
    assert said.pop("CATEGORIES")
    assert said == {
        "UID": "action-1@entente.example", "SUMMARY": "Send the figures; all of them, by post",
        "STATUS": "IN-PROCESS", "URL": "https://entente.example/actions/NADD-2026-1-A03",
        "RELATED-TO": "meeting-1@entente.example", "CLASS": "PRIVATE",
    }  # fmt: skip
    assert (todo["SEQUENCE"], todo["PRIORITY"], todo["DTSTAMP"].dt) == (3, 5, NOW)
    assert str(todo["DESCRIPTION"]).split("\n") == [
        "NADD-2026-1-A03", "Drug dialogue", "Canada: done", "Mexico: under way",
        "Page: https://entente.example/actions/NADD-2026-1-A03",
    ]  # fmt: skip
    assert "PERCENT-COMPLETE" not in todo
    assert "COMPLETED" not in todo


@pytest.mark.parametrize(
    ("changed", "status", "percent"),
    [
        ({"state": "open"}, "NEEDS-ACTION", None),
        ({"state": "under_way", "percent": 50}, "IN-PROCESS", 50),
        ({"state": "blocked"}, "IN-PROCESS", None),
        ({"state": "done", "done_at": NOW}, "COMPLETED", 100),
        ({"state": "verified", "done_at": NOW}, "COMPLETED", 100),
        ({"state": "dropped"}, "CANCELLED", None),
        ({"state": "open", "ended_at": NOW}, "CANCELLED", None),
        ({"state": "done", "done_at": NOW, "ended_at": NOW}, "COMPLETED", 100),
    ],
)
def test_the_status_follows_the_leg(changed: dict[str, Any], status: str, percent: int | None) -> None:
    todo = read(render_todo(entry(**changed)))
    assert str(todo["STATUS"]) == status
    assert todo.get("PERCENT-COMPLETE") == percent
    assert ("COMPLETED" in todo) == (status == "COMPLETED")
    if status == "COMPLETED":
        assert todo["COMPLETED"].to_ical() == b"20261122T150000Z"


@pytest.mark.parametrize(
    ("language", "due", "done", "unaccepted"),
    [
        ("en", "Due: ", "Done: ", "Recorded by others; not accepted yet."),
        ("es", "Vence: ", "Cumplida: ", "Registrada por otros; aún no aceptada."),
        ("fr", "Échéance\u00a0: ", "Faite\u00a0: ", "Inscrite par d’autres\u00a0; pas encore acceptée."),
    ],
)
def test_the_day_has_a_uid_of_its_own_and_keeps_nobody_busy(language, due, done, unaccepted) -> None:
    day = read(render_action_day(entry(language=language, is_accepted=False)))
    assert (day.name, day["TRANSP"], day["UID"]) == ("VEVENT", "TRANSPARENT", "day-action-1@entente.example")
    assert (day["DTSTART"].dt, day["DTEND"].dt) == (dt.date(2026, 12, 15), dt.date(2026, 12, 16))
    assert str(day["SUMMARY"]) == f"{due}{ENTRY.title}"
    assert unaccepted in str(day["DESCRIPTION"])
    done_day = read(render_action_day(entry(language=language, state="done", done_at=NOW)))
    assert str(done_day["SUMMARY"]) == f"{done}{ENTRY.title}"


def test_one_without_a_day_is_a_todo_alone() -> None:
    assert "DUE" not in read(render_todo(entry(due_on=None)))
    with pytest.raises(ValueError, match="has no day"):
        render_action_day(entry(due_on=None))


@pytest.mark.parametrize(
    ("actions_as", "changed", "expected"),
    [
        ("none", {}, ()),
        ("todos", {}, ("todo",)),
        ("days", {}, ("day",)),
        ("both", {}, ("todo", "day")),
        ("both", {"due_on": None}, ("todo",)),
        ("days", {"state": "dropped"}, ()),
        ("both", {"ended_at": NOW}, ("todo",)),
    ],
)
def test_the_shapes_that_were_chosen(actions_as: str, changed: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert shapes(actions_as, entry(**changed)) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [((), None), (("dropped",), None), (("open", "open"), 0), (("done", "open", "verified"), 67), (("done",), 100)],
)
def test_how_much_of_the_whole_is_done(states, expected) -> None:
    assert percent_done(states) == expected


def test_what_is_done_leaves_after_a_quarter_of_a_year() -> None:
    assert ENTRY.leaves_at is None
    assert entry(state="done", done_at=NOW).leaves_at == NOW + dt.timedelta(days=90)
    assert entry(ended_at=NOW).leaves_at == NOW + dt.timedelta(days=90)


def test_they_stand_by_day_and_last_without_one_and_are_the_same_bytes_in_any_order() -> None:
    late = rendered_action(entry(uid="b@x", due_on=None), "todo")
    first = rendered_action(entry(uid="a@x"), "todo")
    day = rendered_action(entry(uid="a@x"), "day")
    body = joined("Entente", "https://entente.example/feeds/x.ics", [late, first, day])
    assert body == joined("Entente", "https://entente.example/feeds/x.ics", [day, late, first])
    assert [str(each["UID"]) for each in Calendar.from_ical(body).subcomponents] == ["day-a@x", "a@x", "b@x"]


def test_a_title_cannot_write_lines_of_its_own() -> None:
    todo = read(render_todo(entry(title="x\r\nSTATUS:COMPLETED\u2028BEGIN:VEVENT\x00")))
    assert str(todo["SUMMARY"]) == "x STATUS:COMPLETED BEGIN:VEVENT"
    assert str(todo["STATUS"]) == "IN-PROCESS"
