"""The difference of two versions of a text, long against short: no worse than linear."""

from __future__ import annotations

from typing import Final

from app.domain.differences import Numbered, differences
from benchmarks.figures import Figure, quickest

LONG: Final = 400
SHORT: Final = 50
TIMES: Final = LONG // SHORT
_WORDING: Final = (
    "The parties reaffirm paragraph {number} of the summary of conclusions, will exchange the list of points of"
    " contact before the next session, and ask the secretariat to report on the costs of each of the measures that"
    " they have taken since, within the means of each and without prejudice to its position on the other matters."
)


def difference() -> Figure:
    """Measure the difference of two versions of 400 paragraphs with one edited in ten, against those of 50."""
    long, short = _versions(LONG), _versions(SHORT)
    assert sum(change.kind == "changed" for change in differences(*long)) == LONG // 10

    def many_short() -> None:
        for _ in range(TIMES):
            differences(*short)

    found = quickest(lambda: differences(*long), 25), quickest(many_short, 25)
    name = f"difference of two versions of {LONG} paragraphs against {TIMES} times that of {SHORT}"
    return Figure(name, "sqlite", *found, target=1.1, unit=" s", at_most=True)


def _versions(count: int) -> tuple[list[Numbered[int]], list[Numbered[int]]]:
    before = [Numbered(number, _WORDING.format(number=number)) for number in range(count)]
    after = [
        Numbered(each.id, each.words.replace("the secretariat", "the host").replace("since", "so far"))
        if each.id % 10 == 0
        else each
        for each in before
    ]
    return before, after
