"""Meetings around meetings and events: named, refused, hidden, followed or left as they are, and on record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.domain.visibility import REGISTER, audience_id
from app.models import AuditRecord, Event, Meeting, OutboxMessage
from app.services.around import checked_parent, children_of, days_of_parent, keep_date
from app.services.drafts import find_draft, save_draft, start_draft
from app.services.feeds import meeting_facts
from app.services.history import history_of
from app.services.home import home_of
from app.services.mechanism_record import counted_meetings
from app.services.mechanisms import mechanism_view
from app.services.meetings import find_meeting, meeting_view
from app.services.past_meetings import record_past_meeting
from app.services.proposing import propose
from app.services.serving import serving_of, set_served
from app.services.staged_changes import (
    begin_anew,
    publication_of,
    publish,
    stage_changes,
    stage_following,
    told_by_reference,
)
from tests import world

SUMMIT = "UNC-2026-1"
SIDE = "UNC-2026-MXUS-7"
DAY = dt.date(2026, 12, 10)
HOST = "entente.test"
CONTENT = MeetingContent(
    mechanism="un-coordination", title={"en": "Panel on ports"}, original="en", parties=("MX", "US"), kind="panel",
    around=SUMMIT, zone="America/New_York", first_day=dt.date(2026, 12, 11), starts=dt.time(9), ends=dt.time(11),
)  # fmt: skip


def set_up(database: Database, **changed: Any) -> None:
    """Add a meeting of the three, and one of Mexico and the United States around it."""
    with database.system_session("prepare a test", "write") as session:
        summit = world.add_meeting(session, SUMMIT, mechanism="M01", answers=dict.fromkeys(world.THREE, "yes"),
                                   state="confirmed", place="Palacio Nacional")  # fmt: skip
        values = {"kind": "side_session", "parent_id": summit.id, "parent_starts_on": DAY, "place": None} | changed
        world.add_meeting(session, SIDE, ("MX", "US"), mechanism="M01", state="confirmed",
                          answers={"MX": "yes", "US": "yes"}, **values)  # fmt: skip
        session.commit()


def move_summit(database: Database, day: dt.date = dt.date(2026, 12, 12)) -> None:
    with database.system_session("move the other one", "write") as session:
        session.get_one(Meeting, world.identity("meeting", SUMMIT)).starts_on = day
        session.get_one(Meeting, world.identity("meeting", SUMMIT)).ends_on = day
        session.commit()


def done(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> Any:
    with database.write_session(world.viewer(by)) as session:
        found = act(session)
        session.commit()
        return found


def refused(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> tuple[str, str | None]:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key, caught.value.field


def proposed(database: Database, by: str, content: MeetingContent) -> str:
    draft_id = done(database, by, lambda session: start_draft(session, content).id)
    reference: str = done(database, by, lambda s: propose(s, draft_id, version=1, uid_host=HOST).reference)
    return reference


# What a draft names -------------------------------------------------------------------------------


def test_a_panel_is_proposed_around_its_meeting_and_shows_its_place(database: Database) -> None:
    set_up(database)
    reference = proposed(database, "ana", CONTENT)
    with database.read_session(world.viewer("carol")) as session:
        view = meeting_view(session, reference)
        assert (view.meeting.kind, view.meeting.parent_starts_on) == ("panel", DAY)
        assert view.beside is not None
        assert (view.beside.parent.key, view.beside.parent.place) == (SUMMIT, "Palacio Nacional")
        assert view.beside.standing == "as_set"
        summit = find_meeting(session, SUMMIT)
        assert [child.reference for child in children_of(session, summit)] == [SIDE, reference]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"around": "UNC-2026-99"}, ("unknown_parent", "around")),
        ({"around": "event:nothing"}, ("unknown_parent", "around")),
        ({"around": SIDE, "parties": ("CA", "MX", "US")}, ("parent_has_other_parties", "around")),
    ],
)
def test_what_a_draft_cannot_be_around_is_refused_and_nothing_is_written(database, changed, expected) -> None:
    set_up(database)
    assert refused(database, "ana", lambda s: start_draft(s, dataclasses.replace(CONTENT, **changed))) == expected


def test_what_canada_does_not_see_is_nothing_that_it_can_be_around(database: Database) -> None:
    set_up(database)
    content = dataclasses.replace(CONTENT, parties=("CA",), kind="session")
    there = refused(database, "benoit", lambda s: start_draft(s, dataclasses.replace(content, around=SIDE)))
    missing = refused(
        database, "benoit", lambda s: start_draft(s, dataclasses.replace(content, around="UNC-2026-MXUS-9"))
    )
    assert there == missing == ("unknown_parent", "around")
    assert refused(database, "ana", lambda s: checked_parent(s, CONTENT, "party:XX")) == ("unknown_parent", "around")


def test_a_part_of_nothing_can_be_kept_and_not_proposed(database: Database) -> None:
    content = dataclasses.replace(CONTENT, around="")
    draft_id = done(database, "ana", lambda session: start_draft(session, content).id)
    assert refused(database, "ana", lambda s: propose(s, draft_id, version=1, uid_host=HOST)) == (
        "part_needs_parent", "around",
    )  # fmt: skip


def test_circular_parents_are_refused(database: Database) -> None:
    set_up(database)
    draft = done(database, "ana", lambda session: stage_changes(session, SUMMIT))
    content = dataclasses.replace(content_of(database, draft.id), around=SIDE, parties=("MX", "US"), kind="session")
    assert refused(database, "ana", lambda s: save_draft(s, draft.id, content, version=1)) == (
        "circular_meetings", "around",
    )  # fmt: skip
    itself = dataclasses.replace(content, around=SUMMIT)
    assert refused(database, "ana", lambda s: save_draft(s, draft.id, itself, version=1)) == (
        "circular_meetings", "around",
    )  # fmt: skip


def content_of(database: Database, draft_id: uuid.UUID) -> MeetingContent:
    with database.read_session(world.viewer("ana")) as session:
        return find_draft(session, draft_id).content


def test_the_days_of_the_other_one_are_taken_and_its_zone(database: Database) -> None:
    set_up(database)
    with database.read_session(world.viewer("ana")) as session:
        taken = days_of_parent(session, dataclasses.replace(CONTENT, zone="America/Toronto", first_day=None))
        assert (taken.first_day, taken.last_day, taken.zone) == (DAY, None, "America/New_York")
        with pytest.raises(Refusal) as caught:
            days_of_parent(session, dataclasses.replace(CONTENT, around=""))
    assert (caught.value.key, caught.value.field) == ("required", "around")


# Who sees it --------------------------------------------------------------------------------------


def test_a_bilateral_side_session_does_not_exist_for_canada(database: Database) -> None:
    set_up(database)
    move_summit(database)
    with database.read_session(world.viewer("benoit")) as session:
        view = meeting_view(session, SUMMIT)
        assert children_of(session, view.meeting) == ()
        assert [need.kind for need in home_of(session).needs if need.kind == "beside"] == []
        with pytest.raises(NotFound):
            find_meeting(session, SIDE)
        assert {facts.reference for facts in meeting_facts(session, "https://e.test", "en")} == {SUMMIT}


def test_who_does_not_see_the_other_one_sees_nothing_of_it_and_keeps_it_when_they_edit(database: Database) -> None:
    """The United States are at the panel; the meeting that it was part of is, since then, of Canada and Mexico."""
    set_up(database, place=None)
    with database.system_session("take a party off", "write") as session:
        summit = session.get_one(Meeting, world.identity("meeting", SUMMIT))
        summit.audience_id = session.audience({"party:CA", "party:MX"})
        session.commit()
    with database.read_session(world.viewer("carol")) as session:
        assert meeting_view(session, SIDE).beside is None
        facts = {each.reference: each for each in meeting_facts(session, "https://e.test", "en")}
        assert (facts[SIDE].parent_uid, facts[SIDE].place) == (None, None)
    draft = done(database, "carol", lambda session: stage_changes(session, SIDE))
    with database.write_session(world.viewer("carol")) as session:
        content = find_draft(session, draft.id).content
        assert content.around == ""
        save_draft(session, draft.id, dataclasses.replace(content, place="Ottawa"), version=1)
        publish(session, draft.id, version=2)
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        view = meeting_view(session, SIDE)
        assert view.beside is not None
        assert (view.meeting.place, view.beside.parent.key) == ("Ottawa", SUMMIT)


def test_calendars_relate_it_to_the_other_one_where_that_is_seen(database: Database) -> None:
    set_up(database)
    with database.read_session(world.viewer("ana")) as session:
        facts = {each.reference: each for each in meeting_facts(session, "https://e.test", "en")}
    assert facts[SIDE].parent_uid == facts[SUMMIT].uid
    assert facts[SIDE].place == "Palacio Nacional"
    assert facts[SIDE].categories[-1] == "side session"
    assert facts[SUMMIT].parent_uid is None


# When the other one moves -------------------------------------------------------------------------


def test_nothing_moves_by_itself_and_who_may_change_it_is_asked(database: Database) -> None:
    set_up(database)
    with database.read_session(world.viewer("diego")) as session:
        assert not [need for need in home_of(session).needs if need.kind == "beside"]
    move_summit(database)
    with database.read_session(world.viewer("diego")) as session:
        view = meeting_view(session, SIDE)
        assert view.meeting.starts_on == DAY
        assert view.beside is not None
        assert (view.beside.standing, view.beside.moved_by) == ("moved", 2)
        needs = [need for need in home_of(session).needs if need.kind == "beside"]
        assert [need.meeting.reference for need in needs if need.meeting] == [SIDE]


def test_following_is_staged_previewed_published_and_every_answer_is_asked_again(database: Database) -> None:
    set_up(database)
    move_summit(database)
    draft = done(database, "ana", lambda session: stage_following(session, SIDE))
    with database.read_session(world.viewer("ana")) as session:
        planned = publication_of(session, draft.id)
        assert [(each.field, each.new) for each in planned.changes] == [
            ("first_day", dt.date(2026, 12, 12)), ("last_day", dt.date(2026, 12, 12)),
        ]  # fmt: skip
        assert planned.is_asked_again
        version = find_draft(session, draft.id).draft.version
    done(database, "ana", lambda session: publish(session, draft.id, version=version))
    with database.read_session(world.viewer("carol")) as session:
        view = meeting_view(session, SIDE)
        assert (view.meeting.starts_on, view.meeting.state) == (dt.date(2026, 12, 12), "proposed")
        assert view.meeting.sequence == 1
        assert view.beside is not None
        assert view.beside.standing == "as_set"
        assert [entry.act for entry in view.history][:2] == ["meeting_changed", "meeting_followed"]
    assert refused(database, "ana", lambda s: stage_following(s, SIDE)) == ("nothing_to_follow", None)


def test_keeping_the_date_is_on_record_and_asked_anew_when_it_moves_again(database: Database) -> None:
    set_up(database)
    move_summit(database)
    assert refused(database, "benoit", lambda s: keep_date(s, SIDE, version=1))[0] == "not_found"
    with database.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion):
        keep_date(session, SIDE, version=9)
    done(database, "ana", lambda session: keep_date(session, SIDE, version=1))
    with database.read_session(world.viewer("carol")) as session:
        view = meeting_view(session, SIDE)
        assert view.beside is not None
        assert (view.beside.standing, view.meeting.starts_on, view.meeting.sequence) == ("as_set", DAY, 0)
        entry = view.history[0]
        assert (entry.act, entry.party_code, entry.facts["days"]) == ("meeting_date_kept", "MX", 2)
        assert entry.person_name is None  # Ana is Mexico's to name
    with database.read_session(world.viewer("diego")) as session:
        assert (meeting_view(session, SIDE).history[0].person_name or "").startswith("Ana")
    assert refused(database, "ana", lambda s: keep_date(s, SIDE, version=2)) == ("nothing_to_follow", None)
    move_summit(database, dt.date(2026, 12, 15))
    with database.read_session(world.viewer("ana")) as session:
        again = meeting_view(session, SIDE).beside
        assert again is not None
        assert (again.standing, again.moved_by) == ("moved", 3)


def test_one_whose_other_is_cancelled_can_be_left_as_it_is(database: Database) -> None:
    set_up(database)
    with database.system_session("call the other one off", "write") as session:
        session.get_one(Meeting, world.identity("meeting", SUMMIT)).state = "cancelled"
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        assert [need.beside.standing for need in home_of(session).needs if need.beside] == ["called_off"]
    assert refused(database, "ana", lambda s: stage_following(s, SIDE)) == ("nothing_to_follow", None)
    done(database, "ana", lambda session: keep_date(session, SIDE, version=1))
    with database.read_session(world.viewer("ana")) as session:
        assert not [need for need in home_of(session).needs if need.beside]
        left = meeting_view(session, SIDE).beside
        assert left is not None
        assert (left.standing, left.is_decided) == ("called_off", True)


def test_a_meeting_on_the_margins_of_an_event_is_asked_when_the_event_moves(database: Database) -> None:
    with database.system_session("an event", "write") as session:
        event = Event(
            id=uuid.uuid4(), code="forum-2026", name={"en": "Forum", "original": "en"}, place="Geneva", starts_on=DAY,
            ends_on=DAY, created_at=world.NOW, audience_id=session.audience({REGISTER}),
        )  # fmt: skip
        session.add(event)
        session.commit()
    reference = proposed(database, "ana", dataclasses.replace(CONTENT, kind="session", around="event:forum-2026"))
    with database.system_session("move it", "write") as session:
        row = session.execute(select(Event)).scalar_one()
        row.starts_on, row.ends_on = dt.date(2026, 12, 9), dt.date(2026, 12, 9)
        session.commit()
    with database.read_session(world.viewer("carol")) as session:
        found = meeting_view(session, reference).beside
        assert found is not None
        assert (found.parent.place, found.standing, found.moved_by) == ("Geneva", "moved", -1)
        facts = next(each for each in meeting_facts(session, "https://e.test", "en"))
        assert (facts.place, facts.parent_uid) == ("Geneva", None)


# The record ---------------------------------------------------------------------------------------


def test_kind_and_place_around_are_on_record_for_those_who_see_both(database: Database) -> None:
    set_up(database)
    reference = proposed(database, "ana", CONTENT)
    draft = done(database, "ana", lambda session: stage_changes(session, reference))
    changed = dataclasses.replace(content_of(database, draft.id), kind="session", around="")
    done(database, "ana", lambda session: save_draft(session, draft.id, changed, version=1))
    done(database, "ana", lambda session: publish(session, draft.id, version=2))
    with database.read_session(world.viewer("carol")) as session:
        meeting = find_meeting(session, reference)
        told = {entry.act: entry for entry in history_of(session, "meeting", meeting.id, None)}
        assert told["meeting_changed"].facts["changes"] == {"kind": ["panel", "session"]}
        placed = [e for e in history_of(session, "meeting", meeting.id, None) if e.act == "meeting_placed"]
        assert [(e.facts["was"] or {}).get("around") for e in placed] == [SUMMIT, None]
        assert [(e.facts["now"] or {}).get("around") for e in placed] == [None, SUMMIT]
    with database.system_session("look at who sees the record") as session:
        rows = session.execute(select(AuditRecord).where(AuditRecord.action == "meeting_placed")).scalars()
        assert {row.audience_id for row in rows} == {audience_id({"party:MX", "party:US"})}


# What counts --------------------------------------------------------------------------------------


def test_only_sessions_and_urgent_meetings_count_and_the_rest_goes_on_between_them(database: Database) -> None:
    with database.system_session("meetings of every kind", "write") as session:
        for number, kind in enumerate(("session", "urgent", "preparatory", "training", "exercise", "study_visit"), 1):
            world.add_meeting(session, f"UNC-2026-{number}", mechanism="M01", state="held", kind=kind,
                              starts_on=dt.date(2026, number, 5))  # fmt: skip
        mechanism_id = world.mechanism_of(session, "M01").id
        session.commit()
    with database.read_session(world.viewer("benoit")) as session:
        counted = {each.reference: each.counts for each in counted_meetings(session)[mechanism_id]}
        assert [reference for reference, does in counted.items() if does] == ["UNC-2026-1", "UNC-2026-2"]
        view = mechanism_view(session, "un-coordination")
        assert [row.reference for row in view.between] == ["UNC-2026-6", "UNC-2026-5", "UNC-2026-4", "UNC-2026-3"]
        kept = [line.meeting.reference for line in view.record if line.meeting]
        assert kept == ["UNC-2026-2", "UNC-2026-1"]


def test_an_exercise_that_is_recorded_afterwards_keeps_its_kind(database: Database) -> None:
    content = dataclasses.replace(
        CONTENT, kind="exercise", around="", starts=None, ends=None, source="A note", format="unknown",
        first_day=dt.date(2026, 3, 3),
    )  # fmt: skip
    reference = done(database, "ana", lambda s: record_past_meeting(s, content, uid_host=HOST).reference)
    with database.read_session(world.viewer("carol")) as session:
        assert find_meeting(session, reference).kind == "exercise"


# The period that it serves ------------------------------------------------------------------------


def held_in_january(database: Database, **changed: Any) -> None:
    with database.system_session("a meeting that was held late", "write") as session:
        values: dict[str, Any] = {"state": "held", "starts_on": dt.date(2026, 1, 20)} | changed
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", **values)
        session.commit()


def test_a_meeting_held_in_january_is_counted_for_the_year_before_once_somebody_says_so(database: Database) -> None:
    held_in_january(database)
    with database.read_session(world.viewer("ana")) as session:
        view = meeting_view(session, "NADD-2026-1")
        serving = serving_of(session, view.meeting, view.mechanism, view.facts)
        assert serving is not None
        assert [period[0].year for period in serving.periods] == [2025, 2026, 2027]
        assert (serving.now, serving.may_set) == (None, True)
    act = lambda s: set_served(s, "NADD-2026-1", dt.date(2025, 1, 1), version=1)  # noqa: E731
    assert refused(database, "diego", act) == ("forbidden", None)
    done(database, "ana", act)
    with database.read_session(world.viewer("benoit")) as session:
        view = meeting_view(session, "NADD-2026-1")
        assert view.meeting.serves_on == dt.date(2025, 1, 1)
        entry = view.history[0]
        assert (entry.act, entry.facts["now"]) == ("meeting_served_set", ["2025-01-01", "2025-12-31"])
        assert entry.facts["was"] == ["2026-01-01", "2026-12-31"]
        periods = mechanism_view(session, "drug-dialogue").page.channels[0].periods
        held = {period.first_day.year: [each.label for each in period.held] for period in periods}
        assert "NADD-2026-1" in held[2025]
        assert "NADD-2026-1" not in held[2026]
    done(database, "ana", lambda s: set_served(s, "NADD-2026-1", dt.date(2026, 1, 1), version=2))
    with database.read_session(world.viewer("benoit")) as session:
        assert find_meeting(session, "NADD-2026-1").serves_on is None


@pytest.mark.parametrize(
    ("changed", "day", "expected"),
    [
        ({}, dt.date(2024, 1, 1), ("not_a_period_of_it", "period")),
        ({}, None, ("not_a_period_of_it", "period")),
        ({}, dt.date(2026, 1, 1), ("nothing_changed", "period")),
        ({"kind": "training"}, dt.date(2025, 1, 1), ("not_a_period_of_it", "period")),
        ({"state": "closed"}, dt.date(2025, 1, 1), ("not_in_state", None)),
        ({"state": "proposed"}, dt.date(2025, 1, 1), ("not_in_state", None)),
    ],
)
def test_what_cannot_be_served_is_refused(database, changed, day, expected) -> None:
    held_in_january(database, **changed)
    assert refused(database, "ana", lambda s: set_served(s, "NADD-2026-1", day, version=1)) == expected


# What a reference tells ---------------------------------------------------------------------------


def test_opening_a_bilateral_meeting_tells_by_its_reference_and_a_new_one_does_not(database: Database) -> None:
    with database.system_session("a second one of two", "write") as session:
        world.add_meeting(session, "UNC-2026-MXUS-2", ("MX", "US"), mechanism="M01")
        session.commit()
    draft = done(database, "ana", lambda session: stage_changes(session, "UNC-2026-MXUS-2"))
    opened = dataclasses.replace(content_of(database, draft.id), parties=world.THREE)
    done(database, "ana", lambda session: save_draft(session, draft.id, opened, version=1))
    with database.read_session(world.viewer("ana")) as session:
        assert told_by_reference(publication_of(session, draft.id)) == (("MX", "US"), 1)
    anew = done(database, "ana", lambda session: begin_anew(session, draft.id, version=2))
    reference = done(database, "ana", lambda s: propose(s, anew.id, version=1, uid_host=HOST).reference)
    assert reference == "UNC-2026-1"
    with database.read_session(world.viewer("benoit")) as session:
        assert [row.reference for row in session.execute(select(Meeting)).scalars()] == ["UNC-2026-1"]
    with database.system_session("look at what was mailed") as session:
        kinds = session.execute(select(OutboxMessage.kind)).scalars().all()
        assert set(kinds) == {"meeting_proposed"}


def test_a_meeting_that_nobody_comes_into_tells_nothing_new(database: Database) -> None:
    set_up(database)
    draft = done(database, "ana", lambda session: stage_changes(session, SIDE))
    with database.read_session(world.viewer("ana")) as session:
        assert told_by_reference(publication_of(session, draft.id)) is None
