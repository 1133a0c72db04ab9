"""Staged changes: a meeting is edited as a draft of its own, previewed, then published all at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.db import GuardedSession, digest_of
from app.domain import lifecycle
from app.domain.around import moved
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.lifecycle import MeetingState
from app.domain.meeting_advice import Advice, Change, changes
from app.domain.meeting_content import FROM_TEMPLATE, MeetingContent, Refused
from app.domain.references import parse_meeting_reference
from app.domain.visibility import Action, appointments_in, can
from app.models import Draft, Mechanism, Meeting
from app.services import outbox
from app.services.around import beside_to_decide, place_beside
from app.services.audience_moves import move_to_parties
from app.services.drafts import (
    OPEN,
    OpenDraft,
    add_draft,
    any_draft,
    as_fields,
    check_version,
    content_of,
    end_draft,
    find_draft,
    save_draft,
    start_draft,
)
from app.services.meeting_audience import keys_of, rows_audience
from app.services.meeting_state import apply_state, state_of
from app.services.meeting_times import content_of_meeting, write_parties, write_timing
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.parents import load_parent
from app.services.proposing import Ready, advice_for, make_ready, speaker

WHEN: Final = ("zone", "first_day", "last_day", "starts", "ends", "choice")


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing a draft's changes does: each field's old and new, and what it causes.

    `is_asked_again` where the time or the parties change, so that every party's answer is asked for anew.
    """

    found: OpenDraft
    meeting: Meeting
    ready: Ready
    old: MeetingContent
    changes: tuple[Change, ...]
    state: MeetingState
    moves: bool
    is_asked_again: bool
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    advice: tuple[Advice, ...]


def stage_changes(session: GuardedSession, reference: str) -> Draft:
    """Return the open draft of changes to a meeting of the viewer's side, begun from the meeting if there is none.

    Raises `NotFound`; `Refusal` `forbidden`, or `not_in_state` for a meeting that changes no more.
    """
    meeting = find_meeting(session, reference, lock=True)  # so that two who begin at once begin one draft
    _check_allowed(session, meeting)
    viewer = session.bound_viewer
    serving = facts_of_meeting(session, meeting).appointments
    hat = None if viewer.sits_at_a_table else next(hat for hat in viewer.hats if hat.appointment_id in serving)
    owner = Draft.owner_appointment == hat.appointment_id if hat else Draft.owner_party == viewer.party
    standing = session.execute(
        select(Draft).where(Draft.meeting_id == meeting.id, Draft.kind == "changes", OPEN, owner).limit(1)
    ).scalar_one_or_none()
    if standing is not None:
        return standing
    return add_draft(session, "changes", content_now(session, meeting), hat, meeting)


def content_now(session: GuardedSession, meeting: Meeting) -> MeetingContent:
    """Return what a meeting says as it stands."""
    mechanism = session.get(Mechanism, meeting.mechanism_id) if meeting.mechanism_id else None
    parent = load_parent(session, meeting)
    return content_of_meeting(meeting, mechanism.code if mechanism else None, parent.key if parent else "")


def stage_following(session: GuardedSession, reference: str) -> Draft:
    """Return a draft of changes by which a meeting moves by as many days as what it is around has; its hours stay.

    Changes that are open already keep what else they say. Raises `NotFound`; `Refusal` `forbidden`,
    `nothing_to_follow`, what `stage_changes` and `save_draft` raise, and what wall times do.
    """
    meeting = find_meeting(session, reference, lock=True)
    found = beside_to_decide(session, meeting)
    if found.standing != "moved":
        raise Refusal("nothing_to_follow")
    draft = stage_changes(session, reference)
    first, last = (moved(day, found.moved_by) for day in (meeting.starts_on, meeting.ends_on))
    content = dataclasses.replace(content_of(draft), first_day=first, last_day=last)
    return save_draft(session, draft.id, content, version=draft.version)


def meeting_of(session: GuardedSession, found: OpenDraft) -> Meeting:
    """Return the meeting whose changes a draft stages; raises `NotFound` when it is not seen any more."""
    if found.draft.kind != "changes" or found.meeting is None:
        raise NotFound
    return find_meeting(session, found.meeting.reference)


def moved_under(found: OpenDraft, meeting: Meeting) -> bool:
    """Say whether the meeting has changed since the draft's changes were compared with it."""
    return found.draft.meeting_version != meeting.version


def publication_of(session: GuardedSession, draft_id: uuid.UUID) -> Publication:
    """Return what publishing a draft will do; raises as `publish` does, save `nothing_changed`, and writes nothing."""
    return _publication(session, find_draft(session, draft_id))


def publish(session: GuardedSession, draft_id: uuid.UUID, *, version: int, said_yes: Collection[str] = ()) -> Meeting:
    """Apply a draft's changes to its meeting all at once, record them, and tell the parties.

    `said_yes` are parties that agreed to the new time in a poll. Changes that were published before give their
    meeting again. Raises `NotFound`; `Refused`; `Refusal` `forbidden`, `parties_need_a_coordinator`, `not_in_state`,
    `needs_own_party`, `not_appointed_by_these`, `start_has_passed`, `nothing_changed`; `StaleVersion` when the draft,
    or the meeting under it, has changed since.
    """
    found = any_draft(session, draft_id)
    if found.draft.ended_at is not None:
        if found.draft.kind != "changes" or found.meeting is None:
            raise NotFound
        return found.meeting
    check_version(found.draft, version, found.content)
    planned = _publication(session, found, lock=True, said_yes=said_yes)
    if moved_under(found, planned.meeting):
        raise StaleVersion(as_fields(planned.ready.content), as_fields(planned.old))
    if not planned.changes:
        raise Refusal("nothing_changed")
    if planned.added or planned.dropped:
        _check_may_choose_parties(session, planned.meeting)
    _apply(session, planned)
    end_draft(session, found.draft)
    draft, meeting = found.draft, planned.meeting
    session.record("draft_published", "draft", draft.id, draft.audience_id, reference=meeting.reference)
    return meeting


def told_by_reference(planned: Publication) -> tuple[tuple[str, ...], int] | None:
    """Return what its reference tells the parties that come in: of whom it was (none: all), and how many came before.

    A reference is never renumbered (design, references). None where nobody comes in.
    """
    parsed = parse_meeting_reference(planned.meeting.reference)
    if not planned.added or parsed is None:
        return None
    began = tuple(sorted(set(planned.old.parties))) if parsed.codes else ()
    return began, parsed.number - 1


def begin_anew(session: GuardedSession, draft_id: uuid.UUID, *, version: int) -> Draft:
    """Begin a draft of a meeting of its own from changes that are staged, which end; the meeting stays as it is.

    Its reference is then counted with the meetings of its own parties, and tells nothing of the other. Raises what
    `find_draft`, `publication_of` and `start_draft` raise; `StaleVersion`.
    """
    found = find_draft(session, draft_id)
    check_version(found.draft, version, found.content)
    if found.draft.kind != "changes":
        raise NotFound
    anew = start_draft(session, dataclasses.replace(found.content, agenda=FROM_TEMPLATE))
    end_draft(session, found.draft)
    session.record("draft_discarded", "draft", found.draft.id, found.draft.audience_id)
    return anew


def _publication(
    session: GuardedSession, found: OpenDraft, *, lock: bool = False, said_yes: Collection[str] = ()
) -> Publication:
    if found.draft.kind != "changes" or found.meeting is None:
        raise NotFound
    meeting = find_meeting(session, found.meeting.reference, lock=lock)
    _check_allowed(session, meeting)
    old = content_now(session, meeting)
    is_hidden = not old.around and (meeting.parent_id or meeting.event_id) is not None
    ready = make_ready(session, found.content, found.draft, has_hidden_parent=is_hidden)
    ready = _as_it_stands(ready, old, meeting)
    before = state_of(meeting)
    by = {**speaker(session, found.draft), "said_yes": said_yes}
    after = lifecycle.publish_changes(before, parties=ready.content.parties, when=ready.timing.when, **by)
    moves = after.when != before.when
    if moves and after.when.is_too_late(session.now):
        raise Refused([Refusal("start_has_passed", field="first_day")])
    return Publication(
        found=found,
        meeting=meeting,
        ready=ready,
        old=old,
        changes=changes(old, ready.content),
        state=after,
        moves=moves,
        is_asked_again=moves or set(after.parties) != set(before.parties),
        added=tuple(sorted(set(after.parties) - set(before.parties))),
        dropped=tuple(sorted(set(before.parties) - set(after.parties))),
        advice=advice_for(session, ready, meeting) if moves or _meets_elsewhere(old, ready.content) else (),
    )


def _meets_elsewhere(old: MeetingContent, new: MeetingContent) -> bool:
    """Say whether the place or the parties change, of which there may be something to think over too."""
    return old.place != new.place or set(old.parties) != set(new.parties)


def _as_it_stands(ready: Ready, old: MeetingContent, meeting: Meeting) -> Ready:
    """Return the content as it would be published, on the instants already promised where nobody moved them.

    Zone data may have changed since the meeting was promised; editing its place must not move it.
    """
    content = dataclasses.replace(ready.content, last_day=ready.content.last_day or ready.content.first_day)
    if any(getattr(content, name) != getattr(old, name) for name in WHEN):
        return dataclasses.replace(ready, content=content)
    kept = dataclasses.replace(ready.timing, when=state_of(meeting).when, tzdata=meeting.tzdata_version)
    return dataclasses.replace(ready, content=content, timing=kept)


def _check_allowed(session: GuardedSession, meeting: Meeting) -> None:
    if not can(session.bound_viewer, Action.CHANGE_MEETING, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    if not lifecycle.allowed(state_of(meeting).state, "publish"):
        raise Refusal("not_in_state", state=meeting.state, verb="publish")


def _check_may_choose_parties(session: GuardedSession, meeting: Meeting) -> None:
    """Hold the choice of another table to those who speak for a party, or serve all of them.

    To let a party in shows it what the others have of the meeting; no official does that alone.
    """
    if not can(session.bound_viewer, Action.STEER_MEETING, facts_of_meeting(session, meeting)):
        raise Refusal("parties_need_a_coordinator", field="parties")


def _apply(session: GuardedSession, planned: Publication) -> None:
    meeting, content = planned.meeting, planned.ready.content
    audience_before = rows_audience(session, meeting)
    keys_before = keys_of(session, audience_before)
    meeting.title, meeting.ordinal, meeting.format = content.titles, content.ordinal, content.format
    meeting.kind = content.kind
    meeting.place, meeting.conference_url = content.place or None, content.conference_url or None
    if planned.added or planned.dropped:
        move_to_parties(session, meeting, content.parties, planned.dropped)
    write_parties(session, meeting, content.parties, content.hosting)
    write_timing(session, meeting, planned.ready.timing)
    apply_state(meeting, planned.state, session, session.now, asked_anew=planned.is_asked_again)
    if planned.old.around != content.around or (planned.moves and planned.ready.parent is not None):
        place_beside(session, meeting, planned.ready.parent)
    session.flush()  # the record and the mails are of what stands now
    _record(session, planned, keys_before, audience_before)
    _tell(session, planned, keys_before)


def _record(
    session: GuardedSession, planned: Publication, keys_before: frozenset[str], audience_before: uuid.UUID
) -> None:
    """Record old and new values for those who saw both, and to the others only that they came or went."""
    meeting = planned.meeting
    audience_after = rows_audience(session, meeting)
    keys_after = keys_of(session, audience_after)
    facts = {
        change.field: [_plain(change.field, change.old), _plain(change.field, change.new)]
        for change in planned.changes
        if change.field != "around"  # recorded apart, for those who see that too
    }
    session.record(
        "meeting_changed", "meeting", meeting.id, session.audience(keys_before & keys_after), changes=facts,
        zones=[planned.old.zone, planned.ready.content.zone], state=meeting.state, sequence=meeting.sequence,
        asked_again=planned.is_asked_again,
    )  # fmt: skip
    if planned.dropped:
        session.record("meeting_parties_dropped", "meeting", meeting.id, audience_before, parties=list(planned.dropped))
    if planned.added:
        session.record("meeting_parties_added", "meeting", meeting.id, audience_after, parties=list(planned.added))


def _tell(session: GuardedSession, planned: Publication, keys_before: frozenset[str]) -> None:
    """Tell each person one thing: that it changed, that it is proposed to them, or that they are in it no more."""
    person, meeting = session.bound_viewer.person_id, planned.meeting
    stayed = [code for code in planned.state.parties if code not in planned.added]
    keys_after = keys_of(session, meeting.audience_id)
    knew = not appointments_in(keys_after).isdisjoint(appointments_in(keys_before))
    outbox.tell_parties(session, "meeting_changed", meeting, stayed, person, with_secretariat=knew)
    outbox.tell_parties(session, "meeting_proposed", meeting, planned.added, person, with_secretariat=not knew)
    outbox.tell_left(session, meeting, keys_before, person)


def _plain(name: str, value: object) -> Any:
    """Return a value as the record keeps it; a conference's address lets people in, so only its digest."""
    if name == "conference_url":
        return digest_of(str(value)) if value else None
    match value:
        case dt.time():
            return value.isoformat("minutes")
        case dt.date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value
