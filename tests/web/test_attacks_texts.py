"""Attacks on agendas, positions, texts, rooms and papers: by people with accounts, on what is not theirs."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.positions import PositionContent
from app.domain.room import EntryWords
from app.keys import KeyRing
from app.models import (
    BestPractice,
    InnerNote,
    ItemProposal,
    Meeting,
    MinuteEntry,
    PositionShare,
    ShareCopy,
    SilenceAnswer,
    TextComment,
    TextLanguage,
    TextParagraph,
)
from app.models.sealed import use_keys
from app.services import rooms
from app.services.agenda import items_of
from app.services.agenda_acts import add_item
from app.services.agenda_backlog import put_to_backlog
from app.services.agenda_content import ItemWords
from app.services.agenda_proposals import ProposalWords, propose_item, take
from app.services.document_acts import DocumentWords, Received, file_document
from app.services.document_places import attach_paper
from app.services.inner_notes import write_note
from app.services.minutes import draft_minutes
from app.services.position_edits import begin_non_paper, clear_position, write_position
from app.services.position_shares import ShareOrder, share_position
from app.services.practices import PracticeWords, record_practice
from app.services.readouts import save_draft
from app.services.registered_documents import SentFile, address_of
from app.services.room_notes import capture
from app.services.signatures import SignatureOrder, sign
from app.services.silence_acts import break_silence
from app.services.text_comments import write_comment
from app.services.text_making import TextOrder, make_text
from app.services.text_revisions import issue_revision
from config import Settings
from tests import agreeing, world
from tests.agreeing import acting
from tests.conftest import CheckingClient, client_of, make_app

MEETING: Final = agreeing.REFERENCE
TEXT: Final = agreeing.TEXT
PAIR: Final = ("MX", "US")
WORDS: Final = PositionContent(lines="Hidden lines.")


def item(title: str, **changed: Any) -> ItemWords:
    return ItemWords(**{"title": {"en": title}, "kind": "substance", "type": "decision", "minutes": 20, **changed})


def said(words: str, kind: str = "conclusion") -> EntryWords:
    return EntryWords(kind, words, "en")


def document(title: str, **changed: Any) -> DocumentWords:
    return DocumentWords(**{"title": {"en": title}, "original_language": "en", **changed})


FILE: Final = Received(files={"en": SentFile("Note.pdf", b"%PDF-1.7\n1 0 obj\n")})


@pytest.fixture(scope="module")
def files(
    sqlite_template: Path, key_ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[Path, Mapping[str, Any]]]:
    """Return a database in which three hold a meeting, and one in which two of them did more, with the ids of that."""
    use_keys(key_ring)
    folder = tmp_path_factory.mktemp("attacks")
    found: dict[str, tuple[Path, Mapping[str, Any]]] = {}
    shutil.copy(sqlite_template, folder / "three.db")
    acts: dict[str, Callable[[Database], dict[str, Any]]] = {"three": held_by_three, "two": done_between_two}
    for name, act in acts.items():
        database = Database(f"sqlite:///{folder / name}.db", folder / "locks", clock=lambda: world.NOW)
        ids = act(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.engine.dispose()
        found[name] = (folder / f"{name}.db", ids)
        shutil.copy(folder / f"{name}.db", folder / "two.db") if name == "three" else None
    return found


@pytest.fixture
def opened(
    files: Mapping[str, tuple[Path, Mapping[str, Any]]], settings: Settings, tmp_path: Path
) -> Iterator[Callable[[str], Flask]]:
    """Return a function that opens the app on a copy of one of the two."""
    made: list[Database] = []

    def open_app(name: str) -> Flask:
        copied = tmp_path / f"{uuid.uuid4().hex}.db"
        shutil.copy(files[name][0], copied)
        made.append(Database(f"sqlite:///{copied}", tmp_path / "locks", clock=lambda: world.NOW))
        return make_app(settings, made[-1])

    yield open_app
    for database in made:
        database.engine.dispose()


@pytest.fixture(scope="module")
def one(
    files: Mapping[str, tuple[Path, Mapping[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Return the app on what three hold, for what only reads."""
    folder = tmp_path_factory.mktemp("read")
    shutil.copy(files["three"][0], folder / "read.db")
    database = Database(f"sqlite:///{folder / 'read.db'}", folder / "locks", clock=lambda: world.NOW)
    settings = {"SECRET_KEY": "a secret for the tests alone, 32 bytes", "ENTENTE_DATA": str(folder / "data")}
    yield make_app(Settings.from_environment(settings), database)
    database.engine.dispose()


def held_by_three(database: Database) -> dict[str, Any]:
    """Let all three hold a meeting, with one of everything that all of them see."""
    agreeing.prepare(database)
    with database.system_session("confirm it", "write") as session:
        session.get_one(Meeting, world.identity("meeting", MEETING)).state = "confirmed"
        session.commit()

    def by_ana(session: GuardedSession) -> None:
        first = add_item(session, MEETING, item("Peace"))
        add_item(session, MEETING, item("Closing", kind="closing"))
        propose_item(session, MEETING, ProposalWords({"en": "Shared proposal"}, "discussion", 20))
        rooms.open_room(session, MEETING)
        session.flush()
        capture(session, MEETING, uuid.uuid4(), first.id, said("All agree."))
        practice = PracticeWords({"en": "Shared"}, {"en": "Good."}, "en", ("MX",))
        record_practice(session, MEETING, practice)
        found = file_document(session, document("Shared"), FILE, meeting=MEETING)
        attach_paper(session, address_of(found), first.id)
        write_comment(session, TEXT, "A remark", "en")

    acting(database, "ana", by_ana)
    agreeing.put_under_silence(database)
    return {}


def on_first_item(session: GuardedSession) -> uuid.UUID:
    return next(row.id for row in items_of(session, world.identity("meeting", MEETING)) if not row.parties)


def agendas_and_room(session: GuardedSession) -> uuid.UUID:
    """Put items of two on the agenda, and hold one of them; return its id."""
    apart = add_item(session, MEETING, item("Border", parties=PAIR)).id
    add_item(session, MEETING, item("Border two", parties=PAIR, kind="other_business", type="discussion"))
    hidden = [
        propose_item(session, MEETING, ProposalWords({"en": title}, "discussion", 20, parties=PAIR))
        for title in ("Hidden", "Hidden later", "Hidden still")
    ]
    session.flush()
    take(session, MEETING, hidden[0].id, version=hidden[0].version)
    put_to_backlog(session, MEETING, hidden[1].id, version=hidden[1].version)
    session.flush()
    rooms.take_apart(session, MEETING, apart, starts=True)
    capture(session, MEETING, uuid.uuid4(), apart, said("Hidden conclusion"))
    capture(session, MEETING, uuid.uuid4(), apart, said("Hidden action", "action"))
    record_practice(session, MEETING, PracticeWords({"en": "Hidden"}, {"en": "Hidden."}, "en", ("MX",)), apart)
    draft_minutes(session, session.get_one(Meeting, world.identity("meeting", MEETING)), parties=PAIR)
    return apart


def text_and_papers(session: GuardedSession) -> str:
    """Make a text of two, and documents for some; return the text's reference."""
    meeting = session.get_one(Meeting, world.identity("meeting", MEETING))
    title = {"en": "Hidden", "original": "en"}
    order = TextOrder("joint_statement", title, "en", frozenset(PAIR), meeting, paragraphs=("They agree apart.",))
    text = make_text(session, order)
    for row in session.execute(select(TextLanguage).where(TextLanguage.text_id == text.id)).scalars():
        row.state = "cleared" if row.language == "en" else "not_needed"
    session.flush()
    issue_revision(session, text.reference, "")
    write_comment(session, text.reference, "Hidden", "en")
    for step, named in (("delegations", PAIR), ("persons", (str(world.CAST["diego"].id),))):
        found = file_document(session, document("Hidden", handling_step=step, named=named), FILE, meeting=MEETING)
        attach_paper(session, address_of(found), on_first_item(session))
    write_note(session, "Hidden", meeting_id=meeting.id)
    save_draft(session, MEETING, {"en": "Hidden"}, version=0)
    return text.reference


def done_between_two(database: Database) -> dict[str, Any]:
    """Do between Mexico and the United States one of everything, inside the meeting of three and beside it."""
    ids: dict[str, Any] = {"item": acting(database, "ana", agendas_and_room)}
    text = acting(database, "ana", text_and_papers)
    prepared = (
        lambda session: write_position(session, MEETING, on_first_item(session), WORDS, version=0).id,
        lambda session: begin_non_paper(session, MEETING, None, WORDS).id,
    )
    for prepare in prepared:
        ids["position"] = acting(database, "diego", prepare)
        acting(database, "ana", partial(clear_position, position_id=ids["position"], version=1))
        share = partial(share_position, position_id=ids["position"], order=ShareOrder(("US",)), version=2)
        acting(database, "ana", share)
    agreeing.put_under_silence(database, text, receivers=("US",))
    acting(database, "carol", lambda session: break_silence(session, text, "Hidden objection"))
    for key in ("ana", "carol"):
        signing = partial(sign, reference=text, order=SignatureOrder(agreeing.shown(database, text)))
        acting(database, key, signing)
    adopted = agreeing.text_of(database, text)
    assert adopted.state == "adopted"
    return ids | {"text": adopted.id} | ids_of(database, adopted.audience_id)


def ids_of(database: Database, audience_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Return the id of one of each kind that two have, or one of them."""
    found: dict[str, uuid.UUID] = {}
    with database.system_session("find what is hidden") as session:
        of_two: list[type[Any]] = [MinuteEntry, TextParagraph, ItemProposal, BestPractice, TextComment, SilenceAnswer]
        for model in of_two:
            query = select(model.id).where(model.audience_id == audience_id)
            found[model.__name__] = next(iter(session.execute(query).scalars()))
        of_one: list[type[Any]] = [PositionShare, ShareCopy, InnerNote]
        for model in of_one:
            found[model.__name__] = next(iter(session.execute(select(model.id)).scalars()))
    return found


# What stands for the parameters of an address, by its first word.
OURS: Final = {
    ("meetings", "ref"): MEETING, ("texts", "ref"): TEXT, ("documents", "ref"): "UNC-2026-1",
    ("mechanisms", "code"): "un-coordination", ("meetings", "number"): "1", ("texts", "number"): "1",
    ("texts", "language"): "es", ("documents", "language"): "es",
}  # fmt: skip
# The blueprints of agendas, positions, texts, rooms and documents.
BUILT_HERE: Final = {"agenda", "documents", "positions", "rooms", "take_away", "texts"}
BESIDE: Final = (
    "/search?q=Hidden", "/search?q=Border", "/documents?meeting=UNC-2026-1", "/texts?meeting=UNC-2026-1",
    "/texts?kind=minutes", "/texts/UNC-2026-1-T1/text.md?in=en&in=es", "/documents?symbol=UNC/2026/MXUS/1",
    "/positions?q=Hidden", "/", "/meetings", f"/meetings/{MEETING}", f"/meetings/{MEETING}/history", "/audit",
    "/decisions", "/mechanisms/un-coordination", "/calendar", "/actions", f"/meetings/{MEETING}/agenda.md?of=MXUS",
)  # fmt: skip


def addresses(app: Flask) -> list[str]:
    """Return every address that is read of what is built here and whose parameters stand in the table."""
    found = []
    for rule in app.url_map.iter_rules():
        first, blueprint = rule.rule.split("/")[1], rule.endpoint.split(".")[0]
        if "GET" not in (rule.methods or ()) or blueprint not in BUILT_HERE:
            continue
        if all((first, name) in OURS for name in rule.arguments):
            with app.test_request_context():
                values: dict[str, Any] = {name: OURS[first, name] for name in rule.arguments}
                found.append(url_for(rule.endpoint, **values))
    return sorted(found)


def read(client: CheckingClient, pages: Sequence[str]) -> dict[str, tuple[object, ...]]:
    """Return status, place, entity tag, name of the file and body of every page, without what is of its own time."""
    found: dict[str, tuple[object, ...]] = {}
    for page in pages:
        response = client.get(page)
        body = re.sub(rb'(name="(?:csrf_token|submission_id|sent_id)"[^>]*value=")[^"]*', rb"\1", response.data)
        name = response.headers.get("Content-Disposition", "")
        found[page] = (response.status_code, response.location, response.headers.get("ETag"), name, body)
    return found


def test_what_two_do_changes_no_byte_of_what_the_others_read(opened: Callable[[str], Flask]) -> None:
    before, after = opened("three"), opened("two")
    built = addresses(before)
    rooms_and_texts = [
        page for page in built if re.match("/meetings|/texts", page) and not page.endswith((".pdf", "x"))
    ]
    for key, pages in {"isabelle": [*BESIDE, *built], "sam": rooms_and_texts, "colin": BESIDE, "olga": BESIDE}.items():
        old, new = (read(client_of(app, key), pages) for app in (before, after))
        assert [(key, page) for page in pages if old[page] != new[page]] == []
        if key == "isabelle":
            assert len([page for page in pages if old[page][0] == 200]) > 50
    erin = client_of(after, "erin")
    for page in (f"/meetings/{MEETING}", "/texts", "/documents", "/practices", "/audit", f"/meetings/{MEETING}/room"):
        assert "MXUS" in erin.get(page).text or "Hidden" in erin.get(page).text, page


def test_what_comes_next_has_the_number_that_it_would_have_had(opened: Callable[[str], Flask]) -> None:
    def numbers(session: GuardedSession) -> tuple[object, ...]:
        meeting = session.get_one(Meeting, world.identity("meeting", MEETING))
        title = {"en": "Second", "original": "en"}
        text = make_text(session, TextOrder("joint_statement", title, "en", None, meeting, paragraphs=("They met.",)))
        filed = file_document(session, document("Second"), FILE, meeting=MEETING)
        mine = file_document(
            session, document("Ours", handling_step="delegations", named=("CA", "MX")), FILE, meeting=MEETING
        )
        entry = capture(session, MEETING, uuid.uuid4(), on_first_item(session), said("More"))
        own = add_item(session, MEETING, item("Two", parties=("CA", "MX")))
        return (
            text.reference,
            filed.symbol,
            mine.symbol,
            entry.position,
            own.position,
            draft_minutes(session, meeting).reference,
        )

    expected = ("UNC-2026-1-T2", "UNC/2026/2", "UNC/2026/CAMX/1", 2, 1, "UNC-2026-1-T3")
    for name in ("three", "two"):
        assert acting(opened(name).extensions["entente.database"], "isabelle", numbers) == expected


# Ids that are not one's own ---------------------------------------------------------------------------

# Which hidden id a field of a form or a part of an address asks for; both are sent in the address too.
IN_FIELDS: Final = {
    "item_id": "item", "item": "item", "target": "item", "paragraph": "TextParagraph", "paragraph_id": "TextParagraph",
    "after": "TextParagraph", "text_id": "text", "answers": "text",
}  # fmt: skip
IN_ADDRESSES: Final = {
    "item_id": "item", "position_id": "position", "copy_id": "ShareCopy", "share_id": "PositionShare",
    "proposal_id": "ItemProposal", "practice_id": "BestPractice", "paragraph_id": "TextParagraph",
    "comment_id": "TextComment", "reservation_id": "TextComment", "answer_id": "SilenceAnswer",
}  # fmt: skip
NOBODYS: Final = uuid.UUID(int=1)
TYPED: Final = {
    "version": "1", "kind": "conclusion", "words": "Words", "language": "en", "title_en": "Title", "words_en": "Words",
    "note": "Note", "reason": "Reason", "act": "start", "minutes": "10", "type": "discussion", "readers": "all",
    "markdown": "Words", "wording_en": "Words", "original": "en",
}  # fmt: skip
AN_ID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")


def sent(app: Flask, hidden: Mapping[str, Any]) -> dict[str, tuple[object, ...]]:
    """Send an id to every address and form that takes one, of what is hidden or of nothing; return the answers."""
    client = client_of(app, "isabelle")
    found: dict[str, tuple[object, ...]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        first, methods = rule.rule.split("/")[1], rule.methods or set()
        own = {name: OURS[first, name] for name in rule.arguments if (first, name) in OURS}
        kinds = {name: IN_ADDRESSES.get(name, "") for name in rule.arguments if name not in own}
        if kinds.get("note_id") == "":
            kinds["note_id"] = "MinuteEntry" if first == "meetings" else "InnerNote"
        if rule.endpoint.split(".")[0] not in BUILT_HERE or not all(kinds.values()):
            continue
        with app.test_request_context():
            values: dict[str, Any] = own | {name: str(hidden.get(kind, NOBODYS)) for name, kind in kinds.items()}
            address = url_for(rule.endpoint, **values)
        fields = {name: str(hidden.get(kind, NOBODYS)) for name, kind in IN_FIELDS.items()}
        fields["target"] = f"item:{fields['target']}"
        for method in sorted(methods & ({"GET", "POST"} if kinds else {"POST"})):
            response = client.open(address, method=method, data=TYPED | fields, query_string=fields)
            body = re.sub(r'(name="(?:csrf_token|submission_id|sent_id)"[^>]*value=")[^"]*', r"\1", response.text)
            told = (AN_ID.sub("id", each) for each in (response.location or "", body))
            found[f"{method} {rule.rule}"] = (response.status_code, *told)
    return found


def test_an_id_of_what_is_hidden_is_answered_as_one_of_nothing(
    opened: Callable[[str], Flask], files: Mapping[str, tuple[Path, Mapping[str, Any]]]
) -> None:
    ids = files["two"][1]
    assert ids.keys() >= {*IN_FIELDS.values(), *IN_ADDRESSES.values()}
    of_nothing, of_hidden = sent(opened("two"), {}), sent(opened("two"), ids)
    assert len(of_nothing) > 70
    assert [rule for rule, answer in of_nothing.items() if of_hidden[rule] != answer] == []


FAR: Final = "9" * 30


@pytest.mark.parametrize(
    "address",
    [
        f"/meetings/{MEETING}/agenda/revisions/{FAR}",
        f"/meetings/{MEETING}/agenda/revisions/{FAR}/changes",
        f"/meetings/{MEETING}/agenda/revisions/1/changes?with={FAR}",
        f"/texts/{TEXT}/revisions/{FAR}",
        f"/texts/{TEXT}/compare?from={FAR}&to=1",
        f"/positions/{NOBODYS}/versions/{FAR}",
        f"/documents/notes?page={FAR}",
        f"/meetings/{MEETING}/agenda.md?of=MX%0d%0aX-A:b",
        f"/meetings/{MEETING}/agenda.md?of=CAMX",
        f"/texts/{TEXT}/text.md?in=en%0d%0aX:1",
        f"/texts/{TEXT}/text.md?names=%0d%0a",
    ],
)
def test_no_address_breaks_a_page(one: Flask, address: str) -> None:
    assert client_of(one, "isabelle").get(address).status_code == 404
