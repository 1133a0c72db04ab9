"""Recording actions, what their parties say of their legs, and notes that are corrected and never altered."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text

from app import schema
from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import appointment_key, party_key, person_key
from app.models import Action, ActionNote, AuditRecord
from app.services import action_acts, updates
from app.services.action_acts import LegChange, NewAction, PartyPart
from app.services.actions import ActionView, action_view
from app.services.meeting_audience import keys_of
from tests import postgres, world

MEETING = "UNC-2026-2"
OWES, SEES = "owes", "sees"


def new(title: str = "Share the list", **parts: str) -> NewAction:
    """Return an action of these parts (`MX="owes"`), due on 15 December 2026."""
    due = dt.date(2026, 12, 15)
    return NewAction(
        title={"en": title},
        parts=tuple(PartyPart(code, part, due_on=due if part == OWES else None) for code, part in parts.items()),
    )


@pytest.fixture
def kept(database: Database) -> Database:
    with database.system_session("prepare a meeting", "write") as session:
        guest = {person_key(world.CAST["olga"].id)}
        world.add_meeting(session, MEETING, mechanism="M01", extra_keys=guest)
        world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        session.commit()
    return database


def record(database: Database, key: str, action: NewAction, meeting: str | None = MEETING) -> str:
    with database.write_session(world.viewer(key)) as session:
        reference = action_acts.record_action(session, action, meeting).reference
        session.commit()
    return reference


def view(database: Database, key: str, reference: str) -> ActionView:
    with database.read_session(world.viewer(key)) as session:
        return action_view(session, reference)


def act(database: Database, key: str, verb: str, *args: Any, **named: Any) -> Any:
    with database.write_session(world.viewer(key)) as session:
        done = getattr(updates if verb.endswith("_note") else action_acts, verb)(session, *args, **named)
        session.commit()
    return done


# Recording ------------------------------------------------------------------------------------------


def test_references_are_counted_by_who_sees_them(kept: Database) -> None:
    """A Canadian meets no gap: what is between two others has a count of its own."""
    assert record(kept, "ana", new(MX=OWES, CA=SEES, US=SEES)) == "UNC-2026-2-A01"
    assert record(kept, "ana", new(MX=OWES, US=OWES)) == "UNC-2026-2-MXUS-A01"
    assert record(kept, "carol", new(MX=SEES, US=OWES)) == "UNC-2026-2-MXUS-A02"
    assert record(kept, "ana", new(MX=OWES)) == "UNC-2026-2-MX-A01"
    assert record(kept, "sam", new(CA=OWES, MX=OWES, US=OWES)) == "UNC-2026-2-A02"
    assert record(kept, "benoit", new(CA=OWES, MX=OWES), None) == "ACT-2026-CAMX-A01"
    assert record(kept, "ana", new(MX=OWES, US=OWES), "UNC-2026-MXUS-1") == "UNC-2026-MXUS-1-A01"
    with kept.read_session(world.viewer("benoit")) as session:
        seen = sorted(session.scalars(select(Action.reference)))
    assert seen == ["ACT-2026-CAMX-A01", "UNC-2026-2-A01", "UNC-2026-2-A02"]


def test_the_secretariat_sees_what_is_of_all_and_a_guest_sees_nothing(kept: Database) -> None:
    record(kept, "ana", new(MX=OWES, CA=SEES, US=SEES))
    record(kept, "ana", new(MX=OWES, US=OWES))
    with kept.read_session(world.viewer("ana")) as session:
        rows = {row.reference: keys_of(session, row.audience_id) for row in session.scalars(select(Action))}
    three = {party_key(code) for code in world.THREE}
    assert rows["UNC-2026-2-A01"] == three | {appointment_key(world.appointment_id("M01"))}
    assert rows["UNC-2026-2-MXUS-A01"] == {party_key("MX"), party_key("US")}
    for key, expected in (("sam", ["UNC-2026-2-A01"]), ("olga", [])):
        with kept.read_session(world.viewer(key)) as session:
            assert list(session.scalars(select(Action.reference))) == expected


def test_legs_stand_for_those_who_owe_and_only_the_writers_own_is_accepted(kept: Database) -> None:
    reference = record(kept, "ana", new(MX=OWES, CA=SEES, US=OWES))
    line = view(kept, "benoit", reference).line
    assert {code: (leg.leg.is_accepted, leg.leg.state) for code, leg in line.legs.items()} == {
        "MX": (True, "open"), "US": (False, "open"),
    }  # fmt: skip
    assert line.cell("CA") == "owes_nothing"
    assert line.action.created_by_party == "MX"
    of_secretariat = view(kept, "ana", record(kept, "sam", new(MX=OWES, CA=SEES, US=SEES))).line
    assert of_secretariat.legs["MX"].leg.is_accepted is False


def test_who_does_it_is_kept(kept: Database) -> None:
    part = PartyPart("MX", "owes", "MX-SRE", "  Diego   Salas ", dt.date(2026, 12, 1))
    sees = tuple(PartyPart(code, "sees") for code in ("CA", "US"))
    reference = record(kept, "ana", NewAction({"es": "Enviar la lista", "en": ""}, (part, *sees)))
    line = view(kept, "carol", reference).line
    leg = line.legs["MX"]
    assert leg.office is not None
    assert (leg.office.code, leg.leg.person_name, leg.leg.due_on) == ("MX-SRE", "Diego Salas", dt.date(2026, 12, 1))
    assert line.action.title == {"es": "Enviar la lista", "original": "es"}


@pytest.mark.parametrize(
    ("key", "meeting", "action", "refusal", "field"),
    [
        ("ana", MEETING, new("", MX=OWES), "needs_title", "title_en"),
        ("ana", MEETING, new("x" * 10_000, MX=OWES), "too_long", "title_en"),
        ("ana", MEETING, new("a\u202eb", MX=OWES), "bidi_override", "title_en"),
        ("ana", MEETING, new(), "needs_leg", "parts"),
        ("ana", MEETING, new(MX=SEES, US=SEES), "needs_leg", "parts"),
        ("ana", MEETING, new(CA=OWES, US=OWES), "needs_own_party", "parts"),
        ("ana", MEETING, new(MX=OWES, NL=SEES), "unknown_party", "parts"),
        ("ana", "UNC-2026-MXUS-1", new(MX=OWES, CA=SEES), "unknown_party", "parts"),
        ("ana", None, new(MX=OWES, NL=OWES), "unknown_party", "parts"),
        ("ana", MEETING, new(MX="dances"), "unknown_party", "parts"),
        ("benoit", None, new(MX=OWES, US=OWES), "needs_own_party", "parts"),
        ("sam", MEETING, new(MX=OWES, US=OWES), "not_appointed_by_these", "parts"),
        ("sam", None, new(MX=OWES, US=OWES, CA=OWES), "not_appointed_by_these", "parts"),
        ("olga", MEETING, new(MX=OWES), "forbidden", None),
        ("marta", None, new(MX=OWES), "forbidden", None),
    ],
)
def test_what_cannot_be_recorded(
    kept: Database, key: str, meeting: str | None, action: NewAction, refusal: str, field: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        record(kept, key, action, meeting)
    assert (refused.value.key, refused.value.field) == (refusal, field)
    with kept.read_session(world.viewer("ana")) as session:
        assert session.scalars(select(Action)).all() == []


@pytest.mark.parametrize(
    ("part", "refusal", "field"),
    [
        (PartyPart("MX", "owes", "CA-GAC"), "unknown_office", "office_MX"),
        (PartyPart("MX", "owes", "no such"), "unknown_office", "office_MX"),
        (PartyPart("MX", "owes", None, "x" * 301), "too_long", "person_MX"),
        (PartyPart("MX", "owes", None, None, dt.date(1066, 1, 1)), "year_out_of_range", "due_MX"),
    ],
)
def test_what_a_leg_cannot_say(kept: Database, part: PartyPart, refusal: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        record(kept, "ana", NewAction({"en": "A"}, (part,)))
    assert (refused.value.key, refused.value.field) == (refusal, field)


def test_a_meeting_of_others_is_not_there(kept: Database) -> None:
    with pytest.raises(NotFound):
        record(kept, "benoit", new(MX=OWES), "UNC-2026-MXUS-1")


# Legs -----------------------------------------------------------------------------------------------


@pytest.fixture
def owed(kept: Database) -> Database:
    record(kept, "ana", new(MX=OWES, CA=SEES, US=OWES))
    return kept


def update(database: Database, key: str, party: str, version: int = 1, **change: Any) -> Any:
    return act(database, key, "update_leg", "UNC-2026-2-A01", party, LegChange(**change), version=version)


def leg_of(database: Database, party: str) -> Any:
    return view(database, "benoit", "UNC-2026-2-A01").line.legs[party].leg


def test_a_party_that_writes_to_its_leg_accepts_it(owed: Database) -> None:
    due = dt.date(2026, 12, 15)
    update(owed, "daniel", "US", state="open", due_on=due)
    assert leg_of(owed, "US").is_accepted is True
    update(owed, "daniel", "US", 2, state="blocked", reason=" No funds\tyet ", due_on=due, office_code="US-DOS")
    leg = leg_of(owed, "US")
    assert (leg.state, leg.reason, leg.office_code, leg.version) == ("blocked", "No funds yet", "US-DOS", 3)
    with owed.read_session(world.viewer("benoit")) as session:
        last = session.scalars(select(AuditRecord).order_by(AuditRecord.number.desc())).first()
    assert last is not None
    assert (last.action, last.party_code, last.facts["party"]) == ("leg_updated", "US", "US")
    assert (last.facts["was"]["state"], last.facts["now"]["state"]) == ("open", "blocked")


def test_saying_nothing_new_writes_nothing(owed: Database) -> None:
    update(owed, "ana", "MX", state="open", due_on=dt.date(2026, 12, 15))
    assert leg_of(owed, "MX").version == 1


@pytest.mark.parametrize(
    ("key", "party", "refusal"),
    [("ana", "US", "forbidden"), ("benoit", "MX", "forbidden"), ("sam", "MX", "forbidden"), ("olga", "MX", "not_found"),
     ("marta", "MX", "not_found"), ("ana", "CA", "not_found"), ("ana", "XX", "not_found")],
)  # fmt: skip
def test_only_its_own_party_changes_a_leg(owed: Database, key: str, party: str, refusal: str) -> None:
    with pytest.raises(Refusal) as refused:
        update(owed, key, party, state="done")
    assert refused.value.key == refusal
    assert leg_of(owed, "MX").state == "open"


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"state": "verified"}, "transition_not_allowed", "state"),
        ({"state": "finished"}, "transition_not_allowed", "state"),
        ({"state": "blocked"}, "reason_required", "reason"),
        ({"state": "dropped", "reason": " "}, "reason_required", "reason"),
        ({"state": "open", "office_code": "US-DOS"}, "unknown_office", "office_code"),
        ({"state": "open", "person_name": "a\x00b"}, "control_characters", "person_name"),
        ({"state": "open", "due_on": dt.date(9999, 1, 1)}, "year_out_of_range", "due_on"),
    ],
)
def test_what_a_leg_cannot_become(owed: Database, change: dict[str, Any], refusal: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        update(owed, "ana", "MX", **change)
    assert (refused.value.key, refused.value.field) == (refusal, field)
    assert leg_of(owed, "MX").version == 1


def test_the_loser_of_a_race_sees_both(owed: Database) -> None:
    update(owed, "ana", "MX", state="done", due_on=dt.date(2026, 12, 15))
    with pytest.raises(StaleVersion) as refused:
        update(owed, "diego", "MX", state="blocked", reason="waiting")
    assert (refused.value.yours["state"], refused.value.theirs["state"]) == ("blocked", "done")
    assert leg_of(owed, "MX").state == "done"


def test_may_update_is_what_the_page_offers(owed: Database) -> None:
    offered = {key: view(owed, key, "UNC-2026-2-A01").may_update for key in ("ana", "daniel", "benoit", "sam")}
    assert offered == {"ana": {"MX"}, "daniel": {"US"}, "benoit": frozenset(), "sam": frozenset()}


# Notes ----------------------------------------------------------------------------------------------


def test_what_has_ended_is_never_late_and_stays_as_it_was(owed: Database) -> None:
    with owed.system_session("close an action at a meeting", "write") as session:
        action = session.execute(select(Action).where(Action.reference == "UNC-2026-2-A01")).scalar_one()
        action.ended_as, action.ended_at = "closed", session.now
        for leg in action.legs:
            leg.due_on, leg.is_accepted, leg.state = dt.date(2026, 1, 1), leg.party_code == "MX", "open"
        session.commit()
    told = view(owed, "diego", "UNC-2026-2-A01")
    assert {leg.shown for leg in told.line.legs.values()} == {"open"}
    assert (told.line.is_open, told.may_update) == (False, frozenset())
    version = told.line.legs["MX"].leg.version
    with pytest.raises(Refusal, match="action_ended"):
        act(owed, "diego", "update_leg", "UNC-2026-2-A01", "MX", LegChange("done"), version=version)
    other = next(code for code in told.line.legs if code != "MX")
    speaker = {"CA": "isabelle", "US": "erin"}[other]
    with pytest.raises(Refusal, match="action_ended"):
        act(owed, speaker, "accept_leg", "UNC-2026-2-A01", other, version=told.line.legs[other].leg.version)


def test_a_correction_stands_in_the_place_of_the_note_which_stays_readable(owed: Database, clock: Any) -> None:
    note = act(owed, "ana", "add_note", "UNC-2026-2-A01", "Se envió el 3", "es")
    clock.forward(minutes=5)
    act(owed, "daniel", "add_note", "UNC-2026-2-A01", "Received", "en")
    clock.forward(minutes=5)
    act(owed, "diego", "correct_note", "UNC-2026-2-A01", note.id, "Se envió el 4", "es")
    notes = view(owed, "benoit", "UNC-2026-2-A01").notes
    assert [(line.note.text, line.note.party_code, [old.note.text for old in line.earlier]) for line in notes] == [
        ("Se envió el 4", "MX", ["Se envió el 3"]),
        ("Received", "US", []),
    ]
    assert [line.author for line in notes] == [None, None]
    mine = view(owed, "ana", "UNC-2026-2-A01").notes
    assert [(line.author, line.is_own) for line in mine] == [("Diego Salas", True), (None, False)]


def test_two_corrections_of_one_note_are_a_race(owed: Database) -> None:
    note = act(owed, "ana", "add_note", "UNC-2026-2-A01", "One", "en")
    act(owed, "ana", "correct_note", "UNC-2026-2-A01", note.id, "Two", "en")
    with pytest.raises(StaleVersion) as refused:
        act(owed, "diego", "correct_note", "UNC-2026-2-A01", note.id, "Three", "en")
    assert (refused.value.yours["text"], refused.value.theirs["text"]) == ("Three", "Two")


@pytest.mark.parametrize(
    ("key", "refusal"), [("daniel", "forbidden"), ("sam", "forbidden"), ("olga", "not_found"), ("colin", "not_found")]
)
def test_only_the_delegation_that_wrote_a_note_corrects_it(owed: Database, key: str, refusal: str) -> None:
    note = act(owed, "ana", "add_note", "UNC-2026-2-A01", "One", "en")
    with pytest.raises(Refusal) as refused:
        act(owed, key, "correct_note", "UNC-2026-2-A01", note.id, "Two", "en")
    assert refused.value.key == refusal


def test_the_secretariat_notes_and_corrects_its_own(owed: Database) -> None:
    note = act(owed, "sam", "add_note", "UNC-2026-2-A01", "Reminder sent", "en")
    act(owed, "sam", "correct_note", "UNC-2026-2-A01", note.id, "Two reminders sent", "en")
    [line] = view(owed, "ana", "UNC-2026-2-A01").notes
    assert (line.note.text, line.note.party_code) == ("Two reminders sent", None)


@pytest.mark.parametrize(
    ("text_", "language", "refusal", "field"),
    [
        (" ", "en", "required", "text"),
        ("a" * 20_001, "en", "too_long", "text"),
        ("a", "de", "unknown_language", "language"),
    ],
)
def test_what_a_note_cannot_be(owed: Database, text_: str, language: str, refusal: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        act(owed, "ana", "add_note", "UNC-2026-2-A01", text_, language)
    assert (refused.value.key, refused.value.field) == (refusal, field)


def test_a_note_of_another_action_is_not_there(owed: Database) -> None:
    other = record(owed, "ana", new(MX=OWES, CA=SEES, US=SEES))
    note = act(owed, "ana", "add_note", other, "One", "en")
    for identity in (note.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            act(owed, "ana", "correct_note", "UNC-2026-2-A01", identity, "Two", "en")
    with owed.read_session(world.viewer("benoit")) as session:
        assert len(session.scalars(select(ActionNote)).all()) == 1


# The migration that brought acceptance ----------------------------------------------------------------


def test_legs_that_were_there_are_accepted_where_their_party_recorded_the_action(database: Database) -> None:
    with database.system_session("prepare legs", "write") as session:
        world.add_action(session, "ACT-2026-CAMX-A01", ("MX", "CA"), legs={"CA": {"is_accepted": False}})
        session.commit()
    schema.downgrade(database.engine, "0011")
    schema.upgrade(database.engine)
    whole = (
        create_engine(postgres.admin_url(database.url.database or "")) if not database.is_sqlite else database.engine
    )
    with whole.connect() as connection:
        rows = connection.execute(text("SELECT party_code, is_accepted FROM legs ORDER BY party_code")).all()
        if not database.is_sqlite:
            forced = connection.execute(
                text("SELECT count(*) FROM pg_class WHERE relname IN ('legs', 'actions') AND relforcerowsecurity")
            ).scalar_one()
            assert forced == 2
    whole.dispose()
    assert [(code, bool(accepted)) for code, accepted in rows] == [("CA", False), ("MX", True)]
