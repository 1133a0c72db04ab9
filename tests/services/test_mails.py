"""Mails: in the recipient's language and time, with nothing in them that the recipient may not see."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import uuid
from email.headerregistry import Address

import html5lib
import pytest
from sqlalchemy import select

from app import words
from app.db import Database
from app.models import Invitation, Meeting, OutboxMessage, Person
from app.services import outbox
from app.services.invitations import invitation_token, make_invitation
from app.services.mail_content import Letterhead
from app.services.mails import compose
from tests import world

LETTERHEAD = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "s" * 32)
OF_OTHERS = ("decision_", "reminder", "poll_", "roster_", "share_", "silence_", "text_")
OTHER_KINDS = {
    "invitation",
    "meeting_left",
    "meeting_digest",
    *(kind for kind in outbox.KINDS if kind.startswith(OF_OTHERS)),
}
MEETING_KINDS = sorted(outbox.KINDS - OTHER_KINDS)
STANDS = {"meeting_confirmed": "confirmed", "meeting_cancelled": "cancelled"}
TITLE = {"en": "Coordination on the UN", "es": "Coordinación en la ONU", "fr": "Coordination à l’ONU"}


def add_meeting(database: Database, parties=world.THREE, **changed):
    with database.system_session("add a meeting", "write") as session:
        values = {"mechanism": "M01", "title": {**TITLE, "original": "en"}} | changed
        meeting = world.add_meeting(session, "UNC-2026-1", parties, **values)
        session.commit()
        return meeting.id


def stand(database: Database, meeting_id, state):
    with database.system_session("change its state", "write") as session:
        session.get_one(Meeting, meeting_id).state = state
        session.commit()


def message(key, kind="meeting_proposed", **payload):
    member = world.CAST[key]
    return outbox.Claimed(uuid.UUID(int=7), kind, member.id, payload, world.NOW, 1)


def about(meeting_id, key, kind="meeting_proposed"):
    return message(key, kind, meeting_id=str(meeting_id))


def sent(mail):
    """Return the mail as its recipient's program reads it from the wire, and both of its texts."""
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    plain, html = (read.get_body((kind,)).get_content() for kind in ("plain", "html"))
    html5lib.HTMLParser(strict=True).parse(html)
    return read, plain, html


def test_a_meeting_on_two_clocks(database):
    read, plain, html = sent(compose(database, about(add_meeting(database), "ana"), LETTERHEAD))
    assert read["To"] == "Ana Robles <ana@example.org>"
    assert read["From"] == "Entente <entente@entente.example>"
    assert read["Message-ID"] == "<00000000-0000-0000-0000-000000000007@entente.example>"
    assert read["Date"] == "Sun, 22 Nov 2026 15:00:00 +0000"
    assert read["Content-Language"] == "es"
    assert read["Auto-Submitted"] == "auto-generated"
    assert "Coordinación en la ONU" in read["Subject"]
    for text in (plain, html):
        assert "jueves 10 de diciembre de 2026, 10:00–13:00 Nueva York (EST, UTC−5)" in text
        assert "jueves 10 de diciembre de 2026, 9:00–12:00 Ciudad de México (CST, UTC−6)" in text
        assert "Canadá, Estados Unidos y México" in text
        assert "https://entente.example/meetings/UNC-2026-1" in text
    assert '<html lang="es">' in html


@pytest.mark.parametrize(
    ("key", "title", "time"),
    [
        ("ana", "Coordinación en la ONU", "jueves 10 de diciembre de 2026, 10:00–13:00 Nueva York"),
        ("isabelle", "Coordination à l’ONU", "jeudi 10 décembre 2026, 10\u00a0h à 13\u00a0h New York"),
        ("carol", "Coordination on the UN", "Thursday 10 December 2026, 10:00–13:00 New York"),
    ],
)
@pytest.mark.parametrize("kind", MEETING_KINDS)
def test_every_kind_in_every_language(sqlite_database, key, kind, title, time):
    meeting_id = add_meeting(sqlite_database, state=STANDS.get(kind, "proposed"))
    read, plain, html = sent(compose(sqlite_database, about(meeting_id, key, kind), LETTERHEAD))
    assert title in read["Subject"]
    assert title in plain
    assert title in html
    assert time in plain
    for text in (read["Subject"], plain, html):
        assert "%(" not in text
        assert "{{" not in text


def test_each_kind_says_something_else(sqlite_database):
    meeting_id = add_meeting(sqlite_database)
    mails = []
    for kind in MEETING_KINDS:
        stand(sqlite_database, meeting_id, STANDS.get(kind, "proposed"))
        mails.append(sent(compose(sqlite_database, about(meeting_id, "carol", kind), LETTERHEAD)))
    assert len({read["Subject"] for read, _plain, _html in mails}) == len(MEETING_KINDS)
    assert len({plain.splitlines()[0] for _read, plain, _html in mails}) == len(MEETING_KINDS)


@pytest.mark.parametrize(
    ("kind", "state", "subject"),
    [
        ("meeting_confirmed", "cancelled", "Cancelled: Coordination on the UN"),
        ("meeting_confirmed", "proposed", "Changed: Coordination on the UN"),
        ("meeting_proposed", "confirmed", "Confirmed: Coordination on the UN"),
        ("meeting_postponed", "confirmed", "Confirmed: Coordination on the UN"),
        ("meeting_postponed", "proposed", "New date: Coordination on the UN"),
        ("meeting_cancelled", "proposed", "Changed: Coordination on the UN"),
        ("meeting_changed", "cancelled", "Changed: Coordination on the UN"),
    ],
)
def test_a_mail_that_waited_says_what_stands_when_it_is_sent(sqlite_database, kind, state, subject):
    meeting_id = add_meeting(sqlite_database, state=state)
    assert sent(compose(sqlite_database, about(meeting_id, "carol", kind), LETTERHEAD))[0]["Subject"] == subject


@pytest.mark.parametrize("key", ["benoit", "isabelle", "adaeze", "sam", "olga", "marta", "frank"])
def test_who_does_not_see_the_meeting_gets_no_mail(database, key):
    word = world.canary("MXUS", "title")
    meeting_id = add_meeting(database, ("MX", "US"), title={"en": word, "original": "en"})
    assert compose(database, about(meeting_id, key), LETTERHEAD) is None
    assert word in sent(compose(database, about(meeting_id, "carol"), LETTERHEAD))[1]


def test_who_was_disabled_gets_no_mail(database):
    meeting_id = add_meeting(database)
    with database.system_session("disable Carol", "write") as session:
        session.get_one(Person, world.CAST["carol"].id).active = False
        session.commit()
    assert compose(database, about(meeting_id, "carol"), LETTERHEAD) is None
    assert compose(database, about(uuid.uuid4(), "ana"), LETTERHEAD) is None


def test_a_row_of_the_outbox_holds_no_text(database):
    meeting_id = add_meeting(database, title={"en": world.canary("CAMXUS", "title"), "original": "en"})
    with database.write_session(world.viewer("ana")) as session:
        meeting = session.execute(select(Meeting).where(Meeting.id == meeting_id)).scalar_one()
        outbox.tell_parties(session, "meeting_proposed", meeting, world.THREE, None)
        session.commit()
    with database.system_session("look") as session:
        rows = session.execute(select(OutboxMessage)).scalars().all()
        assert rows
        assert all("zzcanary" not in repr(vars(row)) for row in rows)


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("A\r\nBcc: thief@example.org", "Proposed to you: A Bcc: thief@example.org"),
        ("A\u2028B\u0085C\x00D", "Proposed to you: A B C D"),
        ("=?utf-8?q?a=0d=0aBcc=3A_thief?= x", "Proposed to you: = ?utf-8?q?a=0d=0aBcc=3A_thief?= x"),
        ("Reunión 100 % “segura”", "Proposed to you: Reunión 100 % “segura”"),
        ("x" * 300, "Proposed to you: " + "x" * 300),
    ],
)
def test_a_title_is_a_title_and_no_header(sqlite_database, title, subject):
    with sqlite_database.system_session("rename Carol", "write") as session:
        session.get_one(Person, world.CAST["carol"].id).name = "Carol\r\nCc: thief@example.org"
        session.commit()
    meeting_id = add_meeting(sqlite_database, title={"en": title, "original": "en"})
    read, _plain, _html = sent(compose(sqlite_database, about(meeting_id, "carol"), LETTERHEAD))
    assert [str(name) for name in read if name.lower() in {"cc", "bcc"}] == []
    assert [address.addr_spec for address in read["To"].addresses] == ["carol@example.org"]
    assert read["Subject"] == subject


def test_html_in_a_title_is_text(sqlite_database):
    meeting_id = add_meeting(sqlite_database, title={"en": "<script>alert(1)</script> & co", "original": "en"})
    _read, plain, html = sent(compose(sqlite_database, about(meeting_id, "carol"), LETTERHEAD))
    assert "<script>alert(1)</script> & co" in plain
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_meeting_of_days_without_hours(sqlite_database):
    meeting_id = add_meeting(sqlite_database)
    with sqlite_database.system_session("make it days", "write") as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.starts_time = meeting.ends_time = None
        meeting.ends_on = dt.date(2026, 12, 11)
        session.commit()
    plain = sent(compose(sqlite_database, about(meeting_id, "carol"), LETTERHEAD))[1]
    assert "10–11 Dec 2026 (New York)" in plain
    assert "10:00" not in plain


def test_a_postponed_meeting_gives_its_reason_and_no_date(sqlite_database):
    meeting_id = add_meeting(sqlite_database, state="postponed", date_is_open=True, reason="The host asked for it.")
    plain = sent(compose(sqlite_database, about(meeting_id, "carol", "meeting_postponed"), LETTERHEAD))[1]
    assert "No new date has been agreed yet." in plain
    assert "Reason: The host asked for it." in plain
    assert "2026, 10:00" not in plain


def test_a_moved_meeting_gives_its_reason_and_its_new_date(sqlite_database):
    meeting_id = add_meeting(sqlite_database, reason="The host asked for it.")
    plain = sent(compose(sqlite_database, about(meeting_id, "carol", "meeting_postponed"), LETTERHEAD))[1]
    assert plain.startswith("This meeting was moved. Its new date is below")
    assert "Reason: The host asked for it." in plain
    assert "10 December 2026, 10:00" in plain


def test_a_meeting_across_midnight_names_both_days(sqlite_database):
    meeting_id = add_meeting(
        sqlite_database, starts_time=dt.time(22), ends_time=dt.time(2), ends_on=dt.date(2026, 12, 11)
    )
    plain = sent(compose(sqlite_database, about(meeting_id, "carol"), LETTERHEAD))[1]
    assert "Thu 10 Dec 2026, 22:00 – Fri 11 Dec 2026, 2:00 New York (EST, UTC−5)" in plain


# Invitations


def invite(database: Database, key: str):
    with database.system_session("make a link", "write") as session:
        link = make_invitation(session, world.CAST[key].id, LETTERHEAD.secret_key)
        session.commit()
        return link


@pytest.mark.parametrize("key", ["ana", "isabelle", "carol", "olga"])
def test_an_invitation_has_the_link(database, key):
    link = invite(database, key)
    read, plain, html = sent(compose(database, message(key, "invitation", invitation_id=str(link)), LETTERHEAD))
    address = f"https://entente.example/invite/{invitation_token(LETTERHEAD.secret_key, link)}"
    assert address in plain
    assert f'href="{address}"' in html
    language = world.CAST[key].language
    assert read["Subject"] == words.translations(language).gettext("Your account in Entente: set your password")
    assert words.date_short(dt.date(2026, 11, 29), language) in plain


def test_no_invitation_is_mailed_that_does_not_work(database, clock):
    link = invite(database, "ana")
    mine = message("ana", "invitation", invitation_id=str(link))
    assert compose(database, mine, LETTERHEAD) is not None
    assert compose(database, message("carol", "invitation", invitation_id=str(link)), LETTERHEAD) is None
    assert compose(database, mine, dataclasses.replace(LETTERHEAD, secret_key="t" * 32)) is None
    clock.forward(days=7)
    assert compose(database, mine, LETTERHEAD) is None
    clock.forward(days=-7)
    with database.system_session("use it", "write") as session:
        session.get_one(Invitation, link).used_at = session.now
        session.commit()
    assert compose(database, mine, LETTERHEAD) is None


def test_the_secret_is_not_in_the_letterheads_representation():
    assert "ssss" not in repr(LETTERHEAD)


@pytest.mark.parametrize(("place", "city"), [("Washington, D.C.", "Washington"), ("UN, New York", "Nueva York")])
def test_the_place_decides_between_cities_of_one_zone(sqlite_database, place, city):
    meeting_id = add_meeting(sqlite_database, place=place)
    _read, plain, _html = sent(compose(sqlite_database, about(meeting_id, "ana"), LETTERHEAD))
    assert f"10:00–13:00 {city} (EST, UTC−5)" in plain


def test_who_left_a_meeting_reads_its_reference_and_nothing_more(database):
    meeting_id = add_meeting(database, ("CA", "MX"), place="a secret place")
    left = message("carol", "meeting_left", meeting_id=str(meeting_id), reference="UNC-2026-1")
    read, plain, html = sent(compose(database, left, LETTERHEAD))
    assert read["Subject"] == "No longer with you: UNC-2026-1"
    for text in (plain, html):
        assert "The meeting UNC-2026-1 no longer includes you." in text
        assert not any(word in text for word in ("Coordination", "secret", "December", "Canada", "Mexico", "/meetings"))


def test_who_is_in_the_meeting_again_does_not_read_of_having_left(database):
    meeting_id = add_meeting(database)
    left = message("carol", "meeting_left", meeting_id=str(meeting_id), reference="UNC-2026-1")
    assert compose(database, left, LETTERHEAD) is None
