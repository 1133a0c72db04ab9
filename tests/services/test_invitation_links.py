"""The secrets of invitations: each opens its own invitation, in its own way, and nothing else does."""

from __future__ import annotations

import uuid
from email.headerregistry import Address

import pytest

from app.services.answer_links import reminder_of, token_of
from app.services.invitation_links import (
    invitation_of,
    link_token_of,
    linked_invitation,
    reply_address,
    secret_in,
    secret_of,
)

KEY = "s" * 32
ID = uuid.UUID("11111111-2222-3333-4444-555555555555")
SECRET = secret_of(ID, KEY)


def test_a_secret_names_its_invitation_whatever_the_case_of_its_letters():
    assert invitation_of(SECRET, KEY) == invitation_of(SECRET.upper(), KEY) == ID
    assert linked_invitation(link_token_of(ID, KEY), KEY) == ID


@pytest.mark.parametrize(
    "token",
    [
        *("", "a", "a" * 42, "2" * 42, SECRET[:-1], SECRET + "a", SECRET[:-1] + ("b" if SECRET[-1] != "b" else "c")),
        *(f" {SECRET[1:]}", f"{SECRET}\n", "\u212a" * 42, "é" * 42, "\ud800" * 42, "=" * 42, link_token_of(ID, KEY)),
        *(secret_of(ID, "t" * 32), token_of(ID, KEY)),
    ],
)
def test_anything_else_names_none(token):
    assert invitation_of(token, KEY) is None


def test_what_is_made_for_one_purpose_is_no_good_for_another():
    assert linked_invitation(SECRET, KEY) is None
    assert reminder_of(token_of(ID, KEY), KEY) == ID
    assert reminder_of(SECRET, KEY) is None


def test_one_address_for_each_invitation():
    address = reply_address(Address("Entente", "entente", "host.example"), ID, KEY)
    assert address == f"entente+{SECRET}@host.example"
    assert secret_in(address) == secret_in(address.upper()) == SECRET
    longest = reply_address(Address("", "a" * 21, "host.example"), ID, KEY)
    assert len(longest.partition("@")[0]) == 64
    for other in ("entente@host.example", "entente+@host.example", "entente+short@host.example", "entente", ""):
        assert secret_in(other) is None
