"""Ranking slots: of all starts in a range, which suit the governments best, and why.

A slot works when nobody who must attend is busy in it; that is all that excludes one, beside the range, the window of
the day and what is past. Everything else is a gain or a loss of points, each with a reason that a person can read, and
a slot's score is the sum of its reasons' points. Whoever asks gives only what the planner may see.
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import date

from app.domain.slot_facts import (
    POINTS,
    Attendee,
    Clock,
    Closed,
    Days,
    Engagement,
    PlanFacts,
    RankedSlot,
    Ranking,
    Reason,
    Span,
)
from app.domain.slot_grid import candidates_of, overlap_counts
from app.domain.slot_reasons import Reasoner

__all__ = [
    "POINTS",
    "Attendee",
    "Clock",
    "Closed",
    "Days",
    "Engagement",
    "PlanFacts",
    "RankedSlot",
    "Ranking",
    "Reason",
    "Span",
    "rank",
]


def rank(facts: PlanFacts, limit: int = 20) -> Ranking:
    """Return the best `limit` slots, each on a first day of its own: those that work first, then by score, then date.

    It takes time linear in the starts of the range, and in the people and their intervals.
    """
    grid = candidates_of(facts)
    required = [each for each in facts.attendees if each.is_required]
    lacking = overlap_counts(grid, [each.busy for each in required])
    optional = overlap_counts(grid, [each.busy for each in facts.attendees if not each.is_required])
    clashing = overlap_counts(grid, [each.sittings for each in facts.engagements])
    reasoner = Reasoner(facts, grid, lacking, optional, clashing)
    best: dict[date, tuple[bool, int, int]] = {}
    lack, busy, clash = POINTS["lacks"], POINTS["busy"], POINTS["clash"]
    working_count = 0
    for index, lacked in enumerate(lacking.counts):
        working_count += not lacked
        score = (
            reasoner.points_at(index) + lack * lacked + busy * optional.counts[index] + clash * clashing.counts[index]
        )
        standing = (not lacked, score, -index)
        day = grid.days[index]
        if day not in best or standing > best[day]:
            best[day] = standing
    chosen = heapq.nlargest(limit, best.values())
    slots = tuple(reasoner.slot_at(-negative) for _, _, negative in chosen)
    hindrances = Counter({each.key: hit for each, hit in zip(required, lacking.hits, strict=True) if hit})
    return Ranking(slots, len(grid.days), working_count, dict(hindrances.most_common()))
