"""The kinds of meetings, and what a meeting can be set around, as the forms of drafts offer and say them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app import labels, words
from app.db import GuardedSession
from app.domain.around import event_code, event_key
from app.i18n import as_typed
from app.models import Event, Meeting
from app.services.around import choices, event_of

Pairs = list[tuple[str, str]]


def kind_choices(language: str) -> list[tuple[str, Any]]:
    """Return the kinds of meetings, each with what it means."""
    meanings = _meanings()
    return [
        (kind, Markup('{} <span class="small quiet">{}</span>').format(label, meanings[kind]))
        for kind, label in labels.labels("meeting_kind", language).items()
    ]


def _meanings() -> dict[str, str]:
    return {
        "session": _("a meeting of the mechanism itself: it counts"),
        "urgent": _("a session called at short notice: it counts"),
        "preparatory": _("prepares another meeting: it does not count"),
        "panel": _("part of another meeting, with all or some of its parties"),
        "side_session": _("held beside another meeting, with all or some of its parties"),
        "training": _("between meetings: it does not count"),
        "exercise": _("between meetings: it does not count"),
        "study_visit": _("between meetings: it does not count"),
    }


def around_choices(session: GuardedSession, chosen: str, language: str) -> dict[str, Pairs]:
    """Return what a meeting can be set around, by groups; what is chosen stays among it, by its reference or code."""
    found = choices(session)
    meetings = [(row.reference, _meeting(row, language)) for row in found.meetings]
    events = [(event_key(row.code), _event(row, language)) for row in found.events]
    known = {key for key, _words in (*meetings, *events)}
    shown = as_typed(chosen)
    kept = [(shown, event_code(shown) or shown)] if chosen and chosen not in known else []
    groups = {
        _("By itself"): [("", _("around nothing else")), *kept],
        _("Meetings"): meetings,
        _("Events of others"): events,
    }
    return {name: pairs for name, pairs in groups.items() if pairs}


def in_words(session: GuardedSession, around: str, language: str) -> str:
    """Return what a meeting is around: the reference of a meeting, or the name of an event where it is known."""
    code = event_code(around)
    if code is None:
        return around
    row = event_of(session, code)
    return words.pick(row.name, language)[0] if row else code


def _meeting(row: Meeting, language: str) -> str:
    days = words.date_range(row.starts_on, row.ends_on, language)
    return f"{row.reference} · {days} · {words.pick(row.title, language)[0]}"


def _event(row: Event, language: str) -> str:
    return f"{words.pick(row.name, language)[0]} · {words.date_range(row.starts_on, row.ends_on, language)}"
