"""What papers wait for a delegation on its first page: its own, within three weeks; and notes to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from app.db import Database
from app.domain.notes_verbales import NoteContent
from app.services.document_acts import DocumentWords, Received, file_document
from app.services.home import home_of
from app.services.notes_verbales import NoteWords, register_note
from tests import story, world

LATE, SOON, FAR = dt.date(2026, 11, 1), dt.date(2026, 12, 12), dt.date(2026, 12, 20)


@pytest.fixture
def told(make_database: Callable[..., Database]) -> Iterator[Database]:
    made = make_database("sqlite", "story")
    yield made
    made.engine.dispose()


def waits(database: Database, key: str) -> list[tuple[str, dt.date | None]]:
    with database.read_session(world.viewer(key)) as session:
        needs = [need for need in home_of(session).needs if need.kind in ("paper", "note")]
        return [(need.kind, need.due_on) for need in needs]


def test_each_side_is_told_of_its_own_papers_alone(told: Database) -> None:
    for key, due_on in (("ana", LATE), ("ana", SOON), ("ana", FAR), ("benoit", SOON), ("sam", SOON), ("ana", None)):
        with told.write_session(world.viewer(key)) as session:
            words = DocumentWords({"en": "Note"}, "en", due_on=due_on)
            file_document(session, words, Received(), meeting=story.SHARED)
            session.commit()
    assert waits(told, "diego") == [("paper", LATE), ("paper", world.NOW.date()), ("paper", SOON)]
    assert waits(told, "isabelle") == [("paper", SOON)]
    assert waits(told, "sam") == [("paper", SOON)]
    assert waits(told, "carol") == []


def test_a_note_waits_until_it_is_answered(told: Database) -> None:
    note = NoteWords("in", NoteContent("en", "", "", "Visas", ""), world.NOW.date(), "DOS-7", "US", SOON)
    with told.write_session(world.viewer("ana")) as session:
        came = register_note(session, note).id
        session.commit()
    assert waits(told, "lucia") == [("note", SOON)]
    assert waits(told, "carol") == []
    answer = NoteWords(
        "out", NoteContent("en", "The Embassy", "the Department", "Visas", "Yes."), world.NOW.date(), answers=str(came)
    )
    with told.write_session(world.viewer("ana")) as session:
        register_note(session, answer)
        session.commit()
    assert waits(told, "lucia") == []
