"""Answering one's own invitation: on the page of the meeting, by a link that scanners may follow, and the list."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import Database
from app.jobs import tasks
from app.models import (
    AuditRecord,
    Base,
    InvitationReply,
    Meeting,
    MeetingInvitation,
    MeetingParty,
    Person,
    RosterEntry,
)
from app.services import outbox
from app.services.invitation_links import link_token_of, secret_of
from app.services.replies import take_mail
from config import Settings
from tests import world
from tests.calendars.reply_mails import calendar, in_shape
from tests.conftest import Clock, client_of, make_app
from tests.inviting import HIDDEN, entry_id, invitation_id, invite, link_of

MEETING = world.identity("meeting", HIDDEN)
Client = Callable[[str | None], Any]


@pytest.fixture
def invited(sqlite_database: Database) -> Database:
    invite(sqlite_database)
    return sqlite_database


@pytest.fixture
def client(settings: Settings, invited: Database) -> Client:
    app: Flask = make_app(settings, invited)
    return lambda key: client_of(app, key)


def holder(client: Client, key: str) -> Any:
    """Return a client that nobody is signed in with, whose reader is the one who got the mail (Rosa is Mexico's)."""
    made = client(None)
    made.member = world.CAST["ana" if key == "rosa" else key]
    return made


def change(database: Database, model: type[Any], key: Any, **values: Any) -> None:
    with database.system_session("change the world", "write") as session:
        row = session.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def said(page: Any, **more: str) -> dict[str, str]:
    """Return what the form of a page sends beside what was chosen."""
    body = page.get_data(as_text=True)
    body = body[body.index("form--invitation") :]
    hidden = dict(re.findall(r'<input type="hidden" name="(promise|version)" value="([^"]*)">', body))
    return {**hidden, "submission_id": str(uuid.uuid4()), **more}


def invitation_of(database: Database, key: str) -> MeetingInvitation:
    with database.system_session("look at an invitation") as session:
        return session.get_one(MeetingInvitation, invitation_id(key))


def entry_of(database: Database, key: str) -> RosterEntry:
    with database.system_session("look at a roster") as session:
        return session.get_one(RosterEntry, entry_id(HIDDEN, key))


def counts(database: Database) -> dict[str, int]:
    with database.system_session("count everything") as session:
        classes = [mapper.class_ for mapper in Base.registry.mappers]
        return {cls.__name__: session.scalar(select(func.count()).select_from(cls)) or 0 for cls in classes}


# On the page of the meeting ------------------------------------------------------------------------


def test_ones_own_answer_is_given_on_the_page_and_is_not_the_partys(client: Client, invited: Database) -> None:
    diego = client("diego")
    page = diego.get(f"/meetings/{HIDDEN}?lang=en")
    body = page.get_data(as_text=True)
    assert "Your own answer" in body
    assert "It does not answer for your party" in body
    sent = diego.post(f"/meetings/{HIDDEN}/invitation", data=said(page, reply="accepted", mode="remote"))
    assert (sent.status_code, sent.location) == (303, f"/meetings/{HIDDEN}#invitation")
    row, entry = invitation_of(invited, "diego"), entry_of(invited, "diego")
    assert (row.reply, row.reply_way, row.replied_at, row.reply_sequence) == ("accepted", "page", world.NOW, 1)
    assert (entry.reply, entry.mode) == ("accepted", "remote")
    with invited.system_session("look at the party") as session:
        answers = session.scalars(select(MeetingParty.answer).where(MeetingParty.meeting_id == MEETING)).all()
        acts = session.scalars(select(AuditRecord).where(AuditRecord.action == "invitation_answered")).all()
    assert set(answers) == {None}
    assert [(act.person_id, act.party_code, act.facts) for act in acts] == [
        (world.CAST["diego"].id, "MX", {"reply": "accepted", "way": "page"})
    ]
    again = diego.get(f"/meetings/{HIDDEN}?lang=en").get_data(as_text=True)
    assert "I will come, by video" in again


def test_who_goes_answers_before_any_mail_and_who_was_not_invited_cannot(client: Client, invited: Database) -> None:
    with invited.system_session("forget the mail", "write") as session:
        session.delete(session.get_one(MeetingInvitation, invitation_id("diego")))
        session.commit()
    diego = client("diego")
    page = diego.get(f"/meetings/{HIDDEN}")
    form = said(page, reply="tentative", mode="in_person")
    assert form["version"] == "0"
    assert diego.post(f"/meetings/{HIDDEN}/invitation", data=form).status_code == 303
    with invited.read_session(world.viewer("ana")) as session:
        made = session.scalars(
            select(MeetingInvitation).where(MeetingInvitation.person_id == world.CAST["diego"].id)
        ).one()
    assert (made.reply, made.method, made.address) == ("tentative", None, "diego@example.org")
    ana = client("ana")
    assert "Your own answer" not in ana.get(f"/meetings/{HIDDEN}?lang=en").get_data(as_text=True)
    assert ana.post(f"/meetings/{HIDDEN}/invitation", data=form).status_code == 404
    assert client("benoit").post(f"/meetings/{HIDDEN}/invitation", data=form).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"reply": "never", "mode": "remote"}, 422), ({"reply": "", "mode": "remote"}, 422),
        ({"reply": "accepted", "mode": "by ship"}, 422), ({"reply": "accepted"}, 422),
        ({"reply": "accepted", "mode": "remote", "version": "9"}, 409),
        ({"reply": "accepted", "mode": "remote", "promise": "another date"}, 409),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_writes_nothing(
    client: Client, invited: Database, settings: Settings, sent: dict[str, str], status: int
) -> None:
    for somebody, path in (
        (client("diego"), f"/meetings/{HIDDEN}/invitation"),
        (holder(client, "diego"), link_of("diego", settings.secret_key)),
    ):
        page = somebody.get(path.removesuffix("/invitation"))
        refused = somebody.post(path, data=said(page) | sent)
        assert refused.status_code == status, path
    assert invitation_of(invited, "diego").reply == "needs_action"
    assert entry_of(invited, "diego").reply is None


def test_an_answer_to_another_date_is_not_shown_as_one_to_this(
    client: Client, invited: Database, settings: Settings
) -> None:
    diego = client("diego")
    page = diego.get(f"/meetings/{HIDDEN}")
    diego.post(f"/meetings/{HIDDEN}/invitation", data=said(page, reply="accepted", mode="remote"))
    change(invited, Meeting, MEETING, sequence=2)
    assert "You answered for an earlier date" in diego.get(f"/meetings/{HIDDEN}?lang=en").get_data(as_text=True)
    linked = holder(client, "diego").get(link_of("diego", settings.secret_key) + "?lang=en").get_data(as_text=True)
    assert "The date is another than in the mail that you had" in linked
    assert "nothing yet" in linked
    listed = client("ana").get(f"/meetings/{HIDDEN}/replies?lang=en").get_data(as_text=True)
    assert "There was one to an earlier date." in listed


# By the link ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["rosa", "diego"])
def test_the_link_says_what_it_is_and_takes_an_answer(
    client: Client, invited: Database, settings: Settings, key: str
) -> None:
    path, somebody = link_of(key, settings.secret_key), holder(client, key)
    page = somebody.get(path + "?lang=en")
    body = page.get_data(as_text=True)
    for told in ("zzcanary-MXUS-title", HIDDEN, "Thursday 10 December 2026", "New York", "In your time", "not that of"):
        assert told in body, told
    assert ("Sign in and open the meeting" in body) == (key == "diego")
    for kept in ("ana@example.org", "Carol", "The agenda", "What each delegation"):
        assert kept not in body, kept
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Cache-Control"] == "no-store"
    assert 'lang="es"' in somebody.get(path).get_data(as_text=True)
    done = somebody.post(path, data=said(page, reply="declined", mode="in_person"))
    assert (done.status_code, done.location) == (303, path)
    row, entry = invitation_of(invited, key), entry_of(invited, key)
    assert (row.reply, row.reply_way, entry.reply) == ("declined", "link", "declined")
    assert "I will not come" in somebody.get(path + "?lang=en").get_data(as_text=True)


def test_scanners_that_follow_a_link_change_nothing(client: Client, invited: Database, settings: Settings) -> None:
    before = counts(invited), invitation_of(invited, "rosa").version
    for _ in range(3):
        assert holder(client, "rosa").get(link_of("rosa", settings.secret_key)).status_code == 200
        assert holder(client, "rosa").head(link_of("rosa", settings.secret_key)).status_code == 200
    assert (counts(invited), invitation_of(invited, "rosa").version) == before


@pytest.mark.parametrize(
    ("model", "key", "values", "status", "words"),
    [
        (Meeting, MEETING, {"state": "cancelled"}, 410, "This meeting is cancelled."),
        (Meeting, MEETING, {"ends_at": dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC),
                            "starts_at": dt.datetime(2026, 11, 22, 14, tzinfo=dt.UTC)}, 410, "This meeting is over."),
        (Meeting, MEETING, {"state": "postponed", "date_is_open": True}, 200, "This meeting has no date now."),
        (MeetingInvitation, invitation_id("rosa"), {"method": "CANCEL"}, 410, "You are no longer invited"),
        (RosterEntry, entry_id(HIDDEN, "rosa"), {"state": "withdrawn"}, 410, "You are no longer invited"),
    ],
)  # fmt: skip
def test_a_link_says_when_it_is_over(
    client: Client, invited: Database, settings: Settings, model: type[Any], key: Any, values: dict[str, Any],
    status: int, words: str,
) -> None:  # fmt: skip
    path, rosa = link_of("rosa", settings.secret_key), holder(client, "rosa")
    form = said(rosa.get(path), reply="accepted", mode="remote")
    change(invited, model, key, **values)
    page = rosa.get(path + "?lang=en")
    assert (page.status_code, words in page.get_data(as_text=True)) == (status, True)
    assert "form--invitation" not in page.get_data(as_text=True)
    assert rosa.post(path, data=form).status_code == (410 if status == 410 else 422)
    assert invitation_of(invited, "rosa").reply == "needs_action"


def test_who_may_not_see_the_meeting_now_is_shown_nothing_of_it(
    client: Client, invited: Database, settings: Settings
) -> None:
    genuine = link_of("diego", settings.secret_key)
    for values in (
        {"active": False},
        {"active": True, "delegation": "CA"},
        {"delegation": "MX", "role": "administrator"},
    ):
        change(invited, Person, world.CAST["diego"].id, **values)
        for answered in (client(None).get(genuine), client(None).post(genuine, data={"reply": "accepted"})):
            assert (answered.status_code, "zzcanary" in answered.get_data(as_text=True)) == (404, False), values
    with invited.system_session("let Mexico leave", "write") as session:
        session.get_one(Meeting, MEETING).audience_id = session.audience({"party:US"})
        session.commit()
    assert client(None).get(link_of("rosa", settings.secret_key)).status_code == 404


def test_tokens_are_not_guessed_and_answers_are_limited(
    client: Client, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    genuine = link_of("rosa", settings.secret_key)
    for forged in (
        f"{genuine[:-1]}a", genuine[:-1], f"/invitations/{uuid.uuid4()}",
        f"/invitations/{secret_of(invitation_id('rosa'), settings.secret_key)}",  # that of the address
        f"/invitations/{link_token_of(invitation_id('rosa'), 'another secret')}",
        f"/invitations/{link_token_of(uuid.uuid4(), settings.secret_key)}",
    ):  # fmt: skip
        assert client(None).get(forged).status_code == 404, forged
        assert client(None).post(forged, data={"reply": "accepted"}).status_code == 404, forged
    rosa = holder(client, "rosa")
    answered = [rosa.post(genuine, data={"reply": "x"}).status_code for _ in range(11)]
    assert answered == [422] * 10 + [429]
    from app.logs import get_logger

    get_logger().warning("asked for", path=genuine)
    logged = "".join(capfd.readouterr())
    assert "asked for" in logged
    assert genuine.rpartition("/")[2] not in logged


# The list ------------------------------------------------------------------------------------------


def test_each_delegation_reads_the_replies_of_its_own(client: Client, invited: Database, clock: Clock) -> None:
    clock.forward(minutes=1)
    with invited.system_session("list replies", "write") as session:
        for key, reason in (("diego", "no_secret"), ("carol", "older")):
            row = session.get_one(MeetingInvitation, invitation_id(key))
            session.add(
                InvitationReply(
                    invitation_id=row.id, received_at=clock.now, outcome="refused", reason=reason, reply="accepted",
                    sequence=1, audience_id=row.audience_id,
                )
            )  # fmt: skip
        session.commit()
    seen = {key: client(key).get(f"/meetings/{HIDDEN}/replies?lang=en") for key in ("ana", "carol", "benoit", "olga")}
    bodies = {key: page.get_data(as_text=True) for key, page in seen.items()}
    assert [seen[key].status_code for key in seen] == [200, 200, 404, 404]
    assert "It was not sent to the address of this invitation." in bodies["ana"]
    assert "rosa@example.org" in bodies["ana"]
    assert "carol@example.org" not in bodies["ana"]
    assert "A newer answer was there already." in bodies["carol"]
    assert "diego@example.org" not in bodies["carol"]


# From the mail to the answer -----------------------------------------------------------------------


def test_the_whole_way_from_the_mail_to_the_answer(
    client: Client, invited: Database, settings: Settings, clock: Clock
) -> None:
    """Rosa's mail has a link and a calendar part; her calendar replies to it, then she changes her mind by the link."""
    with invited.system_session("mail her", "write") as session:
        session.delete(session.get_one(MeetingInvitation, invitation_id("rosa")))
        outbox.enqueue(session, "roster_joined", None, {"meeting_id": str(MEETING)}, entry_id=entry_id(HIDDEN, "rosa"))
        session.commit()
    assert tasks.deliver_outbox(invited, settings).sent == 1
    (file,) = (settings.mail_folder or settings.data_dir).glob("*.eml")
    sent = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    entry = next(part for part in sent.walk() if part.get_content_type() == "text/calendar").get_content()
    lines = dict(
        re.findall(r"^(UID|SEQUENCE|ORGANIZER)[^:]*:(.*)$", entry.replace("\r", "").replace("\n ", ""), re.MULTILINE)
    )
    organizer = lines["ORGANIZER"].removeprefix("mailto:")
    text = calendar(
        uid=lines["UID"], sequence=lines["SEQUENCE"], organizer=organizer, attendee="rosa@example.org",
        stamp="20261122T150001Z",
    )  # fmt: skip
    for shape in ("outlook", "thunderbird"):  # from two of her machines
        clock.forward(seconds=2)
        raw = in_shape(shape, text, sender="Rosa@Example.org", to=str(sent["Reply-To"] or organizer))
        take_mail(invited, raw, settings.secret_key, "pipe")
    on_roster = entry_of(invited, "rosa")
    assert (on_roster.reply, on_roster.replied_at) == ("accepted", clock.now - dt.timedelta(seconds=2))
    (path,) = set(re.findall(r"/invitations/\w+", sent.get_body(("plain",)).get_content()))
    rosa = holder(client, "rosa")
    page = rosa.get(path + "?lang=en")
    assert "I will come" in page.get_data(as_text=True)
    assert rosa.post(path, data=said(page, reply="declined", mode="in_person")).status_code == 303
    assert entry_of(invited, "rosa").reply == "declined"


@pytest.mark.parametrize(("answered_first", "stands"), [(True, "needs_action"), (False, "accepted")])
def test_a_mail_that_comes_after_the_answer_to_its_date_asks_not_anew(
    client: Client, invited: Database, settings: Settings, answered_first: bool, stands: str
) -> None:
    """The meeting moves, and its mails go out later: who answered the new date meanwhile has answered."""
    diego = client("diego")

    def answer() -> None:
        page = diego.get(f"/meetings/{HIDDEN}")
        sent = diego.post(f"/meetings/{HIDDEN}/invitation", data=said(page, reply="accepted", mode="remote"))
        assert sent.status_code == 303

    if answered_first:
        answer()
    change(invited, Meeting, MEETING, sequence=2, changed_at=world.NOW)
    if not answered_first:
        answer()
    with invited.system_session("mail him", "write") as session:
        outbox.enqueue(session, "meeting_changed", world.CAST["diego"].id, {"meeting_id": str(MEETING)})
        session.commit()
    assert tasks.deliver_outbox(invited, settings).sent == 1
    row = invitation_of(invited, "diego")
    assert (row.sequence, row.reply, entry_of(invited, "diego").reply or "needs_action") == (2, stands, stands)
