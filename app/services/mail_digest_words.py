"""What a digest says: each thing that happened to a meeting or a poll once, as it stands when the mail is sent.

Its lines are what the mails of each kind would say by themselves, on the recipient's own session.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from app import words
from app.db import GuardedSession
from app.domain.dispatches import DIGEST
from app.domain.visibility import Viewer
from app.logs import get_logger
from app.services.mail_content import Composer, Content, Letterhead
from app.services.outbox import Claimed

MOST_LINES: Final = 50


def digest_composer(composers: Callable[[], Mapping[str, Composer]]) -> Composer:
    """Return what composes digests from what the composers of each kind say."""

    def compose(session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> Content | None:
        found = []
        for told in message.payload["told"]:
            one = dataclasses.replace(message, kind=told["kind"], payload=told["payload"])
            content = _said(composers().get(one.kind), session, viewer, one, letterhead)
            if content is not None:
                found.append(_line(content, viewer.language))
        return _digest(found, viewer, letterhead) if found else None

    return compose


def _said(
    composer: Composer | None, session: GuardedSession, viewer: Viewer, one: Claimed, letterhead: Letterhead
) -> Content | None:
    """Return what one mail would say; what cannot be composed is left out, and keeps nothing else from being read."""
    if composer is None:
        return None
    try:
        return composer(session, viewer, one, letterhead)
    except Exception:  # noqa: BLE001 - as with single mails, one that cannot be composed holds up no other
        get_logger().exception("message not composed", message=str(one.id), message_kind=one.kind)
        return None


def _line(content: Content, language: str) -> dict[str, Any]:
    values = content.values
    return {
        "subject": content.subject,
        "language": values.get("title_language") or language,
        "lead": values.get("lead"),
        "reference": values.get("reference"),
        "state": values.get("state"),
        "times": values.get("times") or (),
        "place": values.get("place"),
        "reason": values.get("reason"),
        "link": values.get("link"),
    }


def _digest(lines: list[dict[str, Any]], viewer: Viewer, letterhead: Letterhead) -> Content:
    _ = words.translations(viewer.language)
    count = {"num": words.number(len(lines), viewer.language)}
    subject = _.ngettext("%(num)s news of your meetings", "%(num)s news of your meetings", len(lines)) % count
    left = len(lines) - MOST_LINES
    more = None
    if left > 0:
        said = _.ngettext("And %(num)s more, in Entente:", "And %(num)s more, in Entente:", left)
        more = said % {"num": words.number(left, viewer.language)}
    values = {
        "lead": _.gettext("This is what happened to meetings and polls, each as it stands now."),
        "lines": lines[:MOST_LINES],
        "more": more,
        "all": f"{letterhead.base_url}/meetings",
        "profile": f"{letterhead.base_url}/profile",
    }
    return Content(DIGEST, subject, values)
