"""Commitments: the list, the follow-up matrix with its exports, and the page of one."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import words
from app.domain.commitments import ASKED_STATES
from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.services import commitments as service
from app.services.commitment_accounting import may_ask_accounting, open_accounting
from app.services.commitment_acts import may_record_alone
from app.services.commitment_links import actions_serving
from app.services.commitment_paper import FORMS, matrix_file
from app.services.commitment_statements import speaking_on, statement_lines
from app.services.commitments import CommitmentFilters
from app.services.register import today_for
from app.web.commitments import acts as _acts  # noqa: F401 - its routes are on the same blueprint
from app.web.commitments import recording as _recording  # noqa: F401 - its routes are on the same blueprint
from app.web.commitments import serving as _serving
from app.web.commitments.blueprint import blueprint
from app.web.commitments.showing import FILTERS, cell_lines, contest_line, filter_choices, row_of, told_clock
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

__all__ = ["blueprint"]
_READS: Final = signed_in(Action.READ_REGISTER)
ACTIONS_SHOWN: Final = 100
APART: Final = ("practice", "repeat")


@route(blueprint, "/commitments", policy=_READS)
def commitments() -> ResponseReturnValue:
    """Show the pledges, and apart from them what is only practised or said again."""
    asked, today = asked_filters(), today_for(session())
    found = service.commitment_lines(session(), asked, beside=APART, page=page_number())
    return render_template(
        "commitments/list.html",
        found=found,
        rows=[row_of(line, today) for line in found.lines],
        apart=[row_of(line, today) for line in found.beside],
        **_shared("commitments.commitments", found, asked),
    )


@route(blueprint, "/commitments/matrix", policy=_READS)
def matrix() -> ResponseReturnValue:
    """Show how each party stands with each pledge."""
    asked, today = asked_filters(), today_for(session())
    found = service.commitment_lines(session(), asked, page=page_number())
    return render_template(
        "commitments/matrix.html",
        found=found,
        rows=[row_of(line, today) for line in found.lines],
        columns=words.party_order(found.parties, reader_language()),
        taken_away={form: url_for(f"commitments.matrix_{form}", **_kept(asked)) for form in FORMS},
        **_shared("commitments.matrix", found, asked),
    )


@route(blueprint, "/commitments/matrix.xlsx", policy=_READS)
def matrix_xlsx() -> ResponseReturnValue:
    """Give the matrix as asked for as a workbook."""
    return _taken_away("xlsx")


@route(blueprint, "/commitments/matrix.csv", policy=_READS)
def matrix_csv() -> ResponseReturnValue:
    """Give the matrix as asked for as CSV."""
    return _taken_away("csv")


@route(blueprint, "/commitments/matrix.pdf", policy=_READS)
def matrix_pdf() -> ResponseReturnValue:
    """Give the matrix as asked for as a tagged PDF."""
    return _taken_away("pdf")


def _taken_away(form: str) -> Response:
    language = reader_language()
    name, content = matrix_file(session(), form, asked_filters(), language)
    shown = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"', "Content-Language": language}
    return Response(content, mimetype=FORMS[form], headers=headers)


def asked_filters() -> CommitmentFilters:
    """Return what the address asks for; a state that is none is no filter."""
    asked = {name: as_typed(request.args.get(name, "")).strip() or None for name in FILTERS}
    return CommitmentFilters(
        asked["mechanism"], asked["party"], asked["state"] if asked["state"] in ASKED_STATES else None
    )


def _kept(asked: CommitmentFilters) -> dict[str, Any]:
    return {name: value for name in FILTERS if (value := getattr(asked, name))}


def _shared(endpoint: str, found: service.CommitmentPage, asked: CommitmentFilters) -> dict[str, Any]:
    """Return what the list and the matrix both need."""
    kept = _kept(asked)
    return {
        "asked": asked,
        "choices": filter_choices(),
        "here": url_for(endpoint),
        "elsewhere": {name: url_for(f"commitments.{name}", **kept) for name in ("commitments", "matrix")},
        "before": url_for(endpoint, page=found.page - 1, **kept) if found.page > 1 else None,
        "after": url_for(endpoint, page=found.page + 1, **kept) if found.page < found.page_count else None,
        "may_record": may_record_alone(session()),
        "cell_lines": cell_lines,
        "contest_line": contest_line,
    }


@route(blueprint, "/commitments/<ref>", policy=_READS)
def commitment(ref: str) -> ResponseReturnValue:
    """Show one commitment: its source, how each party stands, what serves it, how it is accounted for."""
    line = service.commitment_line(session(), ref)
    language, found = reader_language(), line.commitment
    actions = actions_serving(session(), found, ACTIONS_SHOWN)
    return render_template(
        "commitments/commitment.html",
        row=row_of(line, today_for(session())),
        line=line,
        found=found,
        table=words.party_order(line.table, language),
        cell_lines=cell_lines,
        contest_line=contest_line,
        speaking=speaking_on(session(), line),
        told=told_clock(line),
        statements=statement_lines(session(), found),
        actions=actions,
        columns=words.party_order({code for each in actions for code in each.legs}, language),
        form=_serving.link_form(),
        may_link=_serving.may_link_any(),
        may_ask=may_ask_accounting(session(), line),
        decision=open_accounting(session(), found),
        repeats=service.repeated_by(session(), found),
        when=lambda at: words.day_and_time(at, viewer().time_zone, language),
        day_of=lambda at: words.date_short(words.local(at, viewer().time_zone).date(), language),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )
