"""Flask-Security, for its passwords: argon2id, set up as we want it, with none of its pages."""

from __future__ import annotations

import secrets
import threading
from functools import cached_property
from typing import Any, Final

from flask import Flask
from flask_security.core import RoleMixin, Security
from flask_security.datastore import Datastore, UserDatastore
from flask_security.utils import hash_password, verify_password
from sqlalchemy import select

from app.db import Database
from app.models import Person

MEMORY_KIB: Final = 64 * 1024
ROUNDS: Final = 4
LANES: Final = 1
FORM: Final = f"$argon2id$v=19$m={MEMORY_KIB},t={ROUNDS},p={LANES}$"

_SETTINGS: Final[dict[str, Any]] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # No pepper: with one, a new SECRET_KEY would lock everybody out.
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": MEMORY_KIB,
        "argon2__rounds": ROUNDS,
        "argon2__parallelism": LANES,
    },
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    "SECURITY_PASSWORD_LENGTH_MIN": 15,
    # Our own commands do this, with the record and the rules.
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
}


class PeopleDatastore(UserDatastore, Datastore):
    """People as Flask-Security looks them up: in a system session, and never written or committed by it."""

    def __init__(self, database: Database) -> None:
        UserDatastore.__init__(self, Person, RoleMixin)
        Datastore.__init__(self, database)  # type: ignore[no-untyped-call]

    def find_user(self, case_insensitive: bool = False, **criteria: Any) -> Person | None:  # noqa: ARG002, FBT001, FBT002
        """Return the person with that value of a unique column, or None."""
        ((column, value),) = criteria.items()
        wanted = value.lower() if column == "email" else value
        with self.db.system_session("find a person for Flask-Security") as session:
            found = session.execute(select(Person).where(getattr(Person, column) == wanted)).scalar_one_or_none()
            return found if isinstance(found, Person) else None

    def find_role(self, role: str) -> None:
        """Find nothing: a person's one role is a column, and `app.domain.visibility` says what it allows."""

    def put(self, model: object) -> object:
        """Refuse to write: services do that, in transactions of their own."""
        raise NotImplementedError("Flask-Security writes nothing here")

    def delete(self, model: object) -> None:
        """Refuse to delete: nothing is."""
        raise NotImplementedError("Flask-Security deletes nothing here")

    def commit(self) -> None:
        """Do nothing: there is nothing of Flask-Security's to commit."""


class ArgonPasswords:
    """Hashes and checks passwords one at a time: each takes 64 MiB, and a process has only so many."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    def hash(self, password: str) -> str:
        """Return the hash; raises `RuntimeError` should it ever be weaker than it must be."""
        with self._one_at_a_time:
            hashed = str(hash_password(password))
        if not hashed.startswith(FORM):
            raise RuntimeError("passwords are not hashed as they must be")
        return hashed

    def verify(self, password: str, hashed: str | None) -> bool:
        """Say whether the password is the one; without a hash the same work is done on a made-up one."""
        against = hashed or self._nobodys
        with self._one_at_a_time:
            return bool(verify_password(password, against)) and hashed is not None

    @cached_property
    def _nobodys(self) -> str:
        return self.hash(secrets.token_urlsafe(32))


def init_security(app: Flask) -> None:
    """Set Flask-Security up without its pages, and put what hashes passwords where pages and commands find it."""
    for name, value in _SETTINGS.items():
        app.config[name] = value
    Security(app, PeopleDatastore(app.extensions["entente.database"]), register_blueprint=False)
    _without_its_hooks(app)
    passwords = ArgonPasswords()
    app.extensions["entente.passwords"] = passwords


def _without_its_hooks(app: Flask) -> None:
    """Take what finds out who asks, and keeps a cookie of its own, out of every request: `app.web.hooks` does."""
    theirs = {"flask_principal", "flask_login.login_manager"}
    every: list[dict[Any, list[Any]]] = [app.before_request_funcs, app.after_request_funcs]
    for hooks in every:
        hooks[None] = [each for each in hooks.get(None, []) if each.__module__ not in theirs]
