"""The register of actions taken away: a workbook, CSV or a paper of what a filter finds, for who asks and no other.

Rows are read as columns and not as objects: a register of twenty thousand is written in a few seconds.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import labels, words
from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.action_query import ActionQuery, written
from app.domain.errors import Refusal
from app.domain.visibility import parties_in
from app.domain.walltime import in_zone
from app.models import Action, Leg, Meeting
from app.papers.actions import ActionsPaper, PaperAction, PaperPart, actions_pdf
from app.papers.tables import Column, Table, Value, table_csv, table_xlsx
from app.services.action_conditions import Ground, conditions
from app.services.action_register import MOST_SHOWN, Sort, choices_of, ordered
from app.services.meeting_audience import keys_of_each
from app.services.register_paper import FORMS, standing_words

__all__ = ["FORMS", "actions_file"]
MOST_ROWS: Final = 50_000
_origin = aliased(Meeting)
_OVERDUE: Final = "overdue"


@dataclass(frozen=True, slots=True)
class Part:
    """What one party owes of an action, and the word that is shown for it."""

    shown: str
    due_on: dt.date | None
    office: str | None
    person: str | None
    reason: str | None
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter finds: the columns of actions in order, their parts by action and party, who sees an audience."""

    rows: Sequence[Any]
    parts: Mapping[uuid.UUID, Mapping[str, Part]]
    seen_by: Mapping[uuid.UUID, frozenset[str]]
    mechanisms: Mapping[uuid.UUID, Mapping[str, str]]
    ground: Ground


def actions_file(
    session: GuardedSession, form: str, query: ActionQuery, sort: Sort, language: str
) -> tuple[str, bytes]:
    """Return the file name and the bytes of what a query finds, in a form of `FORMS`.

    Raises what `conditions` raises, `Refusal("too_many_actions")` (`limit`; a paper has fewer than a table) and
    `Refusal("paper_too_long")`.
    """
    found = found_of(session, query, sort, limit=MOST_SHOWN if form == "pdf" else MOST_ROWS)
    name = f"actions-{found.ground.today.isoformat()}-{language}.{form}"
    if form == "pdf":
        return name, actions_pdf(paper_of(session, found, query, language))
    table = table_of(session, found, query, language)
    return name, table_xlsx(table) if form == "xlsx" else table_csv(table)


def found_of(session: GuardedSession, query: ActionQuery, sort: Sort, *, limit: int) -> Found:
    """Return what a query finds, in five statements; raises `Refusal("too_many_actions")`."""
    ground = choices_of(session).ground
    asked = conditions(query, ground)
    chosen = ordered(
        select(
            Action.id, Action.reference, Action.title, Action.mechanism_id, Action.kind, Action.priority,
            Action.horizon, Action.lead_party, Action.state, Action.due_on, Action.news_at, Action.ended_as,
            Action.audience_id, _origin.reference.label("meeting"),
        )
        .outerjoin(_origin, _origin.id == Action.meeting_id)
        .where(*asked),
        sort,
    )  # fmt: skip
    rows = session.execute(chosen.limit(limit + 1)).all()
    if len(rows) > limit:
        raise Refusal("too_many_actions", field="q", limit=limit)
    audiences = {row.audience_id for row in rows}
    return Found(
        rows=rows,
        parts=_parts(session, asked, ground, {row.id for row in rows if row.ended_as is not None}),
        seen_by={each: parties_in(keys) for each, keys in keys_of_each(session, audiences).items()},
        mechanisms={each.id: each.name for each in ground.mechanisms},
        ground=ground,
    )


def _parts(
    session: GuardedSession, asked: Sequence[Any], ground: Ground, ended: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Part]]:
    """Return the parts of what was asked for by action and party; of those that have `ended` none is late."""
    found: dict[uuid.UUID, dict[str, Part]] = {}
    legs = session.execute(
        select(
            Leg.action_id, Leg.party_code, Leg.state, Leg.due_on, Leg.office_code, Leg.person_name, Leg.reason,
            Leg.is_accepted,
        ).where(Leg.action_id.in_(select(Action.id).where(*asked)))
    )  # fmt: skip
    for action_id, party, state, due_on, office, person, reason, is_accepted in legs:
        is_owed = is_accepted and action_id not in ended
        is_late = is_owed and rules.is_overdue(cast("rules.LegState", state), due_on, ground.todays[party])
        part = Part(_OVERDUE if is_late else state, due_on, office, person, reason, is_accepted)
        found.setdefault(action_id, {})[party] = part
    return found


def _columns_of_parties(found: Found, language: str) -> list[str]:
    return words.party_order({code for codes in found.seen_by.values() for code in codes}, language)


def _shown_of(row: Any, code: str, found: Found) -> str:
    """Return the key of the word for a party: its part's, or that it owes nothing, or does not see the action."""
    part = found.parts.get(row.id, {}).get(code)
    if part is not None:
        return part.shown
    return "owes_nothing" if code in found.seen_by.get(row.audience_id, ()) else "not_at_the_table"


# As a table ---------------------------------------------------------------------------------------


def table_of(session: GuardedSession, found: Found, query: ActionQuery, language: str) -> Table:
    """Return what was found as a table with a column for each fact, and four for each party."""
    catalogue = words.translations(language)
    codes = _columns_of_parties(found, language)
    return Table(
        title=catalogue.gettext("Actions"),
        columns=tuple(Column(heading) for heading in _headings(codes, language)),
        rows=tuple(_cells(found, codes, language, session.bound_viewer.time_zone)),
        dated=session.now,
        notes=_notes(session, query, language),
        notes_title=catalogue.gettext("Notes"),
    )


def _headings(codes: Sequence[str], language: str) -> list[str]:
    say = words.translations(language).gettext
    parts = [say("State (%(party)s)"), say("Due (%(party)s)"), say("Office (%(party)s)"), say("Person (%(party)s)")]
    return [
        say("Reference"), say("Action"), say("Mechanism"), say("Meeting"), say("Kind"), say("Priority"),
        say("Horizon"), say("Lead"), say("State"), say("Due"),
        *(heading % {"party": code} for code in codes for heading in parts),
        say("Recorded, not accepted"), say("Reasons"), say("Last news"),
    ]  # fmt: skip


def _cells(found: Found, codes: Sequence[str], language: str, zone_name: str) -> Iterator[tuple[Value, ...]]:
    states, kinds, priorities, horizons = (
        labels.labels(group, language) for group in ("leg_state", "action_kind", "priority", "horizon")
    )
    endings = labels.labels("action_ending", language)
    names = {each: words.pick(name, language)[0] for each, name in found.mechanisms.items()}
    nobody: dict[str, Part] = {}
    for row in found.rows:
        parts = found.parts.get(row.id, nobody)
        own: list[Value] = []
        for code in codes:
            part = parts.get(code)
            if part is None:
                own += (states[_shown_of(row, code, found)], None, None, None)
            else:
                own += (states[part.shown], part.due_on, part.office, part.person)
        yield (
            row.reference, words.pick(row.title, language)[0], names.get(row.mechanism_id), row.meeting,
            kinds[row.kind], priorities[row.priority], horizons[row.horizon] if row.horizon else None,
            row.lead_party, endings[row.ended_as] if row.ended_as else states[row.state], row.due_on, *own,
            ", ".join(code for code in codes if code in parts and not parts[code].is_accepted) or None,
            _reasons(parts) or None, in_zone(row.news_at, zone_name).date(),
        )  # fmt: skip


def _reasons(parts: Mapping[str, Part]) -> str:
    return "\n".join(f"{code}: {parts[code].reason}" for code in sorted(parts) if parts[code].reason)


def _notes(session: GuardedSession, query: ActionQuery, language: str) -> tuple[str, ...]:
    """Say of when it is and for whom, how it may be handled, what it was narrowed to, and whose days are meant."""
    catalogue, viewer = words.translations(language), session.bound_viewer
    city = words.city_of(viewer.time_zone, language, viewer.party)
    step = labels.label("handling_step", "delegations", language)
    narrowed = written(query, language)
    told = [
        standing_words(session, language),
        catalogue.gettext("Taken at %(time)s (%(city)s).")
        % {"time": words.day_and_time(session.now, viewer.time_zone, language), "city": city},
        catalogue.gettext("Handling: %(step)s, those whose actions stand here; not to be passed on.") % {"step": step},
        catalogue.gettext("Filter: %(filter)s") % {"filter": narrowed} if narrowed else "",
        catalogue.gettext("A part is overdue by the day in its own party’s capital, and only once that party took it."),
    ]
    return tuple(note for note in told if note)


# As a paper ---------------------------------------------------------------------------------------


def paper_of(session: GuardedSession, found: Found, query: ActionQuery, language: str) -> ActionsPaper:
    """Return what was found as a matrix of actions and parties on paper."""
    catalogue = words.translations(language)
    codes = _columns_of_parties(found, language)
    count = len(found.rows)
    standing, *notes = _notes(session, query, language)
    return ActionsPaper(
        language=language,
        title=catalogue.gettext("Actions"),
        standing=standing,
        lede=catalogue.ngettext("%(num)s action.", "%(num)s actions.", count) % {"num": words.number(count, language)},
        columns=(
            catalogue.gettext("Action"), catalogue.gettext("Due"),
            *(words.party_name(code, language) for code in codes), catalogue.gettext("Reason or note"),
        ),
        rows=tuple(_paper_row(row, found, codes, language, catalogue.gettext) for row in found.rows),
        nothing=catalogue.gettext("No action answers to this."),
        notes=tuple(notes),
        page=labels.label("agenda_paper", "page", language),
        dated=session.now,
    )  # fmt: skip


def _paper_row(row: Any, found: Found, codes: Sequence[str], language: str, say: Callable[[str], str]) -> PaperAction:
    parts = found.parts.get(row.id, {})
    title, spoken = words.pick(row.title, language)
    mechanism = found.mechanisms.get(row.mechanism_id)
    under = [row.reference, *([words.pick(mechanism, language)[0]] if mechanism else [])]
    not_accepted = say("recorded, not accepted")
    return PaperAction(
        title=title,
        language=spoken or language,
        under=" · ".join(under),
        due=words.date_plain(row.due_on, language) if row.due_on else "",
        parts=tuple(
            PaperPart(
                labels.label("leg_state", _shown_of(row, code, found), language),
                not_accepted if code in parts and not parts[code].is_accepted else "",
                is_late=code in parts and parts[code].shown == _OVERDUE,
            )
            for code in codes
        ),
        note=_reasons(parts),
    )
