"""One change to many actions: what is to change, what would come of it, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import labels, words
from app.domain.actions import LEG_STATES
from app.domain.bulk import OF_LEG, OPERATIONS, STAYS, BulkChange, Operation
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.messages import message_for
from app.models.actions import HORIZONS, PRIORITIES
from app.services import bulk as service
from app.services import bulk_undo
from app.services.action_lines import ActionLine
from app.services.actions import offices_of
from app.services.leg_people import own_people
from app.web.actions.blueprint import blueprint
from app.web.actions.bulk_forms import BulkForm, UndoForm
from app.web.actions.bulk_words import change_words, operation_words, value_words
from app.web.actions.forms import office_choices
from app.web.forms import day, put_error
from app.web.routing import route, session, signed_in, viewer

_POLICY: Final = signed_in(Permission.CHANGE_ACTIONS)


@route(blueprint, "/actions/bulk", policy=_POLICY, methods=("GET", "POST"))
def bulk() -> ResponseReturnValue:
    """Choose what to change of the chosen actions, look at what would come of it, and do it."""
    chosen = request.values.getlist("ref")
    try:
        lines = service.chosen_lines(session(), chosen)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(message_for(refusal))
        return redirect(url_for("actions.actions"), 303)
    operation = _operation(request.values.get("operation"))
    form = _form()
    if request.method != "POST" or operation is None or request.form.get("step") == "again":
        return _page(lines, operation, form)
    try:
        change = _typed(operation, form)
        if request.form.get("step") != "make":
            return _preview(lines, change, form)
        batch = service.make_bulk_change(session(), change, _versions())
    except StaleVersion:
        form.form_errors.append(_("One of them was changed in the meantime. Look at what would come of it again."))
        return _page(lines, operation, form), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(lines, operation, form), 422
    flash(ngettext("One action is changed.", "%(num)d actions are changed.", batch.row_count))
    return redirect(url_for("actions.bulk_change", batch_id=batch.id), 303)


@route(blueprint, "/changes", policy=_POLICY)
def bulk_changes() -> ResponseReturnValue:
    """List what one's own side changed of many actions at once."""
    found = bulk_undo.bulk_batches(session())
    return render_template("actions/changes.html", batches=found, said=_said_of_batch)


@route(blueprint, "/changes/<uuid:batch_id>", policy=_POLICY, methods=("GET", "POST"))
def bulk_change(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Show a change of many, and take it back."""
    form = UndoForm()
    if request.method != "POST":
        return _batch_page(batch_id, form)
    try:
        left = bulk_undo.undo_bulk_change(session(), batch_id, form.reason.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return _batch_page(batch_id, form), 422
    flash(_("The change is taken back."))
    if left:
        flash(ngettext("One was changed since and stays.", "%(num)d were changed since and stay.", left))
    return redirect(url_for("actions.bulk_change", batch_id=batch_id), 303)


# The form -----------------------------------------------------------------------------------------


def _operation(written: str | None) -> Operation | None:
    return next((each for each in OPERATIONS if each == written), None)


def _form() -> BulkForm:
    language, own = reader_language(), viewer().party if viewer().sits_at_a_table else None
    form = BulkForm()
    form.state.choices = [(state, labels.label("leg_state", state, language)) for state in LEG_STATES]
    form.office_code.choices = office_choices(offices_of(session(), [own])[own], language) if own else []
    people = sorted(((str(each.id), each.name) for each in own_people(session())), key=lambda pair: pair[1])
    form.person_id.choices = [("", _("nobody with an account")), *people]
    form.priority.choices = [(each, labels.label("priority", each, language)) for each in PRIORITIES]
    horizons = [(each, labels.label("horizon", each, language)) for each in HORIZONS]
    form.horizon.choices = [("", _("not said")), *horizons]
    form.language.choices = list(labels.labels("language", language).items())
    form.language.data = form.language.data or language
    return form


def _typed(operation: Operation, form: BulkForm) -> BulkChange:
    """Return the change that was typed; raises `Refusal("not_a_date")`."""
    if operation == "due_on":
        typed = day(form.due_on.data, "due_on")
        value = typed.isoformat() if typed else ""
    else:
        value = "" if operation == "accept" else str(form[operation].data or "")
    account = form.person_id.data or "" if operation == "person" else ""
    reason = (form.reason.data or "") if operation in {"state", "due_on"} else ""
    return BulkChange(operation, value, reason, account, form.language.data or "en")


def _versions() -> dict[str, str]:
    """Return the version of each action that would change, as the preview sent them: `reference:version`."""
    found = {}
    for written in request.form.getlist("version_of"):
        reference, _sign, version = written.rpartition(":")
        found[reference] = version
    return found


def operations_for_viewer() -> Sequence[Operation]:
    """Return what the viewer can change of many: who has no legs of their own changes the whole alone."""
    return tuple(each for each in OPERATIONS if viewer().sits_at_a_table or each not in OF_LEG)


def _page(lines: Sequence[ActionLine], operation: Operation | None, form: BulkForm) -> str:
    references = [line.action.reference for line in lines]
    addresses = [
        (each, operation_words(each), url_for("actions.bulk", ref=references, operation=each))
        for each in operations_for_viewer()
    ]
    return render_template(
        "actions/bulk.html", lines=lines, operation=operation, form=form, addresses=addresses,
        said=operation_words(operation) if operation else None,
    )  # fmt: skip


def _preview(lines: Sequence[ActionLine], change: BulkChange, form: BulkForm) -> str:
    fates = service.fates(session(), lines, change)
    said, accounts = value_words(session(), reader_language()), dict(form.person_id.choices)
    is_account = change.operation == "person" and (change.person_id or not change.value)
    if is_account and change.person_id in accounts:
        heading = f"{operation_words(change.operation)}: {accounts[change.person_id]}"
    else:
        heading = change_words(change, said)
    return render_template(
        "actions/bulk_preview.html", fates=fates, change=change, form=form, said=_said(said),
        heading=heading, changing=sum(each.changes for each in fates),
        message=message_for, stays=change.operation in STAYS,
    )  # fmt: skip


def _said(value: Callable[[str, str | None], str]) -> Callable[[Mapping[str, str | None]], str]:
    """Return how what a change writes is said: its parts that say something, the account by its name alone."""

    def said(values: Mapping[str, str | None]) -> str:
        told = [value(name, written) for name, written in values.items() if name != "person_id" and written]
        return ", ".join(told)

    return said


# What was changed ---------------------------------------------------------------------------------


def _said_of_batch(batch: object) -> str:
    return operation_words(cast("Operation", batch.content["operation"]))  # type: ignore[attr-defined]


def _batch_page(batch_id: uuid.UUID, form: UndoForm) -> str:
    view = bulk_undo.batch_view(session(), batch_id)
    return render_template(
        "actions/change.html", view=view, form=form, heading=_said_of_batch(view.batch),
        said=_said(value_words(session(), reader_language())),
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
    )  # fmt: skip
