"""What is measured: values, each beside its yardstick, taken in turns, so that a busy machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """A value, its yardstick's, and the ratio of the two that is asked for: at least, or `at_most`.

    `unit` is of both. A figure that was `not_measured` says why, and does not hold.
    """

    name: str
    engine: str
    value: float
    yardstick: float
    target: float
    unit: str = "/s"
    at_most: bool = False
    not_measured: str = ""

    @property
    def ratio(self) -> float:
        """Return the figure as a ratio to its yardstick."""
        return self.value / self.yardstick

    @property
    def holds(self) -> bool:
        """Say whether it was measured and the ratio is as large (as small) as is asked for."""
        if self.not_measured:
            return False
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


def unmeasured(name: str, engine: str, target: float, why: str) -> Figure:
    """Return a figure that could not be measured here."""
    return Figure(name, engine, 0, 0, target, not_measured=why)


def rates(work: Work, yardstick: Work, rounds: int, times: int = 1) -> tuple[float, float]:
    """Return the median rates of both, done in turns; `times` is how often each is done in a round."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for rate, each in zip(found, (work, yardstick), strict=True):
            began = time.perf_counter()
            for _ in range(times):
                each()
            rate.append(times / (time.perf_counter() - began))
    return statistics.median(found[0]), statistics.median(found[1])


def quickest(work: Work, rounds: int = 5) -> float:
    """Return the seconds of the quickest of some runs, the first of all left out."""
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)
