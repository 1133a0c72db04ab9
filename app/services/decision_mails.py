"""The mails about decisions that the parties of a mechanism are asked for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from app import labels, words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.visibility import Viewer
from app.services import decision_effects as _effects  # noqa: F401 - each of its services gives its kind words
from app.services.decision_lists import DecisionView, decision_view
from app.services.decision_words import asker, on_what, said_of
from app.services.mail_content import Composer, Content, Letterhead
from app.services.outbox import Claimed


def _decision_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> Content | None:
    """Return what is to be said of a decision; None when the recipient does not see it, or it is over meanwhile.

    What people wrote stands in the mail, never in its subject.
    """
    try:
        view = decision_view(session, uuid.UUID(str(message.payload["decision_id"])))
    except NotFound:
        return None
    language, decision = viewer.language, view.decision
    if decision.state != "open" and message.kind in {"decision_asked", "decision_answered"}:
        return None  # that it is over is told by a message of its own
    said = said_of(view.line.told, language)
    subject, lead = _decision_subject_and_lead(message.kind, view, language)
    answers = [
        (words.party_name(code, language), labels.label("answer", row.answer if row else "none", language))
        for code in words.party_order(decision.parties, language)
        for row in (view.answers.get(code),)
    ]
    wanted_on = view.line.wanted_on if decision.state == "open" else None
    return Content(
        "decision",
        subject % {"title": said.title},
        {
            "lead": lead,
            "title": said.title,
            "on": on_what(view.line.told, language),
            "lines": said.lines,
            "changes": said.changes,
            "asker": asker(decision, language),
            "note": decision.note,
            "answers": answers,
            "wanted_on": words.date_long(wanted_on, language) if wanted_on else None,
            "link": f"{letterhead.base_url}/decisions/{decision.id}",
        },
    )


def _decision_subject_and_lead(kind: str, view: DecisionView, language: str) -> tuple[str, str]:
    """Return the subject of a mail about a decision, with a place for its title, and its first sentence."""
    _ = words.translations(language).gettext
    who = asker(view.decision, language)
    if kind == "decision_asked":
        return (
            _("%(who)s asks: %(title)s") % {"who": who, "title": "%(title)s"},
            _("%(who)s asks the parties to decide this. It holds once every party has said yes.") % {"who": who},
        )
    if kind == "decision_taken":
        return _("Decided: %(title)s"), _("Every party said yes: this is in force.")
    if kind == "decision_withdrawn":
        return _("Withdrawn: %(title)s"), _("This was withdrawn. What stood before stands.")
    # Who asks answers in the same moment: of two at once, the other one is the news.
    asked_by = view.decision.asked_by_party
    latest = max(view.answers.values(), key=lambda row: (row.answered_at, row.party_code != asked_by))
    values = {
        "party": words.party_name(latest.party_code, language),
        "answer": labels.label("answer", latest.answer, language),
    }
    return (
        _("%(party)s answers %(answer)s: %(title)s") % {**values, "title": "%(title)s"},
        _("%(party)s has answered %(answer)s. It holds once every party has said yes.") % values,
    )


COMPOSERS: Final[Mapping[str, Composer]] = dict.fromkeys(
    ("decision_asked", "decision_answered", "decision_taken", "decision_withdrawn"), _decision_content
)
