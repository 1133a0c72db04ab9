"""Reports and charts: literal figures of what each reader may see, and the rows that each figure comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from app.db import Database, GuardedSession
from app.domain.charts import OpenByAge
from app.domain.errors import NotFound
from app.domain.report import ReportDays
from app.domain.visibility import REGISTER, party_key
from app.models import Action, Commitment, CommitmentAction, CommitmentStatement, DueMove, FactStatement
from app.services import reports_brief
from app.services import reports_charts as charts
from app.services.reports import ReportScope, leg_figures
from app.services.reports_accountability import accountability
from app.services.reports_brief import brief_of
from app.services.reports_brief_words import brief_paper
from app.services.reports_charts import Scope
from app.services.reports_meetings import rows_for
from app.services.reports_reviews import reviews_of
from app.services.reports_rows import FIGURES, rows_of
from tests import world

D = dt.date
YEAR = ReportScope(ReportDays(D(2026, 1, 1), D(2026, 12, 31)))
SPRING = ReportScope(ReportDays(D(2026, 3, 1), D(2026, 5, 31)))


def at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 18, tzinfo=dt.UTC)


def leg(state: str, due: dt.date | None, **changed: object) -> dict[str, object]:
    return {"state": state, "due_on": due, "is_accepted": True, **changed}


@pytest.fixture
def kept(database: Database) -> Database:
    """Return a database with six actions, a meeting and a contested commitment, told in the comments."""
    with database.system_session("promises to account for", "write") as session:
        meeting = world.add_meeting(session, "NADD-2026-8", mechanism="M02", state="held", starts_on=D(2026, 4, 1))
        for number, (made, parties, legs) in enumerate(
            (
                # Late since the spring for Canada, done in May by Mexico, not accepted by the United States.
                (at(2, 1), world.THREE, {
                    "CA": leg("under_way", D(2026, 4, 1)), "MX": leg("done", D(2026, 4, 1), done_at=at(5, 10)),
                    "US": leg("open", D(2026, 4, 1), is_accepted=False),
                }),
                # Dropped in April by Canada, verified by Mexico in June, open for the United States until next year.
                (at(3, 15), world.THREE, {
                    "CA": leg("dropped", None, changed_at=at(4, 20), reason="No funds."),
                    "MX": leg("verified", D(2026, 6, 1), done_at=at(6, 2)), "US": leg("open", D(2027, 1, 1)),
                }),
                # What is between Mexico and the United States is not there for Canada.
                (at(4, 1), ("MX", "US"), {
                    "MX": leg("blocked", D(2026, 11, 1)), "US": leg("done", None, done_at=at(11, 20)),
                }),
            ),
            start=1,
        ):  # fmt: skip
            world.add_action(
                session, f"NADD-2026-8-A{number:02}" if parties == world.THREE else "NADD-2026-MXUS-1-A01", parties,
                meeting=meeting if parties == world.THREE else None, legs=legs, created_at=made,
            )  # fmt: skip
        withdrawn = world.add_action(session, "NADD-2026-8-A09", created_at=at(3, 1))
        withdrawn.ended_as, withdrawn.ended_at = "withdrawn", at(3, 2)
        closed = world.add_action(session, "NADD-2026-8-A10", ("CA",), created_at=at(1, 10))
        closed.ended_as, closed.ended_at = "closed", at(7, 1)
        _move(session)
        _commit(session)
        session.commit()
    return database


def _move(session: GuardedSession) -> None:
    action = session.get_one(Action, world.identity("action", "NADD-2026-MXUS-1-A01"))
    for each in action.legs:
        if each.party_code == "MX":
            session.add(
                DueMove(
                    action_id=action.id, leg_id=each.id, was_on=D(2026, 9, 1), now_on=D(2026, 11, 1), party_code="MX",
                    reason="The survey is late.", person_id=world.CAST["ana"].id, moved_at=at(8, 1),
                    audience_id=action.audience_id,
                )
            )  # fmt: skip


def _commit(session: GuardedSession) -> None:
    pledge = session.query(Commitment).filter_by(ref="C02").one()
    action = session.get_one(Action, world.identity("action", "NADD-2026-8-A01"))
    three = session.audience({party_key(code) for code in world.THREE})
    session.add_all(
        [
            CommitmentAction(
                commitment_id=pledge.id, action_id=action.id, made_by=world.CAST["ana"].id, made_at=at(2, 2),
                audience_id=action.audience_id,
            ),
            CommitmentStatement(
                commitment_id=pledge.id, party_code="CA", kind="contest", text="The first was in 2015.", language="en",
                as_of_on=D(2026, 5, 1), person_id=world.CAST["isabelle"].id, made_at=at(5, 1), audience_id=three,
            ),
            FactStatement(
                mechanism_id=world.mechanism_of(session, "M02").id, field="level", kind="contest", value_digest="old",
                note="Not so.", party_code="US", person_id=world.CAST["erin"].id, made_at=at(5, 1),
                audience_id=session.audience({REGISTER}),
            ),
        ]
    )  # fmt: skip


@pytest.fixture
def reading(kept: Database, request: pytest.FixtureRequest) -> Iterator[GuardedSession]:
    with kept.read_session(world.viewer(getattr(request, "param", "ana"))) as session:
        yield session


def told(session: GuardedSession, scope: ReportScope) -> dict[str, dict[str, int]]:
    return {figure.key: dict(figure.by_party) for figure in leg_figures(session, scope)}


# Figures ------------------------------------------------------------------------------------------


def test_the_figures_of_a_year_as_two_delegations_see_them(kept: Database) -> None:
    with kept.read_session(world.viewer("ana")) as session:
        ours = told(session, YEAR)
    with kept.read_session(world.viewer("benoit")) as session:
        theirs = told(session, YEAR)
    assert ours == {
        "promised": {"CA": 2, "MX": 3, "US": 3},
        "done": {"CA": 0, "MX": 2, "US": 1},
        "owed": {"CA": 1, "MX": 1, "US": 2},
        "overdue": {"CA": 1, "MX": 1, "US": 0},
        "unaccepted": {"CA": 0, "MX": 0, "US": 1},
        "dropped": {"CA": 1, "MX": 0, "US": 0},
        "moved": {"CA": 0, "MX": 1, "US": 0},
    }
    assert theirs == {
        "promised": {"CA": 3, "MX": 2, "US": 2},
        "done": {"CA": 0, "MX": 2, "US": 0},
        "owed": {"CA": 1, "MX": 0, "US": 2},
        "overdue": {"CA": 1, "MX": 0, "US": 0},
        "unaccepted": {"CA": 0, "MX": 0, "US": 1},
        "dropped": {"CA": 1, "MX": 0, "US": 0},
        "moved": {"CA": 0, "MX": 0, "US": 0},
    }


def test_a_past_period_is_told_as_it_ended(reading: GuardedSession) -> None:
    assert told(reading, SPRING) == {
        "promised": {"CA": 1, "MX": 2, "US": 2},
        "done": {"CA": 0, "MX": 1, "US": 0},  # Mexico's of June was owed then
        "owed": {"CA": 1, "MX": 2, "US": 3},
        "overdue": {"CA": 1, "MX": 0, "US": 0},
        "unaccepted": {"CA": 0, "MX": 0, "US": 1},
        "dropped": {"CA": 1, "MX": 0, "US": 0},
        "moved": {"CA": 0, "MX": 0, "US": 0},
    }


LONG = ReportDays(D(2016, 1, 1), D(2026, 11, 22))


@pytest.mark.parametrize(
    ("reading", "scope"),
    [
        ("ana", ReportScope(LONG)), ("benoit", ReportScope(LONG, "drug-dialogue")),
        ("sam", ReportScope(SPRING.days, None, ("CA", "US"))),
    ],
    indirect=["reading"],
)  # fmt: skip
def test_the_rows_of_each_figure_come_to_it(reading: GuardedSession, scope: ReportScope) -> None:
    found = accountability(reading, scope, rows_for(reading, scope, "en"))
    assert set(found.totals) == set(FIGURES)
    for figure, value in found.totals.items():
        pages = [rows_of(reading, figure, scope, "en")]
        pages += [rows_of(reading, figure, scope, "en", page) for page in range(2, pages[0].page_count + 1)]
        assert {page.total for page in pages} == {value}, figure
        assert sum(len(page.grid.rows) for page in pages) == value, figure
    for each in found.legs:
        for party, value in each.by_party.items():
            assert rows_of(reading, each.key, scope.of(party), "en").total == value, (each.key, party)


def test_the_days_of_rows_are_those_by_which_they_were_counted(kept: Database) -> None:
    """Recorded at 20:00 on the last day of the year in Mexico City, which is the year after by UTC."""
    with kept.system_session("a promise on New Year's Eve", "write") as session:
        evening = dt.datetime(2026, 1, 1, 2, tzinfo=dt.UTC)
        world.add_action(session, "NADD-2026-8-A11", ("MX",), created_at=evening)
        session.commit()
    last_year = ReportScope(ReportDays(D(2025, 1, 1), D(2025, 12, 31)))
    with kept.read_session(world.viewer("ana")) as session:
        [row] = rows_of(session, "promised", last_year, "en").grid.rows
    assert row[4].text == "31 December 2025"


def test_pledges_are_counted_and_practices_are_not_and_what_is_contested_is_told(reading: GuardedSession) -> None:
    found = accountability(reading, YEAR, rows_for(reading, YEAR, "en"))
    assert (found.totals["commitments"], len(found.practices)) == (14, 3)
    assert [(line.commitment.ref, line.contests[0].party_code) for line in found.contested] == [("C02", "CA")]
    assert found.fact_contests == ()  # that was said of a fact which has changed since
    assert sorted(found.served.values()) == [(0, 1), (0, 1), (1, 1)]


def test_meetings_are_held_against_their_cadence(reading: GuardedSession) -> None:
    scope = ReportScope(LONG, "drug-dialogue")
    totals = accountability(reading, scope, rows_for(reading, scope, "en")).totals
    words = ("meetings", "periods", "periods_met", "periods_partly_met", "periods_not_held", "periods_no_record")
    assert [totals[key] for key in words] == [1, 10, 7, 0, 0, 3]


def test_a_figure_of_another_name_and_a_page_beyond_the_last_are_not_there(reading: GuardedSession) -> None:
    for figure, page in (("blame", 1), ("owed", 2), ("commitments", 2)):
        with pytest.raises(NotFound):
            rows_of(reading, figure, YEAR, "en", page)


# Charts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "scope", "parts", "late"),
    [
        ("ana", Scope(), {"on_time": 1, "late": 2, "unaccepted": 1}, (1, 0, 0, 1, 0)),
        ("benoit", Scope(), {"on_time": 1, "late": 1, "unaccepted": 1}, (0, 0, 0, 1, 0)),
        ("ana", Scope(party="MX"), {"on_time": 0, "late": 1, "unaccepted": 0}, (1, 0, 0, 0, 0)),
        ("ana", Scope("un-coordination"), {"on_time": 0, "late": 0, "unaccepted": 0}, (0, 0, 0, 0, 0)),
    ],
    indirect=["reading"],
)
def test_what_is_open_by_age(
    reading: GuardedSession, scope: Scope, parts: dict[str, int], late: tuple[int, ...]
) -> None:
    found: OpenByAge = charts.ages(reading, scope)
    assert (dict(found.parts[3]), found.late) == (parts, late)  # all was recorded half a year ago or more
    assert found.open_count == sum(parts.values())


def test_what_was_promised_and_done_by_month(reading: GuardedSession) -> None:
    found = {
        (each.month.year, each.month.month): (each.promised, each.done) for each in charts.months(reading, Scope())
    }
    assert len(found) == 24
    assert {month: counts for month, counts in found.items() if counts != (0, 0)} == {
        (2026, 2): (3, 0), (2026, 3): (3, 0), (2026, 4): (2, 0), (2026, 5): (0, 1), (2026, 6): (0, 1),
        (2026, 11): (0, 1),
    }  # fmt: skip


def test_how_long_it_took(reading: GuardedSession) -> None:
    found = charts.durations_of(reading, Scope())
    assert (found.counts, found.median_days) == ((0, 1, 1, 1, 0), 98)


def test_periods_kept_stand_by_name(reading: GuardedSession) -> None:
    rows = charts.rows_by_name(reading, "en")
    kept = charts.kept_periods(rows, Scope())
    names = [each.facts.name.en for each in kept]
    assert names == sorted(names)
    assert {each.facts.ref: each.counts for each in kept}["M02"] == {"met": 5, "by_numbering": 2, "no_record": 3}


# Briefs and review points -------------------------------------------------------------------------


def test_a_brief_is_a_delegations_own(kept: Database) -> None:
    with kept.read_session(world.viewer("sam")) as session, pytest.raises(NotFound):
        brief_of(session, None, "en")
    with kept.read_session(world.viewer("diego")) as session:
        found = brief_of(session, None, "es")
    assert (found.party, found.on) == ("MX", D(2026, 11, 22))
    assert [each.action.reference for each in found.owes] == ["NADD-2026-MXUS-1-A01"]
    assert (found.counts.accepted, found.counts.overdue, found.counts.unaccepted) == (1, 1, 0)
    assert [(each.action.reference, each.leg.party_code) for each in found.is_owed] == [
        ("NADD-2026-8-A01", "CA"), ("NADD-2026-8-A01", "US"), ("NADD-2026-8-A02", "US"),
    ]  # fmt: skip
    assert all("MX" in line.commitment.owners for line in found.commitments)


def test_the_figures_of_a_brief_count_what_its_list_leaves_out(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports_brief, "MOST_OWES", 1)
    with kept.read_session(world.viewer("carol")) as session:
        [figures] = brief_paper(session, None, "en").parts[0].grids
    assert {row[0].text: row[1].text for row in figures.rows if "accepted" in row[0].text} == {
        "Action items that it has accepted and owes": "1", "Recorded for it, not accepted": "1",
    }  # fmt: skip


def test_a_brief_is_held_against_its_day(kept: Database) -> None:
    with kept.read_session(world.viewer("carol")) as session:
        before, after = (brief_of(session, day, "en") for day in (D(2027, 1, 1), D(2027, 1, 2)))
    assert (before.counts.overdue, after.counts.overdue) == (0, 1)


def test_mandates_are_looked_at_after_a_change_of_government(reading: GuardedSession) -> None:
    found = reviews_of(reading, "en")
    assert [(point.key, "M02" in {row.facts.ref for row in rows}) for point, rows in found.to_look_at] == [
        ("mx-inauguration-2024", False), ("us-inauguration-2025", False),  # it met in April 2026
    ]  # fmt: skip
    assert "M06" in {row.facts.ref for row in found.to_look_at[0][1]}
    assert found.without == ("CA",)
    assert [each.point.key for each in found.around] == ["mx-inauguration-2030", "us-inauguration-2029"]
