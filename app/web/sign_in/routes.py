"""Signing in, signing out, and setting a password by a link."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.messages import message_for
from app.services import sign_in as service
from app.services.invitations import accept_invitation, invited_by
from app.services.sign_in import Passwords
from app.web.forms import put_error
from app.web.routing import BY_TOKEN, PUBLIC, database, route, session, signed_in
from app.web.sign_in.forms import SetPasswordForm, SignInForm

blueprint = Blueprint("sign_in", __name__)


@route(blueprint, "/login", policy=PUBLIC, methods=("GET", "POST"))
def login() -> ResponseReturnValue:
    """Ask for address and password, and go on to the page that was asked for."""
    form = SignInForm()
    if request.method != "POST":
        if g.viewer is not None:
            return redirect(url_for("home.home"), 303)
        form.next.data = own_path(request.args.get("next", ""))
        return render_template("sign_in/login.html", form=form)
    form.next.data = own_path(form.next.data)
    if not form.validate():
        return render_template("sign_in/login.html", form=form), 422
    try:
        token = service.sign_in(
            database(), passwords(), form.email.data or "", form.password.data or "", request.user_agent.string
        )
    except Refusal as refusal:
        form.form_errors.append(message_for(refusal))
        status = 429 if refusal.key == "too_many_attempts" else 422
        return render_template("sign_in/login.html", form=form), status
    # Nothing of the time before is kept: neither another's leavings nor a token that somebody planted.
    cookie.clear()
    cookie["sign_in"] = token
    return redirect(form.next.data or url_for("home.home"), 303)


@route(blueprint, "/logout", policy=signed_in(Action.READ_OWN_PAGES), methods=("POST",))
def logout() -> ResponseReturnValue:
    """End the sign-in; a copy of its cookie is worth nothing from now on."""
    service.sign_out(session(), str(cookie.get("sign_in", "")))
    cookie.clear()
    flash(_("You are signed out."))
    return redirect(url_for("sign_in.login"), 303)


@route(blueprint, "/invite/<token>", policy=BY_TOKEN, methods=("GET", "POST"))
def invite(token: str) -> ResponseReturnValue:
    """Let the holder of a link set their password, once."""
    form = SetPasswordForm()
    try:
        invited = invited_by(database(), token)
        if request.method != "POST":
            return render_template("sign_in/invite.html", form=form, invited=invited), 200, _UNTOLD
        if form.validate():
            accept_invitation(database(), passwords(), token, form.password.data or "")
            cookie.clear()
            flash(_("Your password is set. Sign in with it."))
            return redirect(url_for("sign_in.login"), 303)
    except Refusal as refusal:
        if refusal.field is None:
            status = 404 if refusal.key == "invitation_unknown" else 410
            return render_template("sign_in/link_over.html", message=message_for(refusal)), status, _UNTOLD
        put_error(form, refusal)
    return render_template("sign_in/invite.html", form=form, invited=invited), 422, _UNTOLD


# The address holds the token: it is told to nobody, not even to our own other pages.
_UNTOLD = {"Referrer-Policy": "no-referrer"}


def passwords() -> Passwords:
    """Return what hashes passwords in the running app."""
    return cast("Passwords", current_app.extensions["entente.passwords"])


def own_path(target: str | None) -> str:
    """Return the target when it is a path of ours, else nothing: nobody is sent elsewhere after signing in."""
    if not target or not target.startswith("/") or "\\" in target or not target.isprintable():
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc or target.startswith("//") else target
