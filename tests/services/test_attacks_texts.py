"""Attacks on agreed texts: consent that nobody gave, and what outlives the words that it was given to."""

from __future__ import annotations

import contextlib
import io
import re
import time
import uuid
import zipfile
from collections.abc import Callable
from typing import Final

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.brackets import parse
from app.domain.errors import Refusal
from app.domain.markdown import cleaned_wording
from app.domain.room import EntryWords
from app.models import AgreedText, Meeting, MinuteEntry, ParagraphWording, TextLanguage
from app.papers.docx_forms import own_form
from app.services import rooms
from app.services.agenda_acts import add_item
from app.services.agenda_content import ItemWords
from app.services.minutes import add_to_minutes, draft_minutes
from app.services.paper_forms import put_form, sides
from app.services.room_actions import parties_of_entry
from app.services.room_notes import capture
from app.services.signatures import SignatureOrder, sign
from app.services.silence_acts import break_silence
from app.services.silence_reports import SilenceReport, report_answer, settle_answer
from app.services.silences import latest_silence, recorded
from app.services.text_edits import open_text, retitle_text, save_wording
from app.services.text_languages import set_language
from app.services.texts import find_text, whole_text
from tests import agreeing, world
from tests.agreeing import SPEAKERS, TEXT, acting, signatures_of, text_of
from tests.conftest import Clock
from tests.services.test_agreement_mails import mail_to, plain
from tests.services.test_attacks import publish_parties


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


def test_what_was_reported_and_was_no_objection_is_told_as_nobodys(sqlite_database: Database, clock: Clock) -> None:
    agreeing.prepare(sqlite_database)
    agreeing.put_under_silence(sqlite_database)
    reports(sqlite_database, "objection")
    settles(sqlite_database, "no_objection")
    clock.forward(minutes=1)
    acting(sqlite_database, "carol", lambda session: break_silence(session, TEXT, "Not so."))
    said = plain(mail_to(sqlite_database, "silence_broken", "erin"))
    assert "Objection: United States" in said
    assert "Not so." in said
    with sqlite_database.read_session(world.viewer("ana")) as session:
        silence = latest_silence(session, agreeing.text_of(sqlite_database).id)
        assert silence is not None
        assert recorded(session, silence).objecting == {"US"}


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


# What was captured before somebody came ---------------------------------------------------------------

ROOM = "UNC-2026-MXUS-1"


def item(title: str, *parties: str) -> ItemWords:
    return ItemWords({"en": title}, "substance", "discussion", 20, parties=parties)


def notes(session: GuardedSession, reference: str, item_id: uuid.UUID | None, words: str) -> MinuteEntry:
    return capture(session, reference, uuid.uuid4(), item_id, EntryWords("action", words, "en", owed_by=("MX",)))


@pytest.fixture
def joined(sqlite_database: Database) -> Database:
    """Return a meeting of two in whose room something was captured before they let Canada in."""
    with sqlite_database.system_session("a meeting of two", "write") as session:
        world.add_meeting(session, ROOM, ("MX", "US"), mechanism="M01", state="confirmed")
        session.commit()

    def between_two(session: GuardedSession) -> None:
        peace = add_item(session, ROOM, item("Peace"))
        rooms.open_room(session, ROOM)
        session.flush()
        notes(session, ROOM, peace.id, "What to tell Canada")
        notes(session, ROOM, None, "What to keep from Canada")

    acting(sqlite_database, "ana", between_two)
    publish_parties(sqlite_database, "ana", ROOM, world.THREE)
    return sqlite_database


def test_the_minutes_tell_who_came_later_nothing_of_what_was_captured_before(joined: Database) -> None:
    def draft(session: GuardedSession) -> None:
        draft_minutes(session, session.execute(select(Meeting)).scalar_one())

    with pytest.raises(Refusal) as refusal:
        acting(joined, "ana", draft)
    assert refusal.value.key == "nothing_captured"
    acting(joined, "ana", lambda session: notes(session, ROOM, None, "All three agree"))
    acting(joined, "ana", draft)
    acting(joined, "ana", lambda session: notes(session, ROOM, None, "And once more"))
    acting(joined, "ana", lambda session: add_to_minutes(session, session.execute(select(Meeting)).scalar_one()))
    with joined.read_session(world.viewer("benoit")) as session:
        said = sorted(session.execute(select(ParagraphWording.markdown)).scalars())
    assert said == ["All three agree (Mexico)", "And once more (Mexico)"]


def test_an_action_captured_before_somebody_came_is_not_theirs_to_see(joined: Database) -> None:
    with joined.read_session(world.viewer("ana")) as session:
        meeting = session.execute(select(Meeting)).scalar_one()
        found = [parties_of_entry(session, meeting, each) for each in session.execute(select(MinuteEntry)).scalars()]
    assert found == [frozenset({"MX", "US"})] * 2


@pytest.mark.parametrize("captures", [False, True])
def test_taking_non_attribution_back_does_not_tell_what_others_captured_apart(
    sqlite_database: Database, clock: Clock, captures: bool
) -> None:
    with sqlite_database.system_session("a meeting of three", "write") as session:
        meeting = world.add_meeting(session, agreeing.REFERENCE, mechanism="M01", state="confirmed")
        begins = meeting.starts_at
        session.commit()

    def apart(session: GuardedSession) -> uuid.UUID:
        rooms.open_room(session, agreeing.REFERENCE, attributed=False)
        return add_item(session, agreeing.REFERENCE, item("Border", "MX", "US")).id

    hidden = acting(sqlite_database, "ana", apart)
    if captures:
        acting(sqlite_database, "ana", lambda session: notes(session, agreeing.REFERENCE, hidden, "Something"))
    clock.now = begins
    with pytest.raises(Refusal) as refusal:
        acting(sqlite_database, "isabelle", lambda session: rooms.attribute_again(session, agreeing.REFERENCE))
    assert refusal.value.key == "stays_unattributed"
    clock.now = world.NOW
    acting(sqlite_database, "isabelle", lambda session: rooms.attribute_again(session, agreeing.REFERENCE))


# Words that take long to read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        f"[[CA: a{' ' * 19_900}b]]",
        "[[" + "][".join(f"{code}: a{' ' * 9_000}b{code}" for code in ("CA", "MX")) + "]]",
        "[" * 1_999,
        "[a](" * 1_900,
        "**a" * 600 + "b**" * 300,
        "- " * 9_000,
        "\\\n" * 6_000,
        "[[CA:" + " \n" * 9_000 + "x]]",
    ],
    ids=lambda words: words[:8],
)
def test_no_wording_takes_long(words: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(Refusal):
        said = cleaned_wording(words, "markdown", ("CA", "MX"), 20_000)
        parse(said, "markdown")
    assert time.process_time() - begun < 0.5


# Forms of papers that are no forms ----------------------------------------------------------------------


def _form(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return our own form with another part of that name."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(own_form())) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return kept.getvalue()


MANY: Final = b"<w:body>" + b"<w:p><w:r><w:t>{{ title }}</w:t></w:r></w:p>" * 100_000
ENTITIES: Final = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("name", "change", "key"),
    [
        ("[Content_Types].xml", lambda _: b"<a/>", "form_unreadable"),
        ("docProps/core.xml", lambda _: b"<a/>", "form_unreadable"),
        ("word/styles.xml", lambda _: b"<a/>", "form_unreadable"),
        ("word/document.xml", lambda _: b"<a/>", "form_unreadable"),
        ("word/document.xml", lambda old: re.sub(rb"(?s)<w:sectPr.*?</w:sectPr>", b"", old), "form_unreadable"),
        ("word/document.xml", lambda old: old.replace(b"<w:body>", MANY), "form_unreadable"),
        ("word/document.xml", lambda _: ENTITIES, "file_bomb"),
        ("word/styles.xml", lambda old: old + b" " * 100_000_000, "file_bomb"),
    ],
    ids=["types", "core", "styles", "document", "section", "many", "entities", "bomb"],
)
def test_a_form_that_would_stop_papers_is_refused_at_once(
    sqlite_database: Database, name: str, change: Callable[[bytes], bytes], key: str
) -> None:
    begun = time.process_time()
    with sqlite_database.write_session(world.viewer("diego")) as session, pytest.raises(Refusal) as refusal:
        put_form(session, "minutes", sides(session)[0], file_name="Form.docx", content=_form(name, change))
    assert (refusal.value.key, refusal.value.field) == (key, "file")
    assert time.process_time() - begun < 3
