"""Topics that a mechanism sets aside: nothing on one is put to a meeting before every party has consented, with a note.

A title that touches on one is refused, and its maker can ask for consent; what is asked is added at the last yes. Any
party may also point out that an item is on such a topic, whatever its title: it then waits for consent.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import labels, words
from app.db import GuardedSession
from app.domain.agenda_overlap import topic_touched
from app.domain.agenda_standing import check_other_business
from app.domain.errors import Refusal
from app.domain.plaintext import paragraphs
from app.models import Decision, Meeting
from app.services.agenda_acts import OpenAgenda, check_may_change, open_agenda, place_new, row_of
from app.services.agenda_content import ItemWords, checked_values, chosen_parties, parties_of_new
from app.services.agenda_revisions import keep_revision, snapshot_of
from app.services.agenda_standing import topics_set_aside
from app.services.decision_words import Said, Told, says
from app.services.decisions import NOTE_LIMIT, Asked, ask, effect


@dataclass(frozen=True, slots=True)
class Consent:
    """What was said of an item on a topic set aside: the topic, the note, and the decision that it waits for or had."""

    topic: str
    decision: Decision

    @property
    def is_given(self) -> bool:
        """Say whether every party consented."""
        return self.decision.state == "taken"


def ask_item(session: GuardedSession, reference: str, item: ItemWords, note: str) -> Decision:
    """Ask every party to consent to an item on a topic set aside; the note says why, and stays.

    Raises what adding an item raises; `Refusal` `reason_required` (`note`), `no_topic_touched`, `forbidden`.
    """
    agenda = open_agenda(session, reference, is_agreed=True)  # nothing is added before it is
    parties = parties_of_new(session, agenda.meeting, item.parties)
    values = checked_values(agenda.meeting, item, parties)
    check_may_change(session, agenda, parties)
    if not parties:
        check_other_business(item.kind, agenda.standing.state)
    topic = topic_touched(values["title"], topics_set_aside(session, agenda.meeting.mechanism_id))
    if topic is None:
        raise Refusal("no_topic_touched", field="title_en")
    proposer = item.proposed_by or session.bound_viewer.party
    content = {"do": "item", "topic": topic, "values": {**values, "proposed_by": proposer}, "parties": list(parties)}
    return _ask(session, agenda.meeting, content, uuid.uuid4(), parties, note)


def point_out(session: GuardedSession, reference: str, item_id: uuid.UUID, topic: str, note: str) -> Decision:
    """Say that an item is on a topic set aside; until every party consents it is neither issued nor adopted.

    Who says so has not consented. Raises what `open_agenda` raises; `NotFound`; `Refusal` `unknown_topic`,
    `reason_required` (`note`), `pointed_out_already`, `agenda_is_adopted`, `forbidden`.
    """
    agenda = open_agenda(session, reference)
    row = row_of(agenda, item_id)
    check_may_change(session, agenda, row.parties)
    if row.removed:
        raise Refusal("not_in_state")
    if topic not in topics_set_aside(session, agenda.meeting.mechanism_id):
        raise Refusal("unknown_topic", field="topic")
    known = consents_of(session, agenda.meeting).get(row.id)
    if known is not None:
        raise Refusal("consented_already" if known.is_given else "pointed_out_already", field="topic")
    content = {"do": "keep", "topic": topic, "values": {"title": dict(row.title)}, "parties": list(row.parties)}
    return _ask(session, agenda.meeting, content, row.id, tuple(row.parties), note, is_own_yes=False)


def consents_of(session: GuardedSession, meeting: Meeting) -> Mapping[uuid.UUID, Consent]:
    """Return, by item, what was asked or given of consent that the viewer may see, and was not withdrawn."""
    rows = session.execute(
        select(Decision)
        .where(Decision.meeting_id == meeting.id, Decision.kind == "topic", Decision.state != "withdrawn")
        .options(selectinload(Decision.answers))
        .order_by(Decision.asked_at, Decision.id)
    ).scalars()
    return {row.subject_id: Consent(str(row.content["topic"]), row) for row in rows if row.subject_id is not None}


def _ask(
    session: GuardedSession,
    meeting: Meeting,
    content: dict[str, Any],
    subject_id: uuid.UUID,
    parties: tuple[str, ...],
    note: str,
    *,
    is_own_yes: bool = True,
) -> Decision:
    if not paragraphs(note, "note", NOTE_LIMIT):
        raise Refusal("reason_required", field="note")
    return ask(
        session,
        Asked(
            "topic", content, parties or chosen_parties(meeting), meeting=meeting, subject_id=subject_id, note=note,
            is_apart=bool(parties), is_own_yes=is_own_yes,
        ),
    )  # fmt: skip


# What the last yes does, and its words ---------------------------------------------------------------


@effect("topic")
def take_topic(session: GuardedSession, decision: Decision) -> None:
    """Add the item that every party consented to; one that stood already has waited, and waits no more.

    Raises what adding an item raises.
    """
    if decision.content["do"] != "item" or decision.meeting_id is None:
        return
    agenda = _agreed(session, decision.meeting_id)
    parties = tuple(decision.content["parties"])
    values = {**decision.content["values"]}
    if values.get("lead_party") not in (frozenset(parties) or chosen_parties(agenda.meeting)):
        values["lead_party"] = None
    place_new(session, agenda, values, parties, item_id=decision.subject_id)
    if agenda.standing.state == "adopted" and not parties:
        keep_revision(session, agenda.meeting, snapshot_of(agenda.series_of(())), "adopted")


def _agreed(session: GuardedSession, meeting_id: uuid.UUID) -> OpenAgenda:
    reference = session.execute(select(Meeting.reference).where(Meeting.id == meeting_id)).scalar_one()
    return open_agenda(session, reference, is_agreed=True)


@says("topic")
def say_topic(told: Told, language: str) -> Said:
    """Say which item is on which topic, what a yes does, and why it was asked."""
    gettext = words.translations(language).gettext
    content = told.content
    title = words.pick(content["values"]["title"], language)[0]
    topic = gettext("The mechanism sets this topic aside: “%(topic)s”.") % {"topic": content["topic"]}
    if content["do"] == "keep":
        heading = gettext("Consent to an item on a topic set aside: %(title)s") % {"title": title}
        what = gettext("The item is on the agenda. It is neither issued nor adopted before every party consents.")
    else:
        heading = gettext("Put an item on a topic set aside on the agenda: %(title)s") % {"title": title}
        kind = labels.label("item_type", content["values"]["type"], language)
        minutes = words.number(content["values"]["minutes"], language)
        what = gettext("For %(type)s, %(minutes)s minutes. It is added once every party has consented.")
        what %= {"type": kind, "minutes": minutes}
    return Said(str(heading), (str(topic), str(what)))
