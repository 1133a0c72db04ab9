"""A world with something in it: a canary in every confidential field, and a name for each thing of it.

Mexico and the United States have a meeting that Canada must not learn of, with an agenda, action
items, notes, papers, a draft and staged changes; the three have one of M01; Canada has a draft.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import select

from app.db import Database, GuardedSession, digest_of
from app.domain.meeting_content import MeetingContent
from app.domain.visibility import party_key, person_key
from app.models import (
    ActionNote,
    Document,
    Draft,
    Leg,
    Meeting,
    MeetingParty,
    Person,
    Submission,
    Subscription,
    SubscriptionFetch,
)
from app.models.sealed import Private
from tests import world
from tests.action_rows import add_rows_on
from tests.convening_rows import add_convening_rows
from tests.rows import add_rows_around, add_rows_of_people
from tests.text_rows import add_text_rows
from tests.world import canary

HIDDEN: Final = "UNC-2026-MXUS-1"
SHARED: Final = "UNC-2026-1"
CANCELLED: Final = "NADD-2026-1"
TOKENS: Final = {"ana": "story-token-of-ana", "benoit": "story-token-of-benoit"}


def tell(database: Database) -> None:
    """Fill a built world with the story."""
    with database.system_session("tell the story of the tests", "write") as session:
        hidden = _meeting(session, HIDDEN, ("MX", "US"), "MXUS")
        shared = _meeting(session, SHARED, world.THREE, "CAMXUS")
        world.add_meeting(
            session,
            CANCELLED,
            world.THREE,
            mechanism="M02",
            state="cancelled",
            reason=canary("CAMXUS", "cancelled"),
            cancelled_at=world.NOW,
            sequence=1,
            first_starts_on=dt.date(2026, 12, 1),
            starts_on=dt.date(2026, 12, 15),
        )
        _around(session, hidden, "MXUS", "ana")
        _around(session, shared, "CAMXUS", "carol")
        hidden.kind, hidden.parent_id, hidden.parent_starts_on = "side_session", shared.id, shared.starts_on
        add_rows_around(session, hidden, "MXUS")
        add_rows_around(session, shared, "CAMXUS", "carol")
        add_rows_of_people(session, shared)
        add_convening_rows(session, hidden, "MXUS", "ana")
        add_convening_rows(session, shared, "CAMXUS", "carol")
        add_text_rows(session, hidden, "MXUS", "ana")
        add_text_rows(session, shared, "CAMXUS", "carol")
        _drafts(session, hidden)
        for key in TOKENS:
            _subscription(session, key)
        for member in world.CAST.values():
            if member.party:
                session.get_one(Person, member.id).name = f"{member.name} {canary(member.party, 'name')}"
        session.commit()


def _meeting(session: GuardedSession, reference: str, parties: tuple[str, ...], letters: str) -> Meeting:
    titles = {language: f"{canary(letters, 'title')} {language}" for language in ("en", "es", "fr")}
    return world.add_meeting(
        session,
        reference,
        parties,
        mechanism="M01",
        title=titles | {"original": "en"},
        place=canary(letters, "place"),
        conference_url=f"https://meet.example/{canary(letters, 'url')}",
        reason=canary(letters, "reason"),
        source=canary(letters, "source"),
        format="hybrid",
        hosting={"MX": "host"},
        ordinal=9,
    )


def _around(session: GuardedSession, meeting: Meeting, letters: str, author: str) -> None:
    seen = {"audience_id": meeting.audience_id}
    member = world.CAST[author]
    document = Document(
        id=world.identity("document", meeting.reference),
        file_name=f"{canary(letters, 'file')}.pdf",
        media_type="application/pdf",
        size=20,
        digest=digest_of("x"),
        content=f"%PDF-1.7 {canary(letters, 'content')}".encode(),
        owner_party=member.party,
        added_by=member.id,
        added_at=world.NOW,
        **seen,
    )
    session.add(document)
    session.flush()
    row = session.execute(
        select(MeetingParty).where(MeetingParty.meeting_id == meeting.id, MeetingParty.party_code == "US")
    ).scalar_one()
    row.answer, row.answered_at, row.answered_by, row.is_reported = "yes", world.NOW, member.id, True
    row.report_note, row.report_document_id = canary(letters, "report"), document.id
    for position in (1, 2, 3):
        title = {"en": f"{canary(letters, 'item')} {position}", "original": "en"}
        world.add_item(session, meeting, position, title=title, lead_party="MX")
    reference = f"{meeting.reference}-A01"
    legs = {"MX": {"person_name": canary(letters, "person"), "reason": canary(letters, "leg"), "office_code": "MX-SRE"}}
    parties = tuple(letters[i : i + 2] for i in range(0, len(letters), 2))
    title = {"en": canary(letters, "action"), "original": "en"}
    action = world.add_action(session, reference, parties, meeting=meeting, title=title, legs=legs)
    leg = session.execute(select(Leg).where(Leg.action_id == action.id, Leg.party_code == parties[0])).scalar_one()
    add_rows_on(session, action, leg, meeting, letters, author)
    first = ActionNote(
        id=world.identity("note", reference),
        action_id=action.id,
        text=canary(letters, "note"),
        language="en",
        party_code=member.party,
        person_id=member.id,
        created_at=world.NOW,
        **seen,
    )
    session.add(first)
    session.flush()
    session.add(
        ActionNote(
            action_id=action.id,
            text=canary(letters, "correction"),
            language="en",
            party_code=member.party,
            person_id=member.id,
            supersedes_id=first.id,
            created_at=world.NOW,
            **seen,
        )
    )
    session.record(
        "meeting_proposed", "meeting", meeting.reference, meeting.audience_id, title=canary(letters, "audit")
    )


def _drafts(session: GuardedSession, hidden: Meeting) -> None:
    for party, author, kind, meeting in (
        ("MX", "ana", "meeting", None),
        ("CA", "benoit", "meeting", None),
        ("MX", "ana", "changes", hidden),
    ):
        audience = session.audience({party_key(party)})
        session.add(
            Draft(
                id=draft_id(party, kind),
                kind=kind,
                owner_party=party,
                meeting_id=meeting.id if meeting else None,
                meeting_version=meeting.version if meeting else None,
                content=Private(party, draft_content(party)),
                created_by=world.CAST[author].id,
                created_at=world.NOW,
                changed_at=world.NOW,
                audience_id=audience,
            )
        )
        session.record("draft_saved", "draft", draft_id(party, kind), audience)


def draft_id(party: str, kind: str) -> uuid.UUID:
    """Return the id of the draft that a party has of that kind."""
    return world.identity("draft", f"{party}-{kind}")


def draft_content(party: str) -> str:
    """Return the content of a draft of that party, with canaries in its texts."""
    return MeetingContent(
        mechanism="un-coordination",
        title={"en": canary(party, "draft")},
        original="en",
        parties=(party, "US"),
        place=canary(party, "draftplace"),
        conference_url=f"https://meet.example/{canary(party, 'drafturl')}",
        zone="America/New_York",
        first_day=dt.date(2027, 2, 3),
        last_day=dt.date(2027, 2, 3),
        starts=dt.time(10),
        ends=dt.time(12),
    ).to_json()


def _subscription(session: GuardedSession, key: str) -> None:
    member = world.CAST[key]
    audience = session.audience({person_key(member.id)})
    row = Subscription(
        id=world.identity("subscription", key),
        person_id=member.id,
        name=canary(member.party or "", "feed"),
        token_digest=digest_of(TOKENS[key]),
        language=member.language,
        created_at=world.NOW,
        audience_id=audience,
    )
    session.add(row)
    session.flush()
    session.add(
        SubscriptionFetch(
            subscription_id=row.id,
            last_fetched_at=world.NOW,
            last_agent=canary(member.party or "", "agent"),
            fetch_count=1,
            audience_id=audience,
        )
    )
    session.add(
        Submission(
            id=world.identity("submission", key), audience_id=audience, made_at=world.NOW, result=f"/meetings/{HIDDEN}"
        )
    )
