"""The register of notes verbales of one delegation: its own numbers, sealed words, links; nobody else's to know."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.notes_verbales import NoteContent
from app.models import AuditRecord, NoteVerbale
from app.services.note_papers import note_file
from app.services.notes_verbales import (
    NoteWords,
    change_note,
    find_note,
    note_view,
    notes_of,
    register_note,
)
from app.services.registered_documents import SentFile
from tests import story, world

OUT = NoteContent(
    "es", "la Embajada de México", "el Departamento de Estado", "Visados", "Propone el 3 de marzo.\nY más."
)
DAY = dt.date(2026, 11, 22)


@pytest.fixture
def told(make_database: Callable[..., Database]) -> Iterator[Database]:
    made = make_database("sqlite")
    yield made
    made.engine.dispose()


def words(**changed: Any) -> NoteWords:
    values: dict[str, Any] = {"direction": "out", "content": OUT, "dated_on": DAY, "other_party": "US"}
    return NoteWords(**(values | changed))


def registered(database: Database, key: str = "ana", **changed: Any) -> uuid.UUID:
    with database.write_session(world.viewer(key)) as session:
        made = register_note(session, words(**changed)).id
        session.commit()
    return made


def reference(database: Database, note_id: uuid.UUID, key: str = "ana") -> str:
    with database.read_session(world.viewer(key)) as session:
        return find_note(session, note_id).reference


def test_each_delegation_counts_its_own_notes_by_year_and_direction(told: Database) -> None:
    made = [registered(told), registered(told, "diego"), registered(told, dated_on=dt.date(2027, 1, 2))]
    assert [reference(told, each) for each in made] == ["MX/NV/2026/1", "MX/NV/2026/2", "MX/NV/2027/1"]
    assert reference(told, registered(told, "carol", other_party="MX"), "carol") == "US/NV/2026/1"
    came = registered(told, direction="in", reference="DOS-77")
    with told.read_session(world.viewer("ana")) as session:
        found = find_note(session, came)
        assert (found.reference, found.number, found.year) == ("DOS-77", 1, 2026)


def test_a_note_that_is_refused_leaves_no_gap(told: Database) -> None:
    registered(told)
    with told.write_session(world.viewer("ana")) as session:
        with pytest.raises(Refusal):
            register_note(session, words(file=SentFile("x.exe", b"MZ\x90\x00")))
        session.rollback()
    assert reference(told, registered(told)) == "MX/NV/2026/2"


@pytest.mark.parametrize("key", ["carol", "benoit", "sam", "olga", "marta"])
def test_nobody_else_reads_a_note_or_that_there_is_one(told: Database, key: str) -> None:
    note_id = registered(told)
    with told.read_session(world.viewer(key)) as session:
        with pytest.raises(NotFound):
            find_note(session, note_id)
        assert session.execute(select(NoteVerbale.id)).all() == []


@pytest.mark.parametrize("key", ["sam", "olga", "marta"])
def test_who_sits_at_no_table_keeps_no_notes(told: Database, key: str) -> None:
    with told.write_session(world.viewer(key)) as session, pytest.raises(Refusal, match="forbidden"):
        register_note(session, words())


def test_what_a_note_says_is_sealed_and_in_no_record(told: Database) -> None:
    registered(told)
    with told.system_session("look at what is kept", "read") as session:
        facts = [row.facts for row in session.execute(select(AuditRecord)).scalars()]
        assert "Visados" not in str(facts)
    with told.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT content FROM notes_verbales").scalar_one()
        assert b"Visados" not in bytes(raw)


def test_notes_are_found_by_what_they_say(told: Database) -> None:
    registered(told)
    registered(told, content=NoteContent("en", "The Embassy", "the Ministry", "Fisheries", "Salmon."))
    with told.read_session(world.viewer("lucia")) as session:
        assert [line.content.subject for line in notes_of(session, words="SALMON").lines if line.content] == [
            "Fisheries"
        ]
        assert notes_of(session, words="nothing").total == 0
        assert notes_of(session, direction="in").total == 0
        assert notes_of(session).total == 2
        with pytest.raises(NotFound):
            notes_of(session, page=2)


def test_an_answer_is_linked_and_nothing_waits_any_more(told: Database) -> None:
    came = registered(told, direction="in", reference="DOS-77", answer_due_on=dt.date(2026, 12, 1))
    with told.read_session(world.viewer("ana")) as session:
        assert [line.note.id for line in notes_of(session, is_due=True).lines] == [came]
    answer = registered(told, answers=str(came))
    with told.read_session(world.viewer("ana")) as session:
        assert notes_of(session, is_due=True).total == 0
        view = note_view(session, came)
        assert [each.id for each in view.answered_by] == [answer]
        assert view.line.is_answered
        answers = note_view(session, answer).answers
        assert answers is not None
        assert answers.id == came


def test_a_note_of_another_delegation_cannot_be_answered_by_its_id(told: Database) -> None:
    theirs = registered(told, "carol", other_party="MX")
    for written in (str(theirs), str(uuid.UUID(int=5)), "x"):
        with told.write_session(world.viewer("ana")) as session, pytest.raises(Refusal, match="unknown_note"):
            register_note(session, words(answers=written))


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"direction": "sideways"}, "unknown_direction"),
        ({"other_party": "XX"}, "unknown_party"),
        ({"dated_on": None}, "required"),
        ({"direction": "in", "reference": ""}, "required"),
        ({"meeting": story.HIDDEN}, "not_found"),
    ],
)
def test_what_cannot_be_registered(told: Database, changed: dict[str, Any], key: str) -> None:
    with told.write_session(world.viewer("ana")) as session, pytest.raises(Refusal, match=key):
        register_note(session, words(**changed))


def test_a_note_is_changed_under_its_number(told: Database) -> None:
    note_id = registered(told)
    other = NoteContent("es", OUT.sender, OUT.addressee, "Otro asunto", OUT.body)
    with told.write_session(world.viewer("diego")) as session:
        change_note(session, note_id, words(content=other), version=1)
        session.commit()
    with told.write_session(world.viewer("ana")) as session:
        with pytest.raises(StaleVersion) as stale:
            change_note(session, note_id, words(), version=1)
        assert stale.value.theirs["subject"] == "Otro asunto"
        with pytest.raises(Refusal, match="note_of_another_year"):
            change_note(session, note_id, words(dated_on=dt.date(2027, 1, 1)), version=2)
        assert find_note(session, note_id).reference == "MX/NV/2026/1"


def test_a_note_is_printed_in_its_own_language(told: Database) -> None:
    note_id = registered(told)
    with told.read_session(world.viewer("ana")) as session:
        name, pdf = note_file(session, note_id, "pdf")
        other, text = note_file(session, note_id, "docx")
    assert (name, other) == ("MX-NV-2026-1.pdf", "MX-NV-2026-1.docx")
    read: Any = PdfReader(io.BytesIO(pdf))
    page = " ".join(read.pages[0].extract_text().split())
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.trailer["/Root"]["/Lang"] == "es"
    for said in ("MX/NV/2026/1", "La Embajada de México saluda muy atentamente", "Propone el 3 de marzo.", "Y más."):
        assert said in page
    paragraphs = [each.text for each in docx.Document(io.BytesIO(text)).paragraphs]
    assert "La Embajada de México aprovecha la oportunidad para reiterar al Departamento de Estado" in " ".join(
        paragraphs
    )


def test_a_note_that_came_in_is_not_ours_to_print(told: Database) -> None:
    came = registered(told, direction="in", reference="DOS-77")
    with told.read_session(world.viewer("ana")) as session, pytest.raises(NotFound):
        note_file(session, came, "pdf")
