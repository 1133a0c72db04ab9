"""Positions on both engines: what the rows let through, what only one side may read, and lines for other pages."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.positions import PositionContent, is_shown
from app.models import AgendaItem, AuditRecord, InnerNote, Meeting, Position, ShareCopy, ShareRecipient
from app.services.home_positions import position_needs
from app.services.inner_notes import notes_on, write_note
from app.services.position_contents import find_words
from app.services.position_edits import clear_position, save_position, write_position
from app.services.position_shares import ShareOrder, share_position
from app.services.position_views import shelf_of
from app.services.positions import find_position, offered_parties, overview_of, position_lines, received_lines
from app.services.received_shares import copy_view, open_copy
from tests import story, world

MEETING = "UNC-2026-1"
ITEM = world.identity("item", "positions")
LINES = PositionContent(lines="We stand for peace.", fallback="Less would do.")


def fill(database: Database) -> None:
    with database.system_session("a meeting with an item", "write") as session:
        meeting = world.add_meeting(session, MEETING, mechanism="M01")
        world.add_item(session, meeting, 1, id=ITEM)
        session.commit()


def shared(database: Database, *parties: str) -> uuid.UUID:
    """Let Diego write, Ana clear and share a position; return its id."""
    with database.write_session(world.viewer("diego")) as session:
        position_id = write_position(session, MEETING, ITEM, LINES, version=0).id
        session.commit()
    for key in ("ana",):
        with database.write_session(world.viewer(key)) as session:
            version = find_position(session, position_id).version
            clear_position(session, position_id, version=version)
            session.commit()
        with database.write_session(world.viewer(key)) as session:
            version = find_position(session, position_id).version
            share_position(session, position_id, ShareOrder(parties), version=version)
            session.commit()
    return position_id


def test_a_share_is_a_copy_that_only_its_recipient_reads(database: Database) -> None:
    fill(database)
    position_id = shared(database, "CA")
    with database.read_session(world.viewer("ana")) as session:
        assert session.scalars(select(ShareCopy)).all() == []
        (recipient,) = session.scalars(select(ShareRecipient))
        assert (recipient.party_code, recipient.opened_at) == ("CA", None)
    for key in ("carol", "sam", "marta", "olga", "colin"):
        with database.read_session(world.viewer(key)) as session:
            for model in (Position, ShareCopy, ShareRecipient):
                assert session.scalars(select(model)).all() == [], key
            with pytest.raises(NotFound):
                find_position(session, position_id)
    with database.write_session(world.viewer("benoit")) as session:
        (copy,) = session.scalars(select(ShareCopy))
        assert copy_view(session, copy.id).content is None
        open_copy(session, copy.id)
        session.commit()
    with database.write_session(world.viewer("isabelle")) as session:
        assert copy_view(session, copy.id).content is None, "she has not opened it herself"
        open_copy(session, copy.id)
        session.commit()
    with database.read_session(world.viewer("benoit")) as session:
        view = copy_view(session, copy.id)
        assert view.content == PositionContent(lines="We stand for peace.")
        assert set(view.read_at) == {world.CAST["benoit"].id, world.CAST["isabelle"].id}
    with database.read_session(world.viewer("ana")) as session:
        (recipient,) = session.scalars(select(ShareRecipient))
        assert recipient.opened_at == world.NOW
        assert session.scalars(select(AuditRecord).where(AuditRecord.action == "share_opened")).all() == []
        (told,) = session.scalars(select(AuditRecord).where(AuditRecord.action == "share_was_opened"))
        assert (told.person_id, told.party_code) == (None, None)


def test_a_version_that_has_moved_on_is_not_cleared_shared_or_overwritten(database: Database) -> None:
    fill(database)
    with database.write_session(world.viewer("diego")) as session:
        position = write_position(session, MEETING, ITEM, LINES, version=0)
        seen = position.version
        save_position(session, position.id, PositionContent(lines="Other words"), version=seen)
        session.commit()
    with database.write_session(world.viewer("ana")) as session:
        with pytest.raises(StaleVersion) as caught:
            save_position(session, position.id, LINES, version=seen)
        assert (caught.value.yours["lines"], caught.value.theirs["lines"]) == ("We stand for peace.", "Other words")
        with pytest.raises(StaleVersion):
            clear_position(session, position.id, version=seen)
        with pytest.raises(StaleVersion):
            share_position(session, position.id, ShareOrder(("CA",)), version=seen)
        with pytest.raises(Refusal, match="position_not_cleared"):
            share_position(session, position.id, ShareOrder(("CA",)), version=position.version)


def test_pages_are_gathered_alike_on_both_engines(database: Database) -> None:
    fill(database)
    shared(database, "CA")
    with database.write_session(world.viewer("benoit")) as session:
        write_position(session, MEETING, ITEM, PositionContent(lines="Nous voulons la paix"), version=0)
        session.commit()
    expected = {
        "benoit": [("open_shares", 1)],
        "isabelle": [("clear_positions", 1), ("open_shares", 1)],
        "lucia": [],
        "carol": [],
    }
    for key, needs in expected.items():
        with database.read_session(world.viewer(key)) as session:
            assert [(each.kind, each.count) for each in position_needs(session, 1)] == needs
            assert list(position_needs(session, 0)) == []
    with database.read_session(world.viewer("isabelle")) as session:
        meeting = session.execute(select(Meeting)).scalar_one()
        overview, shelf = overview_of(session, meeting), shelf_of(session)
        assert (len(overview.rows), overview.unopened_count) == (1, 1)
        assert [(each.draft_count, each.received_count, each.unopened_count) for each in shelf.meetings] == [(1, 1, 1)]
        assert (shelf.left, shelf.left_received) == ((), ())
        (hit,) = find_words(session, "NOUS paix", meeting).found
        assert hit.position is not None
        assert hit.excerpt == "Nous voulons la paix"
        assert find_words(session, "stand").found == ()


@pytest.mark.parametrize(
    ("key", "offered", "apart"),
    [
        ("ana", ("CA", "US"), ("US",)),
        ("benoit", ("MX", "US"), ()),
        ("carol", ("CA", "MX"), ("MX",)),
    ],
)
def test_what_can_be_handed_over_goes_to_those_of_the_item(
    sqlite_database: Database, key: str, offered: tuple[str, ...], apart: tuple[str, ...]
) -> None:
    with sqlite_database.system_session("items of all and of some", "write") as session:
        meeting = world.add_meeting(session, MEETING, mechanism="M01")
        world.add_item(session, meeting, 1, id=ITEM)
        some = world.add_item(session, meeting, 1, id=uuid.UUID(int=5), parties=["MX", "US"])
        some.audience_id = session.audience({"party:MX", "party:US"})
        world.add_item(session, meeting, 3, id=uuid.UUID(int=6), removed=True)
        session.commit()
    with sqlite_database.read_session(world.viewer(key)) as session:
        meeting = session.execute(select(Meeting)).scalar_one()
        items = {item.id: item for item in session.scalars(select(AgendaItem))}
        assert offered_parties(session, meeting, None) == offered
        assert offered_parties(session, meeting, items[ITEM]) == offered
        assert offered_parties(session, meeting, items[uuid.UUID(int=6)]) == ()
        assert (uuid.UUID(int=5) in items) == bool(apart)
        if apart:
            assert offered_parties(session, meeting, items[uuid.UUID(int=5)]) == apart
        assert offered_parties(session, None, None) == ()


@pytest.mark.parametrize("key", ["ana", "carol", "benoit", "sam", "olga"])
def test_the_lines_of_a_meeting_are_ones_own_and_open_nothing(told: Database, key: str) -> None:
    expected = {"ana": (0, 0), "carol": (1, 0), "benoit": (0, 1), "sam": (0, 0), "olga": (0, 0)}
    with told.read_session(world.viewer(key)) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.reference == story.SHARED)).one_or_none()
        if meeting is None:
            assert key == "olga"
            return
        own, theirs = position_lines(session, meeting), received_lines(session, meeting)
        assert (len(own), len(theirs)) == expected[key]
        for line in own.values():
            assert (line.state, line.revision, line.is_shared) == ("cleared", 1, True)
        for lines in theirs.values():
            assert [(line.from_party, line.is_opened) for line in lines] == [("US", True)]


@pytest.mark.parametrize(
    "day", [None, dt.date(2026, 11, 21), dt.date(2026, 11, 22), dt.date(2026, 11, 23)]
)  # fmt: skip
def test_the_rows_are_shown_on_the_days_on_which_the_rule_shows_them(told: Database, day: dt.date | None) -> None:
    with told.system_session("set its last day", "write") as session:
        session.get_one(ShareCopy, world.identity("share_copy", story.SHARED)).expires_on = day
        session.commit()
    with told.read_session(world.viewer("benoit")) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.reference == story.SHARED)).one()
        assert bool(received_lines(session, meeting)) is is_shown(day, dt.date(2026, 11, 22))


def test_inner_notes_are_read_by_ones_own_delegation_alone(told: Database) -> None:
    with told.write_session(world.viewer("daniel")) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.reference == story.SHARED)).one()
        write_note(session, "On the meeting", meeting_id=meeting.id)
        text_id = world.identity("text", story.SHARED)
        write_note(session, "On a paragraph", paragraph_id=world.identity("paragraph", story.SHARED))
        write_note(session, "On the text", text_id=text_id)
        session.commit()
    with told.read_session(world.viewer("carol")) as session:
        assert [line.text for line in notes_on(session, meeting_id=meeting.id)] == ["On the meeting"]
        assert sorted(line.text or "" for line in notes_on(session, text_id=text_id)) == [
            "On a paragraph", "On the text",
        ]  # fmt: skip
        assert {line.may_remove for line in notes_on(session, text_id=text_id)} == {True}
    with told.read_session(world.viewer("erin")) as session:
        assert len(notes_on(session, text_id=text_id)) == 2
    for key in ("ana", "sam", "frank", "benoit"):
        with told.read_session(world.viewer(key)) as session:
            assert notes_on(session, meeting_id=meeting.id) == ()
            assert notes_on(session, text_id=text_id) == ()
            assert key == "ana" or session.scalars(select(InnerNote)).all() == []
    with told.write_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        write_note(session, "x", text_id=world.identity("text", story.HIDDEN))
    with told.write_session(world.viewer("sam")) as session, pytest.raises(Refusal, match="forbidden"):
        write_note(session, "x", meeting_id=meeting.id)
