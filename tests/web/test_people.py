"""The accounts of one government, and one's own profile."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import func, select

from app.db import digest_of
from app.models import AuditRecord, Invitation, OutboxMessage, Person, SignInSession, Subscription
from tests import world

NEW = {"name": "Rosa Núñez", "email": "Rosa@Example.org", "role": "official", "office_code": "", "language": "es"}
MISSING = uuid.UUID(int=1)


@pytest.fixture
def marta(client_for):
    return client_for("marta")


def person(database, key_or_email):
    with database.system_session("look at an account") as session:
        wanted = Person.email == (key_or_email if "@" in key_or_email else world.CAST[key_or_email].email)
        return session.execute(select(Person).where(wanted)).scalar_one_or_none()


def count(database, model):
    with database.system_session("count") as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_an_administrator_sees_the_own_accounts_and_no_others(marta):
    page = marta.get("/people").text
    own = {"ana", "diego", "lucia", "marta"}
    for key, member in world.CAST.items():
        assert (member.name in page) is (key in own), key
        assert (member.email in page) is (key in own), key


@pytest.mark.parametrize("key", ["ana", "lucia", "diego", "sam", "olga", "carol"])
def test_nobody_else_has_the_page(client_for, key):
    client = client_for(key)
    for path in ("/people", "/people/new", f"/people/{world.CAST['ana'].id}"):
        assert client.get(path).status_code == 404
    assert client.post("/people/new", data=NEW).status_code == 404


def test_a_foreign_account_is_one_that_does_not_exist(marta, database):
    foreign = world.CAST["benoit"].id
    asked = (foreign, world.CAST["sam"].id, MISSING)
    pages = [marta.get(f"/people/{identity}") for identity in asked]
    assert [page.status_code for page in pages] == [404] * 3
    # The links to the other languages repeat what was asked for, a token the second it was made; nothing else differs.
    texts = (page.text.replace(str(identity), "") for page, identity in zip(pages, asked, strict=True))
    assert len({re.sub(r'name="csrf_token" value="[^"]*"', "", text) for text in texts}) == 1
    for act in ("link", "disable", "enable"):
        assert marta.post(f"/people/{foreign}/{act}", data={"version": "1"}).status_code == 404
    assert person(database, "benoit").active


def test_adding_an_account_shows_its_link_once_and_mails_it(marta, database, client_for):
    done = marta.post("/people/new", data=NEW)
    assert done.status_code == 303
    page = marta.get(done.location)
    token = re.search(r"http://127\.0\.0\.1:8000/invite/([\w-]{43})", page.text).group(1)
    assert "/invite/" not in marta.get(done.location).text
    added = person(database, "rosa@example.org")
    assert (added.name, added.delegation, added.role, added.language) == ("Rosa Núñez", "MX", "official", "es")
    assert added.time_zone == "America/Mexico_City"
    assert added.password is None
    with database.system_session("look") as session:
        (link,) = session.execute(select(Invitation)).scalars()
        (message,) = session.execute(select(OutboxMessage)).scalars()
        acts = session.execute(select(AuditRecord.action).order_by(AuditRecord.number)).scalars().all()
    assert (link.token_digest, link.person_id) == (digest_of(token), added.id)
    assert (message.kind, message.recipient_id) == ("invitation", added.id)
    assert message.payload == {"invitation_id": str(link.id)}
    assert acts[-2:] == ["person_added", "person_invited"]
    # The cookie's id of the link opens nothing by itself.
    assert client_for(None).get(f"/invite/{link.id}").status_code == 404


def test_a_form_sent_twice_adds_one_account(marta, database):
    twice = NEW | {"submission_id": str(uuid.uuid4())}
    first, second = marta.post("/people/new", data=twice), marta.post("/people/new", data=twice)
    assert first.location == second.location
    assert count(database, OutboxMessage) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Fill this in."),
        ({"name": "\u202egnp.exe"}, "hidden marks that turn the direction of writing"),
        ({"name": "x" * 301}, "Use 300 characters or fewer."),
        ({"email": "rosa"}, "This is not an e-mail address."),
        ({"email": "rosa@example.org\r\nBcc: x@example.org"}, "This is not an e-mail address."),
        ({"email": "ANA@example.org"}, "there is an account with it"),
        ({"email": "benoit@example.org"}, "there is an account with it"),
        ({"role": "secretariat"}, "This role cannot be given here."),
        ({"role": "guest"}, "This role cannot be given here."),
        ({"role": "king"}, "This role cannot be given here."),
        ({"office_code": "US-DOS"}, "This office is not one of your government’s."),
        ({"office_code": "NOTHING"}, "This office is not one of your government’s."),
        ({"language": "de"}, "Choose one of the three languages."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(marta, database, changed, words):
    before = count(database, Person)
    page = marta.post("/people/new?lang=en", data=NEW | changed)
    assert page.status_code == 422
    assert words in page.text
    kept = (NEW | changed)["name"].strip()
    assert kept[:20] in page.text
    assert count(database, Person) == before
    assert count(database, OutboxMessage) == 0


def test_disabling_ends_everything_at_once(marta, client_for, database):
    diego = client_for("diego")
    assert diego.get("/profile").status_code == 200
    with database.system_session("subscribe Diego", "write") as session:
        audience = session.audience({f"person:{world.CAST['diego'].id}"})
        session.add(
            Subscription(
                person_id=world.CAST["diego"].id, name="All", token_digest="d" * 64, language="es",
                created_at=session.now, audience_id=audience,
            )
        )  # fmt: skip
        session.commit()
    address = f"/people/{world.CAST['diego'].id}"
    assert database.feed_state("d" * 64, ()) is not None
    asked = marta.get(f"{address}/disable")
    assert person(database, "diego").active
    version = re.search(r'name="version" value="(\d+)"', asked.text).group(1)
    assert marta.post(f"{address}/disable", data={"version": version}).status_code == 303
    assert diego.get("/profile").status_code == 303
    disabled = person(database, "diego")
    assert (disabled.active, disabled.disabled_at) == (False, world.NOW)
    with database.system_session("look") as session:
        assert session.execute(select(Subscription)).scalar_one().revoked_at == world.NOW
        assert all(row.ended_at for row in session.execute(
            select(SignInSession).where(SignInSession.person_id == disabled.id)
        ).scalars())  # fmt: skip
    assert database.feed_state("d" * 64, ()) is None
    back = marta.post(f"{address}/enable", data={"version": str(disabled.version)})
    assert back.status_code == 303
    assert person(database, "diego").active
    assert diego.get("/profile").status_code == 303
    assert database.feed_state("d" * 64, ()) is None


def test_an_old_page_disables_nobody(marta, database):
    address = f"/people/{world.CAST['diego'].id}/disable"
    for version in ("0", "2", "", "x", "99999999999999"):
        page = marta.post(address, data={"version": version})
        assert page.status_code == 409
    assert person(database, "diego").active


def test_the_last_administrator_stays(marta, database):
    own = f"/people/{world.CAST['marta'].id}/disable"
    page = marta.post(f"{own}?lang=en", data={"version": "1"})
    assert page.status_code == 422
    assert "This is the last administrator of your government." in page.text
    assert person(database, "marta").active
    with database.system_session("make Lucía an administrator", "write") as session:
        session.get_one(Person, world.CAST["lucia"].id).role = "administrator"
        session.commit()
    assert marta.post(own, data={"version": "1"}).status_code == 303
    assert not person(database, "marta").active
    assert marta.get("/people").status_code == 303


def test_a_new_link_replaces_the_old_one(marta, database):
    address = f"/people/{world.CAST['diego'].id}"
    links = []
    for _ in range(2):
        marta.post(f"{address}/link")
        links.append(re.search(r"/invite/([\w-]{43})", marta.get(address).text).group(1))
    with database.system_session("look") as session:
        live = session.execute(select(Invitation.token_digest).where(Invitation.used_at.is_(None))).scalars().all()
    assert live == [digest_of(links[1])]


# One's own profile


def profile_of(database, key="ana"):
    found = person(database, key)
    return {"name": found.name, "language": found.language, "time_zone": found.time_zone, "theme": found.theme,
            "version": str(found.version), "reminder_mails": found.reminder_mails}  # fmt: skip


@pytest.mark.parametrize("key", ["ana", "benoit", "colin", "sam", "olga"])
def test_everybody_has_a_profile(client_for, database, key):
    client = client_for(key)
    assert world.CAST[key].email in client.get("/profile").text
    done = client.post("/profile", data=profile_of(database, key) | {"theme": "dark", "language": "fr"})
    assert done.status_code == 303
    page = client.get("/profile").text
    assert '<html lang="fr" data-bs-theme="dark">' in page
    assert person(database, key).theme == "dark"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_zones_stand_under_their_regions_in_the_readers_language(client_for, language):
    page = client_for("ana").get(f"/profile?lang={language}").text
    cities = {"en": "Mexico City", "es": "Ciudad de México", "fr": "Mexico"}
    assert f'<option value="America/Mexico_City" selected>{cities[language]}</option>' in page
    assert page.count("<optgroup") == 10
    assert page.count('value="America/Toronto"') == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "Fill this in."),
        ({"name": "a\x07b"}, "characters that cannot be printed"),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone called “Mars/Olympus”."),
        ({"time_zone": "US/Eastern"}, "There is no time zone called “US/Eastern”."),
        ({"language": "de"}, "Choose one of the three languages."),
        ({"theme": "pink"}, "Fill this in."),
    ],
)
def test_a_profile_that_cannot_be(client_for, database, changed, words):
    before = profile_of(database)
    page = client_for("ana").post("/profile?lang=en", data=before | changed)
    assert page.status_code == 422
    assert words in page.text
    assert profile_of(database) == before


def test_the_loser_of_a_race_sees_both(client_for, database):
    opened = profile_of(database)
    client = client_for("ana")
    assert client.post("/profile", data=opened | {"name": "Ana R. Robles"}).status_code == 303
    page = client.post("/profile?lang=en", data=opened | {"name": "Ana María Robles"})
    assert page.status_code == 409
    assert "Ana R. Robles" in page.text
    assert page.text.count("Ana María Robles") == 2  # beside what stands now, and kept in the form
    assert person(database, "ana").name == "Ana R. Robles"
    french = client.post("/profile?lang=fr", data=opened | {"time_zone": "America/New_York", "theme": "dark"})
    rows = re.sub(r"<[^>]+>|\s+", " ", french.text)
    assert re.search(r"New York\s+Mexico\s", rows)
    assert re.search(r"foncées\s+celles de cet appareil", rows)
    assert 'classes="typed">America/' not in french.text
    client.get("/profile?lang=en")
    version = re.search(r'name="version" value="(\d+)"', page.text).group(1)
    assert client.post("/profile", data=opened | {"name": "Ana María Robles", "version": version}).status_code == 303
    assert person(database, "ana").name == "Ana María Robles"
