"""What the pages of decisions say beside the words of a kind: who asked, where it stands, what an answer causes.

The words of a kind itself (title, lines, what would change) are declared with `@says(kind)` of
`app.services.decision_words`, since mails say them too.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app import words
from app.domain.visibility import Viewer
from app.i18n import reader_language
from app.models import Decision
from app.services import decision_effects as _effects  # noqa: F401 - each of its services gives its kind words
from app.services.decision_lists import DecisionLine, DecisionView
from app.services.decision_words import Told, asker, on_what, said_of

__all__ = ["address_of", "asked_words", "asker", "on_what", "said_of", "standing_of", "state_of"]


def state_of(decision: Decision) -> str:
    """Return the one word for where a decision stands."""
    states = {
        "open": pgettext("state of a decision", "open"),
        "taken": pgettext("state of a decision", "decided"),
        "withdrawn": pgettext("state of a decision", "withdrawn"),
    }
    return str(states[decision.state])


def standing_of(line: DecisionLine, viewer: Viewer, language: str) -> str:
    """Return the one sentence that matters now."""
    decision = line.decision
    if decision.state == "taken":
        return str(_("Every party said yes: it is in force."))
    if decision.state == "withdrawn":
        return str(_("It was withdrawn. What stood before stands."))
    missing = party_list(line.waits_for, language)
    if viewer.party in line.waits_for and not viewer.speaks_for_party:
        return str(_("It waits for %(parties)s. Your coordinator or head answers for your party.", parties=missing))
    return str(_("What stands holds until every party has said yes. It waits for %(parties)s.", parties=missing))


def party_list(codes: Sequence[str], language: str) -> str:
    """Return parties by their names, in the order of the reader's alphabet."""
    return words.list_of([words.party_name(code, language) for code in words.party_order(codes, language)], language)


def address_of(told: Told) -> str | None:
    """Return where what a decision is on has its page; None where it has none."""
    if told.decision.kind == "commitment":
        return url_for("commitments.commitment", ref=told.content["ref"])
    if told.meeting is not None:
        return url_for("meetings.meeting", ref=told.meeting.reference)
    return url_for("mechanisms.mechanism", code=told.mechanism.code) if told.mechanism is not None else None


def asked_words(line: DecisionLine) -> dict[str, str]:
    """Return the words of a decision for the list of what waits for the reader: who asks what, and on what."""
    language = reader_language()
    title = said_of(line.told, language).title
    who = asker(line.decision, language)
    return {"title": _("%(who)s asks: %(title)s", who=who, title=title), "on": on_what(line.told, language)}


def asked_by_person(view: DecisionView) -> str | None:
    """Return the name of the person who asked, to those who may know it."""
    return view.names.get(view.decision.asked_by)
