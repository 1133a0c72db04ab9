"""Dates, times, numbers and names in three languages; the choice of the language; a sentence for every refusal."""

from __future__ import annotations

import ast
import datetime as dt
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, g, render_template_string

from app import labels, messages, pictures, words
from app.domain.errors import Refusal
from app.domain.partial_dates import PartialDate
from app.domain.visibility import Role, Viewer
from app.i18n import init_i18n

APP = Path(__file__).parents[1] / "app"
NB = "\u00a0"
WINTER = dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 7, 10, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("function", "day", "en", "es", "fr"),
    [
        (
            "date_long",
            "2026-12-10",
            "Thursday 10 December 2026",
            "jueves 10 de diciembre de 2026",
            "jeudi 10 décembre 2026",
        ),
        (
            "date_long",
            "2027-09-01",
            "Wednesday 1 September 2027",
            "miércoles 1 de septiembre de 2027",
            "mercredi 1er septembre 2027",
        ),
        ("date_short", "2026-12-10", "Thu 10 Dec 2026", "jue 10 dic 2026", "jeu. 10 déc. 2026"),
        ("date_short", "2027-08-01", "Sun 1 Aug 2027", "dom 1 ago 2027", "dim. 1er août 2027"),
        ("date_plain", "2016-06-29", "29 June 2016", "29 de junio de 2016", "29 juin 2016"),
        ("month_year", "2016-10-01", "October 2016", "octubre de 2016", "octobre 2016"),
    ],
)
def test_dates(function: str, day: str, en: str, es: str, fr: str) -> None:
    write = getattr(words, function)
    assert [write(dt.date.fromisoformat(day), language) for language in words.LANGUAGES] == [en, es, fr]


@pytest.mark.parametrize(
    ("first", "last", "en", "es", "fr"),
    [
        ("2024-11-13", "2024-11-14", "13–14 Nov 2024", "13–14 nov 2024", "13–14 nov. 2024"),
        ("2024-11-30", "2024-12-02", "30 Nov – 2 Dec 2024", "30 nov – 2 dic 2024", "30 nov. – 2 déc. 2024"),
        (
            "2026-12-31",
            "2027-01-01",
            "31 Dec 2026 – 1 Jan 2027",
            "31 dic 2026 – 1 ene 2027",
            "31 déc. 2026 – 1er janv. 2027",
        ),
        ("2024-11-13", "2024-11-13", "13 Nov 2024", "13 nov 2024", "13 nov. 2024"),
    ],
)
def test_date_range(first: str, last: str, en: str, es: str, fr: str) -> None:
    span = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    assert [words.date_range(*span, language) for language in words.LANGUAGES] == [en, es, fr]


@pytest.mark.parametrize(
    ("written", "en", "es", "fr"),
    [
        ("2016", "2016", "2016", "2016"),
        ("2016-10", "October 2016", "octubre de 2016", "octobre 2016"),
        ("2016-10-27", "27 October 2016", "27 de octubre de 2016", "27 octobre 2016"),
    ],
)
def test_partial_date(written: str, en: str, es: str, fr: str) -> None:
    assert [words.partial_date(written, language) for language in words.LANGUAGES] == [en, es, fr]
    assert words.partial_date(PartialDate(written), "es") == es


@pytest.mark.parametrize("written", ["", "16", "2016-13", "2016-02-30", "2016/10"])
def test_partial_date_refuses(written: str) -> None:
    with pytest.raises(ValueError, match=r"\d|^$|month|day"):
        words.partial_date(written, "en")


@pytest.mark.parametrize(
    ("hour", "minute", "en", "fr"),
    [
        (9, 0, "9:00", f"9{NB}h"),
        (8, 30, "8:30", f"8{NB}h{NB}30"),
        (8, 5, "8:05", f"8{NB}h{NB}05"),
        (0, 0, "0:00", f"0{NB}h"),
        (17, 0, "17:00", f"17{NB}h"),
    ],
)
def test_time_of_day(hour: int, minute: int, en: str, fr: str) -> None:
    moment = dt.time(hour, minute)
    assert [words.time_of_day(moment, language) for language in words.LANGUAGES] == [en, en, fr]


def test_time_range() -> None:
    span = dt.time(9), dt.time(12, 30)
    assert words.time_range(*span, "en") == "9:00–12:30"
    assert words.time_range(*span, "es") == "9:00–12:30"
    assert words.time_range(*span, "fr") == f"9{NB}h à 12{NB}h{NB}30"


def test_at_city_and_day_and_time() -> None:
    assert words.at_city(WINTER, "America/New_York", "Nueva York", "es") == f"10:00{NB}Nueva York"
    assert words.at_city(WINTER, "America/Mexico_City", "Mexico", "fr") == f"9{NB}h{NB}Mexico"
    assert words.day_and_time(WINTER, "Asia/Tokyo", "en") == "Fri 11 Dec 2026, 0:00"
    with pytest.raises(ValueError, match="offset"):
        words.at_city(dt.datetime.fromisoformat("2026-12-10"), "America/New_York", "New York", "en")


@pytest.mark.parametrize(
    ("instant", "zone", "en", "fr"),
    [
        (WINTER, "America/New_York", "EST, UTC−5", "HNE, UTC−5"),
        (SUMMER, "America/New_York", "EDT, UTC−4", "HAE, UTC−4"),
        (SUMMER, "America/Mexico_City", "CST, UTC−6", "HNC, UTC−6"),
        (SUMMER, "America/Argentina/Buenos_Aires", "UTC−3", "UTC−3"),
        (SUMMER, "Asia/Kathmandu", "UTC+5:45", "UTC+5:45"),
        (SUMMER, "America/St_Johns", "NDT, UTC−2:30", "HAT, UTC−2:30"),
        (SUMMER, "UTC", "UTC", "UTC"),
        (WINTER, "Europe/London", "GMT, UTC", "GMT, UTC"),
    ],
)
def test_offset_words(instant: dt.datetime, zone: str, en: str, fr: str) -> None:
    assert (words.offset_words(instant, zone, "en"), words.offset_words(instant, zone, "fr")) == (en, fr)


@pytest.mark.parametrize(
    ("zone", "party", "en", "es", "fr"),
    [
        ("America/Toronto", "CA", "Ottawa", "Ottawa", "Ottawa"),
        ("America/Mexico_City", "MX", "Mexico City", "Ciudad de México", "Mexico"),
        ("America/New_York", "US", "Washington", "Washington", "Washington"),
        ("America/New_York", "MX", "New York", "Nueva York", "New York"),
        ("America/New_York", None, "New York", "Nueva York", "New York"),
        ("Europe/Paris", None, "Paris", "París", "Paris"),
        ("America/Indiana/Tell_City", None, "Tell City, Indiana", "Tell City, Indiana", "Tell City [Indiana]"),
    ],
)
def test_city_of(zone: str, party: str | None, en: str, es: str, fr: str) -> None:
    assert [words.city_of(zone, language, party) for language in words.LANGUAGES] == [en, es, fr]


def test_city_of_an_unlisted_zone_is_its_last_segment() -> None:
    assert words.city_of("Pacific/Nowhere_Bay", "fr") == "Nowhere Bay"


@pytest.mark.parametrize(
    ("value", "en", "es", "fr"),
    [
        (1, "1st", "1.ª", "1re"),
        (2, "2nd", "2.ª", "2e"),
        (3, "3rd", "3.ª", "3e"),
        (9, "9th", "9.ª", "9e"),
        (11, "11th", "11.ª", "11e"),
        (21, "21st", "21.ª", "21e"),
        (112, "112th", "112.ª", "112e"),
    ],
)
def test_ordinal(value: int, en: str, es: str, fr: str) -> None:
    assert [words.ordinal(value, language) for language in words.LANGUAGES] == [en, es, fr]


def test_ordinal_of_a_masculine_noun() -> None:
    assert words.ordinal(1, "fr", feminine=False) == "1er"
    assert words.ordinal(9, "es", feminine=False) == "9.º"


@pytest.mark.parametrize(
    ("names", "en", "es", "fr"),
    [
        ([], "", "", ""),
        (["A"], "A", "A", "A"),
        (["A", "B"], "A and B", "A y B", "A et B"),
        (["A", "B", "C"], "A, B and C", "A, B y C", "A, B et C"),
        (["A", "Italia"], "A and Italia", "A e Italia", "A et Italia"),
        (["A", "Hidalgo"], "A and Hidalgo", "A e Hidalgo", "A et Hidalgo"),
        (["A", "Hielo"], "A and Hielo", "A y Hielo", "A et Hielo"),
    ],
)
def test_list_of(names: list[str], en: str, es: str, fr: str) -> None:
    assert [words.list_of(names, language) for language in words.LANGUAGES] == [en, es, fr]


def test_parties_stand_in_the_alphabet_of_the_reader() -> None:
    codes = {"US", "MX", "CA"}
    orders = [" ".join(words.party_order(codes, language)) for language in words.LANGUAGES]
    assert orders == ["CA MX US", "CA US MX", "CA US MX"]
    assert [words.party_name("US", language) for language in words.LANGUAGES] == [
        "United States", "Estados Unidos", "États-Unis",
    ]  # fmt: skip
    assert words.party_name("OAS", "fr") == "Organisation des États américains"
    assert words.party_name("QQQ", "fr") == "QQQ"


def test_numbers() -> None:
    assert [words.number(3614, language) for language in words.LANGUAGES] == ["3,614", "3,614", f"3{NB}614"]
    assert [words.percent(0.78, language) for language in words.LANGUAGES] == ["78%", "78%", f"78{NB}%"]


def test_weeks_begin_on_monday() -> None:
    assert [words.weekday_names(language)[0] for language in words.LANGUAGES] == ["Monday", "lunes", "lundi"]
    assert words.weekday_names("fr")[6] == "dimanche"


@pytest.mark.parametrize(
    ("minutes", "long", "short"),
    [
        (0, "0 minutes", f"0{NB}min"),
        (45, "45 minutes", f"45{NB}min"),
        (60, "1 hour", f"1{NB}h"),
        (91, "1 hour 31 minutes", f"1{NB}h{NB}31{NB}min"),
        (180, "3 hours", f"3{NB}h"),
    ],
)
def test_duration(minutes: int, long: str, short: str) -> None:
    assert words.duration(minutes, "en") == long
    assert words.duration_short(minutes) == short


def test_days_left_and_overdue() -> None:
    today = dt.date(2026, 11, 23)
    said = {count: words.days_left(today + dt.timedelta(days=count), today, "en") for count in (38, 1, 0, -1, -3614)}
    assert said == {38: "38 days left", 1: "1 day left", 0: "today", -1: "1 day past", -3614: "3,614 days past"}
    assert words.days_overdue(dt.date(2026, 11, 13), today, "en") == "10 days overdue"
    assert words.days_overdue(dt.date(2026, 11, 22), today, "en") == "1 day overdue"
    with pytest.raises(ValueError, match="not overdue"):
        words.days_overdue(today, today, "en")


@pytest.mark.parametrize(
    ("mapping", "language", "expected"),
    [
        ({"en": "Drugs", "es": "Drogas", "fr": "Drogues"}, "es", ("Drogas", "es")),
        ({"en": "Drugs", "es": None, "fr": ""}, "fr", ("Drugs", "en")),
        ({"es": "Drogas", "en": "Drugs", "original": "es"}, "fr", ("Drogas", "es")),
        ({"fr": "Drogues"}, "en", ("Drogues", "fr")),
        ({}, "en", ("", None)),
        (None, "en", ("", None)),
        ("UNC", "en", ("UNC", None)),
    ],
)
def test_pick(mapping: dict[str, str | None] | str | None, language: str, expected: tuple[str, str | None]) -> None:
    assert words.pick(mapping, language) == expected


# Pictures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "minutes", "path"),
    [
        (540, 480, "M56.5 56.5A29 29 0 0 1 8.0 43.5"),
        (600, 180, "M50.5 61.1A29 29 0 0 1 28.5 64.0"),
        (1380, 120, "M28.5 8.0A29 29 0 0 1 43.5 8.0"),
        (0, 1080, "M36.0 7.0A29 29 0 1 1 7.0 36.0"),
        (600, 1440, "M36.0 7.0A29 29 0 0 1 36.0 65.0M36.0 65.0A29 29 0 0 1 36.0 7.0"),
        (600, 0, ""),
    ],
)
def test_ring_arc(start: int, minutes: int, path: str) -> None:
    assert pictures.ring_arc(start, minutes) == path


def test_clock_names_the_day_only_where_it_is_another() -> None:
    places = [
        pictures.Place("Tokyo", "Asia/Tokyo"),
        pictures.Place("New York", "America/New_York", is_meeting=True),
    ]
    tokyo, new_york = pictures.clocks(WINTER, WINTER + dt.timedelta(hours=3), places, "en")
    assert (tokyo.times, tokyo.day, tokyo.offset) == ("0:00–3:00", "Fri 11 Dec 2026", "JST, UTC+9")
    assert (new_york.times, new_york.day, new_york.offset) == ("10:00–13:00", "", "EST, UTC−5")
    assert (new_york.work_arc, new_york.meeting_arc) == (
        "M56.5 56.5A29 29 0 0 1 8.0 43.5", "M50.5 61.1A29 29 0 0 1 28.5 64.0",
    )  # fmt: skip


def test_period_strip_says_what_it_shows() -> None:
    strip = pictures.period_strip(
        [pictures.PeriodMark("2022", "met", held_count=2), pictures.PeriodMark("2025", "no_record", held_count=3)], "en"
    )
    assert (strip.width, strip.summary) == (144, "2022 met, 2025 no record")
    assert [cell.marks_at for cell in strip.cells] == [(25.0, 47.0), (108.0,)]


# Which language ---------------------------------------------------------------------------------------------


@pytest.fixture
def app() -> Flask:
    app = Flask("languages")
    app.config.update(TESTING=True)
    init_i18n(app)

    @app.before_request
    def _sign_in() -> None:
        language = app.config.get("PROFILE")
        g.viewer = Viewer(uuid.UUID(int=1), Role.OFFICIAL, "MX", language=language) if language else None

    @app.route("/page/<path:rest>", methods=["GET", "POST"])
    def page(rest: str) -> str:
        return render_template_string(
            "{{ reader_language() }} {{ language_links()|map(attribute='address')|join(' ') }}"
            " {{ {'en': '<b>'}|in_language }}"
        )

    @app.get("/feed")
    def feed() -> tuple[str, dict[str, str]]:
        return "BEGIN", {"Content-Type": "text/calendar"}

    return app


@pytest.mark.parametrize(
    ("address", "profile", "cookie", "accepts", "expected"),
    [
        ("?lang=fr", "es", "en", "en", "fr"),
        ("?lang=de", "es", "", "fr", "es"),
        ("", "es", "fr", "en", "es"),
        ("", "es", "fr.es", "en", "fr"),
        ("", "en", "fr.es", "en", "en"),
        ("", "", "fr", "es", "fr"),
        ("", "", "fr.es", "es", "fr"),
        ("", "", "de", "es", "es"),
        ("", "", "", "fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("", "", "", "pt-BR,de", "en"),
        ("", "", "", "", "en"),
    ],
)
def test_order_of_choice(app: Flask, address: str, profile: str, cookie: str, accepts: str, expected: str) -> None:
    app.config["PROFILE"] = profile
    client = app.test_client()
    if cookie:
        client.set_cookie("entente_lang", cookie)
    reply = client.get(f"/page/1{address}", headers={"Accept-Language": accepts} if accepts else {})
    assert reply.get_data(as_text=True).split()[0] == expected
    assert reply.headers["Content-Language"] == expected
    assert {"Accept-Language", "Cookie"} <= set(reply.vary)


def test_a_choice_lasts_and_yields_to_a_changed_profile(app: Flask) -> None:
    app.config["PROFILE"] = "en"
    client = app.test_client()
    kept = client.get("/page/1?lang=fr").headers["Set-Cookie"]
    assert kept.startswith("entente_lang=fr.en;")
    assert "Max-Age=31536000" in kept
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert client.get("/page/1").headers["Content-Language"] == "fr"
    app.config["PROFILE"] = "es"
    assert client.get("/page/1").headers["Content-Language"] == "es"


def test_no_cookie_without_a_choice_or_outside_of_pages(app: Flask) -> None:
    client = app.test_client()
    assert "Set-Cookie" not in client.get("/page/1").headers
    assert "Set-Cookie" not in client.get("/page/1?lang=xx").headers
    assert "Set-Cookie" not in client.get("/feed?lang=fr").headers


def test_language_links_keep_path_and_query(app: Flask) -> None:
    said = app.test_client().get("/page/caf%C3%A9?q=a%26b&q=2&lang=es").get_data(as_text=True)
    assert said.split()[1:4] == [
        f"/page/caf%C3%A9?q=a%26b&amp;q=2&amp;lang={language}" for language in ("en", "es", "fr")
    ]


def test_text_in_another_language_says_so_and_is_escaped(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/page/1?lang=fr").get_data(as_text=True).endswith('<span lang="en">&lt;b&gt;</span>')
    assert client.get("/page/1?lang=en").get_data(as_text=True).endswith(" &lt;b&gt;")


# Messages and labels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "language", "expected"),
    [
        (Refusal("too_long", limit=10000, length=10001), "en", "Use 10,000 characters or fewer."),
        (Refusal("not_a_party", party="US"), "en", "United States is not a party to this meeting."),
        (Refusal("year_out_of_range", first=1900, last=2199), "en", "Choose a year from 1900 to 2199."),
        (
            Refusal(
                "time_in_gap",
                earlier=dt.datetime.fromisoformat("2027-03-14T01:30"),
                later=dt.datetime.fromisoformat("2027-03-14T03:30"),
            ),
            "en",
            (
                "The clocks go forward and skip this time. "
                "The nearest times there are: Sun 14 Mar 2027, 1:30 and Sun 14 Mar 2027, 3:30."
            ),
        ),
    ],
)
def test_message_writes_its_values_as_the_language_does(refusal: Refusal, language: str, expected: str) -> None:
    assert messages.message_for(refusal, language) == expected


def test_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_key"):
        messages.message_for(Refusal("no_such_key"), "en")


def refusals() -> Iterator[tuple[str, str, set[str]]]:
    """Yield (where, key, names of values) of each refusal that the product raises with a literal key."""
    for path in sorted(APP.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if not (isinstance(call.func, ast.Name) and call.func.id == "Refusal") or not call.args:
                continue
            key = call.args[0]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                names = {keyword.arg or "**" for keyword in call.keywords}
                yield f"{path.relative_to(APP)}:{call.lineno}", key.value, names


def test_every_refusal_has_a_sentence_with_its_values() -> None:
    found = list(refusals())
    assert len(found) > 20
    wrong = []
    for where, key, names in found:
        if key not in messages.MESSAGES:
            wrong.append(f"{where}: no message for {key}")
        elif "**" not in names:
            missing = set(re.findall(r"%\((\w+)\)", messages.MESSAGES[key])) - names
            wrong += [f"{where}: {key} lacks {name}" for name in sorted(missing)]
    assert wrong == []


@pytest.mark.parametrize("group", sorted(labels.GROUPS))
def test_labels_are_words(group: str) -> None:
    table = labels.labels(group, "en")
    assert table
    assert all(text == text.strip() and text for text in table.values())
    with pytest.raises(KeyError):
        labels.label(group, "no_such_value", "en")


def test_labels_cover_what_the_domain_stores() -> None:
    from app.domain import actions, agenda, catalogue_types, lifecycle

    stored = {
        "meeting_state": {*lifecycle.STATES, "draft", *get_args(catalogue_types.Outcome)},
        "leg_state": set(actions.LEG_STATES),
        "item_type": set(agenda.ITEM_TYPES),
        "item_kind": set(agenda.ITEM_KINDS),
        "mechanism_status": set(get_args(catalogue_types.Status)),
        "level": set(get_args(catalogue_types.Level)),
        "format": set(get_args(catalogue_types.Format)),
        "role": {role.value for role in Role},
    }
    for group, keys in stored.items():
        assert keys <= set(labels.labels(group, "en")), group


def test_words_come_from_the_catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalog(locale="es")
    catalogue.add(("%(num)s day left", "%(num)s days left"), ("queda %(num)s día", "quedan %(num)s días"))
    catalogue.add("confirmed", "confirmada", context="state of a meeting")
    target = tmp_path / "es" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(words, "TRANSLATIONS_FOLDER", tmp_path)
    words.translations.cache_clear()
    labels.labels.cache_clear()
    today = dt.date(2026, 11, 23)
    try:
        assert words.days_left(dt.date(2026, 11, 24), today, "es") == "queda 1 día"
        assert words.days_left(dt.date(2026, 12, 31), today, "es") == "quedan 38 días"
        assert labels.label("meeting_state", "confirmed", "es") == "confirmada"
    finally:
        words.translations.cache_clear()
        labels.labels.cache_clear()


def test_zone_names_are_read_from_the_pinned_data() -> None:
    assert words.local(SUMMER, "America/Mexico_City").tzinfo == ZoneInfo("America/Mexico_City")
    with pytest.raises(KeyError):
        words.local(SUMMER, "Mars/Olympus")
