"""The register of actions: what a text filter finds, sorted, a page at a time, in as many statements for any number."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import joinedload

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.action_query import ActionQuery
from app.domain.errors import NotFound
from app.models import Action, Mechanism, Meeting, Office, Party
from app.services.action_conditions import Ground, KnownMechanism, conditions
from app.services.action_lines import ActionLine, lines_of, marked_lines_of
from app.services.carry_lines import carried_count
from app.services.meeting_state import CALLED_OFF
from app.services.paging import PAGE_SIZE
from app.services.practice import ORIGIN

MOST_SHOWN: Final = 1000
PAGES_AHEAD: Final = 4
SORTS: Final = ("due", "reference", "changed", "news", "priority", "mechanism", "state")
PRIORITY_ORDER: Final = ("high", "normal", "low")
STATE_ORDER: Final = ("blocked", "open", "under_way", "done", "verified", "dropped")
_Ordered = TypeVar("_Ordered", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a list: a key of `SORTS`, and whether it runs the other way; what has no day stands last."""

    key: str = "due"
    descending: bool = False

    def __str__(self) -> str:
        """Return it as the address has it: `due`, `-due`."""
        return f"{'-' if self.descending else ''}{self.key}"


@dataclass(frozen=True, slots=True)
class OfficeName:
    """An office to choose: its code, whose it is, and its name in each language."""

    code: str
    party: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen to narrow the register, and the ground on which a filter is read."""

    ground: Ground
    offices: tuple[OfficeName, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Return the codes of the parties."""
        return tuple(self.ground.todays)

    @property
    def mechanisms(self) -> tuple[KnownMechanism, ...]:
        """Return the mechanisms that are to be offered."""
        return tuple(each for each in self.ground.mechanisms if each.is_offered)


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of what a filter finds.

    `total` is counted as far as `PAGES_AHEAD` of the page, and never beyond `MOST_SHOWN`, which is as far as there are
    pages; `is_more` says that there is more.
    `carried` says how often each was carried over, of those that were; where notes are read too.
    """

    lines: tuple[ActionLine, ...] = ()
    total: int = 0
    is_more: bool = False
    page: int = 1
    page_count: int = 1
    carried: Mapping[uuid.UUID, int] = field(default_factory=dict)


def sort_of(written: str) -> Sort:
    """Return the order that an address asks for; by due day where that is none."""
    key = written.removeprefix("-")
    return Sort(key, written.startswith("-")) if key in SORTS else Sort()


def choices_of(session: GuardedSession) -> Choices:
    """Return what can be chosen, in two statements: parties with their offices, and mechanisms."""
    viewer = session.bound_viewer
    todays: dict[str, dt.date] = {}
    zones: dict[str, str] = {}
    offices = []
    rows = session.execute(
        select(Party.code, Party.time_zone, Office.code.label("office"), Office.name)
        .outerjoin(Office, Office.party_code == Party.code)
        .order_by(Party.code, Office.code)
    )
    for row in rows:
        zones[row.code] = row.time_zone or "UTC"
        todays.setdefault(row.code, rules.today_in(session.now, zones[row.code]))
        if row.office is not None:
            offices.append(OfficeName(row.office, row.code, row.name))
    ground = Ground(
        viewer=viewer,
        now=session.now,
        zone_name=zones.get(viewer.party or "") or viewer.time_zone,
        todays=todays,
        offices={each.code: each.party for each in offices},
        mechanisms=_mechanisms(session),
    )
    return Choices(ground, tuple(offices))


def _mechanisms(session: GuardedSession) -> tuple[KnownMechanism, ...]:
    rows = session.execute(
        select(
            Mechanism.id, Mechanism.code, Mechanism.ref, Mechanism.prefix, Mechanism.name, Mechanism.status,
            Mechanism.origin,
        ).order_by(Mechanism.ref, Mechanism.code)
    )  # fmt: skip
    return tuple(
        KnownMechanism(
            row.id, row.code, row.ref, row.prefix, row.name,
            is_offered=row.status != "proposed" and row.origin != ORIGIN, is_example=row.origin == ORIGIN,
        )
        for row in rows
    )  # fmt: skip


def register_page(
    session: GuardedSession, query: ActionQuery, ground: Ground, sort: Sort, page: int, *, with_notes: bool = True
) -> RegisterPage:
    """Return a page (from 1) of what the viewer may see and the query lets through, in four statements.

    Raises `NotFound` beyond the last page, and what `conditions` raises.
    """
    # Few enough for PostgreSQL to walk an index in the order and stop, where it would sort all for a thousand.
    most = min(MOST_SHOWN, (max(page, 1) + PAGES_AHEAD) * PAGE_SIZE)
    ids = list(session.execute(ids_of(query, ground, sort).limit(most + 1)).scalars())
    is_more, ids = len(ids) > most, ids[:most]
    page_count = max(1, -(-len(ids) // PAGE_SIZE))
    if not 1 <= page <= page_count:
        raise NotFound
    found = RegisterPage(total=len(ids), is_more=is_more, page=page, page_count=page_count)
    shown = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if not shown:
        return found
    # Each with its latest note, which none of the page's parts asks for one by one.
    query_of_page = select(Action).where(Action.id.in_(shown))
    if with_notes:
        marked = marked_lines_of(session, query_of_page.options(joinedload(Action.latest_note)), carried_count())
        found = replace(found, carried={line.action.id: count for line, count in marked if count})
        by_id = {line.action.id: line for line, _ in marked}
    else:
        by_id = {line.action.id: line for line in lines_of(session, query_of_page)}
    return replace(found, lines=tuple(by_id[each] for each in shown))


def ids_of(query: ActionQuery, ground: Ground, sort: Sort) -> Select[uuid.UUID]:
    """Return the statement for the ids of what a query finds, in an order."""
    return ordered(select(Action.id).where(*conditions(query, ground)), sort)


def next_mechanism(session: GuardedSession) -> str | None:
    """Return the code of the mechanism whose meeting is the next that the viewer sees, None where none is ahead."""
    query = (
        select(Mechanism.code)
        .join(Meeting, Meeting.mechanism_id == Mechanism.id)
        .where(Meeting.starts_at > session.now, Meeting.state.not_in(sorted(CALLED_OFF)), Mechanism.origin != ORIGIN)
        .order_by(Meeting.starts_at, Meeting.reference)
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def ordered(query: _Ordered, sort: Sort) -> _Ordered:
    """Return the statement in an order: ties by reference, so that the same rows always stand the same way."""
    keys = _keys(sort.key)
    if sort.key == "mechanism":
        query = query.outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
    if not sort.descending:
        return query.order_by(*(key.asc().nulls_last() if may_lack else key.asc() for key, may_lack in keys))
    return query.order_by(*(key.desc().nulls_last() if may_lack else key.desc() for key, may_lack in keys))


def _keys(key: str) -> list[tuple[ColumnElement[Any], bool]]:
    """Return what is compared for an order, each with whether it can be lacking."""
    by_due: list[tuple[ColumnElement[Any], bool]] = [(Action.due_on.expression, True)]
    first: dict[str, list[tuple[ColumnElement[Any], bool]]] = {
        "reference": [],
        "changed": [(Action.changed_at.expression, False)],
        "news": [(Action.news_at.expression, False)],
        "priority": [(_place_in(PRIORITY_ORDER, Action.priority.expression), False), *by_due],
        "state": [(_place_in(STATE_ORDER, Action.state.expression), False), *by_due],
        "mechanism": [(Mechanism.ref.expression, True), (Mechanism.code.expression, True), *by_due],
    }
    return [*first.get(key, by_due), (Action.reference.expression, False)]


def _place_in(order: Sequence[str], column: ColumnElement[str]) -> ColumnElement[int]:
    return case({value: place for place, value in enumerate(order)}, value=column, else_=len(order))
