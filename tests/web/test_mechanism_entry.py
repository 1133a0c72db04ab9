"""Entering a mechanism by page: its parties' alone, then agreed by each, then counted; forums adopted likewise."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import Decision, Mechanism
from tests import world

NEW = {
    "name_en": "Lighthouse talks", "name_es": "Charlas de faros", "name_fr": "Pourparlers des phares",
    "letters": "LHT", "parties": ["MX", "US"], "level": "senior_officials", "status": "agreed",
    "minimum_meetings": "1", "period_months": "12", "anchor": "calendar_year", "instrument": "Exchange of notes",
    "mandate_on": "2026-01-15", "scope_in": "lighthouses\r\nbuoys", "scope_out": "", "note": "As agreed in May",
}  # fmt: skip
CODE = "lighthouse-talks-2-mxus"


def mechanism(database, code=CODE):
    with database.system_session("look at a mechanism") as session:
        return session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one_or_none()


def decision(database, kind="entry"):
    with database.system_session("look at a decision") as session:
        return session.execute(select(Decision).where(Decision.kind == kind)).scalar_one()


def agree(client_for, database, *keys):
    for key in keys:
        asked = decision(database)
        done = client_for(key).post(
            f"/decisions/{asked.id}/answer", data={"answer": "yes", "note": "", "version": str(asked.version)}
        )
        assert done.status_code == 303, key


def test_it_is_its_parties_alone_until_all_agree(client_for, database):
    done = client_for("ana").post("/mechanisms/new", data=NEW)
    assert done.location.endswith(f"/mechanisms/{CODE}")
    entered = mechanism(database)
    assert (entered.prefix, entered.is_settled, entered.entered_by, entered.origin) == ("LHTMXUS", False, "MX", "here")
    readers = [key for key in world.CAST if client_for(key).get(f"/mechanisms/{CODE}").status_code == 200]
    assert readers == ["ana", "diego", "lucia", "carol", "daniel", "erin"]
    for key in ("benoit", "isabelle", "sam"):
        assert "Lighthouse" not in client_for(key).get("/mechanisms?lang=en").text
    page = client_for("carol").get(f"/mechanisms/{CODE}?lang=en").text
    assert "not agreed yet by every party" in page
    agree(client_for, database, "carol")
    settled = mechanism(database)
    assert settled.is_settled
    assert "not agreed yet by every party" not in client_for("carol").get(f"/mechanisms/{CODE}?lang=en").text
    assert client_for("benoit").get(f"/mechanisms/{CODE}").status_code == 404


def test_it_owes_nothing_and_is_not_met_under_before_that(client_for, database):
    ana = client_for("ana")
    ana.post("/mechanisms/new", data=NEW)
    assert "31 December 2026" not in ana.get(f"/mechanisms/{CODE}?lang=en").text
    assert f'value="{CODE}"' not in ana.get("/meetings/new").text
    agree(client_for, database, "carol")
    assert "31 December 2026" in ana.get(f"/mechanisms/{CODE}?lang=en").text
    assert f'value="{CODE}"' in ana.get("/meetings/new").text


def test_opened_to_the_register_it_is_read_by_all_once_all_agreed(client_for, database):
    three = NEW | {"parties": ["CA", "MX", "US"], "is_open": "y", "letters": "LHT"}
    client_for("ana").post("/mechanisms/new", data=three)
    assert client_for("sam").get("/mechanisms/lighthouse-talks").status_code == 404
    agree(client_for, database, "carol", "isabelle")
    assert client_for("sam").get("/mechanisms/lighthouse-talks").status_code == 200


def test_a_forum_is_adopted_with_its_record(client_for, database):
    ana = client_for("ana")
    page = ana.get("/mechanisms/forums?lang=en").text
    assert page.count("Adopt it") == 6
    begun = ana.get("/mechanisms/new?forum=bicentennial-framework&lang=en").text
    letters = re.search(r'name="letters"[^>]*value="([A-Z]*)"', begun).group(1)
    typed = NEW | {"forum": "bicentennial-framework", "letters": letters or "BIC", "parties": ["CA", "MX"]}
    done = ana.post("/mechanisms/new", data=typed)
    assert done.status_code == 303
    adopted = mechanism(database, "bicentennial-framework")
    assert (adopted.origin, adopted.parties, len(adopted.facts["record"])) == ("forum", ["MX", "US"], 2)
    again = ana.post("/mechanisms/new?lang=en", data=typed)
    assert again.status_code == 422
    assert "This forum was adopted already." in again.text
    assert client_for("isabelle").post("/mechanisms/new", data=typed).status_code == 422
    assert client_for("isabelle").get("/mechanisms/forums?lang=en").text.count("Adopt it") == 5


@pytest.mark.parametrize("key", ["diego", "benoit", "sam", "marta", "olga"])
def test_only_who_speaks_for_a_party_enters_one(client_for, database, key):
    client = client_for(key)
    assert client.get("/mechanisms/new").status_code in {403, 404}
    assert client.post("/mechanisms/new", data=NEW).status_code in {403, 404}
    assert mechanism(database) is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name_fr": ""}, "Fill this in."),
        ({"letters": "L"}, "Use two to four capital letters."),
        ({"parties": ["MX"]}, "Choose at least two parties."),
        ({"parties": ["CA", "US"]}, "Choose your own party too."),
        ({"parties": ["MX", "ZZ"]}, "This party cannot be chosen here."),
        ({"period_months": "0"}, "month"),
        ({"period_months": "x"}, "whole number"),
        ({"period_months": ""}, "Fill this in."),
        ({"mandate_on": "2027-05-01"}, "yet to come"),
        ({"mandate_on": "May"}, "2026-11"),
        ({"level": "kings"}, "Choose"),
        ({"anchor": "moon"}, "Choose"),
        ({"status": "proposed"}, "Choose"),
        ({"scope_in": "x" * 400}, "300 characters"),
        ({"forum": "no-such-forum"}, None),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client_for, database, changed, words):
    page = client_for("ana").post("/mechanisms/new?lang=en", data=NEW | changed)
    assert page.status_code == (422 if words else 404)
    if words:
        assert words in page.text
        assert "Lighthouse talks" in page.text
    assert mechanism(database) is None


def test_letters_that_are_taken_are_refused_only_to_who_can_see_by_what(client_for, database):
    client_for("ana").post("/mechanisms/new", data=NEW)
    taken = client_for("carol").post("/mechanisms/new?lang=en", data=NEW | {"name_en": "Other talks"})
    assert taken.status_code == 422
    assert "Another mechanism has these letters: LHTMXUS." in taken.text
    theirs = NEW | {"parties": ["CA", "US"]}
    assert client_for("isabelle").post("/mechanisms/new", data=theirs).status_code == 303
