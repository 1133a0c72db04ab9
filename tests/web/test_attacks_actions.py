"""Attacks on action items and commitments, by people with accounts and with somebody else's hat.

What others agreed is not there for who is not in it, not even as a number; what is another party's, or for those who
speak for a party, is written by nobody else, whichever way round.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from app.db import Database, GuardedSession
from app.domain.action_import import BroughtTable
from app.domain.action_import_owners import Directory, owners_of
from app.domain.action_kinds import NATIONAL
from app.domain.bulk import BulkChange
from app.domain.carry_over import Choice
from app.domain.errors import Refusal
from app.domain.visibility import Viewer, appointment_key, party_key
from app.models import (
    Action,
    ActionNote,
    Appointment,
    AppointmentMember,
    AuditRecord,
    Base,
    CarryOver,
    Commitment,
    Leg,
    MeetingParty,
)
from app.papers.workbooks import read_book
from app.services.action_acts import LegChange, NewAction, PartyPart, record_action, update_leg
from app.services.action_content import content_of
from app.services.action_edits import content_version, edit_action
from app.services.action_import_plan import ImportPlan, plan_import
from app.services.action_import_undo import undo_import
from app.services.action_import_write import confirm_import
from app.services.action_imports import keep_import, read_pasted
from app.services.action_links import add_link
from app.services.bulk import chosen_lines, fates, make_bulk_change
from app.services.bulk_undo import batch_view, bulk_batches, undo_bulk_change
from app.services.carry_lines import carry_screen
from app.services.carry_over import carry_over, undo_carry_over
from app.services.commitment_acts import NewCommitment, record_commitment
from app.services.commitment_links import link_action
from app.services.commitment_statements import NewStatement, contest_commitment, state_commitment, statement_lines
from app.services.commitments import commitment_line
from app.services.identity import viewer_of_person
from app.services.references import next_number
from app.services.reminder_post import post_reminders
from app.services.reminders import prepare_reminders
from app.services.reports_rows import FIGURES
from app.services.saved_views import NewView, save_view
from app.services.subtasks import Step, add_subtask
from app.services.updates import add_note, correct_note
from tests import world
from tests.conftest import CheckingClient, Clock
from tests.subscribing import feed_of, subscribe

ClientFor = Callable[[str | None], CheckingClient]
OF_THREE, OF_TWO = "ACT-2026-CAMXUS-A01", "ACT-2026-MXUS-A01"
SHARED, MEETING = "UNC-2026-1-A01", "UNC-2026-MXUS-2"
PAIR = world.identity("appointment", "of Mexico and the United States")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Let every test be on SQLite: none of what is tried here differs by engine."""
    return sqlite_database


def wearing(database: Database, who: str, hat: uuid.UUID | None = None) -> Viewer:
    """Return somebody of the cast as they are today, with that hat on."""
    found = viewer_of_person(database, world.CAST[who].id, world.NOW)
    assert found is not None
    return found.wearing(hat) if hat else found


def write(database: Database, make: Callable[[GuardedSession], Any]) -> None:
    """Change the world of a test."""
    with database.system_session("prepare an attack", "write") as session:
        make(session)
        session.commit()


# Counts of what another secretariat's member does not see -----------------------------------------


@pytest.fixture
def two_hats(database: Database) -> Database:
    """Let Sam also serve Mexico and the United States alone, and lend Isabelle of Canada to the joint secretariat."""

    def lend(session: GuardedSession) -> None:
        seen = session.audience({appointment_key(PAIR), party_key("MX"), party_key("US")})
        mechanism = world.mechanism_of(session, "M04")
        session.add(
            Appointment(
                id=PAIR, name={"en": "Office of two"}, mechanism_id=mechanism.id, parties=["MX", "US"],
                starts_on=dt.date(2026, 1, 1), in_force_at=world.NOW, audience_id=seen,
            )
        )  # fmt: skip
        joint = world.appointment_id("M01")
        session.flush()
        of_joint = session.get_one(Appointment, joint).audience_id
        for appointment, key, audience in ((PAIR, "sam", seen), (joint, "isabelle", of_joint)):
            session.add(
                AppointmentMember(
                    appointment_id=appointment, person_id=world.CAST[key].id, starts_on=dt.date(2026, 1, 1),
                    audience_id=audience,
                )
            )  # fmt: skip
        for reference, parties, hat in ((OF_THREE, world.THREE, joint), (OF_TWO, ("MX", "US"), PAIR)):
            action = world.add_action(session, reference, parties)
            keys = {appointment_key(hat), *(party_key(code) for code in parties)}
            action.audience_id = session.audience(keys)
            for leg in session.scalars(select(Leg).where(Leg.action_id == action.id)):
                leg.audience_id = action.audience_id

    write(database, lend)
    return database


def test_a_change_of_many_tells_nobody_how_many_they_do_not_see(two_hats: Database) -> None:
    change = BulkChange("priority", "high")
    with two_hats.write_session(wearing(two_hats, "sam")) as session:
        lines = chosen_lines(session, [OF_THREE, OF_TWO])
        versions = {each.line.action.reference: each.version for each in fates(session, lines, change)}
        batch = make_bulk_change(session, change, versions)
        session.commit()
    with two_hats.read_session(wearing(two_hats, "sam")) as session:
        assert len(batch_view(session, batch.id).rows) == 2
    with two_hats.read_session(wearing(two_hats, "isabelle", world.appointment_id("M01"))) as session:
        assert len(session.execute(select(Action)).scalars().all()) == 1
        assert bulk_batches(session) == ()


# Verified is for those who speak -------------------------------------------------------------------

HEAD = "No\tAction\tOwners\tDue\tStatus\tReason\tMechanism\tMeeting date\n"


def table_of(rows: str, **choices: Any) -> BroughtTable:
    table = read_pasted(HEAD + rows, "en")
    return replace(table, choices=replace(table.choices, **choices))


def planned(database: Database, who: str, rows: str, **choices: Any) -> ImportPlan:
    with database.read_session(wearing(database, who)) as session:
        return plan_import(session, table_of(rows, **choices))


def problems(plan: ImportPlan) -> list[list[str]]:
    return [[each.key for each in fate.problems] for fate in plan.fates]


def imported(database: Database, who: str, rows: str, **choices: Any) -> uuid.UUID:
    with database.write_session(wearing(database, who)) as session:
        table = table_of(rows, **choices)
        row = keep_import(session, table)
        batch = confirm_import(
            session, row.id, version=row.version, digest=plan_import(session, table).digest, uid_host="entente.example"
        )
        session.commit()
        return batch.id


def state_of(database: Database, party: str) -> str:
    with database.system_session("look at an attack") as session:
        return session.scalars(select(Leg.state).where(Leg.party_code == party)).one()


@pytest.mark.parametrize(("who", "status", "found"), [
    ("benoit", "verified", ["verified_by_those_who_speak"]), ("isabelle", "verified", []), ("benoit", "done", []),
])  # fmt: skip
def test_a_table_verifies_for_those_alone_who_speak(
    database: Database, who: str, status: str, found: list[str]
) -> None:
    assert problems(planned(database, who, f"1\tA list\tCA\t\t{status}\t\t\t\n")) == [found]
    write(database, lambda session: world.add_action(session, OF_THREE, legs={"CA": {"state": "done"}}))
    plan = planned(database, who, f"{OF_THREE}\tA list\tCA\t\t{status}\t\t\t\n", joins=True)
    assert problems(plan) == [found]


def test_what_was_verified_is_not_put_back_by_who_may_not_say_so(database: Database) -> None:
    legs = {"CA": {"state": "verified"}}
    write(database, lambda session: world.add_action(session, OF_THREE, legs=legs))
    with database.write_session(world.viewer("benoit")) as session:
        change = BulkChange("state", "under_way", reason="Not yet")
        lines = chosen_lines(session, [OF_THREE])
        versions = {each.line.action.reference: each.version for each in fates(session, lines, change)}
        batch = make_bulk_change(session, change, versions)
        session.commit()
    with database.write_session(world.viewer("benoit")) as session, pytest.raises(Refusal) as refused:
        undo_bulk_change(session, batch.id, "A slip")
    assert refused.value.key == "verified_by_those_who_speak"
    assert state_of(database, "CA") == "under_way"
    with database.write_session(world.viewer("isabelle")) as session:
        assert undo_bulk_change(session, batch.id, "A slip") == 0
        session.commit()
    assert state_of(database, "CA") == "verified"


def test_undoing_an_import_verifies_nothing_for_who_may_not(database: Database) -> None:
    legs = {"CA": {"state": "verified"}, "MX": {"state": "done"}, "US": {"state": "done"}}
    write(database, lambda session: world.add_action(session, OF_THREE, legs=legs))
    batch = imported(database, "benoit", f"{OF_THREE}\tA list\tCA\t\tunder way\tNot yet\t\t\n", joins=True)
    assert state_of(database, "CA") == "under_way"
    with database.write_session(world.viewer("benoit")) as session, pytest.raises(Refusal) as refused:
        undo_import(session, batch, also_written_on=True)
    assert refused.value.key == "verified_by_those_who_speak"
    with database.write_session(world.viewer("isabelle")) as session:
        undo_import(session, batch, also_written_on=True)
        session.commit()
    assert state_of(database, "CA") == "verified"


@pytest.mark.parametrize(("due_on", "later", "kept"), [
    ("2027-03-01", False, False), ("2027-03-01", True, True), ("2026-11-24", False, True),
])  # fmt: skip
def test_a_promise_is_not_undone_once_it_is_late_or_worked_on(
    database: Database, clock: Clock, due_on: str, later: bool, kept: bool
) -> None:
    leg = {"is_accepted": False, "due_on": dt.date.fromisoformat(due_on)}
    write(database, lambda session: world.add_action(session, OF_THREE, legs={"CA": leg}))
    with database.write_session(world.viewer("benoit")) as session:
        batch = make_bulk_change(session, BulkChange("accept"), {OF_THREE: "1"})
        session.commit()
    clock.forward(days=4)
    if later:
        with database.write_session(world.viewer("benoit")) as session:
            change = LegChange("open", person_name="Rosa Luna", due_on=dt.date.fromisoformat(due_on))
            update_leg(session, OF_THREE, "CA", change, version=2)
            session.commit()
    with database.write_session(world.viewer("benoit")) as session:
        if kept:
            with pytest.raises(Refusal):
                undo_bulk_change(session, batch.id, "It was nothing")
        else:
            assert undo_bulk_change(session, batch.id, "It was nothing") == 0
        session.commit()
    with database.system_session("look at an attack") as session:
        assert session.scalars(select(Leg.is_accepted).where(Leg.party_code == "CA")).one() is kept


def test_a_late_promise_is_not_undone_with_its_import(database: Database, clock: Clock) -> None:
    leg = {"is_accepted": False, "due_on": dt.date(2026, 11, 24)}
    write(database, lambda session: world.add_action(session, OF_THREE, legs={"CA": leg}))
    batch = imported(database, "benoit", f"{OF_THREE}\tA list\tCA\t\tunder way\t\t\t\n", joins=True)
    clock.forward(days=4)
    with database.write_session(wearing(database, "benoit")) as session:
        undo_import(session, batch, also_written_on=True)
        session.commit()
    with database.system_session("look at an attack") as session:
        found = session.execute(select(Leg.state, Leg.is_accepted).where(Leg.party_code == "CA")).one()
    assert tuple(found) == ("under_way", True)


# What another party or side said -------------------------------------------------------------------


def test_a_partys_version_of_a_protocol_is_not_dropped_by_making_it_something_else(database: Database) -> None:
    facts = {"gap": "None", NATIONAL: {"MX": "Norma 2", "CA": "Order 4"}}
    write(database, lambda session: world.add_action(session, OF_THREE, kind="protocol", kind_facts=facts))
    with database.write_session(world.viewer("benoit")) as session:
        action = session.scalars(select(Action)).one()
        other = replace(content_of(action), kind="task", kind_facts={})
        with pytest.raises(Refusal) as refused:
            edit_action(session, OF_THREE, other, version=content_version(action))
    assert refused.value.key == "version_of_another_party"
    with database.system_session("look at an attack") as session:
        assert session.scalars(select(Action)).one().kind_facts == facts


def test_what_was_said_under_a_hat_is_not_corrected_without_it(two_hats: Database) -> None:
    hat = world.appointment_id("M01")
    with two_hats.write_session(wearing(two_hats, "isabelle", hat)) as session:
        note = add_note(session, OF_THREE, "The secretariat heard of it", "en")
        session.commit()
    with two_hats.write_session(wearing(two_hats, "isabelle")) as session, pytest.raises(Refusal) as refused:
        correct_note(session, OF_THREE, note.id, "Canada has nothing to say", "en")
    assert refused.value.key == "forbidden"
    with two_hats.write_session(wearing(two_hats, "isabelle", hat)) as session:
        correct_note(session, OF_THREE, note.id, "The secretariat heard of it yesterday", "en")
        session.commit()
    with two_hats.system_session("look at an attack") as session:
        assert {note.party_code for note in session.scalars(select(ActionNote))} == {None}


def test_what_another_reports_stands_behind_a_partys_own_word(database: Database) -> None:
    own = NewStatement("done", "It is in force.", "en", as_of_on=dt.date(2026, 11, 20))
    foreign = NewStatement("dropped", "They told us so.", "en", as_of_on=dt.date(2026, 11, 22))

    def say(key: str, word: NewStatement) -> None:
        with database.write_session(wearing(database, key)) as session:
            state_commitment(session, "C01", "MX", word)
            session.commit()

    def shown() -> tuple[str, str, list[bool]]:
        with database.read_session(wearing(database, "ana")) as session:
            line = commitment_line(session, "C01")
            said = [each.stands for each in statement_lines(session, line.commitment)]
            return line.cell("MX").state, line.cell("MX").basis, said

    say("benoit", foreign)
    assert shown() == ("dropped", "reported", [True])
    say("ana", own)
    say("benoit", foreign)
    assert shown()[:2] == ("done", "stated")
    assert sum(shown()[2]) == 1


def test_a_table_joins_nothing_that_is_seen_by_different_hats(database: Database) -> None:
    """Of what Sam sees with one hat and with another, nobody would read the link on his behalf."""

    def promise(session: GuardedSession) -> None:
        meeting = world.add_meeting(session, "DRU-2026-1", mechanism="M02", state="held")
        session.add(
            Commitment(
                id=uuid.uuid4(), ref="DRU-2026-1-C01", origin="here", kind="pledge", title={"en": "A"},
                mechanism_id=meeting.mechanism_id, meeting_id=meeting.id, owners=["CA"], facts={}, loaded_facts={},
                created_at=world.NOW, changed_at=world.NOW, audience_id=meeting.audience_id,
            )
        )  # fmt: skip

    write(database, promise)
    head = "Action\tOwners\tMechanism\tCommitment\tSeen by\n"
    found = []
    for mechanism in ("M01", "M02"):
        table = read_pasted(f"{head}A\tCA\t{mechanism}\tDRU-2026-1-C01\tall\n", "en")
        with database.write_session(wearing(database, "sam")) as session:
            plan = plan_import(session, table)
            found += problems(plan)
            if plan.can_be_confirmed:
                row = keep_import(session, table)
                confirm_import(session, row.id, version=row.version, digest=plan.digest, uid_host="entente.example")
    assert found == [["unknown_commitment_named"], []]


# A meeting of two is not told by what three see ------------------------------------------------------


def test_a_meeting_of_two_decides_on_nothing_that_three_see(database: Database) -> None:
    """Canada is dropped from a meeting whose action it keeps; Mexico and the United States meet again without it."""

    def drop(session: GuardedSession) -> None:
        first = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 3, 5), state="held")
        world.add_action(session, "UNC-2026-1-A01", meeting=first)
        pair = session.audience({party_key("MX"), party_key("US")})
        first.audience_id = pair
        for row in session.scalars(select(MeetingParty).where(MeetingParty.meeting_id == first.id)):
            row.audience_id, row.removed = pair, row.party_code == "CA"
        meeting = world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01", state="held")
        world.add_action(session, "UNC-2026-MXUS-1-A01", ("MX", "US"), meeting=first)
        assert meeting.audience_id == pair

    write(database, drop)
    with database.read_session(world.viewer("ana")) as session:
        shown = [each.action.reference for each in carry_screen(session, "UNC-2026-MXUS-1").open_lines]
        versions = {row.reference: row.version for row in session.scalars(select(Action))}
    assert shown == ["UNC-2026-MXUS-1-A01"]
    with database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal):
        carry_over(session, "UNC-2026-MXUS-1", [Choice("UNC-2026-1-A01", "carry")], versions, "en")
    with database.read_session(world.viewer("benoit")) as session:
        told = [str(row.facts) for row in session.scalars(select(AuditRecord))]
    assert not [facts for facts in told if "MXUS" in facts]


# Whatever two do, the third reads the same bytes ----------------------------------------------------


@pytest.fixture
def told_to_three(database: Database) -> Database:
    """Let there be a meeting, actions and a commitment of all three, and reminders of what they owe."""

    def tell(session: GuardedSession) -> None:
        past = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 3, 5), state="held")
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", state="confirmed")
        legs = {"MX": {"person_name": "Rosa Luna", "office_code": "MX-SRE"}, "CA": {"due_on": dt.date(2026, 11, 1)}}
        world.add_action(session, SHARED, meeting=past, legs=legs)
        world.add_action(session, OF_THREE, legs=legs)

    write(database, tell)
    with database.write_session(wearing(database, "isabelle")) as session:
        link_action(session, "C01", OF_THREE)
        session.commit()
    prepare_reminders(database)
    post_reminders(database)
    return database


def done_between_two(database: Database) -> None:
    """Do between Mexico and the United States one of everything that issue-tracking people do, beside what all see."""
    own = {"MX": {"person_name": "Rosa Luna", "office_code": "MX-SRE", "due_on": dt.date(2026, 11, 20)}}

    def hide(session: GuardedSession) -> None:
        past = world.add_meeting(
            session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held"
        )
        world.add_meeting(session, "UNC-2026-MXUS-2", ("MX", "US"), mechanism="M01", state="confirmed")
        for number in range(1, 4):
            changed = {"state": "done", "done_at": world.NOW} if number == 3 else {}
            legs = {code: changed | (own.get(code, {})) for code in ("MX", "US")}
            world.add_action(session, f"UNC-2026-MXUS-1-A0{number}", ("MX", "US"), meeting=past, legs=legs)
        for scope in ("UNC-2026-MXUS", "UNC-2026-MXUS-1"):
            next_number(session, scope, 3)

    def by(key: str, *acts: Callable[[GuardedSession], object]) -> None:
        with database.write_session(wearing(database, key)) as session:
            for act in acts:
                act(session)
            session.commit()

    def change_many(session: GuardedSession) -> None:
        change = BulkChange("priority", "high")
        lines = chosen_lines(session, ["UNC-2026-MXUS-1-A01", "UNC-2026-MXUS-1-A02"])
        versions = {each.line.action.reference: each.version for each in fates(session, lines, change)}
        make_bulk_change(session, change, versions)

    def carry(session: GuardedSession) -> None:
        rows = {each.action.reference: each.action.version for each in carry_screen(session, MEETING).open_lines}
        assert set(rows) == {"UNC-2026-MXUS-1-A01", "UNC-2026-MXUS-1-A02"}
        carry_over(session, MEETING, [Choice("UNC-2026-MXUS-1-A01", "carry", "Again")], rows, "en")

    write(database, hide)
    parts = {"CA": "none", "MX": "owes", "US": "owes"}
    word = NewStatement("blocked", "It waits", "en", as_of_on=dt.date(2026, 11, 20))
    by(
        "ana", change_many, carry,
        lambda session: record_action(
            session, NewAction({"en": "Hidden"}, (PartyPart("MX", "owes"), PartyPart("US", "owes")), "en",
                               commitment_ref="C01"), "UNC-2026-MXUS-1",
        ),
        lambda session: add_link(session, "UNC-2026-MXUS-1-A02", "blocks", SHARED),
        lambda session: add_link(session, OF_THREE, "follows", "UNC-2026-MXUS-1-A01"),
        lambda session: link_action(session, "C01", "UNC-2026-MXUS-1-A03"),
        lambda session: add_note(session, "UNC-2026-MXUS-1-A02", "Hidden", "en"),
        lambda session: add_subtask(session, SHARED, Step("Ask the ministry")),
        lambda session: save_view(session, NewView("Ours", "party:US", shared_with="delegation")),
        lambda session: record_commitment(session, NewCommitment({"en": "Hidden"}, parts, "A note", "en")),
        lambda session: state_commitment(session, "C15", "MX", word),
        lambda session: contest_commitment(session, "C16", "It is not so", "en"),
    )  # fmt: skip
    imported(database, "carol", "1\tHidden\tMX/US\t\topen\t\tun-coordination\t2026-02-03\n9\tX\tMX/US\t\topen\t\t\t\n")
    prepare_reminders(database)
    post_reminders(database)


PAGES = (
    "/", "/actions?q=", "/actions?q=party:MX", "/actions?q=is:overdue", "/actions?q=serves:C01", "/actions?q=Hidden",
    "/actions?q=person:%22Rosa+Luna%22", "/actions?q=mechanism:un-coordination&sort=-changed", "/actions?q=is:carried",
    "/actions?q=meeting:UNC-2026-MXUS-1", "/actions.csv?q=", "/actions/next-meeting", f"/actions/{SHARED}",
    f"/actions/{OF_THREE}", f"/actions/{SHARED}/history", f"/actions/{OF_THREE}/history", f"/actions/{SHARED}/due",
    f"/actions/{OF_THREE}/edit", f"/actions/bulk?ref={SHARED}&operation=priority", "/changes", "/actions/views",
    "/actions/import", "/actions/leavers", "/offices/MX-SRE", "/actions/people/MX/Rosa%20Luna", "/commitments",
    "/commitments/C01", "/commitments/C15", "/commitments/C16", "/commitments/matrix", "/commitments/matrix.csv",
    "/reports", "/reports/accountability?from=2026-01-01&to=2026-12-31",
    *(f"/reports/accountability/rows/{figure}?from=2026-01-01&to=2026-12-31" for figure in FIGURES),
    "/reports/reviews", "/reports/brief", "/reports/charts", "/reports/charts/ages", "/reports/charts/ages.svg",
    "/reports/charts/ages.csv", "/reports/charts/months.csv", "/reports/charts/durations.csv", "/reminders",
    "/reminders/preview", "/meetings/UNC-2026-2", "/meetings/UNC-2026-2/carry-over", "/meetings", "/calendar",
    "/mechanisms/un-coordination", "/mechanisms", "/search?q=Hidden", "/search?q=Rosa", "/audit", "/documents",
    "/decisions", "/people", "/subscriptions", "/proposals/recommendations", "/drafts",
)  # fmt: skip


def read(client: CheckingClient) -> dict[str, tuple[int, str | None, str]]:
    """Return status, place and body of every page, without what a page has of its own time."""
    found: dict[str, tuple[int, str | None, str]] = {}
    for page in PAGES:
        response = client.get(page)
        body = re.sub(r'(name="(?:csrf_token|submission_id)"[^>]*value=")[^"]*', r"\1", response.text)
        found[page] = (response.status_code, response.location, body)
    return found


@pytest.mark.parametrize("key", ["isabelle", "colin", "olga"])
def test_what_two_do_changes_no_byte_of_what_the_third_reads(
    told_to_three: Database, client_for: ClientFor, key: str
) -> None:
    client = client_for(key)
    made = subscribe(told_to_three, key, actions_as="both") if key == "isabelle" else None
    before, feed = read(client), feed_of(told_to_three, made).body if made else None
    assert {status for status, _place, _body in before.values()} >= ({200} if key == "isabelle" else {404})
    done_between_two(told_to_three)
    after = read(client)
    assert [page for page in PAGES if before[page] != after[page]] == []
    assert (feed_of(told_to_three, made).body if made else None) == feed
    if key == "isabelle":
        erin = client_for("erin")  # of those who are in it
        for page in ("/actions?q=", "/commitments/C01", "/reports/accountability/rows/owed", "/audit"):
            assert "MXUS" in erin.get(page).text, page


def test_undoing_at_a_meeting_brings_back_nothing_that_was_withdrawn(database: Database) -> None:
    def open_at_last(session: GuardedSession) -> None:
        last = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 3, 5), state="held")
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", state="held")
        world.add_action(session, SHARED, meeting=last)

    def withdraw(session: GuardedSession) -> None:
        session.scalars(select(Action)).one().ended_as = "withdrawn"

    write(database, open_at_last)
    for undone in (False, True):
        if undone:
            write(database, withdraw)
        with database.write_session(wearing(database, "sam")) as session:
            rows = {
                each.action.reference: each.action.version for each in carry_screen(session, "UNC-2026-2").open_lines
            }
            if undone:
                undo_carry_over(session, "UNC-2026-2", session.scalars(select(CarryOver.id)).one())
            else:
                carry_over(session, "UNC-2026-2", [Choice(SHARED, "close")], rows, "en")
            session.commit()
    with database.system_session("look at an attack") as session:
        assert session.scalars(select(Action.ended_as)).one() == "withdrawn"


def test_a_refused_undoing_says_why(database: Database, client_for: ClientFor) -> None:
    legs = {"CA": {"state": "verified"}, "MX": {"state": "done"}, "US": {"state": "done"}}
    write(database, lambda session: world.add_action(session, OF_THREE, legs=legs))
    batch = imported(database, "benoit", f"{OF_THREE}\tA list\tCA\t\tunder way\tNot yet\t\t\n", joins=True)
    answer = client_for("benoit").post(f"/actions/batches/{batch}/undo?lang=en", data={"also": "y"})
    assert answer.status_code in {403, 409, 422}
    assert "Only a coordinator or head" in answer.text


# What was only tried leaves nothing -------------------------------------------------------------------


def test_what_is_only_tried_leaves_no_row_number_note_or_audience(database: Database) -> None:
    def counted(session: GuardedSession) -> dict[str, int]:
        classes = [mapper.class_ for mapper in Base.registry.mappers]
        return {cls.__name__: session.scalar(select(func.count()).select_from(cls)) or 0 for cls in classes}

    def attempt(session: GuardedSession) -> Action:
        new = NewAction({"en": "A try"}, (PartyPart("CA", "owes"), PartyPart("MX", "sees")), "en")
        action = record_action(session, new)
        session.after_commit_calls.append(lambda: told.append("sent"))
        return action

    told: list[str] = []
    with database.system_session("count everything") as session:
        before = counted(session)
    with database.write_session(wearing(database, "benoit")) as session:
        with session.rehearsal():
            first = attempt(session).reference
        assert (session.audit_notes, session.touched, session.after_commit_calls) == ([], set(), [])
        session.commit()
    with database.system_session("count everything") as session:
        assert counted(session) == before
    with database.write_session(wearing(database, "benoit")) as session:
        with session.rehearsal():
            attempt(session)
        assert attempt(session).reference == first
        session.commit()
    assert told == ["sent"]


# Tables that are made to be slow ---------------------------------------------------------------------


@pytest.mark.parametrize("written", [
    "a," * 8_000, "a and " * 4_000, "(" * 20_000, "x - " * 6_000 + ":y:", "MX," * 8_000, "a (" * 8_000,
], ids=["commas", "ands", "brackets", "dashes", "codes", "opened"])  # fmt: skip
def test_no_cell_of_owners_takes_long(written: str) -> None:
    directory = Directory(parties={"mx": frozenset({"MX"})})
    began = time.process_time()
    with pytest.raises(Refusal):
        owners_of(written, directory, "owners", "MX", world.THREE)
    assert time.process_time() - began < 0.5


def test_a_table_of_very_many_past_meetings_is_refused_at_once(database: Database) -> None:
    first = dt.date(1991, 1, 1)
    days = [(first + dt.timedelta(days=number)).isoformat() for number in range(12_000)]
    rows = "".join(f"{number}\tA\tCA/MX\t\t\t\tM01\t{day}\n" for number, day in enumerate(days))
    began = time.process_time()
    plan = planned(database, "benoit", rows)
    assert time.process_time() - began < 10
    assert len(plan.meetings) <= 200
    assert not plan.can_be_confirmed
    assert problems(plan)[-1] == ["too_many_entries"]


def workbook(*, part: str, text: Callable[[str], str]) -> bytes:
    """Return a workbook whose one sheet stands in that part, and reads so."""
    book = openpyxl.Workbook()
    book.active.append(["Action", "Owners"])
    kept, made = io.BytesIO(), io.BytesIO()
    book.save(kept)
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            said = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                new.writestr(part, text(said))
            else:
                new.writestr(name, said.replace("worksheets/sheet1.xml", part.removeprefix("xl/")))
    return made.getvalue()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.XML", "xl/worksheets/sheet1.bin"])
def test_entities_that_grow_are_refused_whatever_the_part_is_called(part: str) -> None:
    entities = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">]>'
    sheet = workbook(part=part, text=lambda said: said.replace("<worksheet", entities + "<worksheet", 1))
    with pytest.raises(Refusal) as refused:
        read_book(sheet)
    assert refused.value.key == "damaged_workbook"


@pytest.mark.parametrize("pasted", ['sep="\nA"B\n1"2', "sep= \nA B", "sep=\r\nA\r1", "\u2028\u2029", "A\tB\n\ud800\t1"])
def test_no_pasted_text_is_more_than_refused(client_for: ClientFor, pasted: str) -> None:
    sent = {"pasted": pasted.encode("utf-8", "surrogatepass")}
    assert client_for("benoit").post("/actions/import", data=sent).status_code in {303, 400, 422}


# Addresses -------------------------------------------------------------------------------------------

ODD = (
    "/actions?state=zz", "/actions?party=%3Cscript%3E", "/actions?q=due:>9999-12-31", "/actions?q=due:0000-00-00",
    "/actions?q=due:9999-12..0001-01", "/actions?q=quiet:9999", "/actions?q=%25%25_%5C%27%22x%22", "/actions?q=ref:%25",
    "/actions?q=" + "x+" * 499, "/actions?page=99999999999999999999", "/actions?page=-1", "/actions?sort=--due",
    "/actions?columns=%00", "/actions?q=%F0%9F%92%A3", "/actions?q=office:zz", "/actions?q=mechanism:zz",
    "/actions?q=due:%D9%A2%D9%A0%D9%A2%D9%A7", "/actions.csv?q=is:zz", "/actions/people/MX/%25", "/offices/%25",
    "/actions/people/ZZ/" + "x" * 3000, "/reports/accountability?from=0001-01-01&to=9999-12-31",
    "/reports/accountability?party=ZZ&mechanism=zz", "/reports/accountability/rows/zz",
    "/reports/accountability/rows/owed?page=0", "/commitments?state=zz&party=%27", "/commitments/%2525",
    "/actions/bulk?ref=%25", "/actions/bulk?operation=zz", "/answers/" + "A" * 48, "/answers/%C3%A9", "/changes/0",
)  # fmt: skip


@pytest.mark.parametrize("address", ODD)
def test_no_address_breaks_a_page(client_for: ClientFor, address: str) -> None:
    assert client_for("benoit").get(address).status_code < 500
