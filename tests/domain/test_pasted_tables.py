"""Tables pasted from spreadsheets: what is read, what is refused, and with which line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.pasted_tables import PastedRow, read_table

HEADINGS = {"name": ("Name", "Nombre", "Nom"), "email": ("E-mail", "Correo", "Courriel"), "role": ("Role", "Función")}


def read(text, limit=5):
    return read_table(text, HEADINGS, ("name", "email"), field="table", row_limit=limit)


@pytest.mark.parametrize(
    "text",
    [
        "Name\tE-mail\nRosa Núñez\trosa@example.org\n",
        "nombre;correo\r\nRosa Núñez;rosa@example.org",
        "NOM,Courriel\n\nRosa Núñez,rosa@example.org\n\n",
        "\ufeffe-mail | name\nrosa@example.org | Rosa Núñez",
        'Name,Email\n"Rosa Núñez",rosa@example.org',
    ],
)
def test_a_table_is_read_however_it_was_copied(text):
    (row,) = read(text).rows
    assert row.cells == {"name": "Rosa Núñez", "email": "rosa@example.org"}


def test_lines_columns_out_of_order_and_cells_left_out():
    found = read("función\tcorreo\tnombre\ttel\n\nofficial\ta@x.org\tA\t1\n\tb@x.org\tB\n")
    assert found.rows == (
        PastedRow(3, {"role": "official", "email": "a@x.org", "name": "A"}),
        PastedRow(4, {"role": "", "email": "b@x.org", "name": "B"}),
    )
    assert found.unknown == ("tel",)


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("", "required", {}),
        ("\n \n", "required", {}),
        ("Rosa Núñez\trosa@example.org", "missing_column", {"columns": "Name, E-mail"}),
        ("Name\tRole\nA\tofficial", "missing_column", {"columns": "E-mail"}),
        ("Name\tE-mail", "no_rows", {}),
        ("Name\tE-mail\tcorreo\nA\ta@x.org\t", "column_twice", {"column": "correo"}),
        ("Name\tE-mail\n" + "A\ta@x.org\n" * 6, "too_many_rows", {"limit": 5}),
        ("Name\tRole\tE-mail\nRosa Núñez", "cells_without_column", {"line": 2}),
        ('Name,E-mail\n"Rosa, a@x.org', "unreadable_table", {"line": 2}),
        ('Name,E-mail\n"Rosa"x,a@x.org', "unreadable_table", {"line": 2}),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, key, values):
    with pytest.raises(Refusal) as refused:
        read(text)
    assert (refused.value.key, refused.value.field, refused.value.values) == (key, "table", values)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        found = read(text)
    except Refusal as refused:
        fields = {refused.field}
    else:
        fields = {"table"}
        assert 1 <= len(found.rows) <= 5
        assert all(set(row.cells) >= {"name", "email"} for row in found.rows)
    assert fields == {"table"}


NAMES = st.text(st.characters(exclude_characters='\t\r\n"\x00\ufeff', exclude_categories=["Cs"]), min_size=1)


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_cells_come_back_as_they_were(names):
    text = "Name\tE-mail\n" + "\n".join(f"{name}\ta@x.org" for name in names)
    assert [row.cells["name"] for row in read(text).rows] == [name.strip() for name in names]
