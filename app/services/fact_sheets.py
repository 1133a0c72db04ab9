"""A mechanism's facts with what each party says of them, for those who keep it: its parties and their secretariat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.fact_edits import FACT_FIELDS, digest_of_fact
from app.domain.visibility import Viewer
from app.models import FactStatement, Mechanism, Person
from app.services.decision_lists import DecisionLine, lines_on_mechanism
from app.services.mechanism_facts import may_ask, may_state
from app.services.practice import ORIGIN

JSON = Any
Fate = Literal["conclude", "reopen", "activate", "merge", "not_held"]
EARLIER_LIMIT: Final = 20


@dataclass(frozen=True, slots=True)
class PartyWord:
    """What a party said of a fact, with the name of who said it where the viewer may know it.

    `is_current` is false of a word that was withdrawn, and of one on a value that is no longer the fact's.
    """

    statement: FactStatement
    name: str | None
    is_current: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact: its value, who says it is right or wrong, and what would be in its place.

    `is_edited` says that the parties changed it here; `decided_at` when they did so together.
    """

    field: str
    value: JSON
    digest: str
    words: tuple[PartyWord, ...]
    earlier: tuple[PartyWord, ...]
    corrections: tuple[DecisionLine, ...]
    is_edited: bool
    decided_at: dt.datetime | None

    @property
    def is_contested(self) -> bool:
        """Say whether a party says that the fact is wrong."""
        return any(word.statement.kind == "contest" for word in self.words)

    @property
    def own(self) -> PartyWord | None:
        """Return what the viewer's own party says of it now."""
        return next((word for word in self.words if word.is_own), None)


@dataclass(frozen=True, slots=True)
class FactSheet:
    """All facts of a mechanism, what is open on it, and what the viewer may do with them."""

    lines: tuple[FactLine, ...]
    open: tuple[DecisionLine, ...]
    over: tuple[DecisionLine, ...]
    may_state: bool
    may_ask: bool
    fates: tuple[Fate, ...]

    @property
    def contested(self) -> tuple[FactLine, ...]:
        """Return the facts that a party contests."""
        return tuple(line for line in self.lines if line.is_contested)


def fact_sheet(session: GuardedSession, mechanism: Mechanism) -> FactSheet | None:
    """Return a mechanism's facts as its keepers read them; None for others, who read what is published."""
    viewer = session.bound_viewer
    if not keeps(viewer, mechanism):
        return None
    words = _words(session, mechanism, viewer)
    decisions = lines_on_mechanism(session, mechanism)
    is_kept = mechanism.merged_into_id is None
    asks = may_ask(session, mechanism)
    return FactSheet(
        lines=tuple(_line(mechanism, field, words, decisions) for field in FACT_FIELDS),
        open=tuple(line for line in decisions if line.decision.state == "open"),
        over=tuple(line for line in decisions if line.decision.state != "open")[:EARLIER_LIMIT],
        may_state=is_kept and may_state(session, mechanism),
        may_ask=asks,
        fates=_fates(mechanism) if asks else (),
    )


def keeps(viewer: Viewer, mechanism: Mechanism) -> bool:
    """Say whether the viewer is of a party to the mechanism, or of a secretariat that exactly these appointed.

    An example is nobody's to keep: what is done there stays inside each delegation.
    """
    if mechanism.origin == ORIGIN:
        return False
    if viewer.sits_at_a_table:
        return viewer.party in mechanism.parties
    parties = frozenset(mechanism.parties)
    return any(hat.mechanism_id == mechanism.id and hat.parties == parties for hat in viewer.hats)


def _fates(mechanism: Mechanism) -> tuple[Fate, ...]:
    match mechanism.status:
        case "proposed":
            return ("activate",)
        case "concluded":
            return ("reopen", "merge")
        case _:
            has_floor = mechanism.facts["cadence"] is not None and mechanism.facts["mandate"]["date"] is not None
            return ("not_held", "merge", "conclude") if has_floor else ("merge", "conclude")


def _words(session: GuardedSession, mechanism: Mechanism, viewer: Viewer) -> list[PartyWord]:
    rows = session.execute(
        select(FactStatement, Person.name)
        .outerjoin(Person, Person.id == FactStatement.person_id)
        .where(FactStatement.mechanism_id == mechanism.id)
        .order_by(FactStatement.made_at.desc(), FactStatement.id)
    )
    digests = {field: digest_of_fact(mechanism.facts.get(field)) for field in FACT_FIELDS}
    return [
        PartyWord(
            statement=row,
            name=name,
            is_current=row.withdrawn_at is None and row.value_digest == digests.get(row.field),
            is_own=viewer.sits_at_a_table and row.party_code == viewer.party,
        )
        for row, name in rows
    ]


def _line(mechanism: Mechanism, field: str, words: Sequence[PartyWord], decisions: Sequence[DecisionLine]) -> FactLine:
    value = mechanism.facts.get(field)
    own = [word for word in words if word.statement.field == field]
    about = [line for line in decisions if line.decision.kind == "facts" and field in _fields(line)]
    taken = [line.decision.decided_at for line in about if line.decision.state == "taken"]
    return FactLine(
        field=field,
        value=value,
        digest=digest_of_fact(value),
        words=tuple(word for word in own if word.is_current),
        earlier=tuple(word for word in own if not word.is_current)[:EARLIER_LIMIT],
        corrections=tuple(line for line in about if line.decision.state == "open"),
        is_edited=value != mechanism.loaded_facts.get(field),
        decided_at=max((at for at in taken if at is not None), default=None),
    )


def _fields(line: DecisionLine) -> Sequence[str]:
    found = line.told.content.get("fields")
    return list(found) if isinstance(found, dict) else []
