"""Texts: begun, worded paragraph by paragraph, bracketed, ordered, issued, compared, remarked and reserved on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import (
    AgreedText,
    AuditRecord,
    Mechanism,
    Meeting,
    Reservation,
    TextLanguage,
    TextParagraph,
    TextRevision,
)
from app.services import text_edits as edits
from app.services.inner_notes import notes_on, write_note
from app.services.readouts import publish_readout, readout_page, save_draft
from app.services.reservations import (
    ReservationOrder,
    change_reservation,
    make_reservation,
    withdraw_reservation,
)
from app.services.text_comments import comments_on, remove_comment, settle_comment, write_comment
from app.services.text_making import Heading, TextOrder, make_text
from app.services.text_revisions import compare_versions, find_revision, issue_revision
from app.services.texts import TextFilters, WholeText, find_text, text_lines, texts_of, whole_text
from tests import world

MEETING = "UNC-2026-2"
TEXT = "UNC-2026-2-T1"
FACILITY = "They will [[CA MX: place a facility on the agenda][US: examine it]] and report."
PARAGRAPHS = (Heading("Peace operations"), "They *reaffirm* their support.", FACILITY)


@pytest.fixture
def db(sqlite_database: Database) -> Database:
    """Return a world with a meeting of three and a text of it, begun by Ana of Mexico."""
    with sqlite_database.system_session("a meeting of three", "write") as session:
        world.add_meeting(session, MEETING, mechanism="M01")
        session.commit()
    acting(sqlite_database, "ana", begin)
    return sqlite_database


def begin(session: GuardedSession, **changed: Any) -> AgreedText:
    values: dict[str, Any] = {
        "kind": "joint_statement", "title": {"en": "Joint statement", "es": "Declaración conjunta"},
        "original_language": "en", "meeting": meeting_of(session), "paragraphs": PARAGRAPHS,
    }  # fmt: skip
    return make_text(session, TextOrder(**values | changed))


def meeting_of(session: GuardedSession) -> Meeting:
    return session.get_one(Meeting, world.identity("meeting", MEETING))


def acting(db: Database, key: str, act: Callable[[GuardedSession], Any]) -> Any:
    """Let somebody of the cast do something, and keep it."""
    with db.write_session(world.viewer(key)) as session:
        done = act(session)
        session.commit()
        return done


def refused(db: Database, key: str, act: Callable[[GuardedSession], Any]) -> Refusal:
    """Return why somebody of the cast is refused; nothing is kept."""
    with db.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as refusal:
        act(session)
    return refusal.value


def reading(db: Database, key: str, reference: str = TEXT) -> WholeText:
    with db.read_session(world.viewer(key)) as session:
        whole = whole_text(session, find_text(session, reference))
        session.expunge_all()
        return whole


def words_of(db: Database, language: str = "en") -> list[str]:
    return [each.markdown(language) for each in reading(db, "ana").paragraphs]


def paragraph(db: Database, number: int) -> uuid.UUID:
    return reading(db, "ana").paragraphs[number - 1].id


def save(number: int, markdown: str, version: int = 1, language: str = "en") -> Callable[[GuardedSession], Any]:
    def act(session: GuardedSession) -> Any:
        text = edits.open_text_in(session, TEXT, language)
        row = session.execute(
            select(TextParagraph).where(TextParagraph.text_id == text.id, TextParagraph.position == number)
        ).scalar_one()
        return edits.save_wording(session, text, row.id, language, markdown, version=version)

    return act


# Beginning ----------------------------------------------------------------------------------------


def test_a_text_begins_with_its_paragraphs_in_the_original(db):
    whole = reading(db, "benoit")
    assert whole.text.reference == TEXT
    assert (whole.text.state, whole.text.revision, whole.text.parties) == ("draft", 0, ["CA", "MX", "US"])
    assert [(each.position, each.kind) for each in whole.paragraphs] == [
        (1, "heading"), (2, "paragraph"), (3, "paragraph"),
    ]  # fmt: skip
    assert words_of(db) == ["Peace operations", "They *reaffirm* their support.", FACILITY]
    assert {code: row.state for code, row in whole.languages.items()} == {
        "en": "draft", "es": "requested", "fr": "requested",
    }  # fmt: skip
    assert whole.text.content_hash == whole.hash_in("en") != whole.hash_in("es")
    assert whole.open_count == 1


@pytest.mark.parametrize(
    ("parties", "reference", "readers"),
    [
        (None, "UNC-2026-2-T2", {"ana", "benoit", "carol", "sam"}),
        (frozenset({"MX", "US"}), "UNC-2026-2-MXUS-T1", {"ana", "carol"}),
        (frozenset({"MX"}), "UNC-2026-2-MX-T1", {"ana"}),
    ],
)
def test_a_text_of_some_is_for_them_alone_and_counted_apart(db, parties, reference, readers):
    assert (
        acting(db, "ana", lambda session: begin(session, parties=parties, paragraphs=("Words.",)).reference)
        == reference
    )
    seen = set()
    for key in ("ana", "benoit", "carol", "sam", "olga", "marta"):
        with db.read_session(world.viewer(key)) as session:
            found = {line.text.reference for line in text_lines(session, TextFilters()).lines}
            of_meeting = {line.text.reference for line in texts_of(session, meeting_of_key(session))}
        assert found == of_meeting
        if reference in found:
            seen.add(key)
    assert seen == readers


def meeting_of_key(session: GuardedSession) -> Any:
    return type("Named", (), {"id": world.identity("meeting", MEETING), "reference": MEETING})()


def test_headings_have_no_number_wherever_a_paragraph_is_called_by_its_own(db):
    def begin_with_headings(session: GuardedSession) -> str:
        said = (Heading("Borders"), "They welcome it.", "They note it.", Heading("Drugs"), "They will meet.")
        text = begin(session, paragraphs=said)
        issue_revision(session, text.reference, "")
        return text.reference

    reference = acting(db, "ana", begin_with_headings)
    whole = reading(db, "ana", reference)
    assert [each.number for each in whole.paragraphs] == [None, 1, 2, None, 3]
    with db.read_session(world.viewer("ana")) as session:
        found = compare_versions(session, find_text(session, reference), 1, None, "en")
    assert dict(found.later.numbers) == {2: 1, 3: 2, 5: 3}


def test_a_text_of_a_mechanism_needs_no_meeting(db):
    def act(session: GuardedSession) -> str:
        mechanism = session.execute(select(Mechanism).where(Mechanism.ref == "M01")).scalar_one()
        return begin(session, meeting=None, mechanism=mechanism, kind="terms_of_reference").reference

    assert acting(db, "carol", act) == "UNC-2026-T1"


@pytest.mark.parametrize(
    ("key", "changed", "refusal", "field"),
    [
        ("ana", {"kind": "treaty"}, "unknown_kind", "kind"),
        ("ana", {"original_language": "de"}, "unknown_language", "original_language"),
        ("ana", {"title": {"en": " "}}, "needs_title", "title_en"),
        ("ana", {"title": {"en": "(S//NF) Peace operations"}}, "marking_portion", "title_en"),
        ("ana", {"parties": frozenset({"MX", "BR"})}, "unknown_party", "parties"),
        ("ana", {"parties": frozenset()}, "unknown_party", "parties"),
        ("ana", {"parties": frozenset({"CA", "US"})}, "forbidden", None),
        ("ana", {"meeting": None}, "text_of_nothing", "meeting"),
        ("ana", {"paragraphs": ("x",) * 401}, "too_many_paragraphs", "markdown"),
        ("ana", {"paragraphs": ("[[BR: x]]",)}, "bracket_unknown_party", "markdown"),
        ("ana", {"paragraphs": ("<script>",)}, "html_not_allowed", "markdown"),
    ],
)
def test_no_text_begins_with(db, key, changed, refusal, field):
    why = refused(db, key, lambda session: begin(session, **changed))
    assert (why.key, why.field) == (refusal, field)
    with db.read_session(world.viewer("ana")) as session:
        assert text_lines(session, TextFilters()).total == 1


def test_what_is_not_there_and_what_is_not_seen_are_the_same(db):
    acting(db, "ana", lambda session: begin(session, parties=frozenset({"MX", "US"}), paragraphs=("Words.",)))
    for key, reference in (("benoit", "UNC-2026-2-MXUS-T1"), ("benoit", "UNC-2026-2-T99"), ("olga", TEXT)):
        with db.read_session(world.viewer(key)) as session, pytest.raises(NotFound):
            find_text(session, reference)


# Wordings -----------------------------------------------------------------------------------------


def test_a_wording_is_kept_as_written_and_changes_the_hash(db):
    before = reading(db, "ana").text.content_hash
    acting(db, "benoit", save(2, "They reaffirm [[CA : it \n all][US:]]."))
    whole = reading(db, "ana")
    assert whole.paragraphs[1].markdown("en") == "They reaffirm [[CA: it all][US:]]."
    assert whole.paragraphs[1].wordings["en"].changed_party == "CA"
    assert (whole.open_count, whole.paragraphs[1].opened_brackets) == (2, 1)
    assert whole.text.content_hash == whole.hash_in("en") != before


def test_two_who_word_one_paragraph_both_see_both(db):
    acting(db, "ana", save(2, "Ana’s words."))
    why = refused(db, "carol", save(2, "Carol’s words."))
    assert isinstance(why, StaleVersion)
    assert (why.yours, why.theirs) == ({"markdown": "Carol’s words."}, {"markdown": "Ana’s words."})
    acting(db, "carol", save(3, "Another paragraph is free."))
    assert words_of(db)[1:] == ["Ana’s words.", "Another paragraph is free."]


def test_a_translation_knows_of_which_wording_it_is(db):
    acting(db, "ana", save(2, "Reafirman su apoyo.", 0, "es"))
    assert reading(db, "ana").paragraphs[1].wordings["es"].of_version == 1
    acting(db, "benoit", save(2, "They support."))
    row = reading(db, "ana").paragraphs[1].wordings
    assert (row["es"].of_version, row["en"].version) == (1, 2)
    acting(db, "ana", save(2, "Reafirman su apoyo.", 1, "es"))  # looked at again, and still right
    assert reading(db, "ana").paragraphs[1].wordings["es"].of_version == 2


def test_a_translation_does_not_touch_what_is_signed(db):
    before = reading(db, "ana").text.content_hash
    acting(db, "ana", save(2, "Reafirman su apoyo.", 0, "es"))
    assert reading(db, "ana").text.content_hash == before


@pytest.mark.parametrize(
    ("markdown", "key"),
    [
        ("", "required"),
        ("a\u202eb", "unseen_character"),
        ("[[CA: x", "bracket_not_closed"),
        ("[x](javascript:y)", "link_not_allowed"),
        ("x" * 20_001, "too_long"),
    ],
)
def test_a_wording_is_refused_and_nothing_kept(db, markdown, key):
    why = refused(db, "ana", save(2, markdown))
    assert (why.key, why.field) == (key, "markdown")
    assert words_of(db)[1] == PARAGRAPHS[1]


@pytest.mark.parametrize("state", ["under_silence", "adopted", "withdrawn"])
def test_what_is_no_draft_is_not_edited(db, state):
    with db.system_session("move the text on", "write") as session:
        row = session.execute(select(AgreedText)).scalar_one()
        row.state = state
        if state == "adopted":
            row.adopted_at, row.adopted_way = session.now, "signatures"
        session.commit()
    assert refused(db, "ana", save(2, "Other words.")).key == f"text_{state}"
    assert refused(db, "ana", lambda session: issue_revision(session, TEXT, "")).key == f"text_{state}"
    if state == "adopted":  # subject to translation
        acting(db, "ana", save(2, "Reafirman su apoyo.", 0, "es"))
    else:
        assert refused(db, "ana", save(2, "Reafirman.", 0, "es")).key == f"text_{state}"


def test_a_draft_is_put_aside_and_taken_up_again(db):
    before = reading(db, "ana").text.content_hash
    assert refused(db, "diego", lambda session: edits.withdraw_text(session, TEXT)).key == "forbidden"
    assert refused(db, "ana", lambda session: edits.take_up_text(session, TEXT)).key == "not_in_state"
    acting(db, "ana", lambda session: edits.withdraw_text(session, TEXT))
    assert refused(db, "carol", lambda session: edits.withdraw_text(session, TEXT)).key == "text_withdrawn"
    assert refused(db, "benoit", lambda session: edits.take_up_text(session, TEXT)).key == "forbidden"
    acting(db, "sam", lambda session: edits.take_up_text(session, TEXT))
    text = reading(db, "ana").text
    assert (text.state, text.content_hash) == ("draft", before)


# Brackets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (0, "They will place a facility on the agenda and report."),
        (1, "They will examine it and report."),
        (None, "They will and report."),
    ],
)
def test_a_bracket_is_settled(db, choice, words):
    here = paragraph(db, 3)
    acting(db, "sam", lambda session: edits.settle_bracket(
        session, edits.open_text(session, TEXT), here, "en", 1, choice, version=1
    ))  # fmt: skip
    whole = reading(db, "ana")
    assert (whole.paragraphs[2].markdown("en"), whole.open_count, whole.opened_count) == (words, 0, 1)


def test_a_party_goes_behind_another_alternative(db):
    here = paragraph(db, 3)

    def act(session: GuardedSession) -> Any:
        return edits.support_alternative(session, edits.open_text(session, TEXT), here, "en", 1, 1, version=1)

    acting(db, "diego", act)
    assert words_of(db)[2] == "They will [[CA: place a facility on the agenda][MX US: examine it]] and report."
    assert refused(db, "benoit", act).key == "stale_version"


def test_a_secretariat_wants_no_alternative(db):
    here = paragraph(db, 3)
    why = refused(db, "sam", lambda session: edits.support_alternative(
        session, edits.open_text(session, TEXT), here, "en", 1, 1, version=1
    ))  # fmt: skip
    assert why.key == "forbidden"


def test_a_bracket_that_is_gone_is_refused(db):
    here = paragraph(db, 2)
    why = refused(db, "ana", lambda session: edits.settle_bracket(
        session, edits.open_text(session, TEXT), here, "en", 1, 0, version=1
    ))  # fmt: skip
    assert why.key == "bracket_gone"


def test_a_paragraph_is_not_settled_away(db):
    acting(db, "ana", save(2, "[[CA: All of it][US:]]"))
    here = paragraph(db, 2)
    why = refused(db, "ana", lambda session: edits.settle_bracket(
        session, edits.open_text(session, TEXT), here, "en", 1, None, version=2
    ))  # fmt: skip
    assert why.key == "empty_paragraph"


# Paragraphs ---------------------------------------------------------------------------------------


def test_paragraphs_are_added_moved_removed_and_put_back_with_their_ids(db):
    ids = [each.id for each in reading(db, "ana").paragraphs]
    new = acting(db, "benoit", lambda session: edits.add_paragraph(
        session, edits.open_text(session, TEXT), "New.", after=ids[0]
    ).id)  # fmt: skip
    order = edits.order_of(reading(db, "ana"))
    acting(db, "ana", lambda session: edits.move_paragraph(
        session, edits.open_text(session, TEXT), ids[2], "up", order=order
    ))  # fmt: skip
    assert [each.id for each in reading(db, "ana").paragraphs] == [ids[0], new, ids[2], ids[1]]
    acting(db, "ana", lambda session: edits.remove_paragraph(
        session, edits.open_text(session, TEXT), new, version=1
    ))  # fmt: skip
    whole = reading(db, "ana")
    assert [(each.id, each.position) for each in whole.paragraphs] == [(ids[0], 1), (ids[2], 2), (ids[1], 3)]
    assert [each.id for each in whole.removed] == [new]
    acting(db, "ana", lambda session: edits.restore_paragraph(session, edits.open_text(session, TEXT), new))
    assert [each.id for each in reading(db, "ana").paragraphs] == [ids[0], new, ids[2], ids[1]]


def test_a_move_on_another_order_is_refused(db):
    here = paragraph(db, 3)
    why = refused(db, "ana", lambda session: edits.move_paragraph(
        session, edits.open_text(session, TEXT), here, "up", order="another"
    ))  # fmt: skip
    assert isinstance(why, StaleVersion)


def test_a_paragraph_with_a_reservation_stays(db):
    here = paragraph(db, 2)
    acting(db, "ana", lambda session: make_reservation(session, TEXT, reserved(here)))
    why = refused(db, "benoit", lambda session: edits.remove_paragraph(
        session, edits.open_text(session, TEXT), here, version=1
    ))  # fmt: skip
    assert why.key == "paragraph_reserved_on"


def test_a_title_is_changed_on_what_was_seen(db):
    version = reading(db, "ana").text.version
    acting(db, "ana", lambda session: edits.retitle_text(
        session, edits.open_text(session, TEXT), {"en": "Statement"}, version=version
    ))  # fmt: skip
    why = refused(db, "carol", lambda session: edits.retitle_text(
        session, edits.open_text(session, TEXT), {"en": "Other"}, version=version
    ))  # fmt: skip
    assert isinstance(why, StaleVersion)
    assert reading(db, "ana").text.title == {"en": "Statement"}


@pytest.mark.parametrize(
    ("title", "states"),
    [
        (
            {"en": "Joint statement", "es": "Otra declaración"},
            {"en": "cleared", "es": "in_revision", "fr": "not_needed"},
        ),
        ({"en": "Statement", "es": "Declaración"}, {"en": "in_revision", "es": "in_revision", "fr": "not_needed"}),
        ({"en": "Joint statement", "es": "Declaración"}, {"en": "cleared", "es": "cleared", "fr": "not_needed"}),
    ],
)
def test_another_title_puts_what_was_cleared_in_revision(db, title, states):
    def retitle(session: GuardedSession, said: dict[str, str]) -> None:
        text = edits.open_text(session, TEXT)
        edits.retitle_text(session, text, said, version=text.version)

    acting(db, "ana", lambda session: retitle(session, {"en": "Joint statement", "es": "Declaración"}))
    with db.system_session("clear the languages", "write") as session:
        for row in session.execute(select(TextLanguage)).scalars():
            row.state = "not_needed" if row.language == "fr" else "cleared"
        session.commit()
    acting(db, "ana", lambda session: retitle(session, title))
    assert {code: row.state for code, row in reading(db, "ana").languages.items()} == states


# Revisions ----------------------------------------------------------------------------------------


def test_a_revision_keeps_the_text_as_it_was(db):
    here = paragraph(db, 2)
    acting(db, "ana", lambda session: make_reservation(session, TEXT, reserved(here)))
    first = acting(db, "ana", lambda session: issue_revision(session, TEXT, "First.").content_hash)
    assert refused(db, "carol", lambda session: issue_revision(session, TEXT, "")).key == "text_unchanged"
    acting(db, "carol", save(2, "They *confirm* their support."))
    acting(db, "carol", lambda session: issue_revision(session, TEXT, ""))
    with db.read_session(world.viewer("benoit")) as session:
        text = find_text(session, TEXT)
        kept = find_revision(session, text, 1)
        assert (text.revision, kept.content_hash, kept.hashes["en"]) == (2, first, first)
        assert kept.content["paragraphs"][1]["wordings"] == {"en": "They *reaffirm* their support."}
        assert kept.content["reservations"][0]["wording"] == {"es": "México entiende.", "original": "es"}
        found = compare_versions(session, text, 1, 2, "en")
        assert [(each.kind, "".join(f"{kind[0]}:{said}" for kind, said in each.words)) for each in found.changes] == [
            ("same", "s:Peace operations"),
            ("changed", "s:They r:reaffirma:confirms: their support."),
            ("same", "s:They will [CA MX: place a facility on the agenda] [US: examine it] and report."),
        ]
        assert found.changed_count == 1
        with pytest.raises(NotFound):
            find_revision(session, text, 3)


def test_nothing_is_issued_of_an_empty_text(db):
    reference = acting(db, "ana", lambda session: begin(session, paragraphs=()).reference)
    assert refused(db, "ana", lambda session: issue_revision(session, reference, "")).key == "text_empty"


def test_the_record_has_no_words_of_the_text(db):
    acting(db, "ana", save(2, "Unmistakable words."))
    acting(db, "ana", lambda session: issue_revision(session, TEXT, "Unmistakable note."))
    with db.system_session("read the record") as session:
        said = [str(row.facts) for row in session.execute(select(AuditRecord)).scalars()]
        assert session.execute(select(TextRevision)).scalar_one().note == "Unmistakable note."
    assert not [each for each in said if "Unmistakable" in each]


# Remarks ------------------------------------------------------------------------------------------


def test_a_remark_to_all_is_read_by_all_and_one_to_the_own_side_by_it(db):
    here = paragraph(db, 2)
    acting(db, "benoit", lambda session: write_comment(session, TEXT, "To all.", "fr", here))
    text_id = reading(db, "ana").text.id
    acting(db, "benoit", lambda session: write_note(session, "To Canada.", text_id=text_id, paragraph_id=here))
    for key, own in (("ana", []), ("isabelle", ["To Canada."]), ("sam", [])):
        with db.read_session(world.viewer(key)) as session:
            text = find_text(session, TEXT)
            assert [(each.comment.words, each.may_remove) for each in comments_on(session, text)] == [
                ("To all.", False)
            ]
            assert [each.text for each in notes_on(session, text_id=text.id)] == own


def test_a_remark_is_settled_by_anybody_and_taken_back_by_its_author(db):
    made = acting(db, "benoit", lambda session: write_comment(session, TEXT, "To all.", "fr").id)
    for key in ("ana", "carol"):  # at once: the second finds it as it was to be
        assert acting(db, key, lambda session: settle_comment(session, TEXT, made).settled_at) == world.NOW
    assert acting(db, "ana", lambda session: settle_comment(session, TEXT, made, is_settled=False).settled_at) is None
    assert refused(db, "ana", lambda session: remove_comment(session, TEXT, made)).key == "forbidden"
    acting(db, "benoit", lambda session: remove_comment(session, TEXT, made))
    assert refused(db, "ana", lambda session: settle_comment(session, TEXT, made)).key == "not_found"


# Reservations -------------------------------------------------------------------------------------


def reserved(paragraph_id: uuid.UUID | None = None, **wording: str) -> ReservationOrder:
    return ReservationOrder("reservation", wording or {"es": "México entiende."}, "es", paragraph_id)


@pytest.mark.parametrize(("key", "outcome"), [("ana", "MX"), ("adaeze", "CA"), ("diego", None), ("sam", None)])
def test_who_speaks_for_a_party_reserves_for_it(db, key, outcome):
    def act(session: GuardedSession) -> Any:
        return make_reservation(session, TEXT, reserved()).party_code

    if outcome:
        assert acting(db, key, act) == outcome
    else:
        assert refused(db, key, act).key == "forbidden"


def test_a_reservation_touches_no_content_and_is_withdrawn_by_its_party_alone(db):
    before = reading(db, "ana").text.content_hash
    made = acting(db, "ana", lambda session: make_reservation(session, TEXT, reserved()).id)
    assert reading(db, "ana").text.content_hash == before
    assert refused(db, "carol", lambda session: withdraw_reservation(session, TEXT, made)).key == "not_found"
    order = reserved(es="México entiende otra cosa.", en="Mexico understands otherwise.")
    acting(db, "lucia", lambda session: change_reservation(session, TEXT, made, order, version=1))
    assert isinstance(
        refused(db, "ana", lambda session: change_reservation(session, TEXT, made, reserved(), version=1)), StaleVersion
    )
    (row,) = reading(db, "carol").reservations
    assert row.wording == {
        "en": "Mexico understands otherwise.", "es": "México entiende otra cosa.", "original": "es",
    }  # fmt: skip
    acting(db, "ana", lambda session: withdraw_reservation(session, TEXT, made))
    assert reading(db, "carol").reservations == ()
    with db.system_session("it is kept") as session:
        assert session.execute(select(Reservation)).scalar_one().withdrawn_at == world.NOW


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (ReservationOrder("veto", {"en": "No."}, "en"), "reservation_not_needed"),
        (ReservationOrder("footnote", {"en": "No."}, "es"), "required"),
        (ReservationOrder("footnote", {"en": "No."}, "de"), "unknown_language"),
        (ReservationOrder("footnote", {"en": "<b>No</b>"}, "en"), "html_not_allowed"),
        (ReservationOrder("footnote", {"en": "No."}, "en", uuid.UUID(int=1)), "not_found"),
    ],
)
def test_a_reservation_is_refused(db, order, key):
    assert refused(db, "ana", lambda session: make_reservation(session, TEXT, order)).key == key


# Readouts -----------------------------------------------------------------------------------------


def test_a_readout_is_its_delegations_until_who_speaks_for_it_publishes_it(db):
    acting(db, "diego", lambda session: save_draft(session, MEETING, {"es": "Hablamos 30 minutos."}, version=0))
    assert refused(db, "diego", lambda session: publish_readout(session, MEETING, version=1)).key == "forbidden"
    for key, draft in (("ana", {"es": "Hablamos 30 minutos."}), ("carol", {})):
        with db.read_session(world.viewer(key)) as session:
            page = readout_page(session, MEETING)
            assert (page.draft.wording, page.published) == (draft, {})
    with db.read_session(world.viewer("sam")) as session:
        assert readout_page(session, MEETING).draft is None
    acting(db, "ana", lambda session: publish_readout(session, MEETING, version=1))
    assert refused(db, "ana", lambda session: publish_readout(session, MEETING, version=1)).key == "readout_unchanged"
    acting(db, "ana", lambda session: save_draft(session, MEETING, {"es": "Hablamos 45 minutos."}, version=1))
    why = refused(db, "ana", lambda session: publish_readout(session, MEETING, version=1))
    assert isinstance(why, StaleVersion)
    acting(db, "ana", lambda session: publish_readout(session, MEETING, version=2))
    for key in ("carol", "sam"):
        with db.read_session(world.viewer(key)) as session:
            page = readout_page(session, MEETING)
            assert page.parties == ("CA", "MX", "US")
            assert {code: (row.number, row.wording) for code, row in page.published.items()} == {
                "MX": (2, {"es": "Hablamos 45 minutos."})
            }


def test_two_who_write_at_a_readout_both_see_both(db):
    acting(db, "ana", lambda session: save_draft(session, MEETING, {"es": "Uno."}, version=0))
    why = refused(db, "diego", lambda session: save_draft(session, MEETING, {"es": "Dos."}, version=0))
    assert isinstance(why, StaleVersion)
    assert (why.yours, why.theirs) == ({"es": "Dos."}, {"es": "Uno."})


@pytest.mark.parametrize(("key", "refusal"), [("sam", "forbidden"), ("olga", "not_found")])
def test_who_is_of_no_delegation_writes_none(db, key, refusal):
    assert refused(db, key, lambda session: save_draft(session, MEETING, {"en": "x"}, version=0)).key == refusal


def test_an_empty_readout_is_not_published(db):
    assert refused(db, "ana", lambda session: publish_readout(session, MEETING, version=0)).key == "readout_empty"
