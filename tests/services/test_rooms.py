"""The room of a meeting on both sides of its walls: items, notes, non-attribution, minutes, actions, practices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.room import EntryWords
from app.models import Action, AgreedText, ItemTaken, Leg, MinuteEntry, Room, TextParagraph
from app.services import practices
from app.services.meetings import find_meeting
from app.services.minutes import add_to_minutes, draft_minutes, minutes_of
from app.services.participants import participants_paper
from app.services.practices import PracticeWords
from app.services.room_actions import record_entry_action
from app.services.room_beat import beat_of
from app.services.room_notes import capture, change_entry, remove_entry, restore_entry
from app.services.room_view import RoomView, room_view
from app.services.rooms import (
    attribute_again,
    close_room,
    is_attributed,
    open_room,
    stop_attributing,
    take_apart,
    take_item,
)
from app.services.texts import whole_text
from tests import world
from tests.conftest import Clock
from tests.holding import DAY, REF, item_id, tell

Given = TypeVar("Given")


def conclusion(words: str, **changed: Any) -> EntryWords:
    return EntryWords(**{"kind": "conclusion", "words": words, "language": "en", **changed})


@pytest.fixture
def held(sqlite_database: Database) -> Database:
    """Return a database with a confirmed meeting today: three items for all, and one of Mexico and the US apart."""
    tell(sqlite_database)
    return sqlite_database


def by(database: Database, key: str, does: Callable[[GuardedSession], Given]) -> Given:
    """Do something as a member of the cast, and commit it."""
    with database.write_session(world.viewer(key)) as session:
        found = does(session)
        session.commit()
        return found


def seen(database: Database, key: str) -> RoomView:
    with database.read_session(world.viewer(key)) as session:
        return room_view(session, REF)


def beat(database: Database, key: str) -> str:
    with database.read_session(world.viewer(key)) as session:
        return beat_of(session, REF)


def opened(database: Database, **changed: Any) -> None:
    by(database, "carol", lambda s: open_room(s, REF, **changed))


def step(database: Database, act: str, item: int | None = None, key: str = "carol") -> None:
    version = seen(database, key).room.version
    chosen = item_id(item) if item else None
    by(database, key, lambda s: take_item(s, REF, act, chosen, version=version))


def noted(database: Database, key: str, item: int, said: EntryWords, sent: uuid.UUID | None = None) -> uuid.UUID:
    chosen = sent or uuid.uuid4()
    found = by(database, key, lambda s: capture(s, REF, chosen, item_id(item), said).id)
    assert isinstance(found, uuid.UUID)
    return found


# Opening ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["benoit", "olga", "marta"])
def test_only_who_steers_opens_a_room(held: Database, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        by(held, key, lambda s: open_room(s, REF))
    assert refused.value.key in {"forbidden", "not_found"}


@pytest.mark.parametrize(
    ("state", "opens"),
    [("proposed", False), ("confirmed", True), ("held", True), ("closed", True), ("cancelled", False)],
)
def test_a_room_opens_from_the_confirmed_state_on(sqlite_database: Database, state: str, opens: bool) -> None:
    with sqlite_database.system_session("tell a meeting in a test", "write") as session:
        world.add_meeting(session, REF, mechanism="M01", state=state, reason="x", starts_on=DAY)
        session.commit()
    if opens:
        opened(sqlite_database)
        assert seen(sqlite_database, "sam").is_open
    else:
        with pytest.raises(Refusal) as refused:
            opened(sqlite_database)
        assert refused.value.key == "room_not_yet"


def test_notes_are_taken_afterwards_as_well_as_live(held: Database) -> None:
    opened(held, afterwards=True)
    noted(held, "benoit", 2, conclusion("Agreed afterwards."))
    view = seen(held, "ana")
    assert not view.is_open
    assert [entry.words for entry in view.items[1].entries] == ["Agreed afterwards."]
    with pytest.raises(Refusal) as refused:
        step(held, "next")
    assert refused.value.key == "room_closed"


# Taking items -------------------------------------------------------------------------------------


def test_items_are_taken_one_after_the_other_and_timed(held: Database, clock: Clock) -> None:
    opened(held)
    step(held, "next")
    clock.forward(minutes=12)
    view = seen(held, "benoit")
    assert (view.current.number, view.running.used_minutes, view.running.left_minutes) == ("1", 12, -2)
    assert view.behind_minutes == 2
    assert [line.expected.starts_at - held.clock() for line in view.coming] == [
        dt.timedelta(), dt.timedelta(minutes=25),
    ]  # fmt: skip
    assert [column.zone_name for column in view.columns] == ["America/New_York", "America/Mexico_City"]
    step(held, "next")
    clock.forward(minutes=5)
    step(held, "back")
    clock.forward(minutes=3)
    step(held, "pause")
    view = seen(held, "benoit")
    assert view.current is None
    assert [line.used_minutes for line in view.items] == [15, 5, 0]
    step(held, "start", 2)
    step(held, "next")
    assert seen(held, "benoit").current.number == "3"
    with pytest.raises(Refusal) as refused:
        step(held, "next")
    assert refused.value.key == "no_next_item"


def test_of_two_chairs_the_slower_one_moves_nothing(held: Database) -> None:
    opened(held)
    version = seen(held, "carol").room.version
    by(held, "carol", lambda s: take_item(s, REF, "next", version=version))
    with pytest.raises(StaleVersion):
        by(held, "ana", lambda s: take_item(s, REF, "next", version=version))
    by(held, "ana", lambda s: take_item(s, REF, "start", item_id(1), version=version))  # it is taken already
    assert seen(held, "ana").current.number == "1"


def test_a_note_does_not_make_the_chairs_page_stale(held: Database) -> None:
    opened(held)
    version = seen(held, "carol").room.version
    noted(held, "benoit", 1, conclusion("One"))
    by(held, "carol", lambda s: take_item(s, REF, "next", version=version))


def test_an_item_that_is_not_on_the_agenda_is_not_there(held: Database) -> None:
    opened(held)
    for wrong in (9, 5):
        with pytest.raises(NotFound):
            step(held, "start", wrong)


def test_ending_the_meeting_ends_every_turn(held: Database) -> None:
    opened(held)
    step(held, "next")
    by(held, "ana", lambda s: take_apart(s, REF, item_id(9), starts=True))
    version = seen(held, "isabelle").room.version
    by(held, "isabelle", lambda s: close_room(s, REF, version=version))
    with held.system_session("read the turns in a test") as session:
        assert all(turn.ended_at for turn in session.execute(select(ItemTaken)).scalars())
        assert len(list(session.execute(select(ItemTaken)).scalars())) == 2


# Items of some of the parties ---------------------------------------------------------------------


def test_an_item_apart_is_taken_and_noted_where_the_others_see_nothing(held: Database) -> None:
    opened(held)
    before = {key: beat(held, key) for key in ("benoit", "ana", "erin", "sam")}
    by(held, "ana", lambda s: take_apart(s, REF, item_id(9), starts=True))
    noted(held, "daniel", 9, conclusion("Between two."))
    moved = {key for key, was in before.items() if beat(held, key) != was}
    assert moved == {"ana", "erin"}
    for key in ("benoit", "sam"):
        view = seen(held, key)
        assert (view.apart, view.current, [line.entries for line in view.items]) == ((), None, [(), (), ()])
    view = seen(held, "erin")
    assert [(line.number, line.is_current, len(line.entries)) for line in view.apart] == [("MXUS-1", True, 1)]
    with pytest.raises(NotFound):
        by(held, "isabelle", lambda s: take_apart(s, REF, item_id(9), starts=False))
    with pytest.raises(NotFound):
        noted(held, "benoit", 9, conclusion("From outside."))


# Notes --------------------------------------------------------------------------------------------


def test_what_is_sent_twice_is_there_once(held: Database) -> None:
    opened(held)
    sent = uuid.uuid4()
    first = noted(held, "benoit", 1, conclusion("One"), sent)
    assert noted(held, "benoit", 1, conclusion("One"), sent) == first
    assert noted(held, "benoit", 1, conclusion("One and a half"), sent) == first  # its writer goes on
    assert noted(held, "erin", 1, conclusion("Two"), sent) != first  # somebody else's id is somebody else's
    assert [entry.words for entry in seen(held, "sam").items[0].entries] == ["One and a half", "Two"]


def test_two_on_one_entry_both_see_both(held: Database) -> None:
    opened(held)
    entry = noted(held, "benoit", 1, conclusion("One"))
    by(held, "erin", lambda s: change_entry(s, REF, entry, conclusion("Erin's"), version=1))
    with pytest.raises(StaleVersion) as raced:
        by(held, "benoit", lambda s: change_entry(s, REF, entry, conclusion("Benoît's"), version=1))
    assert (raced.value.yours["words"], raced.value.theirs["words"]) == ("Benoît's", "Erin's")
    by(held, "benoit", lambda s: change_entry(s, REF, entry, conclusion("Erin's"), version=1))  # the same is no race
    by(held, "benoit", lambda s: change_entry(s, REF, entry, conclusion("Both"), version=2))
    assert [each.words for each in seen(held, "sam").items[0].entries] == ["Both"]


def test_a_note_is_removed_and_put_back(held: Database) -> None:
    opened(held)
    entry = noted(held, "benoit", 1, conclusion("One"))
    by(held, "erin", lambda s: remove_entry(s, REF, entry))
    assert (seen(held, "sam").items[0].entries, len(seen(held, "sam").items[0].removed_entries)) == ((), 1)
    with pytest.raises(StaleVersion):  # who typed on meanwhile learns of it
        by(held, "benoit", lambda s: change_entry(s, REF, entry, conclusion("On"), version=1))
    by(held, "erin", lambda s: restore_entry(s, REF, entry))
    assert len(seen(held, "sam").items[0].entries) == 1


def test_notes_need_a_room(held: Database) -> None:
    with pytest.raises(Refusal) as refused:
        noted(held, "benoit", 1, conclusion("One"))
    assert refused.value.key == "no_room"


def test_the_beat_moves_with_what_others_see_and_with_nothing_else(held: Database, clock: Clock) -> None:
    opened(held)
    first = beat(held, "sam")
    assert beat(held, "sam") == first
    noted(held, "benoit", 1, conclusion("One"))
    second = beat(held, "sam")
    step(held, "next")
    third = beat(held, "sam")
    clock.forward(minutes=1)
    assert len({first, second, third, beat(held, "sam"), beat(held, "ana")}) == 5


# Non-attribution ----------------------------------------------------------------------------------

SAID = EntryWords("point", "Asked for more.", "en", "MX", "Ana Robles")


def test_who_spoke_is_erased_and_never_stored_again(held: Database) -> None:
    opened(held)
    noted(held, "benoit", 1, SAID)
    noted(held, "daniel", 9, SAID)  # also where those who ask for it see nothing
    by(held, "isabelle", lambda s: stop_attributing(s, REF))
    noted(held, "benoit", 2, SAID)
    with held.system_session("read the speakers in a test") as session:
        rows = list(session.execute(select(MinuteEntry)).scalars())
        assert [(row.speaker, row.speaker_party) for row in rows] == [(None, None)] * 3
        meeting = session.get_one(Room, session.execute(select(Room.id)).scalar_one()).meeting_id
    with held.read_session(world.viewer("olga")) as session:
        assert not is_attributed(session, meeting)
    with pytest.raises(Refusal) as refused:
        by(held, "carol", lambda s: attribute_again(s, REF))
    assert refused.value.key == "stays_unattributed"


def test_what_nobody_spoke_under_can_be_taken_back(held: Database) -> None:
    opened(held, attributed=False)
    by(held, "carol", lambda s: attribute_again(s, REF))
    assert seen(held, "sam").is_attributed


def test_the_list_of_participants_names_nobody(held: Database) -> None:
    from tests.convening_rows import add_convening_rows

    with held.system_session("put people on a roster in a test", "write") as session:
        add_convening_rows(session, find_meeting(session, REF), "CAMXUS", "carol")
        session.commit()
    opened(held)
    with held.read_session(world.viewer("ana")) as session:
        assert any(each.people for each in participants_paper(session, REF, "en").parties)
    by(held, "carol", lambda s: stop_attributing(s, REF))
    with held.read_session(world.viewer("ana")) as session:
        paper = participants_paper(session, REF, "en")
    assert [(each.heading, each.people) for each in paper.parties] == [
        ("Canada", ()), ("Mexico", ()), ("United States", ()),
    ]  # fmt: skip
    assert paper.labels["nobody"] == "Not for attribution: participants are not named."


# Minutes, actions, practices ----------------------------------------------------------------------


def paragraphs_of(database: Database, key: str, reference: str) -> list[tuple[str, str, uuid.UUID | None]]:
    with database.read_session(world.viewer(key)) as session:
        text = session.execute(select(AgreedText).where(AgreedText.reference == reference)).scalar_one()
        return [(each.kind, each.markdown("en"), each.item_id) for each in whole_text(session, text).paragraphs]


def drafted(database: Database, key: str, **changed: Any) -> str:
    found = by(database, key, lambda s: draft_minutes(s, find_meeting(s, REF), **changed).reference)
    return str(found)


def test_what_was_captured_becomes_the_draft_minutes_once(held: Database) -> None:
    opened(held)
    noted(held, "benoit", 2, conclusion("They *agree* on [[May]]."))
    noted(held, "benoit", 1, conclusion("1. Adopted", kind="decision"))
    action = conclusion("Send the list", kind="action", owed_by=("MX", "US"), due_on=dt.date(2027, 1, 15))
    noted(held, "benoit", 2, action)
    noted(held, "benoit", 2, SAID)
    noted(held, "daniel", 9, conclusion("Between two."))
    reference = drafted(held, "carol")
    assert reference == f"{REF}-T1"
    assert paragraphs_of(held, "sam", reference) == [
        ("heading", r"1\. Item 1", item_id(1)),
        ("paragraph", r"1\. Adopted", item_id(1)),
        ("heading", r"2\. Item 2", item_id(2)),
        ("paragraph", r"They \*agree\* on \[\[May\]\].", item_id(2)),
        ("paragraph", "Send the list (Mexico and United States, by 15 January 2027)", item_id(2)),
    ]
    with pytest.raises(Refusal) as refused:
        drafted(held, "ana")
    assert refused.value.key == "minutes_exist"


def test_what_is_captured_later_is_added_under_its_item(held: Database) -> None:
    opened(held)
    noted(held, "benoit", 1, conclusion("First."))
    noted(held, "benoit", 3, conclusion("Last."))
    reference = drafted(held, "carol")
    noted(held, "benoit", 1, conclusion("Second."))
    noted(held, "benoit", 2, SAID)
    with held.read_session(world.viewer("sam")) as session:
        waiting = minutes_of(session, find_meeting(session, REF))
    assert [[entry.words for entry in each.waiting] for each in waiting] == [["Second.", "Asked for more."]]
    by(held, "ana", lambda s: add_to_minutes(s, find_meeting(s, REF), with_points=True))
    assert [words for kind, words, _ in paragraphs_of(held, "sam", reference)] == [
        r"1\. Item 1", "First.", "Second.", r"3\. Item 3", "Last.", r"2\. Item 2", "Mexico: Asked for more.",
    ]  # fmt: skip
    with pytest.raises(Refusal) as refused:
        by(held, "ana", lambda s: add_to_minutes(s, find_meeting(s, REF)))
    assert refused.value.key == "nothing_captured"


def test_the_minutes_of_items_apart_are_a_text_of_their_parties(held: Database) -> None:
    opened(held)
    noted(held, "daniel", 9, conclusion("Between two."))
    with pytest.raises(Refusal):
        drafted(held, "carol")  # nothing of all of them
    reference = drafted(held, "ana", parties=("US", "MX"))
    assert reference == f"{REF}-MXUS-T1"
    assert [words for _, words, _ in paragraphs_of(held, "erin", reference)] == [r"1\. Apart", "Between two."]
    with held.read_session(world.viewer("isabelle")) as session:
        assert session.execute(select(AgreedText.id)).first() is None
        assert session.execute(select(TextParagraph.id)).first() is None
    assert drafted_number(held) == f"{REF}-T1"


def drafted_number(database: Database) -> str:
    noted(database, "benoit", 1, conclusion("All."))
    return drafted(database, "carol")


def test_a_captured_action_becomes_an_action_of_the_record_once(held: Database) -> None:
    opened(held)
    said = conclusion("Send the list", kind="action", owed_by=("MX",), due_on=dt.date(2027, 1, 15))
    entry = noted(held, "benoit", 2, said)

    def record(session: GuardedSession) -> uuid.UUID:
        due = dt.date(2027, 1, 15)
        return record_entry_action(session, REF, entry, title="Send the list", owed_by=["MX"], due_on=due).id

    first = by(held, "ana", record)
    assert by(held, "erin", record) == first
    with held.system_session("read the action in a test") as session:
        action = session.get_one(Action, first)
        assert (action.reference, action.agenda_item_id) == (f"{REF}-A01", item_id(2))
        legs = session.execute(select(Leg).where(Leg.action_id == action.id)).scalars()
        assert [(leg.party_code, leg.due_on) for leg in legs] == [("MX", dt.date(2027, 1, 15))]
    other = noted(held, "benoit", 2, conclusion("No action"))
    with pytest.raises(Refusal) as refused:
        by(held, "ana", lambda s: record_entry_action(s, REF, other, title="x", owed_by=["MX"], due_on=None))
    assert refused.value.key == "no_action_captured"


WORDS = PracticeWords({"en": "Joint exercise"}, {"en": "They train together."}, "en", ("MX",))


def test_what_a_meeting_found_is_in_the_register_of_its_parties(held: Database) -> None:
    def record(session: GuardedSession) -> tuple[uuid.UUID, uuid.UUID]:
        mine = practices.record_practice(session, REF, WORDS, item_id(9))
        return practices.record_practice(session, REF, WORDS).id, mine.id

    shared, apart = by(held, "ana", record)
    with held.read_session(world.viewer("isabelle")) as session:
        assert [line.practice.id for line in practices.practices(session)] == [shared]
        with pytest.raises(NotFound):
            practices.find_practice(session, apart)
    changed = PracticeWords({"en": "Joint training"}, {"en": "They train."}, "en", ("MX", "CA"))
    by(held, "benoit", lambda s: practices.change_practice(s, shared, changed, version=1))
    with pytest.raises(StaleVersion):
        by(held, "erin", lambda s: practices.change_practice(s, shared, WORDS, version=1))
    by(held, "erin", lambda s: practices.set_practice_removed(s, shared, removed=True))
    with held.read_session(world.viewer("isabelle")) as session:
        assert practices.practices(session) == ()
        assert practices.find_practice(session, shared).practice.title["en"] == "Joint training"
    by(held, "erin", lambda s: practices.set_practice_removed(s, shared, removed=False))
    with held.read_session(world.viewer("isabelle")) as session:
        assert len(practices.practices(session)) == 1


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (PracticeWords({"en": ""}, {"en": "x"}, "en", ()), "needs_title"),
        (PracticeWords({"en": "x"}, {"en": ""}, "en", ()), "required"),
        (PracticeWords({"en": "x"}, {"en": "x"}, "en", ("BR",)), "unknown_party"),
    ],
)
def test_what_is_no_practice_is_refused(held: Database, said: PracticeWords, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        by(held, "ana", lambda s: practices.record_practice(s, REF, said))
    assert refused.value.key == key


def test_a_meeting_is_held_on_each_engine(database: Database, clock: Clock) -> None:
    tell(database)
    opened(database)
    before = beat(database, "isabelle")
    by(database, "ana", lambda s: take_apart(s, REF, item_id(9), starts=True))
    noted(database, "daniel", 9, SAID)
    assert beat(database, "isabelle") == before
    step(database, "next")
    clock.forward(minutes=5)
    sent = uuid.uuid4()
    assert noted(database, "benoit", 1, SAID, sent) == noted(database, "benoit", 1, SAID, sent)
    noted(database, "benoit", 1, conclusion("Agreed."))
    by(database, "isabelle", lambda s: stop_attributing(s, REF))
    assert [entry.speaker for entry in seen(database, "ana").apart[0].entries] == [None]
    assert drafted(database, "carol") == f"{REF}-T1"
    version = seen(database, "isabelle").room.version
    by(database, "isabelle", lambda s: close_room(s, REF, version=version))
    assert not seen(database, "ana").apart[0].is_current
