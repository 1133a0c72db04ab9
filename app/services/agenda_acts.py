"""What is done to an agenda: items added, changed, moved, removed and put back, each act on what its maker saw.

Every act holds the meeting's row, so that two of them on one agenda come one after the other. None of
them touches the meeting itself: an agenda changes nothing in anybody's calendar.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import agenda as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.models import AgendaItem, Mechanism, Meeting
from app.services.action_content import titles
from app.services.agenda import FROZEN_STATES, items_of, order_digest, version_of
from app.services.meeting_audience import agenda_audience, keys_of, rows_audience, without_persons
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.proposing import add_agenda, template_of

FIELDS: Final = ("title", "kind", "type", "lead_party", "minutes")


@dataclass(frozen=True, slots=True)
class ItemWords:
    """An item as a form says it; `title` by language, `original` the language that it was written in."""

    title: Mapping[str, str]
    kind: str
    type: str
    minutes: int
    lead_party: str | None = None
    original: str | None = None


def open_agenda(session: GuardedSession, reference: str) -> tuple[Meeting, list[AgendaItem]]:
    """Return a meeting that is held for a change of its agenda, and its items read anew.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state` for a closed meeting.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.EDIT_AGENDA, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    if meeting.state in FROZEN_STATES:
        raise Refusal("not_in_state", state=meeting.state, verb="agenda")
    return meeting, items_of(session, meeting.id, fresh=True)


def add_item(session: GuardedSession, reference: str, item: ItemWords) -> AgendaItem:
    """Add an item where its kind usually stands: before what comes after it at the end of the agenda.

    Raises what `open_agenda` raises; `Refusal` `needs_title`, `unknown_kind`, `unknown_type`,
    `minutes_out_of_range`, `no_decision_under_other_business`, `unknown_party`, `too_many_items`.
    """
    meeting, rows = open_agenda(session, reference)
    values = _checked(meeting, item)
    standing = [row for row in rows if not row.removed]
    _check_room(standing)
    new = AgendaItem(
        id=uuid.uuid4(), meeting_id=meeting.id, audience_id=agenda_audience(session, meeting), removed=False, **values
    )
    place = _usual_place([row.kind for row in standing], new.kind)
    standing.insert(place, new)
    _number(standing)
    session.add(new)
    _record(session, "agenda_item_added", meeting, new, position=new.position)
    return new


def edit_item(
    session: GuardedSession, reference: str, item_id: uuid.UUID, item: ItemWords, *, version: str
) -> AgendaItem:
    """Change what an item says; `version` is that of the text that was edited.

    Raises what `add_item` raises, `NotFound` for an item of another meeting, `StaleVersion`.
    """
    meeting, rows = open_agenda(session, reference)
    row = _row(rows, item_id)
    if version != version_of(row):
        raise StaleVersion(_said(item), words_of(row))
    values = _checked(meeting, item)
    before = words_of(row)
    if values != before:
        for name, value in values.items():
            setattr(row, name, value)
        _record(session, "agenda_item_changed", meeting, row, was=before)
    return row


def remove_item(session: GuardedSession, reference: str, item_id: uuid.UUID, *, version: str) -> AgendaItem:
    """Take an item off the agenda; it is kept and can be put back. Raises as `edit_item` does."""
    meeting, rows = open_agenda(session, reference)
    row = _row(rows, item_id)
    if row.removed:
        return row
    if version != version_of(row):
        raise StaleVersion({"removed": True}, words_of(row))
    row.removed = True
    row.audience_id = session.audience(without_persons(keys_of(session, row.audience_id)))  # it is released no more
    _number([other for other in rows if not other.removed])
    _record(session, "agenda_item_removed", meeting, row)
    return row


def restore_item(session: GuardedSession, reference: str, item_id: uuid.UUID) -> AgendaItem:
    """Put a removed item back where it stood. Raises as `open_agenda` does, `Refusal("too_many_items")`."""
    meeting, rows = open_agenda(session, reference)
    row = _row(rows, item_id)
    if not row.removed:
        return row
    standing = [other for other in rows if not other.removed]
    _check_room(standing)
    row.removed = False
    row.audience_id = agenda_audience(session, meeting)  # it may have been taken off before some of the parties came
    standing.insert(min(row.position - 1, len(standing)), row)
    _number(standing)
    _record(session, "agenda_item_restored", meeting, row, position=row.position)
    return row


def move_item(
    session: GuardedSession, reference: str, item_id: uuid.UUID, direction: Literal["up", "down"], *, order: str
) -> AgendaItem:
    """Move an item a place up or down; `order` is the digest of the order that its maker saw.

    Raises what `open_agenda` raises, `NotFound`, and `StaleVersion` where the order is another by now.
    """
    meeting, rows = open_agenda(session, reference)
    row = _row(rows, item_id)
    standing = [other for other in rows if not other.removed]
    if row.removed or order != order_digest(other.id for other in standing):
        raise StaleVersion(
            {"direction": direction, "title": dict(row.title)}, {"order": [dict(other.title) for other in standing]}
        )
    was = row.position
    by_id = {other.id: other for other in standing}
    _number([by_id[each] for each in rules.move([other.id for other in standing], row.id, direction)])
    if row.position != was:
        _record(session, "agenda_item_moved", meeting, row, was=was, position=row.position)
    return row


def fill_agenda(session: GuardedSession, reference: str) -> Meeting:
    """Fill an empty agenda from the mechanism's template, or the usual one where it has none.

    Raises what `open_agenda` raises, and `Refusal("agenda_not_empty")`.
    """
    meeting, rows = open_agenda(session, reference)
    if any(not row.removed for row in rows):
        raise Refusal("agenda_not_empty")
    mechanism = session.execute(select(Mechanism).where(Mechanism.id == meeting.mechanism_id)).scalar_one_or_none()
    template = template_of(mechanism)
    add_agenda(session, meeting, template)
    session.record("agenda_filled", "agenda", meeting.id, rows_audience(session, meeting), count=len(template))
    return meeting


def words_of(row: AgendaItem) -> dict[str, Any]:
    """Return what an item says, by the names of its columns."""
    return {name: dict(row.title) if name == "title" else getattr(row, name) for name in FIELDS}


def _said(item: ItemWords) -> dict[str, object]:
    return {name: dict(item.title) if name == "title" else getattr(item, name) for name in FIELDS}


def _checked(meeting: Meeting, item: ItemWords) -> dict[str, Any]:
    """Return the values of an item's columns, or refuse them."""
    title = titles(item.title, item.original)
    rules.check_item(item.kind, item.type, item.minutes)
    lead = item.lead_party or None
    if lead is not None and lead not in {row.party_code for row in meeting.parties}:
        raise Refusal("unknown_party", field="lead_party")
    return {"title": title, "kind": item.kind, "type": item.type, "lead_party": lead, "minutes": item.minutes}


def _check_room(standing: Sequence[AgendaItem]) -> None:
    if len(standing) >= rules.MAX_ITEMS:
        raise Refusal("too_many_items", limit=rules.MAX_ITEMS)


def _usual_place(kinds: Sequence[str], kind: str) -> int:
    """Return the place (from 0) of a new item: at the end, but before the kinds that usually follow its own."""
    rank = {each: number for number, each in enumerate(rules.ITEM_KINDS)}
    place = len(kinds)
    while place and rank[cast("rules.ItemKind", kinds[place - 1])] > rank[cast("rules.ItemKind", kind)]:
        place -= 1
    return place


def _number(standing: Sequence[AgendaItem]) -> None:
    """Give the items of an agenda their positions, dense from 1."""
    for position, row in enumerate(standing, start=1):
        if row.position != position:
            row.position = position


def _row(rows: Sequence[AgendaItem], item_id: uuid.UUID) -> AgendaItem:
    found = next((row for row in rows if row.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def _record(session: GuardedSession, act: str, meeting: Meeting, row: AgendaItem, **facts: Any) -> None:
    """Record an act on an item, in the meeting's audience, under the item's present title."""
    session.record(
        act, "agenda", meeting.id, rows_audience(session, meeting), item=str(row.id), title=dict(row.title), **facts
    )
