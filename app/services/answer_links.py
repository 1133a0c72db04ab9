"""The signed links of reminders, by which their recipients answer.

The token names the reminder and is signed under the secret key; it is kept nowhere, and a copy of the database makes
none. What it opens is decided when it is used.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Final

from app.services.signed_ids import identity_in, signed

_MAC_BYTES: Final = 20
_PURPOSE: Final = b"entente answer to a reminder"


def token_of(reminder_id: uuid.UUID, secret_key: str) -> str:
    """Return the token of a reminder's link, 48 characters that an address takes as they are."""
    return base64.urlsafe_b64encode(signed(reminder_id, _PURPOSE, secret_key, _MAC_BYTES)).decode()


def reminder_of(token: str, secret_key: str) -> uuid.UUID | None:
    """Return the id of the reminder that a token names, or None for one that was not made under this key."""
    try:
        read = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    is_the_way_we_write = base64.urlsafe_b64encode(read).decode() == token
    return identity_in(read, _PURPOSE, secret_key, _MAC_BYTES) if is_the_way_we_write else None
