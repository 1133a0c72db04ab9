"""Many accounts at once: a table is pasted, looked through row by row, and added whole."""

from __future__ import annotations

import base64
import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.extension import settings
from app.messages import message_for
from app.services import people_many as service
from app.services.people import own_offices
from app.web.people.blueprint import blueprint
from app.web.people.forms import ManyForm
from app.web.routing import route, session, signed_in

_POLICY: Final = signed_in(Action.ADMINISTER_PEOPLE)
COOKIE: Final = "made_links"


@route(blueprint, "/people/many", policy=_POLICY, methods=("GET", "POST"))
def many_people() -> ResponseReturnValue:
    """Take a pasted table, and show the fate of each of its rows before anything is written."""
    form = ManyForm()
    if request.method != "POST":
        return _page(form)
    try:
        preview = service.preview_many(session(), form.table.data or "")
    except Refusal as refusal:
        form.table.errors = [message_for(refusal)]
        return _page(form), 422
    return _page(form, preview), 422 if preview.wrong_count else 200


@route(blueprint, "/people/many/add", policy=_POLICY, methods=("POST",))
def add_many_people() -> ResponseReturnValue:
    """Add every row of the table that was looked through, or none."""
    form = ManyForm()
    try:
        made = service.add_many(session(), form.table.data or "", settings().secret_key)
    except Refusal as refusal:
        if refusal.key == "forbidden":
            raise
        form.table.errors = [message_for(refusal)]
        return _page(form), 422
    # The cookie carries the ids of the links, which open nothing, in as few letters as it can hold sixty of.
    cookie[COOKIE] = [base64.urlsafe_b64encode(link.bytes).decode().rstrip("=") for link in made]
    flash(ngettext("%(num)s account was added.", "%(num)s accounts were added.", len(made)))
    return redirect(url_for("people.added_people"), 303)


@route(blueprint, "/people/added", policy=_POLICY)
def added_people() -> ResponseReturnValue:
    """Show the links of the accounts that were just added, this one time."""
    sent = cookie.pop(COOKIE, [])
    ids = [uuid.UUID(bytes=base64.urlsafe_b64decode(f"{each}==")) for each in sent]
    links = service.made_links(session(), ids, settings().secret_key)
    return render_template("people/added.html", links=links, base_url=settings().base_url)


def _page(form: ManyForm, preview: service.ManyPreview | None = None) -> str:
    offices = {office.code: office.name for office in own_offices(session())}
    return render_template(
        "people/many.html", form=form, preview=preview, offices=offices, row_limit=service.ROW_LIMIT,
        said=[[message_for(refusal) for refusal in line.refusals] for line in preview.lines] if preview else [],
    )  # fmt: skip
