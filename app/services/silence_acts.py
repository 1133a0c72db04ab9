"""What is said of a text under silence: objections, early agreement, more time, withdrawal; all are told at once.

A party says it for itself and in time; what is done to the silence as a whole is done by the side that chairs it.
"""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.silence import check_answer, check_extension
from app.domain.visibility import Action
from app.models import AgreedText, Silence, SilenceAnswer
from app.services.adoption import adopt, check_shown
from app.services.agreement_post import tell_of_text
from app.services.silence_circulation import EndOrder
from app.services.silence_receipts import add_receipt
from app.services.silences import decided, is_chaired_by_viewer, silence_to_act_on
from app.services.text_agreement import void_signature_of

WORDS_LIMIT: Final = 10_000


def break_silence(session: GuardedSession, reference: str, words: str) -> SilenceAnswer:
    """Object in writing for the viewer's own party: the text is not adopted, and all are told why at once.

    What the party signed before is void: a signature that stood would adopt, over its objection, with the others'.
    Raises `NotFound`; `Refusal` `forbidden`, `no_silence`, `silence_is_over`, `silence_too_late`, `silence_not_asked`,
    `required` on `words`, and what texts raise.
    """
    text, silence = silence_to_act_on(session, reference, Action.BREAK_SILENCE)
    party = session.bound_viewer.party or ""
    check_answer(decided(session, silence).facts, party, session.now)
    said = paragraphs(words, "words", WORDS_LIMIT, required=True)
    row = _answer(session, silence, party, "objection", said)
    end_unadopted(session, text, silence, "broken")
    void_signature_of(session, text, party)
    session.record("silence_broken", "text", text.id, text.audience_id, reference=text.reference, party=party)
    session.flush()
    tell_of_text(session, "silence_broken", text, silence_id=str(silence.id))
    return row


def accept_early(session: GuardedSession, reference: str, shown_hash: str) -> Silence:
    """Agree for the viewer's own party before the end; once all have, of their own word, the text is adopted.

    To agree is to have received it. A party that agreed can still object in time. Raises as `break_silence` does;
    `StaleVersion` where the content is another; `Refusal("accepted_already")`.
    """
    text, silence = silence_to_act_on(session, reference, Action.SIGN_TEXT)
    party = session.bound_viewer.party or ""
    facts = decided(session, silence).facts
    check_answer(facts, party, session.now)
    check_shown(text, shown_hash)
    said = select(SilenceAnswer.id).where(
        SilenceAnswer.silence_id == silence.id,
        SilenceAnswer.party_code == party,
        SilenceAnswer.kind == "agreement",
        SilenceAnswer.is_reported.is_(False),
    )
    if session.execute(said).first() is not None:
        raise Refusal("accepted_already")
    _answer(session, silence, party, "agreement", None)
    session.record("silence_accepted", "text", text.id, text.audience_id, reference=text.reference, party=party)
    add_receipt(session, text, silence, party)
    session.flush()
    if not adopt_if_over(session, text, silence):
        tell_of_text(session, "silence_accepted", text, silence_id=str(silence.id))
    return silence


def extend_silence(session: GuardedSession, reference: str, order: EndOrder, *, version: int) -> Silence:
    """Give a silence a later end, before the one that stands, and tell all at once; it is never made shorter.

    Before the last receipt it is the instant wished that moves. Raises as `break_silence` does; `Refusal`
    `not_the_chair`, `silence_not_later`, `silence_in_the_past`, and what wall times raise; `StaleVersion`.
    """
    text, silence = chaired(session, reference, version)
    until = order.resolved()
    check_extension(decided(session, silence).facts, until.instant, session.now)
    silence.until_at, silence.time_zone, silence.tzdata_version = until.instant, until.zone_name, until.tzdata
    if silence.ends_at is not None:
        silence.ends_at = until.instant
    silence.extended_count += 1
    session.record(
        "silence_extended", "text", text.id, text.audience_id, reference=text.reference,
        until_at=until.instant.isoformat(), zone=until.zone_name,
    )  # fmt: skip
    session.flush()
    tell_of_text(session, "silence_extended", text, silence_id=str(silence.id))
    return silence


def withdraw_silence(session: GuardedSession, reference: str, reason: str, *, version: int) -> Silence:
    """Take a text back from under silence, with a reason that all read; it is a draft again.

    Raises as `extend_silence` does; `Refusal` `reason_required`.
    """
    text, silence = chaired(session, reference, version)
    said = paragraphs(reason, "reason", WORDS_LIMIT)
    if not said:
        raise Refusal("reason_required", field="reason")
    silence.settle_note = said
    end_unadopted(session, text, silence, "withdrawn")
    session.record("silence_withdrawn", "text", text.id, text.audience_id, reference=text.reference)
    session.flush()
    tell_of_text(session, "silence_withdrawn", text, silence_id=str(silence.id))
    return silence


def chaired(session: GuardedSession, reference: str, version: int | None = None) -> tuple[AgreedText, Silence]:
    """Return a text and its silence for an act of the side that chairs it.

    Raises as `silence_to_act_on` does; `Refusal("not_the_chair")`; `StaleVersion` where it changed since it was shown.
    """
    text, silence = silence_to_act_on(session, reference, Action.RUN_SILENCE)
    if not is_chaired_by_viewer(session, text, silence):
        raise Refusal("not_the_chair")
    if version is not None and version != silence.version:
        raise StaleVersion({"version": version}, {"version": silence.version})
    return text, silence


def end_unadopted(session: GuardedSession, text: AgreedText, silence: Silence, state: str) -> None:
    """End a silence of which nothing is adopted: its text is a draft again, with all that stood in it."""
    silence.state, silence.settled_at = state, session.now
    text.state, text.changed_at = "draft", session.now


def adopt_if_over(session: GuardedSession, text: AgreedText, silence: Silence) -> bool:
    """Adopt the text where, on the whole truth, that is what the silence has come to; say whether it did."""
    session.flush()
    found = decided(session, silence).verdict(session.now)
    if found.state != "adopted" or found.at is None:
        return False
    adopt(session, text, way="silence", at=found.at, by=session.bound_viewer.person_id)
    return True


def _answer(session: GuardedSession, silence: Silence, party: str, kind: str, words: str | None) -> SilenceAnswer:
    row = SilenceAnswer(
        id=uuid.uuid4(), silence_id=silence.id, party_code=party, kind=kind, words=words, is_reported=False,
        person_id=session.bound_viewer.person_id, said_at=session.now, audience_id=silence.audience_id,
    )  # fmt: skip
    session.add(row)
    return row
