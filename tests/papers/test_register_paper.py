"""The register on paper: tagged, in three languages, its strips drawn and told, and nothing typed is markup."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from typing import Any

import pytest
from pypdf import PdfReader

from app.domain.errors import Refusal
from app.papers.agenda import Worded
from app.papers.register import (
    PaperAxis,
    PaperCell,
    PaperGroup,
    PaperRow,
    PaperStrip,
    RegisterPaper,
    register_pdf,
)

DATED = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
KINDS = ("met", "by_numbering", "partly_met", "not_held", "no_record", "open", "tick", "ring", "born")


def row(name: str, *, strips: tuple[PaperStrip, ...] = ()) -> PaperRow:
    return PaperRow(
        cells=(
            PaperCell(name, ("M02 · NADD",), is_strong=True), PaperCell("Canada, États-Unis, Mexique"),
            PaperCell("Hauts fonctionnaires"), PaperCell("Actif", ("tel que décrit en janvier 2017",)),
        ),
        strips=strips,
        under="7 périodes sur 10",
        after=(PaperCell("31 décembre 2026"), PaperCell("dans 39 jours", ("326 jours passés",)), PaperCell("Canada")),
    )  # fmt: skip


STRIP = PaperStrip(143.0, 143.0, tuple((kind, 6.5 + 13 * place) for place, kind in enumerate(KINDS)), "Le dialogue dit")
PAPER = RegisterPaper(
    language="fr",
    title="Mécanismes",
    standing="En date du 22 novembre 2026 (Ottawa), pour Benoît Tremblay",
    lede="33 mécanismes.",
    narrowed="1 sur 33 répond aux filtres.",
    columns=("Mécanisme", "Parties", "Niveau", "Statut"),
    axis=PaperAxis("Périodes, 2005 à 2026", 286, ((6.5, "05"), (71.5, "10"))),
    after=("À convenir d’ici le", "Jours", "Prochain hôte"),
    legend=tuple((kind, f"signe {kind}") for kind in KINDS),
    groups=(
        PaperGroup(
            Worded("Avec une date", "fr"),
            (row("Dialogue", strips=(STRIP, dataclasses.replace(STRIP, pair="CA MX", said="L’autre"))),),
        ),
        PaperGroup(Worded("Actif", "fr"), (row("Sommet"),), Worded("A Footprint", "en")),
    ),
    nothing="Rien ne répond.",
    notes=("Une bande commence au mandat.",),
    page="Page {page} sur {pages}",
    dated=DATED,
)


def read(paper: RegisterPaper) -> PdfReader:
    return PdfReader(io.BytesIO(register_pdf(paper)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def elements_of(reader: PdfReader) -> list[dict[str, str]]:
    """Give every structure element's type, language and words in place of a picture, in reading order."""
    root: Any = reader.trailer["/Root"]
    found: list[dict[str, str]] = []
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if "/S" in node:
                found.append({key: str(node[key]) for key in ("/S", "/Lang", "/Alt") if key in node})
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_it_is_tagged_and_says_what_it_is() -> None:
    reader = read(PAPER)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "fr"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == f"Mécanismes. {PAPER.standing}"
    assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height


def test_headings_tables_and_pictures_are_what_they_are() -> None:
    elements = elements_of(read(PAPER))
    names = [element["/S"] for element in elements]
    assert [name for name in names if name in {"/H1", "/H2", "/H3"}] == ["/H1", "/H2", "/H2"]
    assert (names.count("/Table"), names.count("/TH"), names.count("/TD")) == (2, 16, 16)
    # What is drawn is told in words, once for each strip.
    assert [element["/Alt"] for element in elements if "/Alt" in element] == ["Le dialogue dit", "L’autre"]
    assert "en" in {element.get("/Lang") for element in elements}


@pytest.mark.parametrize(
    "said",
    [
        "Mécanismes", "En date du 22 novembre 2026 (Ottawa), pour Benoît Tremblay", "33 mécanismes.",
        "1 sur 33 répond aux filtres.", "signe by_numbering", "Avec une date", "Dialogue", "M02 · NADD",
        "Canada, États-Unis, Mexique", "Hauts fonctionnaires", "tel que décrit en janvier 2017", "7 périodes sur 10",
        "dans 39 jours", "326 jours passés", "Périodes, 2005 à 2026", "’05", "À convenir d’ici le", "A Footprint",
        "Une bande commence au mandat.", "CA MX", "Page 1 sur 1",
    ],
)  # fmt: skip
def test_every_word_can_be_read_out(said: str) -> None:
    assert said in text_of(read(PAPER))


def test_who_it_was_made_for_and_the_heads_stand_on_every_page() -> None:
    many = PaperGroup(Worded("Actif", "fr"), tuple(row(f"Mécanisme {number}") for number in range(1, 61)))
    reader = read(dataclasses.replace(PAPER, groups=(many,)))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) >= 4
    assert all(PAPER.standing in page for page in pages)
    assert all(f"Page {number} sur {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("Prochain hôte" in page for page in pages)


def test_without_strips_their_column_is_not_there() -> None:
    shelf = dataclasses.replace(
        PAPER, axis=None, after=(), columns=("Proposition", "Parties", "Niveau"), legend=(),
        groups=(PaperGroup(Worded("Un auteur, 2017", "fr"), (PaperRow((PaperCell("Idée"),) * 3),)),),
    )  # fmt: skip
    elements = [element["/S"] for element in elements_of(read(shelf))]
    assert (elements.count("/TH"), elements.count("/TD")) == (3, 3)


def test_a_register_that_nothing_answers_in_says_so() -> None:
    assert "Rien ne répond." in text_of(read(dataclasses.replace(PAPER, groups=())))


@pytest.mark.parametrize(
    "typed", ['#read("/etc/passwd")', "*bold* _x_", "$ x $", "= Heading", "<label> @ref", "\\u{41}"]
)
def test_what_is_typed_is_never_markup(typed: str) -> None:
    group = PaperGroup(Worded(typed, "fr"), (row(typed),))
    reader = read(dataclasses.replace(PAPER, narrowed=typed, groups=(group,)))
    assert text_of(reader).replace("\u200b", "").count(typed) == 3
    assert [element["/S"] for element in elements_of(reader)].count("/H1") == 1


def test_the_same_paper_is_the_same_bytes() -> None:
    assert register_pdf(PAPER) == register_pdf(dataclasses.replace(PAPER))
    assert register_pdf(PAPER) != register_pdf(dataclasses.replace(PAPER, lede="34 mécanismes."))


def test_a_row_without_its_cells_is_told() -> None:
    short = PaperGroup(None, (PaperRow((PaperCell("x"),)),))
    with pytest.raises(ValueError, match="one cell for each column"):
        register_pdf(dataclasses.replace(PAPER, groups=(short,)))


def test_a_paper_beyond_measure_is_refused() -> None:
    long = PaperGroup(None, tuple(row("x" * 500) for _ in range(500)))
    with pytest.raises(Refusal) as refused:
        register_pdf(dataclasses.replace(PAPER, groups=(long,)))
    assert refused.value.key == "paper_too_long"
