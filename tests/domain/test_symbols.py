"""Symbols of documents: counted apart, written with strokes, in addresses with dashes, and never lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import symbols


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("UNC", 2026, 4), "UNC/2026/4"),
        (("UNC", 2026, 1, "MXUS"), "UNC/2026/MXUS/1"),
        (("ADH", 2027, 12, "CA.NATO"), "ADH/2027/CA.NATO/12"),
        (("UNC", 2026, 1, "MXUS.SEC"), "UNC/2026/MXUS.SEC/1"),
    ],
)
def test_a_symbol_is_written_with_strokes(arguments: tuple[str, int, int], expected: str) -> None:
    assert symbols.symbol(*arguments) == expected
    assert symbols.from_address(symbols.in_address(expected)) == expected


@pytest.mark.parametrize(
    ("of", "kind", "number", "expected"),
    [
        ("UNC/2026/4", "Rev", 1, "UNC/2026/4/Rev.1"),
        ("UNC/2026/4/Rev.1", "Rev", 2, "UNC/2026/4/Rev.2"),
        ("UNC/2026/4/Rev.1", "Corr", 1, "UNC/2026/4/Rev.1/Corr.1"),
        ("UNC/2026/4/Rev.1/Corr.1", "Corr", 2, "UNC/2026/4/Rev.1/Corr.2"),
        ("UNC/2026/4/Rev.1/Corr.2", "Rev", 2, "UNC/2026/4/Rev.2"),
        ("UNC/2026/4/Add.1", "Rev", 1, "UNC/2026/4/Add.1/Rev.1"),
        ("UNC/2026/MXUS/1", "Add", 3, "UNC/2026/MXUS/1/Add.3"),
    ],
)
def test_what_changes_a_document_is_counted_on_it(of: str, kind: str, number: int, expected: str) -> None:
    assert symbols.amended(of, kind, number) == expected
    assert expected.startswith(symbols.family_of(of, kind))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unc-2026-4-rev.1", "UNC/2026/4/Rev.1"),
        (" UNC/2026/4/REV.1/corr.2 ", "UNC/2026/4/Rev.1/Corr.2"),
        ("UNC-2026-MXUS-1", "UNC/2026/MXUS/1"),
        ("UNC-2026-0", None),
        ("UNC-2026-4-Rev.0", None),
        ("UNC-2026-4-Draft.1", None),
        ("UNC-2026", None),
        ("UNC-2026-4; DROP", None),
        ("../../etc", None),
        ("", None),
    ],
)
def test_an_address_names_a_symbol_or_none(text: str, expected: str | None) -> None:
    assert symbols.from_address(text) == expected


def test_what_is_counted_where() -> None:
    assert symbols.counter(symbols.scope("UNC", 2026)) == "UNC-2026-D"
    assert symbols.counter(symbols.scope("UNC", 2026, "MXUS")) == "UNC-2026-MXUS-D"
    found = symbols.parse_symbol("UNC/2026/MXUS/7/Rev.1/Corr.2")
    assert found == symbols.Symbol("UNC", 2026, "MXUS", 7, (("Rev", 1), ("Corr", 2)))
    assert found.base == "UNC/2026/MXUS/7"


@pytest.mark.parametrize("wrong", [("unc", 2026, 1), ("UNC", 2026, 0), ("UNC", 2026, 1, "mx"), ("U/C", 2026, 1)])
def test_what_is_no_symbol_is_a_defect(wrong: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whichever part it is
        symbols.symbol(*wrong)


@pytest.mark.parametrize(("of", "kind"), [("UNC/2026", "Rev"), ("UNC/2026/1", "Draft")])
def test_what_cannot_be_amended_is_a_defect(of: str, kind: str) -> None:
    with pytest.raises(ValueError, match="not to be amended"):
        symbols.amended(of, kind, 1)


@given(
    number=st.integers(1, 999_999),
    codes=st.sampled_from(("", "MXUS", "CAMX", "CA.NATO", "MX.SEC")),
    changes=st.lists(st.tuples(st.sampled_from(symbols.AMENDMENTS), st.integers(1, 99)), max_size=3),
)
def test_no_symbol_is_lost_on_the_way_through_an_address(
    number: int, codes: str, changes: list[tuple[str, int]]
) -> None:
    made = str(symbols.Symbol("UNC", 2026, codes, number, tuple(changes)))
    assert symbols.from_address(symbols.in_address(made).lower()) == made


def test_documents_stand_in_lists_by_series_and_number() -> None:
    given_order = ["UNC/2026/10", None, "UNC/2026/MXUS/1", "UNC/2026/2/Rev.1", "UNC/2026/2", "UNC/2025/3"]
    assert sorted(given_order, key=symbols.place_in_lists) == [
        "UNC/2025/3", "UNC/2026/2", "UNC/2026/2/Rev.1", "UNC/2026/10", "UNC/2026/MXUS/1", None,
    ]  # fmt: skip
