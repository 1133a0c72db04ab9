"""What an item of an agenda says: checked as it is typed, read back for forms, races and the record."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.db import GuardedSession
from app.domain import agenda as rules
from app.domain.agenda_overlap import topic_touched
from app.domain.agenda_standing import checked_parties
from app.domain.errors import Refusal
from app.domain.markdown import cleaned
from app.domain.plaintext import one_line
from app.models import AgendaItem, Meeting
from app.services.action_content import LANGUAGES, titles
from app.services.agenda_standing import topics_set_aside

BY_LANGUAGE: Final = ("title", "annotation", "expected_result")
FIELDS: Final = (*BY_LANGUAGE, "kind", "type", "lead_party", "minutes", "presenters")
# What is on an agenda whatever it is about.
FORMAL: Final = frozenset({"opening", "adoption_of_agenda", "progress_since_last", "adoption_of_outcome", "closing"})
ANNOTATION_LIMIT: Final = 8_000
RESULT_LIMIT: Final = 2_000


@dataclass(frozen=True, slots=True)
class ItemWords:
    """An item as a form says it; `title` by language, `original` the language that it was written in.

    `annotation` and `expected_result` are Markdown by language. `parties` are those that a new item is of; none, or
    all who are at the table, make it one of the meeting. `proposed_by` is the party whose proposal it was.
    """

    title: Mapping[str, str]
    kind: str
    type: str
    minutes: int
    lead_party: str | None = None
    original: str | None = None
    presenters: str = ""
    annotation: Mapping[str, str] = field(default_factory=dict)
    expected_result: Mapping[str, str] = field(default_factory=dict)
    parties: Collection[str] = ()
    proposed_by: str | None = None


def chosen_parties(meeting: Meeting) -> frozenset[str]:
    """Return the codes of the parties that a meeting is of; they are loaded."""
    return frozenset(row.party_code for row in meeting.parties)


def parties_of_new(session: GuardedSession, meeting: Meeting, parties: Collection[str]) -> tuple[str, ...]:
    """Return the parties of a new item: none where it is the whole table's, else some, whoever makes it among them.

    Raises what `checked_parties` raises, and `Refusal("own_party_needed")`.
    """
    found = checked_parties(parties, chosen_parties(meeting))
    if found and session.bound_viewer.party not in found:
        raise Refusal("own_party_needed", field="parties")
    return found


def checked_values(meeting: Meeting, item: ItemWords, parties: Collection[str] = ()) -> dict[str, Any]:
    """Return the values of an item's columns, or refuse them; `parties` are those of an item of some of them."""
    title = titles(item.title, item.original)
    rules.check_item(item.kind, item.type, item.minutes)
    lead = item.lead_party or None
    if lead is not None and lead not in (frozenset(parties) or chosen_parties(meeting)):
        raise Refusal("unknown_party", field="lead_party")
    return {
        "title": title,
        "kind": item.kind,
        "type": item.type,
        "lead_party": lead,
        "minutes": item.minutes,
        "presenters": one_line(item.presenters, "presenters") or None,
        "annotation": _markdown(item.annotation, "annotation", item.original, ANNOTATION_LIMIT),
        "expected_result": _markdown(item.expected_result, "expected_result", item.original, RESULT_LIMIT),
    }


def check_topic(session: GuardedSession, mechanism_id: uuid.UUID | None, title: Mapping[str, str]) -> None:
    """Refuse a title on a topic that the mechanism sets aside: `topic_set_aside`, which names it."""
    topic = topic_touched(title, topics_set_aside(session, mechanism_id))
    if topic is not None:
        raise Refusal("topic_set_aside", field="title_en", topic=topic)


def words_of(row: AgendaItem) -> dict[str, Any]:
    """Return what an item says, by the names of its columns."""
    return {name: dict(getattr(row, name)) if name in BY_LANGUAGE else getattr(row, name) for name in FIELDS}


def said(item: ItemWords) -> dict[str, object]:
    """Return what was typed of an item, by the names of its columns."""
    return {name: dict(getattr(item, name)) if name in BY_LANGUAGE else getattr(item, name) for name in FIELDS}


def in_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the record keeps of an item's values: long texts are in the item alone."""
    return {name: value for name, value in values.items() if name not in {"annotation", "expected_result"}}


def _markdown(given: Mapping[str, str], name: str, original: str | None, limit: int) -> dict[str, str]:
    kept = {code: text for code in LANGUAGES if (text := cleaned(given.get(code), f"{name}_{code}", limit))}
    if not kept:
        return {}
    return {**kept, "original": original if original in kept else next(iter(kept))}
