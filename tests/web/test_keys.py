"""A government that cuts its keys closes what is its own; everything else goes on, and nothing typed is lost."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from app.db import Database
from app.jobs import tasks
from app.keys import KeyServiceDown
from app.models import Draft, OutboxMessage, Person, Subtask
from app.models.sealed import key_ring
from app.services import mails
from app.services.invitations import make_invitation
from app.services.outbox import enqueue
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, Clock, client_of, make_app
from tests.key_services import Running, entrust, running
from tests.web.test_matrix import RULES, addresses

AWAY = "Sealed; the key service of Mexico does not answer"
REFUSED = "The key service of Mexico cannot be reached."
ACTION = f"/actions/{story.SHARED}-A01"


# These are about nothing but a sealed text; whatever shows other things beside one goes on.
ALL_SEALED = {
    f"/actions/{story.HIDDEN}-A01/steps/…", "/actions/import", "/actions/import/…", "/actions/import/…/refused.csv",
    "/actions/import/…/rows", "/busy/…", "/drafts/…", "/drafts/…/discard", "/drafts/…/preview", "/plans/…",
    "/plans/…/discard", "/plans/…/poll", "/plans/…/use", "/positions/…/edit",
}  # fmt: skip


def speak(database: Database, language: str) -> None:
    """Let Ana read Entente in that language."""
    with database.system_session("take a language", "write") as session:
        session.get_one(Person, world.CAST["ana"].id).language = language
        session.commit()


@pytest.fixture
def told(make_database: Callable[..., Database]) -> Iterator[Database]:
    made = make_database("sqlite", "story")
    speak(made, "en")
    yield made
    made.engine.dispose()


@pytest.fixture
def service(tmp_path: Path, keys_folder: Path, told: Database) -> Iterator[Running]:
    """Return Mexico's key service, with the key that its part of the story was sealed under."""
    shutil.copytree(keys_folder, tmp_path / "keys")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "keys" / "MX").rename(tmp_path / "theirs" / "MX")
    with running(tmp_path / "theirs") as started:
        entrust(tmp_path / "keys", "MX", started.url, started.token)
        yield started


@pytest.fixture
def app(settings: Settings, told: Database, service: Running, tmp_path: Path) -> Iterator[Flask]:
    there = dataclasses.replace(settings, keys_dir=tmp_path / "keys", metrics_enabled=True)
    yield make_app(there, told)
    key_ring().close()


def page(client: CheckingClient, path: str) -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, response.get_data(as_text=True)


def test_a_page_opens_all_that_it_shows_in_one_request_for_each_kind(app: Flask, service: Running):
    assert world.canary("MX", "subtask") in page(client_of(app, "ana"), f"/actions/{story.HIDDEN}-A01")[1]
    assert [line["act"] for line in service.lines()] == ["unwrap"]


def test_what_else_a_page_shows_is_shown(app: Flask, service: Running):
    ana, carol = client_of(app, "ana"), client_of(app, "carol")
    paths = ("/", "/meetings", f"/actions/{story.HIDDEN}-A01")
    there = {path: page(ana, path) for path in paths}
    theirs = {path: page(carol, path)[0] for path in paths}
    assert all(status == 200 and AWAY not in body for status, body in there.values())
    service.cut()
    for path in paths:
        status, body = page(ana, path)
        assert (status, AWAY in body) == (200, True), path
        status, body = page(carol, path)
        assert (status, AWAY in body) == (theirs[path], False), path


def test_a_text_whose_key_is_gone_says_that_instead(app: Flask, service: Running):
    (key,) = (service.folder / "MX").glob("*.key")
    key.unlink()
    status, body = page(client_of(app, "ana"), f"/actions/{story.HIDDEN}-A01")
    assert (status, "Sealed; no key of Mexico opens it" in body, AWAY in body) == (200, True, False)


@pytest.mark.prove
def test_no_page_breaks_when_the_keys_are_cut(app: Flask, service: Running):
    ana = client_of(app, "ana")
    paths = sorted({addresses(rule)[0] for rule in RULES if "GET" in (rule.methods or ())})
    service.cut()
    away = set()
    for path in (path for path in paths if not path.endswith((".pdf", ".docx", ".xlsx"))):
        response = ana.get(path)
        assert response.status_code < 500 or response.status_code == 503, path
        if response.status_code == 503 and path != "/readyz":
            assert REFUSED in response.get_data(as_text=True), path
            away.add(re.sub(r"/[0-9a-f-]{36}", "/…", path))
    assert away == ALL_SEALED


@pytest.mark.parametrize(("language", "country"), [("en", "Mexico"), ("es", "México"), ("fr", "Mexique")])
def test_a_page_that_is_nothing_but_sealed_says_whose_keys_are_away(
    app: Flask, service: Running, told: Database, language: str, country: str
):
    speak(told, language)
    ana = client_of(app, "ana")
    path = f"/drafts/{story.draft_id('MX', 'meeting')}"
    assert page(ana, path)[0] == 200
    service.cut()
    status, body = page(ana, path)
    assert (status, country in body) == (503, True)
    assert world.canary("MX", "draft") not in body
    assert client_of(app, "carol").get(path).status_code == 404, "nobody else learns that it is there"


def test_what_was_typed_is_kept_and_nothing_is_half_written(app: Flask, service: Running, told: Database):
    ana = client_of(app, "ana")
    assert ana.post(f"{ACTION}/steps", data={"step": "Ring the embassy"}).status_code == 303
    service.cut()

    def counted() -> list[int]:
        with told.system_session("count") as session:
            return [session.scalar(select(func.count()).select_from(cls)) or 0 for cls in (Subtask, Draft)]

    before = counted()
    response = ana.post(f"{ACTION}/steps", data={"step": "Ring the ministry"})
    body = response.get_data(as_text=True)
    assert (response.status_code, REFUSED in body, "Ring the ministry" in body) == (422, True, True)
    response = ana.post("/meetings/new", data={"title_en": "A quiet word", "parties": ["MX", "US"]})
    body = response.get_data(as_text=True)
    assert (response.status_code, REFUSED in body, "A quiet word" in body) == (422, True, True)
    assert counted() == before
    adaeze = client_of(app, "adaeze")
    assert adaeze.post(f"{ACTION}/steps", data={"step": "Ring the mission"}).status_code == 303


def test_found_out_only_when_many_rows_are_written_it_is_the_same_page(app: Flask):
    late = StatementError("not bound", "INSERT", {}, KeyServiceDown("MX", "slow"))
    with app.test_request_context("/meetings/new", method="POST"):
        response = app.make_response(app.handle_user_exception(late))
    body = response.get_data(as_text=True)
    assert (response.status_code, REFUSED in body, "what you typed is still in the form" in body) == (503, True, True)


def test_readiness_and_figures_say_it_and_nobody_is_taken_out_for_it(app: Flask, service: Running, clock: Clock):
    tasks.beat(app.extensions["entente.database"])
    client = client_of(app, None)
    assert client.get("/readyz").get_json()["key_services"] is True
    assert 'entente_key_service_up{owner="MX"} 1.0' in page(client, "/metrics")[1]
    service.cut()
    client_of(app, "ana").get("/")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"], ready.get_json()["key_services"]) == (200, "ready", False)
    assert 'entente_key_service_up{owner="MX"} 0.0' in page(client, "/metrics")[1]


def test_a_mail_that_needs_the_keys_waits_for_them(
    app: Flask, settings: Settings, told: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    with told.system_session("invite", "write") as session:
        link = make_invitation(session, world.CAST["ana"].id, settings.secret_key)
        enqueue(session, "invitation", world.CAST["ana"].id, {"invitation_id": str(link)})
        session.commit()
    compose = mails.compose_to_send

    def without_keys(*_arguments: object) -> None:
        raise KeyServiceDown("MX", "unreachable")

    monkeypatch.setattr(tasks, "compose_to_send", without_keys)
    for _each in range(12):
        delivery = tasks.deliver_outbox(told, settings)
        assert (delivery.sent, delivery.failed) == (0, 0)
        clock.forward(minutes=5)
    with told.system_session("look") as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))).all()
        assert {(row.attempts, row.abandoned_at) for row in rows} == {(0, None)}
    monkeypatch.setattr(tasks, "compose_to_send", compose)
    assert tasks.deliver_outbox(told, settings).sent >= 1
