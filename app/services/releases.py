"""Releases: a meeting, and what of it, that its parties let a guest see, all of them or none.

A guest sees the meeting's time and place and which parties meet; the agenda and named papers where that was said;
never what a party answered, what was reported, what is owed, or what was done to it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.accounts import normal_email
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Role, can, parties_in, person_key
from app.models import AgendaItem, AudienceMember, Decision, Document, Meeting, MeetingParty, Person, Release
from app.services import decisions
from app.services.appointments import speaking_parties
from app.services.audience_moves import release_rows, withdraw_rows
from app.services.decision_words import Said, Told, says
from app.services.decisions import Asked
from app.services.embargoes import held_back_files
from app.services.meeting_audience import keys_of, rows_audience
from app.services.meetings import facts_of_meeting, find_meeting

PAPERS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What is to be released to whom: a guest by their address, with the agenda or without, and which papers."""

    email: str
    shows_agenda: bool
    documents: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class GuestLine:
    """A guest to whom a meeting is released, as they were named when it was asked, and what they see of it."""

    release: Release
    name: str
    email: str
    papers: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Guests:
    """The guests of a meeting, what is asked and open, and what the viewer may do about them."""

    lines: tuple[GuestLine, ...]
    asked: tuple[Decision, ...]
    may_ask: bool
    may_withdraw: bool


# Asking, and taking back ---------------------------------------------------------------------------


def ask_to_release(session: GuardedSession, reference: str, new: NewRelease) -> Decision:
    """Ask every chosen party to release a meeting to a guest; who asks for a party says yes for it.

    Only accounts of guests are looked up, and only by their whole address: it says that this guest is known, which
    whoever has the address may know, and of nobody else's account whether there is one. Raises `NotFound`;
    `Refusal` `forbidden`, `unknown_guest`, `unknown_document`, `released_already`, `asked_already`.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.KEEP_MECHANISM, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    person = _guest_of(session, new.email)
    offered = {str(paper.id) for paper in papers_to_choose(session, meeting)}
    if not offered.issuperset(new.documents):
        raise Refusal("unknown_document", field="documents")
    content = {
        "person_id": str(person.id), "name": person.name, "email": person.email,
        "shows_agenda": new.shows_agenda, "documents": sorted(new.documents),
    }  # fmt: skip
    _check_new(session, meeting, content)
    parties = speaking_parties(session, [row.party_code for row in meeting.parties])
    asked = Asked("release", content, parties, meeting=meeting, subject_id=person.id, note=new.note)
    return decisions.ask(session, asked)


@dataclass(frozen=True, slots=True)
class _Guest:
    id: uuid.UUID
    name: str
    email: str


def _guest_of(session: GuardedSession, email: str) -> _Guest:
    if not email.strip():
        raise Refusal("required", field="email")
    with session.whole_truth("find a guest's account by its address") as truth:
        row = truth.execute(
            select(Person.id, Person.name, Person.email).where(
                Person.email == normal_email(email), Person.role == Role.GUEST, Person.active.is_(True)
            )
        ).one_or_none()
    if row is None:
        raise Refusal("unknown_guest", field="email")
    return _Guest(*row)


def _check_new(session: GuardedSession, meeting: Meeting, content: Mapping[str, object]) -> None:
    """Refuse what is released already, and what is asked already."""
    standing = _release_of(session, meeting.id, uuid.UUID(str(content["person_id"])))
    if standing is not None and standing.withdrawn_at is None:
        same = standing.shows_agenda == content["shows_agenda"] and standing.documents == content["documents"]
        if same:
            raise Refusal("released_already", field="email")
    asked = session.execute(
        select(Decision).where(
            Decision.meeting_id == meeting.id, Decision.kind == "release", Decision.state == "open",
            Decision.subject_id == uuid.UUID(str(content["person_id"])),
        )
    ).scalars()  # fmt: skip
    if asked.first() is not None:
        raise Refusal("asked_already", field="email")


@decisions.effect("release")
def _release(session: GuardedSession, decision: Decision) -> None:
    """Show the meeting, and what was said of it, to the guest; a release that was withdrawn stands again."""
    meeting = _meeting_of(session, decision.meeting_id)
    person_id = uuid.UUID(decision.content["person_id"])
    guest = person_key(person_id)
    seen_by = rows_audience(session, meeting)
    audience_id = session.audience(keys_of(session, seen_by) | {guest})
    row = _release_of(session, meeting.id, person_id)
    if row is None:
        row = Release(id=uuid.uuid4(), meeting_id=meeting.id, person_id=person_id, audience_id=audience_id)
        session.add(row)
    elif row.withdrawn_at is None:
        withdraw_rows(session, meeting, guest, _only_of(session, row))
    row.shows_agenda, row.documents = decision.content["shows_agenda"], list(decision.content["documents"])
    row.released_at, row.withdrawn_at, row.audience_id = session.now, None, audience_id
    release_rows(session, meeting, guest, row.documents)
    session.record(
        "meeting_released", "meeting", meeting.id, seen_by, person=str(person_id),
        shows_agenda=row.shows_agenda, documents=row.documents,
    )  # fmt: skip


def withdraw_release(session: GuardedSession, reference: str, release_id: uuid.UUID) -> Release:
    """Take a meeting back from a guest at once, for any one of its parties; what was seen was seen.

    Raises `NotFound`, `Refusal` `forbidden`.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.END_CONSENT, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    row = session.execute(
        select(Release).where(Release.id == release_id, Release.meeting_id == meeting.id)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    if row.withdrawn_at is None:
        row.withdrawn_at = session.now
        withdraw_rows(session, meeting, person_key(row.person_id), _only_of(session, row))
        seen_by = rows_audience(session, meeting)
        row.audience_id = seen_by
        session.record("release_withdrawn", "meeting", meeting.id, seen_by, person=str(row.person_id))
    return row


def _only_of(session: GuardedSession, row: Release) -> tuple[str, ...]:
    """Return the papers that no other release shows to this guest."""
    others = session.execute(
        select(Release.documents).where(
            Release.person_id == row.person_id, Release.id != row.id, Release.withdrawn_at.is_(None)
        )
    ).scalars()
    kept = {each for documents in others for each in documents}
    return tuple(each for each in row.documents if each not in kept)


def _meeting_of(session: GuardedSession, meeting_id: uuid.UUID | None) -> Meeting:
    reference = session.execute(select(Meeting.reference).where(Meeting.id == meeting_id)).scalar_one()
    return find_meeting(session, reference, lock=True)


def _release_of(session: GuardedSession, meeting_id: uuid.UUID, person_id: uuid.UUID) -> Release | None:
    return session.execute(
        select(Release).where(Release.meeting_id == meeting_id, Release.person_id == person_id)
    ).scalar_one_or_none()


# The parties' side ---------------------------------------------------------------------------------


def guests_of(session: GuardedSession, meeting: Meeting) -> Guests:
    """Return the guests of a meeting whose parties are loaded, as its parties and secretariats see them."""
    facts = facts_of_meeting(session, meeting)
    viewer = session.bound_viewer
    asked = [each for each in decisions.decisions_on(session, meeting_id=meeting.id) if each.kind == "release"]
    rows = session.execute(
        select(Release)
        .where(Release.meeting_id == meeting.id, Release.withdrawn_at.is_(None))
        .order_by(Release.released_at, Release.id)
    ).scalars().all()  # fmt: skip
    papers = _papers(session, {each for row in rows for each in row.documents})
    named = {each.content["person_id"]: each.content for each in reversed(asked)}
    return Guests(
        lines=tuple(_line(row, named.get(str(row.person_id), {}), papers) for row in rows),
        asked=tuple(each for each in asked if each.state == "open"),
        may_ask=can(viewer, Action.KEEP_MECHANISM, facts),
        may_withdraw=can(viewer, Action.END_CONSENT, facts),
    )


def papers_to_choose(session: GuardedSession, meeting: Meeting) -> tuple[Document, ...]:
    """Return the papers that exactly the meeting's parties have in common, the newest first."""
    chosen = {row.party_code for row in meeting.parties}
    members: dict[uuid.UUID, set[str]] = {}
    of_papers = select(Document.audience_id).distinct()
    for row in session.execute(
        select(AudienceMember.audience_id, AudienceMember.key).where(AudienceMember.audience_id.in_(of_papers))
    ):
        members.setdefault(row.audience_id, set()).add(row.key)
    common = [audience_id for audience_id, keys in members.items() if parties_in(keys) == chosen]
    if not common:
        return ()
    query = select(Document).where(Document.audience_id.in_(common)).order_by(Document.added_at.desc(), Document.id)
    return tuple(session.execute(query.limit(PAPERS_SHOWN)).scalars())


def _papers(session: GuardedSession, ids: Collection[str]) -> Mapping[str, Document]:
    if not ids:
        return {}
    rows = session.execute(select(Document).where(Document.id.in_([uuid.UUID(each) for each in ids]))).scalars()
    return {str(row.id): row for row in rows}


def _line(row: Release, content: Mapping[str, str], papers: Mapping[str, Document]) -> GuestLine:
    shown = tuple(papers[each] for each in row.documents if each in papers)
    return GuestLine(row, content.get("name", ""), content.get("email", ""), shown)


# The guest's side ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReleasedMeeting:
    """All that a guest sees of a meeting: its own row and sittings, which parties meet, and what else was released."""

    meeting: Meeting
    parties: tuple[str, ...]
    shows_agenda: bool
    items: tuple[AgendaItem, ...]
    papers: tuple[Document, ...]


def released_meeting(session: GuardedSession, reference: str) -> ReleasedMeeting:
    """Return a meeting as it was released to the viewer, who is a guest; raises `NotFound`."""
    meeting = find_meeting(session, reference)
    release = _release_of(session, meeting.id, session.bound_viewer.person_id)
    if release is None:
        raise NotFound
    items = session.execute(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.removed.is_(False))
        .order_by(AgendaItem.position)
    ).scalars().all() if release.shows_agenda else ()  # fmt: skip
    held_back = held_back_files(session)
    papers = _papers(session, [each for each in release.documents if uuid.UUID(each) not in held_back])
    return ReleasedMeeting(
        meeting=meeting,
        parties=parties_of_released(session, [meeting])[meeting.id],
        shows_agenda=release.shows_agenda,
        items=tuple(items),
        papers=tuple(papers[each] for each in release.documents if each in papers),
    )


def parties_of_released(session: GuardedSession, meetings: Sequence[Meeting]) -> Mapping[uuid.UUID, tuple[str, ...]]:
    """Return which parties sit at each of these meetings, which the viewer sees: their codes, and nothing they said."""
    found: dict[uuid.UUID, list[str]] = {meeting.id: [] for meeting in meetings}
    with session.whole_truth("name the parties of a released meeting") as truth:
        rows = truth.execute(
            select(MeetingParty.meeting_id, MeetingParty.party_code)
            .where(MeetingParty.meeting_id.in_(list(found)), MeetingParty.removed.is_(False))
            .order_by(MeetingParty.party_code)
        )
        for row in rows:
            found[row.meeting_id].append(row.party_code)
    return {meeting_id: tuple(codes) for meeting_id, codes in found.items()}


# In words ------------------------------------------------------------------------------------------


@says("release")
def _said(told: Told, language: str) -> Said:
    gettext = words.translations(language).gettext
    ngettext = words.translations(language).ngettext
    count = len(told.content["documents"])
    lines = [
        gettext("The guest: %(name)s, %(email)s.") % {"name": told.content["name"], "email": told.content["email"]},
        gettext("They see its title, time, place and conference address, and which parties meet."),
        gettext("They see the agenda too.") if told.content["shows_agenda"] else gettext("They do not see the agenda."),
    ]
    if count:
        said = ngettext("They see %(count)s paper.", "They see %(count)s papers.", count)
        lines.append(said % {"count": count})
    lines.append(gettext("Any one of these parties can take it back."))
    return Said(gettext("Release the meeting to a guest"), tuple(lines))
