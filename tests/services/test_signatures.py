"""Signatures on a text: on exactly what was shown, void by any edit; the one adoption that follows, and what it is."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from app.db import Database, GuardedSession
from app.domain.agreement import Blocker
from app.domain.errors import Refusal, StaleVersion
from app.models import AgreedText, RegisteredDocument
from app.services.adopted_texts import begin_amendment
from app.services.adoption import adopt_now, blockers_of
from app.services.signatures import SignatureOrder, confirm, sign, take_back
from app.services.silence_circulation import circulate
from app.services.text_agreement import change_terms
from app.services.text_edits import (
    add_paragraph,
    move_paragraph,
    open_text,
    order_of,
    remove_paragraph,
    retitle_text,
    save_wording,
)
from app.services.text_revisions import issue_revision
from app.services.texts import find_text, whole_text
from tests import agreeing
from tests.agreeing import SPEAKERS, TEXT, acting, signatures_of, text_of, told
from tests.conftest import Clock

BY_DAY = dt.date(2026, 11, 24)


@pytest.fixture
def text(sqlite_database: Database) -> str:
    return agreeing.prepare(sqlite_database)


def refused(act: Callable[[], object]) -> str | None:
    try:
        act()
    except Refusal as refusal:
        return refusal.key
    return None


def signs(database: Database, *parties: str, **order: object) -> None:
    hashed = agreeing.shown(database)
    for party in parties:
        made = SignatureOrder(hashed, **order)  # type: ignore[arg-type]
        acting(database, SPEAKERS[party], partial(sign, reference=TEXT, order=made))


def edit(session: GuardedSession) -> None:
    text = open_text(session, TEXT)
    first = whole_text(session, text).paragraphs[0]
    save_wording(session, text, first.id, "en", "Something else.", version=first.wordings["en"].version)


def missing(database: Database) -> tuple[Blocker, ...]:
    return acting(database, "ana", lambda session: blockers_of(session, find_text(session, TEXT)))


def test_the_last_signature_adopts(sqlite_database: Database, text: str, clock: Clock) -> None:
    signs(sqlite_database, "MX", "CA")
    assert (text_of(sqlite_database).state, missing(sqlite_database)) == ("draft", (Blocker("signatures", 1, ("US",)),))
    clock.forward(hours=2)
    signs(sqlite_database, "US")
    adopted = text_of(sqlite_database)
    assert (adopted.state, adopted.adopted_at, adopted.adopted_way) == ("adopted", clock.now, "signatures")
    assert "sam" in told(sqlite_database, "text_adopted")
    with sqlite_database.system_session("look") as session:
        assert session.get_one(RegisteredDocument, adopted.document_id).symbol == "UNC/2026/1"


@pytest.mark.parametrize(("key", "found"), [("diego", "forbidden"), ("sam", "forbidden"), ("lucia", None)])
def test_who_may_sign(sqlite_database: Database, text: str, key: str, found: str | None) -> None:
    order = SignatureOrder(agreeing.shown(sqlite_database))
    assert refused(lambda: acting(sqlite_database, key, lambda session: sign(session, TEXT, order))) == found


def test_what_was_not_shown_is_not_signed(sqlite_database: Database, text: str) -> None:
    before = agreeing.shown(sqlite_database)
    acting(sqlite_database, "diego", edit)
    with pytest.raises(StaleVersion) as stale:
        acting(sqlite_database, "ana", lambda session: sign(session, TEXT, SignatureOrder(before)))
    assert (stale.value.yours, stale.value.theirs) == (
        {"content_hash": before},
        {"content_hash": agreeing.shown(sqlite_database)},
    )
    assert signatures_of(sqlite_database) == []


def test_what_was_not_issued_is_not_signed(sqlite_database: Database, text: str) -> None:
    acting(sqlite_database, "diego", edit)
    assert refused(lambda: signs(sqlite_database, "MX")) == "revision_not_issued"


def _edits() -> list[tuple[str, Callable[[GuardedSession], object]]]:
    def retitled(session: GuardedSession) -> object:
        found = open_text(session, TEXT)
        return retitle_text(session, found, {"en": "Another title", "original": "en"}, version=found.version)

    def swapped(session: GuardedSession) -> object:
        found = open_text(session, TEXT)
        whole = whole_text(session, found)
        return move_paragraph(session, found, whole.paragraphs[0].id, "down", order=order_of(whole))

    def added(session: GuardedSession) -> object:
        return add_paragraph(session, open_text(session, TEXT), "One more.", after=None)

    def removed(session: GuardedSession) -> object:
        found = open_text(session, TEXT)
        one = whole_text(session, found).paragraphs[0]
        return remove_paragraph(session, found, one.id, version=one.wordings["en"].version)

    def noted(session: GuardedSession) -> object:
        change_terms(session, find_text(session, TEXT), brackets_noted=True)
        return None

    changes = {"wording": edit, "title": retitled, "order": swapped, "added": added, "gone": removed, "terms": noted}
    return list(changes.items())


@pytest.mark.parametrize(("name", "change"), _edits())
def test_any_edit_voids_what_was_signed(
    sqlite_database: Database, text: str, name: str, change: Callable[[GuardedSession], object]
) -> None:
    signs(sqlite_database, "MX", "CA")
    acting(sqlite_database, "diego", change)
    assert [row.void_reason for row in signatures_of(sqlite_database)] == ["terms" if name == "terms" else "edited"] * 2
    assert told(sqlite_database, "text_signatures_voided") >= {"ana", "isabelle", "carol"}
    assert missing(sqlite_database)[-1] == Blocker("signatures", 3, ("CA", "MX", "US"))


def test_the_same_words_again_bring_no_signature_back(sqlite_database: Database, text: str) -> None:
    signs(sqlite_database, "MX", "CA")
    before = agreeing.shown(sqlite_database)
    acting(sqlite_database, "diego", edit)

    def undo(session: GuardedSession) -> object:
        found = open_text(session, TEXT)
        one = whole_text(session, found).paragraphs[0]
        return save_wording(
            session, found, one.id, "en", "They reaffirm their support.", version=one.wordings["en"].version
        )

    acting(sqlite_database, "diego", undo)
    assert agreeing.shown(sqlite_database) == before
    assert all(row.voided_at is not None for row in signatures_of(sqlite_database))
    assert missing(sqlite_database)[-1] == Blocker("signatures", 3, ("CA", "MX", "US"))


def test_one_party_signs_once(sqlite_database: Database, text: str) -> None:
    signs(sqlite_database, "MX")
    order = SignatureOrder(agreeing.shown(sqlite_database))
    found = refused(lambda: acting(sqlite_database, "lucia", lambda session: sign(session, TEXT, order)))
    assert found == "already_signed"


def test_a_signature_is_taken_back_before_adoption_alone(sqlite_database: Database, text: str) -> None:
    assert refused(lambda: acting(sqlite_database, "ana", lambda session: take_back(session, TEXT))) == "nothing_signed"
    signs(sqlite_database, "MX")
    acting(sqlite_database, "lucia", lambda session: take_back(session, TEXT))
    signs(sqlite_database, "CA", "US")
    assert text_of(sqlite_database).state == "draft"
    signs(sqlite_database, "MX")
    assert text_of(sqlite_database).state == "adopted"
    assert refused(lambda: acting(sqlite_database, "ana", lambda session: take_back(session, TEXT))) == "text_adopted"


# Ad referendum ------------------------------------------------------------------------------------


def test_ad_referendum_counts_once_it_is_confirmed(sqlite_database: Database, text: str, clock: Clock) -> None:
    signs(sqlite_database, "MX", "CA")
    signs(sqlite_database, "US", way="ad_referendum", confirm_by_on=BY_DAY)
    assert missing(sqlite_database) == (Blocker("ad_referendum", 1, ("US",)),)
    clock.now = dt.datetime(2026, 11, 25, 4, 59, 59, tzinfo=dt.UTC)  # the last second of the day in Washington
    hashed = agreeing.shown(sqlite_database)
    acting(sqlite_database, "erin", lambda session: confirm(session, TEXT, hashed))
    assert (text_of(sqlite_database).state, text_of(sqlite_database).adopted_at) == ("adopted", clock.now)


def test_ad_referendum_lapses_after_its_day(sqlite_database: Database, text: str, clock: Clock) -> None:
    signs(sqlite_database, "MX", "CA")
    signs(sqlite_database, "US", way="ad_referendum", confirm_by_on=BY_DAY)
    clock.now = dt.datetime(2026, 11, 25, 5, 0, tzinfo=dt.UTC)
    hashed = agreeing.shown(sqlite_database)
    found = refused(lambda: acting(sqlite_database, "erin", lambda session: confirm(session, TEXT, hashed)))
    assert found == "referendum_lapsed"
    assert missing(sqlite_database) == (Blocker("signatures", 1, ("US",)),)
    signs(sqlite_database, "US")
    assert text_of(sqlite_database).state == "adopted"


@pytest.mark.parametrize(
    ("day", "key"),
    [(None, "required"), (dt.date(2026, 11, 21), "confirm_by_has_passed")],
)
def test_a_day_that_cannot_be(sqlite_database: Database, text: str, day: dt.date | None, key: str) -> None:
    found = refused(lambda: signs(sqlite_database, "US", way="ad_referendum", confirm_by_on=day))
    assert found == key


def test_a_silence_waits_for_no_capital(sqlite_database: Database, text: str) -> None:
    agreeing.put_under_silence(sqlite_database)
    late = BY_DAY + dt.timedelta(days=1)
    found = refused(lambda: signs(sqlite_database, "US", way="ad_referendum", confirm_by_on=late))
    assert found == "confirm_by_after_silence"
    signs(sqlite_database, "US", way="ad_referendum", confirm_by_on=BY_DAY)


# Adoption -----------------------------------------------------------------------------------------


def test_what_blocks_it_keeps_it_from_adopting_itself(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, paragraphs=("They will [[CA: meet][US: try to meet]] again.",))
    signs(sqlite_database, "MX", "CA", "US")
    assert (text_of(sqlite_database).state, missing(sqlite_database)) == ("draft", (Blocker("brackets", 1),))
    hashed = agreeing.shown(sqlite_database)
    found = refused(lambda: acting(sqlite_database, "ana", lambda session: adopt_now(session, TEXT, hashed)))
    assert found == "text_not_agreed"


def test_a_chairs_summary_is_issued_by_an_act_after_its_chair_signed(sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, kind="chairs_summary", chair_party="MX")
    hashed = agreeing.shown(sqlite_database)
    adopts = partial(adopt_now, reference=TEXT, shown_hash=hashed)
    signs(sqlite_database, "CA")
    assert refused(lambda: acting(sqlite_database, "ana", adopts)) == "text_not_agreed"
    with sqlite_database.system_session("look") as session:
        last = whole_text(session, session.execute(select(AgreedText)).scalar_one()).paragraphs[-1]
    signs(sqlite_database, "US", excepted=frozenset({str(last.id)}))
    signs(sqlite_database, "MX")
    assert text_of(sqlite_database).state == "draft"
    assert refused(lambda: acting(sqlite_database, "diego", adopts)) == "forbidden"
    acting(sqlite_database, "ana", adopts)
    assert text_of(sqlite_database).adopted_way == "chair"
    assert {row.party_code: row.excepted for row in signatures_of(sqlite_database)} == {
        "CA": [], "MX": [], "US": [str(last.id)]
    }  # fmt: skip


def test_two_last_signatures_at_once_adopt_once(database: Database) -> None:
    agreeing.prepare(database)
    signs(database, "MX")
    order = SignatureOrder(agreeing.shown(database))
    found: list[str | None] = []

    def last(key: str) -> None:
        found.append(refused(lambda: acting(database, key, lambda session: sign(session, TEXT, order))))

    both = [threading.Thread(target=last, args=(key,)) for key in ("isabelle", "carol")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert found == [None, None]
    assert text_of(database).state == "adopted"
    with database.system_session("count") as session:
        assert session.execute(select(func.count(RegisteredDocument.id))).scalar_one() == 1


def test_two_acts_of_adoption_at_once_give_one(database: Database) -> None:
    agreeing.prepare(database, kind="chairs_summary", chair_party="MX")
    signs(database, "MX")
    adopts = partial(adopt_now, reference=TEXT, shown_hash=agreeing.shown(database))
    found: list[str | None] = []

    def adopting(key: str) -> None:
        found.append(refused(lambda: acting(database, key, adopts)))

    both = [threading.Thread(target=adopting, args=(key,)) for key in ("ana", "sam")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(found, key=str) == [None, "text_adopted"]


# What is adopted ----------------------------------------------------------------------------------


def test_no_path_changes_what_is_adopted(database: Database) -> None:
    agreeing.prepare(database)
    hashed = agreeing.shown(database)
    signs(database, "MX", "CA", "US")
    before = _all_of(database)
    acts: list[Callable[[GuardedSession], object]] = [
        *(change for _, change in _edits()),
        lambda session: sign(session, TEXT, SignatureOrder(hashed)),
        lambda session: confirm(session, TEXT, hashed),
        lambda session: take_back(session, TEXT),
        lambda session: adopt_now(session, TEXT, hashed),
        lambda session: circulate(session, TEXT, agreeing.UNTIL, hours=72, shown_hash=hashed),
        lambda session: issue_revision(session, TEXT, ""),
    ]
    assert {refused(partial(acting, database, "ana", act)) for act in acts} == {"text_adopted"}
    assert _all_of(database) == before


def _all_of(database: Database) -> tuple[object, ...]:
    with database.system_session("look at all of a text") as session:
        text = session.execute(select(AgreedText).where(AgreedText.reference == TEXT)).scalar_one()
        whole = whole_text(session, text)
        said = tuple((each.id, each.position, each.markdown("en")) for each in whole.paragraphs)
        signed = tuple((row.party_code, row.voided_at) for row in signatures_of(database))
        return text.version, text.content_hash, dict(text.title), text.adopted_at, said, signed


@pytest.mark.parametrize(("how", "symbol"), [("corrects", "UNC/2026/1/Corr.1"), ("replaces", "UNC/2026/1/Rev.1")])
def test_a_corrigendum_and_a_revision_are_texts_of_their_own(
    sqlite_database: Database, text: str, how: str, symbol: str
) -> None:
    found = refused(lambda: acting(sqlite_database, "ana", lambda session: begin_amendment(session, TEXT, how)))
    assert found == "not_adopted_yet"
    signs(sqlite_database, "MX", "CA", "US")
    second = acting(sqlite_database, "ana", lambda session: begin_amendment(session, TEXT, how).reference)
    assert second == "UNC-2026-1-T2"

    def ready(session: GuardedSession) -> None:
        made = find_text(session, second)
        for row in whole_text(session, made).languages.values():
            row.state = "cleared" if row.language == "en" else "not_needed"
        session.flush()
        issue_revision(session, second, "")

    acting(sqlite_database, "ana", ready)
    order = SignatureOrder(agreeing.shown(sqlite_database, second))
    for key in ("ana", "isabelle", "carol"):
        acting(sqlite_database, key, partial(sign, reference=second, order=order))
    adopted = text_of(sqlite_database, second)
    with sqlite_database.system_session("look") as session:
        assert session.get_one(RegisteredDocument, adopted.document_id).symbol == symbol
        said = [each.markdown("en") for each in whole_text(session, session.get_one(AgreedText, adopted.id)).paragraphs]
    assert said == ["They reaffirm their support.", "They will meet again."]
    assert text_of(sqlite_database).state == "adopted"


def test_the_numbers_of_two_parties_are_their_own(sqlite_database: Database) -> None:
    reference = agreeing.prepare(sqlite_database, ("MX", "US"), reference="UNC-2026-MXUS-1")
    order = SignatureOrder(agreeing.shown(sqlite_database, reference))
    for key in ("ana", "carol"):
        acting(sqlite_database, key, partial(sign, reference=reference, order=order))
    adopted = text_of(sqlite_database, reference)
    with sqlite_database.system_session("look") as session:
        symbol = session.get_one(RegisteredDocument, adopted.document_id).symbol
    assert symbol == "UNC/2026/MXUS/1"
    assert told(sqlite_database, "text_adopted") == {"ana", "lucia", "erin"}
    assert told(sqlite_database, "text_signed") == {"lucia", "carol", "erin"}
