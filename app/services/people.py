"""People: the accounts of one government, kept by its administrators, and each person's own profile."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from app.db import GuardedSession
from app.domain import zones
from app.domain.accounts import ROLES_OF_A_GOVERNMENT, normal_email, role_fits
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.mechanisms import collation_key
from app.domain.plaintext import one_line
from app.domain.reminders import CHOICES as MAIL_CHOICES
from app.domain.visibility import Action, Facts, Role, audience_of_person, can
from app.models import Office, Party, Person
from app.services import outbox
from app.services.invitations import make_invitation
from app.services.leaving import end_feeds
from app.services.sign_in import audience_of_account, end_access

_EMAIL_LIMIT: Final = 254
_LANGUAGES: Final = ("en", "es", "fr")
_THEMES: Final = ("auto", "light", "dark")
ACCOUNT_STATES: Final = ("active", "no_password", "disabled")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to be added, as it was typed."""

    email: str
    name: str
    role: str
    delegation: str | None
    office_code: str | None = None
    language: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What people say of themselves: how they are called, and how Entente speaks and looks to them."""

    name: str
    language: str
    time_zone: str
    theme: str
    reminder_mails: str = "digest"
    meeting_mails: str = "at_once"


@dataclass(frozen=True, slots=True)
class AccountFilters:
    """What a list of accounts is narrowed to; None, or no words, is no filter.

    `words` must all be found in the name or the address; `state` is one of `ACCOUNT_STATES`.
    """

    words: str = ""
    role: str | None = None
    state: str | None = None

    @property
    def are_set(self) -> bool:
        """Say whether anything is filtered at all."""
        return bool(self.words or self.role or self.state)

    def chosen(self, people: Sequence[Person]) -> tuple[Person, ...]:
        """Return those of the accounts that answer to it."""
        return tuple(person for person in people if self._takes(person))

    def _takes(self, person: Person) -> bool:
        if self.role not in {None, person.role} or self.state not in {None, state_of_account(person)}:
            return False
        text = collation_key(f"{person.name} {person.email}")
        return all(collation_key(word) in text for word in self.words.split())


def state_of_account(person: Person) -> str:
    """Return the state of an account, one of `ACCOUNT_STATES`."""
    if not person.active:
        return "disabled"
    return "active" if person.password else "no_password"


def create_person(session: GuardedSession, new: NewPerson) -> Person:
    """Add an account without a password, on any session that may see it.

    Raises `Refusal` with its field: what `one_line` raises, `not_an_email`, `email_taken`, `unknown_role`,
    `unknown_party`, `unknown_office`, `unknown_language`, `unknown_zone`.
    """
    email = checked_email(new.email)
    name = one_line(new.name, "name", required=True)
    if not role_fits(new.role, new.delegation):
        raise Refusal("unknown_role", field="role")
    party = session.get(Party, new.delegation) if new.delegation else None
    if new.delegation and party is None:
        raise Refusal("unknown_party", field="delegation")
    office = checked_office(session, new.office_code, new.delegation)
    zone = new.time_zone or (office.time_zone if office else None) or (party.time_zone if party else None)
    with session.whole_truth("see that an address has no account yet") as truth:
        if truth.execute(select(Person.id).where(Person.email == email)).first() is not None:
            raise Refusal("email_taken", field="email")
    identity = uuid.uuid4()
    person = Person(
        id=identity,
        email=email,
        name=name,
        delegation=new.delegation,
        role=new.role,
        office_code=office.code if office else None,
        language=_checked(new.language or "en", _LANGUAGES, "unknown_language", "language"),
        time_zone=_checked_zone(zone or "America/New_York"),
        created_at=session.now,
        audience_id=session.audience(audience_of_person(identity, new.delegation)),
    )
    session.add(person)
    session.flush()  # what follows refers to it
    session.record("person_added", "person", identity, audience_of_account(session, person), role=new.role)
    return person


def invite(session: GuardedSession, person: Person, secret_key: str) -> uuid.UUID:
    """Make a one-time link for this person, mail it to them, and return its id; earlier links work no more."""
    with session.whole_truth("make a link to set a password") as truth:
        invitation_id = make_invitation(truth, person.id, secret_key)
    outbox.enqueue(session, "invitation", person.id, {"invitation_id": str(invitation_id)}, subject_id=person.id)
    session.record("person_invited", "person", person.id, audience_of_account(session, person))
    return invitation_id


# The administrator's side ----------------------------------------------------------------------------


def accounts(session: GuardedSession) -> Sequence[Person]:
    """Return the accounts of the administrator's own government, by name. Raises `Refusal` `forbidden`."""
    own = own_government(session)
    theirs = select(Person).where(Person.delegation == own).order_by(Person.name, Person.id)
    return session.execute(theirs).scalars().all()


def account(session: GuardedSession, person_id: uuid.UUID) -> Person:
    """Return one account of the administrator's own government; `NotFound` for anybody else's."""
    own = own_government(session)
    person = session.execute(
        select(Person).where(Person.id == person_id, Person.delegation == own)
    ).scalar_one_or_none()  # fmt: skip
    if person is None:
        raise NotFound
    return person


def own_offices(session: GuardedSession) -> Sequence[Office]:
    """Return the offices of the administrator's own government, by code."""
    own = own_government(session)
    return session.execute(select(Office).where(Office.party_code == own).order_by(Office.code)).scalars().all()


def add_account(session: GuardedSession, new: NewPerson, secret_key: str) -> tuple[Person, uuid.UUID]:
    """Add an account to the administrator's own government and return it with the id of its link to set a password.

    Raises `Refusal`: `forbidden`, and what `create_person` raises.
    """
    own = own_government(session)
    if new.delegation != own:
        raise Refusal("forbidden")
    if new.role not in ROLES_OF_A_GOVERNMENT:
        raise Refusal("unknown_role", field="role")
    person = create_person(session, new)
    return person, invite(session, person, secret_key)


def invite_again(session: GuardedSession, person_id: uuid.UUID, secret_key: str) -> uuid.UUID:
    """Make a new link for an account; the old ones work no more. Raises `NotFound`, `Refusal` `not_in_state`."""
    person = account(session, person_id)
    if not person.active:
        raise Refusal("not_in_state")
    return invite(session, person, secret_key)


def disable(session: GuardedSession, person_id: uuid.UUID, version: int) -> Person:
    """Disable an account at once: its sign-ins and links end, and so does every feed of theirs or for them.

    Raises `NotFound`, `StaleVersion`, `Refusal`: `not_in_state`, `last_administrator`.
    """
    person = account(session, person_id)
    _check_version(person, version)
    if not person.active:
        raise Refusal("not_in_state")
    if person.role == Role.ADMINISTRATOR:
        check_not_last_administrator(session, person)
    cut_off(session, person)
    return person


def cut_off(session: GuardedSession, person: Person) -> None:
    """Disable an account on a session that may see it, whoever's it is."""
    person.active = False
    person.disabled_at = session.now
    with session.whole_truth("end what a disabled person had open") as truth:
        end_access(truth, person.id)
        end_feeds(truth, person.id)
    session.record("person_disabled", "person", person.id, audience_of_account(session, person))


def enable(session: GuardedSession, person_id: uuid.UUID, version: int) -> Person:
    """Let a disabled account sign in again; its subscriptions stay revoked.

    Raises `NotFound`, `StaleVersion`, `Refusal` `not_in_state`.
    """
    person = account(session, person_id)
    _check_version(person, version)
    if person.active:
        raise Refusal("not_in_state")
    let_in(session, person)
    return person


def let_in(session: GuardedSession, person: Person) -> None:
    """Enable an account on a session that may see it, whoever's it is."""
    person.active = True
    person.disabled_at = None
    session.record("person_enabled", "person", person.id, audience_of_account(session, person))


# One's own profile -----------------------------------------------------------------------------------


def own_account(session: GuardedSession) -> Person:
    """Return the viewer's own account."""
    return session.execute(select(Person).where(Person.id == session.bound_viewer.person_id)).scalar_one()


def save_profile(session: GuardedSession, profile: Profile, version: int) -> Person:
    """Save the viewer's own profile.

    Raises `StaleVersion`, and `Refusal` with its field: what `one_line` raises, `unknown_language`, `unknown_zone`.
    """
    person = own_account(session)
    name = one_line(profile.name, "name", required=True)
    yours = Profile(
        name=name,
        language=_checked(profile.language, _LANGUAGES, "unknown_language", "language"),
        time_zone=_checked_zone(profile.time_zone),
        theme=_checked(profile.theme, _THEMES, "required", "theme"),
        reminder_mails=_checked(profile.reminder_mails, MAIL_CHOICES, "required", "reminder_mails"),
        meeting_mails=_checked(profile.meeting_mails, MAIL_CHOICES, "required", "meeting_mails"),
    )
    theirs = profile_of(person)
    if version != person.version:
        raise StaleVersion(_as_values(yours), _as_values(theirs))
    changed = [column for column, value in _as_values(yours).items() if getattr(person, column) != value]
    if changed:
        for column in changed:
            setattr(person, column, getattr(yours, column))
        session.record("profile_changed", "person", person.id, audience_of_account(session, person), fields=changed)
    return person


def profile_of(person: Person) -> Profile:
    """Return the profile that an account has now."""
    return Profile(
        person.name, person.language, person.time_zone, person.theme, person.reminder_mails, person.meeting_mails
    )


def _as_values(profile: Profile) -> dict[str, object]:
    return asdict(profile)


# Checks ------------------------------------------------------------------------------------------------


def own_government(session: GuardedSession) -> str:
    """Return the party whose accounts the viewer administers; raises `Refusal` `forbidden`."""
    viewer = session.bound_viewer
    if viewer.party is None or not can(viewer, Action.ADMINISTER_PEOPLE, Facts(owner=viewer.party)):
        raise Refusal("forbidden")
    return viewer.party


def _check_version(person: Person, version: int) -> None:
    if version != person.version:
        raise StaleVersion({"version": version}, {"version": person.version})


def check_not_last_administrator(session: GuardedSession, person: Person) -> None:
    """Keep one administrator; on PostgreSQL the lock makes two who disable one another take turns.

    Raises `Refusal` `last_administrator`.
    """
    active = select(Person).where(
        Person.delegation == person.delegation, Person.role == Role.ADMINISTRATOR, Person.active.is_(True)
    )
    rows = session.execute(active.order_by(Person.id).with_for_update()).scalars().all()
    if len(rows) <= 1:
        raise Refusal("last_administrator")


def checked_email(written: str) -> str:
    """Return an address as accounts are kept by it; raises `Refusal` `not_an_email`, and what `one_line` raises."""
    line = one_line(normal_email(written), "email", _EMAIL_LIMIT, required=True)
    try:
        return normal_email(validate_email(line, check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise Refusal("not_an_email", field="email") from error


def checked_office(session: GuardedSession, code: str | None, delegation: str | None) -> Office | None:
    """Return the office of a code, None for no code; raises `Refusal` `unknown_office` for another government's."""
    if not code:
        return None
    office = session.get(Office, code)
    if office is None or office.party_code != delegation:
        raise Refusal("unknown_office", field="office_code")
    return office


def _checked_zone(name: str) -> str:
    if name not in zones.zone_names():
        raise Refusal("unknown_zone", field="time_zone", zone=name)
    return name


def _checked(value: str, allowed: Sequence[str], key: str, field: str) -> str:
    if value not in allowed:
        raise Refusal(key, field=field)
    return value
