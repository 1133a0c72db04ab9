"""Everything that a draft says of a meeting: as it is kept, cleaned, checked, and turned into a promised time.

A draft may lack anything; what it does say must be possible. Proposing asks for the rest.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from app.domain.around import EVENT, KINDS
from app.domain.errors import Refusal
from app.domain.lifecycle import When
from app.domain.plaintext import one_line
from app.domain.references import meeting_reference, parse_meeting_reference
from app.domain.walltime import Choice, TimeInFold, days, days_bounds, sittings
from app.domain.zones import tzdata_version, zone_names

LANGUAGES: Final = ("en", "es", "fr")
FORMATS: Final = ("in_person", "hybrid", "virtual")
PAST_FORMATS: Final = (*FORMATS, "unknown")
HOSTING: Final = ("none", "host", "co_host")
FROM_TEMPLATE: Final = "template"
NO_AGENDA: Final = "none"
MAX_ORDINAL: Final = 999
URL_LIMIT: Final = 2000

Hosting = Literal["host", "co_host"]


@dataclass(frozen=True)
class MeetingContent:
    """What a draft says; an empty text, None or an empty collection is something not said yet.

    `mechanism` is a code (None: ad hoc), `title` the languages that have one, `original` the one it was
    written in, `hosting` the chosen parties that host. Days and times are wall time in `zone`; `choice`
    tells which of the two is meant where the clocks show a time twice. `agenda` is `template`, `none`, or
    the reference of the meeting whose agenda is copied. `source` is a recorded meeting's alone. `kind` is of
    `around.KINDS`; `around` is what it prepares, is part of or is on the margins of: the reference of a meeting,
    or `event:` and the code of an event of others.
    """

    mechanism: str | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    original: str | None = None
    ordinal: int | None = None
    parties: tuple[str, ...] = ()
    hosting: Mapping[str, str] = field(default_factory=dict)
    format: str = "in_person"
    place: str = ""
    conference_url: str = ""
    zone: str = ""
    first_day: date | None = None
    last_day: date | None = None
    starts: time | None = None
    ends: time | None = None
    choice: Choice | None = None
    agenda: str = FROM_TEMPLATE
    source: str = ""
    kind: str = "session"
    around: str = ""

    @property
    def has_hours(self) -> bool:
        """Say whether both hours are known."""
        return self.starts is not None and self.ends is not None

    @property
    def titles(self) -> dict[str, str]:
        """Return the title as a meeting keeps it: its languages, and which of them is the original."""
        return {**self.title, "original": self.original or next(iter(self.title), "en")}

    def to_json(self) -> str:
        """Return the content as JSON, from which `from_json` makes the same again."""
        plain = {name: _plain(value) for name, value in dataclasses.asdict(self).items()}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> MeetingContent:
        """Return what `to_json` wrote."""
        read: dict[str, Any] = json.loads(text)
        return cls(
            **{
                **read,
                "parties": tuple(read["parties"]),
                "first_day": _read(date, read["first_day"]),
                "last_day": _read(date, read["last_day"]),
                "starts": _read(time, read["starts"]),
                "ends": _read(time, read["ends"]),
            }
        )


@dataclass(frozen=True)
class Timing:
    """The promised time with the wall times it was made from, and the release of the zone data that says so."""

    when: When
    starts: time | None
    ends: time | None
    tzdata: str


@dataclass(frozen=True)
class Checked:
    """A content cleaned, the time it promises if it says enough for one, and everything that cannot be."""

    content: MeetingContent
    timing: Timing | None
    refusals: tuple[Refusal, ...]


class Refused(Refusal):
    """Several things the person can mend, each beside its field; its own key and field are the first one's."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        first = self.refusals[0]
        super().__init__(first.key, field=first.field, **first.values)


def check(content: MeetingContent, known_parties: Collection[str], formats: Collection[str] = FORMATS) -> Checked:
    """Return the content cleaned, with the refusal of each thing in it that cannot be; what is missing is none.

    Keys: those of `plaintext` and `walltime`, `unknown_party`, `one_host`, `unknown_format`, `not_https`,
    `ordinal_out_of_range`, `unknown_zone`, `unknown_meeting_kind`, `unknown_parent`.
    Fields are the content's, `title_en` for a title's English.
    """
    refusals: list[Refusal] = []
    cleaned = _cleaned(content, known_parties, refusals)
    if cleaned.format not in formats:
        refusals.append(Refusal("unknown_format", field="format"))
    timing = None
    has_zone = bool(cleaned.zone) and not any(refusal.key == "unknown_zone" for refusal in refusals)
    if cleaned.first_day is not None and has_zone:
        try:
            timing = timing_of(cleaned)
            cleaned = _without_idle_choice(cleaned)
        except Refusal as refusal:
            refusals.append(refusal)
    elif cleaned.first_day is not None and cleaned.last_day is not None:
        try:
            days(cleaned.first_day, cleaned.last_day)
        except Refusal as refusal:
            refusals.append(refusal)
    return Checked(cleaned, timing, tuple(refusals))


def missing(content: MeetingContent) -> tuple[Refusal, ...]:
    """Return what a cleaned content still lacks before it can be proposed; a place may be agreed later."""
    lacking: list[Refusal] = []
    if not content.title:
        lacking.append(Refusal("needs_title", field="title_en"))
    if not content.parties:
        lacking.append(Refusal("needs_party", field="parties"))
    if not content.zone:
        lacking.append(Refusal("required", field="zone"))
    if content.first_day is None:
        lacking.append(Refusal("required", field="first_day"))
    if (content.starts is None) != (content.ends is None):
        lacking.append(Refusal("needs_both_times", field="starts" if content.starts is None else "ends"))
    return tuple(lacking)


def timing_of(content: MeetingContent) -> Timing:
    """Return the time that a content promises; without both hours its days alone, from midnight to midnight.

    A missing last day is the first. Raises `Refusal("required")` without a first day or zone, and what
    `walltime.sittings` raises, a gap or a doubled time among it.
    """
    if content.first_day is None or not content.zone:
        raise Refusal("required", field="zone" if content.first_day else "first_day")
    first, last = content.first_day, content.last_day or content.first_day
    if content.starts is None or content.ends is None:
        starts_at, ends_at = days_bounds(first, last, content.zone)
        return Timing(When(content.zone, first, last, starts_at, ends_at), None, None, tzdata_version())
    parts = sittings(first, last, content.starts, content.ends, content.zone, content.choice)
    spans = tuple((part.starts.instant, part.ends.instant) for part in parts)
    when = When(content.zone, first, last, spans[0][0], spans[-1][1], spans)
    return Timing(when, content.starts, content.ends, tzdata_version())


def doubled_time(content: MeetingContent) -> TimeInFold | None:
    """Return the question that the content's time asks where the clocks show it twice, chosen already or not."""
    try:
        timing_of(dataclasses.replace(content, choice=None))
    except TimeInFold as question:
        return question
    except Refusal:
        return None
    return None


def check_own_side(parties: Iterable[str], own_party: str | None, appointed_by: frozenset[str] | None) -> None:
    """Refuse a meeting of others: a delegation sits at it itself, a secretariat's parties are all at it, no other.

    `appointed_by` are the parties that appointed the secretariat, None for a delegation. Raises `Refusal`
    `needs_own_party` (`party`) or `not_appointed_by_these`.
    """
    chosen = frozenset(parties)
    if appointed_by is not None:
        if chosen != appointed_by:
            raise Refusal("not_appointed_by_these", field="parties")
    elif own_party not in chosen:
        raise Refusal("needs_own_party", field="parties")


def _cleaned(content: MeetingContent, known_parties: Collection[str], refusals: list[Refusal]) -> MeetingContent:
    """Return the content with its texts cleaned; what is refused stays as it was typed and is noted."""
    title = {
        language: text
        for language in LANGUAGES
        if (text := _line(content.title.get(language, ""), f"title_{language}", refusals))
    }
    parties = tuple(sorted(set(content.parties)))
    refusals += [Refusal("unknown_party", field="parties", party=code) for code in parties if code not in known_parties]
    hosting = {code: how for code, how in sorted(content.hosting.items()) if code in parties and how != "none"}
    refusals += [
        Refusal("unknown_hosting", field=f"hosting_{code}") for code, how in hosting.items() if how not in HOSTING
    ]
    if list(hosting.values()).count("host") > 1:
        second = [code for code, how in hosting.items() if how == "host"][1]
        refusals.append(Refusal("one_host", field=f"hosting_{second}"))
    if content.ordinal is not None and not 1 <= content.ordinal <= MAX_ORDINAL:
        refusals.append(Refusal("ordinal_out_of_range", field="ordinal", limit=MAX_ORDINAL))
    if content.zone and content.zone not in zone_names():
        refusals.append(Refusal("unknown_zone", field="zone", zone=_shown(content.zone)))
    if content.kind not in KINDS:
        refusals.append(Refusal("unknown_meeting_kind", field="kind"))
    return dataclasses.replace(
        content,
        title=title,
        original=content.original if content.original in title else next(iter(title), None),
        parties=parties,
        hosting=hosting,
        place=_line(content.place, "place", refusals),
        conference_url=_address(content.conference_url, refusals),
        around=_around(content.around.strip(), refusals),
    )


def _around(text: str, refusals: list[Refusal]) -> str:
    """Return what a meeting is around as it is kept: a reference in capitals, or the key of an event."""
    if not text or text.startswith(EVENT):
        return text
    parsed = parse_meeting_reference(text)
    if parsed is None:
        refusals.append(Refusal("unknown_parent", field="around"))
        return text
    return meeting_reference(parsed.scope, parsed.number)


def _without_idle_choice(content: MeetingContent) -> MeetingContent:
    """Return the content without a choice where no time of it comes twice."""
    if content.choice is None or doubled_time(content) is not None:
        return content
    return dataclasses.replace(content, choice=None)


def _line(text: str, name: str, refusals: list[Refusal]) -> str:
    try:
        return one_line(text, name)
    except Refusal as refusal:
        refusals.append(refusal)
        return text


def _address(text: str, refusals: list[Refusal]) -> str:
    """Return a conference's address: https with a host, nobody's password in it, nothing that breaks a line."""
    try:
        address = one_line(text, "conference_url", URL_LIMIT)
    except Refusal as refusal:
        refusals.append(refusal)
        return text
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        is_right = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or re.search(r"[\s<>\"\\]", address):
        refusals.append(Refusal("not_https", field="conference_url"))
    return address


def _shown(text: str) -> str:
    """Return a typed name short and printable enough to be repeated in a message."""
    return "".join(char for char in text[:64] if char.isprintable())


def _plain(value: object) -> object:
    match value:
        case time():
            return value.isoformat("minutes")
        case date() | datetime():
            return value.isoformat()
        case _:
            return value


def _read(kind: type[Any], text: str | None) -> Any:
    return None if text is None else cast("Any", kind).fromisoformat(text)
