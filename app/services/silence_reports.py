"""What came by note, mail or telephone while a text was under silence: entered, marked as reported, and settled.

It is never a party's own word: it holds the adoption until the chair has said whether it was an objection.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.silence import Ruling, check_answer
from app.domain.visibility import Action
from app.models import Silence, SilenceAnswer
from app.models.texts import SILENCE_ANSWERS
from app.services.adoption import adopt_if_agreed
from app.services.agreement_post import tell_of_text
from app.services.documents import keep_paper
from app.services.meeting_life import CHANNELS, Paper
from app.services.silence_acts import adopt_if_over, chaired, end_unadopted
from app.services.silence_receipts import add_receipt
from app.services.silences import decided, is_chaired_by_viewer, silence_to_act_on
from app.services.text_agreement import void_signature_of

NOTE_LIMIT: Final = 4000
RULINGS: Final[tuple[Ruling, ...]] = ("objection", "no_objection")


@dataclass(frozen=True, slots=True)
class SilenceReport:
    """What a party answered outside of Entente: `objection`, `agreement`, or that it has `received` the text."""

    party: str
    kind: str
    channel: str
    note: str
    paper: Paper | None = None


def report_answer(session: GuardedSession, reference: str, report: SilenceReport) -> Silence:
    """Enter what another party answered; it is told, with all the others, and the adoption is held.

    That it has received the text is for the chair to enter: it can be the receipt that starts the clock.
    Raises `NotFound`; `Refusal` `forbidden`, `no_silence`, `silence_is_over`, `silence_too_late`, `silence_not_asked`,
    `report_is_for_others`, `not_the_chair`, `required`, and what texts and papers raise.
    """
    text, silence = silence_to_act_on(session, reference, Action.REPORT_SILENCE_ANSWER)
    if report.party == session.bound_viewer.party:
        raise Refusal("report_is_for_others", field="party")
    if report.kind not in (*SILENCE_ANSWERS, "received"):
        raise Refusal("required", field="kind")
    if report.channel not in CHANNELS:
        raise Refusal("required", field="channel")
    check_answer(decided(session, silence).facts, report.party, session.now)
    note = paragraphs(report.note, "note", NOTE_LIMIT, required=True)
    if report.kind == "received":
        if not is_chaired_by_viewer(session, text, silence):
            raise Refusal("not_the_chair", field="kind")
        add_receipt(session, text, silence, report.party, note=note)
        return silence
    paper_id = _kept(session, silence, report.paper)
    row = SilenceAnswer(
        id=uuid.uuid4(), silence_id=silence.id, party_code=report.party, kind=report.kind, words=note, is_reported=True,
        document_id=paper_id, person_id=session.bound_viewer.person_id, said_at=session.now,
        audience_id=silence.audience_id,
    )  # fmt: skip
    session.add(row)
    silence.state = "held"
    session.record(
        "silence_answer_reported", "text", text.id, text.audience_id, reference=text.reference, party=report.party,
        kind=report.kind, channel=report.channel, document=str(paper_id) if paper_id else None,
    )  # fmt: skip
    session.flush()
    tell_of_text(session, "silence_answer_reported", text, silence_id=str(silence.id), answer_id=str(row.id))
    return silence


def settle_answer(
    session: GuardedSession, reference: str, answer_id: uuid.UUID, ruling: str, note: str, *, version: int
) -> Silence:
    """Say what a reported answer was: an objection, which breaks the silence; or none, and the clock decides.

    Where the clock has run out the text is adopted now. Raises `NotFound`; `Refusal` as `chaired` does, `required`,
    `reason_required`, `settled_already`; `StaleVersion`.
    """
    text, silence = chaired(session, reference, version)
    row = session.get(SilenceAnswer, answer_id)
    if row is None or row.silence_id != silence.id or not row.is_reported:
        raise NotFound
    if row.settled_at is not None:
        raise Refusal("settled_already")
    if ruling not in RULINGS:
        raise Refusal("required", field="ruling")
    said = paragraphs(note, "note", NOTE_LIMIT)
    if not said:
        raise Refusal("reason_required", field="note")
    row.settled_at, row.settled_by = session.now, session.bound_viewer.person_id
    silence.settle_note = "\n\n".join(each for each in (silence.settle_note, said) if each)
    session.record(
        "silence_answer_settled", "text", text.id, text.audience_id, reference=text.reference, party=row.party_code,
        ruling=ruling,
    )  # fmt: skip
    if ruling == "objection":
        end_unadopted(session, text, silence, "broken")
        void_signature_of(session, text, row.party_code)
        session.flush()
        tell_of_text(session, "silence_broken", text, silence_id=str(silence.id))
        return silence
    session.flush()
    is_settled = not decided(session, silence).unsettled
    if is_settled:
        silence.state = "circulated" if silence.ends_at is None else "running"
    # Who signed while the answer waited is waited for no more.
    if not adopt_if_over(session, text, silence) and not (is_settled and adopt_if_agreed(session, text)):
        tell_of_text(session, "silence_answer_settled", text, silence_id=str(silence.id))
    return silence


def _kept(session: GuardedSession, silence: Silence, paper: Paper | None) -> uuid.UUID | None:
    if paper is None:
        return None
    kept = keep_paper(
        session, file_name=paper.file_name, content=paper.content, audience_id=silence.audience_id, field="paper"
    )
    return kept.id
