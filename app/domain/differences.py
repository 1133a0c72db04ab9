"""The readable difference of two versions of a text: paragraphs by their ids, words within those that changed.

The time it takes grows with the length of the text, not with its square: paragraphs are found by their ids, and in
each only so many words are compared one by one as a person could read apart; beyond that it is shown as replaced.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)
WordKind = Literal["same", "removed", "added"]
ParagraphKind = Literal["same", "changed", "removed", "added"]

# Edits of single words in one paragraph; the work is at most its square.
EDITS_LIMIT: Final = 200

_Token = tuple[WordKind, str]
_TOKEN: Final = re.compile(r"\s+|\w+(?:[’'-]\w+)*|[^\w\s]")


class WordChange(NamedTuple):
    """Words that stand in both versions, only in the earlier or only in the later."""

    kind: WordKind
    words: str


@dataclass(frozen=True)
class Numbered(Generic[Key]):
    """A paragraph of a version: its id, which never changes, and what it says."""

    id: Key
    words: str


@dataclass(frozen=True)
class ParagraphChange(Generic[Key]):
    """A paragraph in two versions, with its places from 1 (None: not in that version) and the words that changed.

    One that `is_moved` stands elsewhere among those that both versions have.
    """

    id: Key
    kind: ParagraphKind
    before: int | None
    after: int | None
    is_moved: bool
    words: tuple[WordChange, ...]


def differences(before: Sequence[Numbered[Key]], after: Sequence[Numbered[Key]]) -> tuple[ParagraphChange[Key], ...]:
    """Return the paragraphs of both versions in the order of the later, those removed where they stood."""
    places = {paragraph.id: place for place, paragraph in enumerate(before)}
    stay = _longest_rising([places[each.id] for each in after if each.id in places])
    removed = _removed_behind(before, {each.id for each in after}, stay)
    changes: list[ParagraphChange[Key]] = [*removed[-1]]
    for number, paragraph in enumerate(after, start=1):
        place = places.get(paragraph.id)
        if place is None:
            added = (WordChange("added", paragraph.words),)
            changes.append(ParagraphChange(paragraph.id, "added", None, number, is_moved=False, words=added))
            continue
        words = word_changes(before[place].words, paragraph.words)
        kind: ParagraphKind = "same" if before[place].words == paragraph.words else "changed"
        changes.append(ParagraphChange(paragraph.id, kind, place + 1, number, place not in stay, words))
        changes += removed[place]
    return tuple(changes)


def word_changes(before: str, after: str) -> tuple[WordChange, ...]:
    """Return how one wording became another, in the order in which both are read; nothing for two empty ones."""
    if before == after:
        return (WordChange("same", after),) if after else ()
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    middle = _edits(old[start : len(old) - end], new[start : len(new) - end])
    head: list[_Token] = [("same", token) for token in new[:start]]
    tail: list[_Token] = [("same", token) for token in new[len(new) - end :]]
    return tuple(_told([*head, *middle, *tail]))


def _removed_behind(
    before: Sequence[Numbered[Key]], kept: set[Key], stay: set[int]
) -> defaultdict[int, list[ParagraphChange[Key]]]:
    """Return the paragraphs that were removed, by the place of the one before them that stayed; -1 for the first."""
    found: defaultdict[int, list[ParagraphChange[Key]]] = defaultdict(list)
    last = -1
    for place, paragraph in enumerate(before):
        if place in stay:
            last = place
        elif paragraph.id not in kept:
            words = (WordChange("removed", paragraph.words),)
            found[last].append(ParagraphChange(paragraph.id, "removed", place + 1, None, is_moved=False, words=words))
    return found


def _longest_rising(places: Sequence[int]) -> set[int]:
    """Return the members of a longest rising subsequence: the paragraphs that need not have moved."""
    tails: list[int] = []
    previous: dict[int, int | None] = {}
    for place in places:
        at = bisect.bisect_left(tails, place)
        previous[place] = tails[at - 1] if at else None
        tails[at : at + 1] = [place]
    found: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = previous[last]
    return found


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many tokens both begin with."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _edits(old: Sequence[str], new: Sequence[str]) -> list[_Token]:
    """Return a shortest way from one to the other (Myers, 1986); beyond the limit, all of one for all of the other."""
    furthest, trace = {1: 0}, []
    for edits in range(min(len(old) + len(new), EDITS_LIMIT) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            at = _reached(furthest, diagonal, edits)
            while at < len(old) and at - diagonal < len(new) and old[at] == new[at - diagonal]:
                at += 1
            furthest[diagonal] = at
            if at >= len(old) and at - diagonal >= len(new):
                return _way_back(old, new, trace)
    return [*(("removed", token) for token in old), *(("added", token) for token in new)]


def _reached(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Return how far in the old tokens a diagonal begins, from the better of its neighbours."""
    down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
    return furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1


def _way_back(old: Sequence[str], new: Sequence[str], trace: Sequence[dict[int, int]]) -> list[_Token]:
    """Return the steps of the way that was found, from its end to its beginning and turned round."""
    steps: list[_Token] = []
    at, to = len(old), len(new)
    for edits in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[edits], at - to
        down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
        beside = diagonal + 1 if down else diagonal - 1
        came_at = furthest[beside] if edits else 0
        came_to = came_at - beside if edits else 0
        while at > came_at and to > came_to:
            at, to = at - 1, to - 1
            steps.append(("same", new[to]))
        if edits:
            steps.append(("added", new[came_to]) if down else ("removed", old[came_at]))
            at, to = came_at, came_to
    return steps[::-1]


def _told(tokens: Iterable[_Token]) -> Iterator[WordChange]:
    """Yield the changes as a person reads them: what only blanks part is one change, its old words first."""
    removed, added, blank = "", "", ""
    same = ""
    for kind, token in tokens:
        if kind == "same":
            if (removed or added) and not token.strip():
                blank += token
                continue
            if removed or added:
                yield from _change(removed, added)
                removed = added = ""
            same += blank + token
            blank = ""
            continue
        if same:
            yield WordChange("same", same)
            same = ""
        removed, added, blank = removed + blank, added + blank, ""
        if kind == "removed":
            removed += token
        else:
            added += token
    yield from _change(removed, added)
    if same + blank:
        yield WordChange("same", same + blank)


def _change(removed: str, added: str) -> Iterator[WordChange]:
    if removed:
        yield WordChange("removed", removed)
    if added:
        yield WordChange("added", added)
