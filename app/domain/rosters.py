"""Rosters: the order of precedence, who heads a delegation, at what level it is spoken for, and the quorum of a day.

Equal rank is kept by an order that nobody chose for himself: the parties take turns, or they stand in the alphabetical
order of the host's language. A sitting at which a party is missing is informal; nothing is voted on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeVar

from app.domain.errors import Refusal
from app.domain.mechanisms import collation_key

# From the head of a delegation down; people of one role stand by their place in it.
ROLES: Final = ("head", "alternate", "adviser", "interpreter", "liaison", "support")
# From the highest down.
LEVELS: Final = (
    "leader",
    "minister",
    "deputy_minister",
    "assistant_secretary",
    "director_general",
    "director",
    "expert",
)
MODES: Final = ("in_person", "remote")
PRESENCES: Final = ("present", "remote", "absent")
# Of those who go: a refused or withdrawn entry is kept, and can be put back.
ENDED: Final = frozenset({"refused", "withdrawn"})
LANGUAGES: Final = ("en", "es", "fr")
# UN General Assembly, rule 27: credentials, if possible, not less than one week before.
CREDENTIALS_BEFORE: Final = dt.timedelta(days=7)
MAX_ENTRIES: Final = 200
_HOST_LANGUAGES: Final[Mapping[str, str]] = {"CA": "en", "MX": "es", "US": "en"}

Rule = Literal["rotating", "alphabetical"]
QuorumState = Literal["none", "open", "quorum", "informal"]


class Listed(Protocol):
    """Somebody on a roster, as far as their place in it goes."""

    @property
    def role(self) -> str:
        """Return what they are in their delegation."""

    @property
    def position(self) -> int:
        """Return their place among those of the same role, from 1."""

    @property
    def name(self) -> str:
        """Return what they are called."""


_Entry = TypeVar("_Entry", bound=Listed)


# The order of precedence ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Precedence:
    """How the parties of a meeting are put in order; `is_kept` says that somebody who steers chose it.

    Rotating begins with `first_party` (of the mechanism's order, or its first where none is said); alphabetical is
    by the names in `language`, that of `host` where there is one.
    """

    rule: Rule
    language: str
    first_party: str | None = None
    host: str | None = None
    is_kept: bool = False


def usual_precedence(hosts: Sequence[str]) -> Precedence:
    """Return the order of a meeting for which nobody chose one: alphabetical in the language of its first host."""
    host = hosts[0] if hosts else None
    return Precedence("alphabetical", language_of_host(host), None, host)


def language_of_host(host: str | None) -> str:
    """Return the language in which a host's alphabet is read; English where none is known."""
    return _HOST_LANGUAGES.get(host or "", "en")


def in_precedence(
    parties: Iterable[str], precedence: Precedence, names: Mapping[str, str], turns: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the parties of a meeting in their order of precedence.

    `names` are those of the parties in the language of the precedence, by code; accents do not part letters.
    `turns` is the mechanism's own order, in which parties that it does not name come last, by their codes.
    """
    chosen = sorted(set(parties))
    if precedence.rule == "alphabetical":
        return tuple(sorted(chosen, key=lambda code: (collation_key(names.get(code, code)), code)))
    order = [code for code in dict.fromkeys(turns) if code in chosen]
    order += [code for code in chosen if code not in order]
    if precedence.first_party in order:
        start = order.index(precedence.first_party)
        order = order[start:] + order[:start]
    return tuple(order)


def check_precedence(rule: str, language: str, first_party: str | None, parties: Iterable[str]) -> None:
    """Refuse an order that is none: `unknown_precedence`, `unknown_language`, `unknown_party`."""
    if rule not in ("rotating", "alphabetical"):
        raise Refusal("unknown_precedence", field="precedence")
    if language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    if first_party is not None and first_party not in set(parties):
        raise Refusal("unknown_party", field="first_party")


# Who goes ------------------------------------------------------------------------------------------


def in_order(entries: Iterable[_Entry]) -> tuple[_Entry, ...]:
    """Return people of one delegation in its order: by role, then by their place, then by name."""
    ranks = {role: rank for rank, role in enumerate(ROLES)}
    return tuple(
        sorted(entries, key=lambda each: (ranks.get(each.role, len(ROLES)), each.position, collation_key(each.name)))
    )


def next_place(entries: Iterable[Listed], role: str) -> int:
    """Return the place after the last of a role."""
    return max((each.position for each in entries if each.role == role), default=0) + 1


@dataclass(frozen=True, slots=True)
class Heads:
    """What is worth saying of the head of a delegation: `missing`, `several`, or nothing."""

    party: str
    advice: Literal["missing", "several", ""]


def heads_of(approved: Iterable[tuple[str, str]], parties: Sequence[str]) -> tuple[Heads, ...]:
    """Return what is worth saying of the heads of these parties; `approved` are pairs of party and role."""
    counted = Counter(party for party, role in approved if role == "head")
    found: list[Heads] = []
    for party in parties:
        count = counted[party]
        found.append(Heads(party, "missing" if count == 0 else "several" if count > 1 else ""))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Substitution:
    """Somebody speaks for somebody else, or at another level than was expected."""

    acts_for: str
    expected: str | None
    actual: str | None


def substitution_of(acts_for: str | None, expected: str | None, actual: str | None) -> Substitution | None:
    """Return who is spoken for and at what level, where that is another or another's; None where nothing differs."""
    differs = expected is not None and actual is not None and expected != actual
    return Substitution(acts_for or "", expected, actual) if acts_for or differs else None


def credentials_due_on(first_day: dt.date) -> dt.date:
    """Return the day by which credentials are due for a meeting that begins on a day: a week before."""
    return first_day - CREDENTIALS_BEFORE


def check_entry(role: str, mode: str, levels: Iterable[str | None], position: int) -> None:
    """Refuse what no roster holds: `unknown_roster_role`, `unknown_mode`, `unknown_level`, `place_out_of_range`."""
    if role not in ROLES:
        raise Refusal("unknown_roster_role", field="role")
    if mode not in MODES:
        raise Refusal("unknown_mode", field="mode")
    if any(level is not None and level not in LEVELS for level in levels):
        raise Refusal("unknown_level", field="expected_level")
    if not 1 <= position <= MAX_ENTRIES:
        raise Refusal("place_out_of_range", field="position", limit=MAX_ENTRIES)


# Who was there -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attended:
    """Whether one of those who go was there on a day; `presence` is None where nobody has said."""

    party: str
    presence: str | None


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether a day's sitting had all of the parties that were chosen for it.

    `none`: nobody's attendance is recorded. `open`: some of it is still to be recorded, and nobody is known to be
    missing. `quorum`: somebody of each party was there. `informal`: of the `missing` parties nobody was.
    `unrecorded` are those of which it is not known.
    """

    on: dt.date
    state: QuorumState
    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = field(default=())


def quorum_on(on: dt.date, parties: Iterable[str], attended: Iterable[Attended]) -> Quorum:
    """Return the quorum of a day: all of the chosen parties, present in the room or by video.

    `attended` is one for each of those who were to go. A party is missing when all of its people are recorded
    absent, or when none was named to go and somebody else was there.
    """
    said: dict[str, list[str | None]] = {party: [] for party in sorted(set(parties))}
    for each in attended:
        if each.party in said:
            said[each.party].append(each.presence)
    if not any(presence for presences in said.values() for presence in presences):
        return Quorum(on, "none", unrecorded=tuple(said))
    there = tuple(party for party, presences in said.items() if {"present", "remote"} & set(presences))
    missing = tuple(party for party, presences in said.items() if all(presence == "absent" for presence in presences))
    unrecorded = tuple(party for party in said if party not in there and party not in missing)
    state: QuorumState = "informal" if missing else "open" if unrecorded else "quorum"
    return Quorum(on, state, there, missing, unrecorded)


def check_presence(presence: str) -> None:
    """Refuse a presence that is none: `unknown_presence`."""
    if presence not in PRESENCES:
        raise Refusal("unknown_presence", field="presence")


def check_day(on: dt.date, days: Sequence[dt.date], today: dt.date) -> None:
    """Refuse a day on which nobody can have sat: `not_a_day_of_the_meeting`, `day_still_to_come`."""
    if on not in days:
        raise Refusal("not_a_day_of_the_meeting", field="day")
    if on > today:
        raise Refusal("day_still_to_come", field="day")
