"""Decisions: asked once, answered by each party, in force at the last yes; seen by those whom they concern alone."""

from __future__ import annotations

import email
import email.policy
import uuid
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import AuditRecord, Decision, DecisionAnswer, Mechanism, OutboxMessage, Person
from app.services import outbox
from app.services.decision_lists import decision_list, decision_view
from app.services.decisions import Asked, answer, ask, decisions_on, open_decisions, waiting_for, withdraw
from app.services.mail_content import Letterhead
from app.services.mails import compose
from tests import world

LETTERHEAD = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "s" * 32)
ALL = ("CA", "MX", "US")
MERGE = {"into": "drug-dialogue", "name": {"en": "Dialogue"}}


def facts_of(session: Any, ref: str = "M01", **fields: Any) -> dict[str, Any]:
    from app.domain.fact_edits import digest_of_fact

    facts = world.mechanism_of(session, ref).facts
    return {
        "fields": fields,
        "before": {name: digest_of_fact(facts[name]) for name in fields},
        "was": {name: facts[name] for name in fields},
    }


def asked(
    database: Database, by: str = "ana", parties: tuple[str, ...] = ALL, ref: str = "M01", note: str = "", **fields: Any
) -> uuid.UUID:
    with database.write_session(world.viewer(by)) as session:
        content = facts_of(session, ref, **(fields or {"level": "leaders"}))
        decision = ask(session, Asked("facts", content, parties, world.mechanism_of(session, ref), note=note))
        session.commit()
        return decision.id


def stands(database: Database, decision_id: uuid.UUID) -> Decision:
    with database.system_session("look") as session:
        return session.get_one(Decision, decision_id)


def given(database: Database, decision_id: uuid.UUID, by: str, said: str = "yes", note: str = "") -> Decision:
    with database.write_session(world.viewer(by)) as session:
        decision = answer(session, decision_id, said, note, version=stands(database, decision_id).version)
        session.commit()
        return decision


def refused(database: Database, by: str, act: Any) -> str:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key


def level(database: Database, ref: str = "M01") -> str:
    with database.system_session("look") as session:
        return str(world.mechanism_of(session, ref).facts["level"])


# Asking and answering -----------------------------------------------------------------------------


def test_who_asks_has_said_yes_and_nothing_changes_before_the_last_yes(database: Database) -> None:
    before = level(database)
    decision_id = asked(database)
    with database.read_session(world.viewer("carol")) as session:
        (decision,) = open_decisions(session)
        assert waiting_for(decision) == ("CA", "US")
    given(database, decision_id, "carol")
    assert (stands(database, decision_id).state, level(database)) == ("open", before)
    given(database, decision_id, "isabelle")
    assert (stands(database, decision_id).state, level(database)) == ("taken", "leaders")


def test_a_no_holds_it_up_until_it_becomes_a_yes(database: Database) -> None:
    decision_id = asked(database)
    given(database, decision_id, "carol", "no", "Not now.")
    given(database, decision_id, "isabelle")
    assert stands(database, decision_id).state == "open"
    given(database, decision_id, "erin")
    assert (stands(database, decision_id).state, level(database)) == ("taken", "leaders")


def test_each_party_has_one_answer_its_last(database: Database) -> None:
    decision_id = asked(database)
    given(database, decision_id, "carol", "no", "Not now.")
    given(database, decision_id, "erin", "no", "Not this year.")
    with database.system_session("look") as session:
        rows = session.execute(
            select(DecisionAnswer).where(DecisionAnswer.decision_id == decision_id).order_by(DecisionAnswer.party_code)
        ).scalars()
        assert [(row.party_code, row.answer, row.note) for row in rows] == [
            ("MX", "yes", None),
            ("US", "no", "Not this year."),
        ]


@pytest.mark.parametrize("key", ["diego", "daniel", "benoit", "sam", "marta", "olga"])
def test_who_does_not_speak_for_a_party_does_not_answer(database: Database, key: str) -> None:
    decision_id = asked(database)
    found = refused(database, key, lambda session: answer(session, decision_id, "yes", "", version=2))
    assert found == ("not_found" if key in {"marta", "olga"} else "forbidden")


@pytest.mark.parametrize("key", ["diego", "benoit", "isabelle", "olga", "marta"])
def test_who_does_not_speak_for_a_party_of_it_does_not_ask(database: Database, key: str) -> None:
    def act(session: Any) -> None:
        ask(session, Asked("facts", facts_of(session, "M05", level="leaders"), ("MX", "US"), _of(session, "M05")))

    if key in {"olga", "marta"}:
        with database.write_session(world.viewer(key)) as session:
            assert session.execute(select(Mechanism)).scalars().all() == []
        return
    assert refused(database, key, act) == "forbidden"


def _of(session: Any, ref: str) -> Mechanism:
    return world.mechanism_of(session, ref)


def test_a_secretariat_of_exactly_the_parties_asks_and_never_answers(database: Database) -> None:
    decision_id = asked(database, by="sam")
    with database.read_session(world.viewer("sam")) as session:
        (decision,) = open_decisions(session)
        assert waiting_for(decision) == ALL
        assert decision.asked_by_appointment == world.appointment_id("M01")
    assert refused(database, "sam", lambda session: answer(session, decision_id, "yes", "", version=1)) == "forbidden"
    with database.write_session(world.viewer("sam")) as session:
        content = facts_of(session, "M05", level="leaders")
    not_theirs = Asked("facts", content, ("MX", "US"))

    def act(session: Any) -> None:
        ask(session, Asked("facts", not_theirs.content, ("MX", "US"), _of(session, "M05")))

    assert refused(database, "sam", act) == "forbidden"


@pytest.mark.parametrize("said", ["", "maybe", "YES"])
def test_an_answer_is_yes_or_no(database: Database, said: str) -> None:
    decision_id = asked(database)
    version = stands(database, decision_id).version
    found = refused(database, "carol", lambda session: answer(session, decision_id, said, "", version=version))
    assert found == "required"


def test_who_answers_on_an_older_page_is_shown_what_stands(database: Database) -> None:
    decision_id = asked(database)
    version = stands(database, decision_id).version
    given(database, decision_id, "isabelle", "no")
    with database.write_session(world.viewer("carol")) as session, pytest.raises(StaleVersion):
        answer(session, decision_id, "yes", "", version=version)


def test_what_changed_since_it_was_asked_is_not_overwritten(database: Database) -> None:
    first, second = asked(database), asked(database, by="carol", level="agencies")
    for key in ("carol", "isabelle"):
        given(database, first, key)
    given(database, second, "ana")
    version = stands(database, second).version
    found = refused(database, "isabelle", lambda session: answer(session, second, "yes", "", version=version))
    assert found == "fact_has_changed"
    assert (stands(database, second).state, level(database)) == ("open", "leaders")


# Withdrawing --------------------------------------------------------------------------------------


def test_only_who_asked_withdraws(database: Database) -> None:
    decision_id = asked(database)
    version = stands(database, decision_id).version
    for key in ("carol", "diego", "sam"):
        assert refused(database, key, lambda session: withdraw(session, decision_id, version=version)) == "forbidden"
    with database.write_session(world.viewer("lucia")) as session:
        withdraw(session, decision_id, version=version)
        session.commit()
    assert stands(database, decision_id).state == "withdrawn"
    later = stands(database, decision_id).version
    found = refused(database, "carol", lambda session: answer(session, decision_id, "yes", "", version=later))
    assert found == "not_in_state"


# Who sees it --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["benoit", "isabelle", "adaeze", "colin", "sam", "olga", "marta"])
def test_a_decision_of_two_is_not_there_for_anybody_else(database: Database, key: str) -> None:
    decision_id = asked(database, parties=("MX", "US"), ref="M05")
    with database.read_session(world.viewer(key)) as session:
        assert open_decisions(session) == ()
        assert decisions_on(session, mechanism_id=uuid.uuid4()) == ()
        found = decision_list(session, 1)
        assert (found.to_answer, found.asked, found.others, found.over) == ((), (), (), ())
        with pytest.raises(NotFound):
            decision_view(session, decision_id)
        acts = session.execute(select(AuditRecord.action).where(AuditRecord.subject_kind == "decision")).scalars()
        assert list(acts) == []


def test_a_name_is_for_its_own_government(database: Database) -> None:
    decision_id = asked(database)
    with database.read_session(world.viewer("carol")) as session:
        assert decision_view(session, decision_id).names == {}
    with database.read_session(world.viewer("diego")) as session:
        assert list(decision_view(session, decision_id).names.values()) == ["Ana Robles"]


# Mails --------------------------------------------------------------------------------------------


def about(decision_id: uuid.UUID, key: str, kind: str) -> outbox.Claimed:
    payload = {"decision_id": str(decision_id)}
    return outbox.Claimed(uuid.UUID(int=7), kind, world.CAST[key].id, payload, world.NOW, 1)


def sent(mail: EmailMessage | None) -> tuple[str, str, str]:
    """Return the subject and both texts, as the recipient's program reads them from the wire."""
    assert mail is not None
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    parts = [read.get_body((kind,)) for kind in ("plain", "html")]
    plain, html = (part.get_content() for part in parts if part is not None)
    html5lib.HTMLParser(strict=True).parse(html)
    return str(read["Subject"]), plain, html


def told(database: Database, kind: str) -> set[str]:
    """Return the first names of whom the outbox tells that."""
    with database.system_session("look") as session:
        rows = session.execute(
            select(Person.email)
            .join(OutboxMessage, OutboxMessage.recipient_id == Person.id)
            .where(OutboxMessage.kind == kind)
        ).scalars()
        return {row.split("@")[0] for row in rows}


def test_whom_each_step_is_told(database: Database) -> None:
    decision_id = asked(database)
    assert told(database, "decision_asked") == {"lucia", "isabelle", "adaeze", "carol", "erin", "sam"}
    given(database, decision_id, "carol", "no")
    assert told(database, "decision_answered") == {"ana", "lucia", "isabelle", "adaeze", "erin", "sam"}
    given(database, decision_id, "carol")
    given(database, decision_id, "isabelle")
    assert told(database, "decision_taken") == {"ana", "lucia", "adaeze", "carol", "erin", "sam"}


def test_a_decision_of_two_is_told_to_the_two(database: Database) -> None:
    asked(database, parties=("MX", "US"), ref="M05")
    assert told(database, "decision_asked") == {"lucia", "carol", "erin"}


def test_a_mail_says_what_stands_and_what_would_be(database: Database) -> None:
    decision_id = asked(database, note=world.canary("CAMXUS", "why"))
    subject, plain, html = sent(compose(database, about(decision_id, "carol", "decision_asked"), LETTERHEAD))
    assert subject == "Mexico asks: Correct the facts: level"
    for text in (plain, html):
        assert "Mexico asks the parties to decide this. It holds once every party has said yes." in text
        assert "As it would be: Leaders" in text
        assert world.canary("CAMXUS", "why") in text
        assert "Mexico: yes" in text
        assert "Canada: no answer yet" in text
        assert f"https://entente.example/decisions/{decision_id}" in text


def test_what_people_wrote_is_in_no_subject(database: Database) -> None:
    decision_id = asked(database, note=world.canary("CAMXUS", "why"))
    given(database, decision_id, "carol", "no", world.canary("CAMXUS", "no"))
    for kind in ("decision_asked", "decision_answered"):
        subject, _, _ = sent(compose(database, about(decision_id, "isabelle", kind), LETTERHEAD))
        assert "zzcanary" not in subject


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("decision_answered", "United States answers no: Correct the facts: level"),
        ("decision_taken", "Decided: Correct the facts: level"),
        ("decision_withdrawn", "Withdrawn: Correct the facts: level"),
    ],
)
def test_each_step_says_what_happened(sqlite_database: Database, kind: str, subject: str) -> None:
    decision_id = asked(sqlite_database)
    given(sqlite_database, decision_id, "carol", "no")
    found = sent(compose(sqlite_database, about(decision_id, "adaeze", kind), LETTERHEAD))
    assert found[0] == subject
    assert "%(" not in "".join(found)


@pytest.mark.parametrize("kind", sorted(kind for kind in outbox.KINDS if kind.startswith("decision_")))
@pytest.mark.parametrize("key", ["ana", "isabelle", "sam"])
def test_every_kind_in_every_language(sqlite_database: Database, key: str, kind: str) -> None:
    decision_id = asked(sqlite_database)
    assert "%(" not in "".join(sent(compose(sqlite_database, about(decision_id, key, kind), LETTERHEAD)))


@pytest.mark.parametrize("key", ["benoit", "isabelle", "adaeze", "sam", "olga", "marta"])
def test_who_does_not_see_it_gets_no_mail(database: Database, key: str) -> None:
    decision_id = asked(database, parties=("MX", "US"), ref="M05")
    assert compose(database, about(decision_id, key, "decision_asked"), LETTERHEAD) is None
    assert compose(database, about(uuid.UUID(int=3), "ana", "decision_asked"), LETTERHEAD) is None


def test_what_is_over_is_not_asked_any_more(sqlite_database: Database) -> None:
    decision_id = asked(sqlite_database)
    for key in ("carol", "isabelle"):
        given(sqlite_database, decision_id, key)
    assert compose(sqlite_database, about(decision_id, "adaeze", "decision_asked"), LETTERHEAD) is None
    assert compose(sqlite_database, about(decision_id, "adaeze", "decision_taken"), LETTERHEAD) is not None
