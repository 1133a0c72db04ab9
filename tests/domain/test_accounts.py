"""Addresses, passwords and roles of accounts."""

from __future__ import annotations

import pytest

from app.domain.accounts import accepted_password, normal_email, normal_password, role_fits
from app.domain.errors import Refusal

LONGEST = "".join(f"{number:03}w" for number in range(32))  # 128 characters
REFUSED = [
    ("", "password_too_short"),
    ("fourteen chars", "password_too_short"),
    # Fifteen characters as typed, fourteen once the two halves of é are one.
    ("me\u0301tro et violet"[:15], "password_too_short"),
    (LONGEST + "z", "too_long"),
    ("password password", "password_too_common"),
    ("Password-Password-1", "password_too_common"),
    ("contraseñacontraseña", "password_too_common"),
    ("MotDePasse MotDePasse 2026", "password_too_common"),
    ("123456789012345", "password_too_common"),
    ("abcdefghijklmnop", "password_too_common"),
    ("qwertyuiopasdfgh", "password_too_common"),
    ("aaaaaaaaaaaaaaaaaaaa", "password_too_common"),
    ("lampara-lampara-", "password_too_common"),
    ("correct horse battery staple", "password_too_common"),
    ("---------------", "password_too_common"),
    ("ana.robles@example.org", "password_is_yours"),
    ("ANA.ROBLES@EXAMPLE.ORG", "password_is_yours"),
    ("Ana Robles Ana Robles", "password_is_yours"),
]


@pytest.mark.parametrize(("typed", "key"), REFUSED)
def test_a_weak_password_is_refused(typed, key):
    with pytest.raises(Refusal) as refused:
        accepted_password(typed, "ana.robles@example.org", "Ana Robles", field="new")
    assert (refused.value.key, refused.value.field) == (key, "new")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("violet-anchor-7-mill", "violet-anchor-7-mill"),
        ("exactly15chars!", "exactly15chars!"),
        ("un métro violet à midi", "un métro violet à midi"),
        ("un me\u0301tro violet a\u0300 midi", "un métro violet à midi"),
        ("ﬁve little ﬁshes swim", "five little fishes swim"),
        (LONGEST, LONGEST),
    ],
)
def test_a_password_is_kept_in_nfkc(typed, kept):
    assert accepted_password(typed, "ana@example.org", "Ana Robles") == kept


def test_the_limits_are_told():
    with pytest.raises(Refusal) as refused:
        accepted_password("short", "a@b.org", "A")
    assert refused.value.values == {"minimum": 15}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("  Ana@Example.ORG ", "ana@example.org"),
        ("ana@example.org\n", "ana@example.org"),
        ("ＡＮＡ@example.org", "ana@example.org"),
    ],
)
def test_addresses_are_looked_up_in_one_form(typed, address):
    assert normal_email(typed) == address


def test_normal_password_keeps_blanks_and_case():
    assert normal_password(" A b ") == " A b "


@pytest.mark.parametrize(
    ("role", "delegation", "fits"),
    [
        ("official", "CA", True),
        ("official", None, False),
        ("coordinator", "MX", True),
        ("head", None, False),
        ("administrator", "US", True),
        ("administrator", None, False),
        ("secretariat", None, True),
        ("secretariat", "MX", False),
        ("guest", None, True),
        ("guest", "CA", True),
        ("minister", "CA", False),
    ],
)
def test_which_role_belongs_where(role, delegation, fits):
    assert role_fits(role, delegation) is fits
