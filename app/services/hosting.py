"""Turns to host: read with what the parties changed, and changed by all of them together.

A change is asked as a decision and in force at the last yes. It is never altered: another decision takes it back, as
long as the turn that it bears on is still to come.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from app import words
from app.db import GuardedSession
from app.domain import rotation
from app.domain.cadence import TOOK_PLACE
from app.domain.catalogue import Mechanism as Facts
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.models import Decision, HostingChange, Mechanism
from app.services.decision_words import Said, Told, says
from app.services.decisions import NOTE_LIMIT, Asked, ask, effect
from app.services.hosting_changes import as_rule
from app.services.hosting_state import HostingState, hosting_state, is_of
from app.services.mechanism_facts import (
    answering_parties,
    check_may_ask,
    find_mechanism,
    held_mechanism,
    may_ask,
    today_of,
)
from app.services.mechanism_record import RecordLine, meeting_facts, record_lines

KINDS: Final[tuple[rotation.ChangeKind, ...]] = get_args(rotation.ChangeKind)
AHEAD: Final = 6
Standing = Literal["to_come", "taken", "taken_back"]


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """A turn that was taken: who hosted, who beside, and the line of the record that tells of it."""

    party: str
    co_hosts: tuple[str, ...]
    line: RecordLine


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change that was agreed: by which parties, when, and whether the turn that it bears on is still to come.

    `decision` is the one that made it, `revoked_by` the one that took it back; `is_asked_back` while one is asked to.
    """

    row: HostingChange
    decision: Decision | None
    revoked_by: Decision | None
    standing: Standing
    is_asked_back: bool

    @property
    def agreed_by(self) -> tuple[str, ...]:
        """Return the parties that said yes."""
        return tuple(self.decision.parties) if self.decision else ()

    @property
    def agreed_at(self) -> dt.datetime:
        """Return when the last of them did."""
        return (self.decision.decided_at if self.decision else None) or self.row.made_at


@dataclass(frozen=True, slots=True)
class TurnAhead:
    """A turn to come, with the changes that made it so."""

    turn: rotation.PlannedTurn
    changes: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class HostingView:
    """All that the page of a mechanism's hosts shows."""

    state: HostingState
    taken: tuple[TurnTaken, ...]
    ahead: tuple[TurnAhead, ...]
    changes: tuple[ChangeLine, ...]
    asked: tuple[Decision, ...]
    may_ask: bool
    is_of: bool

    @property
    def mechanism(self) -> Mechanism:
        """Return the mechanism."""
        return self.state.mechanism

    @property
    def following(self) -> rotation.NextHost | None:
        """Return whose turn comes next, by which order and on what basis."""
        return self.state.next_host


@dataclass(frozen=True, slots=True)
class WantedChange:
    """A change as it was typed."""

    kind: str
    party: str
    with_party: str | None
    counts_from: dt.date | None
    reason: str


# Reading ------------------------------------------------------------------------------------------


def hosting_view(session: GuardedSession, code: str) -> HostingView:
    """Return the turns of a mechanism, taken and to come; raises `NotFound`, for a proposal in the literature too."""
    mechanism = _hosted(session, code)
    state = hosting_state(session, mechanism)
    decisions = _decisions(session, state)
    lines = _change_lines(state, decisions)
    return HostingView(
        state=state,
        taken=turns_taken(state.facts, record_lines(state.facts, state.meetings), counts_here=state.counts_here),
        ahead=tuple(TurnAhead(turn, _lines_of(turn, lines)) for turn in state.ahead(AHEAD)),
        changes=tuple(reversed(lines)),
        asked=tuple(each for each in decisions.values() if each.state == "open" and each.kind == "hosting"),
        may_ask=may_ask(session, mechanism),
        is_of=is_of(session.bound_viewer, mechanism),
    )


def turns_taken(facts: Facts, record: Iterable[RecordLine], *, counts_here: bool) -> tuple[TurnTaken, ...]:
    """Return the turns taken, the latest first; a meeting of some of the parties takes none."""
    held = [line for line in record if line.outcome in TOOK_PLACE and line.hosts and line.known_on is not None]
    return tuple(
        TurnTaken(line.hosts[0], line.hosts[1:], line) for line in held if _counts(facts, line, counts_here=counts_here)
    )


def find_change(session: GuardedSession, change_id: uuid.UUID) -> tuple[HostingChange, Mechanism]:
    """Return a change and its mechanism; raises `NotFound`."""
    row = session.execute(
        select(HostingChange, Mechanism)
        .join(Mechanism, Mechanism.id == HostingChange.mechanism_id)
        .where(HostingChange.id == change_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _hosted(session: GuardedSession, code: str) -> Mechanism:
    mechanism = find_mechanism(session, code)
    if mechanism.status == "proposed":
        raise NotFound  # nobody hosts what an author only calls for
    return mechanism


def _counts(facts: Facts, line: RecordLine, *, counts_here: bool) -> bool:
    if line.entry is not None or line.meeting is None:
        return True
    return counts_here and meeting_facts(line.meeting).brings_together(facts.parties)


def _decisions(session: GuardedSession, state: HostingState) -> Mapping[uuid.UUID, Decision]:
    """Return the decisions on the hosts of a mechanism, and those that made or took back its changes."""
    if not state.counts_here:
        return {}
    ids = {each for row in state.rows for each in (row.decision_id, row.revoked_by_id) if each is not None}
    on_hosts = and_(Decision.mechanism_id == state.mechanism.id, Decision.kind == "hosting")
    rows = session.execute(
        select(Decision)
        .where(or_(on_hosts, Decision.id.in_(sorted(ids, key=str))))
        .options(selectinload(Decision.answers))
        .order_by(Decision.asked_at, Decision.id)
    ).scalars()
    return {row.id: row for row in rows}


def _change_lines(state: HostingState, decisions: Mapping[uuid.UUID, Decision]) -> tuple[ChangeLine, ...]:
    to_come = _to_come(state)
    asked_back = {each.subject_id for each in decisions.values() if each.state == "open" and each.kind == "hosting"}
    return tuple(
        ChangeLine(
            row,
            decisions.get(row.decision_id),
            decisions.get(row.revoked_by_id) if row.revoked_by_id else None,
            "taken_back" if row.revoked_by_id else "to_come" if as_rule(row) in to_come else "taken",
            row.id in asked_back,
        )
        for row in state.rows
    )


def _to_come(state: HostingState) -> frozenset[rotation.HostingChange]:
    """Return the changes that bear on a turn still to come; none stands further off than a round for each change."""
    order = state.next_host.order if state.next_host else ()
    ahead = state.ahead(len(order) * (len(state.changes) + 2))
    return frozenset(change for turn in ahead for change in turn.changes)


def _lines_of(turn: rotation.PlannedTurn, lines: Iterable[ChangeLine]) -> tuple[ChangeLine, ...]:
    """Return the lines of the changes that made a turn what it is."""
    return tuple(line for line in lines if line.standing == "to_come" and as_rule(line.row) in turn.changes)


# Asking -------------------------------------------------------------------------------------------


def ask_change(session: GuardedSession, code: str, wanted: WantedChange) -> Decision:
    """Ask the parties to skip, swap, share or cancel a turn; in force at once where the viewer's yes is the last.

    Raises `NotFound`; `Refusal` `forbidden`, `no_order_of_hosts`, `day_to_come`, `turn_taken_since`, and what
    `check_change` finds.
    """
    mechanism = _hosted(session, code)
    check_may_ask(session, mechanism)
    change = _typed(session, wanted)
    _check(session, mechanism, change)
    return _ask(session, mechanism, _content(change))


def ask_take_back(session: GuardedSession, change_id: uuid.UUID, reason: str) -> Decision:
    """Ask the parties to take a change back, as long as its turn is to come.

    Raises `NotFound`; `Refusal` `forbidden`, `reason_required`, `asked_back_already`, `not_in_state`.
    """
    row, mechanism = find_change(session, change_id)
    check_may_ask(session, mechanism)
    why = _reason(reason)
    check_may_take_back(session, row, mechanism)
    content = {**_content(as_rule(row)), "was_reason": row.reason, "reason": why, "revokes": str(row.id)}
    return _ask(session, mechanism, content, row.id)


def _ask(
    session: GuardedSession, mechanism: Mechanism, content: Mapping[str, Any], subject_id: uuid.UUID | None = None
) -> Decision:
    parties = answering_parties(session, mechanism)
    return ask(session, Asked("hosting", content, parties, mechanism, subject_id=subject_id))


def check_may_take_back(session: GuardedSession, row: HostingChange, mechanism: Mechanism) -> None:
    """Refuse what is taken back or spent (`not_in_state`), or asked to be taken back already (`asked_back_already`)."""
    _check_to_come(session, row, mechanism)
    asked = select(Decision.id).where(
        Decision.kind == "hosting", Decision.subject_id == row.id, Decision.state == "open"
    )
    if session.execute(asked.limit(1)).first() is not None:
        raise Refusal("asked_back_already")


def _typed(session: GuardedSession, wanted: WantedChange) -> rotation.HostingChange:
    if wanted.kind not in KINDS:
        raise Refusal("unknown_choice", field="kind")
    if not wanted.party:
        raise Refusal("required", field="party")
    if wanted.counts_from is None:
        raise Refusal("required", field="counts_from")
    if wanted.counts_from > today_of(session):
        raise Refusal("day_to_come", field="counts_from")
    other = wanted.with_party or None if wanted.kind in {"swap", "co_host"} else None
    return rotation.HostingChange(wanted.kind, wanted.party, wanted.counts_from, _reason(wanted.reason), other)


def _reason(written: str) -> str:
    said = paragraphs(written, "reason", NOTE_LIMIT)
    if not said:
        raise Refusal("reason_required", field="reason")
    return said


def _check(session: GuardedSession, mechanism: Mechanism, change: rotation.HostingChange) -> None:
    following = hosting_state(session, mechanism).next_host
    if following is None:
        raise Refusal("no_order_of_hosts", field="party")
    rotation.check_change(following.order, change, mechanism.parties)
    if following.last_turn and following.last_turn.on > change.on:
        raise Refusal("turn_taken_since", field="counts_from", day=following.last_turn.on)


def _check_to_come(session: GuardedSession, row: HostingChange, mechanism: Mechanism) -> None:
    state = hosting_state(session, mechanism)
    if row.revoked_by_id is not None or as_rule(row) not in _to_come(state):
        raise Refusal("not_in_state")


def _content(change: rotation.HostingChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "party": change.party,
        "with_party": change.with_party,
        "counts_from": change.on.isoformat(),
        "reason": change.reason,
    }


def _change_in(content: Mapping[str, Any]) -> rotation.HostingChange:
    day = dt.date.fromisoformat(content["counts_from"])
    return rotation.HostingChange(content["kind"], content["party"], day, content["reason"], content["with_party"])


# What the last yes does ---------------------------------------------------------------------------


@effect("hosting")
def take_hosting(session: GuardedSession, decision: Decision) -> None:
    """Make the change, or take one back; raises `Refusal("fact_has_changed")` where the turn was taken meanwhile."""
    mechanism = held_mechanism(session, decision)
    if "revokes" in decision.content:
        _take_back(session, decision, mechanism)
        return
    change = _change_in(decision.content)
    try:
        _check(session, mechanism, change)
    except Refusal as refusal:
        raise Refusal("fact_has_changed") from refusal
    row = HostingChange(
        id=uuid.uuid4(), mechanism_id=mechanism.id, kind=change.kind, party_code=change.party,
        with_party=change.with_party, counts_from=change.on, reason=change.reason, decision_id=decision.id,
        made_at=session.now, audience_id=decision.audience_id,
    )  # fmt: skip
    session.add(row)
    session.record(
        "hosting_changed", "mechanism", mechanism.id, decision.audience_id,
        code=mechanism.code, kind=change.kind, party=change.party, with_party=change.with_party,
    )  # fmt: skip


def _take_back(session: GuardedSession, decision: Decision, mechanism: Mechanism) -> None:
    row, _ = find_change(session, uuid.UUID(decision.content["revokes"]))
    try:
        _check_to_come(session, row, mechanism)
    except Refusal as refusal:
        raise Refusal("fact_has_changed") from refusal
    row.revoked_by_id = decision.id
    session.record(
        "hosting_change_taken_back", "mechanism", mechanism.id, decision.audience_id,
        code=mechanism.code, kind=row.kind, party=row.party_code, with_party=row.with_party,
    )  # fmt: skip


# In words -----------------------------------------------------------------------------------------


def change_words(kind: str, party: str, with_party: str | None, language: str) -> str:
    """Return what a change does to a turn, in one sentence without an end stop."""
    gettext = words.translations(language).gettext
    said = {
        "skip": gettext("The next turn of %(party)s is skipped"),
        "swap": gettext("%(party)s and %(other)s exchange their next turns"),
        "co_host": gettext("%(other)s hosts beside %(party)s"),
        "cancelled": gettext("The turn of %(party)s fell out; the next one is its own"),
    }[kind]
    names = {"party": words.party_name(party, language)}
    return str(said % (names | ({"other": words.party_name(with_party, language)} if with_party else {})))


@says("hosting")
def say_hosting(told: Told, language: str) -> Said:
    """Say which turn would change, or which change would be taken back, from which day it counts, and why."""
    gettext = words.translations(language).gettext
    content = told.content
    change = change_words(content["kind"], content["party"], content["with_party"], language)
    day = words.date_plain(dt.date.fromisoformat(content["counts_from"]), language)
    why = gettext("Reason: %(reason)s") % {"reason": content["reason"]}
    if "revokes" in content:
        was = gettext("It was agreed for this reason: %(reason)s") % {"reason": content["was_reason"]}
        return Said(str(gettext("Take back: %(change)s") % {"change": change}), (was, why))
    return Said(change, (str(gettext("It bears on the first such turn after %(date)s.") % {"date": day}), why))
