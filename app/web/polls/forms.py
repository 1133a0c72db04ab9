"""The forms of polls: what one is made from, and what is sent to it: answers to every slot, a note, its readers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from app.domain.polls import POLL_ANSWERS, AnswerValue

PREFIX: Final = "slot_"
FOR_ALL: Final = "all"


class PollForm(FlaskForm):
    """What a poll says beside its slots and its seats, each field as text."""

    required_parties = SelectMultipleField(_l("Delegations without whom no slot works"), validate_choice=False)
    closes_on = StringField(_l("Answers until"))
    closes_time = StringField(_l("At"))
    closes_zone = SelectField(_l("On the clock of"), validate_choice=False)
    closes_choice = RadioField(_l("This time comes twice that day. Which is meant?"), validate_choice=False)
    is_hidden = BooleanField(_l("Hide the answers until the poll is closed"))
    asks_one = BooleanField(_l("I only ask whether this one slot suits"))
    note = TextAreaField(_l("Note to all who are asked"))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent: for which seat, what of each slot, and a note to all or to one's own delegation."""

    seat_id: uuid.UUID
    values: Mapping[uuid.UUID, AnswerValue]
    note: str
    is_for_all: bool


def as_typed() -> Typed:
    """Return what was sent; what names no slot, or answers with no word of ours, says nothing of any."""
    values: dict[uuid.UUID, AnswerValue] = {}
    for name, value in request.form.items():
        slot_id = sent_id(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        if slot_id is not None and value in POLL_ANSWERS:
            values[slot_id] = value
    return Typed(
        seat_id=sent_id(request.form.get("seat")) or uuid.UUID(int=0),
        values=values,
        note=request.form.get("note", ""),
        is_for_all=request.form.get("readers") == FOR_ALL,
    )


def sent_id(text: str | None) -> uuid.UUID | None:
    """Return an id that was sent, None for anything else."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
