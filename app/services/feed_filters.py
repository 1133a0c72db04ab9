"""A feed's filter on what its viewer may see now: the rows that answer to it, and what it names that is lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain.catalogue_types import Level
from app.domain.feed_filters import FeedFilter, parts_of
from app.models import Mechanism, Meeting, MeetingParty, Office, Party
from app.models.meetings import KINDS

LEVELS: Final[tuple[str, ...]] = get_args(Level)
# What a date to agree is for: a feed of other kinds of meetings alone shows none.
SESSION: Final = "session"

LostKind = Literal["mechanism", "merged", "retired", "party", "level", "kind", "office", "closures"]


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that a filter names and that is there no more for the viewer; named where they may still read it.

    A `retired` mechanism is no more than said: what meetings it has are shown still.
    """

    kind: LostKind
    name: Mapping[str, str] | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a filter comes to for one viewer now.

    `mechanism_ids` and `parties` are None where nothing is narrowed by them; an empty set shows nothing.
    """

    mechanism_ids: frozenset[uuid.UUID] | None
    parties: frozenset[str] | None
    kinds: frozenset[str] | None
    lost: tuple[Lost, ...]

    @property
    def condition(self) -> ColumnElement[bool]:
        """Return the condition that a meeting answers to it."""
        found: list[ColumnElement[bool]] = []
        if self.mechanism_ids is not None:
            found.append(Meeting.mechanism_id.in_(self.mechanism_ids) if self.mechanism_ids else false())
        if self.parties is not None:
            found.append(_at_the_table(self.parties))
        if self.kinds is not None:
            found.append(Meeting.kind.in_(self.kinds) if self.kinds else false())
        return and_(Meeting.id.is_not(None), *found)

    def has_mechanism(self, mechanism_id: uuid.UUID, parties: Iterable[str]) -> bool:
        """Say whether meetings of a mechanism with these parties could answer to it."""
        if self.kinds is not None and SESSION not in self.kinds:
            return False
        if self.mechanism_ids is not None and mechanism_id not in self.mechanism_ids:
            return False
        return self.parties is None or not self.parties.isdisjoint(parties)


def _at_the_table(parties: frozenset[str]) -> ColumnElement[bool]:
    if not parties:
        return false()
    # By a name of its own: the statement around it may read the parties too.
    seat = aliased(MeetingParty)
    seated = select(seat.id).where(
        seat.meeting_id == Meeting.id, seat.removed.is_(False), seat.party_code.in_(sorted(parties))
    )
    return seated.correlate(Meeting).exists()


def narrow(session: GuardedSession, wanted: FeedFilter) -> Narrowed:
    """Return what a filter comes to for the session's viewer, with what it names that they lost."""
    lost: list[Lost] = []
    mechanism_ids = _mechanisms(session, wanted, lost)
    parties = _known(session, wanted.parties, lost) if wanted.parties else None
    kinds = frozenset(wanted.kinds) & frozenset(KINDS) if wanted.kinds else None
    lost += [Lost("kind", code=code) for code in wanted.kinds if code not in KINDS]
    return Narrowed(mechanism_ids, parties, kinds, tuple(lost))


def _mechanisms(session: GuardedSession, wanted: FeedFilter, lost: list[Lost]) -> frozenset[uuid.UUID] | None:
    """Return the mechanisms that answer to all that is said of mechanisms; None where nothing is."""
    sets = []
    if wanted.mechanisms:
        sets.append(_named(session, wanted.mechanisms, lost))
    if wanted.levels:
        lost += [Lost("level", code=code) for code in wanted.levels if code not in LEVELS]
        sets.append(_of_levels(session, frozenset(wanted.levels)))
    if wanted.office is not None:
        sets.append(_led_by(session, wanted.office, lost))
    return _with_merged(session, frozenset.intersection(*sets)) if sets else None


def _with_merged(session: GuardedSession, found: frozenset[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return mechanisms with what was merged into them: its meetings count there, under the references they had."""
    if not found:
        return found
    merged = session.execute(select(Mechanism.id).where(Mechanism.merged_into_id.in_(sorted(found))))
    return found | frozenset(merged.scalars())


def _named(session: GuardedSession, ids: tuple[uuid.UUID, ...], lost: list[Lost]) -> frozenset[uuid.UUID]:
    rows = {
        row.id: row
        for row in session.execute(
            select(Mechanism.id, Mechanism.name, Mechanism.status, Mechanism.merged_into_id).where(
                Mechanism.id.in_(ids)
            )
        )
    }
    for each in ids:
        row = rows.get(each)
        if row is None:
            lost.append(Lost("mechanism"))
        elif row.merged_into_id is not None:
            lost.append(Lost("merged", row.name))
        elif row.status == "concluded":
            lost.append(Lost("retired", row.name))
    return frozenset(row.id for row in rows.values() if row.merged_into_id is None)


def _facts(session: GuardedSession, *fields: str) -> list[Any]:
    """Return fields of the facts of each mechanism that the viewer reads, its id first."""
    columns = [Mechanism.facts[field].label(field) for field in fields]
    query = select(Mechanism.id, *columns).where(Mechanism.merged_into_id.is_(None))
    return list(session.execute(query))


def _of_levels(session: GuardedSession, levels: frozenset[str]) -> frozenset[uuid.UUID]:
    rows = _facts(session, "level", "other_levels")
    return frozenset(found for found, level, others in rows if levels & {level, *(others or ())})


def _led_by(session: GuardedSession, office: str, lost: list[Lost]) -> frozenset[uuid.UUID]:
    """Return the mechanisms that an office of the viewer's own government, or a part of it, leads."""
    part_of = own_offices(session)
    if office not in part_of:
        lost.append(Lost("office", code=office))
        return frozenset()
    offices, party = parts_of(office, part_of), session.bound_viewer.party
    rows = _facts(session, "lead_offices")
    return frozenset(found for found, leads in rows if offices & set((leads or {}).get(party, ())))


def own_offices(session: GuardedSession) -> dict[str, str | None]:
    """Return the offices of the viewer's own government by code, with what each is a part of; none without one."""
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table:
        return {}
    rows = session.execute(select(Office.code, Office.part_of).where(Office.party_code == viewer.party))
    return {row.code: row.part_of for row in rows}


def _known(session: GuardedSession, codes: tuple[str, ...], lost: list[Lost]) -> frozenset[str]:
    known = frozenset(session.execute(select(Party.code).where(Party.code.in_(codes))).scalars())
    lost += [Lost("party", code=code) for code in codes if code not in known]
    return known
