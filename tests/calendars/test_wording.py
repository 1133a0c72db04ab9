"""What an entry says, word for word."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from app.calendars.wording import description, summary
from app.calendars.words import WORDS, city_of_zone, day_in_words, feed_name, hour_in_words, party_in_words
from app.domain.entries import LANGUAGES, FeedChoices
from tests.calendars.cases import MEXICO_CITY, shown

CALLED_OFF_AT = datetime(2026, 11, 1, tzinfo=UTC)
TOKYO = ({"en": "Tokyo", "es": "Tokio", "fr": "Tokyo"}, "Asia/Tokyo")


@pytest.mark.parametrize(
    ("language", "state", "expected"),
    [
        ("en", "confirmed", "Second coordination on the United Nations (UNC-2026-2)"),
        ("en", "proposed", "Second coordination on the United Nations (UNC-2026-2)"),
        ("en", "cancelled", "CANCELLED: Second coordination on the United Nations (UNC-2026-2)"),
        ("en", "postponed", "POSTPONED: Second coordination on the United Nations (UNC-2026-2)"),
        ("es", "confirmed", "Segunda coordinación sobre las Naciones Unidas (UNC-2026-2)"),
        ("es", "cancelled", "CANCELADA: Segunda coordinación sobre las Naciones Unidas (UNC-2026-2)"),
        ("es", "postponed", "APLAZADA: Segunda coordinación sobre las Naciones Unidas (UNC-2026-2)"),
        ("fr", "confirmed", "Deuxième coordination sur les Nations Unies (UNC-2026-2)"),
        ("fr", "cancelled", "ANNULÉE\u00a0: Deuxième coordination sur les Nations Unies (UNC-2026-2)"),
        ("fr", "postponed", "REPORTÉE\u00a0: Deuxième coordination sur les Nations Unies (UNC-2026-2)"),
    ],
)
def test_summary(language, state, expected):
    choices = FeedChoices(language, tentative=True)
    assert summary(shown(choices, state=state, cancelled_at=CALLED_OFF_AT)) == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "Busy"), ("es", "Ocupado"), ("fr", "Occupé")])
def test_busy(language, expected):
    entry = shown(FeedChoices(language, detail="busy"))
    assert summary(entry) == expected
    assert description(entry) is None


def test_a_meeting_without_a_title_is_named_once():
    assert summary(shown(title={}, mechanism_name=None)) == "UNC-2026-2"


def test_a_form_that_was_not_told_is_not_guessed():
    told = description(shown()).splitlines()
    untold = description(shown(format=None)).splitlines()
    assert [line for line in told if line not in untold] == ["Hybrid"]


def test_braces_in_a_title_are_letters():
    assert summary(shown(state="cancelled", title={"en": "{} {0.x}"})) == "CANCELLED: {} {0.x} (UNC-2026-2)"


DESCRIPTIONS = {
    "en": """\
United Nations coordination
Confirmed.
Parties: Canada, Mexico, United States
Hybrid

Thursday 10 December 2026
New York (time of the meeting): 10:00–13:30
Ottawa: 10:00–13:30
Mexico City: 9:00–12:30
Washington: 10:00–13:30

Video link: https://video.example/entente?id=7&key=a,b;c
Page: https://entente.example/meetings/UNC-2026-2""",
    "es": """\
Coordinación en las Naciones Unidas
Confirmada.
Partes: Canadá, México, Estados Unidos
Híbrida

Jueves 10 de diciembre de 2026
Nueva York (hora de la reunión): 10:00–13:30
Ottawa: 10:00–13:30
Ciudad de México: 9:00–12:30
Washington: 10:00–13:30

Enlace de video: https://video.example/entente?id=7&key=a,b;c
Página: https://entente.example/meetings/UNC-2026-2""",
    "fr": """\
Coordination aux Nations Unies
Confirmée.
Parties\u00a0: Canada, Mexique, États-Unis
Hybride

Jeudi 10 décembre 2026
New York (heure de la réunion) : 10\u00a0h à 13\u00a0h\u00a030
Ottawa : 10\u00a0h à 13\u00a0h\u00a030
Mexico : 9\u00a0h à 12\u00a0h\u00a030
Washington : 10\u00a0h à 13\u00a0h\u00a030

Lien vidéo\u00a0: https://video.example/entente?id=7&key=a,b;c
Page\u00a0: https://entente.example/meetings/UNC-2026-2""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_description(language):
    assert description(shown(FeedChoices(language))) == DESCRIPTIONS[language]


def test_sittings_have_their_own_hours():
    entry = shown(
        ends_at=datetime(2026, 12, 11, 17, 0, tzinfo=UTC),
        sittings=(
            (datetime(2026, 12, 10, 15, 0, tzinfo=UTC), datetime(2026, 12, 10, 22, 0, tzinfo=UTC)),
            (datetime(2026, 12, 11, 14, 30, tzinfo=UTC), datetime(2026, 12, 11, 17, 0, tzinfo=UTC)),
        ),
        capitals=(MEXICO_CITY, TOKYO),
        conference_url=None,
    )
    assert (description(entry) or "").split("\n\n")[1:] == [
        (
            "Sitting 1: Thursday 10 December 2026\n"
            "New York (time of the meeting): 10:00–17:00\n"
            "Mexico City: 9:00–16:00\n"
            "Tokyo: Friday 11 December 2026, 0:00–7:00"
        ),
        (
            "Sitting 2: Friday 11 December 2026\n"
            "New York (time of the meeting): 9:30–12:00\n"
            "Mexico City: 8:30–11:00\n"
            "Tokyo: 23:30–Saturday 12 December 2026, 2:00"
        ),
        "Page: https://entente.example/meetings/UNC-2026-2",
    ]


def test_one_sitting_that_is_the_whole_meeting_is_no_list():
    whole = ((datetime(2026, 12, 10, 15, 0, tzinfo=UTC), datetime(2026, 12, 10, 18, 30, tzinfo=UTC)),)
    assert description(shown(sittings=whole)) == DESCRIPTIONS["en"]


def test_a_capital_that_gives_the_zone_its_name_is_listed_once():
    text = description(shown(zone="America/Mexico_City")) or ""
    assert text.count("Mexico City") == 1
    assert "Mexico City (time of the meeting): 9:00–12:30" in text


def test_days_without_hours_promise_none():
    text = description(
        shown(starts_at=None, ends_at=None, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2), conference_url=None)
    )
    assert text == (
        "United Nations coordination\nConfirmed.\nParties: Canada, Mexico, United States\nHybrid\n\n"
        "Page: https://entente.example/meetings/UNC-2026-2"
    )


@pytest.mark.parametrize(
    ("day", "language", "expected"),
    [
        (date(2026, 12, 1), "en", "Tuesday 1 December 2026"),
        (date(2026, 12, 1), "es", "martes 1 de diciembre de 2026"),
        (date(2026, 12, 1), "fr", "mardi 1er décembre 2026"),
        (date(2026, 12, 11), "fr", "vendredi 11 décembre 2026"),
    ],
)
def test_day(day, language, expected):
    assert day_in_words(day, language) == expected


@pytest.mark.parametrize(
    ("at", "language", "expected"),
    [
        (time(9, 0), "en", "9:00"),
        (time(0, 5), "es", "0:05"),
        (time(13, 30), "en", "13:30"),
        (time(9, 0), "fr", "9\u00a0h"),
        (time(8, 30), "fr", "8\u00a0h\u00a030"),
        (time(8, 5), "fr", "8\u00a0h\u00a005"),
    ],
)
def test_hour(at, language, expected):
    assert hour_in_words(at, language) == expected


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("America/New_York", "es", "Nueva York"),
        ("America/Mexico_City", "fr", "Mexico"),
        ("America/Ciudad_Juarez", "en", "Ciudad Juárez"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
    ],
)
def test_city(zone, language, expected):
    assert city_of_zone(zone, language) == expected


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [("US", "es", "Estados Unidos"), ("NL", "fr", "Pays-Bas"), ("OAS", "en", "OAS")],
)
def test_party(code, language, expected):
    assert party_in_words(code, language) == expected


@pytest.mark.parametrize(
    ("language", "mechanism", "expected"),
    [
        ("en", None, "Entente: all my meetings"),
        ("es", None, "Entente: todas mis reuniones"),
        ("fr", None, "Entente\u00a0: toutes mes réunions"),
        ("fr", "Défense", "Entente\u00a0: Défense"),
    ],
)
def test_feed_name(language, mechanism, expected):
    assert feed_name(language, mechanism) == expected


def test_every_language_has_every_state_and_form():
    for language in LANGUAGES:
        assert set(WORDS[language].states) == {"proposed", "confirmed", "held", "closed", "postponed", "cancelled"}
        assert set(WORDS[language].formats) == {"in_person", "hybrid", "virtual"}
