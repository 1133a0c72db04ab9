"""What is done to documents: filed, narrowed, translated, amended, withdrawn, put to items; and what is refused."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.walltime import TimeInFold, TimeInGap
from app.models import AgendaItem, AuditRecord, Document, LanguageVersion, RegisteredDocument
from app.services import documents
from app.services.audience_moves import move_to_parties
from app.services.document_acts import (
    DocumentWords,
    Received,
    amend_document,
    change_document,
    file_document,
    people_to_name,
    withdraw_document,
)
from app.services.document_languages import LanguageWords, receive_language
from app.services.document_places import attach_paper, detach_paper, move_paper, places_of
from app.services.document_register import DocumentFilter, document_view, register_of
from app.services.meetings import find_meeting
from app.services.registered_documents import SentFile, address_of, find_document, papers_of_items
from tests import story, world

MakeDatabase = Callable[..., Database]
Result = TypeVar("Result")
PDF = b"%PDF-1.7\n1 0 obj\n"
ORIGINAL = Received(files={"en": SentFile("Note.pdf", PDF)}, languages={"es": "requested", "fr": "not_needed"})
STORY = "UNC-2026-91"


@pytest.fixture
def told(make_database: MakeDatabase) -> Iterator[Database]:
    database = make_database("sqlite", "story")
    yield database
    database.engine.dispose()


def words(**changed: Any) -> DocumentWords:
    values: dict[str, Any] = {"title": {"en": "Peace operations"}, "original_language": "en"}
    return DocumentWords(**(values | changed))


def done(database: Database, key: str, act: Callable[[GuardedSession], Result]) -> Result:
    with database.write_session(world.viewer(key)) as session:
        result = act(session)
        session.commit()
        return result


def refused(database: Database, key: str, act: Callable[[GuardedSession], object]) -> Refusal:
    with database.write_session(world.viewer(key)) as session:
        with pytest.raises(Refusal) as caught:
            act(session)
        session.rollback()
    return caught.value


def filed(database: Database, key: str = "ana", received: Received = ORIGINAL, **changed: Any) -> str:
    """File a document of the shared meeting, and return its address."""
    made = done(database, key, lambda s: file_document(s, words(**changed), received, meeting=story.SHARED))
    return address_of(made)


def sees(database: Database, key: str, address: str) -> bool:
    with database.read_session(world.viewer(key)) as session:
        try:
            find_document(session, address)
        except NotFound:
            return False
        return True


def states(database: Database, address: str) -> dict[str, str]:
    with database.read_session(world.viewer("ana")) as session:
        return {code: row.state for code, row in document_view(session, address).line.languages.items()}


def version_of(database: Database, address: str, key: str = "ana") -> int:
    with database.read_session(world.viewer(key)) as session:
        return find_document(session, address).version


# Filing -------------------------------------------------------------------------------------------


def test_a_document_is_filed_with_its_languages(told: Database) -> None:
    address = filed(told)
    assert address == "UNC-2026-1"
    assert states(told, address) == {"en": "authentic", "es": "requested", "fr": "not_needed"}
    with told.read_session(world.viewer("benoit")) as session:
        view = document_view(session, address)
        assert (view.line.document.owner_party, view.line.document.state) == ("MX", "received")
        assert [file.file_name for file in view.files.values()] == ["Note.pdf"]
        assert [entry.act for entry in view.history] == ["document_registered"]


def test_a_document_that_is_expected_has_no_file_yet(told: Database) -> None:
    address = filed(told, received=Received(languages={"es": "requested"}))
    assert states(told, address) == {"en": "requested", "es": "requested", "fr": "not_needed"}
    with told.read_session(world.viewer("benoit")) as session:
        line = document_view(session, address).line
        # 10 weeks before 10 December is past: nobody is late with what is asked for today.
        assert (line.document.state, line.standing, line.dates.due_on) == ("expected", "at_once", dt.date(2026, 11, 22))


@pytest.mark.parametrize("key", ["olga", "marta", "colin"])
def test_guests_and_administrators_file_nothing(told: Database, key: str) -> None:
    assert refused(told, key, lambda s: file_document(s, words(), ORIGINAL, meeting=story.SHARED)).key == "not_found"


@pytest.mark.parametrize("key", ["benoit", "sam"])
def test_nobody_files_at_a_table_that_does_not_exist_for_them(told: Database, key: str) -> None:
    assert refused(told, key, lambda s: file_document(s, words(), ORIGINAL, meeting=story.HIDDEN)).key == "not_found"


def test_a_document_of_a_mechanism_has_its_parties(told: Database) -> None:
    made = done(told, "sam", lambda s: file_document(s, words(), ORIGINAL, mechanism="un-coordination"))
    assert (made.symbol, made.owner_party, made.meeting_id) == ("UNC/2026/1", None, None)
    assert refused(told, "ana", lambda s: file_document(s, words(), ORIGINAL, mechanism="nothing")).key == "not_found"
    assert refused(told, "ana", lambda s: file_document(s, words(), ORIGINAL)).key == "needs_table"


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"title": {"en": " "}}, "needs_title"),
        ({"release_on": dt.date(2026, 12, 1)}, "release_incomplete"),
        ({"release_time": dt.time(9)}, "release_incomplete"),
        ({"release_on": dt.date(2026, 12, 1), "release_time": dt.time(9), "release_zone": "Mars/Base"}, "unknown_zone"),
        ({"handling_step": "persons", "named": (str(uuid.UUID(int=9)),)}, "unknown_reader"),
        ({"handling_step": "persons", "named": (str(world.CAST["benoit"].id),)}, "unknown_reader"),
        ({"kind": "text"}, "unknown_document_kind"),
        ({"marking": "REL TO USA, CAN, MEX"}, "marking_release"),
    ],
)
def test_what_is_wrong_is_refused(told: Database, changed: dict[str, Any], key: str) -> None:
    assert refused(told, "ana", lambda s: file_document(s, words(**changed), ORIGINAL, meeting=story.SHARED)).key == key


def test_an_embargo_is_an_instant_in_a_zone(told: Database) -> None:
    """An hour that the clocks skip or show twice is a question, never a guess."""
    address = filed(told, release_on=dt.date(2026, 12, 1), release_time=dt.time(9), release_zone="America/Mexico_City")
    with told.read_session(world.viewer("carol")) as session:
        found = find_document(session, address)
        assert found.release_at == dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)
        assert found.release_zone == "America/Mexico_City"
    gap: dict[str, Any] = {
        "release_on": dt.date(2027, 3, 14),
        "release_time": dt.time(2, 30),
        "release_zone": "America/New_York",
    }
    fold: dict[str, Any] = {
        "release_on": dt.date(2027, 11, 7),
        "release_time": dt.time(1, 30),
        "release_zone": "America/New_York",
    }
    for changed, kind in ((gap, TimeInGap), (fold, TimeInFold)):
        said = words(**changed)
        act = partial(file_document, words=said, received=ORIGINAL, meeting=story.SHARED)
        assert isinstance(refused(told, "ana", act), kind)


def test_only_known_people_can_be_named(told: Database) -> None:
    with told.read_session(world.viewer("ana")) as session:
        named = {each.person_id: each.party for each in people_to_name(session, None)}
        assert named == {world.CAST["diego"].id: "MX", world.CAST["lucia"].id: "MX"}
    with told.read_session(world.viewer("sam")) as session:
        assert people_to_name(session, None) == ()


# Who reads it -------------------------------------------------------------------------------------


def test_who_reads_it_is_narrowed_and_never_widened(told: Database) -> None:
    """Its number counts those of its readers alone: shown to more, it would tell them how many came before."""
    address = filed(told)
    narrow = words(handling_step="delegations", named=("US",))
    done(told, "ana", lambda s: change_document(s, address, narrow, version=version_of(told, address)))
    assert [key for key in ("ana", "carol", "benoit", "sam", "olga") if sees(told, key, address)] == ["ana", "carol"]
    with told.read_session(world.viewer("benoit")) as session:
        assert all(line.document.symbol != "UNC/2026/1" for line in register_of(session, DocumentFilter()).lines)
        assert [paper for paper in documents.documents(session).papers if paper.file_name == "Note.pdf"] == []
    wider = words(handling_step="parties")
    refusal = refused(told, "ana", lambda s: change_document(s, address, wider, version=version_of(told, address)))
    assert (refusal.key, refusal.field) == ("reach_widens", "handling_step")
    assert not sees(told, "benoit", address)


def test_what_persons_read_gets_its_number_when_it_is_given_to_delegations(told: Database) -> None:
    diego = (str(world.CAST["diego"].id),)
    address = filed(told, handling_step="persons", named=diego)
    assert address.startswith("D-")
    assert [key for key in ("ana", "diego", "lucia", "carol", "sam") if sees(told, key, address)] == ["ana", "diego"]
    wider = words(handling_step="delegations", named=("US",))
    made = done(told, "ana", lambda s: change_document(s, address, wider, version=version_of(told, address)))
    assert made.symbol == "UNC/2026/MXUS/1"
    assert sees(told, "lucia", "UNC-2026-MXUS-1")


def test_the_older_text_of_a_race_is_not_lost(told: Database) -> None:
    address = filed(told)
    version = version_of(told, address)
    done(told, "ana", lambda s: change_document(s, address, words(title={"en": "First"}), version=version))
    with told.write_session(world.viewer("diego")) as session, pytest.raises(StaleVersion) as stale:
        change_document(session, address, words(title={"en": "Second"}), version=version)
    assert stale.value.theirs["title"] == {"en": "First", "original": "en"}


@pytest.mark.parametrize("key", ["benoit", "carol"])
def test_another_delegation_changes_nothing_of_a_document(told: Database, key: str) -> None:
    address = filed(told)
    version = version_of(told, address)
    received = Received(files={"en": SentFile("Other.pdf", PDF)})
    for act in (
        lambda s: change_document(s, address, words(title={"en": "Mine"}), version=version),
        lambda s: withdraw_document(s, address, version=version),
        lambda s: amend_document(s, address, "Rev", {"en": "Mine"}, received),
        lambda s: receive_language(
            s, address, "en", LanguageWords("authentic", file=SentFile("x.pdf", PDF)), version=1
        ),
    ):
        assert refused(told, key, act).key == "forbidden"


# Languages ----------------------------------------------------------------------------------------


def test_a_translation_comes_from_anybody_at_the_table(told: Database) -> None:
    address = filed(told)
    said = LanguageWords("draft", translated_from="en", file=SentFile("Nota.pdf", PDF))
    done(told, "benoit", lambda s: receive_language(s, address, "es", said, version=1))
    cleared = LanguageWords("cleared", translated_from="en")
    done(told, "lucia", lambda s: receive_language(s, address, "es", cleared, version=2))
    assert states(told, address) == {"en": "authentic", "es": "cleared", "fr": "not_needed"}


def test_a_new_original_puts_its_translations_back_into_revision(told: Database) -> None:
    address = filed(told)
    said = LanguageWords("cleared", translated_from="en", file=SentFile("Nota.pdf", PDF))
    done(told, "ana", lambda s: receive_language(s, address, "es", said, version=1))
    again = LanguageWords("authentic", file=SentFile("Note 2.pdf", PDF + b"2"))
    done(told, "ana", lambda s: receive_language(s, address, "en", again, version=1))
    assert states(told, address) == {"en": "authentic", "es": "in_revision", "fr": "not_needed"}
    with told.read_session(world.viewer("ana")) as session:
        names = {file.file_name for file in session.execute(select(Document)).scalars()}
        assert {"Note.pdf", "Note 2.pdf"} <= names  # the older file is kept
        record = session.execute(
            select(AuditRecord).where(AuditRecord.action == "language_received").order_by(AuditRecord.number.desc())
        ).scalars().first()  # fmt: skip
        assert record is not None
        assert record.facts["replaced"] is not None


@pytest.mark.parametrize(
    ("language", "said", "version", "key"),
    [
        ("fr", LanguageWords("cleared"), 1, "language_has_no_file"),
        ("en", LanguageWords("requested"), 1, "language_has_file"),
        ("fr", LanguageWords("perfect"), 1, "unknown_language_state"),
        ("fr", LanguageWords("requested", translated_from="fr"), 1, "unknown_language"),
        ("de", LanguageWords("requested"), 0, "not_found"),
        ("fr", LanguageWords("requested"), 7, "stale_version"),
    ],
)
def test_what_cannot_be_said_of_a_language(
    told: Database, language: str, said: LanguageWords, version: int, key: str
) -> None:
    address = filed(told)
    assert refused(told, "ana", lambda s: receive_language(s, address, language, said, version=version)).key == key


# Amending and withdrawing -------------------------------------------------------------------------


def test_a_revision_stands_beside_the_document_that_it_revises(told: Database) -> None:
    address = filed(told, marking="PROTECTED A")
    made = done(told, "ana", lambda s: amend_document(s, address, "Rev", {"en": "Peace operations"}, ORIGINAL))
    again = done(told, "ana", lambda s: amend_document(s, address_of(made), "Rev", {"en": "Again"}, ORIGINAL))
    corrected = done(told, "diego", lambda s: amend_document(s, address_of(again), "Corr", {"en": "Fixed"}, ORIGINAL))
    assert [each.symbol for each in (made, again, corrected)] == [
        "UNC/2026/1/Rev.1", "UNC/2026/1/Rev.2", "UNC/2026/1/Rev.2/Corr.1",
    ]  # fmt: skip
    with told.read_session(world.viewer("benoit")) as session:
        view = document_view(session, "unc-2026-1-rev.2")
        assert [each.symbol for each in view.family] == [
            "UNC/2026/1", "UNC/2026/1/Rev.1", "UNC/2026/1/Rev.2", "UNC/2026/1/Rev.2/Corr.1",
        ]  # fmt: skip
        assert view.line.document.marking == "PROTECTED A"


def test_a_revision_is_read_by_those_who_read_the_first(told: Database) -> None:
    """Revised by whom it was named for, it stays with who filed it."""
    address = filed(told, handling_step="delegations", named=("US",))
    made = done(told, "ana", lambda s: amend_document(s, address, "Add", {"en": "Annex"}, ORIGINAL))
    readers = [key for key in ("ana", "carol", "benoit", "sam") if sees(told, key, address_of(made))]
    assert readers == ["ana", "carol"]
    for kind, sent, key in (("Draft", ORIGINAL, "unknown_amendment"), ("Rev", Received(), "needs_file")):
        act = partial(amend_document, address=address, kind=kind, title={"en": "x"}, received=sent)
        assert refused(told, "ana", act).key == key


def test_what_is_withdrawn_keeps_its_number_and_says_so(told: Database) -> None:
    address = filed(told)
    done(told, "ana", lambda s: withdraw_document(s, address, version=version_of(told, address)))
    with told.read_session(world.viewer("benoit")) as session:
        assert find_document(session, address).state == "withdrawn"
    assert refused(told, "ana", lambda s: withdraw_document(s, address, version=1)).key == "forbidden"
    assert filed(told) == "UNC-2026-2"


# Papers of items ----------------------------------------------------------------------------------


def test_papers_are_put_to_items_in_order(told: Database) -> None:
    first, second = filed(told), filed(told)
    with told.read_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, story.SHARED)
        (item_id,) = papers_of_items(session, meeting)
    for address in (first, second, first):
        done(told, "benoit", partial(attach_paper, address=address, item_id=item_id))
    assert of_item(told, item_id) == ["UNC/2026/91", "UNC/2026/1", "UNC/2026/2"]
    done(told, "benoit", lambda s: move_paper(s, second, item_id, "up"))
    assert of_item(told, item_id) == ["UNC/2026/91", "UNC/2026/2", "UNC/2026/1"]
    done(told, "ana", lambda s: detach_paper(s, second, item_id))
    assert of_item(told, item_id) == ["UNC/2026/91", "UNC/2026/1"]
    with told.read_session(world.viewer("carol")) as session:
        assert places_of(session, find_document(session, second)) == ()


def of_item(database: Database, item_id: uuid.UUID, key: str = "carol") -> list[str | None]:
    with database.read_session(world.viewer(key)) as session:
        found = papers_of_items(session, find_meeting(session, story.SHARED))
        return [line.document.symbol for line in found.get(item_id, ())]


def test_a_paper_of_some_on_an_item_of_all_is_seen_by_these(told: Database) -> None:
    address = filed(told, handling_step="delegations", named=("US",))
    with told.read_session(world.viewer("ana")) as session:
        (item_id,) = papers_of_items(session, find_meeting(session, story.SHARED))
    done(told, "ana", lambda s: attach_paper(s, address, item_id))
    assert of_item(told, item_id) == ["UNC/2026/91", "UNC/2026/MXUS/1"]
    assert of_item(told, item_id, "benoit") == ["UNC/2026/91"]
    assert of_item(told, item_id, "sam") == ["UNC/2026/91"]


def test_an_item_of_another_meeting_takes_no_paper(told: Database) -> None:
    address = filed(told)
    with told.read_session(world.viewer("ana")) as session:
        hidden = find_meeting(session, story.HIDDEN)
        other = session.execute(select(AgendaItem.id).where(AgendaItem.meeting_id == hidden.id)).scalars().first()
    assert other is not None
    assert refused(told, "ana", lambda s: attach_paper(s, address, other)).key == "item_of_others"
    assert refused(told, "benoit", lambda s: attach_paper(s, address, other)).key == "not_found"


# The register -------------------------------------------------------------------------------------


def listed(database: Database, key: str = "ana", **chosen: str) -> list[str]:
    with database.read_session(world.viewer(key)) as session:
        return sorted(
            (line.document.symbol or "-" for line in register_of(session, DocumentFilter(**chosen)).lines),
        )


def test_the_register_is_narrowed(told: Database) -> None:
    filed(told)
    filed(told, received=Received(), due_on=dt.date(2026, 11, 1))
    done(told, "sam", lambda s: file_document(s, words(), ORIGINAL, mechanism="un-coordination"))
    assert listed(told, "benoit") == ["UNC/2026/1", "UNC/2026/2", "UNC/2026/3", "UNC/2026/91"]
    assert listed(told, "benoit", meeting=story.SHARED) == ["UNC/2026/1", "UNC/2026/2", "UNC/2026/91"]
    assert listed(told, "benoit", meeting=story.HIDDEN) == []
    assert listed(told, "benoit", mechanism="un-coordination", symbol="unc-2026-3") == ["UNC/2026/3"]
    assert listed(told, "benoit", language="es", state="requested") == ["UNC/2026/1", "UNC/2026/3"]
    assert listed(told, "benoit", state="perfect") == []
    assert listed(told, "benoit", due="overdue") == ["UNC/2026/2"]
    assert listed(told, "benoit", due="on_time") == []
    assert listed(told, "benoit", due="yesterday") == []
    assert listed(told, "benoit", symbol="%") == []


def test_nothing_of_the_others_is_counted(told: Database) -> None:
    filed(told, handling_step="delegations", named=("US",))
    with told.read_session(world.viewer("benoit")) as session:
        assert register_of(session, DocumentFilter()).total == 1
        seen = session.execute(select(RegisteredDocument.symbol)).scalars().all()
        assert seen == ["UNC/2026/91"]
        assert len(session.execute(select(LanguageVersion)).scalars().all()) == 1


def test_row_level_security_lets_a_document_move_and_hides_it(make_database: MakeDatabase) -> None:
    """On PostgreSQL the second lock holds as well: filed, put to an item, narrowed, translated, held back, revised."""
    told = make_database("postgresql", "story")
    try:
        address = filed(told)
        with told.read_session(world.viewer("ana")) as session:
            (item_id,) = papers_of_items(session, find_meeting(session, story.SHARED))
        done(told, "benoit", lambda s: attach_paper(s, address, item_id))
        narrow = words(
            handling_step="delegations", named=("US",), release_on=dt.date(2026, 12, 1), release_time=dt.time(9),
            release_zone="America/New_York",
        )  # fmt: skip
        done(told, "ana", lambda s: change_document(s, address, narrow, version=version_of(told, address)))
        said = LanguageWords("draft", translated_from="en", file=SentFile("Nota.pdf", PDF))
        done(told, "carol", lambda s: receive_language(s, address, "es", said, version=version_in_es(told, address)))
        made = done(told, "ana", lambda s: amend_document(s, address, "Rev", {"en": "Again"}, ORIGINAL))
        assert made.symbol == "UNC/2026/1/Rev.1"
        for seen in (address, address_of(made)):
            assert [key for key in ("ana", "carol", "benoit", "sam", "olga") if sees(told, key, seen)] == [
                "ana",
                "carol",
            ]
        assert of_item(told, item_id, "benoit") == ["UNC/2026/91"]
        assert of_item(told, item_id) == ["UNC/2026/91", "UNC/2026/1"]
        with told.read_session(world.viewer("olga")) as session:
            assert documents.documents(session).papers == ()
    finally:
        told.engine.dispose()


def version_in_es(database: Database, address: str) -> int:
    with database.read_session(world.viewer("ana")) as session:
        return document_view(session, address).line.languages["es"].version


def test_who_leaves_the_meeting_leaves_its_documents_and_their_files(told: Database) -> None:
    address = filed(told)
    with told.read_session(world.viewer("benoit")) as session:
        (file_id,) = document_view(session, address).files

    def leave(session: GuardedSession) -> None:
        move_to_parties(session, find_meeting(session, story.SHARED, lock=True), ("MX", "US"), ("CA",))

    done(told, "ana", leave)
    assert [key for key in ("ana", "carol", "benoit") if sees(told, key, address)] == ["ana", "carol"]
    with told.read_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        documents.document(session, file_id)
    with told.read_session(world.viewer("carol")) as session:
        assert documents.document(session, file_id).content == PDF
