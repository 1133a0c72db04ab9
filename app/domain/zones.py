"""Time zones from the pinned `tzdata` package alone, never from the machine.

A Debian 12 system copy is years behind (it still moves the clocks of Vancouver), and Python reads
it first unless told otherwise. Everything in Entente gets its zones from here.
"""

from __future__ import annotations

import functools
import zoneinfo
from importlib import resources

zoneinfo.reset_tzpath(to=[])
# Zones that something read from the machine before are remembered, path or no path.
zoneinfo.ZoneInfo.clear_cache()


@functools.cache
def tzdata_version() -> str:
    """Return the release of the zone data in force, as IANA writes it (`2026f`)."""
    first_line = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text().split("\n", 1)[0]
    return first_line.removeprefix("# version ").strip()


@functools.cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones that a person may choose: region/city names, no offsets."""
    names = resources.files("tzdata").joinpath("zones").read_text().split()
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return frozenset(name for name in names if name.startswith(regions))


@functools.cache
def current_names() -> frozenset[str]:
    """Return the names that the release gives to places today, without those that it keeps for old data."""
    lines = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text().splitlines()
    return frozenset(line.split("\t")[2] for line in lines if not line.startswith("#"))


def known_zone(name: str) -> str:
    """Return the name where the release has that zone, else `UTC`, in which a moment can be told all the same."""
    return name if name in zone_names() else "UTC"


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the zone of that name.

    Raises `KeyError` when the pinned data has no such zone, or when it is not one a person may choose.
    """
    if name not in zone_names() and name != "UTC":
        raise KeyError(name)
    return zoneinfo.ZoneInfo(name)
