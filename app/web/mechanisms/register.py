"""The register of mechanisms, its shelf of proposals in the literature, and both to take away."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.services import register as service
from app.services.register import OWN_ORDER, SORT_KEYS, Filters, LeftOut, Order, Register
from app.services.register_paper import FORMS, register_file
from app.services.register_strips import axis_of, strips_of
from app.services.register_words import (
    group_words,
    line_of,
    owed_filter_words,
    parties_words,
    shelves_of,
    sort_words,
)
from app.web.mechanisms.blueprint import blueprint
from app.web.routing import route, session, signed_in

WORDS_LIMIT: Final = 200
SHOWN_OF_UNKNOWN: Final = 60
SHELF: Final = "proposals"
FILTERS: Final = ("parties", "level", "status", "owed", "kind")
_READS: Final = signed_in(Action.READ_REGISTER)


@route(blueprint, "/mechanisms", policy=_READS)
def register() -> ResponseReturnValue:
    """Show the register, or its shelf of proposals, narrowed and sorted by what the address asks for."""
    language, is_shelf = reader_language(), asks_for_shelf()
    found = service.register(session(), asked_filters(), language, order=asked_order(), shelf=is_shelf)
    axis = axis_of(found)
    return render_template(
        "mechanisms/shelf.html" if is_shelf else "mechanisms/register.html",
        register=found,
        filters=found.filters,
        left_out=[left_out_words(each) for each in [*found.left_out, *unknown_asked()]],
        groups=[(name, group_words(name, language) if name else "", rows) for name, rows in found.groups],
        lines={row.facts.code: line_of(row, language) for row in found.rows},
        shelves=shelves_of(found.rows) if is_shelf else (),
        axis=axis,
        strips={} if is_shelf else {row.facts.code: strips_of(row, axis, language) for row in found.rows},
        today=service.today_for(session()),
        address=address_of(found, shelf=is_shelf),
        words=_words_of_choices(language),
    )


@route(blueprint, "/mechanisms.xlsx", policy=_READS)
def register_workbook() -> ResponseReturnValue:
    """Give the register as asked for as a workbook."""
    return _taken_away("xlsx")


@route(blueprint, "/mechanisms.csv", policy=_READS)
def register_values() -> ResponseReturnValue:
    """Give the register as asked for as CSV."""
    return _taken_away("csv")


@route(blueprint, "/mechanisms.pdf", policy=_READS)
def register_pdf() -> ResponseReturnValue:
    """Give the register as asked for as a tagged PDF."""
    return _taken_away("pdf")


def _taken_away(form: str) -> Response:
    language = reader_language()
    name, content = register_file(
        session(), form, asked_filters(), language, order=asked_order(), shelf=asks_for_shelf()
    )
    shown = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"', "Content-Language": language}
    return Response(content, mimetype=FORMS[form], headers=headers)


# What the address asks for ------------------------------------------------------------------------


def asks_for_shelf() -> bool:
    """Say whether the shelf of proposals is asked for."""
    return request.args.get("shelf") == SHELF


def asked_filters() -> Filters:
    """Return what the address asks to narrow the register to, whether that means something or not."""
    asked = {name: as_typed(request.args.get(name, "")).strip() or None for name in FILTERS}
    return Filters(words=as_typed(request.args.get("words", "")).strip()[:WORDS_LIMIT], **asked)


def asked_order() -> Order:
    """Return the order that the address asks for (`name`, `-name`); the register's own for what is none."""
    asked = request.args.get("sort", "")
    key = asked.removeprefix("-")
    found = next((known for known in SORT_KEYS if known == key), None)
    return Order(found, asked.startswith("-")) if found else OWN_ORDER


def unknown_asked() -> list[LeftOut]:
    """Return what the address asks for beside the filters that does not exist: an order, a shelf."""
    sort, shelf = request.args.get("sort", ""), request.args.get("shelf", "")
    unknown = [LeftOut("sort", sort)] if sort and asked_order() == OWN_ORDER else []
    return [*unknown, LeftOut("shelf", shelf)] if shelf not in {"", SHELF} else unknown


def left_out_words(each: LeftOut) -> str:
    """Say what was asked for and does not exist."""
    value = as_typed(each.value)
    shown = value if len(value) <= SHOWN_OF_UNKNOWN else f"{value[:SHOWN_OF_UNKNOWN]}…"
    sentences = {
        "parties": _("No mechanism here has parties called “%(value)s”; they were left out.", value=shown),
        "level": _("There is no level called “%(value)s”; it was left out.", value=shown),
        "status": _("There is no status called “%(value)s”; it was left out.", value=shown),
        "owed": _("Nothing is owed in a way called “%(value)s”; it was left out.", value=shown),
        "kind": _("There is no kind called “%(value)s”; it was left out.", value=shown),
        "sort": _("There is no order called “%(value)s”; it was left out.", value=shown),
        "shelf": _("There is no shelf called “%(value)s”; it was left out.", value=shown),
    }
    return str(sentences[each.field])


class Addresses:
    """The addresses of the register as it is narrowed and sorted: to sort it, to show all of it, to take it away."""

    def __init__(self, kept: dict[str, str], order: Order) -> None:
        self._kept = kept
        self.order = order

    def sorted_by(self, key: str) -> str:
        """Return the address of the same rows by that key: the other way round where they are by it already."""
        is_same = self.order.key == key
        return _at("register", {**self._kept, "sort": f"-{key}" if is_same and not self.order.descending else key})

    @property
    def in_own_order(self) -> str:
        """Return the address of the same rows in the register's own order."""
        return _at("register", self._without("sort"))

    @property
    def everything(self) -> str:
        """Return the address of all rows of the register, or of its shelf."""
        return _at("register", self._without("words", *FILTERS))

    @property
    def elsewhere(self) -> str:
        """Return the address of what answers to the same filters on the shelf, or in the register from there."""
        there = {} if "shelf" in self._kept else {"shelf": SHELF}
        return _at("register", {**self._without("shelf", "sort"), **there})

    def taken_away(self, form: str) -> str:
        """Return the address of the same rows as a file of a form."""
        endpoint = {"xlsx": "register_workbook", "csv": "register_values", "pdf": "register_pdf"}[form]
        return _at(endpoint, self._kept)

    def _without(self, *names: str) -> dict[str, str]:
        return {key: value for key, value in self._kept.items() if key not in names}


def _at(endpoint: str, asked: dict[str, str]) -> str:
    path = url_for(f"mechanisms.{endpoint}")
    return f"{path}?{urlencode(asked)}" if asked else path


def address_of(found: Register, *, shelf: bool) -> Addresses:
    """Return the addresses of what was found; what was left out is not in them."""
    filters, order = found.filters, found.order
    kept: dict[str, Any] = {"words": filters.words, **{name: getattr(filters, name) for name in FILTERS}}
    kept["sort"] = f"{'-' if order.descending else ''}{order.key}" if order.key else None
    kept["shelf"] = SHELF if shelf else None
    return Addresses({key: value for key, value in kept.items() if value}, order)


def _words_of_choices(language: str) -> dict[str, Any]:
    """Return the words of the choices that have no group of labels of their own."""
    return {
        "parties": lambda codes: parties_words(codes, language),
        "owed": {key: owed_filter_words(key, language) for key in ("to_agree", "past", "nothing")},
        "sort": {key: sort_words(key, language) for key in SORT_KEYS},
    }
