"""What is measured: rates, each beside the rate of its yardstick, in turns, so that a busy machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """A rate (per second), the yardstick's rate, and the ratio of the two that is asked for at least."""

    name: str
    engine: str
    value: float
    yardstick: float
    target: float

    @property
    def ratio(self) -> float:
        """Return the figure as a ratio to its yardstick."""
        return self.value / self.yardstick

    @property
    def holds(self) -> bool:
        """Say whether the ratio is as large as is asked for."""
        return self.ratio >= self.target


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
