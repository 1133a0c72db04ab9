"""References that people say aloud: `UNC-2026-2`, `UNC-2026-MXUS-1`, `UNC-2026-2-A07`, `UNC-2026-2-C01`.

A count belongs to a scope, and a scope to one set of parties, so that no gap in a count that some
can see betrays a meeting, an action or a commitment that only others know. References are never renumbered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

ADHOC_MEETING_PREFIX = "ADH"
ADHOC_ACTION_PREFIX = "ACT"
ADHOC_COMMITMENT_PREFIX = "COM"
KEPT_PREFIXES = frozenset({ADHOC_MEETING_PREFIX, ADHOC_ACTION_PREFIX, ADHOC_COMMITMENT_PREFIX})

_PREFIX = r"[A-Z][A-Z0-9]{1,9}"
_CODES = r"[A-Z][A-Z0-9]*(?:\.[A-Z][A-Z0-9]*)*"
_NUMBER = r"[1-9][0-9]{0,5}"
_ACTION_NUMBER = r"A(?:0[1-9]|[1-9][0-9]{1,5})"
_COMMITMENT_NUMBER = r"C(?:0[1-9]|[1-9][0-9]{1,5})"

# For URL converters: unanchored, without groups, in capitals.
MEETING_PATTERN = rf"{_PREFIX}-[0-9]{{4}}(?:-{_CODES})?-{_NUMBER}"
ACTION_PATTERN = (
    rf"(?:{ADHOC_ACTION_PREFIX}-[0-9]{{4}}-{_CODES}-{_ACTION_NUMBER}"
    rf"|{MEETING_PATTERN}(?:-{_CODES})?-{_ACTION_NUMBER})"
)
# What the catalogue names `C01`, what was recorded at a meeting, and what was recorded alone.
COMMITMENT_PATTERN = (
    rf"(?:{_COMMITMENT_NUMBER}|{MEETING_PATTERN}(?:-{_CODES})?-{_COMMITMENT_NUMBER}"
    rf"|{ADHOC_COMMITMENT_PREFIX}-[0-9]{{4}}-{_CODES}-{_NUMBER})"
)

# Of a meeting, or of a mechanism and a year.
TEXT_PATTERN = rf"{_PREFIX}-[0-9]{{4}}(?:-{_CODES})?(?:-{_NUMBER}(?:-{_CODES})?)?-T{_NUMBER}"

POLL_PATTERN = rf"{_PREFIX}-[0-9]{{4}}(?:-{_CODES})?-P{_NUMBER}"

_MEETING = re.compile(
    rf"(?P<scope>(?P<prefix>{_PREFIX})-(?P<year>[0-9]{{4}})(?:-(?P<codes>{_CODES}))?)-(?P<n>{_NUMBER})"
)
_ACTION = re.compile(
    rf"(?P<scope>(?:(?P<meeting>{MEETING_PATTERN})(?:-(?P<codes>{_CODES}))?"
    rf"|{ADHOC_ACTION_PREFIX}-[0-9]{{4}}-(?P<adhoc_codes>{_CODES})))-A(?P<n>[0-9]+)"
)


@dataclass(frozen=True)
class MeetingReference:
    """A meeting's reference taken apart; `codes` is empty when the parties are exactly the mechanism's."""

    scope: str
    prefix: str
    year: int
    codes: str
    number: int


@dataclass(frozen=True)
class ActionReference:
    """An action's reference taken apart; `meeting` is None for an ad hoc action."""

    scope: str
    meeting: str | None
    codes: str
    number: int


def joined_codes(parties: Collection[str]) -> str:
    """Return the codes of the parties, sorted and joined, so that each set of parties has a string of its own.

    Two-letter codes are joined bare (`MXUS`); where one is longer, with a full stop (`CA.NATO`).
    """
    codes = sorted(set(parties))
    if not codes or any(re.fullmatch(r"[A-Z][A-Z0-9]*", code) is None for code in codes):
        raise ValueError(f"not codes of parties: {codes}")
    is_plain = all(len(code) == 2 for code in codes)
    return ("" if is_plain else ".").join(codes)


def meeting_scope(
    prefix: str | None, mechanism_parties: Collection[str], chosen_parties: Collection[str], year: int
) -> str:
    """Return the scope in which a meeting is counted: `UNC-2026`, `UNC-2026-MXUS`, ad hoc `ADH-2026-CAMX`.

    `prefix` is the mechanism's, None for an ad hoc meeting; `year` that of the proposed start in the meeting's zone.
    """
    if prefix is None:
        return f"{ADHOC_MEETING_PREFIX}-{year:04d}-{joined_codes(chosen_parties)}"
    if prefix in KEPT_PREFIXES or re.fullmatch(_PREFIX, prefix) is None:
        raise ValueError(f"not a mechanism's prefix: {prefix!r}")
    if set(chosen_parties) == set(mechanism_parties):
        return f"{prefix}-{year:04d}"
    return f"{prefix}-{year:04d}-{joined_codes(chosen_parties)}"


def meeting_reference(scope: str, number: int) -> str:
    """Return the reference of the meeting with that number (from 1) in its scope: `UNC-2026-2`."""
    return f"{scope}-{_positive(number)}"


def action_scope(meeting_reference: str, mechanism_parties: Collection[str], action_parties: Collection[str]) -> str:
    """Return the scope in which an action of a meeting is counted: the meeting's own, or `UNC-2026-2-MXUS`.

    The meeting's own is that of the parties which its reference is of, whoever was chosen since: those whose
    codes it has, else all of the mechanism's. `action_parties` are the parties who may see the action, not
    only those who owe something.
    """
    codes, parsed = joined_codes(action_parties), parse_meeting_reference(meeting_reference)
    named = parsed.codes if parsed and parsed.codes else joined_codes(mechanism_parties)
    return meeting_reference if codes == named else f"{meeting_reference}-{codes}"


def adhoc_action_scope(parties: Collection[str], year: int) -> str:
    """Return the scope in which an action of no meeting is counted: `ACT-2026-CAMX`."""
    return f"{ADHOC_ACTION_PREFIX}-{year:04d}-{joined_codes(parties)}"


def action_reference_in(scope: str, number: int) -> str:
    """Return the reference of the action with that number (from 1) in its scope: `ACT-2026-CAMX-A01`."""
    return f"{scope}-A{_positive(number):02d}"


def adhoc_commitment_scope(parties: Collection[str], year: int) -> str:
    """Return the scope in which a commitment of no meeting is counted: `COM-2026-CAMX`."""
    return f"{ADHOC_COMMITMENT_PREFIX}-{year:04d}-{joined_codes(parties)}"


def commitment_counter(scope: str) -> str:
    """Return the name of the count of commitments of a scope, which its actions and meetings do not share."""
    return f"{scope}-C"


def commitment_reference_in(scope: str, number: int) -> str:
    """Return the reference of the commitment with that number (from 1) in its scope.

    The scope is that of an action of the same parties (`UNC-2026-2-C01`, `UNC-2026-2-MXUS-C01`), or that of
    commitments of no meeting (`COM-2026-CAMX-1`).
    """
    if scope.startswith(f"{ADHOC_COMMITMENT_PREFIX}-"):
        return f"{scope}-{_positive(number)}"
    return f"{scope}-C{_positive(number):02d}"


def action_reference(
    meeting_reference: str, mechanism_parties: Collection[str], action_parties: Collection[str], number: int
) -> str:
    """Return the reference of a meeting's action: `UNC-2026-2-A07`, or of other parties `UNC-2026-2-MXUS-A01`."""
    return action_reference_in(action_scope(meeting_reference, mechanism_parties, action_parties), number)


def poll_counter(scope: str) -> str:
    """Return the name of the count of polls of a scope, which its meetings do not share."""
    return f"{scope}-P"


def poll_reference_in(scope: str, number: int) -> str:
    """Return the reference of the poll with that number (from 1) in the scope of its meeting: `UNC-2027-P1`."""
    return f"{scope}-P{_positive(number)}"


def known_poll_reference(text: str) -> str | None:
    """Return a poll's reference as it is written, small letters allowed; None when it is not one."""
    upper = text.strip().upper()
    return upper if re.fullmatch(POLL_PATTERN, upper, re.ASCII) else None


def text_counter(scope: str) -> str:
    """Return the name of the count of texts of a scope, which its actions and meetings do not share."""
    return f"{scope}-T"


def text_reference_in(scope: str, number: int) -> str:
    """Return the reference of the text with that number (from 1) in its scope.

    The scope is that of an action of the same parties (`UNC-2026-2-T1`, `UNC-2026-2-MXUS-T1`), or, of no meeting, that
    of the mechanism's meetings of these parties in the year (`UNC-2026-T1`).
    """
    return f"{scope}-T{_positive(number)}"


def known_text_reference(text: str) -> str | None:
    """Return a text's reference as it is written, small letters allowed; None when it is not one."""
    upper = text.strip().upper()
    return upper if re.fullmatch(TEXT_PATTERN, upper, re.ASCII) else None


def parse_meeting_reference(text: str) -> MeetingReference | None:
    """Return a meeting's reference taken apart, small letters allowed; None when it is not one."""
    match = _MEETING.fullmatch(text.strip().upper())
    if match is None or match["prefix"] in {ADHOC_ACTION_PREFIX, ADHOC_COMMITMENT_PREFIX}:
        return None
    return MeetingReference(match["scope"], match["prefix"], int(match["year"]), match["codes"] or "", int(match["n"]))


def parse_action_reference(text: str) -> ActionReference | None:
    """Return an action's reference taken apart, small letters allowed; None when it is not one."""
    upper = text.strip().upper()
    match = _ACTION.fullmatch(upper)
    if match is None or re.fullmatch(ACTION_PATTERN, upper) is None:
        return None
    codes = match["codes"] or match["adhoc_codes"] or ""
    return ActionReference(match["scope"], match["meeting"], codes, int(match["n"]))


def known_commitment_reference(text: str) -> str | None:
    """Return a commitment's reference as it is written, small letters allowed; None when it is not one."""
    upper = text.strip().upper()
    return upper if re.fullmatch(COMMITMENT_PATTERN, upper, re.ASCII) else None


def _positive(number: int) -> int:
    """Return a count that begins at 1."""
    if number < 1:
        raise ValueError(f"a count begins at 1, not {number}")
    return number
