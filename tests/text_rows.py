"""A row of each kind that preparing, agreeing and holding a meeting leaves: agenda, papers, positions, texts, rooms."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from app.db import GuardedSession, digest_of
from app.domain.references import text_counter
from app.domain.symbols import symbol
from app.domain.visibility import party_key
from app.models import (
    Agenda,
    AgendaItem,
    AgendaRevision,
    AgreedText,
    BestPractice,
    Document,
    Guarded,
    InnerNote,
    ItemPaper,
    ItemProposal,
    ItemTaken,
    LanguageVersion,
    Meeting,
    MinuteEntry,
    NoteVerbale,
    PaperTemplate,
    ParagraphWording,
    Position,
    PositionShare,
    PositionVersion,
    Readout,
    ReadoutDraft,
    ReferenceCounter,
    RegisteredDocument,
    Reservation,
    Room,
    ShareCopy,
    ShareReading,
    ShareRecipient,
    Silence,
    SilenceAnswer,
    SilenceOptIn,
    SilenceReceipt,
    TextComment,
    TextLanguage,
    TextParagraph,
    TextRevision,
    TextSignature,
)
from app.models.sealed import Private
from tests import world
from tests.world import canary

# Of each delegation one who prepares, and one who speaks for it and clears.
WRITERS = {"MX": "diego", "CA": "benoit", "US": "daniel"}
SPEAKERS = {"MX": "ana", "CA": "isabelle", "US": "carol"}
LATER = world.NOW + dt.timedelta(days=3)


def own(session: GuardedSession, party: str) -> dict[str, uuid.UUID]:
    """Return the audience of a delegation alone, as a column."""
    return {"audience_id": session.audience({party_key(party)})}


def sealed(owner: str, letters: str, word: str) -> Private:
    """Return a sealed JSON with a canary in it, which is told from others by its word."""
    return Private(owner, json.dumps({"lines": canary(letters, word), "language": "en"}))


def words(letters: str, word: str) -> dict[str, str]:
    """Return a text by language that was written in English, a canary."""
    return {"en": canary(letters, word), "original": "en"}


def add_text_rows(session: GuardedSession, meeting: Meeting, letters: str, author: str) -> None:
    """Add them, with a canary of these letters in every field that is somebody's own, written by `author`.

    What is one delegation's alone is that of the author, who shares with one other party.
    """
    owner = world.CAST[author].party or ""
    item = world.add_item(
        session, meeting, 90, title=words(letters, "prepared"), proposed_by=owner,
        presenters=canary(letters, "presenter"), annotation=words(letters, "annotation"),
        expected_result=words(letters, "expected"),
    )  # fmt: skip
    session.flush()
    _agenda(session, meeting, item, letters, author)
    _papers(session, meeting, item, letters, author)
    _positions(session, meeting, item, letters, owner)
    _texts(session, meeting, item, letters, author)
    _room(session, meeting, item, letters, author)
    session.flush()


def _agenda(session: GuardedSession, meeting: Meeting, item: AgendaItem, letters: str, author: str) -> None:
    member, seen = world.CAST[author], {"audience_id": meeting.audience_id}
    session.add_all(
        [
            Agenda(
                id=world.identity("agenda", meeting.reference), meeting_id=meeting.id, state="provisional", revision=1,
                issued_at=world.NOW, changed_at=world.NOW, **seen,
            ),
            AgendaRevision(
                id=world.identity("agenda_revision", meeting.reference), meeting_id=meeting.id, number=1,
                state="provisional", content={"items": [{"id": str(item.id), "title": words(letters, "issued")}]},
                digest=digest_of(letters), issued_by=member.id, issued_at=world.NOW, **seen,
            ),
            ItemProposal(
                id=world.identity("item_proposal", meeting.reference), meeting_id=meeting.id, party_code=member.party,
                title=words(letters, "proposal"), type="discussion", minutes=20, note=canary(letters, "proposalnote"),
                reason=canary(letters, "proposalreason"), person_id=member.id, proposed_at=world.NOW, **seen,
            ),
        ]
    )  # fmt: skip


def _papers(session: GuardedSession, meeting: Meeting, item: AgendaItem, letters: str, author: str) -> None:
    member, seen = world.CAST[author], {"audience_id": meeting.audience_id}
    owner, content = member.party or "", canary(letters, "papertext").encode()
    file = Document(
        id=world.identity("file", meeting.reference), file_name=f"{canary(letters, 'file')}.txt",
        media_type="text/plain", size=len(content), digest=digest_of(content), content=content, owner_party=owner,
        added_by=member.id, added_at=world.NOW, **seen,
    )  # fmt: skip
    paper = RegisteredDocument(
        id=world.identity("document", meeting.reference),
        symbol=symbol("UNC", 2026, 91, "" if len(letters) == 6 else letters),
        meeting_id=meeting.id, state="received", title=words(letters, "paper"), original_language="en",
        owner_party=owner, marking=canary(letters, "marking"), marking_party=owner, due_on=dt.date(2027, 2, 1),
        created_by=member.id, created_at=world.NOW, changed_at=world.NOW, **seen,
    )  # fmt: skip
    session.add_all([file, paper])
    session.flush()
    session.add_all(
        [
            LanguageVersion(
                id=world.identity("language", meeting.reference), document_id=paper.id, language="en",
                state="authentic", file_id=file.id, changed_by=member.id, changed_at=world.NOW, **seen,
            ),
            ItemPaper(item_id=item.id, document_id=paper.id, position=1, **seen),
            NoteVerbale(
                id=world.identity("note", meeting.reference), owner_party=owner, direction="out", year=2026,
                number=int(digest_of(meeting.reference)[:6], 16),
                reference=canary(owner, "noteref"), dated_on=world.NOW.date(), meeting_id=meeting.id,
                content=sealed(owner, owner, "noteverbale"), created_by=member.id, created_at=world.NOW,
                **own(session, owner),
            ),
            PaperTemplate(
                id=world.identity("template", meeting.reference), kind="minutes", owner_party=owner, file_id=file.id,
                added_by=member.id, added_at=world.NOW, **own(session, owner),
            ),
        ]
    )  # fmt: skip


def _positions(session: GuardedSession, meeting: Meeting, item: AgendaItem, letters: str, owner: str) -> None:
    writer, speaker = world.CAST[WRITERS[owner]].id, world.CAST[SPEAKERS[owner]].id
    others = [code for code in (letters[i : i + 2] for i in range(0, len(letters), 2)) if code != owner]
    other = others[0] if others else "CA"  # a meeting of one shares with somebody who is not at its table
    alone, key = own(session, owner), meeting.reference
    position = Position(
        id=world.identity("position", key), meeting_id=meeting.id, item_id=item.id, owner_party=owner, state="cleared",
        content=sealed(owner, owner, "position"), revision=1, written_by=writer, changed_at=world.NOW,
        cleared_by=speaker, cleared_at=world.NOW, **alone,
    )  # fmt: skip
    session.add(position)
    session.flush()
    share = PositionShare(
        id=world.identity("share", key), kind="position", position_id=position.id, meeting_id=meeting.id,
        item_id=item.id, owner_party=owner, content=sealed(owner, owner, "shared"), written_by=writer,
        released_by=speaker, released_at=world.NOW, **alone,
    )  # fmt: skip
    session.add(share)
    session.flush()
    handed = ShareCopy(
        id=world.identity("share_copy", key), share_id=share.id, kind="position", party_code=other, from_party=owner,
        meeting_id=meeting.id, item_id=item.id, content=sealed(other, other, "handed"), received_at=world.NOW,
        **own(session, other),
    )  # fmt: skip
    session.add(handed)
    session.flush()
    rows: list[Guarded] = [
        PositionVersion(
            id=world.identity("position_version", key), position_id=position.id, number=1,
            content=sealed(owner, owner, "version"), written_by=writer, written_at=world.NOW, cleared_by=speaker,
            **alone,
        ),
        ShareRecipient(share_id=share.id, party_code=other, opened_at=world.NOW, **alone),
        ShareReading(
            copy_id=handed.id, person_id=world.CAST[SPEAKERS[other]].id, read_at=world.NOW, **own(session, other)
        ),
        InnerNote(
            id=world.identity("inner", key), owner_party=owner, meeting_id=meeting.id, item_id=item.id,
            text=sealed(owner, owner, "innernote"), person_id=writer, written_at=world.NOW, **alone,
        ),
    ]  # fmt: skip
    session.add_all(rows)


def _texts(session: GuardedSession, meeting: Meeting, item: AgendaItem, letters: str, author: str) -> None:
    member, seen, key = world.CAST[author], {"audience_id": meeting.audience_id}, meeting.reference
    owner, speaker = member.party or "", world.CAST[SPEAKERS[member.party or ""]].id
    parties = sorted(letters[i : i + 2] for i in range(0, len(letters), 2))
    text = AgreedText(
        id=world.identity("text", key), reference=f"{key}-T1", meeting_id=meeting.id, mechanism_id=meeting.mechanism_id,
        kind="joint_statement", title=words(letters, "text"), original_language="en", parties=parties,
        state="under_silence", revision=1, content_hash=digest_of(key), proposed_by=owner, created_by=member.id,
        created_at=world.NOW, changed_at=world.NOW, **seen,
    )  # fmt: skip
    session.add(text)
    session.add(ReferenceCounter(scope=text_counter(key), last=1))
    session.flush()
    paragraph = TextParagraph(id=world.identity("paragraph", key), text_id=text.id, position=1, item_id=item.id, **seen)
    session.add(paragraph)
    session.flush()
    of = {"text_id": text.id, **seen}
    silence = Silence(
        id=world.identity("silence", key), revision_number=1, content_hash=text.content_hash, parties=parties,
        state="held", hours=72, until_at=LATER, time_zone="America/New_York", tzdata_version="2026f",
        circulated_by=member.id, circulated_party=owner, circulated_at=world.NOW, opened_at=world.NOW, ends_at=LATER,
        settle_note=canary(letters, "settled"), **of,
    )  # fmt: skip
    session.add(silence)
    session.flush()
    session.add_all([*_of_text(text, paragraph, letters, member.id, owner, speaker, of), *_of_silence(
        silence, letters, owner, speaker, key, seen
    )])  # fmt: skip
    if meeting.mechanism_id is not None:
        session.add(
            SilenceOptIn(
                id=world.identity("opt_in", key), mechanism_id=meeting.mechanism_id, party_code=owner,
                opted_in_by=speaker, opted_in_at=world.NOW, **seen,
            )
        )  # fmt: skip
    session.add_all(
        [
            Readout(
                id=world.identity("readout", key), meeting_id=meeting.id, party_code=owner, number=1,
                wording=words(letters, "readout"), published_by=speaker, published_at=world.NOW, **seen,
            ),
            ReadoutDraft(
                id=world.identity("readout_draft", key), meeting_id=meeting.id, owner_party=owner,
                content=sealed(owner, owner, "readoutdraft"), changed_by=member.id, changed_at=world.NOW,
                **own(session, owner),
            ),
        ]
    )  # fmt: skip


def _of_text(
    text: AgreedText, paragraph: TextParagraph, letters: str, person: uuid.UUID, owner: str, speaker: uuid.UUID,
    of: dict[str, Any],
) -> list[Guarded]:  # fmt: skip
    key = text.reference.removesuffix("-T1")
    said = canary(letters, "wording")
    return [
        ParagraphWording(
            id=world.identity("wording", key), paragraph_id=paragraph.id, language="en", markdown=said,
            changed_by=person, changed_party=owner, changed_at=world.NOW, **of,
        ),
        TextRevision(
            id=world.identity("revision", key), number=1, content_hash=text.content_hash, issued_by=person,
            content={
                "title": dict(text.title), "original": "en", "reservations": [],
                "paragraphs": [{"id": str(paragraph.id), "kind": "paragraph", "wordings": {"en": said}}],
            },
            hashes={"en": text.content_hash}, note=canary(letters, "revisionnote"), issued_party=owner,
            issued_at=world.NOW, **of,
        ),
        *(
            TextLanguage(language=code, state=state, changed_by=person, changed_at=world.NOW, **of)
            for code, state in (("en", "cleared"), ("es", "in_revision"), ("fr", "requested"))
        ),
        TextComment(
            id=world.identity("comment", key), paragraph_id=paragraph.id, party_code=owner,
            words=canary(letters, "comment"), language="en", person_id=person, written_at=world.NOW, **of,
        ),
        Reservation(
            id=world.identity("reservation", key), paragraph_id=paragraph.id, party_code=owner, kind="reservation",
            wording=words(letters, "reservation"), made_by=speaker, made_at=world.NOW, **of,
        ),
        TextSignature(
            id=world.identity("signature", key), revision_number=1, party_code=owner, content_hash=text.content_hash,
            way="signed", person_id=speaker, signed_at=world.NOW, **of,
        ),
    ]  # fmt: skip


def _of_silence(
    silence: Silence, letters: str, owner: str, speaker: uuid.UUID, reference: str, seen: dict[str, Any]
) -> list[Guarded]:
    return [
        SilenceReceipt(
            silence_id=silence.id, party_code=code, received_at=world.NOW, person_id=speaker, is_reported=code != owner,
            note=canary(letters, "receipt"), **seen,
        )
        for code in silence.parties
    ] + [
        SilenceAnswer(
            silence_id=silence.id, party_code=owner, kind="agreement", words=canary(letters, "silenceanswer"),
            person_id=speaker, said_at=world.NOW, **seen,
        ),
        SilenceAnswer(
            id=world.identity("silence_answer", reference), silence_id=silence.id, is_reported=True, kind="objection",
            party_code=next((code for code in silence.parties if code != owner), owner),
            words=canary(letters, "silencereport"), person_id=speaker, said_at=world.NOW, **seen,
        ),
    ]  # fmt: skip


def _room(session: GuardedSession, meeting: Meeting, item: AgendaItem, letters: str, author: str) -> None:
    member, seen = world.CAST[author], {"audience_id": meeting.audience_id}
    session.add_all(
        [
            Room(
                id=world.identity("room", meeting.reference), meeting_id=meeting.id, chair_party=member.party,
                current_item_id=item.id, item_started_at=world.NOW, opened_at=world.NOW, **seen,
            ),
            ItemTaken(meeting_id=meeting.id, item_id=item.id, started_at=world.NOW, **seen),
            MinuteEntry(
                id=world.identity("entry", meeting.reference), meeting_id=meeting.id, item_id=item.id,
                kind="conclusion", position=1, words=canary(letters, "conclusion_captured"), language="en",
                speaker_party=member.party, speaker=canary(letters, "speaker"), person_id=member.id,
                written_at=world.NOW, changed_at=world.NOW, **seen,
            ),
            BestPractice(
                id=world.identity("practice", meeting.reference), meeting_id=meeting.id,
                mechanism_id=meeting.mechanism_id, item_id=item.id, title=words(letters, "practice"),
                words=words(letters, "practicewords"), recorded_by=member.id, recorded_at=world.NOW, **seen,
            ),
        ]
    )  # fmt: skip
