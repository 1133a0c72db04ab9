"""Which texts wait for whom on the first page: to be received, answered, settled, signed or confirmed."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.db import Database
from app.services.home_texts import waiting_texts, waiting_texts_count
from app.services.signatures import SignatureOrder, sign
from app.services.silence_acts import accept_early
from app.services.silence_reports import SilenceReport, report_answer
from tests import agreeing, world
from tests.agreeing import END, TEXT, acting, put_under_silence

PEOPLE = ("ana", "diego", "isabelle", "carol", "sam", "olga")
Waits = dict[str, list[tuple[str, dt.date | None]]]
LAST = dt.date(2026, 11, 24)


def waits(database: Database) -> Waits:
    """Return what waits for each of the cast, those without anything left out."""
    found: Waits = {}
    for key in PEOPLE:
        with database.read_session(world.viewer(key)) as session:
            needs: list[tuple[str, dt.date | None]] = [(each.kind, each.due_on) for each in waiting_texts(session)]
            counted = session.execute(select(waiting_texts_count(session))).scalar_one()
        assert counted or not needs  # nothing is looked for where nothing is counted
        found |= {key: needs} if needs else {}
    return found


def order(database: Database, **changed: object) -> SignatureOrder:
    return SignatureOrder(agreeing.shown(database), **changed)  # type: ignore[arg-type]


def test_nothing_waits_of_a_text_that_nobody_has_signed(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database)
    assert waits(sqlite_database) == {}


def test_who_has_not_signed_what_another_signed_is_asked(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database)
    acting(sqlite_database, "ana", lambda session: sign(session, TEXT, order(sqlite_database)))
    assert waits(sqlite_database) == {"isabelle": [("text_sign", None)], "carol": [("text_sign", None)]}


def test_what_was_signed_ad_referendum_waits_to_be_confirmed(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database)
    given = order(sqlite_database, way="ad_referendum", confirm_by_on=LAST)
    acting(sqlite_database, "ana", lambda session: sign(session, TEXT, given))
    assert waits(sqlite_database) == {
        "ana": [("text_confirm", LAST)],
        "isabelle": [("text_sign", None)],
        "carol": [("text_sign", None)],
    }


@pytest.mark.parametrize(("signer", "asked"), [("ana", {}), ("isabelle", {"ana": [("text_sign", None)]})])
def test_a_chairs_summary_waits_for_its_chair_alone(sqlite_database: Database, signer: str, asked: Waits) -> None:
    agreeing.prepare(sqlite_database, kind="chairs_summary", chair_party="MX")
    acting(sqlite_database, signer, lambda session: sign(session, TEXT, order(sqlite_database)))
    assert waits(sqlite_database) == asked


def test_a_silence_waits_to_be_received_then_to_be_answered_and_reports_to_be_settled(
    sqlite_database: Database,
) -> None:
    agreeing.prepare(sqlite_database)
    put_under_silence(sqlite_database, receivers=("CA",))
    day = END.date()
    assert waits(sqlite_database) == {"carol": [("text_receive", day)]}
    hashed = agreeing.shown(sqlite_database)
    acting(sqlite_database, "carol", lambda session: accept_early(session, TEXT, hashed))
    assert waits(sqlite_database) == {"ana": [("text_answer", day)], "isabelle": [("text_answer", day)]}
    report = SilenceReport("CA", "objection", "telephone", "To the chair, this morning.")
    acting(sqlite_database, "erin", lambda session: report_answer(session, TEXT, report))
    assert waits(sqlite_database) == {
        "ana": [("text_settle", day), ("text_answer", day)],
        "isabelle": [("text_answer", day)],
        "sam": [("text_settle", day)],
    }
