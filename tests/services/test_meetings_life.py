"""Answers, and the later life of a meeting: who may, what is written, who is told."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import AuditRecord, Document, Meeting, MeetingParty, OutboxMessage
from app.services import meeting_life as life
from app.services.meetings import facts_of_meeting, find_meeting
from tests import world

PDF = b"%PDF-1.7\n1 0 obj\n"
REF = "UNC-2026-1"


def make(database: Database, parties: tuple[str, ...] = world.THREE, **values: Any) -> None:
    """Add the meeting that the tests act on, of M01."""
    reference = values.pop("reference", REF)
    with database.system_session("a meeting to act on", "write") as session:
        world.add_meeting(session, reference, parties, mechanism="M01", **values)
        session.commit()


def act(database: Database, key: str, does: Callable[[GuardedSession], object]) -> None:
    """Let one of the cast act, and commit."""
    with database.write_session(world.viewer(key)) as session:
        does(session)
        session.commit()


def answer(database: Database, key: str, value: life.Value, reference: str = REF) -> None:
    """Answer from a page that was just opened."""

    def does(session: GuardedSession) -> None:
        meeting = find_meeting(session, reference)
        own = next((row for row in meeting.parties if row.party_code == session.bound_viewer.party), None)
        life.answer_meeting(
            session, reference, value, promise=life.promise_of(meeting), version=own.version if own else 1
        )

    act(database, key, does)


def report(database: Database, key: str, party: str, value: life.Value, **more: Any) -> None:
    """Report an answer from a page that was just opened."""
    given = life.Report(party, value, more.pop("channel", "note"), more.pop("note", "Nota 12"), more.pop("paper", None))

    def does(session: GuardedSession) -> None:
        promise = life.promise_of(find_meeting(session, REF))
        life.report_answer(session, REF, given, promise=promise)

    act(database, key, does)


def meeting_of(database: Database, reference: str = REF) -> Meeting:
    """Return the meeting as it is kept."""
    with database.system_session("read back what was written") as session:
        return find_meeting(session, reference)


def answers_of(database: Database) -> dict[str, tuple[str | None, bool]]:
    """Return each party's answer and whether it is only reported."""
    return {row.party_code: (row.answer, row.is_reported) for row in meeting_of(database).parties}


def told(database: Database, kind: str) -> set[str]:
    """Return the first names of the cast that a message of this kind waits for."""
    names = {member.id: member.key for member in world.CAST.values()}
    with database.system_session("read the outbox") as session:
        rows = session.execute(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)).scalars()
        return {names[row] for row in rows if row is not None}


def acts(database: Database) -> list[str]:
    """Return the acts that the record holds of meetings, oldest first."""
    with database.system_session("read the record") as session:
        rows = session.execute(
            select(AuditRecord.action).where(AuditRecord.subject_kind == "meeting").order_by(AuditRecord.number)
        ).scalars()
        return list(rows)


# Answers ------------------------------------------------------------------------------------------


def test_the_last_own_yes_confirms_and_tells_the_parties(database: Database) -> None:
    make(database, answers={"MX": "yes"})
    answer(database, "isabelle", "yes")
    assert meeting_of(database).state == "proposed"
    assert told(database, "meeting_confirmed") == set()
    answer(database, "carol", "yes")

    meeting = meeting_of(database)
    assert (meeting.state, meeting.sequence) == ("confirmed", 1)
    assert answers_of(database) == {"CA": ("yes", False), "MX": ("yes", False), "US": ("yes", False)}
    assert acts(database) == ["meeting_answered", "meeting_answered", "meeting_confirmed"]
    assert told(database, "meeting_confirmed") == {"ana", "lucia", "isabelle", "adaeze", "erin", "sam"}


def test_a_confirmation_tells_nobody_of_a_party_that_is_not_asked(database: Database) -> None:
    make(database, ("MX", "US"), reference="UNC-2026-MXUS-1", answers={"MX": "yes"})
    answer(database, "erin", "yes", "UNC-2026-MXUS-1")
    assert meeting_of(database, "UNC-2026-MXUS-1").state == "confirmed"
    assert told(database, "meeting_confirmed") == {"ana", "lucia", "carol"}


def test_an_answer_may_be_changed_while_the_meeting_is_proposed(database: Database) -> None:
    make(database)
    answer(database, "ana", "no")
    answer(database, "lucia", "yes")
    assert answers_of(database)["MX"] == ("yes", False)
    answer(database, "isabelle", "yes")
    answer(database, "carol", "yes")
    with pytest.raises(Refusal, match="not_in_state"):
        answer(database, "ana", "no")
    assert meeting_of(database).state == "confirmed"


@pytest.mark.parametrize(
    ("key", "error"),
    [("diego", Refusal), ("sam", Refusal), ("benoit", Refusal), ("olga", NotFound), ("marta", NotFound)],
)
def test_only_coordinators_and_heads_of_chosen_parties_answer(database: Database, key: str, error: type) -> None:
    make(database)
    with pytest.raises(error):
        answer(database, key, "yes")
    assert answers_of(database) == {"CA": (None, False), "MX": (None, False), "US": (None, False)}
    assert acts(database) == []


def test_a_meeting_of_others_cannot_be_answered(database: Database) -> None:
    make(database, ("MX", "US"), reference="UNC-2026-MXUS-1")
    with pytest.raises(NotFound):
        answer(database, "isabelle", "yes", "UNC-2026-MXUS-1")


def test_a_yes_to_another_date_is_not_written(database: Database) -> None:
    make(database)
    with database.read_session(world.viewer("ana")) as session:
        shown = life.promise_of(find_meeting(session, REF))

    def move(session: GuardedSession) -> None:
        meeting = find_meeting(session, REF)
        meeting.starts_at += dt.timedelta(hours=1)
        meeting.ends_at += dt.timedelta(hours=1)

    act(database, "carol", move)
    with pytest.raises(StaleVersion) as stale:
        act(database, "ana", lambda session: life.answer_meeting(session, REF, "yes", promise=shown, version=1))
    assert stale.value.yours == {"answer": "yes"}
    assert stale.value.theirs["starts_at"] == dt.datetime(2026, 12, 10, 16, 0, tzinfo=dt.UTC)
    assert answers_of(database)["MX"] == (None, False)


def test_of_two_who_answer_for_one_party_the_second_sees_the_first(database: Database) -> None:
    make(database)
    with database.read_session(world.viewer("lucia")) as session:
        shown = life.promise_of(find_meeting(session, REF))
    answer(database, "ana", "no")
    with pytest.raises(StaleVersion) as stale:
        act(database, "lucia", lambda session: life.answer_meeting(session, REF, "yes", promise=shown, version=1))
    assert stale.value.theirs["answer"] == "no"
    assert answers_of(database)["MX"] == ("no", False)


def test_two_last_answers_at_once_still_confirm(database: Database) -> None:
    make(database, answers={"MX": "yes"})
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def say_yes(key: str) -> None:
        start.wait()
        try:
            answer(database, key, "yes")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    both = [threading.Thread(target=say_yes, args=(key,)) for key in ("isabelle", "carol")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert failures == []
    assert meeting_of(database).state == "confirmed"
    assert acts(database).count("meeting_confirmed") == 1


# Reported answers ---------------------------------------------------------------------------------


def test_a_reported_yes_does_not_confirm_and_the_own_one_replaces_it(database: Database) -> None:
    make(database, answers={"MX": "yes", "CA": "yes"})
    report(database, "diego", "US", "yes", channel="telephone", note="She rang at ten.", paper=life.Paper("n.pdf", PDF))
    meeting = meeting_of(database)
    row = next(each for each in meeting.parties if each.party_code == "US")
    assert (meeting.state, row.answer, row.is_reported) == ("proposed", "yes", True)
    assert row.report_note == "She rang at ten."
    assert row.answered_by == world.CAST["diego"].id
    with database.system_session("read the paper") as session:
        paper = session.execute(select(Document).where(Document.id == row.report_document_id)).scalar_one()
    assert (paper.file_name, paper.audience_id, paper.owner_party) == ("n.pdf", meeting.audience_id, "MX")
    assert told(database, "meeting_confirmed") == set()
    assert told(database, "answer_reported") == {"carol", "erin", "sam"}

    answer(database, "carol", "yes")
    meeting = meeting_of(database)
    row = next(each for each in meeting.parties if each.party_code == "US")
    assert (meeting.state, row.is_reported, row.report_note, row.report_document_id) == ("confirmed", False, None, None)


def test_a_report_may_be_corrected_by_another(database: Database) -> None:
    make(database)
    report(database, "diego", "US", "yes", note="By telephone")
    report(database, "benoit", "US", "yes", note="By note 12")
    row = next(each for each in meeting_of(database).parties if each.party_code == "US")
    assert (row.report_note, row.answered_by) == ("By note 12", world.CAST["benoit"].id)


@pytest.mark.parametrize(
    ("key", "party", "more", "refused", "field"),
    [
        ("diego", "CA", {}, "own_answer_stands", "answer"),
        ("ana", "MX", {}, "report_is_for_others", "party"),
        ("ana", "FR", {}, "not_a_party", "party"),
        ("ana", "US", {"note": "  "}, "required", "note"),
        ("ana", "US", {"note": "x" * 2001}, "too_long", "note"),
        ("ana", "US", {"note": "a\u202eb"}, "bidi_override", "note"),
        ("ana", "US", {"channel": "rumour"}, "required", "channel"),
        ("ana", "US", {"paper": life.Paper("x.exe", b"MZ\x90\x00")}, "file_type", "paper"),
        ("ana", "US", {"paper": life.Paper("x.pdf", b"")}, "file_empty", "paper"),
    ],
)
def test_what_cannot_be_reported(
    database: Database, key: str, party: str, more: dict[str, Any], refused: str, field: str
) -> None:
    make(database, answers={"CA": "yes"})
    with pytest.raises(Refusal) as error:
        report(database, key, party, "yes", **more)
    assert (error.value.key, error.value.field) == (refused, field)
    assert answers_of(database) == {"CA": ("yes", False), "MX": (None, False), "US": (None, False)}


def test_the_secretariat_reports_for_any_party(database: Database) -> None:
    make(database)
    report(database, "sam", "CA", "no", channel="mail")
    assert answers_of(database)["CA"] == ("no", True)


# The later life -----------------------------------------------------------------------------------


def test_postponed_and_back_the_first_date_and_the_reason_are_kept(database: Database) -> None:
    make(database, state="confirmed", sequence=3, answers=dict.fromkeys(world.THREE, "yes"))
    act(database, "ana", lambda session: life.postpone_meeting(session, REF, "The chair cannot travel.", version=1))
    postponed = meeting_of(database)
    assert (postponed.state, postponed.sequence, postponed.date_is_open) == ("postponed", 4, True)
    assert (postponed.first_starts_on, postponed.reason) == (dt.date(2026, 12, 10), "The chair cannot travel.")
    assert postponed.cancelled_at == world.NOW
    others = {"lucia", "isabelle", "adaeze", "carol", "erin", "sam"}
    assert told(database, "meeting_postponed") == others

    act(
        database, "isabelle",
        lambda session: life.reinstate_meeting(session, REF, version=find_meeting(session, REF).version),
    )  # fmt: skip
    back = meeting_of(database)
    assert (back.state, back.sequence, back.uid, back.cancelled_at) == ("proposed", 5, postponed.uid, None)
    assert (back.first_starts_on, back.date_is_open) == (dt.date(2026, 12, 10), False)
    assert back.reason == "The chair cannot travel."
    assert answers_of(database) == {"CA": ("yes", False), "MX": (None, False), "US": (None, False)}
    assert acts(database) == ["meeting_postponed", "meeting_reinstated"]
    assert told(database, "meeting_reinstated") == {"ana", "lucia", "adaeze", "carol", "erin", "sam"}


def test_postponed_to_a_new_date_it_is_proposed_to_all_anew(database: Database) -> None:
    make(database, state="confirmed", answers=dict.fromkeys(world.THREE, "yes"))
    date = life.NewDate(dt.date(2026, 12, 17), dt.date(2026, 12, 18), dt.time(9), dt.time(12, 30))
    act(database, "ana", lambda session: life.postpone_meeting(session, REF, "Flood", version=1, date=date))
    meeting = meeting_of(database)
    assert (meeting.state, meeting.sequence, meeting.date_is_open, meeting.reason) == ("proposed", 1, False, "Flood")
    assert (meeting.starts_on, meeting.ends_on, meeting.starts_time) == (date.first_day, date.last_day, date.starts)
    assert meeting.starts_at == dt.datetime(2026, 12, 17, 14, 0, tzinfo=dt.UTC)
    assert meeting.ends_at == dt.datetime(2026, 12, 18, 17, 30, tzinfo=dt.UTC)
    assert [each.starts_at for each in meeting.sittings] == [
        dt.datetime(2026, 12, 17, 14, 0, tzinfo=dt.UTC), dt.datetime(2026, 12, 18, 14, 0, tzinfo=dt.UTC)
    ]  # fmt: skip
    assert (meeting.first_starts_on, meeting.first_starts_at) == (
        dt.date(2026, 12, 10), dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC)
    )  # fmt: skip
    assert answers_of(database) == {"CA": (None, False), "MX": ("yes", False), "US": (None, False)}


@pytest.mark.parametrize(
    ("date", "refused", "field"),
    [
        (life.NewDate(dt.date(2026, 12, 10), None, dt.time(10), dt.time(13)), "same_date", "starts"),
        (life.NewDate(dt.date(2026, 11, 22), None, dt.time(9), dt.time(11)), "start_has_passed", "first_day"),
        (life.NewDate(dt.date(2026, 12, 11), None, dt.time(9), None), "needs_both_times", "ends"),
        (life.NewDate(dt.date(2026, 12, 11), None, dt.time(13), dt.time(9)), "ends_before_start", "ends"),
        (life.NewDate(dt.date(2026, 12, 11), dt.date(2028, 1, 1)), "too_many_days", "last_day"),
        (life.NewDate(dt.date(2027, 3, 14), None, dt.time(2, 30), dt.time(9)), "time_in_gap", "starts"),
        (life.NewDate(dt.date(2027, 11, 7), None, dt.time(1, 30), dt.time(9)), "time_in_fold", "starts"),
    ],
)
def test_a_new_date_that_cannot_be_is_refused(
    sqlite_database: Database, date: life.NewDate, refused: str, field: str
) -> None:
    make(sqlite_database)
    with pytest.raises(Refusal) as error:
        act(sqlite_database, "ana", lambda session: life.postpone_meeting(session, REF, "why", version=1, date=date))
    assert (error.value.key, error.value.field) == (refused, field)
    assert meeting_of(sqlite_database).state == "proposed"


def test_a_meeting_whose_date_has_passed_is_reinstated_on_another(database: Database, clock: Any) -> None:
    make(database, state="cancelled", reason="Elections", cancelled_at=world.NOW, sequence=2)
    clock.now = dt.datetime(2026, 12, 10, 18, 0, tzinfo=dt.UTC)
    date = life.NewDate(dt.date(2027, 1, 20), None, dt.time(10), dt.time(13))
    act(database, "carol", lambda session: life.reinstate_meeting(session, REF, version=1, date=date))
    meeting = meeting_of(database)
    assert (meeting.state, meeting.sequence, meeting.starts_on) == ("proposed", 3, dt.date(2027, 1, 20))
    assert meeting.first_starts_on == dt.date(2026, 12, 10)
    assert answers_of(database)["US"] == ("yes", False)


def test_cancelling_keeps_the_date_and_the_reason(database: Database) -> None:
    make(database)
    act(database, "sam", lambda session: life.cancel_meeting(session, REF, "Elections", version=1))
    meeting = meeting_of(database)
    assert (meeting.state, meeting.sequence, meeting.reason) == ("cancelled", 1, "Elections")
    assert (meeting.starts_on, meeting.cancelled_at) == (dt.date(2026, 12, 10), world.NOW)
    assert told(database, "meeting_cancelled") == {"ana", "lucia", "isabelle", "adaeze", "carol", "erin"}


def test_held_from_its_start_on_then_closed_for_good(database: Database, clock: Any) -> None:
    make(database, state="confirmed", answers=dict.fromkeys(world.THREE, "yes"))
    clock.now = dt.datetime(2026, 12, 10, 14, 59, 59, tzinfo=dt.UTC)
    with pytest.raises(Refusal, match="not_yet_started"):
        act(database, "ana", lambda session: life.hold_meeting(session, REF, version=1))
    clock.now = dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC)
    act(database, "ana", lambda session: life.hold_meeting(session, REF, version=1))
    assert (meeting_of(database).state, meeting_of(database).sequence) == ("held", 0)
    act(database, "carol", lambda session: life.close_meeting(session, REF, version=2))
    assert meeting_of(database).state == "closed"
    with pytest.raises(Refusal, match="not_in_state"):
        act(database, "carol", lambda session: life.cancel_meeting(session, REF, "late", version=3))
    assert acts(database) == ["meeting_held", "meeting_closed"]


STEERING: dict[str, Callable[[GuardedSession], object]] = {
    "postpone": lambda session: life.postpone_meeting(session, REF, "why", version=1),
    "cancel": lambda session: life.cancel_meeting(session, REF, "why", version=1),
    "hold": lambda session: life.hold_meeting(session, REF, version=1),
    "close": lambda session: life.close_meeting(session, REF, version=1),
    "reinstate": lambda session: life.reinstate_meeting(session, REF, version=1),
}


@pytest.mark.parametrize("verb", STEERING)
@pytest.mark.parametrize("key", ["diego", "benoit"])
def test_officials_do_not_steer(sqlite_database: Database, key: str, verb: str) -> None:
    make(sqlite_database)
    with pytest.raises(Refusal, match="forbidden"):
        act(sqlite_database, key, STEERING[verb])
    assert acts(sqlite_database) == []


@pytest.mark.parametrize("verb", STEERING)
def test_who_is_not_at_the_table_finds_nothing_to_steer(database: Database, verb: str) -> None:
    make(database, ("MX", "US"))
    for key in ("isabelle", "sam", "olga"):
        with pytest.raises(NotFound):
            act(database, key, STEERING[verb])


@pytest.mark.parametrize("verb", ["postpone", "cancel", "hold", "close", "reinstate"])
def test_an_old_version_is_refused_with_what_stands_now(sqlite_database: Database, clock: Any, verb: str) -> None:
    make(sqlite_database)
    clock.forward(seconds=1)
    answer(sqlite_database, "isabelle", "no")
    with pytest.raises(StaleVersion) as stale:
        act(sqlite_database, "ana", STEERING[verb])
    assert stale.value.theirs["state"] == "proposed"
    assert meeting_of(sqlite_database).state == "proposed"


@pytest.mark.parametrize("reason", ["", "   ", "\u200b"])
@pytest.mark.parametrize("verb", [life.postpone_meeting, life.cancel_meeting])
def test_a_reason_is_required(sqlite_database: Database, verb: Callable[..., Meeting], reason: str) -> None:
    make(sqlite_database)
    with pytest.raises(Refusal) as refused:
        act(sqlite_database, "ana", lambda session: verb(session, REF, reason, version=1))
    assert (refused.value.key, refused.value.field) == ("reason_required", "reason")
    assert meeting_of(sqlite_database).state == "proposed"


def test_a_date_that_has_passed_is_not_proposed_again(sqlite_database: Database, clock: Any) -> None:
    make(sqlite_database, state="cancelled", reason="Elections", cancelled_at=world.NOW)
    clock.now = dt.datetime(2026, 12, 10, 18, 0, tzinfo=dt.UTC)
    with pytest.raises(Refusal, match="date_has_passed"):
        act(sqlite_database, "ana", STEERING["reinstate"])


@pytest.mark.parametrize(
    ("state", "key", "expected"),
    [
        ("proposed", "ana", {"answer", "report", "change", "postpone", "cancel"}),
        ("proposed", "diego", {"report", "change"}),
        ("proposed", "sam", {"report", "change", "postpone", "cancel"}),
        ("confirmed", "ana", {"change", "postpone", "cancel"}),
        ("postponed", "ana", {"reinstate", "cancel"}),
        ("cancelled", "ana", {"reinstate"}),
        ("held", "ana", {"close"}),
        ("held", "diego", set()),
        ("closed", "ana", set()),
    ],
)
def test_the_acts_that_are_offered(sqlite_database: Database, state: str, key: str, expected: set[str]) -> None:
    make(sqlite_database, state=state)
    with sqlite_database.read_session(world.viewer(key)) as session:
        meeting = find_meeting(session, REF)
        assert life.possible_acts(session, meeting, facts_of_meeting(session, meeting)) == expected


def test_the_rows_of_the_answers_are_seen_by_those_who_see_the_meeting(database: Database) -> None:
    make(database)
    answer(database, "ana", "yes")
    with database.read_session(world.viewer("benoit")) as session:
        rows = session.execute(select(MeetingParty.party_code, MeetingParty.answer)).all()
    assert [tuple(row) for row in sorted(rows)] == [("CA", None), ("MX", "yes"), ("US", None)]
