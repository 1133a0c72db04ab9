"""Drafts: what a delegation, or a secretariat, prepares before anybody else may know of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import Checked, MeetingContent, Refused, check
from app.domain.visibility import Action, Facts, Hat, audience_of_draft, can
from app.models import Draft, Mechanism, Meeting, Party
from app.models.sealed import Private
from app.services.around import checked_parent, side_of, side_of_viewer

SECRETARIAT: Final = "secretariat"
OPEN: Final = Draft.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with its content opened; `meeting` is the one whose changes are staged, where it is still seen."""

    draft: Draft
    content: MeetingContent
    meeting: Meeting | None = None


def own_drafts(session: GuardedSession) -> tuple[OpenDraft, ...]:
    """Return the open drafts of the viewer's delegation or secretariats, the last changed first."""
    rows = session.execute(
        select(Draft, Meeting)
        .outerjoin(Meeting, Meeting.id == Draft.meeting_id)
        .where(OPEN)
        .order_by(Draft.changed_at.desc(), Draft.id)
    )
    return tuple(OpenDraft(draft, _content_shown(draft), meeting) for draft, meeting in rows)


def _content_shown(draft: Draft) -> MeetingContent:
    """Return what a draft says, nothing while its owner's key service is away: a list shows the others beside it."""
    return MeetingContent() if draft.content.unopened else content_of(draft)


def content_of(draft: Draft) -> MeetingContent:
    """Return what a draft says."""
    return MeetingContent.from_json(draft.content.text)


def find_draft(session: GuardedSession, draft_id: uuid.UUID) -> OpenDraft:
    """Return an open draft; raises `NotFound` for one that ended, that is not there, or that is somebody else's."""
    found = any_draft(session, draft_id)
    if found.draft.ended_at is not None:
        raise NotFound
    return found


def any_draft(session: GuardedSession, draft_id: uuid.UUID) -> OpenDraft:
    """Return a draft, ended or not; raises `NotFound`, and `Refusal("forbidden")` for who may not edit it."""
    row = session.execute(
        select(Draft, Meeting).outerjoin(Meeting, Meeting.id == Draft.meeting_id).where(Draft.id == draft_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    draft, meeting = row
    if not can(session.bound_viewer, Action.EDIT_DRAFT, facts_of_draft(draft)):
        raise Refusal("forbidden")
    return OpenDraft(draft, content_of(draft), meeting)


def facts_of_draft(draft: Draft) -> Facts:
    """Return what the table of permissions needs to know of a draft: whose it is."""
    appointments = frozenset({draft.owner_appointment}) if draft.owner_appointment else frozenset()
    return Facts(owner=draft.owner_party, appointments=appointments)


def start_draft(session: GuardedSession, content: MeetingContent) -> Draft:
    """Keep a new draft of a meeting, sealed for its drafters alone.

    Raises `Refused` with everything in it that cannot be, `Refusal("no_appointment")` for a secretariat
    that serves no such mechanism, `forbidden`, and what `checked_parent` raises.
    """
    viewer = session.bound_viewer
    if not can(viewer, Action.DRAFT_MEETING):
        raise Refusal("forbidden")
    checked = check_draft(session, content)
    hat = hat_for(session, checked.content.mechanism)
    checked_parent(session, checked.content, side_of_viewer(session, hat))
    return add_draft(session, "meeting", checked.content, hat)


def add_draft(
    session: GuardedSession, kind: str, content: MeetingContent, hat: Hat | None, meeting: Meeting | None = None
) -> Draft:
    """Add a draft's row, owned by the viewer's delegation, or by the secretariat whose hat is worn."""
    viewer = session.bound_viewer
    owner = None if hat else viewer.party
    draft = Draft(
        id=uuid.uuid4(), kind=kind, owner_party=owner, owner_appointment=hat.appointment_id if hat else None,
        meeting_id=meeting.id if meeting else None, meeting_version=meeting.version if meeting else None,
        content=Private(owner or SECRETARIAT, content.to_json()), created_by=viewer.person_id,
        created_at=session.now, changed_at=session.now,
        audience_id=session.audience(audience_of_draft(viewer, hat.appointment_id if hat else None)),
    )  # fmt: skip
    session.add(draft)
    session.flush()  # the record names it
    session.record("draft_started", "draft", draft.id, draft.audience_id, kind=kind)
    return draft


def save_draft(
    session: GuardedSession,
    draft_id: uuid.UUID,
    content: MeetingContent,
    *,
    version: int,
    meeting_version: int | None = None,
) -> Draft:
    """Keep what a draft says now; of a meeting's staged changes, the version of it that they were compared with.

    Raises what `find_draft` and `start_draft` raise, and `StaleVersion` with both contents.
    """
    found = find_draft(session, draft_id)
    draft = found.draft
    checked = check_draft(session, content, standing=found.meeting)
    checked_parent(session, checked.content, side_of(draft), draft.meeting_id)
    check_version(draft, version, checked.content)
    if draft.owner_appointment is not None and draft.kind == "meeting":
        _check_serves(session, draft.owner_appointment, checked.content.mechanism)
    if draft.kind == "changes" and meeting_version is not None:
        draft.meeting_version = meeting_version
    draft.content = Private(draft.content.owner, checked.content.to_json())
    draft.changed_at = session.now
    session.flush()  # the version that a page shows next
    session.record("draft_saved", "draft", draft.id, draft.audience_id, version=draft.version)
    return draft


def discard_draft(session: GuardedSession, draft_id: uuid.UUID, *, version: int) -> Draft:
    """End a draft without a trace elsewhere; it is kept, ended. Raises `NotFound`, `StaleVersion`."""
    found = find_draft(session, draft_id)
    check_version(found.draft, version, found.content)
    end_draft(session, found.draft)
    session.record("draft_discarded", "draft", found.draft.id, found.draft.audience_id)
    return found.draft


def end_draft(session: GuardedSession, draft: Draft) -> None:
    """Mark a draft as ended."""
    draft.ended_at = draft.changed_at = session.now


def check_version(draft: Draft, version: int, yours: MeetingContent) -> None:
    """Raise `StaleVersion` with both contents when a draft has changed since its form was made."""
    if draft.version != version:
        raise StaleVersion(as_fields(yours), as_fields(content_of(draft)))


def as_fields(content: MeetingContent) -> dict[str, object]:
    """Return a content by its fields, for a page that shows two of them side by side."""
    return {each.name: getattr(content, each.name) for each in fields(content)}


# What a draft may name ----------------------------------------------------------------------------


def check_draft(session: GuardedSession, content: MeetingContent, *, standing: Meeting | None = None) -> Checked:
    """Return the content cleaned; raises `Refused` with everything in it that cannot be.

    `standing` is the meeting whose changes it says, which keeps its mechanism whatever became of that.
    """
    refusals: list[Refusal] = []
    mechanism = None
    try:
        mechanism = mechanism_named(session, content.mechanism, standing=standing)
    except Refusal as refusal:
        refusals.append(refusal)
    checked = check(content, known_parties(session, mechanism).keys())
    if refusals or checked.refusals:
        raise Refused([*refusals, *checked.refusals])
    return checked


def mechanism_named(session: GuardedSession, code: str | None, *, standing: Meeting | None = None) -> Mechanism | None:
    """Return the mechanism of a code, None for None (ad hoc).

    Raises `Refusal("unknown_mechanism")` for a code of none, for a proposal in the literature, for what was merged
    into another, and for what not every party has agreed to yet: save for a meeting that stands under it already.
    """
    if code is None:
        return None
    row = session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one_or_none()
    if row is not None and standing is not None and row.id == standing.mechanism_id:
        return row
    if row is None or row.status == "proposed" or row.merged_into_id is not None or not row.is_settled:
        raise Refusal("unknown_mechanism", field="mechanism")
    return row


def known_parties(session: GuardedSession, mechanism: Mechanism | None) -> Mapping[str, Party]:
    """Return the parties that can be chosen, by code: the three governments, and all of the mechanism's."""
    listed = list(mechanism.parties) if mechanism else []
    rows = session.execute(
        select(Party).where(or_(Party.is_core.is_(True), Party.code.in_(listed))).order_by(Party.code)
    ).scalars()
    return {row.code: row for row in rows}


def choosable_mechanisms(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms that the viewer can draft a meeting of, by their refs: their party's, or their hats'.

    A concluded one is among them, since its past meetings can be recorded; a proposal in the literature is not.
    """
    viewer = session.bound_viewer
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.status != "proposed", Mechanism.merged_into_id.is_(None), Mechanism.is_settled.is_(True))
        .order_by(Mechanism.ref)
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.parties, Mechanism.ref))
    ).scalars()
    if viewer.sits_at_a_table:
        return tuple(row for row in rows if viewer.party in row.parties)
    served = {hat.mechanism_id for hat in viewer.hats}  # one for a single meeting drafts no other
    return tuple(row for row in rows if row.id in served)


def hat_for(session: GuardedSession, mechanism_code: str | None) -> Hat | None:
    """Return the secretariat appointment that the viewer drafts as; None for one who drafts for a delegation.

    Raises `Refusal("no_appointment")` for a secretariat's member who serves no such mechanism.
    """
    viewer = session.bound_viewer
    if viewer.sits_at_a_table:
        return None
    mechanism = mechanism_named(session, mechanism_code)
    wanted = mechanism.id if mechanism else None
    serving = (hat for hat in viewer.hats if (hat.mechanism_id == wanted if wanted else hat.is_ad_hoc))
    hat = next(serving, None)
    if hat is None:
        raise Refusal("no_appointment", field="mechanism")
    return hat


def _check_serves(session: GuardedSession, appointment_id: uuid.UUID, mechanism_code: str | None) -> None:
    """Hold a secretariat's draft to the mechanism that it serves; raises `Refusal("no_appointment")`."""
    mechanism = mechanism_named(session, mechanism_code)
    for hat in session.bound_viewer.hats:
        serves = hat.mechanism_id == mechanism.id if mechanism else hat.is_ad_hoc
        if hat.appointment_id == appointment_id and serves:
            return
    raise Refusal("no_appointment", field="mechanism")
