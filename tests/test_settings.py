"""Settings are complete and safe, or the program says every reason why it does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT, Settings, UnsafeSettings

SECRET = "canary-0123456789abcdef0123456789abcdef"


@pytest.fixture
def keys_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def production(tmp_path: Path, keys_dir: Path) -> dict[str, str]:
    return {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": "postgresql://entente:canary@db.example/entente",
        "ENTENTE_BASE_URL": "https://entente.example",
        "ENTENTE_DATA": str(tmp_path / "data"),
        "ENTENTE_KEYS": str(keys_dir),
        "MAIL_URL": "smtp://canary:canary@mail.example:587",
        "MAILBOX_URL": "imaps://canary:canary@mail.example/INBOX",
    }


def problems(env: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(UnsafeSettings) as refused:
        Settings.from_environment(env)
    return refused.value.problems


def test_a_secret_is_all_that_a_machine_of_ones_own_needs():
    settings = Settings.from_environment({"SECRET_KEY": "x"})
    assert settings.port == 8000
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.data_dir == ROOT / "instance"
    assert settings.database_url == f"sqlite:///{ROOT}/instance/entente.db"
    assert settings.mail_folder == ROOT / "instance" / "mail"
    assert settings.keys_dir == ROOT / ".keys" / "delegations"
    assert settings.mailbox_url is None
    assert settings.metrics_enabled is False
    assert settings.is_production is False


def test_what_is_given_is_taken(production: dict[str, str], tmp_path: Path, keys_dir: Path):
    settings = Settings.from_environment({**production, "PORT": "9001", "ENTENTE_METRICS": "on"})
    assert settings.secret_key == SECRET
    assert settings.port == 9001
    assert settings.base_url == "https://entente.example"
    assert settings.data_dir == tmp_path / "data"
    assert settings.keys_dir == keys_dir
    assert settings.mail_url == "smtp://canary:canary@mail.example:587"
    assert settings.mail_folder is None
    assert settings.mailbox_url == "imaps://canary:canary@mail.example/INBOX"
    assert settings.metrics_enabled is True
    assert settings.is_production is True


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@/d?host=/run", "postgresql+psycopg://u@/d?host=/run"),
        ("sqlite:////var/lib/e.db", "sqlite:////var/lib/e.db"),
    ],
)
def test_database_addresses_name_the_driver(written: str, read: str):
    assert Settings.from_environment({"SECRET_KEY": "x", "DATABASE_URL": written}).database_url == read


@pytest.mark.parametrize(
    ("base_url", "is_production"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://127.9.9.9", False),
        ("http://localhost:5000/", False),
        ("http://entente.localhost", False),
        ("http://[::1]:8000", False),
        ("https://entente.example", True),
        ("https://entente.example:8443", True),
        ("https://192.0.2.7", True),
        ("https://localhost.example", True),
        ("https://127.0.0.1.example", True),
        ("https://0.0.0.0", True),
    ],
)
def test_production_is_where_others_can_come(production: dict[str, str], base_url: str, is_production: bool):
    assert Settings.from_environment({**production, "ENTENTE_BASE_URL": base_url}).is_production is is_production


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Sessions are signed with it; it has no default."),
        ({"PORT": "0"}, "PORT is '0', not a number from 1 to 65535."),
        ({"PORT": "65536"}, "PORT is '65536', not a number from 1 to 65535."),
        ({"PORT": "http"}, "PORT is 'http', not a number from 1 to 65535."),
        ({"PORT": "٣"}, "PORT is '٣', not a number from 1 to 65535."),
        ({"ENTENTE_METRICS": "maybe"}, "ENTENTE_METRICS is 'maybe', neither on nor off."),
        ({"DATABASE_URL": "mysql://h/d"}, "DATABASE_URL is neither a postgresql:// nor a sqlite:// address."),
        ({"DATABASE_URL": "entente.db"}, "DATABASE_URL is neither a postgresql:// nor a sqlite:// address."),
        ({"MAIL_URL": "http://mail.example"}, "MAIL_URL is neither smtp://host, smtps://host nor a folder."),
        ({"MAIL_URL": "smtp://"}, "MAIL_URL is neither smtp://host, smtps://host nor a folder."),
        *[
            (
                {"MAILBOX_URL": written},
                "MAILBOX_URL is not of the form imaps://user:password@host/INBOX, in ASCII, %-escaped.",
            )
            for written in (
                "pop3://u:p@h",
                "imaps://h/INBOX",
                "imaps://u@h/INBOX",
                "imaps://u:p@h:port/INBOX",
                "imaps://[",
                "imaps://u:p@/INBOX",
                "imaps://u:contraseña@h/INBOX",
                "mail",
            )
        ],
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, str], problem: str):
    assert problems({"SECRET_KEY": "x", **change}) == (problem,)


@pytest.mark.parametrize(
    "base_url",
    [
        "entente.example",
        "ftp://localhost",
        "http://localhost/entente",
        "http://localhost?x",
        "http://user@localhost",
        "http://localhost:port",
        "http://[::1",
    ],
)
def test_an_address_that_links_cannot_start_with_is_refused(base_url: str):
    assert problems({"SECRET_KEY": "x", "ENTENTE_BASE_URL": base_url}) == (
        "ENTENTE_BASE_URL is not of the form https://host or https://host:port, with no path.",
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"ENTENTE_BASE_URL": "http://entente.example"},
            "ENTENTE_BASE_URL is not https://. Passwords and feeds would travel in the clear.",
        ),
        ({"SECRET_KEY": "x" * 31}, "SECRET_KEY is shorter than 32 bytes."),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is on. Its error pages show the program's insides and run code."),
        ({"FLASK_DEBUG": "anything"}, "FLASK_DEBUG is on. Its error pages show the program's insides and run code."),
        ({"MAIL_URL": ""}, "MAIL_URL is not set. Mail would be kept in a folder and reach nobody."),
        ({"ENTENTE_KEYS": ""}, "ENTENTE_KEYS is not set. It is the folder of the delegations' keys."),
        (
            {"ENTENTE_KEYS": "/nowhere"},
            "ENTENTE_KEYS is /nowhere, which is not a folder that this user can see.",
        ),
        (
            {"ENTENTE_KEYS": __file__},
            f"ENTENTE_KEYS is {__file__}, which is not a folder that this user can see.",
        ),
    ],
)
def test_production_refuses_what_is_unsafe(production: dict[str, str], change: dict[str, str], problem: str):
    assert problems({**production, **change}) == (problem,)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o701, 0o770, 0o710])
def test_production_refuses_keys_that_others_can_reach(production: dict[str, str], keys_dir: Path, mode: int):
    keys_dir.chmod(mode)
    assert problems(production) == (
        "ENTENTE_KEYS can be entered by other users of this machine. Set its mode to 0700.",
    )


@pytest.mark.parametrize("inside", ["", "keys", "deep/keys"])
def test_production_refuses_keys_among_the_data(production: dict[str, str], tmp_path: Path, inside: str):
    folder = tmp_path / "data" / inside
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    link = tmp_path / "elsewhere"
    link.symlink_to(folder)
    for written in (folder, link):
        assert problems({**production, "ENTENTE_KEYS": str(written)}) == (
            "ENTENTE_KEYS is inside ENTENTE_DATA. A copy of the data would carry its keys along.",
        )


def test_every_problem_is_told_at_once():
    found = problems({"ENTENTE_BASE_URL": "http://entente.example", "FLASK_DEBUG": "1", "PORT": "x"})
    assert [problem.split()[0] for problem in found] == [
        "PORT",
        "SECRET_KEY",
        "ENTENTE_BASE_URL",
        "FLASK_DEBUG",
        "MAIL_URL",
        "ENTENTE_KEYS",
    ]


def test_secrets_are_in_no_representation_and_no_refusal(production: dict[str, str]):
    settings = Settings.from_environment(production)
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings)
    with pytest.raises(UnsafeSettings) as refused:
        Settings.from_environment({**production, "SECRET_KEY": "canary", "MAIL_URL": "x://canary@h", "PORT": "0"})
    assert "canary" not in str(refused.value)


def test_the_command_line_says_in_words_alone_why_it_does_not_start(production):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "check"]
    unsafe = {**production, "SECRET_KEY": "", "MAIL_URL": "", "PATH": os.environ["PATH"]}
    ended = subprocess.run(command, cwd=ROOT, env=unsafe, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        "Entente does not start:",
        "- SECRET_KEY is not set. Sessions are signed with it; it has no default.",
        "- MAIL_URL is not set. Mail would be kept in a folder and reach nobody.",
    ]
