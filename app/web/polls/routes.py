"""The pages of polls: the list of them, one of them with its slots and answers, and the acts of its delegations."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.polls import POLL_ANSWERS
from app.domain.visibility import Action
from app.i18n import label
from app.messages import message_for
from app.services.poll_answers import answer_poll
from app.services.poll_lists import poll_list
from app.services.poll_notes import add_note, check_note, may_withdraw, withdraw_note
from app.services.poll_pages import PollView, poll_view
from app.web.forms import sent_version
from app.web.paging import page_number
from app.web.polls import chair, showing
from app.web.polls import making as _making  # noqa: F401 - its routes are on the same blueprint
from app.web.polls import seats as _seats  # noqa: F401
from app.web.polls.blueprint import blueprint
from app.web.polls.forms import Typed, as_typed, sent_id
from app.web.routing import route, session, signed_in

__all__ = ["blueprint"]


@route(blueprint, "/polls", policy=signed_in(Action.READ_POLLS))
def polls() -> ResponseReturnValue:
    """List the polls that wait for the viewer's delegation, the others that are open, and those that are over."""
    page = page_number()
    found = poll_list(session(), page)
    return render_template(
        "polls/list.html",
        found=found,
        own_city=showing.clock_of_reader()[1],
        now=session().now,
        before=url_for("polls.polls", page=page - 1) if page > 1 else None,
        after=url_for("polls.polls", page=page + 1) if page < found.page_count else None,
    )


@route(blueprint, "/polls/<ref>", policy=signed_in(Action.READ_POLLS))
def poll(ref: str) -> ResponseReturnValue:
    """Show a poll: its slots best first, what each delegation says, and what the viewer answers from."""
    return poll_page(poll_view(session(), ref, sent_id(request.args.get("seat"))))


@route(blueprint, "/polls/<ref>/answer", policy=signed_in(Action.ANSWER_POLL), methods=("POST",))
def answer(ref: str) -> ResponseReturnValue:
    """Keep what a seat of the viewer's delegation says of every slot, and the note beside it."""
    typed = as_typed()
    try:
        check_note(typed.note)
        answer_poll(session(), ref, typed.seat_id, typed.values, version=sent_version())
        if typed.note.strip():
            add_note(session(), ref, typed.note, is_for_all=typed.is_for_all)
    except StaleVersion as stale:
        view = poll_view(session(), ref, typed.seat_id)
        return poll_page(view, typed, rows=_compared(view, stale)), 409
    except Refusal as refusal:
        return _refused(ref, typed, refusal)
    flash(_("Your answer is kept."))
    return _back(ref, typed.seat_id)


@route(blueprint, "/polls/<ref>/notes", policy=signed_in(Action.READ_POLLS), methods=("POST",))
def write_note(ref: str) -> ResponseReturnValue:
    """Write a note on the poll or on one of its slots, to all or to one's own delegation."""
    typed = as_typed()
    try:
        add_note(session(), ref, typed.note, slot_id=sent_id(request.form.get("about")), is_for_all=typed.is_for_all)
    except Refusal as refusal:
        return _refused(ref, typed, refusal)
    flash(
        _("The note is there for all who see the poll.")
        if typed.is_for_all
        else _("The note stays in your delegation.")
    )
    return redirect(url_for("polls.poll", ref=ref, _anchor="notes"), 303)


@route(blueprint, "/polls/<ref>/notes/<uuid:note_id>/withdraw", policy=signed_in(Action.READ_POLLS), methods=("POST",))
def withdraw(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Take a note back."""
    withdraw_note(session(), ref, note_id)
    flash(_("The note is taken back."))
    return redirect(url_for("polls.poll", ref=ref, _anchor="notes"), 303)


# The page -----------------------------------------------------------------------------------------


def poll_page(
    view: PollView,
    typed: Typed | None = None,
    *,
    error: str | None = None,
    rows: list[tuple[str, str, str]] | None = None,
    **more: Any,
) -> str:
    """Return the page of a poll: with what was typed, where it was refused or lost a race; `more` is for its parts."""
    places, reader = showing.places_of_poll(view), showing.clock_of_reader()
    slots = showing.rows_of(view, places, reader)
    return render_template(
        "polls/poll.html",
        view=view,
        poll=view.poll,
        deadline=showing.deadline_of(view.poll, places, reader),
        late=showing.late_of(view, places.language),
        seat_names={line.seat.id: showing.seat_name(line, places.language) for line in view.seats},
        slot_names={row.slot.id: row.name for row in slots},
        typed=typed,
        error=error,
        compared=rows,
        own_city=reader[1],
        may_report=chair.may_report(view),
        may_withdraw={line.note.id for line in view.notes if may_withdraw(session(), line.note)},
        **showing.pictures_of(view, slots, places, sent_id(request.args.get("slot"))),
        **more,
    )


def _refused(ref: str, typed: Typed, refusal: Refusal) -> ResponseReturnValue:
    """Show the poll with what was typed and why it was refused; raises a `NotFound` again."""
    if isinstance(refusal, NotFound):
        raise refusal
    return poll_page(poll_view(session(), ref, typed.seat_id), typed, error=message_for(refusal)), 422


def _compared(view: PollView, stale: StaleVersion) -> list[tuple[str, str, str]]:
    """Return what was sent and what stands for each slot that differs or not, in words."""
    rows = showing.rows_of(view, showing.places_of_poll(view), showing.clock_of_reader())
    return [(row.name, _said(stale.yours, row.slot.id), _said(stale.theirs, row.slot.id)) for row in rows]


def _said(values: Mapping[str, object], slot_id: uuid.UUID) -> str:
    value = values.get(str(slot_id))
    return label("poll_answer", str(value)) if value in POLL_ANSWERS else _("no answer")


def _back(ref: str, seat_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("polls.poll", ref=ref, seat=str(seat_id), _anchor="answer"), 303)
