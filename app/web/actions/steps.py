"""The steps of one's own delegation towards what it owes, on the page of the action; nobody else learns of them."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.models import Action
from app.services import actions
from app.services import subtasks as service
from app.services.leg_people import own_people
from app.services.subtasks import Step
from app.web.actions.blueprint import blueprint
from app.web.actions.forms import StepForm, chosen_person, person_choices
from app.web.actions.page import action_page
from app.web.actions.page_parts import steps_part
from app.web.actions.update_forms import update_form
from app.web.forms import day, put_error, unsaved
from app.web.routing import route, session, signed_in

_POLICY = signed_in(Permission.KEEP_SUBTASKS)


@route(blueprint, "/actions/<ref>/steps", policy=_POLICY, methods=("POST",))
def add_step(ref: str) -> ResponseReturnValue:
    """Write down a step of one's own delegation."""
    found = actions.find_action(session(), ref)
    form = StepForm()
    try:
        service.add_subtask(session(), ref, typed_step(form))
    except Refusal as refusal:
        put_error(form, refusal)
        view = actions.action_view(session(), ref)
        return action_page(view, update_form(reader_language()), steps=steps_part(view, form)), 422
    flash(_("The step is added. Only your delegation sees it."))
    return _to_steps(found)


@route(blueprint, "/actions/<ref>/steps/<uuid:subtask_id>", policy=_POLICY, methods=("GET", "POST"))
def step(ref: str, subtask_id: uuid.UUID) -> ResponseReturnValue:
    """Show a step to its delegation, and save what is changed of it."""
    found, row = service.find_subtask(session(), ref, subtask_id)
    form = StepForm(data={"step": row.text.text, "step_person": str(row.person_id or ""), "step_due_on": row.due_on})
    form.step_person.choices = person_choices(own_people(session()))
    left = unsaved(
        form, row, lambda version: service.change_subtask(session(), ref, subtask_id, typed_step(form), version=version)
    )
    if left is None:
        flash(_("Saved. Only your delegation sees it."))
        return _to_steps(found)
    return render_template(
        "actions/step.html", action=found, row=row, form=form, version=left.version, compared=left.rows
    ), left.status


@route(blueprint, "/actions/<ref>/steps/<uuid:subtask_id>/tick", policy=_POLICY, methods=("POST",))
def tick_step(ref: str, subtask_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a step is done, or that it is not."""
    found, _row = service.find_subtask(session(), ref, subtask_id)
    service.tick_subtask(session(), ref, subtask_id, is_done=request.form.get("done") == "yes")
    return _to_steps(found)


@route(blueprint, "/actions/<ref>/steps/<uuid:subtask_id>/remove", policy=_POLICY, methods=("POST",))
def remove_step(ref: str, subtask_id: uuid.UUID) -> ResponseReturnValue:
    """Take a step away, or put it back."""
    found, _row = service.find_subtask(session(), ref, subtask_id)
    is_removed = request.form.get("removed") != "no"
    service.remove_subtask(session(), ref, subtask_id, is_removed=is_removed)
    flash(_("The step is removed. It can be put back below.") if is_removed else _("The step is back."))
    return _to_steps(found)


def typed_step(form: StepForm) -> Step:
    """Return the step that was typed; raises `Refusal` `not_a_date`, `unknown_person`."""
    return Step(
        text=form.step.data or "",
        person_id=chosen_person(form.step_person.data, "step_person"),
        due_on=day(form.step_due_on.data, "step_due_on"),
    )


def _to_steps(found: Action) -> ResponseReturnValue:
    return redirect(url_for("actions.action", ref=found.reference, _anchor="steps"), 303)
