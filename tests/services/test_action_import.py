"""Importing a table: each row's fate, all or nothing, what others see of it, and undoing the whole."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.domain.action_import import BroughtTable
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Viewer
from app.models import Action, ActionBatch, Leg, Meeting
from app.services.action_acts import LegChange, update_leg
from app.services.action_import_plan import ImportPlan, plan_import
from app.services.action_import_undo import find_import_batch, plan_undo, undo_import
from app.services.action_import_write import confirm_import
from app.services.action_imports import find_import, keep_import, read_pasted
from app.services.actions import find_action
from app.services.identity import viewer_of_person
from app.services.updates import add_note
from tests import world

HEAD = "No\tAction\tOwners\tDue\tStatus\tMechanism\tMeeting date\tNote\tSeen by\tMeeting\n"
UN = "un-coordination"
DUE = dt.date(2027, 3, 4)


def viewer(database: Database, who: str) -> Viewer:
    """Return a viewer with the hats that the database gives them."""
    found = viewer_of_person(database, world.CAST[who].id, world.NOW)
    assert found
    return found


def table_of(rows: str, **choices: Any) -> BroughtTable:
    table = read_pasted(HEAD + rows, "en")
    return replace(table, choices=replace(table.choices, **choices))


def plan_for(database: Database, who: str, rows: str, **choices: Any) -> ImportPlan:
    with database.read_session(viewer(database, who)) as session:
        return plan_import(session, table_of(rows, **choices))


def keys(plan: ImportPlan) -> list[list[str]]:
    return [[each.key for each in fate.problems] for fate in plan.fates]


def imported(database: Database, who: str, rows: str, **choices: Any) -> uuid.UUID:
    with database.write_session(viewer(database, who)) as session:
        row = keep_import(session, table_of(rows, **choices))
        digest = plan_import(session, table_of(rows, **choices)).digest
        batch = confirm_import(session, row.id, version=row.version, digest=digest, uid_host="entente.test")
        session.commit()
        return batch.id


def count(database: Database, model: Any) -> int:
    with database.system_session("count rows") as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def seen_by(database: Database, who: str, batch_id: uuid.UUID) -> list[str]:
    with database.read_session(viewer(database, who)) as session:
        found = session.execute(select(Action).where(Action.batch_id == batch_id).order_by(Action.reference)).scalars()
        return [action.reference for action in found]


def test_rows_become_actions_with_legs_that_are_recorded_not_accepted(database: Database) -> None:
    batch = imported(
        database, "ana", f"17\tShare\tMX/US\t2027-03-04\tdone\t\t\tTold\t\t\n18\tMeet\tAna (SRE)\t\t\t{UN}\t\t\tall\t\n"
    )
    assert seen_by(database, "ana", batch) == ["ACT-2026-CAMXUS-A01", "ACT-2026-MXUS-A01"]
    assert seen_by(database, "benoit", batch) == ["ACT-2026-CAMXUS-A01"]
    with database.read_session(world.viewer("carol")) as session:
        action = find_action(session, "ACT-2026-MXUS-A01")
        assert [(leg.party_code, leg.state, leg.is_accepted) for leg in action.legs] == [
            ("MX", "done", True), ("US", "done", False),
        ]  # fmt: skip
        assert (action.state, action.created_by_party) == ("done", "MX")
        assert action.body == {"en": "Number in the table that it came from: 17", "original": "en"}
        assert [note.text for note in action.notes] == ["Told"]
        with pytest.raises(NotFound):
            plan_undo(session, find_batch(session, batch))


def find_batch(session: Any, batch_id: uuid.UUID) -> ActionBatch:
    return find_import_batch(session, batch_id)


@pytest.mark.parametrize(
    ("who", "row", "key"),
    [
        ("ana", "1\tA\tUS\t\t\t\t\t\t\t", "needs_own_party"),
        ("sam", "1\tA\tMX/US/CA\t\t\t\t\t\t\t", "not_appointed_by_these"),
        ("sam", f"1\tA\tMX/US\t\t\t{UN}\t\t\t\t", "not_appointed_by_these"),
        ("ana", "1\tA\t\t\t\t\t\t\t\t", "needs_leg"),
        ("ana", "1\tA\tMX\t\t\tno such\t\t\t\t", "unknown_mechanism_named"),
        ("ana", "1\tA\tMX\t\t\t\t\t\t\tUNC-2026-99", "unknown_meeting_named"),
        ("ana", f"1\tA\tMX\t\t\t{UN}\t2025-06-12\t\t\t", "meeting_of_one"),
        ("ana", f"1\tA\tMX/US\t\t\t{UN}\t2027-06-12\t\t\t", "meeting_not_past"),
        ("ana", "1\tA\tMX/US\t\t\t\t2025-06-12\t\t\t", "meeting_needs_more"),
    ],
)
def test_each_row_is_held_to_what_may_be_done_to_one(sqlite_database: Database, who: str, row: str, key: str) -> None:
    assert key in keys(plan_for(sqlite_database, who, row + "\n"))[0]


def test_a_secretariat_imports_for_the_parties_that_appointed_it_alone(sqlite_database: Database) -> None:
    plan = plan_for(sqlite_database, "sam", f"1\tA\tMX/US\t\t\t{UN}\t\t\tall\t\n")
    assert keys(plan) == [[]]
    batch = imported(sqlite_database, "sam", f"1\tA\tMX/US\t\t\t{UN}\t\t\tall\t\n")
    assert seen_by(sqlite_database, "sam", batch) == ["ACT-2026-CAMXUS-A01"]
    with sqlite_database.system_session("look at legs") as session:
        legs = session.execute(select(Leg).join(Action).where(Action.batch_id == batch)).scalars().all()
        assert [leg.is_accepted for leg in legs] == [False, False]


def test_a_past_meeting_is_recorded_once_for_all_of_its_rows(database: Database) -> None:
    rows = f"1\tA\tMX/US\t\t\t{UN}\t2025-06-12\t\t\t\n2\tB\tUS\t\t\t{UN}\t2025-06-12\t\tMX\t\n"
    before = count(database, Meeting)
    batch = imported(database, "ana", rows)
    assert count(database, Meeting) == before + 1
    assert seen_by(database, "carol", batch) == ["UNC-2025-MXUS-1-A01", "UNC-2025-MXUS-1-A02"]
    assert seen_by(database, "benoit", batch) == []
    assert plan_for(database, "ana", rows).meetings == {}  # it is found now


def test_all_or_nothing(sqlite_database: Database) -> None:
    rows = "1\tA\tMX\t\t\t\t\t\t\t\n1\tB\tNobody\t3/4/2027\t\t\t\t\t\t\n"
    plan = plan_for(sqlite_database, "ana", rows)
    assert keys(plan) == [[], ["unknown_owner", "ambiguous_date", "reference_twice"]]
    before = count(sqlite_database, Action)
    with pytest.raises(Refusal, match="rows_refused"):
        imported(sqlite_database, "ana", rows)
    assert (count(sqlite_database, Action), count(sqlite_database, ActionBatch)) == (before, 0)
    imported(sqlite_database, "ana", rows, leaves_out=True)
    assert count(sqlite_database, Action) == before + 1


def test_what_was_not_looked_at_is_not_written(sqlite_database: Database) -> None:
    with sqlite_database.write_session(world.viewer("ana")) as session:
        row = keep_import(session, table_of("1\tA\tMX\t\t\t\t\t\t\t\n"))
        with pytest.raises(StaleVersion):
            confirm_import(session, row.id, version=row.version, digest="other", uid_host="x")
        session.commit()
    with sqlite_database.read_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        find_import(session, row.id)


def test_an_action_that_changed_since_is_looked_at_again(sqlite_database: Database) -> None:
    imported(sqlite_database, "ana", "1\tA\tMX/US\t2027-03-04\t\t\t\t\t\t\n")
    table = table_of("ACT-2026-MXUS-A01\tA\tMX\t\tdone\t\t\t\t\t\n", joins=True)
    with sqlite_database.write_session(world.viewer("ana")) as session:
        row = keep_import(session, table)
        digest = plan_import(session, table).digest
        update_leg(session, "ACT-2026-MXUS-A01", "MX", LegChange("blocked", "No funds.", due_on=DUE), version=1)
        session.flush()
        with pytest.raises(StaleVersion):
            confirm_import(session, row.id, version=row.version, digest=digest, uid_host="x")


def test_a_meeting_is_past_when_its_day_is_over_in_the_capital(sqlite_database: Database) -> None:
    """At two in the morning of the 23rd by UTC it is still the 22nd in Mexico City."""
    table = table_of(f"1\tA\tMX/US\t\t\t{UN}\t2026-11-22\t\t\t\n2\tB\tMX/US\t\t\t{UN}\t2026-11-21\t\t\t\n")
    with sqlite_database.read_session(viewer(sqlite_database, "ana")) as session:
        session.now = session.now.replace(day=23, hour=2)
        assert keys(plan_import(session, table)) == [["meeting_not_past"], []]


def test_an_existing_reference_is_joined_only_by_choice_and_one_unseen_is_a_number(sqlite_database: Database) -> None:
    imported(sqlite_database, "ana", "1\tA\tMX/US\t\t\t\t\t\t\t\n")
    again = "act-2026-mxus-a01\tA\tMX/US\t2027-03-04\tin progress\t\t\tNew\t\t\n"
    assert keys(plan_for(sqlite_database, "ana", again)) == [["reference_exists"]]
    assert keys(plan_for(sqlite_database, "ana", again, joins=True)) == [["not_your_leg"]]
    assert plan_for(sqlite_database, "benoit", again.replace("MX/US", "CA")).fates[0].own_number == "act-2026-mxus-a01"
    own = again.replace("MX/US", "MX")
    batch = imported(sqlite_database, "ana", own, joins=True)
    assert leg_of(sqlite_database, "MX") == ("under_way", "2027-03-04")
    assert plan_for(sqlite_database, "ana", own, joins=True).fates[0].fate == "same"
    with sqlite_database.write_session(world.viewer("ana")) as session:
        undo_import(session, batch, also_written_on=False)
        session.commit()
    assert leg_of(sqlite_database, "MX") == ("open", "None")


def leg_of(database: Database, party: str) -> tuple[str, str]:
    with database.read_session(world.viewer("ana")) as session:
        leg = next(leg for leg in find_action(session, "ACT-2026-MXUS-A01").legs if leg.party_code == party)
        return leg.state, str(leg.due_on)


def test_undoing_withdraws_all_but_what_another_party_accepted_and_names_what_others_wrote(database: Database) -> None:
    batch = imported(
        database, "ana", "1\tA\tMX/US\t\t\t\t\t\t\t\n2\tB\tMX/US\t\t\t\t\t\t\t\n3\tC\tMX/US\t\t\t\t\t\t\t\n"
    )
    with database.write_session(world.viewer("carol")) as session:
        update_leg(session, "ACT-2026-MXUS-A01", "US", LegChange("under_way"), version=1)
        session.now = session.now.replace(hour=23)
        add_note(session, "ACT-2026-MXUS-A02", "We look into it.", "en")
        session.commit()
    with database.write_session(world.viewer("diego")) as session:  # of the same delegation
        with pytest.raises(Refusal, match="written_on_since"):
            undo_import(session, batch, also_written_on=False)
        plan = undo_import(session, batch, also_written_on=True)
        assert [action.reference for action in plan.kept_actions] == ["ACT-2026-MXUS-A01"]
        assert [action.reference for action in plan.written_on] == ["ACT-2026-MXUS-A02"]
        session.commit()
    with database.read_session(world.viewer("carol")) as session:
        ended = [find_action(session, f"ACT-2026-MXUS-A0{number}").ended_as for number in (1, 2, 3)]
    assert ended == [None, "withdrawn", "withdrawn"]
    with database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal, match="not_in_state"):
        undo_import(session, batch, also_written_on=True)
