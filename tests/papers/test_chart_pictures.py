"""Charts as pictures: what they say without colour, and what they look like where no stylesheet is."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from app.papers.charts import LONGEST_LABEL, Bar, Bars, Columns, Part, nice_top, svg_of

NAME = "A mechanism whose name is longer than there is room for beside its bar"
BARS = Bars(
    "ages", "Open & overdue", "7 open, of which 2 overdue.",
    (("solid", "open"), ("late", "overdue"), ("empty", "none")),
    (("", (Bar(NAME, (Part("solid", 5), Part("late", 2)), "7"), Bar("<b>", (Part("empty", 0),), "0"))),),
)  # fmt: skip
COLUMNS = Columns(
    "months", "Months", "told", (("empty", "promised"), ("solid", "done")),
    (("12", "", (4, 1)), ("1", "2026", (0, 2))), ((0, "0"), (2, "2"), (4, "4")),
)  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: Bars | Columns, *, alone: bool = False) -> ET.Element:
    return ET.fromstring(svg_of(picture, alone=alone))


def words(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("alone", [False, True])
def test_it_has_a_name_a_description_and_every_figure_in_words(alone: bool) -> None:
    root = drawn(BARS, alone=alone)
    title, told = root[0], root[1]
    assert (title.tag, title.text, told.tag, told.text) == (f"{SVG}title", BARS.title, f"{SVG}desc", BARS.told)
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert root.get("role") == "img"
    assert (root.get("viewBox") or "").startswith("0 0 720 ")
    assert words(root) == ["open", "overdue", "none", f"{NAME[: LONGEST_LABEL - 1].rstrip()}…", "7", "<b>", "0"]
    assert [each.text for each in root.iter(f"{SVG}title")][1:] == [NAME]


def test_what_colour_tells_a_pattern_tells_too() -> None:
    root = drawn(BARS)
    patterns = {each.get("id") for each in root.iter(f"{SVG}pattern")}
    used = {each.get("fill") for each in root.iter(f"{SVG}rect") if (each.get("fill") or "").startswith("url")}
    assert patterns == {"chart-ages-late"}
    assert used == {"url(#chart-ages-late)"}


def test_bars_are_as_long_as_their_figures() -> None:
    rows = [each for each in drawn(BARS).iter(f"{SVG}rect") if each.get("height") == "14"]
    assert [(each.get("x"), each.get("width")) for each in rows] == [("280", "207.1"), ("488.1", "82.9")]


def test_columns_are_as_tall_as_their_figures_and_none_is_drawn_for_nothing() -> None:
    root = drawn(COLUMNS)
    legend, columns = 2, [each.get("height") for each in root.iter(f"{SVG}rect")]
    assert columns[legend:] == ["220", "55", "110"]
    assert words(root) == ["promised", "done", "0", "2", "4", "12", "1", "2026"]


@pytest.mark.parametrize("picture", [BARS, COLUMNS])
def test_on_a_page_it_takes_the_pages_colours_and_alone_it_brings_its_own(picture: Bars | Columns) -> None:
    on_page, alone = svg_of(picture), svg_of(picture, alone=True)
    assert "#" not in on_page.replace("url(#", "")
    assert "class=" not in alone
    assert 'fill="#ffffff"' in alone
    for written in (on_page, alone):
        assert "style" not in written
        assert "script" not in written


@pytest.mark.parametrize(
    ("value", "top"), [(0, 4), (4, 4), (5, 5), (6, 10), (11, 20), (21, 40), (41, 50), (51, 100), (2844, 4000)]
)
def test_the_top_of_a_scale(value: int, top: int) -> None:
    assert nice_top(value) == top
