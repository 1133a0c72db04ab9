"""The rows behind each figure of the accountability report, a page at a time; all of them come to the figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVarTuple

from sqlalchemy import Select, func
from sqlalchemy.orm import load_only

from app import labels, words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.walltime import in_zone
from app.models import Action, DueMove, Leg, Mechanism
from app.papers.report import Cell, Grid
from app.services.paging import PAGE_SIZE, pages_of
from app.services.register_strips import period_labels
from app.services.reports import CONDITIONS, LEG_FIGURES, MOVED, ReportScope, legs_of, moves_of
from app.services.reports_accountability import (
    COMMITMENTS,
    CONTESTED,
    accountability,
    commitments_of,
)
from app.services.reports_commitment_words import commitment_cell, owners_of, party_word
from app.services.reports_meetings import (
    MEETINGS,
    PERIOD_FIGURES,
    Compliance,
    compliance_of,
    meetings_held,
    rows_for,
)
from app.services.reports_words import contests_grid, figure_name

Row = TypeVarTuple("Row")
FIGURES: Final = (*LEG_FIGURES, COMMITMENTS, CONTESTED, MEETINGS, *PERIOD_FIGURES)


@dataclass(frozen=True, slots=True)
class FigureRows:
    """A page of the rows that a figure counts; `total` is the figure."""

    figure: str
    name: str
    grid: Grid
    total: int
    page: int
    page_count: int


def rows_of(session: GuardedSession, figure: str, scope: ReportScope, language: str, page: int = 1) -> FigureRows:
    """Return a page (from 1) of the rows of a figure; raises `NotFound` for another name and beyond the last page."""
    if figure in CONDITIONS:
        return _page_of_query(session, legs_of(session, scope, figure), figure, language, page)
    if figure == MOVED:
        return _page_of_query(session, moves_of(session, scope), figure, language, page)
    if figure in FIGURES:
        return _page_of_grid(figure, _whole(session, figure, scope, language), language, page)
    raise NotFound


# Legs ---------------------------------------------------------------------------------------------


def _page_of_query(session: GuardedSession, query: Select[*Row], figure: str, language: str, page: int) -> FigureRows:
    counted = query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.execute(counted).scalar_one()
    page_count = pages_of(total, page)
    columns = (load_only(Action.reference, Action.title, Action.created_at), load_only(Mechanism.code, Mechanism.name))
    rows = session.execute(query.options(*columns).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    make: Callable[..., tuple[Cell, ...]] = _moved_row if figure == MOVED else partial(_leg_row, session)
    name = figure_name(figure, language)
    grid = Grid(name, _heads(figure, language), tuple(make(*row, language=language) for row in rows))
    return FigureRows(figure, name, grid, total, page, page_count)


def _heads(figure: str, language: str) -> tuple[str, ...]:
    gettext = words.translations(language).gettext
    first = (gettext("Action"), gettext("Party"))
    if figure == MOVED:
        return (*first, gettext("Moved from"), gettext("Moved to"), gettext("Reason"))
    return (*first, gettext("State"), gettext("Due"), gettext("Recorded"), gettext("Done"), gettext("Reason"))


def _leg_row(
    session: GuardedSession, leg: Leg, action: Action, mechanism: Mechanism | None, *, language: str
) -> tuple[Cell, ...]:
    gettext, zone_name = words.translations(language).gettext, session.bound_viewer.time_zone
    recorded_on = in_zone(action.created_at, zone_name).date()
    done_on = in_zone(leg.done_at, zone_name).date() if leg.done_at else None
    not_accepted = () if leg.is_accepted else (gettext("recorded, not accepted"),)
    return (
        action_cell(action, mechanism, language), Cell(words.party_name(leg.party_code, language)),
        Cell(labels.label("leg_state", leg.state, language), not_accepted),
        Cell(words.date_plain(leg.due_on, language) if leg.due_on else ""),
        Cell(words.date_plain(recorded_on, language)),
        Cell(words.date_plain(done_on, language) if done_on else ""), Cell(leg.reason or ""),
    )  # fmt: skip


def _moved_row(
    leg: Leg, action: Action, mechanism: Mechanism | None, move: DueMove, *, language: str
) -> tuple[Cell, ...]:
    was, now = (words.date_plain(day, language) if day else "" for day in (move.was_on, move.now_on))
    party = Cell(words.party_name(leg.party_code, language))
    return (action_cell(action, mechanism, language), party, Cell(was), Cell(now), Cell(move.reason))


def action_cell(action: Action, mechanism: Mechanism | None, language: str) -> Cell:
    """Return an action by its title, that leads to its page, with its reference and mechanism."""
    title, spoken = words.pick(action.title, language)
    named = (words.pick(mechanism.name, language)[0],) if mechanism else ()
    return Cell(title, (action.reference, *named), f"/actions/{action.reference}", language=spoken or "")


# What is listed whole ------------------------------------------------------------------------------


def _page_of_grid(figure: str, grid: Grid, language: str, page: int) -> FigureRows:
    page_count = pages_of(len(grid.rows), page)
    shown = grid.rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    name = figure_name(figure, language)
    return FigureRows(figure, name, Grid(name, grid.columns, shown, grid.figures), len(grid.rows), page, page_count)


def _whole(session: GuardedSession, figure: str, scope: ReportScope, language: str) -> Grid:
    if figure == COMMITMENTS:
        return _commitment_rows(session, scope, language)
    if figure == CONTESTED:
        return contests_grid(accountability(session, scope, rows_for(session, scope, language)), language)
    if figure == MEETINGS:
        return _meeting_rows(session, scope, language)
    return _period_rows(compliance_of(session, scope, rows_for(session, scope, language)), figure, language)


def _commitment_rows(session: GuardedSession, scope: ReportScope, language: str) -> Grid:
    gettext = words.translations(language).gettext
    rows = tuple(
        (commitment_cell(line, language), Cell("", tuple(party_word(line.cell(code), language) for code in codes)))
        for line in commitments_of(session, scope)
        if line.commitment.kind == "pledge"
        for codes in (owners_of(line, language),)
    )
    return Grid("", (gettext("Commitment"), gettext("Each party’s word")), rows)


def _meeting_rows(session: GuardedSession, scope: ReportScope, language: str) -> Grid:
    gettext = words.translations(language).gettext
    rows = []
    for each, mechanism in meetings_held(session, scope):
        title, spoken = words.pick(each.title, language)
        rows.append(
            (
                Cell(title, (each.reference,), f"/meetings/{each.reference}", language=spoken or ""),
                Cell(words.pick(mechanism.name, language)[0] if mechanism else gettext("ad hoc meetings")),
                Cell(words.date_range(each.starts_on, each.ends_on, language)),
            )
        )
    return Grid("", (gettext("Meeting"), gettext("Mechanism"), gettext("Days")), tuple(rows))


def _period_rows(found: Compliance, figure: str, language: str) -> Grid:
    gettext = words.translations(language).gettext
    rows = []
    for row in found.periods_of(figure):
        (label,) = period_labels([row.period], language)
        pair = words.list_of(
            [words.party_name(code, language) for code in words.party_order(row.pair, language)], language
        )
        state = labels.label("period_state", row.period.word, language)
        held = ", ".join(each.label for each in row.period.held)
        name = Cell(row.facts.name.in_language(language), (row.facts.ref,), f"/mechanisms/{row.facts.code}")
        rows.append((name, Cell(label, (pair,) if pair else ()), Cell(state), Cell(held)))
    heads = (gettext("Mechanism"), gettext("Period"), gettext("State"), gettext("Held"))
    return Grid("", heads, tuple(rows))
