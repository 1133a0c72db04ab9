"""A meeting with as much on it as a paper may have to show: long titles, positions, shares, papers, people."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass

from app.db import GuardedSession
from app.domain.visibility import party_key
from app.models import (
    AgendaItem,
    InnerNote,
    ItemPaper,
    Meeting,
    Position,
    PositionShare,
    RegisteredDocument,
    RosterEntry,
    ShareCopy,
    ShareReading,
)
from app.models.sealed import Private
from tests import world

LONG = {
    "en": "Review of the implementation of the measures agreed at the last session on the exchange of contact points",
    "es": "Examen de la aplicación de las medidas acordadas en el último período de sesiones sobre puntos de contacto",
    "fr": "Examen de la mise en œuvre des mesures convenues lors de la dernière session au sujet de l’échange des "
    "points de contact et de la coordination entre les missions permanentes auprès des Nations Unies",
    "original": "en",
}
ABOUT = {
    "en": "The mandate is in **paragraph 4** of the summary of 2025.\n\n- first matter\n- second matter",
    "es": "El mandato está en el **párrafo 4** del resumen de 2025.\n\n- primer asunto\n- segundo asunto",
    "fr": "Le mandat figure au **paragraphe 4** du résumé de 2025.\n\n- première question\n- deuxième question",
    "original": "en",
}
EXPECTED = {
    "en": "The parties agree to keep the list of points of contact and to review it once a year.",
    "es": "Las partes acuerdan mantener la lista de puntos de contacto y revisarla una vez al año.",
    "fr": "Les parties conviennent de tenir la liste des points de contact et de la revoir une fois par an.",
    "original": "en",
}
KINDS = ("decision", "discussion", "information")


@dataclass(frozen=True)
class Filled:
    """What was filled in: the meeting's reference, and its items."""

    reference: str
    items: tuple[uuid.UUID, ...]


def fill(
    session: GuardedSession, reference: str, *, items: int = 0, people: int = 0, words: str = "", papers: int = 0
) -> Filled:
    """Add a meeting of all three with that many items, people in turn of each party, and papers of each item.

    With `words`, Mexico has a position on each item that says them, a share of the United States that it has opened,
    and a note.
    """
    meeting = world.add_meeting(session, reference, mechanism="M01", title=LONG)
    rows = [
        world.add_item(
            session, meeting, place, title=_numbered(place), type=KINDS[place % 3], minutes=3,
            lead_party=world.THREE[place % 3], presenters=f"Presenter Number {place}", annotation=ABOUT,
            expected_result=EXPECTED,
        )
        for place in range(1, items + 1)
    ]  # fmt: skip
    for place in range(people):
        session.add(_person(meeting, place))
    session.flush()
    for place, row in enumerate(rows):
        for number in range(papers):
            _paper(session, meeting, row, place * papers + number)
        if words:
            _prepare(session, meeting, row, words)
    session.flush()
    return Filled(reference, tuple(row.id for row in rows))


def _numbered(place: int) -> dict[str, str]:
    return {key: text if key == "original" else f"{text} ({place})" for key, text in LONG.items()}


def _person(meeting: Meeting, place: int) -> RosterEntry:
    party = world.THREE[place % 3]
    return RosterEntry(
        id=uuid.uuid4(), meeting_id=meeting.id, party_code=party, role="head" if place < 3 else "adviser",
        position=place, name=f"María-Élise Participante {place}", title="Deputy Director-General for North America",
        state="approved", proposed_by=world.CAST["ana"].id, proposed_at=world.NOW, audience_id=meeting.audience_id,
    )  # fmt: skip


def _paper(session: GuardedSession, meeting: Meeting, item: AgendaItem, number: int) -> None:
    document = RegisteredDocument(
        id=uuid.uuid4(), symbol=f"{meeting.reference}/{number}", meeting_id=meeting.id, state="received",
        title=LONG, original_language="en", owner_party="CA", created_by=world.CAST["benoit"].id,
        created_at=world.NOW, changed_at=world.NOW, audience_id=meeting.audience_id,
    )  # fmt: skip
    session.add(document)
    session.flush()
    session.add(ItemPaper(item_id=item.id, document_id=document.id, position=1, audience_id=meeting.audience_id))


def _prepare(session: GuardedSession, meeting: Meeting, item: AgendaItem, words: str) -> None:
    of_mexico, of_us = (session.audience({party_key(code)}) for code in ("MX", "US"))
    said: dict[str, object] = {"lines": words, "red_lines": words, "language": "en", "papers": ["UNC/2026/1"]}
    said["questions"] = [{"question": "Why now?", "answer": words}]
    own, theirs = (
        Position(
            id=uuid.uuid4(), meeting_id=meeting.id, item_id=item.id, owner_party=party, state="cleared", revision=1,
            content=Private(party, json.dumps(said)), written_by=world.CAST[writer].id, changed_at=world.NOW,
            cleared_by=world.CAST[speaker].id, cleared_at=world.NOW, audience_id=audience,
        )
        for party, writer, speaker, audience in (("MX", "diego", "ana", of_mexico), ("US", "daniel", "carol", of_us))
    )  # fmt: skip
    session.add_all([own, theirs])
    session.flush()
    share = PositionShare(
        id=uuid.uuid4(), kind="position", position_id=theirs.id, meeting_id=meeting.id, item_id=item.id,
        owner_party="US", content=Private("US", json.dumps({"lines": words})),
        written_by=world.CAST["daniel"].id, released_by=world.CAST["carol"].id, released_at=world.NOW,
        audience_id=of_us,
    )  # fmt: skip
    session.add(share)
    session.flush()
    copy = ShareCopy(
        id=uuid.uuid4(), share_id=share.id, kind="position", party_code="MX", from_party="US", meeting_id=meeting.id,
        item_id=item.id, content=Private("MX", json.dumps({"lines": words})), received_at=world.NOW,
        audience_id=of_mexico,
    )  # fmt: skip
    session.add(copy)
    session.flush()
    session.add(
        ShareReading(
            copy_id=copy.id, person_id=world.CAST["ana"].id, read_at=world.NOW + dt.timedelta(1), audience_id=of_mexico
        )
    )
    session.add(
        InnerNote(
            id=uuid.uuid4(), owner_party="MX", meeting_id=meeting.id, item_id=item.id, text=Private("MX", words),
            person_id=world.CAST["diego"].id, written_at=world.NOW, audience_id=of_mexico,
        )
    )  # fmt: skip
