"""Action items: what one's delegation owes, the register, one action, and what is said of it."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app import labels, words
from app.domain.actions import LEG_STATES
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.i18n import reader_language
from app.models import Action, Leg, Meeting
from app.services import action_acts as acts
from app.services import actions as service
from app.services.action_lines import OVERDUE, ActionLine, today_of
from app.services.actions import Filters
from app.web.actions import due as _due  # noqa: F401
from app.web.actions import editing as _editing  # noqa: F401 - its routes are on the same blueprint, as those below
from app.web.actions import leavers as _leavers  # noqa: F401
from app.web.actions import updates as _updates  # noqa: F401
from app.web.actions.blueprint import blueprint
from app.web.actions.forms import (
    LegForm,
    leg_form,
    new_action_form,
    typed_action,
    typed_leg,
)
from app.web.actions.page import action_page
from app.web.actions.update_forms import update_form
from app.web.forms import compared, named_choices, put_error, sent_version
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

__all__ = ["blueprint"]
_FILTERS: Final = ("mechanism", "party", "state")


# Lists ----------------------------------------------------------------------------------------------


@route(blueprint, "/actions", policy=signed_in(Permission.READ_ACTIONS))
def actions() -> ResponseReturnValue:
    """Show what the viewer's delegation owes, then every action that the viewer may see."""
    chosen = {name: request.args.get(name) or None for name in _FILTERS}
    page = page_number()
    found = service.actions_list(session(), Filters(**chosen), page)
    own = viewer().party if viewer().sits_at_a_table else None
    today = today_of(session(), own) if own else None
    first = page == 1 and not any(chosen.values())
    return render_template(
        "actions/list.html",
        found=found,
        columns=columns_of(found.lines),
        chosen=chosen,
        choices=_filter_choices(),
        own=own,
        today=today,
        owed=service.owed_by(session(), own, today) if own and today and first else None,
        may_record=_may_record_ad_hoc(),
        before=_page_address(page - 1, chosen) if page > 1 else None,
        after=_page_address(page + 1, chosen) if page < found.page_count else None,
    )


def columns_of(lines: tuple[ActionLine, ...]) -> list[str]:
    """Return the parties that have a part in any of the actions, in the order of the reader's alphabet."""
    return words.party_order({code for line in lines for code in line.parties}, reader_language())


def _filter_choices() -> dict[str, list[tuple[str, str]]]:
    language = reader_language()
    parties = words.party_order(service.parties_with_legs(session()), language)
    states = [(state, labels.label("leg_state", state, language)) for state in (OVERDUE, *LEG_STATES)]
    return {
        "mechanism": named_choices(service.mechanisms_with_actions(session()), language),
        "party": [(code, words.party_name(code, language)) for code in parties],
        "state": states,
    }


def _page_address(page: int, chosen: dict[str, str | None]) -> str:
    kept: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return url_for("actions.actions", page=page, **kept)


def _may_record_ad_hoc() -> bool:
    """Say whether the viewer can record an action of no meeting: a delegation, or a secretariat for such things."""
    if not can(viewer(), Permission.CREATE_ACTION):
        return False
    return viewer().sits_at_a_table or any(hat.is_ad_hoc for hat in viewer().hats)


# Recording ------------------------------------------------------------------------------------------


@route(blueprint, "/actions/new", policy=signed_in(Permission.CREATE_ACTION), methods=("GET", "POST"))
def new_action() -> ResponseReturnValue:
    """Record an action of the meeting that the address names, or of none."""
    reference = request.args.get("meeting") or None
    meeting = acts.meeting_to_act_on(session(), reference) if reference else None
    if meeting is None and not _may_record_ad_hoc():
        raise Refusal("action_needs_meeting")
    parties = acts.parties_to_choose(session(), meeting)
    offices = service.offices_of(session(), [party.code for party in parties])
    language = reader_language()
    form = new_action_form(parties, offices, viewer().party, language)
    codes = words.party_order([party.code for party in parties], language)
    if request.method != "POST":
        return _new_page(form, codes, meeting)
    try:
        action = acts.record_action(
            session(), typed_action(form, parties, language), meeting.reference if meeting else None
        )
    except Refusal as refusal:
        put_error(form, refusal)
        return _new_page(form, codes, meeting), 422
    flash(_("The action is recorded as %(reference)s.", reference=action.reference))
    return redirect(url_for("actions.action", ref=action.reference), 303)


def _new_page(form: FlaskForm, codes: list[str], meeting: Meeting | None) -> str:
    back = url_for("meetings.meeting", ref=meeting.reference) if meeting else url_for("actions.actions")
    return render_template("actions/new.html", form=form, codes=codes, meeting=meeting, back=back)


# One action -----------------------------------------------------------------------------------------


@route(blueprint, "/actions/<ref>", policy=signed_in(Permission.READ_ACTIONS))
def action(ref: str) -> ResponseReturnValue:
    """Show one action."""
    return action_page(service.action_view(session(), ref), update_form(reader_language()))


@route(blueprint, "/actions/<ref>/legs/<party>", policy=signed_in(Permission.UPDATE_LEG), methods=("GET", "POST"))
def leg(ref: str, party: str) -> ResponseReturnValue:
    """Show a leg to its own party, and save what it says of it."""
    found, own = acts.own_leg(session(), ref, party)
    offices = service.offices_of(session(), [party])[party]
    form = leg_form(own, offices, reader_language())
    if request.method != "POST":
        return _leg_page(found, own, form, own.version)
    try:
        acts.update_leg(session(), ref, party, typed_leg(form), version=sent_version())
    except StaleVersion as stale:
        # A state that the leg can no longer go to is no choice of the form.
        states = labels.labels("leg_state", reader_language())
        rows = compared(form, stale.yours, stale.theirs, {"state": lambda key: states.get(key, key)})
        return _leg_page(found, own, form, own.version, rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _leg_page(found, own, form, sent_version()), 422
    flash(_("Saved. Everybody who sees this action sees it."))
    return redirect(url_for("actions.action", ref=found.reference), 303)


def _leg_page(found: Action, own: Leg, form: LegForm, version: int, rows: Any = None) -> str:
    return render_template("actions/leg.html", action=found, leg=own, form=form, version=version, compared=rows)
