"""Action items: the states of each party's leg, and what they say of the whole."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from app.domain.errors import Refusal
from app.domain.plaintext import paragraphs
from app.domain.walltime import in_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

LegState = Literal["open", "under_way", "blocked", "done", "verified", "dropped"]

LEG_STATES: Final[tuple[LegState, ...]] = ("open", "under_way", "blocked", "done", "verified", "dropped")

# Still owed: these can be overdue, and are carried to the next agenda.
OWED_STATES: Final[frozenset[LegState]] = frozenset({"open", "under_way", "blocked"})

# Where a leg may go from each state. Done is the party's own word; verified comes only after it.
TRANSITIONS: Final[Mapping[LegState, frozenset[LegState]]] = MappingProxyType(
    {
        "open": frozenset({"under_way", "blocked", "done", "dropped"}),
        "under_way": frozenset({"open", "blocked", "done", "dropped"}),
        "blocked": frozenset({"open", "under_way", "done", "dropped"}),
        "done": frozenset({"verified", "under_way"}),
        "verified": frozenset({"under_way"}),
        "dropped": frozenset({"open"}),
    }
)


def check_transition(old: LegState, new: LegState, reason: str | None) -> str | None:
    """Return the reason cleaned (None when there is none), or refuse the change of a leg's state.

    A reason is owed for blocking and dropping, and for taking up again what was done, verified or
    dropped. Staying in the same state is allowed: the reason may be new. Raises `Refusal`:
    `transition_not_allowed`, `reason_required`.
    """
    if new != old and new not in TRANSITIONS[old]:
        raise Refusal("transition_not_allowed", field="state", old=old, new=new)
    cleaned = paragraphs(reason, "reason", limit=2000)
    if not cleaned and needs_reason(old, new):
        raise Refusal("reason_required", field="reason")
    return cleaned or None


def needs_reason(old: LegState, new: LegState) -> bool:
    """Say whether a leg may change so only with a reason."""
    if new in {"blocked", "dropped"}:
        return True
    return old not in OWED_STATES and new in OWED_STATES


def whole_state(legs: Iterable[LegState]) -> LegState:
    """Return the state of the whole action, read from its legs.

    Dropped legs do not count unless all are dropped. Of those that count: all verified is verified;
    all done or verified is done; one blocked blocks the whole; all open is open; anything else has
    begun and is under way. Without legs nobody has begun: open.
    """
    states = set(legs)
    counted = states - {"dropped"}
    if not counted:
        return "dropped" if states else "open"
    if counted == {"verified"}:
        return "verified"
    if counted <= {"done", "verified"}:
        return "done"
    if "blocked" in counted:
        return "blocked"
    return "open" if counted == {"open"} else "under_way"


def why_whole(legs: Mapping[str, LegState]) -> tuple[str, tuple[str, ...]]:
    """Return why the whole stands where `whole_state` says: the key of the reason, and the parties that it is of.

    Keys: `no_leg`, `all_dropped`, `all_verified`, `to_verify` (those who are done and not verified), `blocked`
    (who is), `none_begun`, `some_begun` (who is under way, done or verified). Parties in the order of their codes.
    """
    counted = {code: state for code, state in sorted(legs.items()) if state != "dropped"}
    if not counted:
        return ("all_dropped" if legs else "no_leg"), ()
    of = {state: tuple(code for code, each in counted.items() if each == state) for state in LEG_STATES}
    match whole_state(counted.values()):
        case "verified":
            return "all_verified", ()
        case "done":
            return "to_verify", of["done"]
        case "blocked":
            return "blocked", of["blocked"]
        case "open":
            return "none_begun", ()
    return "some_begun", tuple(code for code, state in counted.items() if state != "open")


def whole_due_on(legs: Iterable[tuple[LegState, date | None]]) -> date | None:
    """Return the day of the whole, from each leg's state and day: the first still owed, else the last that was."""
    known = [(state in OWED_STATES, day) for state, day in legs if day is not None]
    owed = [day for is_owed, day in known if is_owed]
    return min(owed) if owed else max((day for _, day in known), default=None)


def is_overdue(state: LegState, due_on: date | None, today: date) -> bool:
    """Say whether a leg is still owed after its due day; `today` is the day in the owing party's own zone."""
    return due_on is not None and state in OWED_STATES and today > due_on


def today_in(now: datetime, zone_name: str) -> date:
    """Return the day that it is in a zone at an aware instant."""
    return in_zone(now, zone_name).date()


def owed_order(due_on: date | None, reference: str) -> tuple[bool, str, str]:
    """Return the sort key of what a delegation owes: by due date, those without one last, then by reference."""
    return (due_on is None, due_on.isoformat() if due_on else "", reference)
