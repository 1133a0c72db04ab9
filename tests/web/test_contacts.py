"""Contacts: one's own, shared with the parties of a mechanism, and nobody else's."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import Contact
from app.services import contacts as service
from tests import world

NEW = {
    "name": "Guardia SRE", "kind": "duty", "position": "", "office_code": "MX-SRE", "phone": "+52 55 1234 5678",
    "email": "", "mechanism": "", "note": "24 h",
}  # fmt: skip


def rows(database):
    with database.system_session("look at contacts") as session:
        return list(session.execute(select(Contact).order_by(Contact.created_at)).scalars())


def sees(client_for, key, words="Guardia SRE"):
    return words in client_for(key).get("/contacts?lang=en").text


def test_a_contact_is_its_governments_own(client_for, database):
    assert client_for("diego").post("/contacts/new", data=NEW).status_code == 303
    (row,) = rows(database)
    assert (row.party_code, row.kind, row.is_shared, row.is_urgent) == ("MX", "duty", False, False)
    assert [key for key in world.CAST if sees(client_for, key)] == ["ana", "diego", "lucia", "marta"]


@pytest.mark.parametrize(
    ("mechanism", "seen_by"),
    [
        ("un-coordination", ["ana", "diego", "lucia", "marta", "benoit", "isabelle", "adaeze", "carol", "daniel",
                             "erin", "sam"]),
        ("policy-planning-mx-us", ["ana", "diego", "lucia", "marta", "carol", "daniel", "erin"]),
    ],
)  # fmt: skip
def test_a_shared_contact_is_seen_by_the_parties_of_its_mechanism(client_for, database, mechanism, seen_by):
    if mechanism != "un-coordination":
        mechanism = next(code for code, parties in codes(database) if parties == ["MX", "US"])
    new = NEW | {"mechanism": mechanism, "is_shared": "y", "is_urgent": "y"}
    assert client_for("ana").post("/contacts/new", data=new).status_code == 303
    assert [key for key in world.CAST if sees(client_for, key)] == seen_by
    with database.read_session(world.viewer("carol")) as session:
        (line,) = service.urgent_roster(session, rows(database)[0].mechanism_id, ("CA", "MX", "US"))
    assert line.contact.phone == "+52 55 1234 5678"


def codes(database):
    from app.models import Mechanism

    with database.system_session("look at mechanisms") as session:
        chosen = select(Mechanism).where(Mechanism.status != "proposed").order_by(Mechanism.ref)
        return [(row.code, sorted(row.parties)) for row in session.execute(chosen).scalars()]


def test_shared_no_more_is_seen_no_more(client_for, database):
    ana = client_for("ana")
    ana.post("/contacts/new", data=NEW | {"mechanism": "un-coordination", "is_shared": "y"})
    assert sees(client_for, "benoit")
    (row,) = rows(database)
    done = ana.post(f"/contacts/{row.id}", data=NEW | {"mechanism": "un-coordination", "version": str(row.version)})
    assert done.status_code == 303
    assert not sees(client_for, "benoit")
    assert sees(client_for, "diego")


def test_others_change_nothing_of_it(client_for, database):
    client_for("ana").post("/contacts/new", data=NEW | {"mechanism": "un-coordination", "is_shared": "y"})
    (row,) = rows(database)
    for key in ("benoit", "carol", "sam", "olga", "colin"):
        client = client_for(key)
        assert client.get(f"/contacts/{row.id}").status_code == 404
        assert client.post(f"/contacts/{row.id}", data=NEW | {"version": "1"}).status_code == 404
        assert client.post(f"/contacts/{row.id}/remove", data={"version": "1"}).status_code == 404
    assert rows(database)[0].removed_at is None


def test_taken_away_it_is_kept(client_for, database):
    ana = client_for("ana")
    ana.post("/contacts/new", data=NEW)
    (row,) = rows(database)
    assert ana.post(f"/contacts/{row.id}/remove", data={"version": "7"}).status_code == 409
    assert ana.post(f"/contacts/{row.id}/remove", data={"version": str(row.version)}).status_code == 303
    assert not sees(client_for, "ana", "+52 55 1234 5678")
    assert rows(database)[0].removed_at == world.NOW


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Fill this in."),
        ({"kind": "king"}, "Fill this in."),
        ({"phone": ""}, "Give a telephone number or an e-mail address."),
        ({"email": "nobody"}, "This is not an e-mail address."),
        ({"office_code": "US-DOS"}, "not one of your government’s"),
        ({"mechanism": "no-such"}, "mechanism"),
        ({"is_shared": "y"}, "Choose the mechanism whose parties may see it."),
        ({"note": "\u202ex"}, "hidden marks"),
    ],
)
def test_a_contact_that_cannot_be(client_for, database, changed, words):
    page = client_for("ana").post("/contacts/new?lang=en", data=NEW | changed)
    assert page.status_code == 422
    assert words in page.text
    assert (NEW | changed)["phone"] in page.text
    assert rows(database) == []


def test_the_loser_of_a_race_sees_both(client_for, database):
    ana = client_for("ana")
    ana.post("/contacts/new", data=NEW)
    (row,) = rows(database)
    old = re.search(r'name="version" value="(\d+)"', ana.get(f"/contacts/{row.id}").text).group(1)
    assert ana.post(f"/contacts/{row.id}", data=NEW | {"name": "Guardia", "version": old}).status_code == 303
    page = ana.post(f"/contacts/{row.id}?lang=en", data=NEW | {"name": "Enlace", "version": old})
    assert page.status_code == 409
    assert "Guardia" in page.text
    assert "Enlace" in page.text
    assert rows(database)[0].name == "Guardia"
