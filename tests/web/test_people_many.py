"""Many accounts from a pasted table; changing one; and the offices of a government."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import func, select

from app.catalogue import load_shipped
from app.db import digest_of
from app.models import Authorisation, Invitation, Office, OfficeName, OutboxMessage, Party, Person, Subscription
from app.services.catalogue import load_catalogue
from app.services.offices import use_names_of_today
from tests import world

TABLE = """Nombre\tCorreo\tFunción\tOficina\tIdioma
Rosa Núñez\tRosa@Example.org\tCoordinación\tSRE\tEspañol
Pedro Gil\tpedro@example.org\t\t\tFrench
"""


@pytest.fixture
def marta(client_for):
    return client_for("marta")


def people(database):
    with database.system_session("look at accounts") as session:
        return {row.email: row for row in session.execute(select(Person)).scalars()}


def count(database, model):
    with database.system_session("count") as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


# Many at once


def table(role="coordinator"):
    return TABLE.replace("Coordinación", role)


def test_a_table_is_looked_through_before_anything_is_written(marta, database):
    before = people(database)
    page = marta.post("/people/many?lang=en", data={"table": table()})
    assert page.status_code == 200
    assert "2 accounts will be added, and each person mailed a link" in page.text
    assert "Rosa Núñez" in page.text
    assert people(database).keys() == before.keys()
    assert count(database, OutboxMessage) == 0


def test_all_of_them_are_added_with_a_link_each(marta, database):
    done = marta.post("/people/many/add", data={"table": table()})
    assert done.status_code == 303
    added = people(database)
    rosa, pedro = added["rosa@example.org"], added["pedro@example.org"]
    assert (rosa.delegation, rosa.role, rosa.office_code, rosa.language) == ("MX", "coordinator", "MX-SRE", "es")
    assert (pedro.delegation, pedro.role, pedro.office_code, pedro.language) == ("MX", "official", None, "fr")
    page = marta.get(done.location)
    tokens = re.findall(r"http://127\.0\.0\.1:8000/invite/([\w-]{43})", page.text)
    with database.system_session("look") as session:
        digests = set(session.execute(select(Invitation.token_digest)).scalars())
    assert {digest_of(token) for token in tokens} == digests
    assert len(digests) == count(database, OutboxMessage) == 2
    assert "/invite/" not in marta.get(done.location).text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste it from a spreadsheet"),
        ("Rosa\tx@example.org", "does not name these columns: Name, E-mail"),
        ("Name\tE-mail\nRosa\tnot-an-address", "This is not an e-mail address."),
        ("Name\tE-mail\nRosa\tANA@example.org", "there is an account with it"),
        ("Name\tE-mail\nRosa\tbenoit@example.org", "there is an account with it"),
        ("Name\tE-mail\nRosa\tr@example.org\nRosa\tR@example.org", "there is an account with it"),
        ("Name\tE-mail\tRole\nRosa\tr@example.org\tguest", "This role cannot be given here."),
        ("Name\tE-mail\tOffice\nRosa\tr@example.org\tUS-DOS", "not one of your government’s"),
        ("Name\tE-mail\tLanguage\nRosa\tr@example.org\tDeutsch", "Choose one of the three languages."),
        ("Name\tE-mail\n\tr@example.org", "Fill this in."),
        ("Name\tE-mail\n" + "Rosa\tr@example.org\n" * 61, "60 rows at most."),
    ],
)
@pytest.mark.parametrize("address", ["/people/many", "/people/many/add"])
def test_a_row_that_is_wrong_holds_up_all(marta, database, address, text, words):
    before = people(database).keys()
    page = marta.post(f"{address}?lang=en", data={"table": text})
    assert page.status_code == 422
    assert address.endswith("add") or words in page.text
    assert text.split("\n")[-1].split("\t")[0][:9] in page.text
    assert people(database).keys() == before
    assert count(database, OutboxMessage) == 0


def test_columns_that_are_left_out_are_named(marta):
    page = marta.post("/people/many?lang=en", data={"table": "Name\tE-mail\tShoe size\nRosa\tr@example.org\t38"})
    assert "they name none of the columns: Shoe size." in page.text


def test_links_of_others_are_not_shown(marta, client_for):
    done = marta.post("/people/many/add", data={"table": table()})
    other = client_for("colin")
    with marta.session_transaction() as ours, other.session_transaction() as theirs:
        theirs["made_links"] = ours["made_links"]
    assert "/invite/" not in other.get(done.location).text


# One account


def edit(client, key, **changed):
    address = f"/people/{world.CAST[key].id}/edit"
    page = client.get(address).text
    typed = {
        "name": world.CAST[key].name, "role": world.CAST[key].role.value, "office_code": "",
        "version": re.search(r'name="version" value="(\d+)"', page).group(1),
    }  # fmt: skip
    return client.post(f"{address}?lang=en", data=typed | changed)


def test_a_new_role_holds_from_the_next_page_on(marta, client_for, database):
    diego = client_for("diego")
    assert diego.get("/people").status_code == 404
    assert edit(marta, "diego", role="administrator", office_code="MX-SRE").status_code == 303
    assert diego.get("/people").status_code == 200
    assert diego.get("/mechanisms").status_code == 404
    changed = people(database)["diego@example.org"]
    assert (changed.role, changed.office_code) == ("administrator", "MX-SRE")


def test_who_becomes_an_administrator_reads_no_feed_any_more(marta, database):
    lucia, diego = world.CAST["lucia"].id, world.CAST["diego"].id
    with database.system_session("subscribe for Lucía", "write") as session:
        audience = session.audience({f"person:{lucia}", f"person:{diego}"})
        session.add(Authorisation(principal_id=lucia, assistant_id=diego, granted_at=world.NOW, audience_id=audience))
        session.add(
            Subscription(
                person_id=diego, principal_id=lucia, name="Hers", token_digest="e" * 64, language="es",
                created_at=world.NOW, audience_id=session.audience({f"person:{diego}"}),
            )
        )  # fmt: skip
        session.commit()
    assert edit(marta, "lucia", role="administrator").status_code == 303
    with database.system_session("look") as session:
        assert session.execute(select(Subscription)).scalar_one().revoked_at == world.NOW
        assert session.execute(select(Authorisation)).scalar_one().ended_at == world.NOW


@pytest.mark.parametrize(
    ("key", "changed", "words"),
    [
        ("marta", {"role": "official"}, "This is the last administrator of your government."),
        ("diego", {"role": "secretariat"}, "This role cannot be given here."),
        ("diego", {"office_code": "US-DOS"}, "not one of your government’s"),
        ("diego", {"name": " "}, "Fill this in."),
    ],
)
def test_a_change_that_cannot_be(marta, database, key, changed, words):
    page = edit(marta, key, **changed)
    assert page.status_code == 422
    assert words in page.text
    assert people(database)[f"{key}@example.org"].role == world.CAST[key].role


def test_two_administrators_who_change_one_account(marta, database):
    assert edit(marta, "diego", name="Diego S.").status_code == 303
    page = edit(marta, "diego", name="D. Salas", version="1")
    assert page.status_code == 409
    assert "Diego S." in page.text
    assert "D. Salas" in page.text
    assert people(database)["diego@example.org"].name == "Diego S."


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("words=robles", {"Ana Robles"}),
        ("words=LUCIA+mena", {"Lucía Mena"}),
        ("role=official", {"Diego Salas"}),
        ("state=disabled", set()),
        ("role=king", set()),
        ("", {"Ana Robles", "Diego Salas", "Lucía Mena", "Marta Ibarra"}),
    ],
)
def test_accounts_are_narrowed(marta, query, names):
    page = marta.get(f"/people?lang=en&{query}").text
    shown = re.search(r"<main.*</main>", page, re.DOTALL).group()
    assert {member.name for member in world.CAST.values() if member.name in shown} == names
    assert ("No account answers to these filters." in shown) is (not names)


# Offices

NAMES = {"name_en": "Ministry of Foreign Affairs", "name_es": "Ministerio de Exteriores", "name_fr": "Affaires"}


def office(database, code="MX-SRE"):
    with database.system_session("look at an office") as session:
        found = session.get_one(Office, code)
        rows = session.execute(
            select(OfficeName).where(OfficeName.office_code == code).order_by(OfficeName.starts_on.nulls_first())
        ).scalars()
        return found, [(row.name["en"], row.starts_on, row.ends_on) for row in rows]


def test_a_new_name_begins_on_its_day_and_the_old_one_keeps_its_days(marta, database):
    before, _ = office(database)
    renamed = marta.post("/people/offices/MX-SRE/name", data=NAMES | {"starts_on": "2026-11-01", "known": ""})
    assert renamed.status_code == 303
    now, names = office(database)
    assert now.name["es"] == "Ministerio de Exteriores"
    assert names == [
        (before.name["en"], None, dt.date(2026, 10, 31)),
        ("Ministry of Foreign Affairs", dt.date(2026, 11, 1), None),
    ]
    page = marta.get(f"{renamed.location}?lang=en").text
    assert "31 October 2026" in page
    load_catalogue(database, load_shipped())
    assert office(database)[0].name["es"] == "Ministerio de Exteriores"


def test_a_name_of_a_day_to_come_waits_for_it(marta, database, clock):
    before, _ = office(database)
    assert marta.post(
        "/people/offices/MX-SRE/name", data=NAMES | {"starts_on": "2027-01-01", "known": ""}
    ).status_code == 303  # fmt: skip
    assert use_names_of_today(database) == 0
    assert office(database)[0].name == before.name
    clock.forward(days=40)
    assert use_names_of_today(database) == 1
    assert use_names_of_today(database) == 0
    assert office(database)[0].name["en"] == "Ministry of Foreign Affairs"
    with database.system_session("look") as session:
        facts = session.get_one(Party, "MX").facts["offices"]
    assert next(each for each in facts if each["code"] == "MX-SRE")["name"]["en"] == "Ministry of Foreign Affairs"


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"name_fr": " "}, 422, "Fill this in."),
        ({"starts_on": ""}, 422, "Fill this in."),
        ({"starts_on": "tomorrow"}, 422, "This is not a date."),
        ({"starts_on": "2020-01-01"}, 422, "A name begins after the one before it"),
        ({"known": ""}, 409, "Ministry of Foreign Affairs"),
        ({"known": "x"}, 409, "Ministry of Foreign Affairs"),
    ],
)
def test_a_name_that_cannot_be(marta, database, changed, status, words):
    address = "/people/offices/MX-SRE/name"
    marta.post(address, data=NAMES | {"starts_on": "2026-11-01", "known": ""})
    known = re.search(r'name="known" value="([^"]+)"', marta.get(address).text).group(1)
    typed = NAMES | {"name_en": "Another name", "starts_on": "2026-12-01", "known": known}
    page = marta.post(f"{address}?lang=en", data=typed | changed)
    assert page.status_code == status
    assert words in page.text
    assert "Another name" in page.text
    assert len(office(database)[1]) == 2


def test_an_office_is_added_once(marta, database):
    new = NAMES | {"letters": "dgxyz", "part_of": "MX-SRE", "city": "", "time_zone": ""}
    done = marta.post("/people/offices/new", data=new)
    assert done.location.endswith("/people/offices/MX-DGXYZ")
    added, _ = office(database, "MX-DGXYZ")
    assert (added.party_code, added.part_of, added.name["en"]) == ("MX", "MX-SRE", "Ministry of Foreign Affairs")
    again = marta.post("/people/offices/new?lang=en", data=new)
    assert again.status_code == 422
    assert "There is an office with the code MX-DGXYZ." in again.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"letters": "a b"}, "capital letters and digits"),
        ({"letters": ""}, "Fill this in."),
        ({"part_of": "US-DOS"}, "not one of your government’s"),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone called"),
        ({"name_es": ""}, "Fill this in."),
    ],
)
def test_an_office_that_cannot_be(marta, database, changed, words):
    before = count(database, Office)
    new = NAMES | {"letters": "NEW", "part_of": "", "city": "", "time_zone": ""} | changed
    page = marta.post("/people/offices/new?lang=en", data=new)
    assert page.status_code == 422
    assert words in page.text
    assert count(database, Office) == before


def test_another_governments_office_is_one_that_does_not_exist(marta):
    for code in ("US-DOS", "CA-GAC", "MX-NOTHING"):
        for path in ("", "/name"):
            assert marta.get(f"/people/offices/{code}{path}").status_code == 404
        assert marta.post(f"/people/offices/{code}/name", data=NAMES).status_code == 404
