"""Who is told of an act, said beforehand; and mails that are held, to be sent as what stands then, or dropped."""

from __future__ import annotations

import dataclasses
import datetime as dt
from email.headerregistry import Address

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal
from app.jobs import tasks
from app.models import Dispatch, OutboxMessage, RosterAddress, RosterEntry
from app.services import dispatch_acts, dispatches, outbox
from app.services.drafts import find_draft, save_draft
from app.services.held_mails import hold_mails
from app.services.mail_content import Letterhead
from app.services.meeting_life import answer_meeting, cancel_meeting, postpone_meeting, promise_of, reinstate_meeting
from app.services.meetings import find_meeting
from app.services.staged_changes import publish, stage_changes
from tests import world
from tests.services.test_mail_digests import Kept, subjects

REFERENCE = "UNC-2026-7"
LETTERHEAD = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "s" * 32)
YES = dict.fromkeys(world.THREE, "yes")


@pytest.fixture(autouse=True)
def _no_worker():
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


def prepared(database: Database, parties=world.THREE, *, roster=(), **changed) -> None:
    """Make a confirmed meeting, with these (party, has an account, has an address) on its roster, approved."""
    with database.system_session("prepare a test", "write") as session:
        settings = {"mechanism": "M01", "state": "confirmed", "answers": dict.fromkeys(parties, "yes")} | changed
        meeting = world.add_meeting(session, REFERENCE, parties, **settings)
        for party, key, address in roster:
            entry = RosterEntry(
                meeting_id=meeting.id, party_code=party, role="adviser", name="Somebody", state="approved",
                person_id=world.CAST[key].id if key else None, proposed_by=world.CAST["ana"].id,
                proposed_at=world.NOW, audience_id=meeting.audience_id,
            )  # fmt: skip
            session.add(entry)
            session.flush()
            if address:
                session.add(
                    RosterAddress(
                        entry_id=entry.id, email=address, time_zone="America/Toronto",
                        audience_id=session.audience({f"party:{party}"}),
                    )
                )  # fmt: skip
        session.commit()


def do(database: Database, key: str, act, *, holds: bool = False):
    with database.write_session(world.viewer(key)) as session:
        if holds:
            hold_mails(session)
        found = act(session)
        session.commit()
        return found


def version(session) -> int:
    return find_meeting(session, REFERENCE).version


def cancel(session):
    return cancel_meeting(session, REFERENCE, "The hall is flooded.", version=version(session))


def postpone(session):
    return postpone_meeting(session, REFERENCE, "The chair cannot travel.", version=version(session))


def reinstate(session):
    return reinstate_meeting(session, REFERENCE, version=version(session))


def rows(database: Database):
    with database.system_session("look at the outbox") as session:
        return session.execute(select(OutboxMessage).order_by(OutboxMessage.created_at)).scalars().all()


def made(database: Database):
    with database.system_session("look at the dispatches") as session:
        return session.execute(select(Dispatch).order_by(Dispatch.made_at, Dispatch.kind)).scalars().all()


# Who is told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["postpone", "cancel", "reinstate", "publish", "zone_change"])
def test_a_party_knows_how_many_of_its_own_are_told_and_of_others_only_the_roster(sqlite_database, act):
    prepared(sqlite_database, roster=[("CA", "benoit", ""), ("CA", None, "x@example.org"), ("MX", "diego", "")])
    for key, own in (("ana", ("MX", 1)), ("diego", ("MX", 2)), ("adaeze", ("CA", 1)), ("sam", ("", None))):
        with sqlite_database.read_session(world.viewer(key)) as session:
            plan = dispatches.who_is_told(session, find_meeting(session, REFERENCE), act)
        assert [(told.code, told.own_count, told.roster_count) for told in plan.parties] == [
            (code, own[1] if code == own[0] else None, count) for code, count in (("CA", 2), ("MX", 1), ("US", 0))
        ]
        assert [name["en"] for name in plan.secretariats] == ["Joint secretariat"]
        assert plan.goes_out


@pytest.mark.parametrize("act", ["hold", "close", "answer", "agenda"])
def test_other_acts_mail_nobody(sqlite_database, act):
    prepared(sqlite_database)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert not dispatches.who_is_told(session, find_meeting(session, REFERENCE), act).goes_out


def test_what_is_said_beforehand_is_what_happens(sqlite_database):
    """The parties of the plan are those of the mails, whoever acts and whatever is held."""
    prepared(sqlite_database, roster=[("CA", None, "x@example.org"), ("US", "daniel", ""), ("MX", None, "")])
    with sqlite_database.read_session(world.viewer("ana")) as session:
        plan = dispatches.who_is_told(session, find_meeting(session, REFERENCE), "cancel")
    do(sqlite_database, "ana", cancel)
    told = rows(sqlite_database)
    names = {member.id: key for key, member in world.CAST.items()}
    assert sorted(names[row.recipient_id] for row in told if row.recipient_id) == [
        "adaeze", "carol", "daniel", "erin", "isabelle", "lucia", "sam",
    ]  # fmt: skip
    assert len([row for row in told if row.entry_id]) == 1  # who has no address cannot be written to
    assert [each.code for each in plan.parties] == ["CA", "MX", "US"]
    assert {row.dispatch_id for row in told} == {made(sqlite_database)[0].id}


# Held --------------------------------------------------------------------------------------------------


def test_several_held_mails_are_sent_as_one_that_says_what_stands(database, settings, clock):
    prepared(database)
    do(database, "ana", postpone, holds=True)
    clock.forward(minutes=5)
    do(database, "ana", reinstate, holds=True)
    clock.forward(minutes=5)
    do(database, "ana", cancel, holds=True)
    post = Kept()
    tasks.deliver_outbox(database, settings, post)
    assert post.mails == []
    assert {row.held_at is not None for row in rows(database)} == {True}
    clock.forward(hours=1)
    do(database, "diego", lambda session: dispatch_acts.send_held(session, REFERENCE))
    tasks.deliver_outbox(database, settings, post)
    assert subjects(post) == {"lucia": 1, "isabelle": 1, "adaeze": 1, "carol": 1, "erin": 1, "sam": 1}
    assert {mail["Subject"].partition(":")[0].strip() for mail in post.mails} == {"Cancelled", "Cancelada", "Annulée"}
    assert {dispatch.released_by for dispatch in made(database)} == {world.CAST["diego"].id}


def test_a_held_mail_says_nothing_to_who_was_told_since(sqlite_database, settings, clock):
    prepared(sqlite_database)
    do(sqlite_database, "ana", postpone, holds=True)
    clock.forward(minutes=5)
    do(sqlite_database, "carol", cancel)
    post = Kept()
    tasks.deliver_outbox(sqlite_database, settings, post)
    assert subjects(post) == {"ana": 1, "lucia": 1, "isabelle": 1, "adaeze": 1, "erin": 1, "sam": 1}
    clock.forward(minutes=5)
    do(sqlite_database, "ana", lambda session: dispatch_acts.send_held(session, REFERENCE))
    tasks.deliver_outbox(sqlite_database, settings, post)
    assert subjects(post) == {"ana": 1, "lucia": 1, "isabelle": 1, "adaeze": 1, "erin": 1, "sam": 1, "carol": 1}


def test_dropped_mails_reach_nobody_and_are_dropped_once(sqlite_database, settings, clock):
    prepared(sqlite_database)
    do(sqlite_database, "ana", cancel, holds=True)
    (held,) = made(sqlite_database)
    do(sqlite_database, "ana", lambda session: dispatch_acts.drop_held(session, held.id))
    with pytest.raises(Refusal, match="no_mails_held"):
        do(sqlite_database, "ana", lambda session: dispatch_acts.drop_held(session, held.id))
    with pytest.raises(Refusal, match="no_mails_held"):
        do(sqlite_database, "ana", lambda session: dispatch_acts.send_held(session, REFERENCE))
    clock.forward(days=1)
    post = Kept()
    tasks.deliver_outbox(sqlite_database, settings, post)
    assert post.mails == []
    assert {row.last_error for row in rows(sqlite_database)} == {dispatch_acts.DROPPED}


@pytest.mark.parametrize("key", ["carol", "isabelle", "sam"])
def test_held_mails_are_their_makers_own(database, key):
    prepared(database)
    do(database, "ana", cancel, holds=True)
    (held,) = made(database)
    with database.read_session(world.viewer(key)) as session:
        found = dispatch_acts.mails_of(session, REFERENCE, LETTERHEAD)
        assert (found.held, found.past, dispatches.held_mails(session)) == ((), (), ())
        assert dispatches.held_since(session, find_meeting(session, REFERENCE)) is None
    with pytest.raises(NotFound):
        do(database, key, lambda session: dispatch_acts.drop_held(session, held.id))
    with pytest.raises(Refusal, match="no_mails_held"):
        do(database, key, lambda session: dispatch_acts.send_held(session, REFERENCE))


def test_a_secretariat_holds_what_it_does(sqlite_database):
    prepared(sqlite_database)
    do(sqlite_database, "sam", cancel, holds=True)
    with sqlite_database.read_session(world.viewer("sam")) as session:
        assert [held.reference for held in dispatches.held_mails(session)] == [REFERENCE]
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert dispatches.held_mails(session) == ()
    do(sqlite_database, "sam", lambda session: dispatch_acts.send_held(session, REFERENCE))


def test_what_is_held_is_shown_by_party_with_what_it_would_say(sqlite_database, clock, settings):
    prepared(sqlite_database)
    do(sqlite_database, "ana", postpone, holds=True)
    clock.forward(minutes=5)
    do(sqlite_database, "ana", cancel)
    with sqlite_database.read_session(world.viewer("diego")) as session:
        found = dispatch_acts.mails_of(session, REFERENCE, LETTERHEAD)
    (held,), (past,) = found.held, found.past
    assert (held.parties, held.has_secretariat, held.at, held.maker) == (world.THREE, True, world.NOW, "Ana Robles")
    assert held.said is not None
    assert held.said.subject.startswith("Cancelada:")  # as it stands now, in the viewer's own language
    assert f"https://entente.example/meetings/{REFERENCE}" in held.said.text
    assert past.state == "on_its_way"
    post = Kept()
    post.is_away = True
    tasks.deliver_outbox(sqlite_database, settings, post)
    post.is_away = False
    for state in ("waiting", "sent"):
        with sqlite_database.read_session(world.viewer("diego")) as session:
            assert dispatch_acts.mails_of(session, REFERENCE, LETTERHEAD).past[0].state == state
        clock.forward(minutes=2)
        tasks.deliver_outbox(sqlite_database, settings, post)


def test_a_day_later_its_makers_are_reminded(sqlite_database, clock):
    prepared(sqlite_database)
    do(sqlite_database, "ana", postpone, holds=True)
    for hours, is_old in ((0, False), (24, False), (1, True)):
        clock.forward(hours=hours)
        with sqlite_database.read_session(world.viewer("lucia")) as session:
            (held,) = dispatches.held_mails(session)
        assert (held.reference, held.since, held.is_old) == (REFERENCE, world.NOW, is_old)


def test_each_kind_of_mail_of_one_act_is_held_apart(sqlite_database):
    """Parties change: one stays, one comes, one goes, and each is told its own."""
    prepared(sqlite_database, ("CA", "MX"), mechanism="M08")

    def change(session):
        draft = stage_changes(session, REFERENCE)
        content = dataclasses.replace(find_draft(session, draft.id).content, parties=("MX", "US"))
        saved = save_draft(session, draft.id, content, version=draft.version)
        return publish(session, draft.id, version=saved.version)

    do(sqlite_database, "ana", change, holds=True)
    assert sorted(dispatch.kind for dispatch in made(sqlite_database)) == [
        "meeting_changed",
        "meeting_left",
        "meeting_proposed",
    ]
    with sqlite_database.read_session(world.viewer("ana")) as session:
        found = dispatch_acts.mails_of(session, REFERENCE, LETTERHEAD)
    told = {each.dispatch.kind: (each.parties, each.said is None) for each in found.held}
    assert told == {
        "meeting_changed": (("MX",), False), "meeting_proposed": (("US",), False), "meeting_left": (("CA",), True),
    }  # fmt: skip


def test_the_last_yes_can_hold_what_it_confirms(sqlite_database):
    prepared(sqlite_database, state="proposed", answers={"CA": "yes", "US": "yes"})

    def say_yes(session):
        meeting = find_meeting(session, REFERENCE)
        own = next(row for row in meeting.parties if row.party_code == "MX")
        return answer_meeting(session, REFERENCE, "yes", promise=promise_of(meeting), version=own.version)

    with sqlite_database.read_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, REFERENCE)
        assert dispatches.who_is_told_of_answer(session, meeting, confirms=True).goes_out
        assert not dispatches.who_is_told_of_answer(session, meeting, confirms=False).goes_out
    assert do(sqlite_database, "ana", say_yes, holds=True).state == "confirmed"
    assert [(dispatch.kind, dispatch.is_held) for dispatch in made(sqlite_database)] == [("meeting_confirmed", True)]


def test_on_the_example_nobody_is_mailed_nor_said_to_be(sqlite_database):
    from app.models import Mechanism

    with sqlite_database.system_session("an example", "write") as session:
        mechanism = session.execute(select(Mechanism).where(Mechanism.code == "example")).scalar_one()
        meeting = world.add_meeting(session, "EXA-2026-1", ("CA", "MX", "US"), mechanism=None)
        meeting.mechanism_id = mechanism.id
        session.commit()
    with sqlite_database.read_session(world.viewer("ana")) as session:
        found = find_meeting(session, "EXA-2026-1")
        assert not dispatches.who_is_told(session, found, "cancel").goes_out
        assert not dispatches.who_is_told_of_entry(session, found, "Somebody").goes_out
        assert not dispatches.who_is_told_of_report(session, found, ["US"]).goes_out


def test_an_hour_is_no_reason_to_hold_for_ever(sqlite_database, clock):
    """What is held comes due when it is sent, however long that was."""
    prepared(sqlite_database)
    do(sqlite_database, "ana", cancel, holds=True)
    clock.forward(days=30)
    do(sqlite_database, "ana", lambda session: dispatch_acts.send_held(session, REFERENCE))
    claimed = outbox.claim(sqlite_database)
    assert len(claimed) == 6
    assert {each.created_at - clock() < dt.timedelta(seconds=1) for each in claimed} == {True}
