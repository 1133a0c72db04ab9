"""Briefing book, chair's pack and agendas as papers: whose they are, what is in them, and how each page is marked."""

from __future__ import annotations

import io
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import event

from app.db import Database, GuardedSession
from app.domain.errors import NotFound
from app.domain.visibility import party_key, person_key
from app.keys import KeyRing
from app.models import AgendaItem, ItemPaper, Meeting, RegisteredDocument, Room
from app.models.sealed import use_keys
from app.papers.prose_markdown import prose_markdown
from app.services.agenda_prose import AgendaOrder, agenda_prose, agenda_taken
from app.services.briefing_book import briefing_book, briefing_file
from app.services.chairs_pack import chairs_file, chairs_pack
from app.services.meetings import find_meeting
from app.services.papers_offered import papers_offered
from tests import world
from tests.paper_rows import fill
from tests.papers.test_agenda_paper import root_of, tags_of
from tests.papers.test_prose import sizes_in, words_of_docx, words_of_pdf

REF = "UNC-2026-7"
SAID = "We support it."


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, key_ring: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Return a database with a meeting of three items, prepared by Mexico; nothing is written to it."""
    folder = tmp_path_factory.mktemp("papers")
    shutil.copy(sqlite_template, folder / "papers.db")
    use_keys(key_ring)
    made = Database(f"sqlite:///{folder}/papers.db", folder / "locks", clock=lambda: world.NOW)
    with made.system_session("fill a meeting", "write") as session:
        ready = fill(session, REF, items=3, people=6, words=SAID, papers=1)
        meeting = session.get_one(Meeting, world.identity("meeting", REF))
        _apart(session, meeting)
        _for_named_persons(session, meeting, ready.items[0])
        fill(session, "UNC-2026-8", items=2, people=3)
        other = session.get_one(Meeting, world.identity("meeting", "UNC-2026-8"))
        session.add(
            Room(
                id=uuid.uuid4(), meeting_id=other.id, is_attributed=False, opened_at=world.NOW,
                audience_id=other.audience_id,
            )
        )  # fmt: skip
        session.commit()
    yield made
    made.engine.dispose()


def _apart(session: GuardedSession, meeting: Meeting) -> None:
    """Add an item of Mexico and the United States alone."""
    session.add(
        AgendaItem(
            id=uuid.uuid4(), meeting_id=meeting.id, position=1, kind="substance", type="decision", minutes=45,
            title={"en": "Inspections at the land border", "original": "en"}, parties=["MX", "US"],
            audience_id=session.audience({party_key("MX"), party_key("US")}),
        )
    )  # fmt: skip


def _for_named_persons(session: GuardedSession, meeting: Meeting, item_id: uuid.UUID) -> None:
    """Add a paper of the first item that Ana alone reads."""
    audience = session.audience({person_key(world.CAST["ana"].id)})
    paper = RegisteredDocument(
        id=uuid.uuid4(), meeting_id=meeting.id, state="received", title={"en": "For Ana alone", "original": "en"},
        original_language="en", owner_party="MX", handling_step="persons", named=[str(world.CAST["ana"].id)],
        marking="Reservada", marking_party="MX", created_by=world.CAST["ana"].id, created_at=world.NOW,
        changed_at=world.NOW, audience_id=audience,
    )  # fmt: skip
    session.add(paper)
    session.flush()
    session.add(ItemPaper(item_id=item_id, document_id=paper.id, position=2, audience_id=audience))


def said_to(database: Database, key: str, make: Callable[[GuardedSession], object]) -> str:
    """Return a paper as Markdown, on one line."""
    with database.read_session(world.viewer(key)) as session:
        paper = make(session)
    return " ".join(prose_markdown(paper).decode().split())  # type: ignore[arg-type]


# The briefing book ---------------------------------------------------------------------------------


def test_a_book_has_what_its_delegation_prepared_and_was_given(filled: Database) -> None:
    found = said_to(filled, "ana", lambda session: briefing_book(session, REF, "en"))
    for words in (
        "Our position (cleared)", "Lines to take", "Red lines", "Why now?", "United States, shared on 22 November 2026",
        "Notes of our delegation", "Diego", "Expected result", "MXUS-1. Inspections at the land border",
        "For Ana alone (Reservada · named persons)", "named delegations (Mexico and United States)",
    ):  # fmt: skip
        assert words in found, words
    assert found.count(SAID) == 3 * 5  # lines, red lines, an answer, a share, a note


@pytest.mark.parametrize("key", ["benoit", "carol"])
def test_a_book_has_nothing_of_another_delegation(filled: Database, key: str) -> None:
    found = said_to(filled, key, lambda session: briefing_book(session, REF, "en"))
    assert "Notes of our delegation" not in found
    assert "Ana alone" not in found
    assert "Reservada" not in found
    assert "named persons" not in found
    assert ("Inspections" in found) == (key == "carol")
    assert (SAID in found) == (key == "carol")  # its own position, which it shared


@pytest.mark.parametrize("key", ["sam", "olga", "marta"])
def test_who_is_of_no_delegation_has_no_book(filled: Database, key: str) -> None:
    with filled.read_session(world.viewer(key)) as session, pytest.raises(NotFound):
        briefing_file(session, REF, "en")


@pytest.mark.parametrize(
    ("key", "step", "marking"),
    [("ana", "named persons (Mexico)", "Reservada"), ("diego", "named delegations (Mexico)", None)],
)
def test_each_page_has_the_highest_step_of_all_that_is_inside(
    filled: Database, key: str, step: str, marking: str | None
) -> None:
    with filled.read_session(world.viewer(key)) as session:
        _, content = briefing_file(session, REF, "en")
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) > 2
    for page in pages:
        found = " ".join(page.extract_text().split())
        assert step in found
        assert (marking is not None) == ("Reservada" in found)


def test_a_book_is_tagged_and_names_nobody_in_what_it_says_of_itself(filled: Database) -> None:
    with filled.read_session(world.viewer("ana")) as session:
        name, content = briefing_file(session, REF, "fr")
    found = PdfReader(io.BytesIO(content))
    assert name == f"{REF}-briefing-fr.pdf"
    assert root_of(found)["/MarkInfo"]["/Marked"].value is True
    assert root_of(found)["/Lang"] == "fr"
    assert b"pdfuaid:part" in root_of(found)["/Metadata"].get_data()
    assert {"/H1", "/H2", "/H3", "/H4", "/P", "/Table", "/TH", "/TOC"} <= {kind for kind, _ in tags_of(found)}
    assert found.metadata is not None
    assert found.metadata.author == "Entente"
    told = f"{found.metadata} {root_of(found)['/Metadata'].get_data().decode()}"
    assert not re.search("Ana|Diego|Robles|Salas", told)


# The chair's pack ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ana", "carol", "sam", "isabelle"])
def test_a_pack_is_the_same_for_everybody_who_may_chair(filled: Database, key: str) -> None:
    found = said_to(filled, key, lambda session: chairs_pack(session, REF, "en"))
    for words in ("Decisions sought", "Seating, from the chair’s right", "María-Élise Participante 4", "Presenter"):
        assert words in found, words
    for words in (SAID, "Inspections", "Ana alone", "Reservada", "MXUS", "named"):
        assert words not in found, words


@pytest.mark.parametrize("key", ["diego", "benoit", "olga", "marta"])
def test_who_may_not_chair_has_no_pack(filled: Database, key: str) -> None:
    with filled.read_session(world.viewer(key)) as session, pytest.raises(NotFound):
        chairs_file(session, REF, "en")


@pytest.mark.parametrize(("items", "people"), [(1, 1), (12, 12), (60, 60)])
def test_a_pack_is_two_sheets_that_can_be_read(sqlite_database: Database, items: int, people: int) -> None:
    with sqlite_database.system_session("fill a meeting", "write") as session:
        fill(session, REF, items=items, people=people)
        session.commit()
    with sqlite_database.read_session(world.viewer("ana")) as session:
        _, content = chairs_file(session, REF, "fr")
    found = PdfReader(io.BytesIO(content))
    assert len(found.pages) <= 2
    assert f"({items})" in words_of_pdf(content)  # the title of the last item, whole
    assert min(sizes_in(content)) >= 7


# Not for attribution -------------------------------------------------------------------------------


def test_no_paper_of_a_meeting_that_is_not_for_attribution_names_anybody(filled: Database) -> None:
    other = "UNC-2026-8"
    annotated = AgendaOrder(("en",), is_annotated=True)
    papers: dict[str, Callable[[GuardedSession], object]] = {
        "book": lambda session: briefing_book(session, other, "en"),
        "pack": lambda session: chairs_pack(session, other, "en"),
        "annotated": lambda session: agenda_prose(session, other, annotated),
    }
    for name, make in papers.items():
        found = said_to(filled, "ana", make)
        assert "María-Élise" not in found, name
        assert "Presenter" not in found, name
    assert "Presenter Number 1" in said_to(filled, "ana", lambda session: agenda_prose(session, REF, annotated))


# Agendas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pdf", "docx", "md"])
def test_the_annotated_agenda_says_the_same_in_each_form(filled: Database, form: str) -> None:
    order = AgendaOrder(("fr", "en", "es"), is_annotated=True)
    with filled.read_session(world.viewer("benoit")) as session:
        name, content = agenda_taken(session, REF, form, order)
    assert name == f"{REF}-annotated-agenda-fr-en-es.{form}"
    read: dict[str, Callable[[bytes], str]] = {"pdf": words_of_pdf, "docx": words_of_docx, "md": bytes.decode}
    found = " ".join(read[form](content).replace("\u200b", "").split())
    for words in ("Le mandat figure au", "The mandate is in", "El mandato está en", "deuxième question", "Number 3",
                  "Les parties conviennent", "The parties agree", "Las partes acuerdan", f"{REF}/0"):  # fmt: skip
        assert words in found, words
    for words in ("Inspections", "MXUS", "Ana alone", "Reservada", SAID):
        assert words not in found, words


@pytest.mark.parametrize("key", ["ana", "carol", "benoit", "sam"])
def test_an_agenda_is_the_same_for_everybody_at_the_table(filled: Database, key: str) -> None:
    for order in (AgendaOrder(("en", "es")), AgendaOrder(("en",), is_annotated=True)):
        papers = {}
        for who in (key, "isabelle"):
            with filled.read_session(world.viewer(who)) as session:
                paper = agenda_prose(session, REF, order)
            papers[who] = prose_markdown(paper).decode().replace(paper.closing, "")
        assert papers[key] == papers["isabelle"]


def test_items_of_some_parties_have_a_paper_of_their_own(filled: Database) -> None:
    order = AgendaOrder(("en",), is_annotated=True, apart="MXUS")
    found = said_to(filled, "carol", lambda session: agenda_prose(session, REF, order))
    assert "MXUS-1. Inspections at the land border" in found
    assert "named delegations (Mexico and United States)" in found
    assert "contact points (1)" not in found
    for key in ("benoit", "sam"):
        with filled.read_session(world.viewer(key)) as session:
            with pytest.raises(NotFound):
                agenda_prose(session, REF, order)
            assert papers_offered(session, REF).apart == ()


def test_what_is_offered_is_what_can_be_had(filled: Database) -> None:
    offered = {}
    for key in ("ana", "diego", "sam"):
        with filled.read_session(world.viewer(key)) as session:
            found = papers_offered(session, REF)
            offered[key] = (found.has_book, found.has_pack, found.has_annotated, len(found.apart))
            assert find_meeting(session, REF).reference == REF
    assert offered == {"ana": (True, True, True, 1), "diego": (True, False, True, 1), "sam": (False, True, True, 0)}


def test_papers_are_read_in_as_many_statements_however_much_is_on_them(filled: Database) -> None:
    """The book opens the positions, copies and notes of all items at once: three, or two without any."""
    papers: dict[str, tuple[Callable[[GuardedSession, str], object], int]] = {
        "book": (lambda session, ref: briefing_book(session, ref, "en"), 18),
        "pack": (lambda session, ref: chairs_pack(session, ref, "en"), 20),
        "annotated": (lambda session, ref: agenda_prose(session, ref, AgendaOrder(("en",), is_annotated=True)), 20),
    }
    for name, (make, most) in papers.items():
        counts = {count_statements(filled, make, ref) for ref in (REF, "UNC-2026-8")}
        assert max(counts) <= most, (name, counts)
        assert max(counts) - min(counts) <= 2, (name, counts)


def count_statements(database: Database, make: Callable[[GuardedSession, str], object], reference: str) -> int:
    """Return how many statements a paper takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read_session(world.viewer("ana")) as session:
            make(session, reference)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len([each for each in seen if each.lstrip().upper().startswith("SELECT")])
