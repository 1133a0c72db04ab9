"""Subscriptions: one's own, made once, their token kept nowhere, revoked at once."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db import Database, digest_of
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import person_key
from app.models import AuditRecord, Mechanism, Subscription
from app.services import subscriptions as service
from app.services.meeting_audience import keys_of
from tests import world
from tests.subscribing import ALL, subscribe


def names(database: Database, key: str) -> list[str]:
    with database.read_session(world.viewer(key)) as session:
        return [line.subscription.name for line in service.own_subscriptions(session)]


def test_a_token_has_32_random_bytes_and_only_its_digest_is_kept(database):
    made = [subscribe(database, "ana") for _ in range(3)]
    assert len({each.token for each in made}) == 3
    for each in made:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", each.token)
        assert each.subscription.token_digest == digest_of(each.token)
    with database.system_session("look at everything in a test") as session:
        kept = str([vars(row) for row in session.execute(select(Subscription)).scalars()])
        kept += str([vars(row) for row in session.execute(select(AuditRecord)).scalars()])
    assert not [each.token for each in made if each.token in kept]


def test_a_subscription_is_its_own_persons_alone(database, clock):
    subscribe(database, "ana", name="Phone")
    clock.forward(minutes=1)
    made = subscribe(database, "ana", name="Outlook", mechanism="un-coordination", detail="busy", language="fr")
    assert names(database, "ana") == ["Outlook", "Phone"]
    for other in ("diego", "lucia", "marta", "benoit", "carol", "sam", "olga"):
        assert names(database, other) == []
        with database.read_session(world.viewer(other)) as session, pytest.raises(NotFound):
            service.find_subscription(session, made.subscription.id)
    with database.read_session(world.viewer("ana")) as session:
        line = service.find_subscription(session, made.subscription.id)
        assert ([each.code for each in line.mechanisms], line.fetch) == (["un-coordination"], None)
        assert keys_of(session, line.subscription.audience_id) == {person_key(world.CAST["ana"].id)}


def test_both_acts_are_recorded_for_the_person_alone(database):
    made = subscribe(database, "olga", name=world.canary("XX", "name"))
    with database.write_session(world.viewer("olga")) as session:
        service.revoke_subscription(session, made.subscription.id)
        session.commit()
    with database.system_session("look at the record in a test") as session:
        rows = session.execute(select(AuditRecord).where(AuditRecord.subject_kind == "subscription")).scalars().all()
        assert sorted(row.action for row in rows) == ["subscription_created", "subscription_revoked"]
        assert {row.audience_id for row in rows} == {made.subscription.audience_id}
        assert "canary" not in str([row.facts for row in rows])


def test_a_revoked_one_is_listed_no_more_and_cannot_be_revoked_again(database):
    made = subscribe(database, "ana")
    with database.write_session(world.viewer("ana")) as session:
        service.revoke_subscription(session, made.subscription.id)
        session.commit()
    assert names(database, "ana") == []
    with database.write_session(world.viewer("ana")) as session, pytest.raises(NotFound):
        service.revoke_subscription(session, made.subscription.id)


def test_nobody_revokes_anothers(database):
    made = subscribe(database, "ana")
    with database.write_session(world.viewer("diego")) as session, pytest.raises(NotFound):
        service.revoke_subscription(session, made.subscription.id)


@pytest.mark.parametrize(
    ("key", "changed", "refused"),
    [
        ("ana", {"mechanism": "no-such-mechanism"}, ("unknown_mechanism", "mechanism")),
        ("ana", {"mechanism": ""}, ("unknown_mechanism", "mechanism")),
        ("olga", {"mechanism": "un-coordination"}, ("unknown_mechanism", "mechanism")),
        ("ana", {"detail": "some"}, ("required", "detail")),
        ("ana", {"language": "de"}, ("unknown_language", "language")),
        ("ana", {"name": "x" * 81}, ("too_long", "name")),
        ("ana", {"name": "abc\u202edef"}, ("bidi_override", "name")),
        ("ana", {"name": "abc\x07def"}, ("control_characters", "name")),
        ("marta", {}, ("forbidden", None)),
    ],
)
def test_what_is_refused_writes_nothing(sqlite_database, key, changed, refused):
    with pytest.raises(Refusal) as caught:
        subscribe(sqlite_database, key, **changed)
    assert (caught.value.key, caught.value.field) == refused
    with sqlite_database.system_session("count in a test") as session:
        assert session.execute(select(Subscription)).all() == []


def test_there_is_an_end_to_how_many_one_has(sqlite_database):
    for _ in range(service.LIVE_LIMIT):
        made = subscribe(sqlite_database, "ana")
    with pytest.raises(Refusal, match="too_many_subscriptions"):
        subscribe(sqlite_database, "ana")
    with sqlite_database.write_session(world.viewer("ana")) as session:
        service.revoke_subscription(session, made.subscription.id)
        session.commit()
    subscribe(sqlite_database, "ana")
    assert len(names(sqlite_database, "ana")) == service.LIVE_LIMIT


def test_the_same_form_makes_one_subscription(database):
    submission_id = uuid.uuid4()
    with database.write_session(world.viewer("ana")) as session:
        service.create_subscription(session, ALL, submission_id=submission_id, repeated_at="/subscriptions")
        session.commit()
    with database.write_session(world.viewer("ana")) as session, pytest.raises(IntegrityError):
        service.create_subscription(session, ALL, submission_id=submission_id, repeated_at="/subscriptions")
    assert len(names(database, "ana")) == 1


def test_mechanisms_that_only_an_author_proposes_are_not_offered(sqlite_database):
    def offered(key: str) -> set[str]:
        with sqlite_database.read_session(world.viewer(key)) as session:
            return {each.code for each in service.choosable_mechanisms(session)}

    with sqlite_database.system_session("find a proposed mechanism in a test", "write") as session:
        proposed = session.execute(select(Mechanism).where(Mechanism.status == "proposed")).scalars().first()
        code, ref = proposed.code, proposed.ref
    assert code not in offered("ana")
    assert {"un-coordination"} <= offered("ana") == offered("benoit")
    assert offered("olga") == set()
    with sqlite_database.system_session("meet under it in a test", "write") as session:
        world.add_meeting(session, "ADH-2026-1", ("MX", "US"), mechanism=ref)
        session.commit()
    assert code in offered("ana")
    assert code not in offered("benoit")
