"""Which calendar program fetched a feed, told by the name it gives itself: words from outside, never trusted."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

AGENT_LIMIT: Final = 300
BROWSER: Final = "browser"

# The first that is found names the program, so what others carry inside their own name comes last.
_PROGRAMS: Final = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Google Calendar", r"google-calendar|calendar-importer"),
        ("Outlook", r"outlook|microsoft (?:exchange|office)|exchange/|office365"),
        ("Thunderbird", r"thunderbird|lightning/"),
        ("vdirsyncer (khal)", r"vdirsyncer|\bkhal\b"),
        ("ICSx⁵", r"icsx|icsdroid"),
        ("DAVx⁵", r"davx|davdroid"),
        ("Nextcloud", r"nextcloud"),
        ("Home Assistant", r"home ?assistant"),
        ("Evolution", r"evolution/|gnome-calendar"),
        ("KOrganizer", r"korganizer|akonadi"),
        ("Proton Calendar", r"proton ?calendar|protonmail"),
        ("Apple Calendar", r"dataaccessd|calendar(?:agent|store)|calaccessd|ical/|ios/|macos/|cfnetwork"),
        ("curl", r"^curl/"),
        (BROWSER, r"^mozilla/5\.0 .*(?:firefox|chrome|safari|edg)/"),
    )
)


def cleaned_agent(agent: str) -> str:
    """Return what a program calls itself as one printable line of at most 300 characters."""
    kept = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in agent)
    return " ".join(kept.split())[:AGENT_LIMIT]


def program_of(agent: str) -> str | None:
    """Return the name of the program that calls itself so, `BROWSER` for a browser, None for one not known here."""
    return next((name for name, pattern in _PROGRAMS if pattern.search(agent)), None)
