"""Invitations by mail, over the services: who gets which calendar part, and what is noted of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.meeting_content import MeetingContent
from app.jobs import tasks
from app.models import Meeting, MeetingInvitation, OutboxMessage, Person, RosterAddress, RosterEntry
from app.services import outbox
from app.services.drafts import save_draft
from app.services.feeds import meeting_download
from app.services.invitation_links import invitation_of, linked_invitation, secret_in
from app.services.mail_content import Letterhead
from app.services.mail_recipients import address_to, recipient_of
from app.services.mails import compose
from app.services.meeting_invitations import CalendarPart, calendar_part, note_begun
from app.services.meeting_life import NewDate
from app.services.meetings import find_meeting
from app.services.practice import CODE as EXAMPLE
from app.services.roster_acts import propose_entry, withdraw_entry
from app.services.roster_people import EntryFields
from app.services.staged_changes import publish, stage_changes
from config import Settings
from tests import world
from tests.clients.life import act, confirm, propose_meeting, steer

DAY = dt.date(2027, 1, 14)
LATER = NewDate(first_day=dt.date(2027, 1, 21), starts=dt.time(14, 30), ends=dt.time(16))
TITLE = {"en": "Joint coordination", "es": "Coordinación conjunta", "fr": "Coordination conjointe"}


@dataclass
class Box:
    """What takes mails in a test: those that came, as their recipients' programs read them from the wire."""

    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuses: bool = False
    dies: bool = False

    def send(self, mail: EmailMessage) -> None:
        if self.refuses:
            raise ConnectionRefusedError(111)
        self.raw.append(mail.as_bytes())
        self.mails.append(email.message_from_bytes(mail.as_bytes(), policy=email.policy.default))

        if self.dies:
            raise KeyboardInterrupt

    def answers(self) -> bool:
        return True

    def to(self, address: str) -> EmailMessage:
        """Return the last mail to an address."""
        return [mail for mail in self.mails if mail["To"].addresses[0].addr_spec == address][-1]


@pytest.fixture(autouse=True)
def _no_worker():
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


@pytest.fixture
def deliver(settings: Settings, clock) -> Callable[[Database], Box]:
    """Return a function that sends what is due, a minute later, and returns the mails."""

    def send(database: Database) -> Box:
        clock.forward(minutes=1)
        box = Box()
        tasks.deliver_outbox(database, settings, box)
        return box

    return send


def content(**changes: Any) -> MeetingContent:
    values: dict[str, Any] = {
        "mechanism": "un-coordination", "title": TITLE, "original": "en", "parties": world.THREE,
        "hosting": {"US": "host"}, "format": "in_person", "place": "The old room", "zone": "America/New_York",
        "first_day": DAY, "starts": dt.time(10), "ends": dt.time(13),
    }  # fmt: skip
    return MeetingContent(**(values | changes))


def change(database: Database, reference: str, key: str = "ana", **changed: Any) -> None:
    """Publish changes of a meeting."""

    def do(session: GuardedSession) -> None:
        draft = stage_changes(session, reference)
        as_it_is = content(**changed)
        save_draft(session, draft.id, as_it_is, version=draft.version)
        publish(session, draft.id, version=draft.version)

    act(database, key, do)


def calendar_of(mail: EmailMessage) -> bytes | None:
    """Return the calendar part of a mail, whose parts are held to RFC 6047."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    (part,) = parts
    assert mail.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part.get_param("charset") == "UTF-8"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert f"\r\nMETHOD:{part.get_param('method')}\r\n".encode() in content
    return content


def event_of(mail: EmailMessage) -> Any:
    calendar = calendar_of(mail)
    assert calendar is not None
    (event,) = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    return event


def said(mail: EmailMessage) -> tuple[str, int, str | None] | None:
    """Return METHOD, SEQUENCE and STATUS of a mail, None for one without a calendar."""
    calendar = calendar_of(mail)
    if calendar is None:
        return None
    read = icalendar.Calendar.from_ical(calendar)
    event: Any = read.walk("VEVENT")[0]
    status = str(event["STATUS"]) if "STATUS" in event else None
    return str(read["METHOD"]), int(event["SEQUENCE"]), status


def kept(database: Database, reference: str, key: str) -> Any:
    """Return what is kept of a person's invitation, None where there is none."""
    with database.system_session("look at an invitation") as session:
        return session.execute(
            select(MeetingInvitation)
            .join(Meeting, Meeting.id == MeetingInvitation.meeting_id)
            .where(Meeting.reference == reference, MeetingInvitation.person_id == world.CAST[key].id)
        ).scalar_one_or_none()


def write(database: Database, do: Callable[[GuardedSession], object]) -> None:
    with database.system_session("prepare a test", "write") as session:
        do(session)
        session.commit()


def reply(database: Database, reference: str, key: str, value: str) -> None:
    """Write a reply, as the page does."""
    row = kept(database, reference, key)
    write(database, lambda session: setattr(session.get_one(MeetingInvitation, row.id), "reply", value))


# The life of a meeting --------------------------------------------------------------------------------


def test_a_meetings_life_in_the_calendar_of_one_who_is_told(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    assert all(calendar_of(mail) is None for mail in deliver(sqlite_database).mails)
    steps: list[tuple[Callable[[], None], tuple[str, int, str | None] | None]] = [
        (lambda: confirm(sqlite_database, reference), ("REQUEST", 1, "CONFIRMED")),
        (lambda: change(sqlite_database, reference, place="Another room"), ("REQUEST", 1, "CONFIRMED")),
        (lambda: steer(sqlite_database, "postpone", reference, "A vote", date=LATER), ("REQUEST", 2, "TENTATIVE")),
        (lambda: confirm(sqlite_database, reference), ("REQUEST", 3, "CONFIRMED")),
        (lambda: steer(sqlite_database, "postpone", reference, "A vote"), ("CANCEL", 4, "CANCELLED")),
        (lambda: steer(sqlite_database, "cancel", reference, "No room"), None),
        (lambda: steer(sqlite_database, "reinstate", reference), ("REQUEST", 5, "TENTATIVE")),
        (lambda: steer(sqlite_database, "cancel", reference, "No room"), ("CANCEL", 6, "CANCELLED")),
    ]
    stamps = []
    for step, expected in steps:
        step()
        mail = deliver(sqlite_database).to("isabelle@example.org")
        assert said(mail) == expected
        row = kept(sqlite_database, reference, "isabelle")
        assert row.sent_at is not None
        if expected is None:
            continue
        event = event_of(mail)
        stamps.append(event["DTSTAMP"].dt)
        with sqlite_database.read_session(world.viewer("isabelle")) as session:
            feed = meeting_download(session, reference, "http://127.0.0.1:8000", "fr").content
            meeting = find_meeting(session, reference)
        (in_feed,) = icalendar.Calendar.from_ical(feed).walk("VEVENT")
        for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION", "DTSTART", "DTEND"):
            assert event[name] == in_feed[name]
        assert (row.method, row.sequence, row.stamped_at) == (expected[0], meeting.sequence, stamps[-1])
    assert stamps == sorted(set(stamps))


def test_one_mail_for_each_and_no_address_of_another(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    confirm(sqlite_database, reference)
    box = deliver(sqlite_database)
    asked = [mail for mail in box.mails if calendar_of(mail)]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in asked) == [
        f"{key}@example.org" for key in ("adaeze", "ana", "carol", "isabelle", "lucia", "sam")
    ]
    secrets = set()
    for mail in asked:
        own, event = mail["To"].addresses[0].addr_spec, event_of(mail)
        whole = b"".join(part.get_payload(decode=True) or b"" for part in mail.walk()) + str(mail["To"]).encode()
        assert set(re.findall(rb"[\w.]+@example\.org", whole)) == {own.encode()}
        assert (mail["Cc"], mail["Bcc"], len(mail["To"].addresses)) == (None, None, 1)
        assert str(event["ATTENDEE"]) == f"mailto:{own}"
        assert mail["Reply-To"].addresses[0].addr_spec == str(event["ORGANIZER"]).removeprefix("mailto:")
        secrets.add(secret_in(mail["Reply-To"].addresses[0].addr_spec))
    assert len(secrets) == len(asked)


def test_the_secrets_of_a_mail_are_those_of_the_invitation_that_is_kept(sqlite_database, settings, deliver):
    reference = propose_meeting(sqlite_database, content())
    confirm(sqlite_database, reference)
    mail = deliver(sqlite_database).to("carol@example.org")
    row = kept(sqlite_database, reference, "carol")
    secret = secret_in(mail["Reply-To"].addresses[0].addr_spec)
    assert secret is not None
    assert invitation_of(secret, settings.secret_key) == row.id
    link = re.search(r"/invitations/(\w+)", mail.get_body(("plain",)).get_content())
    assert link is not None
    assert linked_invitation(link[1], settings.secret_key) == row.id
    assert link[1] not in (calendar_of(mail) or b"").decode()
    assert (row.address, row.party_code) == ("carol@example.org", "US")


def test_an_invitation_is_its_delegations_and_the_persons_own(database, deliver):
    reference = propose_meeting(database, content())
    confirm(database, reference)
    deliver(database)
    row = kept(database, reference, "carol")
    for key in world.CAST:
        with database.read_session(world.viewer(key)) as session:
            seen = session.execute(select(MeetingInvitation.id).where(MeetingInvitation.id == row.id)).first()
        assert (seen is not None) == (world.CAST[key].party == "US" and key != "frank"), key


# Who is in it no more ---------------------------------------------------------------------------------


def test_a_party_that_is_dropped_reads_nothing_of_what_was_decided_without_it(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    put_on(sqlite_database, reference, "isabelle", **NURIA)
    confirm(sqlite_database, reference)
    deliver(sqlite_database)
    word = world.canary("MXUS", "place")
    change(sqlite_database, reference, parties=("MX", "US"), place=word, first_day=LATER.first_day)
    box = deliver(sqlite_database)
    assert said(box.to("nuria@example.net")) == ("CANCEL", 1, None)
    assert word not in box.to("nuria@example.net").as_string()
    mail = box.to("isabelle@example.org")
    assert said(mail) == ("CANCEL", 1, None)
    event = event_of(mail)
    assert str(event["SUMMARY"]) == reference
    assert event["DTSTART"].dt.isoformat() == "2027-01-14T10:00:00-05:00"
    assert {"DESCRIPTION", "LOCATION", "URL", "STATUS"}.isdisjoint(event)
    assert word not in mail.as_string()
    assert "21" not in (calendar_of(mail) or b"").decode().partition("BEGIN:VEVENT")[2].partition("UID")[0]
    assert said(box.to("carol@example.org")) == ("REQUEST", 2, "TENTATIVE")
    change(sqlite_database, reference, place="Together")
    assert (
        calendar_of(deliver(sqlite_database).to("isabelle@example.org")) is None
    )  # proposed to them: nothing confirmed yet
    confirm(sqlite_database, reference)
    assert said(deliver(sqlite_database).to("isabelle@example.org")) == ("REQUEST", 4, "CONFIRMED")


def put_on(database: Database, reference: str, key: str = "ana", **fields: Any) -> uuid.UUID:
    """Put somebody on the roster, approved, and return the entry."""
    found: list[uuid.UUID] = []
    act(
        database,
        key,
        lambda session: found.append(propose_entry(session, reference, EntryFields(**fields)).id),
    )
    return found[0]


def take_off(database: Database, reference: str, entry_id: uuid.UUID, key: str = "ana") -> None:
    def do(session: GuardedSession) -> None:
        version = session.get_one(RosterEntry, entry_id).version
        withdraw_entry(session, reference, entry_id, version)

    act(database, key, do)


NURIA = {
    "name": "Nuria “Ñ” Peña", "role": "interpreter", "email": "nuria@example.net", "language": "fr",
    "time_zone": "America/Tijuana",
}  # fmt: skip


def test_somebody_without_an_account_is_invited_in_their_language_and_time(database, deliver):
    reference = propose_meeting(database, content())
    entry_id = put_on(database, reference, **NURIA)
    early = deliver(database).to("nuria@example.net")
    assert calendar_of(early) is None
    confirm(database, reference)
    mail = deliver(database).to("nuria@example.net")
    assert said(mail) == ("REQUEST", 1, "CONFIRMED")
    plain = mail.get_body(("plain",)).get_content()
    assert "Coordination conjointe" in plain
    assert "jeudi 14 janvier 2027, 7\u00a0h à 10\u00a0h Tijuana" in plain
    assert "/meetings/" not in plain  # they cannot sign in
    assert "/invitations/" in plain
    attendee = event_of(mail)["ATTENDEE"]
    assert attendee.params["CN"] == "Nuria “Ñ” Peña"
    assert attendee.params["ROLE"] == "REQ-PARTICIPANT"
    take_off(database, reference, entry_id)
    gone = deliver(database).to("nuria@example.net")
    assert said(gone) == ("CANCEL", 1, None)
    assert "Coordination" not in gone.as_string()
    steer(database, "cancel", reference, "No room")
    assert [mail for mail in deliver(database).mails if "nuria" in str(mail["To"])] == []


def test_who_was_never_asked_is_not_taken_off(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    entry_id = put_on(sqlite_database, reference, **NURIA)
    take_off(sqlite_database, reference, entry_id)
    box = deliver(sqlite_database)
    assert [mail for mail in box.mails if "nuria" in str(mail["To"])] == []


def test_who_was_told_by_an_ordinary_mail_is_told_that_they_go_no_more(sqlite_database, deliver):
    """Before a meeting is confirmed no calendar is told of it; the word that somebody goes was given all the same."""
    reference = propose_meeting(sqlite_database, content())
    entry_id = put_on(sqlite_database, reference, **NURIA)
    assert deliver(sqlite_database).to("nuria@example.net")
    take_off(sqlite_database, reference, entry_id)
    gone = deliver(sqlite_database).to("nuria@example.net")
    assert calendar_of(gone) is None
    assert reference in gone["Subject"]


def test_who_is_told_by_office_and_taken_off_the_roster_is_invited_no_more(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    confirm(sqlite_database, reference)
    by_office = deliver(sqlite_database).to("lucia@example.org")
    assert event_of(by_office)["ATTENDEE"].params["ROLE"] == "OPT-PARTICIPANT"
    entry_id = put_on(sqlite_database, reference, person_id=world.CAST["lucia"].id, role="head")
    on_roster = deliver(sqlite_database).to("lucia@example.org")
    assert said(on_roster) == ("REQUEST", 1, "CONFIRMED")
    assert event_of(on_roster)["ATTENDEE"].params["ROLE"] == "REQ-PARTICIPANT"
    assert event_of(on_roster)["DTSTAMP"].dt > event_of(by_office)["DTSTAMP"].dt
    take_off(sqlite_database, reference, entry_id)
    assert said(deliver(sqlite_database).to("lucia@example.org")) == ("CANCEL", 1, None)
    change(sqlite_database, reference, place="Another room")
    assert said(deliver(sqlite_database).to("lucia@example.org")) is None
    put_on(sqlite_database, reference, person_id=world.CAST["lucia"].id, role="adviser")
    assert said(deliver(sqlite_database).to("lucia@example.org")) == ("REQUEST", 1, "CONFIRMED")


# What is noted ----------------------------------------------------------------------------------------


def test_a_reply_stands_while_the_time_does(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    entry_id = put_on(sqlite_database, reference, "erin", person_id=world.CAST["carol"].id, role="head")
    confirm(sqlite_database, reference)
    deliver(sqlite_database)
    reply(sqlite_database, reference, "carol", "accepted")
    write(sqlite_database, lambda session: setattr(session.get_one(RosterEntry, entry_id), "reply", "accepted"))
    change(sqlite_database, reference, place="Another room")
    mail = deliver(sqlite_database).to("carol@example.org")
    assert event_of(mail)["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    steer(sqlite_database, "postpone", reference, "A vote", date=LATER)
    mail = deliver(sqlite_database).to("carol@example.org")
    assert event_of(mail)["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert kept(sqlite_database, reference, "carol").reply == "needs_action"
    with sqlite_database.system_session("look at a roster") as session:
        assert session.get_one(RosterEntry, entry_id).reply is None
    reply(sqlite_database, reference, "carol", "tentative")
    confirm(sqlite_database, reference)
    mail = deliver(sqlite_database).to("carol@example.org")
    assert event_of(mail)["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"  # the time is the one they answered


def test_a_worker_that_dies_after_sending_leaves_the_next_one_to_say_the_same(sqlite_database, settings, clock):
    reference = propose_meeting(sqlite_database, content())
    tasks.deliver_outbox(sqlite_database, settings, Box())
    confirm(sqlite_database, reference)
    box = Box(dies=True)
    with pytest.raises(KeyboardInterrupt):
        tasks.deliver_outbox(sqlite_database, settings, box)
    (first,), box.dies = box.mails, False
    clock.forward(minutes=6)
    tasks.deliver_outbox(sqlite_database, settings, box)
    again = box.to(first["To"].addresses[0].addr_spec)
    assert again is not first
    assert calendar_of(again) == calendar_of(first)
    assert again["Message-ID"] == first["Message-ID"]


def test_what_changed_after_a_worker_died_comes_after_what_it_may_have_sent(sqlite_database, settings, clock):
    """Had the first mail not been noted before it went out, nobody would cancel what is in the calendar."""
    reference = propose_meeting(sqlite_database, content())
    tasks.deliver_outbox(sqlite_database, settings, Box())
    confirm(sqlite_database, reference)
    box = Box(dies=True)
    with pytest.raises(KeyboardInterrupt):
        tasks.deliver_outbox(sqlite_database, settings, box)
    (first,), box.dies = box.mails, False
    steer(sqlite_database, "cancel", reference, "No room")
    clock.forward(minutes=6)
    tasks.deliver_outbox(sqlite_database, settings, box)
    told = {mail["To"].addresses[0].addr_spec: said(mail) for mail in box.mails[1:]}
    assert told.pop(first["To"].addresses[0].addr_spec) == ("CANCEL", 2, "CANCELLED")
    assert set(told.values()) == {None}  # nobody else was ever asked


def test_a_server_that_refuses_leaves_the_same_to_be_said(sqlite_database, settings, clock):
    reference = propose_meeting(sqlite_database, content())
    tasks.deliver_outbox(sqlite_database, settings, Box())
    confirm(sqlite_database, reference)
    tasks.deliver_outbox(sqlite_database, settings, Box(refuses=True))
    clock.forward(hours=1)
    box = Box()
    tasks.deliver_outbox(sqlite_database, settings, box)
    assert said(box.to("carol@example.org")) == ("REQUEST", 1, "CONFIRMED")
    assert kept(sqlite_database, reference, "carol").sent_at is not None


def test_an_invitation_that_changes_while_its_mail_is_composed_is_composed_anew(sqlite_database, settings, deliver):
    """Two workers, or a reply just then: what was made from an older invitation is not what goes out."""
    reference = propose_meeting(sqlite_database, content())
    confirm(sqlite_database, reference)
    deliver(sqlite_database)
    change(sqlite_database, reference, place="Another room")
    (claimed,) = [each for each in outbox.claim(sqlite_database) if each.recipient_id == world.CAST["carol"].id]
    recipient, letterhead = recipient_of(sqlite_database, claimed), tasks.letterhead_of(settings)
    assert recipient is not None

    def made() -> CalendarPart:
        with sqlite_database.read_session(recipient.viewer) as session:
            part = calendar_part(session, claimed, recipient, letterhead)
        assert part is not None
        return part

    first, second = made(), made()
    assert note_begun(sqlite_database, first)
    assert not note_begun(sqlite_database, second)
    again = made()
    assert (again.content, again.notice) == (first.content, first.notice)  # it may have gone out: the same is said
    reply(sqlite_database, reference, "carol", "accepted")
    assert not note_begun(sqlite_database, again)
    assert made().notice.reply == "accepted"


def test_two_messages_at_once_tell_a_calendar_one_thing(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    deliver(sqlite_database)
    confirm(sqlite_database, reference)
    change(sqlite_database, reference, place="Another room")
    parts = [calendar_of(mail) for mail in deliver(sqlite_database).mails if "carol" in str(mail["To"])]
    assert len([part for part in parts if part]) == 1


# What is not sent -------------------------------------------------------------------------------------


def test_a_practice_example_invites_nobody(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content(mechanism=EXAMPLE))
    assert deliver(sqlite_database).mails == []
    row = sqlite_database

    def enqueue(session: GuardedSession) -> None:
        meeting = session.execute(select(Meeting).where(Meeting.reference == reference)).scalar_one()
        outbox.enqueue(session, "meeting_confirmed", world.CAST["ana"].id, {"meeting_id": str(meeting.id)}, meeting.id)

    write(row, enqueue)
    assert [calendar_of(mail) for mail in deliver(sqlite_database).mails] == [None]


def test_a_digest_has_no_calendar(sqlite_database, deliver, clock):
    write(sqlite_database, lambda s: setattr(s.get_one(Person, world.CAST["carol"].id), "meeting_mails", "digest"))
    reference = propose_meeting(sqlite_database, content())
    confirm(sqlite_database, reference)
    clock.forward(hours=24)
    mails = [mail for mail in deliver(sqlite_database).mails if "carol" in str(mail["To"])]
    assert [calendar_of(mail) for mail in mails] == [None]
    assert kept(sqlite_database, reference, "carol") is None


def test_after_an_outage_a_calendar_follows_what_it_holds(sqlite_database, deliver):
    """So many cancelled at once are one digest, which has no calendar: what she was asked to is called off alone."""
    held, *others = [propose_meeting(sqlite_database, content(first_day=DAY + dt.timedelta(days=n))) for n in range(7)]
    deliver(sqlite_database)
    confirm(sqlite_database, held)
    deliver(sqlite_database)
    for reference in (held, *others):
        steer(sqlite_database, "cancel", reference, "No room")
    mails = [mail for mail in deliver(sqlite_database).mails if "carol" in str(mail["To"])]
    assert sorted(map(said, mails), key=str) == [("CANCEL", 2, "CANCELLED"), None]


# Bad input --------------------------------------------------------------------------------------------

BAD = "X\r\nBcc: thief@example.com\r\nATTENDEE:mailto:thief@example.com =?utf-8?q?=0d=0aBcc=3A_thief?= \u202egro"


def test_what_is_typed_into_names_titles_and_places_adds_no_line(sqlite_database, deliver):
    reference = propose_meeting(sqlite_database, content())
    entry_id = put_on(sqlite_database, reference, **NURIA)
    confirm(sqlite_database, reference)

    def spoil(session: GuardedSession) -> None:
        meeting = session.execute(select(Meeting).where(Meeting.reference == reference)).scalar_one()
        meeting.title, meeting.place = {"en": BAD, "original": "en"}, BAD
        session.get_one(RosterEntry, entry_id).name = BAD

    write(sqlite_database, spoil)
    (mail,) = [mail for mail in deliver(sqlite_database).mails if "X" in str(mail["To"]) and calendar_of(mail)]
    names = {name.lower() for name in mail}
    assert names.isdisjoint({"cc", "bcc"})
    assert [address.addr_spec for address in mail["To"].addresses] == ["nuria@example.net"]
    assert "\u202e" not in str(mail["To"]) + str(mail["Subject"])
    lines = (calendar_of(mail) or b"").decode().replace("\r\n ", "").split("\r\n")
    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert not any(line.startswith("Bcc") for line in lines)
    assert "thief" not in str(event_of(mail)["ATTENDEE"])
    assert "\u202e" not in event_of(mail)["ATTENDEE"].params["CN"]


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("ana@example.org", "ana@example.org"),
        ("josé@méxico.example", "josé@xn--mxico-bsa.example"),
        ("o'neil+un@example.org", "o'neil+un@example.org"),
        ("a,b@example.org", None),
        ('"a b"@example.org', None),
        ("a@example.org\r\nBcc: thief@example.com", None),
        ("a b@example.org", None),
        ("=?utf-8?q?a?=@example.org", None),
        ("\u202ea@example.org", None),
        ("a@\u202eexample.org", None),
        ("a@" + "x" * 70 + ".example", None),
        ("nobody", None),
        ("@example.org", None),
        ("a@", None),
        ("", None),
    ],
)
def test_an_address_is_one_that_a_header_can_hold_or_none(address, to):
    found = address_to("Ana", address)
    assert (found.addr_spec if found else None) == to


@given(st.text(max_size=200) | st.text(alphabet="ab é.,@<>\"=?_-'\\;:()\u202e\r\n", max_size=300))
@example("x " * 150 + " thief@example.com,")
@example("=?utf-8?q?a=2C=20thief=40example=2Ecom=2C?=")
def test_no_name_is_an_address(name):
    """Where a header is folded, the email package forgets the quotes that keep a name from being one."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["To"] = address_to(name, "nuria@example.net")
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert read.keys() == ["To"]
    assert [address.addr_spec for address in read["To"].addresses] == ["nuria@example.net"]


@pytest.mark.parametrize("address", ["josé@méxico.example", "a@example.org\r\nBcc: thief@example.com"])
def test_a_mail_to_such_an_address_is_whole_or_withheld(sqlite_database, deliver, address):
    reference = propose_meeting(sqlite_database, content())
    entry_id = put_on(sqlite_database, reference, **NURIA)
    confirm(sqlite_database, reference)

    def move(session: GuardedSession) -> None:
        query = select(RosterAddress).where(RosterAddress.entry_id == entry_id)
        session.execute(query).scalar_one().email = address

    write(sqlite_database, move)
    box = deliver(sqlite_database)
    with sqlite_database.system_session("look at the outbox") as session:
        row = session.execute(
            select(OutboxMessage).where(OutboxMessage.entry_id == entry_id, OutboxMessage.kind == "meeting_confirmed")
        ).scalar_one()
    theirs = [mail for raw, mail in zip(box.raw, box.mails, strict=True) if b"xn--mxico-bsa" in raw]
    if "Bcc" in address:
        assert (theirs, row.last_error) == ([], outbox.WITHHELD)
        return
    (mail,) = [
        mail for mail in theirs if calendar_of(mail)
    ]  # with the headers of RFC 6532, since nothing else can say what is before the @
    assert any("<josé@xn--mxico-bsa.example>".encode() in raw for raw in box.raw)
    assert str(event_of(mail)["ATTENDEE"]) == "mailto:jos%C3%A9@xn--mxico-bsa.example"


def test_the_mail_of_another_instance_has_its_own_sender(sqlite_database):
    """The sender's name and address are the operator's; the secret goes between its local part and its host."""
    reference = propose_meeting(sqlite_database, content())
    confirm(sqlite_database, reference)
    letterhead = Letterhead("https://e.example", Address("Secretariat, “UN”", "un.desk", "mail.e.example"), "s" * 32)
    with sqlite_database.system_session("look at the outbox") as session:
        row = session.execute(
            select(OutboxMessage).where(
                OutboxMessage.kind == "meeting_confirmed", OutboxMessage.recipient_id == world.CAST["carol"].id
            )
        ).scalar_one()
        claimed = outbox.Claimed(row.id, row.kind, row.recipient_id, row.payload, row.created_at, 1)
    mail = compose(sqlite_database, claimed, letterhead)
    assert mail is not None
    read: Any = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    organizer = event_of(read)["ORGANIZER"]
    assert re.fullmatch(r"mailto:un\.desk\+[a-z2-7]{42}@mail\.e\.example", str(organizer))
    assert organizer.params["CN"] == "Secretariat, “UN”"
    again = compose(sqlite_database, dataclasses.replace(claimed, attempts=2), letterhead)
    assert again is not None
    assert calendar_of(again) == calendar_of(read)
