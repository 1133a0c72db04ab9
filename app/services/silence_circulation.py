"""Putting a text under silence: what it needs before, and what is worth a second look about the instant."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from app.db import GuardedSession
from app.domain.agreement import CHAIRS, Blocker
from app.domain.errors import Refusal
from app.domain.silence import DEFAULT_HOURS, check_circulation
from app.domain.silence_advice import Advice, advice_on, next_good_instant
from app.domain.visibility import Action, can
from app.domain.walltime import Choice, Resolved, resolve
from app.domain.zones import known_zone
from app.models import AgreedText, Party, Silence
from app.services.adoption import check_shown, obstacles_of
from app.services.agreement_post import tell_of_text
from app.services.signatures import check_issued
from app.services.silence_opt_ins import opted_in_for
from app.services.silence_receipts import add_receipt
from app.services.silences import mechanism_of_text
from app.services.text_languages import host_of
from app.services.texts import facts_of_text, find_text


@dataclass(frozen=True, slots=True)
class EndOrder:
    """An end in wall time of a zone; `choice` where the clocks show it twice."""

    until_on: dt.date
    until_time: dt.time
    zone: str
    choice: Choice | None = None

    def resolved(self) -> Resolved:
        """Return the instant; raises what `walltime.resolve` raises, on the field `until_time`."""
        return resolve(dt.datetime.combine(self.until_on, self.until_time), self.zone, self.choice, field="until_time")


@dataclass(frozen=True, slots=True)
class Prospect:
    """What circulating a text would be, before it is done: what stands in its way, and a good instant for its end.

    `missing` are the parties that have not opted in; None where the text is of no mechanism. `zone` is that of the
    host's capital.
    """

    text: AgreedText
    obstacles: tuple[Blocker, ...]
    missing: tuple[str, ...] | None
    zone: str
    hours: int
    suggested: dt.datetime
    capitals: dict[str, str]


def prospect(session: GuardedSession, reference: str) -> Prospect:
    """Return what circulating a text would be. Raises as `circulate` does where it cannot be at all."""
    text = _to_circulate(session, reference, lock=False)
    mechanism_id = mechanism_of_text(session, text)
    missing = None
    if mechanism_id is not None:
        missing = tuple(sorted(set(text.parties) - opted_in_for(session, mechanism_id, text.parties)))
    capitals = capitals_of(session, text.parties)
    host = host_of(session, text) or session.bound_viewer.party
    zone = capitals.get(host or "") or next(iter(capitals.values()), "UTC")
    wished = session.now + dt.timedelta(hours=DEFAULT_HOURS)
    suggested = next_good_instant(wished, zone, capitals) or wished
    return Prospect(text, obstacles_of(session, text), missing, zone, DEFAULT_HOURS, suggested, capitals)


def circulate(session: GuardedSession, reference: str, order: EndOrder, *, hours: int, shown_hash: str) -> Silence:
    """Put the revision of a text that was shown under silence, and tell all of its parties at once.

    The side that circulates has received it thereby. Raises `NotFound`; `StaleVersion` where the content is another by
    now; `Refusal` `forbidden`, `text_…` for one that is no draft, `silence_not_for_chairs_summary`,
    `revision_not_issued`, `text_has_obstacles`, and what the rules and wall times raise.
    """
    text = _to_circulate(session, reference, lock=True)
    check_shown(text, shown_hash)
    until = order.resolved()
    mechanism_id = mechanism_of_text(session, text)
    opted_in = opted_in_for(session, mechanism_id, text.parties) if mechanism_id else None
    check_circulation(until.instant, hours, session.now, parties=text.parties, opted_in=opted_in)
    check_issued(session, text)
    obstacles = obstacles_of(session, text)
    if obstacles:
        raise Refusal("text_has_obstacles", obstacles=obstacles)
    viewer = session.bound_viewer
    silence = Silence(
        id=uuid.uuid4(), text_id=text.id, revision_number=text.revision, content_hash=text.content_hash,
        parties=sorted(text.parties), state="circulated", hours=hours, until_at=until.instant,
        time_zone=until.zone_name, tzdata_version=until.tzdata, circulated_by=viewer.person_id,
        circulated_party=viewer.party, circulated_at=session.now, audience_id=text.audience_id,
    )  # fmt: skip
    text.state = "under_silence"
    session.add(silence)
    session.flush()
    session.record(
        "silence_circulated", "text", text.id, text.audience_id, reference=text.reference, revision=text.revision,
        until_at=until.instant.isoformat(), zone=until.zone_name, hours=hours, content_hash=text.content_hash,
    )  # fmt: skip
    if viewer.party in silence.parties:
        add_receipt(session, text, silence, viewer.party)
    tell_of_text(session, "silence_circulated", text, silence_id=str(silence.id))
    return silence


def advice_for(session: GuardedSession, text: AgreedText, ends_at: dt.datetime) -> tuple[Advice, ...]:
    """Return what is worth a second look about an end: closures, weekends, nights, and little time."""
    return advice_on(ends_at, session.now, capitals_of(session, text.parties))


def capitals_of(session: GuardedSession, parties: list[str]) -> dict[str, str]:
    """Return the zones of the capitals of these parties, by their codes."""
    found = ((code, session.get(Party, code)) for code in sorted(parties))
    return {code: known_zone(party.time_zone) for code, party in found if party is not None and party.time_zone}


def _to_circulate(session: GuardedSession, reference: str, *, lock: bool) -> AgreedText:
    text = find_text(session, reference, lock=lock)
    if not can(session.bound_viewer, Action.RUN_SILENCE, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state != "draft":
        raise Refusal(f"text_{text.state}")
    if text.kind == CHAIRS:
        raise Refusal("silence_not_for_chairs_summary")
    return text
