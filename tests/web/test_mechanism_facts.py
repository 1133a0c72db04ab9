"""The pages on which the parties keep a mechanism: each fact's standing, corrections, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.domain.fact_edits import FACT_FIELDS, digest_of_fact
from app.models import Decision, FactStatement, Mechanism
from app.services.decisions import answer
from app.web.mechanisms.fact_forms import GROUPS
from tests import world
from tests.conftest import CheckingClient
from tests.subscribing import counted_statements
from tests.web.test_decisions import database_of, plain, words_of

ClientFor = Callable[[str | None], CheckingClient]
# The drug dialogue is of the three; the policy planning talks are of Mexico and the United States.
PAGE, TWO = "/mechanisms/drug-dialogue", "/mechanisms/policy-planning-us-mx"


def mechanism(database: Database, ref: str = "M02") -> Mechanism:
    with database.system_session("look") as session:
        return world.mechanism_of(session, ref)


def digest(database: Database, field: str, ref: str = "M02") -> str:
    return digest_of_fact(mechanism(database, ref).facts[field])


def decisions(database: Database) -> list[Decision]:
    with database.system_session("look") as session:
        return list(session.execute(select(Decision).order_by(Decision.asked_at)).scalars())


def agreed(database: Database, decision_id: uuid.UUID, *keys: str) -> None:
    for key in keys:
        with database.write_session(world.viewer(key)) as session:
            version = session.get_one(Decision, decision_id, populate_existing=True).version
            answer(session, decision_id, "yes", "", version=version)
            session.commit()


def post(client: CheckingClient, path: str, **sent: Any) -> TestResponse:
    return client.post(f"{path}?lang=en", data=sent)


def fields_of(client: CheckingClient, path: str) -> dict[str, Any]:
    """Return what the form of a page would send, as a browser reads it."""
    import html5lib

    page = html5lib.parse(client.get(path).get_data(as_text=True), namespaceHTMLElements=False)
    found: dict[str, Any] = {}
    form = next(form for form in page.iter("form") if form.get("class") == "form")
    for each in form.iter():
        name = each.get("name")
        if each.tag == "select" and name:
            options = list(each.iter("option"))
            found[name] = next(
                (o.get("value") for o in options if o.get("selected") is not None), options[0].get("value")
            )
        elif each.tag == "textarea" and name:
            found[name] = (each.text or "").removeprefix("\n")
        elif each.tag == "input" and name:
            if each.get("type") in {"checkbox", "radio"}:
                if each.get("checked") is not None:
                    found.setdefault(name, []).append(each.get("value"))
            else:
                found[name] = each.get("value") or ""
    return found


# Who sees and does what ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "sees", "states", "asks"),
    [
        ("ana", True, True, True), ("carol", True, True, True), ("diego", True, False, False),
        ("benoit", False, False, False), ("adaeze", False, False, False), ("sam", False, False, False),
    ],
)  # fmt: skip
def test_its_parties_keep_a_mechanism_and_others_read_it(
    client_for: ClientFor, key: str, sees: bool, states: bool, asks: bool
) -> None:
    page = client_for(key).get(f"{TWO}?lang=en").get_data(as_text=True)
    assert ("Facts and decisions" in page, "/facts/level/confirm" in page, "/correct/level" in page) == (
        sees,
        states,
        asks,
    )


def test_the_secretariat_of_exactly_its_parties_asks_and_says_nothing_itself(client_for: ClientFor) -> None:
    page = client_for("sam").get(f"{PAGE}?lang=en").get_data(as_text=True)
    assert ("Facts and decisions" in page, "/confirm" in page, "/correct/level" in page) == (True, False, True)


def test_nothing_that_two_say_and_ask_shows_to_the_third(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    stranger = client_for("adaeze")
    before = {path: words_of(stranger, path) for path in (TWO, "/mechanisms", "/", "/decisions", "/audit")}
    said = world.canary("MXUS", "contest")
    post(client_for("carol"), f"{TWO}/facts/level/contest", note=said, digest=digest(database, "level", "M05"))
    sent = fields_of(client_for("ana"), f"{TWO}/correct/scope") | {
        "scope_in": "A new field",
        "note": world.canary("MXUS", "why"),
    }
    assert post(client_for("ana"), f"{TWO}/correct/scope", **sent).status_code == 303
    assert said in words_of(client_for("ana"), TWO)
    assert {path: words_of(stranger, path) for path in before} == before


@pytest.mark.parametrize("key", ["diego", "benoit", "isabelle", "sam"])
@pytest.mark.parametrize(
    "path",
    [
        "facts/level/confirm", "facts/level/contest", "correct/names", "lead-offices", "conclude", "reopen",
        "activate", "merge", "not-held",
    ],
)  # fmt: skip
def test_who_does_not_speak_for_a_party_is_refused(client_for: ClientFor, key: str, path: str) -> None:
    response = post(client_for(key), f"{TWO}/{path}", digest="x", version="1")
    assert response.status_code in {403, 422}
    assert "Your role does not allow this." in response.get_data(as_text=True)


# One party's word ---------------------------------------------------------------------------------


def test_each_party_confirms_or_contests_and_both_stand(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    sent = {"digest": digest(database, "level")}
    assert post(client_for("ana"), f"{PAGE}/facts/level/confirm", **sent).status_code == 303
    assert post(client_for("carol"), f"{PAGE}/facts/level/contest", note="It is ministers.", **sent).status_code == 303
    page = words_of(client_for("isabelle"), f"{PAGE}?lang=en")
    assert "1 fact is contested : Level" in page
    assert "MX Mexico confirms it" in page
    assert "US United States contests it" in page
    assert "It is ministers." in page
    assert "Senior officials" in page


def test_a_word_without_words_is_no_contest(app: Flask, client_for: ClientFor) -> None:
    response = post(client_for("carol"), f"{PAGE}/facts/level/contest", digest=digest(database_of(app), "level"))
    assert response.status_code == 422
    assert "Say what is wrong with it." in response.get_data(as_text=True)


def test_what_was_read_is_what_is_confirmed(app: Flask, client_for: ClientFor) -> None:
    response = post(client_for("carol"), f"{PAGE}/facts/level/contest", note="My words.", digest="0" * 64)
    assert response.status_code == 409
    page = response.get_data(as_text=True)
    assert "This fact has changed since you opened this page." in page
    assert "My words." in page
    assert post(client_for("carol"), f"{PAGE}/facts/level/confirm", digest="0" * 64).status_code == 409


def test_a_contest_is_withdrawn_by_its_own_party(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    post(client_for("carol"), f"{PAGE}/facts/level/contest", note="Ministers.", digest=digest(database, "level"))
    with database.system_session("look") as session:
        statement_id = session.execute(select(FactStatement.id)).scalar_one()
    path = f"{PAGE}/statements/{statement_id}/withdraw"
    assert post(client_for("ana"), path).status_code == 403
    assert post(client_for("erin"), path).status_code == 303
    page = words_of(client_for("ana"), f"{PAGE}?lang=en")
    assert "contested" not in page
    assert "One earlier word" in page
    assert "withdrawn" in page


# Corrections --------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", list(GROUPS))
def test_a_form_that_is_sent_back_untouched_changes_nothing(client_for: ClientFor, group: str) -> None:
    for page in (PAGE, TWO):
        path = f"{page}/correct/{group}"
        response = post(client_for("ana"), path, **fields_of(client_for("ana"), path))
        assert response.status_code == 422
        assert "Nothing differs from what stands now." in plain(response.get_data(as_text=True))


@pytest.mark.parametrize(
    ("group", "changed", "said"),
    [
        ("names", {"name_en": "  "}, "Fill this in."),
        ("level", {"minimum_meetings": "0"}, "Give a number of meetings from 1 to 366."),
        ("level", {"minimum_meetings": "367"}, "Give a number of meetings from 1 to 366."),
        ("level", {"period_months": "0"}, "Give a number of months from 1 to 240."),
        ("level", {"period_months": "241"}, "Give a number of months from 1 to 240."),
        ("level", {"period_months": ""}, "Give a number of months from 1 to 240."),
        ("level", {"period_months": "-3"}, "Write a whole number in digits."),
        ("level", {"level": "gods"}, "Choose one from the list."),
        ("mandate", {"mandate_on": "2026-11-23"}, "This date is yet to come."),
        ("mandate", {"mandate_on": "2027"}, "This date is yet to come."),
        ("mandate", {"mandate_on": "June 2016"}, "Write the date as far as it is known"),
        ("mandate", {"deadline": "2016-06-28"}, "The deadline comes before the mandate."),
        ("mandate", {"deadline": "tomorrow"}, "This is not a date."),
        ("hosts", {"first_host": "CA", "second_host": "", "third_host": ""}, "Turns to host need two parties"),
        ("hosts", {"first_host": "CA", "second_host": "CA", "third_host": ""}, "A party stands twice"),
        ("hosts", {"first_host": "CA", "second_host": "SE", "third_host": ""}, "This party cannot be chosen here."),
        ("hosts", {"first_host": "", "second_host": "", "third_host": "", "rotation_attested": "y"},
         "An order that is not given cannot be attested."),
        ("hosts", {"guests": ["XX"]}, "This party cannot be chosen here."),
        ("hosts", {"guests": ["CA"]}, "Canada is a party to this mechanism, and cannot be its guest."),
        ("status", {"status": "proposed"}, "What was agreed once does not become a proposal again."),
        ("family", {"parent": "M02"}, "A mechanism is not its own parent."),
        ("family", {"parent": "M99"}, "There is no such mechanism that you can choose."),
        ("family", {"related": ["M02"]}, "A mechanism is not related to itself."),
        ("scope", {"answer_by": "2026-11-21", "scope_in": "x"}, "This day is past."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_was_typed(
    app: Flask, client_for: ClientFor, group: str, changed: dict[str, Any], said: str
) -> None:
    path = f"{PAGE}/correct/{group}"
    sent = fields_of(client_for("ana"), path) | {"note": "Kept words."} | changed
    response = post(client_for("ana"), path, **sent)
    page = plain(response.get_data(as_text=True))
    assert (response.status_code, said in page, "Kept words." in page) == (422, True, True), page
    assert decisions(database_of(app)) == []


def test_parents_in_a_circle_are_refused(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    with database.system_session("make M02 the parent of M01", "write") as session:
        row = world.mechanism_of(session, "M01")
        row.facts = {**row.facts, "parent": "M02"}
        session.commit()
    path = f"{PAGE}/correct/family"
    response = post(client_for("ana"), path, **(fields_of(client_for("ana"), path) | {"parent": "M01"}))
    assert response.status_code == 422
    assert "each would be the parent of the other" in response.get_data(as_text=True)


def test_a_correction_holds_once_every_party_said_yes(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    path = f"{PAGE}/correct/level"
    sent = fields_of(client_for("ana"), path) | {
        "level": "ministers",
        "answer_by": "2026-12-04",
        "note": "Since Ottawa.",
    }
    response = post(client_for("ana"), path, **sent)
    assert response.status_code == 303
    (decision,) = decisions(database)
    assert response.location == f"/decisions/{decision.id}"
    assert "another is asked for Both side by side" in words_of(client_for("carol"), f"{PAGE}?lang=en")
    shown = words_of(client_for("carol"), f"/decisions/{decision.id}?lang=en")
    assert "Level Senior officials Ministers" in shown
    assert "Answers are wanted by Friday 4 December 2026." in shown
    assert "Mexico asks: Correct the facts: level" in words_of(client_for("carol"), "/?lang=en")
    assert mechanism(database).facts["level"] == "senior_officials"
    agreed(database, decision.id, "carol", "isabelle")
    assert mechanism(database).facts["level"] == "ministers"
    assert "Level Ministers attested" in words_of(client_for("benoit"), f"{PAGE}?lang=en")


def test_of_two_who_edit_the_second_reads_both(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    path = f"{PAGE}/correct/names"
    sent = fields_of(client_for("ana"), path) | {"name_en": "My own name"}
    with database.system_session("somebody was quicker", "write") as session:
        row = world.mechanism_of(session, "M02")
        row.facts = {**row.facts, "name": {**row.facts["name"], "en": "Their name"}}
        session.commit()
    response = post(client_for("ana"), path, **sent)
    page = plain(response.get_data(as_text=True))
    assert (response.status_code, "My own name" in page, "Their name" in page) == (409, True, True)
    assert decisions(database) == []
    again = re.search(r'name="version" value="([0-9]+)"', response.get_data(as_text=True))
    assert again
    assert post(client_for("ana"), path, **(sent | {"version": again[1]})).status_code == 303


def test_ones_own_lead_offices_change_at_once(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    path = f"{PAGE}/lead-offices"
    sent = fields_of(client_for("isabelle"), path) | {"lead_offices": ["CA-GAC"]}
    before = mechanism(database).facts["lead_offices"]
    assert post(client_for("isabelle"), path, **sent).status_code == 303
    facts = mechanism(database).facts
    assert facts["lead_offices"] == {**before, "CA": ["CA-GAC"]}
    assert "CA-GAC" in facts["lead_offices_attested"]
    assert decisions(database) == []
    assert post(client_for("adaeze"), path, **sent).status_code == 409
    foreign = fields_of(client_for("ana"), path) | {"lead_offices": ["US-STATE"]}
    refused = post(client_for("ana"), path, **foreign)
    assert (refused.status_code, "not one of your government’s" in refused.get_data(as_text=True)) == (422, True)


# What becomes of it -------------------------------------------------------------------------------


def test_a_period_is_not_held_only_once_the_parties_said_so(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    path = f"{PAGE}/not-held"
    page = client_for("ana").get(f"{path}?lang=en").get_data(as_text=True)
    assert "2025-01-01/2025-12-31" in page
    assert "2024-01-01/2024-12-31" not in page
    assert "2026-01-01/2026-12-31" not in page
    sent = fields_of(client_for("ana"), path) | {"period": "2025-01-01/2025-12-31", "note": "Elections."}
    assert post(client_for("ana"), path, **sent).status_code == 303
    (decision,) = decisions(database)
    assert "2025 not held" not in words_of(client_for("benoit"), f"{PAGE}?lang=en")
    agreed(database, decision.id, "carol", "isabelle")
    read = words_of(client_for("benoit"), f"{PAGE}?lang=en")
    assert "2025 not held" in read
    assert "planned, not held" in read
    assert "Elections." in read


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("", "Choose one from the list."),
        ("2025", "The mechanism has no such period."),
        ("2025-12-31/2025-01-01", "The end comes before the start."),
        ("2026-01-01/2026-12-31", "This period is not over yet."),
        ("2024-01-01/2024-12-31", "The mechanism has no such period."),
        ("2025-02-01/2025-03-01", "The mechanism has no such period."),
    ],
)
def test_periods_that_are_none(client_for: ClientFor, period: str, said: str) -> None:
    response = post(client_for("ana"), f"{PAGE}/not-held", period=period)
    assert (response.status_code, said in response.get_data(as_text=True)) == (422, True)


def test_a_mechanism_is_concluded_and_taken_up_again(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    refused = post(client_for("ana"), f"{PAGE}/conclude", reason=" ")
    assert (refused.status_code, "Give a reason." in refused.get_data(as_text=True)) == (422, True)
    assert post(client_for("ana"), f"{PAGE}/conclude", reason="Its work is done.").status_code == 303
    agreed(database, decisions(database)[0].id, "carol", "isabelle")
    page = words_of(client_for("benoit"), f"{PAGE}?lang=en")
    assert "Status: concluded, as the parties recorded it here on 22 November 2026." in page
    assert "Its work is done." in page
    again = post(client_for("ana"), f"{PAGE}/conclude", reason="Once more.")
    assert (again.status_code, "concluded already" in again.get_data(as_text=True)) == (422, True)
    assert post(client_for("carol"), f"{PAGE}/reopen", status="active", reason="Needed.").status_code == 303
    reopened = next(each for each in decisions(database) if each.state == "open")
    agreed(database, reopened.id, "ana", "isabelle")
    assert mechanism(database).status == "active"


def test_a_proposal_leaves_its_shelf_once_every_party_said_yes(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    with database.system_session("find a proposal of the three", "read") as session:
        rows = session.execute(select(Mechanism).where(Mechanism.status == "proposed")).scalars()
        proposal = next(row for row in rows if set(row.parties) == set(world.THREE))
        code, ref = proposal.code, proposal.ref or ""
    path = f"/mechanisms/{code}"
    refused = post(client_for("ana"), f"{path}/activate", status="active", instrument="", mandate_on="2026-11-20")
    assert refused.status_code == 422
    sent = {"status": "agreed", "instrument": "Joint statement of Ottawa", "mandate_on": "2026-11-20"}
    assert post(client_for("ana"), f"{path}/activate", **sent).status_code == 303
    (decision,) = decisions(database)
    agreed(database, decision.id, "carol")
    assert mechanism(database, ref).status == "proposed"
    agreed(database, decision.id, "isabelle")
    found = mechanism(database, ref)
    assert (found.status, found.facts["mandate"]["instrument"]) == ("agreed", "Joint statement of Ottawa")
    assert f'href="{path}"' in client_for("benoit").get("/mechanisms").get_data(as_text=True)
    assert f'href="{path}"' not in client_for("benoit").get("/mechanisms?shelf=proposals").get_data(as_text=True)
    page = words_of(client_for("benoit"), f"{path}?lang=en")
    assert "Joint statement of Ottawa" in page
    assert "the parties, here" in page


def test_what_is_merged_counts_where_it_went(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    with database.system_session("a meeting of M01", "write") as session:
        world.add_meeting(session, "UNC-2026-3", mechanism="M01", state="held", starts_on=dt.date(2026, 3, 4))
        session.commit()
    path = "/mechanisms/un-coordination"
    for into, said in (
        ("un-coordination", "cannot be merged into itself"),
        ("policy-planning-us-mx", "the same parties"),
        ("", "Choose one from the list."),
        ("nowhere", "no such mechanism"),
    ):
        response = post(client_for("ana"), f"{path}/merge", into=into)
        assert (response.status_code, said in response.get_data(as_text=True)) == (422, True), into
    assert post(client_for("ana"), f"{path}/merge", into="drug-dialogue").status_code == 303
    (decision,) = decisions(database)
    agreed(database, decision.id, "carol", "isabelle")
    page = words_of(client_for("benoit"), f"{path}?lang=en")
    assert "Merged into: North American Dialogue on Drug Policy" in page
    target = client_for("benoit").get(f"{PAGE}?lang=en").get_data(as_text=True)
    assert 'href="/meetings/UNC-2026-3"' in target
    assert 'href="/mechanisms/un-coordination"' not in client_for("benoit").get("/mechanisms").get_data(as_text=True)
    assert "un-coordination" not in client_for("ana").get("/meetings/new").get_data(as_text=True)
    assert client_for("benoit").get("/meetings/UNC-2026-3").status_code == 200
    back = post(client_for("ana"), f"{PAGE}/merge", into="un-coordination")
    assert (back.status_code, "each would be part of the other" in back.get_data(as_text=True)) == (422, True)
    assert post(client_for("ana"), f"{path}/conclude", reason="x").status_code == 422


# All of it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_page_in_each_language(client_for: ClientFor, language: str) -> None:
    client = client_for("ana")
    paths = [f"correct/{group}" for group in GROUPS] + [
        "facts/level/contest", "lead-offices", "conclude", "reopen", "activate", "merge", "not-held",
    ]  # fmt: skip
    for path in paths:
        assert words_of(client, f"{PAGE}/{path}?lang={language}")


def test_statements_of_the_page_do_not_grow_with_what_is_said(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    counts = []
    for _round in range(2):
        for key in ("ana", "carol", "isabelle"):
            for field in FACT_FIELDS:
                post(client_for(key), f"{PAGE}/facts/{field}/confirm", digest=digest(database, field))
        path = f"{PAGE}/correct/scope"
        post(client_for("ana"), path, **(fields_of(client_for("ana"), path) | {"scope_in": "x", "note": "y"}))
        with counted_statements(database) as found:
            assert client_for("carol").get(PAGE).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 14 + 3  # its best practices and who takes part in silence are on it
