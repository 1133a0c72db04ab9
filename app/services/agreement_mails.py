"""The mails of texts that are agreed or not, each composed on a session of its recipient.

What was meant for later than now says nothing any more: that something runs, once it is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.silence import said_nothing
from app.domain.visibility import Viewer
from app.models import AgreedText, RegisteredDocument, Silence, SilenceAnswer, TextSignature
from app.services.agreement_words import instant_words
from app.services.mail_content import Composer, Content, Letterhead, header_text
from app.services.outbox import Claimed
from app.services.silences import Recorded, recorded

TEMPLATE: Final = "agreement"
# What only a silence that stands is told of.
WHILE_STANDING: Final = frozenset(
    {
        "silence_circulated", "silence_opened", "silence_accepted", "silence_extended", "silence_answer_reported",
        "silence_answer_settled", "silence_reminder",
    }
)  # fmt: skip


def agreement_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> Content | None:
    """Return what is to be said of a text; None where its recipient does not see it, or it is of no use any more."""
    text = session.execute(
        select(AgreedText).where(AgreedText.id == uuid.UUID(str(message.payload["text_id"])))
    ).scalar_one_or_none()
    if text is None:
        return None
    of = _silence(session, message)
    if not _is_of_use(session, viewer, message.kind, text, of):
        return None
    language = viewer.language
    picked, title_language = words.pick(text.title, language)
    title = header_text(picked)
    subject, lead = _subject_and_lead(message.kind, language)
    return Content(
        TEMPLATE,
        subject % {"title": title},
        {
            "lead": lead,
            "title": title,
            "title_language": title_language or language,
            "reference": text.reference,
            "lines": _lines(session, viewer, message, text, of),
            "said": _said(message, of),
            "link": f"{letterhead.base_url}/texts/{text.reference}",
        },
    )


def _silence(session: GuardedSession, message: Claimed) -> Recorded | None:
    named = message.payload.get("silence_id")
    silence = session.get(Silence, uuid.UUID(str(named))) if named else None
    return recorded(session, silence) if silence is not None else None


def _is_of_use(session: GuardedSession, viewer: Viewer, kind: str, text: AgreedText, of: Recorded | None) -> bool:
    if kind.startswith("silence_") and of is None:
        return False
    if kind in WHILE_STANDING and of is not None and of.verdict(session.now).is_over:
        return False
    if kind == "silence_reminder" and of is not None:
        return viewer.party in said_nothing(of.facts)
    return text.state == "adopted" or kind != "text_adopted"


def _subject_and_lead(kind: str, language: str) -> tuple[str, str]:
    """Return the subject of a mail about a text, with a place for its title, and its first sentence."""
    return {**_of_silences(language), **_of_texts(language)}[kind]


def _of_silences(language: str) -> dict[str, tuple[str, str]]:
    _ = words.translations(language).gettext
    return {
        "silence_circulated": (
            _("Under silence: %(title)s"),
            _(
                "A text was put under the silence procedure. Say that your delegation has received it: the clock begins"
                " when every delegation has."
            ),
        ),
        "silence_opened": (
            _("The silence runs: %(title)s"),
            _("Every delegation has received this text. If none objects in writing before the end, it is adopted."),
        ),
        "silence_accepted": (
            _("Accepted early: %(title)s"),
            _("A delegation has accepted this text before the end of the silence. Once all have, it is adopted."),
        ),
        "silence_extended": (_("More time: %(title)s"), _("The silence on this text ends later now.")),
        "silence_broken": (
            _("Silence broken, not adopted: %(title)s"),
            _("The silence on this text was broken. It is not adopted."),
        ),
        "silence_withdrawn": (
            _("No longer under silence: %(title)s"),
            _("This text was taken back from under silence. It is not adopted."),
        ),
        "silence_lapsed": (
            _("Not received by all, not adopted: %(title)s"),
            _("Not every delegation had received this text in time. The silence never ran, and nothing is adopted."),
        ),
        "silence_answer_reported": (
            _("An answer was reported, adoption is held: %(title)s"),
            _(
                "Somebody entered what a delegation answered outside of Entente. It counts neither as an objection nor"
                " as silence: nothing is adopted until the chair has settled it."
            ),
        ),
        "silence_answer_settled": (
            _("A reported answer was settled: %(title)s"),
            _("The chair has settled what was reported: it was no objection. The silence goes on."),
        ),
        "silence_reminder": (
            _("A day or less to object: %(title)s"),
            _("Your delegation has said nothing yet. If none objects in writing before the end, this text is adopted."),
        ),
    }


def _of_texts(language: str) -> dict[str, tuple[str, str]]:
    _ = words.translations(language).gettext
    return {
        "text_signed": (_("Signed: %(title)s"), _("A delegation has signed this text.")),
        "text_signatures_voided": (
            _("Signatures void: %(title)s"),
            _("What was signed on this text counts no more: it changed, or a signature was taken back."),
        ),
        "text_withdrawn": (
            _("Put aside: %(title)s"),
            _("This text was put aside. It is kept as it stood, and can be taken up again."),
        ),
        "text_taken_up": (
            _("Taken up again: %(title)s"),
            _("This text is a draft again. What was signed of it stands as it stood."),
        ),
        "text_adopted": (_("Adopted: %(title)s"), _("This text is adopted. It does not change any more.")),
    }


def _lines(
    session: GuardedSession, viewer: Viewer, message: Claimed, text: AgreedText, of: Recorded | None
) -> list[str]:
    """Return the facts under the title: when, who, and the number that it has now."""
    if message.kind == "text_adopted":
        return _adopted(session, viewer, text)
    if message.kind == "text_signed":
        return _signature(session, viewer, message)
    return _instants(viewer, message.kind, of) if of is not None else []


def _instants(viewer: Viewer, kind: str, of: Recorded) -> list[str]:
    _ = words.translations(viewer.language).gettext
    row = of.silence
    if kind not in WHILE_STANDING:
        objecting = words.party_order(of.objecting, viewer.language)
        named = words.list_of([words.party_name(code, viewer.language) for code in objecting], viewer.language)
        return [_("Objection: %(party)s") % {"party": named}] if kind == "silence_broken" and objecting else []
    at = row.ends_at or row.until_at
    said = _("The silence ends: %(when)s") if row.ends_at else _("To be received before: %(when)s")
    lines = [said % {"when": instant_words(at, row.time_zone, viewer.language)}]
    if viewer.time_zone != row.time_zone:
        own = instant_words(at, viewer.time_zone, viewer.language, viewer.party)
        lines.append(_("In your time: %(when)s") % {"when": own})
    return lines


def _adopted(session: GuardedSession, viewer: Viewer, text: AgreedText) -> list[str]:
    _ = words.translations(viewer.language).gettext
    document = session.get(RegisteredDocument, text.document_id) if text.document_id else None
    lines = [_("Number: %(symbol)s") % {"symbol": document.symbol}] if document and document.symbol else []
    if text.adopted_at is not None:
        when = instant_words(text.adopted_at, viewer.time_zone, viewer.language, viewer.party)
        lines.append(_("Adopted: %(when)s") % {"when": when})
    if not text.needs_all_languages:
        lines.append(_("Adopted subject to translation."))
    return lines


def _signature(session: GuardedSession, viewer: Viewer, message: Claimed) -> list[str]:
    _ = words.translations(viewer.language).gettext
    row = session.get(TextSignature, uuid.UUID(str(message.payload["signature_id"])))
    if row is None:
        return []
    values = {"party": words.party_name(row.party_code, viewer.language)}
    if row.confirm_by_on is None or row.confirmed_at is not None:
        return [_("By: %(party)s") % values]
    day = words.date_long(row.confirm_by_on, viewer.language)
    return [_("By: %(party)s, ad referendum; its capital is to confirm by %(day)s") % {**values, "day": day}]


def _said(message: Claimed, of: Recorded | None) -> str | None:
    """Return what was written: the reason of an objection or a withdrawal, or what was reported."""
    if of is None:
        return None
    if message.kind == "silence_withdrawn":
        return of.silence.settle_note
    if message.kind == "silence_broken":
        own: list[SilenceAnswer] = [
            each for each in of.answers if each.kind == "objection" and each.party_code in of.objecting
        ]
        return own[-1].words if own else of.silence.settle_note
    named: Any = message.payload.get("answer_id")
    return next((each.words for each in of.answers if str(each.id) == named), None)


COMPOSERS: Final[Mapping[str, Composer]] = dict.fromkeys(
    (*sorted(_of_silences("en")), *sorted(_of_texts("en"))), agreement_content
)
