"""What was done to a meeting, in sentences: newest first, in the reader's words and time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app import labels, words
from app.domain.around import event_code
from app.domain.visibility import Viewer
from app.services.history import HistoryEntry
from app.web.drafts.showing import field_labels
from app.web.meetings.clocks import promised_then

Line = tuple[dt.datetime, str, Markup]


def history_of(entries: tuple[HistoryEntry, ...], viewer: Viewer, language: str) -> list[Line]:
    """Return each entry as (instant, time in the reader's city, sentence)."""
    return [
        (entry.at, _shown(words.local(entry.at, viewer.time_zone), language), _sentence(entry, language))
        for entry in entries
    ]


def _shown(wall: dt.datetime, language: str) -> str:
    """Return `22 Nov 2026, 10:21`."""
    return f"{words.date_range(wall.date(), wall.date(), language)}, {words.time_of_day(wall, language)}"


def who(entry: HistoryEntry, language: str) -> str:
    """Return who did it: the person to those who may know them, else their party, else the secretariat."""
    party = words.party_name(entry.party_code, language) if entry.party_code else None
    if entry.person_name:
        return f"{entry.person_name} ({party})" if party else entry.person_name
    return party or _("the secretariat")


def _sentence(entry: HistoryEntry, language: str) -> Markup:
    """Return what was done, and who did it apart from the sentence, since names bend differently in each language."""
    say = _SENTENCES.get(entry.act)
    if say is None:
        said = Markup.escape(labels.labels("audit_action", language).get(entry.act, entry.act))
    else:
        said = say(entry, language)
    return Markup('{} <span class="small quiet nowrap">· {}</span>').format(said, who(entry, language))


def _fill(sentence: str, **values: object) -> Markup:
    """Fill a sentence of ours: what stands in it is escaped, the sentence itself is not."""
    return Markup(sentence) % values  # noqa: S704 - the sentence comes from the catalogue of messages


def _plain(text: str) -> Callable[[HistoryEntry, str], Markup]:
    return lambda _entry, _language: _fill(_(text))


def _struck(entry: HistoryEntry, language: str) -> Markup:
    """Return the promise that stood before, struck through."""
    return Markup("<del>{}</del>").format(promised_then(entry.facts["was"], language))


def _answered(entry: HistoryEntry, _language: str) -> Markup:
    return _fill(_("Answered yes") if entry.facts.get("answer") == "yes" else _("Answered no"))


def _reported(entry: HistoryEntry, language: str) -> Markup:
    values = {
        "party": words.party_name(str(entry.facts.get("party")), language),
        "answer": labels.label("answer", str(entry.facts.get("answer")), language),
        "channel": labels.label("channel", str(entry.facts.get("channel")), language),
    }
    return _fill(_("Answer entered for %(party)s: %(answer)s, %(channel)s. Reported, not confirmed."), **values)


def _postponed(entry: HistoryEntry, language: str) -> Markup:
    values = {"old": _struck(entry, language), "reason": entry.facts.get("reason") or ""}
    now = entry.facts.get("now")
    if now is None:
        return _fill(_("%(old)s postponed: %(reason)s"), **values)
    return _fill(_("%(old)s postponed to %(new)s: %(reason)s"), **values, new=promised_then(now, language))


def _cancelled(entry: HistoryEntry, language: str) -> Markup:
    reason = entry.facts.get("reason") or ""
    return _fill(_("%(old)s cancelled: %(reason)s"), old=_struck(entry, language), reason=reason)


def _reinstated(entry: HistoryEntry, language: str) -> Markup:
    now = entry.facts.get("now") or entry.facts["was"]
    return _fill(_("Reinstated for %(day)s; every party is asked again."), day=promised_then(now, language))


def _hour_kept(entry: HistoryEntry, language: str) -> Markup:
    day = promised_then(entry.facts["now"], language)
    if not entry.facts.get("asked_again"):
        return _fill(_("The clocks’ rules changed; the hour on the wall is kept: %(day)s"), day=day)
    said = _(
        "The clocks’ rules changed; the hour on the wall is kept, at another moment: %(day)s; all are asked again."
    )
    return _fill(said, day=day)


def _moment_kept(entry: HistoryEntry, language: str) -> Markup:
    values = {"old": _struck(entry, language), "new": promised_then(entry.facts["now"], language)}
    return _fill(_("The clocks’ rules changed; the moment is kept, its hour written anew: %(old)s %(new)s"), **values)


def _parties(text: str) -> Callable[[HistoryEntry, str], Markup]:
    def say(entry: HistoryEntry, language: str) -> Markup:
        names = [words.party_name(code, language) for code in words.party_order(entry.facts["parties"], language)]
        return _fill(_(text), parties=words.list_of(names, language))

    return say


def _changed(entry: HistoryEntry, language: str) -> Markup:
    changes: Mapping[str, Any] = entry.facts.get("changes") or {}
    cities = [words.city_of(zone, language) for zone in entry.facts.get("zones") or ()]
    said = [_change(name, pair, cities, language) for name, pair in changes.items()]
    return _fill(_("Changed. %(changes)s"), changes=Markup.escape(f"{words.before_signs(language)}; ").join(said))


def _around(told: Mapping[str, Any] | None, language: str) -> str:
    """Return what a meeting was or is around: a meeting by its reference, an event by its name."""
    if told is None:
        return ""
    return str(told["around"]) if told["is_meeting"] else words.pick(told["title"], language)[0]


def _placed(entry: HistoryEntry, language: str) -> Markup:
    was, now = (_around(entry.facts.get(side), language) for side in ("was", "now"))
    if not now:
        return _fill(_("No longer set around %(was)s"), was=was)
    if not was:
        return _fill(_("Set around %(now)s"), now=now)
    return _fill(_("Set around %(now)s, before around %(was)s"), now=now, was=was)


def _what(entry: HistoryEntry) -> str:
    key = str(entry.facts.get("around"))
    return str(_("the event that it is around")) if event_code(key) else key


def _days_of(entry: HistoryEntry) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", abs(int(entry.facts.get("days") or 0))))


def _followed(entry: HistoryEntry, _language: str) -> Markup:
    values = {"what": _what(entry), "days": _days_of(entry)}
    if int(entry.facts.get("days") or 0) > 0:
        return _fill(_("Date set anew: %(what)s had moved to later, by %(days)s."), **values)
    return _fill(_("Date set anew: %(what)s had moved to earlier, by %(days)s."), **values)


def _kept(entry: HistoryEntry, _language: str) -> Markup:
    if entry.facts.get("is_called_off"):
        return _fill(_("Left as it is, although %(what)s was called off"), what=_what(entry))
    return _fill(_("Date kept, although %(what)s moved by %(days)s"), what=_what(entry), days=_days_of(entry))


def _served(entry: HistoryEntry, language: str) -> Markup:
    was, now = (_period(entry.facts.get(side), language) for side in ("was", "now"))
    return _fill(_("Held for the period %(now)s"), now=now) + (Markup(" <del>{}</del>").format(was) if was else "")


def _period(told: list[str] | None, language: str) -> str:
    if not told:
        return ""
    first, last = (dt.date.fromisoformat(day) for day in told)
    return words.date_range(first, last, language)


def _change(name: str, pair: list[Any], cities: list[str], language: str) -> Markup:
    """Return one changed field: what it was, struck through, and what it is."""
    field = field_labels().get(name, name)
    if name == "conference_url":  # the record holds no address, since it lets people in
        return Markup.escape(field)
    old, new = (_value(name, value, language) for value in pair)
    if name in {"starts", "ends"} and cities:
        old, new = (f"{said} {city}" if said else "" for said, city in zip((old, new), cities, strict=True))
    was = Markup("<del>{}</del> ").format(old) if old else Markup("")
    return Markup("{}{}: {}{}").format(field, words.before_signs(language), was, new)


def _value(name: str, value: Any, language: str) -> str:
    """Return a value of a field in words; nothing for what was not said."""
    if value is None or value in ("", [], {}):
        return ""
    match name:
        case "first_day" | "last_day":
            said = words.date_short(dt.date.fromisoformat(value), language)
        case "starts" | "ends":
            said = words.time_of_day(dt.time.fromisoformat(value), language)
        case "format":
            said = labels.labels("format", language).get(value, value)
        case "kind":
            said = labels.labels("meeting_kind", language).get(value, value)
        case "parties" | "hosting":
            names = [words.party_name(code, language) for code in words.party_order(value, language)]
            said = words.list_of(names, language)
        case _:
            said = words.pick(value, language)[0] if isinstance(value, dict) else str(value)
    return said


def N_(message: str) -> str:  # noqa: N802  the name by which message extraction knows a marked string
    """Mark a message for translation where it is written; it is translated where it is used."""
    return message


_SENTENCES: Final[Mapping[str, Callable[[HistoryEntry, str], Markup]]] = {
    "meeting_proposed": _plain(N_("Proposed")),
    "meeting_recorded": _plain(N_("Recorded afterwards")),
    "meeting_answered": _answered,
    "meeting_answer_reported": _reported,
    "meeting_confirmed": lambda _entry, _language: _fill(_("Confirmed: every party said yes.")),
    "meeting_postponed": _postponed,
    "meeting_cancelled": _cancelled,
    "meeting_reinstated": _reinstated,
    "zone_change_hour_kept": _hour_kept,
    "zone_change_moment_kept": _moment_kept,
    "meeting_held": _plain(N_("Recorded as held")),
    "meeting_closed": _plain(N_("Closed")),
    "meeting_changed": _changed,
    "meeting_placed": _placed,
    "meeting_followed": _followed,
    "meeting_date_kept": _kept,
    "meeting_served_set": _served,
    "meeting_parties_added": _parties(N_("Added to the parties: %(parties)s")),
    "meeting_parties_dropped": _parties(N_("Taken from the parties: %(parties)s")),
}
