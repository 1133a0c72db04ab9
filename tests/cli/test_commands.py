"""The commands of an operator: accounts, sample accounts, jobs, the record."""

from __future__ import annotations

import dataclasses
import json
import re
import stat

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalogue import shipped_texts
from app.models import (
    Appointment,
    AppointmentMember,
    AuditRecord,
    Heartbeat,
    Mechanism,
    OutboxMessage,
    Person,
    SignInSession,
)
from app.services.sign_in import sign_in
from tests import world
from tests.conftest import make_app

ADD = ["user", "add", "Rosa@Example.org", "--name", "Rosa Núñez", "--delegation", "MX", "--role", "official"]


@pytest.fixture
def run(app: Flask):
    """Return a function that runs a command and gives its exit status and everything that it said."""

    def invoke(*arguments: str, typed: str | None = None):
        result = app.test_cli_runner().invoke(args=list(arguments), input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return invoke


def rows(database, model):
    with database.system_session("look at rows") as session:
        return session.execute(select(model)).scalars().all()


def person(database, email):
    return next((row for row in rows(database, Person) if row.email == email), None)


def test_an_account_with_a_password_from_standard_input(run, app, database):
    assert run(*ADD, "--password-stdin", typed="violet-anchor-7-mill\n") == (
        0, "Added rosa@example.org, official. It has its password.\n",
    )  # fmt: skip
    added = person(database, "rosa@example.org")
    assert (added.name, added.delegation, added.time_zone) == ("Rosa Núñez", "MX", "America/Mexico_City")
    assert added.password.startswith("$argon2id$v=19$m=65536,t=4,p=1$")
    with app.app_context():
        assert sign_in(database, app.extensions["entente.passwords"], "rosa@example.org", "violet-anchor-7-mill", "")
    assert rows(database, OutboxMessage) == []


def test_an_account_with_an_invitation(run, database, settings):
    status, said = run(*ADD, "--invite")
    assert (status, said) == (0, "Added rosa@example.org, official. A link to set a password is being mailed.\n")
    assert run("jobs", "run-once") == (0, "Everything that was due is done.\n")
    (file,) = settings.mail_folder.iterdir()
    assert b"/invite/" in file.read_bytes()
    assert rows(database, Heartbeat)[0].name == "worker"


def test_an_account_that_is_there_is_left_alone(run, database):
    run(*ADD)
    before = person(database, "rosa@example.org")
    status, said = run(*ADD, "--password-stdin", typed="another-anchor-8-mill\n")
    assert (status, said) == (0, "There is already an account rosa@example.org. Nothing was changed.\n")
    assert person(database, "rosa@example.org").version == before.version


@pytest.mark.parametrize(
    ("changed", "typed", "status", "words"),
    [
        ({"--delegation": "XX"}, None, 1, "delegation: This party cannot be chosen here."),
        ({"--delegation": "secretariat"}, None, 2, "go together"),
        ({"--role": "secretariat"}, None, 2, "go together"),
        ({"--role": "king"}, None, 2, "Invalid value for '--role'"),
        ({"--delegation": None}, None, 1, "role: This role cannot be given here."),
        ({"--name": " "}, None, 1, "name: Fill this in."),
        ({"--time-zone": "Mars/Olympus"}, None, 1, "time_zone: There is no time zone called"),
        ({"--password-stdin": True}, "short\n", 1, "password: Use 15 characters or more."),
        ({"--password-stdin": True}, "", 1, "password: Use 15 characters or more."),
        ({"--password-stdin": True, "--invite": True}, "violet-anchor-7-mill\n", 2, "Choose one of"),
    ],
)
def test_what_cannot_be_is_refused_whole(run, database, changed, typed, status, words):
    options = {"--name": "Rosa", "--delegation": "MX", "--role": "official"} | changed
    arguments = ["user", "add", "rosa@example.org"]
    for name, value in options.items():
        arguments += [name] if value is True else [name, value] if value is not None else []
    code, said = run(*arguments, typed=typed)
    assert code == status, said
    assert words in said
    assert person(database, "rosa@example.org") is None


@pytest.mark.parametrize(
    ("arguments", "delegation"),
    [
        (["--delegation", "secretariat", "--role", "secretariat"], None),
        (["--role", "guest"], None),
        (["--delegation", "CA", "--role", "guest"], "CA"),
        (["--delegation", "OAS", "--role", "official"], "OAS"),
    ],
)
def test_secretariats_guests_and_other_parties(run, database, arguments, delegation):
    status, said = run("user", "add", "new@example.org", "--name", "New", *arguments)
    assert status == 0, said
    assert person(database, "new@example.org").delegation == delegation


def test_disabling_and_enabling(run, database):
    world.sign_in_token(database, world.CAST["olga"])
    assert run("user", "disable", "OLGA@example.org") == (0, "olga@example.org is disabled.\n")
    assert run("user", "disable", "olga@example.org")[0] == 0
    assert not person(database, "olga@example.org").active
    assert all(row.ended_at for row in rows(database, SignInSession))
    assert run("user", "enable", "olga@example.org") == (0, "olga@example.org is enabled.\n")
    assert person(database, "olga@example.org").active
    assert [row.action for row in rows(database, AuditRecord)][-2:] == ["person_disabled", "person_enabled"]
    status, said = run("user", "disable", "nobody@example.org")
    assert (status, said) == (1, "Error: There is no account nobody@example.org.\n")


# Sample accounts


def table_of(said: str) -> dict[str, str]:
    return dict(re.findall(r"^(\S+@\S+)\s+([a-z0-9]{5}(?:-[a-z0-9]{5}){3})\s", said, re.MULTILINE))


def test_sample_accounts_for_each_kind_of_person(run, app, database, settings):
    status, said = run("sample", "load")
    assert status == 0, said
    passwords = table_of(said)
    people = {row.email: row for row in rows(database, Person) if row.email in passwords}
    kinds = sorted((row.role, row.delegation or "") for row in people.values())
    governments = [
        (role, code) for code in ("CA", "MX", "US") for role in ("official", "coordinator", "head", "administrator")
    ]
    assert kinds == sorted([*governments, ("secretariat", ""), ("secretariat", ""), ("guest", "")])
    assert {(people[e].language, people[e].time_zone) for e in people if e.endswith("@mx.example")} == {
        ("es", "America/Mexico_City")
    }
    kept = settings.keys_dir.parent / "passwords.json"
    assert json.loads(kept.read_text()) == passwords
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with app.app_context():
        assert sign_in(database, app.extensions["entente.passwords"], "ana@mx.example", passwords["ana@mx.example"], "")
    again = run("sample", "load")
    assert again[0] == 0
    assert "0 sample accounts added, 15 were there." in again[1]
    assert table_of(again[1]) == passwords
    assert len([row for row in rows(database, Person) if row.email in passwords]) == 15


@pytest.mark.usefixtures("quick_passwords")
def test_the_sample_secretariat_serves_three_mechanisms(run, database):
    run("sample", "load")
    run("sample", "load")
    refs = {row.id: row.ref for row in rows(database, Mechanism)}
    people = {row.id: row.email for row in rows(database, Person)}
    appointments = rows(database, Appointment)
    assert sorted(refs[row.mechanism_id] for row in appointments) == ["M01", "M02", "M03"]
    assert all(row.starts_on.isoformat() == "2026-01-01" and row.ends_on is None for row in appointments)
    assert all(row.parties == ["CA", "MX", "US"] for row in appointments)
    serving = [people[row.person_id] for row in rows(database, AppointmentMember)]
    assert serving.count("noemie@secretariat.example") == 3
    assert serving.count("sam@secretariat.example") == 3


@pytest.mark.usefixtures("quick_passwords")
def test_lost_passwords_are_made_anew(run, app, database, settings):
    first = table_of(run("sample", "load")[1])
    (settings.keys_dir.parent / "passwords.json").unlink()
    second = table_of(run("sample", "load")[1])
    assert set(first) == set(second)
    assert not set(first.values()) & set(second.values())
    with app.app_context():
        assert sign_in(database, app.extensions["entente.passwords"], "sam@secretariat.example",
                       second["sam@secretariat.example"], "")  # fmt: skip


def test_no_sample_accounts_where_others_can_come(settings, sqlite_database):
    public = dataclasses.replace(settings, base_url="https://entente.example.org")
    result = make_app(public, sqlite_database).test_cli_runner().invoke(args=["sample", "load"])
    assert result.exit_code == 1
    assert "the base URL is not a loopback address" in result.output
    assert person(sqlite_database, "ana@mx.example") is None


# The record and the jobs


def test_the_record_is_verified(run, database):
    run(*ADD)
    status, said = run("audit", "verify")
    assert status == 0
    assert re.fullmatch(r"The audit record is whole: \d+ records, [0-9a-f]{64}\.\n", said)
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL ROLE entente_owner")
        connection.exec_driver_sql("UPDATE audit_head SET count = count + 2")
    status, said = run("audit", "verify")
    assert status == 1
    assert "truncated: the head says that there are" in said
    assert "The audit record is not whole: 1 problems" in said


def test_run_once_says_what_was_not_done(run, settings):
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "audit.head").write_text("not a head")
    status, said = run("jobs", "run-once")
    assert status == 1
    assert said.endswith("Error: Not done: keep_audit_head.\n")


# The catalogue


def test_a_folder_with_broken_files_is_refused_whole_with_file_and_line(run, tmp_path):
    for name, text in shipped_texts().items():
        (tmp_path / name).write_text(text, "utf-8")
    assert run("catalogue", "load", "--from", str(tmp_path))[0] == 0
    (tmp_path / "parties.yaml").write_bytes(b"version: 1\nname: Canad\xe1\n")
    status, said = run("catalogue", "load", "--from", str(tmp_path))
    assert (status, said) == (
        1,
        "parties.yaml:2: this is not text in UTF-8\nError: The catalogue is refused whole; nothing was loaded.\n",
    )
