"""Readouts: each party's own account of a meeting, written inside its delegation and published beside the others'."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.markdown import cleaned
from app.domain.visibility import Action, Facts, can, party_key
from app.models import Meeting, Readout, ReadoutDraft
from app.models.sealed import Private, Unopened
from app.services.meeting_audience import rows_audience
from app.services.meeting_state import chosen_rows
from app.services.meetings import find_meeting

WORDING_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """What a delegation is writing: by language; nothing where it does not open now, and then why."""

    wording: Mapping[str, str]
    version: int
    unopened: Unopened | None = None


@dataclass(frozen=True, slots=True)
class ReadoutPage:
    """A meeting with the last readout that each of its parties published, and how often it did.

    `draft` is the viewer's own delegation's; None for who is of none.
    """

    meeting: Meeting
    parties: tuple[str, ...]
    published: Mapping[str, Readout]
    draft: OwnDraft | None
    may_write: bool
    may_publish: bool


def readout_page(session: GuardedSession, reference: str) -> ReadoutPage:
    """Return the readouts of a meeting side by side; raises `NotFound`."""
    meeting = find_meeting(session, reference)
    rows = session.execute(select(Readout).where(Readout.meeting_id == meeting.id).order_by(Readout.number)).scalars()
    may_write = _may(session, meeting, Action.WRITE_READOUT)
    parties = tuple(sorted(row.party_code for row in chosen_rows(meeting)))
    draft = _draft_of(session, meeting) if may_write else None
    return ReadoutPage(
        meeting, parties, {row.party_code: row for row in rows}, draft, may_write,
        _may(session, meeting, Action.PUBLISH_READOUT),
    )  # fmt: skip


def save_draft(session: GuardedSession, reference: str, wording: Mapping[str, str], *, version: int) -> ReadoutDraft:
    """Keep what the viewer's delegation is writing, sealed under its key; `version` 0 where there was none yet.

    Raises `NotFound`; `Refusal` `forbidden` and what Markdown raises; `StaleVersion`, `KeyServiceDown`.
    """
    meeting = find_meeting(session, reference)
    if not _may(session, meeting, Action.WRITE_READOUT):
        raise Refusal("forbidden")
    party = session.bound_viewer.party or ""
    row = _draft_row(session, meeting, party)
    if version != (row.version if row else 0):
        raise StaleVersion(dict(wording), dict(_read(row.content.text)) if row else {})
    content = Private(party, json.dumps(_cleaned(wording), ensure_ascii=False, sort_keys=True))
    if row is None:
        row = ReadoutDraft(
            id=uuid.uuid4(), meeting_id=meeting.id, owner_party=party, content=content,
            changed_by=session.bound_viewer.person_id, changed_at=session.now,
            audience_id=session.audience({party_key(party)}),
        )  # fmt: skip
        session.add(row)
    else:
        row.content, row.changed_by, row.changed_at = content, session.bound_viewer.person_id, session.now
    session.flush()
    session.record("readout_drafted", "readout", row.id, row.audience_id, reference=meeting.reference)
    return row


def publish_readout(session: GuardedSession, reference: str, *, version: int) -> Readout:
    """Publish what the viewer's delegation wrote to all who are at the meeting; the one before it stays in the record.

    Raises `NotFound`; `Refusal` `forbidden`, `readout_empty`, `readout_unchanged`; `StaleVersion` where the draft is
    another by now.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not _may(session, meeting, Action.PUBLISH_READOUT):
        raise Refusal("forbidden")
    party = session.bound_viewer.party or ""
    draft = _draft_row(session, meeting, party)
    wording = _read(draft.content.text) if draft else {}
    if draft is None or not wording:
        raise Refusal("readout_empty")
    if draft.version != version:
        raise StaleVersion({}, dict(wording))
    last = session.execute(
        select(Readout)
        .where(Readout.meeting_id == meeting.id, Readout.party_code == party)
        .order_by(Readout.number.desc())
        .limit(1)
    ).scalar_one_or_none()
    if last is not None and last.wording == wording:
        raise Refusal("readout_unchanged")
    row = Readout(
        id=uuid.uuid4(), meeting_id=meeting.id, party_code=party, number=last.number + 1 if last else 1,
        wording=wording, published_by=session.bound_viewer.person_id, published_at=session.now,
        audience_id=rows_audience(session, meeting),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.record(
        "readout_published", "readout", row.id, row.audience_id, reference=meeting.reference, party=party,
        number=row.number,
    )  # fmt: skip
    return row


def _may(session: GuardedSession, meeting: Meeting, action: Action) -> bool:
    """Say whether the viewer may do this for their own party, which is at the meeting."""
    party = session.bound_viewer.party
    at_table = any(row.party_code == party for row in chosen_rows(meeting))
    return at_table and can(session.bound_viewer, action, Facts(owner=party))


def _draft_of(session: GuardedSession, meeting: Meeting) -> OwnDraft:
    row = _draft_row(session, meeting, session.bound_viewer.party or "")
    if row is None:
        return OwnDraft({}, 0)
    unopened = row.content.unopened
    return OwnDraft({} if unopened else _read(row.content.text), row.version, unopened)


def _draft_row(session: GuardedSession, meeting: Meeting, party: str) -> ReadoutDraft | None:
    return session.execute(
        select(ReadoutDraft)
        .where(ReadoutDraft.meeting_id == meeting.id, ReadoutDraft.owner_party == party)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _cleaned(wording: Mapping[str, str]) -> dict[str, str]:
    said = {code: cleaned(wording.get(code), f"wording_{code}", WORDING_LIMIT) for code in words.LANGUAGES}
    return {code: text for code, text in said.items() if text}


def _read(text: str) -> dict[str, str]:
    read = json.loads(text)
    return {code: str(read[code]) for code in words.LANGUAGES if read.get(code)}
