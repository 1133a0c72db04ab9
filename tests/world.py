"""The world of the tests: the catalogue, a named cast, and factories that make a minimal valid row.

A canary is a word that only some parties may ever meet: `canary("MXUS", "title")` must be in no
response to a Canadian, and `foreign_canaries` finds it there.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import secrets
import uuid
from typing import Any, Final

from sqlalchemy import select

from app.catalogue import load_shipped
from app.db import Database, GuardedSession, digest_of
from app.domain import visibility
from app.domain.visibility import Hat, Role, Viewer, appointment_key, party_key
from app.domain.zones import tzdata_version, zone
from app.models import (
    Action,
    AgendaItem,
    Appointment,
    AppointmentMember,
    Leg,
    Mechanism,
    Meeting,
    MeetingParty,
    Person,
    SignInSession,
    Sitting,
)
from app.services.action_whole import settle
from app.services.catalogue import load_catalogue

NAMESPACE: Final = uuid.UUID("0d7c9bb0-52f1-4b5e-9a55-5a6c5b0f7c11")
NOW: Final = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
THREE: Final = ("CA", "MX", "US")
ZONES: Final = {"CA": "America/Toronto", "MX": "America/Mexico_City", "US": "America/New_York"}


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One of the cast, known by a first name."""

    key: str
    name: str
    role: Role
    party: str | None
    language: str

    @property
    def id(self) -> uuid.UUID:
        """Return the id of the account."""
        return identity("person", self.key)

    @property
    def email(self) -> str:
        """Return the address of the account."""
        return f"{self.key}@example.org"


CAST: Final = {
    member.key: member
    for member in (
        Member("ana", "Ana Robles", Role.COORDINATOR, "MX", "es"),
        Member("diego", "Diego Salas", Role.OFFICIAL, "MX", "es"),
        Member("lucia", "Lucía Mena", Role.HEAD, "MX", "es"),
        Member("marta", "Marta Ibarra", Role.ADMINISTRATOR, "MX", "es"),
        Member("benoit", "Benoît Tremblay", Role.OFFICIAL, "CA", "fr"),
        Member("isabelle", "Isabelle Fortin", Role.COORDINATOR, "CA", "fr"),
        Member("adaeze", "Adaeze Okafor", Role.HEAD, "CA", "en"),
        Member("colin", "Colin Muir", Role.ADMINISTRATOR, "CA", "en"),
        Member("carol", "Carol Whitfield", Role.HEAD, "US", "en"),
        Member("daniel", "Daniel Reyes", Role.OFFICIAL, "US", "en"),
        Member("erin", "Erin Walsh", Role.COORDINATOR, "US", "en"),
        Member("frank", "Frank Osei", Role.ADMINISTRATOR, "US", "en"),
        Member("sam", "Sam Ortega", Role.SECRETARIAT, None, "en"),
        Member("olga", "Olga de Vries", Role.GUEST, None, "en"),
    )
}


def identity(kind: str, name: str) -> uuid.UUID:
    """Return the id that the tests give to a named thing."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{name}")


def canary(parties: str, field: str) -> str:
    """Return a word that only people of these parties (`MXUS`) may ever see."""
    return f"zzcanary-{parties}-{field}"


def foreign_canaries(text: str, member: Member | None) -> set[str]:
    """Return the canaries in a text that this member of the cast may not see."""
    found = set(re.findall(r"zzcanary-[A-Z]+-[a-z_]+", text))
    return {word for word in found if not _may_see(word, member)}


def _may_see(word: str, member: Member | None) -> bool:
    _, parties, field = word.split("-")
    if member is None or member.role is Role.GUEST:
        return False
    if member.role is Role.ADMINISTRATOR:
        return (parties, field) == (member.party, "name")  # the accounts of their own government
    codes = {parties[i : i + 2] for i in range(0, len(parties), 2)}
    return member.party in codes or (member.role is Role.SECRETARIAT and codes == set(THREE))


def appointment_id(ref: str) -> uuid.UUID:
    """Return the id of the joint secretariat's appointment for that mechanism (M01, M02, M03)."""
    return identity("appointment", ref)


def viewer(key: str) -> Viewer:
    """Return the viewer that this member of the cast is, without asking the database."""
    member = CAST[key]
    hats: tuple[Hat, ...] = ()
    if key == "sam":
        hats = tuple(Hat(appointment_id(ref), None, frozenset(THREE)) for ref in ("M01", "M02", "M03"))
    return Viewer(
        person_id=member.id,
        role=member.role,
        party=member.party,
        hats=hats,
        name=member.name,
        language=member.language,
        time_zone=ZONES.get(member.party or "", "America/New_York"),
    )


def build(database: Database) -> None:
    """Fill a migrated database with the catalogue, the cast, and a joint secretariat for M01 to M03."""
    load_catalogue(database, load_shipped())
    with database.system_session("build the world of the tests", "write") as session:
        for member in CAST.values():
            session.add(
                Person(
                    id=member.id,
                    email=member.email,
                    name=member.name,
                    delegation=member.party,
                    role=member.role,
                    language=member.language,
                    time_zone=ZONES.get(member.party or "", "America/New_York"),
                    password=None,
                    created_at=NOW,
                    audience_id=session.audience(visibility.audience_of_person(member.id, member.party)),
                )
            )
        session.flush()
        for ref in ("M01", "M02", "M03"):
            _appoint(session, ref)
        session.commit()


def _appoint(session: GuardedSession, ref: str) -> None:
    mechanism = session.execute(select(Mechanism).where(Mechanism.ref == ref)).scalar_one()
    keys = {appointment_key(appointment_id(ref)), *(party_key(code) for code in THREE)}
    audience = session.audience(keys)
    session.add(
        Appointment(
            id=appointment_id(ref),
            name={"en": "Joint secretariat", "es": "Secretariado conjunto", "fr": "Secrétariat conjoint"},
            mechanism_id=mechanism.id,
            parties=list(THREE),
            starts_on=dt.date(2026, 1, 1),
            ends_on=None,
            in_force_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            audience_id=audience,
        )
    )
    session.flush()
    session.add(
        AppointmentMember(
            appointment_id=appointment_id(ref),
            person_id=CAST["sam"].id,
            starts_on=dt.date(2026, 1, 1),
            ends_on=None,
            audience_id=audience,
        )
    )


# Factories: a minimal valid row, on a system session unless told otherwise ------------------------


def mechanism_of(session: GuardedSession, ref: str) -> Mechanism:
    """Return the mechanism of the catalogue with that ref."""
    return session.execute(select(Mechanism).where(Mechanism.ref == ref)).scalar_one()


def add_meeting(
    session: GuardedSession,
    reference: str,
    parties: tuple[str, ...] = THREE,
    *,
    mechanism: str | None = None,
    **changed: Any,
) -> Meeting:
    """Add a meeting of these parties, 10:00 to 13:00 in New York on 10 December 2026 unless changed."""
    ref = mechanism
    keys = {party_key(code) for code in parties} | changed.pop("extra_keys", set())
    if ref in {"M01", "M02", "M03"} and set(parties) == set(THREE):
        keys.add(appointment_key(appointment_id(ref)))
    audience = session.audience(keys)
    hosting = changed.pop("hosting", {})
    answers = changed.pop("answers", {})
    day = changed.pop("starts_on", dt.date(2026, 12, 10))
    zone_name = changed.pop("time_zone", "America/New_York")
    starts_time, ends_time = changed.pop("starts_time", dt.time(10)), changed.pop("ends_time", dt.time(13))
    starts_at = dt.datetime.combine(day, starts_time, zone(zone_name)).astimezone(dt.UTC)
    ends_at = dt.datetime.combine(changed.get("ends_on", day), ends_time, zone(zone_name)).astimezone(dt.UTC)
    values: dict[str, Any] = {
        "id": identity("meeting", reference),
        "reference": reference,
        "title": {"en": f"Meeting {reference}", "original": "en"},
        "mechanism_id": mechanism_of(session, ref).id if ref else None,
        "state": "proposed",
        "format": "in_person",
        "place": "New York",
        "time_zone": zone_name,
        "starts_on": day,
        "ends_on": day,
        "starts_time": starts_time,
        "ends_time": ends_time,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "tzdata_version": tzdata_version(),
        "proposed_by": parties[0],
        "uid": f"{identity('meeting', reference)}@entente.test",
        "created_at": NOW,
        "changed_at": NOW,
    }
    meeting = Meeting(audience_id=audience, **(values | changed))
    session.add(meeting)
    session.flush()
    for code in parties:
        answer = answers.get(code)
        session.add(
            MeetingParty(
                meeting_id=meeting.id,
                party_code=code,
                audience_id=audience,
                hosting=hosting.get(code, "none"),
                answer=answer,
                answered_at=NOW if answer else None,
            )
        )
    session.add(Sitting(meeting_id=meeting.id, audience_id=audience, position=1, starts_at=starts_at, ends_at=ends_at))
    session.flush()
    return meeting


def add_item(session: GuardedSession, meeting: Meeting, position: int, **changed: Any) -> AgendaItem:
    """Add an agenda item of ten minutes."""
    values: dict[str, Any] = {
        "kind": "substance",
        "type": "discussion",
        "title": {"en": f"Item {position}", "original": "en"},
        "minutes": 10,
    }
    item = AgendaItem(meeting_id=meeting.id, audience_id=meeting.audience_id, position=position, **(values | changed))
    session.add(item)
    session.flush()
    return item


def add_action(
    session: GuardedSession,
    reference: str,
    parties: tuple[str, ...] = THREE,
    *,
    meeting: Meeting | None = None,
    **changed: Any,
) -> Action:
    """Add an action item with an open, accepted leg for each of the parties, due on 15 December 2026."""
    audience = meeting.audience_id if meeting else session.audience({party_key(code) for code in parties})
    leg_changes = changed.pop("legs", {})
    values: dict[str, Any] = {
        "id": identity("action", reference),
        "reference": reference,
        "meeting_id": meeting.id if meeting else None,
        "mechanism_id": meeting.mechanism_id if meeting else None,
        "title": {"en": f"Action {reference}", "original": "en"},
        "created_by_party": parties[0],
        "created_at": NOW,
        "changed_at": NOW,
    }
    action = Action(audience_id=audience, **(values | changed))
    session.add(action)
    session.flush()
    legs = []
    for code in parties:
        leg: dict[str, Any] = {"due_on": dt.date(2026, 12, 15), "state": "open", "is_accepted": True, "changed_at": NOW}
        legs.append(
            Leg(action_id=action.id, party_code=code, audience_id=audience, **(leg | leg_changes.get(code, {})))
        )
    session.add_all(legs)
    settle(action, legs)
    session.flush()
    return action


def sign_in_token(database: Database, member: Member) -> str:
    """Return the token of a fresh sign-in of this member, as the cookie would hold it."""
    token = secrets.token_urlsafe(32)
    now = database.clock()
    with database.system_session("sign a member of the cast in", "write") as session:
        session.add(
            SignInSession(
                token_digest=digest_of(token),
                person_id=member.id,
                created_at=now,
                expires_at=now + dt.timedelta(hours=12),
                agent="tests",
            )
        )
        session.commit()
    return token
