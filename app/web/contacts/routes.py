"""Contacts: one's own government's, and those that other parties share."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import Refusal
from app.domain.visibility import Action, Facts, can
from app.i18n import reader_language
from app.models import Contact
from app.models.contacts import CONTACT_KINDS
from app.services import contacts as service
from app.services.contacts import ContactFields, ContactLine
from app.web.contacts.forms import ContactForm
from app.web.forms import named_choices, put_error, sent_version, unsaved
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("contacts", __name__)
_READ: Final = signed_in(Action.READ_OWN_PAGES)
_KEEP: Final = signed_in(Action.KEEP_CONTACTS)


@route(blueprint, "/contacts", policy=_READ)
def contacts() -> ResponseReturnValue:
    """List the contacts that the viewer may see, their own government's first."""
    found = service.contacts(session())
    own = [line for line in found if service.may_keep(viewer(), line.contact)]
    others = [line for line in found if line not in own]
    return render_template(
        "contacts/contacts.html", own=own, others=_by_party(others), may_add=_may_add(),
    )  # fmt: skip


@route(blueprint, "/contacts/new", policy=_KEEP, methods=("GET", "POST"))
def new_contact() -> ResponseReturnValue:
    """Add a contact of one's own government."""
    if not _may_add():
        raise Refusal("forbidden")
    form = _form()
    if request.method == "POST" and form.validate():
        try:
            service.add_contact(session(), _typed(form))
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The contact was added."))
            return redirect(url_for("contacts.contacts"), 303)
    return _page(form), 422 if request.method == "POST" else 200


@route(blueprint, "/contacts/<uuid:contact_id>", policy=_KEEP, methods=("GET", "POST"))
def edit_contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Change a contact of one's own government."""
    found = service.own_contact(session(), contact_id)
    form = _form(service.fields_of(session(), found))
    left = unsaved(form, found, lambda version: service.save_contact(session(), contact_id, _typed(form), version))
    if left is not None:
        return _page(form, found, left.version, left.rows), left.status
    flash(_("The contact was saved."))
    return redirect(url_for("contacts.contacts"), 303)


@route(blueprint, "/contacts/<uuid:contact_id>/remove", policy=_KEEP, methods=("POST",))
def remove_contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Take a contact away."""
    gone = service.remove_contact(session(), contact_id, sent_version())
    flash(_("%(name)s is no contact any more.", name=gone.name))
    return redirect(url_for("contacts.contacts"), 303)


def _may_add() -> bool:
    return viewer().party is not None and can(viewer(), Action.KEEP_CONTACTS, Facts(owner=viewer().party))


def _by_party(lines: Iterable[ContactLine]) -> list[tuple[str, list[ContactLine]]]:
    found: dict[str, list[ContactLine]] = {}
    for line in lines:
        found.setdefault(line.contact.party_code, []).append(line)
    return [(party, found[party]) for party in words.party_order(found, reader_language())]


def _page(form: ContactForm, contact: Contact | None = None, version: int | None = None, rows: object = None) -> str:
    return render_template("contacts/form.html", form=form, contact=contact, version=version, compared=rows)


def _form(now: ContactFields | None = None) -> ContactForm:
    form = ContactForm(data=service.as_values(now) if now else None)
    language = reader_language()
    form.kind.choices = [(kind, labels.label("contact_kind", kind, language)) for kind in CONTACT_KINDS]
    offices = service.offices_of(session(), viewer().party or "")
    form.office_code.choices = [("", _("No office")), *named_choices(offices, language)]
    form.mechanism.choices = [
        ("", _("everything")), *named_choices(service.choosable_mechanisms(session()), language),
    ]  # fmt: skip
    return form


def _typed(form: ContactForm) -> ContactFields:
    return ContactFields(
        name=form.name.data or "", kind=form.kind.data or "", position=form.position.data or "",
        office_code=form.office_code.data or None, mechanism=form.mechanism.data or None,
        email=form.email.data or "", phone=form.phone.data or "", note=form.note.data or "",
        is_urgent=bool(form.is_urgent.data), is_shared=bool(form.is_shared.data),
    )  # fmt: skip
