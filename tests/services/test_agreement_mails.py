"""The mails of agreement: what each says, when it is of no use any more, and nothing to who does not see the text."""

from __future__ import annotations

import datetime as dt
import uuid
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import OutboxMessage
from app.services.mail_content import Letterhead
from app.services.mails import compose
from app.services.outbox import Claimed
from app.services.signatures import SignatureOrder, sign
from app.services.silence_acts import accept_early, break_silence, extend_silence, withdraw_silence
from app.services.silence_circulation import EndOrder
from app.services.silence_ends import post_silence_reminders, record_ends
from app.services.silence_reports import SilenceReport, report_answer
from app.services.text_edits import take_up_text, withdraw_text
from tests import agreeing, world
from tests.agreeing import END, TEXT, acting, put_under_silence, shown
from tests.conftest import Clock

LETTERHEAD = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "s" * 32)


def mail_to(database: Database, kind: str, key: str) -> EmailMessage | None:
    """Return what the first message of a kind says to a member of the cast now."""
    with database.system_session("look at the outbox") as session:
        row = session.execute(select(OutboxMessage).where(OutboxMessage.kind == kind)).scalars().first()
    assert row is not None
    told = Claimed(uuid.uuid4(), kind, world.CAST[key].id, row.payload, database.clock(), 1)
    return compose(database, told, LETTERHEAD)


def plain(mail: EmailMessage | None) -> str:
    assert mail is not None
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def text(sqlite_database: Database) -> str:
    return agreeing.prepare(sqlite_database)


def test_a_silence_is_told_with_its_end_on_both_clocks(sqlite_database: Database, text: str) -> None:
    put_under_silence(sqlite_database)
    said = plain(mail_to(sqlite_database, "silence_opened", "carol"))
    assert "The silence ends: Tuesday 24 November 2026, 17:00 New York" in said
    assert f"https://entente.example/texts/{TEXT}" in said
    assert "16:00" in plain(mail_to(sqlite_database, "silence_opened", "ana"))


def test_an_objection_is_told_with_its_words_and_ends_what_was_said_before(
    sqlite_database: Database, text: str
) -> None:
    put_under_silence(sqlite_database)
    acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, "Paragraph 2 goes too far."))
    mail = mail_to(sqlite_database, "silence_broken", "carol")
    assert "Paragraph 2 goes too far." in plain(mail)
    assert "Objection: Canada" in plain(mail)
    assert mail is not None
    assert mail["Subject"] == "Silence broken, not adopted: Joint statement"
    assert mail_to(sqlite_database, "silence_opened", "carol") is None


def test_each_kind_says_what_it_is_about(sqlite_database: Database, text: str, clock: Clock) -> None:
    version = put_under_silence(sqlite_database).version
    later = EndOrder(dt.date(2026, 11, 25), dt.time(17), "America/New_York")
    hashed = shown(sqlite_database)
    acting(sqlite_database, "ana", lambda session: accept_early(session, TEXT, hashed))
    acting(sqlite_database, "ana", lambda session: extend_silence(session, TEXT, later, version=version))
    sent = SilenceReport("CA", "objection", "mail", "From its mission, on Monday.")
    acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, sent))
    clock.now = END + dt.timedelta(hours=1)
    post_silence_reminders(sqlite_database)
    kinds = (
        "silence_circulated",
        "silence_accepted",
        "silence_extended",
        "silence_answer_reported",
        "silence_reminder",
    )
    subjects = set()
    for kind in kinds:
        for key in ("isabelle", "carol"):
            mail = mail_to(sqlite_database, kind, key)
            said = plain(mail)
            assert "%(" not in said
            assert "{{" not in said
            subjects.add(str(mail["Subject"]) if mail else "")
    assert len(subjects) >= len(kinds)
    assert "From its mission, on Monday." in plain(mail_to(sqlite_database, "silence_answer_reported", "carol"))
    assert mail_to(sqlite_database, "silence_reminder", "ana") is None  # it has spoken
    now = agreeing.silence_of(sqlite_database).version
    acting(sqlite_database, "ana", lambda session: withdraw_silence(session, TEXT, "A slip.", version=now))
    assert "A slip." in plain(mail_to(sqlite_database, "silence_withdrawn", "carol"))


def test_a_lapse_and_an_adoption_are_told(sqlite_database: Database, text: str, clock: Clock) -> None:
    put_under_silence(sqlite_database, receivers=())
    clock.now = END + dt.timedelta(minutes=1)
    record_ends(sqlite_database)
    assert "Not every delegation had received this text in time." in plain(
        mail_to(sqlite_database, "silence_lapsed", "carol")
    )
    order = SignatureOrder(shown(sqlite_database))
    for key in ("ana", "isabelle"):
        acting(sqlite_database, key, partial(sign, reference=TEXT, order=order))
    assert "By: Mexico" in plain(mail_to(sqlite_database, "text_signed", "carol"))
    acting(sqlite_database, "carol", partial(sign, reference=TEXT, order=order))
    assert "Number: UNC/2026/1" in plain(mail_to(sqlite_database, "text_adopted", "erin"))


def test_nothing_is_said_to_who_does_not_see_the_text(sqlite_database: Database) -> None:
    reference = agreeing.prepare(sqlite_database, ("MX", "US"), reference="UNC-2026-MXUS-1")
    order = SignatureOrder(shown(sqlite_database, reference))
    acting(sqlite_database, "ana", partial(sign, reference=reference, order=order))
    assert mail_to(sqlite_database, "text_signed", "carol") is not None
    assert mail_to(sqlite_database, "text_signed", "isabelle") is None


def test_all_are_told_that_a_text_was_put_aside_and_taken_up_again(sqlite_database: Database, text: str) -> None:
    acting(sqlite_database, "carol", lambda session: withdraw_text(session, TEXT))
    assert "This text was put aside." in plain(mail_to(sqlite_database, "text_withdrawn", "erin"))
    with sqlite_database.system_session("look at the outbox") as session:
        told = set(
            session.scalars(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "text_withdrawn")).all()
        )
    assert {world.CAST[key].id for key in ("ana", "isabelle", "erin")} <= told
    assert world.CAST["carol"].id not in told  # who did it knows
    acting(sqlite_database, "ana", lambda session: take_up_text(session, TEXT))
    assert "This text is a draft again." in plain(mail_to(sqlite_database, "text_taken_up", "carol"))
