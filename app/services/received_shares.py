"""What other parties handed to the viewer's: a copy that somebody opens, and it is known who of one's own has read it.

The giver learns that the party opened it and when it first did, never who or how many.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.models import AgendaItem, Meeting, ShareCopy, ShareReading, ShareRecipient
from app.services.people_names import names_of
from app.services.position_contents import Content, opened
from app.services.positions import is_still_shown, place_of


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy with what it is about, and who of the viewer's delegation opened it when.

    `content` is None for somebody who has not opened it themselves.
    """

    copy: ShareCopy
    meeting: Meeting | None
    item: AgendaItem | None
    content: Content | None
    read_at: Mapping[uuid.UUID, dt.datetime]
    names: Mapping[uuid.UUID, str]


def find_copy(session: GuardedSession, copy_id: uuid.UUID) -> ShareCopy:
    """Return a copy that the viewer's delegation was handed; raises `NotFound`, for one that is shown no more too."""
    found = session.execute(
        select(ShareCopy).where(ShareCopy.id == copy_id, is_still_shown(session))
    ).scalar_one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    return found


def copy_view(session: GuardedSession, copy_id: uuid.UUID) -> CopyView:
    """Return a copy as its page shows it; raises `NotFound`."""
    copy = find_copy(session, copy_id)
    readings = session.execute(
        select(ShareReading).where(ShareReading.copy_id == copy.id).order_by(ShareReading.read_at, ShareReading.id)
    ).scalars()
    read_at = {row.person_id: row.read_at for row in readings}
    meeting, item = place_of(session, copy.meeting_id, copy.item_id)
    content = opened(copy.content) if session.bound_viewer.person_id in read_at else None
    return CopyView(copy, meeting, item, content, read_at, names_of(session, read_at))


def open_copy(session: GuardedSession, copy_id: uuid.UUID) -> ShareCopy:
    """Open a copy as the viewer; their delegation knows that they did, the giver only that somebody has.

    Raises `NotFound`; `KeyServiceDown` where it cannot be opened now, and then nobody has opened it.
    """
    copy = find_copy(session, copy_id)
    viewer = session.bound_viewer
    _ = copy.content.text
    known = select(ShareReading.id).where(ShareReading.copy_id == copy.id, ShareReading.person_id == viewer.person_id)
    if session.execute(known).first() is not None:
        return copy
    session.add(
        ShareReading(copy_id=copy.id, person_id=viewer.person_id, read_at=session.now, audience_id=copy.audience_id)
    )
    session.record("share_opened", copy.kind, copy.id, copy.audience_id)
    with session.whole_truth("tell who shared something that it was opened") as truth:
        row = truth.execute(
            select(ShareRecipient).where(
                ShareRecipient.share_id == copy.share_id, ShareRecipient.party_code == copy.party_code
            )
        ).scalar_one()
        if row.opened_at is None:
            row.opened_at = truth.now
            truth.record_unsigned(
                "share_was_opened", copy.kind, row.share_id, row.audience_id, party=copy.party_code
            )  # fmt: skip
    return copy
