"""`flask --app wsgi sample load`: one account for each kind of person, to try Entente with on one machine."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.visibility import Role
from app.extension import database, settings
from app.models import Appointment, Mechanism, Party, Person
from app.services.appointments import add_member, appoint
from app.services.people import NewPerson, create_person
from app.services.sign_in import Passwords, set_password

group = AppGroup("sample", help="Sample accounts, on this machine alone.")

PARTIES: Final = ("CA", "MX", "US")
MECHANISMS: Final = ("M01", "M02", "M03")
SECRETARIAT_NAME: Final = {"en": "Joint secretariat", "es": "Secretariado conjunto", "fr": "Secrétariat conjoint"}
# Without the letters and digits that are read as one another.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample account."""

    email: str
    name: str
    role: Role
    party: str | None
    language: str
    zone: str

    def as_new(self) -> NewPerson:
        """Return it as an account to be added."""
        return NewPerson(self.email, self.name, self.role, self.party, language=self.language, time_zone=self.zone)


SAMPLES: Final = (
    Sample("benoit@ca.example", "Benoît Tremblay", Role.OFFICIAL, "CA", "fr", "America/Toronto"),
    Sample("isabelle@ca.example", "Isabelle Fortin", Role.COORDINATOR, "CA", "fr", "America/Toronto"),
    Sample("adaeze@ca.example", "Adaeze Okafor", Role.HEAD, "CA", "en", "America/Toronto"),
    Sample("colin@ca.example", "Colin Muir", Role.ADMINISTRATOR, "CA", "en", "America/Toronto"),
    Sample("diego@mx.example", "Diego Salas", Role.OFFICIAL, "MX", "es", "America/Mexico_City"),
    Sample("ana@mx.example", "Ana Robles", Role.COORDINATOR, "MX", "es", "America/Mexico_City"),
    Sample("lucia@mx.example", "Lucía Mena", Role.HEAD, "MX", "es", "America/Mexico_City"),
    Sample("marta@mx.example", "Marta Ibarra", Role.ADMINISTRATOR, "MX", "es", "America/Mexico_City"),
    Sample("daniel@us.example", "Daniel Reyes", Role.OFFICIAL, "US", "en", "America/New_York"),
    Sample("erin@us.example", "Erin Walsh", Role.COORDINATOR, "US", "en", "America/New_York"),
    Sample("carol@us.example", "Carol Whitfield", Role.HEAD, "US", "en", "America/New_York"),
    Sample("frank@us.example", "Frank Osei", Role.ADMINISTRATOR, "US", "en", "America/New_York"),
    Sample("sam@secretariat.example", "Sam Ortega", Role.SECRETARIAT, None, "en", "America/New_York"),
    Sample("noemie@secretariat.example", "Noémie Gagnon", Role.SECRETARIAT, None, "fr", "America/Toronto"),
    Sample("olga@guest.example", "Olga de Vries", Role.GUEST, None, "en", "America/New_York"),
)


@group.command("load")
def load() -> None:
    """Add the sample accounts that are missing, appoint the secretariat for M01 to M03, and print the passwords."""
    if settings().is_production:
        raise click.ClickException("Sample accounts are for one machine alone: the base URL is not a loopback address.")
    _check_catalogue(database())
    known = _read_passwords(_passwords_file())
    chosen = {sample.email: known.get(sample.email) or _new_password() for sample in SAMPLES}
    # Kept before any account has one: whatever happens next, nobody is locked out.
    _keep_passwords(_passwords_file(), chosen)
    added = _add_accounts(database(), chosen, renewed=set(chosen) - set(known))
    with database().system_session("appoint the sample secretariat", "write") as session:
        _appoint_secretariats(session)
        session.commit()
    _print_table(chosen, added)


def _check_catalogue(where: Database) -> None:
    with where.system_session("see whether the catalogue is loaded") as session:
        parties = set(session.execute(select(Party.code)).scalars())
        mechanisms = set(session.execute(select(Mechanism.ref)).scalars())
    if not parties.issuperset(PARTIES) or not mechanisms.issuperset(MECHANISMS):
        raise click.ClickException("Load the catalogue first: flask --app wsgi catalogue load")


def _add_accounts(where: Database, chosen: dict[str, str], renewed: set[str]) -> set[str]:
    """Add the accounts that are not there, give those in `renewed` their new password, and return who is new."""
    with where.system_session("look for the sample accounts") as session:
        existing = set(session.execute(select(Person.email).where(Person.email.in_(sorted(chosen)))).scalars())
    passwords = cast("Passwords", current_app.extensions["entente.passwords"])
    # Hashed before the transaction begins: it takes seconds, and others wait to write.
    hashed = {
        email: passwords.hash(password)
        for email, password in chosen.items()
        if email in renewed or email not in existing
    }
    if not hashed:
        return set()
    with where.system_session("add the sample accounts", "write") as session:
        for sample in SAMPLES:
            if sample.email in hashed:
                set_password(session, _person(session, sample), hashed[sample.email])
        session.commit()
    return set(hashed) - existing


def _person(session: GuardedSession, sample: Sample) -> Person:
    found = session.execute(select(Person).where(Person.email == sample.email)).scalar_one_or_none()
    return found or create_person(session, sample.as_new())


def _appoint_secretariats(session: GuardedSession) -> None:
    """Appoint a joint secretariat for each of the mechanisms from the first day of this year, with no end."""
    year_start = dt.date(session.now.year, 1, 1)
    emails = [sample.email for sample in SAMPLES if sample.role is Role.SECRETARIAT]
    members = session.execute(select(Person.id).where(Person.email.in_(emails)).order_by(Person.email)).scalars().all()
    for ref in MECHANISMS:
        mechanism = session.execute(select(Mechanism).where(Mechanism.ref == ref)).scalar_one()
        appointment = _appointment(session, mechanism.id) or appoint(
            session, mechanism, PARTIES, SECRETARIAT_NAME, year_start
        )
        for person_id in members:
            add_member(session, appointment, person_id, appointment.starts_on)


def _appointment(session: GuardedSession, mechanism_id: uuid.UUID) -> Appointment | None:
    return session.execute(
        select(Appointment)
        .where(Appointment.mechanism_id == mechanism_id)
        .order_by(Appointment.starts_on, Appointment.id)
        .limit(1)
    ).scalar_one_or_none()


def _new_password() -> str:
    """Return twenty letters and digits in groups of five: 98 bits, and possible to type."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def _passwords_file() -> Path:
    return settings().keys_dir.parent / "passwords.json"


def _read_passwords(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return cast("dict[str, str]", json.loads(path.read_text("utf-8")))


def _keep_passwords(path: Path, chosen: dict[str, str]) -> None:
    """Replace the file as a whole, readable by this user alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(chosen, file, indent=2, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _print_table(chosen: dict[str, str], added: set[str]) -> None:
    click.echo(f"{len(added)} sample accounts added, {len(SAMPLES) - len(added)} were there.")
    click.echo(f"Sign in at {settings().base_url}/login")
    click.echo("(An account whose password was changed in Entente keeps the changed one.)\n")
    rows = [("e-mail", "password", "who", "role")]
    rows += [(s.email, chosen[s.email], s.name, f"{s.role}{f' of {s.party}' if s.party else ''}") for s in SAMPLES]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        click.echo("  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip())
