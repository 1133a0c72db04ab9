"""A newer catalogue over what is kept here: nobody's edit is overwritten, and every clash is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.catalogue_schema import JSON


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field edited here that the catalogue changed too; what is here stays."""

    field: str
    here: JSON
    catalogue: JSON


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The facts to keep, the fields that the new catalogue changed in them, and the clashes."""

    updated: dict[str, JSON]
    changed: list[str]
    conflicts: list[Conflict]


def merge(current: Mapping[str, JSON], last_loaded: Mapping[str, JSON], new: Mapping[str, JSON]) -> MergeResult:
    """Merge field by field: `current` is kept here, `last_loaded` came with the catalogue before, `new` comes now.

    A field that nobody edited here takes the new value, and goes where the new catalogue has it no more. A field
    edited here is kept; it is a conflict when the catalogue changed it too, to something else. A field that is
    absent counts as null, which is the catalogue's word for nothing known. Keep `new` as the next `last_loaded`:
    a conflict is then told once for each change of the catalogue.
    """
    updated = dict(current)
    changed: list[str] = []
    conflicts: list[Conflict] = []
    for name in {**new, **last_loaded}:
        here, before, now = current.get(name), last_loaded.get(name), new.get(name)
        if here == before:
            if name in new:
                updated[name] = now
            else:
                updated.pop(name, None)
            if here != now:
                changed.append(name)
        elif now not in (before, here):
            conflicts.append(Conflict(name, here, now))
    return MergeResult(updated, changed, conflicts)
