"""What a subscription's feed really says: its bytes, built as for a program and read back as by one."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from app.calendars.reading import Reading, read_feed
from app.db import Database
from app.domain.visibility import Viewer
from app.services.feed_choices import Matched, matched
from app.services.feeds import current_feed
from app.services.kept_feeds import KeptFeeds
from app.services.subscriptions import SubscriptionLine, find_subscription

# As long as a token, so that the bytes are as many.
HIDDEN_TOKEN: Final = "x" * 43


@dataclass(frozen=True, slots=True)
class Check:
    """A subscription with its feed as it was read back; `reading` is None where its address answers nothing.

    `coming` counts the entries that are not over. Sizes are bytes, `gzip_size` None where it is switched off.
    """

    line: SubscriptionLine
    matched: Matched
    reading: Reading | None
    coming: int
    size: int
    gzip_size: int | None
    changed_at: dt.datetime | None


def check_feed(
    database: Database, kept_feeds: KeptFeeds, viewer: Viewer, subscription_id: uuid.UUID, base_url: str
) -> Check:
    """Return what the feed of one of the viewer's subscriptions, or of one for them, says now; raises `NotFound`.

    Nobody knows its address here, so that its bytes may name another one of the same length.
    """
    with database.read_session(viewer) as session:
        line = find_subscription(session, subscription_id)
        found = matched(session, line.filter)
        session.expunge_all()
    source_url = f"{base_url}/feeds/{HIDDEN_TOKEN}.ics"
    feed = current_feed(database, kept_feeds, line.subscription.token_digest, source_url, base_url, is_real=False)
    if feed is None:
        return Check(line, found, None, 0, 0, None, None)
    reading = read_feed(feed.body.body)
    coming = sum(entry.ends_after > database.clock() for entry in reading.entries)
    packed = feed.body.gzip_body
    return Check(
        line, found, reading, coming, len(feed.body.body), len(packed) if packed is not None else None,
        feed.last_modified,
    )  # fmt: skip
