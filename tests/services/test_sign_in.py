"""Signing in: the rows behind it, the limit on guesses, and what ends it. Passwords are hashed for real."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database, digest_of
from app.domain.errors import Refusal
from app.models import AuditRecord, Person, SignInAttempt, SignInSession
from app.services import invitations, sign_in
from app.services.identity import viewer_of_token
from app.web.sign_in.security import ArgonPasswords, PeopleDatastore
from tests import world

PASSWORD = "violet-anchor-7-mill"
OTHER = "a quiet harbour, 6 gulls"
ANA = world.CAST["ana"]


@pytest.fixture
def passwords(app: Flask):
    with app.app_context():
        yield app.extensions["entente.passwords"]


@pytest.fixture(scope="module")
def hashes():
    return {}


@pytest.fixture
def ana(database: Database, passwords: ArgonPasswords, hashes):
    """Give Ana a password; it is hashed once for all tests of this module."""
    if not hashes:
        hashes["ana"] = passwords.hash(PASSWORD)
    with database.system_session("give Ana a password", "write") as session:
        session.get_one(Person, ANA.id).password = hashes["ana"]
        session.commit()
    return ANA


def rows(database: Database, model):
    with database.system_session("look at rows") as session:
        return session.execute(select(model)).scalars().all()


def fail_before(database: Database, count: int, minutes_ago: float, email: str = ANA.email):
    with database.system_session("earlier attempts", "write") as session:
        at = session.now - dt.timedelta(minutes=minutes_ago)
        for _ in range(count):
            session.add(SignInAttempt(email_digest=digest_of(email), at=at, succeeded=False))
        session.commit()


def test_the_hash_is_argon2id_of_64_mib_and_four_rounds(passwords):
    hashed = passwords.hash(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=4,p=1$")
    assert passwords.verify(PASSWORD, hashed)
    assert not passwords.verify(PASSWORD + "x", hashed)


def test_an_account_without_a_password_costs_the_same_work(passwords, monkeypatch):
    looked_at = []

    def right(_password, hashed):
        looked_at.append(hashed)
        return True

    monkeypatch.setattr("app.web.sign_in.security.verify_password", right)
    assert not passwords.verify(PASSWORD, None)
    assert looked_at[0].startswith("$argon2id$v=19$m=65536,t=4,p=1$")


def test_one_hash_at_a_time(passwords, monkeypatch):
    running, most = [], []

    def slow(_password, _hashed):
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.02)
        running.pop()
        return True

    monkeypatch.setattr("app.web.sign_in.security.verify_password", slow)
    threads = [threading.Thread(target=passwords.verify, args=("x", "y")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6


def test_signing_in_opens_a_row_for_twelve_hours(database, passwords, ana, clock):
    token = sign_in.sign_in(database, passwords, " ANA@example.org ", PASSWORD, "Firefox\x00 128" + "x" * 400)
    (row,) = rows(database, SignInSession)
    assert row.token_digest == digest_of(token)
    assert len(token) == 43
    assert row.expires_at - row.created_at == dt.timedelta(hours=12)
    assert row.agent.startswith("Firefox 128")
    assert len(row.agent) == 300
    (attempt,) = rows(database, SignInAttempt)
    assert attempt.succeeded
    (record,) = [record for record in rows(database, AuditRecord) if record.action == "signed_in"]
    assert (record.person_id, record.party_code, record.subject_id) == (ana.id, "MX", str(ana.id))
    viewer = viewer_of_token(database, digest_of(token), clock())
    assert viewer is not None
    assert viewer.person_id == ana.id
    clock.forward(hours=12)
    assert viewer_of_token(database, digest_of(token), clock()) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [(ANA.email, "violet-anchor-7-mills"), ("nobody@example.org", PASSWORD), (ANA.email, "y" * 5000)],
)
def test_wrong_and_unknown_are_refused_alike(database, passwords, ana, email, password):
    with pytest.raises(Refusal) as refused:
        sign_in.sign_in(database, passwords, email, password, "")
    assert (refused.value.key, refused.value.field, refused.value.values) == ("sign_in_failed", None, {})
    assert rows(database, SignInSession) == []


def test_a_disabled_account_is_refused_like_an_unknown_one(database, passwords, ana):
    with database.system_session("disable Ana", "write") as session:
        session.get_one(Person, ana.id).active = False
        session.commit()
    with pytest.raises(Refusal, match="sign_in_failed"):
        sign_in.sign_in(database, passwords, ana.email, PASSWORD, "")


@pytest.mark.parametrize(
    ("failed", "minutes_ago", "email", "passes"),
    [
        (9, 1, ANA.email, True),
        (10, 1, ANA.email, False),
        (10, 14.9, ANA.email, False),
        (10, 15.1, ANA.email, True),
        (50, 1, "diego@example.org", True),
    ],
)
def test_ten_failures_in_a_quarter_of_an_hour(database, passwords, ana, failed, minutes_ago, email, passes):
    fail_before(database, failed, minutes_ago, email)
    if passes:
        assert sign_in.sign_in(database, passwords, ana.email, PASSWORD, "")
        return
    with pytest.raises(Refusal, match="too_many_attempts"):
        sign_in.sign_in(database, passwords, ana.email, PASSWORD, "")
    # Knocking at the closed door does not keep it closed.
    assert len(rows(database, SignInAttempt)) == failed


def test_guesses_at_once_count_one_another(database, ana):
    class Slow:
        looked_at = 0

        def hash(self, password):
            raise AssertionError(password)

        def verify(self, _password, _hashed):
            self.looked_at += 1
            return False

    slow = Slow()
    refused = []

    def guess():
        try:
            sign_in.sign_in(database, slow, ana.email, "guess", "")
        except Refusal as refusal:
            refused.append(refusal.key)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 24
    assert slow.looked_at <= 10
    assert refused.count("too_many_attempts") == 24 - slow.looked_at


def test_a_password_changed_meanwhile_opens_nothing(database, ana):
    class Meanwhile:
        def hash(self, password):
            raise AssertionError(password)

        def verify(self, _password, _hashed):
            with database.system_session("change it meanwhile", "write") as session:
                session.get_one(Person, ana.id).password = "another hash"
                session.commit()
            return True

    with pytest.raises(Refusal, match="sign_in_failed"):
        sign_in.sign_in(database, Meanwhile(), ana.email, PASSWORD, "")
    assert rows(database, SignInSession) == []


def test_changing_the_password_ends_the_other_sign_ins_and_the_links(database, passwords, ana, settings, clock):
    here = world.sign_in_token(database, ana)
    there = world.sign_in_token(database, ana)
    with database.system_session("make a link", "write") as session:
        link = invitations.make_invitation(session, ana.id, settings.secret_key)
        session.commit()
    sign_in.change_password(database, passwords, world.viewer("ana"), here, current=PASSWORD, new=OTHER)
    assert viewer_of_token(database, digest_of(here), clock()) is not None
    assert viewer_of_token(database, digest_of(there), clock()) is None
    with pytest.raises(Refusal, match="invitation_over"):
        invitations.invited_by(database, invitations.invitation_token(settings.secret_key, link))
    assert sign_in.sign_in(database, passwords, ana.email, OTHER, "")
    with pytest.raises(Refusal, match="sign_in_failed"):
        sign_in.sign_in(database, passwords, ana.email, PASSWORD, "")


def test_changing_the_password_needs_the_present_one_and_counts_guesses(database, passwords, ana):
    fail_before(database, 9, 1)
    with pytest.raises(Refusal) as refused:
        sign_in.change_password(database, passwords, world.viewer("ana"), "t", current="not it, not it", new=OTHER)
    assert (refused.value.key, refused.value.field) == ("wrong_password", "current")
    with pytest.raises(Refusal, match="too_many_attempts"):
        sign_in.change_password(database, passwords, world.viewer("ana"), "t", current=PASSWORD, new=OTHER)


def test_sweeping_removes_old_attempts_and_ends_what_expired(database, ana, clock):
    fail_before(database, 2, 60 * 30)
    fail_before(database, 3, 60)
    world.sign_in_token(database, ana)
    clock.forward(hours=13)
    with database.system_session("sweep", "write") as session:
        assert sign_in.forget_old_attempts(session, session.now - dt.timedelta(days=1)) == 2
        assert sign_in.end_expired(session) == 1
        assert sign_in.end_expired(session) == 0
        session.commit()
    (row,) = rows(database, SignInSession)
    assert row.ended_at == row.expires_at
    assert len(rows(database, SignInAttempt)) == 3


def test_a_link_sets_a_password_once(database, passwords, settings, clock):
    with database.system_session("make links", "write") as session:
        first = invitations.make_invitation(session, ANA.id, settings.secret_key)
        second = invitations.make_invitation(session, ANA.id, settings.secret_key)
        session.commit()
    old, token = (invitations.invitation_token(settings.secret_key, link) for link in (first, second))
    with pytest.raises(Refusal, match="invitation_over"):
        invitations.accept_invitation(database, passwords, old, OTHER)
    assert invitations.invited_by(database, token).email == ANA.email
    with pytest.raises(Refusal, match="password_too_short"):
        invitations.accept_invitation(database, passwords, token, "too short")
    invitations.accept_invitation(database, passwords, token, OTHER)
    with pytest.raises(Refusal, match="invitation_over"):
        invitations.accept_invitation(database, passwords, token, OTHER)
    assert sign_in.sign_in(database, passwords, ANA.email, OTHER, "")


def test_a_link_is_over_after_seven_days(database, settings, clock):
    with database.system_session("make a link", "write") as session:
        link = invitations.make_invitation(session, ANA.id, settings.secret_key)
        session.commit()
    token = invitations.invitation_token(settings.secret_key, link)
    clock.forward(days=6, hours=23)
    assert invitations.invited_by(database, token).name == ANA.name
    clock.forward(hours=1)
    with pytest.raises(Refusal, match="invitation_over"):
        invitations.invited_by(database, token)
    with pytest.raises(Refusal, match="invitation_unknown"):
        invitations.invited_by(database, token[::-1])


def test_the_database_does_not_hold_a_links_token(sqlite_database, settings):
    with sqlite_database.system_session("make a link", "write") as session:
        link = invitations.make_invitation(session, ANA.id, settings.secret_key)
        session.commit()
    token = invitations.invitation_token(settings.secret_key, link)
    with sqlite_database.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert digest_of(token) in dump
    assert token not in dump


def test_a_token_depends_on_the_secret_and_the_link():
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    tokens = {invitations.invitation_token(secret, link) for secret in ("s" * 32, "t" * 32) for link in (one, two)}
    assert len(tokens) == 4
    assert all(len(token) == 43 for token in tokens)


def test_flask_security_reads_people_and_writes_nothing(database):
    store = PeopleDatastore(database)
    assert store.find_user(email="ANA@example.org").id == ANA.id
    assert store.find_user(fs_uniquifier="nobody's") is None
    with pytest.raises(NotImplementedError):
        store.put(object())
    with pytest.raises(NotImplementedError):
        store.delete(object())
