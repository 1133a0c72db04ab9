"""What one process keeps of feeds: whole feeds by their token, and the bytes of single entries, which many share."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from app.calendars.feed import FeedBody, Rendered
from app.domain.entries import Status

KEPT_FEEDS: Final = 2_000
KEPT_BYTES: Final = 64 * 1024 * 1024
KEPT_ENTRIES: Final = 20_000
ENTRY_BYTES: Final = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is sent: its bytes and their tags, and since when it has these bytes (whole seconds).

    `uses_gzip` is false where its person had it switched off.
    """

    subscription_id: uuid.UUID
    body: FeedBody
    last_modified: dt.datetime
    uses_gzip: bool = True


@dataclass(frozen=True, slots=True)
class KeptFeed:
    """A feed with what it was made from; another `version`, or the instant `until`, makes it old."""

    feed: Feed
    keys: frozenset[str]
    version: tuple[object, ...]
    until: dt.datetime

    @property
    def size(self) -> int:
        """Return how many bytes it holds."""
        return len(self.feed.body.body) + len(self.feed.body.gzip_body or b"")


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """The bytes of a meeting's entry, and what decides whether a feed shows it now.

    `rendered` is None for one without a date. `called_off_at` and `was_confirmed` are those of the meeting, and
    `until` is when its bytes change by themselves.
    """

    rendered: Rendered | None
    status: Status
    called_off_at: dt.datetime
    was_confirmed: bool
    until: dt.datetime | None

    @property
    def size(self) -> int:
        """Return how many bytes it holds."""
        return len(self.rendered.content) if self.rendered else 0


class _Sized(Protocol):
    @property
    def size(self) -> int: ...


_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value", bound=_Sized)


class _Shelf(Generic[_Key, _Value]):
    """What is kept up to a number and a size in bytes: the least recently asked for goes first."""

    def __init__(self, count: int, size: int) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, _Value] = OrderedDict()
        self._limits = count, size
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: _Key) -> _Value | None:
        """Return what is kept under the key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def find_many(self, keys: Iterable[_Key]) -> dict[_Key, _Value]:
        """Return what is kept under each of the keys that has something."""
        found = {}
        with self._lock:
            for key in keys:
                kept = self._kept.get(key)
                if kept is not None:
                    self._kept.move_to_end(key)
                    found[key] = kept
        return found

    def keep(self, key: _Key, value: _Value) -> None:
        """Keep it, and let others go where that is too much."""
        self.keep_many({key: value})

    def keep_many(self, values: Mapping[_Key, _Value]) -> None:
        """Keep them all, and let others go where that is too much."""
        with self._lock:
            for key, value in values.items():
                self._drop(key)
                self._kept[key] = value
                self._size += value.size
            while len(self._kept) > self._limits[0] or (self._size > self._limits[1] and self._kept):
                self._drop(next(iter(self._kept)))

    def drop(self, key: _Key) -> None:
        """Forget it."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: _Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= gone.size


# In what words and on what data entries were made; then the meeting, its version, that of its mechanism where the
# viewer may read it, the parties whose rows the viewer sees (a guest is not shown who sits at the table), and the UID
# and the place of what the meeting is around, where the viewer sees that.
EntryKey = tuple[str, uuid.UUID, int, int | None, str, tuple[str | None, str | None]]


class KeptEntries(_Shelf[EntryKey, KeptEntry]):
    """The entries that one process keeps, each under all that it was made from."""

    def __init__(self, count: int = KEPT_ENTRIES, size: int = ENTRY_BYTES) -> None:
        super().__init__(count, size)


class KeptFeeds(_Shelf[str, KeptFeed]):
    """The feeds that one process keeps, by the digest of their token, and the entries of which they are made."""

    def __init__(self, feeds: int = KEPT_FEEDS, size: int = KEPT_BYTES, entries: KeptEntries | None = None) -> None:
        super().__init__(feeds, size)
        self.entries = KeptEntries() if entries is None else entries
