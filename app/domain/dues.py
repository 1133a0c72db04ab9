"""Due days that move: what was promised first stays visible, and a move says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import Refusal
from app.domain.plaintext import paragraphs
from app.domain.walltime import check_year

if TYPE_CHECKING:
    from datetime import date

REASON_LIMIT = 2000


def check_move(
    first_on: date | None,
    was_on: date | None,
    now_on: date | None,
    reason: str | None,
    *,
    field: str = "due_on",
    reason_field: str = "due_reason",
) -> str | None:
    """Return why a due day moves, cleaned; None where it does not move, or is given for the first time.

    A day that is taken away moves, and so does one that comes back. Raises `Refusal`: `year_out_of_range` on `field`,
    `due_reason_required` on `reason_field`, and what texts raise.
    """
    if now_on is not None:
        check_year(now_on, field=field)
    if now_on == was_on or (first_on is None and was_on is None):
        return None
    cleaned = paragraphs(reason, reason_field, REASON_LIMIT)
    if not cleaned:
        raise Refusal("due_reason_required", field=reason_field)
    return cleaned
