"""The languages of a text: how far each is, and moving one on; three equals, one of which was written first."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain import text_languages as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.name_orders import NAME_ORDERS, NameOrder, Names, ordered
from app.domain.text_languages import Pair, Standing
from app.domain.visibility import Action, can
from app.models import AgreedText, Meeting, MeetingParty, TextLanguage
from app.services.text_agreement import change_terms, void_signatures
from app.services.texts import WholeParagraph, WholeText, facts_of_text, find_text, whole_text

# That a language is right, or not wanted, is said by who speaks for a party or serves all of them.
STEERED_STATES: Final = frozenset({"cleared", "not_needed"})


def standings_of(whole: WholeText) -> tuple[Standing, ...]:
    """Return how far a text is in each language, the original first; one that has no row yet is requested."""
    original = whole.text.original_language
    order = [original, *(language for language in words.LANGUAGES if language != original)]
    return tuple(_standing(whole, language) for language in order)


def _standing(whole: WholeText, language: str) -> Standing:
    row = whole.languages.get(language)
    state = row.state if row is not None else "requested"
    pairs = (pair_of(each, whole.text.original_language, language) for each in whole.paragraphs)
    return rules.standing(language, _known(state), whole.text.original_language, pairs)


def _known(state: str) -> rules.LanguageState:
    known: dict[str, rules.LanguageState] = {
        "not_needed": "not_needed", "requested": "requested", "draft": "draft", "in_revision": "in_revision",
        "cleared": "cleared", "authentic": "authentic",
    }  # fmt: skip
    return known[state]


def pair_of(paragraph: WholeParagraph, original: str, language: str) -> Pair:
    """Return a paragraph's wording in the original and in another language."""
    first, second = paragraph.wordings.get(original), paragraph.wordings.get(language)
    return Pair(
        str(paragraph.id),
        first.markdown if first else "",
        first.version if first else 0,
        second.markdown if second else None,
        second.of_version if second else None,
    )


def set_language(
    session: GuardedSession, reference: str, language: str, state: str, *, version: int, due_on: dt.date | None = None
) -> AgreedText:
    """Say how far a text is in a language, and by when it is wanted; `version` is that of the row that was shown.

    Anybody at the table moves a language on. That it is cleared, or not needed, is for who speaks for a party or serves
    all of them; what is cleared was last written by somebody else. Raises `NotFound`; `Refusal` `forbidden`,
    `text_adopted`, `clears_own_words`, `clearing_needs_a_coordinator`, what `check_state` refuses; `StaleVersion`.
    """
    text = find_text(session, reference, lock=True)
    facts = facts_of_text(session, text)
    if not can(session.bound_viewer, Action.TRANSLATE_TEXT, facts):
        raise Refusal("forbidden")
    whole = whole_text(session, text)
    row = whole.languages.get(language)
    if row is None:
        raise NotFound
    is_still_to_come = text.state == "adopted" and row.state not in rules.READY
    if text.state != "draft" and not is_still_to_come:
        raise Refusal(f"text_{text.state}")
    if row.version != version:
        raise StaleVersion({"state": state, "due_on": due_on}, {"state": row.state, "due_on": row.due_on})
    rules.check_state(_standing(whole, language), state)
    if state in STEERED_STATES and state != row.state:
        if not can(session.bound_viewer, Action.ADOPT_TEXT, facts):
            raise Refusal("clearing_needs_a_coordinator", field="state")
        _check_two_people(session, whole, language, state)
    before = row.state
    _void_what_relied_on(session, text, before, state)
    row.state, row.due_on = state, due_on
    row.changed_by, row.changed_at = session.bound_viewer.person_id, session.now
    session.record(
        "text_language_moved", "text", text.id, text.audience_id, reference=text.reference, language=language,
        was=before, state=state, due=due_on.isoformat() if due_on else None,
    )  # fmt: skip
    return text


def _check_two_people(session: GuardedSession, whole: WholeText, language: str, state: str) -> None:
    """Hold clearing to somebody who did not write the newest words of the language."""
    wordings = [each.wordings[language] for each in whole.paragraphs if language in each.wordings]
    newest = max(wordings, key=lambda wording: wording.changed_at, default=None)
    if state == "cleared" and newest is not None and newest.changed_by == session.bound_viewer.person_id:
        raise Refusal("clears_own_words", field="state")


def wording_written(session: GuardedSession, text: AgreedText, language: str, *, has_words: bool) -> None:
    """Let the states of the languages follow an edit of a wording in one of them."""
    rows = session.execute(select(TextLanguage).where(TextLanguage.text_id == text.id)).scalars()
    for row in rows:
        known = _known(row.state)
        if row.language == language:
            after = rules.after_edit(known, has_words=has_words)
        elif language == text.original_language:
            after = rules.after_original_edit(known)
        else:
            continue
        if after != row.state:
            _void_what_relied_on(session, text, row.state, after)
            row.state, row.changed_by, row.changed_at = after, session.bound_viewer.person_id, session.now


def _void_what_relied_on(session: GuardedSession, text: AgreedText, before: str, after: str) -> None:
    """Void what was signed while a version was cleared that is cleared no more: the versions are equals."""
    if text.state == "draft" and before in rules.READY and after not in rules.READY:
        void_signatures(session, text, "edited")


def make_authentic(session: GuardedSession, text: AgreedText) -> tuple[str, ...]:
    """Let each language that is cleared be authentic, since the text is adopted; return those still to come."""
    standings = standings_of(whole_text(session, text))
    rows = session.execute(select(TextLanguage).where(TextLanguage.text_id == text.id)).scalars()
    by_language = {row.language: row for row in rows}
    for each in standings:
        if each.state in rules.READY and not each.faults and each.language in by_language:
            row = by_language[each.language]
            row.state, row.changed_at = "authentic", session.now
    return rules.subject_to(standings)


# Names -------------------------------------------------------------------------------------------


def names_for(session: GuardedSession, text: AgreedText, language: str, *, original_of: str | None = None) -> Names:
    """Return the names that a version of a text has: its order, and whose original it is (None: nobody's)."""
    host = host_of(session, text)
    order = ordered(
        words.party_order(text.parties, language), _order(text.name_order), host=host, original_of=original_of
    )
    return Names(order, language, {code: words.party_name(code, language) for code in order})


def set_name_order(session: GuardedSession, reference: str, order: str, *, version: int) -> AgreedText:
    """Say in which order the versions of a text name its parties.

    The wording stays what it is, and so does what was signed. Raises `NotFound`; `Refusal` `forbidden`,
    `unknown_name_order`, `text_…` for one that is a draft no more; `StaleVersion`.
    """
    text = _steered(session, reference)
    if order not in NAME_ORDERS:
        raise Refusal("unknown_name_order", field="name_order")
    if text.version != version:
        raise StaleVersion({"name_order": order}, {"name_order": text.name_order})
    if order != text.name_order:
        session.record(
            "text_names_ordered", "text", text.id, text.audience_id, reference=text.reference, was=text.name_order,
            order=order,
        )  # fmt: skip
        text.name_order, text.changed_at = order, session.now
    return text


def set_all_needed(session: GuardedSession, reference: str, *, needs_all: bool, version: int) -> AgreedText:
    """Say whether adoption waits for every language or is subject to translation; voids what was signed.

    Raises `NotFound`; `Refusal` `forbidden`, `text_…` for one that is a draft no more; `StaleVersion`.
    """
    text = _steered(session, reference)
    if text.version != version:
        raise StaleVersion({"needs_all": needs_all}, {"needs_all": text.needs_all_languages})
    change_terms(session, text, needs_all_languages=needs_all)
    return text


def _steered(session: GuardedSession, reference: str) -> AgreedText:
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, Action.ADOPT_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state != "draft":
        raise Refusal(f"text_{text.state}")
    return text


def _order(written: str) -> NameOrder:
    return next(known for known in NAME_ORDERS if known == written)


def host_of(session: GuardedSession, text: AgreedText) -> str | None:
    """Return the party that hosts the meeting of a text, where one does alone or first by its code."""
    if text.meeting_id is None:
        return None
    return session.execute(
        select(MeetingParty.party_code)
        .join(Meeting, Meeting.id == MeetingParty.meeting_id)
        .where(Meeting.id == text.meeting_id, MeetingParty.hosting == "host", MeetingParty.removed.is_(False))
        .order_by(MeetingParty.party_code)
        .limit(1)
    ).scalar_one_or_none()
