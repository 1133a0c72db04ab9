"""Turns to host as they are kept: what is asked, what holds at the last yes, who reads it where, and taking it back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal
from app.models import HostingChange
from app.services.decisions import find_decision
from app.services.draft_suggestions import suggested, suggested_past
from app.services.hosting import ask_take_back, change_words, hosting_view
from app.services.mechanisms import mechanism_view
from app.services.register import Filters, register
from tests import world
from tests.services.hosting_world import (
    DIALOGUE,
    TODAY,
    agree,
    ask,
    code_of,
    held,
    make_four,
    viewer,
    wanted,
)
from tests.subscribing import counted_statements

OTHERS = ("isabelle", "erin")


def turns(database: Database, key: str = "ana", code: str = DIALOGUE) -> list[str]:
    """Return the turns to come as somebody reads them."""
    with database.read_session(viewer(database, key)) as session:
        view = hosting_view(session, code)
        return [
            each.turn.party + "".join(f"+{code}" for code in each.turn.co_hosts) + "*" * len(each.changes)
            for each in view.ahead
        ]


def change_id(database: Database) -> uuid.UUID:
    """Return the id of the latest change."""
    with database.system_session("look") as session:
        rows = session.execute(select(HostingChange).order_by(HostingChange.made_at.desc())).scalars()
        return next(iter(rows)).id


def take_back(database: Database, row_id: uuid.UUID, by: str = "ana", reason: str = "it hosts after all") -> uuid.UUID:
    """Let somebody ask that a change be taken back."""
    with database.write_session(viewer(database, by)) as session:
        decision = ask_take_back(session, row_id, reason)
        session.commit()
        return decision.id


# Changes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (wanted("skip", "US"), ["MX*", "CA", "US", "MX", "CA", "US"]),
        (wanted("swap", "US", with_party="MX"), ["MX*", "US*", "CA", "US", "MX", "CA"]),
        (wanted("co_host", "US", with_party="CA"), ["US+CA*", "MX", "CA", "US", "MX", "CA"]),
        (wanted("cancelled", "US"), ["US*", "MX", "CA", "US", "MX", "CA"]),
    ],
)
def test_a_change_holds_at_the_last_yes(database: Database, change: Any, after: list[str]) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    before = turns(database)
    assert before == ["US", "MX", "CA", "US", "MX", "CA"]
    decision_id = ask(database, "ana", change)
    assert turns(database) == before
    agree(database, decision_id, "isabelle")
    assert turns(database) == before
    agree(database, decision_id, "erin")
    for key in ("ana", "diego", "benoit", "daniel", "sam"):
        assert turns(database, key) == after
    with database.read_session(viewer(database, "benoit")) as session:
        line = hosting_view(session, DIALOGUE).changes[0]
    assert (line.row.reason, line.agreed_by, line.agreed_at, line.standing) == (
        "as agreed by note", world.THREE, world.NOW, "to_come",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "key", "field"),
    [
        (wanted("skip", "GT"), "not_in_rotation", "party"),
        (wanted("swap", "US"), "required", "with_party"),
        (wanted("swap", "US", with_party="US"), "swap_with_itself", "with_party"),
        (wanted("co_host", "US", with_party="US"), "co_host_with_itself", "with_party"),
        (wanted("co_host", "US", with_party="GT"), "not_of_mechanism", "with_party"),
        (wanted("skip", "US", reason="  "), "reason_required", "reason"),
        (wanted("skip", "US", reason="x" * 2_001), "too_long", "reason"),
        (wanted("skip", "US", counts_from=None), "required", "counts_from"),
        (wanted("skip", "US", counts_from=TODAY + dt.timedelta(days=1)), "day_to_come", "counts_from"),
        (wanted("skip", "US", counts_from=dt.date(2026, 5, 4)), "turn_taken_since", "counts_from"),
        (wanted("skip", ""), "required", "party"),
        (wanted("postponed", "US"), "unknown_choice", "kind"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_asked(
    sqlite_database: Database, change: Any, key: str, field: str
) -> None:
    held(sqlite_database, "CA", "US", "MX", "CA", parties=world.THREE)
    with pytest.raises(Refusal) as refused:
        ask(sqlite_database, "ana", change)
    assert (refused.value.key, refused.value.field) == (key, field)
    with sqlite_database.read_session(viewer(sqlite_database, "ana")) as session:
        assert hosting_view(session, DIALOGUE).asked == ()


def test_without_an_order_there_is_no_turn_to_change(sqlite_database: Database) -> None:
    with pytest.raises(Refusal) as refused:
        ask(sqlite_database, "ana", wanted("skip", "US"), "un-coordination")
    assert refused.value.key == "no_order_of_hosts"


@pytest.mark.parametrize("key", ["diego", "benoit", "olga", "marta"])
def test_only_who_speaks_asks(sqlite_database: Database, key: str) -> None:
    held(sqlite_database, "CA", parties=world.THREE)
    with pytest.raises((Refusal, NotFound)) as refused:
        ask(sqlite_database, key, wanted("skip", "US"))
    assert getattr(refused.value, "key", "not_found") in {"forbidden", "not_found"}


def test_a_secretariat_asks_and_every_party_answers(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    decision_id = ask(database, "sam", wanted("skip", "US"))
    agree(database, decision_id, "ana", "isabelle", "erin")
    assert turns(database, "sam")[0] == "MX*"


def test_a_turn_that_is_taken_meanwhile_leaves_nothing_to_change(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    decision_id = ask(database, "ana", wanted("skip", "US", counts_from=dt.date(2026, 6, 1)))
    agree(database, decision_id, "isabelle")
    with database.system_session("it was held", "write") as session:
        world.add_meeting(
            session, "NADD-2026-9", mechanism="M02", state="held", starts_on=dt.date(2026, 11, 20),
            hosting={"US": "host"},
        )  # fmt: skip
        session.commit()
    with pytest.raises(Refusal) as refused:
        agree(database, decision_id, "erin")
    assert refused.value.key == "fact_has_changed"
    assert turns(database)[0] == "MX"
    with database.read_session(viewer(database, "ana")) as session:
        assert find_decision(session, decision_id).state == "open"


# Taking back --------------------------------------------------------------------------------------


def test_another_decision_takes_a_change_back_and_keeps_it(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    agree(database, ask(database, "ana", wanted("skip", "US")), *OTHERS)
    row_id = change_id(database)
    decision_id = take_back(database, row_id)
    assert turns(database)[0] == "MX*"
    with pytest.raises(Refusal) as refused:
        take_back(database, row_id, "carol")
    assert refused.value.key == "asked_back_already"
    agree(database, decision_id, *OTHERS)
    assert turns(database) == ["US", "MX", "CA", "US", "MX", "CA"]
    with database.read_session(viewer(database, "carol")) as session:
        line = hosting_view(session, DIALOGUE).changes[0]
        assert (line.standing, line.revoked_by and line.revoked_by.id) == ("taken_back", decision_id)
    with pytest.raises(Refusal) as again:
        take_back(database, row_id)
    assert again.value.key == "not_in_state"


def test_what_is_spent_is_not_taken_back(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    agree(database, ask(database, "ana", wanted("skip", "US", counts_from=dt.date(2026, 6, 1))), *OTHERS)
    held(database, "MX", parties=world.THREE, starts_on=dt.date(2026, 11, 20))
    with pytest.raises(Refusal) as refused:
        take_back(database, change_id(database))
    assert refused.value.key == "not_in_state"
    with database.read_session(viewer(database, "ana")) as session:
        assert [line.standing for line in hosting_view(session, DIALOGUE).changes] == ["taken"]


# Who reads it, and where --------------------------------------------------------------------------


def test_others_read_the_published_order(database: Database) -> None:
    code = code_of(database, "M11")
    with database.system_session("an order of two", "write") as session:
        mechanism = world.mechanism_of(session, "M11")
        hosting = {**mechanism.facts["hosting"], "rotation": ["US", "MX"], "rotation_attested": True}
        mechanism.facts = {**mechanism.facts, "hosting": hosting}
        session.commit()
    before = turns(database, "benoit", code)
    assert before == turns(database, "ana", code) == ["US", "MX", "US", "MX", "US", "MX"]
    agree(database, ask(database, "ana", wanted("skip", "US"), code), "erin")
    assert turns(database, "ana", code)[:2] == ["MX*", "US"]
    assert turns(database, "benoit", code) == before
    with database.read_session(viewer(database, "benoit")) as session:
        view = hosting_view(session, code)
        assert (view.changes, view.asked, view.may_ask, view.is_of) == ((), (), False, False)


def test_the_changes_enter_all_that_says_who_hosts_next(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    agree(database, ask(database, "ana", wanted("skip", "US")), *OTHERS)
    agree(database, ask(database, "ana", wanted("co_host", "MX", with_party="CA")), *OTHERS)
    with database.read_session(viewer(database, "benoit")) as session:
        page = mechanism_view(session, DIALOGUE)
        assert page.page.next_host is not None
        assert (page.page.next_host.party, page.page.next_host.co_hosts) == ("MX", ("CA",))
        assert [turn.party for turn in page.turns] == ["MX", "CA", "US"]
        rows = register(session, Filters(words="dialogue on drug"), "en").rows
        assert [row.page.next_host and row.page.next_host.party for row in rows] == ["MX"]
        assert dict(suggested(session, DIALOGUE).hosting) == {"MX": "host", "CA": "co_host"}
        assert dict(suggested_past(session, DIALOGUE).hosting) == {}


def test_a_new_draft_is_hosted_after_what_is_in_preparation(sqlite_database: Database) -> None:
    held(sqlite_database, "CA", "US", "MX", "CA", parties=world.THREE)
    with sqlite_database.system_session("prepared", "write") as session:
        world.add_meeting(session, "NADD-2027-1", mechanism="M02", hosting={"US": "host"})
        session.commit()
    with sqlite_database.read_session(viewer(sqlite_database, "benoit")) as session:
        assert dict(suggested(session, DIALOGUE).hosting) == {"MX": "host"}
        assert dict(suggested(session, DIALOGUE, "last").hosting) == {"MX": "host"}


def test_four_parties_have_four_to_say_yes(database: Database) -> None:
    make_four(database)
    held(database, "CA")
    decision_id = ask(database, "ana", wanted("skip", "GT"))
    agree(database, decision_id, *OTHERS)
    assert turns(database, "gabriela")[0] == "GT"
    agree(database, decision_id, "gabriela")
    assert turns(database, "gabriela") == ["MX*", "US", "CA", "GT", "MX", "US"]


def test_a_proposal_has_no_hosts(sqlite_database: Database) -> None:
    with sqlite_database.system_session("look") as session:
        code = next(
            row.code for row in session.execute(select(type(world.mechanism_of(session, "M02")))).scalars()
            if row.status == "proposed"
        )  # fmt: skip
    with sqlite_database.read_session(viewer(sqlite_database, "ana")) as session, pytest.raises(NotFound):
        hosting_view(session, code)


def test_turns_taken_are_told_with_their_meetings(sqlite_database: Database) -> None:
    make_four(sqlite_database)
    held(sqlite_database, "CA", "GT")
    held(sqlite_database, "MX", parties=("CA", "MX"), starts_on=dt.date(2026, 3, 1))
    with sqlite_database.read_session(viewer(sqlite_database, "ana")) as session:
        taken = hosting_view(session, DIALOGUE).taken
    assert [(each.party, each.line.meeting and each.line.meeting.reference) for each in taken] == [
        ("GT", "X-2024-GT"),
        ("CA", "X-2023-CA"),
    ]


def test_statements_do_not_grow(database: Database) -> None:
    counts = []
    for year in (2024, 2025):
        for month, host in enumerate(("CA", "US", "MX"), start=year - 2022):
            held(database, host, parties=world.THREE, starts_on=dt.date(year, month, 5), name=f"Z-{year}")
        agree(database, ask(database, "ana", wanted("co_host", "US", with_party="MX", reason=str(year))), *OTHERS)
        with database.read_session(viewer(database, "ana")) as session, counted_statements(database) as found:
            hosting_view(session, DIALOGUE)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("United States and Mexico exchange their next turns",)),
        ("es", ("Estados Unidos", "México")),
        ("fr", ("États-Unis", "Mexique")),
    ],
)
def test_changes_in_words(language: str, said: tuple[str, ...]) -> None:
    found = change_words("swap", "US", "MX", language)
    assert "%(" not in found
    assert [part for part in said if part in found] == list(said)
