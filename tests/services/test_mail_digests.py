"""Mails about meetings as each person chose them: at once, one a morning, or none; and never a pile."""

from __future__ import annotations

import collections
import datetime as dt
import email
import email.policy
import uuid
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from app.db import Database
from app.jobs import tasks
from app.models import Meeting, MeetingInvitation, OutboxMessage, Person
from app.services import mail_digests, outbox
from app.services.invitations import make_invitation
from tests import world

DIEGO = world.CAST["diego"]


class Kept:
    """A post that keeps what it is handed, or is away."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.is_away = False

    def send(self, mail: Any) -> None:
        if self.is_away:
            raise ConnectionRefusedError(111, "away")
        read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
        html5lib.HTMLParser(strict=True).parse(read.get_body(("html",)).get_content())
        self.mails.append(read)

    def answers(self) -> bool:
        return not self.is_away

    def texts(self) -> list[str]:
        """Return the plain text of each mail."""
        return [mail.get_body(("plain",)).get_content().replace("\r\n", "\n") for mail in self.mails]


def subjects(post: Kept) -> dict[str, int]:
    """Return how many mails each of the cast got."""
    return dict(collections.Counter(mail["To"].addresses[0].username for mail in post.mails))


@pytest.fixture(autouse=True)
def _no_worker():
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


@pytest.fixture
def post() -> Kept:
    """Return a post that keeps what it is handed."""
    return Kept()


def choose(database: Database, key: str, how: str) -> None:
    with database.system_session("choose how mails come", "write") as session:
        session.get_one(Person, world.CAST[key].id).meeting_mails = how
        session.commit()


def add(database: Database, reference: str, parties=world.THREE, **changed) -> uuid.UUID:
    with database.system_session("add a meeting", "write") as session:
        title = changed.pop("title", {"en": f"Title of {reference}", "original": "en"})
        meeting = world.add_meeting(session, reference, parties, mechanism="M01", title=title, **changed)
        session.commit()
        return meeting.id


def tell(database: Database, key: str, kind: str, *meeting_ids: uuid.UUID) -> None:
    with database.system_session("tell", "write") as session:
        for meeting_id in meeting_ids:
            payload = {"meeting_id": str(meeting_id), "reference": "UNC-2026-1"}
            outbox.enqueue(session, kind, world.CAST[key].id, payload, subject_id=meeting_id)
        session.commit()


def rows(database: Database):
    with database.system_session("look at the outbox") as session:
        return session.execute(select(OutboxMessage).order_by(OutboxMessage.created_at)).scalars().all()


def run(database, settings, post) -> None:
    tasks.deliver_outbox(database, settings, post)


def at(wall: str) -> dt.datetime:
    """Return an instant given in Mexico City's time, which is six hours behind."""
    return dt.datetime.fromisoformat(wall).replace(tzinfo=dt.UTC) + dt.timedelta(hours=6)


def test_one_mail_a_morning_says_each_thing_once_as_it_stands_then(database, settings, clock, post):
    choose(database, "diego", "digest")
    first, second = add(database, "UNC-2026-1"), add(database, "UNC-2026-2")
    clock.now = at("2026-12-08T10:00")
    tell(database, "diego", "meeting_proposed", first, second)
    clock.forward(hours=3)
    tell(database, "diego", "meeting_changed", first)
    run(database, settings, post)
    assert post.mails == []
    with database.system_session("cancel it meanwhile", "write") as session:
        session.get_one(Meeting, second).state = "cancelled"
        session.commit()
    clock.now = at("2026-12-09T07:59")
    run(database, settings, post)
    assert post.mails == []
    clock.now = at("2026-12-09T08:00")
    run(database, settings, post)
    run(database, settings, post)
    (text,), (mail,) = post.texts(), post.mails
    assert (mail["Content-Language"], mail["To"]) == ("es", "Diego Salas <diego@example.org>")
    assert [text.count(f"/meetings/UNC-2026-{number}\n") for number in (1, 2)] == [1, 1]
    assert "Cancelada: Title of UNC-2026-2" in text
    assert "Title of UNC-2026-1" in text
    assert {row.last_error for row in rows(database)} >= {mail_digests.GATHERED, mail_digests.SUPERSEDED}


def test_there_is_one_digest_a_day_and_none_on_a_weekend(sqlite_database, settings, clock, post):
    choose(sqlite_database, "diego", "digest")
    meeting = add(sqlite_database, "UNC-2026-1")
    sent: list[dt.datetime] = []
    clock.now = at("2026-12-10T06:00")  # a Thursday
    for hour in range(24 * 6):
        if hour % 5 == 0:
            tell(sqlite_database, "diego", "meeting_changed", meeting)
        run(sqlite_database, settings, post)
        sent += [clock.now] * (len(post.mails) - len(sent))
        clock.forward(hours=1)
    assert sent == [at("2026-12-10T08:00"), at("2026-12-11T08:00"), at("2026-12-14T08:00"), at("2026-12-15T08:00")]


def test_nothing_is_in_a_digest_that_its_recipient_may_see_no_more(sqlite_database, settings, clock, post):
    choose(sqlite_database, "benoit", "digest")
    word = world.canary("MXUS", "title")
    kept, lost = (
        add(sqlite_database, "UNC-2026-1"),
        add(sqlite_database, "UNC-2026-MXUS-1", ("MX", "US"), title={"en": word}),
    )
    clock.now = at("2026-12-08T10:00")
    tell(sqlite_database, "benoit", "meeting_changed", kept, lost)
    clock.now = at("2026-12-09T10:00")
    run(sqlite_database, settings, post)
    (text,) = post.texts()
    assert word not in text
    assert "UNC-2026-MXUS" not in text
    assert "Title of UNC-2026-1" in text


def test_a_digest_of_nothing_that_may_be_read_is_not_sent(sqlite_database, settings, clock, post):
    choose(sqlite_database, "benoit", "digest")
    clock.now = at("2026-12-08T10:00")
    tell(sqlite_database, "benoit", "meeting_changed", add(sqlite_database, "UNC-2026-MXUS-1", ("MX", "US")))
    clock.now = at("2026-12-09T10:00")
    run(sqlite_database, settings, post)
    assert post.mails == []
    assert {row.last_error for row in rows(sqlite_database)} == {mail_digests.GATHERED, outbox.WITHHELD}


@pytest.mark.parametrize(("how", "count"), [("digest", 1), ("at_once", 1), ("never", 0)])
def test_an_urgent_meeting_waits_for_no_morning(sqlite_database, settings, post, how, count):
    choose(sqlite_database, "diego", how)
    tell(sqlite_database, "diego", "meeting_proposed", add(sqlite_database, "UNC-2026-1", kind="urgent"))
    run(sqlite_database, settings, post)
    assert len(post.mails) == count


def test_who_wants_no_mails_gets_those_about_their_password_and_no_others(sqlite_database, settings, clock, post):
    choose(sqlite_database, "diego", "never")
    with sqlite_database.system_session("invite", "write") as session:
        link = make_invitation(session, DIEGO.id, settings.secret_key)
        outbox.enqueue(session, "invitation", DIEGO.id, {"invitation_id": str(link)})
        session.commit()
    tell(sqlite_database, "diego", "meeting_changed", add(sqlite_database, "UNC-2026-1"))
    run(sqlite_database, settings, post)
    clock.forward(days=3)
    run(sqlite_database, settings, post)
    (text,) = post.texts()
    assert "/invite/" in text
    assert sorted(row.last_error or "" for row in rows(sqlite_database)) == ["", mail_digests.NOT_WANTED]


@pytest.mark.parametrize(("count", "mails"), [(5, 5), (6, 1)])
def test_more_than_five_at_once_are_one_digest(sqlite_database, settings, post, count, mails):
    ids = [add(sqlite_database, f"UNC-2026-{number}") for number in range(1, count + 1)]
    tell(sqlite_database, "diego", "meeting_proposed", *ids)
    run(sqlite_database, settings, post)
    assert len(post.mails) == mails
    text = "\n".join(post.texts())
    assert [text.count(f"/meetings/UNC-2026-{number}\n") for number in range(1, count + 1)] == [1] * count


def test_a_flood_still_moves_what_stands_in_a_calendar_by_our_mail(sqlite_database, settings, post):
    ids = [add(sqlite_database, f"UNC-2026-{number}") for number in range(1, 9)]
    with sqlite_database.system_session("was invited", "write") as session:
        meeting = session.get_one(Meeting, ids[0])
        session.add(
            MeetingInvitation(
                meeting_id=meeting.id, person_id=DIEGO.id, party_code="MX", address=DIEGO.email, method="REQUEST",
                sequence=0, stamped_at=world.NOW, sent_at=world.NOW, audience_id=session.audience({"party:MX"}),
            )
        )  # fmt: skip
        session.commit()
    tell(sqlite_database, "diego", "meeting_changed", *ids)
    run(sqlite_database, settings, post)
    assert len(post.mails) == 2
    assert sorted(text.count("/meetings/UNC-2026-") for text in post.texts()) == [1, 8 - 1]


def test_a_piece_that_cannot_be_composed_keeps_nothing_else_from_being_read(sqlite_database, settings, post):
    ids = [add(sqlite_database, f"UNC-2026-{number}") for number in range(1, 7)]
    tell(sqlite_database, "diego", "meeting_proposed", *ids)
    with sqlite_database.system_session("a broken one", "write") as session:
        outbox.enqueue(session, "meeting_proposed", DIEGO.id, {}, subject_id="broken")
        session.commit()
    run(sqlite_database, settings, post)
    (text,) = post.texts()
    assert text.count("/meetings/UNC-2026-") == len(ids)


def test_a_digest_that_was_late_is_joined_to_the_next_and_not_sent_at_night(sqlite_database, settings, clock, post):
    choose(sqlite_database, "diego", "digest")
    first, second = add(sqlite_database, "UNC-2026-1"), add(sqlite_database, "UNC-2026-2")
    clock.now = at("2026-12-07T10:00")
    tell(sqlite_database, "diego", "meeting_changed", first)
    post.is_away = True
    clock.now = at("2026-12-08T08:00")
    for _ in range(30):  # a day and more, and back at night
        run(sqlite_database, settings, post)
        if clock.now == at("2026-12-08T10:00"):
            tell(sqlite_database, "diego", "meeting_changed", second)
        clock.forward(hours=1)
        post.is_away = clock.now < at("2026-12-09T02:00")
        if len(post.mails) == 1:
            break
    assert clock.now - dt.timedelta(hours=1) == at("2026-12-09T08:00")
    (text,) = post.texts()
    assert [text.count(f"/meetings/UNC-2026-{number}\n") for number in (1, 2)] == [1, 1]
