"""Every route x every method x every kind of viewer x whose thing it is, from the app's own map of routes.

A new route is in the matrix the moment it is registered; one whose parameters the table below does not
know makes the first test fail. Every response also goes through the checks of `CheckingClient`: headers,
valid HTML, and no canary of somebody else.
"""

from __future__ import annotations

import re
import uuid
from typing import Final

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.db import Database
from app.domain.visibility import Role
from app.web.routing import can_ever, policies
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app

NO_ONE = None
VIEWERS: Final = (NO_ONE, *world.CAST)
MISSING_ID: Final = str(uuid.UUID(int=1))

# For the first words of a rule and its parameter: a thing of Mexico and the United States, one of all three,
# one that does not exist.
SAMPLES: Final[dict[tuple[str, str], tuple[str, str, str]]] = {
    ("meetings", "ref"): (story.HIDDEN, story.SHARED, "UNC-2026-MXUS-99"),
    ("meetings", "carry_over_id"): (
        str(world.identity("carry_over", story.HIDDEN)),
        str(world.identity("carry_over", story.SHARED)),
        MISSING_ID,
    ),
    ("meetings", "note_id"): (
        str(world.identity("entry", story.HIDDEN)),
        str(world.identity("entry", story.SHARED)),
        MISSING_ID,
    ),
    ("practices", "practice_id"): (
        str(world.identity("practice", story.HIDDEN)),
        str(world.identity("practice", story.SHARED)),
        MISSING_ID,
    ),
    ("meetings", "entry_id"): (
        str(world.identity("roster", story.HIDDEN)),
        str(world.identity("roster", story.SHARED)),
        MISSING_ID,
    ),
    ("meetings", "proposal_id"): (
        str(world.identity("item_proposal", story.HIDDEN)),
        str(world.identity("item_proposal", story.SHARED)),
        MISSING_ID,
    ),
    ("meetings", "number"): ("1", "1", "99"),
    ("mechanisms", "proposal_id"): (
        str(world.identity("item_proposal", story.HIDDEN)),
        str(world.identity("item_proposal", story.SHARED)),
        MISSING_ID,
    ),
    ("actions", "ref"): (f"{story.HIDDEN}-A01", f"{story.SHARED}-A01", "UNC-2026-MXUS-1-A99"),
    ("actions", "link_id"): (
        str(world.identity("link", story.HIDDEN)),
        str(world.identity("link", story.SHARED)),
        MISSING_ID,
    ),
    ("actions", "subtask_id"): (
        str(world.identity("subtask", story.HIDDEN)),
        str(world.identity("subtask", story.SHARED)),
        MISSING_ID,
    ),
    ("actions", "person_id"): (str(world.CAST["diego"].id), str(world.CAST["benoit"].id), MISSING_ID),
    ("commitments", "ref"): (f"{story.HIDDEN}-C01", f"{story.SHARED}-C01", "UNC-2026-MXUS-1-C99"),
    ("actions", "view_id"): (
        str(world.identity("view", story.HIDDEN)),
        str(world.identity("view", story.SHARED)),
        MISSING_ID,
    ),
    ("actions", "ending"): ("csv", "csv", "csv"),
    ("actions", "import_id"): (
        str(world.identity("import", story.HIDDEN)),
        str(world.identity("import", story.SHARED)),
        MISSING_ID,
    ),
    ("documents", "document_id"): (
        str(world.identity("document", story.HIDDEN)),
        str(world.identity("document", story.SHARED)),
        MISSING_ID,
    ),
    ("documents", "ref"): ("UNC-2026-MXUS-91", "UNC-2026-91", "UNC-2026-MXUS-99"),
    ("documents", "item_id"): (
        str(world.identity("item", story.HIDDEN)),
        str(world.identity("item", story.SHARED)),
        MISSING_ID,
    ),
    ("documents", "language"): ("es", "es", "es"),
    ("documents", "note_id"): (
        str(world.identity("note", story.HIDDEN)),
        str(world.identity("note", story.SHARED)),
        MISSING_ID,
    ),
    ("drafts", "draft_id"): (str(story.draft_id("MX", "meeting")), str(story.draft_id("CA", "meeting")), MISSING_ID),
    ("mechanisms", "code"): ("un-coordination", "un-coordination", "no-such-mechanism"),
    ("decisions", "decision_id"): (
        str(world.identity("decision", story.HIDDEN)),
        str(world.identity("decision", story.SHARED)),
        MISSING_ID,
    ),
    ("hosting-changes", "change_id"): (
        str(world.identity("hosting_change", story.HIDDEN)),
        str(world.identity("hosting_change", story.SHARED)),
        MISSING_ID,
    ),
    ("hand-overs", "hand_over_id"): (
        str(world.identity("hand_over", story.HIDDEN)),
        str(world.identity("hand_over", story.SHARED)),
        MISSING_ID,
    ),
    ("hand-overs", "act"): ("done", "done", "done"),
    ("people", "person_id"): (str(world.CAST["diego"].id), str(world.CAST["benoit"].id), MISSING_ID),
    ("people", "code"): ("MX-SRE", "CA-GAC", "MX-NOTHING"),
    ("contacts", "contact_id"): (
        str(world.identity("contact", story.HIDDEN)),
        str(world.identity("contact", story.SHARED)),
        MISSING_ID,
    ),
    ("subscriptions", "subscription_id"): (
        str(world.identity("subscription", "ana")),
        str(world.identity("subscription", "benoit")),
        MISSING_ID,
    ),
    ("assistants", "leave_id"): (
        str(world.identity("authorisation", "lucia-diego")),
        str(world.identity("authorisation", "lucia-diego")),
        MISSING_ID,
    ),
    ("secretariats", "appointment_id"): (
        str(world.appointment_id(story.HIDDEN)),
        str(world.appointment_id("M01")),
        MISSING_ID,
    ),
    ("events", "event_id"): (
        str(world.identity("event", story.SHARED)),
        str(world.identity("event", story.SHARED)),
        MISSING_ID,
    ),
    ("plans", "plan_id"): (
        str(world.identity("plan", story.HIDDEN)),
        str(world.identity("plan", story.SHARED)),
        MISSING_ID,
    ),
    ("polls", "ref"): ("UNC-2026-MXUS-P1", "UNC-2026-P1", "UNC-2026-MXUS-P99"),
    ("polls", "seat_id"): (
        str(world.identity("seat", f"{story.HIDDEN} MX")),
        str(world.identity("seat", f"{story.SHARED} CA")),
        MISSING_ID,
    ),
    ("polls", "note_id"): (
        str(world.identity("poll_note", "UNC-2026-MXUS-P1")),
        str(world.identity("poll_note", "UNC-2026-P1")),
        MISSING_ID,
    ),
    ("mails", "dispatch_id"): (
        str(world.identity("dispatch", story.HIDDEN)),
        str(world.identity("dispatch", story.SHARED)),
        MISSING_ID,
    ),
    ("positions", "position_id"): (
        str(world.identity("position", story.HIDDEN)),
        str(world.identity("position", story.SHARED)),
        MISSING_ID,
    ),
    ("positions", "share_id"): (
        str(world.identity("share", story.HIDDEN)),
        str(world.identity("share", story.SHARED)),
        MISSING_ID,
    ),
    ("positions", "number"): ("1", "1", "99"),
    ("shares", "copy_id"): (
        str(world.identity("share_copy", story.HIDDEN)),
        str(world.identity("share_copy", story.SHARED)),
        MISSING_ID,
    ),
    ("inner-notes", "note_id"): (
        str(world.identity("inner", story.HIDDEN)),
        str(world.identity("inner", story.SHARED)),
        MISSING_ID,
    ),
    ("texts", "ref"): (f"{story.HIDDEN}-T1", f"{story.SHARED}-T1", "UNC-2026-MXUS-1-T99"),
    ("texts", "paragraph_id"): (
        str(world.identity("paragraph", story.HIDDEN)),
        str(world.identity("paragraph", story.SHARED)),
        MISSING_ID,
    ),
    ("texts", "comment_id"): (
        str(world.identity("comment", story.HIDDEN)),
        str(world.identity("comment", story.SHARED)),
        MISSING_ID,
    ),
    ("texts", "reservation_id"): (
        str(world.identity("reservation", story.HIDDEN)),
        str(world.identity("reservation", story.SHARED)),
        MISSING_ID,
    ),
    ("texts", "answer_id"): (
        str(world.identity("silence_answer", story.HIDDEN)),
        str(world.identity("silence_answer", story.SHARED)),
        MISSING_ID,
    ),
    ("texts", "language"): ("en", "en", "en"),
    ("texts", "number"): ("1", "1", "1"),
    ("zone-changes", "ref"): (story.HIDDEN, story.SHARED, "UNC-2026-MXUS-99"),
    ("reports", "figure"): ("overdue", "commitments", "no-such-figure"),
    ("reports", "chart"): ("ages", "months", "no-such-chart"),
    ("reminders", "reminder_id"): (
        str(world.identity("reminder", story.HIDDEN)),
        str(world.identity("reminder", story.SHARED)),
        MISSING_ID,
    ),
    # A page repeats its own address, so no canary can stand in one: tests/web/test_bulk.py asks for people by name.
    ("actions", "name"): ("Nobody at all", "Nobody at all", "Nobody at all"),
    ("actions", "note_id"): (
        str(world.identity("note", f"{story.HIDDEN}-A01")),
        str(world.identity("note", f"{story.SHARED}-A01")),
        MISSING_ID,
    ),
    ("commitments", "statement_id"): (
        str(world.identity("statement", story.HIDDEN)),
        str(world.identity("statement", story.SHARED)),
        MISSING_ID,
    ),
    ("offices", "code"): ("MX-SRE", "CA-GAC", "MX-NOTHING"),
    ("changes", "batch_id"): (
        str(world.identity("batch", story.HIDDEN)),
        str(world.identity("batch", story.SHARED)),
        MISSING_ID,
    ),
    ("busy", "calendar_id"): (
        str(world.identity("busy", story.HIDDEN)),
        str(world.identity("busy", story.SHARED)),
        MISSING_ID,
    ),
    ("feeds", "token"): ("unknown-token", "unknown-token", "another-unknown-token"),
    ("answers", "token"): ("unknown-token", "unknown-token", "another-unknown-token"),
    ("invitations", "token"): ("unknown-token", "unknown-token", "another-unknown-token"),
    ("invite", "token"): ("unknown-token", "unknown-token", "another-unknown-token"),
}
# Who may see the first and the second of each pair.
TABLE: Final = ("ana", "diego", "lucia", "carol", "daniel", "erin")
SEES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "meetings": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "actions": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "commitments": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "documents": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "decisions": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "hosting-changes": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "hand-overs": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "drafts": (("ana", "diego", "lucia"), ("benoit", "isabelle", "adaeze")),
    "mechanisms": tuple(
        [tuple(k for k, m in world.CAST.items() if m.role not in {Role.ADMINISTRATOR, Role.GUEST})] * 2
    ),  # type: ignore[dict-item]
    "people": (("marta",), ("colin",)),
    "contacts": (("carol", "daniel", "erin"), ("carol", "daniel", "erin")),
    "subscriptions": (("ana",), ("benoit",)),
    "assistants": (("lucia", "diego"), ("lucia", "diego")),
    "secretariats": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "plans": (("ana", "diego", "lucia"), ("carol", "daniel", "erin")),
    "mails": (("ana", "diego", "lucia"), ("carol", "daniel", "erin")),
    "polls": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "practices": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "positions": (("ana", "diego", "lucia"), ("carol", "daniel", "erin")),
    "shares": (("carol", "daniel", "erin"), ("benoit", "isabelle", "adaeze")),
    "inner-notes": (("ana", "diego", "lucia"), ("carol", "daniel", "erin")),
    "events": ((*TABLE, "benoit", "isabelle", "adaeze", "sam"), (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "texts": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "zone-changes": (TABLE, (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "reports": ((*TABLE, "benoit", "isabelle", "adaeze", "sam"), (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "reminders": (("ana", "lucia"), ("sam", "isabelle", "adaeze")),
    "offices": ((*TABLE, "benoit", "isabelle", "adaeze", "sam"), (*TABLE, "benoit", "isabelle", "adaeze", "sam")),
    "changes": (("ana", "diego", "lucia"), ("benoit", "isabelle", "adaeze")),
    "busy": (("ana",), ("carol",)),
    "feeds": ((), ()),
    "answers": ((), ()),
    "invitations": ((), ()),
    "invite": ((), ()),
}


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    """Return the rules of the app, made once on an empty database for their sake alone."""
    return all_rules()


def all_rules() -> list[Rule]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        environment = {"SECRET_KEY": "x" * 32, "ENTENTE_DATA": folder, "ENTENTE_KEYS": f"{folder}/keys"}
        app = make_app(
            Settings.from_environment(environment), Database("sqlite://", __import__("pathlib").Path(folder))
        )
        return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


RULES: Final = all_rules()


def kind_of(rule: Rule) -> str:
    return rule.rule.split("/")[1]


def addresses(rule: Rule) -> tuple[str, str, str]:
    """Return the rule's path for the hidden, the shared and the missing thing."""
    paths = []
    for n in range(3):
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<(?:[a-z]+(?:\([^)]*\))?:)?{name}>", value_of(rule, name, n), path)
        paths.append(path)
    return paths[0], paths[1], paths[2]


def value_of(rule: Rule, name: str, n: int) -> str:
    known = SAMPLES.get((kind_of(rule), name))
    if known:
        return known[n]
    return {
        "item_id": MISSING_ID, "party": "MX", "note_id": MISSING_ID, "leg_id": MISSING_ID, "letter": "x",
        "member_id": MISSING_ID, "batch_id": MISSING_ID, "release_id": MISSING_ID, "link_id": MISSING_ID,
        "subtask_id": MISSING_ID,
        "statement_id": MISSING_ID, "field": "level", "group": "names",
    }[name]  # fmt: skip


def unsafe(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"})


def shown(response: TestResponse, path: str) -> tuple[int, str]:
    """Return the status and body with what differs by nature taken out: tokens, ids of submits, the address itself."""
    body = response.get_data().decode("utf-8", "replace")  # papers and workbooks too
    body = re.sub(r'(name="(?:csrf_token|submission_id)"[^>]*value=")[^"]*', r"\1", body)
    from urllib.parse import quote

    for written in (quote(path, safe=""), quote(path), path):
        body = body.replace(written, "PATH")
    return response.status_code, body


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on a database in which the story has been told."""
    return make_app(settings, told)


def test_every_parameter_of_every_rule_has_a_sample() -> None:
    for rule in RULES:
        assert "<" not in "".join(addresses(rule)), rule


def test_every_route_declares_a_policy(app: Flask) -> None:
    assert set(policies(app)) == {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.endpoint} {rule.rule}")
def test_nobody_is_sent_to_sign_in_whether_a_thing_exists_or_not(app: Flask, rule: Rule) -> None:
    if policies(app)[rule.endpoint].kind != "signed_in":
        return
    client = client_of(app, None)
    for method in ["GET", *unsafe(rule)] if "GET" in (rule.methods or ()) else unsafe(rule):
        answers = set()
        for path in addresses(rule):
            response = client.open(path, method=method)
            assert response.status_code == 303, (method, path)
            assert response.location.startswith("/login")
            answers.add(shown(response, path))
        assert len(answers) == 1


@pytest.mark.parametrize("key", list(world.CAST))
def test_reading(app: Flask, key: str) -> None:
    """What may be seen answers; what may not be seen answers exactly as what does not exist."""
    client = client_of(app, key)
    for rule in RULES:
        if "GET" not in (rule.methods or ()):
            continue
        hidden, shared, missing = addresses(rule)
        absent = shown(client.get(missing), missing)
        assert absent[0] < 500 or missing == "/readyz", missing  # no worker beats in this test
        for n, path in enumerate((hidden, shared) if rule.arguments else ()):
            response = client.get(path)
            assert response.status_code < 500, path
            if rule.arguments and path != missing:
                _compare(app, rule, key, response, path, absent, n)


def _compare(
    app: Flask, rule: Rule, key: str, response: TestResponse, path: str, absent: tuple[int, str], n: int
) -> None:
    policy = policies(app)[rule.endpoint]
    may = key in SEES[kind_of(rule)][n] and (policy.action is None or can_ever(world.viewer(key), policy.action))
    if not may:
        assert shown(response, path) == absent, (key, path)


@pytest.mark.parametrize("key", list(world.CAST))
def test_writing_to_what_may_not_be_seen(app: Flask, key: str) -> None:
    """Every unsafe route on a hidden thing answers as on a missing one, and changes nothing of it."""
    client = client_of(app, key)
    for rule in RULES:
        for method in unsafe(rule):
            hidden, shared, missing = addresses(rule)
            if not rule.arguments:
                continue
            absent = shown(client.open(missing, method=method), missing)
            for n, path in enumerate((hidden, shared)):
                if key not in SEES[kind_of(rule)][n]:
                    assert shown(client.open(path, method=method), path) == absent, (key, method, path)


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if unsafe(rule)], ids=lambda rule: f"{rule.endpoint} {rule.rule}"
)
def test_an_empty_form_never_breaks(app: Flask, rule: Rule) -> None:
    for key in ("ana", "benoit", "sam", "olga", "marta"):
        client: CheckingClient = client_of(app, key)
        for path in addresses(rule):
            for method in unsafe(rule):
                assert client.open(path, method=method).status_code < 500, (key, method, path)


def test_a_page_of_every_route_that_a_coordinator_may_read(app: Flask) -> None:
    """At least the plain pages answer 200 for a coordinator, so that the matrix does not compare refusals alone."""
    client = client_of(app, "ana")
    answered = [
        rule.rule
        for rule in RULES
        if "GET" in (rule.methods or ()) and client.get(addresses(rule)[0]).status_code == 200
    ]
    assert {
        "/",
        "/mechanisms",
        "/mechanisms/<code>",
        "/meetings",
        "/meetings/<ref>",
        "/actions",
        "/actions/<ref>",
        "/profile",
    } <= set(answered)
