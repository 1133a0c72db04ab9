"""Updates on actions: what bears them out, that nothing is new, what others told, and what had no news for long."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.db import Database
from app.domain import updates as rules
from app.domain.actions import LEG_STATES
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import Action, ActionNote, AuditRecord, Document, Leg
from app.services import reported_updates as reports
from app.services import updates
from app.services.actions import action_view
from app.services.meeting_life import Paper
from app.services.note_lines import NoteLine, reported_beside
from app.services.reported_updates import ReportedUpdate
from app.services.timeline import timeline_of
from app.services.updates import Evidence
from tests import world
from tests.conftest import Clock

REF = "UNC-2026-2-A01"
NARROW = "UNC-2026-MXUS-1-A01"
TOLD_ON = dt.date(2026, 11, 20)


@pytest.fixture
def owed(sqlite_database: Database) -> Database:
    """Return a database with an action of Mexico and the United States that Canada and the secretariat see too."""
    return prepared(sqlite_database)


@pytest.fixture
def on_both(database: Database) -> Database:
    """Return the same on each engine."""
    return prepared(database)


def prepared(database: Database) -> Database:
    with database.system_session("prepare actions", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        action = world.add_action(session, REF, ("MX", "US"), legs={"US": {"is_accepted": False}})
        action.meeting_id, action.audience_id = meeting.id, meeting.audience_id
        for leg in session.scalars(select(Leg)):
            leg.audience_id = meeting.audience_id
        world.add_action(session, NARROW, ("MX", "US"))
        session.commit()
    return database


def act(database: Database, key: str, verb: Any, *args: Any, **named: Any) -> Any:
    with database.write_session(world.viewer(key)) as session:
        done = verb(session, *args, **named)
        session.commit()
    return done


def notes(database: Database, key: str = "carol", reference: str = REF) -> tuple[NoteLine, ...]:
    with database.read_session(world.viewer(key)) as session:
        return action_view(session, reference).notes


def leg_of(database: Database, party: str, reference: str = REF) -> Leg:
    with database.read_session(world.viewer("carol")) as session:
        return action_view(session, reference).line.legs[party].leg


def beside(database: Database, key: str = "ana") -> dict[str, str | None]:
    with database.read_session(world.viewer(key)) as session:
        view = action_view(session, REF)
        legs = [line.leg for line in view.line.legs.values()]
        return {code: line.note.reported_state for code, line in reported_beside(view.notes, legs).items()}


def told(party: str = "US", state: str | None = "done", **more: Any) -> ReportedUpdate:
    facts: dict[str, Any] = {"text": "By note 114.", "language": "en", "told_on": TOLD_ON}
    return ReportedUpdate(party=party, state=state, **(facts | more))


# What bears a note out ------------------------------------------------------------------------------


def test_a_note_keeps_its_paper_for_those_who_see_the_action_and_its_link(on_both: Database) -> None:
    evidence = Evidence("https://example.org/report?x=1", Paper("../list.txt", b"The list."))
    act(on_both, "ana", updates.add_note, REF, "Sent", "en", evidence)
    [line] = notes(on_both, "benoit")
    assert (line.note.evidence_url, line.paper) == ("https://example.org/report?x=1", "list.txt")
    act(on_both, "ana", updates.correct_note, REF, line.note.id, "Sent on 3 March", "en")
    [corrected] = notes(on_both, "sam")
    assert (corrected.paper, corrected.note.evidence_url) == (line.paper, line.note.evidence_url)
    act(on_both, "ana", updates.add_note, NARROW, "Sent", "en", evidence)
    for key, count in (("carol", 2), ("benoit", 1), ("sam", 1), ("olga", 0), ("marta", 0)):
        with on_both.read_session(world.viewer(key)) as session:
            assert len(session.scalars(select(Document)).all()) == count, key


@pytest.mark.parametrize(
    ("evidence", "refusal", "field"),
    [
        (Evidence("javascript:alert(1)"), "not_a_link", "evidence_url"),
        (Evidence("https://user:secret@example.org/"), "not_a_link", "evidence_url"),
        (Evidence(paper=Paper("a.exe", b"MZ\x00")), "file_type", "paper"),
        (Evidence(paper=Paper("a.html", b"<html>")), "file_type", "paper"),
        (Evidence(paper=Paper("a.txt", b"")), "file_empty", "paper"),
    ],
)
def test_what_bears_nothing_out(owed: Database, evidence: Evidence, refusal: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        act(owed, "ana", updates.add_note, REF, "Sent", "en", evidence)
    assert (refused.value.key, refused.value.field) == (refusal, field)
    assert notes(owed) == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", None), ("  ", None), ("https://example.org", "https://example.org"),
        (" http://example.org:8080/a?b=c#d ", "http://example.org:8080/a?b=c#d"),
        ("https://example.org/página", "https://example.org/página"), ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
    ],
)  # fmt: skip
def test_a_link_is_kept_as_it_is(written: str, expected: str | None) -> None:
    assert rules.checked_link(written, "evidence_url") == expected


@pytest.mark.parametrize(
    "written",
    [
        "example.org", "ftp://example.org", "file:///etc/passwd", "data:text/html,a", "//example.org", "https://",
        "https:///a", "https://example.org:99999/", "https://[::1", "https://exаmple.org/", "https://a b.org",
        'https://example.org/"onclick=', "https://example.org/<script>", "https:\\\\example.org", "https://@example.org",
        "https://user@example.org", "JAVASCRIPT:alert(1)", "vbscript:x", "https://example.org:0/",
    ],
)  # fmt: skip
def test_what_is_no_link(written: str) -> None:
    with pytest.raises(Refusal, match="not_a_link"):
        rules.checked_link(written, "evidence_url")


def test_the_host_of_a_link_is_told() -> None:
    assert rules.host_of("https://Data.Example.org:8443/a/b?c") == "data.example.org"


# Nothing new ----------------------------------------------------------------------------------------


def test_no_change_is_said_since_the_last_news_and_is_none_itself(owed: Database, clock: Clock) -> None:
    act(owed, "ana", updates.add_note, REF, "Sent", "en")
    clock.forward(days=10)
    act(owed, "diego", updates.say_no_change, REF)
    clock.forward(days=10)
    act(owed, "ana", updates.say_no_change, REF, "Still waiting.")
    newest, older, _first = notes(owed)
    day = dt.date(2026, 11, 22)
    assert [(line.note.kind, line.note.told_on, line.note.text) for line in (newest, older)] == [
        ("no_change", day, "Still waiting."), ("no_change", day, ""),
    ]  # fmt: skip
    with owed.read_session(world.viewer("ana")) as session:
        assert session.scalars(select(Action).where(Action.reference == REF)).one().news_at == clock.now


@pytest.mark.parametrize(
    ("key", "refusal"),
    [("carol", "not_accepted_yet"), ("benoit", "forbidden"), ("sam", "forbidden"), ("marta", "not_found")],
)
def test_only_who_owes_says_that_nothing_is_new(owed: Database, key: str, refusal: str) -> None:
    with pytest.raises(Refusal, match=refusal):
        act(owed, key, updates.say_no_change, REF)
    assert notes(owed) == ()


def test_nothing_new_is_said_of_what_is_owed_alone(owed: Database) -> None:
    with owed.system_session("let it be done", "write") as session:
        for leg in session.scalars(select(Leg).where(Leg.party_code == "MX")):
            leg.state = "done"
        session.commit()
    with pytest.raises(Refusal, match="nothing_owed"):
        act(owed, "ana", updates.say_no_change, REF)


# What others told -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ana", "benoit", "sam"])
def test_what_is_reported_stands_beside_the_leg_and_changes_nothing_of_it(owed: Database, key: str) -> None:
    before = leg_of(owed, "US")
    act(owed, key, reports.report_update, REF, told(evidence=Evidence(paper=Paper("note.txt", b"Note 114"))))
    after = leg_of(owed, "US")
    assert (after.version, after.state, after.is_accepted) == (before.version, "open", False)
    assert beside(owed) == {"US": "done"}
    [line] = notes(owed)
    assert (line.note.kind, line.note.for_party, line.note.told_on, line.paper) == (
        "reported",
        "US",
        TOLD_ON,
        "note.txt",
    )


@pytest.mark.parametrize(
    ("key", "report", "refusal", "field"),
    [
        ("carol", told("US"), "update_is_own", "party"),
        ("ana", told("CA"), "unknown_party", "party"),
        ("ana", told("ZZ"), "unknown_party", "party"),
        ("ana", told(state="verified"), "unknown_state", "state"),
        ("ana", told(told_on=None), "required", "told_on"),
        ("ana", told(told_on=dt.date(2026, 11, 23)), "told_later", "told_on"),
        ("ana", told(text=" "), "required", "text"),
        ("marta", told(), "not_found", None),
        ("olga", told(), "not_found", None),
    ],
)
def test_what_cannot_be_reported(
    owed: Database, key: str, report: ReportedUpdate, refusal: str, field: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        act(owed, key, reports.report_update, REF, report)
    assert (refused.value.key, refused.value.field) == (refusal, field)
    assert notes(owed) == ()


def test_a_party_takes_over_what_was_told_of_it_as_its_own_word(on_both: Database, clock: Clock) -> None:
    note = act(on_both, "ana", reports.report_update, REF, told(state="blocked", text="No money yet."))
    clock.forward(minutes=5)
    with pytest.raises(StaleVersion):
        act(on_both, "daniel", reports.take_over, REF, note.id, version=7)
    act(on_both, "daniel", reports.take_over, REF, note.id, version=leg_of(on_both, "US").version)
    leg = leg_of(on_both, "US")
    assert (leg.state, leg.reason, leg.is_accepted) == ("blocked", "No money yet.", True)
    assert beside(on_both) == {}
    assert notes(on_both)[0].is_report
    with on_both.system_session("read the record") as session:
        acts = list(session.scalars(select(AuditRecord.action).order_by(AuditRecord.number)))
    assert acts[-3:] == ["update_reported", "leg_updated", "update_taken_over"]


def test_a_party_contests_what_was_told_of_it_and_both_stay(on_both: Database, clock: Clock) -> None:
    note = act(on_both, "ana", reports.report_update, REF, told())
    clock.forward(minutes=5)
    act(on_both, "daniel", reports.contest, REF, note.id, "We never said so.", "en")
    [line] = notes(on_both, "benoit")
    assert (line.note.text, line.note.party_code, line.earlier) == ("We never said so.", "US", ())
    assert line.contests is not None
    assert (line.contests.note.text, line.contests.note.for_party) == ("By note 114.", "US")
    assert beside(on_both) == {}
    with pytest.raises(StaleVersion):
        act(on_both, "carol", reports.contest, REF, note.id, "Twice", "en")
    with pytest.raises(Refusal, match="not_in_state"):
        act(on_both, "carol", reports.take_over, REF, note.id, version=1)


@pytest.mark.parametrize("key", ["ana", "benoit", "sam"])
def test_nobody_else_takes_over_or_contests(owed: Database, key: str) -> None:
    note = act(owed, "ana", reports.report_update, REF, told())
    plain = act(owed, "ana", updates.add_note, REF, "A note", "en")
    with pytest.raises(Refusal, match="forbidden"):
        act(owed, key, reports.take_over, REF, note.id, version=1)
    with pytest.raises(Refusal, match="forbidden"):
        act(owed, key, reports.contest, REF, note.id, "No", "en")
    with pytest.raises(NotFound):
        act(owed, "carol", reports.contest, REF, plain.id, "No", "en")


def test_a_correction_of_a_report_stays_a_report(owed: Database) -> None:
    note = act(owed, "ana", reports.report_update, REF, told())
    act(owed, "diego", updates.correct_note, REF, note.id, "By note 115.", "en")
    [line] = notes(owed)
    assert (line.note.kind, line.note.for_party, line.note.reported_state, line.note.told_on) == (
        "reported", "US", "done", TOLD_ON,
    )  # fmt: skip
    assert [old.note.text for old in line.earlier] == ["By note 114."]
    assert beside(owed) == {"US": "done"}


# All that happened ----------------------------------------------------------------------------------


def test_the_timeline_tells_every_note_once_and_narrows(on_both: Database, clock: Clock) -> None:
    note = act(on_both, "ana", updates.add_note, REF, "One", "en")
    clock.forward(minutes=1)
    act(on_both, "ana", updates.correct_note, REF, note.id, "Two", "en")
    clock.forward(minutes=1)
    report = act(on_both, "ana", reports.report_update, REF, told())
    clock.forward(minutes=1)
    act(on_both, "carol", reports.take_over, REF, report.id, version=leg_of(on_both, "US").version)
    with on_both.read_session(world.viewer("benoit")) as session:
        found = timeline_of(session, REF)
        texts = [event.note.note.text for event in found.events if event.note]
        acts = {event.entry.act for event in found.events if event.entry}
        narron_both = timeline_of(session, REF, "notes").events
    assert texts == ["By note 114.", "Two", "One"]
    assert acts == {"leg_updated", "update_taken_over"}
    assert [event.kind for event in narron_both] == ["notes"] * 3
    assert dict(found.counts) == {"notes": 3, "states": 2, "days": 0, "rest": 0}
    with on_both.read_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        timeline_of(session, NARROW)


# No news for long -----------------------------------------------------------------------------------


def test_what_had_no_news_is_told_to_who_owes_it(on_both: Database, clock: Clock) -> None:
    clock.forward(days=31)
    act(on_both, "ana", updates.add_note, NARROW, "News", "en")
    for key, expected in (("ana", [(REF, 31)]), ("sam", [(REF, 31)]), ("benoit", [])):
        with on_both.read_session(world.viewer(key)) as session:
            found = updates.quiet_actions(session, "America/Mexico_City")
            assert [(each.reference, each.days) for each in found] == expected, key
    with on_both.read_session(world.viewer("ana")) as session:
        assert updates.quiet_actions(session, "America/Mexico_City", 31) == ()


ZONES = ("America/Toronto", "America/Mexico_City", "America/New_York", "America/Havana", "Pacific/Auckland", "UTC")
EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
INSTANTS = st.integers(0, 10 * 366 * 86_400).map(lambda seconds: EPOCH + dt.timedelta(seconds=seconds))


@given(INSTANTS, INSTANTS, st.sampled_from(ZONES), st.integers(0, 400))
def test_the_instant_and_the_days_say_the_same_of_what_is_quiet(
    news_at: dt.datetime, now: dt.datetime, zone_name: str, days: int
) -> None:
    news_at, now = min(news_at, now), max(news_at, now)
    by_days = rules.days_without_news(news_at, now, zone_name) > days
    assert (news_at < rules.quiet_before(now, zone_name, days)) is by_days
    for state in LEG_STATES:
        is_owed = state in {"open", "under_way", "blocked"}
        assert rules.is_quiet(state, news_at, now, zone_name, days) is (by_days and is_owed)


def test_the_condition_and_the_rule_say_the_same_of_each_state(sqlite_database: Database, clock: Clock) -> None:
    with sqlite_database.system_session("prepare actions", "write") as session:
        for n, (state, ended) in enumerate(itertools.product(LEG_STATES, (None, "closed"))):
            action = world.add_action(session, f"ACT-2026-MX-A{n + 1:02}", ("MX",), legs={"MX": {"state": state}})
            action.ended_as, action.ended_at = ended, clock.now if ended else None
        session.commit()
    clock.forward(days=40)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        found = set(session.scalars(select(Action.reference).where(updates.quiet_since(session.now, 39, "UTC"))))
        every = session.scalars(select(Action)).all()
        expected = {
            row.reference for row in every
            if row.ended_as is None and rules.is_quiet(row.state, row.news_at, clock.now, "UTC", 39)  # type: ignore[arg-type]
        }  # fmt: skip
    assert found == expected
    assert len(found) == 3


def test_notes_are_never_altered(owed: Database) -> None:
    note = act(owed, "ana", reports.report_update, REF, told())
    act(owed, "ana", updates.correct_note, REF, note.id, "Other", "en")
    act(owed, "carol", updates.add_note, REF, "Third", "en")
    with owed.read_session(world.viewer("ana")) as session:
        kept = session.get_one(ActionNote, note.id)
        assert (kept.text, kept.kind, kept.created_at) == ("By note 114.", "reported", world.NOW)
