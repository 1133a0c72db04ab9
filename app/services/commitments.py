"""Reading commitments: the list, the follow-up matrix, and one of them, each of what the viewer may see.

What reports count and list comes from here too: `commitment_lines` gives commitments with a cell for each party, at
a day. A page takes the same number of statements however many commitments, actions and legs there are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.actions import LegState
from app.domain.commitments import COUNTED, Cell, Served, Word, answers_to, cell_of
from app.domain.errors import NotFound
from app.domain.references import known_commitment_reference
from app.domain.visibility import REGISTER, parties_in
from app.domain.walltime import day_starts_at, in_zone
from app.models import (
    Action,
    Commitment,
    CommitmentAction,
    CommitmentStatement,
    Leg,
    Mechanism,
    Meeting,
)
from app.services.meeting_audience import keys_of_each
from app.services.paging import PAGE_SIZE, pages_of
from app.services.practice import ORIGIN, is_real_action

_Key = tuple[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class CommitmentFilters:
    """What commitments are narrowed to; None is no filter.

    `mechanism` is a code; `party` one that owns the commitment; `state` one of `ASKED_STATES`, of that party's part
    or, without a party, of any owner's.
    """

    mechanism: str | None = None
    party: str | None = None
    state: str | None = None

    @property
    def are_set(self) -> bool:
        """Say whether anything is left out by them."""
        return bool(self.mechanism or self.party or self.state)


ALL: Final = CommitmentFilters()


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """A commitment with a cell for each party of its `table`, and what parties contest of it, the newest first.

    `keys` are those of its audience.
    """

    commitment: Commitment
    mechanism: Mechanism | None
    meeting_reference: str | None
    table: tuple[str, ...]
    cells: Mapping[str, Cell]
    contests: tuple[CommitmentStatement, ...]
    keys: frozenset[str]

    def cell(self, party: str) -> Cell:
        """Return how a party stands; one that the commitment is not among is not at the table."""
        return self.cells.get(party) or Cell(party, "not_at_the_table")


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    """One page of commitments, or all of them; `total` counts all that the filters let through.

    `beside` are those of the kinds that stand beside them, on the first page alone, and are not counted.
    """

    lines: tuple[CommitmentLine, ...]
    total: int
    page: int
    page_count: int
    beside: tuple[CommitmentLine, ...] = ()

    @property
    def parties(self) -> frozenset[str]:
        """Return the parties that these commitments are among."""
        return frozenset(code for line in self.lines for code in line.table)


# Lists --------------------------------------------------------------------------------------------


def commitment_lines(
    session: GuardedSession,
    filters: CommitmentFilters = ALL,
    *,
    kinds: Collection[str] = (COUNTED,),
    beside: Collection[str] = (),
    page: int | None = None,
    on: dt.date | None = None,
) -> CommitmentPage:
    """Return the commitments of these kinds that the viewer may see, in the order of their references.

    All of them, or a page (from 1). `on` is a past day where the viewer is, and then what was said and changed after
    it counts for nothing: a leg that changed since is left out, since what it was is not kept. Raises `NotFound`
    beyond the last page.
    """
    until = _end_of(session, on)
    chosen = _chosen(session, filters, {*kinds, *beside}, until)
    found: dict[uuid.UUID, CommitmentLine] = {}
    if filters.state is not None:
        found = _lines(session, Commitment.id.in_([key for key, _ in chosen]), until)
        cells = {key: line.cells.values() for key, line in found.items()}
        chosen = [each for each in chosen if answers_to(cells[each[0]], filters.party, filters.state)]
    ids = [key for key, kind in chosen if kind in kinds]
    apart = [key for key, kind in chosen if kind not in kinds] if page in {None, 1} else []
    page_count = pages_of(len(ids), page) if page is not None else 1
    shown = ids if page is None else ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    lines = found or _lines(session, Commitment.id.in_([*shown, *apart]), until)
    return CommitmentPage(
        tuple(lines[key] for key in shown), len(ids), page or 1, page_count, tuple(lines[key] for key in apart)
    )


def commitment_line(session: GuardedSession, ref: str) -> CommitmentLine:
    """Return one commitment with its cells; raises `NotFound`."""
    found = _lines(session, Commitment.ref == _known(ref), None)
    if not found:
        raise NotFound
    return next(iter(found.values()))


def find_commitment(session: GuardedSession, ref: str, *, lock: bool = False) -> Commitment:
    """Return the commitment of that reference; small letters are allowed. `lock` holds it and reads it anew.

    Raises `NotFound`, the same whether there is none or the viewer may not see it.
    """
    query = select(Commitment).where(Commitment.ref == _known(ref))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _known(ref: str) -> str:
    known = known_commitment_reference(ref)
    if known is None:
        raise NotFound
    return known


def commitments_of_mechanism(session: GuardedSession, mechanism_id: uuid.UUID) -> tuple[Commitment, ...]:
    """Return the commitments of a mechanism, without what only repeats another."""
    query = select(Commitment).where(Commitment.mechanism_id == mechanism_id, Commitment.kind != "repeat")
    return tuple(session.execute(query.order_by(Commitment.origin, Commitment.ref)).scalars())


def commitments_of_meeting(session: GuardedSession, meeting: Meeting) -> tuple[Commitment, ...]:
    """Return the commitments that were recorded at a meeting, of what the viewer may see; one statement."""
    query = select(Commitment).where(Commitment.meeting_id == meeting.id).order_by(Commitment.ref)
    shown = load_only(Commitment.ref, Commitment.title, Commitment.owners, Commitment.due_on)
    return tuple(session.execute(query.options(shown)).scalars())


def mechanisms_with_commitments(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms that the viewer may see a commitment of, to choose from; without their facts."""
    used = select(Commitment.mechanism_id).where(Commitment.mechanism_id.is_not(None))
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.id.in_(used))
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref))
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    return tuple(rows)


def owners_of_commitments(session: GuardedSession) -> frozenset[str]:
    """Return the parties that own a commitment which the viewer may see."""
    return frozenset(code for owners in session.execute(select(Commitment.owners)).scalars() for code in owners)


# Of many, at once ---------------------------------------------------------------------------------


def _end_of(session: GuardedSession, on: dt.date | None) -> dt.datetime | None:
    """Return the instant at which a day ends where the viewer is; None for none."""
    return day_starts_at(on + dt.timedelta(days=1), session.bound_viewer.time_zone) if on is not None else None


def _chosen(
    session: GuardedSession, filters: CommitmentFilters, kinds: Collection[str], until: dt.datetime | None
) -> list[tuple[uuid.UUID, str]]:
    """Return the ids and kinds of what the filters let through, in order, but for the state."""
    query = select(Commitment.id, Commitment.kind, Commitment.owners).where(Commitment.kind.in_(sorted(kinds)))
    if filters.mechanism is not None:
        query = query.where(
            Commitment.mechanism_id.in_(select(Mechanism.id).where(Mechanism.code == filters.mechanism))
        )
    if until is not None:
        query = query.where(or_(Commitment.origin == "catalogue", Commitment.created_at < until))
    rows = session.execute(query.order_by(Commitment.origin, Commitment.ref))
    return [(row.id, row.kind) for row in rows if filters.party is None or filters.party in row.owners]


def _lines(
    session: GuardedSession, condition: ColumnElement[bool], until: dt.datetime | None
) -> dict[uuid.UUID, CommitmentLine]:
    """Return commitments as lines, by id, in four statements."""
    rows = session.execute(
        select(Commitment, Mechanism, Meeting.reference)
        .outerjoin(Mechanism, Mechanism.id == Commitment.mechanism_id)
        .outerjoin(Meeting, Meeting.id == Commitment.meeting_id)
        .where(condition)
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref, Mechanism.parties, Mechanism.origin))
    ).all()
    ids = [row[0].id for row in rows]
    if not ids:
        return {}
    members = keys_of_each(session, {row[0].audience_id for row in rows})
    said = _statements(session, ids, until)
    served = _served(session, ids, until)
    lines = {}
    for commitment, mechanism, meeting_reference in rows:
        keys = members[commitment.audience_id]
        table = table_of(commitment, mechanism, keys)
        own = said.get(commitment.id, [])
        words = _words_that_count(own)
        cells = {
            code: cell_of(code, commitment.owners, table, _word(words.get(code)), served.get((commitment.id, code)))
            for code in table
        }
        contests = {each.party_code: each for each in own if each.kind == "contest"}
        newest = sorted(contests.values(), key=lambda each: each.made_at, reverse=True)
        lines[commitment.id] = CommitmentLine(
            commitment, mechanism, meeting_reference, table, cells, tuple(newest), keys
        )
    return lines


def table_of(commitment: Commitment, mechanism: Mechanism | None, keys: Collection[str]) -> tuple[str, ...]:
    """Return the parties that a commitment is among: those who see it, or, where all do, its mechanism's and its own.

    `keys` are those of its audience.
    """
    if REGISTER not in keys:
        return tuple(sorted(parties_in(keys) | set(commitment.owners)))
    determines = commitment.facts.get("determines")
    named = {*commitment.owners, *(mechanism.parties if mechanism else ()), *([determines] if determines else [])}
    return tuple(sorted(named))


def _statements(
    session: GuardedSession, ids: Sequence[uuid.UUID], until: dt.datetime | None
) -> dict[uuid.UUID, list[CommitmentStatement]]:
    """Return what was said of each, the oldest first, so that a party's last of a kind is the one that counts."""
    stands: ColumnElement[bool] = CommitmentStatement.withdrawn_at.is_(None)
    if until is not None:
        stands = or_(stands, CommitmentStatement.withdrawn_at >= until)
    query = select(CommitmentStatement).where(CommitmentStatement.commitment_id.in_(ids), stands)
    if until is not None:
        query = query.where(CommitmentStatement.made_at < until)
    found: dict[uuid.UUID, list[CommitmentStatement]] = {}
    ordered = query.order_by(CommitmentStatement.made_at, CommitmentStatement.id)
    for row in session.execute(ordered).scalars():
        found.setdefault(row.commitment_id, []).append(row)
    return found


def _words_that_count(said: Sequence[CommitmentStatement]) -> dict[str, CommitmentStatement]:
    """Return each party's last word; what others told of a party counts where it has said nothing itself."""
    found: dict[str, CommitmentStatement] = {}
    for each in said:
        before = found.get(each.party_code)
        if each.kind == "status" and (before is None or before.is_reported or not each.is_reported):
            found[each.party_code] = each
    return found


def _word(statement: CommitmentStatement | None) -> Word | None:
    if statement is None:
        return None
    state = cast("LegState", statement.state)
    return Word(state, statement.as_of_on, statement.text, statement.language, statement.is_reported)


def _served(session: GuardedSession, ids: Sequence[uuid.UUID], until: dt.datetime | None) -> dict[_Key, Served]:
    """Return what the accepted legs of each party say, of the actions that serve each commitment: one statement.

    What was merged or split goes on in other actions, what was withdrawn with its import nowhere.
    """
    last = func.max(Leg.changed_at)
    query = (
        select(CommitmentAction.commitment_id, Leg.party_code, Leg.state, func.count(), last)
        .join(Action, Action.id == CommitmentAction.action_id)
        .join(Leg, Leg.action_id == Action.id)
        .where(
            CommitmentAction.commitment_id.in_(ids),
            CommitmentAction.ended_at.is_(None),
            or_(Action.ended_as.is_(None), Action.ended_as == "closed"),
            is_real_action(),
            Leg.is_accepted.is_(True),
        )
        .group_by(CommitmentAction.commitment_id, Leg.party_code, Leg.state)
    )
    if until is not None:
        query = query.where(CommitmentAction.made_at < until, Leg.changed_at < until)
    found: dict[_Key, list[tuple[LegState, int, dt.datetime]]] = {}
    for commitment_id, party, state, count, changed_at in session.execute(query):
        found.setdefault((commitment_id, party), []).append((cast("LegState", state), count, changed_at))
    zone = session.bound_viewer.time_zone
    return {
        key: Served(
            tuple((state, count) for state, count, _ in sorted(rows)),
            in_zone(max(changed_at for _, _, changed_at in rows), zone).date(),
        )
        for key, rows in found.items()
    }


def is_practice(mechanism: Mechanism | None) -> bool:
    """Say whether a commitment would be one to practise with, of which there are none."""
    return mechanism is not None and mechanism.origin == ORIGIN


def repeated_by(session: GuardedSession, commitment: Commitment) -> Commitment | None:
    """Return the commitment that this one only says again; None for all others."""
    if commitment.repeats_id is None:
        return None
    return session.execute(select(Commitment).where(Commitment.id == commitment.repeats_id)).scalar_one_or_none()
