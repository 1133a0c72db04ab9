"""Charts as pictures (SVG): bars in rows, or columns side by side, told by pattern and by word beside their colour.

On a page they take its colours from its stylesheet; to take away they bring their own. They hold no style and no
script, so they stand under the strictest policy of a page, and are there without any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree import ElementTree as ET

Fill = Literal["solid", "ring", "half", "cross", "late", "empty"]

WIDTH: Final = 720
LABELS: Final = 280
BARS: Final = 290
ROW: Final = 24
BAR: Final = 14
HEADING: Final = 30
LEGEND: Final = 22
SIDE: Final = 8
LETTER: Final = 6.6  # about as wide as a letter of 12 px is, for what must not run into the next
LEAST: Final = 1.5  # so that one of thousands is still to be seen
COLUMNS_TALL: Final = 220
AXIS: Final = 44
LONGEST_LABEL: Final = int((LABELS - SIDE) / LETTER)

_INK, _INK_2, _PAPER, _RULE = "#181b1f", "#454b53", "#ffffff", "#b9bec5"
_ACCENT, _WAIT, _LATE = "#14477a", "#7a4700", "#a12c10"
# What each class of `entente.css` looks like where that is not there.
_OWN_LOOK: Final[Mapping[str, Mapping[str, str]]] = {
    "paper": {"fill": _PAPER},
    "axis": {"stroke": _RULE, "fill": "none"},
    "words": {"fill": _INK, "font-family": "sans-serif", "font-size": "12"},
    "quiet": {"fill": _INK_2, "font-family": "sans-serif", "font-size": "12"},
    "heading": {"fill": _INK, "font-family": "sans-serif", "font-size": "12", "font-weight": "600"},
    "solid": {"fill": _ACCENT, "stroke": _ACCENT},
    "edge-accent": {"stroke": _ACCENT},
    "edge-wait": {"stroke": _WAIT},
    "edge-late": {"stroke": _LATE},
    "edge-ink": {"stroke": _INK_2},
    "edge-empty": {"stroke": _INK_2, "stroke-dasharray": "3 2"},
}
_EDGES: Final[Mapping[Fill, str]] = {
    "solid": "solid", "ring": "edge-accent", "half": "edge-wait", "cross": "edge-ink", "late": "edge-late",
    "empty": "edge-empty",
}  # fmt: skip
# The lines of a pattern, in a square of six, and the edge whose colour they have.
_LINES: Final[Mapping[Fill, tuple[str, str]]] = {
    "ring": ("M0 3H6", "edge-accent"),
    "half": ("M3 0V6", "edge-wait"),
    "cross": ("M0 0L6 6M6 0L0 6", "edge-ink"),
    "late": ("M-1 1L1 -1M0 6L6 0M5 7L7 5", "edge-late"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its fill, how much it is, and what that is called."""

    fill: Fill
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: what it is of, its parts from the left, and the figures in words at its end."""

    label: str
    parts: tuple[Part, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Rows of bars on one scale, under their headings; `told` says in a sentence what is to be seen."""

    key: str
    title: str
    told: str
    legend: tuple[tuple[Fill, str], ...]
    groups: tuple[tuple[str, tuple[Bar, ...]], ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns side by side on one scale: for each place on the axis a name (or none), and a value of each fill."""

    key: str
    title: str
    told: str
    legend: tuple[tuple[Fill, str], ...]
    places: tuple[tuple[str, str, tuple[int, ...]], ...]
    ticks: tuple[tuple[int, str], ...]


def svg_of(picture: Bars | Columns, *, alone: bool = False) -> str:
    """Return the picture; `alone` is to be taken away, with colours of its own on white."""
    drawing = _Drawing(picture.key, alone=alone)
    tall = drawing.bars(picture) if isinstance(picture, Bars) else drawing.columns(picture)
    return drawing.written(picture.title, picture.told, tall)


def nice_top(value: int) -> int:
    """Return the least of 1, 2, 4, 5 times a power of ten, from 4 on, that a value does not go beyond."""
    power = 1
    while True:
        for step in (1, 2, 4, 5):
            if step * power >= max(4, value):
                return step * power
        power *= 10


class _Drawing:
    """One picture while it is drawn."""

    def __init__(self, key: str, *, alone: bool) -> None:
        self._key = f"chart-{key}"
        self._alone = alone
        self._root = ET.Element("svg", {"class": "chart", "role": "img"} if not alone else {"role": "img"})
        self._fills: set[Fill] = set()

    def written(self, title: str, told: str, tall: float) -> str:
        root = self._root
        head = {
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {tall:g}",
            "aria-labelledby": f"{self._key}-title {self._key}-told",
        }  # fmt: skip
        for name, value in head.items():
            root.set(name, value)
        if self._alone:
            root.set("width", str(WIDTH))
            root.set("height", f"{tall:g}")
        front: list[ET.Element] = []
        for tag, words in (("title", title), ("desc", told)):
            element = ET.Element(tag, {"id": f"{self._key}-{'title' if tag == 'title' else 'told'}"})
            element.text = words
            front.append(element)
        front.append(self._patterns())
        if self._alone:
            front.append(self._element("rect", "paper", x=0, y=0, width=WIDTH, height=tall))
        for place, element in enumerate(front):
            root.insert(place, element)
        return ET.tostring(root, encoding="unicode")

    # Bars ---------------------------------------------------------------------------------------

    def bars(self, picture: Bars) -> float:
        y = self._legend(picture.legend)
        most = max((sum(part.value for part in row.parts) for _, rows in picture.groups for row in rows), default=0)
        for number, (heading, rows) in enumerate(picture.groups):
            if heading:
                y += SIDE * min(number, 1)
                self._text("heading", SIDE, y + HEADING - 12, heading)
                y += HEADING
            for row in rows:
                self._bar(row, y, most)
                y += ROW
        return y + SIDE

    def _bar(self, row: Bar, y: float, most: int) -> None:
        middle = y + ROW / 2 + 4
        self._text("words", LABELS - 8, middle, _short(row.label), anchor="end", whole=row.label)
        x = float(LABELS)
        self._add("path", "axis", d=f"M{LABELS} {y:g}v{ROW}")
        for part in row.parts:
            if part.value:
                wide = max(LEAST, part.value / most * BARS)
                self._block(part.fill, x, y + (ROW - BAR) / 2, wide, BAR)
                x += wide + 1
        self._text("quiet", x + 6, middle, row.said)

    # Columns ------------------------------------------------------------------------------------

    def columns(self, picture: Columns) -> float:
        top = self._legend(picture.legend) + SIDE
        bottom = top + COLUMNS_TALL
        highest = picture.ticks[-1][0] or 1
        for value, said in picture.ticks:
            y = bottom - value / highest * COLUMNS_TALL
            self._add("path", "axis", d=f"M{AXIS + SIDE} {y:g}H{WIDTH - SIDE}")
            self._text("quiet", AXIS, y + 4, said, anchor="end")
        step = (WIDTH - AXIS - 3 * SIDE) / max(1, len(picture.places))
        fills = [fill for fill, _ in picture.legend]
        wide = (step - 4) / max(1, len(fills))
        for number, (name, under, values) in enumerate(picture.places):
            x = AXIS + 2 * SIDE + number * step
            for place, (fill, value) in enumerate(zip(fills, values, strict=True)):
                if value:
                    tall = max(LEAST, value / highest * COLUMNS_TALL)
                    self._block(fill, x + place * wide, bottom - tall, wide - 1, tall)
            self._text("quiet", x + step / 2 - 2, bottom + 16, name, anchor="middle")
            if under:
                self._text("words", x + step / 2 - 2, bottom + 34, under, anchor="middle")
        return bottom + AXIS

    # What both are made of ----------------------------------------------------------------------

    def _legend(self, entries: Sequence[tuple[Fill, str]]) -> float:
        x, y = float(SIDE), 4.0
        for fill, said in entries:
            wide = 26 + len(said) * LETTER + 18
            if x > SIDE and x + wide > WIDTH:
                x, y = float(SIDE), y + LEGEND
            self._block(fill, x, y + 2, 18, 12)
            self._text("quiet", x + 24, y + 12, said)
            x += wide
        return y + LEGEND + 6 if entries else y

    def _block(self, fill: Fill, x: float, y: float, wide: float, tall: float) -> None:
        places = {"x": round(x, 1), "y": round(y, 1), "width": round(wide, 1), "height": round(tall, 1)}
        if fill == "solid":
            self._add("rect", "solid", **places)
            return
        self._fills.add(fill)
        own = "none" if fill == "empty" else f"url(#{self._key}-{fill})"
        self._add("rect", _EDGES[fill], fill=own, **places)

    def _patterns(self) -> ET.Element:
        found = ET.Element("defs")
        for fill in (each for each in _LINES if each in self._fills):
            lines, edge = _LINES[fill]
            pattern = ET.SubElement(
                found, "pattern",
                {"id": f"{self._key}-{fill}", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"},
            )  # fmt: skip
            pattern.append(self._element("rect", "paper", width=6, height=6))
            pattern.append(self._element("path", edge, d=lines, fill="none"))
        return found

    def _text(self, look: str, x: float, y: float, said: str, *, anchor: str = "", whole: str = "") -> None:
        element = self._add("text", look, x=round(x, 1), y=round(y, 1))
        if anchor:
            element.set("text-anchor", anchor)
        element.text = said
        if whole and whole != said:
            ET.SubElement(element, "title").text = whole

    def _add(self, tag: str, look: str, **places: float | str) -> ET.Element:
        element = self._element(tag, look, **places)
        self._root.append(element)
        return element

    def _element(self, tag: str, look: str, **places: float | str) -> ET.Element:
        own = dict(_OWN_LOOK[look]) if self._alone else {"class": f"c-{look}"}
        return ET.Element(tag, {**own, **dict(_written(places))})


def _written(places: Mapping[str, float | str]) -> Iterator[tuple[str, str]]:
    for name, value in places.items():
        yield name, value if isinstance(value, str) else f"{value:g}"


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"
