"""What is worth a second look about a meeting, planned or proposed, of what the viewer may see."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import or_, select

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.lifecycle import When
from app.domain.meeting_advice import (
    Advice,
    Occupied,
    advice,
    clashes,
    closures_during,
    high_level_during,
    hosts_of_place,
    plain,
)
from app.domain.walltime import MAX_DAYS
from app.domain.zones import known_zone
from app.models import Appointment, AppointmentMember, Contact, Meeting, MeetingParty, Party, Person, Sitting
from app.services.in_force import in_force_on
from app.services.practice import is_real

# A meeting that was called off takes nobody's time; one that is past is looked at no more.
SITS: Final = ("proposed", "confirmed", "held", "closed")
AHEAD: Final = ("proposed", "confirmed")
# Rows of parties and sittings of meetings at one time: beyond these nobody reads what clashes with what.
ROWS_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting as it is or would be; `id` and `parent_id` are None where it has none."""

    when: When
    parties: tuple[str, ...]
    place: str | None
    mechanism_id: uuid.UUID | None = None
    id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    reference: str | None = None

    @property
    def occupied(self) -> Occupied:
        """Return when it sits, whom and what it needs; its people are not looked up yet."""
        sittings = self.when.sittings or ((self.when.starts_at, self.when.ends_at),)
        beside = frozenset({self.parent_id} - {None})
        return Occupied(self.reference, sittings, frozenset(self.parties), self.place, id=self.id, beside=beside)


def warnings_for(session: GuardedSession, planned: Planned, parties: Mapping[str, Party]) -> tuple[Advice, ...]:
    """Return all that is worth a second look about one meeting; `parties` are at least those chosen.

    Clashes are with meetings that the viewer may see: one or three statements.
    """
    others = meetings_during(session, planned)
    return (*advice_on_days(planned, parties), *_clashes(session, planned, others))


def warnings_of_meeting(
    session: GuardedSession, meeting: Meeting, when: When, parties: Mapping[str, Party]
) -> tuple[Advice, ...]:
    """Return what is worth a second look about a meeting to come; nothing of one that is over or called off."""
    if meeting.state not in AHEAD or meeting.date_is_open or meeting.ends_at <= session.now:
        return ()
    return warnings_for(session, planned_of(meeting, when), parties)


def planned_of(meeting: Meeting, when: When) -> Planned:
    """Return a meeting, whose parties are loaded, as warnings are asked about it."""
    known = replace(when, zone_name=known_zone(when.zone_name))
    return Planned(
        known,
        tuple(row.party_code for row in meeting.parties),
        meeting.place,
        meeting.mechanism_id,
        meeting.id,
        meeting.parent_id,
        meeting.reference,
    )


def advice_on_days(planned: Planned, parties: Mapping[str, Party]) -> tuple[Advice, ...]:
    """Return what the calendar says of a meeting's days: weekends, nights, closures, high-level week."""
    facts = load_shipped().calendar
    zones = {code: zone for code in planned.parties if code in parties and (zone := parties[code].time_zone)}
    hosts = hosts_of_place(planned.place, capital_names())
    return (
        *advice(planned.when, zones),
        *closures_during(planned.when, zones, hosts, facts.un_headquarters_closures),
        *high_level_during(planned.when, facts.un_general_assembly),
    )


@functools.cache
def capital_names() -> dict[str, tuple[str, ...]]:
    """Return what each party's capital is called: a meeting may be held in that of a party that is not chosen."""
    return {
        party.code: (party.capital.en, party.capital.es, party.capital.fr)
        for party in load_shipped().parties
        if party.capital is not None
    }


# Other meetings -----------------------------------------------------------------------------------


def meetings_during(session: GuardedSession, planned: Planned, limit: int = ROWS_LIMIT) -> dict[uuid.UUID, Planned]:
    """Return the meetings that sit while this one does, in one statement of `limit` rows at most."""
    rows = session.execute(
        select(
            Meeting.id, Meeting.reference, Meeting.place, Meeting.mechanism_id, Meeting.parent_id, Meeting.time_zone,
            Meeting.starts_on, Meeting.ends_on, Meeting.starts_at, Meeting.ends_at, MeetingParty.party_code,
            Sitting.starts_at.label("sits_from"), Sitting.ends_at.label("sits_until"),
        )
        .join(Meeting.parties)
        .outerjoin(Meeting.sittings)
        .where(
            Meeting.state.in_(SITS),
            Meeting.starts_at < planned.when.ends_at,
            # None is longer: so only those of these weeks are looked at, and not all that ever were.
            Meeting.starts_at > planned.when.starts_at - dt.timedelta(days=MAX_DAYS + 1),
            Meeting.ends_at > planned.when.starts_at,
            Meeting.id != (planned.id or uuid.UUID(int=0)),
            is_real(),
        )
        .order_by(Meeting.starts_at, Meeting.reference)
        .limit(limit)
    ).all()  # fmt: skip
    grouped: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    if len(rows) == limit:
        grouped.popitem()  # of the last one not all may have been read
    return {identity: _planned_of_rows(of_one) for identity, of_one in grouped.items()}


def _planned_of_rows(rows: Sequence[Any]) -> Planned:
    first = rows[0]
    sittings = sorted({(row.sits_from, row.sits_until) for row in rows if row.sits_from})
    when = When(
        known_zone(first.time_zone), first.starts_on, first.ends_on, first.starts_at, first.ends_at, tuple(sittings)
    )
    parties = tuple(sorted({row.party_code for row in rows}))
    return Planned(when, parties, first.place, first.mechanism_id, first.id, first.parent_id, first.reference)


def _clashes(session: GuardedSession, planned: Planned, others: Mapping[uuid.UUID, Planned]) -> tuple[Advice, ...]:
    if not others:
        return ()
    needed = people_needed(session, [planned, *others.values()])
    own, *rest = (
        replace(each.occupied, people=needed[index]) for index, each in enumerate([planned, *others.values()])
    )
    return clashes(own, rest, planned.when.zone_name)


# People -------------------------------------------------------------------------------------------


def people_needed(session: GuardedSession, meetings: Sequence[Planned]) -> list[dict[str, str | None]]:
    """Return for each meeting whom it needs by name: its urgent contacts, and who serves as its secretariat.

    Names are those that the viewer may know. Two statements, for any number of meetings.
    """
    mechanisms = {each.mechanism_id for each in meetings if each.mechanism_id}
    contacts = _urgent_contacts(session, mechanisms)
    members = _members(session, mechanisms, {each.id for each in meetings if each.id})
    return [{**_contacts_of(each, contacts), **_members_of(each, members)} for each in meetings]


def _urgent_contacts(session: GuardedSession, mechanisms: Collection[uuid.UUID]) -> Sequence[Any]:
    return session.execute(
        select(Contact.mechanism_id, Contact.party_code, Contact.name).where(
            Contact.is_urgent.is_(True), Contact.removed_at.is_(None), Contact.mechanism_id.in_(mechanisms)
        )
    ).all()


def _contacts_of(planned: Planned, contacts: Iterable[Any]) -> dict[str, str | None]:
    return {
        f"contact {row.party_code} {plain(row.name)}": row.name
        for row in contacts
        if row.mechanism_id == planned.mechanism_id and row.party_code in planned.parties
    }


def _members(
    session: GuardedSession, mechanisms: Collection[uuid.UUID], meetings: Collection[uuid.UUID]
) -> Sequence[Any]:
    today = session.now.astimezone(dt.UTC).date()
    return session.execute(
        select(
            Appointment.mechanism_id, Appointment.meeting_id, Appointment.parties, AppointmentMember.person_id,
            Person.name,
        )
        .join(AppointmentMember, AppointmentMember.appointment_id == Appointment.id)
        .outerjoin(Person, Person.id == AppointmentMember.person_id)
        .where(
            in_force_on(today),
            AppointmentMember.starts_on <= today,
            or_(AppointmentMember.ends_on.is_(None), AppointmentMember.ends_on >= today),
            or_(Appointment.mechanism_id.in_(mechanisms), Appointment.meeting_id.in_(meetings)),
        )
    ).all()  # fmt: skip


def _members_of(planned: Planned, members: Iterable[Any]) -> dict[str, str | None]:
    """Return who serves a meeting: an appointment for it, or for its mechanism by exactly its parties."""
    return {
        f"member {row.person_id}": row.name
        for row in members
        if (planned.id is not None and row.meeting_id == planned.id)
        or (
            row.meeting_id is None
            and planned.mechanism_id is not None
            and row.mechanism_id == planned.mechanism_id
            and set(row.parties) == set(planned.parties)
        )
    }
