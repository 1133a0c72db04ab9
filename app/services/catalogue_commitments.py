"""The commitments of the catalogue as rows: which come first, and what of their facts is a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.catalogue import Commitment


def pledges_first(commitments: Iterable[Commitment]) -> list[Commitment]:
    """Return them with each one after what it repeats, since keys point that way."""
    return sorted(commitments, key=lambda each: each.kind == "repeat")


def columns_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that the facts of a commitment fill, the facts themselves among them."""
    return {
        "kind": facts["kind"],
        "title": facts["title"],
        "owners": facts["owners"],
        "due_on": dt.date.fromisoformat(facts["due_on"]) if facts["due_on"] else None,
        "facts": dict(facts),
    }
