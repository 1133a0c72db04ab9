"""The page of everything that happened to an action."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from app import words
from app.domain.updates import host_of
from app.i18n import reader_language
from app.models import ActionNote
from app.services.due_moves import MoveLine
from app.services.timeline import KINDS, Timeline
from app.web.actions.history import sentence_of, who
from app.web.routing import viewer


def history_page(found: Timeline, kind: str | None) -> str:
    """Return the page of a timeline, narrowed to a kind or not."""
    language = reader_language()
    return render_template(
        "actions/history.html",
        action=found.line.action,
        events=found.events,
        kind=kind,
        kinds=[(None, _("Everything"), sum(found.counts.values())), *_kinds(found)],
        author=lambda line: who(line.author, line.note.party_code, language),
        sentence=lambda entry: sentence_of(entry, language),
        moved=_moved,
        host_of=_host_of,
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )


def _kinds(found: Timeline) -> list[tuple[str, str, int]]:
    """Return the kinds that one can narrow to, in words, with how many there are of each."""
    said = {
        "notes": _("Notes and reports"),
        "states": _("States and owners"),
        "days": _("Due days"),
        "rest": _("The rest"),
    }
    return [(kind, said[kind], found.counts[kind]) for kind in KINDS]


def _moved(line: MoveLine, party: str | None) -> str:
    """Say from when to when a day moved, by whom."""
    language, move = reader_language(), line.move
    days = [words.date_short(day, language) if day else str(_("none")) for day in (move.was_on, move.now_on)]
    doer = who(line.author, move.party_code, language)
    name = words.party_name(party, language) if party else ""
    said = _("%(party)s: due day from %(old)s to %(new)s, by %(who)s.", party=name, old=days[0], new=days[1], who=doer)
    return str(said)


def _host_of(note: ActionNote) -> str:
    return host_of(note.evidence_url) if note.evidence_url else ""
