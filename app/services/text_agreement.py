"""What follows from a change of a text: its content hash is another, and what was signed is signed no more."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.models import AgreedText, TextSignature
from app.services.agreement_post import tell_of_text
from app.services.texts import whole_text

VoidReason = Literal["edited", "terms", "taken_back", "replaced"]


def text_changed(session: GuardedSession, text: AgreedText) -> None:
    """Take note that a wording, the title or the order of a text has changed; every signature on it is void then.

    A change in a translation leaves the content as it is: what adoption waits for is that it is cleared, and one that
    was cleared voids the signatures where it changes (see `text_languages`). Raises
    `Refusal` `text_under_silence`, `text_adopted`, `text_withdrawn` where the content of such a text would change.
    """
    session.flush()
    found = whole_text(session, text).hash_in(text.original_language)
    if found != text.content_hash:
        if text.state != "draft":
            raise Refusal(f"text_{text.state}")
        text.content_hash = found
        void_signatures(session, text, "edited")
    if text.state != "adopted":
        text.changed_at = session.now


def void_signatures(session: GuardedSession, text: AgreedText, reason: VoidReason) -> int:
    """Void every signature that stands on a text, tell its parties, and return how many there were.

    Each of them is kept, with what it was on.
    """
    standing = select(TextSignature).where(TextSignature.text_id == text.id, TextSignature.voided_at.is_(None))
    rows = session.execute(standing.with_for_update()).scalars().all()
    for row in rows:
        row.voided_at, row.void_reason = session.now, reason
    if rows:
        session.record(
            "text_signatures_voided", "text", text.id, text.audience_id, reference=text.reference, reason=reason,
            parties=sorted(row.party_code for row in rows),
        )  # fmt: skip
        tell_of_text(session, "text_signatures_voided", text)
    return len(rows)


def void_signature_of(session: GuardedSession, text: AgreedText, party: str) -> None:
    """Void the signature of a party that objects to what it signed: until it signs anew it has not agreed."""
    standing = select(TextSignature).where(
        TextSignature.text_id == text.id, TextSignature.party_code == party, TextSignature.voided_at.is_(None)
    )
    for row in session.execute(standing.with_for_update()).scalars():
        row.voided_at, row.void_reason = session.now, "taken_back"
        session.record(
            "text_signature_taken_back", "text", text.id, text.audience_id, reference=text.reference, party=party
        )


def change_terms(session: GuardedSession, text: AgreedText, **terms: object) -> None:
    """Change what a text needs to be agreed: `brackets_noted`, `needs_all_languages`, `chair_party`.

    Who signed did so on other terms: their signatures are void. Raises `Refusal` as `text_changed` does.
    """
    changed = {name: value for name, value in terms.items() if getattr(text, name) != value}
    if not changed:
        return
    if text.state != "draft":
        raise Refusal(f"text_{text.state}")
    for name, value in changed.items():
        setattr(text, name, value)
    text.changed_at = session.now
    session.record("text_terms_changed", "text", text.id, text.audience_id, reference=text.reference, **changed)
    void_signatures(session, text, "terms")
