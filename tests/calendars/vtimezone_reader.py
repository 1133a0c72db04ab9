"""A reader of VTIMEZONE bytes that shares nothing with their writer: RFC 5545, 3.6.5, by the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Onset:
    """The UTC instant (naive) at which an observance begins, and the offset that it brings."""

    at: datetime
    offset: timedelta


def onsets(content: bytes, through: datetime) -> list[Onset]:
    """Return every onset of every observance through a UTC instant (naive), in order."""
    found: list[Onset] = []
    observance: dict[str, str] = {}
    for line in content.decode().replace("\r\n ", "").split("\r\n"):
        name, _colon, value = line.partition(":")
        if line in ("BEGIN:STANDARD", "BEGIN:DAYLIGHT"):
            observance = {}
        elif line in ("END:STANDARD", "END:DAYLIGHT"):
            found += _expanded(observance, through)
        elif name in ("RDATE", "EXDATE"):
            raise AssertionError(f"{name} is misread by several clients")
        else:
            assert name not in observance or name in ("BEGIN", "END"), f"{name} stands twice"
            observance[name] = value
    return sorted(found, key=lambda onset: onset.at)


def offset_at(found: list[Onset], instant: datetime) -> timedelta:
    """Return the offset in force at a UTC instant (naive)."""
    return [onset for onset in found if onset.at <= instant][-1].offset


def _expanded(observance: dict[str, str], through: datetime) -> list[Onset]:
    begins = datetime.strptime(observance["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall time
    before, after = _offset(observance["TZOFFSETFROM"]), _offset(observance["TZOFFSETTO"])
    walls = [begins]
    if "RRULE" in observance and begins <= through:
        assert "UNTIL" not in observance["RRULE"]
        assert "COUNT" not in observance["RRULE"]
        walls = rrulestr(observance["RRULE"], dtstart=begins).between(begins, through + timedelta(days=1), inc=True)
        assert walls[0] == begins, "DTSTART is not an instance of its own rule"
    return [Onset(wall - before, after) for wall in walls]


def _offset(text: str) -> timedelta:
    digits = text[1:].ljust(6, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))
    return -size if text[0] == "-" else size
