"""Changing an account."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.domain.accounts import ROLES_OF_A_GOVERNMENT
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import people as people_service
from app.services import people_edits as service
from app.services.people_edits import AccountFields
from app.web.forms import named_choices, unsaved
from app.web.people.blueprint import blueprint
from app.web.people.forms import AccountForm
from app.web.routing import route, session, signed_in

_POLICY: Final = signed_in(Action.ADMINISTER_PEOPLE)


@route(blueprint, "/people/<uuid:person_id>/edit", policy=_POLICY, methods=("GET", "POST"))
def edit_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Change an account's name, role and office."""
    account = people_service.account(session(), person_id)
    form = _form(service.fields_of(account))
    left = unsaved(
        form, account, lambda version: service.change_account(session(), person_id, _typed(form), version)
    )  # fmt: skip
    if left is not None:
        page = render_template(
            "people/edit.html", form=form, account=account, version=left.version, compared=left.rows
        )  # fmt: skip
        return page, left.status
    flash(_("The account was changed."))
    return redirect(url_for("people.person", person_id=person_id), 303)


def _form(now: AccountFields) -> AccountForm:
    form = AccountForm(name=now.name, role=now.role, office_code=now.office_code or "")
    language = reader_language()
    roles = labels.labels("role", language)
    form.role.choices = [(role.value, roles[role.value]) for role in ROLES_OF_A_GOVERNMENT]
    offices = people_service.own_offices(session())
    form.office_code.choices = [("", _("No office")), *named_choices(offices, language)]
    return form


def _typed(form: AccountForm) -> AccountFields:
    return AccountFields(form.name.data or "", form.role.data or "", form.office_code.data or None)
