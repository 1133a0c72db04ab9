"""Every service that declares what a decision does: imported where decisions are answered."""

from __future__ import annotations

from typing import Final

from app.services import (
    agenda_adoption,
    agenda_topics,
    appointments,
    commitment_accounting,
    decisions,
    hosting,
    mechanism_entry,
    mechanism_facts,
    mechanism_fates,
    releases,
)

# Services join this tuple with the kind of decision that they take.
SERVICES: Final = (
    agenda_adoption,
    agenda_topics,
    appointments,
    commitment_accounting,
    decisions,
    hosting,
    mechanism_entry,
    mechanism_facts,
    mechanism_fates,
    releases,
)
