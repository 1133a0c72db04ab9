"""The mail that something was shared: to whom it came, about which meeting, and nothing of what it says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import defer

from app import words
from app.db import GuardedSession
from app.domain.visibility import Viewer
from app.models import Meeting, ShareCopy
from app.services.mail_content import Composer, Content, Letterhead
from app.services.outbox import Claimed
from app.services.positions import is_still_shown

TEMPLATE: Final = "share"


def share_content(session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> Content | None:
    """Return what is to be said of a share; None where its recipient's party was not handed it, or it has expired.

    Of a non-paper it names no party.
    """
    row = session.execute(
        select(ShareCopy, Meeting.reference)
        .outerjoin(Meeting, Meeting.id == ShareCopy.meeting_id)
        .where(ShareCopy.id == uuid.UUID(str(message.payload["copy_id"])), is_still_shown(session))
        .options(defer(ShareCopy.content))
    ).one_or_none()
    if row is None or row[0].superseded_at is not None:
        return None
    copy, reference = row
    _ = words.translations(viewer.language).gettext
    if copy.from_party:
        party = words.party_name(copy.from_party, viewer.language)
        subject = _("A position was shared with your delegation: %(reference)s")
        lead = _("%(party)s has shared a position with your delegation.") % {"party": party}
    else:
        subject = _("A non-paper was handed to your delegation: %(reference)s")
        lead = _("A non-paper was handed to your delegation. It has no author and no standing.")
    return Content(
        TEMPLATE,
        subject % {"reference": reference or _("a meeting that your party has left")},
        {
            "lead": lead,
            "reference": reference,
            "link": f"{letterhead.base_url}/shares/{copy.id}",
        },
    )


COMPOSERS: Final[Mapping[str, Composer]] = {"share_received": share_content}
