"""What the page of an action shows of its updates, and what the viewer may do with each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import documents as papers
from app.domain.updates import host_of
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.models import ActionNote
from app.services.actions import ActionView
from app.services.note_lines import NoteLine, reported_beside, tells_more
from app.services.reported_updates import parties_to_report
from app.services.updates import last_news_on
from app.web.papers import ENDINGS
from app.web.routing import session, viewer


@dataclass(frozen=True, slots=True)
class Updates:
    """The updates of one action for one viewer.

    `beside` are reports by the party of whose leg they speak; `to_answer` the reports of the viewer's own party that
    it can contest, `to_take_over` those of them that it can make its own word.
    """

    beside: Mapping[str, NoteLine]
    to_answer: frozenset[uuid.UUID]
    to_take_over: frozenset[uuid.UUID]
    own_version: int | None
    may_report: bool
    may_say_no_change: bool
    last_news_on: dt.date
    endings: str = ENDINGS
    limit_mb: int = papers.SIZE_LIMIT_MB

    def host_of(self, note: ActionNote) -> str:
        """Return the host that a note's link leads to, nothing where it has none."""
        return host_of(note.evidence_url) if note.evidence_url else ""


def updates_of(view: ActionView) -> Updates:
    """Return what the page of an action shows of its updates; no statement."""
    who, line = viewer(), view.line
    own = line.legs.get(who.party or "") if who.sits_at_a_table else None
    reports = [each.note for each in view.notes if own and each.is_report and each.note.for_party == who.party]
    return Updates(
        beside=reported_beside(view.notes, [each.leg for each in line.legs.values()]),
        to_answer=frozenset(note.id for note in reports),
        to_take_over=frozenset(note.id for note in reports if own and not own.has_ended and tells_more(note, own.leg)),
        own_version=own.leg.version if own else None,
        may_report=can(who, Permission.REPORT_UPDATE, line.facts) and bool(parties_to_report(session(), line)),
        may_say_no_change=own is not None and own.is_owed and own.leg.is_accepted,
        last_news_on=last_news_on(session(), line.action),
    )
