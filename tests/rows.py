"""A row of each kind that stands around a meeting and its mechanism, seen by the meeting's own audience."""

from __future__ import annotations

import datetime as dt

from app.db import GuardedSession
from app.domain.visibility import REGISTER, appointment_key, party_key, person_key
from app.models import (
    Appointment,
    Authorisation,
    Contact,
    Decision,
    DecisionAnswer,
    Event,
    FactStatement,
    Guarded,
    HandOver,
    HandOverItem,
    HostingChange,
    Meeting,
    PlanningNote,
    Release,
)
from tests import world
from tests.world import canary

DAY = dt.date(2027, 3, 1)


def add_rows_around(session: GuardedSession, meeting: Meeting, letters: str, author: str = "ana") -> None:
    """Add them, with a canary of these letters in every field that is somebody's own, written by `author`."""
    who, seen = world.CAST[author].id, {"audience_id": meeting.audience_id}
    mechanism_id = meeting.mechanism_id
    assert mechanism_id is not None
    decision = Decision(
        id=world.identity("decision", meeting.reference), kind="facts", state="open", mechanism_id=mechanism_id,
        meeting_id=meeting.id, content={"fields": {"status_note": canary(letters, "asked")}},
        note=canary(letters, "why"), parties=sorted(letters[i : i + 2] for i in range(0, len(letters), 2)),
        asked_by_party=world.CAST[author].party, asked_by=who, asked_at=world.NOW, **seen,
    )  # fmt: skip
    hand_over = HandOver(
        id=world.identity("hand_over", meeting.reference), mechanism_id=mechanism_id, from_party="US", to_party="CA",
        due_on=DAY, note=canary(letters, "handover"), created_by=who, created_at=world.NOW, **seen,
    )  # fmt: skip
    identity, parties = world.appointment_id(meeting.reference), sorted(decision.parties)
    asked_for = Appointment(
        id=identity, mechanism_id=mechanism_id, meeting_id=meeting.id, parties=parties, starts_on=DAY,
        name={"en": canary(letters, "secretariat")},
        audience_id=session.audience({appointment_key(identity), *(party_key(code) for code in parties)}),
    )  # fmt: skip
    session.add_all([decision, hand_over, asked_for])
    session.flush()
    rows: list[Guarded] = [
        DecisionAnswer(
            decision_id=decision.id, party_code="US", answer="no", note=canary(letters, "no"), person_id=who,
            answered_at=world.NOW, **seen,
        ),
        FactStatement(
            mechanism_id=mechanism_id, field="status", kind="contest", value_digest="0" * 64,
            note=canary(letters, "contest"), party_code="US", person_id=who, made_at=world.NOW, **seen,
        ),
        HostingChange(
            id=world.identity("hosting_change", meeting.reference), mechanism_id=mechanism_id, kind="skip",
            party_code="US", counts_from=DAY, reason=canary(letters, "skip"), decision_id=decision.id,
            made_at=world.NOW, **seen,
        ),
        HandOverItem(hand_over_id=hand_over.id, position=1, text=canary(letters, "checklist"), **seen),
        PlanningNote(
            mechanism_id=mechanism_id, cycle="2027", text=canary(letters, "planning"), language="en",
            party_code="US", person_id=who, written_at=world.NOW, **seen,
        ),
        Contact(
            id=world.identity("contact", meeting.reference), party_code="US", mechanism_id=mechanism_id, kind="duty",
            name=canary(letters, "contact"), position=canary(letters, "position"),
            email=f"{canary(letters, 'mail')}@example.org", phone=canary(letters, "phone"),
            note=canary(letters, "reach"), is_urgent=True, is_shared=True, added_by=who, created_at=world.NOW,
            changed_at=world.NOW, **seen,
        ),
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()


def add_rows_of_people(session: GuardedSession, meeting: Meeting) -> None:
    """Add a withdrawn release of the meeting to Olga, leave of Lucía's to Diego, and an event that the register has."""
    olga, lucia, diego = (world.CAST[key].id for key in ("olga", "lucia", "diego"))
    session.add_all(
        [
            Release(
                id=world.identity("release", meeting.reference), meeting_id=meeting.id, person_id=olga,
                released_at=world.NOW, withdrawn_at=world.NOW,
                audience_id=session.audience({party_key("MX"), party_key("US"), person_key(olga)}),
            ),
            Authorisation(
                id=world.identity("authorisation", "lucia-diego"), principal_id=lucia, assistant_id=diego,
                granted_at=world.NOW,
                audience_id=session.audience({person_key(lucia), person_key(diego)}),
            ),
            Event(
                id=world.identity("event", meeting.reference), code=f"event-{meeting.reference}".lower(),
                name={"en": "A summit", "original": "en"}, starts_on=DAY, ends_on=DAY, created_at=world.NOW,
                audience_id=session.audience({REGISTER}),
            ),
        ]
    )  # fmt: skip
    session.flush()
