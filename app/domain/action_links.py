"""What one action may be to another, and the way from one to another along such links."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

# Made and taken back by hand; what was merged or split comes from a meeting.
LINKED_BY_HAND: Final = frozenset({"blocks", "follows", "same_as"})
# What blocks or follows itself, over however many steps, says nothing.
WITHOUT_CIRCLES: Final = frozenset({"blocks", "follows"})

Node = TypeVar("Node", bound=Hashable)


def path_between(edges: Mapping[Node, Iterable[Node]], start: Node, end: Node) -> tuple[Node, ...]:
    """Return the shortest way from one node to another, both ends included; nothing where none leads there.

    It ends on circles too, which `edges` may have already.
    """
    before: dict[Node, Node | None] = {start: None}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == end:
            return _way_to(end, before)
        for there in edges.get(here, ()):
            if there not in before:
                before[there] = here
                waiting.append(there)
    return ()


def _way_to(end: Node, before: Mapping[Node, Node | None]) -> tuple[Node, ...]:
    way = [end]
    while (step := before[way[-1]]) is not None:
        way.append(step)
    return tuple(reversed(way))
