"""Why a slot is better or worse, in words that a person can read, in their language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.slots import Reason
from app.web.plans.places import Places


@dataclass(frozen=True, slots=True)
class Said:
    """A reason in words; `tone` and `mark` say whether it is a gain, a loss or a grave one."""

    words: str
    tone: str
    mark: str


def reasons_in_words(reasons: tuple[Reason, ...], places: Places) -> list[Said]:
    """Return the reasons of a slot as sentences, in their order, each once."""
    found: dict[str, Said] = {}
    for reason in reasons:
        sentence = str(_WORDS[reason.key](reason, places))
        found.setdefault(sentence, Said(sentence, *_tone(reason)))
    return list(found.values())


def _tone(reason: Reason) -> tuple[str, str]:
    if reason.key == "lacks":
        return "late", "no"
    if reason.is_grave:
        return "late", "late"
    return ("done", "yes") if reason.is_gain else ("doing", "maybe")


# The clocks ---------------------------------------------------------------------------------------


def _in_hours(_reason: Reason, _places: Places) -> object:
    return _("inside the working day everywhere")


def _outside_hours(reason: Reason, places: Places) -> object:
    return _("%(times)s in %(city)s, outside the working day", times=_times(reason, places), city=_city(reason, places))


def _night(reason: Reason, places: Places) -> object:
    return _("%(times)s in %(city)s, in the night", times=_times(reason, places), city=_city(reason, places))


def _fair(reason: Reason, places: Places) -> object:
    return _(
        "the odd hour is for %(city)s, which had the least of them at the last meetings: %(length)s",
        city=_city(reason, places),
        length=words.duration_short(reason.minutes),
    )


def _unfair(reason: Reason, places: Places) -> object:
    return _(
        "the odd hour is for %(city)s again, which had the most of them at the last meetings: %(length)s",
        city=_city(reason, places),
        length=words.duration_short(reason.minutes),
    )


def _times(reason: Reason, places: Places) -> str:
    if reason.starts is None or reason.ends is None:
        return ""
    return words.time_range(reason.starts, reason.ends, places.language)


def _city(reason: Reason, places: Places) -> str:
    return places.clock(reason.clock or "")


# The days -----------------------------------------------------------------------------------------


def _no_closure(_reason: Reason, _places: Places) -> object:
    return _("no closure that week")


def _closure(reason: Reason, places: Places) -> object:
    return _(
        "%(city)s is closed on %(day)s: %(name)s",
        city=places.capital(reason.party or ""),
        day=_day(reason, places),
        name=_name(reason, places),
    )


def _host_closure(reason: Reason, places: Places) -> object:
    return _(
        "offices where it is held are closed on %(day)s: %(name)s",
        day=_day(reason, places),
        name=_name(reason, places),
    )


def _closure_near(reason: Reason, places: Places) -> object:
    return _(
        "%(city)s is closed that week, on %(day)s: %(name)s",
        city=places.capital(reason.party or ""),
        day=_day(reason, places),
        name=_name(reason, places),
    )


def _high_level(reason: Reason, places: Places) -> object:
    if reason.is_attested:
        return _("in the high-level week of the General Assembly, %(days)s", days=_days(reason, places))
    return _(
        "in the high-level week of the General Assembly, %(days)s (computed, not confirmed)",
        days=_days(reason, places),
    )


def _at_event(reason: Reason, places: Places) -> object:
    return _("at the time of %(name)s, %(days)s", name=_name(reason, places), days=_days(reason, places))


def _away_from_event(reason: Reason, places: Places) -> object:
    return _("away from %(name)s, %(days)s", name=_name(reason, places), days=_days(reason, places))


def _agenda_due(reason: Reason, places: Places) -> object:
    return _("agenda due on %(day)s, a working day", day=_day(reason, places))


def _papers_due(reason: Reason, places: Places) -> object:
    return _("papers due on %(day)s, a working day", day=_day(reason, places))


def _due_past(reason: Reason, places: Places) -> object:
    if reason.name.get("due") == "agenda_due":
        return _("the agenda was due on %(day)s already", day=_day(reason, places))
    return _("papers were due on %(day)s already", day=_day(reason, places))


def _due_closed(reason: Reason, places: Places) -> object:
    is_agenda = reason.name.get("due") == "agenda_due"
    day = _day(reason, places)
    if reason.party is None:
        return (
            _("agenda due on a weekend, %(day)s", day=day)
            if is_agenda
            else _("papers due on a weekend, %(day)s", day=day)
        )
    said = {"day": day, "city": places.capital(reason.party), "name": _name(reason, places)}
    if is_agenda:
        return _("agenda due on %(day)s, when %(city)s is closed: %(name)s", **said)
    return _("papers due on %(day)s, when %(city)s is closed: %(name)s", **said)


def _travel(reason: Reason, places: Places) -> object:
    if reason.party is None:
        return _("travel on a weekend, %(day)s", day=_day(reason, places))
    return _(
        "travel on %(day)s, when %(city)s is closed: %(name)s",
        day=_day(reason, places),
        city=places.capital(reason.party),
        name=_name(reason, places),
    )


def _in_period(reason: Reason, places: Places) -> object:
    return ngettext(
        "%(num)d day before %(day)s, the day to have met by",
        "%(num)d days before %(day)s, the day to have met by",
        reason.days,
        day=_day(reason, places),
    )


def _after_period(reason: Reason, places: Places) -> object:
    return ngettext(
        "%(num)d day after %(day)s, the day to have met by",
        "%(num)d days after %(day)s, the day to have met by",
        reason.days,
        day=_day(reason, places),
    )


def _day(reason: Reason, places: Places) -> str:
    return words.date_short(reason.day, places.language) if reason.day else ""


def _days(reason: Reason, places: Places) -> str:
    if reason.day is None:
        return ""
    return words.date_range(reason.day, reason.last_day or reason.day, places.language)


def _name(reason: Reason, places: Places) -> str:
    """Return the name of a closure or an event; of a computed closure that it is not confirmed."""
    names = {key: text for key, text in reason.name.items() if key in words.LANGUAGES or key == "original"}
    name = words.pick(names, places.language)[0] if names else ""
    return name if reason.is_attested else str(_("%(name)s (computed, not confirmed)", name=name))


# The people ---------------------------------------------------------------------------------------


def _clash(reason: Reason, places: Places) -> object:
    people = [places.person(each, reason.party) for each in reason.people if each]
    if not people:
        return _("at the same time as %(reference)s", reference=reason.reference or "")
    return _(
        "at the same time as %(reference)s, which needs %(people)s too",
        reference=reason.reference or "",
        people=words.list_of(people, places.language),
    )


def _busy(reason: Reason, places: Places) -> object:
    return _("%(name)s, who should attend, is busy", name=_who(reason, places))


def _lacks(reason: Reason, places: Places) -> object:
    return _("%(name)s, who must attend, is busy", name=_who(reason, places))


def _who(reason: Reason, places: Places) -> str:
    return words.list_of([places.person(each, reason.party) for each in reason.people], places.language)


_WORDS: Final[dict[str, Callable[[Reason, Places], object]]] = {
    "in_hours": _in_hours,
    "outside_hours": _outside_hours,
    "night": _night,
    "fair": _fair,
    "unfair": _unfair,
    "no_closure": _no_closure,
    "closure": _closure,
    "closure_near": _closure_near,
    "host_closure": _host_closure,
    "high_level": _high_level,
    "at_event": _at_event,
    "away_from_event": _away_from_event,
    "agenda_due": _agenda_due,
    "papers_due": _papers_due,
    "due_past": _due_past,
    "due_closed": _due_closed,
    "travel": _travel,
    "in_period": _in_period,
    "after_period": _after_period,
    "clash": _clash,
    "busy": _busy,
    "lacks": _lacks,
}
