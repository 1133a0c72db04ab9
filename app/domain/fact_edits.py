"""What the parties may correct of a mechanism's facts: which fields, in what form, and what cannot be.

Values are JSON, as `Mechanism.facts` keeps them. A fact is known by its field; some fields go with another (the
status with its day and its source), and are written with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from app.domain.catalogue_types import Anchor, Level, Status
from app.domain.errors import Refusal
from app.domain.meeting_content import Refused
from app.domain.partial_dates import PartialDate
from app.domain.plaintext import one_line

JSON = Any
LANGUAGES: Final = ("en", "es", "fr")
BY_PARTIES: Final = "parties"
MOST_MEETINGS: Final = 366
MOST_MONTHS: Final = 240
MOST_ENTRIES: Final = 60
ENTRY_LIMIT: Final = 300

# In the order of a mechanism's page. The parties themselves are no fact to correct: others make another mechanism.
FACT_FIELDS: Final = (
    "name", "also_known_as", "status", "level", "cadence", "mandate", "deadline", "hosting", "guests", "scope_in",
    "scope_out", "parent", "related", "lead_offices",
)  # fmt: skip
CORRECTABLE: Final = frozenset(FACT_FIELDS) - {"lead_offices"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a correction is held against: the codes of all parties, and each mechanism's parent by refs."""

    parties: Collection[str]
    parents: Mapping[str, str | None]
    today: dt.date


def digest_of_fact(value: JSON) -> str:
    """Return a digest of a fact: the same value has the same one, whatever the order of its keys."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def changed_fields(facts: Mapping[str, JSON], wanted: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return those of the wanted values that differ from the facts."""
    return {name: value for name, value in wanted.items() if facts.get(name) != value}


def with_companions(facts: Mapping[str, JSON], fields: Mapping[str, JSON], today: dt.date) -> dict[str, JSON]:
    """Return the fields with what goes with them: a status of the parties is of today, and theirs.

    Reasons for a status are `status_note`; without one given, the note on the old status goes with it.
    """
    found = dict(fields)
    if "status" in found:
        found |= {"status_as_of": today.isoformat(), "status_source": BY_PARTIES}
        found.setdefault("status_note", None)
    if "name" in found:
        found["name_official"] = [code for code in LANGUAGES if found["name"][code] != facts["name"][code]
                                  or code in facts["name_official"]]  # fmt: skip
    if "level" in found:
        found["level_attested"] = True
    if "mandate" in found:
        found["mandate"] = {**found["mandate"], "source": BY_PARTIES, "pointer": BY_PARTIES}
    return changed_fields(facts, found)


def check_fields(facts: Mapping[str, JSON], fields: Mapping[str, JSON], around: Surroundings) -> None:
    """Refuse what cannot be a mechanism's facts; every refusal names its field.

    Raises `Refused` with `required`, `too_long`, `unknown_choice`, `minimum_out_of_range`, `period_out_of_range`,
    `not_a_partial_date`, `mandate_in_future`, `deadline_before_mandate`, `unknown_party`, `party_and_guest`,
    `rotation_of_one`, `rotation_twice`, `attested_without_order`, `unknown_mechanism`, `parent_is_itself`,
    `circular_parents`, `related_to_itself`, `too_many_entries`.
    """
    whole = {**facts, **fields}
    refusals = [refusal for name in fields if name in _CHECKS for refusal in _CHECKS[name](whole, around)]
    if refusals:
        raise Refused(refusals)


# One field each -----------------------------------------------------------------------------------

Found = Iterator[Refusal]


def _name(whole: Mapping[str, JSON], _: Surroundings) -> Found:
    for language in LANGUAGES:
        yield from _line(whole["name"].get(language), f"name_{language}")


def _line(value: JSON, field: str) -> Found:
    try:
        one_line(value, field, ENTRY_LIMIT, required=True)
    except Refusal as refusal:
        yield refusal


def _entries(field: str) -> Callable[[Mapping[str, JSON], Surroundings], Found]:
    def check(whole: Mapping[str, JSON], _: Surroundings) -> Found:
        if len(whole[field]) > MOST_ENTRIES:
            yield Refusal("too_many_entries", field=field, limit=MOST_ENTRIES)
        for entry in whole[field]:
            yield from _line(entry, field)

    return check


def _one_of(field: str, known: Sequence[str]) -> Callable[[Mapping[str, JSON], Surroundings], Found]:
    def check(whole: Mapping[str, JSON], _: Surroundings) -> Found:
        if whole[field] not in known:
            yield Refusal("unknown_choice", field=field)

    return check


def _cadence(whole: Mapping[str, JSON], _: Surroundings) -> Found:
    cadence = whole["cadence"]
    if cadence is None:
        return
    if not _between(cadence["minimum_meetings"], MOST_MEETINGS):
        yield Refusal("minimum_out_of_range", field="minimum_meetings", limit=MOST_MEETINGS)
    if not _between(cadence["period_months"], MOST_MONTHS):
        yield Refusal("period_out_of_range", field="period_months", limit=MOST_MONTHS)
    if cadence["anchor"] not in get_args(Anchor):
        yield Refusal("unknown_choice", field="anchor")


def _between(value: JSON, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _mandate(whole: Mapping[str, JSON], around: Surroundings) -> Found:
    mandate = whole["mandate"]
    if mandate["instrument"] is not None:
        yield from _line(mandate["instrument"], "instrument")
    if mandate["date"] is None:
        return
    try:
        first_day = PartialDate(mandate["date"]).first_day
    except ValueError:
        yield Refusal("not_a_partial_date", field="mandate_on")
        return
    if first_day > around.today:
        yield Refusal("mandate_in_future", field="mandate_on")


def _deadline(whole: Mapping[str, JSON], _: Surroundings) -> Found:
    if whole["deadline"] is None:
        return
    try:
        mandate = PartialDate(whole["mandate"]["date"]).first_day if whole["mandate"]["date"] else None
    except ValueError:
        return  # said of the mandate
    if mandate is not None and dt.date.fromisoformat(whole["deadline"]) < mandate:
        yield Refusal("deadline_before_mandate", field="deadline")


def _guests(whole: Mapping[str, JSON], around: Surroundings) -> Found:
    for code in whole["guests"]:
        if code not in around.parties:
            yield Refusal("unknown_party", field="guests")
        elif code in whole["parties"]:
            yield Refusal("party_and_guest", field="guests", party=code)


def _hosting(whole: Mapping[str, JSON], _: Surroundings) -> Found:
    rotation = whole["hosting"]["rotation"]
    if rotation is None:
        if whole["hosting"]["rotation_attested"]:
            yield Refusal("attested_without_order", field="rotation_attested")
        return
    if not set(rotation) <= set(whole["parties"]):
        yield Refusal("unknown_party", field="rotation")
    if len(set(rotation)) != len(rotation):
        yield Refusal("rotation_twice", field="rotation")
    if len(set(rotation)) < 2:
        yield Refusal("rotation_of_one", field="rotation")


def _parent(whole: Mapping[str, JSON], around: Surroundings) -> Found:
    parent, own = whole["parent"], whole["ref"]
    if parent is None:
        return
    if parent not in around.parents:
        yield Refusal("unknown_mechanism", field="parent")
    elif parent == own:
        yield Refusal("parent_is_itself", field="parent")
    elif is_above(own, parent, around.parents):
        yield Refusal("circular_parents", field="parent")


def is_above(ref: str, other: str, parents: Mapping[str, str | None]) -> bool:
    """Say whether a mechanism is the parent of the other, or of a parent of it."""
    seen: set[str] = set()
    above = parents.get(other)
    while above is not None and above not in seen:
        if above == ref:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _related(whole: Mapping[str, JSON], around: Surroundings) -> Found:
    for ref in whole["related"]:
        if ref not in around.parents:
            yield Refusal("unknown_mechanism", field="related")
        elif ref == whole["ref"]:
            yield Refusal("related_to_itself", field="related")


_CHECKS: Final[Mapping[str, Callable[[Mapping[str, JSON], Surroundings], Found]]] = {
    "name": _name,
    "also_known_as": _entries("also_known_as"),
    "status": _one_of("status", get_args(Status)),
    "level": _one_of("level", get_args(Level)),
    "cadence": _cadence,
    "mandate": _mandate,
    "deadline": _deadline,
    "hosting": _hosting,
    "guests": _guests,
    "scope_in": _entries("scope_in"),
    "scope_out": _entries("scope_out"),
    "parent": _parent,
    "related": _related,
}
