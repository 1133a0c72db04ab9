"""A text under silence, from its circulation to its end: who is asked, what breaks it, and what is written down."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.walltime import TimeInFold, TimeInGap
from app.jobs.tasks import keep_silences
from app.models import AgreedText, RegisteredDocument, Reservation, SilenceAnswer, TextLanguage
from app.services.reservations import ReservationOrder, make_reservation, withdraw_reservation
from app.services.signatures import SignatureOrder, sign
from app.services.silence_acts import accept_early, break_silence, extend_silence, withdraw_silence
from app.services.silence_circulation import EndOrder, circulate, prospect
from app.services.silence_ends import post_silence_reminders, record_ends
from app.services.silence_opt_ins import end_opt_in, opt_in
from app.services.silence_receipts import receive
from app.services.silence_reports import SilenceReport, report_answer, settle_answer
from app.services.text_agreement import change_terms
from app.services.text_edits import open_text
from app.services.texts import find_text
from tests import agreeing, world
from tests.agreeing import END, TEXT, UNTIL, acting, put_under_silence, silence_of, text_of, told
from tests.conftest import Clock

NEW_YORK = "America/New_York"
LATER = EndOrder(dt.date(2026, 11, 25), dt.time(17), NEW_YORK)


@pytest.fixture
def text(sqlite_database: Database) -> str:
    return agreeing.prepare(sqlite_database)


def refused(act: Callable[[], object]) -> str | None:
    try:
        act()
    except Refusal as refusal:
        return refusal.key
    return None


def report(party: str, kind: str) -> SilenceReport:
    return SilenceReport(party, kind, "telephone", "To the chair, this morning.")


def test_the_last_receipt_opens_it_and_fixes_its_end(sqlite_database: Database, text: str, clock: Clock) -> None:
    circulated = put_under_silence(sqlite_database, receivers=())
    assert (circulated.state, circulated.ends_at, text_of(sqlite_database).state) == (
        "circulated",
        None,
        "under_silence",
    )
    assert told(sqlite_database, "silence_circulated") == {"lucia", "isabelle", "adaeze", "carol", "erin", "sam"}
    acting(sqlite_database, "benoit", lambda session: receive(session, TEXT))
    assert silence_of(sqlite_database).state == "circulated"
    clock.forward(hours=40)
    acting(sqlite_database, "carol", lambda session: receive(session, TEXT))
    running = silence_of(sqlite_database)
    # 24 hours after the last receipt is later than the instant that was wished.
    assert (running.state, running.ends_at) == ("running", world.NOW + dt.timedelta(hours=64))
    assert told(sqlite_database, "silence_opened") == {"ana", "lucia", "isabelle", "adaeze", "erin", "sam"}


def test_a_second_receipt_changes_nothing(sqlite_database: Database, text: str, clock: Clock) -> None:
    before = put_under_silence(sqlite_database)
    clock.forward(hours=30)
    acting(sqlite_database, "daniel", lambda session: receive(session, TEXT))
    assert silence_of(sqlite_database).ends_at == before.ends_at == END


def test_unbroken_it_is_adopted_at_its_end_though_the_server_was_down(
    sqlite_database: Database, text: str, clock: Clock
) -> None:
    put_under_silence(sqlite_database)
    clock.now = END + dt.timedelta(days=9)
    assert keep_silences(sqlite_database) == 1
    adopted = text_of(sqlite_database)
    assert (adopted.state, adopted.adopted_at, adopted.adopted_way) == ("adopted", END, "silence")
    assert (silence_of(sqlite_database).state, silence_of(sqlite_database).settled_at) == ("adopted", clock.now)
    with sqlite_database.system_session("look at a document") as session:
        assert session.get_one(RegisteredDocument, adopted.document_id).symbol == "UNC/2026/1"
        states = session.execute(select(TextLanguage.language, TextLanguage.state)).all()
    assert dict(states) == {"en": "authentic", "es": "not_needed", "fr": "not_needed"}
    everybody = {"ana", "lucia", "isabelle", "adaeze", "carol", "erin", "sam"}
    assert told(sqlite_database, "text_adopted") == everybody
    assert keep_silences(sqlite_database) == 0


def test_two_workers_adopt_once(database: Database, clock: Clock) -> None:
    agreeing.prepare(database)
    put_under_silence(database)
    clock.now = END + dt.timedelta(minutes=1)
    made: list[int] = []
    workers = [threading.Thread(target=lambda: made.append(record_ends(database))) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sum(made) == 1
    with database.system_session("count the documents") as session:
        assert len(session.execute(select(RegisteredDocument.id)).all()) == 1


def test_a_text_that_cannot_be_registered_holds_up_no_other(sqlite_database: Database, clock: Clock) -> None:
    other = "UNC-2026-2-T1"
    for reference in (TEXT, other):
        agreeing.prepare(sqlite_database, reference=reference.removesuffix("-T1"))
        put_under_silence(sqlite_database, reference)
    with sqlite_database.system_session("spoil a text", "write") as session:
        find_text(session, TEXT).title = {"en": "SECRET//NOFORN"}
        session.commit()
    clock.now = END + dt.timedelta(minutes=1)
    assert record_ends(sqlite_database) == 1
    assert [text_of(sqlite_database, each).state for each in (TEXT, other)] == ["under_silence", "adopted"]


def test_it_is_written_down_a_little_after_the_end_for_what_is_on_its_way(
    sqlite_database: Database, text: str, clock: Clock
) -> None:
    put_under_silence(sqlite_database)
    clock.now = END
    assert record_ends(sqlite_database) == 0
    clock.forward(seconds=5)
    assert record_ends(sqlite_database) == 1


@pytest.mark.parametrize(
    ("late_by", "key"), [(dt.timedelta(microseconds=-1), None), (dt.timedelta(0), "silence_is_over")]
)
def test_an_objection_at_the_instant_of_the_end(
    sqlite_database: Database, text: str, clock: Clock, late_by: dt.timedelta, key: str | None
) -> None:
    put_under_silence(sqlite_database)
    clock.now = END + late_by
    found = refused(lambda: acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, "No.")))
    assert found == key
    clock.now = END + dt.timedelta(hours=1)
    record_ends(sqlite_database)
    assert text_of(sqlite_database).state == ("adopted" if key else "draft")


def test_an_objection_is_told_to_all_at_once_with_its_reason(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, "Paragraph 2 goes too far."))
    assert (silence_of(sqlite_database).state, text_of(sqlite_database).state) == ("broken", "draft")
    assert told(sqlite_database, "silence_broken") == {"ana", "lucia", "adaeze", "carol", "erin", "sam"}
    assert agreeing.answers_of(sqlite_database)[0].words == "Paragraph 2 goes too far."


@pytest.mark.parametrize("words", ["", "  \n "])
def test_an_objection_needs_a_reason(sqlite_database: Database, text: str, words: str) -> None:
    put_under_silence(sqlite_database)
    found = refused(lambda: acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, words)))
    assert found == "required"
    assert silence_of(sqlite_database).state == "running"


@pytest.mark.parametrize("key", ["benoit", "sam"])
def test_who_does_not_speak_for_a_party_breaks_nothing(sqlite_database: Database, text: str, key: str) -> None:
    put_under_silence(sqlite_database)
    found = refused(lambda: acting(sqlite_database, key, lambda session: break_silence(session, TEXT, "No.")))
    assert found == "forbidden"


def test_all_who_accept_early_adopt_it_then(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database)
    hashed = agreeing.shown(sqlite_database)
    for key in ("isabelle", "ana"):
        acting(sqlite_database, key, lambda session: accept_early(session, TEXT, hashed))
    assert text_of(sqlite_database).state == "under_silence"
    clock.forward(hours=1)
    acting(sqlite_database, "erin", lambda session: accept_early(session, TEXT, hashed))
    adopted = text_of(sqlite_database)
    assert (adopted.state, adopted.adopted_at, adopted.adopted_way) == ("adopted", clock.now, "silence")


def test_a_signature_is_early_agreement_too(sqlite_database: Database, text: str, clock: Clock) -> None:
    hashed = agreeing.shown(sqlite_database)
    acting(sqlite_database, "ana", lambda session: sign(session, TEXT, SignatureOrder(hashed)))
    put_under_silence(sqlite_database)
    acting(sqlite_database, "isabelle", lambda session: accept_early(session, TEXT, hashed))
    acting(sqlite_database, "carol", lambda session: sign(session, TEXT, SignatureOrder(hashed)))
    assert (text_of(sqlite_database).state, text_of(sqlite_database).adopted_way) == ("adopted", "silence")
    assert silence_of(sqlite_database).state == "adopted"


def test_who_accepted_early_may_still_object_in_time(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    hashed = agreeing.shown(sqlite_database)
    acting(sqlite_database, "isabelle", lambda session: accept_early(session, TEXT, hashed))
    again = refused(lambda: acting(sqlite_database, "adaeze", lambda session: accept_early(session, TEXT, hashed)))
    assert again == "accepted_already"
    acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, "We have thought again."))
    assert silence_of(sqlite_database).state == "broken"


def test_a_hash_that_was_not_shown_agrees_to_nothing(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    with pytest.raises(StaleVersion) as stale:
        acting(sqlite_database, "isabelle", lambda session: accept_early(session, TEXT, "0" * 64))
    assert stale.value.theirs == {"content_hash": agreeing.shown(sqlite_database)}


def test_what_not_all_received_lapses(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database, receivers=("CA",))
    clock.now = END
    assert (
        refused(lambda: acting(sqlite_database, "carol", lambda session: receive(session, TEXT))) == "silence_is_over"
    )
    clock.forward(seconds=6)
    assert record_ends(sqlite_database) == 1
    assert (silence_of(sqlite_database).state, text_of(sqlite_database).state) == ("lapsed", "draft")
    assert "ana" in told(sqlite_database, "silence_lapsed")


# Reported answers ---------------------------------------------------------------------------------


def test_a_reported_answer_holds_the_adoption_past_the_end(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, report("CA", "objection")))
    assert silence_of(sqlite_database).state == "held"
    assert "isabelle" in told(sqlite_database, "silence_answer_reported")
    clock.now = END + dt.timedelta(hours=2)
    assert record_ends(sqlite_database) == 0
    late = refused(lambda: acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, "No.")))
    assert late == "silence_too_late"
    _settle(sqlite_database, "ana", "no_objection")
    adopted = text_of(sqlite_database)
    assert (adopted.state, adopted.adopted_at) == ("adopted", clock.now)


def test_a_reported_answer_holds_what_all_have_signed_until_it_is_settled(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    order = SignatureOrder(agreeing.shown(sqlite_database))
    for key in ("ana", "isabelle"):
        acting(sqlite_database, key, lambda session: sign(session, TEXT, order))
    acting(sqlite_database, "ana", lambda session: report_answer(session, TEXT, report("CA", "objection")))
    acting(sqlite_database, "carol", lambda session: sign(session, TEXT, order))
    assert (silence_of(sqlite_database).state, text_of(sqlite_database).state) == ("held", "under_silence")
    _settle(sqlite_database, "ana", "no_objection")
    assert text_of(sqlite_database).state == "adopted"


def test_a_reported_objection_that_was_one_breaks_it(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, report("CA", "objection")))
    _settle(sqlite_database, "ana", "objection")
    assert (silence_of(sqlite_database).state, text_of(sqlite_database).state) == ("broken", "draft")


def test_reported_agreement_of_all_is_no_early_agreement(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database)
    hashed = agreeing.shown(sqlite_database)
    acting(sqlite_database, "ana", lambda session: accept_early(session, TEXT, hashed))
    for sent in (report("CA", "agreement"), report("US", "agreement")):
        acting(sqlite_database, "sam", partial(report_answer, reference=TEXT, report=sent))
    _settle(sqlite_database, "ana", "no_objection")
    assert silence_of(sqlite_database).state == "held"
    _settle(sqlite_database, "ana", "no_objection")
    assert silence_of(sqlite_database).state == "running"
    clock.now = END + dt.timedelta(seconds=6)
    record_ends(sqlite_database)
    assert text_of(sqlite_database).adopted_at == END  # settled before the end: the clock decided


@pytest.mark.parametrize(("key", "found"), [("carol", "not_the_chair"), ("diego", "forbidden")])
def test_only_its_chair_settles(sqlite_database: Database, text: str, key: str, found: str) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, report("CA", "objection")))
    assert refused(lambda: _settle(sqlite_database, key, "no_objection")) == found


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (report("US", "objection"), "report_is_for_others"),
        (report("GT", "objection"), "silence_not_asked"),
        (report("CA", "silence"), "required"),
        (replace(report("CA", "objection"), note=" "), "required"),
        (replace(report("CA", "objection"), channel="dream"), "required"),
    ],
)
def test_what_cannot_be_reported(sqlite_database: Database, text: str, sent: SilenceReport, key: str) -> None:
    put_under_silence(sqlite_database)
    assert refused(lambda: acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, sent))) == key


def test_a_reported_receipt_is_one_and_says_so(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database, receivers=("CA",))
    by_another = partial(report_answer, reference=TEXT, report=report("US", "received"))
    assert refused(partial(acting, sqlite_database, "isabelle", by_another)) == "not_the_chair"
    acting(sqlite_database, "ana", lambda session: report_answer(session, TEXT, report("US", "received")))
    assert silence_of(sqlite_database).state == "running"


def _settle(database: Database, key: str, ruling: str) -> None:
    row = next(each for each in agreeing.answers_of(database) if each.is_reported and each.settled_at is None)

    def act(session: GuardedSession) -> object:
        version = silence_of(database).version
        return settle_answer(session, TEXT, row.id, ruling, "Asked and told.", version=version)

    acting(database, key, act)


# More time, and taking it back --------------------------------------------------------------------


def test_more_time_is_told_to_all_and_moves_the_end(sqlite_database: Database, text: str, clock: Clock) -> None:
    version = put_under_silence(sqlite_database).version
    acting(sqlite_database, "ana", lambda session: extend_silence(session, TEXT, LATER, version=version))
    assert silence_of(sqlite_database).ends_at == END + dt.timedelta(days=1)
    assert "carol" in told(sqlite_database, "silence_extended")
    clock.now = END + dt.timedelta(hours=1)
    assert record_ends(sqlite_database) == 0


@pytest.mark.parametrize(
    ("order", "after", "key"),
    [
        (UNTIL, dt.timedelta(0), "silence_not_later"),
        (replace(UNTIL, until_time=dt.time(16)), dt.timedelta(0), "silence_not_later"),
        (LATER, dt.timedelta(days=3), "silence_is_over"),
        (replace(LATER, until_on=dt.date(2027, 5, 1)), dt.timedelta(0), "silence_too_far"),
    ],
)
def test_what_is_no_extension(
    sqlite_database: Database, text: str, clock: Clock, order: EndOrder, after: dt.timedelta, key: str
) -> None:
    version = put_under_silence(sqlite_database).version
    clock.now += after
    found = refused(
        lambda: acting(sqlite_database, "ana", lambda session: extend_silence(session, TEXT, order, version=version))
    )
    assert found == key


def test_it_is_taken_back_with_a_reason_and_the_text_is_edited_again(sqlite_database: Database, text: str) -> None:
    version = put_under_silence(sqlite_database).version
    with pytest.raises(Refusal, match="text_under_silence"):
        acting(sqlite_database, "ana", lambda session: open_text(session, TEXT))
    for reason, key in (("", "reason_required"), ("A slip in paragraph 2.", None)):
        take_back = partial(withdraw_silence, reference=TEXT, reason=reason, version=version)
        assert refused(partial(acting, sqlite_database, "ana", take_back)) == key
    assert silence_of(sqlite_database).state == "withdrawn"
    assert acting(sqlite_database, "ana", lambda session: open_text(session, TEXT)).state == "draft"


def test_only_its_chair_or_secretariat_extends_and_withdraws(sqlite_database: Database, text: str) -> None:
    version = put_under_silence(sqlite_database).version
    take_back = partial(withdraw_silence, reference=TEXT, reason="Not yet.", version=version)
    for key, found in (("carol", "not_the_chair"), ("sam", None)):
        assert refused(partial(acting, sqlite_database, key, take_back)) == found


# What may go under silence ------------------------------------------------------------------------


def test_every_party_has_to_take_part(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, opted_in=("CA", "MX"))
    assert refused(lambda: put_under_silence(sqlite_database)) == "silence_not_opted_in"
    assert acting(sqlite_database, "ana", lambda session: prospect(session, TEXT).missing) == ("US",)
    acting(sqlite_database, "carol", lambda session: opt_in(session, world.mechanism_of(session, "M01")))
    assert put_under_silence(sqlite_database).state == "running"


def test_to_end_ones_part_touches_no_silence_that_runs(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "carol", lambda session: end_opt_in(session, world.mechanism_of(session, "M01")))
    clock.now = END + dt.timedelta(minutes=1)
    record_ends(sqlite_database)
    assert text_of(sqlite_database).state == "adopted"
    found = refused(
        lambda: acting(
            sqlite_database, "carol", lambda session: end_opt_in(session, world.mechanism_of(session, "M01"))
        )
    )
    assert found == "not_opted_in"


def test_to_end_ones_part_ends_both_of_two_that_came_at_once(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, opted_in=("CA", "MX", "US", "US"))
    acting(sqlite_database, "carol", lambda session: end_opt_in(session, world.mechanism_of(session, "M01")))
    assert acting(sqlite_database, "ana", lambda session: prospect(session, TEXT).missing) == ("US",)


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (EndOrder(dt.date(2026, 11, 22), dt.time(9, 59), NEW_YORK), "silence_in_the_past"),
        (EndOrder(dt.date(2026, 11, 22), dt.time(10), NEW_YORK), "silence_in_the_past"),
        (EndOrder(dt.date(2026, 11, 24), dt.time(17), "Mars/Olympus"), "unknown_zone"),
        (EndOrder(dt.date(2027, 2, 28), dt.time(17), NEW_YORK), "silence_too_far"),
    ],
)
def test_an_end_that_is_none(sqlite_database: Database, text: str, order: EndOrder, key: str) -> None:
    hashed = agreeing.shown(sqlite_database)
    found = refused(
        lambda: acting(
            sqlite_database, "ana", lambda session: circulate(session, TEXT, order, hours=72, shown_hash=hashed)
        )
    )
    assert found == key
    assert text_of(sqlite_database).state == "draft"


def test_a_skipped_hour_is_asked_about_and_one_that_comes_twice(
    sqlite_database: Database, text: str, clock: Clock
) -> None:
    hashed = agreeing.shown(sqlite_database)

    def until(order: EndOrder) -> None:
        acting(sqlite_database, "ana", lambda session: circulate(session, TEXT, order, hours=24, shown_hash=hashed))

    clock.now = dt.datetime(2027, 3, 12, 12, tzinfo=dt.UTC)
    with pytest.raises(TimeInGap):
        until(EndOrder(dt.date(2027, 3, 14), dt.time(2, 30), NEW_YORK))
    clock.now = dt.datetime(2027, 11, 5, 12, tzinfo=dt.UTC)
    twice = EndOrder(dt.date(2027, 11, 7), dt.time(1, 30), NEW_YORK)
    with pytest.raises(TimeInFold):
        until(twice)
    until(replace(twice, choice="later"))
    assert silence_of(sqlite_database).until_at == dt.datetime(2027, 11, 7, 6, 30, tzinfo=dt.UTC)


def test_hours_are_hours_that_pass_when_the_clocks_change(sqlite_database: Database, text: str, clock: Clock) -> None:
    clock.now = dt.datetime(2027, 3, 12, 22, tzinfo=dt.UTC)  # Friday 17:00 in New York; the clocks go on on Sunday
    hashed = agreeing.shown(sqlite_database)
    soon = EndOrder(dt.date(2027, 3, 13), dt.time(9), NEW_YORK)
    acting(sqlite_database, "ana", lambda session: circulate(session, TEXT, soon, hours=72, shown_hash=hashed))
    for key in ("isabelle", "carol"):
        acting(sqlite_database, key, lambda session: receive(session, TEXT))
    # Three days of 24 hours: Monday 18:00 by the clock there.
    assert silence_of(sqlite_database).ends_at == dt.datetime(2027, 3, 15, 22, tzinfo=dt.UTC)


def test_open_brackets_stay_outside_unless_they_are_noted(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, paragraphs=("They will [[CA: meet][US: try to meet]] again.",))
    assert refused(lambda: put_under_silence(sqlite_database)) == "text_has_obstacles"
    acting(sqlite_database, "ana", lambda session: change_terms(session, find_text(session, TEXT), brackets_noted=True))
    assert put_under_silence(sqlite_database).state == "running"


def test_a_chairs_summary_is_not_put_under_silence(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, kind="chairs_summary", chair_party="MX")
    assert refused(lambda: put_under_silence(sqlite_database)) == "silence_not_for_chairs_summary"


def test_a_reservation_that_was_made_is_there_after_the_adoption(
    sqlite_database: Database, text: str, clock: Clock
) -> None:
    with sqlite_database.system_session("reserve", "write") as session:
        row = session.execute(select(AgreedText)).scalar_one()
        session.add(
            Reservation(
                text_id=row.id, party_code="MX", kind="reservation", wording={"en": "Training.", "original": "en"},
                made_by=world.CAST["ana"].id, made_at=world.NOW, audience_id=row.audience_id,
            )
        )  # fmt: skip
        session.commit()
    put_under_silence(sqlite_database)
    clock.now = END + dt.timedelta(hours=1)
    record_ends(sqlite_database)
    with sqlite_database.system_session("look") as session:
        kept = session.execute(select(Reservation).where(Reservation.withdrawn_at.is_(None))).scalar_one()
    assert (kept.party_code, text_of(sqlite_database).state) == ("MX", "adopted")


# Reminders ----------------------------------------------------------------------------------------


def test_nothing_is_appended_once_it_has_ended_though_nobody_wrote_that_down(
    sqlite_database: Database, text: str, clock: Clock
) -> None:
    order = ReservationOrder("footnote", {"en": "Canada recalls its statement."}, "en")
    made = acting(sqlite_database, "isabelle", lambda session: make_reservation(session, TEXT, order).id)
    put_under_silence(sqlite_database)
    clock.now = END
    assert refused(lambda: acting(sqlite_database, "carol", lambda each: make_reservation(each, TEXT, order))) == (
        "silence_is_over"
    )
    assert refused(
        lambda: acting(sqlite_database, "isabelle", lambda each: withdraw_reservation(each, TEXT, made))
    ) == ("silence_is_over")


def test_who_has_said_nothing_is_reminded_once_a_day_before(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database)
    hashed = agreeing.shown(sqlite_database)
    acting(sqlite_database, "isabelle", lambda session: accept_early(session, TEXT, hashed))
    clock.now = END - dt.timedelta(hours=25)
    assert post_silence_reminders(sqlite_database) == 0
    clock.forward(hours=1)
    assert post_silence_reminders(sqlite_database) == 2
    assert told(sqlite_database, "silence_reminder") == {"ana", "lucia", "carol", "erin"}
    clock.forward(hours=1)
    assert post_silence_reminders(sqlite_database) == 0


def test_an_answer_that_was_reported_belongs_to_all_of_the_text(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, report("CA", "objection")))
    with sqlite_database.system_session("look") as session:
        row = session.execute(select(SilenceAnswer)).scalar_one()
        assert row.audience_id == session.execute(select(AgreedText)).scalar_one().audience_id
