"""A paper that is sent with a form: what of it is read, and what its field says."""

from __future__ import annotations

from typing import Final

from wtforms import FileField

from app.domain import documents as papers
from app.services.meeting_life import Paper

# As a file field names the kinds of files that can be kept.
ENDINGS: Final = ",".join(f".{each}" for some in papers.ENDINGS.values() for each in some)


def paper_sent(field: FileField) -> Paper | None:
    """Return the file that was sent, None for none; one byte more than may be kept is read, so that it is refused."""
    sent = field.data
    if not sent or not sent.filename:
        return None
    return Paper(sent.filename, sent.stream.read(papers.SIZE_LIMIT + 1))
