"""The delegations' keys: what is private to one delegation is sealed under a key of its own.

Sealing is envelope encryption with AES-256-GCM. A random data key encrypts the text; the owner's
key-encryption key, which lives in a file outside the data and its backups, encrypts the data key.
The layout of sealed bytes, version 1:

    version  owner's length  owner  key id  nonce  wrapped data key  nonce  ciphertext
    1 byte   1 byte          n      16      12     48                12     the text's length + 16
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = 1
_KEY_BYTES = 32
_KEY_ID_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAPPED_BYTES = _KEY_BYTES + _TAG_BYTES
_OWNER = re.compile(r"[A-Z]{2,8}|secretariat")
_KEY_ID = re.compile(rf"[0-9a-f]{{{2 * _KEY_ID_BYTES}}}")


class KeyMissing(Exception):
    """The key that sealed this is not in the folder, or its file is not a key."""

    def __init__(self, owner: str, key_id: str) -> None:
        super().__init__(f"The key {key_id} of {owner} is not in the key folder, or is damaged.")
        self.owner = owner
        self.key_id = key_id


class Tampered(Exception):
    """These bytes are not what was sealed, or were sealed for another place."""

    def __init__(self) -> None:
        super().__init__("Sealed bytes were altered, or stand where they were not sealed for.")


@dataclass(frozen=True)
class _Envelope:
    """Sealed bytes taken apart; nothing in here has been verified yet."""

    owner: str
    key_id: str
    header: bytes
    key_nonce: bytes
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


class KeyRing:
    """The keys in one folder: `<OWNER>/<key id>.key`, and `<OWNER>/current`, which names the one for new seals.

    Keys are made when they are first needed, readable by the process's user alone, and are on the disk
    before anything is sealed under them. Safe to use from several processes and threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str], bytes] = {}

    def __repr__(self) -> str:
        return f"KeyRing({str(self._folder)!r})"

    def seal(self, owner: str, plaintext: bytes, context: bytes) -> bytes:
        """Return `plaintext` encrypted under the current key of `owner`, bound to `context`.

        The context names the place that the bytes belong to and is needed to open them. Raises `ValueError`
        when `owner` is no code of a delegation, and `KeyMissing` when its current key is damaged.
        """
        key_id = self._current(owner)
        header = bytes([_VERSION, len(owner)]) + owner.encode("ascii") + bytes.fromhex(key_id)
        data_key = secrets.token_bytes(_KEY_BYTES)
        key_nonce, nonce = secrets.token_bytes(_NONCE_BYTES), secrets.token_bytes(_NONCE_BYTES)
        wrapped_key = AESGCM(self._key(owner, key_id)).encrypt(key_nonce, data_key, header)
        ciphertext = AESGCM(data_key).encrypt(nonce, plaintext, header + context)
        return header + key_nonce + wrapped_key + nonce + ciphertext

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed; raises `Tampered` or `KeyMissing`."""
        envelope = _take_apart(sealed)
        key = self._key(envelope.owner, envelope.key_id)
        try:
            data_key = AESGCM(key).decrypt(envelope.key_nonce, envelope.wrapped_key, envelope.header)
            return AESGCM(data_key).decrypt(envelope.nonce, envelope.ciphertext, envelope.header + context)
        except InvalidTag:
            raise Tampered from None

    def owner_of(self, sealed: bytes) -> str:
        """Return whose key sealed these bytes, without opening them; raises `Tampered` when they have no such form."""
        return _take_apart(sealed).owner

    def rotate(self, owner: str) -> str:
        """Make a new key for what `owner` seals from now on, and return its id; older seals still open."""
        folder = self._owner_folder(owner)
        key_id = self._make_key(folder)
        _write(folder, f".current.{key_id}", key_id.encode("ascii"))
        (folder / f".current.{key_id}").replace(folder / "current")
        _sync(folder)
        return key_id

    def _current(self, owner: str) -> str:
        """Return the id of the key for new seals, making the first one when there is none.

        Read from the disk each time, since another process may have rotated the key.
        """
        folder = self._owner_folder(owner)
        for _attempt in range(2):
            try:
                key_id = (folder / "current").read_text(encoding="ascii").strip()
            except FileNotFoundError:
                self._make_first_key(folder)
            else:
                if not _KEY_ID.fullmatch(key_id):
                    raise KeyMissing(owner, "named as current")
                return key_id
        raise KeyMissing(owner, "named as current")

    def _make_first_key(self, folder: Path) -> None:
        """Make a key and name it current, unless another process does so first."""
        key_id = self._make_key(folder)
        draft = folder / f".current.{key_id}"
        _write(folder, draft.name, key_id.encode("ascii"))
        try:
            os.link(draft, folder / "current")
        except FileExistsError:
            # Nothing was sealed under this one yet.
            (folder / f"{key_id}.key").unlink()
        draft.unlink()
        _sync(folder)

    def _make_key(self, folder: Path) -> str:
        key_id = secrets.token_hex(_KEY_ID_BYTES)
        draft = f".{key_id}.new"
        _write(folder, draft, secrets.token_bytes(_KEY_BYTES))
        (folder / draft).rename(folder / f"{key_id}.key")
        _sync(folder)
        return key_id

    def _owner_folder(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            message = f"{owner!r} is no code of a delegation."
            raise ValueError(message)
        folder = self._folder / owner
        if not folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync(self._folder)
        return folder

    def _key(self, owner: str, key_id: str) -> bytes:
        known = self._known.get((owner, key_id))
        if known is not None:
            return known
        try:
            key = (self._folder / owner / f"{key_id}.key").read_bytes()
        except FileNotFoundError:
            raise KeyMissing(owner, key_id) from None
        if len(key) != _KEY_BYTES:
            raise KeyMissing(owner, key_id)
        self._known[owner, key_id] = key
        return key


def _take_apart(sealed: bytes) -> _Envelope:
    """Cut sealed bytes into their parts; raises `Tampered` when they have not the form of any."""
    if len(sealed) < 2 or sealed[0] != _VERSION:
        raise Tampered
    owner = sealed[2 : 2 + sealed[1]].decode("ascii", errors="replace")
    header_end = 2 + sealed[1] + _KEY_ID_BYTES
    wrapped_at = header_end + _NONCE_BYTES
    nonce_at = wrapped_at + _WRAPPED_BYTES
    ciphertext_at = nonce_at + _NONCE_BYTES
    if not _OWNER.fullmatch(owner) or len(sealed) < ciphertext_at + _TAG_BYTES:
        raise Tampered
    return _Envelope(
        owner=owner,
        key_id=sealed[header_end - _KEY_ID_BYTES : header_end].hex(),
        header=sealed[:header_end],
        key_nonce=sealed[header_end:wrapped_at],
        wrapped_key=sealed[wrapped_at:nonce_at],
        nonce=sealed[nonce_at:ciphertext_at],
        ciphertext=sealed[ciphertext_at:],
    )


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a new file that only this user can read, and wait until the disk has it."""
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Wait until the disk has the folder's names."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
