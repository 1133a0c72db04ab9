"""What an address of the calendar asks for, and the addresses that ask for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from flask_babel import gettext as _

from app.domain.calendar import VIEWS, View, day_asked
from app.domain.errors import Refusal
from app.messages import message_for
from app.models.meetings import KINDS
from app.services.calendar import SHOWS, DiaryFilter

PRINT_DAYS: Final = 90
MOST_PRINT_DAYS: Final = 366
DEFAULT_VIEW: Final[View] = "month"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, and what is said of what it could not mean."""

    view: View
    on: dt.date
    narrowed: DiaryFilter
    notes: tuple[str, ...]

    def address(self, view: str | None = None, on: dt.date | None = None) -> str:
        """Return the address of another view or day, narrowed in the same way."""
        view = view or self.view
        return url_for("calendar.calendar", view=view, on=written(view, on or self.on), **kept(self.narrowed))


def asked(today: dt.date) -> Asked:
    """Return what the address of the request asks for; of what it cannot mean it keeps the default and says so."""
    notes: list[str] = []
    view = request.args.get("view") or DEFAULT_VIEW
    if view not in VIEWS:
        notes.append(_("There is no such view. The month is shown."))
        view = DEFAULT_VIEW
    on = today
    if written_on := request.args.get("on"):
        try:
            on = day_asked(written_on)
        except Refusal as refusal:
            notes.append(_("%(reason)s Today is shown.", reason=message_for(refusal)))
    return Asked(view, on, filter_asked(notes), tuple(notes))


def filter_asked(notes: list[str]) -> DiaryFilter:
    """Return what the address narrows the calendar to; where nothing at all is ticked, everything is shown."""
    shows = frozenset(request.args.getlist("show"))
    closures = tuple(dict.fromkeys(request.args.getlist("closures")))
    if shows - set(SHOWS):
        notes.append(_("Part of what was asked for cannot be shown: there is no such thing in the calendar."))
        shows &= set(SHOWS)
    narrowed = DiaryFilter()
    if shows or any(closures):
        narrowed = DiaryFilter(shows=shows, closures=tuple(filter(None, closures)))
    elif "filters" in request.args:
        notes.append(_("Nothing was ticked, so everything is shown."))
    kind = request.args.get("kind") or None
    if kind is not None and kind not in KINDS:
        notes.append(_("There is no such kind of meeting. All kinds are shown."))
        kind = None
    return DiaryFilter(
        shows=narrowed.shows,
        closures=narrowed.closures,
        mechanism=request.args.get("mechanism") or None,
        party=request.args.get("party") or None,
        level=request.args.get("level") or None,
        kind=kind,
        cancelled=request.args.get("cancelled") == "1",
    )


def days_asked(notes: list[str]) -> int:
    """Return for how many days the list to print is asked, 90 unless the address says otherwise."""
    said = request.args.get("days", str(PRINT_DAYS))
    if (
        said.isascii()
        and said.isdigit()
        and len(said) <= len(str(MOST_PRINT_DAYS))
        and 0 < int(said) <= MOST_PRINT_DAYS
    ):
        return int(said)
    notes.append(_("A list is of 1 to %(most)s days. %(shown)s are shown.", most=MOST_PRINT_DAYS, shown=PRINT_DAYS))
    return PRINT_DAYS


def written(view: str, on: dt.date) -> str:
    """Return a day as the address of a view has it: a year, a month, or the day itself."""
    return {"year": f"{on.year}", "month": f"{on:%Y-%m}"}.get(view, on.isoformat())


def kept(narrowed: DiaryFilter) -> dict[str, Any]:
    """Return what of an address narrows the calendar, without what is the default."""
    values = {
        "show": [name for name in SHOWS if name in narrowed.shows] if narrowed.closures is not None else None,
        "closures": list(narrowed.closures) if narrowed.closures is not None else None,
        "mechanism": narrowed.mechanism,
        "party": narrowed.party,
        "level": narrowed.level,
        "kind": narrowed.kind,
        "cancelled": "1" if narrowed.cancelled else None,
    }
    return {name: value for name, value in values.items() if value}


def subscribe_address(narrowed: DiaryFilter) -> str:
    """Return the address at which the same becomes a feed."""
    names = ("mechanism", "party", "level", "kind", "closures", "cancelled")
    return url_for(
        "subscriptions.new_subscription", **{name: value for name, value in kept(narrowed).items() if name in names}
    )
