"""Pages of long lists."""

from __future__ import annotations

from typing import Final

from app.domain.errors import NotFound

PAGE_SIZE: Final = 50


def pages_of(total: int, page: int) -> int:
    """Return how many pages so many rows take, at least one; raises `NotFound` for a page (from 1) that is none."""
    count = max(1, -(-total // PAGE_SIZE))
    if not 1 <= page <= count:
        raise NotFound
    return count
