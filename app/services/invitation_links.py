"""The secrets of invitations: one in the address that a calendar replies to, one in the link of the answering page.

Both name the invitation and are signed under the secret key; they are kept nowhere. What an invitation's secret opens
is decided when it is used. They are two, since a calendar shows its owner's assistants whom an entry is from.
"""

from __future__ import annotations

import base64
import re
import uuid
from email.headerregistry import Address
from typing import Final

from app.services.signed_ids import identity_in, signed

# With these a local part of 21 characters stays within the 64 that RFC 5321 allows.
_MAC_BYTES: Final = 10
_IN_ADDRESS: Final = b"entente address of an invitation"
_IN_LINK: Final = b"entente link of an invitation"
_TOKEN: Final = re.compile("[a-z2-7]{42}", re.ASCII)


def invitation_id_of(meeting_id: uuid.UUID, invited_id: uuid.UUID) -> uuid.UUID:
    """Return the id of the invitation of a person, or of an entry on the roster, to a meeting.

    A mail carries secrets of it before its row is written: whoever writes the row first gives it this id.
    """
    return uuid.uuid5(meeting_id, str(invited_id))


def secret_of(invitation_id: uuid.UUID, secret_key: str) -> str:
    """Return the token that stands in an invitation's own address: 42 lower-case letters and digits.

    Letters of one case, since mail programs change the case of addresses.
    """
    return _written(signed(invitation_id, _IN_ADDRESS, secret_key, _MAC_BYTES))


def invitation_of(token: str, secret_key: str) -> uuid.UUID | None:
    """Return the id of the invitation that an address's token names, in any case of letters; None for a forged one."""
    read = _read(token)
    return identity_in(read, _IN_ADDRESS, secret_key, _MAC_BYTES) if read else None


def link_token_of(invitation_id: uuid.UUID, secret_key: str) -> str:
    """Return the token of the link by which the invited person answers on a page."""
    return _written(signed(invitation_id, _IN_LINK, secret_key, _MAC_BYTES))


def answer_address(base_url: str, invitation_id: uuid.UUID, secret_key: str) -> str:
    """Return the address of the page on which the invited person answers without signing in."""
    return f"{base_url}/invitations/{link_token_of(invitation_id, secret_key)}"


def linked_invitation(token: str, secret_key: str) -> uuid.UUID | None:
    """Return the id of the invitation that a link's token names; None for one that was not made for a link."""
    read = _read(token)
    return identity_in(read, _IN_LINK, secret_key, _MAC_BYTES) if read else None


def reply_address(sender: Address, invitation_id: uuid.UUID, secret_key: str) -> str:
    """Return the address to which replies to an invitation go: the sender's own, with the invitation's secret."""
    return f"{sender.username}+{secret_of(invitation_id, secret_key)}@{sender.domain}"


def secret_in(address: str) -> str | None:
    """Return the token in an address of `reply_address`, or None where it has none; whether it is ours is not asked."""
    token = address.rpartition("@")[0].rpartition("+")[2].lower()
    return token if _TOKEN.fullmatch(token) else None


def _written(made: bytes) -> str:
    return base64.b32encode(made).decode().rstrip("=").lower()


def _read(token: str) -> bytes | None:
    """Return the bytes that a token was written from; only one way of writing them is read."""
    lower = token.lower()
    if not _TOKEN.fullmatch(lower):
        return None
    read = base64.b32decode(lower.upper() + "=" * (-len(lower) % 8))
    return read if _written(read) == lower else None
