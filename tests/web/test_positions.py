"""Positions on their pages: written, cleared by a second person, shared for good, and unseen by everybody else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.domain.visibility import audience_id
from app.jobs.tasks import letterhead_of
from app.keys import KeyRing
from app.models import (
    AgendaItem,
    AppointmentMember,
    AuditRecord,
    Meeting,
    OutboxMessage,
    PositionShare,
    ShareCopy,
    ShareReading,
    ShareRecipient,
)
from app.models.sealed import key_ring
from app.services.mails import compose
from app.services.meetings import find_meeting
from app.services.outbox import Claimed
from app.services.position_contents import opened_copies, opened_positions
from config import Settings
from tests import world
from tests.conftest import CheckingClient, Clock, client_of, make_app
from tests.key_services import Running, entrust, running
from tests.web.test_matrix import shown
from tests.web.test_meetings import statements_of

MEETING = "UNC-2026-1"


def item_id(name: str) -> uuid.UUID:
    return world.identity("item", name)


def fill(database: Database) -> None:
    """Add a meeting of three with an item of all, and one of Mexico and the United States alone."""
    with database.system_session("a meeting with two items", "write") as session:
        meeting = world.add_meeting(session, MEETING, mechanism="M01", state="confirmed")
        world.add_item(session, meeting, 1, id=item_id("all"), title={"en": "Peace operations", "original": "en"})
        title = {"en": "Border posts", "original": "en"}
        apart = world.add_item(session, meeting, 1, id=item_id("mxus"), parties=["MX", "US"], title=title)
        apart.audience_id = session.audience({"party:MX", "party:US"})
        session.commit()


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app on SQLite with the meeting in it."""
    fill(sqlite_database)
    return make_app(settings, sqlite_database)


def english(app: Flask, key: str) -> CheckingClient:
    """Return a client of somebody who chose to read English."""
    client = client_of(app, key)
    client.get("/?lang=en")
    return client


def text_of(client: CheckingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def write(client: CheckingClient, item: str = "all", version: int = 0, **said: str) -> str:
    """Write a position and return the address of its page."""
    form = {"version": str(version), "language": "en", "lines": "We stand for peace.", **said}
    response = client.post(f"/meetings/{MEETING}/items/{item_id(item)}/position", data=form)
    assert response.status_code == 303, response.get_data(as_text=True)
    return response.location or ""


def same(client: CheckingClient, path: str, other: str, method: str = "GET", **form: str) -> int:
    """Return the status with which two addresses answer, byte for byte the same."""
    one, two = (shown(client.open(each, method=method, data=form or None), each) for each in (path, other))
    assert one == two
    return one[0]


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, page
    return found[1]


def clear(client: CheckingClient, path: str) -> None:
    response = client.post(f"{path}/clear", data={"version": version_in(text_of(client, path))})
    assert response.status_code == 303, response.get_data(as_text=True)


def share(client: CheckingClient, path: str, *parties: str, part: tuple[str, ...] = ()) -> None:
    seen = f"{path}/share?see=1" + "".join(f"&party={each}" for each in parties) + "".join(f"&part={p}" for p in part)
    page = text_of(client, seen)
    form = {"version": version_in(page), "party": list(parties), "part": list(part), "confirmed": "y"}
    response = client.post(f"{path}/share", data=form)
    assert response.status_code == 303, response.get_data(as_text=True)


def copy_in(page: str) -> str:
    found = re.search(r'href="(/shares/[0-9a-f-]{36})"', page)
    assert found, page
    return found[1]


def test_from_a_draft_to_a_share_that_was_opened(app: Flask) -> None:
    diego, ana, benoit = (english(app, key) for key in ("diego", "ana", "benoit"))
    path = write(diego, lines="We stand for peace.", fallback="We could live with less.", red_lines="Never a quota.")
    assert "We stand for peace." in text_of(diego, path)
    assert "/clear" not in text_of(diego, path)
    clear(ana, path)
    page = text_of(ana, f"{path}/share?see=1&party=CA")
    assert "We stand for peace." in page
    assert "We could live with less." not in page
    assert "Never a quota." not in page
    share(ana, path, "CA")
    overview = text_of(benoit, f"/meetings/{MEETING}/positions")
    copy = copy_in(overview)
    assert "We stand for peace." not in text_of(benoit, copy)
    assert benoit.post(f"{copy}/open").status_code == 303
    page = text_of(benoit, copy)
    assert "We stand for peace." in page
    assert "We could live with less." not in page
    assert "Benoît Tremblay" in page
    mine = text_of(ana, path)
    assert "opened" in mine
    assert "Benoît" not in mine


# Writing and clearing -------------------------------------------------------------------------------


def test_who_loses_a_race_reads_both_texts(app: Flask) -> None:
    diego, ana = client_of(app, "diego"), client_of(app, "ana")
    write(diego, lines="What Diego wrote")
    sent = {"version": "0", "language": "en", "lines": "What Ana wrote", "question_1": "Why?", "answer_1": "So."}
    response = ana.post(f"/meetings/{MEETING}/items/{item_id('all')}/position", data=sent)
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert all(words in page for words in ("What Diego wrote", "What Ana wrote", "Why?", "So."))
    again = ana.post(f"/meetings/{MEETING}/items/{item_id('all')}/position", data={**sent, "version": version_in(page)})
    assert again.status_code == 303
    path = again.location or ""
    page = text_of(ana, f"{path}/versions/2")
    assert "<ins>" in page
    assert "<del>" in page
    assert "What Diego wrote" in text_of(ana, f"{path}/versions/1")
    assert "What Diego wrote" not in text_of(ana, path)
    assert ana.get(f"{path}/versions/3").status_code == 404


def test_what_cannot_be_kept_comes_back_as_it_was_typed(app: Flask) -> None:
    diego = client_of(app, "diego")
    sent = {"version": "0", "language": "en", "lines": "Kept as typed", "question_9": "", "answer_9": "An answer"}
    response = diego.post(f"/meetings/{MEETING}/items/{item_id('all')}/position", data=sent)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Kept as typed" in page
    assert "An answer" in page
    assert "/positions/" not in text_of(diego, f"/meetings/{MEETING}/positions").replace('href="/positions"', "")


def test_a_cleared_position_has_two_people_behind_it(app: Flask) -> None:
    ana, lucia, diego = (client_of(app, key) for key in ("ana", "lucia", "diego"))
    path = write(ana)
    number = version_in(text_of(ana, f"{path}/edit"))
    for client in (ana, diego):
        assert client.post(f"{path}/clear", data={"version": number}).status_code == 422
    assert lucia.post(f"{path}/clear", data={"version": str(int(number) - 1)}).status_code == 409
    clear(lucia, path)
    assert "Lucía Mena" in text_of(diego, path)
    assert 'href="' + path + "/share" not in text_of(ana, path), "she wrote it: somebody else hands it over"
    page = text_of(ana, f"{path}/share?see=1&party=CA")
    assert 'name="confirmed"' not in page


def test_a_change_makes_it_a_draft_and_what_was_cleared_stays(app: Flask) -> None:
    diego, ana = client_of(app, "diego"), client_of(app, "ana")
    path = write(diego, lines="The cleared words")
    clear(ana, path)
    number = version_in(text_of(diego, f"{path}/edit"))
    same = {"version": number, "language": "en", "lines": "The cleared words"}
    assert diego.post(f"{path}/edit", data=same).status_code == 303
    assert "/share" in text_of(ana, path), "what says the same is no change"
    assert diego.post(f"{path}/edit", data={**same, "lines": "Other words"}).status_code == 303
    assert "/share" not in text_of(ana, path)
    assert "The cleared words" in text_of(ana, f"{path}/versions/2")
    response = ana.post(f"{path}/share", data={"version": "1", "party": "CA", "confirmed": "y"})
    assert response.status_code == 409


# Sharing --------------------------------------------------------------------------------------------


def counts(database: Database) -> tuple[int, ...]:
    """Return how many shares, recipients, copies, readings and mails there are."""
    with database.system_session("count what was handed over") as session:
        return tuple(
            len(session.scalars(select(model.id)).all())
            for model in (PositionShare, ShareRecipient, ShareCopy, ShareReading, OutboxMessage)
        )


def ready(app: Flask, item: str = "all", **said: str) -> str:
    """Return the page of a cleared position of Mexico, by Diego and Ana; it is in its second version."""
    path = write(client_of(app, "diego"), item, 0, **said)
    clear(client_of(app, "ana"), path)
    return path


@pytest.mark.parametrize(
    ("key", "item", "changed", "status"),
    [
        ("ana", "all", {"confirmed": ""}, 422),
        ("ana", "all", {"party": []}, 422),
        ("ana", "all", {"party": ["MX"]}, 422),
        ("ana", "all", {"party": ["CA", "NL"]}, 422),
        ("ana", "all", {"part": ["notes"]}, 422),
        ("ana", "all", {"version": "1"}, 409),
        ("diego", "all", {}, 422),
        ("ana", "mxus", {"party": ["CA"]}, 422),
        ("ana", "mxus", {"party": ["CA", "US"]}, 422),
        ("benoit", "all", {}, 404),
        ("isabelle", "all", {}, 404),
        ("carol", "all", {}, 404),
        ("sam", "all", {}, 404),
        ("marta", "all", {}, 404),
        ("olga", "all", {}, 404),
    ],
)
def test_a_share_that_is_refused_hands_nothing_to_anybody(
    app: Flask, sqlite_database: Database, key: str, item: str, changed: dict[str, object], status: int
) -> None:
    path = ready(app, item)
    form = {"version": "2", "party": ["US"], "part": [], "confirmed": "y", **changed}
    before = counts(sqlite_database)
    assert client_of(app, key).post(f"{path}/share", data=form).status_code == status
    assert counts(sqlite_database) == before == (0, 0, 0, 0, 0)


def test_an_item_of_two_offers_only_the_other_and_does_not_exist_for_the_third(app: Flask) -> None:
    path = ready(app, "mxus")
    page = text_of(client_of(app, "ana"), f"{path}/share")
    assert 'value="US"' in page
    assert 'value="CA"' not in page
    isabelle = client_of(app, "isabelle")
    hidden = f"/meetings/{MEETING}/items/{item_id('mxus')}/position"
    missing = f"/meetings/{MEETING}/items/{uuid.UUID(int=1)}/position"
    for method in ("GET", "POST"):
        assert same(isabelle, hidden, missing, method, lines="x") == 404
    assert "Border posts" not in text_of(isabelle, f"/meetings/{MEETING}/positions")
    share(client_of(app, "ana"), path, "US")
    for address in (f"/meetings/{MEETING}/positions", "/positions", "/", "/audit", f"/meetings/{MEETING}"):
        page = text_of(isabelle, address)
        assert "Border posts" not in page, address
        assert "/shares/" not in page, address
        assert "share_" not in page, address


def test_each_recipient_gets_a_copy_of_its_own_and_learns_of_no_other(app: Flask, sqlite_database: Database) -> None:
    path = ready(app, fallback="We could live with less.")
    share(client_of(app, "ana"), path, "US", "CA", part=("fallback",))
    benoit, carol = client_of(app, "benoit"), client_of(app, "carol")
    theirs = copy_in(text_of(benoit, f"/meetings/{MEETING}/positions"))
    others = copy_in(text_of(carol, f"/meetings/{MEETING}/positions"))
    assert theirs != others
    assert same(carol, theirs, f"/shares/{uuid.UUID(int=1)}") == 404
    assert carol.post(f"{theirs}/open").status_code == 404
    assert benoit.post(f"{theirs}/open").status_code == 303
    page = text_of(benoit, theirs)
    assert "We could live with less." in page
    assert "Estados Unidos" not in page
    assert "États-Unis" not in page
    assert "Not opened by you yet" in text_of(carol, others)
    with sqlite_database.system_session("see whose keys seal the copies") as session:
        found = {row.party_code: row.content.owner for row in session.scalars(select(ShareCopy))}
        opened = {row.party_code: row.opened_at is not None for row in session.scalars(select(ShareRecipient))}
    assert found == {"CA": "CA", "US": "US"}
    assert opened == {"CA": True, "US": False}


def test_a_later_share_supersedes_the_earlier_copy_and_both_stay(app: Flask, sqlite_database: Database) -> None:
    diego, ana, benoit = (client_of(app, key) for key in ("diego", "ana", "benoit"))
    path = ready(app, lines="First words")
    share(ana, path, "CA", "US")
    first = copy_in(text_of(benoit, f"/meetings/{MEETING}/positions"))
    number = version_in(text_of(diego, f"{path}/edit"))
    diego.post(f"{path}/edit", data={"version": number, "language": "en", "lines": "Second words"})
    clear(ana, path)
    share(ana, path, "CA")
    page = text_of(benoit, f"/meetings/{MEETING}/positions")
    assert page.count('href="/shares/') == 2
    assert benoit.post(f"{first}/open").status_code == 303
    assert "First words" in text_of(benoit, first)
    with sqlite_database.system_session("see what was superseded") as session:
        rows = [(row.party_code, row.superseded_at is not None) for row in session.scalars(select(ShareCopy))]
        shares = {row.id: row.supersedes_id for row in session.scalars(select(PositionShare))}
    assert sorted(rows) == [("CA", False), ("CA", True), ("US", False)]
    assert sorted(each is None for each in shares.values()) == [False, True]
    assert set(shares.values()) - {None} <= set(shares)


def test_a_repeated_submit_shares_once(app: Flask, sqlite_database: Database) -> None:
    path = ready(app)
    form = {"version": "2", "party": ["US"], "confirmed": "y", "submission_id": str(uuid.UUID(int=7))}
    ana = client_of(app, "ana")
    assert [ana.post(f"{path}/share", data=form).status_code for _ in range(2)] == [303, 303]
    assert counts(sqlite_database)[0] == 1


def test_a_party_that_was_dropped_keeps_what_it_got_and_is_offered_nothing_more(
    app: Flask, sqlite_database: Database
) -> None:
    mine = write(client_of(app, "benoit"), lines="Canada's own words")
    path = ready(app)
    share(client_of(app, "ana"), path, "CA")
    benoit = client_of(app, "benoit")
    copy = copy_in(text_of(benoit, f"/meetings/{MEETING}/positions"))
    with sqlite_database.system_session("drop Canada", "write") as session:
        apart = session.audience({"party:MX", "party:US"})
        session.execute(select(Meeting)).scalar_one().audience_id = apart
        for item in session.scalars(select(AgendaItem)):
            item.audience_id = apart
        session.commit()
    assert benoit.get(f"/meetings/{MEETING}/positions").status_code == 404
    page = text_of(benoit, "/positions")
    assert copy in page
    assert mine in page
    assert MEETING not in page
    assert benoit.post(f"{copy}/open").status_code == 303
    assert "We stand for peace." in text_of(benoit, copy)
    assert "Canada&#39;s own words" in text_of(benoit, mine)
    assert 'value="CA"' not in text_of(client_of(app, "ana"), f"{path}/share")


# Nobody else ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["sam", "olga", "marta", "colin", "carol", "benoit"])
def test_nobody_else_can_tell_a_position_from_none(app: Flask, key: str) -> None:
    path = ready(app, lines="zebra words")
    ana = client_of(app, "ana")
    ana.post("/inner-notes", data={"item_id": str(item_id("all")), "note": "zebra note"})
    missing = f"/positions/{uuid.UUID(int=1)}"
    client = client_of(app, key)
    for end in ("", "/edit", "/share", "/versions/1"):
        assert same(client, f"{path}{end}", f"{missing}{end}") == 404
    for end in ("/clear", "/share", "/edit"):
        assert same(client, f"{path}{end}", f"{missing}{end}", "POST", version="1") == 404
    for address in ("/", "/positions", "/positions?q=zebra", f"/meetings/{MEETING}/positions", "/audit"):
        page = client.get(address).get_data(as_text=True).replace("q=zebra", "").replace('value="zebra"', "")
        assert "zebra" not in page, address
        assert path not in page, address
        assert "position_" not in page, address


def test_a_delegate_with_a_secretariats_hat_on_sees_none_of_it(app: Flask, sqlite_database: Database) -> None:
    path = ready(app)
    with sqlite_database.system_session("let Ana serve", "write") as session:
        member = session.scalars(select(AppointmentMember)).first()
        assert member
        session.add(
            AppointmentMember(
                appointment_id=world.appointment_id("M01"), person_id=world.CAST["ana"].id,
                starts_on=member.starts_on, ends_on=None, audience_id=member.audience_id,
            )
        )  # fmt: skip
        session.commit()
    ana = client_of(app, "ana")
    assert ana.get(path).status_code == 200
    worn = ana.post("/hat", data={"appointment": str(world.appointment_id("M01"))})
    assert worn.status_code == 303
    for address in (path, "/positions", f"/meetings/{MEETING}/positions"):
        assert ana.get(address).status_code == 404, address
    assert ana.post("/inner-notes", data={"item_id": str(item_id("all")), "note": "x"}).status_code == 404


def test_the_file_of_the_database_holds_none_of_the_words(app: Flask, sqlite_database: Database) -> None:
    path = ready(app, lines="zebralines", fallback="zebrafallback", question_1="zebraquestion", papers="zebrapaper")
    ana, benoit = client_of(app, "ana"), client_of(app, "benoit")
    share(ana, path, "CA", part=("fallback", "questions", "papers"))
    benoit.post(f"{copy_in(text_of(benoit, f'/meetings/{MEETING}/positions'))}/open")
    ana.post("/inner-notes", data={"item_id": str(item_id("all")), "note": "zebranote"})
    file = Path(sqlite_database.engine.url.database or "")
    held = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert len(held) > 100_000
    assert b"zebra" not in held


# What is told ---------------------------------------------------------------------------------------


def mails_of(app: Flask, database: Database, settings: Settings) -> dict[str, str]:
    """Return the mails that wait, whole, by the first name of who gets them."""
    with database.system_session("read the outbox") as session:
        rows = session.scalars(select(OutboxMessage)).all()
        waiting = [Claimed(row.id, row.kind, row.recipient_id, row.payload, row.created_at, 1) for row in rows]
    people = {member.id: key for key, member in world.CAST.items()}
    found = {}
    for message in waiting:
        mail = compose(database, message, letterhead_of(settings))
        assert mail
        found[people[message.recipient_id or uuid.UUID(int=0)]] = str(mail)
    return found


def test_coordinators_and_heads_of_the_recipients_are_told_and_nothing_of_what_it_says(
    app: Flask, sqlite_database: Database, settings: Settings
) -> None:
    path = ready(app, lines="zebra words")
    share(client_of(app, "ana"), path, "CA")
    mails = mails_of(app, sqlite_database, settings)
    assert sorted(mails) == ["adaeze", "isabelle"]
    for mail in mails.values():
        assert MEETING in mail
        assert "/shares/" in mail
        assert "zebra" not in mail
        assert "Peace operations" not in mail
        assert "Ana" not in mail
        assert "Diego" not in mail


def records(database: Database, act: str) -> list[AuditRecord]:
    with database.system_session("read the record") as session:
        return list(session.scalars(select(AuditRecord).where(AuditRecord.action == act)))


def test_the_record_tells_each_side_its_own_part_and_no_words(app: Flask, sqlite_database: Database) -> None:
    path = ready(app, lines="zebra words")
    share(client_of(app, "ana"), path, "CA")
    benoit = client_of(app, "benoit")
    benoit.post(f"{copy_in(text_of(benoit, f'/meetings/{MEETING}/positions'))}/open")
    (received,) = records(sqlite_database, "share_received")
    assert (received.person_id, received.party_code, received.facts["from"]) == (None, None, "MX")
    assert received.audience_id == audience_id({"party:CA"})
    (opened,) = records(sqlite_database, "share_was_opened")
    assert (opened.person_id, opened.party_code, opened.facts) == (None, None, {"party": "CA"})
    assert opened.audience_id == audience_id({"party:MX"})
    (own,) = records(sqlite_database, "share_opened")
    assert (own.person_id, own.audience_id) == (world.CAST["benoit"].id, audience_id({"party:CA"}))
    for act in ("position_begun", "position_cleared", "position_shared"):
        (row,) = records(sqlite_database, act)
        assert row.audience_id == audience_id({"party:MX"})
        assert len(row.facts["digest"]) == 64
        assert "zebra" not in str(row.facts)
    assert "Benoît" not in text_of(client_of(app, "ana"), "/audit")
    assert "Ana" not in text_of(benoit, "/audit")


# Non-papers -----------------------------------------------------------------------------------------


def non_paper(app: Flask, words: str = "A thought from nowhere") -> str:
    """Return the page of a released non-paper on the item of all, written by Diego."""
    diego = client_of(app, "diego")
    response = diego.post(
        f"/meetings/{MEETING}/non-papers/new", data={"item": str(item_id("all")), "language": "en", "lines": words}
    )
    assert response.status_code == 303
    path = response.location or ""
    clear(client_of(app, "lucia"), path)
    return path


def test_a_non_paper_names_no_author_to_those_who_get_it(
    app: Flask, sqlite_database: Database, settings: Settings
) -> None:
    path = non_paper(app)
    share(client_of(app, "ana"), path, "CA")
    with sqlite_database.system_session("look at the copy") as session:
        (copy,) = session.scalars(select(ShareCopy))
        assert (copy.from_party, copy.party_code) == (None, "CA")
    benoit = client_of(app, "benoit")
    listed = text_of(benoit, f"/meetings/{MEETING}/positions")
    address = copy_in(listed)
    benoit.post(f"{address}/open")
    pages = [text_of(benoit, address), text_of(benoit, "/audit"), text_of(benoit, "/positions")]
    pages += mails_of(app, sqlite_database, settings).values()
    assert "A thought from nowhere" in pages[0]
    for page in pages:
        main = page[page.find("<main") :] if "<main" in page else page
        for word in ("Mexico", "Mexique", "Diego", "Ana", "Lucía", ">MX<"):
            assert word not in main, word
    (received,) = records(sqlite_database, "share_received")
    assert (received.person_id, received.party_code) == (None, None)
    assert set(received.facts) == {"digest"}
    assert "A thought" not in text_of(benoit, "/positions?q=thought").replace('value="thought"', "")
    assert "A thought" not in text_of(client_of(app, "ana"), "/positions?q=thought")
    assert client_of(app, "carol").get(address).status_code == 404


def test_a_non_paper_is_gone_for_its_readers_after_its_last_day(
    app: Flask, sqlite_database: Database, clock: Clock
) -> None:
    path = non_paper(app)
    ana, benoit = client_of(app, "ana"), client_of(app, "benoit")
    form = {"version": "2", "party": ["CA"], "confirmed": "y", "expires_on": "2026-11-21"}
    assert ana.post(f"{path}/share", data=form).status_code == 422
    assert counts(sqlite_database)[0] == 0
    assert ana.post(f"{path}/share", data={**form, "expires_on": "2026-11-23"}).status_code == 303
    address = copy_in(text_of(benoit, f"/meetings/{MEETING}/positions"))
    assert "A thought" not in text_of(benoit, address)
    benoit.post(f"{address}/open")
    clock.now = dt.datetime(2026, 11, 24, 4, 59, tzinfo=dt.UTC)  # the last minute of the 23rd in Ottawa
    benoit, ana = client_of(app, "benoit"), client_of(app, "ana")
    assert "A thought" in text_of(benoit, address)
    clock.forward(minutes=1)
    assert same(benoit, address, f"/shares/{uuid.UUID(int=1)}") == 404
    assert benoit.post(f"{address}/open").status_code == 404
    for page in (f"/meetings/{MEETING}/positions", "/positions", "/"):
        assert "/shares/" not in text_of(benoit, page)
    assert "23" in text_of(ana, path)


def test_a_non_paper_is_in_no_briefing_book(app: Flask, sqlite_database: Database) -> None:
    share(client_of(app, "ana"), non_paper(app), "CA")
    path = ready(app)
    share(client_of(app, "ana"), path, "CA")
    benoit = client_of(app, "benoit")
    found = re.findall(r'href="(/shares/[0-9a-f-]{36})"', text_of(benoit, f"/meetings/{MEETING}/positions"))
    with sqlite_database.read_session(world.viewer("benoit")) as session:
        meeting = find_meeting(session, MEETING)
        assert opened_copies(session, meeting) == ()
    for address in found:
        benoit.post(f"{address}/open")
    with sqlite_database.read_session(world.viewer("benoit")) as session:
        (copy,) = opened_copies(session, find_meeting(session, MEETING))
        assert (copy.copy.kind, copy.copy.from_party) == ("position", "MX")
    with sqlite_database.read_session(world.viewer("diego")) as session:
        assert [each.position.kind for each in opened_positions(session, find_meeting(session, MEETING))] == [
            "position"
        ]


# Looking for words, notes, the first page -----------------------------------------------------------


def test_words_are_looked_for_in_ones_own_and_in_what_one_has_opened(app: Flask) -> None:
    path = ready(app, lines="Sobre la posición común", fallback="zebra")
    share(client_of(app, "ana"), path, "CA")
    benoit, daniel, ana = (client_of(app, key) for key in ("benoit", "daniel", "ana"))
    search = f"/meetings/{MEETING}/positions?q="
    assert "Sobre la posición común" in text_of(ana, search + "POSICION")
    assert path in text_of(ana, search + "zebra")
    assert 'id="found"' not in text_of(ana, search)
    assert text_of(benoit, search + "posicion").count("Sobre la") == 0, "it is not opened yet"
    benoit.post(f"{copy_in(text_of(benoit, f'/meetings/{MEETING}/positions'))}/open")
    assert "Sobre la posición común" in text_of(benoit, search + "posicion")
    assert "/shares/" not in text_of(benoit, "/positions?q=zebra"), "what was not handed over is not found"
    assert "Sobre la" not in text_of(daniel, search + "posicion")
    assert ana.get(search + "x" * 201).status_code == 422


def test_inner_notes_are_written_taken_away_and_put_back(app: Flask) -> None:
    diego, ana, benoit = (client_of(app, key) for key in ("diego", "ana", "benoit"))
    page = f"/meetings/{MEETING}/items/{item_id('all')}/position"
    response = diego.post("/inner-notes", data={"item_id": str(item_id("all")), "note": "Ring the embassy first"})
    assert (response.status_code, response.location) == (303, f"{page}#inner-notes")
    assert "Ring the embassy first" in text_of(ana, page)
    assert "Ring the embassy" not in text_of(benoit, page)
    note = re.search(r"/inner-notes/([0-9a-f-]{36})/remove", text_of(ana, page))
    assert note
    missing = f"/inner-notes/{uuid.UUID(int=1)}"
    for end in ("remove", "restore"):
        assert same(benoit, f"/inner-notes/{note[1]}/{end}", f"{missing}/{end}", "POST") == 404
    removed = ana.post(f"/inner-notes/{note[1]}/remove")
    assert "Ring the embassy" not in text_of(ana, page)
    assert f"/inner-notes/{note[1]}/restore" in text_of(ana, removed.location or "")
    assert ana.post(f"/inner-notes/{note[1]}/restore").status_code == 303
    assert "Ring the embassy first" in text_of(ana, page)


@pytest.mark.parametrize(
    ("key", "about", "note", "status"),
    [
        ("benoit", {"item_id": str(item_id("mxus"))}, "x", 404),
        ("benoit", {"item_id": str(uuid.UUID(int=1))}, "x", 404),
        ("benoit", {"item_id": "nonsense"}, "x", 404),
        ("benoit", {}, "x", 404),
        ("benoit", {"item_id": str(item_id("all"))}, " ", 422),
        ("benoit", {"item_id": str(item_id("all"))}, "kept " * 1000, 422),
        ("benoit", {"meeting_id": str(world.identity("meeting", MEETING))}, "x", 303),
        ("sam", {"meeting_id": str(world.identity("meeting", MEETING))}, "x", 404),
    ],
)
def test_an_inner_note_hangs_on_what_its_writer_sees(
    app: Flask, key: str, about: dict[str, str], note: str, status: int
) -> None:
    response = client_of(app, key).post("/inner-notes", data={**about, "note": note})
    assert response.status_code == status
    assert status != 422 or note.strip() in response.get_data(as_text=True)


def test_a_link_cannot_make_a_button_of_the_page_lead_elsewhere(app: Flask) -> None:
    page = f"/meetings/{MEETING}/items/{item_id('all')}/position"
    crafted = "../../positions/xxxxxxxxxxxxxxxxxxxx"
    assert len(crafted) == 36
    assert "Put it back" not in text_of(client_of(app, "adaeze"), f"{page}?removed_note={crafted}")


def test_the_first_page_says_what_waits_to_be_cleared_and_to_be_opened(app: Flask) -> None:
    path = write(client_of(app, "diego"))
    link = f'href="/meetings/{MEETING}/positions"'
    assert [link in text_of(client_of(app, key), "/") for key in ("ana", "lucia", "diego", "carol")] == [
        True, True, False, False,
    ]  # fmt: skip
    clear(client_of(app, "ana"), path)
    assert link not in text_of(client_of(app, "lucia"), "/")
    share(client_of(app, "ana"), path, "CA")
    benoit = client_of(app, "benoit")
    assert [link in text_of(client_of(app, key), "/") for key in ("benoit", "adaeze", "carol")] == [True, True, False]
    benoit.post(f"{copy_in(text_of(benoit, f'/meetings/{MEETING}/positions'))}/open")
    assert link not in text_of(client_of(app, "adaeze"), "/")


def test_the_overview_takes_as_many_statements_for_few_items_as_for_many(app: Flask, sqlite_database: Database) -> None:
    diego = client_of(app, "diego")
    address = f"/meetings/{MEETING}/positions"
    write(diego)
    few = statements_of(sqlite_database, diego, address)
    with sqlite_database.system_session("many items", "write") as session:
        meeting = session.execute(select(Meeting)).scalar_one()
        for position in range(2, 30):
            world.add_item(session, meeting, position, id=item_id(str(position)))
        session.commit()
    for position in range(2, 30):
        write(diego, str(position))
    assert statements_of(sqlite_database, diego, address) == few <= 12


# Keys -----------------------------------------------------------------------------------------------


@pytest.fixture
def entrusted(settings: Settings, sqlite_database: Database, tmp_path: Path) -> Iterator[tuple[Flask, Running]]:
    """Return the app, and the service that keeps Canada's keys."""
    keys, theirs = tmp_path / "keys", tmp_path / "theirs"
    ring = KeyRing(keys)
    for owner in world.THREE:
        ring.rotate(owner)
    theirs.mkdir()
    (keys / "CA").rename(theirs / "CA")
    fill(sqlite_database)
    with running(theirs, "CA") as service:
        entrust(keys, "CA", service.url, service.token)
        yield make_app(dataclasses.replace(settings, keys_dir=keys), sqlite_database), service
        key_ring().close()


def test_a_key_service_that_is_away_stops_a_share_whole(
    entrusted: tuple[Flask, Running], sqlite_database: Database
) -> None:
    app, service = entrusted
    path, ana = ready(app), english(app, "ana")
    service.cut()
    page = text_of(ana, f"{path}/share?see=1&party=US&party=CA")
    form = {"version": version_in(page), "party": ["US", "CA"], "confirmed": "y"}
    response = ana.post(f"{path}/share", data=form)
    assert response.status_code == 503
    assert "Nothing was handed to anybody." in response.get_data(as_text=True)
    assert counts(sqlite_database) == (0, 0, 0, 0, 0)
    assert ana.post(f"{path}/share", data={**form, "party": ["US"]}).status_code == 303, "the others go on"


def test_what_is_typed_is_kept_and_nothing_opened_while_a_key_service_is_away(
    entrusted: tuple[Flask, Running], sqlite_database: Database
) -> None:
    app, service = entrusted
    path = ready(app)
    share(client_of(app, "ana"), path, "CA")
    benoit = client_of(app, "benoit")
    mine = write(benoit, lines="Words of Canada")
    service.cut()
    overview = text_of(benoit, f"/meetings/{MEETING}/positions")
    assert benoit.post(f"{copy_in(overview)}/open").status_code == 503
    assert counts(sqlite_database)[3] == 0
    assert "Words of Canada" not in text_of(benoit, mine)
    typed = {"version": "1", "language": "en", "lines": "Typed while it is away"}
    for address in (f"/meetings/{MEETING}/items/{item_id('all')}/position", f"{mine}/edit"):
        response = benoit.post(address, data=typed)
        assert response.status_code == 503
        assert "Typed while it is away" in response.get_data(as_text=True)
    response = benoit.post("/inner-notes", data={"item_id": str(item_id("all")), "note": "A note of Canada"})
    assert response.status_code == 503
    assert "A note of Canada" in response.get_data(as_text=True)
    assert "We stand" in text_of(client_of(app, "ana"), path)
