"""The pages of signing in: the cookie, what is said, and what dies when."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.domain.errors import Refusal
from app.messages import message_for
from app.models import Person, SignInSession
from app.services import invitations
from app.web.sign_in.routes import own_path
from tests import world
from tests.conftest import make_app

PASSWORD = "violet-anchor-7-mill"
OTHER = "a quiet harbour, 6 gulls"
ANA = world.CAST["ana"]


@pytest.fixture(scope="module")
def hashes():
    return {}


@pytest.fixture
def ana(app, database, hashes):
    if not hashes:
        with app.app_context():
            hashes["ana"] = app.extensions["entente.passwords"].hash(PASSWORD)
    with database.system_session("give Ana a password", "write") as session:
        session.get_one(Person, ANA.id).password = hashes["ana"]
        session.commit()
    return ANA


@pytest.fixture
def nobody(client_for):
    return client_for(None)


def sign_in(client, email=ANA.email, password=PASSWORD, **more):
    return client.post("/login", data={"email": email, "password": password, **more})


def test_signing_in_and_out(ana, nobody, client_for):
    page = nobody.get("/profile")
    assert (page.status_code, page.location) == (303, "/login?next=%2Fprofile")
    form = nobody.get(page.location)
    assert 'name="next"' in form.text
    assert 'value="/profile"' in form.text
    done = sign_in(nobody, next="/profile")
    assert (done.status_code, done.location) == (303, "/profile")
    cookie = done.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    nobody.member = ANA
    assert ANA.email in nobody.get("/profile").text
    assert nobody.get("/login").location == "/"
    assert nobody.post("/logout").location == "/login"
    assert nobody.get("/profile").status_code == 303


def test_a_copied_cookie_dies_at_sign_out(ana, nobody, client_for):
    sign_in(nobody)
    copied = nobody.get_cookie("entente").value
    thief = client_for(None)
    thief.set_cookie("entente", copied)
    thief.member = ANA
    assert thief.get("/profile").status_code == 200
    nobody.post("/logout")
    thief.set_cookie("entente", copied)
    assert thief.get("/profile").location == "/login?next=%2Fprofile"


def test_the_cookie_from_before_is_not_kept(ana, nobody):
    with nobody.session_transaction() as cookie:
        cookie["planted"] = "by somebody"
        cookie["sign_in"] = "a token that somebody else knows"
    sign_in(nobody)
    with nobody.session_transaction() as cookie:
        assert "planted" not in cookie
        assert len(cookie["sign_in"]) == 43


def test_every_failure_reads_the_same(ana, nobody, database):
    pages = [sign_in(nobody, password="wrong password here"), sign_in(nobody, email="nobody@example.org")]
    with database.system_session("disable Ana", "write") as session:
        session.get_one(Person, ANA.id).active = False
        session.commit()
    pages.append(sign_in(nobody))
    assert [page.status_code for page in pages] == [422, 422, 422]
    said = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
    assert len(said) == 1
    assert "The address and the password do not belong together." in pages[0].text
    # What was typed is kept, save the password.
    assert 'value="ana@example.org"' in pages[0].text
    assert "wrong password here" not in pages[0].text


def test_too_many_attempts(ana, nobody):
    wrong = [sign_in(nobody, password="wrong password here").status_code for _ in range(11)]
    assert wrong == [422] * 10 + [429]
    page = sign_in(nobody)
    assert page.status_code == 429
    assert "There were too many attempts." in page.text


def test_nothing_typed(nobody):
    page = nobody.post("/login", data={})
    assert page.status_code == 422
    assert page.text.count("Fill this in.") == 4  # in the summary and beside each field


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/meetings/UNC-2026-2?x=1", "/meetings/UNC-2026-2?x=1"),
        ("/", "/"),
        ("", ""),
        (None, ""),
        ("//evil.example/", ""),
        ("///evil.example/", ""),
        ("/\\evil.example/", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("evil", ""),
        ("/\t/evil.example", ""),
        ("/a\r\nSet-Cookie: x=y", ""),
    ],
)
def test_only_paths_of_ours_are_gone_on_to(target, kept):
    assert own_path(target) == kept


def test_nobody_is_sent_elsewhere(ana, nobody):
    assert 'value="//evil.example"' not in nobody.get("/login?next=" + quote("//evil.example", safe="")).text
    assert sign_in(nobody, next="//evil.example").location == "/"


def test_signing_in_needs_the_token_of_the_form(settings, sqlite_database):
    app = make_app(settings, sqlite_database)
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    assert client.post("/login", data={"email": "x@example.org", "password": "x"}).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text).group(1)
    page = client.post("/login", data={"email": "x@example.org", "password": "x", "csrf_token": token})
    assert page.status_code == 422


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_form_speaks_the_readers_language(nobody, language):
    page = nobody.post(f"/login?lang={language}", data={"email": "x@example.org", "password": "x"})
    assert f'<html lang="{language}"' in page.text
    assert message_for(Refusal("sign_in_failed"), language) in page.text


def test_a_link_sets_the_password_once(nobody, database, settings):
    with database.system_session("make a link", "write") as session:
        link = invitations.make_invitation(session, ANA.id, settings.secret_key)
        session.commit()
    address = f"/invite/{invitations.invitation_token(settings.secret_key, link)}"
    nobody.member = ANA
    page = nobody.get(address)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert ANA.email in page.text
    refused = nobody.post(address, data={"password": OTHER, "again": OTHER + "!"})
    assert refused.status_code == 422
    assert "The two passwords are not the same." in refused.text
    assert OTHER not in refused.text
    refused = nobody.post(address, data={"password": "ana@example.org", "again": "ana@example.org"})
    assert "This password is your name or your address." in refused.text
    assert nobody.post(address, data={"password": OTHER, "again": OTHER}).location == "/login"
    again = nobody.post(address, data={"password": PASSWORD, "again": PASSWORD})
    assert again.status_code == 410
    assert "This link was used already, or is too old." in again.text
    assert nobody.get(address).status_code == 410
    assert sign_in(nobody, password=OTHER).status_code == 303


def test_an_unknown_link(nobody):
    page = nobody.get("/invite/nothing-of-the-kind")
    assert page.status_code == 404
    assert "This link leads nowhere." in page.text
    assert nobody.post("/invite/nothing-of-the-kind", data={"password": OTHER, "again": OTHER}).status_code == 404


def test_changing_the_password_signs_out_everywhere_else(ana, client_for):
    here, there = client_for("ana"), client_for("ana")
    wrong = here.post("/profile/password?lang=en", data={"current": "not it", "new": OTHER, "again": OTHER})
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    short = here.post("/profile/password?lang=en", data={"current": PASSWORD, "new": "short", "again": "short"})
    assert "Use 15 characters or more." in short.text
    done = here.post("/profile/password?lang=en", data={"current": PASSWORD, "new": OTHER, "again": OTHER})
    assert (done.status_code, done.location) == (303, "/profile")
    assert here.get("/profile").status_code == 200
    assert there.get("/profile").status_code == 303


def test_signing_out_ends_one_sign_in(database, client_for):
    one, other = client_for("ana"), client_for("ana")
    one.post("/logout")
    assert other.get("/profile").status_code == 200
    with database.system_session("look") as session:
        ended = [row.ended_at is not None for row in session.execute(select(SignInSession)).scalars()]
    assert sorted(ended) == [False, True]
