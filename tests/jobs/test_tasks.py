"""Delivery: over real SMTP and into a folder, once or again under the same Message-ID, and the other jobs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select

from app.db import Database
from app.jobs import tasks, worker
from app.jobs.post import FolderPost, ServerPost, UnsafeServer, post_to, sender_of
from app.models import Heartbeat, OutboxMessage, Reminder
from app.services import outbox
from app.services.answer_links import reminder_of
from app.services.invitations import make_invitation
from tests import world

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Server:
    """A mail server that keeps what it is sent, and refuses or kills where a test says so."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.before_answer: Callable[[], None] = lambda: None
        self.port = free_port()
        self.logins: list[tuple[bytes, bytes]] = []

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.before_answer()
        return "250 OK"


@pytest.fixture
def server():
    """Run a mail server on this machine; `server.url` is its address."""
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture(autouse=True)
def _no_worker():
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


def invite(database: Database, secret_key: str, *keys: str):
    """Put an invitation for each of these into the outbox."""
    with database.system_session("invite", "write") as session:
        for key in keys:
            link = make_invitation(session, world.CAST[key].id, secret_key)
            outbox.enqueue(session, "invitation", world.CAST[key].id, {"invitation_id": str(link)})
        session.commit()


def rows(database: Database):
    with database.system_session("look at the outbox") as session:
        return session.execute(select(OutboxMessage)).scalars().all()


def with_mail(settings, url: str):
    return dataclasses.replace(settings, mail_url=url)


def test_mail_goes_out_over_smtp(database, settings, server):
    invite(database, settings.secret_key, "ana", "carol")
    delivery = tasks.deliver_outbox(database, with_mail(settings, server.url))
    assert (delivery.sent, delivery.failed, delivery.withheld) == (2, 0, 0)
    assert {str(mail["To"]) for mail in server.mails} == {
        "Ana Robles <ana@example.org>", "Carol Whitfield <carol@example.org>",
    }  # fmt: skip
    assert {str(mail["Message-ID"]) for mail in server.mails} == {f"<{row.id}@127.0.0.1>" for row in rows(database)}
    assert all(row.sent_at == world.NOW and row.leased_until is None for row in rows(database))
    again = tasks.deliver_outbox(database, with_mail(settings, server.url))
    assert again.sent == 0
    assert len(server.mails) == 2


def test_one_refused_recipient_holds_up_no_other(database, settings, server, clock):
    server.refuse["ana@example.org"] = "450 busy, try later, ana@example.org"
    invite(database, settings.secret_key, "ana", "carol")
    smtp = with_mail(settings, server.url)
    delivery = tasks.deliver_outbox(database, smtp)
    assert (delivery.sent, delivery.failed) == (1, 1)
    (failed,) = [row for row in rows(database) if row.sent_at is None]
    assert failed.last_error == "SMTPRecipientsRefused 450"
    assert failed.due_at == world.NOW + dt.timedelta(minutes=1)
    server.refuse.clear()
    assert tasks.deliver_outbox(database, smtp).sent == 0
    clock.forward(minutes=1)
    assert tasks.deliver_outbox(database, smtp).sent == 1


def test_a_server_that_is_away_is_tried_again(database, settings, clock):
    invite(database, settings.secret_key, "ana")
    nowhere = with_mail(settings, "smtp://127.0.0.1:1")
    assert tasks.deliver_outbox(database, nowhere).failed == 1
    assert rows(database)[0].last_error == "ConnectionRefusedError 111"
    assert worker.run_once(database, nowhere) == []
    clock.forward(minutes=1)
    assert worker.run_once(database, nowhere) == ["deliver"]


def test_what_cannot_be_composed_fails_and_holds_up_no_other(database, settings, server):
    with database.system_session("a broken message", "write") as session:
        outbox.enqueue(session, "meeting_proposed", world.CAST["ana"].id, {})
        session.commit()
    invite(database, settings.secret_key, "carol")
    delivery = tasks.deliver_outbox(database, with_mail(settings, server.url))
    assert (delivery.sent, delivery.failed) == (1, 1)
    assert {row.last_error for row in rows(database)} == {None, "KeyError"}


def test_what_its_recipient_may_not_see_is_withheld_and_said_so(database, settings, server):
    with database.system_session("tell the wrong one", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        outbox.enqueue(session, "meeting_proposed", world.CAST["benoit"].id, {"meeting_id": str(meeting.id)})
        session.commit()
    delivery = tasks.deliver_outbox(database, with_mail(settings, server.url))
    assert (delivery.sent, delivery.withheld) == (0, 1)
    assert server.mails == []
    (row,) = rows(database)
    assert (row.sent_at, row.last_error) == (None, outbox.WITHHELD)
    assert row.abandoned_at is not None


class DiesAfterSending:
    """A post whose worker ends between the hand-over and the note that it happened."""

    def __init__(self, post) -> None:
        self.post = post

    def send(self, mail) -> None:
        self.post.send(mail)
        raise SystemExit

    def answers(self) -> bool:
        return True


def test_a_worker_that_ends_before_it_notes_sends_again_under_the_same_id(database, settings, server, clock):
    invite(database, settings.secret_key, "ana")
    smtp = with_mail(settings, server.url)
    with pytest.raises(SystemExit):
        tasks.deliver_outbox(database, smtp, DiesAfterSending(post_to(server.url)))
    assert tasks.deliver_outbox(database, smtp).sent == 0
    clock.forward(minutes=5)
    assert tasks.deliver_outbox(database, smtp).sent == 1
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


ONCE = """
import datetime, sys
from pathlib import Path
from app.db import Database
from app.jobs.worker import run_once
from config import Settings
settings = Settings.from_environment({"SECRET_KEY": sys.argv[1], "DATABASE_URL": sys.argv[2], "MAIL_URL": sys.argv[3],
                                      "ENTENTE_DATA": sys.argv[4]})
now = datetime.datetime.fromisoformat(sys.argv[5])
run_once(Database(settings.database_url, Path(sys.argv[4]) / "locks", clock=lambda: now), settings)
"""


def test_a_worker_killed_in_the_middle_of_sending(database, settings, server):
    """The process is killed for good, while the server has the mail and has not yet answered."""
    invite(database, settings.secret_key, "ana")
    url = database.url.render_as_string(hide_password=False)
    said = (settings.secret_key, url, server.url, str(settings.data_dir), world.NOW.isoformat())
    arguments = [sys.executable, "-c", ONCE, *said]
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.DEVNULL)
    server.before_answer = lambda: os.kill(process.pid, signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    (row,) = rows(database)
    assert (row.sent_at, row.attempts) == (None, 1)
    server.before_answer = lambda: None
    with database.system_session("let the lease end", "write") as session:
        session.get_one(OutboxMessage, row.id).leased_until = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        session.commit()
    assert subprocess.run(arguments, cwd=ROOT, check=False, stderr=subprocess.DEVNULL).returncode == 0
    (row,) = rows(database)
    assert row.sent_at is not None
    assert [str(mail["Message-ID"]) for mail in server.mails] == [f"<{row.id}@127.0.0.1>"] * 2


def test_a_folder_holds_one_file_for_a_mail_that_was_sent_twice(database, settings, clock):
    invite(database, settings.secret_key, "ana")
    folder = settings.mail_folder
    with pytest.raises(SystemExit):
        tasks.deliver_outbox(database, settings, DiesAfterSending(FolderPost(folder)))
    clock.forward(minutes=5)
    assert tasks.deliver_outbox(database, settings).sent == 1
    (file,) = folder.iterdir()
    assert file.name == f"{rows(database)[0].id}.eml"
    assert b"Subject:" in file.read_bytes()


# Servers


def test_only_this_machine_is_spoken_to_in_the_clear(server):
    port = server.url.rpartition(":")[2]
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    for url in (f"smtp://localhost:{port}", f"smtp://127.0.0.1:{port}", f"smtp://0.0.0.0:{port}?tls=off"):
        post_to(url).send(mail)
    assert len(server.mails) == 3
    with pytest.raises(UnsafeServer):
        post_to(f"smtp://0.0.0.0:{port}").send(mail)
    assert len(server.mails) == 3


@pytest.fixture
def tls_server(certificate):
    """Run a mail server that asks for STARTTLS and for a name and password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    handler = Server()

    def authenticate(_server, _session, _envelope, _mechanism, data):
        handler.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word")

    controller = Controller(
        handler, hostname="127.0.0.1", port=handler.port, tls_context=context, require_starttls=True,
        auth_required=True, authenticator=authenticate,
    )  # fmt: skip
    controller.start()
    yield handler
    controller.stop()


def test_starttls_and_a_password(tls_server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    post_to(f"smtp://me:p%40ss%2Fword@localhost:{tls_server.port}").send(mail)
    assert tls_server.logins == [(b"me", b"p@ss/word")]
    assert len(tls_server.mails) == 1


def test_a_certificate_that_nobody_trusts_is_refused(tls_server):
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    with pytest.raises(ssl.SSLCertVerificationError):
        post_to(f"smtp://me:p%40ss%2Fword@localhost:{tls_server.port}").send(mail)
    assert tls_server.logins == []


@pytest.mark.parametrize(
    ("mail_url", "base_url", "sender"),
    [
        ("/var/mail", "http://127.0.0.1:8000", "entente@localhost"),
        ("smtp://mail.example.org", "https://entente.example.org", "entente@entente.example.org"),
        ("smtps://mail.example.org?from=no-reply%40example.org", "https://x.example", "no-reply@example.org"),
    ],
)
def test_whom_mails_are_from(mail_url, base_url, sender):
    assert sender_of(mail_url, base_url).addr_spec == sender


def test_which_post_takes_the_mails(tmp_path):
    assert isinstance(post_to("smtp://x.example"), ServerPost)
    assert isinstance(post_to("smtps://x.example"), ServerPost)
    assert post_to(str(tmp_path)) == FolderPost(tmp_path)


# Reminders


def test_a_reminder_goes_from_the_leg_to_the_mail_server_and_back_by_its_link(database, settings, server, clock):
    """The whole way with `run_once`: refused at first, then in the morning digest once, with a link that is its own."""
    with database.system_session("owe something", "write") as session:
        world.add_action(session, "UNC-2026-1-A01", ("MX",), legs={"MX": {"person_id": world.CAST["diego"].id}})
        session.commit()
    smtp = with_mail(settings, server.url)
    clock.now = dt.datetime(2026, 12, 8, 13, 59, tzinfo=dt.UTC)
    assert worker.run_once(database, smtp) == []
    assert server.mails == []
    server.refuse["diego@example.org"] = "450 busy"
    clock.forward(minutes=1)
    assert worker.run_once(database, smtp) == ["deliver"]
    server.refuse.clear()
    for _ in range(3):
        clock.forward(minutes=10)
        assert worker.run_once(database, smtp) == []
    (mail,) = server.mails
    assert (mail["To"], mail["Content-Language"]) == ("Diego Salas <diego@example.org>", "es")
    (token,) = set(re.findall(r"/answers/([\w-]+)", mail.get_body(("plain",)).get_content()))
    with database.system_session("look") as session:
        (kept,) = session.execute(select(Reminder)).scalars()
    assert (kept.id, kept.state, kept.sent_at) == (
        reminder_of(token, settings.secret_key),
        "sent",
        rows(database)[0].sent_at,
    )


# The other jobs


def test_the_heart_beats(database, clock):
    for minutes in (0, 1):
        clock.forward(minutes=minutes)
        tasks.beat(database)
        with database.system_session("look") as session:
            assert session.get_one(Heartbeat, "worker").beat_at == clock()


def test_run_once_names_what_failed(database, settings):
    invite(database, settings.secret_key, "ana")
    assert worker.run_once(database, settings) == []
    (settings.data_dir / "audit.head").write_text("not a head")
    assert worker.run_once(database, settings) == ["keep_audit_head"]


def test_no_message_is_claimed_by_two(database, settings):
    """Two deliveries at once, as when the worker is woken in the very minute of its round."""
    import threading

    invite(database, settings.secret_key, "ana", "carol", "erin", "daniel", "benoit", "olga")
    sent: list[str] = []

    class Slow:
        def send(self, mail):
            threading.Event().wait(0.01)
            sent.append(mail["Message-ID"])

        def answers(self):
            return True

    threads = [threading.Thread(target=tasks.deliver_outbox, args=(database, settings, Slow())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == sorted(f"<{row.id}@127.0.0.1>" for row in rows(database))
    assert len(set(sent)) == 6


def test_a_random_id_is_no_message(database):
    with pytest.raises(Exception, match="No row"):
        outbox.mark_sent(database, uuid.uuid4())
