"""`flask --app wsgi user …`: accounts, as the operator adds them."""

from __future__ import annotations

import sys
from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.db import GuardedSession
from app.domain.accounts import accepted_password, normal_email
from app.domain.errors import Refusal
from app.domain.visibility import Role
from app.extension import database, settings
from app.messages import message_for
from app.models import Person
from app.services.people import NewPerson, create_person, cut_off, invite, let_in
from app.services.sign_in import Passwords, set_password

group = AppGroup("user", help="Accounts.")
SECRETARIAT = "secretariat"


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As people call them.")
@click.option("--delegation", metavar="CODE", help="A party's code, or `secretariat`; a guest may have none.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--language", type=click.Choice(["en", "es", "fr"]), default="en", show_default=True)
@click.option("--time-zone", metavar="ZONE", help="By default that of the party's capital.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--invite", "invites", is_flag=True, help="Mail them a link to set their password.")
def add(
    email: str, *, name: str, delegation: str | None, role: str, language: str, time_zone: str | None,
    password_stdin: bool, invites: bool,
) -> None:  # fmt: skip
    """Add the account EMAIL, with a password or with a link to set one."""
    if password_stdin and invites:
        raise click.UsageError("Choose one of --password-stdin and --invite.")
    party = None if delegation in {None, SECRETARIAT} else delegation
    if (role == Role.SECRETARIAT) != (delegation == SECRETARIAT):
        raise click.UsageError("The role secretariat and the delegation secretariat go together.")
    new = NewPerson(email, name, role, party, language=language, time_zone=time_zone)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        click.echo(_add(new, password, invites=invites))
    except Refusal as refusal:
        said = message_for(refusal, "en")
        raise click.ClickException(f"{refusal.field}: {said}" if refusal.field else said) from refusal


def _add(new: NewPerson, password: str | None, *, invites: bool) -> str:
    """Add the account in one transaction and return what was done; the password is checked before, and hashed."""
    hashed = None
    if password is not None:
        hashed = passwords().hash(accepted_password(password, normal_email(new.email), new.name))
    with database().system_session("add an account from the command line", "write") as session:
        if _found(session, new.email) is not None:
            return f"There is already an account {normal_email(new.email)}. Nothing was changed."
        person = create_person(session, new)
        if hashed is not None:
            set_password(session, person, hashed)
        elif invites:
            invite(session, person, settings().secret_key)
        session.commit()
        added = f"Added {person.email}, {new.role}."
    if hashed is not None:
        return f"{added} It has its password."
    return f"{added} {'A link to set a password is being mailed.' if invites else 'It has no password.'}"


@group.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Disable the account EMAIL at once: its sign-ins end, its feeds are revoked."""
    with database().system_session("disable an account from the command line", "write") as session:
        person = _existing(session, email)
        if person.active:
            cut_off(session, person)
            session.commit()
    click.echo(f"{person.email} is disabled.")


@group.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let the account EMAIL sign in again."""
    with database().system_session("enable an account from the command line", "write") as session:
        person = _existing(session, email)
        if not person.active:
            let_in(session, person)
            session.commit()
    click.echo(f"{person.email} is enabled.")


def passwords() -> Passwords:
    """Return what hashes passwords in the running app."""
    return cast("Passwords", current_app.extensions["entente.passwords"])


def _found(session: GuardedSession, email: str) -> Person | None:
    return session.execute(select(Person).where(Person.email == normal_email(email))).scalar_one_or_none()


def _existing(session: GuardedSession, email: str) -> Person:
    person = _found(session, email)
    if person is None:
        raise click.ClickException(f"There is no account {normal_email(email)}.")
    return person
