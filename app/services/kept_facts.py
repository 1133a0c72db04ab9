"""The facts of mechanisms as they were last read from their documents: reading one takes longer than its statement."""

from __future__ import annotations

import copy
import threading
import uuid
from typing import Any, Final

from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import from_facts
from app.models import Mechanism

KEPT: Final = 500

_lock = threading.Lock()
_kept: dict[uuid.UUID, tuple[dict[str, Any], Facts]] = {}


def facts_of(mechanism: Mechanism) -> Facts:
    """Return the facts of a mechanism; those kept are given only where the document is the same, word for word."""
    document = mechanism.facts
    kept = _kept.get(mechanism.id)
    if kept is not None and kept[0] == document:
        return kept[1]
    facts = from_facts(Facts, document)
    with _lock:
        if len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[mechanism.id] = (copy.deepcopy(document), facts)
    return facts
