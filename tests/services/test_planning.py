"""The planning record: the troika and its secretariat write and read it; to every other party it is not there."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.cadence import MeetingFacts
from app.domain.errors import NotFound, Refusal
from app.domain.planning import cycle_of
from app.models import PlanningNote
from app.services.hosting import hosting_view
from app.services.planning import PlanningView, planning_view, reads_planning, write_note
from tests import world
from tests.conftest import Clock
from tests.services.hosting_world import DIALOGUE, held, make_four, viewer

THREE = world.THREE


def note(
    database: Database,
    by: str,
    text: str = "Rooms at the ministry",
    *,
    code: str = DIALOGUE,
    of: uuid.UUID | None = None,
) -> uuid.UUID:
    """Let somebody write a note."""
    with database.write_session(viewer(database, by)) as session:
        written = write_note(session, code, text, "en", of)
        session.commit()
        return written.id


def record(database: Database, key: str, code: str = DIALOGUE) -> list[tuple[str, str, list[str]]]:
    """Return the records that somebody reads: cycle, readers, texts; nothing where the page is not there."""
    with database.read_session(viewer(database, key)) as session:
        try:
            view = planning_view(session, code)
        except NotFound:
            return []
        return [
            (each.cycle, " ".join(sorted(each.parties)), [line.note.text for line in each.lines])
            for each in view.records
        ]


def page(database: Database, key: str, code: str = DIALOGUE) -> PlanningView:
    """Return the page as somebody reads it."""
    with database.read_session(viewer(database, key)) as session:
        return planning_view(session, code)


def test_the_troika_of_four_leaves_one_party_out(database: Database) -> None:
    make_four(database)
    held(database, "CA")
    view = page(database, "ana")
    assert (view.troika.past, view.troika.present, view.troika.next) == ("CA", "GT", "MX")
    for key in ("benoit", "diego", "gabriela"):
        note(database, key, f"from {key}")
    own = [("2026", "CA GT MX", ["from gabriela", "from diego", "from benoit"])]
    for key in ("benoit", "ana", "gabriela"):
        found = record(database, key)
        assert [(cycle, who, sorted(texts)) for cycle, who, texts in found] == [
            (cycle, who, sorted(texts)) for cycle, who, texts in own
        ]


@pytest.mark.parametrize("key", ["carol", "daniel", "erin", "sam", "olga", "frank"])
def test_who_is_outside_finds_nothing(database: Database, key: str) -> None:
    """Sam serves by appointment of three of the four parties, which is not exactly the mechanism's."""
    make_four(database)
    held(database, "CA")
    note(database, "benoit")
    assert record(database, key) == []
    with database.write_session(viewer(database, key)) as session, pytest.raises(NotFound):
        write_note(session, DIALOGUE, "let me in", "en")
    with database.read_session(viewer(database, key)) as session:
        assert session.execute(select(PlanningNote)).scalars().all() == []
        if key in {"carol", "daniel", "erin"}:
            assert not reads_planning(session, hosting_view(session, DIALOGUE).state)


def test_a_new_troika_begins_its_own_record(database: Database, clock: Clock) -> None:
    make_four(database)
    held(database, "CA")
    note(database, "benoit", "first cycle")
    clock.forward(days=200)
    held(database, "GT", starts_on=dt.date(2027, 5, 5))
    note(database, "gabriela", "second cycle")
    assert record(database, "ana") == [
        ("2027", "GT MX US", ["second cycle"]),
        ("2026", "CA GT MX", ["first cycle"]),
    ]
    assert record(database, "benoit") == [("2026", "CA GT MX", ["first cycle"])]
    assert not page(database, "benoit").may_write
    assert record(database, "erin") == [("2027", "GT MX US", ["second cycle"])]


def test_the_secretariat_of_exactly_the_parties_reads_and_writes(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=THREE)
    first = note(database, "sam", "as secretariat")
    assert record(database, "benoit") == [("2026", "CA MX US", ["as secretariat"])]
    view = page(database, "sam")
    line = view.records[0].lines[0]
    assert (line.note.party_code, line.note.appointment_id, line.may_supersede) == (
        None, world.appointment_id("M02"), True,
    )  # fmt: skip
    assert page(database, "benoit").records[0].lines[0].may_supersede is False
    with pytest.raises(Refusal) as refused:
        note(database, "benoit", "mine now", of=first)
    assert refused.value.key == "forbidden"


def test_a_later_note_supersedes_and_both_stay(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=THREE)
    first = note(database, "ana", "Monday")
    note(database, "diego", "Tuesday", of=first)
    lines = {line.note.text: line for line in page(database, "carol").records[0].lines}
    assert (lines["Monday"].is_superseded, lines["Tuesday"].is_superseded) == (True, False)
    assert lines["Tuesday"].note.supersedes_id == first
    with pytest.raises(Refusal) as refused:
        note(database, "ana", "Wednesday", of=first)
    assert refused.value.key == "not_in_state"


def test_a_note_of_an_earlier_cycle_is_not_superseded_for_other_readers(database: Database) -> None:
    make_four(database)
    held(database, "CA")
    first = note(database, "gabriela")
    held(database, "GT", starts_on=dt.date(2026, 11, 20))
    with pytest.raises(Refusal) as refused:
        note(database, "gabriela", "for others", of=first)
    assert refused.value.key == "another_cycle"


@pytest.mark.parametrize(("text", "key"), [("  ", "required"), ("x" * 10_001, "too_long")])
def test_what_is_no_note(sqlite_database: Database, text: str, key: str) -> None:
    held(sqlite_database, "CA", "US", "MX", "CA", parties=THREE)
    with pytest.raises(Refusal) as refused:
        note(sqlite_database, "ana", text)
    assert refused.value.key == key


def test_without_an_order_nobody_is_of_a_troika(sqlite_database: Database) -> None:
    with sqlite_database.read_session(viewer(sqlite_database, "ana")) as session, pytest.raises(NotFound):
        planning_view(session, "un-coordination")


def test_two_parties_are_their_own_troika(database: Database) -> None:
    """Of two the third role is the first again; Canada, which is none of them, finds nothing."""
    code = "migrant-surge-us-mx"
    with database.system_session("an order of two", "write") as session:
        mechanism = world.mechanism_of(session, "M11")
        hosting = {**mechanism.facts["hosting"], "rotation": ["US", "MX"], "rotation_attested": True}
        mechanism.facts = {**mechanism.facts, "hosting": hosting, "record": []}
        session.commit()
    held(database, "US", ref="M11", parties=("MX", "US"))
    view = page(database, "ana", code)
    assert (view.troika.past, view.troika.present, view.troika.next) == ("US", "MX", "US")
    note(database, "ana", "between two", code=code)
    assert record(database, "daniel", code) == [("2026", "MX US", ["between two"])]
    assert record(database, "benoit", code) == []


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ([], "2026"),
        ([("proposed", "2027-02-01", "CA MX US")], "2027"),
        ([("confirmed", "2027-02-01", "CA MX US"), ("proposed", "2028-02-01", "CA MX US")], "2027"),
        ([("held", "2027-02-01", "CA MX US")], "2026"),
        ([("proposed", "2027-02-01", "MX US")], "2026"),
        ([("confirmed", "2026-11-01", "CA MX US")], "2026"),
    ],
)
def test_the_name_of_a_cycle(meetings: list[tuple[str, str, str]], expected: str) -> None:
    facts = [
        MeetingFacts(f"X-{number}", state, frozenset(parties.split()), dt.date.fromisoformat(day), None)
        for number, (state, day, parties) in enumerate(meetings)
    ]
    assert cycle_of(facts, (), dt.date(2026, 11, 22), parties=THREE) == expected
