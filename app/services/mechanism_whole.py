"""A mechanism whole: its facts with what the parties put on record here, and with what was merged into it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import RecordEntry, from_facts
from app.models import Mechanism
from app.services.kept_facts import facts_of

Dated = tuple[dt.date, RecordEntry]


def whole_facts(mechanism: Mechanism, merged: Iterable[Mechanism] = ()) -> Facts:
    """Return the facts, their record with the parties' own entries and with the record of what was merged into it.

    What came from another keeps no number: the two were counted apart. What not every party has agreed to yet
    promises nothing: it has no cadence.
    """
    facts = facts_of(mechanism)
    if not mechanism.is_settled:
        facts = dataclasses.replace(facts, cadence=None)
    others = tuple(merged)
    if not mechanism.record_here and not others:
        return facts
    dated = _dated([*facts.record])
    dated += _dated(entries_here(mechanism))
    for other in others:
        theirs = [*facts_of(other).record, *entries_here(other)]
        dated += _dated([dataclasses.replace(entry, ordinal=None) for entry in theirs])
    dated.sort(key=lambda each: each[0])
    return dataclasses.replace(facts, record=tuple(entry for _, entry in dated))


def entries_here(mechanism: Mechanism) -> list[RecordEntry]:
    """Return the entries of the record that the parties themselves made here."""
    return [
        dataclasses.replace(from_facts(RecordEntry, entry), by_parties=True) for entry in mechanism.record_here or ()
    ]


def merged_by_target(mechanisms: Iterable[Mechanism]) -> Mapping[uuid.UUID, tuple[Mechanism, ...]]:
    """Return what was merged, by what it was merged into."""
    found: dict[uuid.UUID, tuple[Mechanism, ...]] = {}
    for each in mechanisms:
        if each.merged_into_id is not None:
            found[each.merged_into_id] = (*found.get(each.merged_into_id, ()), each)
    return found


def _dated(record: Iterable[RecordEntry]) -> list[Dated]:
    """Return each entry with its first day; one without a date stays after the one before it."""
    found: list[Dated] = []
    day = dt.date.min
    for entry in record:
        day = entry.known_on.first_day if entry.known_on else day
        found.append((day, entry))
    return found
