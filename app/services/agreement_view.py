"""What the page of a text shows of its agreement: the silence, each party's signature, what stands in the way."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.agreement import (
    CHAIRS,
    Blocker,
    Endorsement,
    SignatureStanding,
    Signed,
    blockers,
    endorsement,
    obstacles,
    standing_of,
)
from app.domain.silence import Verdict, said_nothing
from app.domain.silence_advice import Advice, advice_on
from app.domain.visibility import Action, Facts, Viewer, can
from app.domain.zones import known_zone
from app.models import AgreedText, Party, RegisteredDocument, TextSignature
from app.services.adoption import terms_of
from app.services.people_names import names_of
from app.services.signature_rows import signature_rows
from app.services.silences import Recorded, latest_silence, recorded
from app.services.texts import WholeText

LineStanding = SignatureStanding | Literal["missing", "waits_in_silence", "agreed_in_silence", "not_needed"]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One party's word on a text as it stands; `name` where the viewer may know who gave it.

    `left_out` are the numbers of the paragraphs that it does not endorse.
    """

    party: str
    standing: LineStanding
    row: TextSignature | None = None
    name: str | None = None
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SilenceShown:
    """The last silence of a text as a page shows it: what it is now, whether or not that was written down."""

    of: Recorded
    verdict: Verdict
    advice: tuple[Advice, ...]
    is_chair: bool
    may_receive: bool
    may_speak: bool
    may_report: bool
    may_accept: bool

    @property
    def is_standing(self) -> bool:
        """Say whether it can still come to something else."""
        return not self.verdict.is_over

    def share_at(self, instant: dt.datetime) -> float:
        """Return how much of the time that it runs has passed at an instant, from 0 to 1; 0 before the clock began."""
        row = self.of.silence
        if row.opened_at is None or row.ends_at is None or row.ends_at <= row.opened_at:
            return 0.0
        return min(1.0, max(0.0, (instant - row.opened_at) / (row.ends_at - row.opened_at)))


@dataclass(frozen=True, slots=True)
class AgreementView:
    """All of it; the `may_` are what the viewer can do now. `symbol` is the number of what is adopted."""

    lines: tuple[SignatureLine, ...]
    voided_count: int
    endorsement: Endorsement
    blockers: tuple[Blocker, ...]
    obstacles: tuple[Blocker, ...]
    silence: SilenceShown | None
    capitals: Mapping[str, str]
    symbol: str | None
    is_issued: bool
    may_sign: bool
    may_confirm: bool
    may_take_back: bool
    may_circulate: bool
    may_adopt: bool
    may_amend: bool
    may_set_terms: bool


def agreement_of(session: GuardedSession, whole: WholeText, facts: Facts, issued_hash: str | None) -> AgreementView:
    """Return the agreement on a text as the viewer sees it; `issued_hash` is that of its last revision."""
    text, viewer = whole.text, session.bound_viewer
    pairs = signature_rows(session, text.id)
    signatures = tuple(signed for _, signed in pairs)
    capitals = _capitals(session, text)
    silence = _silence(session, text, facts, capitals)
    lines = _lines(session, whole, pairs, silence)
    own = next((line for line in lines if line.party == viewer.party), None)
    standing = own.standing if own else "missing"
    terms = terms_of(whole)
    blocking = blockers(terms, signatures, session.now)
    is_issued = issued_hash == text.content_hash
    signs = can(viewer, Action.SIGN_TEXT, facts) and text.state in {"draft", "under_silence"}
    is_over = silence is not None and text.state == "under_silence" and not silence.is_standing
    is_draft = text.state == "draft"
    return AgreementView(
        lines=lines,
        voided_count=sum(signed.voided_at is not None for signed in signatures),
        endorsement=endorsement(text.parties, signatures, text.content_hash, text.adopted_at or session.now),
        blockers=blocking,
        obstacles=obstacles(terms),
        silence=silence,
        capitals=capitals,
        symbol=_symbol(session, text),
        is_issued=is_issued,
        may_sign=signs and not is_over and is_issued and standing != "counts",
        may_confirm=signs and not is_over and standing == "ad_referendum",
        may_take_back=signs and not is_over and own is not None and own.row is not None,
        may_circulate=is_draft and text.kind != CHAIRS and can(viewer, Action.RUN_SILENCE, facts),
        may_adopt=is_draft and not blocking and can(viewer, Action.ADOPT_TEXT, facts),
        may_amend=text.state == "adopted" and can(viewer, Action.EDIT_TEXT, facts),
        may_set_terms=is_draft and can(viewer, Action.ADOPT_TEXT, facts),
    )


def _lines(
    session: GuardedSession,
    whole: WholeText,
    pairs: tuple[tuple[TextSignature, Signed], ...],
    silence: SilenceShown | None,
) -> tuple[SignatureLine, ...]:
    text = whole.text
    standing = {row.party_code: (row, signed) for row, signed in pairs if signed.voided_at is None}
    names = names_of(session, [row.person_id for row, _ in standing.values()])
    numbers = {str(key): number for key, number in whole.numbers.items()}
    found = []
    for party in text.parties:
        if party not in standing:
            found.append(SignatureLine(party, _without_signature(text, party, silence)))
            continue
        row, signed = standing[party]
        left_out = tuple(sorted(numbers[each] for each in row.excepted if each in numbers))
        at = text.adopted_at or session.now
        found.append(
            SignatureLine(party, standing_of(signed, text.content_hash, at), row, names.get(row.person_id), left_out)
        )
    return tuple(found)


def _without_signature(text: AgreedText, party: str, silence: SilenceShown | None) -> LineStanding:
    if silence is not None and party in silence.of.facts.agreements and (silence.is_standing or text.adopted_at):
        return "agreed_in_silence"
    if silence is not None and silence.is_standing:
        return "waits_in_silence"
    if text.kind == CHAIRS and party != text.chair_party:
        return "not_needed"
    return "missing"


def _silence(
    session: GuardedSession, text: AgreedText, facts: Facts, capitals: Mapping[str, str]
) -> SilenceShown | None:
    row = latest_silence(session, text.id)
    if row is None:
        return None
    of, viewer = recorded(session, row), session.bound_viewer
    found = of.verdict(session.now)
    is_chair = can(viewer, Action.RUN_SILENCE, facts) and viewer.party in {None, row.circulated_party, text.chair_party}
    is_timely = not found.is_over and (row.ends_at is None or session.now < row.ends_at)
    return SilenceShown(
        of=of,
        verdict=found,
        advice=advice_on(row.ends_at, session.now, capitals) if row.ends_at and is_timely else (),
        is_chair=is_chair and not found.is_over,
        may_receive=_awaits_receipt(viewer, facts, of) and not found.is_over,
        may_speak=is_timely and can(viewer, Action.BREAK_SILENCE, facts),
        may_report=is_timely and can(viewer, Action.REPORT_SILENCE_ANSWER, facts),
        may_accept=is_timely and can(viewer, Action.SIGN_TEXT, facts) and viewer.party in said_nothing(of.facts),
    )


def _awaits_receipt(viewer: Viewer, facts: Facts, of: Recorded) -> bool:
    asked = viewer.party in of.facts.parties and viewer.party not in of.facts.receipts
    return asked and can(viewer, Action.RECEIVE_SILENCE, facts)


def _capitals(session: GuardedSession, text: AgreedText) -> dict[str, str]:
    rows = session.execute(select(Party.code, Party.time_zone).where(Party.code.in_(text.parties)).order_by(Party.code))
    return {code: known_zone(zone) for code, zone in rows if zone}


def _symbol(session: GuardedSession, text: AgreedText) -> str | None:
    document_id: uuid.UUID | None = text.document_id
    if document_id is None:
        return None
    query = select(RegisteredDocument.symbol).where(RegisteredDocument.id == document_id)
    return session.execute(query).scalar_one_or_none()
