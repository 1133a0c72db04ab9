"""Attacks through the pages, by people with accounts: foreign ids in forms, fields that are not asked for, races.

What an attacker may not see must answer as what does not exist; what they may not say must change nothing.
"""

from __future__ import annotations

import dataclasses
import re
import threading
import uuid
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.domain.meeting_content import MeetingContent
from app.models import ActionNote, AuditRecord, Draft, Meeting, Person
from app.services import meeting_life
from app.services.drafts import start_draft
from app.services.meetings import find_meeting
from app.services.references import next_number
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app

MISSING = "UNC-2026-MXUS-99"
NUL = "a%00b"
DRAFT = {
    "mechanism": "un-coordination", "title_en": "Talks", "original": "en", "parties": ["CA", "MX"],
    "format": "in_person", "zone": "America/New_York", "first_day": "2027-03-03", "starts": "10:00", "ends": "12:00",
    "agenda": "template",
}  # fmt: skip
SHARED_ACTION = f"{story.SHARED}-A01"


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on the told story, whose counts go on where the story's references end."""
    with told.system_session("count on", "write") as session:
        for scope in ("UNC-2026", "UNC-2026-MXUS", story.SHARED, story.HIDDEN):
            next_number(session, scope)
        session.commit()
    return make_app(settings, told)


@pytest.fixture
def benoit(app: Flask) -> CheckingClient:
    """Return a client of the Canadian official."""
    return client_of(app, "benoit")


def plain(response: TestResponse, *own: str) -> tuple[int, str]:
    """Return the status and the page without tokens and what the request itself named."""
    body = re.sub(r'(name="(?:csrf_token|submission_id)"[^>]*value=")[^"]*', r"\1", response.text)
    for word in own:
        body = body.replace(word, "OWN")
    return response.status_code, body


# Oracles ------------------------------------------------------------------------------------------------


def test_copying_the_agenda_of_a_hidden_meeting_answers_as_of_none(benoit: CheckingClient) -> None:
    answers = set()
    for reference in (story.HIDDEN, MISSING):
        draft = benoit.post("/meetings/new", data=DRAFT | {"agenda": reference}).location
        answers.add(plain(benoit.get(f"{draft}/preview"), reference, draft))
        answers.add(plain(benoit.post(f"{draft}/propose", data={"version": "1"}), reference, draft))
    assert [status for status, _ in answers] == [422] * len(answers)
    assert len(answers) <= 2  # the preview's, and that of proposing


@pytest.mark.parametrize("address", ["/meetings/new?copy={}", "/actions/new?meeting={}", "/meetings/{}.ics"])
def test_an_address_that_names_a_hidden_meeting_answers_as_of_none(benoit: CheckingClient, address: str) -> None:
    answers = {
        plain(benoit.get(address.format(reference)), reference)
        for reference in (story.HIDDEN, story.HIDDEN.lower(), MISSING)
    }
    assert [status for status, _ in answers] == [404]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND", "PUT", "DELETE", "PATCH", "MADE-UP"])
def test_no_method_tells_a_hidden_meeting_from_none(benoit: CheckingClient, method: str) -> None:
    answers = []
    for reference in (story.HIDDEN, "UNC-2026-MXUS-9"):  # as long as the other
        response = benoit.open(f"/meetings/{reference}", method=method)
        headers = {name: value for name, value in response.headers.items() if name != "Set-Cookie"}
        answers.append((headers, *plain(response, reference)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("query", ["mechanism=%25", "state=%25", "state=_ro%25", "mechanism=un-coord%25"])
@pytest.mark.parametrize("path", ["/meetings", "/actions"])
def test_no_wildcard_matches(benoit: CheckingClient, path: str, query: str) -> None:
    assert story.SHARED not in benoit.get(f"{path}?{query}").text


def test_a_new_meeting_of_all_shows_no_gap(benoit: CheckingClient, app: Flask) -> None:
    draft = benoit.post("/meetings/new", data=DRAFT | {"parties": ["CA", "MX", "US"], "first_day": "2026-12-30"})
    done = client_of(app, "isabelle").post(f"{draft.location}/propose", data={"version": "1"})
    assert done.location == "/meetings/UNC-2026-2"


# What no form asks for ----------------------------------------------------------------------------------


def test_fields_that_nobody_asks_for_change_nothing(benoit: CheckingClient, told: Database) -> None:
    foreign = {"audience_id": str(uuid.uuid4()), "party": "MX", "owner_party": "MX", "party_code": "MX", "role": "head"}
    foreign |= {"delegation": "MX", "email": "x@example.org", "person_id": str(world.CAST["ana"].id)}
    foreign |= {"supersedes_id": str(world.identity("note", f"{story.HIDDEN}-A01")), "reference": "UNC-2026-MXUS-7"}
    profile = {"name": "Benoît", "language": "fr", "time_zone": "America/Toronto", "theme": "auto", "version": "2"}
    profile |= {"reminder_mails": "never"}
    assert benoit.post("/profile", data=profile | foreign).status_code == 303
    note = benoit.post(f"/actions/{SHARED_ACTION}/notes", data={"text": "Heard.", "language": "en"} | foreign)
    assert note.status_code == 303
    draft = benoit.post("/meetings/new", data=DRAFT | foreign).location
    with told.system_session("look at what was written") as session:
        person = session.get_one(Person, world.CAST["benoit"].id)
        assert (person.role, person.delegation, person.email) == ("official", "CA", "benoit@example.org")
        written = session.execute(select(ActionNote).where(ActionNote.text == "Heard.")).scalar_one()
        assert (written.party_code, written.person_id, written.supersedes_id) == ("CA", person.id, None)
        kept = session.get_one(Draft, uuid.UUID(draft.rpartition("/")[2]))
        assert (kept.owner_party, kept.content.owner, kept.meeting_id) == ("CA", "CA", None)


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        (f"/meetings/{story.SHARED}/answer", {"answer": "yes", "promise": "x", "version": "1"}, 403),
        (f"/meetings/{story.SHARED}/cancel", {"reason": "No.", "version": "1"}, 403),
        (f"/actions/{SHARED_ACTION}/legs/MX", {"state": "done", "version": "1"}, 403),
        (f"/actions/{SHARED_ACTION}/notes/{world.identity('note', f'{story.HIDDEN}-A01')}", {"text": "x"}, 404),
        (f"/actions/{SHARED_ACTION}/notes/{world.identity('note', SHARED_ACTION)}", {"text": "x"}, 403),
        (f"/actions/new?meeting={story.SHARED}", {"title_en": "x", "part_CA": "none", "part_MX": "owes"}, 422),
        (f"/actions/new?meeting={story.SHARED}", {"title_en": "x", "part_CA": "owes", "office_CA": "MX-SRE"}, 422),
        ("/actions/new", {"title_en": "x", "part_CA": "none", "part_MX": "owes", "part_US": "owes"}, 422),
        (
            f"/meetings/{story.SHARED}/agenda/items",
            {"title_en": "x", "kind": "substance", "type": "discussion", "minutes": "5", "lead_party": "UN"},
            422,
        ),
        ("/meetings/record", DRAFT | {"parties": ["MX", "US"], "first_day": "2025-03-03", "source": "x"}, 422),
    ],
)
def test_nothing_is_done_for_another_party(
    benoit: CheckingClient, told: Database, path: str, data: dict[str, str], status: int
) -> None:
    def acts() -> int:
        with told.system_session("count") as session:
            return len(session.scalars(select(AuditRecord.number)).all())

    before = acts()
    assert benoit.post(path, data=data).status_code == status
    assert acts() == before


def test_no_meeting_of_others_is_proposed(benoit: CheckingClient, app: Flask, told: Database) -> None:
    draft = benoit.post("/meetings/new", data=DRAFT | {"parties": ["MX", "US"]}).location
    for key in ("benoit", "isabelle", "adaeze"):
        assert client_of(app, key).post(f"{draft}/propose", data={"version": "1"}).status_code == 422
    with told.system_session("look") as session:
        assert len(session.scalars(select(Meeting.id)).all()) == 3


def test_the_id_of_anothers_form_says_nothing_and_stops_nothing(benoit: CheckingClient) -> None:
    """It is neither a way to where that form led, nor an error that tells that it was sent."""
    taken = {"submission_id": str(world.identity("submission", "ana"))}
    sent = {"title_en": "Do it", "part_CA": "owes", "part_MX": "none", "part_US": "none"}
    first = benoit.post("/actions/new", data=sent | taken)
    assert (first.status_code, first.location) == (303, "/actions/ACT-2026-CA-A01")
    assert benoit.post("/actions/new", data=sent | taken).location == first.location


# Values that no page sends ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        f"/mechanisms/{NUL}", f"/mechanisms?words={NUL}", f"/meetings?mechanism={NUL}", f"/meetings?state={NUL}",
        f"/meetings/new?mechanism={NUL}", f"/actions?q=party:{NUL}", f"/actions?q=state:{NUL}", f"/audit?act={NUL}",
        "/audit?before=0001-01-01T00:00:00%2B14:00", "/audit?before=9999-12-31T23:59:59-14:00",
    ],
)  # fmt: skip
def test_no_address_breaks_a_page(benoit: CheckingClient, address: str) -> None:
    assert benoit.get(address).status_code in {200, 400, 404, 422}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/login", {"email": "a\0b@example.org", "password": "x", "next": "/a\0b"}),
        ("/meetings/new", DRAFT | {"mechanism": "a\0b"}),
        ("/actions/new", {"title_en": "x", "part_CA": "owes", "office_CA": "a\0b"}),
        (f"/actions/{SHARED_ACTION}/legs/CA", {"state": "open", "version": "1", "office_code": "a\0b"}),
    ],
)
def test_no_choice_breaks_a_form(benoit: CheckingClient, path: str, data: dict[str, str]) -> None:
    assert benoit.post(path, data=data).status_code in {400, 422}


# Races --------------------------------------------------------------------------------------------------


def at_once(calls: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Make the calls, each in a thread of its own, all at the same time."""
    barrier, answers = threading.Barrier(len(calls)), {}

    def run(number: int, call: Callable[[], TestResponse]) -> None:
        barrier.wait()
        answers[number] = call()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(calls))]


def test_proposals_at_once_get_a_number_each_and_one_proposal_one_meeting(
    settings: Settings, database: Database
) -> None:
    """The first of their scope and of the whole installation: counter and domain are made in the race."""
    app = make_app(settings, database)
    keys = ("ana", "lucia", "isabelle", "adaeze", "carol", "erin")
    drafts = []
    for key in (keys[0], *keys[2:]):
        with database.write_session(world.viewer(key)) as session:
            content = MeetingContent.from_json(story.draft_content("MX"))
            drafts.append(start_draft(session, dataclasses.replace(content, parties=world.THREE)).id)
            session.commit()
    drafts.insert(1, drafts[0])  # Ana and Lucía propose the same
    clients = [client_of(app, key) for key in keys]
    answers = at_once(
        [
            partial(client.post, f"/drafts/{draft}/propose", data={"version": "1"})
            for client, draft in zip(clients, drafts, strict=True)
        ]
    )
    assert [answer.status_code for answer in answers] == [303] * 6
    assert answers[0].location == answers[1].location
    assert {answer.location for answer in answers} == {f"/meetings/UNC-2027-{number}" for number in range(1, 6)}


def test_answers_at_once_confirm_once(settings: Settings, database: Database) -> None:
    with database.system_session("add a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-1", world.THREE, mechanism="M01")
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        promise = meeting_life.promise_of(find_meeting(session, "UNC-2026-1"))
    app = make_app(settings, database)
    sent = {"answer": "yes", "promise": promise, "version": "1"}
    clients = [client_of(app, key) for key in ("ana", "lucia", "isabelle", "adaeze", "carol", "erin")]
    at_once([partial(client.post, "/meetings/UNC-2026-1/answer", data=sent) for client in clients])
    with database.system_session("look at the outcome") as session:
        assert session.scalars(select(Meeting.state)).one() == "confirmed"
        acts = session.scalars(select(AuditRecord.action).where(AuditRecord.subject_kind == "meeting")).all()
    assert sorted(acts) == ["meeting_answered"] * 3 + ["meeting_confirmed"]


def test_changes_begun_at_once_are_one_draft(app: Flask) -> None:
    clients = [client_of(app, key) for key in ("benoit", "isabelle", "adaeze")]
    answers = at_once([partial(client.post, f"/meetings/{story.SHARED}/changes") for client in clients])
    assert len({answer.location for answer in answers}) == 1
