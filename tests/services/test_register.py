"""The register and its shelf: what they are narrowed to, in which order, and whose meetings make its figures."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Mechanism
from app.services import register_rows as rows_service
from app.services.identity import viewer_of_person
from app.services.register import OWN_ORDER, Filters, LeftOut, Order, Register, register, searchable
from app.services.register_rows import RegisterRow
from app.services.register_strips import axis_of, strips_of
from app.services.register_words import RegisterLine, line_of, narrowed_words
from tests import world
from tests.conftest import Clock
from tests.subscribing import counted_statements

NOTHING = Filters()


def register_for(
    database: Database,
    key: str = "ana",
    filters: Filters = NOTHING,
    language: str = "en",
    *,
    order: Order = OWN_ORDER,
    shelf: bool = False,
) -> Register:
    """Return the register as a member of the cast reads it."""
    viewer = viewer_of_person(database, world.CAST[key].id, world.NOW)
    assert viewer is not None
    with database.read_session(viewer) as session:
        return register(session, filters, language, order=order, shelf=shelf)


def refs(found: Register) -> list[str]:
    """Return the refs of the rows, in their order."""
    return [row.facts.ref for row in found.rows]


def row_for(database: Database, ref: str, key: str = "ana") -> RegisterRow:
    """Return the row of one mechanism."""
    return next(row for row in register_for(database, key).rows if row.facts.ref == ref)


def line_for(database: Database, ref: str, key: str = "ana", language: str = "en") -> RegisterLine:
    """Return the row of one mechanism in words."""
    return line_of(row_for(database, ref, key), language)


def change_facts(database: Database, ref: str, **changed: Any) -> None:
    """Change facts of a mechanism of the catalogue."""
    with database.system_session("change what a mechanism promises", "write") as session:
        mechanism = world.mechanism_of(session, ref)
        mechanism.facts = {**mechanism.facts, **changed}
        session.commit()


def add_copies(database: Database, total: int) -> None:
    """Add copies of a mechanism until there are so many."""
    with database.system_session("many mechanisms", "write") as session:
        model = world.mechanism_of(session, "M02")
        there = len(session.execute(select(Mechanism).where(Mechanism.origin != "example")).scalars().all())
        letters = itertools.product("ABCDEFGHIJ", repeat=3)
        for _number, three in zip(range(there, total), letters, strict=False):
            prefix = f"Z{''.join(three)}"
            code = prefix.lower()
            facts = {**model.facts, "code": code, "prefix": prefix}
            session.add(
                Mechanism(
                    ref=None, code=code, prefix=prefix, status=model.status, name=model.name, parties=model.parties,
                    facts=facts, loaded_facts=facts, audience_id=model.audience_id,
                )
            )  # fmt: skip
        session.commit()


# What stands there --------------------------------------------------------------------------------


def test_the_register_has_what_is_agreed_and_the_shelf_what_is_proposed(database: Database) -> None:
    found = register_for(database, "ana")
    assert (found.total, len(found.rows), found.shelved, found.to_agree) == (33, 33, 22, 2)
    assert {row.facts.status for row in found.rows} == {"active", "agreed", "stalled", "dormant", "concluded"}
    assert (found.first_year, found.last_year) == (2005, 2026)
    shelf = register_for(database, "ana", shelf=True)
    assert len(shelf.rows) == 22
    assert {row.facts.status for row in shelf.rows} == {"proposed"}
    assert not any(row.page.owed or row.periods or row.page.prepare for row in shelf.rows)


def test_those_with_a_date_to_agree_stand_first(sqlite_database: Database) -> None:
    rows = register_for(sqlite_database, "carol").rows
    assert [row.facts.ref for row in rows[:3]] == ["M02", "M01", "M50"]
    assert [row.group for row in rows[:3]] == ["owing", "owing", "active"]
    assert [row.facts.ref for row in rows if row.has_date_to_agree] == ["M02", "M01"]


def test_a_guest_and_an_administrator_read_none_of_it(sqlite_database: Database) -> None:
    for key in ("olga", "marta"):
        found = register_for(sqlite_database, key, Filters(words="drug", level="nonsense"))
        assert (found.rows, found.total, found.shelved, found.elsewhere) == ((), 0, 0, 0)


# Narrowed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "shelf", "expected"),
    [
        (Filters(words="drogas dialogo"), False, ["M02"]),
        (Filters(words="NADM"), False, ["M03"]),
        (Filters(words="m03"), False, ["M03"]),
        (Filters(words="defense reunion"), False, ["M03"]),
        (Filters(words="DÉFENSE réunion"), False, ["M03"]),
        (Filters(words="d'Amerique drogues"), False, []),
        (Filters(words="ministres d'amerique"), False, ["M03", "M08"]),
        (Filters(words="migrants", parties="MX-US"), False, []),
        (Filters(words="cyber"), False, ["M22"]),
        (Filters(words="cyber"), True, ["M28"]),
        (Filters(parties="CA-US"), False, ["M16"]),
        (Filters(parties="CA-MX"), False, ["M06"]),
        (Filters(parties="US-CA"), False, ["M16"]),
        (Filters(parties="us-ca-us"), False, ["M16"]),
        (Filters(parties="CA", level="military_staff"), False, ["M16", "M23"]),
        (Filters(parties="MX", level="military_staff"), False, ["M23", "M15"]),
        (Filters(level="missions"), False, ["M07"]),
        (Filters(status="stalled"), False, ["M25", "M24", "M27"]),
        (Filters(status="proposed"), False, []),
        (Filters(status="stalled", level="ministers"), False, ["M27"]),
        (Filters(kind="one_off"), False, ["M49", "M54", "M53"]),
        (Filters(kind="clock", status="agreed"), False, ["M51", "M52"]),
        (Filters(owed="to_agree"), False, ["M02", "M01"]),
        (Filters(owed="past"), False, ["M02", "M01"]),
        (Filters(owed="nothing", level="ministers", status="active"), False, ["M03", "M08"]),
        (Filters(owed="to_agree"), True, []),
        (Filters(words="nothing of the kind"), False, []),
    ],
)
def test_filters_narrow(sqlite_database: Database, filters: Filters, shelf: bool, expected: list[str]) -> None:
    assert sorted(refs(register_for(sqlite_database, "ana", filters, shelf=shelf))) == sorted(expected)


def test_with_others_are_those_open_to_more_than_their_parties(sqlite_database: Database) -> None:
    found = refs(register_for(sqlite_database, "ana", Filters(parties="others")))
    assert {"M01", "M02", "M10"} <= set(found)
    assert not {"M03", "M04", "M05"} & set(found)


@pytest.mark.parametrize(
    ("asked", "left_out", "kept"),
    [
        (Filters(level="kings"), [LeftOut("level", "kings")], NOTHING),
        (Filters(status="alive", kind="clock"), [LeftOut("status", "alive")], Filters(kind="clock")),
        (Filters(owed="late"), [LeftOut("owed", "late")], NOTHING),
        (Filters(kind="café"), [LeftOut("kind", "café")], NOTHING),
        (Filters(parties="BR"), [LeftOut("parties", "BR")], NOTHING),
        (Filters(parties="CA-XX-US"), [LeftOut("parties", "CA-XX-US")], NOTHING),
        (Filters(parties="-"), [LeftOut("parties", "-")], NOTHING),
        (
            Filters("drug", "??", "x", "y", "z", "w"),
            [LeftOut("parties", "??"), LeftOut("level", "x"), LeftOut("status", "y"), LeftOut("owed", "z"),
             LeftOut("kind", "w")],
            Filters("drug"),
        ),
        (Filters(parties="others", level="leaders"), [], Filters(parties="others", level="leaders")),
        (Filters(parties="us-mx"), [], Filters(parties="MX-US")),
    ],
)  # fmt: skip
def test_what_means_nothing_is_left_out_and_named(
    sqlite_database: Database, asked: Filters, left_out: list[LeftOut], kept: Filters
) -> None:
    found = register_for(sqlite_database, "carol", asked)
    assert (list(found.left_out), found.filters) == (left_out, kept)
    assert found.rows == register_for(sqlite_database, "carol", kept).rows


def test_a_set_of_known_parties_that_nothing_has_finds_nothing_and_can_still_be_chosen(
    sqlite_database: Database,
) -> None:
    change_facts(sqlite_database, "M16", geometry="trilateral", parties=["CA", "US", "MX"], pairs=[])
    found = register_for(sqlite_database, "ana", Filters(parties="CA-US"))
    assert (found.rows, found.left_out) == ((), ())
    assert ("CA", "US") in found.choices.party_sets
    assert ("CA", "US") not in register_for(sqlite_database, "ana").choices.party_sets


def test_what_answers_on_the_other_side_is_counted(sqlite_database: Database) -> None:
    found = register_for(sqlite_database, "ana", Filters(words="cyber rapid"))
    assert (refs(found), found.elsewhere, found.unnarrowed) == ([], 1, 33)
    shelf = register_for(sqlite_database, "ana", Filters(words="cyber"), shelf=True)
    assert (refs(shelf), shelf.elsewhere, shelf.unnarrowed) == (["M28"], 1, 22)
    assert register_for(sqlite_database, "ana").elsewhere == 0


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("oeuvre", "Œuvre"),
        ("ŒUVRE", "œuvre"),
        ("l'energie", "L\u2019Énergie"),
        ("canada-mexico", "Canada\u2013México"),
        ("nino", "NIÑO"),
    ],
)
def test_words_are_found_however_they_are_typed(typed: str, text: str) -> None:
    assert searchable(typed) in searchable(text)


# Sorted -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        (Order("name"), ["M50", "M06", "M07"], ["M05", "M52", "M53"]),
        (Order("name", descending=True), ["M53", "M52", "M05"], ["M07", "M06", "M50"]),
        (Order("owed_by"), ["M02", "M01"], []),
        (Order("owed_by", descending=True), ["M02", "M01"], []),
        (Order("status_as_of"), ["M06", "M07"], ["M03", "M02"]),
        (Order("status_as_of", descending=True), ["M02", "M03", "M52"], []),
        (Order("next_host"), ["M02", "M04"], []),
        (Order("next_host", descending=True), ["M03", "M08", "M02"], []),
        (Order("kept"), ["M01", "M02"], []),
        (Order("kept", descending=True), ["M02", "M01"], []),
    ],
)
def test_rows_are_sorted(sqlite_database: Database, order: Order, first: list[str], last: list[str]) -> None:
    found = register_for(sqlite_database, "carol", order=order)
    assert len(found.rows) == 33
    assert refs(found)[: len(first)] == first
    assert refs(found)[33 - len(last) :] == last
    assert [name for name, _rows in found.groups] == [""]


def test_names_are_sorted_in_the_readers_language(sqlite_database: Database) -> None:
    spanish = [
        row.facts.name.es for row in register_for(sqlite_database, "ana", language="es", order=Order("name")).rows
    ]
    assert spanish == sorted(spanish, key=searchable)
    assert spanish != sorted(spanish)


def test_in_its_own_order_the_register_has_groups(sqlite_database: Database) -> None:
    groups = [(name, len(rows)) for name, rows in register_for(sqlite_database).groups]
    assert groups == [("owing", 2), ("active", 18), ("agreed", 3), ("stalled", 3), ("dormant", 3), ("concluded", 4)]


# What is owed, past and kept ----------------------------------------------------------------------


def test_a_line_says_what_is_owed_by_when_and_what_is_past(sqlite_database: Database) -> None:
    line = line_for(sqlite_database, "M02")
    assert (line.name, line.reference) == ("North American Dialogue on Drug Policy", "M02 · NADD")
    assert (line.parties, line.others, line.level) == (("CA", "MX", "US"), "and others", "Senior officials")
    assert (line.status, line.told, line.source) == (
        "Active", "as public pages told it in November 2024, not reviewed since", "public pages",
    )  # fmt: skip
    assert (line.owed_on, line.is_met, line.owed) == (dt.date(2026, 12, 31), False, "at least 1 meeting")
    assert (line.days, line.past) == ("in 39 days", ("326 days past", "2025: no record"))
    assert line.kept == "7 of 10 periods met, no record of 3"
    assert (line.host, line.host_basis) == ("CA", "read from practice")


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("M01", ("as described in January 2017, not reviewed since", "Wayne and Sarukhan")),
        ("M50", ("as described in June 2019, not reviewed since", "Author not named")),
        ("M05", ("as read from the wording of January 2017, not reviewed since", "our reading")),
        ("M52", ("as described in 2024, not reviewed since", "Landau")),
    ],
)
def test_a_status_says_as_of_when_and_by_whom(sqlite_database: Database, ref: str, said: tuple[str, str]) -> None:
    line = line_for(sqlite_database, ref)
    assert (line.told, line.source) == said


def test_a_practice_shows_its_intervals_and_no_debt(sqlite_database: Database) -> None:
    line = line_for(sqlite_database, "M03")
    assert line.owed == "every 24 to 81 months in practice, last met 33 months ago, 1 more at a time not known"
    assert (line.owed_on, line.days, line.past, line.kept, line.row.has_date_to_agree) == (None, "", (), "", False)
    # Talks that are on no record have neither intervals nor a debt.
    assert line_for(sqlite_database, "M05").owed == "none: the day of the mandate is not known"


def test_a_practice_is_told_by_what_its_parties_keep_here(database: Database) -> None:
    with database.system_session("two ministers' meetings", "write") as session:
        for number, day in enumerate((dt.date(2025, 3, 1), dt.date(2026, 2, 20)), start=6):
            world.add_meeting(
                session, f"NADM-{day.year}-1", mechanism="M03", state="held", starts_on=day, ordinal=number
            )
        world.add_meeting(
            session, "NADM-2026-MXUS-1", ("MX", "US"), mechanism="M03", state="held", starts_on=dt.date(2026, 9, 1)
        )
        session.commit()
    for key in ("ana", "carol", "benoit", "sam"):
        line = line_for(database, "M03", key)
        assert line.owed == "every 11 to 81 months in practice, last met 9 months ago, 1 more at a time not known"


def test_a_period_that_is_met_owes_nothing_more(database: Database) -> None:
    with database.system_session("the dialogue of 2026", "write") as session:
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", state="held", starts_on=dt.date(2026, 5, 4))
        session.commit()
    line = line_for(database, "M02", "carol")
    assert (line.owed_on, line.is_met, line.owed, line.days) == (
        dt.date(2026, 12, 31), True, "until 31 December 2026", "",
    )  # fmt: skip
    assert line.past == ("326 days past", "2025: no record")
    assert refs(register_for(database, "carol", Filters(owed="to_agree"))) == ["M01"]
    assert refs(register_for(database, "carol", Filters(owed="past"))) == ["M02", "M01"]
    assert "M02" in refs(register_for(database, "carol", Filters(owed="nothing")))


def test_not_held_is_said_where_the_parties_recorded_it(database: Database) -> None:
    with database.system_session("the dialogue that was cancelled", "write") as session:
        world.add_meeting(
            session,
            "NADD-2025-1",
            mechanism="M02",
            state="cancelled",
            starts_on=dt.date(2025, 11, 4),
            reason="Elections",
        )
        session.commit()
    assert line_for(database, "M02", "ana").past == ("326 days past", "2025: not held")
    assert line_for(database, "M02", "ana", "es").past[0] == "hace 326 días"


def test_days_are_counted_where_the_reader_is(database: Database, clock: Clock) -> None:
    clock.now = dt.datetime(2027, 1, 1, 4, 30, tzinfo=dt.UTC)
    line = line_for(database, "M02", "ana")
    assert (line.owed_on, line.days) == (dt.date(2026, 12, 31), "today")
    clock.forward(hours=2)
    line = line_for(database, "M02", "ana")
    assert (line.owed_on, line.days, line.past) == (
        dt.date(2027, 12, 31), "in 364 days", ("1 day past", "2026: no record"),
    )  # fmt: skip


def test_an_example_is_not_listed_and_what_not_all_have_agreed_to_is_marked(sqlite_database: Database) -> None:
    with sqlite_database.system_session("two that are apart", "write") as session:
        world.mechanism_of(session, "M01").is_settled = False
        world.mechanism_of(session, "M02").origin = "example"
        session.commit()
    found = register_for(sqlite_database)
    assert (found.total, found.to_agree, "M02" in refs(found)) == (32, 0, False)
    unsettled = line_for(sqlite_database, "M01")
    assert (unsettled.remark, unsettled.owed_on, unsettled.kept, unsettled.row.group) == (
        "not agreed by all of its parties yet", None, "", "agreed",
    )  # fmt: skip
    assert line_for(sqlite_database, "M03").remark == ""


def test_a_status_that_the_parties_recorded_is_theirs(sqlite_database: Database) -> None:
    change_facts(sqlite_database, "M01", status="active", status_as_of="2026-11-20", status_source="parties")
    line = line_for(sqlite_database, "M01")
    assert (line.status, line.told, line.source) == (
        "Active", "as its parties recorded it (20 November 2026)", "its parties",
    )  # fmt: skip


# Strips -------------------------------------------------------------------------------------------


def marks(database: Database, ref: str, key: str = "ana") -> list[list[tuple[str, float]]]:
    """Return the marks of each strip of a mechanism."""
    axis = axis_of(register_for(database, key))
    return [
        [(mark.kind, mark.x) for mark in strip.marks] for strip in strips_of(row_for(database, ref, key), axis, "en")
    ]


def test_the_strip_of_a_cadence_has_a_mark_for_each_period(sqlite_database: Database) -> None:
    [found] = marks(sqlite_database, "M02")
    assert found == [
        ("met", 149.5), ("by_numbering", 162.5), ("by_numbering", 175.5), ("met", 188.5), ("no_record", 201.5),
        ("no_record", 214.5), ("met", 227.5), ("met", 240.5), ("met", 253.5), ("no_record", 266.5), ("open", 279.5),
    ]  # fmt: skip


def test_meetings_kept_here_stand_on_the_strip_of_what_promises_no_floor(sqlite_database: Database) -> None:
    before = marks(sqlite_database, "M09")
    with sqlite_database.system_session("a meeting on the climate", "write") as session:
        world.add_meeting(session, "CCE-2025-1", mechanism="M09", state="held", starts_on=dt.date(2025, 5, 6))
        session.commit()
    assert (before, marks(sqlite_database, "M09")) == ([[]], [[("tick", 266.5)]])


def test_what_runs_by_pairs_has_a_strip_for_each_pair(sqlite_database: Database) -> None:
    change_facts(
        sqlite_database, "M17",
        cadence={"minimum_meetings": 1, "period_months": 12, "anchor": "calendar_year"},
        mandate={"instrument": None, "date": "2024-01-01", "source": "S0", "pointer": "S0:19"},
    )  # fmt: skip
    with sqlite_database.system_session("a meeting of one pair", "write") as session:
        world.add_meeting(
            session, "POI-2025-MXUS-1", ("MX", "US"), mechanism="M17", state="held", starts_on=dt.date(2025, 5, 6)
        )
        session.commit()
    row = row_for(sqlite_database, "M17", "ana")
    strips = strips_of(row, axis_of(register_for(sqlite_database)), "en")
    assert {strip.parties: [mark.kind for mark in strip.marks] for strip in strips} == {
        ("CA", "US"): ["no_record", "no_record", "open"],
        ("MX", "US"): ["no_record", "met", "open"],
    }
    assert (row.kept, row.has_date_to_agree, row.past is not None) == (rows_service.Kept(1, 4, 3), True, True)


def test_short_periods_share_a_mark_for_their_year_and_keep_their_days_in_words(sqlite_database: Database) -> None:
    change_facts(
        sqlite_database, "M09",
        cadence={"minimum_meetings": 1, "period_months": 6, "anchor": "calendar_year"},
        mandate={"instrument": None, "date": "2025-01-01", "source": "S0", "pointer": "S0:19"},
    )  # fmt: skip
    with sqlite_database.system_session("one meeting in four", "write") as session:
        world.add_meeting(session, "CCE-2025-1", mechanism="M09", state="held", starts_on=dt.date(2025, 5, 6))
        session.commit()
    assert marks(sqlite_database, "M09") == [[("partly_met", 266.5), ("open", 279.5)]]
    [strip] = strips_of(row_for(sqlite_database, "M09"), axis_of(register_for(sqlite_database)), "en")
    assert strip.summary == (
        "Periods, oldest first: 1 Jan – 30 Jun 2025 met, 1 Jul – 31 Dec 2025 no record, 1 Jan – 30 Jun 2026 no record,"
        " 1 Jul – 31 Dec 2026 open."
    )


def test_the_axis_is_no_longer_than_a_page_and_marks_before_it_are_left_to_the_words(sqlite_database: Database) -> None:
    change_facts(
        sqlite_database, "M16",
        cadence={"minimum_meetings": 1, "period_months": 12, "anchor": "calendar_year"},
        mandate={"instrument": None, "date": "1958-05-12", "source": "S0", "pointer": "S0:192"},
    )  # fmt: skip
    axis = axis_of(register_for(sqlite_database))
    assert (axis.first_year, axis.last_year, axis.width) == (1997, 2026, 390)
    [strip] = strips_of(row_for(sqlite_database, "M16", "benoit"), axis, "en")
    assert (strip.starts_at, strip.born_at, len(strip.marks), strip.marks[0].x) == (0.0, None, 30, 6.5)
    assert strip.summary.startswith("Periods, oldest first: 1958 no record, 1959 no record,")


def test_it_says_by_what_it_was_narrowed(sqlite_database: Database) -> None:
    found = register_for(
        sqlite_database, "ana", Filters("drug", "CA-MX-US", "senior_officials", "active", "past", "recurring"),
        order=Order("kept", descending=True),
    )  # fmt: skip
    assert narrowed_words(found, "en") == (
        "1 of 33 answer to the filters: words drug; parties Canada, Mexico and United States; level Senior officials;"
        " status active; owed With a period past; kind Meets again and again. Sorted by: Periods kept, descending."
    )
    assert narrowed_words(register_for(sqlite_database), "en") == ""


# Whose meetings make the figures, and how much is asked -------------------------------------------


def test_a_strangers_register_does_not_change_with_the_meetings_of_others(database: Database) -> None:
    change_facts(
        database, "M05", status="active",
        mandate={"instrument": None, "date": "2024-01-01", "source": "S0", "pointer": "S0:192"},
    )  # fmt: skip
    before = {key: register_for(database, key) for key in ("benoit", "sam", "ana")}
    assert before["benoit"].rows == before["sam"].rows
    with database.system_session("policy planning of two", "write") as session:
        for month in (3, 9):
            world.add_meeting(
                session, f"PPT-2025-{month}", ("MX", "US"), mechanism="M05", state="held",
                starts_on=dt.date(2025, month, 3), hosting={"MX": "host"},
            )  # fmt: skip
        world.add_meeting(session, "PPT-2026-CAMXUS-1", mechanism="M05", state="held", starts_on=dt.date(2026, 3, 3))
        session.commit()
    # Canada sat at the last of them and sees it, but makes no figure of what it may not see.
    assert register_for(database, "benoit") == before["benoit"]
    assert register_for(database, "sam") == before["sam"]
    assert [period.word for period in row_for(database, "M05", "ana").periods] == ["no_record", "met", "open"]
    assert [period.word for period in row_for(database, "M05", "benoit").periods] == ["no_record", "no_record", "open"]


def test_rows_are_read_again_when_something_was_written_and_only_then(database: Database) -> None:
    viewer = viewer_of_person(database, world.CAST["ana"].id, world.NOW)
    assert viewer is not None
    asked = []
    for writes in (False, False, True, False):
        if writes:
            with database.system_session("the dialogue of 2026", "write") as session:
                world.add_meeting(session, "NADD-2026-1", mechanism="M02", state="held", starts_on=dt.date(2026, 5, 4))
                session.commit()
        with database.read_session(viewer) as session, counted_statements(database) as found:
            held = register(session, NOTHING, "en").rows
        asked.append((len(found) == 1, sum(row.has_date_to_agree for row in held)))
    assert asked == [(False, 2), (True, 2), (False, 1), (True, 1)]


def test_one_reader_never_gets_what_was_kept_for_another(database: Database) -> None:
    with database.system_session("policy planning of two", "write") as session:
        world.add_meeting(
            session, "PPT-2026-1", ("MX", "US"), mechanism="M05", state="held", starts_on=world.NOW.date()
        )
        session.commit()
    prepared = {
        key: row_for(database, "M05", key).page.prepare for key in ("ana", "benoit", "carol", "sam", "ana", "benoit")
    }
    assert prepared == {"ana": "next", "benoit": "first", "carol": "next", "sam": "first"}


def test_what_is_kept_has_a_bound() -> None:
    kept = rows_service.KeptRegisters(limit=2)
    for name in "abc":
        kept.keep((name,), ())
        kept.find(("a",))
    assert [kept.find((name,)) is not None for name in "abc"] == [True, False, True]


@pytest.mark.parametrize("meetings", [0, 300])
def test_statements_do_not_grow_with_the_mechanisms(database: Database, meetings: int) -> None:
    counts = []
    for total in (55, 300):
        add_copies(database, total)
        with database.system_session("meetings", "write") as session:
            for number in range(meetings):
                day = dt.date(2016, 7, 1) + dt.timedelta(days=number)
                reference = f"NADD-{total}-{number}"
                world.add_meeting(session, reference, mechanism="M02", state="held", starts_on=day, ordinal=20)
            session.commit()
        viewer = viewer_of_person(database, world.CAST["ana"].id, world.NOW)
        assert viewer is not None
        with database.read_session(viewer) as session, counted_statements(database) as found:
            assert len(register(session, NOTHING, "en").rows) == total - 22
        counts.append(len(found))
    assert counts[0] == counts[1] <= 6
