"""The order of names in a version of a text, and how each writes the treaty's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words
from app.domain.name_orders import NAME_ORDERS, NameOrder, Names, filled, listed, ordered, places_in, treaty_name

THREE = ("CA", "MX", "US")


def names(language: str, *order: str) -> Names:
    return Names(order, language, {code: words.party_name(code, language) for code in order})


@pytest.mark.parametrize(
    ("language", "order", "host", "original_of", "expected"),
    [
        # English and French, Spanish: practice.md B18.
        ("en", "alphabetical", "US", "MX", ("CA", "MX", "US")),
        ("es", "alphabetical", None, None, ("CA", "US", "MX")),
        ("fr", "alphabetical", None, None, ("CA", "US", "MX")),
        ("en", "host_first", "MX", None, ("MX", "CA", "US")),  # as the White House wrote of the meeting in Mexico, 2024
        ("es", "host_first", "MX", None, ("MX", "CA", "US")),
        ("en", "host_first", None, "US", ("CA", "MX", "US")),
        ("en", "host_first", "NL", None, ("CA", "MX", "US")),
        ("en", "alternat", "MX", "US", ("US", "CA", "MX")),
        ("es", "alternat", "MX", "MX", ("MX", "CA", "US")),
        ("fr", "alternat", "MX", None, ("CA", "US", "MX")),
    ],
)
def test_the_order(
    language: str, order: NameOrder, host: str | None, original_of: str | None, expected: tuple[str, ...]
) -> None:
    assert ordered(words.party_order(THREE, language), order, host=host, original_of=original_of) == expected


@pytest.mark.parametrize(
    ("language", "order", "plain", "after_of"),
    [
        ("en", ("CA", "MX", "US"), "Canada, Mexico and the United States", "of Canada, Mexico and the United States"),
        ("en", ("US", "MX"), "the United States and Mexico", "of the United States and Mexico"),
        ("en", ("MX",), "Mexico", "of Mexico"),
        ("fr", ("MX",), "le Mexique", "du Mexique"),
        ("es", ("CA", "MX"), "Canadá y México", "de Canadá y de México"),
        ("es", ("US", "CA", "MX"), "los Estados Unidos, Canadá y México",
         "de los Estados Unidos, de Canadá y de México"),
        ("es", ("MX", "IT"), "México e Italia", "de México y de Italia"),
        ("fr", ("CA", "US", "MX"), "le Canada, les États-Unis et le Mexique",
         "du Canada, des États-Unis et du Mexique"),
        ("fr", ("MX", "US"), "le Mexique et les États-Unis", "du Mexique et des États-Unis"),
    ],
)  # fmt: skip
def test_names_in_a_row(language: str, order: tuple[str, ...], plain: str, after_of: str) -> None:
    assert listed(names(language, *order)) == plain
    assert listed(names(language, *order), of=True) == after_of


@pytest.mark.parametrize(
    ("language", "party", "expected"),
    [
        ("en", "US", "USMCA"),
        ("en", "CA", "CUSMA"),
        ("fr", "CA", "ACEUM"),
        ("es", "MX", "T-MEC"),
        ("en", None, "USMCA"),
        ("es", "US", "T-MEC"),
        ("fr", "MX", "ACEUM"),
        ("en", "MX", "USMCA"),
    ],
)
def test_each_writes_the_treaty_in_its_way(language: str, party: str | None, expected: str) -> None:
    assert treaty_name(language, party) == expected


def test_a_wording_is_filled_for_each_original_and_stays_one_wording() -> None:
    wording = "The Governments {of parties}, parties to the {treaty}, agree. {others} stay, {parties} sign."
    first_us = filled(wording, names("en", "US", "CA", "MX"))
    first_ca = filled(wording, names("en", "CA", "MX", "US"))
    assert first_us == (
        "The Governments of the United States, Canada and Mexico, parties to the USMCA, agree. "
        "{others} stay, the United States, Canada and Mexico sign."
    )
    assert first_ca.startswith("The Governments of Canada, Mexico and the United States, parties to the CUSMA, agree.")
    assert places_in(wording) == ("{of parties}", "{parties}", "{treaty}")


@given(
    st.lists(st.sampled_from(["CA", "MX", "US", "NL", "BE"]), unique=True, max_size=5),
    st.sampled_from(NAME_ORDERS),
    st.sampled_from(["CA", "MX", "NL", None]),
    st.sampled_from(["CA", "US", None]),
)
def test_nobody_is_lost_or_named_twice(
    codes: list[str], order: NameOrder, host: str | None, original_of: str | None
) -> None:
    found = ordered(codes, order, host=host, original_of=original_of)
    assert sorted(found) == sorted(codes)
