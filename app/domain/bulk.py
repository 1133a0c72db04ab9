"""What can be changed of many actions at once, and what of it can be put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Operation = Literal["accept", "state", "due_on", "office_code", "person", "priority", "horizon", "note"]

# Of one's own leg, then of the whole; a note is said of each, and stays.
OF_LEG: Final[tuple[Operation, ...]] = ("accept", "state", "due_on", "office_code", "person")
OF_WHOLE: Final[tuple[Operation, ...]] = ("priority", "horizon", "note")
OPERATIONS: Final[tuple[Operation, ...]] = (*OF_LEG, *OF_WHOLE)
STAYS: Final[frozenset[Operation]] = frozenset({"note"})
# Each is tried out before it is done, while nobody else can write on SQLite: four pages of the register are enough.
MOST_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One change that is to be made to each of many actions.

    `value` is what the operation writes, as a form gives it: a state, a day, a code, a name, a text; empty to take
    away. `reason` is why, where a state or a day needs one; `person_id` an account of the viewer's own delegation;
    `language` that of a note.
    """

    operation: Operation
    value: str = ""
    reason: str = ""
    person_id: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class KeptRow:
    """What one row of a batch was and became, as the batch keeps it: by ids, plain values and the leg's party."""

    action_id: str
    party: str | None
    was: dict[str, str | None]
    now: dict[str, str | None]
    was_accepted: bool = True

    @property
    def kept(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "action": self.action_id, "party": self.party, "was": self.was, "now": self.now,
            "was_accepted": self.was_accepted,
        }  # fmt: skip

    def still_stands(self, reads: dict[str, str | None]) -> bool:
        """Say whether what the batch wrote is what is read now, so that it can be put back without loss."""
        return all(reads.get(name) == value for name, value in self.now.items())


def row_of(kept: dict[str, object]) -> KeptRow:
    """Return a row from its JSON."""
    return KeptRow(
        action_id=str(kept["action"]),
        party=str(kept["party"]) if kept["party"] else None,
        was=dict(kept["was"]),  # type: ignore[call-overload]
        now=dict(kept["now"]),  # type: ignore[call-overload]
        was_accepted=bool(kept["was_accepted"]),
    )
