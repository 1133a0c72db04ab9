"""Readouts: each party's own account of a meeting, side by side."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import readouts as service
from app.web.forms import compared, put_error, sent_version
from app.web.routing import route, session, signed_in
from app.web.texts.blueprint import blueprint
from app.web.texts.forms import ReadoutForm
from app.web.texts.showing import when


@route(blueprint, "/meetings/<ref>/readouts", policy=signed_in(Action.READ_TEXTS))
def readouts(ref: str) -> ResponseReturnValue:
    """Show what each party published of a meeting, side by side, and what the viewer's own is writing."""
    page = service.readout_page(session(), ref)
    order = words.party_order(page.parties, reader_language())
    return render_template("texts/readouts.html", page=page, order=order, shown=_shown, when=when)


def _shown(wording: dict[str, str]) -> tuple[str, str | None]:
    """Return a readout in the reader's language, else in another, and which that is where it is another."""
    own = reader_language()
    language = next((code for code in (own, *words.LANGUAGES) if wording.get(code)), own)
    return wording.get(language, ""), language if language != own else None


@route(blueprint, "/meetings/<ref>/readouts/own", policy=signed_in(Action.WRITE_READOUT), methods=("GET", "POST"))
def own_readout(ref: str) -> ResponseReturnValue:
    """Show what the viewer's delegation is writing, and keep it."""
    page = service.readout_page(session(), ref)
    if page.draft is None:
        raise Refusal("forbidden")
    form = ReadoutForm(data={f"wording_{code}": page.draft.wording.get(code, "") for code in words.LANGUAGES})
    if request.method != "POST":
        return _page(form, page, page.draft.version)
    typed = {code: form[f"wording_{code}"].data or "" for code in words.LANGUAGES}
    try:
        service.save_draft(session(), ref, typed, version=sent_version())
    except StaleVersion as stale:
        yours, theirs = ({f"wording_{k}": v for k, v in side.items()} for side in (stale.yours, stale.theirs))
        return _page(form, page, page.draft.version, compared(form, yours, theirs)), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(form, page, sent_version()), 422
    flash(_("Kept inside your delegation. The others see nothing of it before it is published."))
    return redirect(url_for("texts.readouts", ref=ref), 303)


def _page(form: ReadoutForm, page: service.ReadoutPage, version: int, rows: Any = None) -> str:
    return render_template("texts/own_readout.html", form=form, page=page, version=version, rows=rows)


@route(blueprint, "/meetings/<ref>/readouts/publish", policy=signed_in(Action.PUBLISH_READOUT), methods=("POST",))
def publish_readout(ref: str) -> ResponseReturnValue:
    """Publish what the viewer's delegation wrote."""
    try:
        service.publish_readout(session(), ref, version=sent_version())
    except StaleVersion:
        flash(_("Somebody of your delegation changed the readout after you opened it. Read it again, then publish it."))
    else:
        flash(_("Published. All who are at the meeting read it from now on."))
    return redirect(url_for("texts.readouts", ref=ref), 303)
