"""The reader's language, and the words, dates and addresses that templates take in it."""

from __future__ import annotations

import datetime as dt
import functools
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, request
from flask_babel import Babel, get_locale
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from app import labels, pictures, words

LANGUAGE_COOKIE: Final = "entente_lang"
COOKIE_AGE: Final = dt.timedelta(days=365)

# Controls, halves of pairs, and what Unicode has set apart as no characters (HTML Standard, 13.2.3.5).
_NOT_HTML: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_FILTERS: Final = (
    "date_long", "date_plain", "date_short", "date_range", "month_year", "partial_date", "time_of_day", "time_range",
    "duration", "ordinal", "list_of", "party_order", "number", "percent", "days_left", "days_overdue",
)  # fmt: skip
_GLOBALS: Final = (
    "at_city", "city_of", "date_range", "day_and_time", "days_left", "days_overdue", "offset_words", "time_range",
    "weekday_names",
)  # fmt: skip


def init_i18n(app: Flask) -> None:
    """Let the app speak the reader's language, and give the templates their filters and functions."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(words.TRANSLATIONS_FOLDER))
    Babel(app, default_locale="en", locale_selector=choose_language)
    app.after_request(_keep_choice)
    env: Any = app.jinja_env
    # Babel's own look up the language, its folders and its catalogue anew for every word.
    env.install_gettext_callables(
        lambda text: _catalogue().gettext(text),
        lambda one, many, count: _catalogue().ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().pgettext(context, text),
        npgettext=lambda context, one, many, count: _catalogue().npgettext(context, one, many, count),
    )
    env.filters.update({name: _for_reader(getattr(words, name)) for name in _FILTERS})
    env.filters["in_language"] = in_language
    env.filters["party_name"] = party_name
    env.filters["as_typed"] = as_typed
    env.globals.update({name: _for_reader(getattr(words, name)) for name in _GLOBALS})
    env.globals.update(
        csrf_field=csrf_field,
        duration_short=words.duration_short,
        field_choices=field_choices,
        form_errors=form_errors,
        label=label,
        labels=group_labels,
        language_links=language_links,
        local=words.local,
        new_submission_id=new_submission_id,
        page_at=page_at,
        party_code=party_code,
        party_name=party_name,
        period_strip=_for_reader(pictures.period_strip),
        reader_clock=reader_clock,
        reader_language=reader_language,
    )


def _catalogue() -> NullTranslations:
    return words.translations(reader_language())


# Which language ---------------------------------------------------------------------------------------------


def choose_language() -> str:
    """Return the language of this reply.

    In this order: `?lang=` of the address; a choice made in this browser over the viewer's present
    profile; the viewer's profile; a choice made while signed out; what the browser asks for; English.
    """
    asked = request.args.get("lang")
    if asked in words.LANGUAGES:
        return asked
    chosen, over = _kept_choice()
    profile = _profile_language()
    if chosen and over == profile:
        return chosen
    if profile or chosen:
        return profile or chosen
    return request.accept_languages.best_match(words.LANGUAGES, default="en") or "en"


def reader_language() -> str:
    """Return `en`, `es` or `fr`: the language of the present reply, English outside of one.

    It is found once in a reply, and asked for with every word of it.
    """
    try:
        return str(g.reader_language)
    except (AttributeError, RuntimeError):  # not found yet, or outside of every reply
        locale = get_locale()
    language = locale.language if locale is not None and locale.language in words.LANGUAGES else "en"
    if locale is not None:
        g.reader_language = language
    return language


def _profile_language() -> str:
    language = getattr(g.get("viewer"), "language", "") or g.get("addressed_language", "")
    return language if language in words.LANGUAGES else ""


def _kept_choice() -> tuple[str, str]:
    """Return the language chosen in this browser and the profile's language that it was chosen over.

    Kept together (`es.en`), so that a choice lasts while its maker is signed in, and neither a changed
    profile nor the next person at this desk is held to it.
    """
    chosen, _, over = request.cookies.get(LANGUAGE_COOKIE, "").partition(".")
    return (chosen, over) if chosen in words.LANGUAGES else ("", "")


def _keep_choice(response: Response) -> Response:
    """Remember `?lang=` for a year, and tell caches that a page depends on the reader's language."""
    if response.mimetype != "text/html":
        return response
    response.headers.setdefault("Content-Language", reader_language())
    response.vary.update(("Accept-Language", "Cookie"))
    asked = request.args.get("lang")
    # A paper is printed in a language for others to read: that says nothing about the reader's own.
    if asked in words.LANGUAGES and not g.get("language_is_of_this_page_alone"):
        profile = _profile_language()
        response.set_cookie(
            LANGUAGE_COOKIE,
            f"{asked}.{profile}" if profile else asked,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure or bool(current_app.config.get("SESSION_COOKIE_SECURE")),
        )
    return response


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A link to the present page in one of the languages."""

    code: str
    name: str
    address: str
    is_current: bool


def language_links() -> list[LanguageLink]:
    """Return links to the present page in each language; path and query stay as they are."""
    here = reader_language()
    path = request.path if request.method in {"GET", "HEAD"} or page_at(request.path) else "/"
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    base = quote(request.script_root + path)
    return [
        LanguageLink(code, words.LANGUAGE_NAMES[code], f"{base}?{urlencode([*kept, ('lang', code)])}", code == here)
        for code in words.LANGUAGES
    ]


# What templates call ----------------------------------------------------------------------------------------


def _for_reader(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function of `words` the reader's language, unless the caller names one with `language=`."""

    @functools.wraps(function)
    def in_readers_language(*args: Any, language: str | None = None, **options: Any) -> Any:
        return function(*args, language=language or reader_language(), **options)

    return in_readers_language


def in_language(text: Mapping[str, str | None] | str | None, language: str | None = None) -> Markup:
    """Return a text in the reader's language; one that exists in another only is marked with its `lang`."""
    wanted = language or reader_language()
    found, spoken = words.pick(text, wanted)
    if spoken is None or spoken == wanted:
        return Markup.escape(found)
    return Markup('<span lang="{}">{}</span>').format(spoken, found)


def as_typed(value: object) -> str:
    """Return what somebody typed as a page can hold it: a character that HTML cannot carry shows as `\ufffd`."""
    return _NOT_HTML.sub("\ufffd", "" if value is None else str(value))


def label(group: str, key: str, language: str | None = None) -> str:
    """Return the word for a stored state, level, role or kind."""
    return labels.label(group, key, language or reader_language())


def group_labels(group: str, language: str | None = None) -> Mapping[str, str]:
    """Return all words of a group by their keys, as a list of choices has them."""
    return labels.labels(group, language or reader_language())


def party_code(party: Any) -> str:
    """Return the code of a party given as itself or as its code."""
    return str(getattr(party, "code", party))


def party_name(party: Any, language: str | None = None) -> str:
    """Return the name of a party, given as its code or as something with a `code` and perhaps a `name`."""
    wanted = language or reader_language()
    names = getattr(party, "name", None)
    if isinstance(names, Mapping):
        return words.pick(names, wanted)[0] or party_code(party)
    return words.party_name(party_code(party), wanted)


def page_at(path: str, method: str = "GET") -> str | None:
    """Return the address of a page when the app has one at that path, else `None`."""
    try:
        current_app.url_map.bind("localhost").match(path, method=method)
    except RequestRedirect:
        pass
    except HTTPException:
        return None
    return quote(request.script_root + path)


@dataclass(frozen=True, slots=True)
class ReaderClock:
    """The reader's city and what its clock shows as the page is made."""

    city: str
    time: str
    zone: str
    hour: int
    minute: int


def reader_clock() -> ReaderClock | None:
    """Return the time where the signed-in reader is; nothing for somebody who has not signed in."""
    viewer = g.get("viewer")
    if viewer is None:
        return None
    language = reader_language()
    wall = words.local(g.get("now") or dt.datetime.now(dt.UTC), viewer.time_zone)
    return ReaderClock(
        city=words.city_of(viewer.time_zone, language, viewer.party),
        time=words.time_of_day(wall, language),
        zone=viewer.time_zone,
        hour=wall.hour,
        minute=wall.minute,
    )


# Forms ------------------------------------------------------------------------------------------------------


def csrf_field() -> Markup:
    """Return the hidden field that unsafe requests must carry; nothing where the app keeps no such guard."""
    make_token = current_app.jinja_env.globals.get("csrf_token")
    if not callable(make_token):
        return Markup("")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(make_token())


def new_submission_id() -> str:
    """Return the mark by which a repeated submit of one form is known."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class FormError:
    """A message in the summary at the top of a form, with the field that it is about, if one."""

    message: str
    field_id: str | None = None
    label: str | None = None


def form_errors(form: Iterable[Any]) -> list[FormError]:
    """Return everything that is wrong with a WTForms form, in the order of its fields."""
    found = [FormError(str(message)) for message in getattr(form, "form_errors", ())]
    for field in form:
        found += [FormError(str(message), field.id, str(field.label.text)) for message in field.errors]
    return found


def field_choices(field: Any) -> list[tuple[str, str]] | dict[str, list[tuple[str, str]]]:
    """Return the choices of a WTForms field as pairs (value, words), or such pairs by the names of their groups."""
    if field.has_groups():
        groups = field.iter_groups()
        return {str(group): [(choice.value, choice.label) for choice in choices] for group, choices in groups}
    return [(choice.value, choice.label) for choice in field.iter_choices()]
