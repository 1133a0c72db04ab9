"""What calendar programs meet at an address: headers, conditions, encodings, refusals; and one meeting to save."""

from __future__ import annotations

import datetime as dt
import gzip
import logging
from collections.abc import Callable
from email.utils import format_datetime

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.db import Database
from app.models import SubscriptionFetch
from app.services.subscriptions import Made, revoke_subscription
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, make_app
from tests.subscribing import shown, subscribe

FEED = f"/feeds/{story.TOKENS['ana']}.ics"


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on a database in which the story has been told."""
    return make_app(settings, told)


@pytest.fixture
def ana(client_for: Callable[[str | None], CheckingClient]) -> CheckingClient:
    """Return a client that may meet what Ana may see; the cookie that it sends decides nothing here."""
    return client_for("ana")


def add_meeting(database: Database, reference: str, parties: tuple[str, ...] = world.THREE) -> None:
    with database.system_session("add a meeting in a test", "write") as session:
        world.add_meeting(session, reference, parties)
        session.commit()


def test_everything_that_goes_with_a_feed(ana, clock):
    clock.forward(seconds=1)
    ana.get(FEED)
    clock.forward(seconds=1)
    response = ana.get(FEED)
    assert response.status_code == 200
    assert shown(response.data) == [
        ("zzcanary-CAMXUS-title es (UNC-2026-1)", "TENTATIVE"),
        ("zzcanary-MXUS-title es (UNC-2026-MXUS-1)", "TENTATIVE"),
        ("CANCELADA: Meeting NADD-2026-1 (NADD-2026-1)", "CANCELLED"),
    ]
    told = {name: response.headers.getlist(name) for name in dict(response.headers)}
    assert told["Content-Type"] == ["text/calendar; charset=utf-8"]
    assert told["Content-Disposition"] == ['attachment; filename="entente.ics"']
    assert told["Cache-Control"] == ["private, max-age=300"]
    assert told["Referrer-Policy"] == ["no-referrer"]
    assert told["X-Robots-Tag"] == ["noindex"]
    assert told["Vary"] == ["Accept-Encoding"]
    assert told["Last-Modified"] == ["Sun, 22 Nov 2026 15:00:01 GMT"]
    assert told["Content-Length"] == [str(len(response.data))]
    assert response.headers["ETag"].startswith('"')
    assert "Set-Cookie" not in told
    assert "Content-Encoding" not in told
    assert f"SOURCE;VALUE=URI:http://127.0.0.1:8000{FEED}".encode() in response.data.replace(b"\r\n ", b"")


def test_the_second_in_which_it_changed_is_not_told_yet(ana):
    assert "Last-Modified" not in ana.get(FEED).headers


def test_nothing_needs_to_be_accepted_and_nobody_needs_to_be_signed_in(told, settings):
    made = subscribe(told, "olga")
    response = make_app(settings, told).test_client().get(f"/feeds/{made.token}.ics", headers={"Accept": "image/png"})
    assert (response.status_code, shown(response.data)) == (200, [])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("br", None),
        ("*", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.1, gzip", "gzip"),
    ],
)
def test_gzip_where_it_is_accepted(ana, accepted, encoding):
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    plain, response = ana.get(FEED), ana.get(FEED, headers=headers)
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    assert (gzip.decompress(response.data) if encoding else response.data) == plain.data
    assert (response.headers["ETag"] == plain.headers["ETag"]) is (encoding is None)
    assert response.headers["Content-Length"] == str(len(response.data))


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", {tag}', 304),
        ('W/"other",W/{tag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("{bare}", 200),
        ("", 200),
        ("nonsense {tag}", 200),
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_if_none_match(ana, condition, status, encoding):
    accepted = {"Accept-Encoding": encoding}
    tag = ana.get(FEED, headers=accepted).headers["ETag"]
    asked = condition.format(tag=tag, bare=tag.strip('"'))
    response = ana.get(FEED, headers={"If-None-Match": asked, **accepted})
    assert (response.status_code, response.headers["ETag"]) == (status, tag)
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert (response.data == b"") is (status == 304)


def test_the_tag_of_one_encoding_is_not_that_of_the_other(ana):
    tag = ana.get(FEED, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert ana.get(FEED, headers={"If-None-Match": tag}).status_code == 200


def test_a_change_is_sent_whatever_the_client_has(ana, told, clock):
    first = ana.get(FEED)
    clock.forward(seconds=30)
    since = format_datetime(clock.now, usegmt=True)
    assert ana.get(FEED, headers={"If-Modified-Since": since}).status_code == 304
    clock.forward(milliseconds=300)
    add_meeting(told, "ADH-2026-MXUS-1", ("MX", "US"))
    for condition in (
        {"If-Modified-Since": since},
        {"If-None-Match": first.headers["ETag"]},
        {
            "If-None-Match": first.headers["ETag"],
            "If-Modified-Since": format_datetime(clock.now + dt.timedelta(days=1)),
        },
    ):
        response = ana.get(FEED, headers=condition)
        assert (response.status_code, len(shown(response.data))) == (200, 4)
    clock.forward(seconds=10)
    since = ana.get(FEED).headers["Last-Modified"]
    assert since == "Sun, 22 Nov 2026 15:00:31 GMT"
    assert ana.get(FEED, headers={"If-Modified-Since": since}).status_code == 304
    assert ana.get(FEED, headers={"If-Modified-Since": since, "If-None-Match": '"x"'}).status_code == 200
    assert ana.get(FEED, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_what_a_subscriber_may_not_see_does_not_change_their_tag(client_for, told):
    benoit = client_for("benoit")
    address = f"/feeds/{story.TOKENS['benoit']}.ics"
    tag = benoit.get(address).headers["ETag"]
    add_meeting(told, "ADH-2026-MXUS-1", ("MX", "US"))
    assert benoit.get(address, headers={"If-None-Match": tag}).status_code == 304
    add_meeting(told, "ADH-2026-CAMX-1", ("CA", "MX"))
    assert benoit.get(address, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_is_get_without_the_body(ana, encoding):
    accepted = {"Accept-Encoding": encoding}
    got, head = ana.get(FEED, headers=accepted), ana.head(FEED, headers=accepted)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(got.headers)
    assert ana.head(FEED, headers={"If-None-Match": got.headers["ETag"], **accepted}).status_code == 304


ENDS = [
    "unknown.ics",
    "unknown",
    "a%20b.ics",
    "x/y.ics",
    "%C3%A9.ics",
    "a" * 500 + ".ics",
    "%00.ics",
    "x.ics/",
    "?.ics",
]


def test_every_address_that_leads_nowhere_is_answered_alike(ana, told):
    made = subscribe(told, "ana")
    revoke(told, made)
    answers = [ana.get(f"/feeds/{end}") for end in (*ENDS[:-1], f"{made.token}.ics", made.token)]
    assert {(each.status_code, each.data) for each in answers} == {(404, b"There is no such calendar.\n")}
    assert len({tuple(sorted(each.headers.items())) for each in answers}) == 1
    told_with = answers[0].headers
    assert (told_with["Content-Type"], told_with["Cache-Control"]) == ("text/plain; charset=utf-8", "no-store")
    assert (told_with["Referrer-Policy"], told_with["X-Robots-Tag"]) == ("no-referrer", "noindex")


def revoke(database: Database, made: Made) -> None:
    with database.write_session(world.viewer("ana")) as session:
        revoke_subscription(session, made.subscription.id)
        session.commit()


def test_revoking_ends_it_at_once_though_it_was_kept(ana, told):
    made = subscribe(told, "ana")
    address = f"/feeds/{made.token}.ics"
    tag = ana.get(address).headers["ETag"]
    assert ana.get(address, headers={"If-None-Match": tag}).status_code == 304
    revoke(told, made)
    assert ana.get(address, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("method", ["feed_state", "read_session"])
def test_trouble_is_said_and_is_never_an_empty_calendar(ana, told, monkeypatch, caplog, method):
    def fail(*_arguments: object, **_options: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("away"))

    with monkeypatch.context() as broken, caplog.at_level(logging.DEBUG):
        broken.setattr(told, method, fail)
        response = ana.get(FEED)
    assert (response.status_code, response.data) == (503, b"Try again later.\n")
    assert response.headers["Retry-After"] == "120"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert story.TOKENS["ana"] not in caplog.text
    assert ana.get(FEED).status_code == 200


def test_no_log_has_a_token(ana, told, caplog, capfd):
    made = subscribe(told, "ana")
    with caplog.at_level(logging.DEBUG):
        for address in (f"/feeds/{made.token}.ics", f"/feeds/{made.token}", f"/feeds/{made.token}.ics/x"):
            ana.get(address)
            ana.post(address)
    out = capfd.readouterr()
    assert made.token not in caplog.text + out.out + out.err


def test_a_fetch_is_written_down_after_the_answer(ana, told, clock):
    made = subscribe(told, "ana")
    address = f"/feeds/{made.token}.ics"
    agents = ["iOS/18.1 (22B83) dataaccessd/1.0", "khal <b>x</b>", "Thunderbird/153"]
    for agent, seconds in zip(agents, (61, 1, 61), strict=True):
        clock.forward(seconds=seconds)
        ana.get(address, headers={"User-Agent": agent}).close()
        ana.get(f"/feeds/{story.TOKENS['benoit']}x.ics", headers={"User-Agent": "a stranger"}).close()
        with told.read_session(world.viewer("ana")) as session:
            row = session.get(SubscriptionFetch, made.subscription.id)
            count, last = row.fetch_count, row.last_agent
        assert (count, last) == {agents[0]: (1, agents[0]), agents[1]: (1, agents[0]), agents[2]: (3, agents[2])}[agent]


def test_other_methods_are_refused_alike(ana):
    answers = {(ana.post(path).status_code, ana.post(path).data) for path in (FEED, "/feeds/unknown.ics")}
    assert [status for status, _body in answers] == [405] * len(answers)


# One meeting to save ------------------------------------------------------------------------------


def test_one_meeting_is_saved_in_the_readers_language(client_for):
    response = client_for("ana").get(f"/meetings/{story.HIDDEN}.ics")
    assert (response.status_code, response.mimetype) == (200, "text/calendar")
    assert response.headers["Content-Disposition"] == 'attachment; filename="UNC-2026-MXUS-1.ics"'
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert shown(response.data) == [("zzcanary-MXUS-title es (UNC-2026-MXUS-1)", "TENTATIVE")]
    assert client_for("ana").get(f"/meetings/{story.HIDDEN.lower()}.ics").status_code == 200


@pytest.mark.parametrize(
    ("key", "reference", "status"),
    [
        ("benoit", story.HIDDEN, 404),
        ("sam", story.HIDDEN, 404),
        ("sam", story.SHARED, 200),
        ("olga", story.SHARED, 404),
        ("marta", story.SHARED, 404),
        ("ana", "UNC-2026-MXUS-9", 404),
        ("ana", "nonsense", 404),
        (None, story.SHARED, 303),
    ],
)
def test_a_meeting_is_saved_by_who_sees_it(client_for, key, reference, status):
    assert client_for(key).get(f"/meetings/{reference}.ics").status_code == status
