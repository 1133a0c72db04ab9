"""Commitments: recorded among those who know of them, spoken of by each party for itself, contested, linked, agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db import Database, GuardedSession
from app.domain import clocks
from app.domain.commitments import Served, Word, answers_to, cell_of
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Viewer, party_key
from app.models import Action, Commitment, CommitmentAction, CommitmentStatement
from app.services import commitment_links as links
from app.services import commitment_statements as statements
from app.services import commitments as reading
from app.services import decisions
from app.services.commitment_accounting import Accounting, ask_accounting
from app.services.commitment_acts import NewCommitment, record_commitment
from app.services.commitment_statements import NewStatement
from app.services.commitments import CommitmentFilters, commitment_line, commitment_lines
from tests import world
from tests.conftest import Clock

BOTH = {"MX": "owes", "US": "owes", "CA": "none"}
SUNSET = dt.date(2030, 1, 1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Return the world on SQLite: what differs by engine is held by the parity, the matrix of rows and the race."""
    return sqlite_database


@contextmanager
def acting(database: Database, key: str) -> Iterator[GuardedSession]:
    """Open a session that writes as a member of the cast, and commit it."""
    with database.write_session(_viewer(database, key)) as session:
        yield session
        session.commit()


def _viewer(_database: Database, key: str) -> Viewer:
    return world.viewer(key)


def new(parts: dict[str, str], **more: Any) -> NewCommitment:
    return NewCommitment({"en": "Share forensic data"}, parts, "Joint statement", "en", **more)


def said(state: str = "under_way", text: str = "Begun.", **more: Any) -> NewStatement:
    return NewStatement(state, text, "en", as_of_on=more.pop("as_of_on", dt.date(2026, 11, 20)), **more)


def cells(session: GuardedSession, ref: str) -> dict[str, tuple[str, str]]:
    """Return each party's state and on what it rests."""
    return {code: (cell.state, cell.basis) for code, cell in commitment_line(session, ref).cells.items()}


# The rule -----------------------------------------------------------------------------------------

DAY = dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("party", "word", "served", "state", "basis"),
    [
        ("MX", None, None, "no_word", "none"),
        ("US", None, None, "owes_nothing", "none"),
        ("CA", None, None, "not_at_the_table", "none"),
        ("MX", Word("blocked", DAY, "No funds.", "en", False), None, "blocked", "stated"),
        ("MX", Word("done", DAY, "By note.", "en", True), None, "done", "reported"),
        # Its own word stands before what its actions say.
        ("MX", Word("open", DAY, "Not yet.", "en", False), Served((("done", 3),), DAY), "open", "stated"),
        ("MX", None, Served((("done", 3),), DAY), "done", "derived"),
        ("MX", None, Served((("done", 3), ("open", 1)), DAY), "under_way", "derived"),
        ("MX", None, Served((("dropped", 1), ("verified", 2)), DAY), "verified", "derived"),
        ("MX", None, Served((), None), "no_word", "none"),
        # Nobody else's actions make it owe.
        ("US", None, Served((("open", 1),), DAY), "owes_nothing", "none"),
    ],
)
def test_how_a_party_stands(party: str, word: Word | None, served: Served | None, state: str, basis: str) -> None:
    cell = cell_of(party, ["MX"], ["MX", "US"], word, served)
    assert (cell.state, cell.basis) == (state, basis)


def test_a_filter_asks_of_those_who_owe_alone() -> None:
    found = [cell_of(code, ["MX"], ["MX", "US"], None, None) for code in ("MX", "US", "CA")]
    assert answers_to(found, None, "no_word")
    assert answers_to(found, "MX", "no_word")
    assert not answers_to(found, "US", None)
    assert not answers_to(found, None, "owes_nothing")


# Recording ----------------------------------------------------------------------------------------


def test_what_is_recorded_is_counted_and_seen_among_its_parties_alone(database: Database) -> None:
    with database.system_session("give the three a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-1", world.THREE, mechanism="M01")
        session.commit()
    with acting(database, "carol") as session:
        first = record_commitment(session, new(BOTH), "UNC-2026-1").ref
        second = record_commitment(session, new({"MX": "owes", "US": "sees", "CA": "owes"}), "UNC-2026-1").ref
        alone = record_commitment(session, new({"US": "owes", "CA": "owes", "MX": "none"})).ref
    assert (first, second, alone) == ("UNC-2026-1-MXUS-C01", "UNC-2026-1-C01", "COM-2026-CAUS-1")
    for key, seen in (("ana", {first, second}), ("benoit", {second, alone}), ("sam", {second}), ("olga", set())):
        with database.read_session(world.viewer(key)) as session:
            refs = session.execute(select(Commitment.ref).where(Commitment.origin == "here")).scalars()
            assert set(refs) == seen, key


def test_a_clock_is_kept_with_all_that_hangs_on_it_and_counts_each_owners_days(database: Database) -> None:
    clock = clocks.Clock(45, "working", "the signature", dt.date(2026, 11, 10))
    with acting(database, "ana") as session:
        wanted = new(BOTH, clock=clock, determines="US", consulted=("MX",), condition="No results", consequence="Talks")
        row = record_commitment(session, wanted)
        # Mexico's working days run out on 15 January 2027; Thanksgiving and others take the United States further.
        assert row.due_on == dt.date(2027, 1, 15)
        assert row.facts["clock"]["consulted"] == ["MX"]
        assert (row.facts["clock"]["determines"], row.facts["clock"]["condition"]) == ("US", "No results")


@pytest.mark.parametrize(
    ("key", "wanted", "refused"),
    [
        ("diego", new(BOTH), "forbidden"),  # an official does not bind
        ("ana", new({"CA": "owes", "US": "owes", "MX": "none"}), "needs_own_party"),
        ("ana", new({"MX": "sees", "US": "sees", "CA": "none"}), "needs_owner"),
        ("ana", new({"MX": "owes", "FR": "owes"}), "unknown_party"),
        ("ana", new(BOTH, determines="CA"), "unknown_party"),
        ("ana", new(BOTH, made_on="June"), "not_a_partial_date"),
        ("ana", new(BOTH, minimum_meetings=2), "period_out_of_range"),
        ("ana", new(BOTH, clock=clocks.Clock(0, "calendar", "it")), "clock_days"),
        ("ana", new(BOTH, clock=clocks.Clock(45)), "clock_needs_event"),
        ("ana", NewCommitment({}, BOTH, "A text"), "needs_title"),
        ("ana", NewCommitment({"en": "A"}, BOTH, " "), "required"),
    ],
)
def test_what_cannot_be_recorded(database: Database, key: str, wanted: NewCommitment, refused: str) -> None:
    with database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as caught:
        record_commitment(session, wanted)
    assert caught.value.key == refused


# Saying -------------------------------------------------------------------------------------------


def test_each_party_speaks_for_itself_and_its_later_word_stands(database: Database, clock: Clock) -> None:
    with acting(database, "ana") as session:
        statements.state_commitment(session, "C01", "MX", said("open"))
    clock.forward(minutes=1)
    with acting(database, "diego") as session:
        statements.state_commitment(session, "C01", "MX", said("done", "Held.", limits_met="Funds"))
        # What another told by note is reported, and stays so.
        statements.state_commitment(session, "C01", "US", said("blocked", "By telephone."))
    with database.read_session(world.viewer("carol")) as session:
        assert cells(session, "C01") == {
            "CA": ("no_word", "none"), "MX": ("done", "stated"), "US": ("blocked", "reported"),
        }  # fmt: skip
        lines = statements.statement_lines(session, reading.find_commitment(session, "C01"))
        assert [(line.statement.state, line.stands) for line in lines if line.statement.party_code == "MX"] == [
            ("done", True), ("open", False),
        ]  # fmt: skip
    with acting(database, "carol") as session:
        reported = next(line for line in lines if line.statement.is_reported)
        statements.withdraw_statement(session, "C01", reported.statement.id)
        assert cells(session, "C01")["US"] == ("no_word", "none")
        assert session.scalar(select(func.count(CommitmentStatement.id))) == 3


@pytest.mark.parametrize(
    ("key", "ref", "party", "wanted", "refused"),
    [
        ("benoit", "C12", "MX", said(), "forbidden"),  # Canada is not among these
        ("ana", "C04", "MX", said(), "unknown_party"),  # Mexico owes nothing here
        ("ana", "C01", "MX", said("lively"), "unknown_choice"),
        ("diego", "C01", "MX", said("verified"), "verified_by_those_who_speak"),
        ("ana", "C01", "US", said("verified"), "unknown_choice"),  # no other party verifies by report
        ("ana", "C01", "MX", said(text=" "), "required"),
        ("ana", "C01", "MX", said(as_of_on=dt.date(2026, 11, 23)), "told_later"),
        ("ana", "C01", "MX", said(evidence_url="javascript:alert(1)"), "not_a_link"),
        ("sam", "C04", "CA", said(), "forbidden"),  # serves M01 to M03
    ],
)
def test_what_cannot_be_said(
    database: Database, key: str, ref: str, party: str, wanted: NewStatement, refused: str
) -> None:
    with database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as caught:
        statements.state_commitment(session, ref, party, wanted)
    assert caught.value.key == refused


def test_what_is_said_of_a_public_commitment_is_read_by_its_parties_alone(database: Database) -> None:
    with acting(database, "ana") as session:
        statements.state_commitment(session, "C12", "MX", said("done", "Results shown."))
        statements.contest_commitment(session, "C12", "The count of days is not agreed.", "en")
    with database.read_session(world.viewer("carol")) as session:
        line = commitment_line(session, "C12")
        assert (line.cell("MX").text, line.cell("CA").state) == ("Results shown.", "not_at_the_table")
        assert [each.text for each in line.contests] == ["The count of days is not agreed."]
    for key in ("benoit", "sam"):
        with database.read_session(world.viewer(key)) as session:
            line = commitment_line(session, "C12")
            assert (line.cell("MX").state, line.contests) == ("no_word", ())


# Serving ------------------------------------------------------------------------------------------


def add_action(database: Database, reference: str, parties: tuple[str, ...], legs: dict[str, dict[str, Any]]) -> None:
    with database.system_session("give the parties an action", "write") as session:
        world.add_action(session, reference, parties, legs=legs)
        session.commit()


def test_silence_is_read_from_the_actions_that_the_viewer_sees(database: Database) -> None:
    done, unaccepted = {"state": "done", "is_accepted": True}, {"is_accepted": False}
    add_action(database, "ACT-2026-CAMXUS-A01", world.THREE, {"MX": done, "US": unaccepted})
    under_way = {"state": "under_way", "is_accepted": True}
    add_action(database, "ACT-2026-MXUS-A01", ("MX", "US"), {"MX": under_way, "US": unaccepted})
    with acting(database, "ana") as session:
        for reference in ("ACT-2026-CAMXUS-A01", "act-2026-mxus-a01", "ACT-2026-MXUS-A01"):
            links.link_action(session, "C01", reference)
        assert session.scalar(select(func.count(CommitmentAction.id))) == 2
        assert cells(session, "C01")["MX"] == ("under_way", "derived")
        # A leg that nobody accepted says nothing.
        assert cells(session, "C01")["US"] == ("no_word", "none")
    with database.read_session(world.viewer("benoit")) as session:
        assert cells(session, "C01")["MX"] == ("done", "derived")
        line = commitment_line(session, "C01")
        assert (line.cell("MX").action_count, line.cell("MX").done_count) == (1, 1)
    with acting(database, "ana") as session:
        links.unlink_action(session, "C01", "ACT-2026-MXUS-A01")
        assert cells(session, "C01")["MX"] == ("done", "derived")
        links.link_action(session, "C01", "ACT-2026-MXUS-A01")
        assert session.scalar(select(func.count(CommitmentAction.id))) == 2


def test_a_link_is_seen_by_those_who_see_both(database: Database) -> None:
    add_action(database, "ACT-2026-CAMXUS-A01", world.THREE, {"MX": {}})
    with acting(database, "ana") as session:
        ref = record_commitment(session, new(BOTH)).ref
        link = links.link_action(session, ref, "ACT-2026-CAMXUS-A01")
        assert link.audience_id == session.audience({party_key("MX"), party_key("US")})
    with database.write_session(world.viewer("benoit")) as session:
        assert session.scalar(select(func.count(CommitmentAction.id))) == 0
        with pytest.raises(NotFound):
            links.link_action(session, ref, "ACT-2026-CAMXUS-A01")
        with pytest.raises(Refusal) as caught:
            links.link_action(session, "C01", "ACT-2026-MXUS-A01")
        assert caught.value.key == "unknown_action"


# Accounting ---------------------------------------------------------------------------------------


def test_how_it_is_accounted_for_is_agreed_by_all_who_owe_it(database: Database) -> None:
    wanted = Accounting("Meetings held", "None in 2016", "The register", SUNSET, "A new text")
    with acting(database, "ana") as session:
        version = reading.find_commitment(session, "C01").version
        decision = ask_accounting(session, "C01", wanted, "So that we count alike.", version=version)
        assert (decision.state, decision.parties) == ("open", ["CA", "MX", "US"])
    for key, state in (("isabelle", "open"), ("erin", "taken")):
        with acting(database, key) as session:
            assert reading.find_commitment(session, "C01").indicator is None
            found = decisions.find_decision(session, decision.id)
            assert decisions.answer(session, decision.id, "yes", "", version=found.version).state == state
    with database.read_session(world.viewer("daniel")) as session:
        row = reading.find_commitment(session, "C01")
        assert (row.indicator, row.baseline, row.sunset_on, row.sunset_reason) == (
            "Meetings held", "None in 2016", SUNSET, "A new text",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "ref", "wanted", "refused"),
    [
        ("diego", "C01", Accounting("It"), "forbidden"),
        ("isabelle", "C12", Accounting("It"), "forbidden"),
        ("ana", "C01", Accounting(), "nothing_changed"),
        ("ana", "C01", Accounting(sunset_on=SUNSET), "reason_required"),
    ],
)
def test_what_cannot_be_asked(database: Database, key: str, ref: str, wanted: Accounting, refused: str) -> None:
    with database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as caught:
        ask_accounting(session, ref, wanted, "", version=reading.find_commitment(session, ref).version)
    assert caught.value.key == refused


def test_a_form_of_an_older_version_is_told_what_stands(database: Database) -> None:
    with database.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion):
        ask_accounting(session, "C01", Accounting("It"), "", version=99)


# Lists --------------------------------------------------------------------------------------------


def test_pledges_are_counted_and_practices_and_repeats_stand_apart(database: Database) -> None:
    with database.read_session(world.viewer("benoit")) as session:
        found = commitment_lines(session, beside=("practice", "repeat"), page=1)
        assert (found.total, [line.commitment.ref for line in found.beside]) == (14, ["C07", "C08", "C11", "C18"])
        by_party = commitment_lines(session, CommitmentFilters(mechanism="un-coordination", party="CA"))
        assert [line.commitment.ref for line in by_party.lines] == ["C01"]
        assert commitment_lines(session, CommitmentFilters(mechanism="none-such")).lines == ()
        assert commitment_lines(session, CommitmentFilters(state="done")).total == 0
        with pytest.raises(NotFound):
            commitment_lines(session, page=2)


def test_at_a_day_that_is_past_what_was_said_since_counts_for_nothing(database: Database) -> None:
    add_action(database, "ACT-2026-CAMXUS-A01", world.THREE, {"CA": {"state": "done", "is_accepted": True}})
    with acting(database, "ana") as session:
        statements.state_commitment(session, "C01", "MX", said("done"))
        links.link_action(session, "C01", "ACT-2026-CAMXUS-A01")
        ref = record_commitment(session, new(BOTH)).ref
    with database.read_session(world.viewer("ana")) as session:
        today, before = world.NOW.date(), world.NOW.date() - dt.timedelta(days=1)
        for day, states, is_there in ((today, ("done", "done"), True), (before, ("no_word", "no_word"), False)):
            found = {line.commitment.ref: line for line in commitment_lines(session, on=day).lines}
            assert (found["C01"].cell("MX").state, found["C01"].cell("CA").state) == states
            assert (ref in found) is is_there
        assert session.scalar(select(func.count(Action.id))) == 1
