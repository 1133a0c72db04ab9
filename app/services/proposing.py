"""Proposing: what each party will see, and the act by which a draft becomes a meeting of its parties."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain import lifecycle
from app.domain.agenda import TemplateItem, from_template
from app.domain.errors import NotFound, Refusal
from app.domain.lifecycle import MeetingState
from app.domain.meeting_advice import Advice
from app.domain.meeting_content import (
    FROM_TEMPLATE,
    NO_AGENDA,
    MeetingContent,
    Refused,
    Timing,
    check_own_side,
    missing,
)
from app.domain.visibility import Action, can
from app.models import AgendaItem, Draft, Mechanism, Meeting, MeetingParty, Party, Sitting
from app.services import outbox
from app.services.around import check_is_placed, checked_parent, columns_of, record_place, side_of
from app.services.drafts import (
    OpenDraft,
    any_draft,
    check_draft,
    check_version,
    end_draft,
    facts_of_draft,
    find_draft,
    known_parties,
    mechanism_named,
)
from app.services.meeting_audience import MeetingAudience, agenda_audience, audience_of
from app.services.meeting_state import apply_state
from app.services.meeting_warnings import Planned, warnings_for
from app.services.meetings import find_meeting
from app.services.parents import Parent
from app.services.references import allot_meeting_reference, scope_of_meeting, uid_domain


@dataclass(frozen=True, slots=True)
class Ready:
    """A content that can be proposed, with all that it names found and its time resolved."""

    content: MeetingContent
    timing: Timing
    mechanism: Mechanism | None
    parties: Mapping[str, Party]
    audience: MeetingAudience
    parent: Parent | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What will be when a draft is proposed.

    `scope` is the reference without its number, which is given out on proposing; `state` what the
    meeting begins as; `said_yes` the parties whose yes the proposal is.
    """

    found: OpenDraft
    ready: Ready
    scope: str
    state: str
    said_yes: tuple[str, ...]
    agenda: tuple[TemplateItem, ...]
    advice: tuple[Advice, ...]


def preview_of(session: GuardedSession, draft_id: uuid.UUID) -> Preview:
    """Return what proposing a draft will do; raises as `propose` does, and writes nothing."""
    found = find_draft(session, draft_id)
    ready = _ready(session, found)
    state = proposed(session, found.draft, ready, "preview")
    return Preview(
        found=found,
        ready=ready,
        scope=scope_of_meeting(
            ready.mechanism, ready.content.parties, ready.timing.when.first_day.year, session.bound_viewer.party
        ),
        state=state.state,
        said_yes=tuple(code for code, answer in state.answers.items() if answer.confirms),
        agenda=_agenda(session, ready),
        advice=advice_for(session, ready),
    )


def advice_for(session: GuardedSession, ready: Ready, standing: Meeting | None = None) -> tuple[Advice, ...]:
    """Return what to think over about a meeting, of what the viewer may see; `standing` is the one it changes."""
    planned = Planned(
        when=ready.timing.when,
        parties=ready.content.parties,
        place=ready.content.place or None,
        mechanism_id=ready.mechanism.id if ready.mechanism else None,
        id=standing.id if standing else None,
        parent_id=ready.parent.meeting.id if ready.parent and ready.parent.meeting is not None else None,
        reference=standing.reference if standing else None,
    )
    return warnings_for(session, planned, ready.parties)


def propose(
    session: GuardedSession, draft_id: uuid.UUID, *, version: int, uid_host: str, said_yes: Collection[str] = ()
) -> Meeting:
    """Make a draft a meeting of its parties: its rows, its reference and UID, its agenda; all are told.

    `uid_host` is the domain of UIDs if none is fixed yet; `said_yes` are parties that agreed to the time in a poll,
    and where that confirms it, all are told of that at once. A draft that was proposed before gives its meeting
    again. Raises `NotFound`; `Refused` with everything that is missing or cannot be; `Refusal` `forbidden`,
    `needs_own_party`, `not_appointed_by_these`, `start_has_passed`, `unknown_meeting`; `StaleVersion`.
    """
    found = any_draft(session, draft_id)
    if found.draft.ended_at is not None:
        return _proposed_before(found)
    check_version(found.draft, version, found.content)
    ready = _ready(session, found)
    state = proposed(session, found.draft, ready, f"{uuid.uuid4()}@{uid_domain(session, uid_host)}", said_yes)
    reference = allot_meeting_reference(
        session, ready.mechanism, ready.content.parties, ready.timing.when.first_day.year
    )
    owners = found.draft.owner_party, found.draft.owner_appointment
    meeting = add_meeting(session, ready, state, reference, owners)
    add_agenda(session, meeting, _agenda(session, ready))
    end_draft(session, found.draft)
    found.draft.meeting_id = meeting.id
    session.record("draft_proposed", "draft", found.draft.id, found.draft.audience_id, reference=reference)
    session.record(
        "meeting_proposed", "meeting", meeting.id, meeting.audience_id, reference=reference,
        parties=list(state.parties), starts_at=meeting.starts_at.isoformat(), state=meeting.state, kind=meeting.kind,
    )  # fmt: skip
    record_place(session, meeting, None, ready.parent)
    kind = "meeting_confirmed" if said_yes and meeting.state == "confirmed" else "meeting_proposed"
    outbox.tell_parties(session, kind, meeting, state.parties, session.bound_viewer.person_id)
    return meeting


def add_meeting(
    session: GuardedSession,
    ready: Ready,
    state: MeetingState,
    reference: str,
    proposed_by: tuple[str | None, uuid.UUID | None],
) -> Meeting:
    """Add the rows of a meeting in the audience of its parties, as its state says.

    `proposed_by` is the party or the appointment that sets it up.
    """
    content, timing = ready.content, ready.timing
    audience_id = session.audience(ready.audience.keys)
    meeting = Meeting(
        id=uuid.uuid4(), reference=reference, mechanism_id=ready.mechanism.id if ready.mechanism else None,
        ordinal=content.ordinal, title=content.titles, state=state.state, format=content.format,
        place=content.place or None, conference_url=content.conference_url or None, source=content.source or None,
        time_zone=timing.when.zone_name, starts_on=timing.when.first_day, ends_on=timing.when.last_day,
        starts_time=timing.starts, ends_time=timing.ends, starts_at=timing.when.starts_at, ends_at=timing.when.ends_at,
        tzdata_version=timing.tzdata, uid=state.uid, sequence=state.sequence, created_at=session.now,
        changed_at=session.now, proposed_by=proposed_by[0], proposed_by_appointment=proposed_by[1],
        audience_id=audience_id, kind=content.kind, **columns_of(ready.parent),
    )  # fmt: skip
    meeting.parties = [
        MeetingParty(party_code=code, hosting=content.hosting.get(code, "none"), audience_id=audience_id)
        for code in state.parties
    ]
    meeting.sittings = [
        Sitting(position=position, starts_at=starts_at, ends_at=ends_at, audience_id=audience_id)
        for position, (starts_at, ends_at) in enumerate(timing.when.sittings, start=1)
    ]
    session.add(meeting)
    apply_state(meeting, state, session, session.now)
    session.flush()  # items and drafts refer to it
    return meeting


def add_agenda(session: GuardedSession, meeting: Meeting, items: tuple[TemplateItem | AgendaItem, ...]) -> None:
    """Add the items of a template, or copies of another meeting's, in their order."""
    chosen = {row.party_code for row in meeting.parties}
    audience_id = agenda_audience(session, meeting)
    for position, item in enumerate(items, start=1):
        lead = getattr(item, "lead_party", None)
        session.add(
            AgendaItem(
                meeting_id=meeting.id, position=position, kind=item.kind, type=item.type, title=_titled(item.title),
                lead_party=lead if lead in chosen else None, minutes=item.minutes, removed=False,
                audience_id=audience_id,
            )
        )  # fmt: skip
    session.flush()


def template_of(mechanism: Mechanism | None) -> tuple[TemplateItem, ...]:
    """Return the items that an agenda of the mechanism usually has: its own template's, or the usual ones."""
    own = mechanism.facts.get("agenda_template") if mechanism else None
    return from_template(own or [dict(item.as_facts()) for item in load_shipped().default_agenda_template])


def _titled(title: Mapping[str, str]) -> dict[str, str]:
    return {"original": "en", **title}


def _ready(session: GuardedSession, found: OpenDraft) -> Ready:
    """Return the draft's content with all that it names; raises what `propose` raises."""
    if found.draft.kind != "meeting":
        raise NotFound
    if not can(session.bound_viewer, Action.PROPOSE_MEETING, facts_of_draft(found.draft)):
        raise Refusal("forbidden")
    ready = make_ready(session, found.content, found.draft)
    if ready.timing.when.is_too_late(session.now):
        raise Refused([Refusal("start_has_passed", field="first_day")])
    return ready


def make_ready(
    session: GuardedSession, content: MeetingContent, draft: Draft, *, has_hidden_parent: bool = False
) -> Ready:
    """Return a draft's content checked and complete.

    `has_hidden_parent` says that the meeting is around one that its changer does not see. Raises `Refused`, and
    `Refusal` for parties of others and for what the meeting cannot be around.
    """
    standing = session.get(Meeting, draft.meeting_id) if draft.meeting_id else None
    checked = check_draft(session, content, standing=standing)
    lacking = missing(checked.content)
    if lacking or checked.timing is None:
        raise Refused(lacking or [Refusal("required", field="first_day")])
    check_side(session, checked.content, draft)
    parent = checked_parent(session, checked.content, side_of(draft), draft.meeting_id)
    check_is_placed(checked.content, parent, has_hidden=has_hidden_parent)
    mechanism = mechanism_named(session, checked.content.mechanism, standing=standing)
    return Ready(
        content=checked.content,
        timing=checked.timing,
        mechanism=mechanism,
        parties=known_parties(session, mechanism),
        audience=audience_of(session, mechanism.id if mechanism else None, checked.content.parties),
        parent=parent,
    )


def check_side(session: GuardedSession, content: MeetingContent, draft: Draft) -> None:
    """Refuse a meeting that the draft's own side has no part in."""
    viewer = session.bound_viewer
    if draft.owner_appointment is None:
        check_own_side(content.parties, draft.owner_party, None)
        return
    makers = next((hat.parties for hat in viewer.hats if hat.appointment_id == draft.owner_appointment), frozenset())
    check_own_side(content.parties, None, makers)


def speaker(session: GuardedSession, draft: Draft) -> dict[str, Any]:
    """Return who acts, as the rules of a meeting's life ask it: nobody's party for a secretariat's draft."""
    viewer = session.bound_viewer
    return {"by_party": draft.owner_party, "by_role": viewer.role}


def proposed(
    session: GuardedSession, draft: Draft, ready: Ready, uid: str, said_yes: Collection[str] = ()
) -> MeetingState:
    """Return what the meeting begins as; parties that `said_yes` in a poll have answered."""
    by = speaker(session, draft)
    return lifecycle.propose(uid, ready.content.parties, ready.timing.when, **by, said_yes=said_yes)


def _proposed_before(found: OpenDraft) -> Meeting:
    """Return the meeting that a draft became; raises `NotFound` for one that was discarded."""
    if found.draft.kind != "meeting" or found.meeting is None:
        raise NotFound
    return found.meeting


def _agenda(session: GuardedSession, ready: Ready) -> tuple[Any, ...]:
    """Return the items that the meeting begins with: a template's, or those of the meeting that is copied."""
    choice = ready.content.agenda
    if choice == NO_AGENDA:
        return ()
    if choice == FROM_TEMPLATE:
        return template_of(ready.mechanism)
    try:
        source = find_meeting(session, choice)
    except NotFound:
        raise Refusal("unknown_meeting", field="agenda") from None
    rows = session.execute(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == source.id, AgendaItem.removed.is_(False))
        .order_by(AgendaItem.position)
    ).scalars()
    return tuple(row for row in rows if not row.parties)  # what some of the parties have apart stays theirs
