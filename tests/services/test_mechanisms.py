"""The register and the pages of mechanisms: the same figures for all parties, and nothing of others' meetings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound
from app.domain.visibility import Viewer
from app.models import Mechanism
from app.services.identity import viewer_of_person
from app.services.mechanism_sources import citations
from app.services.mechanisms import MechanismView, mechanism_view
from app.services.register import Filters, register
from tests import world
from tests.conftest import Clock
from tests.subscribing import counted_statements

NOTHING = Filters()


def viewer_of(database: Database, key: str) -> Viewer:
    """Return the viewer that a member of the cast is, with the hats of their appointments."""
    found = viewer_of_person(database, world.CAST[key].id, world.NOW)
    assert found is not None
    return found


def page_for(database: Database, key: str, code: str) -> MechanismView:
    """Return a mechanism's page as a member of the cast reads it."""
    with database.read_session(viewer_of(database, key)) as session:
        return mechanism_view(session, code)


def states(found: MechanismView) -> dict[int, str]:
    """Return the word of each period by its first year."""
    return {period.first_day.year: period.word for period in found.row.periods}


@pytest.mark.parametrize("key", ["olga", "marta"])
def test_guests_and_administrators_have_no_page_of_a_mechanism(database: Database, key: str) -> None:
    with pytest.raises(NotFound):
        page_for(database, key, "un-coordination")


# Whose meetings enter the figures -----------------------------------------------------------------


@pytest.fixture
def met(database: Database) -> Database:
    """Return a database in which the three held the drug dialogue of 2025, and two of them met apart in 2020."""
    with database.system_session("meetings that were held", "write") as session:
        world.add_meeting(
            session, "NADD-2025-1", mechanism="M02", state="held", starts_on=dt.date(2025, 11, 4),
            hosting={"CA": "host"}, ordinal=9,
        )  # fmt: skip
        world.add_meeting(
            session, "NADD-2020-MXUS-1", ("MX", "US"), mechanism="M02", state="closed", starts_on=dt.date(2020, 6, 2),
            hosting={"MX": "host"},
        )  # fmt: skip
        session.commit()
    return database


@pytest.mark.parametrize("key", ["benoit", "ana", "carol", "sam"])
def test_all_parties_read_the_same_figures(met: Database, key: str) -> None:
    found = page_for(met, key, "drug-dialogue")
    assert states(found) == {
        2016: "met", 2017: "by_numbering", 2018: "by_numbering", 2019: "met", 2020: "no_record", 2021: "no_record",
        2022: "met", 2023: "met", 2024: "met", 2025: "met", 2026: "open",
    }  # fmt: skip
    assert found.page.next_ordinal == 10
    assert found.page.next_host is not None
    assert (found.page.next_host.party, found.page.next_host.basis) == ("US", "read_from_practice")


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("benoit", ["NADD-2025-1"]),
        ("ana", ["NADD-2025-1", "NADD-2020-MXUS-1"]),
        ("carol", ["NADD-2025-1", "NADD-2020-MXUS-1"]),
        ("sam", ["NADD-2025-1"]),
    ],
)
def test_the_record_has_the_meetings_that_the_viewer_may_see(met: Database, key: str, kept: list[str]) -> None:
    found = page_for(met, key, "drug-dialogue")
    assert [line.meeting.reference for line in found.record if line.meeting] == kept
    assert len(found.record) == 8 + len(kept)


def test_a_government_that_is_no_party_reads_what_is_published(database: Database) -> None:
    with database.system_session("meetings of a bilateral mechanism", "write") as session:
        planning: dict[str, Any] = {"mechanism": "M05", "state": "held"}
        world.add_meeting(session, "PPT-2026-1", ("MX", "US"), starts_on=dt.date(2026, 2, 3), **planning)
        world.add_meeting(session, "PPT-2026-CAMXUS-1", starts_on=dt.date(2026, 5, 6), **planning)
        world.add_meeting(session, "PPT-2026-2", ("MX", "US"), mechanism="M05", state="confirmed")
        session.commit()
    mexican, canadian = (page_for(database, key, "policy-planning-us-mx") for key in ("ana", "benoit"))
    assert [line.meeting.reference for line in mexican.record if line.meeting] == ["PPT-2026-CAMXUS-1", "PPT-2026-1"]
    assert [meeting.reference for meeting in mexican.coming] == ["PPT-2026-2"]
    assert (mexican.counts_meetings_here, mexican.may_draft, mexican.page.prepare) == (True, True, "next")
    # Canada sat at one of them and sees it, but it makes no figure of what it may not see.
    assert [line.meeting.reference for line in canadian.record if line.meeting] == ["PPT-2026-CAMXUS-1"]
    assert canadian.coming == ()
    assert (canadian.counts_meetings_here, canadian.may_draft, canadian.page.prepare) == (False, False, "first")


# A mechanism's page -------------------------------------------------------------------------------


def test_coordination_at_the_un_owes_two_meetings_and_has_none_on_record(database: Database) -> None:
    found = page_for(database, "ana", "un-coordination")
    assert found.page.owed is not None
    assert (found.page.owed.by, found.page.owed.days_left, found.page.owed.minimum_meetings) == (
        dt.date(2026, 12, 31),
        39,
        2,
    )
    assert (found.record, found.page.prepare, found.page.next_host, found.may_draft) == ((), "first", None, True)
    assert [each.ref for each in found.commitments] == ["C01"]
    assert (found.parent.code if found.parent else None) == "leaders-summit"
    assert [row.ref for row in found.related] == ["M07", "M54", "M33"]
    assert [forum.code for forum in found.forums] == ["foreign-ministers", "trilateral-consultations"]
    assert found.offices["MX-UN"].name["es"].startswith("Misión Permanente")


@pytest.mark.parametrize(
    ("code", "owed", "host"),
    [
        ("defence-ministerial", None, ("US", "read_from_practice")),
        ("leaders-summit", None, ("CA", "attested")),
        ("policy-planning-ca-mx", None, None),
        ("cyber-rapid-response", None, None),
        ("drug-dialogue", dt.date(2026, 12, 31), ("CA", "read_from_practice")),
    ],
)
def test_dates_to_agree_and_next_hosts(
    sqlite_database: Database, code: str, owed: dt.date | None, host: tuple[str, str] | None
) -> None:
    page = page_for(sqlite_database, "ana", code).page
    assert (page.owed.by if page.owed else None) == owed
    assert ((page.next_host.party, page.next_host.basis) if page.next_host else None) == host


def test_the_day_is_the_readers(database: Database, clock: Clock) -> None:
    clock.now = dt.datetime(2027, 1, 1, 4, 30, tzinfo=dt.UTC)
    # Still the old year in Mexico City and in Ottawa: a date is not past before the reader's own day is over.
    for key in ("ana", "benoit"):
        owed = page_for(database, key, "drug-dialogue").page.owed
        assert owed is not None
        assert (owed.by, owed.days_left) == (dt.date(2026, 12, 31), 0)


def test_an_undated_meeting_keeps_its_place_in_the_record(sqlite_database: Database) -> None:
    record = page_for(sqlite_database, "ana", "defence-ministerial").record
    assert [(line.ordinal, line.by_numbering_only) for line in record] == [
        (5, False), (4, True), (3, False), (2, False), (1, False),
    ]  # fmt: skip


def test_a_meeting_on_record_and_kept_here_is_shown_once(sqlite_database: Database) -> None:
    with sqlite_database.system_session("record a meeting", "write") as session:
        when: dict[str, Any] = {"starts_on": dt.date(2024, 11, 13), "ends_on": dt.date(2024, 11, 14)}
        world.add_meeting(
            session, "NADD-2024-1", mechanism="M02", state="closed", hosting={"MX": "host"}, ordinal=8, **when
        )
        session.commit()
    found = page_for(sqlite_database, "carol", "drug-dialogue")
    first = found.record[0]
    assert len(found.record) == 8
    assert (first.meeting.reference if first.meeting else None, first.guests) == ("NADD-2024-1", ("BE", "NL"))
    assert first.days == (dt.date(2024, 11, 13), dt.date(2024, 11, 14))
    assert len(found.row.periods[8].held) == 1


def test_a_proposal_is_never_prepared(sqlite_database: Database) -> None:
    found = page_for(sqlite_database, "ana", "energy-security")
    assert (found.page.is_proposal, found.may_draft, found.page.prepare, found.row.periods) == (True, False, None, ())
    assert found.paper is not None
    assert (found.paper.authors, str(found.paper.date)) == (("Earl Anthony Wayne", "Arturo Sarukhan"), "2017-01")


@pytest.mark.parametrize("code", ["M01", "UN-COORDINATION", "x", "un-coordination "])
def test_what_is_no_code_is_not_found(sqlite_database: Database, code: str) -> None:
    with pytest.raises(NotFound):
        page_for(sqlite_database, "ana", code)


def test_open_actions_are_those_of_the_viewers_audience(database: Database) -> None:
    with database.system_session("actions", "write") as session:
        of: dict[str, Any] = {"mechanism_id": world.mechanism_of(session, "M02").id}
        world.add_action(session, "NADD-A01", **of)
        world.add_action(session, "NADD-MXUS-A01", ("MX", "US"), **of)
        session.commit()
    assert [line.action.reference for line in page_for(database, "benoit", "drug-dialogue").actions] == ["NADD-A01"]
    assert len(page_for(database, "ana", "drug-dialogue").actions) == 2


def test_statements_do_not_grow_with_the_meetings(database: Database) -> None:
    counts: list[tuple[int, int]] = []
    added = 0
    for total in (3, 60):
        with database.system_session("meetings and actions", "write") as session:
            for number in range(added, total):
                day = dt.date(2026, 1, 5) + dt.timedelta(days=3 * number)
                held = world.add_meeting(
                    session, f"NADD-2026-{number + 1}", mechanism="M02", state="held", starts_on=day
                )
                world.add_action(session, f"NADD-2026-{number + 1}-A01", meeting=held)
            session.commit()
        added = total
        with database.read_session(viewer_of(database, "ana")) as session:
            with counted_statements(database) as on_page:
                assert len(mechanism_view(session, "drug-dialogue").record) == 8 + total
            with counted_statements(database) as on_register:
                register(session, NOTHING, "en")
        counts.append((len(on_page), len(on_register)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12
    assert counts[0][1] <= 4


# Sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("S0:26; S0:58-60; S0:160", [("S0", ("26", "58-60", "160"), "")]),
        ("S0; ca.usembassy.gov", [("S0", (), ""), (None, (), "ca.usembassy.gov")]),
        ("S2:21; cassidylevy.com", [("S2", ("21",), ""), (None, (), "cassidylevy.com")]),
        ("S0:58; wikimili.com", [("S0", ("58",), ""), (None, (), "wikimili.com")]),
        ("public", [(None, (), "public")]),
        ("S9:4", [(None, (), "S9:4")]),
        ("", []),
        (None, []),
    ],
)
def test_sources_are_read_apart(source: str | None, expected: list[tuple[str | None, tuple[str, ...], str]]) -> None:
    found = [(each.paper.id if each.paper else None, each.lines, each.page) for each in citations(source)]
    assert found == expected
    assert [each.is_not_told_apart for each in citations(source)] == [page == "public" for _, _, page in expected]


def test_every_source_of_the_catalogue_is_one_that_can_be_named(sqlite_database: Database) -> None:
    with sqlite_database.system_session("read every mechanism") as session:
        rows = session.execute(select(Mechanism)).scalars()
        pointers = [row.facts["mandate"]["pointer"] for row in rows]
    assert len(pointers) == 56  # the catalogue's, and the example
    assert all(citations(pointer) for pointer in pointers)
