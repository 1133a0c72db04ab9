"""Moving the languages of a text on: who may, what an edit does to them, and the names of a version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.db import Database, GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.name_orders import filled
from app.services.meetings import find_meeting
from app.services.text_edits import open_text, save_wording
from app.services.text_languages import (
    make_authentic,
    names_for,
    set_all_needed,
    set_language,
    set_name_order,
    standings_of,
)
from app.services.text_making import TextOrder, make_text
from app.services.texts import find_text, whole_text
from tests import world

ENGLISH = "The Governments {of parties} agree on the {treaty}."
SPANISH = "Los Gobiernos {of parties} convienen en el {treaty}."


def acting(database: Database, key: str, act: Callable[[GuardedSession], Any]) -> Any:
    """Let somebody of the cast do something, and keep it."""
    with database.write_session(world.viewer(key)) as session:
        done = act(session)
        session.commit()
        return done


def refused(database: Database, key: str, act: Callable[[GuardedSession], object]) -> str:
    """Return why somebody of the cast is refused."""
    with database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as found:
        act(session)
    return found.value.key


@pytest.fixture
def statement(sqlite_database: Database) -> tuple[Database, str]:
    """Return a database and the reference of a statement of one paragraph, of a meeting that Mexico hosts."""

    def make(session: GuardedSession) -> str:
        meeting = find_meeting(session, "UNC-2026-2")
        next(row for row in meeting.parties if row.party_code == "MX").hosting = "host"
        order = TextOrder("joint_statement", {"en": "Statement"}, "en", meeting=meeting, paragraphs=(ENGLISH,))
        return make_text(session, order).reference

    with sqlite_database.system_session("make a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        session.commit()
    return sqlite_database, acting(sqlite_database, "ana", make)


def moved(language: str, state: str, reference: str) -> Callable[[GuardedSession], object]:
    """Return the act of putting a language in a state, on its row as it stands."""

    def act(session: GuardedSession) -> object:
        version = whole_text(session, find_text(session, reference)).languages[language].version
        return set_language(session, reference, language, state, version=version)

    return act


def written(language: str, markdown: str, reference: str) -> Callable[[GuardedSession], object]:
    """Return the act of writing the paragraph in a language."""

    def act(session: GuardedSession) -> object:
        text = open_text(session, reference)
        paragraph = whole_text(session, text).paragraphs[0]
        known = paragraph.wordings.get(language)
        return save_wording(session, text, paragraph.id, language, markdown, version=known.version if known else 0)

    return act


def states(database: Database, reference: str) -> dict[str, tuple[str, bool]]:
    """Return the state of each language, and whether adoption need not wait for it."""
    with database.read_session(world.viewer("benoit")) as session:
        whole = whole_text(session, find_text(session, reference))
        return {each.language: (each.state, each.is_ready) for each in standings_of(whole)}


def test_a_translation_is_written_by_one_and_cleared_by_another(statement: tuple[Database, str]) -> None:
    database, text = statement
    assert states(database, text) == {"en": ("draft", False), "es": ("requested", False), "fr": ("requested", False)}
    assert refused(database, "ana", moved("es", "cleared", text)) == "translation_has_faults"
    acting(database, "diego", written("es", SPANISH, text))
    assert states(database, text)["es"] == ("draft", False)
    acting(database, "diego", moved("es", "in_revision", text))
    assert refused(database, "diego", moved("es", "cleared", text)) == "clearing_needs_a_coordinator"
    acting(database, "ana", moved("es", "cleared", text))
    assert states(database, text)["es"] == ("cleared", True)
    assert refused(database, "ana", moved("en", "cleared", text)) == "clears_own_words"
    assert refused(database, "ana", moved("en", "not_needed", text)) == "original_is_needed"
    assert refused(database, "ana", moved("fr", "authentic", text)) == "no_such_state"


def test_an_edit_of_either_side_takes_the_clearing_back(statement: tuple[Database, str]) -> None:
    database, text = statement
    acting(database, "diego", written("es", SPANISH, text))
    acting(database, "ana", moved("es", "cleared", text))
    acting(database, "carol", moved("en", "cleared", text))
    acting(database, "daniel", written("en", f"{ENGLISH} They meet.", text))
    assert states(database, text)["es"] == ("in_revision", False)
    assert states(database, text)["en"] == ("in_revision", False)
    assert refused(database, "ana", moved("es", "cleared", text)) == "translation_has_faults"  # of an older original
    acting(database, "diego", written("es", f"{SPANISH} Se reúnen.", text))
    acting(database, "ana", moved("es", "cleared", text))
    acting(database, "benoit", written("es", f"{SPANISH} Se reunirán.", text))
    assert states(database, text)["es"] == ("in_revision", False)


def test_who_moves_a_language_saw_where_it_was(statement: tuple[Database, str]) -> None:
    database, text = statement
    acting(database, "ana", moved("fr", "draft", text))
    with database.write_session(world.viewer("benoit")) as session, pytest.raises(StaleVersion) as lost:
        set_language(session, text, "fr", "not_needed", version=1)
    assert lost.value.theirs["state"] == "draft"


@pytest.mark.parametrize(
    ("order", "language", "original_of", "expected"),
    [
        ("host_first", "en", None, "The Governments of Mexico, Canada and the United States agree on the USMCA."),
        ("host_first", "fr", None, "The Governments du Mexique, du Canada et des États-Unis agree on the ACEUM."),
        ("alphabetical", "es", None,
         "The Governments de Canadá, de los Estados Unidos y de México agree on the T-MEC."),
        ("alternat", "en", "US", "The Governments of the United States, Canada and Mexico agree on the USMCA."),
        ("alternat", "en", "CA", "The Governments of Canada, Mexico and the United States agree on the CUSMA."),
    ],
)  # fmt: skip
def test_each_version_names_the_parties_in_its_order_and_the_hash_is_one(
    statement: tuple[Database, str], order: str, language: str, original_of: str | None, expected: str
) -> None:
    database, reference = statement
    with database.read_session(world.viewer("benoit")) as session:
        text = find_text(session, reference)
        before, version = text.content_hash, text.version
    acting(database, "carol", lambda session: set_name_order(session, reference, order, version=version))
    with database.read_session(world.viewer("benoit")) as session:
        text = find_text(session, reference)
        assert filled(ENGLISH, names_for(session, text, language, original_of=original_of)) == expected
        assert text.content_hash == before
    assert refused(database, "carol", lambda s: set_name_order(s, reference, "loudest_first", version=2)) == (
        "unknown_name_order"
    )
    assert refused(database, "diego", lambda s: set_name_order(s, reference, "alternat", version=2)) == "forbidden"


def test_what_is_adopted_makes_cleared_languages_authentic_and_names_the_rest(statement: tuple[Database, str]) -> None:
    database, text = statement
    acting(database, "diego", written("es", SPANISH, text))
    acting(database, "ana", moved("es", "cleared", text))
    acting(database, "carol", moved("en", "cleared", text))
    acting(database, "carol", lambda s: set_all_needed(s, text, needs_all=False, version=find_text(s, text).version))
    assert acting(database, "carol", lambda session: make_authentic(session, find_text(session, text))) == ("fr",)
    assert states(database, text) == {
        "en": ("authentic", True), "es": ("authentic", True), "fr": ("requested", False),
    }  # fmt: skip
