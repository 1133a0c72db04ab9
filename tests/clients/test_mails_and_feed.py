"""Real programs read the mails and the feed of one person together, and show each meeting once, when it is.

The mails are those that a real mail server received from the worker.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from app.calendars.feed import feed_bytes
from app.calendars.invitations import Envelope, request_bytes, taken_off_bytes, told_of
from app.db import Database
from app.domain import zones
from app.domain.entries import Entry
from app.domain.invitations import Last, Standing, notice
from app.domain.meeting_content import MeetingContent
from app.jobs import tasks
from app.services import outbox
from app.services.meeting_life import NewDate
from config import Settings
from tests import world
from tests.calendars.cases import shown
from tests.clients.life import confirm, propose_meeting, steer
from tests.clients.programs import BIN, ICAL_JS, NODE, READERS, Shown
from tests.subscribing import feed_of, subscribe

SOURCE = "https://entente.example/feeds/token.ics"
PROGRAMS = ("vobject", "icalendar", "ical", "ical.js")
CITIES = (
    "America/Ciudad_Juarez", "America/Tijuana", "America/Mexico_City", "America/Hermosillo", "America/Cancun",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "America/Toronto", "America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Halifax",
    "America/St_Johns", "America/Regina", "Europe/Zurich",
)  # fmt: skip
# Around the changes of clocks: in America on 14 March and 7 November 2027, in Europe on 28 March and 31 October.
DAYS = (
    *(dt.date(2027, 3, day) for day in (12, 15, 29)),
    *(dt.date(2027, 11, day) for day in (1, 5, 8)),
)
ENVELOPE = Envelope("entente+7mx6@entente.example", "Entente", "ana@example.org", "Ana Robles", "REQ-PARTICIPANT")


def read_together(program: str, boxes: Sequence[Sequence[bytes]]) -> list[list[Shown]]:
    """Return, of each of several lists of calendars, what a program shows that has read them in turn."""
    if program == "ical.js":
        node = shutil.which("node", path=os.pathsep.join([str(NODE), os.environ["PATH"]]))
        assert node is not None, "node is needed to run ical.js"
        command = [node, str(READERS / "read_together.mjs"), str(ICAL_JS)]
    else:
        command = [str(BIN / "python"), str(READERS / "read_together.py"), program]
    texts = json.dumps([[content.decode() for content in box] for box in boxes]).encode()
    current = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run(command, input=texts, capture_output=True, check=False, timeout=60, env=current)
    assert done.returncode == 0, done.stderr.decode()
    return [sorted(Shown(**event) for event in events) for events in json.loads(done.stdout)]


# Every city, in the weeks in which clocks change -------------------------------------------------------


def meetings() -> list[tuple[Entry, Shown]]:
    """Return a meeting at 9:30 in each city on each of the days, and when that is by the zone data."""
    found = []
    for city in CITIES:
        for day in DAYS:
            starts_at = dt.datetime.combine(day, dt.time(9, 30), zones.zone(city)).astimezone(dt.UTC)
            name = f"{city} {day}"
            entry = shown(
                uid=f"{name.replace(' ', '-')}@entente.example", reference=name, title={"en": name}, zone=city,
                starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=2),
            )  # fmt: skip
            ends = (starts_at + dt.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%MZ")
            found.append((entry, Shown(name, starts_at.strftime("%Y-%m-%dT%H:%MZ"), ends, "CONFIRMED")))
    return found


MEETINGS = meetings()


def asked(entry: Entry) -> tuple[bytes, Last]:
    """Return the REQUEST of an entry, and what a calendar knows then."""
    told = told_of(entry, entry.uid, ENVELOPE)
    due = notice(Standing("CONFIRMED", entry.sequence, entry.stamped_at, False, told), None, entry.stamped_at)
    assert due is not None
    return request_bytes(due, entry, ENVELOPE), Last(due.method, due.sequence, due.stamped_at, due.told)


@pytest.mark.parametrize("program", PROGRAMS)
def test_mails_and_feed_show_each_meeting_once_in_every_city(program):
    """What is taken first stands, since the other says the same: each mail is read by the zones that it brings."""
    mails = [asked(entry)[0] for entry, _shown in MEETINGS]
    feed = feed_bytes("Entente", SOURCE, [entry for entry, _shown in MEETINGS])
    (kept, expected), *others = MEETINGS[:: len(DAYS)]
    taken_off = [asked(kept)[0]]
    for entry, _shown in others:
        mail, last = asked(entry)
        due = notice(None, last, entry.stamped_at)
        assert due is not None
        taken_off += [mail, taken_off_bytes(due, ENVELOPE, "en"), mail]  # an old copy brings it back to nobody
    together, left = read_together(program, [[*mails, feed], taken_off])
    assert together == sorted(each for _entry, each in MEETINGS)
    assert left == [expected]


# A meeting's life, by mail and by feed -----------------------------------------------------------------


@dataclass
class Server:
    """A mail server that keeps what it is sent."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.recipients.append(list(envelope.rcpt_tos))
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def calendars_to(self, address: str) -> list[bytes]:
        """Return the calendar parts that an address received, in turn."""
        found = []
        for mail, recipients in zip(self.mails, self.recipients, strict=True):
            parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
            if recipients == [address] and parts:
                content = parts[0].get_payload(decode=True)
                assert isinstance(content, bytes)
                found.append(content)
        return found


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    handler = Server(port=port)
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture(autouse=True)
def _no_worker():
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


FIRST = ("2027-03-15T16:00Z", "2027-03-15T19:00Z")  # 10:00 in Ciudad Juárez, a day after its clocks changed
MOVED = ("2027-11-08T22:30Z", "2027-11-09T00:00Z")  # 14:30 in Tijuana's zone
TITLE = "Border working group"


def test_a_life_by_mail_and_by_feed_is_one_event_in_every_program(
    sqlite_database: Database, settings: Settings, server: Server, clock, tmp_path: Path
) -> None:
    database = sqlite_database
    smtp = replace(settings, mail_url=f"smtp://127.0.0.1:{server.port}")
    made = subscribe(database, "carol")
    reference = propose_meeting(
        database,
        MeetingContent(
            mechanism="un-coordination", title={"en": TITLE}, original="en", parties=world.THREE,
            hosting={"MX": "host"}, format="in_person", place="Ciudad Juárez", zone="America/Ciudad_Juarez",
            first_day=dt.date(2027, 3, 15), starts=dt.time(10), ends=dt.time(13),
        ),
    )  # fmt: skip
    moved = NewDate(first_day=dt.date(2027, 11, 8), starts=dt.time(15, 30), ends=dt.time(17))
    steps: list[tuple[Callable[[], object], tuple[str, str] | None, str]] = [
        (lambda: confirm(database, reference), FIRST, "CONFIRMED"),
        (lambda: steer(database, "postpone", reference, "A vote", date=moved), MOVED, "TENTATIVE"),
        (lambda: confirm(database, reference), MOVED, "CONFIRMED"),
        (lambda: steer(database, "cancel", reference, "No room"), None, ""),
        (lambda: steer(database, "reinstate", reference), MOVED, "TENTATIVE"),
    ]
    boxes: list[list[bytes]] = []
    expected: list[list[Shown]] = []
    for step, times, status in steps:
        step()
        clock.forward(minutes=5)
        assert tasks.deliver_outbox(database, smtp).failed == 0
        mails = server.calendars_to("carol@example.org")
        feed = feed_of(database, made).body.body
        one = [Shown(f"{TITLE} ({reference})", *times, status)] if times else []
        # The feed keeps one that was called off, struck through.
        boxes += [mails, [feed, *mails], [*mails, feed]] if times else [mails]
        expected += [one, one, one] if times else [one]
    for program in PROGRAMS:
        assert read_together(program, boxes) == expected, program
    assert all(len(recipients) == 1 for recipients in server.recipients)
    _one_in_khal(tmp_path, [feed, *mails], f"{TITLE} ({reference})")


def _one_in_khal(home: Path, calendars: Sequence[bytes], summary: str) -> None:
    """Import the calendars into one of khal, which is to show one event."""
    (home / "events").mkdir()
    config = home / "khal.conf"
    config.write_text(
        f"[calendars]\n[[mine]]\npath = {home}/events/\n[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        f"datetimeformat = %Y-%m-%dT%H:%M\nlongdatetimeformat = %Y-%m-%dT%H:%M\n[sqlite]\npath = {home}/khal.db\n"
    )
    environment = {**os.environ, "HOME": str(home), "TZ": "UTC", "LC_ALL": "C.UTF-8"}

    def khal(*arguments: str) -> str:
        done = subprocess.run(
            [str(BIN / "khal"), "-c", str(config), *arguments],
            capture_output=True, text=True, env=environment, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    files = [home / f"{number}.ics" for number in range(len(calendars))]
    for file, content in zip(files, calendars, strict=True):
        file.write_bytes(content)
    khal("import", "--batch", "-a", "mine", *map(str, files))
    listed = khal("list", "--once", "--format", "{title}", "--day-format", "", "2027-01-01", "365d")
    assert [line for line in listed.splitlines() if line] == [summary]
