"""The offices of one government: listed, added, and renamed from a day on."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Office
from app.services import offices as service
from app.services.offices import NewOffice, Renaming
from app.web.forms import compared, named_choices, put_error
from app.web.people.blueprint import blueprint
from app.web.people.forms import NewOfficeForm, RenameOfficeForm
from app.web.routing import route, session, signed_in
from app.web.zones import zone_choices

_POLICY: Final = signed_in(Action.ADMINISTER_PEOPLE)


@route(blueprint, "/people/offices", policy=_POLICY)
def offices() -> ResponseReturnValue:
    """List the offices of the administrator's own government."""
    return render_template("people/offices.html", offices=service.offices_with_names(session()))


@route(blueprint, "/people/offices/new", policy=_POLICY, methods=("GET", "POST"))
def new_office() -> ResponseReturnValue:
    """Add an office."""
    form = _new_form()
    if request.method != "POST":
        return render_template("people/new_office.html", form=form)
    if form.validate():
        try:
            code = service.add_office(session(), _typed(form))
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The office was added."))
            return redirect(url_for("people.office", code=code), 303)
    return render_template("people/new_office.html", form=form), 422


@route(blueprint, "/people/offices/<code>", policy=_POLICY)
def office(code: str) -> ResponseReturnValue:
    """Show one office, and every name that it had."""
    found = service.own_office(session(), code)
    return render_template("people/office.html", office=found)


@route(blueprint, "/people/offices/<code>/name", policy=_POLICY, methods=("GET", "POST"))
def rename_office(code: str) -> ResponseReturnValue:
    """Give an office a new name from a day on."""
    found = service.own_office(session(), code)
    form = RenameOfficeForm(**{f"name_{each}": found.name.get(each, "") for each in words.LANGUAGES})
    if request.method != "POST":
        return _rename_page(found, form)
    status = 422
    rows = None
    if form.validate():
        try:
            service.rename_office(session(), code, _renaming(form))
        except StaleVersion as stale:
            rows, status = compared(form, _by_field(stale.yours), _by_field(stale.theirs)), 409
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The name was saved, with its days."))
            return redirect(url_for("people.office", code=code), 303)
    return _rename_page(found, form, rows), status


def _rename_page(found: Office, form: RenameOfficeForm, rows: object = None) -> str:
    return render_template(
        "people/rename_office.html", office=found, form=form, compared=rows, known=service.latest_name_id(found) or "",
    )  # fmt: skip


def _by_field(side: dict[str, object]) -> dict[str, object]:
    name = side["name"]
    return {f"name_{each}": name[each] for each in words.LANGUAGES} if isinstance(name, dict) else {}


def _renaming(form: RenameOfficeForm) -> Renaming:
    return Renaming(
        name={each: form[f"name_{each}"].data or "" for each in words.LANGUAGES},
        starts_on=form.starts_on.data,
        note=form.note.data or "",
        known_name_id=_uuid(request.form.get("known", "")),
    )


def _uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


def _new_form() -> NewOfficeForm:
    form = NewOfficeForm()
    language = reader_language()
    form.part_of.choices = [("", _("None")), *named_choices(service.offices_with_names(session()), language)]
    form.time_zone.choices = {"": [("", _("That of the capital"))], **zone_choices(language)}
    return form


def _typed(form: NewOfficeForm) -> NewOffice:
    return NewOffice(
        letters=form.letters.data or "",
        name={each: form[f"name_{each}"].data or "" for each in words.LANGUAGES},
        part_of=form.part_of.data or None,
        city=form.city.data or "",
        time_zone=form.time_zone.data or None,
    )
