"""How a table of actions is read: its headings, days in three orders, owners, words in three languages."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import labels
from app.domain.action_import import BroughtTable, TableSheet, guessed
from app.domain.action_import_dates import day_of, guessed_order
from app.domain.action_import_owners import Directory, Owner, owners_of
from app.domain.action_import_rows import rows_of
from app.domain.action_import_words import WORDS_OF, plain
from app.domain.errors import Refusal

DIEGO = uuid.UUID(int=7)
NAMES = {
    "MX": ("MX", "Mexico", "México", "Mexique"), "US": ("US", "United States", "Estados Unidos", "États-Unis"),
    "CA": ("CA", "Canada", "Canadá"),
}  # fmt: skip
DIRECTORY = Directory(
    {plain(word): frozenset({code}) for code, words in NAMES.items() for word in words},
    {
        plain("SRE"): frozenset({("MX", "MX-SRE")}), plain("SEMAR"): frozenset({("MX", "MX-SEMAR")}),
        plain("State"): frozenset({("US", "US-DOS")}), plain("Interior"): frozenset({("MX", "MX-SEGOB"),
        ("US", "US-DOI")}),
        plain("Foreign Affairs, Trade and Development"): frozenset({("CA", "CA-GAC")}),
    },
    {plain("Diego Luna"): frozenset({("MX", DIEGO)})},
)  # fmt: skip
ALL = ("CA", "MX", "US")


@pytest.mark.parametrize(
    ("written", "owners"),
    [
        ("MX/US", (Owner("MX"), Owner("US"))),
        ("Mexico, United States", (Owner("MX"), Owner("US"))),
        ("México y Estados Unidos", (Owner("MX"), Owner("US"))),
        ("SRE; State", (Owner("MX", "MX-SRE"), Owner("US", "US-DOS"))),
        ("Ana Robles (SRE)", (Owner("MX", "MX-SRE", "Ana Robles"),)),
        ("SRE (Ana Robles)", (Owner("MX", "MX-SRE", "Ana Robles"),)),
        ("US: Jane Roe\nMX: Ana Robles", (Owner("MX", None, "Ana Robles"), Owner("US", None, "Jane Roe"))),
        ("Diego Luna", (Owner("MX", None, "Diego Luna", DIEGO),)),
        ("SRE, SEMAR", (Owner("MX", "MX-SRE", "MX-SEMAR"),)),
        ("Foreign Affairs, Trade and Development and SRE", (Owner("CA", "CA-GAC"), Owner("MX", "MX-SRE"))),
        ("Interior (MX)", (Owner("MX", "MX-SEGOB"),)),
        ("all", (Owner("CA"), Owner("MX"), Owner("US"))),
        ("todas", (Owner("CA"), Owner("MX"), Owner("US"))),
        ("–", ()),
    ],
)
def test_owners(written: str, owners: tuple[Owner, ...]) -> None:
    assert owners_of(written, DIRECTORY, "owners", None, ALL) == owners


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Jane Roe", "unknown_owner"), ("MX, FBI", "unknown_owner"), ("Interior", "ambiguous_owner"),
        ("; ".join(["MX"] * 25), "too_many_owners"), ("<script>", "unknown_owner"),
    ],
)  # fmt: skip
def test_owners_that_are_refused(written: str, key: str) -> None:
    with pytest.raises(Refusal) as caught:
        owners_of(written, DIRECTORY, "owners", None, ALL)
    assert caught.value.key == key


def test_a_name_alone_is_of_the_party_that_was_chosen_for_such() -> None:
    assert owners_of("Jane Roe", DIRECTORY, "owners", "US", ALL) == (Owner("US", None, "Jane Roe"),)


MARCH, APRIL = dt.date(2027, 3, 4), dt.date(2027, 4, 3)


@pytest.mark.parametrize(
    ("written", "order", "day"),
    [
        ("3/4/2027", "dmy", APRIL), ("3/4/2027", "mdy", MARCH), ("3.4.27", "dmy", APRIL), ("2027-03-04", None, MARCH),
        ("2027/03/04", "dmy", MARCH), ("13/4/2027", None, dt.date(2027, 4, 13)), ("4/13/2027", None,
        dt.date(2027, 4, 13)),
        ("4 de marzo de 2027", None, MARCH), ("jueves, 4 de marzo del 2027", None, MARCH), ("4 mars 2027", None, MARCH),
        ("jeudi 1er avril 2027", None, dt.date(2027, 4, 1)), ("mar. 4 mars 2027", None, MARCH),
        ("March 4th, 2027", None, MARCH), ("4-Mar-27", None, MARCH), ("4 août 2027", None, dt.date(2027, 8, 4)),
        (46450, None, MARCH), (46450.0, None, MARCH), ("46450", None, MARCH), (MARCH, None, MARCH),
        (dt.datetime(2027, 3, 4, 9, tzinfo=dt.UTC), None, MARCH), (None, None, None), ("TBD", None, None),
        ("por definir", None, None), ("3/3/2027", None, dt.date(2027, 3, 3)),
    ],
)  # fmt: skip
def test_days(written: object, order: str | None, day: dt.date | None) -> None:
    assert day_of(written, order, "due_on") == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "order", "key"),
    [
        ("3/4/2027", None, "ambiguous_date"), ("4/13/2027", "dmy", "not_in_this_order"), ("31/02/2027", None,
        "not_a_day"),
        ("March 2027", None, "not_a_day"), (2027, None, "not_a_day"), ("soon", None, "not_a_day"), ("9" * 90,
        None, "not_a_day"),
        ("1/1/1800", "dmy", "not_a_day"), (1e300, None, "not_a_day"), (-5, None, "not_a_day"),
    ],
)  # fmt: skip
def test_days_that_are_refused(written: object, order: str | None, key: str) -> None:
    with pytest.raises(Refusal) as caught:
        day_of(written, order, "due_on")  # type: ignore[arg-type]
    assert caught.value.key == key


def test_an_order_is_guessed_only_where_no_other_is_possible() -> None:
    assert guessed_order(["3/4/2027", "13/4/2027"]) == "dmy"
    assert guessed_order(["3/4/2027", "4/13/2027"]) == "mdy"
    assert guessed_order(["3/4/2027"]) is None
    assert guessed_order(["13/4/2027", "4/13/2027"]) is None
    assert guessed_order(["2027-03-04"]) is None


HEADS = [
    (("No.", "Action item", "Responsible", "Due date", "Status", "Comments"), ("reference", "title",
        "owners", "due_on", "state", "note")),
    (("Núm.", "ACUERDO", "Responsable(s)", "Fecha límite", "Estatus", "Observaciones"), ("reference",
        "title", "owners", "due_on", "state", "note")),
    (("N°", "Mesure à prendre", "Responsable", "Échéance", "État", "Remarques"), ("reference", "title",
        "owners", "due_on", "state", "note")),
    (("A", "B", "C"), ("title", "owners", "due_on")),
]  # fmt: skip


@pytest.mark.parametrize(("heads", "columns"), HEADS)
def test_columns_are_guessed_by_heading_and_by_content(heads: tuple[str, ...], columns: tuple[str, ...]) -> None:
    body = ("Share the list of points of contact", "MX/US", "13/04/2027")
    rows = ((1, ("Follow-up matrix",)), (3, heads), (4, body)) if len(heads) > 3 else ((3, heads), (4, body))
    table = guessed(BroughtTable("", (TableSheet("", rows),)))
    assert (table.choices.header, table.choices.columns[: len(columns)]) == (3, columns)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_words_of_the_product_are_understood(language: str) -> None:
    for group, column in (("leg_state", "state"), ("action_kind", "kind"), ("priority", "priority")):
        for key, said in labels.labels(group, language).items():
            if key in set(WORDS_OF[column].values()):
                assert WORDS_OF[column].get(plain(said)) == key, said


def test_a_row_says_all_that_stands_against_it_with_its_columns() -> None:
    rows = ((1, ("Title", "Owners", "Due", "State", "Reason")), (2, ("", "Nobody here", "3/4/2027", "perhaps", "")),
            (3, ("Told", "MX", "", "blocked", "")))  # fmt: skip
    table = guessed(BroughtTable("", (TableSheet("", rows),)))
    first, second = rows_of(table, DIRECTORY, ALL)
    assert [(each.key, each.column) for each in first.problems] == [
        ("unknown_owner", 1), ("ambiguous_date", 2), ("unknown_state_word", 3), ("needs_title", 0),
    ]  # fmt: skip
    assert [(each.key, each.column) for each in second.problems] == [("reason_required", 4)]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
CELLS = st.one_of(
    st.none(), TEXTS, st.integers(), st.floats(), st.dates(), st.sampled_from(["MX/US", "3/4/2027", "done"])
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=8), min_size=1, max_size=6))
def test_no_table_breaks_it_and_what_is_kept_comes_back(rows: list[list[object]]) -> None:
    numbered = tuple((number, tuple(cells)) for number, cells in enumerate(rows, start=1))
    table = guessed(BroughtTable("a", (TableSheet("", numbered),)))  # type: ignore[arg-type]
    for order in (None, "dmy", "mdy", "ymd"):
        chosen = replace(table, choices=replace(table.choices, order=order, is_decided=True))
        assert len(rows_of(chosen, DIRECTORY, ALL)) == len(table.body)
    if not any(isinstance(cell, float) for cells in rows for cell in cells):
        assert BroughtTable.from_json(table.to_json()) == table
