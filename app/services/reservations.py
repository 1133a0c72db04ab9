"""What a party appends to a text: a reservation, a footnote, an interpretative statement, an explanation of position.

OSCE Rules of Procedure 2006, Annex 1(A)(6): a party may join and append. It is said by who speaks for the party, goes
with the text in every language and export, and touches nobody's signature, since the text itself stays as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.markdown import cleaned
from app.domain.visibility import Action, can
from app.models import AgreedText, Reservation
from app.models.texts import RESERVATION_KINDS
from app.services.silences import silence_not_over
from app.services.text_comments import check_paragraph
from app.services.texts import facts_of_text, find_text

WORDING_LIMIT = 4_000
OPEN_STATES = ("draft", "under_silence")


@dataclass(frozen=True, slots=True)
class ReservationOrder:
    """What is to be appended; `wording` by language, `original` the one that it was written in."""

    kind: str
    wording: Mapping[str, str]
    original: str
    paragraph_id: uuid.UUID | None = None


def may_reserve(session: GuardedSession, text: AgreedText) -> bool:
    """Say whether the viewer may append something to the text for their own party."""
    return text.state in OPEN_STATES and can(session.bound_viewer, Action.RESERVE_ON_TEXT, facts_of_text(session, text))


def make_reservation(session: GuardedSession, reference: str, order: ReservationOrder) -> Reservation:
    """Append something to a text or to a paragraph of it for the viewer's own party.

    Raises `NotFound`; `Refusal` `forbidden`, `text_adopted`, `text_withdrawn`, `silence_is_over`,
    `reservation_not_needed`, `unknown_language`, and what Markdown raises.
    """
    text = _reserved_on(session, reference)
    _check(order)
    if order.paragraph_id is not None:
        check_paragraph(session, text, order.paragraph_id)
    row = Reservation(
        id=uuid.uuid4(), text_id=text.id, paragraph_id=order.paragraph_id, party_code=session.bound_viewer.party or "",
        kind=order.kind, wording=_wording(order), made_by=session.bound_viewer.person_id, made_at=session.now,
        audience_id=text.audience_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, "reservation_made", text, row)
    return row


def change_reservation(
    session: GuardedSession, reference: str, reservation_id: uuid.UUID, order: ReservationOrder, *, version: int
) -> Reservation:
    """Say otherwise what one's own party appends, or in one more language; raises as `make_reservation` does.

    Raises `StaleVersion` too; the paragraph that it stands on stays.
    """
    text = _reserved_on(session, reference)
    row = own_reservation(session, text, reservation_id)
    if row.version != version:
        raise StaleVersion(dict(order.wording), dict(row.wording))
    _check(order)
    row.kind, row.wording = order.kind, _wording(order)
    _record(session, "reservation_changed", text, row)
    return row


def withdraw_reservation(session: GuardedSession, reference: str, reservation_id: uuid.UUID) -> Reservation:
    """Withdraw what one's own party appended; it is kept and not printed. Raises as `make_reservation` does."""
    text = _reserved_on(session, reference)
    row = own_reservation(session, text, reservation_id)
    row.withdrawn_at = session.now
    _record(session, "reservation_withdrawn", text, row)
    return row


def own_reservation(session: GuardedSession, text: AgreedText, reservation_id: uuid.UUID) -> Reservation:
    """Return what the viewer's own party appended to a text and did not withdraw; raises `NotFound`."""
    found = session.execute(
        select(Reservation)
        .where(
            Reservation.id == reservation_id,
            Reservation.text_id == text.id,
            Reservation.party_code == (session.bound_viewer.party or ""),
            Reservation.withdrawn_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _reserved_on(session: GuardedSession, reference: str) -> AgreedText:
    """Return a text that is held, so that nothing is appended to it while it is adopted."""
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, Action.RESERVE_ON_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state not in OPEN_STATES:
        raise Refusal(f"text_{text.state}")
    silence_not_over(session, text)  # what it ended with is agreed since that instant, written down or not
    return text


def _check(order: ReservationOrder) -> None:
    if order.kind not in RESERVATION_KINDS:
        raise Refusal("reservation_not_needed", field="kind")
    if order.original not in words.LANGUAGES:
        raise Refusal("unknown_language", field="original")


def _wording(order: ReservationOrder) -> dict[str, str]:
    """Return the wording by language, cleaned, with the language that it was written in."""
    said = {
        code: cleaned(order.wording.get(code), f"wording_{code}", WORDING_LIMIT, required=code == order.original)
        for code in words.LANGUAGES
    }
    return {code: text for code, text in said.items() if text} | {"original": order.original}


def _record(session: GuardedSession, act: str, text: AgreedText, row: Reservation) -> None:
    session.record(
        act, "text", text.id, text.audience_id, reference=text.reference, party=row.party_code, kind=row.kind
    )
