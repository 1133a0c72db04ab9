"""What each kind of action asks for: its fields, their checked values, and when data are expected next."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from app.domain.cadence import add_months
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs
from app.domain.walltime import check_year

KINDS: Final = ("task", "evaluation", "data_exchange", "protocol", "exercise", "candidature")
TEXT_LIMIT: Final = 4_000
MONTHS_LIMIT: Final = 120
NATIONAL: Final = "national"
_ISO_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
FieldType = Literal["line", "text", "day", "months"]


@dataclass(frozen=True, slots=True)
class KindField:
    """A field of a kind: the type of its value, and whether an action of that kind must have it."""

    name: str
    type: FieldType
    is_required: bool = False


FIELDS: Final[Mapping[str, tuple[KindField, ...]]] = MappingProxyType(
    {
        "task": (),
        "evaluation": (
            KindField("question", "text", is_required=True),
            KindField("period_from", "day"),
            KindField("period_until", "day"),
            KindField("finding", "text"),
        ),
        "data_exchange": (
            KindField("what", "text", is_required=True),
            KindField("from_whom", "line"),
            KindField("every_months", "months"),
            KindField("last_received_on", "day"),
        ),
        "protocol": (KindField("gap", "text"), KindField("target", "text")),
        "exercise": (
            KindField("scenario", "text"),
            KindField("place", "line"),
            KindField("starts_on", "day"),
            KindField("ends_on", "day"),
        ),
        "candidature": (
            KindField("candidate", "line", is_required=True),
            KindField("body", "line", is_required=True),
            KindField("election_on", "day"),
        ),
    }
)
# Pairs of days of which the second does not come before the first.
_SPANS: Final = (("period_from", "period_until"), ("starts_on", "ends_on"))


def checked_facts(kind: str, given: Mapping[str, Any], parties: Collection[str]) -> dict[str, Any]:
    """Return the facts of a kind as they are kept in JSON: only its own fields, only those that have a value.

    Values come as they were typed, or as they are kept. A protocol also has each party's own version under
    `national`, by code. Raises `Refusal` `unknown_action_kind`, `not_a_date`, `not_a_number`,
    `months_out_of_range`, `ends_before_start`, `unknown_party`, and what texts and years raise, at `kind_` and the
    field's name (`national_` and the code).
    """
    if kind not in FIELDS:
        raise Refusal("unknown_action_kind", field="kind")
    facts = {field.name: _value(field, given.get(field.name)) for field in FIELDS[kind]}
    kept: dict[str, Any] = {name: value for name, value in facts.items() if value is not None}
    for first, last in _SPANS:
        if first in kept and last in kept and kept[last] < kept[first]:
            raise Refusal("ends_before_start", field=f"kind_{last}")
    versions = _national(given.get(NATIONAL) or {}, parties) if kind == "protocol" else {}
    return {**kept, NATIONAL: versions} if versions else kept


def _value(field: KindField, given: Any) -> str | int | None:
    name = f"kind_{field.name}"
    written = "" if given is None else str(given)
    match field.type:
        case "line":
            found: str | int | None = one_line(written, name, required=field.is_required) or None
        case "text":
            found = paragraphs(written, name, limit=TEXT_LIMIT, required=field.is_required) or None
        case "day":
            found = _day(written.strip(), name)
        case "months":
            found = _months(written.strip(), name)
    return found


def _day(written: str, field: str) -> str | None:
    if not written:
        return None
    try:
        day = dt.date.fromisoformat(written if _ISO_DAY.fullmatch(written) else "")
    except ValueError:
        raise Refusal("not_a_date", field=field) from None
    check_year(day, field=field)
    return day.isoformat()


def _months(written: str, field: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Refusal("not_a_number", field=field)
    if not 1 <= int(written) <= MONTHS_LIMIT:
        raise Refusal("months_out_of_range", field=field, limit=MONTHS_LIMIT)
    return int(written)


def _national(given: Mapping[str, Any], parties: Collection[str]) -> dict[str, str]:
    """Return each party's own version, of those that have one."""
    kept = {}
    for code, text in sorted(given.items()):
        written = paragraphs(text, f"{NATIONAL}_{code}", limit=TEXT_LIMIT)
        if written and code not in parties:
            raise Refusal("unknown_party", field=f"{NATIONAL}_{code}")
        if written:
            kept[code] = written
    return kept


# Data that are expected ---------------------------------------------------------------------------


def next_expected_on(facts: Mapping[str, Any]) -> dt.date | None:
    """Return the day by which data are expected next: as many months after they last came as was agreed.

    None where either is not known: what never came is expected by no day of its own.
    """
    last, months = facts.get("last_received_on"), facts.get("every_months")
    return add_months(dt.date.fromisoformat(last), months) if last and months else None


def days_without_data(facts: Mapping[str, Any], today: dt.date, *, is_owed: bool) -> int:
    """Return for how many days data have been expected and did not come; 0 where none are late.

    They are never late where nobody has accepted to send them (`is_owed`), nor on the day itself.
    """
    expected = next_expected_on(facts)
    return max(0, (today - expected).days) if expected is not None and is_owed else 0


# Who may write what -------------------------------------------------------------------------------


def foreign_versions_changed(was: Mapping[str, Any], now: Mapping[str, Any], own: str | None) -> tuple[str, ...]:
    """Return the parties whose national version somebody else would change, by code.

    A party's version is its own to change; one that is not there yet may be written down for it.
    """
    before, after = was.get(NATIONAL) or {}, now.get(NATIONAL) or {}
    return tuple(code for code, text in sorted(before.items()) if code != own and after.get(code) != text)
