"""What becomes of a mechanism by decision of its parties.

It is concluded, taken up again, created from a proposal, or merged into another; and of a period that is over they
put on record that no meeting was held.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.cadence import Period
from app.domain.errors import Refusal
from app.domain.fact_edits import BY_PARTIES
from app.domain.mechanisms import channels_of, compliance
from app.domain.plaintext import one_line, paragraphs
from app.models import Decision, Mechanism
from app.services.decision_words import Said, Told, says
from app.services.decisions import NOTE_LIMIT, effect
from app.services.mechanism_facts import (
    ask_facts,
    ask_of,
    check_may_ask,
    find_mechanism,
    held_mechanism,
    is_read_by_all_of,
    today_of,
)
from app.services.mechanism_record import meeting_facts, meetings_of
from app.services.mechanism_whole import whole_facts

JSON = Any
BEGUN: Final = ("agreed", "active")


# Concluded, taken up again, created ---------------------------------------------------------------


def ask_to_conclude(
    session: GuardedSession, code: str, reason: str | None, *, answer_by: dt.date | None = None
) -> Decision:
    """Ask the parties to conclude a mechanism; the reason is shown with its status.

    Raises `NotFound`; `Refusal` `forbidden`, `already_concluded`, `not_in_state` (a proposal), `reason_required`.
    """
    mechanism = _held(session, code)
    if mechanism.status == "concluded":
        raise Refusal("already_concluded")
    if mechanism.status == "proposed":
        raise Refusal("not_in_state")
    fields = {"status": "concluded", "status_note": _reason(reason)}
    return ask_facts(session, mechanism, fields, "", act="retire", answer_by=answer_by)


def ask_to_reopen(
    session: GuardedSession, code: str, status: str, reason: str | None, *, answer_by: dt.date | None = None
) -> Decision:
    """Ask the parties to take up a concluded mechanism again, as agreed or as active.

    Raises `NotFound`; `Refusal` `forbidden`, `not_concluded`, `unknown_choice`, `reason_required`.
    """
    mechanism = _held(session, code)
    if mechanism.status != "concluded":
        raise Refusal("not_concluded")
    fields = {"status": _begun(status), "status_note": _reason(reason)}
    return ask_facts(session, mechanism, fields, "", act="reopen", answer_by=answer_by)


def ask_to_activate(
    session: GuardedSession,
    code: str,
    status: str,
    instrument: str | None,
    created_on: str | None,
    note: str,
    *,
    answer_by: dt.date | None = None,
) -> Decision:
    """Ask the parties to create what was only proposed, by the text that creates it.

    `created_on` is its date as far as known (`2026`, `2026-11`, `2026-11-20`). It leaves the shelf of proposals once
    every party said yes. Raises `NotFound`; `Refusal` `forbidden`, `not_a_proposal`, `unknown_choice`, `required`
    (`instrument`), and what `check_fields` finds of the mandate.
    """
    mechanism = _held(session, code)
    if mechanism.status != "proposed":
        raise Refusal("not_a_proposal")
    mandate = {
        **mechanism.facts["mandate"],
        "instrument": one_line(instrument, "instrument", required=True),
        "date": (created_on or "").strip() or None,
    }
    fields = {"status": _begun(status), "mandate": mandate}
    return ask_facts(session, mechanism, fields, note, act="activate", answer_by=answer_by)


def _held(session: GuardedSession, code: str) -> Mechanism:
    mechanism = find_mechanism(session, code, lock=True)
    check_may_ask(session, mechanism)
    return mechanism


def _reason(written: str | None) -> str:
    reason = paragraphs(written, "reason", NOTE_LIMIT)
    if not reason:
        raise Refusal("reason_required", field="reason")
    return reason


def _begun(status: str) -> str:
    if status not in BEGUN:
        raise Refusal("unknown_choice", field="status")
    return status


# Merged -------------------------------------------------------------------------------------------


def mergeable_into(session: GuardedSession, mechanism: Mechanism) -> tuple[Mechanism, ...]:
    """Return what a mechanism can be merged into: of the same parties, neither a proposal nor merged itself.

    Whoever reads the one reads the other: else it would vanish from their register.
    """
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.id != mechanism.id, Mechanism.merged_into_id.is_(None), Mechanism.status != "proposed")
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    same = [row for row in rows if set(row.parties) == set(mechanism.parties)]
    return tuple(row for row in same if is_read_by_all_of(session, row, mechanism))


def ask_to_merge(
    session: GuardedSession, code: str, into: str, note: str, *, answer_by: dt.date | None = None
) -> Decision:
    """Ask the parties to merge a mechanism into another of theirs: its record and meetings count there from then on.

    Raises `NotFound`; `Refusal` `forbidden`, `already_merged`, `unknown_mechanism`, `merge_into_itself`,
    `merge_of_proposals`, `merge_needs_same_parties`, `merge_hides_it`, `circular_merge`.
    """
    mechanism = _held(session, code)
    target = _target(session, mechanism, into)
    content = {"into": target.code, "name": dict(target.name)}
    return ask_of(session, mechanism, "merge", content, note, answer_by=answer_by)


def _target(session: GuardedSession, mechanism: Mechanism, into: str) -> Mechanism:
    target = session.execute(select(Mechanism).where(Mechanism.code == into).with_for_update()).scalar_one_or_none()
    if target is None:
        raise Refusal("unknown_mechanism", field="into")
    if target.id == mechanism.id:
        raise Refusal("merge_into_itself", field="into")
    if "proposed" in {mechanism.status, target.status}:
        raise Refusal("merge_of_proposals", field="into")
    if set(target.parties) != set(mechanism.parties):
        raise Refusal("merge_needs_same_parties", field="into")
    if not is_read_by_all_of(session, target, mechanism):
        raise Refusal("merge_hides_it", field="into")
    if target.merged_into_id is not None:
        raise Refusal("circular_merge" if target.merged_into_id == mechanism.id else "already_merged", field="into")
    return target


@effect("merge")
def take_merge(session: GuardedSession, decision: Decision) -> None:
    """Merge, with all that was merged into it before, so that nothing is ever merged twice over."""
    mechanism = held_mechanism(session, decision)
    target = _target(session, mechanism, decision.content["into"])
    before = session.execute(select(Mechanism).where(Mechanism.merged_into_id == mechanism.id)).scalars()
    for each in (mechanism, *before):
        each.merged_into_id = target.id
    session.record(
        "mechanism_merged", "mechanism", mechanism.id, decision.audience_id, code=mechanism.code, into=target.code
    )


@says("merge")
def say_merge(told: Told, language: str) -> Said:
    """Say into which mechanism, and what follows."""
    gettext = words.translations(language).gettext
    name = words.pick(told.names.get(told.content["into"], told.content["name"]), language)[0]
    return Said(
        str(gettext("Merge it into: %(name)s") % {"name": name}),
        (
            str(gettext("Its record and its meetings count for that mechanism from then on.")),
            str(gettext("Its meetings keep their references, and its page stays and says where it went.")),
        ),
    )


# A period without a meeting -----------------------------------------------------------------------


def empty_periods(session: GuardedSession, mechanism: Mechanism) -> tuple[Period, ...]:
    """Return the periods that are over and have no meeting on record, the newest first; none where it runs by pairs.

    Asked for somebody who keeps the mechanism, and so sees every meeting of all of its parties.
    """
    merged = session.execute(select(Mechanism).where(Mechanism.merged_into_id == mechanism.id)).scalars().all()
    facts = whole_facts(mechanism, merged)
    if len(channels_of(facts)) != 1:
        return ()
    ids: list[uuid.UUID] = [mechanism.id, *(each.id for each in merged)]
    kept = [meeting_facts(meeting) for each in ids for meeting in meetings_of(session, each)]
    found = compliance(facts, kept, today_of(session))
    return tuple(period for period in reversed(found) if period.state == "no_record")


def ask_not_held(
    session: GuardedSession,
    code: str,
    first_day: dt.date,
    last_day: dt.date,
    note: str,
    *,
    answer_by: dt.date | None = None,
) -> Decision:
    """Ask the parties to put on record that no meeting was held in a period; the note is its reason, shown with it.

    Raises `NotFound`; `Refusal` `forbidden`, `ends_before_start`, `period_not_over`, `no_such_period`.
    """
    mechanism = _held(session, code)
    _check_period(session, mechanism, first_day, last_day)
    reason = paragraphs(note, "note", NOTE_LIMIT)
    content = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat(), "note": reason}
    return ask_of(session, mechanism, "not_held", content, "", answer_by=answer_by)


def _check_period(session: GuardedSession, mechanism: Mechanism, first_day: dt.date, last_day: dt.date) -> None:
    if last_day < first_day:
        raise Refusal("ends_before_start", field="period")
    if last_day >= today_of(session):
        raise Refusal("period_not_over", field="period")
    known = {(period.first_day, period.last_day) for period in empty_periods(session, mechanism)}
    if (first_day, last_day) not in known:
        raise Refusal("no_such_period", field="period")


@effect("not_held")
def take_not_held(session: GuardedSession, decision: Decision) -> None:
    """Put the period on record as one without a meeting; refused where a meeting of it is on record by now."""
    mechanism = held_mechanism(session, decision)
    first_day, last_day = (dt.date.fromisoformat(decision.content[key]) for key in ("first_day", "last_day"))
    _check_period(session, mechanism, first_day, last_day)
    mechanism.record_here = [*mechanism.record_here, _entry(first_day, last_day, decision.content["note"])]
    session.record(
        "mechanism_period_not_held", "mechanism", mechanism.id, decision.audience_id, code=mechanism.code,
        first_day=first_day.isoformat(), last_day=last_day.isoformat(),
    )  # fmt: skip


def _entry(first_day: dt.date, last_day: dt.date, note: str) -> dict[str, JSON]:
    return {
        "ordinal": None, "label": first_day.isoformat(), "known_on": first_day.isoformat(),
        "starts_on": first_day.isoformat(), "ends_on": last_day.isoformat(), "place": None, "country": None,
        "host": None, "co_hosts": [], "guests": [], "margins_of": None, "outcome": "planned_not_held",
        "format": "unknown", "attested": True, "source": BY_PARTIES, "note": note or None,
    }  # fmt: skip


@says("not_held")
def say_not_held(told: Told, language: str) -> Said:
    """Say of which period, and why."""
    gettext = words.translations(language).gettext
    first_day, last_day = (dt.date.fromisoformat(told.content[key]) for key in ("first_day", "last_day"))
    days = words.date_range(first_day, last_day, language)
    lines = [str(gettext("The register then says “not held” of this period, where it says “no record” now."))]
    if told.content.get("note"):
        lines.append(told.content["note"])
    return Said(str(gettext("No meeting was held: %(days)s") % {"days": days}), tuple(lines))
