"""What the main calendar programs make of an entry: whether they show it, how, and how old it may be.

Found by running them on sample feeds, and from what their makers say of subscribed calendars.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Showing = Literal["shown", "not_shown", "struck", "as_if_live", "said_cancelled", "free"]
Refresh = Literal["daily", "hours", "as_set", "by_hand"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program: how it shows what was called off, and how often it fetches."""

    name: str
    called_off: Showing
    refresh: Refresh


PROGRAMS: Final = (
    Program("Google Calendar", "not_shown", "daily"),
    Program("Outlook", "as_if_live", "hours"),
    Program("Apple Calendar", "struck", "as_set"),
    Program("Thunderbird", "as_if_live", "as_set"),
    Program("khal", "said_cancelled", "by_hand"),
)


def showing(program: Program, status: str | None, *, is_transparent: bool) -> Showing:
    """Return how a program shows an entry of a status (CANCELLED, TENTATIVE, CONFIRMED, or none)."""
    if status == "CANCELLED":
        return program.called_off
    return "free" if is_transparent else "shown"


def title_in(program: Program, title: str, status: str | None) -> str:
    """Return the title as a program writes it: khal says before it that it was cancelled."""
    return f"CANCELLED {title}" if program.name == "khal" and status == "CANCELLED" else title
