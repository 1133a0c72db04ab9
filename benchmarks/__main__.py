"""Measure, print each figure as a ratio to its yardstick, and write them all to benchmarks/latest.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measures import all_of
from benchmarks.worlds import ENGINES, opened

LATEST = Path(__file__).parent / "latest.json"


def main() -> None:
    """Measure everything on both engines."""
    figures: list[Figure] = []
    print(f"{'':58}{'engine':<12}{'ratio':>9}{'asked':>8}   {'rate':>10}{'yardstick':>12}")
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder, opened(engine, Path(folder)) as database:
            for figure in all_of(engine, database, Path(folder)):
                figures.append(figure)
                print(_line(figure), flush=True)
    LATEST.write_text(json.dumps({"figures": [_plain(figure) for figure in figures]}, indent=2) + "\n", "utf-8")


def _line(figure: Figure) -> str:
    asked = f"{figure.target:g}" + ("" if figure.holds else " no")
    return (
        f"{figure.name:58}{figure.engine:<12}{figure.ratio:>9.2f}{asked:>8}   "
        f"{figure.value:>8.1f}/s{figure.yardstick:>10.1f}/s"
    )


def _plain(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "engine": figure.engine,
        "value": round(figure.value, 3),
        "yardstick": round(figure.yardstick, 3),
        "target": figure.target,
        "holds": figure.holds,
    }


if __name__ == "__main__":
    main()
