"""What somebody who left still owes: listed for their delegation, handed to another in one go, and taken back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import DELEGATION_ROLES, Facts, can
from app.domain.visibility import Action as Permission
from app.models import Action, ActionBatch, Leg, Office, Person
from app.services.action_lines import ActionLine, LegLine, lines_of
from app.services.action_whole import not_ended
from app.services.people import account
from app.services.practice import is_real_action

# In the batches of changes; other batches are undone elsewhere.
OPERATION: Final = "leaver_items"
_FIELDS: Final = ("person_id", "person_name", "office_code")


@dataclass(frozen=True, slots=True)
class LeaverItem:
    """An action with the leg of it that is with somebody: by their account, or by their name alone."""

    line: ActionLine
    own: LegLine
    is_by_name: bool

    @property
    def leg(self) -> Leg:
        """Return the leg."""
        return self.own.leg


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody of the viewer's delegation who left, and how many legs are still with them."""

    person: Person
    count: int


@dataclass(frozen=True, slots=True)
class NewOwner:
    """Who takes the legs over: a person of the delegation, a name where they have no account, an office."""

    person_id: uuid.UUID | None = None
    person_name: str | None = None
    office_code: str | None = None


# Who left, and what is with them ------------------------------------------------------------------


def leavers(session: GuardedSession) -> tuple[Leaver, ...]:
    """Return who left the viewer's delegation and still has legs, by name; one statement, none for others.

    Who left has a disabled account, or keeps accounts now and works at no table.
    """
    viewer = session.bound_viewer
    if viewer.party is None or not can(viewer, Permission.HAND_OVER_ITEMS, Facts(owner=viewer.party)):
        return ()
    rows = session.execute(
        select(Person, func.count(Leg.id))
        .join(Leg, _is_with())
        .join(Action, Action.id == Leg.action_id)
        .where(
            _has_left(viewer.party),
            *_owed_by(viewer.party),
            not_ended(),
            is_real_action(),
        )
        .group_by(Person.id)
        .order_by(Person.name, Person.id)
    )
    return tuple(Leaver(person, count) for person, count in rows)


def items_of(session: GuardedSession, person_id: uuid.UUID) -> tuple[Person, tuple[LeaverItem, ...]]:
    """Return somebody of the viewer's own delegation and what is with them and still owed, by due day.

    Raises `NotFound` for anybody else; `Refusal("forbidden")`.
    """
    party = _own_party(session)
    person = session.execute(
        select(Person).where(Person.id == person_id, Person.delegation == party)
    ).scalar_one_or_none()  # fmt: skip
    if person is None:
        raise NotFound
    theirs = select(Leg.action_id).where(_is_of(person), *_owed_by(party))
    query = select(Action).where(Action.id.in_(theirs), not_ended(), is_real_action())
    lines = lines_of(session, query.order_by(Action.due_on.is_(None), Action.due_on, Action.reference))
    return person, tuple(LeaverItem(line, line.legs[party], line.legs[party].leg.person_id is None) for line in lines)


def count_with(session: GuardedSession, person_id: uuid.UUID) -> int:
    """Return how many legs are with an account of the administrator's own government: the number, and nothing of them.

    Raises `NotFound`; `Refusal("forbidden")`.
    """
    person = account(session, person_id)
    if person.delegation is None:
        return 0
    with session.whole_truth("count what is with somebody who leaves") as truth:
        counted = select(func.count(Leg.id)).join(Action, Action.id == Leg.action_id)
        found = truth.execute(
            counted.where(_is_of(person), *_owed_by(person.delegation), not_ended(), is_real_action())
        )
        return int(found.scalar_one())


def _own_party(session: GuardedSession) -> str:
    viewer = session.bound_viewer
    if viewer.party is None or not can(viewer, Permission.HAND_OVER_ITEMS, Facts(owner=viewer.party)):
        raise Refusal("forbidden")
    return viewer.party


def _owed_by(party: str) -> tuple[ColumnElement[bool], ...]:
    return Leg.party_code == party, Leg.state.in_(sorted(OWED_STATES))


def _is_with() -> ColumnElement[bool]:
    """Return the condition that joins a leg to the person whom it is with, by account or by name alone."""
    return or_(Leg.person_id == Person.id, and_(Leg.person_id.is_(None), Leg.person_name == Person.name))


def is_with_leaver(party: str) -> ColumnElement[bool]:
    """Return the condition that joins a leg to the person whom it is with, where they left that delegation."""
    return and_(_is_with(), _has_left(party))


def _has_left(party: str) -> ColumnElement[bool]:
    gone = or_(Person.active.is_(False), Person.role.not_in(sorted(DELEGATION_ROLES)))
    return and_(Person.delegation == party, gone)


def _is_of(person: Person) -> ColumnElement[bool]:
    return or_(Leg.person_id == person.id, and_(Leg.person_id.is_(None), Leg.person_name == person.name))


# Handing over -------------------------------------------------------------------------------------


def new_owner(session: GuardedSession, chosen: NewOwner) -> NewOwner:
    """Return who takes over, checked and by the name that all read.

    Raises `Refusal`: `new_owner_missing` (`person_id`), `unknown_person`, `unknown_office`, and what a line raises.
    """
    party = _own_party(session)
    name = one_line(chosen.person_name, "person_name") or None
    if chosen.person_id is not None:
        found = session.execute(select(Person).where(Person.id == chosen.person_id)).scalar_one_or_none()
        if found is None or found.delegation != party or not found.active or found.role not in DELEGATION_ROLES:
            raise Refusal("unknown_person", field="person_id")
        name = found.name
    if chosen.office_code:
        office = select(Office.code).where(Office.code == chosen.office_code, Office.party_code == party)
        if session.execute(office).scalar_one_or_none() is None:
            raise Refusal("unknown_office", field="office_code")
    if name is None and not chosen.office_code:
        raise Refusal("new_owner_missing", field="person_id")
    return NewOwner(chosen.person_id, name, chosen.office_code or None)


def check_some(chosen: Collection[object]) -> None:
    """Refuse to hand on nothing; raises `Refusal("no_items_chosen")`."""
    if not chosen:
        raise Refusal("no_items_chosen", field="legs")


def hand_over_items(
    session: GuardedSession, person_id: uuid.UUID, versions: Mapping[uuid.UUID, int], chosen: NewOwner
) -> ActionBatch:
    """Hand those legs of somebody to another, all of them or none; each has its line in the history.

    `versions` are the legs by their ids, as they were read. Where no office is chosen each keeps its own. Raises what
    `items_of` and `new_owner` raise; `Refusal` `no_items_chosen`; `StaleVersion` where a leg reads otherwise by now.
    """
    party, owner = _own_party(session), new_owner(session, chosen)
    person, items = items_of(session, person_id)
    check_some(versions)
    by_id = {item.leg.id: item for item in items}
    legs = _locked(session, versions)
    if set(versions) - set(by_id) or any(legs[identity].version != version for identity, version in versions.items()):
        raise StaleVersion({"version": len(versions)}, {"version": len(items)})
    rows = []
    for identity, leg in legs.items():
        was = _reads(leg)
        leg.person_id, leg.person_name = owner.person_id, owner.person_name
        leg.office_code = owner.office_code or leg.office_code
        rows.append({"leg": str(identity), "was": was, "now": _reads(leg)})
        _tell(session, by_id[identity].line.action, "leg_handed_over", party, was, _reads(leg))
    batch = ActionBatch(
        id=uuid.uuid4(), kind="bulk", row_count=len(rows), person_id=session.bound_viewer.person_id,
        content={"operation": OPERATION, "person": str(person.id), "rows": rows}, made_at=session.now,
        audience_id=session.audience({f"party:{party}"}),
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def hand_overs_of(session: GuardedSession, person_id: uuid.UUID) -> tuple[ActionBatch, ...]:
    """Return what of somebody's was handed on in one go and not taken back, the latest first."""
    rows = session.execute(
        select(ActionBatch)
        .where(ActionBatch.kind == "bulk", ActionBatch.undone_at.is_(None))
        .order_by(ActionBatch.made_at.desc(), ActionBatch.id)
    ).scalars()
    return tuple(row for row in rows if _is_of_leaver(row, person_id))


def undo_hand_over(session: GuardedSession, person_id: uuid.UUID, batch_id: uuid.UUID) -> tuple[int, int]:
    """Give the legs of a hand-over back, and return how many were, and how many stay since they were changed again.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state` where it was taken back before.
    """
    party = _own_party(session)
    found = session.execute(select(ActionBatch).where(ActionBatch.id == batch_id).with_for_update())
    batch = found.scalar_one_or_none()
    if batch is None or not _is_of_leaver(batch, person_id):
        raise NotFound
    if batch.undone_at is not None:
        raise Refusal("not_in_state")
    rows = {uuid.UUID(row["leg"]): row for row in batch.content["rows"]}
    legs = _locked(session, rows)
    given_back = 0
    for identity, leg in legs.items():
        row = rows[identity]
        if _reads(leg) != row["now"]:
            continue
        _write(leg, row["was"])
        given_back += 1
        action = session.get_one(Action, leg.action_id)
        _tell(session, action, "leg_hand_over_undone", party, row["now"], row["was"])
    batch.undone_at, batch.undone_by = session.now, session.bound_viewer.person_id
    return given_back, len(rows) - given_back


def _is_of_leaver(batch: ActionBatch, person_id: uuid.UUID) -> bool:
    return batch.content.get("operation") == OPERATION and batch.content.get("person") == str(person_id)


def _locked(session: GuardedSession, ids: Mapping[uuid.UUID, Any]) -> dict[uuid.UUID, Leg]:
    """Return the legs of these ids, held to the end of the transaction and read anew, in the order of their ids."""
    query = select(Leg).where(Leg.id.in_(list(ids))).order_by(Leg.id).with_for_update(of=Leg)
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    return {leg.id: leg for leg in rows}


def _reads(leg: Leg) -> dict[str, str | None]:
    """Return who does a leg, as a batch keeps it."""
    values = {name: getattr(leg, name) for name in _FIELDS}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _write(leg: Leg, kept: Mapping[str, str | None]) -> None:
    leg.person_id = uuid.UUID(kept["person_id"]) if kept["person_id"] else None
    leg.person_name, leg.office_code = kept["person_name"], kept["office_code"]


def _tell(
    session: GuardedSession, action: Action, act: str, party: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    """Keep in the history from whom to whom a leg went, by the names that all read of it."""
    action.changed_at = session.now
    sides = {side: values["person_name"] or values["office_code"] for side, values in (("was", was), ("now", now))}
    session.record(act, "action", action.id, action.audience_id, party=party, **sides)
