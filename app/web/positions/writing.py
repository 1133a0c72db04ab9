"""Writing positions and non-papers; who loses a race reads both texts, and what was typed stays whatever happens."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.positions import PositionContent
from app.domain.visibility import Action
from app.i18n import reader_language
from app.keys import KeyMissing, KeyServiceDown
from app.messages import message_for
from app.models import AgendaItem, Meeting, Position
from app.services import position_edits as edits
from app.services.inner_notes import notes_on
from app.services.position_contents import content_of
from app.services.positions import find_position, place_of
from app.web.forms import compared, put_error, sent_version
from app.web.positions.blueprint import blueprint
from app.web.positions.forms import non_paper_form, position_form, question_numbers, typed_position
from app.web.positions.showing import own_city
from app.web.routing import route, session, signed_in

Rows = list[tuple[str, str, str]]
Save = Callable[[PositionContent, int], Position]
_WRITES = signed_in(Action.PREPARE_POSITION)


@route(blueprint, "/meetings/<ref>/items/<uuid:item_id>/position", policy=_WRITES, methods=("GET", "POST"))
def write(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form of the viewer's position on an item, and keep what is written."""
    about = edits.prepare(session(), ref, item_id)
    form = position_form(_standing(about.position), reader_language())
    page = _Page("position", form, about.position, about.meeting, about.item)
    return page.answer(lambda content, version: edits.write_position(session(), ref, item_id, content, version=version))


@route(blueprint, "/meetings/<ref>/non-papers/new", policy=_WRITES, methods=("GET", "POST"))
def write_non_paper(ref: str) -> ResponseReturnValue:
    """Show the form of a new non-paper, on an item or on the meeting as a whole, and keep what is written."""
    about = edits.prepare(session(), ref, _item_asked())
    page = _Page("non_paper", non_paper_form(None, reader_language()), None, about.meeting, about.item)
    item_id = about.item.id if about.item else None
    return page.answer(lambda content, _version: edits.begin_non_paper(session(), ref, item_id, content))


@route(blueprint, "/positions/<uuid:position_id>/edit", policy=_WRITES, methods=("GET", "POST"))
def edit(position_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form of a position or a non-paper, and keep what is changed."""
    found = find_position(session(), position_id)
    meeting, item = place_of(session(), found.meeting_id, found.item_id)
    make = position_form if found.kind == "position" else non_paper_form
    page = _Page(found.kind, make(_standing(found), reader_language()), found, meeting, item)
    return page.answer(lambda content, version: edits.save_position(session(), position_id, content, version=version))


def cleared(position_id: uuid.UUID, page: Callable[[uuid.UUID, str], str]) -> ResponseReturnValue:
    """Clear a position as the viewer; `page` shows it again where that is refused."""
    try:
        row = edits.clear_position(session(), position_id, version=sent_version())
    except NotFound:
        raise
    except Refusal as refusal:
        return page(position_id, message_for(refusal)), 409 if isinstance(refusal, StaleVersion) else 422
    flash(_("Cleared. It can be shared now.") if row.kind == "position" else _("Released. It can be handed over now."))
    return redirect(url_for("positions.position", position_id=position_id), 303)


def _standing(position: Position | None) -> PositionContent | None:
    """Return what stands, for a form that is shown; one that was sent has its own words and opens nothing."""
    return content_of(position) if position is not None and request.method != "POST" else None


def _item_asked() -> uuid.UUID | None:
    written = request.values.get("item", "")
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise NotFound from None


class _Page:
    """The page of a form to write, and what becomes of it when it is sent."""

    def __init__(
        self, kind: str, form: FlaskForm, position: Position | None, meeting: Meeting | None, item: AgendaItem | None
    ) -> None:
        self.kind, self.form, self.position, self.meeting, self.item = kind, form, position, meeting, item

    def answer(self, save: Save) -> ResponseReturnValue:
        """Show the form, or keep what was sent; refused, it comes back with what was typed."""
        if request.method != "POST":
            return self.shown(self._version)
        sent = sent_version() if self.position is not None or "version" in request.form else 0
        try:
            row = save(typed_position(self.form), sent)
        except StaleVersion as stale:
            rows = [row for row in compared(self.form, stale.yours, stale.theirs) if row[1] or row[2]]
            return self.shown(self._version, rows), 409
        except (KeyServiceDown, KeyMissing) as down:
            self.form.form_errors.append(message_for(down))
            return self.shown(sent), 503
        except Refusal as refusal:
            put_error(self.form, refusal)
            return self.shown(sent), 422
        flash(_("Saved. Nobody outside your delegation sees it."))
        return redirect(url_for("positions.position", position_id=row.id), 303)

    @property
    def _version(self) -> int:
        return self.position.version if self.position is not None else 0

    def shown(self, version: int, rows: Rows | None = None) -> str:
        """Return the page."""
        back = (
            url_for("positions.position", position_id=self.position.id)
            if self.position is not None
            else url_for("positions.of_meeting", ref=self.meeting.reference if self.meeting else "")
        )
        return render_template(
            "positions/write.html", kind=self.kind, form=self.form, position=self.position, meeting=self.meeting,
            item=self.item, version=version, compared=rows, back=back, own_city=own_city(),
            numbers=question_numbers(self.form),
            inner_notes=notes_on(session(), item_id=self.item.id) if self.item else (),
        )  # fmt: skip
