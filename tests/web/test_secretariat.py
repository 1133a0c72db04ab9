"""Secretariats by page: asked for, agreed, named, ended; and the hat that is on, on every page."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Appointment, AppointmentMember, Decision, Draft, SignInSession
from tests import story, world
from tests.conftest import CheckingClient
from tests.services.test_appointments import agreed, appointed, asked, hats_of, named
from tests.subscribing import counted_statements

Client = Callable[[str | None], CheckingClient]
FORM = {"office": "", "name_en": "Office of the cycle", "starts_on": "2026-11-22", "ends_on": "", "note": "As agreed."}


@pytest.fixture
def path(database: Database) -> str:
    """Return the address of the mechanism that the tests appoint for."""
    with database.read_session(world.viewer("ana")) as session:
        return f"/mechanisms/{world.mechanism_of(session, 'M04').code}"


def page(client: CheckingClient, address: str) -> str:
    response = client.get(f"{address}{'&' if '?' in address else '?'}lang=en")
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


def test_it_is_asked_for_agreed_and_shown_on_the_mechanisms_page(
    database: Database, client_for: Client, path: str
) -> None:
    ana = client_for("ana")
    assert "Nobody is appointed today." in page(client_for("erin"), path)
    made = ana.post(f"{path}/secretariat/ask", data=FORM)
    assert made.status_code == 303
    ana.get(made.location)  # what was flashed is shown
    assert "asked, not in force" in page(client_for("erin"), f"{path}/secretariat")
    for key in ("isabelle", "erin"):
        client = client_for(key)
        with database.read_session(world.viewer(key)) as session:
            decision = session.execute(select(Decision).where(Decision.kind == "appointment")).scalar_one()
        given = client.post(
            f"/decisions/{decision.id}/answer", data={"answer": "yes", "version": str(decision.version)}
        )
        assert given.status_code == 303
    assert "in force" in page(client_for("benoit"), made.location)
    assert "Office of the cycle" in page(client_for("benoit"), path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name_en": ""}, "Fill this in."),
        ({"starts_on": "yesterday"}, "This is not a date."),
        ({"starts_on": "2026-11-21"}, "A secretariat begins today or later."),
        ({"ends_on": "2026-11-01"}, "The end comes before the start."),
        ({"office": "nowhere"}, "This office is not one of these"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    client_for: Client, path: str, changed: dict[str, str], said: str
) -> None:
    response = client_for("erin").post(f"{path}/secretariat/ask", data=FORM | changed)
    text = response.get_data(as_text=True)
    assert (response.status_code, said in text, "As agreed." in text) == (422, True, True)


@pytest.mark.parametrize(("key", "status"), [("diego", 403), ("sam", 403), ("olga", 404), ("marta", 404)])
def test_who_does_not_speak_for_a_party_asks_for_none(client_for: Client, path: str, key: str, status: int) -> None:
    assert client_for(key).get(f"{path}/secretariat/ask").status_code == status
    assert client_for(key).post(f"{path}/secretariat/ask", data=FORM).status_code == status


def test_a_bilateral_meetings_own_secretariat_is_unknown_to_the_third(told: Database, settings: Any) -> None:
    from tests.conftest import client_of, make_app

    app = make_app(settings, told)
    made = asked(told, meeting=story.HIDDEN)
    agreed(told, made, "erin")
    assert "in force" in page(client_of(app, "ana"), f"/meetings/{story.HIDDEN}/secretariat")
    for key in ("isabelle", "sam"):
        client = client_of(app, key)
        for address in (f"/meetings/{story.HIDDEN}/secretariat", f"/secretariats/{made}"):
            assert client.get(address).status_code == 404, (key, address)
        assert str(made) not in page(client, "/secretariats")


# People --------------------------------------------------------------------------------------------


def test_an_administrator_names_people_for_the_own_office_and_sees_no_more(
    database: Database, client_for: Client
) -> None:
    made = appointed(database, office_code="MX-SRE")
    marta = client_for("marta")
    assert f"/secretariats/{made}" in page(marta, "/secretariats")
    assert "Office of the cycle" in page(marta, f"/secretariats/{made}")
    named_so = marta.post(f"/secretariats/{made}/members", data={"person": str(world.CAST["diego"].id)})
    assert named_so.status_code == 303
    assert hats_of(database, "diego") == {made}
    assert client_for("colin").get(f"/secretariats/{made}").status_code == 404
    assert client_for("marta").get("/mechanisms").status_code == 404
    assert client_for("marta").get(f"/secretariats/{made}/end").status_code == 404


def test_people_of_other_governments_stand_there_without_their_names(database: Database, client_for: Client) -> None:
    made = appointed(database)
    row = named(database, made, "diego")
    ours = page(client_for("ana"), f"/secretariats/{made}")
    theirs = page(client_for("erin"), f"/secretariats/{made}")
    assert ("Diego Salas" in ours, "Diego Salas" in theirs, "one person" in theirs) == (True, False, True)
    removal = f"/secretariats/{made}/members/{row}/remove"
    assert (removal in ours, removal in theirs) == (True, False)
    assert client_for("erin").post(removal).status_code == 403
    assert client_for("lucia").post(removal).status_code == 303
    assert hats_of(database, "diego") == set()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Fill this in."),
        ({"person": "nobody"}, "Choose somebody of your own delegation"),
        ({"person": str(world.CAST["diego"].id)}, "Choose somebody of your own delegation"),
        ({"email": "erin@example.org"}, "No account of a secretariat has this address."),
        ({"person": str(world.CAST["daniel"].id), "ends_on": "2026-11-01"}, "The end comes before the start."),
    ],
)
def test_naming_nobody_who_can_serve_is_refused(
    database: Database, client_for: Client, data: dict[str, str], said: str
) -> None:
    made = appointed(database)
    response = client_for("erin").post(f"/secretariats/{made}/members", data=data)
    assert (response.status_code, said in response.get_data(as_text=True)) == (422, True)


# Ending it -----------------------------------------------------------------------------------------


def test_ending_it_asks_first_and_says_what_follows(database: Database, client_for: Client) -> None:
    made = appointed(database)
    carol = client_for("carol")
    assert "yours alone ends it" in page(carol, f"/secretariats/{made}/end")
    late = carol.post(f"/secretariats/{made}/end", data={"last_on": "2026-11-01"})
    assert (late.status_code, "This day is over" in late.get_data(as_text=True)) == (422, True)
    assert carol.post(f"/secretariats/{made}/end", data={"last_on": ""}).status_code == 303
    assert "ended on 22 November 2026" in page(client_for("erin"), f"/secretariats/{made}")
    assert carol.get(f"/secretariats/{made}/end").status_code == 422


# Hats ----------------------------------------------------------------------------------------------


def serving(database: Database, client_for: Client) -> tuple[CheckingClient, uuid.UUID]:
    """Return a client of Diego's, with the hat of a secretariat of M04 on."""
    made = appointed(database)
    named(database, made, "diego")
    client = client_for("diego")
    assert "You act for Mexico." in page(client, "/meetings").replace("México", "Mexico")
    assert client.post("/hat", data={"appointment": str(made)}).status_code == 303
    return client, made


def test_every_page_says_which_hat_is_on_and_how_to_take_it_off(database: Database, client_for: Client) -> None:
    client, _made = serving(database, client_for)
    for address in ("/", "/mechanisms", "/meetings", "/actions", "/subscriptions", "/accessibility", "/hat"):
        text = page(client, f"{address}?lang=en")
        assert "You act for the Office of the cycle: " in text, address
        assert "Take the hat off to act for Mexico" in text, address
    assert client.get("/nowhere").status_code == 404
    assert "Take the hat off" in client.get("/nowhere?lang=en").get_data(as_text=True)
    assert client.post("/hat", data={"appointment": ""}).status_code == 303
    assert "Take the hat off" not in page(client, "/?lang=en")


def test_a_draft_is_the_delegations_without_the_hat_and_the_secretariats_with_it(
    database: Database, client_for: Client
) -> None:
    client, made = serving(database, client_for)
    with database.read_session(world.viewer("ana")) as session:
        code = world.mechanism_of(session, "M04").code
    typed = {"mechanism": code, "title_en": "T", "original": "en", "parties": list(world.THREE), "agenda": "none"}
    client.post("/meetings/new", data=typed)
    client.post("/hat", data={})
    client.post("/meetings/new", data=typed)
    with database.system_session("look at a test's drafts") as session:
        owners = {(row.owner_party, row.owner_appointment) for row in session.execute(select(Draft)).scalars()}
    assert owners == {(None, made), ("MX", None)}


def test_a_hat_of_others_is_refused_and_one_that_is_over_is_off(
    database: Database, client_for: Client, clock: Any
) -> None:
    client, made = serving(database, client_for)
    other = client_for("benoit")
    for wrong in (str(made), str(uuid.uuid4()), "no id"):
        refused = other.post("/hat", data={"appointment": wrong})
        assert refused.status_code == 422
    with database.system_session("end a test's membership", "write") as session:
        row = session.execute(select(AppointmentMember).where(AppointmentMember.appointment_id == made)).scalar_one()
        row.ends_on = dt.date(2026, 11, 21)
        session.commit()
    assert "Take the hat off" not in page(client, "/?lang=en")
    with database.system_session("look at a test's sign-in") as session:
        worn = session.execute(
            select(SignInSession.worn_appointment_id).where(SignInSession.person_id == world.CAST["diego"].id)
        ).scalar_one()
    assert worn == made, "and it is the rule that takes it off, not somebody's tidying up"


def test_the_hat_is_on_in_one_sign_in_alone(database: Database, client_for: Client) -> None:
    serving(database, client_for)
    assert "Take the hat off" not in page(client_for("diego"), "/?lang=en")


def test_a_secretariats_person_chooses_one_hat_or_all(client_for: Client) -> None:
    client = client_for("sam")
    assert "Act for all of them" not in page(client, "/hat")
    client.post("/hat", data={"appointment": str(world.appointment_id("M02"))})
    assert "Act for all of them" in page(client, "/hat")
    assert client.get(f"/secretariats/{world.appointment_id('M01')}").status_code == 404
    client.post("/hat", data={})
    assert client.get(f"/secretariats/{world.appointment_id('M01')}").status_code == 200


def test_who_serves_in_none_is_told_so(client_for: Client) -> None:
    assert "You serve in no secretariat today." in page(client_for("benoit"), "/hat?lang=en")


def test_as_many_statements_for_many_as_for_few(database: Database, client_for: Client, path: str) -> None:
    made = appointed(database)
    named(database, made, "diego")
    client = client_for("ana")
    addresses = (f"/secretariats/{made}", f"{path}/secretariat", "/secretariats", path)
    few = [_statements(database, client, address) for address in addresses]
    named(database, made, "lucia")
    named(database, made, "ana")
    with database.system_session("add secretariats of a test", "write") as session:
        first = session.get_one(Appointment, made)
        for n in range(10):
            session.add(
                Appointment(
                    name={"en": f"Old {n}"}, mechanism_id=first.mechanism_id, parties=first.parties,
                    starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 2, 1), in_force_at=world.NOW,
                    audience_id=first.audience_id,
                )
            )  # fmt: skip
        session.commit()
    assert [_statements(database, client, address) for address in addresses] == few
    assert max(few) <= 16, few  # with those that find out who asks; a meeting has the most


def _statements(database: Database, client: CheckingClient, address: str) -> int:
    with counted_statements(database) as found:
        assert client.get(address).status_code == 200
    return len(found)
