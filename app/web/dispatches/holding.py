"""The box on the page of an act that holds its mails."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import gettext as _

from app.services.held_mails import hold_mails
from app.web.routing import session

FIELD: Final = "hold_mails"


def hold_if_asked() -> None:
    """Hold the mails that the act of this request causes, where its box was ticked."""
    if is_asked():
        hold_mails(session())


def is_asked() -> bool:
    """Say whether the box was ticked."""
    return bool(request.form.get(FIELD))


def with_mails(done: str, told: str = "") -> str:
    """Return what is said after an act: that it is done, and `told`, or that its mails are held."""
    return f"{done} {_('Its mails are held, until your side sends them.') if is_asked() else told}".strip()
