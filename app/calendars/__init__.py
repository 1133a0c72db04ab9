"""Entries to iCalendar bytes, as the feeds, downloads and invitations need them."""

# First of all, so that icalendar finds the pinned zone data in force.
from app.domain import zones as _zones  # noqa: F401
