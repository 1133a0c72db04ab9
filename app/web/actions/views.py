"""The views of the register of actions that are kept: one's own and those that are shared."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.action_query import parse, written
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.services import saved_views as service
from app.services.saved_views import NewView
from app.web.actions.blueprint import blueprint
from app.web.actions.register import view_address
from app.web.actions.view_forms import ViewForm, audience_words, view_form
from app.web.forms import put_error, sent_version
from app.web.routing import route, session, signed_in, viewer

_POLICY: Final = signed_in(Permission.READ_ACTIONS)


@route(blueprint, "/actions/views", policy=_POLICY, methods=("GET", "POST"))
def views() -> ResponseReturnValue:
    """Show the views that the viewer may use, and keep a new one."""
    form = view_form()
    if request.method != "POST":
        return _page(form)
    new = NewView(
        name=form.name.data or "", query=form.q.data or "", columns=(form.columns.data or "").split(","),
        sort=form.sort.data or "", shared_with=form.shared_with.data or service.ALONE,
        is_default=bool(form.is_default.data),
    )  # fmt: skip
    try:
        view = service.save_view(session(), new)
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(form), 422
    flash(_("The view “%(name)s” is kept.", name=view.name))
    return redirect(view_address(view), 303)


@route(blueprint, "/actions/views/<uuid:view_id>", policy=_POLICY, methods=("POST",))
def rename_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Give a view another name."""
    try:
        view = service.rename_view(session(), view_id, request.form.get("name", ""), version=sent_version())
    except StaleVersion as stale:
        told = _("Somebody gave this view another name after you opened the page: “%(name)s”.")
        return _page(view_form(), told % {"name": stale.theirs["name"]}), 409
    except Refusal as refusal:
        form = view_form()
        put_error(form, refusal)
        return _page(form), 422
    flash(_("The view is called “%(name)s” now.", name=view.name))
    return redirect(url_for("actions.views"), 303)


@route(blueprint, "/actions/views/<uuid:view_id>/remove", policy=_POLICY, methods=("POST",))
def remove_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Take a view away; it can be put back."""
    view = service.remove_view(session(), view_id)
    flash(_("The view “%(name)s” is taken away. You can put it back below.", name=view.name))
    return redirect(url_for("actions.views"), 303)


@route(blueprint, "/actions/views/<uuid:view_id>/restore", policy=_POLICY, methods=("POST",))
def restore_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Put back a view that was taken away."""
    view = service.restore_view(session(), view_id)
    flash(_("The view “%(name)s” is back.", name=view.name))
    return redirect(url_for("actions.views"), 303)


@route(blueprint, "/actions/views/<uuid:view_id>/default", policy=_POLICY, methods=("POST",))
def open_with_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Let one's own list open with a view, or no more."""
    view = service.open_with(session(), view_id, chosen=request.form.get("chosen") == "yes")
    told = (
        _("Your list of actions opens with “%(name)s”.")
        if view.is_default
        else _("Your list of actions opens with what is still to be done.")
    )
    flash(told % {"name": view.name} if view.is_default else told)
    return redirect(url_for("actions.views"), 303)


def _page(form: ViewForm, told: str | None = None) -> str:
    found = service.views_of(session())
    shared = dict(audience_words())
    return render_template(
        "actions/views.html",
        form=form,
        told=told,
        views=[
            (view, view_address(view), shared.get(service.shared_with(view, viewer()), ""),
             service.may_change(view, viewer()), view.person_id == viewer().person_id)
            for view in found
        ],
        removed=service.views_of(session(), removed=True),
        narrowed=lambda view: written(parse(view.query), reader_language()),
    )  # fmt: skip
