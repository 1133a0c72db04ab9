"""Measure, print each figure as a ratio to its yardstick, and write them all to benchmarks/latest.json.

Of each engine two worlds are built twice, one of meetings and one of actions, with all the data and with fewer; a third
is for finding dates.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks import action_register, agendas, briefing, charts, commitments, imports, polls, slots, texts
from benchmarks.actions import ACTIONS, opened_with_actions
from benchmarks.actions import FEWER as FEWER_ACTIONS
from benchmarks.figures import Figure
from benchmarks.measures import all_of
from benchmarks.worlds import ENGINES, FEWER, MEETINGS, opened

DATES: Final = 100
LATEST = Path(__file__).parent / "latest.json"


def of_meetings(engine: str) -> Iterator[Figure]:
    """Yield the figures that are measured where there are many meetings."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(engine, Path(folder) / "many", MEETINGS) as many,
        opened(engine, Path(folder) / "few", FEWER) as few,
    ):
        yield from all_of(many, few)


def of_actions(engine: str) -> Iterator[Figure]:
    """Yield the figures that are measured where there are many actions, those that add to them last."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened_with_actions(engine, Path(folder) / "many", ACTIONS) as many,
        opened_with_actions(engine, Path(folder) / "few", FEWER_ACTIONS) as few,
    ):
        yield from action_register.figures_of(many, few)
        yield from charts.figures_of(many)
        yield from commitments.figures_of(many)
        yield from imports.figures_of(many)


def of_dates(engine: str) -> Iterator[Figure]:
    """Yield the figures of finding a date, where there are few meetings and much busy time."""
    with tempfile.TemporaryDirectory() as folder, opened(engine, Path(folder) / "dates", DATES) as bench:
        yield from slots.figures_of(bench)
        yield from polls.figures_of(bench)
        yield briefing.book(bench)
        yield from agendas.figures_of(bench)
    if engine == "sqlite":  # no database is asked
        yield texts.difference()


WORLDS: Final[dict[str, Callable[[str], Iterator[Figure]]]] = {
    "meetings": of_meetings,
    "actions": of_actions,
    "dates": of_dates,
}


def main() -> None:
    """Measure everything, on both engines unless one is named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=ENGINES, help="measure on this engine alone")
    asked.add_argument("--world", choices=WORLDS, help="measure what is measured on this world alone")
    chosen = asked.parse_args()
    figures: list[Figure] = []
    print(f"{'':84}{'engine':<12}{'ratio':>9}{'asked':>11}    {'value':>11}  {'yardstick':>11}")
    for engine in (chosen.engine,) if chosen.engine else ENGINES:
        for world, measured in WORLDS.items():
            if chosen.world not in {None, world}:
                continue
            began = time.perf_counter()
            for figure in measured(engine):
                figures.append(figure)
                print(_line(figure), flush=True)
            print(f"The world of {world} on {engine}: {(time.perf_counter() - began) / 60:.1f} minutes.", flush=True)
    _keep(figures, is_whole=chosen.engine is None and chosen.world is None)
    missed = [figure for figure in figures if not figure.holds]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} figures hold.")


def _keep(figures: list[Figure], *, is_whole: bool) -> None:
    """Write the figures; where not all were measured, in the place of those of the same engine and name."""
    new = [_plain(figure) for figure in figures]
    now = {(each["engine"], each["name"]) for each in new}
    kept = json.loads(LATEST.read_text("utf-8"))["figures"] if LATEST.exists() and not is_whole else []
    kept = [each for each in kept if (each["engine"], each["name"]) not in now]
    LATEST.write_text(json.dumps({"figures": [*kept, *new]}, indent=2) + "\n", "utf-8")


def _line(figure: Figure) -> str:
    head = f"{figure.name:84}{figure.engine:<12}"
    if figure.not_measured:
        return f"{head}not measured: {figure.not_measured}"
    asked = f"{'<=' if figure.at_most else '>='} {figure.target:g}"
    told = " " if figure.holds else "!"
    value, yardstick = (f"{each:,.4g}{figure.unit}" for each in (figure.value, figure.yardstick))
    return f"{head}{figure.ratio:>9.3g}{asked:>11} {told}  {value:>11}  {yardstick:>11}"


def _plain(figure: Figure) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": figure.name,
        "engine": figure.engine,
        "value": None if figure.not_measured else round(figure.value, 3),
        "yardstick": None if figure.not_measured else round(figure.yardstick, 3),
        "target": figure.target,
        "holds": figure.holds,
    }
    if figure.at_most:
        told["at_most"] = True
    if figure.not_measured:
        told["not_measured"] = figure.not_measured
    return told


if __name__ == "__main__":
    main()
