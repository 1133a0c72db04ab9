"""The signed links of reminders, by which their recipients answer.

The token names the reminder and is signed under the secret key; it is kept nowhere, and a copy of the database makes
none. What it opens is decided when it is used.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from typing import Final

_ID_BYTES: Final = 16
_MAC_BYTES: Final = 20


def token_of(reminder_id: uuid.UUID, secret_key: str) -> str:
    """Return the token of a reminder's link, 48 characters that an address takes as they are."""
    return base64.urlsafe_b64encode(reminder_id.bytes + _mac(reminder_id, secret_key)).decode()


def reminder_of(token: str, secret_key: str) -> uuid.UUID | None:
    """Return the id of the reminder that a token names, or None for one that was not made under this key."""
    try:
        read = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    if len(read) != _ID_BYTES + _MAC_BYTES:
        return None
    reminder_id = uuid.UUID(bytes=read[:_ID_BYTES])
    return reminder_id if hmac.compare_digest(token, token_of(reminder_id, secret_key)) else None


def _mac(reminder_id: uuid.UUID, secret_key: str) -> bytes:
    made = hmac.new(secret_key.encode(), b"entente answer to a reminder\n" + reminder_id.bytes, hashlib.sha256)
    return made.digest()[:_MAC_BYTES]
