"""A text as a paper: what travels with it travels in each form and language, and no more than its reader may see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.db import Database, GuardedSession
from app.domain.errors import NotFound
from app.papers.prose_markdown import prose_markdown
from app.services.meetings import find_meeting
from app.services.reservations import ReservationOrder, make_reservation
from app.services.text_edits import open_text, save_wording
from app.services.text_making import Heading, TextOrder, make_text
from app.services.text_papers import TextPaperOrder, text_paper, text_taken
from app.services.texts import find_text, whole_text
from tests import world
from tests.papers.test_prose import words_of_docx, words_of_pdf
from tests.services.test_text_languages import acting

PARAGRAPHS = (
    Heading("Peace operations"),
    "The Governments {of parties} will meet.",
    "They will [[CA MX: place it on the agenda][US: examine it]].",
)


@pytest.fixture
def statement(sqlite_database: Database) -> tuple[Database, str]:
    """Return a database and the reference of a statement on which Mexico made a reservation."""
    with sqlite_database.system_session("make a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        session.commit()

    def make(session: GuardedSession) -> str:
        title = {"en": "Joint statement on peace", "es": "Declaración conjunta sobre la paz"}
        order = TextOrder(
            "joint_statement", title, "en", meeting=find_meeting(session, "UNC-2026-2"), paragraphs=PARAGRAPHS
        )
        return make_text(session, order).reference

    reference = acting(sqlite_database, "ana", make)

    def reserve(session: GuardedSession) -> None:
        text = open_text(session, reference)
        second = whole_text(session, text).paragraphs[1]
        save_wording(session, text, second.id, "es", "Los Gobiernos {of parties} se reunirán.", version=0)
        said = {"es": "México reserva su posición."}
        make_reservation(session, reference, ReservationOrder("reservation", said, "es", second.id))
        make_reservation(session, reference, ReservationOrder("footnote", {"en": "See resolution 1."}, "en"))

    acting(sqlite_database, "ana", reserve)
    return sqlite_database, reference


def taken(database: Database, key: str, reference: str, form: str, order: TextPaperOrder) -> str:
    """Return the words of a text as somebody takes it away."""
    with database.read_session(world.viewer(key)) as session:
        _, content = text_taken(session, reference, form, order)
    read: dict[str, Callable[[bytes], str]] = {"pdf": words_of_pdf, "docx": words_of_docx, "md": bytes.decode}
    return " ".join(read[form](content).split())


@pytest.mark.parametrize("form", ["pdf", "docx", "md"])
def test_statements_travel_in_each_form_and_language(statement: tuple[Database, str], form: str) -> None:
    database, reference = statement
    for language in ("en", "es", "fr"):
        found = taken(database, "benoit", reference, form, TextPaperOrder((language,)))
        assert "México reserva su posición." in found, language
        assert "See resolution 1." in found, language
        assert "place it on the agenda" in found  # its original, where a language lacks it


def test_side_by_side_each_version_names_the_parties_as_its_language_does(statement: tuple[Database, str]) -> None:
    database, reference = statement
    found = taken(database, "benoit", reference, "md", TextPaperOrder(("en", "es")))
    assert (
        "1\\. **English, original, draft.** The Governments of Canada, Mexico and the United States will meet. [1]"
        in found
    )
    assert "Los Gobiernos de Canadá, de los Estados Unidos y de México se reunirán. [1]" in found
    assert "1 bracket is open." in found
    assert found.count("not yet translated") == 1  # of the paragraphs with a number, the second
    assert "Interim text with a provisional title" in found
    assert "[2] **Canada" not in found


def test_each_party_takes_its_own_original_of_the_alternat(statement: tuple[Database, str]) -> None:
    database, reference = statement

    def alternate(session: GuardedSession) -> None:
        find_text(session, reference, lock=True).name_order = "alternat"

    acting(database, "ana", alternate)
    found = taken(database, "benoit", reference, "md", TextPaperOrder(("en",), "US"))
    assert "The Governments of the United States, Canada and Mexico will meet." in found


@pytest.mark.parametrize(
    "order",
    [TextPaperOrder(()), TextPaperOrder(("de",)), TextPaperOrder(("en", "en")), TextPaperOrder(("en",), "FR")],
    ids=["none", "unknown", "twice", "nobody"],
)
def test_what_cannot_be_asked_for_is_not_there(statement: tuple[Database, str], order: TextPaperOrder) -> None:
    database, reference = statement
    with database.read_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        text_paper(session, reference, order)


def test_the_same_text_is_the_same_paper_for_everybody_at_the_table(statement: tuple[Database, str]) -> None:
    database, reference = statement
    found = {}
    for key in ("ana", "sam"):
        with database.read_session(world.viewer(key)) as session:
            paper = text_paper(session, reference, TextPaperOrder(("en", "fr")))
            found[key] = prose_markdown(paper).decode().replace(paper.closing, "")
    assert found["ana"] == found["sam"]
    with database.read_session(world.viewer("olga")) as session, pytest.raises(NotFound):
        text_paper(session, reference, TextPaperOrder(("en",)))
