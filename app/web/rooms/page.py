"""What the pages of a room share: its words, its hours in each city, and the bar of its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import Refusal
from app.domain.rosters import Quorum
from app.i18n import reader_language
from app.services.room_beat import beat_of
from app.services.room_view import Presence, RoomItem, RoomView, room_view
from app.services.roster_words import quorum_said
from app.web.meetings.clocks import city_of_meeting, promised
from app.web.routing import session


@dataclass(frozen=True, slots=True)
class Bar:
    """The time of a meeting as a bar, in percent: what has passed, where its items begin, and the hours under it.

    An hour has its place, how it is set there, and its words; it is the agenda's, in the time of the meeting.
    """

    passed: str
    marks: Sequence[str]
    said: str
    hours: Sequence[tuple[str, str, str]]


def opened(reference: str) -> RoomView:
    """Return the room of a meeting; raises `NotFound`, `Refusal("no_room")` where it was not opened."""
    view = room_view(session(), reference)
    if view.room is None:
        raise Refusal("no_room")
    return view


def room_page(template: str, view: RoomView, *, is_followed: bool = True, **more: Any) -> str:
    """Return a page of a room, which asks for its beat from then on where it `is_followed`."""
    language = reader_language()
    meeting = view.meeting
    return render_template(
        template,
        view=view,
        meeting=meeting,
        title=promised(meeting, language),
        city=city_of_meeting(meeting, language),
        cities=[words.list_of([words.pick(c, language)[0] for c in each.cities], language) for each in view.columns],
        beat=beat_of(session(), meeting.reference) if is_followed else "",
        bar=bar_of(view),
        presences={each.party: presence_said(each, view, language) for each in view.presences},
        order=words.party_order([each.party for each in view.presences], language),
        quorum=consensus_said(view.quorum, language),
        **more,
    )


def presence_said(presence: Presence, view: RoomView, language: str) -> Mapping[str, str]:
    """Say how a delegation is there; at which level it is spoken for only where the room attributes."""
    there = presence.present_count + presence.remote_count
    state = _("present") if there else _("absent") if presence.is_recorded else _("not recorded")
    notes = []
    if view.room is not None and view.room.chair_party == presence.party:
        notes.append(_("chair"))
    if presence.remote_count:
        notes.append(_("%(count)s by video", count=presence.remote_count))
    speaking = presence.speaking
    if view.is_attributed and speaking is not None and speaking.expected_level != speaking.actual_level:
        level = speaking.expected_level
        if level and speaking.actual_level:
            notes.append(_("for the %(level)s", level=labels.label("roster_level", level, language)))
    return {"state": state, "notes": ", ".join(notes)}


def consensus_said(quorum: Quorum | None, language: str) -> str:
    """Say whether decisions may be taken now: with every party present, by consensus (B21)."""
    if quorum is None or quorum.state == "none":
        return str(_("No attendance is recorded yet."))
    if quorum.state == "quorum":
        return str(_("Every party is present: decisions may be taken by consensus."))
    return quorum_said(quorum, language)


def behind_said(view: RoomView) -> str:
    """Say how the room stands to its agenda, in minutes."""
    if not view.is_open or not (view.running or view.coming):
        return ""
    behind = view.behind_minutes
    if behind > 0:
        return str(_("Running %(minutes)s min behind the agenda.", minutes=behind))
    if behind < 0:
        return str(_("Running %(minutes)s min ahead of the agenda.", minutes=-behind))
    return str(_("Running to the agenda."))


def bar_of(view: RoomView) -> Bar | None:
    """Return the bar of a meeting's time; none where its items take no time."""
    total = view.total_minutes
    if not total:
        return None
    marks, passed = [], 0
    for line in view.items[:-1]:
        passed += line.item.minutes
        marks.append(_percent(passed, total))
    gone = min(view.passed_minutes, total)
    said = _("Of %(total)s minutes, %(passed)s have passed.", total=total, passed=gone)
    return Bar(_percent(gone, total), marks, str(said), _hours(view))


def _hours(view: RoomView) -> list[tuple[str, str, str]]:
    """Return the hours at which the agenda begins and ends, and the present item between them."""
    first, last = view.items[0].planned, view.items[-1].planned
    if first is None or last is None:
        return []
    zone, language = view.columns[0].zone_name, reader_language()
    on = view.current.planned if view.current and view.current is not view.items[0] else None
    hours = [("0", "", words.time_of_day(words.local(first.starts_at, zone), language))]
    if view.current and on:
        before = sum(line.item.minutes for line in view.items[: view.items.index(view.current)])
        at = words.time_of_day(words.local(on.starts_at, zone), language)
        if 0.1 < before / view.total_minutes < 0.9:  # nearer to either end the hours would stand in one another
            hours.append((_percent(before, view.total_minutes), "middle", at))
    return [*hours, ("100%", "end", words.time_of_day(words.local(last.ends_at, zone), language))]


def decisions_sought(view: RoomView) -> list[RoomItem]:
    """Return the items on which a decision is sought."""
    return [line for line in view.items if line.item.type == "decision"]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%"
