"""What a change of many actions is called, and how its values are said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy import select

from app import labels, words
from app.db import GuardedSession
from app.domain.bulk import BulkChange, Operation
from app.models import Office

ValueWords = Callable[[str, str | None], str]


def operation_words(operation: Operation) -> str:
    """Return what an operation does, as a button says it."""
    said = {
        "accept": _("Accept them"),
        "state": _("Set the state of your legs"),
        "due_on": _("Move the due day of your legs"),
        "office_code": _("Give your legs to an office"),
        "person": _("Give your legs to a person"),
        "priority": _("Set the priority"),
        "horizon": _("Set the horizon"),
        "note": _("Add the same note to each"),
    }
    return str(said[operation])


def change_words(change: BulkChange, value: ValueWords) -> str:
    """Return a change in a line: what it does, and what it writes."""
    if change.operation in {"accept", "note"}:
        return operation_words(change.operation)
    written = value("person_name" if change.operation == "person" else change.operation, change.value or None)
    return f"{operation_words(change.operation)}: {written}" if written else operation_words(change.operation)


def value_words(session: GuardedSession, language: str) -> ValueWords:
    """Return how a value of a column is said in the language; offices by their names, days in words."""
    offices = {row.code: row.name for row in session.execute(select(Office.code, Office.name))}

    def said(name: str, written: str | None) -> str:
        if written is None:
            return ""
        if name in {"state", "priority", "horizon"}:
            # What is no such value is refused in each row; the heading says it as it was sent.
            return labels.labels("leg_state" if name == "state" else name, language).get(written, written)
        if name == "due_on":
            return words.date_short(dt.date.fromisoformat(written), language)
        if name == "office_code":
            return words.pick(offices.get(written, {"en": written}), language)[0]
        return str(_("accepted")) if name == "is_accepted" else written

    return said
