"""Adopting a text: what stands in the way, the act itself, and what follows from it. An adopted text never changes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import text_languages
from app.domain.agreement import CHAIRS, Blocker, TextTerms, blockers, obstacles
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.models import AgreedText, Silence
from app.services.adopted_documents import register_adopted
from app.services.agreement_post import tell_of_text
from app.services.signature_rows import signed_facts
from app.services.text_languages import make_authentic, standings_of
from app.services.texts import WholeText, facts_of_text, find_text, whole_text

Way = Literal["signatures", "silence", "chair"]


def terms_of(whole: WholeText) -> TextTerms:
    """Return what a text needs to be agreed, as it stands."""
    text = whole.text
    return TextTerms(
        kind=text.kind,
        parties=frozenset(text.parties),
        content_hash=text.content_hash,
        chair_party=text.chair_party,
        open_brackets=whole.open_count,
        brackets_noted=text.brackets_noted,
        uncleared=text_languages.waited_for(standings_of(whole), needs_all=text.needs_all_languages),
    )


def blockers_of(session: GuardedSession, text: AgreedText) -> tuple[Blocker, ...]:
    """Return all that stands in the way of adopting a text by signatures; nothing, and it may be adopted."""
    with session.whole_truth("decide whether a text is agreed") as truth:
        signatures = signed_facts(truth, text.id)
    return blockers(terms_of(whole_text(session, text)), signatures, session.now)


def obstacles_of(session: GuardedSession, text: AgreedText) -> tuple[Blocker, ...]:
    """Return what stands in the way of adopting a text in whatever way: brackets, languages."""
    return obstacles(terms_of(whole_text(session, text)))


def adopt(session: GuardedSession, text: AgreedText, *, way: Way, at: dt.datetime, by: uuid.UUID | None = None) -> None:
    """Adopt a text, once: it gets its number, is told to all at once, and never changes from here on.

    Whoever calls has decided, on the whole truth, that it is agreed; `at` is the instant that adopted it, `by` who
    stands in its register. What is not cleared in a language is still to be translated. Raises `Refusal`
    `text_adopted`, `text_withdrawn`.
    """
    query = select(AgreedText).where(AgreedText.id == text.id).with_for_update()
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one()
    if row.state in {"adopted", "withdrawn"}:
        raise Refusal(f"text_{row.state}")
    missing = make_authentic(session, row)
    session.flush()
    row.document_id = register_adopted(session, row, by or row.created_by).id
    row.state, row.adopted_at, row.adopted_way, row.changed_at = "adopted", at, way, session.now
    if missing:
        row.needs_all_languages = False  # what it says from here on: subject to translation
    _end_silence(session, row)
    session.record(
        "text_adopted", "text", row.id, row.audience_id, reference=row.reference, way=way, at=at.isoformat(),
        content_hash=row.content_hash, subject_to_translation=list(missing),
    )  # fmt: skip
    session.flush()
    tell_of_text(session, "text_adopted", row)


def adopt_if_agreed(session: GuardedSession, text: AgreedText) -> bool:
    """Adopt a text where the last signature that it needs is there and nothing else stands in the way."""
    if text.kind == CHAIRS or blockers_of(session, text):
        return False
    adopt(session, text, way="signatures", at=session.now, by=session.bound_viewer.person_id)
    return True


def adopt_now(session: GuardedSession, reference: str, shown_hash: str) -> AgreedText:
    """Adopt, or issue as its chair's own, a text that waits for nothing any more.

    It is the text whose content was shown. Raises `NotFound`; `Refusal` `forbidden`, `text_under_silence`,
    `text_adopted`, `text_withdrawn`, `text_not_agreed` (`blockers`); `StaleVersion` where the content is another.
    """
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, Action.ADOPT_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state != "draft":
        raise Refusal(f"text_{text.state}")
    check_shown(text, shown_hash)
    found = blockers_of(session, text)
    if found:
        raise Refusal("text_not_agreed", blockers=found)
    way: Way = "chair" if text.kind == CHAIRS else "signatures"
    adopt(session, text, way=way, at=session.now, by=session.bound_viewer.person_id)
    return text


def check_shown(text: AgreedText, shown_hash: str) -> None:
    """Refuse an act on a content that is not the one that stands; raises `StaleVersion` with the hashes of both."""
    if shown_hash != text.content_hash:
        raise StaleVersion({"content_hash": shown_hash}, {"content_hash": text.content_hash})


def _end_silence(session: GuardedSession, text: AgreedText) -> None:
    """Write down that the silence on a text is over with its adoption, in whatever way that came."""
    standing = select(Silence).where(Silence.text_id == text.id, Silence.state.in_(("circulated", "running", "held")))
    for row in session.execute(standing.execution_options(populate_existing=True)).scalars():
        row.state, row.settled_at = "adopted", session.now
