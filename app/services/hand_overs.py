"""Hand-overs: from one host of a mechanism to the next, by a day, with a checklist that both keep.

The party that hands over says so, then the one that receives. Until then both, and their secretariat, keep the list;
afterwards it stays as it was. All of the mechanism's parties read it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import load_only, selectinload

from app import words
from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, Facts, Viewer, appointments_in, can
from app.models import HandOver, HandOverItem, Mechanism
from app.services.hosting_state import hosting_state, is_of
from app.services.mechanism_facts import audience_of_keepers, find_mechanism
from app.services.meeting_audience import keys_of
from app.services.people_names import names_of
from app.services.practice import ORIGIN

NOTE_LIMIT: Final = 2_000
LINES_LIMIT: Final = 60
SOON_DAYS: Final = 30
Way = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class HandOverView:
    """A hand-over with its checklist; `names` are of the persons whom the viewer may know."""

    hand_over: HandOver
    mechanism: Mechanism
    names: Mapping[uuid.UUID, str]
    may_keep: bool
    may_hand_over: bool
    may_receive: bool

    @property
    def lines(self) -> tuple[HandOverItem, ...]:
        """Return the lines of the checklist, in their order."""
        return tuple(item for item in self.hand_over.items if not item.removed)

    @property
    def removed(self) -> tuple[HandOverItem, ...]:
        """Return the lines that were taken off."""
        return tuple(item for item in self.hand_over.items if item.removed)

    @property
    def done_count(self) -> int:
        """Return how many lines are done."""
        return sum(item.done_at is not None for item in self.lines)


@dataclass(frozen=True, slots=True)
class HandOversOfMechanism:
    """The hand-overs of a mechanism: the one under way that is due first, and the others."""

    mechanism: Mechanism
    current: HandOverView | None
    others: tuple[HandOver, ...]
    may_start: bool


# Reading ------------------------------------------------------------------------------------------


def hand_overs_of(session: GuardedSession, code: str) -> HandOversOfMechanism:
    """Return the hand-overs of a mechanism, for its parties and their secretariat; raises `NotFound`."""
    mechanism = _own_mechanism(session, code)
    found = session.execute(
        _whole()
        .where(HandOver.mechanism_id == mechanism.id)
        .order_by(HandOver.received_at.is_not(None), HandOver.due_on, HandOver.created_at)
    ).scalars()
    rows = list(found)
    current = next((row for row in rows if row.received_at is None), None)
    return HandOversOfMechanism(
        mechanism,
        _view(session, current, mechanism) if current else None,
        tuple(row for row in rows if row is not current),
        current is None and _may_start(session, mechanism),
    )


def hand_over_view(session: GuardedSession, hand_over_id: uuid.UUID) -> HandOverView:
    """Return one hand-over; raises `NotFound`."""
    row = find_hand_over(session, hand_over_id)
    return _view(session, row, session.get_one(Mechanism, row.mechanism_id))


def find_hand_over(session: GuardedSession, hand_over_id: uuid.UUID, *, lock: bool = False) -> HandOver:
    """Return a hand-over with its lines; raises `NotFound`. `lock` holds it, and reads it anew."""
    query = _whole().where(HandOver.id == hand_over_id)
    if lock:
        query = query.with_for_update(of=HandOver).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def find_line(session: GuardedSession, hand_over_id: uuid.UUID, item_id: uuid.UUID) -> HandOverItem:
    """Return a line of a hand-over's checklist; raises `NotFound`."""
    row = find_hand_over(session, hand_over_id)
    found = next((item for item in row.items if item.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def due_hand_overs(session: GuardedSession, today: dt.date) -> tuple[tuple[HandOver, Mechanism], ...]:
    """Return the hand-overs that wait for the viewer's party, due within a month or since their day: one statement.

    The party that hands over is done once it has; the one that receives, once it has received.
    """
    party = session.bound_viewer.party
    if not session.bound_viewer.sits_at_a_table:
        return ()
    gives = (HandOver.from_party == party) & HandOver.handed_over_at.is_(None)
    rows = session.execute(
        select(HandOver, Mechanism)
        .join(Mechanism, Mechanism.id == HandOver.mechanism_id)
        .where(
            HandOver.received_at.is_(None),
            HandOver.due_on <= today + dt.timedelta(days=SOON_DAYS),
            or_(gives, HandOver.to_party == party),
        )
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref))
        .order_by(HandOver.due_on, HandOver.id)
    )
    return tuple((hand_over, mechanism) for hand_over, mechanism in rows)


def suggested_parties(session: GuardedSession, code: str) -> tuple[str | None, str | None]:
    """Return who would hand over to whom: the present host to the next, where both are known."""
    roles = hosting_state(session, _own_mechanism(session, code)).troika
    return roles.present, roles.next if roles.next != roles.present else None


def _whole() -> Select[HandOver]:
    return select(HandOver).options(selectinload(HandOver.items))


def _own_mechanism(session: GuardedSession, code: str) -> Mechanism:
    mechanism = find_mechanism(session, code)
    if not is_of(session.bound_viewer, mechanism) or mechanism.status == "proposed":
        raise NotFound
    return mechanism


def _view(session: GuardedSession, row: HandOver, mechanism: Mechanism) -> HandOverView:
    people = (row.handed_over_by, row.received_by, *(item.done_by for item in row.items))
    is_kept = may_keep(session, row)
    return HandOverView(
        hand_over=row,
        mechanism=mechanism,
        names=names_of(session, people),
        may_keep=is_kept,
        may_hand_over=is_kept and row.handed_over_at is None and _gives(session.bound_viewer, row),
        may_receive=is_kept and row.handed_over_at is not None and _receives(session.bound_viewer, row),
    )


# Who keeps it -------------------------------------------------------------------------------------


def may_keep(session: GuardedSession, row: HandOver) -> bool:
    """Say whether the viewer keeps this hand-over: for one of its two parties, or for their secretariat."""
    serving = appointments_in(keys_of(session, row.audience_id))
    facts = Facts(parties=frozenset({row.from_party, row.to_party}), appointments=serving)
    return row.received_at is None and can(session.bound_viewer, Action.KEEP_HAND_OVER, facts)


def _gives(viewer: Viewer, row: HandOver) -> bool:
    """Say whether the viewer speaks for the party that hands over, or serves as its secretariat."""
    return not viewer.sits_at_a_table or (viewer.speaks_for_party and viewer.party == row.from_party)


def _receives(viewer: Viewer, row: HandOver) -> bool:
    return viewer.speaks_for_party and viewer.party == row.to_party


def _may_start(session: GuardedSession, mechanism: Mechanism) -> bool:
    serving = frozenset(hat.appointment_id for hat in session.bound_viewer.hats if hat.mechanism_id == mechanism.id)
    facts = Facts(parties=frozenset(mechanism.parties), appointments=serving)
    return (
        len(mechanism.parties) > 1
        and mechanism.origin != ORIGIN  # who practises practises alone
        and mechanism.status != "concluded"
        and mechanism.merged_into_id is None
        and can(session.bound_viewer, Action.KEEP_HAND_OVER, facts)
    )


# Keeping it ---------------------------------------------------------------------------------------


def start_hand_over(
    session: GuardedSession, code: str, from_party: str, to_party: str, due_on: dt.date | None, note: str
) -> HandOver:
    """Begin a hand-over with the suggested checklist, in the viewer's language.

    Raises `NotFound`; `Refusal` `forbidden`, `hand_over_open`, `required`, `not_of_mechanism`, `same_party_twice`,
    `needs_own_side`.
    """
    find_mechanism(session, code, lock=True)  # two who begin at once take turns: one is under way at a time
    found = hand_overs_of(session, code)
    if found.current is not None:
        raise Refusal("hand_over_open")
    mechanism = found.mechanism
    if not found.may_start:
        raise Refusal("forbidden")
    _check_parties(session.bound_viewer, from_party, to_party, mechanism.parties)
    if due_on is None:
        raise Refusal("required", field="due_on")
    row = HandOver(
        id=uuid.uuid4(), mechanism_id=mechanism.id, from_party=from_party, to_party=to_party, due_on=due_on,
        note=paragraphs(note, "note", NOTE_LIMIT) or None, created_by=session.bound_viewer.person_id,
        created_at=session.now, audience_id=audience_of_keepers(session, mechanism),
    )  # fmt: skip
    session.add(row)
    session.flush()  # its lines refer to it
    for position, text in enumerate(suggested_checklist(session.bound_viewer.language), start=1):
        session.add(HandOverItem(hand_over_id=row.id, position=position, text=text, audience_id=row.audience_id))
    _record(session, "hand_over_started", row, to=to_party)
    return row


def suggested_checklist(language: str) -> tuple[str, ...]:
    """Return what one host usually hands to the next, a line each."""
    gettext = words.translations(language).gettext
    return tuple(
        str(line)
        for line in (
            gettext("List of documents, with the latest version of each"),
            gettext("Open actions: who owes what, and by when"),
            gettext("Contacts in every delegation, and of guests"),
            gettext("Calendar of the cycle, with dates held in pencil"),
            gettext("Draft agenda of the next meeting"),
            gettext("Arrangements for rooms and interpretation"),
            gettext("Keys, accounts and access to shared folders"),
        )
    )


def _check_parties(viewer: Viewer, from_party: str, to_party: str, parties: Collection[str]) -> None:
    for field, party in (("from_party", from_party), ("to_party", to_party)):
        if not party:
            raise Refusal("required", field=field)
        if party not in parties:
            raise Refusal("not_of_mechanism", field=field, party=party)
    if from_party == to_party:
        raise Refusal("same_party_twice", field="to_party")
    if viewer.sits_at_a_table and viewer.party not in {from_party, to_party}:
        raise Refusal("needs_own_side", field="from_party")


def save_hand_over(
    session: GuardedSession, hand_over_id: uuid.UUID, due_on: dt.date | None, note: str, *, version: int
) -> HandOver:
    """Change the day and the note. Raises `NotFound`, `StaleVersion`; `Refusal` `required`, and as `kept` does."""
    row = kept(session, hand_over_id)
    said = paragraphs(note, "note", NOTE_LIMIT) or None
    if row.version != version:
        raise StaleVersion({"due_on": due_on, "note": said}, {"due_on": row.due_on, "note": row.note})
    if due_on is None:
        raise Refusal("required", field="due_on")
    row.due_on, row.note = due_on, said
    _record(session, "hand_over_changed", row)
    return row


def hand_over(session: GuardedSession, hand_over_id: uuid.UUID, *, version: int) -> HandOver:
    """Say that it was handed over. Raises `NotFound`, `StaleVersion`; `Refusal` `not_in_state`, and as `kept` does."""
    row = kept(session, hand_over_id)
    if not _gives(session.bound_viewer, row):
        raise Refusal("forbidden")
    _check_version(row, version)
    if row.handed_over_at is not None:
        raise Refusal("not_in_state")
    row.handed_over_at, row.handed_over_by = session.now, session.bound_viewer.person_id
    _record(session, "hand_over_given", row, party=row.from_party)
    return row


def receive(session: GuardedSession, hand_over_id: uuid.UUID, *, version: int) -> HandOver:
    """Say that it was received: from now on it stays as it is.

    Raises `NotFound`, `StaleVersion`; `Refusal` `not_handed_over`, and as `kept` does.
    """
    row = kept(session, hand_over_id)
    if not _receives(session.bound_viewer, row):
        raise Refusal("forbidden")
    _check_version(row, version)
    if row.handed_over_at is None:
        raise Refusal("not_handed_over", party=row.from_party)
    row.received_at, row.received_by = session.now, session.bound_viewer.person_id
    _record(session, "hand_over_received", row, party=row.to_party)
    return row


def kept(session: GuardedSession, hand_over_id: uuid.UUID) -> HandOver:
    """Return a hand-over that the viewer keeps, held; raises `NotFound`, `Refusal` `forbidden`, `hand_over_is_over`."""
    row = find_hand_over(session, hand_over_id, lock=True)
    if row.received_at is not None:
        raise Refusal("hand_over_is_over")
    if not may_keep(session, row):
        raise Refusal("forbidden")
    return row


def _check_version(row: HandOver, version: int) -> None:
    if row.version != version:
        raise StaleVersion({}, {})


def _record(session: GuardedSession, act: str, row: HandOver, **facts: object) -> None:
    session.record(act, "hand_over", row.id, row.audience_id, **facts)
