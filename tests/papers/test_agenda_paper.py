import dataclasses
import io
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from app.domain.errors import Refusal
from app.papers.agenda import LABELS, ActionRow, AgendaPaper, AgendaRow, WhenLine, Worded, agenda_pdf

DATED = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
NOTE = Worded("UNC/2026/4", "fr")
FRENCH = {label: f"étiquette {label}" for label in LABELS} | {
    "agenda": "Ordre du jour",
    "item": "Point",
    "page": "Page {page} sur {pages}",
    "minutes": "Min.",
    "no_items": "Aucun point pour l’instant.",
}


def row(number: int, title: str, language: str = "fr", **more: object) -> AgendaRow:
    return AgendaRow(
        number=str(number),
        title=Worded(title, language),
        type="décision",
        minutes="10",
        clock_times=("10 h", "9 h"),
        **more,  # type: ignore[arg-type]
    )


PAPER = AgendaPaper(
    language="fr",
    title=Worded("Coordinación en las Naciones Unidas: décima reunión", "es"),
    reference="UNC-2026-1",
    when=(
        WhenLine("New York", "jeudi 10 décembre 2026", "10 h – 13 h", "UTC−5", is_meeting_zone=True),
        WhenLine("Mexico", "jeudi 10 décembre 2026", "9 h – 12 h", "UTC−6"),
    ),
    parties=("Canada", "États-Unis", "Mexique (hôte)"),
    rows=(
        row(1, "Ouverture par l’hôte", lead="Mexique", day="Première séance"),
        row(
            2,
            "Progress since the last meeting",
            "en",
            open_actions=(ActionRow("UNC-2026-1-A01", Worded("Señalar los foros", "es"), "À la charge du Mexique"),),
        ),
        row(3, "Niñez, año y ¿qué más?", "es", note=Worded("Œuvre naïve à Noël", "fr")),
    ),
    labels=FRENCH,
    printed="Imprimé le 23 novembre 2026 à 10 h 40, heure d’Ottawa",
    dated=DATED,
    mechanism=Worded("United Nations coordination", "en"),
    status="provisoire",
    place="Mission permanente du Mexique",
    format="hybride",
    markings=(Worded("Reservada", "es"), Worded("les parties", "fr")),
    clock_cities=("New York", "Mexico"),
    end_times=("13 h", "12 h"),
    total_minutes="180",
)


def read(paper: AgendaPaper) -> PdfReader:
    return PdfReader(io.BytesIO(agenda_pdf(paper)))


def root_of(reader: PdfReader) -> Any:
    """Give the catalog of the document; pypdf types its values as anything and nothing."""
    return reader.trailer["/Root"]


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def tags_of(reader: PdfReader) -> list[tuple[str, str | None]]:
    """Give every structure element's type and language, in reading order."""
    found: list[tuple[str, str | None]] = []
    waiting = [root_of(reader)["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), str(node["/Lang"]) if "/Lang" in node else None))
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_it_is_tagged_and_says_what_it_is():
    reader = read(PAPER)
    root = root_of(reader)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Coordinación en las Naciones Unidas: décima reunión (UNC-2026-1)"
    assert reader.metadata.creation_date == DATED


def test_headings_lists_and_table_heads_are_what_they_are():
    names = [name for name, _ in tags_of(read(PAPER))]
    assert [name for name in names if name in {"/H1", "/H2", "/H3"}] == ["/H1", "/H2"]
    assert names.count("/Table") == 2
    assert names.count("/THead") == 2
    # Four heads for the times in each city, seven for the agenda.
    assert names.count("/TH") == 11
    assert names.count("/LI") == 1


def test_texts_keep_their_own_language():
    languages = {language for _, language in tags_of(read(PAPER))}
    assert {"es", "en"} <= languages


@pytest.mark.parametrize(
    "said",
    [
        "Coordinación en las Naciones Unidas: décima reunión",
        "United Nations coordination",
        "jeudi 10 décembre 2026",
        "10 h – 13 h",
        "Mission permanente du Mexique",
        "États-Unis",
        "Mexique (hôte)",
        "Première séance",
        "Ouverture par l’hôte",
        "Progress since the last meeting",
        "Señalar los foros",
        "À la charge du Mexique",
        "Niñez, año y ¿qué más?",
        "Œuvre naïve à Noël",
        "Reservada",
        "Ordre du jour",
        "Imprimé le 23 novembre 2026 à 10 h 40, heure d’Ottawa",
        "Page 1 sur 1",
        "180",
    ],
)
def test_every_word_can_be_read_out(said):
    assert said in text_of(read(PAPER))


@pytest.mark.parametrize(
    "typed",
    [
        '#import "secret.typ": *',
        '#read("/etc/passwd")',
        "$ sum_(i=1)^n i $",
        "*bold* _slanted_ `raw`",
        "= Heading",
        "<label> @reference",
        "#panic() #{ while true {} }",
        '"] } ) #text[broken out]',
        "\\u{41} \\ // comment /* more */",
        "https://example.org/~a--b",
    ],
)
def test_what_is_typed_is_never_markup(typed):
    worded = Worded(typed, "fr")
    paper = dataclasses.replace(
        PAPER, title=worded, place=typed, printed=typed, rows=(row(1, typed, note=worded, lead=typed),)
    )
    reader = read(paper)
    assert " ".join(typed.split()) in text_of(reader).replace("\u200b", "")
    assert reader.metadata is not None
    assert reader.metadata.title == f"{typed} (UNC-2026-1)"
    assert [name for name, _ in tags_of(reader)].count("/H1") == 1


def test_the_head_of_the_table_stands_on_every_page():
    rows = tuple(row(number, f"Point numéro {number} de l’ordre du jour", note=NOTE) for number in range(1, 61))
    reader = read(dataclasses.replace(PAPER, rows=rows))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) >= 3
    assert all("Point" in page and "Min." in page for page in pages)
    assert all(f"Page {number} sur {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("UNC-2026-1 · Reservada · les parties" in page for page in pages)
    assert all(f"Point numéro {number} de" in " ".join(pages) for number in range(1, 61))
    # Repeated heads are for the eye: the structure has each once.
    assert [name for name, _ in tags_of(reader)].count("/TH") == 11


def test_the_same_paper_is_the_same_bytes_and_another_is_not():
    assert agenda_pdf(PAPER) == agenda_pdf(dataclasses.replace(PAPER))
    assert agenda_pdf(PAPER) != agenda_pdf(dataclasses.replace(PAPER, status="adopté"))


def test_a_paper_is_dated_to_the_second_by_a_clock_that_counts_parts_of_one():
    late_in_the_second = dataclasses.replace(PAPER, dated=DATED.replace(microsecond=999_999))
    assert agenda_pdf(late_in_the_second) == agenda_pdf(dataclasses.replace(PAPER, dated=DATED.replace(microsecond=0)))


def test_days_without_hours_have_no_clock_columns():
    paper = dataclasses.replace(
        PAPER,
        when=(WhenLine("New York", "du 10 au 11 décembre 2026", is_meeting_zone=True),),
        rows=tuple(dataclasses.replace(one, clock_times=()) for one in PAPER.rows),
        clock_cities=(),
        end_times=(),
    )
    reader = read(paper)
    assert "du 10 au 11 décembre 2026" in text_of(reader)
    assert [name for name, _ in tags_of(reader)].count("/TH") == 2 + 5


def test_an_agenda_without_items_says_so():
    reader = read(dataclasses.replace(PAPER, rows=(), end_times=(), total_minutes="", mechanism=None, markings=()))
    assert "Aucun point pour l’instant." in text_of(reader)


def test_six_capitals_turn_the_page():
    cities = ("New York", "Ciudad de México", "Ottawa", "Washington", "Bruxelles", "Addis-Abeba")
    rows = tuple(dataclasses.replace(one, clock_times=("10 h",) * 6) for one in PAPER.rows)
    page = read(dataclasses.replace(PAPER, clock_cities=cities, end_times=("13 h",) * 6, rows=rows)).pages[0]
    assert page.mediabox.width > page.mediabox.height


def test_letters_that_the_fonts_lack_still_give_a_tagged_paper():
    reader = read(dataclasses.replace(PAPER, rows=(row(1, "合意 😀"),)))
    assert root_of(reader)["/MarkInfo"]["/Marked"].value is True
    assert b"pdfuaid:part" not in root_of(reader)["/Metadata"].get_data()


@pytest.mark.parametrize("language", ["", "English", "x", "en-US", '"]'])
def test_a_language_that_is_none_is_that_of_the_paper(language):
    assert "Ouverture" in text_of(read(dataclasses.replace(PAPER, rows=(row(1, "Ouverture", language),))))


def test_a_word_without_end_stays_on_the_page():
    text = text_of(read(dataclasses.replace(PAPER, rows=(row(1, "w" * 300),))))
    assert "w" * 300 in text.replace("\u200b", "").replace(" ", "")


def test_what_the_caller_forgot_is_told():
    with pytest.raises(ValueError, match="labels missing: \\['agenda'\\]"):
        agenda_pdf(dataclasses.replace(PAPER, labels={key: "x" for key in LABELS if key != "agenda"}))
    with pytest.raises(ValueError, match="one clock time per city"):
        agenda_pdf(dataclasses.replace(PAPER, clock_cities=("New York",)))


def test_a_paper_beyond_measure_is_refused():
    with pytest.raises(Refusal) as refused:
        agenda_pdf(dataclasses.replace(PAPER, rows=tuple(row(1, "x" * 300) for _ in range(1400))))
    assert refused.value.key == "paper_too_long"


def test_the_longest_paper_is_done_in_bounded_time():
    rows = tuple(row(number, "un point assez long " * 15) for number in range(1, 801))
    paper = dataclasses.replace(PAPER, rows=rows)
    began = time.monotonic()
    assert agenda_pdf(paper).startswith(b"%PDF-")
    assert time.monotonic() - began < 20
