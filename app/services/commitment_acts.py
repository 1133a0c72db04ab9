"""Recording a commitment here: who owes it, by what text, by when, and on what it depends."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.db import GuardedSession
from app.domain.clocks import Clock, checked, reckon, written
from app.domain.errors import Refusal
from app.domain.partial_dates import PartialDate
from app.domain.plaintext import one_line, paragraphs
from app.domain.references import action_scope, adhoc_commitment_scope, commitment_counter, commitment_reference_in
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, appointments_in, can, party_key, sees
from app.domain.walltime import check_year, in_zone
from app.models import Commitment, Mechanism, Meeting
from app.services.action_acts import parties_to_choose
from app.services.action_content import titles
from app.services.meeting_audience import audience_of, keys_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.practice import is_example
from app.services.references import next_number

PARTS: Final = ("owes", "sees", "none")
WORDS_LIMIT: Final = 2_000
MOST_MEETINGS: Final = 366
MOST_MONTHS: Final = 240


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """A commitment as it is recorded: `parts` are by party (`PARTS`), `title` by language.

    `instrument` is the text that it was made in, with its `paragraph` and the day or month or year of it. `clock` is
    as typed; without one, `due_on` may be a day. `determines` judges whether it is kept, after hearing `consulted`.
    """

    title: Mapping[str, str]
    parts: Mapping[str, str]
    instrument: str
    original: str | None = None
    paragraph: str = ""
    made_on: str = ""
    due_on: dt.date | None = None
    minimum_meetings: int | None = None
    period_months: int | None = None
    clock: Clock | None = None
    determines: str | None = None
    consulted: tuple[str, ...] = ()
    condition: str = ""
    consequence: str = ""

    @property
    def owners(self) -> frozenset[str]:
        """Return the parties that owe it."""
        return frozenset(code for code, part in self.parts.items() if part == "owes")

    @property
    def table(self) -> frozenset[str]:
        """Return the parties that owe or see it."""
        return frozenset(code for code, part in self.parts.items() if part in {"owes", "sees"})


def meeting_to_record_at(session: GuardedSession, reference: str) -> Meeting:
    """Return the meeting that a commitment is to be recorded at.

    Raises `NotFound`, `Refusal` `forbidden`, and `example_is_fixed` of one to practise with.
    """
    meeting = find_meeting(session, reference)
    if is_example(session, meeting):
        raise Refusal("example_is_fixed")
    if not can(session.bound_viewer, Permission.RECORD_COMMITMENT, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    return meeting


def may_record_alone(session: GuardedSession) -> bool:
    """Say whether the viewer can record one of no meeting: who speaks for a party, or a secretariat for such things."""
    viewer = session.bound_viewer
    return viewer.speaks_for_party or any(hat.is_ad_hoc for hat in viewer.hats)


def record_commitment(session: GuardedSession, new: NewCommitment, meeting_reference: str | None = None) -> Commitment:
    """Record a commitment of a meeting, or of none; seen by the parties that have a part in it.

    A meeting's secretariat sees it where these are all the meeting's parties. Raises `NotFound`; `Refusal`
    `forbidden`, `needs_title`, `unknown_party`, `needs_owner`, `needs_own_party`, `not_appointed_by_these`,
    `required` (`instrument`), `not_a_partial_date`, `minimum_out_of_range`,
    `period_out_of_range`, and what clocks, days and texts raise.
    """
    meeting = meeting_to_record_at(session, meeting_reference) if meeting_reference else None
    if meeting is None and not may_record_alone(session):
        raise Refusal("forbidden")
    title = titles(new.title, new.original)
    _check_parts(session, new, meeting)
    facts = facts_of_new(new, in_zone(session.now, session.bound_viewer.time_zone).date())
    keys = _audience_keys(session, meeting, new.table)
    scope = _scope(session, meeting, new.table)
    commitment = Commitment(
        id=uuid.uuid4(), ref=commitment_reference_in(scope, next_number(session, commitment_counter(scope))),
        origin="here", kind="pledge", mechanism_id=meeting.mechanism_id if meeting else None,
        meeting_id=meeting.id if meeting else None, title=title, owners=sorted(new.owners),
        due_on=dt.date.fromisoformat(facts["due_on"]) if facts["due_on"] else None,
        facts={**facts, "language": title["original"]}, loaded_facts={}, created_by_party=session.bound_viewer.party,
        created_at=session.now, changed_at=session.now, audience_id=session.audience(keys),
    )  # fmt: skip
    session.add(commitment)
    session.flush()  # so that a second one under the same reference is found here
    session.record(
        "commitment_recorded", "commitment", commitment.id, commitment.audience_id, parties=sorted(new.table),
        owning=commitment.owners,
    )  # fmt: skip
    return commitment


def facts_of_new(new: NewCommitment, today: dt.date) -> dict[str, Any]:
    """Return the facts of a commitment in the form of the catalogue's; `today` is the day of whoever records it."""
    clock = checked(_whole_clock(new, new.clock), today=today, parties=new.table) if new.clock else None
    named = {*new.consulted, *([new.determines] if new.determines else [])}
    if not named <= new.table:
        raise Refusal("unknown_party", field="determines" if new.determines not in new.table else "consulted")
    if new.due_on is not None:
        check_year(new.due_on, field="due_on")
    # Working days are each owner's own: the first that comes is the day of the whole.
    ends = [counted.end for code in new.owners if clock and (counted := reckon(clock, code))]
    due_on = min(ends, default=new.due_on)
    return {
        "made_at": one_line(new.instrument, "instrument", required=True),
        "paragraph": one_line(new.paragraph, "paragraph") or None,
        "made_on": _partial(new.made_on),
        "determines": new.determines,
        "consulted": sorted(set(new.consulted)),
        "due_on": due_on.isoformat() if due_on else None,
        "cadence": _cadence(new),
        "clock": written(clock) if clock else None,
        "condition": paragraphs(new.condition, "condition", WORDS_LIMIT) or None,
        "consequence": paragraphs(new.consequence, "consequence", WORDS_LIMIT) or None,
    }


def _whole_clock(new: NewCommitment, clock: Clock) -> Clock:
    """Return the clock with who judges, after hearing whom, on what condition, and what follows."""
    return replace(
        clock, determines=new.determines, consulted=new.consulted, condition=new.condition, consequence=new.consequence
    )


def _partial(typed: str) -> str | None:
    text = typed.strip()
    if not text:
        return None
    try:
        known = PartialDate(text)
    except ValueError:
        raise Refusal("not_a_partial_date", field="made_on") from None
    check_year(known.first_day, field="made_on")
    return known.text


def _cadence(new: NewCommitment) -> dict[str, Any] | None:
    if new.minimum_meetings is None and new.period_months is None:
        return None
    if not 1 <= (new.minimum_meetings or 0) <= MOST_MEETINGS:
        raise Refusal("minimum_out_of_range", field="minimum_meetings", limit=MOST_MEETINGS)
    if not 1 <= (new.period_months or 0) <= MOST_MONTHS:
        raise Refusal("period_out_of_range", field="period_months", limit=MOST_MONTHS)
    return {
        "minimum_meetings": new.minimum_meetings, "period_months": new.period_months, "anchor": "calendar_year",
    }  # fmt: skip


def _check_parts(session: GuardedSession, new: NewCommitment, meeting: Meeting | None) -> None:
    known = {party.code for party in parties_to_choose(session, meeting)}
    if not new.table <= known or any(part not in PARTS for part in new.parts.values()):
        raise Refusal("unknown_party", field="parts")
    if not new.owners:
        raise Refusal("needs_owner", field="parts")


def _audience_keys(session: GuardedSession, meeting: Meeting | None, parties: frozenset[str]) -> frozenset[str]:
    """Return who sees it: its parties, and the secretariat of exactly these parties; never single guests."""
    keys = frozenset(party_key(code) for code in parties)
    if meeting is None:
        keys = audience_of(session, None, parties).keys
    elif parties == {row.party_code for row in meeting.parties}:
        keys |= {key for key in keys_of(session, meeting.audience_id) if key.startswith("appointment:")}
    viewer = session.bound_viewer
    if not sees(viewer, keys):
        raise Refusal("needs_own_party" if viewer.sits_at_a_table else "not_appointed_by_these", field="parts")
    serving = frozenset(hat.appointment_id for hat in viewer.hats) & appointments_in(keys)
    if not can(viewer, Permission.RECORD_COMMITMENT, Facts(parties=parties, appointments=serving)):
        raise Refusal("forbidden")
    return keys


def _scope(session: GuardedSession, meeting: Meeting | None, parties: frozenset[str]) -> str:
    if meeting is None:
        return adhoc_commitment_scope(parties, session.now.year)
    mechanism = session.get(Mechanism, meeting.mechanism_id) if meeting.mechanism_id else None
    first = mechanism.parties if mechanism else [row.party_code for row in meeting.parties]
    return action_scope(meeting.reference, first, parties)
