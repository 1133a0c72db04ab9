"""The ring: seals and opens for every owner, wherever that owner's keys are kept.

An owner's folder holds its keys, or a `service.json`, which says where the service that keeps them is asked. Where both
are there, new seals are the service's, and the keys here open what was sealed under them until it is sealed anew.
Nothing that a service said is kept: an opened text lives as long as the row that it was read with.
"""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.keys.envelope import (
    KEY_BYTES,
    Envelope,
    KeyMissing,
    KeyServiceDown,
    Tampered,
    header_of,
    is_owner,
    open_with,
    seal_with,
    take_apart,
)
from app.keys.folder import KeyFolder, OwnersKeys, Wrapped
from app.keys.remote import SETTINGS, KeyService


@dataclass(frozen=True)
class DataKey:
    """A data key for one seal, and how it stands in sealed bytes; its representation does not show it."""

    owner: str
    header: bytes
    plain: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)


class Unread:
    """A sealed text that was read and not yet opened; opening one asks for all that wait beside it at once."""

    __slots__ = ("__weakref__", "context", "envelope", "plaintext", "problem", "ring")

    def __init__(self, ring: KeyRing, envelope: Envelope, context: bytes) -> None:
        self.ring = ring
        self.envelope = envelope
        self.context = context
        self.plaintext: bytes | None = None
        self.problem: KeyServiceDown | None = None

    def open(self) -> bytes:
        """Return the text; raises `Tampered`, `KeyMissing`, `KeyServiceDown`."""
        if self.plaintext is None:
            self.plaintext = self.ring.open_unread(self)
        return self.plaintext


class KeyRing:
    """The keys of all owners: a folder with one folder for each.

    Safe to use from several processes and threads. Every method that takes an owner raises `ValueError` when it is no
    code of a delegation; every one that needs a service raises `KeyServiceDown`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._services: dict[str, tuple[tuple[int, ...], KeyService]] = {}
        self._lock = threading.Lock()
        self._waiting = threading.local()

    def __repr__(self) -> str:
        return f"KeyRing({str(self._folder)!r})"

    # Sealing and opening -----------------------------------------------------------------------------

    def seal(self, owner: str, plaintext: bytes, context: bytes, prepared: DataKey | None = None) -> bytes:
        """Return `plaintext` encrypted under the current key of `owner`, bound to `context`.

        The context names the place that the bytes belong to and is needed to open them; `prepared` is what `prepare`
        gave. Raises `KeyMissing` when the current key is damaged.
        """
        key = prepared if prepared is not None and prepared.owner == owner else self._data_keys(owner, 1)[0]
        return seal_with(key.plain, key.wrapped, key.header, plaintext, context)

    def prepare(self, owner: str) -> DataKey | None:
        """Return a data key where a service has to be asked for it, so that it fails before anything is written.

        None where the owner's keys are here.
        """
        return self._data_keys(owner, 1)[0] if self.service_of(owner) is not None else None

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed; raises `Tampered`, `KeyMissing`."""
        return Unread(self, take_apart(sealed), context).open()

    def unread(self, sealed: bytes, context: bytes) -> Unread:
        """Return sealed bytes as what is opened once its text is needed; raises `Tampered` for any of no such form."""
        unread = Unread(self, take_apart(sealed), context)
        waiting = self._waiting_of(unread.envelope.owner)
        waiting.add(unread)
        return unread

    def open_unread(self, unread: Unread) -> bytes:
        """Open one, and with it all others of its owner that this thread has read, in one request to their service."""
        envelope = unread.envelope
        folder, service = KeyFolder(self._folder, envelope.owner), self.service_of(envelope.owner)
        if service is None or folder.has(envelope.key_id):
            self._waiting_of(envelope.owner).discard(unread)
            wrapped = Wrapped(envelope.key_id, envelope.wrapped_key)
            return open_with(folder.unwrap(wrapped), envelope, unread.context)
        if unread.problem is None:
            self._open_by(service, folder, unread)
        if unread.plaintext is None:
            raise unread.problem or KeyServiceDown(envelope.owner, "wrong_key")
        return unread.plaintext

    def owner_of(self, sealed: bytes) -> str:
        """Return whose key sealed these bytes, without opening them; raises `Tampered` when they have no such form."""
        return take_apart(sealed).owner

    def reseal(self, owner: str, many: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """Return each of these, pairs of sealed bytes and context, sealed anew under the current key of their owner.

        None for one that does not open. The text is encrypted anew too, under another data key: its encryption is bound
        to the id of the key. Raises `KeyMissing` when the current key is damaged.
        """
        waiting = [self.unread(sealed, context) for sealed, context in many]
        keys = self._data_keys(owner, len(many))
        found: list[bytes | None] = []
        for unread, key in zip(waiting, keys, strict=True):
            try:
                found.append(self.seal(owner, unread.open(), unread.context, key))
            except (Tampered, KeyMissing):
                found.append(None)
            except KeyServiceDown as down:
                if down.reason != "wrong_key":
                    raise
                found.append(None)
        return found

    # The keys ----------------------------------------------------------------------------------------

    def owners(self) -> list[str]:
        """Return the owners that have a folder here."""
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        return sorted(each.name for each in found if is_owner(each.name) and each.is_dir())

    def keys_here(self, owner: str) -> OwnersKeys:
        """Return an owner's keys in the folder; raises `KeyMissing` when it is unclear which is current."""
        return KeyFolder(self._folder, owner).keys()

    def keys_of(self, owner: str) -> OwnersKeys:
        """Return an owner's keys as their keeper says; raises `KeyMissing` where it is unclear which is current."""
        service = self.service_of(owner)
        return service.keys() if service is not None else self.keys_here(owner)

    def current_header(self, owner: str) -> bytes:
        """Return what sealed bytes under the owner's current key begin with; the first key is made if there is none."""
        service = self.service_of(owner)
        current = service.keys().current if service is not None else KeyFolder(self._folder, owner).current()
        return header_of(owner, current or self.rotate(owner))

    def rotate(self, owner: str) -> str:
        """Make a new key for what `owner` seals from now on, and return its id; older seals still open."""
        service = self.service_of(owner)
        return service.rotate() if service is not None else KeyFolder(self._folder, owner).rotate()

    def retire(self, owner: str, key_id: str) -> None:
        """Delete a key of the folder for ever; a service sets its own aside, for its government to delete.

        Raises `KeyMissing`; `StillNeeded` for one that is current or was until less than an hour ago.
        """
        service, folder = self.service_of(owner), KeyFolder(self._folder, owner)
        if service is None:
            folder.destroy(key_id)
        elif folder.has(key_id):
            folder.destroy(key_id, sealed_until=folder.folder / SETTINGS)
        else:
            service.set_aside(key_id)

    def services(self) -> Mapping[str, KeyService]:
        """Return the key services that are asked, by the owners of the keys."""
        found = {owner: self.service_of(owner) for owner in self.owners()}
        return {owner: service for owner, service in found.items() if service is not None}

    def service_of(self, owner: str) -> KeyService | None:
        """Return the service that keeps an owner's keys, None where they are in the folder.

        The folder is looked at each time, so that a change there holds at once.
        """
        folder = KeyFolder(self._folder, owner).folder
        try:
            there = (folder / SETTINGS).stat()
        except FileNotFoundError:
            return None
        state = there.st_mtime_ns, there.st_size, there.st_ino
        with self._lock:
            known = self._services.get(owner)
            if known is not None and known[0] == state:
                return known[1]
            if known is not None:
                known[1].close()
            service = KeyService(folder, owner)
            self._services[owner] = state, service
            return service

    def close(self) -> None:
        """Close the connections to services."""
        with self._lock:
            for _state, service in self._services.values():
                service.close()
            self._services.clear()

    def _data_keys(self, owner: str, count: int) -> list[DataKey]:
        plain = [secrets.token_bytes(KEY_BYTES) for _each in range(count)]
        wrapped = (self.service_of(owner) or KeyFolder(self._folder, owner)).wrap(plain)
        return [
            DataKey(owner, header_of(owner, each.key_id), key, each.wrapped_key)
            for key, each in zip(plain, wrapped, strict=True)
        ]

    def _waiting_of(self, owner: str) -> weakref.WeakSet[Unread]:
        """Return what this thread has read of an owner's and not opened; what nobody holds any more leaves it."""
        by_owner: dict[str, weakref.WeakSet[Unread]] = self._waiting.__dict__.setdefault("by_owner", {})
        return by_owner.setdefault(owner, weakref.WeakSet())

    def _open_by(self, service: KeyService, folder: KeyFolder, unread: Unread) -> None:
        """Open by the service what waits; what does not open has its problem noted, and is not asked for again."""
        waiting = self._waiting_of(unread.envelope.owner)
        many = list({unread, *(each for each in waiting if not folder.has(each.envelope.key_id))})
        data_keys = service.unwrap([Wrapped(each.envelope.key_id, each.envelope.wrapped_key) for each in many])
        for each, data_key in zip(many, data_keys, strict=True):
            waiting.discard(each)
            try:
                each.plaintext = open_with(data_key, each.envelope, each.context) if data_key else None
            except Tampered:
                each.plaintext = None
            if each.plaintext is None:
                each.problem = KeyServiceDown(each.envelope.owner, "wrong_key")
