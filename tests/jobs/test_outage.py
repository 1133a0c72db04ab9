"""A mail server that is away, slow, refuses or hangs up: nothing is lost, and nobody gets a pile."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import re
import uuid
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.db import Database
from app.jobs import tasks
from app.jobs.post import FolderPost, ServerPost
from app.models import OutboxMessage
from app.services import outbox
from app.services.invitations import make_invitation
from tests import world
from tests.jobs.test_tasks import free_port


class Server:
    """A real mail server that can be away, and answers as a test says."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.connections = 0
        self.answer = "250 OK"
        self.recipients: dict[str, str] = {}
        self.hangs_up = False
        self.port = free_port()
        self._controller: Controller | None = None

    def begin(self) -> None:
        """Take connections."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def end(self) -> None:
        """Take no connection any more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if self.answer == "250 OK":
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.hangs_up:
            server.transport.abort()
        return self.answer


@pytest.fixture
def server():
    """Run a mail server on this machine."""
    made = Server()
    made.begin()
    yield made
    made.end()


@pytest.fixture
def post(server) -> ServerPost:
    """Return what hands mails to the server, and waits for it not long."""
    return ServerPost(urlsplit(f"smtp://127.0.0.1:{server.port}"), seconds=0.3)


@pytest.fixture(autouse=True)
def _no_worker():
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


def add(database: Database, reference: str) -> uuid.UUID:
    with database.system_session("add a meeting", "write") as session:
        title = {"en": f"Title of {reference}", "original": "en"}
        meeting = world.add_meeting(session, reference, mechanism="M01", title=title)
        session.commit()
        return meeting.id


def tell(database: Database, key: str, *meeting_ids: uuid.UUID, kind="meeting_changed") -> None:
    with database.system_session("tell", "write") as session:
        for meeting_id in meeting_ids:
            payload = {"meeting_id": str(meeting_id)}
            outbox.enqueue(session, kind, world.CAST[key].id, payload, subject_id=meeting_id)
        session.commit()


def invite(database: Database, settings, *keys: str) -> None:
    with database.system_session("invite", "write") as session:
        for key in keys:
            link = make_invitation(session, world.CAST[key].id, settings.secret_key)
            outbox.enqueue(session, "invitation", world.CAST[key].id, {"invitation_id": str(link)})
        session.commit()


def rows(database: Database):
    with database.system_session("look at the outbox") as session:
        return session.execute(select(OutboxMessage).order_by(OutboxMessage.created_at)).scalars().all()


def to(server: Server) -> list[str]:
    return sorted(mail["To"].addresses[0].username for mail in server.mails)


def test_a_day_without_the_server_loses_nothing_and_floods_nobody(database, settings, clock, server, post):
    """What happens all day: one meeting changed again and again for Ana, eight meetings for Carol, links for two."""
    one, *many = (add(database, f"UNC-2026-{number}") for number in range(1, 10))
    server.end()
    begun = clock()
    while clock() < begun + dt.timedelta(days=1):
        if clock().hour % 3 == 1:
            tell(database, "ana", one)
        if clock() == begun + dt.timedelta(hours=2):
            invite(database, settings, "daniel", "benoit")
            tell(database, "carol", *many)
        delivery = tasks.deliver_outbox(database, settings, post)
        assert (delivery.sent, delivery.failed) in {(0, 0), (0, 1)}  # one is enough to know
        clock.forward(hours=2)
    assert all(row.attempts == 0 for row in rows(database))
    server.begin()
    for _ in range(3):
        tasks.deliver_outbox(database, settings, post)
        clock.forward(hours=1)
    assert to(server) == ["ana", "benoit", "carol", "daniel"]
    (digest,) = [mail for mail in server.mails if mail["To"].addresses[0].username == "carol"]
    text = digest.get_body(("plain",)).get_content()
    assert sorted(set(re.findall(r"/meetings/(UNC-2026-\d)", text))) == [f"UNC-2026-{n}" for n in range(2, 10)]
    ids = {f"<{row.id}@127.0.0.1>" for row in rows(database) if row.sent_at}
    assert {str(mail["Message-ID"]) for mail in server.mails} == ids
    assert all(row.sent_at or row.abandoned_at for row in rows(database))


def test_where_nothing_answers_the_others_are_not_tried(database, settings, clock, server, post):
    invite(database, settings, "ana", "carol", "daniel", "erin")
    server.end()
    delivery = tasks.deliver_outbox(database, settings, post)
    assert (delivery.failed, delivery.is_cut_off) == (1, True)
    assert sorted((row.attempts, row.failing_since is not None) for row in rows(database)) == [
        (0, False), (0, False), (0, False), (0, True),
    ]  # fmt: skip
    assert all(row.leased_until is None for row in rows(database))
    server.begin()
    assert tasks.deliver_outbox(database, settings, post).sent == 3
    clock.forward(minutes=1)
    assert tasks.deliver_outbox(database, settings, post).sent == 1


@pytest.mark.parametrize("answer", ["451 try later", "550 no such user"])
def test_whatever_the_server_says_is_tried_for_days_and_not_for_ever(
    sqlite_database, settings, clock, server, post, answer
):
    server.recipients["ana@example.org"] = answer
    invite(sqlite_database, settings, "ana", "carol")
    tries, begun = 0, clock()
    for _ in range(14):
        delivery = tasks.deliver_outbox(sqlite_database, settings, post)
        tries += delivery.failed
        assert not delivery.is_cut_off
        clock.forward(hours=12)
    (row,) = [each for each in rows(sqlite_database) if not each.sent_at]
    assert row.abandoned_at is not None
    assert row.abandoned_at - begun >= dt.timedelta(days=3)
    assert row.last_error == f"SMTPRecipientsRefused {answer[:3]}"
    assert tries == 11
    assert to(server) == ["carol"]


def test_a_refusal_of_one_day_is_no_loss(sqlite_database, settings, clock, server, post):
    server.answer = "554 5.7.1 our filter is broken today"
    invite(sqlite_database, settings, "ana", "carol")
    for _ in range(3):
        assert tasks.deliver_outbox(sqlite_database, settings, post).failed == 2
        clock.forward(hours=8)
    server.answer = "250 OK"
    assert tasks.deliver_outbox(sqlite_database, settings, post).sent == 2
    assert {row.failing_since for row in rows(sqlite_database)} == {None}


def test_a_server_that_hangs_up_after_it_has_the_mail_gets_it_again_under_the_same_id(
    sqlite_database, settings, clock, server, post
):
    server.hangs_up = True
    invite(sqlite_database, settings, "ana", "carol")
    delivery = tasks.deliver_outbox(sqlite_database, settings, post)
    assert (delivery.failed, delivery.is_cut_off) == (2, False)  # it answers, so each is tried
    server.hangs_up = False
    clock.forward(minutes=1)
    assert tasks.deliver_outbox(sqlite_database, settings, post).sent == 2
    assert to(server) == ["ana", "ana", "carol", "carol"]
    assert len({mail["Message-ID"] for mail in server.mails}) == 2


def test_a_slow_server_ends_the_run_and_holds_no_message(sqlite_database, settings, clock, server):
    """It takes connections and answers nothing in time."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as mute:
        slow = ServerPost(urlsplit(f"smtp://127.0.0.1:{mute.getsockname()[1]}"), seconds=0.1)
        invite(sqlite_database, settings, "ana", "carol", "erin")
        delivery = tasks.deliver_outbox(sqlite_database, settings, slow)
    assert (delivery.failed, delivery.is_cut_off) == (1, True)
    assert {row.leased_until for row in rows(sqlite_database)} == {None}


def test_a_batch_that_takes_longer_than_its_lease_is_claimed_anew(sqlite_database, settings, clock):
    """Each mail takes a minute: no other worker could claim what this one is still to send."""
    sent: list[str] = []

    class Minutes:
        def send(self, mail):
            clock.forward(minutes=1)
            with sqlite_database.system_session("look") as session:
                leased = {row.id: row.leased_until for row in session.execute(select(OutboxMessage)).scalars()}
            own = leased[uuid.UUID(mail["Message-ID"].strip("<>").partition("@")[0])]
            assert own is not None
            assert own >= clock()
            sent.append(mail["Message-ID"])

        def answers(self):
            return True

    invite(sqlite_database, settings, *(key for key in world.CAST if key not in {"sam", "olga"}))
    assert tasks.deliver_outbox(sqlite_database, settings, Minutes()).sent == 12
    assert len(set(sent)) == 12


def test_a_worker_that_ends_once_after_a_long_outage_loses_nothing(sqlite_database, settings, clock, server, post):
    """Attempts that the server ended are none that count against a message that kills its worker."""
    server.answer = "451 try later"
    invite(sqlite_database, settings, "ana")
    for _ in range(11):
        tasks.deliver_outbox(sqlite_database, settings, post)
        clock.forward(hours=1)
    outbox.claim(sqlite_database)  # and the process is gone
    clock.forward(minutes=5)
    server.answer = "250 OK"
    assert tasks.deliver_outbox(sqlite_database, settings, post).sent == 1


def test_what_answers(server, post, tmp_path):
    assert post.answers()
    server.end()
    assert not post.answers()
    assert not ServerPost(urlsplit("smtp://0.0.0.0:1")).answers()
    assert FolderPost(tmp_path / "mail").answers()
    (tmp_path / "file").write_text("no folder")
    assert not FolderPost(tmp_path / "file").answers()


def test_the_settings_of_the_worker_lead_to_such_a_post(settings):
    from app.jobs.post import post_to

    made = post_to(dataclasses.replace(settings, mail_url="smtp://mail.example.org").mail_url)
    assert isinstance(made, ServerPost)
    assert made.seconds == 30
