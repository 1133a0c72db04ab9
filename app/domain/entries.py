"""Entries: what one subscription shows of one meeting, decided from what its viewer may see.

Words are not chosen here, only what is to be said; `app.calendars` says it in the language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Language = Literal["en", "es", "fr"]
Detail = Literal["full", "busy"]
State = Literal["proposed", "confirmed", "held", "closed", "postponed", "cancelled"]
Format = Literal["in_person", "hybrid", "virtual"]
Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]
CalledOff = Literal["cancelled", "postponed"]

LANGUAGES: tuple[Language, ...] = ("en", "es", "fr")

# A cancelled entry has told its story after a quarter of a year; then it only fills the calendar.
CALLED_OFF_STAYS = timedelta(days=90)

_STATUSES: Mapping[State, Status] = {
    "proposed": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "held": "CONFIRMED",
    "closed": "CONFIRMED",
    "postponed": "CANCELLED",
    "cancelled": "CANCELLED",
}


@dataclass(frozen=True)
class MeetingFacts:
    """What one viewer may see of one meeting, as a calendar needs it.

    Instants are aware; `zone` is the meeting's IANA zone. With `starts_at` the meeting has hours and
    `starts_on`, `ends_on` are not looked at; without, the two are its first and last day, both included.
    `title`, `mechanism_name` and the cities of `capitals` map a language to a name and may miss some;
    a title may carry `original`, the language it was written in. A `format` of None was not told.
    `capitals` are (city, IANA zone), `sittings` (start, end). `stamped_at` is the last change of the
    record. A meeting that is postponed has no new date: with one it is proposed again. `cancelled_at`
    is when it was called off, for either reason; `was_confirmed` says whether it had been confirmed
    before that. `is_moment_only` says that new zone data put the wall time at another moment, and that
    nobody has decided yet: the instants are what was promised.

    Raises `ValueError` for an instant that is not aware.
    """

    uid: str
    sequence: int
    reference: str
    state: State
    title: Mapping[str, str]
    mechanism_name: Mapping[str, str] | None
    starts_at: datetime | None
    ends_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    zone: str
    place: str | None
    format: Format | None
    conference_url: str | None
    parties: tuple[str, ...]
    capitals: tuple[tuple[Mapping[str, str], str], ...]
    sittings: tuple[tuple[datetime, datetime], ...]
    stamped_at: datetime
    created_at: datetime
    changed_at: datetime
    url: str
    cancelled_at: datetime | None = None
    parent_uid: str | None = None
    categories: tuple[str, ...] = ()
    was_confirmed: bool = True
    is_moment_only: bool = False

    def __post_init__(self) -> None:
        instants = (self.starts_at, self.ends_at, self.stamped_at, self.created_at, self.changed_at, self.cancelled_at)
        if any(instant is not None and instant.tzinfo is None for instant in (*instants, *sum(self.sittings, ()))):
            raise ValueError(f"an instant of {self.uid} is not aware")


@dataclass(frozen=True)
class FeedChoices:
    """What a subscriber chose: language, full details or only busy time, proposed meetings, called-off ones."""

    language: Language
    detail: Detail = "full"
    tentative: bool = False
    cancelled: bool = True


@dataclass(frozen=True)
class Details:
    """All that a full entry says and a busy one does not, each name already in the entry's language.

    `capitals` are (city, IANA zone); `sittings` (start, end), aware. `title` falls back on the
    mechanism's name, then on the reference.
    """

    title: str
    reference: str
    state: State
    mechanism: str | None
    place: str | None
    format: Format | None
    conference_url: str | None
    url: str
    parties: tuple[str, ...]
    capitals: tuple[tuple[str, str], ...]
    sittings: tuple[tuple[datetime, datetime], ...]
    categories: tuple[str, ...]
    parent_uid: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Entry:
    """One VEVENT to be: hashable, so that its bytes can be kept by it.

    Either `starts_at` (aware, with `ends_at` aware or None) or `starts_on` and `ends_on` (both days
    included) is set. `status` and `details` are None in a busy entry, which says nothing but time.
    `is_moment_only` says that the moment alone is sure, not what the clock of `zone` shows at it.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    language: Language
    status: Status | None
    is_transparent: bool
    zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    details: Details | None
    is_moment_only: bool = False

    @property
    def called_off(self) -> CalledOff | None:
        """Whether the entry says that its meeting does not take place, and in which way."""
        if self.details is None or self.details.state not in ("cancelled", "postponed"):
            return None
        return "cancelled" if self.details.state == "cancelled" else "postponed"


def entry(facts: MeetingFacts, choices: FeedChoices, now: datetime) -> Entry | None:
    """Return what the subscription shows of the meeting at `now` (aware), or None where it shows nothing.

    A meeting without a date shows nothing; a proposed one only where proposed ones were chosen; one
    that was called off only where those were chosen, until 90 days after, and never as busy time,
    since the time is free again. One called off before it was confirmed counts as proposed.
    """
    if not _is_shown(facts, choices, now):
        return None
    is_busy_only = choices.detail == "busy"
    has_hours = facts.starts_at is not None
    first_day = None if has_hours else facts.starts_on
    return Entry(
        uid=facts.uid,
        sequence=facts.sequence,
        stamped_at=facts.stamped_at,
        language=choices.language,
        status=None if is_busy_only else _STATUSES[facts.state],
        is_transparent=_STATUSES[facts.state] == "CANCELLED",
        zone=facts.zone,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at if has_hours else None,
        starts_on=first_day,
        ends_on=None if first_day is None else facts.ends_on or first_day,
        is_moment_only=facts.is_moment_only,
        details=None if is_busy_only else _details(facts, choices.language),
    )


def valid_until(facts: Iterable[MeetingFacts], choices: FeedChoices, now: datetime) -> datetime | None:
    """Return the first instant after `now` at which the feed of these meetings changes by age alone.

    At that instant the next called-off entry is gone. None where nothing shown will leave by itself.
    """
    leaving = (
        called_off_at(each) + CALLED_OFF_STAYS
        for each in facts
        if _STATUSES[each.state] == "CANCELLED" and _is_shown(each, choices, now)
    )
    return min(leaving, default=None)


def status_of(state: State) -> Status:
    """Return what a calendar is told of a meeting's state."""
    return _STATUSES[state]


def is_shown(
    status: Status, called_off_at: datetime, choices: FeedChoices, now: datetime, *, was_confirmed: bool
) -> bool:
    """Say whether a subscription shows a dated meeting of that status at `now`; see `entry`.

    `called_off_at` matters only of one that was called off.
    """
    if status == "TENTATIVE":
        return choices.tentative
    if status == "CONFIRMED":
        return True
    was_chosen = choices.cancelled and choices.detail == "full" and (was_confirmed or choices.tentative)
    return was_chosen and now < called_off_at + CALLED_OFF_STAYS


def in_language(names: Mapping[str, str], language: Language) -> str | None:
    """Return the name in the language, else in the one it was written in (`original`), else in en, es, fr."""
    for each in (language, names.get("original", ""), *LANGUAGES):
        if (found := names.get(each, "")).strip():
            return found
    return None


def _is_shown(facts: MeetingFacts, choices: FeedChoices, now: datetime) -> bool:
    """Whether the subscription shows this meeting at `now`."""
    if facts.starts_at is None and facts.starts_on is None:
        return False
    status = _STATUSES[facts.state]
    return is_shown(status, called_off_at(facts), choices, now, was_confirmed=facts.was_confirmed)


def called_off_at(facts: MeetingFacts) -> datetime:
    """Return when the meeting was called off; the record's last change where nobody noted it."""
    return facts.cancelled_at or facts.stamped_at


def _details(facts: MeetingFacts, language: Language) -> Details:
    """Return the details of a full entry in the language."""
    mechanism = in_language(facts.mechanism_name or {}, language)
    return Details(
        title=in_language(facts.title, language) or mechanism or facts.reference,
        reference=facts.reference,
        state=facts.state,
        mechanism=mechanism,
        place=facts.place,
        format=facts.format,
        conference_url=facts.conference_url,
        url=facts.url,
        parties=facts.parties,
        capitals=tuple((in_language(city, language) or zone, zone) for city, zone in facts.capitals),
        sittings=facts.sittings,
        categories=facts.categories,
        parent_uid=facts.parent_uid,
        created_at=facts.created_at,
        changed_at=facts.changed_at,
    )
