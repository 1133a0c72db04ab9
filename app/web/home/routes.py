"""The first page, and two short pages about using the others."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.catalogue import load_shipped
from app.domain.visibility import Action, Role, Viewer, can
from app.i18n import reader_language
from app.services import home as service
from app.services.dispatches import held_mails
from app.services.home import Home
from app.services.home_capitals import Capital
from app.web.decisions.words import asked_words
from app.web.meetings.listing import row_of
from app.web.releases.page import parties_for_guest
from app.web.routing import PUBLIC, route, session, signed_in, viewer

blueprint = Blueprint("home", __name__)

DAYBREAK: Final = 6
WORK_BEGINS: Final = 9
WORK_ENDS: Final = 17
NIGHTFALL: Final = 22
SATURDAY: Final = 5

PAGES: Final = {Role.ADMINISTRATOR: "home/administrator.html", Role.GUEST: "home/guest.html"}


@route(blueprint, "/", policy=signed_in(Action.READ_OWN_PAGES))
def home() -> ResponseReturnValue:
    """Show what needs the viewer, the next meetings, and the dates to agree."""
    found = service.first_page(session())
    who = viewer()
    return render_template(PAGES.get(who.role, "home/home.html"), found=found, **shown(found, who, reader_language()))


@route(blueprint, "/accessibility", policy=PUBLIC)
def accessibility() -> ResponseReturnValue:
    """Say what the pages hold to, and what to do where they fail somebody."""
    return render_template("home/accessibility.html")


@route(blueprint, "/keyboard", policy=PUBLIC)
def keyboard() -> ResponseReturnValue:
    """Say how the pages are used from the keyboard."""
    return render_template("home/keyboard.html")


def shown(found: Home, who: Viewer, language: str) -> dict[str, Any]:
    """Return what the pages show of the viewer's first page, in words."""
    own = next((capital for capital in found.capitals if capital.party.code == who.party), None)
    parties = parties_for_guest(session(), who, found.next_meetings)
    return {
        "today": found.today,
        "can_draft": can(who, Action.DRAFT_MEETING),
        "city": words.city_of(who.time_zone, language, who.party),
        "own_capital": words.pick(own.party.capital, language)[0] if own else None,
        "held_mails": held_mails(session()) if found.waiting.held_count else (),
        "capitals": [
            (capital, words.time_of_day(capital.at, language), hours_there(capital, language))
            for capital in found.capitals
        ],
        "asked": {need.decision.decision.id: asked_words(need.decision) for need in found.needs if need.decision},
        "meetings": [row_of(line, who, language, parties) for line in found.next_meetings],
    }


def hours_there(capital: Capital, language: str) -> str:
    """Return what part of the day it is in a capital: a closure that the catalogue knows, a weekend, or the hours."""
    closure = _closure(capital.party.code, capital.at.date(), language)
    if closure:
        return str(_("closed: %(holiday)s", holiday=closure))
    if capital.at.weekday() >= SATURDAY:
        return str(_("weekend"))
    hour = capital.at.hour
    if WORK_BEGINS <= hour < WORK_ENDS:
        return str(_("working hours"))
    if DAYBREAK <= hour < WORK_BEGINS:
        return str(_("early morning"))
    return str(_("evening") if WORK_ENDS <= hour < NIGHTFALL else _("night"))


def _closure(party: str, day: dt.date, language: str) -> str | None:
    found = (each for each in load_shipped().calendar.closures if each.party == party and each.date == day)
    return next((each.name.in_language(language) for each in found), None)
