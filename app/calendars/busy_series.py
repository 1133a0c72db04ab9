"""The entries of a calendar file as series that an expansion can read: zones named anew, what is long over left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.calendars.busy_lines import DATES, FIELD, Line
from app.calendars.busy_zones import FileZones
from app.domain.busy import Interval
from app.domain.errors import Refusal

SERIES_LIMIT: Final = 8_000
DATE_LIMIT: Final = 20_000
ROUND_LIMIT: Final = 600_000
_TZID: Final = re.compile(r';\s*TZID\s*=\s*("[^"]*"|[^;]*)', re.IGNORECASE)
_RANGE: Final = re.compile(r";\s*RANGE\s*=\s*\"?THISANDFUTURE", re.IGNORECASE)
_SHAPES: Final = {
    "DATE": re.compile(r"[0-9]{8}"),
    "DATE-TIME": re.compile(r"[0-9]{8}T[0-9]{6}Z?"),
    "PERIOD": re.compile(r"[0-9]{8}T[0-9]{6}Z?/(?:[0-9]{8}T[0-9]{6}Z?|\+?P[0-9DTHMSW]+)"),
}
_PLAIN: Final = {
    "DURATION": re.compile(r"[+-]?P[0-9DTHMSW]{1,40}"),
    "RRULE": re.compile(r"[A-Z0-9=;,+-]+"),
    "SEQUENCE": re.compile(r"[0-9]{1,9}"),
    "STATUS": re.compile(r"[A-Z-]{1,40}"),
    "TRANSP": re.compile(r"[A-Z-]{1,40}"),
    "UID": re.compile(r"[0-9a-f]{64}"),
}
# How long a period of each rule is at the least, in seconds.
_PERIODS: Final = {
    "SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3_600, "DAILY": 86_400, "WEEKLY": 604_800, "MONTHLY": 28 * 86_400,
    "YEARLY": 365 * 86_400,
}  # fmt: skip
_MARGIN: Final = timedelta(days=3)
_ONCE: Final = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "DURATION", "SEQUENCE", "STATUS", "TRANSP"})


class _UnreadableError(ValueError):
    """An entry has a line that says no time."""


@dataclass(slots=True)
class Series:
    """The lines of each series, and how many entries could not be read, or stand in a zone that nobody knows."""

    texts: list[str] = field(default_factory=list)
    unreadable_count: int = 0
    unknown_count: int = 0


def series_of(entries: Iterable[Sequence[Line]], zones: FileZones, window: Interval) -> Series:
    """Return the series that may reach into the window.

    Raises `Refusal` on `file`: `busy_too_many` for more series, or more dates in their lists, than anybody has,
    `busy_repeats` for rules that repeat too often.
    """
    found = Series()
    round_count, date_count = 0.0, 0
    for group in _groups(entries):
        try:
            if not _reaches(group, window):
                continue
            text = "".join(_entry(entry, zones, found) for entry in group)
            round_count += sum(_rounds(entry, window) for entry in group)
        except _UnreadableError:
            found.unreadable_count += 1
            continue
        date_count += sum(line.value.count(",") + 1 for entry in group for line in entry if line.name in _LISTS)
        if date_count > DATE_LIMIT or len(found.texts) >= SERIES_LIMIT:
            raise Refusal("busy_too_many", field=FIELD)
        if round_count > ROUND_LIMIT:
            raise Refusal("busy_repeats", field=FIELD)
        found.texts.append(text)
    return found


_LISTS: Final = frozenset({"EXDATE", "RDATE"})


def _groups(entries: Iterable[Sequence[Line]]) -> Iterable[list[Sequence[Line]]]:
    """Return the entries of each UID together, as the exceptions of a series must be.

    Some programs give every entry the same UID: those that begin a series are each one of its own then, the older
    versions of it apart. An entry without a UID stands alone.
    """
    by_uid: dict[str, list[Sequence[Line]]] = defaultdict(list)
    for number, entry in enumerate(entries):
        by_uid[_first(entry, "UID") or str(number)].append(entry)
    for group in by_uid.values():
        firsts = [entry for entry in group if not _first(entry, "RECURRENCE-ID")]
        newest = max((_sequence(entry) for entry in firsts), default=0)
        others = {id(entry): entry for entry in [each for each in firsts if _sequence(each) == newest][1:]}
        yield [entry for entry in group if id(entry) not in others]
        for other in others.values():
            yield [other]


def _first(entry: Sequence[Line], name: str) -> str:
    return next((line.value for line in entry if line.name == name), "")


def _sequence(entry: Sequence[Line]) -> int:
    written = _first(entry, "SEQUENCE")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def _entry(entry: Sequence[Line], zones: FileZones, found: Series) -> str:
    """Return an entry as a VEVENT of lines that are safe to parse; raises `_UnreadableError`."""
    lines = {line.name: line for line in reversed(entry) if line.name in _ONCE}  # the first of several counts
    if "DTSTART" not in lines:
        raise _UnreadableError
    repeated = [line for line in entry if line.name not in _ONCE]
    written = [_written(line, zones) for line in (*lines.values(), *repeated)]
    found.unknown_count += any(zones.is_unknown(_tzid(line)) for line in entry if line.name in DATES)
    return "\r\n".join(("BEGIN:VEVENT", *written, "END:VEVENT", ""))


def _written(line: Line, zones: FileZones) -> str:
    if line.name not in DATES:
        if _PLAIN[line.name].fullmatch(line.value) is None:
            raise _UnreadableError
        return f"{line.name}:{line.value}"
    values = line.value.replace(" ", "").strip(",").split(",")
    following = ";RANGE=THISANDFUTURE" if line.name == "RECURRENCE-ID" and _RANGE.search(line.head) else ""
    kind = next((kind for kind, shape in _SHAPES.items() if all(map(shape.fullmatch, values))), None)
    if kind is None:
        raise _UnreadableError
    is_utc = all("Z" in value for value in values)
    zone = "" if kind == "DATE" or is_utc else f";TZID={zones.name_for(_tzid(line))}"
    return f"{line.name}{following};VALUE={kind}{zone}:{','.join(values)}"


def _tzid(line: Line) -> str:
    match = _TZID.search(line.head)
    return match.group(1).strip().strip('"').strip() if match else ""


# What is worth reading ----------------------------------------------------------------------------


def _reaches(group: Iterable[Sequence[Line]], window: Interval) -> bool:
    """Say whether any entry of a series may touch the window; raises `_UnreadableError`."""
    return any(_entry_reaches(entry, window) for entry in group)


def _entry_reaches(entry: Sequence[Line], window: Interval) -> bool:
    first = _day_of(_first(entry, "DTSTART"))
    last = max(first, _day_of(_first(entry, "DTEND") or _first(entry, "DTSTART")))
    rule = _first(entry, "RRULE")
    until = _parts(rule).get("UNTIL", "") if rule else ""
    is_listed = any(line.name == "RDATE" for line in entry)
    if first > window[1].date() + _MARGIN:
        return is_listed
    if _first(entry, "DURATION") or is_listed or (rule and not until):
        return True
    if until:
        last = _after(_day_of(until), last - first)
    return last >= window[0].date() - _MARGIN


def _after(day: date, length: timedelta) -> date:
    return day + length if length < date.max - day else date.max


def _day_of(written: str) -> date:
    try:
        return datetime.strptime(written[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise _UnreadableError from None


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";") if "=" in part)


def _rounds(entry: Sequence[Line], window: Interval) -> float:
    """Return how many times at the least the rules of an entry come round before the window ends."""
    begins = datetime.combine(_day_of(_first(entry, "DTSTART")), time(), UTC)
    return sum(_rounds_of(line.value, begins, window[1]) for line in entry if line.name == "RRULE")


def _rounds_of(rule: str, begins: datetime, ends: datetime) -> float:
    parts = _parts(rule)
    if parts.get("UNTIL"):
        ends = min(ends, datetime.combine(_day_of(parts["UNTIL"]), time.max, UTC))
    interval, count = (_number(parts.get(name, "")) for name in ("INTERVAL", "COUNT"))
    length = _PERIODS.get(parts.get("FREQ", ""))
    if length is None:
        raise _UnreadableError
    rounds = max((ends - begins).total_seconds(), 0) / (length * max(interval or 1, 1))
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        rounds *= parts.get(name, "").count(",") + 1
    is_plain = not any(name.startswith("BY") for name in parts)
    return min(rounds, count) if count is not None and is_plain else rounds


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
