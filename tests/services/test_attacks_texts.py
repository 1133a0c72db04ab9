"""Attacks on agreed texts: consent that nobody gave, and what outlives the words that it was given to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import Refusal
from app.models import AgreedText, TextLanguage
from app.services.signatures import SignatureOrder, sign
from app.services.silence_acts import break_silence
from app.services.silence_reports import SilenceReport, report_answer, settle_answer
from app.services.text_edits import open_text, retitle_text, save_wording
from app.services.text_languages import set_language
from app.services.texts import find_text, whole_text
from tests import agreeing
from tests.agreeing import SPEAKERS, TEXT, acting, signatures_of, text_of


def signs(database: Database, *parties: str) -> None:
    hashed = agreeing.shown(database)
    for party in parties:
        acting(database, SPEAKERS[party], lambda session: sign(session, TEXT, SignatureOrder(hashed)))


def standing(database: Database) -> list[str]:
    return sorted(row.party_code for row in signatures_of(database) if row.voided_at is None)


def reports(database: Database, kind: str) -> None:
    acting(
        database,
        "ana",
        lambda session: report_answer(session, TEXT, SilenceReport("CA", kind, "telephone", "So it said.")),
    )


def settles(database: Database, ruling: str) -> None:
    row = next(each for each in agreeing.answers_of(database) if each.is_reported)
    version = agreeing.silence_of(database).version
    acting(database, "ana", lambda session: settle_answer(session, TEXT, row.id, ruling, "Asked.", version=version))


# Objections and signatures ------------------------------------------------------------------------


def test_who_objects_has_not_agreed_by_what_it_signed_before(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database)
    signs(sqlite_database, "CA", "MX")
    agreeing.put_under_silence(sqlite_database)
    acting(sqlite_database, "isabelle", lambda session: break_silence(session, TEXT, "We have thought again."))
    signs(sqlite_database, "US")
    assert (text_of(sqlite_database).state, standing(sqlite_database)) == ("draft", ["MX", "US"])
    signs(sqlite_database, "CA")
    assert text_of(sqlite_database).state == "adopted"


def test_no_last_signature_adopts_over_an_answer_that_waits_for_the_chair(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database)
    signs(sqlite_database, "CA", "MX")
    agreeing.put_under_silence(sqlite_database)
    reports(sqlite_database, "objection")
    signs(sqlite_database, "US")
    assert text_of(sqlite_database).state == "under_silence"
    settles(sqlite_database, "objection")
    assert (text_of(sqlite_database).state, standing(sqlite_database)) == ("draft", ["MX", "US"])


def test_an_answer_that_was_none_keeps_no_text_of_which_all_have_signed(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database)
    signs(sqlite_database, "CA", "MX")
    agreeing.put_under_silence(sqlite_database, receivers=("CA",))
    reports(sqlite_database, "objection")
    signs(sqlite_database, "US")
    assert text_of(sqlite_database).state == "under_silence"
    settles(sqlite_database, "no_objection")
    assert text_of(sqlite_database).state == "adopted"


# Versions that were cleared -----------------------------------------------------------------------


@pytest.fixture
def in_three(sqlite_database: Database) -> Database:
    """Return a database with a text that is cleared in three languages, and that two of its parties signed."""
    agreeing.prepare(
        sqlite_database,
        paragraphs=("They will meet.",),
        title={"en": "Statement", "es": "Declaración", "original": "en"},
    )

    def translated(session: GuardedSession) -> None:
        text = open_text(session, TEXT)
        for language, said in (("es", "Se reunirán."), ("fr", "Ils se réuniront.")):
            save_wording(session, text, whole_text(session, text).paragraphs[0].id, language, said, version=0)
        session.flush()
        for row in session.execute(select(TextLanguage).where(TextLanguage.text_id == text.id)).scalars():
            row.state = "cleared"

    acting(sqlite_database, "diego", translated)
    signs(sqlite_database, "CA", "MX")
    return sqlite_database


def _reworded(session: GuardedSession) -> None:
    text = open_text(session, TEXT)
    one = whole_text(session, text).paragraphs[0]
    save_wording(session, text, one.id, "es", "Quizá se reúnan.", version=one.wordings["es"].version)


def _retitled(session: GuardedSession) -> None:
    text = open_text(session, TEXT)
    title = {"en": "Statement", "es": "Tratado", "original": "en"}
    retitle_text(session, text, title, version=text.version)


def _put_back(session: GuardedSession) -> None:
    row = whole_text(session, find_text(session, TEXT)).languages["es"]
    set_language(session, TEXT, "es", "in_revision", version=row.version)


def _dropped(session: GuardedSession) -> None:
    row = whole_text(session, find_text(session, TEXT)).languages["es"]
    set_language(session, TEXT, "es", "not_needed", version=row.version)


@pytest.mark.parametrize(
    ("key", "change", "state"),
    [
        ("daniel", _reworded, "in_revision"),
        ("daniel", _retitled, "in_revision"),
        ("daniel", _put_back, "in_revision"),
        ("erin", _dropped, "not_needed"),
    ],
)
def test_no_signature_outlives_a_cleared_version_that_it_was_given_beside(
    in_three: Database, key: str, change: Callable[[GuardedSession], None], state: str
) -> None:
    acting(in_three, key, change)
    with in_three.system_session("look at the languages") as session:
        query = select(TextLanguage.state).join(AgreedText, AgreedText.id == TextLanguage.text_id)
        assert session.execute(query.where(TextLanguage.language == "es")).scalar_one() == state
    assert standing(in_three) == []
    signs(in_three, "US")
    assert text_of(in_three).state == "draft"


def test_a_version_that_was_never_cleared_is_written_on_beside_signatures(in_three: Database) -> None:
    acting(in_three, "daniel", _put_back)
    signs(in_three, "CA", "MX")
    acting(in_three, "daniel", _reworded)
    assert standing(in_three) == ["CA", "MX"]
    with pytest.raises(Refusal) as refusal:
        acting(
            in_three, "benoit", lambda session: set_language(session, TEXT, "es", "cleared", version=_version(session))
        )
    assert refusal.value.key == "clearing_needs_a_coordinator"


def _version(session: GuardedSession) -> int:
    return whole_text(session, find_text(session, TEXT)).languages["es"].version
