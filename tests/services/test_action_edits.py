"""Mending an action after it was recorded: its title, and a leg of a party that was found to owe too."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import AuditRecord
from app.services.action_acts import NewAction, PartyPart, record_action
from app.services.action_content import ActionContent
from app.services.action_edits import NewLeg, add_leg, content_version, edit_action, line_to_edit
from app.services.actions import action_view
from tests import world

SHARED, NARROW = "UNC-2026-1-A01", "UNC-2026-1-MXUS-A01"
TITLE = {"en": "Send the list"}
KEPT = {**TITLE, "original": "en"}


@pytest.fixture
def kept(database: Database) -> Database:
    """Return a database with an action of all three that two of them owe, and one of Mexico and the United States."""
    with database.system_session("prepare a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        session.commit()
    with database.write_session(world.viewer("ana")) as session:
        for parties in (("CA", "MX", "US"), ("MX", "US")):
            parts = tuple(PartyPart(code, "sees" if code == "US" else "owes") for code in parties)
            record_action(session, NewAction(TITLE, parts, "en"), "UNC-2026-1")
        session.commit()
    return database


def version_of(database: Database, key: str = "ana") -> str:
    with database.read_session(world.viewer(key)) as session:
        return content_version(line_to_edit(session, SHARED).action)


def correct(database: Database, key: str, version: str, **title: str) -> None:
    with database.write_session(world.viewer(key)) as session:
        edit_action(session, SHARED, ActionContent(title), version=version)
        session.commit()


def acts(database: Database, reference: str = SHARED) -> list[tuple[str, dict[str, object]]]:
    with database.read_session(world.viewer("ana")) as session:
        history = action_view(session, reference).history
        return [(each.act, dict(each.facts)) for each in history if each.act != "action_recorded"]


@pytest.mark.parametrize("key", ["ana", "benoit", "carol", "sam"])
def test_everybody_at_the_table_can_correct_a_title(kept: Database, key: str) -> None:
    correct(kept, key, version_of(kept), en="Send the whole list", fr="Envoyer toute la liste")
    new = {"en": "Send the whole list", "fr": "Envoyer toute la liste", "original": "en"}
    with kept.read_session(world.viewer("ana")) as session:
        assert dict(action_view(session, SHARED).action.title) == new
    assert acts(kept) == [("action_title_corrected", {"was": KEPT, "now": new})]


def test_the_loser_of_a_race_sees_both_titles(kept: Database) -> None:
    version = version_of(kept)
    correct(kept, "ana", version, en="Send it by mail")
    with pytest.raises(StaleVersion) as raised:
        correct(kept, "carol", version, en="Send it by post")
    assert raised.value.yours["title"] == {"en": "Send it by post"}
    assert raised.value.theirs["title"] == {"en": "Send it by mail"}
    assert len(acts(kept)) == 1


def test_what_others_do_to_the_legs_is_no_race_for_the_title(kept: Database) -> None:
    version = version_of(kept)
    with kept.write_session(world.viewer("ana")) as session:
        add_leg(session, SHARED, NewLeg("US"))
        session.commit()
    correct(kept, "carol", version, en="Send it by post")
    assert [act for act, _facts in acts(kept)] == ["action_title_corrected", "leg_added"]


def test_a_title_that_says_the_same_leaves_no_record(kept: Database) -> None:
    correct(kept, "ana", version_of(kept), en="Send the list")
    assert acts(kept) == []


@pytest.mark.parametrize(
    ("title", "key", "field"),
    [
        ({}, "needs_title", "title_en"),
        ({"es": " "}, "needs_title", "title_en"),
        ({"fr": "x" * 301}, "too_long", "title_fr"),
    ],
)
def test_what_is_no_title(kept: Database, title: dict[str, str], key: str, field: str) -> None:
    with pytest.raises(Refusal) as raised:
        correct(kept, "ana", version_of(kept), **title)
    assert (raised.value.key, raised.value.field) == (key, field)


@pytest.mark.parametrize(("key", "is_accepted"), [("ana", False), ("carol", True), ("sam", False)])
def test_a_leg_of_a_party_that_sees_the_action_can_be_added(kept: Database, key: str, is_accepted: bool) -> None:
    with kept.write_session(world.viewer(key)) as session:
        add_leg(session, SHARED, NewLeg("US", " Jo  Day ", dt.date(2026, 12, 20)))
        session.commit()
    with kept.read_session(world.viewer("benoit")) as session:
        view = action_view(session, SHARED)
        leg = view.line.legs["US"].leg
        assert (leg.person_name, leg.due_on, leg.state) == ("Jo Day", dt.date(2026, 12, 20), "open")
        assert leg.is_accepted is is_accepted
        assert view.line.without_leg == ()
    assert acts(kept) == [("leg_added", {"party": "US", "due_on": "2026-12-20"})]


@pytest.mark.parametrize(("reference", "party"), [(SHARED, "MX"), (NARROW, "CA"), (SHARED, "XX"), (SHARED, "")])
def test_no_second_leg_and_none_of_a_party_that_does_not_see_it(kept: Database, reference: str, party: str) -> None:
    with kept.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as raised:
        add_leg(session, reference, NewLeg(party))
    assert (raised.value.key, raised.value.field) == ("unknown_party", "party")


@pytest.mark.parametrize("key", ["benoit", "sam", "olga", "marta"])
def test_what_is_not_seen_cannot_be_mended(kept: Database, key: str) -> None:
    with kept.write_session(world.viewer(key)) as session:
        with pytest.raises(NotFound):
            edit_action(session, NARROW, ActionContent({"en": "Mine"}), version="")
        with pytest.raises(NotFound):
            add_leg(session, NARROW, NewLeg("US"))
        session.rollback()
    with kept.system_session("look for traces") as session:
        found = session.execute(select(AuditRecord.action).where(AuditRecord.subject_kind == "action")).scalars()
        assert set(found) == {"action_recorded"}
