"""The register of actions: narrowed by a text and by controls that are two views of one filter, sorted, by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.action_query import ActionQuery, parse, written
from app.domain.action_query_words import keys_said, values_said
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.i18n import as_typed, reader_language
from app.messages import message_for
from app.services import action_register as service
from app.services import saved_views
from app.services.action_exports import FORMS, actions_file
from app.services.action_register import RegisterPage, next_mechanism, sort_of
from app.services.saved_views import columns_of
from app.web.actions.blueprint import blueprint
from app.web.actions.recording import may_record_ad_hoc
from app.web.actions.register_controls import (
    CONTROLS,
    built_in_views,
    choices_of_controls,
    column_words,
    control_values,
    sort_words,
    with_controls,
)
from app.web.actions.view_forms import audience_words
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

_READS: Final = signed_in(Permission.READ_ACTIONS)
STILL_OWED: Final = "is:owed"
TEXT_LIMIT: Final = 2000


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the filter as it was typed, the order, and the columns."""

    text: str
    sort: service.Sort
    columns: tuple[str, ...]

    def address(self, endpoint: str = "actions.actions", **changed: Any) -> str:
        """Return the address of the same, with something changed of it."""
        kept: dict[str, Any] = {"q": self.text}
        if str(self.sort) != "due":
            kept["sort"] = str(self.sort)
        if self.columns != saved_views.OWN_COLUMNS:
            kept["columns"] = ",".join(self.columns)
        found = {name: value for name, value in (kept | changed).items() if value is not None}
        return f"{url_for(endpoint)}?{urlencode(found)}"

    def sorted_by(self, key: str) -> str:
        """Return the address of the same in that order: the other way round where it is in that order already."""
        is_same = self.sort.key == key and not self.sort.descending
        return self.address(sort=f"-{key}" if is_same else key)


@route(blueprint, "/actions", policy=_READS)
def actions() -> ResponseReturnValue:
    """Show the actions that the filter in the address finds; first of all what is still to be done."""
    if any(name in request.args for name in CONTROLS):
        return redirect(_rewritten())
    views = saved_views.views_of(session())
    opened = None if "q" in request.args else saved_views.default_of(views, viewer())
    if opened is not None:
        return redirect(view_address(opened))
    return _register(asked(), views)


@route(blueprint, "/actions.xlsx", policy=_READS)
def actions_workbook() -> ResponseReturnValue:
    """Give what the filter finds as a workbook."""
    return _taken_away("xlsx")


@route(blueprint, "/actions.csv", policy=_READS)
def actions_values() -> ResponseReturnValue:
    """Give what the filter finds as CSV."""
    return _taken_away("csv")


@route(blueprint, "/actions.pdf", policy=_READS)
def actions_paper() -> ResponseReturnValue:
    """Give what the filter finds as a tagged PDF, a matrix of actions and parties."""
    return _taken_away("pdf")


@route(blueprint, "/actions/next-meeting", policy=_READS)
def next_meeting() -> ResponseReturnValue:
    """Lead to what is still to be done in the mechanism that meets next."""
    code = next_mechanism(session())
    if code is None:
        flash(_("No meeting of a mechanism is ahead that you see. These are all actions that are still to be done."))
    terms = [f"mechanism:{code}", STILL_OWED] if code else [STILL_OWED]
    language = reader_language()
    return redirect(url_for("actions.actions", q=written(parse(" ".join(terms)), language)))


def asked() -> Asked:
    """Return what the address asks for; without a filter, what is still to be done."""
    first = written(parse(STILL_OWED), reader_language())
    text = as_typed(request.args.get("q", first)).strip()[:TEXT_LIMIT]
    columns = [name for listed in request.args.getlist("columns") for name in listed.split(",")]
    return Asked(text, sort_of(request.args.get("sort", "")), columns_of(columns))


def view_address(view: Any) -> str:
    """Return the address of a view that is kept, its filter in the reader's words."""
    text = written(parse(view.query), reader_language())
    return Asked(text, sort_of(view.sort), columns_of(view.columns)).address()


def _rewritten() -> str:
    """Return the address with what was chosen in the controls written into the text of the filter."""
    found, language = asked(), reader_language()
    text = found.text if "q" in request.args else ""
    chosen = {key: as_typed(request.args[name]).strip() for name, key in CONTROLS.items() if name in request.args}
    text = with_controls(text, as_typed(request.args.get("was", "")), chosen, service.choices_of(session()), language)
    return Asked(text, found.sort, found.columns).address()


def _register(found: Asked, views: list[Any], refusal: Refusal | None = None) -> ResponseReturnValue:
    """Show the register; what cannot be read is said above it, kept as it was typed, and nothing is listed."""
    choices, language = service.choices_of(session()), reader_language()
    query, page = ActionQuery(), RegisterPage()
    try:
        query = parse(found.text, language)
        if refusal is None:
            with_notes = "note" in found.columns
            page = service.register_page(
                session(), query, choices.ground, found.sort, page_number(), with_notes=with_notes
            )
    except NotFound:
        raise
    except Refusal as told:
        refusal = told
    own = viewer().party if viewer().sits_at_a_table else None
    shown = render_template(
        "actions/list.html",
        found=page,
        asked=found,
        query=query,
        refusal=message_for(refusal) if refusal else None,
        carried=page.carried,
        parties=words.party_order({code for line in page.lines for code in line.parties}, language),
        controls=choices_of_controls(choices, query, language),
        chosen=control_values(query, choices),
        keys=keys_said(language),
        states=values_said("is", language),
        built_in=[(title, url_for("actions.actions", q=text) if text else url_for("actions.next_meeting"), text)
                  for title, text in built_in_views(own, language)],
        views=[(view, view_address(view)) for view in views],
        canonical=None if refusal else written(query, language),
        sorts=sort_words(),
        column_words=column_words(),
        audiences=audience_words(),
        may_record=may_record_ad_hoc(),
        may_import=can(viewer(), Permission.CHANGE_ACTIONS),
        forms=[(form, found.address(f"actions.{endpoint}")) for form, endpoint in _ENDPOINTS.items()],
        own=own,
    )  # fmt: skip
    return (shown, 422) if refusal else shown


_ENDPOINTS: Final = {"xlsx": "actions_workbook", "csv": "actions_values", "pdf": "actions_paper"}


def _taken_away(form: str) -> ResponseReturnValue:
    language, found = reader_language(), asked()
    try:
        name, content = actions_file(session(), form, parse(found.text, language), found.sort, language)
    except NotFound:
        raise
    except Refusal as refusal:
        return _register(found, saved_views.views_of(session()), refusal)
    shown = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"', "Content-Language": language}
    return Response(content, mimetype=FORMS[form], headers=headers)
