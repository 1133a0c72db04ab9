"""Reminders from the worker's side: made once, mailed in a morning, held on closures, never lost and never a flood."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
import uuid
from collections.abc import Iterable
from email.headerregistry import Address
from typing import Any

import html5lib
import pytest
from sqlalchemy import event, select

from app.db import Database
from app.domain import reminders as rules
from app.domain.visibility import REGISTER
from app.jobs import tasks
from app.models import Action, Leg, Mechanism, OutboxMessage, Person, Reminder, ReminderConsent
from app.services import outbox, reminder_words, reminders
from app.services.action_whole import settle
from app.services.answer_links import reminder_of, token_of
from app.services.mail_content import Letterhead
from app.services.mails import compose
from app.services.practice import add_example, example_facts
from app.services.reminder_post import post_reminders
from app.services.reminders import prepare_reminders
from config import Settings
from tests import world

LETTERHEAD = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "s" * 32)
A01 = "UNC-2026-1-A01"
TUESDAY = dt.date(2026, 12, 15)


def at(written: str) -> dt.datetime:
    """Return an instant of Mexico City, six hours behind UTC in winter."""
    return dt.datetime.fromisoformat(f"{written}:00-06:00").astimezone(dt.UTC)


def add(database: Database, reference: str = A01, parties: tuple[str, ...] = ("MX",), **changed: Any) -> None:
    """Add an action whose Mexican leg names Diego, due on Tuesday 15 December 2026."""
    with database.system_session("add an action", "write") as session:
        leg = {"person_id": world.CAST["diego"].id, "person_name": "Diego Salas"} | changed.pop("leg", {})
        world.add_action(session, reference, parties, legs={"MX": leg}, **changed)
        session.commit()


def change(database: Database, reference: str = A01, party: str = "MX", **changed: Any) -> None:
    with database.system_session("change a leg", "write") as session:
        legs = session.execute(select(Leg).where(Leg.action_id == world.identity("action", reference))).scalars().all()
        for leg in legs:
            if leg.party_code == party:
                for name, value in changed.items():
                    setattr(leg, name, value)
        settle(session.get_one(Action, world.identity("action", reference)), legs)
        session.commit()


def choose(database: Database, key: str, how: str) -> None:
    with database.system_session("choose", "write") as session:
        session.get_one(Person, world.CAST[key].id).reminder_mails = how
        session.commit()


def consent(database: Database, key: str, *, ended: bool = False) -> None:
    with database.system_session("consent", "write") as session:
        who = world.CAST[key]
        session.add(
            ReminderConsent(
                party_code=who.party, given_by=who.id, given_at=session.now, audience_id=session.audience({REGISTER}),
                ended_at=session.now if ended else None,
            )
        )  # fmt: skip
        session.commit()


def rows(database: Database) -> list[Reminder]:
    with database.system_session("look") as session:
        return list(session.execute(select(Reminder).order_by(Reminder.due_on, Reminder.prepared_at)).scalars())


def keys(database: Database) -> list[tuple[str, str, str]]:
    names = {member.id: key for key, member in world.CAST.items()}
    return sorted((row.stage, names[row.recipient_id], row.state) for row in rows(database))


def messages(database: Database) -> list[OutboxMessage]:
    with database.system_session("look") as session:
        return list(session.execute(select(OutboxMessage).order_by(OutboxMessage.created_at)).scalars())


class Kept:
    """A post that keeps what it is handed, or is away."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.is_away = False

    def send(self, mail: Any) -> None:
        if self.is_away:
            raise ConnectionRefusedError(111, "away")
        self.mails.append(email.message_from_bytes(mail.as_bytes(), policy=email.policy.default))

    def answers(self) -> bool:
        return not self.is_away

    def texts(self) -> list[str]:
        """Return the plain text of each mail, whose HTML is valid."""
        for mail in self.mails:
            html5lib.HTMLParser(strict=True).parse(mail.get_body(("html",)).get_content())
        return [mail.get_body(("plain",)).get_content().replace("\r\n", "\n") for mail in self.mails]


def run(database: Database, settings: Settings, post: Kept) -> None:
    """Do what the worker does of this within an hour."""
    tasks.remind(database)
    tasks.deliver_outbox(database, settings, post)


@pytest.fixture(autouse=True)
def _no_worker() -> None:
    outbox.wake_with(None)


# Making ---------------------------------------------------------------------------------------------------


def test_one_leg_from_a_week_before_to_a_month_after(database, clock, settings):
    """Four mails in all, each in the morning of its day, however often the worker runs."""
    add(database)
    post, days = Kept(), []
    for ahead in (0, *range(6, 16), *range(22, 31), 60):  # from 2 December on
        for hours in (6, 8, 8):  # before eight, at eight, and again
            clock.now = at("2026-12-02T00:00") + dt.timedelta(days=ahead, hours=hours)
            before = len(post.mails)
            run(database, settings, post)
            days += [(clock.now.isoformat()[:16], str(mail["To"])) for mail in post.mails[before:]]
    assert days == [
        ("2026-12-08T14:00", "Diego Salas <diego@example.org>"),
        ("2026-12-15T14:00", "Diego Salas <diego@example.org>"),
        ("2026-12-16T14:00", "Diego Salas <diego@example.org>"),
        ("2026-12-29T14:00", "Ana Robles <ana@example.org>"),
    ]
    assert [row.state for row in rows(database)] == ["sent"] * 4


@pytest.mark.parametrize(
    ("now", "changed", "expected"),
    [
        ("2026-12-11T09:00", {}, [("before", "diego", "prepared")]),
        ("2026-12-12T09:00", {}, []),  # a Saturday
        ("2026-12-25T09:00", {"due_on": dt.date(2026, 12, 25)}, [("on", "diego", "prepared")]),
        ("2026-12-25T09:00", {"due_on": dt.date(2026, 12, 28)}, []),  # closed
        ("2026-12-15T09:00", {"is_accepted": False}, []),
        ("2026-12-15T09:00", {"state": "done"}, []),
        ("2026-12-15T09:00", {"due_on": None}, []),
        ("2026-12-15T09:00", {"person_id": None}, [("on", "ana", "prepared")]),
        ("2026-12-15T09:00", {"person_id": world.CAST["benoit"].id}, [("on", "ana", "prepared")]),  # another party's
        ("2026-12-15T09:00", {"person_id": world.CAST["marta"].id}, [("on", "ana", "prepared")]),  # sees no action
        ("2026-12-29T09:00", {}, [("coordinator", "ana", "prepared")]),
    ],
)
def test_what_is_made(sqlite_database, clock, now, changed, expected):
    add(sqlite_database, leg=changed)
    clock.now = at(now)
    prepare_reminders(sqlite_database)
    assert keys(sqlite_database) == expected
    assert prepare_reminders(sqlite_database) == 0


@pytest.mark.parametrize("ending", [{"ended_as": "closed", "ended_at": world.NOW}, {"mechanism": "example"}])
def test_nothing_of_what_ended_or_is_only_practised(sqlite_database, clock, ending):
    if "mechanism" in ending:
        with sqlite_database.system_session("add the example", "write") as session:
            add_example(session)
            session.flush()
            found = session.execute(select(Mechanism.id).where(Mechanism.code == example_facts()["code"])).scalar_one()
            session.commit()
        ending = {"mechanism_id": found}
    add(sqlite_database, **ending)
    clock.now = at("2026-12-15T09:00")
    assert prepare_reminders(sqlite_database) == 0


def test_a_head_stands_in_where_nobody_coordinates(sqlite_database, clock):
    add(sqlite_database, leg={"person_id": None})
    with sqlite_database.system_session("leave", "write") as session:
        session.get_one(Person, world.CAST["ana"].id).active = False
        session.commit()
    clock.now = at("2026-12-15T09:00")
    prepare_reminders(sqlite_database)
    assert keys(sqlite_database) == [("on", "lucia", "prepared")]


def test_a_day_that_moved_begins_anew(sqlite_database, clock, settings):
    add(sqlite_database)
    post = Kept()
    clock.now = at("2026-12-15T09:00")
    run(sqlite_database, settings, post)
    change(sqlite_database, due_on=dt.date(2026, 12, 22))
    run(sqlite_database, settings, post)
    assert keys(sqlite_database) == [("before", "diego", "prepared"), ("on", "diego", "sent")]
    clock.forward(days=1)
    run(sqlite_database, settings, post)
    assert len(post.mails) == 2
    assert "22 de diciembre" in post.texts()[1]


def test_statements_do_not_grow_with_the_legs(sqlite_database, clock):
    """The batch of one leg and that of thirty are made in as many statements."""
    counted: list[int] = []
    choose(sqlite_database, "diego", "at_once")
    clock.now = at("2026-12-15T09:00")
    for count, first in ((1, 1), (30, 10)):
        for number in range(count):
            add(sqlite_database, f"UNC-2026-1-A{first + number}")
        statements: list[str] = []
        event.listen(
            sqlite_database.engine, "before_cursor_execute", lambda *said, into=statements: into.append(said[2])
        )
        assert prepare_reminders(sqlite_database) == count
        before = len(statements)
        post_reminders(sqlite_database)
        counted += [before, len(statements) - before]
    assert counted[:2] == counted[2:]
    assert max(counted) <= 30


def test_a_batch_is_found_by_an_index_of_the_legs(sqlite_database):
    window = rules.windows(TUESDAY, is_working=True)[3]
    batch = reminders._batch("MX", window, (TUESDAY, uuid.UUID(int=1)))
    said = str(batch.compile(sqlite_database.engine, compile_kwargs={"literal_binds": True}))
    with sqlite_database.engine.connect() as connection:
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")]
    assert plan[0].startswith(
        "SEARCH legs USING INDEX ix_legs_party_code_state_due_on (party_code=? AND state=? AND due"
    )
    assert not any(each.startswith(("SCAN legs", "SCAN reminders", "SCAN actions")) for each in plan)


def test_the_batches_of_one_run_reach_every_leg(sqlite_database, clock, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 3)
    for number in range(10):
        add(sqlite_database, f"UNC-2026-1-A{number + 1:02}")
    choose(sqlite_database, "diego", "never")  # whose legs are read again in each run, and hold up no other
    add(sqlite_database, "UNC-2026-1-A99", leg={"person_id": None})
    clock.now = at("2026-12-15T09:00")
    assert prepare_reminders(sqlite_database) == 1


# Mailing --------------------------------------------------------------------------------------------------


def test_a_digest_has_all_of_a_day_in_one_mail(database, clock, settings):
    for number, day in ((1, 15), (2, 16), (3, 21)):
        add(database, f"UNC-2026-1-A0{number}", leg={"due_on": dt.date(2026, 12, day)})
    post = Kept()
    clock.now = at("2026-12-15T07:55")
    run(database, settings, post)
    assert post.mails == []
    clock.now = at("2026-12-15T08:00")
    run(database, settings, post)
    (text,) = post.texts()
    (mail,) = post.mails
    assert mail["Content-Language"] == "es"
    assert [text.count(f"\nUNC-2026-1-A0{number}\n") for number in (1, 2, 3)] == [1, 1, 1]
    assert "15 de diciembre de 2026 (Ciudad de México)" in text
    tokens = re.findall(r"https?://\S+/answers/(\S+)", text)
    assert {reminder_of(token, settings.secret_key) for token in tokens} == {row.id for row in rows(database)}
    assert f"{settings.base_url}/profile" in text


def test_at_once_is_a_mail_for_each_and_never_is_none(sqlite_database, clock, settings):
    for key, first in (("diego", 1), ("lucia", 5)):
        for number in range(2):
            add(sqlite_database, f"UNC-2026-1-A0{first + number}", leg={"person_id": world.CAST[key].id})
    choose(sqlite_database, "diego", "at_once")
    choose(sqlite_database, "lucia", "never")
    post = Kept()
    clock.now = at("2026-12-15T09:00")
    run(sqlite_database, settings, post)
    assert [str(mail["To"]) for mail in post.mails] == ["Diego Salas <diego@example.org>"] * 2
    assert len({mail["Subject"] for mail in post.mails}) == 2


def test_what_is_done_meanwhile_is_left_out_and_alone_makes_no_mail(database, clock, settings):
    add(database, "UNC-2026-1-A01")
    add(database, "UNC-2026-1-A02")
    clock.now = at("2026-12-15T09:00")
    tasks.remind(database)
    change(database, "UNC-2026-1-A01", state="done")
    post = Kept()
    tasks.deliver_outbox(database, settings, post)
    (text,) = post.texts()
    assert "UNC-2026-1-A02" in text
    assert "UNC-2026-1-A01" not in text
    assert sorted(row.state for row in rows(database)) == ["sent", "withheld"]
    clock.forward(days=1)
    tasks.remind(database)
    change(database, "UNC-2026-1-A02", state="dropped", reason="Overtaken")
    assert tasks.deliver_outbox(database, settings, post).withheld == 1
    assert len(post.mails) == 1


def test_who_sees_the_action_no_more_reads_nothing_of_it(sqlite_database, clock, settings):
    add(sqlite_database, "UNC-2026-1-A01", ("CA", "MX"), title={"en": world.canary("CAUS", "title"), "original": "en"},
        created_by_party="MX")  # fmt: skip
    clock.now = at("2026-12-15T09:00")
    tasks.remind(sqlite_database)
    with sqlite_database.system_session("move it away", "write") as session:
        action = session.get_one(Action, world.identity("action", A01))
        action.audience_id = session.audience({"party:CA", "party:US"})
        session.commit()
    post = Kept()
    assert tasks.deliver_outbox(sqlite_database, settings, post).withheld == 1
    assert ("on", "diego", "withheld") in keys(sqlite_database)


def test_a_server_that_is_away_for_a_day_loses_nothing_and_floods_nobody(sqlite_database, clock, settings):
    """Due on Thursday; the server is away from Thursday morning on, and back on Friday at noon."""
    thursday = dt.date(2026, 12, 17)
    for number in range(3):
        add(sqlite_database, f"UNC-2026-1-A0{number + 1}", leg={"due_on": thursday})
    post = Kept()
    clock.now = at("2026-12-10T08:00")
    run(sqlite_database, settings, post)
    assert len(post.mails) == 1
    clock.now = at("2026-12-17T08:00")
    post.is_away = True
    for _ in range(28 * 2):  # until Friday at noon
        run(sqlite_database, settings, post)
        clock.forward(minutes=30)
    assert len(post.mails) == 1
    post.is_away = False
    for _ in range(24):
        run(sqlite_database, settings, post)
        clock.forward(hours=1)
    assert len(post.mails) == 2
    text = post.texts()[1]
    assert [text.count(f"\nUNC-2026-1-A0{number}\n") for number in (1, 2, 3)] == [1, 1, 1]
    assert {row.state for row in rows(sqlite_database)} == {"sent"}
    assert len(rows(sqlite_database)) == 9


def test_a_mail_that_comes_late_waits_for_a_working_day(sqlite_database, clock, settings):
    """What could not be handed over on Friday is not handed over on Saturday, and counts no attempt meanwhile."""
    add(sqlite_database, leg={"due_on": dt.date(2026, 12, 16)})
    post = Kept()
    post.is_away = True
    clock.now = at("2026-12-11T16:00")
    run(sqlite_database, settings, post)
    post.is_away = False
    clock.now = at("2026-12-12T09:00")
    run(sqlite_database, settings, post)
    (message,) = messages(sqlite_database)
    assert (post.mails, message.attempts, message.due_at) == ([], 0, at("2026-12-14T08:00"))
    clock.now = at("2026-12-14T08:00")
    run(sqlite_database, settings, post)
    assert len(post.mails) == 1


def test_a_digest_of_very_many_has_the_nearest_and_says_how_many_more(sqlite_database, clock, settings, monkeypatch):
    monkeypatch.setattr(reminder_words, "MOST_LINES", 2)
    for number, day in ((1, 8), (2, 14), (3, 15), (4, 22)):
        add(sqlite_database, f"UNC-2026-1-A0{number}", leg={"due_on": dt.date(2026, 12, day)})
    post = Kept()
    clock.now = at("2026-12-15T08:00")
    run(sqlite_database, settings, post)
    (text,) = post.texts()
    assert [number for number in range(1, 5) if f"\nUNC-2026-1-A0{number}\n" in text] == [2, 3]
    assert "Y 2 más, en Entente:" in text
    assert post.mails[0]["Subject"].startswith("4 ")
    assert len(rows(sqlite_database)) == 4
    assert {row.state for row in rows(sqlite_database)} == {"sent"}


# What crosses -----------------------------------------------------------------------------------------------


def test_what_crosses_waits_until_its_party_lets_it_through(database, clock, settings):
    """Canada recorded what Mexico owes: without Mexico's leave nothing goes out, however often the worker runs."""
    add(database, "UNC-2026-1-A01", ("CA", "MX"))
    post = Kept()
    clock.now = at("2026-12-15T09:00")
    run(database, settings, post)
    crossing = [row for row in rows(database) if row.recipient_id == world.CAST["diego"].id]
    assert [(row.crosses, row.state) for row in crossing] == [(True, "prepared")]
    assert [str(mail["To"]) for mail in post.mails] == ["Isabelle Fortin <isabelle@example.org>"]  # their own
    consent(database, "isabelle")  # another party's leave
    consent(database, "ana", ended=True)  # one that was ended
    clock.forward(hours=2)
    run(database, settings, post)
    assert len(post.mails) == 1
    clock.forward(hours=1)
    consent(database, "ana")
    run(database, settings, post)
    assert len(post.mails) == 1, "what waits already is still looked at"
    clock.now = at("2026-12-16T09:00")
    run(database, settings, post)
    assert {str(mail["To"]) for mail in post.mails[1:]} == {
        "Diego Salas <diego@example.org>", "Isabelle Fortin <isabelle@example.org>",
    }  # fmt: skip


def test_leave_that_ended_stops_what_is_on_its_way(sqlite_database, clock, settings):
    add(sqlite_database, created_by_party=None)
    consent(sqlite_database, "ana")
    clock.now = at("2026-12-15T09:00")
    tasks.remind(sqlite_database)
    assert keys(sqlite_database) == [("on", "diego", "queued")]
    with sqlite_database.system_session("end", "write") as session:
        session.execute(select(ReminderConsent)).scalar_one().ended_at = session.now
        session.commit()
    post = Kept()
    assert tasks.deliver_outbox(sqlite_database, settings, post).withheld == 1
    assert keys(sqlite_database) == [("on", "diego", "prepared")]


@pytest.mark.parametrize(
    ("created_by", "readers"),
    [
        ("MX", {"diego"}),
        ("CA", {"diego", "benoit", "isabelle", "adaeze", "sam"}),
        (None, {"diego", "sam"}),
    ],
)
def test_who_sees_a_reminder(database, clock, created_by, readers):
    """Its recipient; of one that crosses also the secretariat of the action, and the government that recorded it."""
    with database.system_session("add an action of a meeting", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        world.add_action(
            session, A01, ("MX",), meeting=meeting, created_by_party=created_by,
            legs={"MX": {"person_id": world.CAST["diego"].id}},
        )  # fmt: skip
        session.commit()
    clock.now = at("2026-12-15T09:00")
    prepare_reminders(database)
    found = set()
    for key in world.CAST:
        with database.read_session(world.viewer(key)) as session:
            if session.execute(select(Reminder.id)).scalars().all():
                found.add(key)
    assert found == readers


# The words --------------------------------------------------------------------------------------------------


def claimed(key: str, ids: Iterable[uuid.UUID]) -> outbox.Claimed:
    payload = {"reminder_ids": [str(each) for each in ids]}
    return outbox.Claimed(uuid.UUID(int=7), "reminder_digest", world.CAST[key].id, payload, world.NOW, 1)


@pytest.mark.parametrize(
    ("now", "subject", "said"),
    [
        ("2026-12-08T09:00", "Due soon: ", "Due on Tuesday 15 December 2026 (Ottawa), 7 days left."),
        ("2026-12-15T09:00", "Due today: ", "Due today, Tuesday 15 December 2026 (Ottawa)."),
        (
            "2026-12-16T09:00",
            "Its day is over: ",
            "Its day was Tuesday 15 December 2026 (Ottawa), and it is still open.",
        ),
        ("2026-12-29T09:00", "Still open: ", "A word on how it stands, or another day, helps all to plan."),
    ],
)
def test_what_each_stage_says(sqlite_database, clock, settings, now, subject, said):
    with sqlite_database.system_session("one who coordinates in English", "write") as session:
        session.get_one(Person, world.CAST["isabelle"].id).language = "en"
        world.add_action(session, A01, ("CA",))
        session.commit()
    post = Kept()
    clock.now = at(now)
    run(sqlite_database, settings, post)
    (mail,), (text,) = post.mails, post.texts()
    assert mail["Subject"] == f"{subject}Action {A01}"
    assert said in text
    assert "late" not in text
    assert "overdue" not in text


@pytest.mark.parametrize("key", list(world.CAST))
def test_nobody_reads_a_canary_of_others_in_a_mail(told, key):
    """A message about every reminder of the story, to each of the cast: what is not theirs is not in it."""
    with told.system_session("let them all out", "write") as session:
        found = session.execute(select(Reminder)).scalars().all()
        for row in found:
            leg = session.get_one(Leg, row.leg_id)
            leg.due_on, leg.is_accepted, leg.state = row.due_on, True, "open"
            row.state, row.decided_by = "queued", world.CAST["sam"].id
        ids = [row.id for row in found]
        owners = {row.recipient_id for row in found}
        session.commit()
    mail = compose(told, claimed(key, ids), LETTERHEAD)
    assert (mail is not None) == (world.CAST[key].id in owners)
    if mail is not None:
        assert world.canary("CAMXUS" if key == "carol" else "MXUS", "reminder") in str(mail.get_body(("plain",)))
        assert not world.foreign_canaries(mail.as_bytes().decode("utf-8", "replace"), world.CAST[key])
        assert "subtask" not in mail.as_bytes().decode("utf-8", "replace")


def test_the_token_of_a_link_is_of_its_reminder_and_key_alone():
    one = uuid.UUID(int=1)
    token = token_of(one, "k" * 32)
    assert reminder_of(token, "k" * 32) == one
    assert reminder_of(token, "l" * 32) is None
    assert reminder_of(token_of(uuid.UUID(int=2), "k" * 32), "k" * 32) != one
    for broken in ("", "x", token[:-4], f"{token}=", "é" * 48):
        assert reminder_of(broken, "k" * 32) is None
