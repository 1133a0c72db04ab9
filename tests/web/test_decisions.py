"""The pages of decisions: whom they are for, what they say, and how one is answered and withdrawn."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Decision, Mechanism
from app.services.decisions import Asked, answer, ask
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app
from tests.subscribing import counted_statements

ClientFor = Callable[[str | None], CheckingClient]
ALL = ("CA", "MX", "US")
CORRECTION = {"fields": {"level": "leaders"}, "before": {}, "was": {"level": "ministers"}}


def asked_of(
    database: Database,
    ref: str = "M01",
    by: str = "ana",
    parties: tuple[str, ...] = ALL,
    note: str = "",
    **content: object,
) -> uuid.UUID:
    """Let somebody of the cast ask the parties of a mechanism to correct its facts."""
    with database.write_session(world.viewer(by)) as session:
        mechanism = session.execute(select(Mechanism).where(Mechanism.ref == ref)).scalar_one()
        decision = ask(session, Asked("facts", {**CORRECTION, **content}, parties, mechanism, note=note))
        session.commit()
        return decision.id


def given(database: Database, decision_id: uuid.UUID, by: str, said: str, note: str = "") -> None:
    """Let somebody of the cast answer."""
    with database.write_session(world.viewer(by)) as session:
        answer(session, decision_id, said, note, version=decision_of(database, decision_id).version)
        session.commit()


def decision_of(database: Database, decision_id: uuid.UUID) -> Decision:
    """Return a decision as it stands."""
    with database.system_session("look") as session:
        return session.get_one(Decision, decision_id)


def words_of(client: CheckingClient, path: str, status: int = 200) -> str:
    """Return the text of a page's main part, in one line."""
    response = client.get(path)
    assert response.status_code == status, path
    return plain(response.get_data(as_text=True))


def plain(page: str) -> str:
    """Return the words of the main part of a page."""
    main = page.split("<main", 1)[1]
    without = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", main, flags=re.DOTALL)
    return " ".join(without.replace("\u00a0", " ").replace("&#39;", "'").split())


def database_of(app: Flask) -> Database:
    """Return the database that an app runs on."""
    found: Database = app.extensions["entente.database"]
    return found


# The list -----------------------------------------------------------------------------------------


def test_each_reads_what_waits_for_them_what_they_asked_and_what_is_over(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    asked_of(database)
    mine = words_of(client_for("ana"), "/decisions?lang=en")
    assert "Nothing waits for your party’s answer. Asked by your side" in mine
    assert "Correct the facts: level" in mine
    theirs = words_of(client_for("carol"), "/decisions?lang=en")
    assert "Decisions that wait for your party’s answer What is asked Asked by Asked on Answer by Waits for" in theirs
    assert "Mexico" in theirs
    assert "Asked by your side" not in theirs
    assert "Your coordinator or head answers" in words_of(client_for("daniel"), "/decisions?lang=en")
    assert "Open, and waiting for others" in words_of(client_for("sam"), "/decisions?lang=en")


def test_what_was_answered_moves_to_what_waits_for_others(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    decision_id = asked_of(database)
    given(database, decision_id, "carol", "no")
    page = words_of(client_for("carol"), "/decisions?lang=en")
    assert "Nothing waits for your party’s answer. Open, and waiting for others" in page


@pytest.mark.parametrize(("key", "status"), [("olga", 404), ("marta", 404), (None, 303), ("sam", 200)])
def test_who_has_a_list_of_decisions(client_for: ClientFor, key: str | None, status: int) -> None:
    assert client_for(key).get("/decisions").status_code == status


def test_a_decision_of_two_does_not_exist_for_the_third(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    before = {
        path: words_of(client_for("adaeze"), path) for path in ("/decisions", "/", "/mechanisms/policy-planning-us-mx")
    }
    decision_id = asked_of(database, "M05", parties=("MX", "US"), note=world.canary("MXUS", "why"))
    for key in ("benoit", "isabelle", "adaeze", "sam"):
        client = client_for(key)
        missing = client.get(f"/decisions/{uuid.UUID(int=5)}")
        found = client.get(f"/decisions/{decision_id}")
        assert (found.status_code, missing.status_code) == (404, 404)
        assert plain(found.get_data(as_text=True)) == plain(missing.get_data(as_text=True))
        posted = client.post(f"/decisions/{decision_id}/answer", data={"answer": "yes", "version": "1"})
        assert posted.status_code == 404
    assert {path: words_of(client_for("adaeze"), path) for path in before} == before
    assert world.canary("MXUS", "why") in words_of(client_for("carol"), f"/decisions/{decision_id}")


@pytest.mark.parametrize("path", ["/decisions", "/decisions/{id}"])
def test_statements_do_not_grow(app: Flask, client_for: ClientFor, path: str) -> None:
    database = database_of(app)
    counts = []
    decision_id = asked_of(database)
    for _round in range(2):
        with counted_statements(database) as found:
            assert client_for("carol").get(path.format(id=decision_id)).status_code == 200
        counts.append(len(found))
        for ref in ("M01", "M02", "M03"):
            asked_of(database, ref)
    assert counts[0] == counts[1]
    assert counts[0] <= 12


# The first page -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("carol", "Asked of the parties: your party’s answer Mexico asks: Correct the facts: level"),
        ("daniel", "Asked of the parties: it waits for your coordinator or head Mexico asks: Correct the facts: level"),
        ("isabelle", "the day to answer by"),
    ],
)
def test_what_is_asked_waits_on_the_first_page(app: Flask, client_for: ClientFor, key: str, said: str) -> None:
    decision_id = asked_of(database_of(app), answer_by="2026-12-04")
    page = client_for(key).get("/?lang=en").get_data(as_text=True)
    assert said in plain(page)
    assert f'href="/decisions/{decision_id}"' in page


def test_what_ones_own_side_asked_waits_for_others(app: Flask, client_for: ClientFor) -> None:
    asked_of(database_of(app), by="sam")
    assert "Asked by your secretariat: it waits for answers" in words_of(client_for("sam"), "/?lang=en")
    asked_of(database_of(app), "M02")
    page = words_of(client_for("ana"), "/?lang=en")
    assert "1 matter waits for you." in page
    assert "The secretariat asks: Correct the facts: level" in page


def test_the_first_page_takes_as_many_statements_however_much_is_asked(app: Flask, client_for: ClientFor) -> None:
    database, counts = database_of(app), []
    for refs in (("M01",), ("M01", "M02", "M03")):
        for ref in refs:
            asked_of(database, ref)
        with counted_statements(database) as found:
            assert client_for("carol").get("/").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12 + 3


def test_the_audit_trail_says_on_which_mechanism(app: Flask, client_for: ClientFor) -> None:
    asked_of(database_of(app))
    page = client_for("carol").get("/audit?lang=en").get_data(as_text=True)
    assert "Asked the parties to decide" in page
    assert 'href="/mechanisms/un-coordination"' in page


# One decision -------------------------------------------------------------------------------------


def test_a_decision_shows_what_stands_beside_what_would_be(app: Flask, client_for: ClientFor) -> None:
    decision_id = asked_of(database_of(app), note="The leaders meet since 2024.\n\nSee the note of May.")
    page = words_of(client_for("carol"), f"/decisions/{decision_id}?lang=en")
    assert "What stands holds until every party has said yes. It waits for Canada and United States." in page
    assert "Level Ministers Leaders" in page.replace("Senior officials", "Ministers")
    assert "Why, as Mexico wrote it The leaders meet since 2024. See the note of May." in page
    assert "Canada no answer yet" in page
    assert "Mexico yes Sun 22 Nov 2026, 10:00 Washington" in page
    assert "Answer for United States" in page
    assert "Withdraw it" not in page


def test_names_are_for_ones_own_people(app: Flask, client_for: ClientFor) -> None:
    decision_id = asked_of(database_of(app), note="Because.")
    assert "Why, as Ana Robles wrote it" in words_of(client_for("diego"), f"/decisions/{decision_id}?lang=en")
    assert "Ana Robles" not in words_of(client_for("carol"), f"/decisions/{decision_id}?lang=en")


@pytest.mark.parametrize("key", ["daniel", "benoit", "sam"])
def test_officials_and_the_secretariat_see_and_do_not_answer(app: Flask, client_for: ClientFor, key: str) -> None:
    decision_id = asked_of(database_of(app))
    client = client_for(key)
    page = client.get(f"/decisions/{decision_id}?lang=en").get_data(as_text=True)
    assert "answer-form" not in page
    posted = client.post(f"/decisions/{decision_id}/answer?lang=en", data={"answer": "yes", "version": "1"})
    assert posted.status_code == 422
    assert "Your role does not allow this." in posted.get_data(as_text=True)
    assert client.get(f"/decisions/{decision_id}/withdraw").status_code == 403


def test_an_answer_is_given_with_a_note_and_can_change(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    decision_id = asked_of(database)
    path = f"/decisions/{decision_id}"
    sent = {"answer": "no", "note": "Not before May.", "version": str(decision_of(database, decision_id).version)}
    posted = client_for("carol").post(f"{path}/answer", data=sent)
    assert (posted.status_code, posted.location) == (303, path)
    assert "United States no Sun 22 Nov 2026, 9:00 Mexico City Not before May." in words_of(
        client_for("ana"), f"{path}?lang=en"
    )
    given(database, decision_id, "carol", "yes")
    page = words_of(client_for("ana"), f"{path}?lang=en")
    assert "United States yes" in page
    assert "Not before May." not in page


def test_an_answer_without_an_answer_keeps_what_was_typed(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    decision_id = asked_of(database)
    sent = {"note": "Kept words.", "version": str(decision_of(database, decision_id).version)}
    posted = client_for("carol").post(f"/decisions/{decision_id}/answer?lang=en", data=sent)
    assert posted.status_code == 422
    page = posted.get_data(as_text=True)
    assert "Fill this in." in page
    assert "Kept words." in page


def test_who_answers_after_somebody_else_sees_both(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    decision_id = asked_of(database)
    version = str(decision_of(database, decision_id).version)
    given(database, decision_id, "isabelle", "no", "Canada needs a month.")
    sent = {"answer": "yes", "note": "We agree.", "version": version}
    posted = client_for("carol").post(f"/decisions/{decision_id}/answer?lang=en", data=sent)
    assert posted.status_code == 409
    page = posted.get_data(as_text=True)
    assert "Somebody answered after you opened this page." in page
    assert "Canada needs a month." in page
    assert "We agree." in page
    assert decision_of(database, decision_id).state == "open"


def test_what_is_withdrawn_can_be_answered_no_more(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    decision_id = asked_of(database)
    path = f"/decisions/{decision_id}"
    assert "What stood before stands." in words_of(client_for("lucia"), f"{path}/withdraw?lang=en")
    version = str(decision_of(database, decision_id).version)
    assert client_for("carol").post(f"{path}/withdraw", data={"version": version}).status_code == 403
    assert client_for("lucia").post(f"{path}/withdraw", data={"version": version}).status_code == 303
    assert "It was withdrawn. What stood before stands." in words_of(client_for("carol"), f"{path}?lang=en")
    version = str(decision_of(database, decision_id).version)
    late = client_for("carol").post(f"{path}/answer?lang=en", data={"answer": "yes", "version": version})
    assert late.status_code == 422
    assert "This can no longer be done" in late.get_data(as_text=True)


def test_a_withdrawal_that_crossed_an_answer_is_asked_again(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    decision_id = asked_of(database)
    version = str(decision_of(database, decision_id).version)
    given(database, decision_id, "carol", "yes")
    posted = client_for("ana").post(f"/decisions/{decision_id}/withdraw?lang=en", data={"version": version})
    assert posted.status_code == 409
    assert "Withdraw it again if you still mean it." in posted.get_data(as_text=True)
    assert decision_of(database, decision_id).state == "open"


def test_what_an_older_release_wrote_has_a_page(settings: Settings, told: Database) -> None:
    client = client_of(make_app(settings, told), "carol")
    decision_id = world.identity("decision", story.HIDDEN)
    with told.system_session("write what no form writes", "write") as session:
        session.get_one(Decision, decision_id).content = {"fields": 7}
        session.commit()
    assert "Correct the facts" in words_of(client, f"/decisions/{decision_id}?lang=en")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_page_in_each_language(app: Flask, client_for: ClientFor, language: str) -> None:
    decision_id = asked_of(database_of(app), answer_by=dt.date(2026, 12, 4).isoformat())
    for path in ("/decisions", f"/decisions/{decision_id}", f"/decisions/{decision_id}/withdraw"):
        assert words_of(client_for("ana"), f"{path}?lang={language}")
