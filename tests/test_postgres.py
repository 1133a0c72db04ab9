"""The tests' PostgreSQL: the roles an operator would make, copies of databases, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres

pytestmark = pytest.mark.xdist_group("postgres-itself")


@pytest.fixture
def url() -> Iterator[str]:
    made = postgres.fresh_database("tests of the server")
    yield made
    postgres.drop(made)


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(postgres.conninfo(url))


def test_the_login_is_nobody_and_may_become_each_role(url: str):
    with connect(url) as connection:
        assert connection.execute("select current_user, session_user").fetchone() == ("entente_login",) * 2
        for role in ("entente_owner", "entente_app", "entente_system"):
            connection.execute(f"set role {role}")
            assert connection.execute("select current_user").fetchone() == (role,)
        connection.execute("reset role")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("set role postgres")


def test_no_role_of_the_app_is_above_the_rules(url: str):
    with connect(url) as connection:
        rights = connection.execute(
            "select rolname, rolcanlogin, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit"
            " and rolcanlogin from pg_roles where rolname like 'entente%' order by rolname"
        ).fetchall()
    assert rights == [
        ("entente_app", False, False),
        ("entente_login", True, False),
        ("entente_owner", False, False),
        ("entente_system", False, False),
    ]


def test_only_the_owner_makes_tables_and_only_by_grant_do_others_read_them(url: str):
    with connect(url) as connection, connection.transaction(force_rollback=True):
        connection.execute("set role entente_owner")
        connection.execute("create table facts (id integer)")
        connection.execute("reset role")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("select * from facts")
        connection.execute("set role entente_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("select * from facts")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("create table others (id integer)")


def test_a_clone_has_what_its_template_had_and_goes_its_own_way(url: str):
    with connect(url) as connection:
        connection.execute("set role entente_owner")
        connection.execute("create table facts (id integer)")
        connection.execute("insert into facts values (1)")
    copies = [postgres.clone(url), postgres.clone(url)]
    try:
        with connect(copies[0]) as first, connect(copies[1]) as second:
            first.execute("set role entente_owner")
            first.execute("insert into facts values (2)")
            second.execute("set role entente_owner")
            assert first.execute("select id from facts order by id").fetchall() == [(1,), (2,)]
            assert second.execute("select id from facts").fetchall() == [(1,)]
    finally:
        for copy in copies:
            postgres.drop(copy)


def test_a_template_is_built_once_and_again_if_building_it_failed():
    built: list[str] = []

    def fail(address: str) -> None:
        built.append(address)
        raise LookupError

    with pytest.raises(LookupError):
        postgres.template("of_these_tests", fail)
    first = postgres.template("of_these_tests", built.append)
    second = postgres.template("of_these_tests", fail)
    assert built == [first, first]
    assert second == first
    postgres.drop(postgres.clone(first))


CRASH = """
import os, sys
sys.path.insert(0, {root!r})
from tests import postgres
postgres.fresh_database()
print(postgres._folder(), (postgres._folder() / "data" / "postmaster.pid").read_text().split()[0], flush=True)
os.kill(os.getpid(), 9)
"""


def test_after_a_crash_neither_server_nor_folder_stays():
    root = str(Path(__file__).parents[1])
    crashed = subprocess.run(
        [sys.executable, "-c", CRASH.format(root=root)],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTEST_XDIST_TESTRUNUID": ""},
    )
    assert crashed.returncode == -9, crashed.stderr
    folder, pid = crashed.stdout.split()
    process, places = Path("/proc", pid), [Path(folder), Path(f"{folder}.switch")]
    give_up_at = time.monotonic() + 20
    while process.exists() or any(place.exists() for place in places):
        assert time.monotonic() < give_up_at, (process.exists(), places)
        time.sleep(0.1)
