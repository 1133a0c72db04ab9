"""Signing a text: exactly the content that was shown, for one's own party, by who speaks for it, and by no other."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.agreement import check_confirm_by, check_exceptions, standing_of
from app.domain.errors import Refusal
from app.domain.visibility import Action, can
from app.domain.zones import known_zone
from app.models import AgreedText, Party, TextRevision, TextSignature
from app.services.adoption import adopt, adopt_if_agreed, check_shown
from app.services.agreement_post import tell_of_text
from app.services.signature_rows import signature_rows
from app.services.silences import decided, silence_not_over, standing_silence
from app.services.texts import facts_of_text, find_text, whole_text


@dataclass(frozen=True, slots=True)
class SignatureOrder:
    """What is signed: the content by its hash as the form showed it, and how.

    `confirm_by_on` is a day of the party's capital; `excepted` are the ids of the paragraphs that are not endorsed.
    """

    shown_hash: str
    way: Literal["signed", "ad_referendum"] = "signed"
    confirm_by_on: dt.date | None = None
    excepted: frozenset[str] = frozenset()


def sign(session: GuardedSession, reference: str, order: SignatureOrder) -> TextSignature:
    """Sign a text for the viewer's own party; the last signature that it needs adopts it.

    An earlier one ad referendum, or one that has lapsed, is replaced. Raises `NotFound`; `StaleVersion` where the
    content is another by now; `Refusal` `forbidden`, `text_adopted`, `text_withdrawn`, `silence_is_over`,
    `revision_not_issued`, `already_signed`, and what the rules raise of days and exceptions.
    """
    text = _to_sign(session, reference)
    check_shown(text, order.shown_hash)
    check_issued(session, text)
    party = session.bound_viewer.party or ""
    paragraphs = {str(each) for each in whole_text(session, text).numbers}
    check_exceptions(text.kind, order.excepted, paragraphs)
    confirm_by = _confirm_by(session, text, party, order) if order.way == "ad_referendum" else None
    _replace_own(session, text, party)
    row = TextSignature(
        id=uuid.uuid4(), text_id=text.id, revision_number=text.revision, party_code=party,
        content_hash=text.content_hash, way=order.way, excepted=sorted(order.excepted),
        person_id=session.bound_viewer.person_id, signed_at=session.now, confirm_by_on=confirm_by,
        audience_id=text.audience_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.record(
        "text_signed", "text", text.id, text.audience_id, reference=text.reference, party=party, way=order.way,
        content_hash=text.content_hash, excepted=len(order.excepted),
    )  # fmt: skip
    if not _adopt(session, text):
        tell_of_text(session, "text_signed", text, signature_id=str(row.id))
    return row


def confirm(session: GuardedSession, reference: str, shown_hash: str) -> TextSignature:
    """Confirm a signature that was given ad referendum: from here on it counts.

    Raises `NotFound`; `StaleVersion`; `Refusal` as `sign` does, `nothing_to_confirm`, `referendum_lapsed`.
    """
    text = _to_sign(session, reference)
    check_shown(text, shown_hash)
    party = session.bound_viewer.party
    own = [pair for pair in signature_rows(session, text.id) if pair[0].party_code == party and not pair[0].voided_at]
    row, signed = own[0] if own else (None, None)
    if row is None or signed is None or row.way != "ad_referendum" or row.confirmed_at is not None:
        raise Refusal("nothing_to_confirm")
    standing = standing_of(signed, text.content_hash, session.now)
    if standing != "ad_referendum":
        raise Refusal("referendum_lapsed")
    row.confirmed_at, row.confirmed_by = session.now, session.bound_viewer.person_id
    session.record("text_confirmed", "text", text.id, text.audience_id, reference=text.reference, party=party)
    session.flush()
    if not _adopt(session, text):
        tell_of_text(session, "text_signed", text, signature_id=str(row.id))
    return row


def take_back(session: GuardedSession, reference: str) -> AgreedText:
    """Take the signature of the viewer's own party back, as long as the text is not adopted; it is kept as void.

    Raises as `sign` does; `Refusal` `nothing_signed`.
    """
    text = _to_sign(session, reference)
    row = _own_standing(session, text, session.bound_viewer.party or "")
    if row is None:
        raise Refusal("nothing_signed")
    row.voided_at, row.void_reason = session.now, "taken_back"
    session.record(
        "text_signature_taken_back", "text", text.id, text.audience_id, reference=text.reference, party=row.party_code
    )
    session.flush()
    tell_of_text(session, "text_signatures_voided", text)
    return text


def check_issued(session: GuardedSession, text: AgreedText) -> None:
    """Refuse to bind anybody to a content that was not issued as a revision; raises `Refusal("revision_not_issued")`.

    What was signed, or put under silence, can be read again as it was, whatever becomes of the text.
    """
    query = select(TextRevision.content_hash).where(
        TextRevision.text_id == text.id, TextRevision.number == text.revision
    )
    if session.execute(query).scalar_one_or_none() != text.content_hash:
        raise Refusal("revision_not_issued")


def _to_sign(session: GuardedSession, reference: str) -> AgreedText:
    """Return a text, held, that the viewer can sign or not sign; also one under silence that has not ended."""
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, Action.SIGN_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state not in {"draft", "under_silence"}:
        raise Refusal(f"text_{text.state}")
    silence_not_over(session, text)
    return text


def _confirm_by(session: GuardedSession, text: AgreedText, party: str, order: SignatureOrder) -> dt.date:
    zone = known_zone(session.get_one(Party, party).time_zone or "UTC")
    silence = standing_silence(session, text.id)
    ends_at = (silence.ends_at or silence.until_at) if silence else None
    last = today_in(ends_at, zone) if ends_at else None
    return check_confirm_by(order.confirm_by_on, today_in(session.now, zone), last)


def _own_standing(session: GuardedSession, text: AgreedText, party: str) -> TextSignature | None:
    query = select(TextSignature).where(
        TextSignature.text_id == text.id, TextSignature.party_code == party, TextSignature.voided_at.is_(None)
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def _replace_own(session: GuardedSession, text: AgreedText, party: str) -> None:
    """Void what the party gave before, where that is not a signature that counts already."""
    row = _own_standing(session, text, party)
    if row is None:
        return
    signed = next(signed for each, signed in signature_rows(session, text.id) if each.id == row.id)
    if standing_of(signed, text.content_hash, session.now) == "counts":
        raise Refusal("already_signed")
    row.voided_at, row.void_reason = session.now, "replaced"
    session.flush()  # a party has one that stands


def _adopt(session: GuardedSession, text: AgreedText) -> bool:
    """Adopt the text where this was the last that it needed: by signatures, or with those who agreed in the silence.

    What was reported of a party holds either, until the chair has settled it.
    """
    silence = standing_silence(session, text.id)
    of = decided(session, silence) if silence is not None else None
    if of is not None and of.unsettled:
        return False
    if adopt_if_agreed(session, text):
        return True
    if of is None:
        return False
    found = of.verdict(session.now)
    if found.state != "adopted" or found.at is None:
        return False
    adopt(session, text, way="silence", at=found.at, by=session.bound_viewer.person_id)
    return True
