"""What a revision of an agenda says, and what changed from one to another, for a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Issued = Mapping[str, Any]
How = Literal["added", "removed", "changed", "moved", "same"]

LANGUAGES: Final = ("en", "es", "fr")
# What an issued item says beside its id and number, in the order in which a comparison shows it.
FIELDS: Final = (
    "title",
    "kind",
    "type",
    "lead_party",
    "minutes",
    "proposed_by",
    "presenters",
    "annotation",
    "expected_result",
    "is_supplementary",
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an item, before and after; a text by language has a change for each language, named `title.es`."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What became of one item: its numbers before and after (None where it was not there), and what it says."""

    how: How
    title: Mapping[str, str]
    before: int | None
    after: int | None
    fields: tuple[FieldChange, ...] = ()


def compare(old: Sequence[Issued], new: Sequence[Issued]) -> tuple[ItemChange, ...]:
    """Return what became of each item, in the order of the new list, what went last.

    An item is the same one by its id. It moved where it stands otherwise among those that both lists have: that
    others came or went before it changes its number and moves nothing.
    """
    before = {item["id"]: item for item in old}
    after = {item["id"]: item for item in new}
    moved = _moved([item["id"] for item in old if item["id"] in after], [i["id"] for i in new if i["id"] in before])
    changes = [_change(before.get(item["id"]), item, is_moved=item["id"] in moved) for item in new]
    gone = [
        ItemChange("removed", item.get("title", {}), item.get("number"), None)
        for item in old
        if item["id"] not in after
    ]
    return (*changes, *gone)


def _change(old: Issued | None, new: Issued, *, is_moved: bool) -> ItemChange:
    title = new.get("title", {})
    if old is None:
        return ItemChange("added", title, None, new.get("number"))
    fields = tuple(_fields(old, new))
    how: How = "changed" if fields else "moved" if is_moved else "same"
    return ItemChange(how, title, old.get("number"), new.get("number"), fields)


def _fields(old: Issued, new: Issued) -> list[FieldChange]:
    found = []
    for name in FIELDS:
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            one, other = before or {}, after or {}
            said = ((code, one.get(code) or "", other.get(code) or "") for code in LANGUAGES)
            found += [FieldChange(f"{name}.{code}", was, now) for code, was, now in said if was != now]
        elif before != after:
            found.append(FieldChange(name, before, after))
    return found


def _moved(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """Return those that stand out of the longest run that both orders have: the fewest that were moved."""
    place = {key: number for number, key in enumerate(old)}
    ends: list[tuple[int, int | None, str]] = []  # of each item: the length of its best run, and the item before it
    for number, key in enumerate(new):
        best, link = 0, None
        for earlier in range(number):
            if place[new[earlier]] < place[key] and ends[earlier][0] > best:
                best, link = ends[earlier][0], earlier
        ends.append((best + 1, link, key))
    at = max(range(len(ends)), key=lambda each: ends[each][0], default=None)
    kept = set()
    while at is not None:
        kept.add(ends[at][2])
        at = ends[at][1]
    return frozenset(new) - kept
