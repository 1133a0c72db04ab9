"""The list of participants as a paper: tagged, read back, reopened, the same bytes for the same list."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from app import labels
from app.papers.participants import LABELS, Participant, ParticipantsPaper, PartyList, participants_file
from tests import world
from tests.papers.test_agenda_paper import root_of, tags_of, text_of


def paper(language: str = "fr", **changed: object) -> ParticipantsPaper:
    values: dict[str, object] = {
        "language": language,
        "title": "Coordination aux Nations Unies",
        "reference": "UNC-2026-5",
        "marking": labels.label("handling_step", "parties", language),
        "when": "10 déc. 2026",
        "place": "Mexico",
        "precedence": "Alphabétique en français.",
        "parties": (
            PartyList(
                "Canada",
                (
                    Participant(
                        "Marie-Ève Ouellet", "Directrice générale", "Affaires mondiales Canada", "Suppléante",
                        "En personne", "Parle au nom de la ministre.", "10 déc. : Présente",
                    ),
                    Participant('=HYPERLINK("http://x.example")', "@SUM(A1) #let x = 1", "", "Conseiller", "Par vidéo"),
                ),
            ),
            PartyList("États-Unis", ()),
            PartyList("Mexique", (Participant("Nahui Olin Ñandú", "", "SRE", "Interprète", "En personne"),)),
        ),
        "quorums": ("Jeudi 10 décembre 2026 : séance informelle. Absents : États-Unis.",),
        "labels": {name: f"« {name} »" for name in LABELS} | {"page": "Page {page} sur {pages}"},
        "printed": "Imprimé le 23 novembre 2026.",
        "dated": world.NOW,
    }  # fmt: skip
    return ParticipantsPaper(**(values | changed))  # type: ignore[arg-type]


def test_the_words_of_the_product_are_those_that_the_paper_asks_for() -> None:
    assert set(labels.labels("participants_paper", "en")) == LABELS
    with pytest.raises(ValueError, match="labels missing"):
        participants_file(paper(labels={}), "pdf")


def test_the_pdf_is_tagged_and_says_its_language_its_marking_and_its_order() -> None:
    content = participants_file(paper(), "pdf")
    assert content == participants_file(paper(), "pdf")
    reader = PdfReader(io.BytesIO(content))
    root = root_of(reader)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "fr"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert "UNC-2026-5 · les parties" in str(reader.metadata.title)
    tags = [name for name, _ in tags_of(reader)]
    assert [name for name in tags if name in {"/H1", "/H2", "/H3"}] == ["/H1", "/H2", "/H2", "/H2", "/H2"]
    assert (tags.count("/Table"), tags.count("/THead"), tags.count("/TH")) == (2, 2, 8)
    text = text_of(reader)
    places = [text.index(each) for each in ("séance informelle", "Canada", "États-Unis «", "Nahui Olin Ñandú")]
    assert places == sorted(places)
    # At the head, and at the foot of the page.
    assert text.count("les parties") == 2
    assert "Parle au nom de la ministre." in text
    # What looks like a formula or like markup is the name that it is.
    assert '=HYPERLINK("http://x.example")' in text.replace("\u200b", "")
    assert "@SUM(A1) #let x = 1" in text


def test_the_text_document_opens_again_with_the_same_in_it() -> None:
    content = participants_file(paper(), "docx")
    assert content == participants_file(paper(), "docx")
    found = docx.Document(io.BytesIO(content))
    assert found.core_properties.author == "Entente"
    assert found.core_properties.language == "fr-CA"
    headings = [each.text for each in found.paragraphs if str(each.style.name if each.style else "").startswith("Head")]
    assert headings[1:] == ["« attendance »", "Canada", "États-Unis", "Mexique"]
    canada = found.tables[0]
    assert canada.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert canada.rows[1].cells[0].text == "Marie-Ève Ouellet"
    assert canada.rows[2].cells[0].text == '=HYPERLINK("http://x.example")'
    assert "les parties" in found.sections[0].footer.paragraphs[0].text
    # A name is text, and no field or link of the document.
    assert not list(found.element.iter(qn("w:fldSimple"), qn("w:instrText"), qn("w:hyperlink")))


def test_nobody_named_yet_is_said() -> None:
    text = text_of(
        PdfReader(io.BytesIO(participants_file(paper(parties=(PartyList("Canada", ()),), quorums=()), "pdf")))
    )
    assert "« nobody »" in text
