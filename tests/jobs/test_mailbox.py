"""Replies are read from a real mailbox, once and in bounded runs; a server that is away, slow or lies harms nothing."""

from __future__ import annotations

import dataclasses
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.jobs import mailbox as job
from app.jobs import worker
from app.jobs.mailbox import Reading, read_mailbox
from app.models import Heartbeat, MeetingInvitation, ReceivedMail
from app.services.replies import refused_mails
from config import Settings
from tests.calendars.reply_mails import calendar, in_shape, mail
from tests.inviting import invitation_id, invite, reply_to, uid_of
from tests.jobs.mailboxes import Mailbox, Server, answering, dripping, folder, lying_server, real_server


@pytest.fixture(scope="module")
def port(certificate: Path) -> Iterator[int]:
    with real_server(certificate) as opened:
        yield opened


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))


@pytest.fixture
def mailbox(port: int, trusted: None) -> Mailbox:
    """Return a mailbox of this test's own on the server."""
    return Mailbox(port, folder(), "localhost")


@pytest.fixture
def invited(sqlite_database: Database) -> Database:
    invite(sqlite_database)
    return sqlite_database


def with_mailbox(settings: Settings, url: str) -> Settings:
    return dataclasses.replace(settings, mailbox_url=url)


def reply(settings: Settings, key: str, shape: str, partstat: str = "ACCEPTED") -> bytes:
    to = reply_to(key, settings.secret_key)
    text = calendar(uid=uid_of(), sequence=1, attendee=f"{key}@example.org", organizer=to, partstat=partstat,
                    stamp="20261122T140000Z")  # fmt: skip
    return in_shape(shape, text, sender=f"{key}@example.org", to=to)


def answer_of(database: Database, key: str) -> str:
    with database.system_session("look at an answer") as session:
        return session.get_one(MeetingInvitation, invitation_id(key)).reply


def mail_count(database: Database) -> int:
    with database.system_session("count the mails") as session:
        return session.scalar(select(func.count()).select_from(ReceivedMail)) or 0


def test_what_is_unread_is_taken_once(invited: Database, settings: Settings, mailbox: Mailbox) -> None:
    away = mail("Away.", head="Auto-Submitted: auto-replied\r\n").replace(b"text/calendar", b"text/plain")
    forged = mail(calendar(uid=uid_of(), sequence=1), to="entente@entente.test")
    mailbox.put(reply(settings, "rosa", "outlook"), forged, away, reply(settings, "diego", "apple", "DECLINED"))
    chosen = with_mailbox(settings, mailbox.url)
    assert read_mailbox(invited, chosen) == Reading(taken=2, refused=1, ignored=1)
    assert (answer_of(invited, "rosa"), answer_of(invited, "diego")) == ("accepted", "declined")
    assert [row.reason for row in refused_mails(invited, 10)] == ["no_secret"]
    assert mailbox.unread() == 0
    assert read_mailbox(invited, chosen) == Reading()
    mailbox.put(reply(settings, "rosa", "outlook"))  # the same bytes once more
    assert read_mailbox(invited, chosen) == Reading(refused=1)
    assert mail_count(invited) == 4


def test_a_run_reads_so_many_of_such_a_size(
    invited: Database, settings: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "MAILS_A_RUN", 2)
    monkeypatch.setattr(job, "MAIL_LIMIT", 20_000)
    mailbox.put(mail("x" * 30_000), reply(settings, "rosa", "google"), reply(settings, "diego", "thunderbird"))
    chosen = with_mailbox(settings, mailbox.url)
    assert read_mailbox(invited, chosen) == Reading(taken=1, refused=1, left=1)
    assert [row.reason for row in refused_mails(invited, 10)] == ["too_large"]
    assert read_mailbox(invited, chosen) == Reading(taken=1)


def test_who_does_not_know_the_server_or_the_password_reads_nothing(
    invited: Database, settings: Settings, port: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    box = Mailbox(port, folder(), "localhost")
    box.put(reply(settings, "rosa", "google"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    for url in (
        box.url,  # a certificate that nobody trusts
        box.url.replace("imap:", "imaps:"),
        f"imap://reader:wrong@127.0.0.1:{port}/{box.folder}?tls=off",
        f"imap://reader:wrong@127.0.0.1:{nobody}/INBOX",
        f"imap://reader:wrong@no-such-host.invalid:{nobody}/INBOX",
    ):
        assert read_mailbox(invited, with_mailbox(settings, url)) == Reading(is_whole=False), url
    assert box.unread() == 1
    logged = "".join(capfd.readouterr())
    assert "mailbox not read" in logged
    assert "wrong" not in logged
    # Without encryption nothing is said to another machine, unless the setting says so.
    monkeypatch.setattr(job, "is_this_machine", lambda _host: False)
    with lying_server(answering()) as url:
        assert read_mailbox(invited, with_mailbox(settings, url)) == Reading(is_whole=False)
        assert read_mailbox(invited, with_mailbox(settings, f"{url}?tls=off")).is_whole


LITERAL = b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n"
SIZED = b"* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n"


@pytest.mark.parametrize(
    "play",
    [
        lambda _connection: time.sleep(0.6),
        lambda connection: connection.close(),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n"),
        lambda connection: connection.sendall(b"* BYE not now\r\n"),
        dripping(b"x"),
        dripping(b"* 1 EXISTS\r\n"),
        dripping(b"x" * 60_000),
        answering(CAPABILITY=b"* CAPABILITY\r\n"),
        answering(CAPABILITY=b"X99 OK done\r\n"),
        answering(CAPABILITY=b"* CAPABILITY IMAP4rev1 STARTTLS\r\n", STARTTLS=b"%TAG% OK\r\n* CAPABILITY A\r\n"),
        answering(LOGIN=b"%TAG% NO no\r\n"),
        answering(SELECT=b"%TAG% NO no such folder\r\n"),
        answering(UID_SEARCH=b"* SEARCH one \xff 3\r\n"),
        answering(UID_SEARCH=b"* SEARCH 1\r\n", UID_FETCH=b"* 1 FETCH (UID 1 RFC822.SIZE many)\r\n"),
        answering(UID_SEARCH=b"* SEARCH 1\r\n", UID_FETCH=SIZED),
        answering(UID_SEARCH=b"* SEARCH 1\r\n", UID_FETCH=SIZED + LITERAL % 10**13),
        answering(UID_SEARCH=b"* SEARCH 1\r\n", UID_FETCH=SIZED + LITERAL % 1000),
        answering(UID_SEARCH=b"* SEARCH {9999999999999}\r\n"),
        answering(UID_SEARCH=b"* SEARCH 1\r\n", UID_FETCH=b"* 1 FETCH NIL\r\n* \r\n(\r\n"),
    ],
    ids=[
        "silent", "gone", "web", "bye", "drips", "drips-lines", "one-line", "not-imap", "tag", "before-tls", "login",
        "folder", "search", "size", "no-mail", "terabyte", "short", "literal", "nonsense",
    ],
)  # fmt: skip
def test_a_server_that_is_slow_breaks_or_lies_costs_a_run(
    invited: Database, settings: Settings, play: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BYTES_A_RUN", 2_000_000)
    begun = time.monotonic()
    with lying_server(play) as url:
        reading = read_mailbox(invited, with_mailbox(settings, url), seconds=0.4)
    assert time.monotonic() - begun < 2
    assert (reading.is_whole, reading.taken, mail_count(invited)) == (False, 0, 0)


def test_a_server_that_marks_nothing_read_is_asked_no_more_than_that(invited: Database, settings: Settings) -> None:
    raw = reply(settings, "rosa", "google")
    fetched = SIZED + LITERAL % len(raw) + raw + b")\r\n"
    play = answering(UID_SEARCH=b"* SEARCH 1 2\r\n", UID_FETCH=fetched, UID_STORE=b"%TAG% NO read-only\r\n")
    with lying_server(play) as url:
        for taken in (1, 0):
            reading = read_mailbox(invited, with_mailbox(settings, url))
            assert (reading.taken, reading.is_whole) == (taken, False)
    assert answer_of(invited, "rosa") == "accepted"
    assert mail_count(invited) == 1


def test_the_worker_reads_the_mailbox_and_beats_whatever_becomes_of_it(
    invited: Database, settings: Settings, mailbox: Mailbox
) -> None:
    mailbox.put(reply(settings, "rosa", "google"))
    assert worker.run_once(invited, with_mailbox(settings, mailbox.url)) == []
    assert answer_of(invited, "rosa") == "accepted"
    with lying_server(lambda connection: connection.close()) as url:
        assert worker.run_once(invited, with_mailbox(settings, url)) == ["read_mailbox"]
    with invited.system_session("look at the heartbeat") as session:
        assert session.get(Heartbeat, "worker") is not None
    queue = worker.make_worker(invited, with_mailbox(settings, mailbox.url))
    names = {name.rpartition(".")[2] for name in queue._registry._registry}
    assert any("read_replies" in name for name in names)
    queue.storage.close()
