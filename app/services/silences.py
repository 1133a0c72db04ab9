"""Reading silences: the one that stands on a text, all that is recorded of it, and who chairs it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.agreement import Signed, standing_of
from app.domain.errors import NotFound, Refusal
from app.domain.silence import STANDING, Reported, SilenceFacts, Verdict, verdict
from app.domain.visibility import Action, can
from app.models import AgreedText, Meeting, Silence, SilenceAnswer, SilenceReceipt
from app.services.signature_rows import signed_facts
from app.services.texts import facts_of_text, find_text


@dataclass(frozen=True, slots=True)
class Recorded:
    """A silence with its receipts and answers, in the order in which they came, and the rules' view of them all."""

    silence: Silence
    receipts: tuple[SilenceReceipt, ...]
    answers: tuple[SilenceAnswer, ...]
    facts: SilenceFacts

    def verdict(self, now: dt.datetime) -> Verdict:
        """Return what the silence is at an instant: what was written down of it, else what follows from its facts."""
        row = self.silence
        if row.state in STANDING:
            return verdict(self.facts, now)
        return Verdict(row.state, row.settled_at)  # type: ignore[arg-type]  # one of the states, by the database

    @property
    def unsettled(self) -> tuple[SilenceAnswer, ...]:
        """Return the reported answers that wait for the chair."""
        return tuple(row for row in self.answers if row.is_reported and row.settled_at is None)

    @property
    def objecting(self) -> frozenset[str]:
        """Return who objected, of its own word or as the chair found: what was reported and was none is nobody's."""
        found = {each.party for each in self.facts.reported if each.ruling == "objection"}
        return frozenset(found | {party for party, _ in self.facts.objections})


def latest_silence(session: GuardedSession, text_id: uuid.UUID) -> Silence | None:
    """Return the last silence of a text, over or not."""
    query = select(Silence).where(Silence.text_id == text_id).order_by(Silence.circulated_at.desc(), Silence.id)
    return session.execute(query.limit(1)).scalar_one_or_none()


def standing_silence(session: GuardedSession, text_id: uuid.UUID) -> Silence | None:
    """Return the silence of a text that is not over as it is written down, read anew; its text is locked by callers."""
    query = select(Silence).where(Silence.text_id == text_id, Silence.state.in_(STANDING))
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def recorded(session: GuardedSession, silence: Silence) -> Recorded:
    """Return all that is recorded of a silence that this session may see, in three statements."""
    receipts = session.execute(
        select(SilenceReceipt)
        .where(SilenceReceipt.silence_id == silence.id)
        .order_by(SilenceReceipt.received_at, SilenceReceipt.party_code)
    ).scalars()
    answers = session.execute(
        select(SilenceAnswer).where(SilenceAnswer.silence_id == silence.id).order_by(SilenceAnswer.said_at)
    ).scalars()
    kept, said = tuple(receipts), tuple(answers)
    return Recorded(silence, kept, said, facts_of_rows(silence, kept, said, signed_facts(session, silence.text_id)))


def facts_of_rows(
    silence: Silence, receipts: Iterable[SilenceReceipt], answers: Sequence[SilenceAnswer], signatures: Iterable[Signed]
) -> SilenceFacts:
    """Return what the rules need to know of a silence.

    Who has signed the same content has agreed. How the chair settled an answer shows in what became of the silence.
    """
    own = [row for row in answers if not row.is_reported]
    agreed = {row.party_code: row.said_at for row in own if row.kind == "agreement"}
    for each in signatures:
        if standing_of(each, silence.content_hash, each.confirmed_at or each.signed_at) == "counts":
            at = each.confirmed_at or each.signed_at
            agreed[each.party] = min(agreed.get(each.party, at), at)
    is_withdrawn = silence.state == "withdrawn"
    return SilenceFacts(
        parties=frozenset(silence.parties),
        hours=silence.hours,
        until_at=silence.until_at,
        ends_at=silence.ends_at,
        receipts={row.party_code: row.received_at for row in receipts},
        objections=tuple((row.party_code, row.said_at) for row in own if row.kind == "objection"),
        agreements={party: at for party, at in agreed.items() if party in silence.parties},
        reported=tuple(_reported(silence, row) for row in answers if row.is_reported),
        withdrawn_at=silence.settled_at if is_withdrawn else None,
    )


def _reported(silence: Silence, row: SilenceAnswer) -> Reported:
    if row.settled_at is None:
        return Reported(row.party_code, row.said_at)
    broke = silence.state == "broken" and silence.settled_at == row.settled_at
    return Reported(row.party_code, row.said_at, row.settled_at, "objection" if broke else "no_objection")


def decided(session: GuardedSession, silence: Silence) -> Recorded:
    """Return what is recorded of a silence on the whole truth: what the viewer may not see decides as well.

    Its rows belong to the session that read them, and are not to be written.
    """
    with session.whole_truth("decide a silence") as truth:
        return recorded(truth, truth.get_one(Silence, silence.id))


def silence_to_act_on(session: GuardedSession, reference: str, action: Action) -> tuple[AgreedText, Silence]:
    """Return a text, held, and its silence, for an act on it.

    Raises `NotFound`; `Refusal` `forbidden`, `no_silence`, and `silence_is_over` where it has ended, whether or not
    that was written down.
    """
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, action, facts_of_text(session, text)):
        raise Refusal("forbidden")
    silence = silence_not_over(session, text)
    if silence is None:
        raise _over(session, text)
    return text, silence


def silence_not_over(session: GuardedSession, text: AgreedText) -> Silence | None:
    """Return the silence that a text, which is held, is under; None where it is under none.

    Raises `Refusal("silence_is_over")` where that has ended, whether or not it was written down.
    """
    silence = standing_silence(session, text.id)
    if silence is not None:
        found = decided(session, silence).verdict(session.now)
        if found.is_over:
            raise Refusal("silence_is_over", state=found.state, at=found.at, zone=silence.time_zone)
    return silence


def _over(session: GuardedSession, text: AgreedText) -> Refusal:
    last = latest_silence(session, text.id)
    if last is None:
        return Refusal("no_silence")
    at = text.adopted_at if last.state == "adopted" else last.settled_at
    return Refusal("silence_is_over", state=last.state, at=at, zone=last.time_zone)


def reported_answer(session: GuardedSession, text: AgreedText, answer_id: uuid.UUID) -> SilenceAnswer:
    """Return what was reported while a text was under its last silence; raises `NotFound` for anything else."""
    last = latest_silence(session, text.id)
    query = select(SilenceAnswer).where(
        SilenceAnswer.id == answer_id,
        SilenceAnswer.is_reported.is_(True),
        SilenceAnswer.silence_id == (last.id if last else None),
    )
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def is_chaired_by_viewer(session: GuardedSession, text: AgreedText, silence: Silence) -> bool:
    """Say whether the viewer is of the side that circulated it, of the chair's party, or serves the text's parties."""
    viewer = session.bound_viewer
    if not can(viewer, Action.RUN_SILENCE, facts_of_text(session, text)):
        return False
    return viewer.party is None or viewer.party in {silence.circulated_party, text.chair_party}


def mechanism_of_text(session: GuardedSession, text: AgreedText) -> uuid.UUID | None:
    """Return the mechanism that a text is of, by itself or by its meeting."""
    if text.mechanism_id is not None or text.meeting_id is None:
        return text.mechanism_id
    meeting = session.get(Meeting, text.meeting_id)
    return meeting.mechanism_id if meeting else None
