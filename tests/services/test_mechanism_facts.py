"""What the parties of a mechanism say of its facts, and what they decide becomes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.catalogue import load_shipped
from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.fact_edits import digest_of_fact
from app.models import Audience, AuditRecord, Decision, FactStatement, Mechanism
from app.services.catalogue import load_catalogue
from app.services.decisions import answer
from app.services.drafts import choosable_mechanisms, mechanism_named
from app.services.fact_sheets import fact_sheet
from app.services.mechanism_facts import ask_correction, set_lead_offices, state_fact, withdraw_statement
from app.services.mechanism_fates import ask_not_held, ask_to_activate, ask_to_conclude, ask_to_merge, empty_periods
from app.services.mechanisms import mechanism_view
from app.services.register import Filters, register
from tests import world

CODE, TWO = "drug-dialogue", "policy-planning-us-mx"
Act = Callable[[GuardedSession], Any]


def done(database: Database, by: str, act: Act) -> Any:
    with database.write_session(world.viewer(by)) as session:
        found = act(session)
        session.commit()
        return found


def refused(database: Database, by: str, act: Act) -> str:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key


def corrected(database: Database, by: str = "ana", code: str = CODE, **fields: Any) -> uuid.UUID:
    def act(session: GuardedSession) -> uuid.UUID:
        mechanism = session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one()
        return ask_correction(session, code, fields, "", version=mechanism.version).id

    found: uuid.UUID = done(database, by, act)
    return found


def agreed(database: Database, decision_id: uuid.UUID, *keys: str) -> None:
    for key in keys:
        done(database, key, lambda s: answer(s, decision_id, "yes", "", version=s.get(Decision, decision_id).version))


def facts(database: Database, ref: str = "M02") -> dict[str, Any]:
    with database.system_session("look") as session:
        return dict(world.mechanism_of(session, ref).facts)


def said(database: Database, by: str, field: str, word: Any, note: str = "", code: str = CODE) -> uuid.UUID:
    ref = {CODE: "M02", TWO: "M05"}[code]
    digest = digest_of_fact(facts(database, ref)[field])
    found: uuid.UUID = done(database, by, lambda s: state_fact(s, code, field, word, note, digest=digest).id)
    return found


def sheet_of(database: Database, by: str, code: str = CODE) -> Any:
    with database.read_session(world.viewer(by)) as session:
        return fact_sheet(session, mechanism_view(session, code).mechanism)


def line_of(database: Database, by: str, field: str, code: str = CODE) -> Any:
    return next(line for line in sheet_of(database, by, code).lines if line.field == field)


# One party's word ---------------------------------------------------------------------------------


def test_words_stand_side_by_side_until_their_fact_is_another(database: Database) -> None:
    said(database, "ana", "level", "confirm")
    said(database, "carol", "level", "contest", "Ministers.")
    line = line_of(database, "isabelle", "level")
    assert {word.statement.party_code: word.statement.kind for word in line.words} == {"MX": "confirm", "US": "contest"}
    agreed(database, corrected(database, level="ministers"), "carol", "isabelle")
    line = line_of(database, "isabelle", "level")
    assert (line.words, len(line.earlier), line.is_edited) == ((), 2, True)
    assert line.decided_at == world.NOW


def test_a_partys_new_word_ends_its_old_one(database: Database) -> None:
    said(database, "carol", "level", "contest", "Ministers.")
    said(database, "erin", "level", "confirm")
    line = line_of(database, "ana", "level")
    assert [(word.statement.kind, word.is_own) for word in line.words] == [("confirm", False)]
    assert [word.statement.kind for word in line.earlier] == ["contest"]


def test_a_word_is_withdrawn_once_and_by_its_own_party(database: Database) -> None:
    statement_id = said(database, "carol", "level", "contest", "Ministers.")

    def withdraw(session: GuardedSession) -> Any:
        return withdraw_statement(session, CODE, statement_id)

    assert refused(database, "ana", withdraw) == "forbidden"
    assert refused(database, "daniel", withdraw) == "forbidden"
    done(database, "erin", withdraw)
    assert refused(database, "erin", withdraw) == "not_in_state"
    assert sheet_of(database, "ana").contested == ()


def test_a_word_on_what_no_longer_stands_is_refused(database: Database) -> None:
    old = digest_of_fact(facts(database)["level"])
    agreed(database, corrected(database, level="ministers"), "carol", "isabelle")
    with database.write_session(world.viewer("carol")) as session, pytest.raises(StaleVersion):
        state_fact(session, CODE, "level", "confirm", "", digest=old)
    with database.write_session(world.viewer("carol")) as session, pytest.raises(NotFound):
        state_fact(session, CODE, "record", "confirm", "", digest=old)


@pytest.mark.parametrize("key", ["benoit", "isabelle", "adaeze", "sam"])
def test_what_two_say_is_not_there_for_others(database: Database, key: str) -> None:
    statement_id = said(database, "carol", "level", "contest", world.canary("MXUS", "contest"), TWO)
    assert sheet_of(database, key, TWO) is None
    with database.read_session(world.viewer(key)) as session:
        assert session.execute(select(FactStatement)).scalars().all() == []
        acts = session.execute(select(AuditRecord.action).where(AuditRecord.action.like("fact_%"))).scalars().all()
        assert acts == []
    assert refused(database, key, lambda session: withdraw_statement(session, TWO, statement_id)) == "not_found"


def test_the_record_of_a_contest_has_no_word_of_it(database: Database) -> None:
    said(database, "carol", "level", "contest", world.canary("MXUS", "contest"), TWO)
    with database.system_session("look") as session:
        record = session.execute(select(AuditRecord).where(AuditRecord.action == "fact_contested")).scalar_one()
        assert record.facts == {"code": TWO, "field": "level"}


def test_nobody_keeps_the_example(database: Database) -> None:
    assert sheet_of(database, "ana", "example") is None
    with database.read_session(world.viewer("ana")) as session:
        digest = digest_of_fact(mechanism_view(session, "example").mechanism.facts["level"])

    def stating(s: GuardedSession) -> Any:
        return state_fact(s, "example", "level", "confirm", "", digest=digest)

    assert refused(database, "ana", stating) == "forbidden"
    assert refused(database, "ana", lambda s: ask_to_conclude(s, "example", "x")) == "example_is_fixed"


# Corrections --------------------------------------------------------------------------------------


def test_a_correction_is_known_to_feeds_and_to_the_register(database: Database) -> None:
    def revision() -> int:
        with database.system_session("look") as session:
            audience_id = world.mechanism_of(session, "M02").audience_id
            return session.get_one(Audience, audience_id).revision

    before = revision()
    cadence = {"minimum_meetings": 3, "period_months": 12, "anchor": "calendar_year"}
    agreed(database, corrected(database, cadence=cadence), "carol", "isabelle")
    assert revision() > before
    with database.read_session(world.viewer("benoit")) as session:
        row = next(row for row in register(session, Filters(), "en").rows if row.facts.ref == "M02")
        assert row.current is not None
        assert row.current.minimum_meetings == 3


def test_a_newer_catalogue_leaves_what_was_corrected_alone(database: Database) -> None:
    agreed(database, corrected(database, level="ministers", scope_out=["Trade"]), "carol", "isabelle")
    load_catalogue(database, load_shipped())
    found = facts(database)
    assert (found["level"], found["scope_out"]) == ("ministers", ["Trade"])


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"level": "senior_officials"}, "nothing_changed"),
        ({}, "nothing_changed"),
        ({"record": [], "parties": ["CA"]}, "nothing_changed"),
        ({"status": "proposed"}, "back_to_proposed"),
    ],
)
def test_what_is_not_asked(database: Database, fields: dict[str, Any], key: str) -> None:
    version = _version(database)
    assert refused(database, "ana", lambda s: ask_correction(s, CODE, fields, "", version=version)) == key


def _version(database: Database, ref: str = "M02") -> int:
    with database.system_session("look") as session:
        return world.mechanism_of(session, ref).version


def test_two_who_edit_at_once_are_shown_both(database: Database) -> None:
    version = _version(database)
    agreed(database, corrected(database, level="ministers"), "carol", "isabelle")
    with database.write_session(world.viewer("erin")) as session, pytest.raises(StaleVersion) as caught:
        ask_correction(session, CODE, {"level": "leaders"}, "", version=version)
    assert (caught.value.yours, caught.value.theirs) == ({"level": "leaders"}, {"level": "ministers"})
    with database.write_session(world.viewer("erin")) as session, pytest.raises(StaleVersion):
        set_lead_offices(session, CODE, ["US-STATE"], version=version)


def test_a_circle_that_closed_meanwhile_is_refused_at_the_last_yes(database: Database) -> None:
    first = corrected(database, parent="M01")
    with database.system_session("the other way round", "write") as session:
        row = world.mechanism_of(session, "M01")
        row.facts = {**row.facts, "parent": "M02"}
        session.commit()
    agreed(database, first, "carol")

    def act(s: GuardedSession) -> Any:
        return answer(s, first, "yes", "", version=s.get(Decision, first).version)

    assert refused(database, "isabelle", act) == "circular_parents"
    assert facts(database)["parent"] != "M01"


# What becomes of it -------------------------------------------------------------------------------


def test_a_concluded_mechanism_owes_nothing(database: Database) -> None:
    decision_id = done(database, "ana", lambda s: ask_to_conclude(s, CODE, "Its work is done.").id)
    agreed(database, decision_id, "carol", "isabelle")
    with database.read_session(world.viewer("ana")) as session:
        view = mechanism_view(session, CODE)
        assert (view.facts.status, view.page.owed, view.may_draft) == ("concluded", None, False)
    assert refused(database, "ana", lambda s: ask_to_conclude(s, CODE, "Again.")) == "already_concluded"


def test_what_is_no_proposal_is_not_created_again(database: Database) -> None:
    def act(s: GuardedSession) -> Any:
        return ask_to_activate(s, CODE, "active", "A text", "2026", "")

    assert refused(database, "ana", act) == "not_a_proposal"


def test_merging_moves_the_counts_and_is_flat(database: Database) -> None:
    with database.system_session("meetings", "write") as session:
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", state="held", starts_on=dt.date(2026, 3, 4))
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        rows = register(session, Filters(), "en").rows
        third = next(r for r in rows if set(r.facts.parties) == set(world.THREE) and r.facts.ref not in {"M01", "M02"})
        last, total = third.facts.code, len(rows)
    for code, into in ((CODE, "un-coordination"), ("un-coordination", last)):
        decision_id = done(database, "ana", lambda s: ask_to_merge(s, code, into, "").id)  # noqa: B023 - done at once
        agreed(database, decision_id, "carol", "isabelle")
    with database.read_session(world.viewer("ana")) as session:
        view = mechanism_view(session, last)
        assert "NADD-2026-1" in [line.meeting.reference for line in view.record if line.meeting]
        assert len(register(session, Filters(), "en").rows) == total - 2
        merged = mechanism_view(session, CODE)
        assert merged.merged_into is not None
        assert merged.merged_into.code == last
        assert CODE not in {row.code for row in choosable_mechanisms(session)}
        with pytest.raises(Refusal):
            mechanism_named(session, CODE)
    assert refused(database, "ana", lambda s: ask_to_conclude(s, CODE, "x")) == "already_merged"


def test_a_merger_refused_meanwhile_stays_open(database: Database) -> None:
    one = done(database, "ana", lambda s: ask_to_merge(s, CODE, "un-coordination", "").id)
    other = done(database, "carol", lambda s: ask_to_merge(s, "un-coordination", CODE, "").id)
    agreed(database, one, "carol", "isabelle")
    agreed(database, other, "ana")

    def act(s: GuardedSession) -> Any:
        return answer(s, other, "yes", "", version=s.get(Decision, other).version)

    assert refused(database, "isabelle", act) == "circular_merge"


def test_a_period_is_not_held_in_everybodys_figures_once_decided(database: Database) -> None:
    first, last = dt.date(2025, 1, 1), dt.date(2025, 12, 31)

    def states(key: str) -> Any:
        return _state_of(database, key, first)

    assert states("benoit") == "no_record"
    decision_id = done(database, "ana", lambda s: ask_not_held(s, CODE, first, last, "Elections.").id)
    agreed(database, decision_id, "carol")
    assert states("benoit") == "no_record"
    agreed(database, decision_id, "isabelle")
    assert (states("benoit"), states("ana")) == ("not_held", "not_held")
    with database.read_session(world.viewer("ana")) as session:
        mechanism = mechanism_view(session, CODE).mechanism
        assert first not in [period.first_day for period in empty_periods(session, mechanism)]
    assert refused(database, "ana", lambda s: ask_not_held(s, CODE, first, last, "")) == "no_such_period"


def _state_of(database: Database, key: str, first_day: dt.date) -> str:
    with database.read_session(world.viewer(key)) as session:
        periods = mechanism_view(session, CODE).row.periods
        return next(str(period.state) for period in periods if period.first_day == first_day)


def test_a_meeting_entered_meanwhile_stops_it(database: Database) -> None:
    first, last = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
    decision_id = done(database, "ana", lambda s: ask_not_held(s, CODE, first, last, "").id)
    with database.system_session("a meeting", "write") as session:
        world.add_meeting(session, "NADD-2025-1", mechanism="M02", state="held", starts_on=dt.date(2025, 3, 4))
        session.commit()
    agreed(database, decision_id, "carol")

    def act(s: GuardedSession) -> Any:
        return answer(s, decision_id, "yes", "", version=s.get(Decision, decision_id).version)

    assert refused(database, "isabelle", act) == "no_such_period"


@pytest.mark.parametrize("key", ["diego", "daniel", "benoit", "isabelle", "sam"])
def test_who_does_not_speak_for_its_parties_decides_nothing(database: Database, key: str) -> None:
    acts: list[Act] = [
        lambda s: ask_correction(s, TWO, {"level": "leaders"}, "", version=_version(database, "M05")),
        lambda s: ask_to_conclude(s, TWO, "x"),
        lambda s: ask_to_merge(s, TWO, CODE, ""),
        lambda s: set_lead_offices(s, TWO, [], version=1),
    ]
    assert [refused(database, key, act) for act in acts] == ["forbidden"] * 4
