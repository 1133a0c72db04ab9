"""Measure, print each figure as a ratio to its yardstick, and write them all to benchmarks/latest.json."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks import action_register, charts, commitments
from benchmarks.actions import ACTIONS, opened_with_actions
from benchmarks.actions import FEWER as FEWER_ACTIONS
from benchmarks.figures import Figure
from benchmarks.measures import all_of
from benchmarks.worlds import ENGINES, FEWER, MEETINGS, opened

LATEST = Path(__file__).parent / "latest.json"


def main() -> None:
    """Measure everything, on both engines unless one is named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=ENGINES, help="measure on this engine alone")
    chosen = asked.parse_args().engine
    figures: list[Figure] = []

    def take(found: Iterable[Figure]) -> None:
        for figure in found:
            figures.append(figure)
            print(_line(figure), flush=True)

    print(f"{'':74}{'engine':<12}{'ratio':>9}{'asked':>11}    {'value':>11}  {'yardstick':>11}")
    for engine in (chosen,) if chosen else ENGINES:
        with (
            tempfile.TemporaryDirectory() as folder,
            opened(engine, Path(folder) / "many", MEETINGS) as many,
            opened(engine, Path(folder) / "few", FEWER) as few,
        ):
            take(all_of(many, few))
        with (
            tempfile.TemporaryDirectory() as folder,
            opened_with_actions(engine, Path(folder) / "many", ACTIONS) as many,
            opened_with_actions(engine, Path(folder) / "few", FEWER_ACTIONS) as few,
        ):
            take(action_register.figures_of(many, few))
            take(charts.figures_of(many))
            take(commitments.figures_of(many))
    LATEST.write_text(json.dumps({"figures": [_plain(figure) for figure in figures]}, indent=2) + "\n", "utf-8")
    missed = [figure for figure in figures if not figure.holds]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} figures hold.")


def _line(figure: Figure) -> str:
    head = f"{figure.name:74}{figure.engine:<12}"
    if figure.not_measured:
        return f"{head}not measured: {figure.not_measured}"
    asked = f"{'<=' if figure.at_most else '>='} {figure.target:g}"
    told = " " if figure.holds else "!"
    value, yardstick = (f"{each:,.4g}{figure.unit}" for each in (figure.value, figure.yardstick))
    return f"{head}{figure.ratio:>9.3g}{asked:>11} {told}  {value:>11}  {yardstick:>11}"


def _plain(figure: Figure) -> dict[str, object]:
    told: dict[str, object] = {
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
