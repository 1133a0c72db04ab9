"""Appointments: who serves as secretariat for which mechanism or meeting, from a date to a date.

A secretariat holds by the consent of exactly the parties that it serves: each says yes before it begins, and any of
them ends it. It is given the meetings to come of exactly these parties, and what stands of them; meetings past stay
as they were, since nobody was asked whether what was said under another secretariat, or none, is for this one too.
When its days are over its key opens nothing, so nothing has to be moved on that day.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, or_, select

from app import words
from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import one_line
from app.domain.visibility import Action, Facts, administration_key, appointment_key, can, party_key
from app.models import Appointment, AppointmentMember, Decision, Mechanism, Meeting, Office, Party
from app.services import decisions
from app.services.audience_moves import give_key, meetings_with_sittings, take_key
from app.services.decision_words import Said, Told, says
from app.services.decisions import Asked
from app.services.in_force import agreed_on

NAME_LIMIT: Final = 120
CALLED_OFF: Final = ("postponed", "cancelled")


@dataclass(frozen=True, slots=True)
class NewSecretariat:
    """A secretariat as it was typed: its name by language, the office that holds it (none: a joint team), its days."""

    name: Mapping[str, str]
    office_code: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    note: str = ""


def appoint(
    session: GuardedSession,
    mechanism: Mechanism | None,
    parties: Collection[str],
    name: Mapping[str, str],
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Appointment:
    """Add a secretariat that these parties appoint for the mechanism (for none: ad hoc), on a system session.

    It is seen by its members and by the parties that made it. Raises `ValueError` without a party.
    """
    if not parties:
        raise ValueError("somebody appoints a secretariat")
    identity = uuid.uuid4()
    audience = session.audience({appointment_key(identity), *(party_key(code) for code in parties)})
    made = Appointment(
        id=identity,
        name=dict(name),
        mechanism_id=mechanism.id if mechanism else None,
        parties=sorted(set(parties)),
        starts_on=starts_on,
        ends_on=ends_on,
        in_force_at=session.now,
        audience_id=audience,
    )
    session.add(made)
    session.flush()  # its members refer to it
    session.record(
        "appointment_made", "appointment", identity, audience, parties=made.parties, starts_on=starts_on.isoformat()
    )
    return made


def add_member(
    session: GuardedSession,
    appointment: Appointment,
    person_id: uuid.UUID,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> AppointmentMember:
    """Let a person serve in an appointment from a date to a date; twice the same is once.

    Who may name whom is `app.services.appointment_members`' to say.
    """
    serving = session.execute(
        select(AppointmentMember).where(
            AppointmentMember.appointment_id == appointment.id,
            AppointmentMember.person_id == person_id,
            AppointmentMember.starts_on == starts_on,
            or_(AppointmentMember.ends_on.is_(None), AppointmentMember.ends_on >= starts_on),
        )
    ).scalar_one_or_none()
    if serving is not None:
        return serving
    member = AppointmentMember(
        appointment_id=appointment.id,
        person_id=person_id,
        starts_on=starts_on,
        ends_on=ends_on,
        audience_id=appointment.audience_id,
    )
    session.add(member)
    session.record(
        "appointment_member_added",
        "appointment",
        appointment.id,
        appointment.audience_id,
        starts_on=starts_on.isoformat(),
    )
    return member


# Asking for one ------------------------------------------------------------------------------------


def ask_to_appoint(
    session: GuardedSession, new: NewSecretariat, *, mechanism: Mechanism | None = None, meeting: Meeting | None = None
) -> Appointment:
    """Ask every party of a mechanism, or of one meeting, for a secretariat; it is there, and not yet in force.

    Who asks says yes for their party. Raises `Refusal` `forbidden`, `needs_title` and what a line of text raises
    (`name_en` …), `unknown_holder`, `required`, `starts_in_the_past`, `ends_before_start`, `already_appointed`.
    """
    makers = makers_of(mechanism, meeting)
    if not can(session.bound_viewer, Action.END_CONSENT, Facts(parties=makers)):
        raise Refusal("forbidden")
    asked_of = speaking_parties(session, makers)
    office = _office_of(session, makers, new.office_code)
    starts_on, ends_on = _days(session, new)
    identity = uuid.uuid4()
    keys = {appointment_key(identity), *(party_key(code) for code in makers)}
    keys |= {administration_key(office.party_code)} if office else set()
    made = Appointment(
        id=identity, name=_named(new.name), parties=sorted(makers), starts_on=starts_on, ends_on=ends_on,
        mechanism_id=mechanism.id if mechanism else meeting.mechanism_id if meeting else None,
        meeting_id=meeting.id if meeting else None, kind="office" if office else "joint",
        office_code=office.code if office else None, audience_id=session.audience(keys),
    )  # fmt: skip
    _check_alone(session, made)
    session.add(made)
    session.flush()  # the decision is on it
    content = {
        "name": made.name, "office": made.office_code, "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
    }  # fmt: skip
    asked = Asked("appointment", content, asked_of, mechanism, meeting, subject_id=identity, note=new.note)
    decisions.ask(session, asked)
    return made


def makers_of(mechanism: Mechanism | None, meeting: Meeting | None) -> frozenset[str]:
    """Return the parties that a secretariat of a mechanism, or of one meeting, is made by: all of them, no other."""
    if meeting is not None:
        return frozenset(row.party_code for row in meeting.parties)
    return frozenset(mechanism.parties) if mechanism is not None else frozenset()


def speaking_parties(session: GuardedSession, parties: Collection[str]) -> tuple[str, ...]:
    """Return those of the parties with people in Entente: their yes can be given here, and is waited for."""
    rows = session.execute(select(Party.code).where(Party.code.in_(sorted(parties)), Party.is_core.is_(True)))
    return tuple(sorted(rows.scalars()))


def offices_to_choose(session: GuardedSession, parties: Collection[str]) -> tuple[Office, ...]:
    """Return the offices of these parties that could hold a secretariat, by code."""
    chosen = select(Office).where(Office.party_code.in_(speaking_parties(session, parties))).order_by(Office.code)
    return tuple(session.execute(chosen).scalars())


def _named(given: Mapping[str, str]) -> dict[str, str]:
    kept = {code: one_line(given.get(code), f"name_{code}", NAME_LIMIT) for code in words.LANGUAGES}
    kept = {code: text for code, text in kept.items() if text}
    if not kept:
        raise Refusal("required", field="name_en")
    return kept


def _office_of(session: GuardedSession, makers: frozenset[str], code: str | None) -> Office | None:
    if not code:
        return None
    for office in offices_to_choose(session, makers):
        if office.code == code:
            return office
    raise Refusal("unknown_holder", field="office")


def _days(session: GuardedSession, new: NewSecretariat) -> tuple[dt.date, dt.date | None]:
    if new.starts_on is None:
        raise Refusal("required", field="starts_on")
    if new.starts_on < session.now.date():
        raise Refusal("starts_in_the_past", field="starts_on")
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise Refusal("ends_before_start", field="ends_on")
    return new.starts_on, new.ends_on


def _check_alone(session: GuardedSession, made: Appointment) -> None:
    """Refuse a second secretariat of the same parties for the same thing on the same days."""
    overlaps = [or_(Appointment.ends_on.is_(None), Appointment.ends_on >= made.starts_on)]
    if made.ends_on is not None:
        overlaps.append(Appointment.starts_on <= made.ends_on)
    rows = session.execute(
        select(Appointment).where(
            _same_subject(made), agreed_on(session.now.date()), Appointment.id != made.id, *overlaps
        )
    ).scalars()
    if any(set(row.parties) == set(made.parties) for row in rows):
        raise Refusal("already_appointed", field="starts_on")


def _same_subject(made: Appointment) -> Any:
    if made.meeting_id is not None:
        return Appointment.meeting_id == made.meeting_id
    same = Appointment.mechanism_id == made.mechanism_id if made.mechanism_id else Appointment.mechanism_id.is_(None)
    return and_(Appointment.meeting_id.is_(None), same)


# In force, and over --------------------------------------------------------------------------------


@decisions.effect("appointment")
def _put_in_force(session: GuardedSession, decision: Decision) -> None:
    """Let the secretariat begin, and give it the meetings to come of exactly its parties."""
    made = find_appointment(session, decision.subject_id, lock=True)
    # Two that come into force at once take turns, so that the second finds the first.
    session.execute(select(Mechanism.id).where(Mechanism.id == made.mechanism_id).with_for_update())
    _check_alone(session, made)
    made.in_force_at = session.now
    session.record(
        "appointment_made", "appointment", made.id, made.audience_id, parties=made.parties,
        starts_on=made.starts_on.isoformat(), ends_on=made.ends_on.isoformat() if made.ends_on else None,
    )  # fmt: skip
    meetings = meetings_to_come(session, made)
    give_key(session, appointment_key(made.id), meetings, frozenset(made.parties))
    _record_meetings(session, "secretariat_let_in", made, meetings)


def end_appointment(session: GuardedSession, appointment_id: uuid.UUID, last_on: dt.date | None) -> Appointment:
    """End a secretariat for one of its parties, after `last_on` (UTC), or at once without it; it takes no other's yes.

    At once, what it saw leaves its sight, and meetings to come are not its own any more. Raises `NotFound`;
    `Refusal` `forbidden`, `not_in_state`, `ends_in_the_past`, `ends_later_than_agreed`.
    """
    made = find_appointment(session, appointment_id, lock=True)
    if not can(session.bound_viewer, Action.END_CONSENT, Facts(parties=frozenset(made.parties))):
        raise Refusal("forbidden")
    if not holds(made, session.now.date()):
        raise Refusal("not_in_state")
    if last_on is None:
        made.ended_at = session.now
        meetings = meetings_to_come(session, made)
        take_key(session, appointment_key(made.id), meetings, frozenset(made.parties))
        _record_meetings(session, "secretariat_let_out", made, meetings)
    else:
        _check_earlier(session, made, last_on)
        made.ends_on = last_on
    session.record(
        "appointment_ended", "appointment", made.id, made.audience_id, party=session.bound_viewer.party,
        ends_on=(last_on or session.now.date()).isoformat(), at_once=last_on is None,
    )  # fmt: skip
    return made


def _check_earlier(session: GuardedSession, made: Appointment, last_on: dt.date) -> None:
    """Refuse a last day that is over, or that would prolong what was agreed: that needs every party."""
    if last_on < max(session.now.date(), made.starts_on):
        raise Refusal("ends_in_the_past", field="last_on")
    if made.ends_on is not None and last_on >= made.ends_on:
        raise Refusal("ends_later_than_agreed", field="last_on")


def meetings_to_come(session: GuardedSession, made: Appointment) -> list[Meeting]:
    """Return the meetings of exactly a secretariat's parties that are still to come, or could be again, locked."""
    of_it = Meeting.id == made.meeting_id if made.meeting_id else (
        Meeting.mechanism_id == made.mechanism_id if made.mechanism_id else Meeting.mechanism_id.is_(None)
    )  # fmt: skip
    ahead = or_(Meeting.ends_at > session.now, Meeting.state.in_(CALLED_OFF))
    found = meetings_with_sittings(session, of_it, ahead, Meeting.state != "closed")
    makers = frozenset(made.parties)
    return [meeting for meeting in found if frozenset(row.party_code for row in meeting.parties) == makers]


def _record_meetings(session: GuardedSession, act: str, made: Appointment, meetings: Collection[Meeting]) -> None:
    """Record once which meetings a secretariat was given or lost, for those alone who see the meetings."""
    if meetings:
        seen_by = session.audience({appointment_key(made.id), *(party_key(code) for code in made.parties)})
        references = [meeting.reference for meeting in meetings]
        session.record(act, "appointment", made.id, seen_by, meetings=references)


# Reading -------------------------------------------------------------------------------------------


def find_appointment(session: GuardedSession, appointment_id: uuid.UUID | None, *, lock: bool = False) -> Appointment:
    """Return an appointment; raises `NotFound`. `lock` holds it, and reads it anew."""
    query = select(Appointment).where(Appointment.id == appointment_id)
    if lock:
        query = query.with_for_update(of=Appointment).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def subject_of(session: GuardedSession, made: Appointment) -> tuple[Mechanism | None, Meeting | None]:
    """Return what a secretariat serves, as far as the viewer sees it: a mechanism, and the one meeting of it if so."""
    mechanism = session.get(Mechanism, made.mechanism_id) if made.mechanism_id else None
    return mechanism, session.get(Meeting, made.meeting_id) if made.meeting_id else None


def holds(made: Appointment, day: dt.date) -> bool:
    """Say whether an appointment is agreed and not over on a day (UTC)."""
    return made.in_force_at is not None and made.ended_at is None and (made.ends_on is None or made.ends_on >= day)


def state_of(made: Appointment, day: dt.date) -> str:
    """Return where an appointment stands on a day (UTC): `asked`, `to_come`, `in_force` or `over`."""
    if made.in_force_at is None:
        return "asked"
    if not holds(made, day):
        return "over"
    return "in_force" if made.starts_on <= day else "to_come"


# In words ------------------------------------------------------------------------------------------


@says("appointment")
def _said(told: Told, language: str) -> Said:
    gettext = words.translations(language).gettext
    name = words.pick(told.content["name"], language)[0]
    starts_on = dt.date.fromisoformat(told.content["starts_on"])
    ends_on = told.content.get("ends_on")
    days = {"first": words.date_plain(starts_on, language)}
    if ends_on:
        days["last"] = words.date_plain(dt.date.fromisoformat(ends_on), language)
    return Said(
        gettext("Appoint a secretariat: %(name)s") % {"name": name},
        (
            gettext("It serves from %(first)s to %(last)s.") % days if ends_on
            else gettext("It serves from %(first)s, until one of its parties ends it.") % days,
            gettext("It sees the meetings to come of exactly these parties, with their agendas and action items."),
            gettext("Any one of these parties can end it."),
        ),
    )  # fmt: skip
