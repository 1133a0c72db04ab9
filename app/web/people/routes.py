"""The accounts of one government, for its administrators."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.accounts import ROLES_OF_A_GOVERNMENT
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action
from app.extension import settings
from app.i18n import as_typed, reader_language
from app.messages import message_for
from app.models import Person
from app.services import people as service
from app.services.invitations import invitation_token
from app.services.leaver_items import count_with
from app.services.people import NewPerson
from app.web.forms import named_choices, put_error, sent_version
from app.web.people import edits as _edits  # noqa: F401 - its routes are on the same blueprint, as those below
from app.web.people import many as _many  # noqa: F401
from app.web.people import offices as _offices  # noqa: F401
from app.web.people import profile as _own_profile  # noqa: F401
from app.web.people.blueprint import blueprint
from app.web.people.forms import PersonForm
from app.web.routing import route, session, signed_in, viewer

_POLICY = signed_in(Action.ADMINISTER_PEOPLE)
WORDS_LIMIT = 200


@route(blueprint, "/people", policy=_POLICY)
def people() -> ResponseReturnValue:
    """List the accounts of the administrator's own government, narrowed by what the address asks for."""
    offices = {office.code: office.name for office in service.own_offices(session())}
    asked = service.AccountFilters(
        as_typed(request.args.get("words", "")).strip()[:WORDS_LIMIT], request.args.get("role") or None,
        request.args.get("state") or None,
    )  # fmt: skip
    found = service.accounts(session())
    return render_template(
        "people/people.html", people=asked.chosen(found), total=len(found), asked=asked, offices=offices,
        roles=[role.value for role in ROLES_OF_A_GOVERNMENT], states=service.ACCOUNT_STATES,
    )  # fmt: skip


@route(blueprint, "/people/new", policy=_POLICY, methods=("GET", "POST"))
def new_person() -> ResponseReturnValue:
    """Add an account, with a link to set its password."""
    form = _person_form()
    if request.method != "POST":
        return render_template("people/new.html", form=form)
    if form.validate():
        try:
            person, invitation_id = service.add_account(session(), _typed(form), settings().secret_key)
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            return _with_link(person, invitation_id)
    return render_template("people/new.html", form=form), 422


@route(blueprint, "/people/<uuid:person_id>", policy=_POLICY)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show one account; the link that was just made for it, once."""
    found = service.account(session(), person_id)
    offices = {office.code: office.name for office in service.own_offices(session())}
    left_with_them = 0 if found.active else count_with(session(), person_id)
    return render_template(
        "people/person.html", account=found, offices=offices, link=_link_once(person_id), with_them=left_with_them
    )


@route(blueprint, "/people/<uuid:person_id>/link", policy=_POLICY, methods=("POST",))
def make_link(person_id: uuid.UUID) -> ResponseReturnValue:
    """Make a new link for an account."""
    invitation_id = service.invite_again(session(), person_id, settings().secret_key)
    return _with_link(service.account(session(), person_id), invitation_id)


@route(blueprint, "/people/<uuid:person_id>/disable", policy=_POLICY, methods=("GET", "POST"))
def disable_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then disable an account."""
    found = service.account(session(), person_id)
    if request.method != "POST":
        return _disable_page(found)
    try:
        service.disable(session(), person_id, sent_version())
    except NotFound:
        raise
    except Refusal as refusal:
        status = 409 if refusal.key == "stale_version" else 422
        return _disable_page(found, message_for(refusal)), status
    flash(_("%(name)s can no longer sign in.", name=found.name))
    return redirect(url_for("people.people"), 303)


@route(blueprint, "/people/<uuid:person_id>/enable", policy=_POLICY, methods=("POST",))
def enable_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Let a disabled account sign in again."""
    found = service.enable(session(), person_id, sent_version())
    flash(_("%(name)s can sign in again.", name=found.name))
    return redirect(url_for("people.person", person_id=person_id), 303)


def _disable_page(found: Person, message: str | None = None) -> str:
    """Return what is asked before an account is disabled, with how many actions are with the person."""
    with_them = count_with(session(), found.id)
    return render_template("people/disable.html", account=found, message=message, with_them=with_them)


def _person_form() -> PersonForm:
    form = PersonForm(language=viewer().language)
    language = reader_language()
    roles = labels.labels("role", language)
    form.role.choices = [(role.value, roles[role.value]) for role in ROLES_OF_A_GOVERNMENT]
    form.office_code.choices = [("", _("No office")), *named_choices(service.own_offices(session()), language)]
    form.language.choices = list(words.LANGUAGE_NAMES.items())
    return form


def _typed(form: PersonForm) -> NewPerson:
    return NewPerson(
        email=form.email.data or "",
        name=form.name.data or "",
        role=form.role.data or "",
        delegation=viewer().party,
        office_code=form.office_code.data or None,
        language=form.language.data or None,
    )


def _with_link(person: Person, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Go to the account's page, which shows the link once; the cookie carries its id, which opens nothing."""
    cookie["made_link"] = {"person": str(person.id), "invitation": str(invitation_id)}
    return redirect(url_for("people.person", person_id=person.id), 303)


def _link_once(person_id: uuid.UUID) -> str | None:
    made = cookie.get("made_link")
    if not isinstance(made, dict) or made.get("person") != str(person_id):
        return None
    cookie.pop("made_link")
    token = invitation_token(settings().secret_key, uuid.UUID(made["invitation"]))
    return f"{settings().base_url}/invite/{token}"
