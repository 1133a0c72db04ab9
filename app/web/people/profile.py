"""One's own profile and password."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import Refusal
from app.domain.visibility import DELEGATION_ROLES, Action, Role
from app.i18n import reader_language
from app.services import people as service
from app.services.people import Profile
from app.services.sign_in import change_password
from app.web.forms import put_error, unsaved
from app.web.people.blueprint import blueprint
from app.web.people.forms import PasswordForm, ProfileForm
from app.web.routing import database, route, session, signed_in, viewer
from app.web.sign_in.routes import passwords
from app.web.zones import zone_choices

# A password is hashed for half a second: no transaction is held open meanwhile.
_WITHOUT_SESSION = signed_in(Action.READ_OWN_PAGES, opens_session=False)


@route(blueprint, "/profile", policy=signed_in(Action.READ_OWN_PAGES), methods=("GET", "POST"))
def profile() -> ResponseReturnValue:
    """Show one's profile, and save it."""
    person = service.own_account(session())
    now = service.profile_of(person)
    form = _profile_form(now, Role(person.role))
    left = unsaved(
        form, person, lambda version: service.save_profile(session(), _typed(form, now), version), {"time_zone": _city}
    )  # fmt: skip
    if left is not None:
        page = render_template(
            "people/profile.html", form=form, account=person, version=left.version, compared=left.rows
        )  # fmt: skip
        return page, left.status
    flash(_("Your profile is saved."))
    return redirect(url_for("people.profile"), 303)


@route(blueprint, "/profile/password", policy=_WITHOUT_SESSION, methods=("GET", "POST"))
def change_own_password() -> ResponseReturnValue:
    """Change one's password; every other sign-in ends."""
    form = PasswordForm()
    if request.method != "POST":
        return render_template("people/password.html", form=form)
    status = 422
    if form.validate():
        token = str(cookie.get("sign_in", ""))
        try:
            change_password(
                database(), passwords(), viewer(), token, current=form.current.data or "", new=form.new.data or ""
            )
        except Refusal as refusal:
            put_error(form, refusal)
            status = 429 if refusal.key == "too_many_attempts" else 422
        else:
            flash(_("Your password is changed. Everywhere else you are signed out."))
            return redirect(url_for("people.profile"), 303)
    return render_template("people/password.html", form=form), status


def _profile_form(now: Profile, role: Role) -> ProfileForm:
    """Return the form with what concerns somebody of this role; only those who work on meetings are mailed of them."""
    form = ProfileForm(data=asdict(now))
    form.language.choices = list(words.LANGUAGE_NAMES.items())
    form.time_zone.choices = zone_choices(reader_language())
    form.theme.choices = list(labels.labels("theme", reader_language()).items())
    form.reminder_mails.choices = list(labels.labels("reminder_mails", reader_language()).items())
    form.meeting_mails.choices = list(labels.labels("meeting_mails", reader_language()).items())
    if role not in DELEGATION_ROLES:
        del form.reminder_mails
    if role not in DELEGATION_ROLES | {Role.SECRETARIAT}:
        del form.meeting_mails
    return form


def _typed(form: ProfileForm, now: Profile) -> Profile:
    return Profile(
        form.name.data or "", form.language.data or "", form.time_zone.data or "", form.theme.data or "",
        (form.reminder_mails.data or "") if form.reminder_mails else now.reminder_mails,
        (form.meeting_mails.data or "") if form.meeting_mails else now.meeting_mails,
    )  # fmt: skip


def _city(zone: str) -> str:
    return words.city_of(zone, reader_language())
