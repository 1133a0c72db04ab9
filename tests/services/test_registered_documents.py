"""The register of documents: who reads what, in which series it is numbered, and what an embargo hides from whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import person_key
from app.models import Document, LanguageVersion, Mechanism, Release
from app.services import documents
from app.services.audience_moves import release_rows
from app.services.document_register import DocumentFilter, register_of
from app.services.meetings import find_meeting
from app.services.registered_documents import (
    DocumentOrder,
    SentFile,
    allot_symbol,
    find_document,
    papers_of_items,
    papers_of_meeting,
    register_document,
)
from tests import story, world
from tests.conftest import Clock

MakeDatabase = Callable[..., Database]
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def told_sqlite(make_database: MakeDatabase) -> Iterator[Database]:
    database = make_database("sqlite", "story")
    yield database
    database.engine.dispose()


def order(session: GuardedSession, reference: str = story.SHARED, **changed: Any) -> DocumentOrder:
    values: dict[str, Any] = {
        "title": {"en": "Peace operations", "original": "en"}, "original_language": "en",
        "meeting": find_meeting(session, reference), "owner_party": session.bound_viewer.party,
    }  # fmt: skip
    return DocumentOrder(**(values | changed))


def register(database: Database, by: str = "ana", reference: str = story.SHARED, **changed: Any) -> str | None:
    with database.write_session(world.viewer(by)) as session:
        made = register_document(session, order(session, reference, **changed))
        session.commit()
        return made.symbol


def seen(database: Database, key: str, reference: str = story.SHARED) -> list[str | None]:
    """Return the symbols of the documents of a meeting that a member of the cast sees, without the story's own."""
    with database.read_session(world.viewer(key)) as session:
        lines = papers_of_meeting(session, find_meeting(session, reference))
        return [line.document.symbol for line in lines if "/91" not in (line.document.symbol or "")]


def test_documents_of_all_are_counted_together(told_sqlite: Database) -> None:
    assert [register(told_sqlite, by) for by in ("ana", "benoit", "sam")] == ["UNC/2026/1", "UNC/2026/2", "UNC/2026/3"]
    for key in ("ana", "benoit", "carol", "sam"):
        assert seen(told_sqlite, key) == ["UNC/2026/1", "UNC/2026/2", "UNC/2026/3"]


def test_documents_of_some_leave_no_gap_for_the_others(told_sqlite: Database) -> None:
    """Canada and the secretariat see neither the documents of Mexico and the United States nor a hole in the count."""
    narrow: dict[str, Any] = {"handling_step": "delegations", "named": ("US",)}
    assert register(told_sqlite) == "UNC/2026/1"
    assert register(told_sqlite, **narrow) == "UNC/2026/MXUS/1"
    assert register(told_sqlite, reference=story.HIDDEN) == "UNC/2026/MXUS/2"
    assert register(told_sqlite) == "UNC/2026/2"
    for key in ("benoit", "sam", "colin"):
        with told_sqlite.read_session(world.viewer(key)) as session, pytest.raises(NotFound):
            find_document(session, "UNC-2026-MXUS-1")
    assert seen(told_sqlite, "benoit") == ["UNC/2026/1", "UNC/2026/2"]
    assert seen(told_sqlite, "sam") == ["UNC/2026/1", "UNC/2026/2"]
    assert seen(told_sqlite, "erin") == ["UNC/2026/1", "UNC/2026/2", "UNC/2026/MXUS/1"]


def test_a_secretariat_that_files_for_some_counts_by_itself(told_sqlite: Database) -> None:
    """Its number must not tell it how many documents these two have without it."""
    register(told_sqlite, handling_step="delegations", named=("US",))
    filed = register(told_sqlite, "sam", handling_step="delegations", named=("MX", "US"), owner_party=None)
    assert filed == "UNC/2026/MXUS.SEC/1"
    assert seen(told_sqlite, "sam") == ["UNC/2026/MXUS.SEC/1"]
    assert seen(told_sqlite, "erin") == ["UNC/2026/MXUS/1", "UNC/2026/MXUS.SEC/1"]
    assert seen(told_sqlite, "benoit") == []


def test_who_files_a_document_is_always_among_its_readers(told_sqlite: Database) -> None:
    assert register(told_sqlite, "benoit", handling_step="delegations", named=("MX",)) == "UNC/2026/CAMX/1"
    assert seen(told_sqlite, "isabelle") == ["UNC/2026/CAMX/1"]
    persons = (str(world.CAST["diego"].id),)
    assert register(told_sqlite, "ana", handling_step="persons", named=persons) is None
    assert seen(told_sqlite, "ana") == ["UNC/2026/CAMX/1", None]
    assert seen(told_sqlite, "diego") == ["UNC/2026/CAMX/1", None]
    assert seen(told_sqlite, "lucia") == ["UNC/2026/CAMX/1"]


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"handling_step": "delegations", "named": ()}, "needs_delegations", "named"),
        ({"handling_step": "persons", "named": ()}, "needs_persons", "named"),
        ({"handling_step": "delegations", "named": ("GT",)}, "unknown_party", "named"),
        ({"handling_step": "everybody"}, "unknown_step", "handling_step"),
        ({"kind": "poem"}, "unknown_document_kind", "kind"),
        ({"original_language": "de"}, "unknown_language", "original_language"),
        ({"lead_weeks": 53}, "weeks_out_of_range", "lead_weeks"),
        ({"marking": "Très secret", "marking_party": "CA"}, "marking_classified", "marking"),
        ({"marking": "Confidencial", "marking_party": "US"}, "marking_confidencial", "marking"),
        ({"title": {"en": "(S//NF) Note", "original": "en"}}, "marking_portion", "title_en"),
        ({"files": {"en": SentFile("SECRET//NOFORN.pdf", PDF)}}, "marking_portion", "file"),
        ({"files": {"en": SentFile("page.html", b"<script>alert(1)</script>")}}, "file_type", "file"),
        ({"meeting": None}, "needs_table", "meeting"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_nothing_is_kept(
    told_sqlite: Database, changed: dict[str, Any], key: str, field: str
) -> None:
    with told_sqlite.write_session(world.viewer("ana")) as session:
        with pytest.raises(Refusal) as refused:
            register_document(session, order(session, **changed))
        session.rollback()
    assert (refused.value.key, refused.value.field) == (key, field)
    assert seen(told_sqlite, "ana") == []


def test_a_marking_is_kept_word_for_word(told_sqlite: Database) -> None:
    register(told_sqlite, marking=" Confidencial, art. 116 LGTAIP ", marking_party="MX")
    with told_sqlite.read_session(world.viewer("benoit")) as session:
        found = find_document(session, "unc-2026-1")
        assert (found.marking, found.marking_party) == ("Confidencial, art. 116 LGTAIP", "MX")


def test_an_embargoed_document_is_shown_to_the_parties_and_not_to_guests(told_sqlite: Database, clock: Clock) -> None:
    """A guest to whom the meeting is released reads it from the instant on: nothing has moved in between."""
    released(told_sqlite)
    at = world.NOW + dt.timedelta(hours=2)
    files = {"en": SentFile("Statement.pdf", PDF)}
    register(told_sqlite, handling_step="public", release_at=at, release_zone="America/New_York", files=files)
    file_id = file_of(told_sqlite, "UNC/2026/1")
    with told_sqlite.read_session(world.viewer("benoit")) as session:
        (line,) = [
            each
            for each in papers_of_meeting(session, find_meeting(session, story.SHARED))
            if each.document.symbol == "UNC/2026/1"
        ]
        assert line.is_embargoed
        assert documents.document(session, file_id).content == PDF
    for seconds, sees_it in ((2 * 3600 - 1, False), (1, True)):
        clock.forward(seconds=seconds)
        with told_sqlite.read_session(world.viewer("olga")) as session:
            assert (file_id in {each.id for each in documents.documents(session).papers}) is sees_it
            if sees_it:
                assert find_document(session, "UNC-2026-1").title["en"] == "Peace operations"
                assert documents.document(session, file_id).content == PDF
            else:
                with pytest.raises(NotFound):
                    find_document(session, "UNC-2026-1")
                with pytest.raises(NotFound):
                    documents.document(session, file_id)


@pytest.mark.parametrize("due", ["", "overdue", "on_time"])
def test_no_filter_of_the_register_shows_a_guest_what_is_under_embargo(told_sqlite: Database, due: str) -> None:
    released(told_sqlite)
    at = world.NOW + dt.timedelta(hours=2)
    for due_on in (dt.date(2026, 11, 2), dt.date(2026, 12, 1)):
        register(
            told_sqlite, handling_step="public", release_at=at, release_zone="America/New_York", due_on=due_on,
            is_received=not due,
        )  # fmt: skip
    with told_sqlite.read_session(world.viewer("olga")) as session:
        assert register_of(session, DocumentFilter(due=due)).total == 0
    with told_sqlite.read_session(world.viewer("benoit")) as session:
        assert register_of(session, DocumentFilter(due=due)).total > 0


def released(database: Database) -> None:
    """Let Olga see the shared meeting, as its parties would."""
    with database.write_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, story.SHARED)
        row = session.execute(select(Release).where(Release.meeting_id == meeting.id)).scalar_one()
        row.withdrawn_at = None
        release_rows(session, meeting, person_key(world.CAST["olga"].id), ())
        session.commit()


def file_of(database: Database, symbol: str) -> uuid.UUID:
    with database.read_session(world.viewer("ana")) as session:
        found = find_document(session, symbol)
        file_id = session.execute(
            select(LanguageVersion.file_id).where(
                LanguageVersion.document_id == found.id, LanguageVersion.language == "en"
            )
        ).scalar_one()
        assert session.execute(select(Document.id).where(Document.id == file_id)).scalar_one() == file_id
        assert file_id is not None
        return file_id


def test_papers_of_items_are_read_in_one_statement(told_sqlite: Database) -> None:
    with told_sqlite.read_session(world.viewer("benoit")) as session:
        meeting = find_meeting(session, story.SHARED)
        statements: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(told_sqlite.engine, "before_cursor_execute", note)
        papers = papers_of_items(session, meeting)
        event.remove(told_sqlite.engine, "before_cursor_execute", note)
        assert len(statements) == 1
        assert [[line.document.symbol for line in lines] for lines in papers.values()] == [["UNC/2026/91"]]
        ((line,),) = papers.values()
        assert (line.address, sorted(line.languages), line.position) == ("UNC-2026-91", ["en"], 1)


def test_symbols_of_no_meeting_are_counted_by_their_parties(told_sqlite: Database) -> None:
    with told_sqlite.write_session(world.viewer("ana")) as session:
        mechanism = session.execute(select(Mechanism).where(Mechanism.ref == "M01")).scalar_one()
        made = [
            allot_symbol(session, mechanism, world.THREE, 2027),
            allot_symbol(session, mechanism, ("MX", "US"), 2027),
            allot_symbol(session, None, ("CA", "MX"), 2027),
            allot_symbol(session, mechanism, world.THREE, 2027),
        ]
    assert made == ["UNC/2027/1", "UNC/2027/MXUS/1", "ADH/2027/CAMX/1", "UNC/2027/2"]
