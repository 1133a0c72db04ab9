"""Recording an action of every kind, changing what it says, taking a leg on, links and one's own steps, by pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from flask import Flask
from sqlalchemy import event, select

from app.db import Database
from app.models import Action, AgendaItem, Commitment, CommitmentAction, Leg
from config import Settings
from tests import story, world
from tests.conftest import client_of, make_app

MEETING, ITEM = "UNC-2026-2", world.identity("item", "UNC-2026-2")
HIDDEN_ITEM = world.identity("item", story.HIDDEN)
NEW = {
    "title_en": "Share the list", "original": "en", "kind": "task", "priority": "normal",
    "part_CA": "sees", "part_MX": "owes", "part_US": "owes",
}  # fmt: skip
Client = Callable[[str | None], Any]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Return the world on SQLite alone: what differs between engines is held by the services' own tests."""
    with sqlite_database.system_session("prepare a meeting", "write") as session:
        for reference, parties in ((MEETING, world.THREE), (story.HIDDEN, ("MX", "US"))):
            meeting = world.add_meeting(session, reference, parties, mechanism="M01")
            session.add(
                AgendaItem(
                    id=world.identity("item", reference), meeting_id=meeting.id, position=1, kind="other_business",
                    type="discussion", title={"en": "Lists of names", "original": "en"}, minutes=10,
                    audience_id=meeting.audience_id,
                )
            )  # fmt: skip
        session.commit()
    return sqlite_database


def page_of(response: Any) -> str:
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return " ".join(" ".join(page.find(".//main").itertext()).split())


def record(client: Any, query: str = f"meeting={MEETING}", **changed: str) -> str:
    response = client.post(f"/actions/new?{query}&lang=en", data=NEW | changed)
    assert response.status_code == 303, page_of(response)
    return str(response.location.rpartition("/")[2])


def kept(database: Database, reference: str) -> Action:
    with database.system_session("look at an action") as session:
        return session.scalars(select(Action).where(Action.reference == reference)).one()


def version_in(client: Any, path: str) -> str:
    return re.findall(r'name="version"[^>]*value="([^"]*)"', client.get(path).get_data(as_text=True))[0]


# Recording ------------------------------------------------------------------------------------------


def test_each_item_of_an_agenda_leads_to_recording_from_it(client_for: Client, database: Database) -> None:
    client = client_for("carol")
    address = f"/actions/new?meeting={MEETING}&item={ITEM}"
    assert address in client.get(f"/meetings/{MEETING}").get_data(as_text=True).replace("&amp;", "&")
    assert address not in client.get(f"/meetings/{MEETING}/agenda").get_data(as_text=True).replace("&amp;", "&")
    assert "From the agenda item Lists of names" in page_of(client.get(address))
    quoted = "The delegations agreed to share the list."
    reference = record(client, f"meeting={MEETING}&item={ITEM}", conclusion_en=quoted, body_es="Con detalle.")
    action = kept(database, reference)
    assert (action.agenda_item_id, action.meeting_id) == (ITEM, world.identity("meeting", MEETING))
    assert (action.conclusion, action.body) == (
        {"en": quoted, "original": "en"}, {"es": "Con detalle.", "original": "es"},
    )  # fmt: skip
    shown = page_of(client.get(f"/actions/{reference}"))
    assert f"From the agenda item Lists of names The conclusion it comes from {quoted}" in shown
    assert "Con detalle. in Spanish" in shown


@pytest.mark.parametrize("query", [f"meeting={MEETING}&item={HIDDEN_ITEM}", f"meeting={MEETING}&item=x",
                                   f"item={ITEM}", f"meeting={story.HIDDEN}", "commitment=C99"])  # fmt: skip
def test_nothing_is_recorded_from_what_is_not_seen(client_for: Client, query: str) -> None:
    for answer in (client_for("benoit").get, lambda path: client_for("benoit").post(path, data=NEW)):
        assert answer(f"/actions/new?{query}").status_code == 404


def test_an_action_serves_the_commitment_it_is_recorded_from(client_for: Client, database: Database) -> None:
    with database.system_session("look for a commitment") as session:
        commitment = session.scalars(select(Commitment).where(Commitment.ref == "C01")).one()
    page = client_for("ana").get("/actions/new?commitment=c01&lang=en")
    assert "Serves the commitment C01" in page_of(page)
    for code in commitment.owners:
        assert re.search(rf'name="part_{code}" value="owes" checked', page.get_data(as_text=True))
    reference = record(client_for("ana"), "commitment=C01", part_CA="none", part_US="none")
    with database.read_session(world.viewer("ana")) as session:
        row = session.scalars(select(CommitmentAction).where(CommitmentAction.commitment_id == commitment.id)).one()
        action = session.scalars(select(Action).where(Action.id == row.action_id)).one()
        assert (action.reference, action.mechanism_id) == (reference, commitment.mechanism_id)
        assert row.audience_id == action.audience_id
    with database.read_session(world.viewer("carol")) as session:
        assert list(session.scalars(select(CommitmentAction.id))) == []


@pytest.mark.parametrize(
    ("typed", "facts", "shown"),
    [
        (
            {"kind": "evaluation", "kind_question": "Did it help?", "kind_period_from": "2026-01-01",
             "kind_finding": "It did.", "kind_what": "not of this kind"},
            {"question": "Did it help?", "period_from": "2026-01-01", "finding": "It did."},
            "Question Did it help? Period from Thursday 1 January 2026 Finding It did.",
        ),
        (
            {"kind": "data_exchange", "kind_what": "Seizures", "kind_every_months": "3",
             "kind_last_received_on": "2026-07-31"},
            {"what": "Seizures", "every_months": 3, "last_received_on": "2026-07-31"},
            "every 3 months Last received Friday 31 July 2026 Expected next Saturday 31 October 2026 22 days ago",
        ),
        (
            {"kind": "protocol", "national_MX": "NOM 12", "kind_gap": "Two bands", "kind_target": "One band"},
            {"national": {"MX": "NOM 12"}, "gap": "Two bands", "target": "One band"},
            "versions Two bands Target One band Version (Canada) not known here Version (Mexico) NOM 12",
        ),
        (
            {"kind": "exercise", "kind_place": "Nogales", "kind_starts_on": "2027-03-01"},
            {"place": "Nogales", "starts_on": "2027-03-01"},
            "Kind Exercise Place Nogales First day Monday 1 March 2027",
        ),
        (
            {"kind": "candidature", "kind_candidate": "J. Ortiz", "kind_body": "ECOSOC",
             "kind_election_on": "2027-06-10", "lead_party": "MX", "priority": "high", "horizon": "long_term"},
            {"candidate": "J. Ortiz", "body": "ECOSOC", "election_on": "2027-06-10"},
            "Who leads MX Mexico Priority high Horizon long-term Candidate J. Ortiz Body that elects ECOSOC",
        ),
    ],
)  # fmt: skip
def test_a_kind_keeps_and_shows_what_it_asks_for(
    client_for: Client, database: Database, typed: dict[str, str], facts: dict[str, object], shown: str
) -> None:
    client = client_for("carol")
    reference = record(client, **typed)
    assert kept(database, reference).kind_facts == facts
    assert shown in page_of(client.get(f"/actions/{reference}"))


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(client_for: Client) -> None:
    typed = {"kind": "data_exchange", "kind_every_months": "often", "kind_what": "Seizures", "body_fr": "Plus."}
    refused = client_for("carol").post(f"/actions/new?meeting={MEETING}", data=NEW | typed)
    body = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'id="kind_every_months-error"' in body
    assert 'value="often"' in body
    assert "\nPlus.</textarea>" in body
    assert re.search(r'value="data_exchange" checked', body)
    other = client_for("carol").post(
        f"/actions/new?meeting={MEETING}", data=NEW | {"lead_party": "CA", "part_CA": "none"}
    )
    assert (other.status_code, 'id="lead_party-error"' in other.get_data(as_text=True)) == (422, True)


def test_who_does_it_is_an_account_of_ones_own_or_a_name(client_for: Client, database: Database) -> None:
    diego, benoit = str(world.CAST["diego"].id), str(world.CAST["benoit"].id)
    page = client_for("ana").get(f"/actions/new?meeting={MEETING}").get_data(as_text=True)
    assert diego in page
    assert benoit not in page
    assert str(world.CAST["marta"].id) not in page
    reference = record(client_for("ana"), account_MX=diego, person_MX="", person_US="Jo Day")
    with database.system_session("look at the legs") as session:
        legs = {leg.party_code: (leg.person_id, leg.person_name) for leg in session.scalars(select(Leg))}
    assert legs == {"MX": (world.CAST["diego"].id, world.CAST["diego"].name), "US": (None, "Jo Day")}
    assert reference == "UNC-2026-2-A01"
    for forged in ({"account_MX": benoit}, {"account_US": diego}, {"account_MX": "x"}):
        refused = client_for("ana").post(f"/actions/new?meeting={MEETING}", data=NEW | forged)
        assert refused.status_code == 422


# Changing what it says ------------------------------------------------------------------------------


def test_what_an_action_says_is_changed_and_a_lost_race_shows_both(client_for: Client, database: Database) -> None:
    carol, ana = client_for("carol"), client_for("ana")
    reference = record(carol, kind="evaluation", kind_question="Did it help?", body_en="At length.")
    address = f"/actions/{reference}/edit"
    assert f'href="{address}"' in carol.get(f"/actions/{reference}").get_data(as_text=True)
    sent = NEW | {"kind": "evaluation", "kind_question": "Did it help?", "version": version_in(ana, address)}
    mine = sent | {"title_en": "Share the whole list", "kind_finding": "It did.", "body_en": "At length."}
    assert carol.post(address, data=mine).status_code == 303
    late = ana.post(f"{address}?lang=en", data=sent | {"kind_finding": "It did not.", "priority": "high"})
    assert late.status_code == 409
    assert "Title in English differs Share the list Share the whole list" in page_of(late)
    assert "Finding differs It did not. It did." in page_of(late)
    assert "Priority differs high normal" in page_of(late)
    again = {"version": re.findall(r'name="version"[^>]*value="([^"]*)"', late.get_data(as_text=True))[0]}
    assert ana.post(address, data=mine | again | {"priority": "high", "body_en": ""}).status_code == 303
    assert (kept(database, reference).priority, kept(database, reference).body) == ("high", None)
    history = page_of(carol.get(f"/actions/{reference}"))
    assert "corrected the title, which was “Share the list”." in history
    assert "changed: the priority (was “normal”) and the text (was “At length.”)." in history or (
        "changed: the text (was “At length.”) and the priority (was “normal”)." in history
    )


def test_a_partys_version_is_changed_by_its_own_people(client_for: Client, database: Database) -> None:
    carol, ana = client_for("carol"), client_for("ana")
    typed = {"kind": "protocol", "national_MX": "NOM 12", "kind_gap": "Two bands"}
    reference = record(carol, **typed)
    address = f"/actions/{reference}/edit"
    assert 'name="national_MX"' not in carol.get(address).get_data(as_text=True)
    sent = NEW | typed | {"version": version_in(carol, address)}
    forged = carol.post(address, data=sent | {"national_MX": "NOM 13"})
    assert (forged.status_code, kept(database, reference).kind_facts["national"]) == (422, {"MX": "NOM 12"})
    left_out = {name: value for name, value in sent.items() if name != "national_MX"}
    assert carol.post(address, data=left_out | {"national_US": "ANSI 4"}).status_code == 303
    assert kept(database, reference).kind_facts["national"] == {"MX": "NOM 12", "US": "ANSI 4"}
    own = left_out | {"version": version_in(ana, address), "national_MX": "NOM 13", "national_US": "ANSI 4"}
    assert ana.post(address, data=own).status_code == 303
    assert kept(database, reference).kind_facts["national"] == {"MX": "NOM 13", "US": "ANSI 4"}


# Legs -----------------------------------------------------------------------------------------------


def test_a_leg_is_accepted_in_one_press_as_it_was_read(client_for: Client, database: Database) -> None:
    reference = record(client_for("carol"))
    ana, path = client_for("ana"), f"/actions/{reference}/legs/MX"
    assert "MX Mexico open recorded, not accepted Accept Accept and update" in page_of(
        ana.get(f"/actions/{reference}?lang=en")
    )
    version = version_in(ana, path)
    with database.system_session("change the leg meanwhile", "write") as session:
        session.scalars(select(Leg).where(Leg.party_code == "MX")).one().due_on = dt.date(2026, 12, 1)
        session.commit()
    late = ana.post(f"{path}/accept?lang=en", data={"version": version})
    assert (late.status_code, "Tue 1 Dec 2026" in page_of(late)) == (409, True)
    assert client_for("carol").post(f"{path}/accept", data={"version": version}).status_code == 403
    assert ana.post(f"{path}/accept", data={"version": version_in(ana, path)}).status_code == 303
    shown = page_of(client_for("carol").get(f"/actions/{reference}"))
    assert "recorded, not accepted" not in shown
    assert "accepted the leg of Mexico." in shown


def test_verified_is_the_word_of_those_who_speak_for_a_party(client_for: Client) -> None:
    reference = record(client_for("carol"))
    path = f"/actions/{reference}/legs/MX"
    for key, state, status in (("diego", "done", 303), ("diego", "verified", 422), ("ana", "verified", 303)):
        client = client_for(key)
        offered = 'value="verified"' in client.get(path).get_data(as_text=True)
        assert offered is (key == "ana")
        sent = {"state": state, "version": version_in(client, path)}
        assert client.post(path, data=sent).status_code == status
    assert "verified" in page_of(client_for("carol").get(f"/actions/{reference}"))


@pytest.mark.parametrize(
    ("legs", "why"),
    [
        ({}, "As a whole: open. Why: nobody has begun."),
        ({"MX": "under_way"}, "As a whole: under way. Why: begun: Mexico."),
        ({"MX": "blocked", "US": "done"}, "As a whole: blocked. Why: blocked: Mexico."),
        ({"MX": "done", "US": "done"}, "Why: every leg is done; still to be verified: Mexico and United States."),
        ({"MX": "dropped", "US": "verified"}, "As a whole: verified. Why: every leg is verified."),
        ({"MX": "dropped", "US": "dropped"}, "As a whole: dropped. Why: every leg is dropped."),
    ],
)  # fmt: skip
def test_the_whole_says_why(client_for: Client, database: Database, legs: dict[str, str], why: str) -> None:
    reference = record(client_for("carol"))
    with database.system_session("set the legs", "write") as session:
        for leg in session.scalars(select(Leg)):
            leg.state = legs.get(leg.party_code, "open")
        session.commit()
    shown = page_of(client_for("carol").get(f"/actions/{reference}"))
    assert why in shown
    assert "One blocked leg blocks the whole." in shown


# Links and steps ------------------------------------------------------------------------------------


def test_links_are_made_and_taken_back_on_the_page(client_for: Client) -> None:
    client = client_for("ana")
    first, second = record(client), record(client, title_en="Agree on the list")
    hidden = record(client, part_CA="none", title_en=world.canary("MXUS", "title"))
    path = f"/actions/{first}/links"
    assert client.post(path, data={"said": "blocked_by", "other": second}).status_code == 303
    assert client.post(path, data={"said": "follows", "other": hidden}).status_code == 303
    assert "Is blocked by Agree on the list" in page_of(client.get(f"/actions/{first}?lang=en"))
    for key in ("benoit", "sam"):
        other = client_for(key)
        page = other.get(f"/actions/{first}?lang=en").get_data(as_text=True)
        assert second in page
        assert hidden not in page
        missing = other.post(f"{path}?lang=en", data={"said": "blocks", "other": "UNC-2026-2-MXUS-A77"})
        unseen = other.post(f"{path}?lang=en", data={"said": "blocks", "other": hidden})
        assert missing.status_code == unseen.status_code == 422
        assert page_of(missing) == page_of(unseen)
    circle = client.post(f"/actions/{second}/links?lang=en", data={"said": "blocked_by", "other": first})
    assert f"That would lead round in a circle: {first} → {second} → {first}." in page_of(circle)
    page = client.get(f"/actions/{first}").get_data(as_text=True)
    end = re.findall(rf'action="({path}/[0-9a-f-]+/end)"', page)[0]
    assert client.post(end).status_code == 303
    assert (
        "Is blocked by" not in page_of(client.get(f"/actions/{first}?lang=en")).split("History")[0].split("Link it")[0]
    )


def test_steps_are_kept_on_the_page_for_ones_own_people(client_for: Client) -> None:
    ana, secret = client_for("ana"), world.canary("MX", "step")
    reference = record(ana)
    path = f"/actions/{reference}/steps"
    sent = {"step": secret, "step_person": str(world.CAST["diego"].id), "step_due_on": "2026-12-01"}
    assert ana.post(path, data=sent).status_code == 303
    refused = ana.post(f"{path}?lang=en", data=sent | {"step_due_on": "soon"})
    assert (refused.status_code, 'value="soon"' in refused.get_data(as_text=True)) == (422, True)
    shown = page_of(client_for("diego").get(f"/actions/{reference}?lang=en"))
    assert "Only your delegation sees this." in shown
    assert f"Step Person Due Change {secret} {world.CAST['diego'].name} Tue 1 Dec 2026 Tick it off" in shown
    for key in ("carol", "benoit", "sam"):
        body = client_for(key).get(f"/actions/{reference}?lang=en").get_data(as_text=True)
        assert "zzcanary-MX-step" not in body
        assert ("Steps of your delegation" in body) is (key != "sam")
    step = re.findall(rf'action="({path}/[0-9a-f-]+)/tick"', ana.get(f"/actions/{reference}").get_data(as_text=True))[0]
    assert ana.post(f"{step}/tick", data={"done": "yes"}).status_code == 303
    assert f"{secret} done" in page_of(ana.get(f"/actions/{reference}?lang=en"))
    assert client_for("carol").post(f"{step}/tick", data={"done": "no"}).status_code == 404
    changed = sent | {"step": "Ask again", "version": version_in(ana, step)}
    assert ana.post(step, data=changed).status_code == 303
    late = ana.post(f"{step}?lang=en", data=changed | {"step": "Ask once more"})
    assert (late.status_code, "Ask once more Ask again" in page_of(late)) == (409, True)
    assert ana.post(f"{step}/remove").status_code == 303
    assert "One step was removed Ask again Put it back" in page_of(ana.get(f"/actions/{reference}?lang=en"))
    assert ana.post(f"{step}/remove", data={"removed": "no"}).status_code == 303
    assert "One step was removed" not in page_of(ana.get(f"/actions/{reference}?lang=en"))


# Statements -----------------------------------------------------------------------------------------


@pytest.fixture
def story_app(settings: Settings, make_database: Callable[..., Database]) -> Flask:
    """Return the app on the told story, whose first action has a row of every kind on it, and comes from an item."""
    told = make_database("sqlite", "story")
    with told.system_session("let an action come from an item", "write") as session:
        action = session.scalars(select(Action).where(Action.reference == f"{story.SHARED}-A01")).one()
        items = session.scalars(select(AgendaItem.id).where(AgendaItem.meeting_id == action.meeting_id))
        action.agenda_item_id = items.first()
        session.commit()
    return make_app(settings, told)


@pytest.mark.parametrize("key", ["ana", "sam"])
def test_the_page_of_an_action_takes_twelve_statements_at_most(story_app: Flask, key: str) -> None:
    client, found = client_of(story_app, key), []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            found.append(" ".join(statement.split()))

    engine = story_app.extensions["entente.database"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(f"/actions/{story.SHARED}-A01").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(found) <= 12 + 3, "\n".join(found)  # three find out who asks
