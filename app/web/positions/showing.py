"""What the pages of positions say around them: whose time, and why an act is not offered."""

from __future__ import annotations

from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.i18n import reader_language
from app.messages import message_for
from app.web.routing import viewer


def own_city() -> str:
    """Return the city whose time the viewer reads."""
    who = viewer()
    return words.city_of(who.time_zone, reader_language(), who.party)


def why_not(reason: str | None) -> str:
    """Return why the viewer may not clear or share something, nothing where they may."""
    if reason == "forbidden":
        return str(_("A coordinator or head of your delegation who did not write the last change does this."))
    return message_for(Refusal(reason)) if reason else ""
