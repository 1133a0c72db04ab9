"""Accounts: how an address is written, what a password must be, who may hold which role."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Final

from app.domain.errors import Refusal
from app.domain.visibility import Role

PASSWORD_MINIMUM: Final = 15
PASSWORD_MAXIMUM: Final = 128
SIGN_IN_LASTS: Final = dt.timedelta(hours=12)
INVITATION_LASTS: Final = dt.timedelta(days=7)
ATTEMPTS_LIMIT: Final = 10
ATTEMPTS_WINDOW: Final = dt.timedelta(minutes=15)

# The roles that the administrator of a government gives; secretariats and guests are the operator's to add.
ROLES_OF_A_GOVERNMENT: Final = (Role.OFFICIAL, Role.COORDINATOR, Role.HEAD, Role.ADMINISTRATOR)

# Long enough for the rule, and still among the first that anybody tries. Compared without case and without
# what is not a letter or digit, so that `Password-Password-1` is one of them.
_COMMON: Final = (
    "password",
    "passw0rd",
    "contraseña",
    "contrasena",
    "motdepasse",
    "letmein",
    "welcome",
    "bienvenue",
    "bienvenido",
    "iloveyou",
    "teamo",
    "jetaime",
    "administrator",
    "administrador",
    "administrateur",
    "admin",
    "qwerty",
    "azerty",
    "changeme",
    "entente",
    "secret",
    "secreto",
    "correcthorsebatterystaple",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv",
    "canada",
    "mexico",
    "unitedstates",
)
_RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz" * 3,
    "0123456789" * 20,
    "9876543210" * 20,
    "qwertyuiopasdfghjklzxcvbnm" * 2,
)
_FEWEST_LETTERS: Final = 5


def normal_email(written: str) -> str:
    """Return an address as accounts are looked up by it: without blanks around it, in small letters."""
    return unicodedata.normalize("NFKC", written).strip().lower()


def normal_password(written: str) -> str:
    """Return a password as it is hashed: NFKC, the same from every keyboard (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", written)


def accepted_password(written: str, email: str, name: str, field: str = "password") -> str:
    """Return a new password in its normal form.

    Raises `Refusal` with `field`: `password_too_short` (`minimum`), `too_long` (`limit`),
    `password_is_yours`, `password_too_common`.
    """
    password = normal_password(written)
    if len(password) < PASSWORD_MINIMUM:
        raise Refusal("password_too_short", field=field, minimum=PASSWORD_MINIMUM)
    if len(password) > PASSWORD_MAXIMUM:
        raise Refusal("too_long", field=field, limit=PASSWORD_MAXIMUM)
    bare = _bare(password)
    if bare and bare in {_bare(email), _bare(email.partition("@")[0]), _bare(name), _bare(name) * 2}:
        raise Refusal("password_is_yours", field=field)
    if _is_common(bare):
        raise Refusal("password_too_common", field=field)
    return password


def role_fits(role: str, delegation: str | None) -> bool:
    """Say whether this role can belong to an account of that delegation (none: a secretariat's, or a guest's)."""
    if role == Role.SECRETARIAT:
        return delegation is None
    return role == Role.GUEST or (role in ROLES_OF_A_GOVERNMENT and delegation is not None)


def _bare(text: str) -> str:
    return "".join(char for char in normal_password(text).casefold() if char.isalnum())


def _is_common(bare: str) -> bool:
    """Say whether it is a well known word, over and over or with digits after it, a run of keys, or too few letters."""
    if len(set(bare)) < _FEWEST_LETTERS or any(bare in run for run in _RUNS):
        return True
    core = bare.rstrip("0123456789") or bare
    return any(_repeats(core, word) for word in (*_COMMON, core[: len(core) // 2]))


def _repeats(text: str, word: str) -> bool:
    return len(text) % len(word) == 0 and word * (len(text) // len(word)) == text
