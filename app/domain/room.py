"""A meeting as it is held: which item comes next, how long it has taken, how far behind the agenda the room is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from app.domain.agenda import ItemTime, Span, clock_times
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs
from app.domain.unseen import first_unseen

EntryKind = Literal["conclusion", "decision", "action", "point"]

ENTRY_KINDS: Final[tuple[EntryKind, ...]] = ("conclusion", "decision", "action", "point")
ANOTHER_DAY: Final = timedelta(hours=12)
# What the minutes are made of; an action item becomes one of the record besides.
MINUTED_KINDS: Final = ("conclusion", "decision", "action")
LANGUAGES: Final = ("en", "es", "fr")
WORDS_LIMIT: Final = 8000
# A meeting is held once every party has said yes to it, and its notes can be completed long after.
OPENED_IN: Final = frozenset({"confirmed", "held", "closed"})


# The items, one after the other --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """An item of the agenda as it was planned; the instants are None for a meeting of days without hours."""

    item_id: uuid.UUID
    minutes: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """That an item was taken from an instant on (aware), until another one or until now."""

    item_id: uuid.UUID
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """The item that is taken now, and its time: what is used of it, what is left (below 0 where it runs over).

    `ends_at` is when it is expected to end: when its minutes are used, or now where they are used already.
    """

    item_id: uuid.UUID
    used_minutes: int
    left_minutes: int
    ends_at: datetime


def used(item_id: uuid.UUID, spans: Iterable[Taken], now: datetime) -> timedelta:
    """Return how long an item was taken, all of its turns together."""
    turns = ((span.ended_at or now) - span.started_at for span in spans if span.item_id == item_id)
    return sum((max(turn, timedelta()) for turn in turns), timedelta())


def used_minutes(item_id: uuid.UUID, spans: Iterable[Taken], now: datetime) -> int:
    """Return the whole minutes for which an item was taken."""
    return int(used(item_id, spans, now).total_seconds() // 60)


def running(item: Planned, spans: Sequence[Taken], now: datetime) -> Running:
    """Return the time of the item that is taken now."""
    taken = used(item.item_id, spans, now)
    left = timedelta(minutes=item.minutes) - taken
    whole = int(taken.total_seconds() // 60)
    return Running(item.item_id, whole, item.minutes - whole, now + max(left, timedelta()))


def next_item(order: Sequence[uuid.UUID], current: uuid.UUID | None, taken: Iterable[uuid.UUID]) -> uuid.UUID | None:
    """Return the item that comes after the current one in the order of the agenda and was not taken yet.

    Where all that follow were taken it is the first that was not; None where every item was.
    """
    had = set(taken) | ({current} if current else set())
    after = order.index(current) + 1 if current in order else 0
    return next((each for each in (*order[after:], *order[:after]) if each not in had), None)


def item_before(order: Sequence[uuid.UUID], current: uuid.UUID | None) -> uuid.UUID | None:
    """Return the item before the current one in the order of the agenda, the last one where none is taken."""
    if current is None or current not in order:
        return order[-1] if order else None
    here = order.index(current)
    return order[here - 1] if here else None


def still_to_come(
    items: Sequence[Planned], current: uuid.UUID | None, taken: Iterable[uuid.UUID]
) -> tuple[Planned, ...]:
    """Return the items that are still to be taken, in the order in which they come."""
    had, here, found = set(taken) | ({current} if current else set()), current, []
    by_id = {each.item_id: each for each in items}
    while (following := next_item(list(by_id), here, had)) is not None:
        found.append(by_id[following])
        had.add(following)
        here = following
    return tuple(found)


def expected_times(
    items: Sequence[Planned], from_at: datetime, sittings: Sequence[Span], zone_names: Sequence[str]
) -> tuple[ItemTime, ...]:
    """Return when items that are still to come are expected, from an instant on and through what is left of sittings.

    None of a meeting of days without hours. What comes after the last sitting runs on.
    """
    if not sittings:
        return ()
    rest = [(max(starts_at, from_at), ends_at) for starts_at, ends_at in sittings if ends_at > from_at]
    return clock_times([each.minutes for each in items], rest or [(from_at, from_at)], zone_names).items


def minutes_behind(
    items: Sequence[Planned], now_taken: Running | None, following: Planned | None, now: datetime
) -> int:
    """Return by how many minutes the room is behind its agenda, below 0 where it is ahead; 0 where none has hours.

    With an item on, it is how much later that one is expected to end than the agenda says; between two items, how
    late the next one is. Nothing is late before its hour, and a room that is held on another day than the agenda
    says is neither behind it nor ahead.
    """
    if now_taken is not None:
        planned = next((each for each in items if each.item_id == now_taken.item_id), None)
        if planned is None or planned.ends_at is None:
            return 0
        behind = now_taken.ends_at - planned.ends_at
        return _minutes(behind) if abs(behind) < ANOTHER_DAY else 0
    if following is None or following.starts_at is None:
        return 0
    late = now - following.starts_at
    return max(0, _minutes(late)) if late < ANOTHER_DAY else 0


def _minutes(length: timedelta) -> int:
    """Return whole minutes, towards 0."""
    return int(length.total_seconds() / 60)


# What is captured ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryWords:
    """What a note-taker captured; a speaker is a party, and perhaps who spoke for it. An action has who owes it."""

    kind: str
    words: str
    language: str
    speaker_party: str | None = None
    speaker: str | None = None
    owed_by: tuple[str, ...] = ()
    due_on: date | None = None


def checked_entry(entry: EntryWords, parties: Iterable[str], *, is_attributed: bool) -> EntryWords:
    """Return an entry as it is kept; without a speaker where the room does not attribute.

    Only an action is owed and due. Raises `Refusal` `unknown_kind`, `unknown_language`, `unknown_party`, and what a
    text raises on `words` and `speaker`.
    """
    known = frozenset(parties)
    if entry.kind not in ENTRY_KINDS:
        raise Refusal("unknown_kind", field="kind", kind=entry.kind)
    if entry.language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    words = _seen(paragraphs(entry.words, "words", WORDS_LIMIT, required=True))
    speaker_party, speaker = (entry.speaker_party or None, one_line(entry.speaker, "speaker") or None)
    if speaker_party is not None and speaker_party not in known:
        raise Refusal("unknown_party", field="speaker_party")
    if not set(entry.owed_by) <= known:
        raise Refusal("unknown_party", field="owed_by")
    is_action = entry.kind == "action"
    return EntryWords(
        kind=entry.kind,
        words=words,
        language=entry.language,
        speaker_party=speaker_party if is_attributed else None,
        speaker=speaker if is_attributed else None,
        owed_by=tuple(sorted(set(entry.owed_by))) if is_action else (),
        due_on=entry.due_on if is_action else None,
    )


def _seen(words: str) -> str:
    """Return words without the characters that nobody sees: they come with what is pasted, and no text takes them."""
    return "".join(char for char in words if char == "\n" or first_unseen(char) is None)
