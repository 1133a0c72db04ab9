"""A feed for a principal by an assistant: what the principal sees and no more, and over at once when either ends it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import person_key
from app.models import Appointment, AppointmentMember, AuditRecord, Authorisation, Person, Subscription
from app.services import authorisations
from app.services import subscriptions as service
from app.services.kept_feeds import KeptFeeds
from app.services.subscriptions import Made
from tests import world
from tests.services.test_feeds import add, change
from tests.subscribing import counted_statements, feed_of, shown, subscribe

LUCIA, DIEGO = world.CAST["lucia"].id, world.CAST["diego"].id


def authorise(database: Database, principal: str, email: str) -> Authorisation:
    with database.write_session(world.viewer(principal)) as session:
        leave = authorisations.authorise(session, email)
        session.commit()
        return leave


def end(database: Database, key: str, leave_id: uuid.UUID) -> None:
    with database.write_session(world.viewer(key)) as session:
        authorisations.end_authorisation(session, leave_id)
        session.commit()


def for_lucia(database: Database, **changed: Any) -> Made:
    """Let Diego subscribe for Lucía, and let him do so."""
    authorise(database, "lucia", "diego@example.org")
    return subscribe(database, "diego", principal_id=LUCIA, **changed)


def listed(database: Database, key: str) -> list[service.SubscriptionLine]:
    with database.read_session(world.viewer(key)) as session:
        return list(service.own_subscriptions(session))


# What it shows ------------------------------------------------------------------------------------


def only_lucias(database: Database) -> None:
    """Add a meeting that was released to Lucía alone, one that is Diego's alone, and one that both see."""
    add(database, "A-2026-1", ("CA", "US"), extra_keys={person_key(LUCIA)})
    add(database, "A-2026-2", ("CA", "US"), extra_keys={person_key(DIEGO)})
    add(database, "A-2026-3", ("CA", "MX"))
    add(database, "A-2026-4", ("CA", "US"))


def test_it_has_what_the_principal_sees_and_never_more(database):
    only_lucias(database)
    made, own = for_lucia(database), subscribe(database, "lucia")
    kept = KeptFeeds()
    titles = [title for title, _status in shown(feed_of(database, made, kept).body.body)]
    assert titles == [title for title, _status in shown(feed_of(database, own, kept).body.body)]
    assert sorted(title.split()[1] for title in titles) == ["A-2026-1", "A-2026-3"]
    body = feed_of(database, made, kept).body.body
    assert body == feed_of(database, made).body.body
    assert b"Luc" not in body
    assert b"Diego" not in body


def test_a_principal_who_serves_in_a_secretariat_has_its_hat_off_in_a_feed(database):
    add(database, "A-2026-1", ("CA", "US"), extra_keys={f"appointment:{world.appointment_id('M01')}"})
    made, kept = for_lucia(database), KeptFeeds()
    with database.system_session("let Lucía serve in a test", "write") as session:
        row = session.execute(select(Appointment).where(Appointment.id == world.appointment_id("M01"))).scalar_one()
        session.add(
            AppointmentMember(
                appointment_id=row.id, person_id=LUCIA, starts_on=dt.date(2026, 1, 1), audience_id=row.audience_id
            )
        )
        session.commit()
    assert shown(feed_of(database, made, kept).body.body) == []


def test_an_unchanged_feed_for_a_principal_is_one_look_up_too(database):
    made, kept = for_lucia(database), KeptFeeds()
    first = feed_of(database, made, kept)
    with counted_statements(database) as statements:
        assert feed_of(database, made, kept) is first
    assert len(statements) == 1


def test_each_writes_what_the_other_reads(database):
    made = for_lucia(database, name="Lucía’s telephone")
    (own,), (theirs,) = listed(database, "diego"), listed(database, "lucia")
    assert (own.is_own, own.principal.id, own.person) == (True, LUCIA, None)
    assert (theirs.is_own, theirs.principal, theirs.person.id) == (False, None, DIEGO)
    assert listed(database, "ana") == []
    for key in ("lucia", "diego"):
        with database.read_session(world.viewer(key)) as session:
            acts = session.execute(select(AuditRecord.action).order_by(AuditRecord.action)).scalars().all()
            assert {"authorisation_granted", "subscription_created"} <= set(acts)
    with database.write_session(world.viewer("lucia")) as session, pytest.raises(NotFound):
        service.renew_address(session, made.subscription.id, submission_id=None, repeated_at="/")


# How it ends --------------------------------------------------------------------------------------


def by(key: str) -> Callable[[Database, Made, Authorisation], None]:
    return lambda database, _made, leave: end(database, key, leave.id)


def revoked_by(key: str) -> Callable[[Database, Made, Authorisation], None]:
    def revoke(database: Database, made: Made, _leave: Authorisation) -> None:
        with database.write_session(world.viewer(key)) as session:
            service.revoke_subscription(session, made.subscription.id)
            session.commit()

    return revoke


def person(who: uuid.UUID, **values: Any) -> Callable[[Database, Made, Authorisation], None]:
    return lambda database, _made, _leave: change(database, Person, Person.id == who, **values)


def row_alone(database: Database, _made: Made, leave: Authorisation) -> None:
    """End the leave's row alone, as if its feeds had been forgotten."""
    change(database, Authorisation, Authorisation.id == leave.id, ended_at=world.NOW)


@pytest.mark.parametrize(
    "act",
    [
        by("lucia"), by("diego"), revoked_by("lucia"), revoked_by("diego"), row_alone, person(LUCIA, active=False),
        person(DIEGO, active=False), person(LUCIA, role="administrator"), person(DIEGO, role="administrator"),
        person(LUCIA, delegation="CA"), person(DIEGO, delegation="US"),
    ],
    ids=[
        "the principal ends it", "the assistant ends it", "the principal revokes", "the assistant revokes",
        "the leave is over", "the principal is disabled", "the assistant is disabled",
        "the principal administers", "the assistant administers", "the principal moves", "the assistant moves",
    ],
)  # fmt: skip
def test_it_ends_at_once(database, act):
    leave = authorise(database, "lucia", "diego@example.org")
    made, kept = subscribe(database, "diego", principal_id=LUCIA), KeptFeeds()
    feed_of(database, made, kept)
    act(database, made, leave)
    for _ in range(2):
        with pytest.raises(NotFound):
            feed_of(database, made, kept)
    assert len(kept) == 0


def test_a_leave_given_again_does_not_bring_old_addresses_back(database):
    leave = authorise(database, "lucia", "diego@example.org")
    made = subscribe(database, "diego", principal_id=LUCIA)
    end(database, "lucia", leave.id)
    authorise(database, "lucia", "diego@example.org")
    with pytest.raises(NotFound):
        feed_of(database, made)
    assert listed(database, "diego") == listed(database, "lucia") == []


def test_ones_own_feeds_go_on(database):
    leave = authorise(database, "lucia", "diego@example.org")
    own, hers = subscribe(database, "diego"), subscribe(database, "lucia")
    end(database, "lucia", leave.id)
    assert feed_of(database, own).subscription_id == own.subscription.id
    assert feed_of(database, hers).subscription_id == hers.subscription.id


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("principal", "email", "key"),
    [
        ("lucia", "DIEGO@example.org ", None),
        ("lucia", "ana@example.org", "already_authorised"),
        ("lucia", "lucia@example.org", "unknown_assistant"),
        ("lucia", "marta@example.org", "unknown_assistant"),
        ("lucia", "benoit@example.org", "unknown_assistant"),
        ("lucia", "sam@example.org", "unknown_assistant"),
        ("lucia", "nobody@example.org", "unknown_assistant"),
        ("lucia", "", "unknown_assistant"),
        ("sam", "diego@example.org", "no_government"),
        ("olga", "diego@example.org", "no_government"),
        ("marta", "diego@example.org", "forbidden"),
    ],
)
def test_an_assistant_is_of_the_same_government(database, principal, email, key):
    authorise(database, "lucia", "ana@example.org")
    if key is None:
        assert authorise(database, principal, email).assistant_id == DIEGO
        return
    with pytest.raises(Refusal) as caught:
        authorise(database, principal, email)
    assert (caught.value.key, caught.value.values) == (key, {})


def test_a_disabled_assistant_is_as_nobody_and_there_is_an_end(sqlite_database, monkeypatch):
    change(sqlite_database, Person, Person.id == DIEGO, active=False)
    with pytest.raises(Refusal, match="unknown_assistant"):
        authorise(sqlite_database, "lucia", "diego@example.org")
    monkeypatch.setattr(authorisations, "ASSISTANTS_LIMIT", 0)
    with pytest.raises(Refusal, match="too_many_assistants"):
        authorise(sqlite_database, "lucia", "ana@example.org")


@pytest.mark.parametrize("key", ["diego", "ana", "benoit"])
def test_nobody_subscribes_for_who_did_not_let_them(sqlite_database, key):
    authorise(sqlite_database, "lucia", "ana@example.org")
    for principal in (world.CAST["carol"].id, DIEGO if key != "diego" else LUCIA, uuid.UUID(int=0)):
        with pytest.raises(Refusal, match="unknown_principal"):
            subscribe(sqlite_database, key, principal_id=principal)
    with sqlite_database.system_session("count in a test") as session:
        assert session.execute(select(Subscription)).all() == []


def test_a_leave_is_seen_by_its_two_people_alone(database):
    leave = authorise(database, "lucia", "diego@example.org")
    for key in world.CAST:
        with database.read_session(world.viewer(key)) as session:
            found = authorisations.all_leaves(session)
            assert [line.leave.id for line in found] == ([leave.id] if key in {"lucia", "diego"} else [])
            if key in {"lucia", "diego"}:
                continue
            with pytest.raises(NotFound):
                authorisations.find_leave(session, leave.id)


# A new address ------------------------------------------------------------------------------------


def renew(database: Database, key: str, made: Made) -> Made:
    with database.write_session(world.viewer(key)) as session:
        renewed = service.renew_address(session, made.subscription.id, submission_id=uuid.uuid4(), repeated_at="/x")
        session.commit()
        return renewed


def test_a_new_address_ends_the_old_one_at_once_and_shows_the_same(database):
    add(database, "A-2026-1")
    made, kept = subscribe(database, "ana", name="Phone"), KeptFeeds()
    before = feed_of(database, made, kept)
    renewed = renew(database, "ana", made)
    with pytest.raises(NotFound):
        feed_of(database, made, kept)
    after = feed_of(database, renewed, kept)
    assert shown(after.body.body) == shown(before.body.body)
    assert (after.subscription_id, renewed.token == made.token) == (before.subscription_id, False)
    (line,) = listed(database, "ana")
    assert (line.subscription.renewed_at, line.address_end) == (world.NOW, renewed.token[-4:])
    with database.read_session(world.viewer("ana")) as session:
        rows = session.execute(select(AuditRecord.facts).where(AuditRecord.action == "subscription_renewed")).all()
        assert len(rows) == 1
        assert renewed.token not in str(rows)
    with database.write_session(world.viewer("diego")) as session, pytest.raises(NotFound):
        service.renew_address(session, made.subscription.id, submission_id=None, repeated_at="/")


def test_an_assistant_renews_what_they_have_for_a_principal(database):
    made = for_lucia(database)
    renewed = renew(database, "diego", made)
    assert renewed.token != made.token
    assert feed_of(database, renewed).subscription_id == made.subscription.id
