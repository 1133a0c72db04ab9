"""The facts of a mechanism as its parties keep them: each confirmed or contested by one, corrected by all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Literal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.fact_edits import FACT_FIELDS, digest_of_fact
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Mechanism
from app.services import mechanism_facts as service
from app.services.actions import offices_of
from app.services.decision_lists import mechanism_names
from app.services.fact_sheets import FactLine, fact_sheet
from app.services.fact_words import fact_in_words, field_name, source_in_words
from app.services.mechanisms import MechanismView
from app.web.decisions.routes import row_of
from app.web.forms import named_choices, put_error, sent_version
from app.web.mechanisms.blueprint import blueprint
from app.web.mechanisms.fact_forms import (
    GROUPS,
    AskForm,
    Choices,
    ContestForm,
    OfficesForm,
    form_of,
    group_name,
    typed_facts,
)
from app.web.routing import route, session, signed_in, viewer

# The section of a mechanism's page ----------------------------------------------------------------


def kept_facts(found: MechanismView) -> dict[str, Any] | None:
    """Return what the section of a mechanism's page shows to those who keep it; None for everybody else."""
    sheet = fact_sheet(session(), found.mechanism)
    if sheet is None:
        return None
    names = {row.ref or row.prefix: row.name for row in (*found.related, *([found.parent] if found.parent else []))}
    names |= {code: office.name for code, office in found.offices.items()}
    return {
        "sheet": sheet,
        "rows": [_row(line, found.mechanism, names) for line in sheet.lines],
        "open": [row_of(line) for line in sheet.open],
        "over": [row_of(line) for line in sheet.over],
        "groups": [(name, group_name(name)) for name in GROUPS],
        "fates": [(fate, fate_name(fate)) for fate in sheet.fates],
        "own_city": words.city_of(viewer().time_zone, reader_language(), viewer().party),
    }


def _row(line: FactLine, mechanism: Mechanism, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    language = reader_language()
    facts = mechanism.facts
    as_of = words.partial_date(facts["status_as_of"], language) if line.field == "status" else ""
    if line.decided_at is not None and line.field != "status":
        as_of = words.date_short(words.local(line.decided_at, viewer().time_zone).date(), language)
    source = _("the parties") if line.is_edited else source_in_words(line.field, facts, language)
    return {
        "line": line,
        "name": field_name(line.field, language),
        "value": fact_in_words(line.field, line.value, language, names),
        "source": _("%(source)s, as of %(date)s", source=source, date=as_of) if as_of else source,
    }


def fate_name(fate: str) -> str:
    """Return what a button says that leads to the page of a fate."""
    names = {
        "conclude": _("Conclude it"),
        "reopen": _("Take it up again"),
        "activate": _("Create it from the proposal"),
        "merge": _("Merge it into another"),
        "not_held": _("Record a period without a meeting"),
    }
    return str(names[fate])


# One party's word ---------------------------------------------------------------------------------


@route(blueprint, "/mechanisms/<code>/facts/<field>/confirm", policy=signed_in(Action.STATE_FACT), methods=("POST",))
def confirm_fact(code: str, field: str) -> ResponseReturnValue:
    """Say for the viewer's party that a fact is right."""
    return _stated(code, field, "confirm", "")


@route(blueprint, "/mechanisms/<code>/facts/<field>/contest", policy=signed_in(Action.STATE_FACT),
       methods=("GET", "POST"))  # fmt: skip
def contest_fact(code: str, field: str) -> ResponseReturnValue:
    """Ask what is wrong with a fact, and keep it beside the fact."""
    mechanism = service.find_mechanism(session(), code)
    if field not in FACT_FIELDS:
        raise NotFound
    if not service.may_state(session(), mechanism):
        raise Refusal("forbidden")
    form = ContestForm()
    if request.method != "POST":
        return _contest_page(mechanism, field, form)
    try:
        return _stated(code, field, "contest", form.note.data or "")
    except StaleVersion:
        return _contest_page(mechanism, field, form, is_stale=True), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _contest_page(mechanism, field, form), 422


def _stated(code: str, field: str, word: Literal["confirm", "contest"], note: str) -> ResponseReturnValue:
    service.state_fact(session(), code, field, word, note, digest=request.form.get("digest", ""))
    flash(_("Your party’s word stands beside the fact."))
    return redirect(url_for("mechanisms.mechanism", code=code, _anchor=f"fact-{field}"), 303)


def _contest_page(mechanism: Mechanism, field: str, form: ContestForm, *, is_stale: bool = False) -> str:
    language = reader_language()
    value = mechanism.facts.get(field)
    return render_template(
        "mechanisms/contest.html", mechanism=mechanism, field_name=field, form=form, is_stale=is_stale,
        name=field_name(field, language), value=fact_in_words(field, value, language, all_names(mechanism)),
        digest=digest_of_fact(value),
    )  # fmt: skip


@route(blueprint, "/mechanisms/<code>/statements/<uuid:statement_id>/withdraw", policy=signed_in(Action.STATE_FACT),
       methods=("POST",))  # fmt: skip
def withdraw_statement(code: str, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what the viewer's party said of a fact."""
    statement = service.withdraw_statement(session(), code, statement_id)
    flash(_("Your party’s word is withdrawn."))
    return redirect(url_for("mechanisms.mechanism", code=code, _anchor=f"fact-{statement.field}"), 303)


# Corrections --------------------------------------------------------------------------------------


@route(blueprint, "/mechanisms/<code>/correct/<group>", policy=signed_in(Action.KEEP_MECHANISM),
       methods=("GET", "POST"))  # fmt: skip
def correct_facts(code: str, group: str) -> ResponseReturnValue:
    """Show a group of facts to those who can ask for others, and ask the parties."""
    mechanism = service.find_mechanism(session(), code)
    if group not in GROUPS:
        raise NotFound
    service.check_may_ask(session(), mechanism)
    form = form_of(group, mechanism.facts, _choices(mechanism), reader_language())
    if request.method != "POST":
        return _correct_page(mechanism, group, form)
    if not form.validate():
        return _correct_page(mechanism, group, form), 422
    try:
        decision = service.ask_correction(
            session(), code, typed_facts(group, form, mechanism.facts), form.note.data or "",
            version=sent_version(), answer_by=form.answer_by.data,
        )  # fmt: skip
    except StaleVersion as stale:
        return _correct_page(mechanism, group, form, _compared(stale, mechanism)), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _correct_page(mechanism, group, form), 422
    return asked(decision.id, is_taken=decision.state == "taken")


def asked(decision_id: uuid.UUID, *, is_taken: bool) -> ResponseReturnValue:
    """Say that the parties were asked, on the decision's page."""
    if is_taken:
        flash(_("No other party has to say yes: it is in force."))
    else:
        flash(_("The other parties are asked. What stands now holds until each has said yes."))
    return redirect(url_for("decisions.decision", decision_id=decision_id), 303)


def _choices(mechanism: Mechanism) -> Choices:
    language = reader_language()
    around = service.surroundings(session(), mechanism)
    names = mechanism_names(session())
    refs = sorted(around.parents, key=lambda ref: words.collation_key(words.pick(names[ref], language)[0]))
    return Choices(
        parties=[(code, words.party_name(code, language)) for code in words.party_order(around.parties, language)],
        own_parties=[
            (code, words.party_name(code, language)) for code in words.party_order(mechanism.parties, language)
        ],
        mechanisms=[(ref, words.pick(names[ref], language)[0]) for ref in refs],
    )


def _compared(stale: StaleVersion, mechanism: Mechanism) -> list[tuple[str, str, str]]:
    """Return each fact's name, what was typed and what stands now, as the reader reads them."""
    language, names = reader_language(), all_names(mechanism)
    return [
        (
            field_name(name, language),
            fact_in_words(name, stale.yours[name], language, names),
            fact_in_words(name, stale.theirs[name], language, names),
        )
        for name in stale.yours
    ]


def all_names(mechanism: Mechanism) -> dict[str, Mapping[str, str]]:
    """Return the names of mechanisms by their refs, and of the offices of a mechanism's parties by their codes."""
    offices = offices_of(session(), mechanism.parties)
    return mechanism_names(session()) | {row.code: row.name for rows in offices.values() for row in rows}


def _correct_page(mechanism: Mechanism, group: str, form: AskForm, rows: Any = None) -> str:
    return render_template(
        "mechanisms/ask.html",
        mechanism=mechanism,
        form=form,
        heading=_("Correct: %(group)s", group=group_name(group)),
        consequences=(
            _("The other parties are asked. What stands now holds until each has said yes."),
            _("Whoever reads the register sees nothing of it until then."),
        ),
        button=_("Ask the parties"),
        compared=rows,
        nothing="",
        options={"instrument": {"rows": 3}, "note": {"rows": 3, "maxlength": 2000}},
    )


@route(blueprint, "/mechanisms/<code>/lead-offices", policy=signed_in(Action.STATE_FACT), methods=("GET", "POST"))
def lead_offices(code: str) -> ResponseReturnValue:
    """Show which offices lead for the viewer's party, and take others at once: that is its own matter."""
    mechanism = service.find_mechanism(session(), code)
    party = viewer().party
    if not service.may_state(session(), mechanism) or party is None:
        raise Refusal("forbidden")
    form = OfficesForm(data={"lead_offices": mechanism.facts["lead_offices"].get(party, [])})
    form.lead_offices.choices = named_choices(offices_of(session(), [party])[party], reader_language())
    if request.method != "POST":
        return _offices_page(mechanism, form)
    try:
        service.set_lead_offices(session(), code, form.lead_offices.data or (), version=sent_version())
    except StaleVersion as stale:
        said = dict(form.lead_offices.choices)
        rows = [[", ".join(said.get(each, each) for each in _codes(side)) for side in (stale.yours, stale.theirs)]]
        return _offices_page(mechanism, form, [(str(form.lead_offices.label.text), *row) for row in rows]), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _offices_page(mechanism, form), 422
    flash(_("Saved. The register shows it now."))
    return redirect(url_for("mechanisms.mechanism", code=code, _anchor="fact-lead_offices"), 303)


def _codes(side: Mapping[str, Any]) -> list[str]:
    return list(side["lead_offices"])


def _offices_page(mechanism: Mechanism, form: OfficesForm, rows: Any = None) -> str:
    return render_template(
        "mechanisms/ask.html",
        mechanism=mechanism,
        form=form,
        heading=_("Offices that lead for your party"),
        consequences=(_("This is your party’s own matter: it is in force at once, and nobody is asked."),),
        button=_("Save"),
        compared=rows,
        nothing="",
        options={},
    )
