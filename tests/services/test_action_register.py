"""The register of actions: what its filter finds is what a plain reading of every row finds, for every viewer."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.action_query import parse
from app.domain.action_query_words import folded
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Viewer, sees
from app.models import Action, AudienceMember, CarryOver, Commitment, CommitmentAction, Leg, Mechanism, Meeting
from app.services.action_register import RegisterPage, Sort, choices_of, ids_of, next_mechanism, register_page, sort_of
from app.services.action_whole import settle
from tests import story, world

TODAY = dt.date(2026, 11, 22)
STATES = ("open", "under_way", "blocked", "done", "verified", "dropped")
OWED = {"open", "under_way", "blocked"}
COUNT = 120
VIEWERS = ("ana", "diego", "carol", "benoit", "sam")
WORDS = ("Frontière élargie", "border crossing", "Política común", "100% of it_all")


def fill(database: Database) -> None:
    """Add actions of every state, kind and audience, the same each time."""
    dice = random.Random(4)
    with database.system_session("many actions", "write") as session:
        mechanisms = [world.mechanism_of(session, ref) for ref in ("M01", "M02", "M05")]
        at = world.add_meeting(session, "UNC-2025-1", mechanism="M01", starts_on=dt.date(2025, 5, 1), state="held")
        commitment = session.execute(select(Commitment).where(Commitment.ref == "C02")).scalar_one_or_none()
        for number in range(COUNT):
            parties = dice.choice([("MX", "US"), ("CA", "US"), ("CA", "MX"), world.THREE, world.THREE])
            action = world.add_action(
                session, f"ADH-2025-{number // 9 + 1}-A{number % 9 + 1:02}", parties,
                meeting=at if number % 11 == 0 else None,
                title={"en": f"{dice.choice(WORDS)} {number}", "original": "en"},
                kind=dice.choice(["task", "protocol"]),
                priority=dice.choice(["low", "normal", "high"]), lead_party=dice.choice([None, *parties]),
                horizon=dice.choice([None, "immediate"]), created_at=world.NOW - dt.timedelta(days=200),
                changed_at=world.NOW - dt.timedelta(days=number % 50),
                news_at=world.NOW - dt.timedelta(days=number % 70, hours=number % 23),
            )  # fmt: skip
            if action.mechanism_id is None and number % 3:
                action.mechanism_id = dice.choice(mechanisms).id
            legs = session.execute(select(Leg).where(Leg.action_id == action.id)).scalars().all()
            for leg in legs:
                leg.state = dice.choice([*STATES, "open", "under_way"])
                leg.due_on = dice.choice([None, TODAY + dt.timedelta(days=dice.randint(-40, 40))])
                leg.is_accepted = dice.random() < 0.7
                leg.office_code = "MX-SRE" if leg.party_code == "MX" and number % 2 else None
                leg.person_name = dice.choice([None, "Diego Salas", "Ana Robles"])
                leg.person_id = world.CAST["ana"].id if leg.party_code == "MX" and number % 13 == 0 else None
            settle(action, legs)
            if number % 17 == 0:
                action.ended_as, action.ended_at = dice.choice(["closed", "withdrawn"]), world.NOW
            _around(session, action, number, at, commitment)
        session.commit()


def _around(session: GuardedSession, action: Action, number: int, at: Meeting, commitment: Commitment | None) -> None:
    seen = {"audience_id": action.audience_id}
    if number % 7 == 0:
        session.add(
            CarryOver(
                action_id=action.id, meeting_id=at.id, outcome="carried", person_id=world.CAST["ana"].id,
                made_at=world.NOW, undone_at=world.NOW if number % 2 else None, **seen,
            )
        )  # fmt: skip
    if commitment is not None and number % 5 == 0:
        session.add(
            CommitmentAction(
                commitment_id=commitment.id, action_id=action.id, made_by=world.CAST["ana"].id, made_at=world.NOW,
                ended_at=world.NOW if number % 10 == 0 else None, **seen,
            )
        )  # fmt: skip


@pytest.fixture
def filled(told: Database) -> Database:
    fill(told)
    return told


# The oracle: every row as it is kept, and filters as plain functions of it -------------------------


@dataclass(frozen=True)
class Row:
    action: Action
    legs: tuple[Leg, ...]
    mechanism: str | None
    meeting: str | None
    carried: bool
    serves: bool
    keys: frozenset[str]


@pytest.fixture
def rows(filled: Database) -> list[Row]:
    with filled.system_session("read all rows as they are") as session:
        keys: dict[uuid.UUID, set[str]] = {}
        for member in session.execute(select(AudienceMember)).scalars():
            keys.setdefault(member.audience_id, set()).add(member.key)
        mechanisms = {row.id: row.ref for row in session.execute(select(Mechanism)).scalars()}
        meetings = {row.id: row.reference for row in session.execute(select(Meeting)).scalars()}
        carried = set(
            session.execute(
                select(CarryOver.action_id).where(CarryOver.outcome == "carried", CarryOver.undone_at.is_(None))
            ).scalars()
        )
        serves = set(
            session.execute(
                select(CommitmentAction.action_id)
                .join(Commitment, Commitment.id == CommitmentAction.commitment_id)
                .where(CommitmentAction.ended_at.is_(None), Commitment.ref == "C02")
            ).scalars()
        )
        legs: dict[uuid.UUID, list[Leg]] = {}
        for leg in session.execute(select(Leg)).scalars():
            legs.setdefault(leg.action_id, []).append(leg)
        return [
            Row(
                action, tuple(legs.get(action.id, ())), mechanisms.get(action.mechanism_id), # type: ignore[arg-type]
                meetings.get(action.meeting_id), action.id in carried, action.id in serves,  # type: ignore[arg-type]
                frozenset(keys[action.audience_id]),
            )
            for action in session.execute(select(Action)).scalars()
            if action.ended_as != "withdrawn"
        ]  # fmt: skip


def open_still(row: Row) -> bool:
    return row.action.ended_as is None


def overdue(leg: Leg) -> bool:
    return leg.is_accepted and leg.state in OWED and leg.due_on is not None and leg.due_on < TODAY


def owes(row: Row, party: str, test: Callable[[Leg], bool] = lambda _leg: True) -> bool:
    return any(leg.party_code == party and test(leg) for leg in row.legs)


def quiet(row: Row, viewer: Viewer, days: int) -> bool:
    """Say whether the last news is more than so many days ago, by the calendar of where the viewer is."""
    zone = ZoneInfo(viewer.time_zone)
    today, heard_on = world.NOW.astimezone(zone).date(), row.action.news_at.astimezone(zone).date()
    return row.action.state in OWED and open_still(row) and (today - heard_on).days > days


def mine(leg: Leg, viewer: Viewer) -> bool:
    by_name = leg.person_name == viewer.name and leg.party_code == viewer.party
    return leg.person_id == viewer.person_id or (viewer.party is not None and by_name)


Test = Callable[[Row, Viewer], bool]
ASKED: dict[str, Test] = {
    "": lambda row, _: True,
    "party:MX": lambda row, _: owes(row, "MX"),
    "-party:MX": lambda row, _: not owes(row, "MX"),
    "party:MX,CA is:done": lambda row, _: owes(row, "MX", lambda leg: leg.state == "done")
    or owes(row, "CA", lambda leg: leg.state == "done"),
    "party:MX -is:done": lambda row, _: owes(row, "MX", lambda leg: leg.state != "done"),
    "is:done": lambda row, _: row.action.state == "done",
    "is:owed": lambda row, _: row.action.state in OWED and open_still(row),
    "-is:owed": lambda row, _: not (row.action.state in OWED and open_still(row)),
    "is:overdue": lambda row, _: open_still(row) and any(overdue(leg) for leg in row.legs),
    "-is:overdue": lambda row, _: not (open_still(row) and any(overdue(leg) for leg in row.legs)),
    "party:US is:overdue": lambda row, _: open_still(row) and owes(row, "US", overdue),
    "party:US -is:overdue": lambda row, _: owes(row, "US", lambda leg: not (overdue(leg) and open_still(row))),
    "is:unaccepted,verified": lambda row, _: row.action.state == "verified"
    or (open_still(row) and any(not leg.is_accepted and leg.state in OWED for leg in row.legs)),
    "is:blocked priority:high": lambda row, _: row.action.state == "blocked"
    and open_still(row) and row.action.priority == "high",
    "is:ended": lambda row, _: row.action.ended_as is not None,
    "is:carried": lambda row, _: row.carried,
    "is:quiet": lambda row, viewer: quiet(row, viewer, 30),
    "quiet:>10 -quiet:>40": lambda row, viewer: quiet(row, viewer, 10) and not quiet(row, viewer, 40),
    "quiet:<30": lambda row, viewer: row.action.state in OWED and open_still(row) and not quiet(row, viewer, 29),
    "due:<2026-11-22": lambda row, _: row.action.due_on is not None and row.action.due_on < TODAY,
    "-due:<2026-11-22": lambda row, _: row.action.due_on is None or row.action.due_on >= TODAY,
    "due:none": lambda row, _: row.action.due_on is None,
    "due:2026-12": lambda row, _: str(row.action.due_on)[:7] == "2026-12",
    "party:CA due:>=0d": lambda row, _: owes(row, "CA", lambda leg: leg.due_on is not None and leg.due_on >= TODAY),
    "party:MX due:none,0d..7d": lambda row, _: owes(
        row, "MX", lambda leg: leg.due_on is None or TODAY <= leg.due_on <= TODAY + dt.timedelta(days=7)
    ),
    "office:SRE is:owed": lambda row, _: open_still(row)
    and any(leg.office_code == "MX-SRE" and leg.state in OWED for leg in row.legs),
    "-office:MX-SRE": lambda row, _: all(leg.office_code != "MX-SRE" for leg in row.legs),
    'person:"Diego Salas" party:US': lambda row, _: owes(row, "US", lambda leg: leg.person_name == "Diego Salas"),
    "@me": lambda row, viewer: any(mine(leg, viewer) for leg in row.legs),
    "-@me": lambda row, viewer: not any(mine(leg, viewer) for leg in row.legs),
    "mechanism:M02,UNC": lambda row, _: row.mechanism in {"M02", "M01"},
    "-mechanism:un-coordination": lambda row, _: row.mechanism != "M01",
    "lead:MX": lambda row, _: row.action.lead_party == "MX",
    "-lead:MX": lambda row, _: row.action.lead_party != "MX",
    "horizon:immediate kind:protocol": lambda row, _: (row.action.horizon, row.action.kind)
    == ("immediate", "protocol"),
    "meeting:UNC-2025-1": lambda row, _: row.meeting == "UNC-2025-1",
    "serves:C02": lambda row, _: row.serves,
    "ref:adh-2025-1": lambda row, _: row.action.reference.startswith("ADH-2025-1"),
    "FRONTIERE": lambda row, _: "frontiere" in folded(row.action.title["en"]),
    "politica 1": lambda row, _: "politica" in folded(row.action.title["en"])
    and "1" in f"{row.action.reference} {row.action.title['en']}",
    "0% it_all": lambda row, _: "100% of it_all" in row.action.title["en"] and "0%" in row.action.title["en"],
    "-border": lambda row, _: "border" not in row.action.title.get("en", ""),
}  # fmt: skip


def found_by(session: GuardedSession, text: str, sort: Sort | None = None) -> list[str]:
    ground, query = choices_of(session).ground, parse(text)
    found: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        shown = register_page(session, query, ground, sort or Sort(), page)
        found += [line.action.reference for line in shown.lines]
        page, pages = page + 1, shown.page_count
    assert shown.total == len(found)
    return found


def test_a_filter_finds_what_a_plain_reading_of_the_rows_finds(filled: Database, rows: list[Row]) -> None:
    for viewer in map(world.viewer, VIEWERS):
        seen = [row for row in rows if sees(viewer, row.keys)]
        met = 0
        with filled.read_session(viewer) as session:
            for text, test in ASKED.items():
                expected = sorted(row.action.reference for row in seen if test(row, viewer))
                assert sorted(found_by(session, text)) == expected, (viewer.name, text)
                met += 0 < len(expected) < len(seen)
        assert met > 20 or len(seen) < 5, (viewer.name, met)
    for key in ("marta", "olga"):
        with filled.read_session(world.viewer(key)) as session:
            assert found_by(session, "") == []


def test_us_is_the_own_delegation_and_nobody_for_a_secretariat(filled: Database, rows: list[Row]) -> None:
    viewer = world.viewer("diego")
    with filled.read_session(viewer) as session:
        assert sorted(found_by(session, "@us")) == sorted(found_by(session, "party:MX"))
    with filled.read_session(world.viewer("sam")) as session, pytest.raises(Refusal, match="query_no_delegation"):
        found_by(session, "@us")


ORDERS: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "due": lambda row: (row.action.due_on is None, row.action.due_on or TODAY),
    "reference": lambda row: (),
    "changed": lambda row: (row.action.changed_at,),
    "news": lambda row: (row.action.news_at,),
    "priority": lambda row: (("high", "normal", "low").index(row.action.priority), row.action.due_on is None,
                             row.action.due_on or TODAY),
    "state": lambda row: (("blocked", "open", "under_way", "done", "verified", "dropped").index(row.action.state),
                          row.action.due_on is None, row.action.due_on or TODAY),
    "mechanism": lambda row: (row.mechanism is None, row.mechanism or "", row.action.due_on is None,
                              row.action.due_on or TODAY),
}  # fmt: skip


def test_every_order_is_total_and_what_lacks_a_day_stands_last(filled: Database, rows: list[Row]) -> None:
    seen = [row for row in rows if sees(world.viewer("ana"), row.keys)]
    with filled.read_session(world.viewer("ana")) as session:
        for key, order in ORDERS.items():
            expected = sorted(seen, key=lambda row: (*order(row), row.action.reference))
            assert found_by(session, "", Sort(key)) == [row.action.reference for row in expected], key
            downwards = found_by(session, "", Sort(key, descending=True))
            assert sorted(downwards) == sorted(row.action.reference for row in seen), key
        days = {row.action.reference: row.action.due_on for row in seen}
        known = [days[each] for each in found_by(session, "", Sort("due", descending=True))]
        with_day = [day for day in known if day is not None]
        assert known == [*sorted(with_day, reverse=True), *[None] * (len(known) - len(with_day))]


@pytest.mark.parametrize("written", ["due", "-news", "state", "nonsense", "", "--due"])
def test_an_order_is_read_from_the_address(written: str) -> None:
    assert str(sort_of(written)) == (written if written in {"due", "-news", "state"} else "due")


def test_overdue_is_held_against_the_day_in_each_partys_own_capital(sqlite_database: Database, clock: object) -> None:
    """At 5:30 UTC on the 23rd it is still the 22nd in Mexico City, and the 23rd in Ottawa and Washington."""
    clock.now = dt.datetime(2026, 11, 23, 5, 30, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    with sqlite_database.system_session("due yesterday for some", "write") as session:
        world.add_action(session, "ADH-2026-1-A01", legs={code: {"due_on": TODAY} for code in world.THREE})
        session.commit()
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert found_by(session, "party:MX is:overdue") == []
        assert found_by(session, "party:CA is:overdue") == ["ADH-2026-1-A01"]


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("party:MEX", "query_unknown_party", "MX"),
        ("lead:ZZ", "query_unknown_party", "MX"),
        ("office:SREE", "query_unknown_office", "MX-SRE"),
        ("mechanism:un-cordination", "query_unknown_mechanism", "un-coordination"),
    ],
)
def test_what_is_not_known_by_its_code_is_told_with_what_comes_near(
    sqlite_database: Database, text: str, key: str, allowed: str
) -> None:
    with sqlite_database.read_session(world.viewer("ana")) as session, pytest.raises(Refusal, match=key) as refused:
        found_by(session, text)
    assert allowed in str(refused.value.values["allowed"])


def test_pages_go_as_far_as_a_thousand_and_say_that_there_is_more(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.action_register.MOST_SHOWN", 60)
    fill(sqlite_database)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        ground = choices_of(session).ground

        def page(number: int) -> RegisterPage:
            return register_page(session, parse(""), ground, Sort(), number)

        first, second = page(1), page(2)
        assert (first.total, first.is_more, first.page_count, len(first.lines)) == (60, True, 2, 50)
        assert len(second.lines) == 10
        for beyond in (0, 3):
            with pytest.raises(NotFound):
                page(beyond)


def test_what_is_found_is_counted_some_pages_ahead_of_the_page(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.action_register.PAGE_SIZE", 10)
    fill(sqlite_database)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        ground = choices_of(session).ground
        all_ids = list(session.execute(ids_of(parse(""), ground, Sort())).scalars())
        pages = [register_page(session, parse(""), ground, Sort(), number) for number in (1, 2)]
    assert len(all_ids) > 60
    assert [(page.total, page.is_more, page.page_count) for page in pages] == [(50, True, 5), (60, True, 6)]
    assert [line.action.id for page in pages for line in page.lines] == all_ids[:20]


def test_the_mechanism_that_meets_next_is_one_that_the_viewer_sees(sqlite_database: Database) -> None:
    with sqlite_database.system_session("two meetings", "write") as session:
        world.add_meeting(session, "PPT-2026-1", ("MX", "US"), mechanism="M05", starts_on=dt.date(2026, 12, 1))
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", starts_on=dt.date(2026, 12, 5))
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 11, 25), state="cancelled",
                          cancelled_at=world.NOW, reason="Fog")  # fmt: skip
        session.commit()
        codes = {ref: world.mechanism_of(session, ref).code for ref in ("M02", "M05")}
    for key, ref in (("ana", "M05"), ("benoit", "M02")):
        with sqlite_database.read_session(world.viewer(key)) as session:
            assert next_mechanism(session) == codes[ref]


def test_the_latest_note_comes_with_each_line(told: Database) -> None:
    with told.read_session(world.viewer("ana")) as session:
        found = register_page(session, parse(f"ref:{story.HIDDEN}"), choices_of(session).ground, Sort(), 1)
        notes = [line.action.latest_note for line in found.lines]
    assert any(note is not None and "zzcanary-MXUS" in note.text for note in notes)
