"""The agenda of a meeting: one blueprint for its page, its items, proposals, revisions and what is asked of all."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, url_for

from app.domain.visibility import Action
from app.models import Meeting
from app.web.routing import signed_in

blueprint = Blueprint("agenda", __name__)
EDITS: Final = signed_in(Action.EDIT_AGENDA)
ISSUES: Final = signed_in(Action.ISSUE_AGENDA)
PROPOSES: Final = signed_in(Action.PROPOSE_ITEM)
READS: Final = signed_in(Action.READ_MEETINGS)


def address(meeting: Meeting, anchor: str | None = None, **more: Any) -> str:
    """Return the address of a meeting's agenda, at an item or part of it."""
    return url_for("agenda.agenda", ref=meeting.reference, _anchor=anchor, **more)
