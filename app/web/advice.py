"""What is worth a second look about a meeting, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.meeting_advice import HEADQUARTERS, Advice
from app.i18n import reader_language

# More than these would be read by nobody.
MOST: Final = 12


def advice_in_words(advice: Sequence[Advice]) -> list[str]:
    """Return each warning as a sentence in the reader's language; of many the first ones, and that there are more."""
    language = reader_language()
    said = [sentence_of(each, language) for each in advice[:MOST]]
    return said if len(advice) <= MOST else [*said, _("There is more of this kind: the calendar of that day shows it.")]


def sentence_of(each: Advice, language: str) -> str:
    """Return a warning as a sentence that names its day and whose day it is."""
    match each.key:
        case "weekend":
            said = _("On a weekend: %(day)s.", day=words.date_long(each.day, language))
        case "night":
            said = _night(each, language)
        case "closure" | "host_closure":
            said = _closure(each, language)
        case "high_level":
            said = _high_level(each, language)
        case _:
            said = _clash(each, language)
    return str(said)


def _night(each: Advice, language: str) -> str:
    if each.starts is None or each.ends is None:
        return ""
    return str(
        _(
            "It reaches into the night in %(city)s: %(times)s there, on %(day)s.",
            city=words.city_of(each.zone, language, each.party),
            times=words.time_range(each.starts, each.ends, language),
            day=words.date_short(each.day, language),
        )
    )


def _closure(each: Advice, language: str) -> str:
    day = words.date_long(each.day, language)
    name = each.name.in_language(language) if each.name else ""
    if not each.is_attested:
        name = _("%(name)s (computed, not confirmed)", name=name)
    if each.party == HEADQUARTERS:
        return str(_("United Nations Headquarters in New York is closed on %(day)s: %(name)s.", day=day, name=name))
    party = words.party_name(each.party or "", language)
    if each.key == "host_closure":
        return str(
            _(
                "%(party)s: offices are closed where the meeting is, on %(day)s: %(name)s.",
                party=party,
                day=day,
                name=name,
            )
        )
    return str(_("%(party)s: offices in the capital are closed on %(day)s: %(name)s.", party=party, day=day, name=name))


def _high_level(each: Advice, language: str) -> str:
    days = words.date_range(each.day, each.last_day or each.day, language)
    if each.is_attested:
        return str(_("It falls into the high-level week of the General Assembly, %(days)s.", days=days))
    return str(
        _("It falls into the high-level week of the General Assembly, %(days)s (computed, not confirmed).", days=days)
    )


def _clash(each: Advice, language: str) -> str:
    day = words.date_long(each.day, language)
    values = {"reference": each.reference or "", "day": day}
    if each.key == "clash_parties":
        names = [words.party_name(code, language) for code in words.party_order(each.parties, language)]
        return str(
            ngettext(
                "%(names)s also sits in %(reference)s then, on %(day)s.",
                "%(names)s also sit in %(reference)s then, on %(day)s.",
                len(names),
                names=words.list_of(names, language),
                **values,
            )
        )
    if each.key == "clash_place":
        return str(
            _("%(reference)s is in the same place then, on %(day)s: %(place)s.", place=each.place or "", **values)
        )
    if not each.people:
        return str(_("The same member of the secretariat serves %(reference)s then, on %(day)s.", **values))
    return str(
        ngettext(
            "%(names)s is also needed for %(reference)s then, on %(day)s.",
            "%(names)s are also needed for %(reference)s then, on %(day)s.",
            len(each.people),
            names=words.list_of(list(each.people), language),
            **values,
        )
    )
