"""One owner's key-encryption keys in a folder: `<key id>.key`, and `current`, which names the one for new seals.

Entente keeps the keys of most owners so, and a government's own key service keeps its own so.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.keys.envelope import (
    KEY_BYTES,
    KEY_ID_BYTES,
    KeyMissing,
    check_owner,
    header_of,
    is_key_id,
    unwrap_under,
    wrap_under,
)

# A transaction that sealed under the key before is over by then.
REST_BEFORE_RETIRING: Final = 3600
_SET_ASIDE: Final = ".retired"


class StillNeeded(Exception):
    """A key is current, or was until less than an hour ago, and cannot be retired."""


@dataclass(frozen=True)
class OwnersKeys:
    """The ids of an owner's keys, in alphabetical order, and the one for new seals, None before the first seal."""

    current: str | None
    key_ids: tuple[str, ...]


@dataclass(frozen=True)
class Wrapped:
    """A data key as it stands in sealed bytes, and the id of the key that it is wrapped under."""

    key_id: str
    wrapped_key: bytes


class KeyFolder:
    """The keys of one owner in one folder.

    Keys are made when they are first needed, readable by the process's user alone, and are on the disk
    before anything is sealed under them. Safe to use from several processes and threads.
    Raises `ValueError` when `owner` is no code of a delegation.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self._above = folder
        self.owner = check_owner(owner)
        self.folder = folder / owner

    def wrap(self, data_keys: Sequence[bytes]) -> list[Wrapped]:
        """Return the data keys wrapped under the current key, which is made if it is the first; raises `KeyMissing`."""
        key_id = self.current()
        key, header = self._key(key_id), header_of(self.owner, key_id)
        return [Wrapped(key_id, wrap_under(key, data_key, header)) for data_key in data_keys]

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """Return a data key; raises `KeyMissing` and `Tampered`."""
        return unwrap_under(self._key(wrapped.key_id), wrapped.wrapped_key, header_of(self.owner, wrapped.key_id))

    def keys(self) -> OwnersKeys:
        """Return which keys there are; no first one is made."""
        found = sorted(path.stem for path in self.folder.glob("*.key") if is_key_id(path.stem))
        return OwnersKeys(self._named_current(), tuple(found))

    def has(self, key_id: str) -> bool:
        """Say whether this key is here."""
        return (self.folder / f"{key_id}.key").exists()

    def rotate(self) -> str:
        """Make a new key for what is sealed from now on, and return its id; older seals still open."""
        self._make_folder()
        key_id = self._make_key()
        draft = self.folder / f".current.{key_id}"
        _write(self.folder, draft.name, key_id.encode("ascii"))
        draft.replace(self.folder / "current")
        _sync(self.folder)
        return key_id

    def set_aside(self, key_id: str) -> None:
        """Use a key no more, and keep its file as `<key id>.retired`; raises `KeyMissing` and `StillNeeded`."""
        self._check_rested(key_id, self.folder / "current")
        (self.folder / f"{key_id}.key").rename(self.folder / f"{key_id}{_SET_ASIDE}")
        _sync(self.folder)

    def destroy(self, key_id: str, *, sealed_until: Path | None = None) -> None:
        """Delete a key for ever; raises `KeyMissing` and `StillNeeded`.

        `sealed_until` is the file whose making ended its use, where that is not the naming of another key here.
        """
        self._check_rested(key_id, sealed_until or self.folder / "current")
        (self.folder / f"{key_id}.key").unlink()
        _sync(self.folder)

    def current(self) -> str:
        """Return the id of the key for new seals, making the first one when there is none; raises `KeyMissing`.

        Read from the disk each time, since another process may have rotated the key.
        """
        for _attempt in range(2):
            key_id = self._named_current()
            if key_id is not None:
                return key_id
            self._make_folder()
            self._make_first_key()
        raise KeyMissing(self.owner, "named as current")

    def _named_current(self) -> str | None:
        try:
            key_id = (self.folder / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        if not is_key_id(key_id):
            raise KeyMissing(self.owner, "named as current")
        return key_id

    def _check_rested(self, key_id: str, sealed_until: Path) -> None:
        if not is_key_id(key_id) or not self.has(key_id):
            raise KeyMissing(self.owner, key_id)
        if sealed_until.name == "current" and self._named_current() == key_id:
            raise StillNeeded("it is the key for new seals")
        if time.time() - sealed_until.stat().st_mtime < REST_BEFORE_RETIRING:
            raise StillNeeded("it was the key for new seals until less than an hour ago")

    def _make_first_key(self) -> None:
        """Make a key and name it current, unless another process does so first."""
        key_id = self._make_key()
        draft = self.folder / f".current.{key_id}"
        _write(self.folder, draft.name, key_id.encode("ascii"))
        try:
            os.link(draft, self.folder / "current")
        except FileExistsError:
            # Nothing was sealed under this one yet.
            (self.folder / f"{key_id}.key").unlink()
        draft.unlink()
        _sync(self.folder)

    def _make_key(self) -> str:
        key_id = secrets.token_hex(KEY_ID_BYTES)
        draft = f".{key_id}.new"
        _write(self.folder, draft, secrets.token_bytes(KEY_BYTES))
        (self.folder / draft).rename(self.folder / f"{key_id}.key")
        _sync(self.folder)
        return key_id

    def _make_folder(self) -> None:
        if not self.folder.is_dir():
            self._above.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            _sync(self._above)

    def _key(self, key_id: str) -> bytes:
        # From the disk each time, so that a key that is taken away is gone at once.
        if not is_key_id(key_id):
            raise KeyMissing(self.owner, key_id)
        try:
            key = (self.folder / f"{key_id}.key").read_bytes()
        except FileNotFoundError:
            raise KeyMissing(self.owner, key_id) from None
        if len(key) != KEY_BYTES:
            raise KeyMissing(self.owner, key_id)
        return key


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
