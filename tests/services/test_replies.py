"""Replies from calendars: who may give one, to which date, and that nothing else changes an answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.domain.replies import UNCOUNTED
from app.labels import labels
from app.models import (
    AuditRecord,
    InvitationReply,
    Meeting,
    MeetingInvitation,
    MeetingParty,
    Person,
    ReceivedMail,
    RosterEntry,
)
from app.services import replies
from app.services.replies import Taken, refused_mails, take_mail
from tests import world
from tests.calendars.reply_mails import SHAPES, calendar, in_shape, mail
from tests.conftest import Clock
from tests.inviting import HIDDEN, entry_id, invitation_id, invite, reply_to, uid_of

SECRET = "a secret for the tests alone, 32 bytes"
OTHER = "UNC-2026-1"


@pytest.fixture
def invited(sqlite_database: Database) -> Database:
    """Return a database in which people are invited to a meeting of Mexico and the United States."""
    invite(sqlite_database)
    return sqlite_database


def replied(key: str, *, shape: str | None = None, head: str = "", **said: Any) -> bytes:
    """Return the mail by which somebody's calendar replies; `said` changes what stands in it."""
    to = said.pop("to", reply_to(key, SECRET))
    sender = said.pop("sender", f"{key}@example.org")
    values = {
        "uid": uid_of(), "sequence": 1, "stamp": "20261122T140000Z", "attendee": sender, "organizer": to,
    } | said  # fmt: skip
    text = calendar(**values)
    if shape is not None:
        return in_shape(shape, text, sender=sender, to=to, head=head)
    return mail(text, sender=sender, to=to, head=head)


def take(database: Database, raw: bytes) -> Taken:
    return take_mail(database, raw, SECRET, "pipe")


def answers(database: Database) -> dict[str, tuple[str, str | None]]:
    """Return what each invitation and each entry of the roster says."""
    with database.system_session("look at the answers") as session:
        found = {
            key: session.get_one(MeetingInvitation, invitation_id(key)).reply for key in ("rosa", "diego", "carol")
        }
        on_roster = {key: session.get_one(RosterEntry, entry_id(HIDDEN, key)).reply for key in ("rosa", "diego")}
    return {key: (reply, on_roster.get(key)) for key, reply in found.items()}


def listed(database: Database, key: str) -> list[tuple[str, str | None]]:
    with database.system_session("look at the list") as session:
        rows = session.scalars(
            select(InvitationReply).where(InvitationReply.invitation_id == invitation_id(key))
        ).all()  # fmt: skip
    return [(row.outcome, row.reason) for row in rows]


def change(database: Database, model: type[Any], key: Any, **values: Any) -> None:
    with database.system_session("change the world", "write") as session:
        row = session.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


UNTOUCHED = {"rosa": ("needs_action", None), "diego": ("needs_action", None), "carol": ("needs_action", None)}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_reply_of_each_program_counts(invited: Database, shape: str) -> None:
    assert take(invited, replied("rosa", shape=shape, partstat="TENTATIVE")) == Taken("taken")
    assert answers(invited) == {**UNTOUCHED, "rosa": ("tentative", "tentative")}


def test_replies_are_written_as_who_gave_them_and_each_mail_once(database: Database, clock: Clock) -> None:
    invite(database)
    assert take(database, replied("diego", partstat="DECLINED")) == Taken("taken")
    assert take(database, replied("rosa")) == Taken("taken")
    assert answers(database) == {**UNTOUCHED, "diego": ("declined", "declined"), "rosa": ("accepted", "accepted")}
    with database.system_session("read what was recorded") as session:
        acts = session.scalars(select(AuditRecord).where(AuditRecord.action == "invitation_answered")).all()
        row = session.get_one(MeetingInvitation, invitation_id("diego"))
    assert [(act.person_id, act.facts) for act in acts] == [
        (world.CAST["diego"].id, {"reply": "declined", "way": "calendar"}),
        (None, {"reply": "accepted", "way": "calendar"}),
    ]
    stamped_at = dt.datetime(2026, 11, 22, 14, tzinfo=dt.UTC)
    assert (row.reply_way, row.reply_sequence, row.reply_stamped_at, row.replied_at) == (
        "calendar", 1, stamped_at, world.NOW,
    )  # fmt: skip
    clock.forward(minutes=5)
    assert take(database, replied("diego", partstat="DECLINED")) == Taken("refused", "repeated")
    assert listed(database, "diego") == [("taken", None)]
    with database.read_session(world.viewer("carol")) as session:
        assert session.scalars(select(InvitationReply)).all() == []
    with database.read_session(world.viewer("ana")) as session:
        assert len(session.scalars(select(InvitationReply)).all()) == 2


@pytest.mark.parametrize(
    ("said", "reason", "is_listed"),
    [
        ({"to": "entente@entente.test"}, "no_secret", True),
        ({"to": f"entente+{'a' * 42}@entente.test"}, "wrong_secret", True),
        ({"to": reply_to("diego", "another secret key of 32 letters")}, "wrong_secret", True),
        ({"to": "entente@entente.test", "attendee": "x@example.org"}, "no_secret", False),
        ({"to": reply_to("carol", SECRET)}, "another_sender", False),
        ({"organizer": reply_to("carol", SECRET)}, "wrong_secret", True),
        ({"sender": "ana@example.org"}, "another_sender", True),
        ({"sender": "diego@example.org.evil.example"}, "another_sender", True),
        ({"sender": "diego@xn--exmple-cua.org"}, "another_sender", True),
        ({"attendee": "carol@example.org"}, "another_attendee", True),
        ({"uid": uid_of(OTHER)}, "another_meeting", True),
        ({"sequence": 0}, "earlier_date", True),
        ({"sequence": 2}, "unknown_sequence", True),
        ({"stamp": "20261124T160000Z"}, "ahead_of_time", True),
        ({"method": "COUNTER"}, "counter", False),
        ({"method": "REQUEST"}, "not_a_reply", False),
        ({"partstat": "DELEGATED"}, "delegated", False),
        ({"parameters": ';SENT-BY="mailto:ana@example.org"'}, "on_behalf", False),
    ],
)  # fmt: skip
def test_what_is_forged_or_out_of_turn_changes_nothing(
    invited: Database, said: dict[str, Any], reason: str, is_listed: bool
) -> None:
    raw = replied("diego", **said)
    if said.get("method") == "COUNTER":
        raw = raw.replace(b"method=REPLY", b"method=COUNTER")
    assert take(invited, raw) == Taken("refused", reason)
    assert answers(invited) == UNTOUCHED
    assert listed(invited, "diego") == ([("refused", reason)] if is_listed else [])
    assert [(row.reason, row.sender) for row in refused_mails(invited, 10)] == [
        (reason, said.get("sender", "diego@example.org"))
    ]


def test_a_secret_opens_one_meeting_and_one_person(invited: Database) -> None:
    invite(invited, reference=OTHER, parties=world.THREE)
    other = reply_to("diego", SECRET, OTHER)
    assert take(invited, replied("diego", to=other)) == Taken("refused", "another_meeting")
    assert take(invited, replied("diego", to=other, uid=uid_of(OTHER))) == Taken("taken")
    assert answers(invited) == UNTOUCHED


def test_the_newest_word_stands_whatever_comes_later(invited: Database, clock: Clock) -> None:
    first = replied("rosa", stamp="20261122T130000Z")
    assert take(invited, replied("rosa", partstat="DECLINED", stamp="20261122T140000Z")) == Taken("taken")
    assert take(invited, first) == Taken("refused", "older")
    again = replied("rosa", partstat="DECLINED", stamp="20261122T140000Z", head="Received: elsewhere\r\n")
    assert take(invited, again) == Taken("refused", "repeated")
    assert answers(invited)["rosa"] == ("declined", "declined")
    change(
        invited, MeetingInvitation, invitation_id("rosa"), reply="accepted", reply_way="link", replied_at=clock.now
    )  # given at 15:00 by the link
    late = replied("rosa", partstat="TENTATIVE", stamp="20261122T145959Z")
    assert take(invited, late) == Taken("refused", "older")
    assert take(invited, replied("rosa", partstat="TENTATIVE", stamp="20261122T150001Z")) == Taken("taken")


def test_a_yes_to_the_first_date_says_nothing_of_the_next(invited: Database) -> None:
    change(invited, Meeting, world.identity("meeting", HIDDEN), sequence=2)  # moved, and the mails are held
    assert take(invited, replied("diego")) == Taken("refused", "earlier_date")
    change(invited, MeetingInvitation, invitation_id("diego"), sequence=2)
    assert take(invited, replied("diego", sequence=2)) == Taken("taken")


@pytest.mark.parametrize(
    ("model", "key", "values", "reason"),
    [
        (Meeting, world.identity("meeting", HIDDEN), {"state": "cancelled"}, "meeting_cancelled"),
        (Meeting, world.identity("meeting", HIDDEN), {"state": "held"}, "meeting_over"),
        (Meeting, world.identity("meeting", HIDDEN), {"date_is_open": True, "state": "postponed"}, "no_date"),
        (MeetingInvitation, invitation_id("diego"), {"method": "CANCEL"}, "not_invited"),
        (Person, world.CAST["diego"].id, {"active": False}, "not_invited"),
        (Person, world.CAST["diego"].id, {"delegation": "CA"}, "not_invited"),
        (Person, world.CAST["diego"].id, {"role": "administrator"}, "not_invited"),
    ],
)
def test_who_is_invited_no_more_or_to_nothing_is_told_so_in_the_list(
    invited: Database, model: type[Any], key: Any, values: dict[str, Any], reason: str
) -> None:
    change(invited, model, key, **values)
    assert take(invited, replied("diego")) == Taken("refused", reason)
    assert listed(invited, "diego") == [("refused", reason)]
    assert answers(invited) == UNTOUCHED


def test_who_has_no_account_answers_as_long_as_they_are_on_the_roster(invited: Database, clock: Clock) -> None:
    change(invited, RosterEntry, entry_id(HIDDEN, "rosa"), state="withdrawn")
    assert take(invited, replied("rosa")) == Taken("refused", "not_invited")
    change(invited, RosterEntry, entry_id(HIDDEN, "rosa"), state="approved")
    with invited.system_session("leave the table", "write") as session:
        for row in session.scalars(select(MeetingParty).where(MeetingParty.party_code == "MX")):
            row.removed = True
        session.commit()
    assert take(invited, replied("rosa", head="X-A: 2\r\n")) == Taken("refused", "not_invited")
    clock.forward(days=60)
    assert answers(invited) == UNTOUCHED


def test_the_word_of_being_out_of_office_is_passed_over(invited: Database) -> None:
    raw = mail("I am away.", to=reply_to("diego", SECRET), head="Auto-Submitted: auto-replied\r\n")
    assert take(invited, raw.replace(b"text/calendar", b"text/plain")) == Taken("ignored", "automatic")
    assert refused_mails(invited, 10) == []


def test_every_reason_has_its_words() -> None:
    assert set(labels("reply_reason", "en")) == set(UNCOUNTED)


def test_strangers_do_not_fill_the_lists(invited: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "LISTED_A_DAY_OF_ONE", 2)
    monkeypatch.setattr(replies, "LISTED_A_DAY", 4)
    for number in range(6):
        forged = replied("diego", to="entente@entente.test", head=f"X-Number: {number}\r\n")
        assert take(invited, forged) == Taken("refused", "no_secret")
    assert listed(invited, "diego") == [("refused", "no_secret")] * 2
    for second, taken in enumerate([Taken("taken"), Taken("taken"), Taken("refused", "too_many")]):
        assert take(invited, replied("diego", stamp=f"20261122T14000{second}Z")) == taken
    assert take(invited, replied("rosa")) == Taken("taken")
    with invited.system_session("count the mails") as session:
        assert session.scalar(select(func.count()).select_from(ReceivedMail)) == 7
