"""Handing positions and non-papers over: seen before it is done, and opened by those who were handed them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.positions import PositionContent
from app.domain.visibility import Action
from app.i18n import reader_language
from app.keys import KeyMissing, KeyServiceDown
from app.messages import message_for
from app.services import position_shares as shares
from app.services.position_views import PositionView, position_view
from app.services.received_shares import copy_view, open_copy
from app.web.forms import put_error, sent_version
from app.web.positions.blueprint import blueprint
from app.web.positions.forms import ConfirmForm, ShareForm, share_form, typed_order
from app.web.positions.showing import own_city, why_not
from app.web.routing import route, session, signed_in

_READS = signed_in(Action.READ_POSITIONS)
_SHARES = signed_in(Action.SHARE_POSITION)


@dataclass
class _Asked:
    """A share as it is asked for: the form of whom and what, that of the confirmation, and what it would hand over."""

    view: PositionView
    form: ShareForm
    confirm: ConfirmForm
    preview: shares.SharePreview | None = None
    error: str = ""

    def look(self) -> None:
        """Work out what would be handed over; what is refused stands beside its field."""
        try:
            self.preview = shares.preview_share(session(), self.view.position, typed_order(self.form))
        except NotFound:
            raise
        except Refusal as refusal:
            put_error(self.form, refusal)

    def page(self) -> str:
        """Return the page."""
        preview = self.preview
        return render_template(
            "positions/share.html", view=self.view, position=self.view.position, form=self.form,
            confirm=self.confirm, preview=preview, error=self.error, why_not=why_not, own_city=own_city(),
            recipients=words.party_order(preview.parties, reader_language()) if preview else [],
            kept=typed_order(self.form),
        )  # fmt: skip


@route(blueprint, "/positions/<uuid:position_id>/share", policy=_SHARES)
def choose_share(position_id: uuid.UUID) -> ResponseReturnValue:
    """Ask to whom something is handed and what of it, and show exactly that before it is done."""
    asked = _asked(position_id, request.args)
    if asked.view.refused_share or not request.args.get("see"):
        return asked.page()
    asked.look()
    return asked.page(), 200 if asked.preview else 422


@route(blueprint, "/positions/<uuid:position_id>/share", policy=_SHARES, methods=("POST",))
def share(position_id: uuid.UUID) -> ResponseReturnValue:
    """Hand something over for good."""
    asked = _asked(position_id, request.form)
    if not asked.confirm.confirmed.data:
        return _refused(asked, Refusal("share_not_confirmed", field="confirmed"))
    try:
        shares.share_position(session(), position_id, typed_order(asked.form), version=sent_version())
    except NotFound:
        raise
    except (KeyServiceDown, KeyMissing) as down:
        asked.error = _("Nothing was handed to anybody.") + " " + message_for(down)
        return asked.page(), 503
    except Refusal as refusal:
        return _refused(asked, refusal)
    flash(_("Handed over. Those who speak for the parties are told that something came, and nothing of what it says."))
    return redirect(url_for("positions.position", position_id=position_id, _anchor="shares"), 303)


@route(blueprint, "/positions/<uuid:position_id>/shares/<uuid:share_id>", policy=_READS)
def handed_over(position_id: uuid.UUID, share_id: uuid.UUID) -> ResponseReturnValue:
    """Show exactly what was handed over, to whom, and which party has opened it."""
    found = shares.find_share(session(), position_id, share_id)
    return render_template("positions/handed.html", found=found, position=found.position, own_city=own_city())


@route(blueprint, "/shares/<uuid:copy_id>", policy=_READS)
def received(copy_id: uuid.UUID) -> ResponseReturnValue:
    """Show what another party handed over, opened for who has opened it, with who of one's own has."""
    found = copy_view(session(), copy_id)
    return render_template("positions/received.html", view=found, copy=found.copy, own_city=own_city())


@route(blueprint, "/shares/<uuid:copy_id>/open", policy=_READS, methods=("POST",))
def open_share(copy_id: uuid.UUID) -> ResponseReturnValue:
    """Open what another party handed over; from then on that party sees that it was opened."""
    open_copy(session(), copy_id)
    return redirect(url_for("positions.received", copy_id=copy_id), 303)


def _asked(position_id: uuid.UUID, source: Any) -> _Asked:
    view = position_view(session(), position_id)
    written = view.content.parts if isinstance(view.content, PositionContent) else ()
    form = share_form(view.offered, written, reader_language(), source)
    return _Asked(view, form, ConfirmForm())


def _refused(asked: _Asked, refusal: Refusal) -> ResponseReturnValue:
    """Show the page again with what would be handed over as it stands now."""
    if isinstance(refusal, StaleVersion):
        asked.view = position_view(session(), asked.view.position.id)
        asked.error = message_for(refusal)
    else:
        put_error(asked.confirm if refusal.field == "confirmed" else asked.form, refusal)
    if asked.view.refused_share is None and refusal.field in (None, "confirmed"):
        asked.look()
    return asked.page(), 409 if isinstance(refusal, StaleVersion) else 422
