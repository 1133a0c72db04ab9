"""Reports on paper: a tagged PDF and a text document of the same cells, in three languages, whose figures lead on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from app.papers.report import Cell, Grid, Part, ReportPaper, report_pdf
from app.papers.report_docx import report_docx

DATED = dt.datetime(2026, 11, 22, 15, 0, 1, 5, tzinfo=dt.UTC)
FIGURES = Grid(
    "Figures de la période",
    ("Chiffre", "Tous", "Canada"),
    (
        (Cell("Promis"), Cell("1 204", target="/reports/accountability/rows/promised?from=2026-01-01", is_strong=True),
         Cell("31", ("dont 2 tard",))),
        (Cell("Tenu"), Cell("0"), Cell("")),
    ),
    (1, 2),
)  # fmt: skip
PAPER = ReportPaper(
    language="fr",
    title="Rapport de reddition de comptes",
    standing="Vu par le Mexique, le 22 novembre 2026.",
    lede="Ce qui a été promis.",
    parts=(
        Part("figures", "La période en chiffres", ("Chaque chiffre mène à ses lignes.",), (FIGURES,)),
        Part("none", "Points d’examen", (), (Grid("x", ("Jour",), ()),), "Aucun en ces jours."),
        Part("more", "Engagements", (), (Grid("", ("Titre",), ((Cell("Hold it", language="en"),),)),)),
    ),
    page="Page {page} sur {pages}",
    dated=DATED,
    base_url="https://entente.example",
)


def read(paper: ReportPaper) -> PdfReader:
    return PdfReader(io.BytesIO(report_pdf(paper)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def names_of(reader: PdfReader) -> list[str]:
    """Give the types of the structure's elements in reading order."""
    root: Any = reader.trailer["/Root"]
    found, waiting = [], [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            found += [str(node["/S"])] if "/S" in node else []
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_the_pdf_is_tagged_and_says_what_it_is_and_as_who_sees_it() -> None:
    reader = read(PAPER)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "fr"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == f"{PAPER.title}. {PAPER.standing}"
    names = names_of(reader)
    assert [name for name in names if name in {"/H1", "/H2", "/H3"}] == ["/H1", "/H2", "/H3", "/H2", "/H2"]
    assert (names.count("/Table"), names.count("/TH"), names.count("/TD"), names.count("/Link")) == (2, 4, 7, 1)


def test_a_figure_leads_to_its_rows() -> None:
    found = [each.get_object() for page in read(PAPER).pages for each in page.get("/Annots", [])]
    assert [each["/A"]["/URI"] for each in found] == [
        "https://entente.example/reports/accountability/rows/promised?from=2026-01-01"
    ]
    assert "/Link" not in names_of(read(dataclasses.replace(PAPER, base_url="")))


@pytest.mark.parametrize(
    "said",
    [
        "Rapport de reddition de comptes", "Vu par le Mexique, le 22 novembre 2026.", "Ce qui a été promis.",
        "Chaque chiffre mène à ses lignes.", "Figures de la période", "Chiffre Tous Canada", "1 204", "dont 2 tard",
        "Aucun en ces jours.", "Hold it", "Page 1 sur 1",
    ],
)  # fmt: skip
def test_every_word_can_be_read_out(said: str) -> None:
    assert said in text_of(read(PAPER)).replace("\u202f", " ")


def document() -> Any:
    return docx.Document(io.BytesIO(report_docx(PAPER)))


def test_the_text_document_has_real_headings_and_tables_whose_heads_repeat() -> None:
    found = document()
    assert [(each.style.name, each.text) for each in found.paragraphs if each.style.name.startswith("Heading")] == [
        ("Heading 1", "Rapport de reddition de comptes"), ("Heading 2", "La période en chiffres"),
        ("Heading 3", "Figures de la période"), ("Heading 2", "Points d’examen"), ("Heading 2", "Engagements"),
    ]  # fmt: skip
    assert [[[cell.text for cell in row.cells] for row in table.rows] for table in found.tables] == [
        [["Chiffre", "Tous", "Canada"], ["Promis", "1 204", "31\ndont 2 tard"], ["Tenu", "0", ""]],
        [["Titre"], ["Hold it"]],
    ]
    for table in found.tables:
        assert table.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
    assert found.sections[0].footer.paragraphs[0].text == PAPER.standing


def test_the_text_document_says_its_language_and_names_nobody() -> None:
    content = report_docx(PAPER)
    told = document().core_properties
    assert (told.title, told.author, told.last_modified_by, told.language) == (
        f"{PAPER.title}. {PAPER.standing}", "Entente", "Entente", "fr-CA",
    )  # fmt: skip
    assert (told.created, told.comments) == (dt.datetime(2026, 11, 22, 15, 0, 1, tzinfo=dt.UTC), "")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        styles, body, links = (
            parts.read(name).decode() for name in ("word/styles.xml", "word/document.xml",
                                                   "word/_rels/document.xml.rels")
        )  # fmt: skip
    assert 'w:lang w:val="fr-CA"' in styles
    assert 'w:val="en-US"' not in styles
    assert 'w:val="en-CA"' in body  # what is in another language says so
    assert "https://entente.example/reports/accountability/rows/promised?from=2026-01-01" in links


def test_the_same_paper_is_the_same_bytes() -> None:
    for made in (report_pdf, report_docx):
        assert made(PAPER) == made(dataclasses.replace(PAPER))
        assert made(PAPER) != made(dataclasses.replace(PAPER, lede="Autre chose."))


@pytest.mark.parametrize(
    "typed", ['#read("/etc/passwd")', "*bold* _x_", "$ x $", "= Heading", "<w:t>&amp;</w:t>", "a\x0bb"]
)
def test_what_is_typed_is_never_markup(typed: str) -> None:
    part = Part("p", typed, (typed,), (Grid(typed, (typed,), ((Cell(typed, (typed,)),),)),), typed)
    paper = dataclasses.replace(PAPER, parts=(part,))
    assert names_of(read(paper)).count("/H1") == 1
    shown = typed.replace("\x0b", "\ufffd")
    found = docx.Document(io.BytesIO(report_docx(paper)))
    assert [each.text for each in found.paragraphs if each.style.name == "Heading 2"] == [shown]
    if "\x0b" not in typed:
        assert text_of(read(paper)).replace("\u200b", "").count(typed) == 5


def test_a_row_without_its_cells_is_told() -> None:
    with pytest.raises(ValueError, match="one cell for each column"):
        Grid("x", ("a", "b"), ((Cell("c"),),))
