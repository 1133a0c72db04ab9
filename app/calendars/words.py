"""The words, dates and hours of calendar entries in the three languages.

Entries are rendered outside of any request too, for a subscriber's language and not a visitor's, so
their words are a table of their own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from babel import Locale
from babel.dates import format_date, get_timezone_location

from app.domain import zones
from app.domain.entries import CalledOff, Format, Language, State


@dataclass(frozen=True)
class Words:
    """What an entry says in one language; `{}` is the place of a name, a number or an hour."""

    busy: str
    called_off: Mapping[CalledOff, str]
    states: Mapping[State, str]
    formats: Mapping[Format, str]
    parties: str
    sitting: str
    meeting_time: str
    video: str
    video_label: str
    page: str
    day: str
    range: str
    feed_all: str
    feed_one: str
    feed_some: str
    to_agree: str
    missing: str
    closed: str
    observed: str
    computed: str
    date: str
    action_due: str
    action_done: str
    not_accepted: str


WORDS: Mapping[Language, Words] = {
    "en": Words(
        busy="Busy",
        called_off={"cancelled": "CANCELLED: {}", "postponed": "POSTPONED: {}"},
        states={
            "proposed": "Proposed, not yet confirmed by every party.",
            "confirmed": "Confirmed.",
            "held": "Held.",
            "closed": "Held and closed.",
            "postponed": "Postponed; there is no new date yet.",
            "cancelled": "Cancelled.",
        },
        formats={"in_person": "In person", "hybrid": "Hybrid", "virtual": "Virtual"},
        parties="Parties: {}",
        sitting="Sitting {}",
        meeting_time="{} (time of the meeting)",
        video="Video link: {}",
        video_label="Video link",
        page="Page: {}",
        day="EEEE d MMMM y",
        range="{}–{}",
        feed_all="Entente: all my meetings",
        feed_one="Entente: {}",
        feed_some="chosen meetings",
        to_agree="Date to agree: {} by {}",
        missing="Meetings still to agree: {} of {}.",
        closed="{}: offices closed ({})",
        observed="Observed on this day; the holiday itself is at the weekend.",
        computed="Computed from the rules; not yet checked against an official calendar.",
        date="d MMMM y",
        action_due="Due: {}",
        action_done="Done: {}",
        not_accepted="Recorded by others; not accepted yet.",
    ),
    "es": Words(
        busy="Ocupado",
        called_off={"cancelled": "CANCELADA: {}", "postponed": "APLAZADA: {}"},
        states={
            "proposed": "Propuesta; aún no la confirman todas las partes.",
            "confirmed": "Confirmada.",
            "held": "Celebrada.",
            "closed": "Celebrada y cerrada.",
            "postponed": "Aplazada; aún no hay nueva fecha.",
            "cancelled": "Cancelada.",
        },
        formats={"in_person": "Presencial", "hybrid": "Híbrida", "virtual": "Virtual"},
        parties="Partes: {}",
        sitting="Sesión {}",
        meeting_time="{} (hora de la reunión)",
        video="Enlace de video: {}",
        video_label="Enlace de video",
        page="Página: {}",
        day="EEEE d 'de' MMMM 'de' y",
        range="{}–{}",
        feed_all="Entente: todas mis reuniones",
        feed_one="Entente: {}",
        feed_some="reuniones elegidas",
        to_agree="Fecha por acordar: {}, a más tardar el {}",
        missing="Reuniones aún por acordar: {} de {}.",
        closed="{}: oficinas cerradas ({})",
        observed="Se observa este día; el feriado cae en fin de semana.",
        computed="Calculado según las reglas; aún sin cotejar con un calendario oficial.",
        date="d 'de' MMMM 'de' y",
        action_due="Vence: {}",
        action_done="Cumplida: {}",
        not_accepted="Registrada por otros; aún no aceptada.",
    ),
    "fr": Words(
        busy="Occupé",
        called_off={"cancelled": "ANNULÉE\u00a0: {}", "postponed": "REPORTÉE\u00a0: {}"},
        states={
            "proposed": "Proposée, pas encore confirmée par toutes les parties.",
            "confirmed": "Confirmée.",
            "held": "Tenue.",
            "closed": "Tenue et close.",
            "postponed": "Reportée\u00a0; il n’y a pas encore de nouvelle date.",
            "cancelled": "Annulée.",
        },
        formats={"in_person": "En présence", "hybrid": "Hybride", "virtual": "Virtuelle"},
        parties="Parties\u00a0: {}",
        sitting="Séance {}",
        meeting_time="{} (heure de la réunion)",
        video="Lien vidéo\u00a0: {}",
        video_label="Lien vidéo",
        page="Page\u00a0: {}",
        day="EEEE d MMMM y",
        range="{} à {}",
        feed_all="Entente\u00a0: toutes mes réunions",
        feed_one="Entente\u00a0: {}",
        feed_some="réunions choisies",
        to_agree="Date à convenir\u00a0: {}, au plus tard le {}",
        missing="Réunions encore à convenir\u00a0: {} sur {}.",
        closed="{}\u00a0: bureaux fermés ({})",
        observed="Observé ce jour-là\u00a0; la fête elle-même tombe en fin de semaine.",
        computed="Calculé d’après les règles\u00a0; pas encore vérifié dans un calendrier officiel.",
        date="d MMMM y",
        action_due="Échéance\u00a0: {}",
        action_done="Faite\u00a0: {}",
        not_accepted="Inscrite par d’autres\u00a0; pas encore acceptée.",
    ),
}


def feed_name(language: Language, mechanism: str | None = None) -> str:
    """Return the name of a feed of all of a person's meetings, or of one mechanism's (its name, in the language)."""
    words = WORDS[language]
    return words.feed_all if mechanism is None else words.feed_one.format(mechanism)


def date_in_words(day: date, language: Language) -> str:
    """Return a date as `31 December 2026`, `31 de diciembre de 2026`, `1er janvier 2027`."""
    return _in_pattern(day, WORDS[language].date, language)


def day_in_words(day: date, language: Language) -> str:
    """Return a day as `Thursday 10 December 2026`, `jueves 10 de diciembre de 2026`, `mardi 1er décembre 2026`."""
    return _in_pattern(day, WORDS[language].day, language)


def _in_pattern(day: date, pattern: str, language: Language) -> str:
    if language == "fr" and day.day == 1:
        pattern = pattern.replace("d ", "d'er' ", 1)
    return format_date(day, pattern, locale=language)


def hour_in_words(at: time, language: Language) -> str:
    """Return a time of day on the 24-hour clock: `9:00`, `13:30`; in French `9 h`, `13 h 30`, blanks unbreakable."""
    if language != "fr":
        return f"{at.hour}:{at.minute:02}"
    return f"{at.hour}\u00a0h\u00a0{at.minute:02}" if at.minute else f"{at.hour}\u00a0h"


def hours_in_words(starts: datetime, ends: datetime | None, shown_day: date | None, language: Language) -> str:
    """Return a stretch of local time, each day named where it is not the one that stands above (`shown_day`)."""
    first = _moment(starts, shown_day, language)
    if ends is None:
        return first
    return WORDS[language].range.format(first, _moment(ends, starts.date(), language))


@functools.cache
def city_of_zone(name: str, language: Language) -> str:
    """Return the city that an IANA zone is named after, in the language (`Nueva York`)."""
    location = get_timezone_location(zones.zone(name), locale=language, return_city=True)
    return location.rsplit("/", 1)[-1]


def party_in_words(code: str, language: Language) -> str:
    """Return the name of the state or organisation with an ISO 3166 code, else the code itself."""
    name: str = Locale(language).territories.get(code, code)
    return name


def _moment(at: datetime, shown_day: date | None, language: Language) -> str:
    """Return a local time, its day before it where that is not the shown one."""
    hour = hour_in_words(at.time(), language)
    return hour if at.date() == shown_day else f"{day_in_words(at.date(), language)}, {hour}"
