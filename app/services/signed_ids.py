"""Identities signed under the secret key: tokens that are kept nowhere and that a copy of the database cannot make."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Final

ID_BYTES: Final = 16


def signed(identity: uuid.UUID, purpose: bytes, secret_key: str, mac_bytes: int) -> bytes:
    """Return the bytes of an identity with its signature, which is good for one purpose alone."""
    made = hmac.new(secret_key.encode(), purpose + b"\n" + identity.bytes, hashlib.sha256)
    return identity.bytes + made.digest()[:mac_bytes]


def identity_in(read: bytes, purpose: bytes, secret_key: str, mac_bytes: int) -> uuid.UUID | None:
    """Return the identity that was `signed` into these bytes; None where it was not, or for another purpose."""
    if len(read) != ID_BYTES + mac_bytes:
        return None
    identity = uuid.UUID(bytes=read[:ID_BYTES])
    return identity if hmac.compare_digest(read, signed(identity, purpose, secret_key, mac_bytes)) else None
