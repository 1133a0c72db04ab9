"""The page of a reminder's link: following it changes nothing, and it opens one leg to one person."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.models import Action, ActionNote, AuditRecord, Base, Leg, Person, Reminder
from app.services.answer_links import token_of
from config import Settings
from tests import world
from tests.conftest import Clock

ACTION = "UNC-2026-MXUS-1-A01"
Client = Callable[[str | None], Any]


@pytest.fixture(autouse=True)
def asked(database: Database) -> Database:
    """Return a database in which Diego was reminded of Mexico's leg, and Lucía as the last stage."""
    with database.system_session("prepare reminders", "write") as session:
        action = world.add_action(
            session, ACTION, ("MX", "US"), title={"en": world.canary("MXUS", "title"), "original": "en"},
            legs={"MX": {"person_name": world.canary("MXUS", "person"), "office_code": "MX-SRE"}},
        )  # fmt: skip
        leg = next(leg for leg in session.scalars(select(Leg)) if leg.party_code == "MX")
        for key, stage in (("diego", "before"), ("lucia", "coordinator")):
            session.add(
                Reminder(
                    id=world.identity("reminder", key), action_id=action.id, leg_id=leg.id, stage=stage, state="sent",
                    due_on=dt.date(2026, 12, 15), recipient_id=world.CAST[key].id, prepared_at=world.NOW,
                    sent_at=world.NOW, audience_id=session.audience({"party:MX"}),
                )
            )  # fmt: skip
        session.commit()
    return database


def address(settings: Settings, key: str = "diego") -> str:
    return f"/answers/{token_of(world.identity('reminder', key), settings.secret_key)}"


def client_with_link(client_for: Client, key: str = "diego") -> Any:
    """Return a client that nobody is signed in with, and whose reader is the recipient of the link."""
    client = client_for(None)
    client.member = world.CAST[key]
    return client


def change(database: Database, write: Callable[[Any], None]) -> None:
    with database.system_session("change the world", "write") as session:
        write(session)
        session.commit()


def counts(database: Database) -> dict[str, int]:
    """Return how many rows each table has."""
    with database.system_session("count everything") as session:
        classes = [mapper.class_ for mapper in Base.registry.mappers]
        return {cls.__name__: session.scalar(select(func.count()).select_from(cls)) or 0 for cls in classes}


def leg_of(database: Database) -> Leg:
    with database.read_session(world.viewer("ana")) as session:
        return session.scalars(select(Leg).where(Leg.party_code == "MX")).one()


def notes_of(database: Database) -> list[tuple[str, str, str]]:
    with database.read_session(world.viewer("ana")) as session:
        notes = session.scalars(select(ActionNote).order_by(ActionNote.created_at))
        return [(note.kind, note.way, note.text) for note in notes]


def answer(say: str, text: str = "", version: int = 1, **more: str) -> dict[str, Any]:
    return {"say": say, "text": text, "version": version, **more}


def test_a_link_says_whose_leg_which_day_and_whose_time(client_for: Client, settings: Settings) -> None:
    page = client_with_link(client_for).get(address(settings) + "?lang=en")
    body = page.get_data(as_text=True)
    assert page.status_code == 200
    for told in ("zzcanary-MXUS-title", ACTION, "Mexico", "Tuesday 15 December 2026", "end of day, Mexico City"):
        assert told in body, told
    for kept in ("zzcanary-MXUS-person", "United States", "Updates"):
        assert kept not in body, kept
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert 'name="referrer" content="no-referrer"' in body
    assert 'lang="es"' in client_with_link(client_for).get(address(settings)).get_data(as_text=True)


def test_scanners_that_follow_a_link_change_nothing(client_for: Client, database: Database, settings: Settings) -> None:
    before = counts(database), leg_of(database).version
    client = client_with_link(client_for)
    for _ in range(5):
        assert client.get(address(settings)).status_code == 200
        assert client.head(address(settings)).status_code == 200
    assert (counts(database), leg_of(database).version) == before
    with database.system_session("read the reminder") as session:
        assert session.get_one(Reminder, world.identity("reminder", "diego")).answered_at is None


@pytest.mark.parametrize(
    ("sent", "state", "reason", "notes"),
    [
        (answer("done", "Se envió."), "done", None, [("note", "link", "Se envió.")]),
        (answer("under_way"), "under_way", None, []),
        (answer("blocked", "Falta la firma."), "blocked", "Falta la firma.", []),
        (answer("dropped", "No nos toca."), "dropped", "No nos toca.", []),
        (answer("no_change"), "open", None, [("no_change", "link", "")]),
        (answer("note", "Pronto."), "open", None, [("note", "link", "Pronto.")]),
    ],
)
def test_an_answer_is_written_as_the_person_and_once(
    client_for: Client, database: Database, settings: Settings, sent: dict[str, Any], state: str, reason: str | None,
    notes: list[tuple[str, str, str]],
) -> None:  # fmt: skip
    client = client_with_link(client_for)
    form = sent | {"submission_id": str(uuid.uuid4())}
    for _ in range(2):
        done = client.post(address(settings), data=form)
        assert (done.status_code, done.location) == (303, address(settings))
        assert done.headers["Referrer-Policy"] == "no-referrer"
    leg = leg_of(database)
    assert (leg.state, leg.reason, leg.person_name, leg.office_code) == (
        state, reason, "zzcanary-MXUS-person", "MX-SRE",
    )  # fmt: skip
    assert notes_of(database) == notes
    with database.system_session("read what was recorded") as session:
        reminder = session.get_one(Reminder, world.identity("reminder", "diego"))
        acts = session.scalars(select(AuditRecord).where(AuditRecord.action == "answered_by_link")).all()
    assert reminder.answered_at == world.NOW
    assert [(act.person_id, act.party_code) for act in acts] == [(world.CAST["diego"].id, "MX")]


def test_a_word_beside_nothing_new_is_in_the_language_of_the_page(
    client_for: Client, database: Database, settings: Settings
) -> None:
    said = answer("no_change", "Still at the printer.")
    assert client_with_link(client_for).post(address(settings) + "?lang=en", data=said).status_code == 303
    with database.read_session(world.viewer("ana")) as session:
        assert session.scalars(select(ActionNote.language)).all() == ["en"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (answer("blocked"), 422), (answer("dropped", " "), 422), (answer("note"), 422), (answer("verified"), 422),
        (answer(""), 422), (answer("done", version=7), 409), (answer("done", "a\x00"), 422),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_writes_nothing(
    client_for: Client, database: Database, settings: Settings, sent: dict[str, Any], status: int
) -> None:
    page = client_with_link(client_for).post(address(settings), data=sent)
    assert page.status_code == status
    assert page.headers["Referrer-Policy"] == "no-referrer"
    leg = leg_of(database)
    assert (leg.state, leg.version, notes_of(database)) == ("open", 1, [])


def test_a_leg_that_others_recorded_is_accepted_or_declined(
    client_for: Client, database: Database, settings: Settings
) -> None:
    def unaccept(session: Any) -> None:
        session.scalars(select(Leg).where(Leg.party_code == "MX")).one().is_accepted = False

    change(database, unaccept)
    client = client_with_link(client_for)
    page = client.get(address(settings) + "?lang=en").get_data(as_text=True)
    assert "We accept it. We have not begun" in page
    assert "No change since" not in page
    assert client.post(address(settings), data=answer("no_change", version=2)).status_code == 422
    assert client.post(address(settings), data=answer("open", version=2)).status_code == 303
    assert leg_of(database).is_accepted


def test_who_left_or_may_not_see_it_any_more_opens_nothing(
    client_for: Client, database: Database, settings: Settings
) -> None:
    absent = client_for(None).get("/answers/unknown-token?lang=en")
    assert absent.status_code == 404
    diego = world.CAST["diego"].id
    for values in ({"active": False}, {"active": True, "delegation": "CA"}, {"role": "administrator"}):

        def leave(session: Any, values: dict[str, Any] = values) -> None:
            for name, value in values.items():
                setattr(session.get_one(Person, diego), name, value)

        change(database, leave)
        page = client_for(None).get(address(settings) + "?lang=en")
        assert (page.status_code, "zzcanary" in page.get_data(as_text=True)) == (404, False), values
        assert client_for(None).post(address(settings), data=answer("done")).status_code == 404
    assert leg_of(database).version == 1


def test_a_leg_that_was_handed_on_is_answered_by_those_who_have_it_and_who_speak(
    client_for: Client, database: Database, settings: Settings
) -> None:
    def hand_on(session: Any) -> None:
        session.scalars(select(Leg).where(Leg.party_code == "MX")).one().person_id = world.CAST["ana"].id

    change(database, hand_on)
    page = client_for(None).get(address(settings) + "?lang=en")
    assert (page.status_code, "Somebody else of your delegation" in page.get_data(as_text=True)) == (410, True)
    assert client_for(None).post(address(settings), data=answer("done", version=2)).status_code == 410
    lucia = client_with_link(client_for, "lucia")
    assert lucia.post(address(settings, "lucia"), data=answer("done", version=2)).status_code == 303


def test_a_link_works_for_45_days_and_while_something_is_owed(
    client_for: Client, database: Database, settings: Settings, clock: Clock
) -> None:
    client = client_with_link(client_for)
    clock.forward(days=44, hours=23)
    assert client.post(address(settings), data=answer("done")).status_code == 303
    settled = client.get(address(settings) + "?lang=en").get_data(as_text=True)
    assert "There is nothing to answer" in settled
    assert "<textarea" not in settled
    assert client.post(address(settings), data=answer("note", "a")).status_code == 422
    clock.forward(hours=1)
    assert client_for(None).get(address(settings)).status_code == 410


def test_tokens_are_not_guessed_and_answers_are_limited_as_signing_in_is(
    client_for: Client, settings: Settings
) -> None:
    genuine = address(settings)
    for forged in (
        f"{genuine[:-2]}AA", genuine[:-1], f"{genuine}A", f"/answers/{uuid.uuid4()}",
        f"/answers/{token_of(world.identity('reminder', 'diego'), 'another secret')}",
        f"/answers/{token_of(uuid.uuid4(), settings.secret_key)}",
    ):  # fmt: skip
        assert client_for(None).get(forged).status_code == 404, forged
        assert client_for(None).post(forged, data=answer("done")).status_code == 404, forged
    client = client_with_link(client_for)
    answered = [client.post(genuine, data=answer("blocked")).status_code for _ in range(11)]
    assert answered == [422] * 10 + [429]


def test_the_token_is_in_no_log(client_for: Client, settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    from app.logs import get_logger

    path = address(settings)
    client = client_with_link(client_for)
    client.get(path)
    client.post(path, data=answer("done"))
    get_logger().warning("asked for", path=path, address=f"https://entente.example{path}?lang=es")
    token = path.rpartition("/")[2]
    logged = "".join(capfd.readouterr())
    assert "asked for" in logged
    assert token not in logged


def test_one_link_opens_no_other_leg(client_for: Client, database: Database, settings: Settings) -> None:
    sent = answer("done") | {"party": "US", "reference": ACTION, "leg_id": str(uuid.uuid4()), "action": ACTION}
    assert client_with_link(client_for).post(address(settings), data=sent).status_code == 303
    with database.read_session(world.viewer("carol")) as session:
        states = {leg.party_code: leg.state for leg in session.scalars(select(Leg))}
        action = session.scalars(select(Action)).one()
    assert (states, action.state) == ({"MX": "done", "US": "open"}, "open" if states["MX"] == "open" else "under_way")
