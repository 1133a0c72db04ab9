"""Every macro and frame, rendered in a small app: valid HTML, nothing inline, nothing left untranslated."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from flask import Flask, flash, g, render_template, render_template_string
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    validators,
)

from app import labels, pictures, words
from app.domain.visibility import Hat, Role, Viewer
from app.i18n import init_i18n
from app.web.navigation import Place

APP = Path(__file__).parents[2] / "app"
ERRORS = ("400", "403", "404", "405", "409", "413", "422", "429", "500", "503", "csrf")
START = dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC)
HTML = "{http://www.w3.org/1999/xhtml}"

# What the page is told is written in Greek letters, so that every Latin word on it is the product's own.
PAGE = Path(__file__).with_name("gallery.html").read_text(encoding="utf-8")


TWO = [SelectChoice("1", "Ένα"), SelectChoice("2", "Δύο")]


class EveryField(Form):  # type: ignore[misc]
    """One field of each type that forms here are made of."""

    line = StringField("Γραμμή", [validators.InputRequired("Λείπει")], description="Υπόδειξη")
    lines = TextAreaField("Γραμμές", [validators.Length(max=3, message="Μακρύ")])
    one = SelectField("Ένα", choices=TWO, default="1")
    several = SelectMultipleField("Πολλά", [validators.InputRequired("Λείπει")], choices=TWO)
    either = RadioField("Ή", choices=TWO, default="2")
    box = BooleanField("Κουτί")
    day = DateField("Μέρα", [validators.Optional()])
    hour = TimeField("Ώρα", [validators.Optional()])
    count = IntegerField("Πόσα", [validators.Optional()])
    secret = PasswordField("Μυστικό")
    paper = FileField("Χαρτί")


@pytest.fixture(scope="session")
def pseudo_translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make catalogues in which every message of the product stands in white brackets."""
    folder = tmp_path_factory.mktemp("translations")
    catalogue = Catalog()
    methods = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
    options = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    for _, _, message, _, context in extract_from_dir(str(APP), methods, options, comment_tags=()):
        if isinstance(message, tuple):
            catalogue.add(message, tuple(f"⟦{form}⟧" for form in message), context=context)
        else:
            catalogue.add(message, f"⟦{message}⟧", context=context)
    for language in words.LANGUAGES:
        target = folder / language / "LC_MESSAGES"
        target.mkdir(parents=True)
        catalogue.locale = language
        with (target / "messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    return folder


def make_app(translations: Path) -> Flask:
    """Return an app with nothing but the frame, the macros and a few addresses."""
    app = Flask("gallery", template_folder=str(APP / "templates"), static_folder=str(APP / "static"))
    app.config.update(TESTING=True, SECRET_KEY="k" * 32, BABEL_TRANSLATION_DIRECTORIES=str(translations))
    init_i18n(app)
    app.jinja_env.globals["csrf_token"] = lambda: "0123"

    @app.before_request
    def _sign_in() -> None:
        hat = Hat(uuid.UUID(int=2), None, frozenset({"CA", "MX"}), dict.fromkeys(words.LANGUAGES, "Ομάδα"))
        g.viewer = Viewer(uuid.UUID(int=1), Role.OFFICIAL, "CA", (hat,), "Βενέδικτος", "en", "America/Toronto")

    @app.get("/")
    def home() -> str:
        flash("Έγινε", "message")
        return render_template_string(PAGE, **gallery())

    @app.get("/print")
    def on_paper() -> str:
        source = '{% extends "print.html" %}{% block content %}<h1>Ένα</h1>{% endblock %}'
        return render_template_string(source, back="/")

    @app.get("/signed-out")
    def signed_out() -> str:
        g.viewer = None
        return render_template_string('{% extends "base.html" %}{% block title %}Τίτλος{% endblock %}')

    @app.get("/errors/<name>")
    def error(name: str) -> str:
        return render_template(f"errors/{name}.html")

    for path in ("/subscriptions", "/accessibility", "/audit", "/profile"):
        app.add_url_rule(path, path.strip("/"), lambda: "")
    app.add_url_rule("/logout", "logout", lambda: "", methods=["POST"])
    return app


def gallery() -> dict[str, Any]:
    """Return what the page of all components shows."""
    form = EveryField(data={"lines": "Μακρύ κείμενο"})
    form.validate()
    places = [
        pictures.Place("Πόλη", "America/New_York", is_meeting=True),
        pictures.Place("Πόλη", "America/Mexico_City", is_reader=True),
        pictures.Place("Πόλη", "Asia/Tokyo"),
    ]
    states = ("met", "by_numbering", "partly_met", "not_held", "no_record", "open")
    return {
        "nav": [Place("/", "Αρχή", True), Place("/print", "Χαρτί", False)],
        "form": form,
        "start": START,
        "clocks": pictures.clocks(START, START + dt.timedelta(hours=3), places, "en"),
        "marks": [
            pictures.PeriodMark(str(year), key, "5 · 12", 2 if key == "met" else 1)
            for year, key in enumerate(states, 2016)
        ],
        "meeting_states": list(labels.labels("meeting_state", "en")),
        "leg_states": list(labels.labels("leg_state", "en")),
        "answers": list(labels.labels("answer", "en")),
    }


@pytest.fixture
def app(pseudo_translations: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Return the app speaking the bracketed language, in its pages and in its labels."""
    monkeypatch.setattr(words, "TRANSLATIONS_FOLDER", pseudo_translations)
    words.translations.cache_clear()
    labels.labels.cache_clear()
    yield make_app(pseudo_translations)
    words.translations.cache_clear()
    labels.labels.cache_clear()


ADDRESSES = ("/", "/print", "/signed-out", *(f"/errors/{name}" for name in ERRORS))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_valid_html(app: Flask, address: str, language: str) -> None:
    text = app.test_client().get(f"{address}?lang={language}").get_data(as_text=True)
    page = html5lib.HTMLParser(strict=True).parse(text)
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert sorted(ids) == sorted(set(ids))
    assert page.get("lang") == language
    assert len(page.findall(f".//{HTML}h1")) == (0 if address == "/signed-out" else 1)
    for element in page.iter():
        for name in ("for", "aria-describedby", "aria-labelledby", "data-copy"):
            assert set((element.get(name) or "").split()) <= set(ids), (element.tag, element.attrib)
        if str(element.tag).endswith("}use"):
            assert element.get("href", "").removeprefix("#") in ids


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_inline(app: Flask, address: str) -> None:
    page = html5lib.parse(app.test_client().get(address).get_data(as_text=True))
    for element in page.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.tag != f"{HTML}style"
        if element.tag == f"{HTML}script":
            assert element.get("src", "").startswith("/static/")
            assert not element.text
        assert not any(str(value).startswith("data:") for value in element.attrib.values())


SHOWN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-done", "data-label", "label")
# Not words of the product: codes, languages in their own name, the product's name, a marking, time zones.
KEPT = re.compile(
    r"\b(Entente|EN|ES|FR|English|Español|Français|Reservada|CA|MX|US|NL|UN|[A-Z]{3,4}, UTC|UTC|America/\w+|Thu|Fri"
    r"|Dec|Ottawa|h|https://1\.2/3\.ics)\b"
)


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_left_untranslated(app: Flask, address: str, language: str) -> None:
    page = html5lib.parse(app.test_client().get(f"{address}?lang={language}").get_data(as_text=True))
    parties = {words.party_name(code, language) for code in ("CA", "MX", "US", "NL", "UN")}
    left = []
    for said in shown_texts(page):
        rest = KEPT.sub("", outside_brackets(said))
        if re.search("[A-Za-z]{2,}", rest) and said.strip() not in parties and rest.strip() not in parties:
            left.append(said.strip())
    assert left == []
    assert "⟦" in "".join(shown_texts(page))


def shown_texts(page: ET.Element) -> Iterator[str]:
    """Yield every text that a person may read or hear."""
    for element in page.iter():
        if element.tag in {f"{HTML}script", f"{HTML}style"} or not isinstance(element.tag, str):
            continue
        yield element.text or ""
        yield element.tail or ""
        for name in SHOWN_ATTRIBUTES:
            yield element.get(name, "")


def outside_brackets(said: str) -> str:
    """Return what stands outside of the brackets that mark a translated message."""
    depth, rest = 0, []
    for letter in said:
        depth += (letter == "⟦") - (letter == "⟧")
        if depth == 0 and letter != "⟧":
            rest.append(letter)
    return "".join(rest)


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_says_what_to_do_next(app: Flask, name: str) -> None:
    page = html5lib.parse(app.test_client().get(f"/errors/{name}").get_data(as_text=True))
    lede = page.find(f".//{HTML}p[@class='lede']")
    assert lede is not None
    assert len("".join(lede.itertext()).split()) > 8
    links = [link.get("href") for link in page.findall(f".//{HTML}main//{HTML}a")]
    assert links == ["/"]


def test_field_keeps_what_was_typed_and_ties_its_error(app: Flask) -> None:
    page = html5lib.parse(app.test_client().get("/").get_data(as_text=True))
    by_id = {element.get("id"): element for element in page.iter() if element.get("id")}
    line, lines = by_id["line"], by_id["lines"]
    assert lines.text == "Μακρύ κείμενο"
    assert (lines.get("aria-invalid"), lines.get("aria-describedby")) == ("true", "lines-error")
    assert (line.get("aria-describedby"), line.get("maxlength")) == ("line-hint line-error", "300")
    assert by_id["several"].get("aria-describedby") == "several-error"
    assert by_id["either-1"].get("checked") is not None
    assert by_id["day"].get("aria-invalid") is None
    assert by_id["secret"].get("value") is None
    summary = [link.get("href") for link in page.findall(f".//{HTML}div[@data-errors]//{HTML}a")]
    assert summary == ["#line", "#lines", "#several"]
    assert [box.get("value") for box in page.iter(f"{HTML}input") if box.get("name") == "version"] == ["3", "3"]


def test_forms_that_post_carry_the_guard_and_a_submission(app: Flask) -> None:
    page = html5lib.parse(app.test_client().get("/").get_data(as_text=True))
    forms = [form for form in page.iter(f"{HTML}form") if form.get("method") == "post"]
    names = [{field.get("name") for field in form.iter(f"{HTML}input")} for form in forms]
    assert len(forms) == 5
    assert all("csrf_token" in found for found in names)
    signing_out = [form.get("action") == "/logout" for form in forms]
    assert all(out or "submission_id" in found for out, found in zip(signing_out, names, strict=True))


def test_signed_out_page_has_no_navigation(app: Flask) -> None:
    text = app.test_client().get("/signed-out").get_data(as_text=True)
    page = html5lib.parse(text)
    assert page.find(f".//{HTML}nav") is None
    assert "/profile" not in text
    assert "/audit" not in text
    assert [link.get("hreflang") for link in page.iter(f"{HTML}a") if link.get("hreflang")] == ["es", "fr"]


@pytest.mark.parametrize(
    ("arguments", "is_required"),
    [
        ('[("a", "Ένα")], "a"', True),
        ('[("", "Όλα"), ("a", "Ένα")], ""', False),
        ('[("", "Κανένα"), ("a", "Ένα")], "", required=true', True),
        ('[("a", "Ένα")], "a", required=false', False),
    ],
)
def test_a_select_is_required_where_it_has_no_choice_of_none(app: Flask, arguments: str, is_required: bool) -> None:
    source = '{% from "components/forms.html" import select %}{{ select("s", "Ετικέτα", ' + arguments + ") }}"
    with app.test_request_context("/"):
        page = html5lib.parse(render_template_string(source))
    assert (page.find(f".//{HTML}select").get("required") is not None) is is_required
