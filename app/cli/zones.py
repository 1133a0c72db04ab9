"""`flask --app wsgi zones …`: what the zone data in force makes of the times promised."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.domain.zone_changes import ZoneChange
from app.domain.zones import tzdata_version
from app.extension import database
from app.models import Meeting
from app.services.zone_changes import affected_meetings

group = AppGroup("zones", help="Time zones.")


@group.command("check")
def check() -> None:
    """List the meetings to come that the zone data in force puts at another moment than was promised."""
    with database().system_session("list the meetings that new zone data puts elsewhere") as session:
        lines = [_line(meeting, change) for meeting, _mechanism, change in affected_meetings(session)]
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo(f"Zone data {tzdata_version()} bears out every meeting to come.")
        return
    counted = "1 meeting waits" if len(lines) == 1 else f"{len(lines)} meetings wait"
    click.echo(f"{counted} for a decision at /zone-changes; nothing has moved.")


def _line(meeting: Meeting, change: ZoneChange) -> str:
    """Return a meeting by its reference and who proposed it, never by what it is about; instants in UTC."""
    when = change.promised.when
    owner = meeting.proposed_by or "secretariat"
    wall = f"{when.first_day} {change.promised.starts:%H:%M} {when.zone_name}"
    before = f"{when.starts_at:%Y-%m-%d %H:%M} UTC by {change.promised.tzdata}"
    return f"{meeting.reference}, {owner}: {wall}: {before}, now {_now(change)}"


def _now(change: ZoneChange) -> str:
    """Return what the data in force says instead."""
    said = {"skipped": "skipped by the clocks", "zone_gone": "no such zone"}.get(change.kind)
    starts = [f"{reading.when.starts_at:%Y-%m-%d %H:%M} UTC" for reading in change.readings]
    return f"{said or ' or '.join(starts)} by {change.release}"
