"""What is done to an agenda: items added, changed, moved, removed and put back, each act on what its maker saw.

Every act holds the meeting's row, so that two of them on one agenda come one after the other. None of
them touches the meeting itself: an agenda changes nothing in anybody's calendar. An adopted agenda is changed by
`app.services.agenda_changes` alone, which asks every party.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import agenda as rules
from app.domain.agenda_standing import check_other_business
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.models import AgendaItem, Mechanism, Meeting
from app.services.agenda import FROZEN_STATES, facts_apart, items_of, order_digest, version_of
from app.services.agenda_content import (
    FORMAL,
    ItemWords,
    check_topic,
    checked_values,
    in_record,
    parties_of_new,
    said,
    words_of,
)
from app.services.agenda_standing import AgendaStanding, standing_of
from app.services.meeting_audience import agenda_audience, audience_of, keys_of, rows_audience, without_persons
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.proposing import add_agenda, template_of

__all__ = ["ItemWords", "words_of"]


@dataclass(frozen=True, slots=True)
class OpenAgenda:
    """An agenda that is held for a change: its meeting, its items read anew, and how it stands.

    `is_agreed` says that every party consented to the change, so that neither adoption nor the days are in its way.
    """

    meeting: Meeting
    rows: list[AgendaItem]
    standing: AgendaStanding
    may_steer: bool
    is_agreed: bool = False

    def series_of(self, parties: Sequence[str]) -> list[AgendaItem]:
        """Return the standing items of all the parties, or of exactly these, in their order."""
        return [row for row in self.rows if not row.removed and sorted(row.parties) == sorted(parties)]


def open_agenda(session: GuardedSession, reference: str, *, is_agreed: bool = False) -> OpenAgenda:
    """Return the agenda of a meeting, held for a change.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state` for a closed meeting.
    """
    meeting = find_meeting(session, reference, lock=True)
    facts = facts_of_meeting(session, meeting)
    if not can(session.bound_viewer, Action.EDIT_AGENDA, facts):
        raise Refusal("forbidden")
    if meeting.state in FROZEN_STATES:
        raise Refusal("not_in_state", state=meeting.state, verb="agenda")
    return OpenAgenda(
        meeting=meeting,
        rows=items_of(session, meeting.id, fresh=True),
        standing=standing_of(session, meeting, fresh=True),
        may_steer=can(session.bound_viewer, Action.ISSUE_AGENDA, facts),
        is_agreed=is_agreed,
    )


# The acts -----------------------------------------------------------------------------------------


def add_item(session: GuardedSession, reference: str, item: ItemWords) -> AgendaItem:
    """Add an item where its kind usually stands: before what comes after it at the end of the agenda.

    One that comes after the provisional agenda was issued is supplementary. Raises what `open_agenda` and
    `place_new` raise; `Refusal` `needs_title`, `unknown_kind`, `unknown_type`, `minutes_out_of_range`,
    `no_decision_under_other_business`, `unknown_party`, `own_party_needed`, `topic_set_aside`.
    """
    agenda = open_agenda(session, reference)
    parties = parties_of_new(session, agenda.meeting, item.parties)
    values = checked_values(agenda.meeting, item, parties)
    if item.kind not in FORMAL:
        check_topic(session, agenda.meeting.mechanism_id, values["title"])
    proposer = item.proposed_by or session.bound_viewer.party
    return place_new(session, agenda, {**values, "proposed_by": proposer}, parties)


def edit_item(
    session: GuardedSession, reference: str, item_id: uuid.UUID, item: ItemWords, *, version: str
) -> AgendaItem:
    """Change what an item says; `version` is that of the text that was edited.

    Raises what `add_item` raises, `NotFound` for an item of another meeting, `StaleVersion`.
    """
    agenda = open_agenda(session, reference)
    row = row_of(agenda, item_id)
    if version != version_of(row):
        raise StaleVersion(said(item), words_of(row))
    check_may_change(session, agenda, row.parties)
    values = checked_values(agenda.meeting, item, row.parties)
    if values["title"] != row.title and item.kind not in FORMAL:
        check_topic(session, agenda.meeting.mechanism_id, values["title"])
    write_values(session, agenda, row, values)
    return row


def remove_item(session: GuardedSession, reference: str, item_id: uuid.UUID, *, version: str) -> AgendaItem:
    """Take an item off the agenda; it is kept and can be put back. Raises as `edit_item` does."""
    agenda = open_agenda(session, reference)
    row = row_of(agenda, item_id)
    if row.removed:
        return row
    if version != version_of(row):
        raise StaleVersion({"removed": True}, words_of(row))
    check_may_change(session, agenda, row.parties)
    take_off(session, agenda, row)
    return row


def restore_item(session: GuardedSession, reference: str, item_id: uuid.UUID) -> AgendaItem:
    """Put a removed item back where it stood. Raises as `open_agenda` does, `Refusal("too_many_items")`."""
    agenda = open_agenda(session, reference)
    row = row_of(agenda, item_id)
    if row.removed:
        check_may_change(session, agenda, row.parties)
        put_back(session, agenda, row)
    return row


def move_item(
    session: GuardedSession, reference: str, item_id: uuid.UUID, direction: Literal["up", "down"], *, order: str
) -> AgendaItem:
    """Move an item a place up or down; `order` is the digest of the order that its maker saw.

    Raises what `open_agenda` raises, `NotFound`, and `StaleVersion` where the order is another by now.
    """
    agenda = open_agenda(session, reference)
    row = row_of(agenda, item_id)
    standing = agenda.series_of(row.parties)
    if row.removed or order != order_digest(other.id for other in standing):
        raise stale_order({"direction": direction, "title": dict(row.title)}, standing)
    check_may_change(session, agenda, row.parties)
    put_in_order(session, agenda, row, rules.move([other.id for other in standing], row.id, direction))
    return row


def place_item(session: GuardedSession, reference: str, item_id: uuid.UUID, place: int, *, order: str) -> AgendaItem:
    """Put an item at a place of its series, from 1; beyond the end it is the last. Raises as `move_item` does."""
    agenda = open_agenda(session, reference)
    row = row_of(agenda, item_id)
    standing = agenda.series_of(row.parties)
    if row.removed or order != order_digest(other.id for other in standing):
        raise stale_order({"place": place, "title": dict(row.title)}, standing)
    check_may_change(session, agenda, row.parties)
    put_in_order(session, agenda, row, rules.placed([other.id for other in standing], row.id, place))
    return row


def fill_agenda(session: GuardedSession, reference: str) -> Meeting:
    """Fill an empty agenda from the mechanism's template, or the usual one where it has none.

    Raises what `open_agenda` raises, and `Refusal("agenda_not_empty")`.
    """
    agenda = open_agenda(session, reference)
    meeting = agenda.meeting
    if agenda.series_of(()):
        raise Refusal("agenda_not_empty")
    check_may_change(session, agenda, ())
    mechanism = session.execute(select(Mechanism).where(Mechanism.id == meeting.mechanism_id)).scalar_one_or_none()
    template = template_of(mechanism)
    add_agenda(session, meeting, template)
    session.record("agenda_filled", "agenda", meeting.id, rows_audience(session, meeting), count=len(template))
    return meeting


# What acts and agreed changes are made of ------------------------------------------------------------


def check_may_change(session: GuardedSession, agenda: OpenAgenda, parties: Sequence[str]) -> None:
    """Refuse a change of what an adopted agenda fixes (`agenda_is_adopted`), or of what others have (`forbidden`)."""
    if parties:
        if not can(session.bound_viewer, Action.EDIT_AGENDA, facts_apart(session, parties)):
            raise Refusal("forbidden")
    elif agenda.standing.state == "adopted" and not agenda.is_agreed:
        raise Refusal("agenda_is_adopted")


def place_new(
    session: GuardedSession,
    agenda: OpenAgenda,
    values: Mapping[str, Any],
    parties: Sequence[str] = (),
    *,
    item_id: uuid.UUID | None = None,
) -> AgendaItem:
    """Add a checked item where its kind usually stands, supplementary where the provisional agenda is out.

    Raises `Refusal` `agenda_is_adopted`, `other_business_too_late`, `too_many_items`, and `item_is_late` where only
    who steers can let it on.
    """
    check_may_change(session, agenda, parties)
    standing = agenda.series_of(parties)
    check_room(standing)
    comes = "listed" if parties else agenda.standing.intake
    if not parties:
        check_other_business(values["kind"], agenda.standing.state)
    if comes == "late" and not (agenda.may_steer or agenda.is_agreed):
        raise Refusal("item_is_late", until=agenda.standing.supplementary_until)
    new = AgendaItem(
        id=item_id or uuid.uuid4(), meeting_id=agenda.meeting.id, removed=False, parties=list(parties),
        audience_id=item_audience(session, agenda.meeting, parties), is_supplementary=comes != "listed",
        announced_at=session.now if values["kind"] == "other_business" else None, **values,
    )  # fmt: skip
    standing.insert(_usual_place([row.kind for row in standing], new.kind), new)
    number(standing)
    session.add(new)
    agenda.rows.append(new)
    record(session, "agenda_item_added", agenda.meeting, new, position=new.position)
    return new


def write_values(session: GuardedSession, agenda: OpenAgenda, row: AgendaItem, values: Mapping[str, Any]) -> None:
    """Write what an item says; turned into other business before adoption, it is announced by that."""
    before = words_of(row)
    if dict(values) == before:
        return
    if values["kind"] == "other_business" and row.kind != "other_business":
        if not row.parties:
            check_other_business("other_business", agenda.standing.state)
        row.announced_at = session.now
    for name, value in values.items():
        setattr(row, name, value)
    changed = [name for name in values if values[name] != before[name]]
    record(session, "agenda_item_changed", agenda.meeting, row, was=in_record(before), changed=changed)


def take_off(session: GuardedSession, agenda: OpenAgenda, row: AgendaItem) -> None:
    """Take an item off the agenda."""
    row.removed = True
    row.audience_id = session.audience(without_persons(keys_of(session, row.audience_id)))  # it is released no more
    number(agenda.series_of(row.parties))
    record(session, "agenda_item_removed", agenda.meeting, row)


def put_back(session: GuardedSession, agenda: OpenAgenda, row: AgendaItem) -> None:
    """Put an item that was taken off back where it stood; one that comes back late is let on as a new one is."""
    standing = agenda.series_of(row.parties)
    check_room(standing)
    if not row.parties and agenda.standing.intake == "late" and not (agenda.may_steer or agenda.is_agreed):
        raise Refusal("item_is_late", until=agenda.standing.supplementary_until)
    row.removed = False
    # It may have been taken off before some of the parties came.
    row.audience_id = item_audience(session, agenda.meeting, row.parties)
    standing.insert(min(row.position - 1, len(standing)), row)
    number(standing)
    record(session, "agenda_item_restored", agenda.meeting, row, position=row.position)


def put_in_order(session: GuardedSession, agenda: OpenAgenda, row: AgendaItem, order: Sequence[uuid.UUID]) -> None:
    """Give the items of a series another order, in which `row` is the one that was moved."""
    was = row.position
    by_id = {other.id: other for other in agenda.rows}
    number([by_id[each] for each in order])
    if row.position != was:
        record(session, "agenda_item_moved", agenda.meeting, row, was=was, position=row.position)


def item_audience(session: GuardedSession, meeting: Meeting, parties: Sequence[str]) -> uuid.UUID:
    """Return the audience of an item: that of the agenda, or of the item's parties and who serves exactly them."""
    if not parties:
        return agenda_audience(session, meeting)
    return session.audience(audience_of(session, meeting.mechanism_id, parties, meeting.id).keys)


def stale_order(yours: dict[str, object], standing: Sequence[AgendaItem]) -> StaleVersion:
    """Return what tells who moved an item that the order is another by now."""
    return StaleVersion(yours, {"order": [dict(other.title) for other in standing]})


def check_room(standing: Sequence[AgendaItem]) -> None:
    """Refuse one item more than an agenda holds: `too_many_items`."""
    if len(standing) >= rules.MAX_ITEMS:
        raise Refusal("too_many_items", limit=rules.MAX_ITEMS)


def number(standing: Sequence[AgendaItem]) -> None:
    """Give the items of a series their positions, dense from 1."""
    for position, row in enumerate(standing, start=1):
        if row.position != position:
            row.position = position


def row_of(agenda: OpenAgenda, item_id: uuid.UUID) -> AgendaItem:
    """Return an item of an open agenda, one that was taken off too; raises `NotFound`."""
    found = next((row for row in agenda.rows if row.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def record(session: GuardedSession, act: str, meeting: Meeting, row: AgendaItem, **facts: Any) -> None:
    """Record an act on an item, in the audience of who works on it, under the item's present title."""
    audience_id = row.audience_id if row.parties else rows_audience(session, meeting)
    session.record(act, "agenda", meeting.id, audience_id, item=str(row.id), title=dict(row.title), **facts)


def _usual_place(kinds: Sequence[str], kind: str) -> int:
    """Return the place (from 0) of a new item: at the end, but before the kinds that usually follow its own."""
    rank = {each: number for number, each in enumerate(rules.ITEM_KINDS)}
    place = len(kinds)
    while place and rank[cast("rules.ItemKind", kinds[place - 1])] > rank[cast("rules.ItemKind", kind)]:
        place -= 1
    return place
