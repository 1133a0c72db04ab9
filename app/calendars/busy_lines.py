"""The content lines of a calendar file that say when, and none that says what: cut out before anything is parsed."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from app.domain.errors import Refusal

FIELD: Final = "file"
MEGABYTES: Final = 5
BYTE_LIMIT: Final = MEGABYTES * 1024 * 1024
LINE_LIMIT: Final = 400_000
ENTRY_LIMIT: Final = 20_000
ZONE_LIMIT: Final = 1_000
ZONE_LINE_LIMIT: Final = 5_000
DEPTH_LIMIT: Final = 8
LENGTH_LIMIT: Final = 100_000
DATES: Final = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
_KEPT: Final = DATES | {"UID", "DURATION", "RRULE", "SEQUENCE", "STATUS", "TRANSP"}
_OF_ZONES: Final = frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"})
_ENDS: Final = re.compile(r"\r\n|\n|\r")
_FREE: Final = re.compile(r";\s*FBTYPE\s*=\s*\"?FREE\b", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"B\0E\0", "utf-16-le"),
    (b"\0B\0E", "utf-16-be"),
)


class Line(NamedTuple):
    """A content line: its name, what stands before the value, and the value."""

    name: str
    head: str
    value: str


@dataclass(slots=True)
class FileLines:
    """What is kept of a file: the lines of each VEVENT, and those of each VTIMEZONE by its TZID."""

    entries: list[list[Line]] = field(default_factory=list)
    zones: dict[str, list[str]] = field(default_factory=dict)


def text_of(content: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16 and UTF-32 by their marks, and Latin-1 for what is none of them.

    Raises `Refusal` on `file`: `file_empty`, `file_too_large`, `busy_zip`, `busy_encoding`.
    """
    if len(content) > BYTE_LIMIT:
        raise Refusal("file_too_large", field=FIELD, limit=MEGABYTES)
    if not content.strip():
        raise Refusal("file_empty", field=FIELD)
    if content.startswith(b"PK\x03\x04"):
        raise Refusal("busy_zip", field=FIELD)
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding:
            raise Refusal("busy_encoding", field=FIELD) from None
        text = content.decode("latin-1")  # all that is kept of it is ASCII
    if "\0" in text:
        raise Refusal("busy_encoding", field=FIELD)
    return text


def lines_of(text: str) -> FileLines:
    """Return what is kept of a calendar's text.

    Raises `Refusal` on `file`: `not_a_calendar`, `busy_cut_short`, and `busy_too_much` where there is more of
    anything (lines, entries, depth, length of a line) than anybody's calendar has.
    """
    if text.count("\n") + text.count("\r") > 2 * LINE_LIMIT:
        raise Refusal("busy_too_much", field=FIELD)
    walk = _Walk()
    for line in _unfolded(text):
        walk.take(line)
    if not walk.calendar_count:
        raise Refusal("not_a_calendar", field=FIELD)
    if walk.stack:
        raise Refusal("busy_cut_short", field=FIELD)
    return walk.found


def _unfolded(text: str) -> Iterator[str]:
    pieces: list[str] = []
    for number, line in enumerate(_ENDS.split(text)):
        if number > LINE_LIMIT:
            raise Refusal("busy_too_much", field=FIELD)
        if line[:1] in {" ", "\t"} and pieces:
            pieces.append(line[1:])
            continue
        if pieces:
            yield "".join(pieces)
        pieces = [line] if line.strip() else []
    if pieces:
        yield "".join(pieces)


class _Walk:
    """Goes through a file line by line, and knows in which component it is."""

    def __init__(self) -> None:
        self.found = FileLines()
        self.stack: list[str] = []
        self.calendar_count = 0
        self._zone_name = ""
        self._zone: list[str] = []
        self._zone_line_count = 0

    def take(self, line: str) -> None:
        """Look at one unfolded line."""
        match = _NAME.match(line)
        name = match.group().upper() if match else ""
        if not self.stack and not (name == "BEGIN" and line[6:].strip().upper() == "VCALENDAR"):
            raise Refusal("not_a_calendar", field=FIELD)
        if name == "BEGIN":
            self._begin(line[6:].strip().upper())
        elif name == "END":
            self._end(line[4:].strip().upper())
        elif self.stack == ["VCALENDAR", "VEVENT"] and name in _KEPT:
            self.found.entries[-1].append(_line(name, line))
        elif self.stack[1:2] == ["VTIMEZONE"]:
            self._take_zone_line(name, line)
        elif self.stack == ["VCALENDAR", "VFREEBUSY"] and name == "FREEBUSY":
            self.found.entries.append(_free_busy(_line(name, line)))

    def _begin(self, component: str) -> None:
        self.stack.append(component)
        self.calendar_count += component == "VCALENDAR"
        if len(self.stack) > DEPTH_LIMIT or len(self.found.entries) > ENTRY_LIMIT or len(self.found.zones) > ZONE_LIMIT:
            raise Refusal("busy_too_much", field=FIELD)
        if self.stack == ["VCALENDAR", "VEVENT"]:
            self.found.entries.append([])
        elif self.stack == ["VCALENDAR", "VTIMEZONE"]:
            self._zone_name, self._zone = "", []
        elif self.stack[1:2] == ["VTIMEZONE"]:
            self._zone.append(f"BEGIN:{component}")

    def _end(self, component: str) -> None:
        if self.stack[-1] != component:
            raise Refusal("busy_cut_short", field=FIELD)
        self.stack.pop()
        if self.stack == ["VCALENDAR"] and component == "VTIMEZONE":
            self.found.zones.setdefault(self._zone_name, self._zone)
        elif self.stack[1:2] == ["VTIMEZONE"]:
            self._zone.append(f"END:{component}")

    def _take_zone_line(self, name: str, line: str) -> None:
        if name == "TZID" and len(self.stack) == 2:
            self._zone_name = line.partition(":")[2].strip()
        elif name in _OF_ZONES and len(self.stack) == 3:
            self._zone_line_count += 1
            if self._zone_line_count > ZONE_LINE_LIMIT or len(line) > LENGTH_LIMIT:
                raise Refusal("busy_too_much", field=FIELD)
            self._zone.append(line.encode("ascii", "ignore").decode())


def _free_busy(line: Line) -> list[Line]:
    """Return the periods of published busy time as an entry that takes place in each; none where it tells free time."""
    if _FREE.search(line.head):
        return [Line("DTSTART", "", "19000101"), Line("TRANSP", "", "TRANSPARENT")]
    first, _, others = line.value.replace(" ", "").partition(",")
    starts, _, ends = first.partition("/")
    entry = [Line("DTSTART", "", starts), Line("DURATION" if ends.startswith("P") else "DTEND", "", ends)]
    return [*entry, Line("RDATE", "", others)] if others else entry


def _line(name: str, line: str) -> Line:
    """Return a line taken apart; no value that is kept has a colon, but a UID, of which a digest is."""
    if name == "UID":
        return Line(name, "", hashlib.sha256(line.encode(errors="replace")).hexdigest())
    if len(line) > LENGTH_LIMIT:
        raise Refusal("busy_too_much", field=FIELD)
    head, _, value = line.rpartition(":")
    return Line(name, head, value.strip().upper())
