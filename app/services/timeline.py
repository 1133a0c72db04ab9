"""All that ever happened to an action, on one line of time: acts of the record, notes with their words, moved days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.models import Action, DueMove
from app.services.action_lines import ActionLine
from app.services.actions import action_line
from app.services.due_moves import MoveLine
from app.services.history import HistoryEntry, history_of
from app.services.note_lines import NoteLine, every_note
from app.services.people_names import names_of

KINDS: Final = ("notes", "states", "days", "rest")
_NOTES: Final = frozenset({"note_added", "note_corrected", "no_change_said", "update_reported", "update_contested"})
_STATES: Final = frozenset(
    {"leg_updated", "leg_accepted", "update_taken_over", "leg_handed_over", "leg_hand_over_undone", "answered_by_link"}
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; exactly one of `entry`, `note` and `move` tells of it."""

    at: dt.datetime
    kind: str
    entry: HistoryEntry | None = None
    note: NoteLine | None = None
    move: MoveLine | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """An action with its events, the newest first, and how many there are of each kind."""

    line: ActionLine
    events: tuple[Event, ...]
    counts: Mapping[str, int]


def timeline_of(session: GuardedSession, reference: str, kind: str | None = None) -> Timeline:
    """Return everything that happened to an action, or only what is of one kind; raises `NotFound`.

    What the record says of a note or of a moved day is told by the note and the move themselves.
    """
    line = action_line(session, reference)
    events = [*_of_notes(session, line.action), *_of_moves(session, line)]
    moved = {(event.at, event.party) for event in events if event.move is not None}
    events += _of_record(history_of(session, "action", line.action.id, limit=None), moved)
    events.sort(key=lambda event: event.at, reverse=True)
    counts = {each: sum(event.kind == each for event in events) for each in KINDS}
    return Timeline(line, tuple(event for event in events if kind in {None, event.kind}), counts)


def _of_notes(session: GuardedSession, action: Action) -> Iterable[Event]:
    for line in every_note(session, action):
        yield Event(line.note.created_at, "notes", note=line)


def _of_moves(session: GuardedSession, line: ActionLine) -> Iterable[Event]:
    parties = {each.leg.id: code for code, each in line.legs.items()}
    moves = list(session.execute(select(DueMove).where(DueMove.action_id == line.action.id)).scalars())
    names = names_of(session, (move.person_id for move in moves)) if moves else {}
    for move in moves:
        told = MoveLine(move, names.get(move.person_id))
        yield Event(move.moved_at, "days", move=told, party=parties.get(move.leg_id))


def _of_record(entries: Iterable[HistoryEntry], moved: set[tuple[dt.datetime, str | None]]) -> Iterable[Event]:
    """Yield the acts that nothing else tells."""
    for entry in entries:
        party = entry.facts.get("party")
        only_moved = entry.act == "due_moved" or (entry.act == "leg_updated" and not _changes_more(entry))
        if entry.act in _NOTES or (only_moved and (entry.at, party) in moved):
            continue
        kind = "states" if entry.act in _STATES else "days" if entry.act == "due_moved" else "rest"
        yield Event(entry.at, kind, entry=entry)


def _changes_more(entry: HistoryEntry) -> bool:
    """Say whether a change of a leg was more than that of its day."""
    was, now = dict(entry.facts["was"]), dict(entry.facts["now"])
    for side in (was, now):
        side.pop("due_on", None)
    return was != now
