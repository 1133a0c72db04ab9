"""A paper that is read through: what it says stands in its PDF, its text document and its Markdown alike."""

from __future__ import annotations

import datetime as dt
import io
import re

import docx
import pytest
from pypdf import PdfReader

from app.domain import markdown
from app.domain.errors import Refusal
from app.papers.agenda import Worded
from app.papers.docx_forms import check_form, own_form
from app.papers.prose import Column, Head, Note, Piece, ProsePaper, Wording, prose_pdf
from app.papers.prose_docx import prose_docx
from app.papers.prose_markdown import prose_markdown
from app.papers.report import Cell, Grid
from tests.papers.test_agenda_paper import root_of, tags_of

DATED = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
DISPUTED = (
    "They will [[CA MX: place it][US: examine *it*]] and **report** to [the UN](https://www.un.org/).\n\n- one\n- two"
)

TRANSLATED = "Lo [[CA MX: incluirán][US: examinarán]]."


def column(source: str, language: str = "en", *marks: str) -> Column:
    return Column(markdown.parse(source, has_brackets=True), language, marks)


PIECES: tuple[Piece, ...] = (
    Head("Peace operations", 1),
    Wording((column(DISPUTED, "en", "1"), column(TRANSLATED, "es", "1")), "4", ("C04",)),
    Note(Worded("Mexico reserves its position.", "en"), "1", "Mexico"),
    Head("Actions", 2, step="Named delegations", opens_page=True),
    Grid("Open", ("Action", "Days"), ((Cell("Write | it <b>", ("by Canada",), "/actions/X-A01"), Cell("12")),), (1,)),
    Wording((column("| a | b |\n|---|---|\n| 1 | 2 |"),), "5"),
)


def paper(*pieces: Piece, **changed: object) -> ProsePaper:
    values: dict[str, object] = {
        "language": "en", "title": Worded("Joint statement", "en"), "over": ("UNC-2026-1-T1", "rev. 3"),
        "pieces": pieces or PIECES, "page": "Page {page} of {pages}", "dated": DATED,
        "markings": (Worded("Reservada", "es"), Worded("the parties", "en")), "standing": ("Interim text",),
        "column_heads": (Worded("English", "en"), Worded("Spanish", "en")), "contents": "Contents",
        "base_url": "https://entente.example",
    }  # fmt: skip
    return ProsePaper(**(values | changed))  # type: ignore[arg-type]


def words_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [
        paragraph.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
    ]
    heads = [each.text for each in document.sections[0].footer.paragraphs]
    return "\n".join([*(each.text for each in document.paragraphs), *cells, *heads])


def words_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


SAID = (
    "Joint statement", "UNC-2026-1-T1", "rev. 3", "Reservada", "the parties", "Interim text", "Peace operations",
    "They will", "CA MX", "place it", "examine", "report", "one", "two", "Lo ", "incluirán", "C04",
    "Mexico reserves its position.", "Actions", "Named delegations", "by Canada", "12",
)  # fmt: skip


def test_what_one_form_says_each_form_says() -> None:
    forms = {
        "pdf": words_of_pdf(prose_pdf(paper())),
        "docx": words_of_docx(prose_docx(paper())),
        "markdown": prose_markdown(paper()).decode(),
    }
    for name, found in forms.items():
        flat = re.sub(r"\s+", " ", found)
        assert [said for said in SAID if said.strip() not in flat] == [], name


def test_the_pdf_is_tagged_and_each_of_its_pages_is_marked() -> None:
    found = PdfReader(io.BytesIO(prose_pdf(paper())))
    assert root_of(found)["/MarkInfo"]["/Marked"].value is True
    assert b"pdfuaid:part" in root_of(found)["/Metadata"].get_data()
    assert {"/H1", "/H2", "/P", "/Table", "/TH"} <= {kind for kind, _ in tags_of(found)}
    assert len(found.pages) > 1
    for page in found.pages:
        assert "Reservada · the parties" in page.extract_text()


def test_the_same_paper_is_the_same_bytes() -> None:
    assert prose_pdf(paper()) == prose_pdf(paper())
    assert prose_docx(paper()) == prose_docx(paper())
    assert prose_markdown(paper()) == prose_markdown(paper())


def test_words_are_not_read_as_markup() -> None:
    written = prose_markdown(paper()).decode()
    assert "Write \\| it \\<b\\>" in written
    assert "Write | it <b>" in words_of_docx(prose_docx(paper()))
    assert "Write | it <b>" in words_of_pdf(prose_pdf(paper()))
    wild = paper(Head("#pagebreak() $x$ *a*"), title=Worded("= [#panic()]", "en"), over=("R",))
    assert "#pagebreak() $x$ *a*" in words_of_pdf(prose_pdf(wild))


def test_markdown_comes_back_as_it_went_in() -> None:
    source = "They will [[CA MX: place it][US: examine it]] and **report**."
    written = prose_markdown(paper(Wording((column(source),)), column_heads=(), contents="")).decode()
    assert source in written


def form(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.core_properties.author = "zz secret clerk"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_another_form_is_filled_in_and_names_nobody() -> None:
    split = docx.Document()
    whole = split.add_paragraph("Ministry of {{ ti")
    whole.add_run("tle }}!")  # as a word processor cuts it
    split.add_paragraph("{{body}}")
    split.add_paragraph("Signed on {{ date }}")
    written = io.BytesIO()
    split.save(written)
    found = words_of_docx(prose_docx(paper(), written.getvalue()))
    assert "Ministry of Joint statement!" in found
    assert "Signed on 2026-11-22" in found
    assert found.index("Ministry") < found.index("Peace operations") < found.index("Signed on")
    assert b"secret clerk" not in prose_docx(paper(), form("{{ body }}"))


def test_no_page_of_a_form_goes_unmarked() -> None:
    made = docx.Document(io.BytesIO(prose_docx(paper(), form("{{ body }}"))))
    assert [each.text for each in made.sections[0].footer.paragraphs if each.text] == ["Reservada · the parties"]
    own = docx.Document(io.BytesIO(prose_docx(paper())))
    feet = [each.text for each in own.sections[0].footer.paragraphs if each.text]
    assert feet == ["UNC-2026-1-T1 · rev. 3 · Reservada · the parties"]


def test_a_form_without_headings_is_given_them() -> None:
    bare = docx.Document(io.BytesIO(form("{{ body }}")))
    for level in range(1, 10):
        bare.styles[f"Heading {level}"].delete()
    written = io.BytesIO()
    bare.save(written)
    made = docx.Document(io.BytesIO(prose_docx(paper(), written.getvalue())))
    heads = [(each.text, each.style.name) for each in made.paragraphs if each.style and "Heading" in each.style.name]
    assert ("Peace operations", "Heading 1") in heads
    assert ("Actions", "Heading 2") in heads


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"not a document", "form_unreadable"),
        (b"PK\x03\x04broken", "form_unreadable"),
        (form("{{ title }}"), "form_without_body"),
        (form("{{ body }}", "{{ secret }}"), "form_unknown_field"),
        (form("{{ body }}", "{% for x in range(9) %}"), None),  # words: nothing in a form is run
        (own_form(), None),
    ],
    ids=["bytes", "zip", "no_body", "unknown", "program", "own"],
)
def test_what_is_no_form_is_refused(content: bytes, key: str | None) -> None:
    if key is None:
        check_form(content)
        return
    with pytest.raises(Refusal) as refused:
        check_form(content)
    assert refused.value.key == key


NUMBERED = "1. first\n2. second\n\nbetween\n\n7. seventh\n   - under it\n8. eighth"


def test_a_numbered_list_counts_as_it_was_written_in_every_form() -> None:
    numbered = paper(Wording((column(NUMBERED),)), column_heads=())
    for said in (words_of_docx(prose_docx(numbered)), words_of_pdf(prose_pdf(numbered))):
        flat = re.sub(r"\s+", " ", said)
        for words in ("1. first", "2. second", "7. seventh", "8. eighth", "– under it"):
            assert words in flat
    assert "7. seventh" in prose_markdown(numbered).decode()


def test_wordings_side_by_side_stand_under_their_languages_once() -> None:
    beside = (
        Wording((column("One."), column("Uno.", "es")), "1"),
        Wording((column("Two."), column("Dos.", "es")), "2"),
    )
    document = docx.Document(io.BytesIO(prose_docx(paper(*beside))))
    rows = [[cell.text.strip() for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [["", "English", "Spanish"], ["1", "One.", "Uno."], ["2", "Two.", "Dos."]]


def test_a_page_of_three_languages_lies_on_its_side() -> None:
    three = Wording((column("One."), column("Uno.", "es"), column("Un.", "fr")), "1")
    heads = (Worded("English", "en"), Worded("Spanish", "en"), Worded("French", "en"))
    laid = paper(three, column_heads=heads)
    box = PdfReader(io.BytesIO(prose_pdf(laid))).pages[0].mediabox
    assert box.width > box.height
    section = docx.Document(io.BytesIO(prose_docx(laid))).sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height


def test_a_heading_stands_beside_its_translations() -> None:
    head = Head("Peace operations", beside=(Worded("Operaciones de paz", "es"),))
    beside = paper(head, Wording((column("One."), column("Uno.", "es"))))
    found = PdfReader(io.BytesIO(prose_pdf(beside)))
    assert ("/H2", None) in [(kind, None) for kind, _ in tags_of(found)]
    assert "es" in {language for _, language in tags_of(found)}
    for said in (words_of_pdf(prose_pdf(beside)), words_of_docx(prose_docx(beside)), prose_markdown(beside).decode()):
        assert "Operaciones de paz" in said


@pytest.mark.parametrize(("count", "shown"), [(1, "marking 0 · the parties"), (60, "+ 33 · the parties")])
def test_many_national_markings_leave_room_on_the_page(count: int, shown: str) -> None:
    markings = (*(Worded(f"a marking {place}", "en") for place in range(count)), Worded("the parties", "en"))
    found = PdfReader(io.BytesIO(prose_pdf(paper(markings=markings))))
    first = " ".join(found.pages[0].extract_text().split())
    assert all(f"a marking {place}" in first for place in range(count))
    for page in found.pages:
        assert shown in " ".join(page.extract_text().split())


def test_letters_are_never_smaller_than_seven_points() -> None:
    plain = Wording((column("Words of a paragraph."),), "1", ("Small words",), "Lead")
    tiny = paper(plain, Note(Worded("A note.", "en")), column_heads=(), scale=0.1, is_dense=True)
    assert set(sizes_in(prose_pdf(tiny))) == {7.0}


def sizes_in(content: bytes) -> list[float]:
    """Return the sizes of the letters of a PDF, in points."""
    sizes: list[float] = []

    def see(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(round(abs(tm[3]) * size, 1))

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=see)
    return sizes
