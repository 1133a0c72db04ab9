"""Attacks on the register and what stands around it, by people with accounts.

What some parties enter, merge or practise is not there for the others: no address, refusal, choice or count tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Contact, Decision, Mechanism, Meeting
from app.services.decisions import answer
from tests import world
from tests.conftest import CheckingClient
from tests.subscribing import feed_of, subscribe

ClientFor = Callable[[str | None], CheckingClient]
ENTERED = {
    "name_en": "Harbour", "name_es": "Puerto", "name_fr": "Port", "letters": "HAR", "parties": ["MX", "US"],
    "level": "senior_officials", "status": "agreed", "minimum_meetings": "", "period_months": "",
    "anchor": "calendar_year", "instrument": "", "mandate_on": "", "scope_in": "", "scope_out": "", "note": "",
}  # fmt: skip
DRAFT = {
    "mechanism": "example", "title_en": "First try", "original": "en", "parties": ["CA", "MX", "US"],
    "format": "virtual", "zone": "America/Mexico_City", "first_day": "2027-01-12", "starts": "10:00",
    "ends": "12:00", "agenda": "template",
}  # fmt: skip


def entered(client_for: ClientFor, key: str, **changed: Any) -> int:
    return client_for(key).post("/mechanisms/new?lang=en", data=ENTERED | changed).status_code


def agreed(database: Database, *keys: str) -> None:
    """Let people of the cast say yes to whatever is open."""
    with database.system_session("look") as session:
        ids = list(session.execute(select(Decision.id).where(Decision.state == "open")).scalars())
    for decision_id in ids:
        for key in keys:
            with database.write_session(world.viewer(key)) as session:
                version = session.get_one(Decision, decision_id, populate_existing=True).version
                answer(session, decision_id, "yes", "", version=version)
                session.commit()


def only_decision(database: Database) -> Decision:
    with database.system_session("look") as session:
        return session.execute(select(Decision).where(Decision.state == "open")).scalar_one()


def practised(client_for: ClientFor, key: str, **changed: Any) -> str:
    """Return the reference of a meeting of the example that somebody sets up."""
    client = client_for(key)
    draft = client.post("/meetings/new", data=DRAFT | changed)
    assert draft.status_code == 303, draft.text
    address = re.match(r"/drafts/[0-9a-f-]+", draft.location)
    assert address is not None
    done = client.post(f"{address.group()}/propose", data={"version": "1"})
    assert done.status_code == 303, done.text
    return done.location.rsplit("/", 1)[1]


# What others entered ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({}, {"name_en": "Harbour mxus"}),
        ({}, {"name_en": "Harbour 2 mxus"}),
        ({"parties": ["MX", "CO"], "letters": "ABCA"}, {"parties": ["CA", "CO", "MX"], "letters": "AB"}),
    ],
)  # fmt: skip
def test_what_canada_enters_is_not_refused_for_what_it_may_not_read(
    client_for: ClientFor, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    assert entered(client_for, "ana", **theirs) == 303
    assert entered(client_for, "isabelle", **{"parties": ["CA", "MX", "US"], "letters": "XYZ"} | ours) == 303


def test_the_name_of_a_forum_is_refused_alike_whether_it_was_adopted_or_not(client_for: ClientFor) -> None:
    ours = {"parties": ["CA", "MX", "US"], "letters": "XYZ", "name_en": "Bicentennial framework"}
    before = entered(client_for, "isabelle", **ours)
    assert entered(client_for, "ana", forum="bicentennial-framework", letters="BIC") == 303
    assert (before, entered(client_for, "isabelle", **ours)) == (422, 422)


def test_no_fact_of_all_names_what_some_of_them_may_not_read(client_for: ClientFor, database: Database) -> None:
    assert entered(client_for, "ana") == 303
    agreed(database, "carol")
    with database.system_session("look") as session:
        version = world.mechanism_of(session, "M02").version
    ana = client_for("ana")
    page = ana.get("/mechanisms/drug-dialogue/correct/family?lang=en")
    assert page.status_code == 200
    assert "HARMXUS" not in page.text
    sent = {"related": ["HARMXUS"], "parent": "", "note": "", "version": str(version)}
    assert ana.post("/mechanisms/drug-dialogue/correct/family?lang=en", data=sent).status_code == 422


def test_what_all_read_is_not_merged_into_what_its_parties_alone_read(
    client_for: ClientFor, database: Database
) -> None:
    assert entered(client_for, "ana") == 303
    agreed(database, "carol")
    ana = client_for("ana")
    page = ana.get("/mechanisms/policy-planning-us-mx/merge?lang=en").text
    assert "harbour" not in page
    sent = {"into": "harbour-2-mxus", "note": ""}
    assert ana.post("/mechanisms/policy-planning-us-mx/merge?lang=en", data=sent).status_code == 422
    into_what_all_read = {"into": "policy-planning-us-mx", "note": ""}
    assert ana.post("/mechanisms/harbour-2-mxus/merge?lang=en", data=into_what_all_read).status_code == 303


def test_a_meeting_under_what_was_merged_can_still_be_changed_and_is_in_the_feed_of_the_other(
    client_for: ClientFor, database: Database
) -> None:
    assert entered(client_for, "ana") == 303
    agreed(database, "carol")
    reference = practised(client_for, "ana", mechanism="harbour-2-mxus", parties=["MX", "US"])
    ana = client_for("ana")
    sent = {"into": "policy-planning-us-mx", "note": ""}
    assert ana.post("/mechanisms/harbour-2-mxus/merge", data=sent).status_code == 303
    agreed(database, "carol")
    draft = ana.post(f"/meetings/{reference}/changes").location
    changes = DRAFT | {"parties": ["MX", "US"], "place": "Mazatlán", "version": "1", "meeting_version": "1"}
    saved = ana.post(draft, data=changes)
    assert saved.status_code == 303, saved.text
    assert ana.post(f"{draft}/publish", data={"version": "2"}).status_code == 303
    assert "Mazatlán" in client_for("carol").get(f"/meetings/{reference}").text
    assert reference in ana.get("/calendar?view=month&on=2027-01&mechanism=policy-planning-us-mx").text
    feed = feed_of(database, subscribe(database, "ana", mechanism="policy-planning-us-mx"))
    assert reference.encode() in feed.body.body


# What is decided ----------------------------------------------------------------------------------------


def test_a_yes_that_cannot_take_effect_leaves_the_decision_open_on_its_page(
    client_for: ClientFor, database: Database
) -> None:
    ana = client_for("ana")
    sent = {"reason": "It is over.", "answer_by": ""}
    assert ana.post("/mechanisms/policy-planning-us-mx/conclude?lang=en", data=sent).status_code == 303
    asked = only_decision(database)
    with database.system_session("the facts change meanwhile", "write") as session:
        mechanism = session.get_one(Mechanism, asked.mechanism_id)
        mechanism.facts = {**mechanism.facts, "status_note": "something else"}
        session.commit()
    carol = client_for("carol")
    refused = carol.post(
        f"/decisions/{asked.id}/answer?lang=en", data={"answer": "yes", "note": "", "version": str(asked.version)}
    )
    assert refused.status_code == 422
    assert 'id="answer-form"' in refused.text
    assert f'name="version" value="{asked.version}"' in refused.text
    assert only_decision(database).version == asked.version


# Who keeps ----------------------------------------------------------------------------------------------


def test_an_administrator_who_corrects_a_telephone_leaves_the_contact_shared(
    client_for: ClientFor, database: Database
) -> None:
    new = {
        "name": "Duty desk", "kind": "duty", "position": "", "office_code": "", "phone": "+1 613 555 0100", "email": "",
        "mechanism": "un-coordination", "is_shared": "y", "is_urgent": "y", "note": "",
    }  # fmt: skip
    assert client_for("isabelle").post("/contacts/new", data=new).status_code == 303
    with database.system_session("look") as session:
        row = session.execute(select(Contact)).scalar_one()
    sent = new | {"phone": "+1 613 555 0199", "mechanism": "", "version": str(row.version)}
    page = client_for("colin").get(f"/contacts/{row.id}?lang=en").text
    assert "un-coordination" not in page
    assert client_for("colin").post(f"/contacts/{row.id}?lang=en", data=sent).status_code == 303
    with database.system_session("look") as session:
        kept = session.execute(select(Contact)).scalar_one()
    assert (kept.phone, kept.mechanism_id, kept.is_shared) == ("+1 613 555 0199", row.mechanism_id, True)
    assert kept.audience_id == row.audience_id
    unshared = {name: value for name, value in sent.items() if name != "is_shared"} | {"version": str(kept.version)}
    assert client_for("colin").post(f"/contacts/{row.id}?lang=en", data=unshared).status_code == 303
    assert "Duty desk" not in client_for("ana").get("/contacts").text
    assert "Duty desk" in client_for("isabelle").get("/contacts").text


# The example --------------------------------------------------------------------------------------------


def test_a_hand_over_of_the_example_is_put_to_nobody(client_for: ClientFor) -> None:
    sent = {"from_party": "MX", "to_party": "US", "due_on": "2026-12-01", "note": "Practising"}
    assert client_for("ana").post("/mechanisms/example/hand-over/new", data=sent).status_code in {403, 404}
    assert client_for("carol").get("/mechanisms/example/hand-over").status_code in {200, 404}
    assert "Practising" not in client_for("carol").get("/mechanisms/example/hand-over?lang=en").text


def test_a_planning_note_of_the_example_is_read_by_nobody_else(client_for: ClientFor, database: Database) -> None:
    reference = practised(client_for, "ana", hosting_MX="host")
    with database.system_session("let it be held", "write") as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == reference)).scalar_one()
        meeting.state = "held"
        session.commit()
    practised(client_for, "ana", hosting_US="host", first_day="2027-05-12")
    sent = {"text": "Practising notes", "language": "en"}
    assert client_for("ana").post("/mechanisms/example/planning", data=sent).status_code in {403, 404, 405}
    assert client_for("carol").get("/mechanisms/example/planning").status_code == 404


def test_no_meeting_stands_around_one_of_the_other_world(client_for: ClientFor) -> None:
    example = practised(client_for, "ana", parties=["CA", "MX", "US"])
    ana = client_for("ana")
    real = ana.post("/meetings/new", data=DRAFT | {"mechanism": "un-coordination", "around": example})
    assert real.status_code == 422
    assert example not in ana.get("/meetings/new?mechanism=un-coordination").text
    within = ana.post("/meetings/new", data=DRAFT | {"kind": "side_session", "around": example})
    assert within.status_code == 303


def test_what_is_owed_on_the_example_is_in_no_list(client_for: ClientFor, database: Database) -> None:
    reference = practised(client_for, "ana")
    ana = client_for("ana")
    typed = {
        "title_en": "Paint the lights", "part_CA": "none", "part_MX": "owes", "part_US": "none", "due_MX": "2027-01-20",
    }  # fmt: skip
    done = ana.post(f"/actions/new?meeting={reference}", data=typed | {"meeting": reference})
    assert done.status_code == 303, done.text
    for address in ("/", "/actions", "/actions?party=MX", "/calendar?view=month&on=2027-01"):
        assert "Paint the lights" not in ana.get(address, follow_redirects=True).text, address
    assert "Paint the lights" in ana.get(f"/meetings/{reference}").text
    assert "Paint the lights" in ana.get("/actions?mechanism=example", follow_redirects=True).text


def test_a_meeting_of_the_example_clashes_with_no_other(client_for: ClientFor) -> None:
    example = practised(client_for, "ana")
    ana = client_for("ana")
    real = ana.post("/meetings/new", data=DRAFT | {"mechanism": "un-coordination"})
    address = re.match(r"/drafts/[0-9a-f-]+", real.location)
    assert address is not None
    assert example not in ana.get(f"{address.group()}/preview?lang=en").text


# What no page can hold ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/events/new", {"title_en": "Summit", "first_day": "2027-03-01", "zone": "a\x00b"}),
        ("/meetings/new", DRAFT | {"mechanism": "un-coordination", "around": "a\x00b"}),
        ("/meetings/new", DRAFT | {"mechanism": "un-coordination", "around": "event:a\x00b"}),
        ("/profile", {"name": "Ana", "language": "en", "theme": "auto", "version": "1", "time_zone": "a\x00b"}),
    ],
)
def test_what_no_page_can_hold_is_refused_by_a_page(client_for: ClientFor, address: str, sent: dict[str, str]) -> None:
    assert client_for("ana").post(f"{address}?lang=en", data=sent).status_code == 422
