"""Reading action items: what is owed, the register and its filters, and who sees what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import event

from app.db import Database, GuardedSession
from app.domain.errors import NotFound
from app.models import Meeting
from app.services.action_lines import today_of
from app.services.actions import (
    action_view,
    open_actions_of_mechanism,
    owed_by,
)
from app.services.meeting_actions import actions_of_meeting, last_meeting_before
from app.services.meetings import find_meeting
from tests import world

TODAY = dt.date(2026, 11, 22)
NARROW = "UNC-2026-1-MXUS-A01"


def legs(**changed: dict[str, object]) -> dict[str, dict[str, object]]:
    return changed


@pytest.fixture
def kept(database: Database) -> Database:
    """Return a database with actions of a meeting of all three, one among two of them, and one of none."""
    with database.system_session("prepare actions", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        late = dt.date(2026, 11, 13)
        world.add_action(
            session, "UNC-2026-1-A01", meeting=meeting,
            legs=legs(CA={"state": "done"}, MX={"due_on": late}, US={"due_on": late, "is_accepted": False}),
        )  # fmt: skip
        world.add_action(session, "UNC-2026-1-A02", ("CA", "MX"), meeting=meeting, legs=legs(MX={"due_on": None}))
        world.add_action(
            session, "UNC-2026-1-A03", meeting=meeting, legs={code: {"state": "verified"} for code in world.THREE}
        )
        narrow = world.add_action(
            session, NARROW, ("MX", "US"), title={"en": world.canary("MXUS", "action"), "original": "en"},
            legs=legs(MX={"due_on": dt.date(2026, 12, 1), "state": "under_way"}),
        )  # fmt: skip
        narrow.meeting_id, narrow.mechanism_id = meeting.id, meeting.mechanism_id
        world.add_action(
            session, "ACT-2026-CAMX-A01", ("CA", "MX"), legs=legs(CA={"state": "blocked", "reason": "no funds"})
        )
        session.commit()
    return database


def test_what_a_party_owes_by_due_day_those_without_one_last(kept: Database) -> None:
    with kept.read_session(world.viewer("ana")) as session:
        owed = owed_by(session, "MX", TODAY)
    assert [(each.action.reference, each.leg.due_on, each.is_overdue) for each in owed] == [
        ("UNC-2026-1-A01", dt.date(2026, 11, 13), True),
        (NARROW, dt.date(2026, 12, 1), False),
        ("ACT-2026-CAMX-A01", dt.date(2026, 12, 15), False),
        ("UNC-2026-1-A02", None, False),
    ]


def test_what_others_wrote_down_for_a_party_is_owed_but_never_late(kept: Database) -> None:
    with kept.read_session(world.viewer("carol")) as session:
        owed = owed_by(session, "US", TODAY)
    assert [(each.action.reference, each.is_overdue, each.leg.is_accepted) for each in owed] == [
        ("UNC-2026-1-A01", False, False),
        (NARROW, False, True),
    ]


def test_another_partys_debts_are_seen_only_where_its_actions_are(kept: Database) -> None:
    with kept.read_session(world.viewer("benoit")) as session:
        assert [each.action.reference for each in owed_by(session, "US", TODAY)] == ["UNC-2026-1-A01"]
    with kept.read_session(world.viewer("olga")) as session:
        assert owed_by(session, "MX", TODAY) == []


def test_a_leg_is_late_by_the_calendar_of_its_own_capital(kept: Database, clock: object) -> None:
    """At 05:30 UTC on 14 December it is the 14th in Ottawa and still the 13th in Mexico City."""
    clock.now = dt.datetime(2026, 12, 14, 5, 30, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    with kept.system_session("make both due on the 13th", "write") as session:
        world.add_action(
            session, "ACT-2026-CAMX-A02", ("CA", "MX"),
            legs=legs(CA={"due_on": dt.date(2026, 12, 13)}, MX={"due_on": dt.date(2026, 12, 13)}),
        )  # fmt: skip
        session.commit()
    with kept.read_session(world.viewer("ana")) as session:
        line = action_view(session, "ACT-2026-CAMX-A02").line
        assert {code: leg.shown for code, leg in line.legs.items()} == {"CA": "overdue", "MX": "open"}
        assert (today_of(session, "CA"), today_of(session, "MX")) == (dt.date(2026, 12, 14), dt.date(2026, 12, 13))


def test_an_action_says_how_each_party_stands(kept: Database) -> None:
    with kept.read_session(world.viewer("carol")) as session:
        whole = action_view(session, "unc-2026-1-a02").line
        narrow = action_view(session, NARROW).line
    assert [whole.cell(code) for code in world.THREE] == ["open", "open", "owes_nothing"]
    assert [narrow.cell(code) for code in world.THREE] == ["not_at_the_table", "under_way", "open"]
    assert (whole.parties, whole.has_secretariat, whole.meeting_reference) == (("CA", "MX", "US"), True, "UNC-2026-1")
    assert (narrow.parties, narrow.has_secretariat) == (("MX", "US"), False)
    assert (whole.state, narrow.state) == ("open", "under_way")


@pytest.mark.parametrize("key", ["benoit", "isabelle", "adaeze", "sam", "olga", "colin"])
def test_what_is_of_two_is_not_there_for_others(kept: Database, key: str) -> None:
    with kept.read_session(world.viewer(key)) as session:
        for reference in (NARROW, "UNC-2026-1-MXUS-A99", "nonsense"):
            with pytest.raises(NotFound):
                action_view(session, reference)


def test_the_lists_of_a_meeting_and_of_a_mechanism(kept: Database) -> None:
    seen: dict[str, tuple[list[str], list[str]]] = {}
    for key in ("ana", "benoit"):
        with kept.read_session(world.viewer(key)) as session:
            meeting = find_meeting(session, "UNC-2026-1")
            assert meeting.mechanism_id is not None
            of_meeting = [line.action.reference for line in actions_of_meeting(session, meeting)]
            seen[key] = (
                of_meeting,
                [line.action.reference for line in open_actions_of_mechanism(session, meeting.mechanism_id)],
            )
    assert seen["benoit"] == (
        ["UNC-2026-1-A01", "UNC-2026-1-A02", "UNC-2026-1-A03"],
        ["UNC-2026-1-A01", "UNC-2026-1-A02"],
    )
    assert seen["ana"] == (
        ["UNC-2026-1-A01", "UNC-2026-1-A02", "UNC-2026-1-A03", NARROW],
        ["UNC-2026-1-A01", NARROW, "UNC-2026-1-A02"],
    )


def test_an_ad_hoc_meeting_goes_back_to_none(kept: Database) -> None:
    with kept.system_session("add ad hoc meetings", "write") as session:
        world.add_meeting(session, "ADH-2026-CAMX-1", ("CA", "MX"), starts_on=dt.date(2026, 6, 1))
        world.add_meeting(session, "ADH-2026-CAMX-2", ("CA", "MX"))
        session.commit()
    with kept.read_session(world.viewer("ana")) as session:
        assert last_meeting_before(session, find_meeting(session, "ADH-2026-CAMX-2")) is None


# Statements -----------------------------------------------------------------------------------------

READS: dict[str, Callable[[GuardedSession], object]] = {
    "owed": lambda session: owed_by(session, "MX", TODAY),
    "meeting": lambda session: actions_of_meeting(
        session, session.get_one(Meeting, world.identity("meeting", "UNC-2026-1"))
    ),
    "mechanism": lambda session: open_actions_of_mechanism(session, world.mechanism_of(session, "M01").id),
}


@pytest.mark.parametrize("name", READS)
def test_as_many_statements_for_sixty_actions_as_for_three(kept: Database, name: str) -> None:
    few = statements(kept, READS[name])
    with kept.system_session("add many actions", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", "UNC-2026-1"))
        for number in range(4, 64):
            world.add_action(session, f"UNC-2026-1-A{number:02d}", meeting=meeting)
        session.commit()
    assert statements(kept, READS[name]) == few <= 10


def statements(database: Database, read: Callable[[GuardedSession], object]) -> int:
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT") and "set_config" not in statement:
            found.append(statement)

    with database.read_session(world.viewer("ana")) as session:
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            read(session)
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
    return len(found)
