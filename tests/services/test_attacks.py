"""Attacks on what a party may know: what it learns when it comes late, and what numbers give away."""

from __future__ import annotations

import dataclasses
import io
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from app.db import Database
from app.domain.documents import media_type_of
from app.models import AgendaItem, Document, Draft, Meeting, ReferenceCounter
from app.services import agenda, agenda_acts, drafts, staged_changes
from app.services.action_acts import NewAction, PartyPart, record_action
from app.services.documents import documents
from app.services.references import next_number
from tests import story, world


def publish_parties(database: Database, key: str, reference: str, parties: tuple[str, ...]) -> None:
    """Let a member of the cast publish another set of parties for a meeting."""
    with database.write_session(world.viewer(key)) as session:
        draft = staged_changes.stage_changes(session, reference)
        content = dataclasses.replace(drafts.content_of(draft), parties=parties)
        saved = drafts.save_draft(session, draft.id, content, version=draft.version)
        staged_changes.publish(session, draft.id, version=saved.version)
        session.commit()


@pytest.fixture
def opened(told: Database) -> Database:
    """Return the story after Mexico took an item off the hidden meeting's agenda and let Canada in."""
    with told.system_session("forget the story's staged changes", "write") as session:
        draft = session.get_one(Draft, story.draft_id("MX", "changes"))
        draft.ended_at = draft.changed_at
        session.commit()
    with told.write_session(world.viewer("ana")) as session:
        item = items(session)[0]
        agenda_acts.remove_item(session, story.HIDDEN, item.id, version=agenda.version_of(item))
        session.commit()
    publish_parties(told, "ana", story.HIDDEN, world.THREE)
    return told


def items(session) -> list[AgendaItem]:
    return agenda.items_of(session, world.identity("meeting", story.HIDDEN))


def test_who_is_let_in_gets_what_stands_and_nothing_that_stands_no_more(opened):
    paper = world.identity("document", story.HIDDEN)
    with opened.read_session(world.viewer("benoit")) as session:
        assert session.scalars(select(Meeting.reference)).all().count(story.HIDDEN) == 1
        assert [item.title["en"][-6:] for item in items(session)] == ["item 2", "item 3", "epared"]
        assert paper not in {each.id for each in documents(session).papers}
        assert session.scalars(select(Document.id).where(Document.id == paper)).all() == []
    with opened.read_session(world.viewer("daniel")) as session:
        assert len(items(session)) == 4
        assert paper in {each.id for each in documents(session).papers}


def test_an_item_that_is_put_back_is_for_everybody_at_the_table(opened):
    with opened.write_session(world.viewer("diego")) as session:
        removed = next(item for item in items(session) if item.removed)
        agenda_acts.restore_item(session, story.HIDDEN, removed.id)
        session.commit()
    with opened.read_session(world.viewer("benoit")) as session:
        assert [item.position for item in items(session)] == [1, 2, 3, 4]


def test_who_leaves_sees_nothing_of_it_any_more(opened):
    publish_parties(opened, "isabelle", story.HIDDEN, ("CA", "US"))
    with opened.read_session(world.viewer("ana")) as session:
        meeting = world.identity("meeting", story.HIDDEN)
        assert session.scalars(select(Meeting).where(Meeting.id == meeting)).all() == []
        # What had been taken off before Canada came was Mexico's too; Canada, who acts, does not even find it.
        assert [item.removed for item in items(session)] == [True]


def test_no_action_of_all_shows_by_its_number_that_there_were_others_before(opened):
    def record(*parties: str) -> str:
        with opened.write_session(world.viewer("carol")) as session:
            parts = tuple(PartyPart(code, "owes") for code in parties)
            made = record_action(session, NewAction({"en": "Do it"}, parts), story.HIDDEN)
            session.commit()
            return made.reference

    assert record("CA", "MX", "US") == f"{story.HIDDEN}-CAMXUS-A01"
    assert record("CA", "US") == f"{story.HIDDEN}-CAUS-A01"


def test_a_party_that_left_leaves_its_count_behind(told):
    publish_parties(told, "carol", story.SHARED, ("MX", "US"))
    with told.write_session(world.viewer("ana")) as session:
        parts = (PartyPart("MX", "owes"), PartyPart("US", "sees"))
        made = record_action(session, NewAction({"en": "Do it"}, parts), story.SHARED)
        assert made.reference == f"{story.SHARED}-MXUS-A01"


@pytest.mark.parametrize(("extra", "is_kept"), [(0, True), (10_001, False)])
def test_a_macro_does_not_hide_behind_many_members(extra, is_kept):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name in ("[Content_Types].xml", "word/document.xml", *map(str, range(extra))):
            package.writestr(name, b"")
        if extra:
            package.writestr("word/vbaProject.bin", b"")
    assert (media_type_of(packed.getvalue()) is not None) is is_kept


def test_nobody_reads_from_the_counts_who_met(told):
    """Not even a statement that forgot its filter shows that there is a scope of others."""
    with told.system_session("count on", "write") as session:
        assert next_number(session, "UNC-2026-MXUS") == 1
        session.commit()
    with told.write_session(world.viewer("benoit")) as session:
        assert next_number(session, "UNC-2026-CAUS") == 1
        try:
            seen = session.scalars(select(ReferenceCounter.scope)).all()
        except ProgrammingError:  # PostgreSQL's second lock: the app's role has no right to the table
            seen = []
        assert seen == []


def test_the_app_has_no_right_to_the_counts(make_database):
    database = make_database("postgresql")
    with database.engine.connect() as connection:
        asked = "SELECT has_table_privilege('entente_app', 'reference_counters', 'SELECT')"
        assert connection.exec_driver_sql(asked).scalar_one() is False
