"""Dates, times, numbers, names and short phrases in English, Spanish and French.

Everything here takes the language as an argument and knows no web framework, so that pages,
mails, papers and calendars say the same thing in the same words. Spanish is Mexican usage,
French is Canadian usage.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from app.domain import name_orders, zones
from app.domain.partial_dates import PartialDate

LANGUAGES: Final = ("en", "es", "fr")
LANGUAGE_NAMES: Final = {"en": "English", "es": "Español", "fr": "Français"}
TRANSLATIONS_FOLDER = Path(__file__).parent / "translations"

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
EN_DASH: Final = "\u2013"

# Conventions of the place, not only of the language: Mexico writes 3,614; Canada writes 3 614 in French.
_LOCALES: Final = {"en": "en", "es": "es_MX", "fr": "fr_CA"}

_CITIES: Final[dict[str, dict[str, str]]] = {
    "America/Toronto": {"en": "Ottawa", "es": "Ottawa", "fr": "Ottawa"},
    "America/Mexico_City": {"en": "Mexico City", "es": "Ciudad de México", "fr": "Mexico"},
    "America/New_York": {"en": "New York", "es": "Nueva York", "fr": "New York"},
    "America/Argentina/Buenos_Aires": {"en": "Buenos Aires", "es": "Buenos Aires", "fr": "Buenos Aires"},
}
_WASHINGTON: Final = {"en": "Washington", "es": "Washington", "fr": "Washington"}
_ORGANISATIONS: Final[dict[str, dict[str, str]]] = {
    "EU": {"en": "European Union", "es": "Unión Europea", "fr": "Union européenne"},
    "G20": {"en": "Group of Twenty", "es": "Grupo de los Veinte", "fr": "Groupe des Vingt"},
    "OAS": {
        "en": "Organization of American States",
        "es": "Organización de los Estados Americanos",
        "fr": "Organisation des États américains",
    },
    "OECD": {
        "en": "Organisation for Economic Co-operation and Development",
        "es": "Organización para la Cooperación y el Desarrollo Económicos",
        "fr": "Organisation de coopération et de développement économiques",
    },
    "UN": {"en": "United Nations", "es": "Naciones Unidas", "fr": "Nations Unies"},
}
# The names that Canadian French gives to the hours of North America (heure normale, heure avancée).
_FRENCH_HOURS: Final = {
    "NST": "HNT", "NDT": "HAT", "AST": "HNA", "ADT": "HAA", "EST": "HNE", "EDT": "HAE",
    "CST": "HNC", "CDT": "HAC", "MST": "HNR", "MDT": "HAR", "PST": "HNP", "PDT": "HAP",
}  # fmt: skip


@functools.cache
def locale_of(language: str) -> Locale:
    """Return the locale whose conventions a language follows here; `KeyError` for a language that is not ours."""
    return Locale.parse(_LOCALES[language])


@functools.cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of messages of a language; English is the language of the source."""
    if language == "en":
        return NullTranslations()
    return Translations.load(TRANSLATIONS_FOLDER, [language])


def pick(words: Mapping[str, str | None] | str | None, language: str) -> tuple[str, str | None]:
    """Return the text in that language, else in another, and the language it is in.

    A mapping may name its `original` language, which is then preferred to English. A plain string,
    and a mapping without any text, have no language: `None`.
    """
    if words is None or isinstance(words, str):
        return words or "", None
    original = words.get("original")
    order = [language, *([original] if original in LANGUAGES else []), *LANGUAGES]
    for candidate in order:
        text = words.get(candidate)
        if text:
            return text, candidate
    return "", None


# Dates ------------------------------------------------------------------------------------------------------


def _day_number(day: dt.date, language: str) -> str:
    return "1er" if language == "fr" and day.day == 1 else str(day.day)


def _part(day: dt.date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=locale_of(language))


def date_long(day: dt.date, language: str) -> str:
    """Return `Thursday 10 December 2026`, `jueves 10 de diciembre de 2026`, `jeudi 10 décembre 2026`."""
    return f"{_part(day, 'EEEE', language)} {date_plain(day, language)}"


def date_plain(day: dt.date, language: str) -> str:
    """Return the date in words without its weekday: `10 December 2026`."""
    return f"{_day_number(day, language)}{' de ' if language == 'es' else ' '}{month_year(day, language)}"


def day_month(day: dt.date, language: str) -> str:
    """Return the day without its year, for where the year is told: `10 December`, `10 de diciembre`, `10 décembre`."""
    return f"{_day_number(day, language)}{' de ' if language == 'es' else ' '}{_part(day, 'MMMM', language)}"


def day_short_month(day: dt.date, language: str) -> str:
    """Return `30 Aug`, `30 ago`, `30 août`, for where there is little room."""
    return f"{_day_number(day, language)} {_part(day, 'MMM', language)}"


def month(day: dt.date, language: str) -> str:
    """Return the name of a day's month as it stands alone: `August`, `agosto`, `août`."""
    return _part(day, "LLLL", language)


def weekday_day_month(day: dt.date, language: str) -> str:
    """Return `Thursday 10 December`, `jueves 10 de diciembre`, `jeudi 10 décembre`."""
    return f"{_part(day, 'EEEE', language)} {day_month(day, language)}"


def month_year(day: dt.date, language: str) -> str:
    """Return `December 2026`, `diciembre de 2026`, `décembre 2026`."""
    return _part(day, "MMMM 'de' y" if language == "es" else "MMMM y", language)


def date_short(day: dt.date, language: str) -> str:
    """Return `Thu 10 Dec 2026`, `jue 10 dic 2026`, `jeu. 10 déc. 2026`."""
    return f"{_part(day, 'EEE', language)} {_day_number(day, language)} {_part(day, 'MMM y', language)}"


def date_range(first: dt.date, last: dt.date, language: str) -> str:
    """Return `13–14 Nov 2024`, `30 Nov – 2 Dec 2024`, or the one date when both are the same."""
    end = f"{_day_number(last, language)} {_part(last, 'MMM y', language)}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{_day_number(first, language)}{EN_DASH}{end}"
    pattern = "MMM" if first.year == last.year else "MMM y"
    return f"{_day_number(first, language)} {_part(first, pattern, language)} {EN_DASH} {end}"


def partial_date(written: str | PartialDate, language: str) -> str:
    """Return a date of which only the year (`2016`) or the month (`2016-10`) may be known, in words.

    Raises `ValueError` for anything else than `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    """
    known = written if isinstance(written, PartialDate) else PartialDate(written)
    match known.precision:
        case "year":
            return str(known.first_day.year)
        case "month":
            return month_year(known.first_day, language)
        case "day":
            return date_plain(known.first_day, language)


def weekday_names(language: str) -> list[str]:
    """Return the names of the days of the week, Monday first, as the three parties' working week runs."""
    names = locale_of(language).days["stand-alone"]["wide"]
    return [names[day] for day in range(calendar.MONDAY, calendar.SUNDAY + 1)]


# Times ------------------------------------------------------------------------------------------------------


def time_of_day(moment: dt.time | dt.datetime, language: str) -> str:
    """Return a time on 24 hours without a leading zero: `9:00`; in French `9 h`, `8 h 30` (no-break spaces)."""
    if language != "fr":
        return f"{moment.hour}:{moment.minute:02}"
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02}" if moment.minute else f"{moment.hour}{NBSP}h"


def time_range(start: dt.time | dt.datetime, end: dt.time | dt.datetime, language: str) -> str:
    """Return `9:00–12:30`; in French `9 h à 12 h 30`. Both ends are wall times of one place."""
    joint = " à " if language == "fr" else EN_DASH
    return f"{time_of_day(start, language)}{joint}{time_of_day(end, language)}"


def local(instant: dt.datetime, zone_name: str) -> dt.datetime:
    """Return an instant on the wall clock of a zone; `ValueError` for a naive one, `KeyError` for an unknown zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(zones.zone(zone_name))


def at_city(instant: dt.datetime, zone_name: str, city: str, language: str) -> str:
    """Return the time of an instant beside the city whose time it is: `17:00 New York`."""
    return f"{time_of_day(local(instant, zone_name), language)}{NBSP}{city}"


def day_and_time(instant: dt.datetime, zone_name: str, language: str) -> str:
    """Return `Thu 10 Dec 2026, 10:00` on the wall clock of a zone; name the city beside it."""
    wall = local(instant, zone_name)
    return f"{date_short(wall.date(), language)}, {time_of_day(wall, language)}"


def offset_words(instant: dt.datetime, zone_name: str, language: str) -> str:
    """Return `EST, UTC−5`; in French `HNE, UTC−5`; only `UTC−3` where the zone has no letters of its own."""
    wall = local(instant, zone_name)
    offset = wall.utcoffset() or dt.timedelta()
    minutes = abs(int(offset.total_seconds())) // 60
    written = "UTC"
    if minutes:
        sign = MINUS if offset < dt.timedelta() else "+"
        written = f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
    letters = wall.tzname() or ""
    if not letters.isalpha() or letters == "UTC":
        return written
    if language == "fr":
        letters = _FRENCH_HOURS.get(letters, letters)
    return f"{letters}, {written}"


def city_of(zone_name: str, language: str, party: str | None = None) -> str:
    """Return the city that stands for a zone: the parties' capitals and New York by their names here.

    Ottawa keeps the zone called Toronto. Washington and New York share a zone: it is Washington for
    somebody of the United States (`party="US"`), New York for anyone else.
    """
    if zone_name == "America/New_York" and party == "US":
        return _WASHINGTON[language]
    if zone_name in _CITIES:
        return _CITIES[zone_name][language]
    known = locale_of(language).time_zones.get(zone_name, {}).get("city")
    return str(known) if known else zone_name.rsplit("/", 1)[-1].replace("_", " ")


def city_at(zone_name: str, place: str | None, language: str) -> str:
    """Return the city whose time a meeting keeps: its place decides between Washington and New York."""
    return city_of(zone_name, language, "US" if "washington" in (place or "").casefold() else None)


def duration(minutes: int, language: str) -> str:
    """Return a length of time in hours and minutes: `3 hours`, `1 hour 30 minutes`, `45 minutes`."""
    if minutes < 0:
        raise ValueError("a duration is not negative")
    catalogue = translations(language)
    hours, rest = divmod(minutes, 60)
    in_hours = catalogue.ngettext("%(num)s hour", "%(num)s hours", hours) % {"num": number(hours, language)}
    in_minutes = catalogue.ngettext("%(num)s minute", "%(num)s minutes", rest) % {"num": rest}
    if not hours:
        return in_minutes
    return f"{in_hours} {in_minutes}" if rest else in_hours


def duration_short(minutes: int) -> str:
    """Return a length of time in signs that the three languages share: `3 h`, `1 h 30 min`, `45 min`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{NBSP}h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{NBSP}min")
    return NBSP.join(parts)


def days_left(day: dt.date, today: dt.date, language: str) -> str:
    """Return `38 days left`, `today`, or `12 days past`: a date to agree is past, never anyone's fault."""
    count = (day - today).days
    catalogue = translations(language)
    if count == 0:
        return str(catalogue.gettext("today"))
    if count > 0:
        phrase = catalogue.ngettext("%(num)s day left", "%(num)s days left", count)
    else:
        phrase = catalogue.ngettext("%(num)s day past", "%(num)s days past", -count)
    return str(phrase % {"num": number(abs(count), language)})


def days_overdue(day: dt.date, today: dt.date, language: str) -> str:
    """Return `10 days overdue`, for an accepted leg of an action whose day is over."""
    count = (today - day).days
    if count < 1:
        raise ValueError("not overdue")
    phrase = translations(language).ngettext("%(num)s day overdue", "%(num)s days overdue", count)
    return str(phrase % {"num": number(count, language)})


# Numbers, names, lists --------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=2048)
def number(value: float, language: str) -> str:
    """Return a number with the separators of the reader's country."""
    return format_decimal(value, locale=locale_of(language))


def percent(fraction: float, language: str) -> str:
    """Return a fraction of one as a percentage without decimals: 0.78 is `78%`, in French `78 %`."""
    return format_percent(fraction, locale=locale_of(language))


def ordinal(value: int, language: str, *, feminine: bool = True) -> str:
    """Return `9th`, `9.ª`, `9e`. Feminine by default: a *reunión* and a *réunion* are."""
    if language == "es":
        return f"{value}.ª" if feminine else f"{value}.º"
    if language == "fr":
        first = "re" if feminine else "er"
        return f"{value}{first if value == 1 else 'e'}"
    suffix = "th" if value % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"


def before_signs(language: str) -> str:
    """Return what French puts before a colon and a semicolon."""
    return NBSP if language == "fr" else ""


def list_of(names: Sequence[str], language: str) -> str:
    """Return names joined as the language joins them: `Canada, Mexico and the United States`."""
    return name_orders.joined(names, language)


def collation_key(name: str) -> str:
    """Return the capitals without accents by which a name is put in alphabetical order."""
    letters = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).upper()


def party_name(code: str, language: str) -> str:
    """Return the name of a state (ISO 3166-1) or of a known organisation; an unknown code stands for itself."""
    if code in _ORGANISATIONS:
        return _ORGANISATIONS[code][language]
    return str(locale_of(language).territories.get(code, code))


def party_order(codes: Iterable[str], language: str) -> list[str]:
    """Return party codes in the alphabetical order of their names in that language: en CA MX US; es and fr CA US MX."""
    return sorted(codes, key=lambda code: (collation_key(party_name(code, language)), code))
