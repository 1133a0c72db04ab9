"""Which zone the times of a calendar file are in: by its name in our own data, else as the file itself describes it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Final

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

# A zone of the file's own is known to the expansion by a name that no zone has.
_OWN: Final = "entente-own-"
_SHOWN_LENGTH: Final = 60
_COMPARED_LIMIT: Final = 20


@functools.cache
def _names() -> Mapping[str, str]:
    """Return every name of the pinned data and of Windows, in lower case, with the name in that data."""
    known = resources.files("tzdata").joinpath("zones").read_text().split()
    windows = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}
    return {**windows, **{name.lower(): name for name in known}, "z": "UTC"}


def known_name(tzid: str) -> str | None:
    """Return the name in the pinned data that a TZID means, None where it means none.

    Programs put their own words before a name (`/freeassociation.sourceforge.net/America/Toronto`), and Windows has
    names of its own.
    """
    parts = tzid.strip().strip("/").lower().split("/")
    for first in range(min(len(parts), 8)):
        found = _names().get("/".join(parts[first:]))
        if found is not None and (first == 0 or "/" in found):
            return found
    return None


class FileZones:
    """The zones of one file, as its times ask for them.

    `fallback` is the zone in which times without one are read, and those whose zone nobody knows: how many entries
    those are is counted in `unknown_count`, `unknown` names their zones.
    """

    def __init__(self, described: Mapping[str, Sequence[str]], fallback: str) -> None:
        self._described = described
        self._places = {tzid: place for place, tzid in enumerate(described)}
        self._fallback = fallback
        self._by_tzid: dict[str, str] = {}
        self.compared: dict[str, str] = {}
        self.unknown: dict[str, None] = {}

    def name_for(self, tzid: str) -> str:
        """Return the TZID that the expansion is given for one of the file's; the empty one is a floating time."""
        if tzid not in self._by_tzid:
            self._by_tzid[tzid] = self._found(tzid) if tzid else self._fallback
        return self._by_tzid[tzid]

    def is_unknown(self, tzid: str) -> bool:
        """Say whether nobody knows the zone of that name."""
        return _shown(tzid) in self.unknown

    def _found(self, tzid: str) -> str:
        name, described = known_name(tzid), self._described.get(tzid)
        if name is not None:
            if described:
                self.compared[tzid] = name
            return name
        if described:
            return self._own(tzid)
        self.unknown[_shown(tzid)] = None
        return self._fallback

    def _own(self, tzid: str) -> str:
        return f"{_OWN}{self._places[tzid]}"

    def rules(self) -> list[str]:
        """Return the VTIMEZONEs that the file's times ask for, each by the name that the expansion knows it by."""
        asked = [tzid for tzid, name in self._by_tzid.items() if name.startswith(_OWN) or tzid in self.compared]
        return [
            "\r\n".join(("BEGIN:VTIMEZONE", f"TZID:{self._own(tzid)}", *self._described[tzid], "END:VTIMEZONE", ""))
            for tzid in asked
        ]

    def to_compare(self) -> list[tuple[str, str]]:
        """Return the zones that the file describes although our data knows them: its name, and theirs."""
        return [(self._own(tzid), name) for tzid, name in list(self.compared.items())[:_COMPARED_LIMIT]]


def _shown(tzid: str) -> str:
    printed = "".join(letter if letter.isprintable() else " " for letter in tzid)
    return " ".join(printed.split())[:_SHOWN_LENGTH]
