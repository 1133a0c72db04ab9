"""Sealed bytes: their form, and what may be the matter with them.

A random data key encrypts the text with AES-256-GCM; the owner's key-encryption key, wherever it is kept, encrypts
the data key. The layout, version 1, is the same for both ways of keeping:

    version  owner's length  owner  key id  nonce  wrapped data key  nonce  ciphertext
    1 byte   1 byte          n      16      12     48                12     the text's length + 16
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import Refusal

VERSION: Final = 1
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 16
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + TAG_BYTES
_OWNER = re.compile(r"[A-Z]{2,8}|secretariat")
_KEY_ID = re.compile(rf"[0-9a-f]{{{2 * KEY_ID_BYTES}}}")


class KeyMissing(Refusal):
    """The key that sealed this is not where its owner keeps keys, or is not a key."""

    def __init__(self, owner: str, key_id: str) -> None:
        super().__init__("key_missing", party=owner)
        self.owner = owner
        self.key_id = key_id

    def __str__(self) -> str:
        return f"The key {self.key_id} of {self.owner} is not among its keys, or is damaged."


class KeyServiceDown(Refusal):
    """The service that keeps an owner's keys cannot be used; nothing was sealed or opened.

    `reason` is for the log: `unreachable`, `slow`, `refused`, `garbled`, `wrong_key`, `settings` or `paused` (it failed
    a moment ago and is not asked again yet).
    """

    def __init__(self, owner: str, reason: str) -> None:
        super().__init__("key_service_down", party=owner)
        self.owner = owner
        self.reason = reason

    def __str__(self) -> str:
        return f"The key service of {self.owner} cannot be used: {self.reason}."


class Tampered(Exception):
    """These bytes are not what was sealed, or were sealed for another place."""

    def __init__(self) -> None:
        super().__init__("Sealed bytes were altered, or stand where they were not sealed for.")


@dataclass(frozen=True)
class Envelope:
    """Sealed bytes taken apart; nothing in here has been verified yet."""

    owner: str
    key_id: str
    header: bytes
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


def is_owner(owner: str) -> bool:
    """Say whether this is a code that a delegation's keys can be under."""
    return _OWNER.fullmatch(owner) is not None


def is_key_id(key_id: str) -> bool:
    """Say whether this is the form of a key's id."""
    return _KEY_ID.fullmatch(key_id) is not None


def check_owner(owner: str) -> str:
    """Return the owner; raises `ValueError` when it is no code of a delegation."""
    if not is_owner(owner):
        raise ValueError(f"{owner!r} is no code of a delegation.")
    return owner


def header_of(owner: str, key_id: str) -> bytes:
    """Return what sealed bytes of this owner under this key begin with, which both encryptions are bound to."""
    return bytes([VERSION, len(owner)]) + owner.encode("ascii") + bytes.fromhex(key_id)


def wrap_under(key: bytes, data_key: bytes, header: bytes) -> bytes:
    """Return a data key encrypted under a key-encryption key: its nonce, then the ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data_key, header)


def unwrap_under(key: bytes, wrapped_key: bytes, header: bytes) -> bytes:
    """Return the data key; raises `Tampered` when it was not wrapped under this key and header."""
    try:
        return AESGCM(key).decrypt(wrapped_key[:NONCE_BYTES], wrapped_key[NONCE_BYTES:], header)
    except (InvalidTag, ValueError):
        raise Tampered from None


def seal_with(data_key: bytes, wrapped_key: bytes, header: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Return sealed bytes: the header, the wrapped data key, and the text encrypted under the data key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + wrapped_key + nonce + AESGCM(data_key).encrypt(nonce, plaintext, header + context)


def open_with(data_key: bytes, envelope: Envelope, context: bytes) -> bytes:
    """Return the text; raises `Tampered`."""
    try:
        return AESGCM(data_key).decrypt(envelope.nonce, envelope.ciphertext, envelope.header + context)
    except (InvalidTag, ValueError):
        raise Tampered from None


def take_apart(sealed: bytes) -> Envelope:
    """Cut sealed bytes into their parts; raises `Tampered` when they have not the form of any."""
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise Tampered
    owner = sealed[2 : 2 + sealed[1]].decode("ascii", errors="replace")
    wrapped_at = 2 + sealed[1] + KEY_ID_BYTES
    nonce_at = wrapped_at + WRAPPED_BYTES
    ciphertext_at = nonce_at + NONCE_BYTES
    if not is_owner(owner) or len(sealed) < ciphertext_at + TAG_BYTES:
        raise Tampered
    return Envelope(
        owner=owner,
        key_id=sealed[wrapped_at - KEY_ID_BYTES : wrapped_at].hex(),
        header=sealed[:wrapped_at],
        wrapped_key=sealed[wrapped_at:nonce_at],
        nonce=sealed[nonce_at:ciphertext_at],
        ciphertext=sealed[ciphertext_at:],
    )
