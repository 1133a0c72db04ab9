"""Importing a table of actions: brought, its columns chosen, its rows looked through, confirmed, and undone."""

from __future__ import annotations

import uuid
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.action_import import BroughtTable, column_letters
from app.domain.action_import_rows import text_of
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.extension import uid_host
from app.i18n import reader_language
from app.messages import message_for
from app.services import action_import_undo as undoing
from app.services import action_import_write as writing
from app.services import action_imports as service
from app.services.action_import_names import names_for
from app.services.action_import_plan import ImportPlan, plan_import
from app.services.paging import PAGE_SIZE, pages_of
from app.web.actions.blueprint import blueprint
from app.web.actions.import_forms import BringForm, choices_form, column_choices, is_other_table, typed_table
from app.web.actions.import_tables import problem_words, refused_file
from app.web.forms import put_error, sent_version
from app.web.paging import page_number
from app.web.routing import route, session, signed_in

_POLICY: Final = signed_in(Permission.CHANGE_ACTIONS)
_FATES: Final = ("new", "joined", "same", "refused")


@route(blueprint, "/actions/import", policy=_POLICY, methods=("GET", "POST"))
def import_actions() -> ResponseReturnValue:
    """Take a table of actions, as a file or pasted."""
    form = BringForm()
    status = 200
    if request.method == "POST":
        try:
            row = service.keep_import(session(), _brought(form))
        except Refusal as refusal:
            put_error(form, refusal)
            status = 422
        else:
            return redirect(url_for("actions.import_table", import_id=row.id), 303)
    open_tables = [(row, service.table_of(row).file_name) for row in service.own_imports(session())]
    return render_template("actions/import.html", form=form, open_tables=open_tables), status


def _brought(form: BringForm) -> BroughtTable:
    sent = form.file.data
    if sent:
        return service.read_file(sent.read(), sent.filename or "", reader_language())
    if form.pasted.data:
        return service.read_pasted(form.pasted.data, reader_language())
    raise Refusal("required", field="file")


@route(blueprint, "/actions/import/<uuid:import_id>", policy=_POLICY, methods=("GET", "POST"))
def import_table(import_id: uuid.UUID) -> ResponseReturnValue:
    """Show how the columns of a table are read, and take what is chosen about them."""
    row = service.find_import(session(), import_id)
    if row.batch_id is not None:
        return redirect(url_for("actions.import_batch", batch_id=row.batch_id), 303)
    table = service.table_of(service.open_import(session(), import_id))
    form = choices_form(table, names_for(session()))
    if request.method != "POST":
        return _choices_page(row, table, form)
    if form.validate():
        try:
            typed = typed_table(table, form)
            service.choose(session(), import_id, typed, version=sent_version())
        except StaleVersion:
            raise
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            again = is_other_table(table, typed)
            page = "actions.import_table" if again else "actions.import_rows"
            return redirect(url_for(page, import_id=import_id), 303)
    return _choices_page(row, table, form), 422


def _choices_page(row: Any, table: BroughtTable, form: Any) -> str:
    places = range(len(table.choices.columns))
    body = table.body[:3]
    columns = [
        {
            "place": place,
            "letters": column_letters(place + 1),
            "heading": _shown(table.head, place),
            "samples": [said for _number, cells in body if (said := _shown(cells, place))],
            "chosen": request.form.get(f"column_{place}", table.choices.columns[place]),
        }
        for place in places
    ]
    return render_template(
        "actions/import_table.html", row=row, table=table, form=form, columns=columns, choices=column_choices(),
        row_count=len(table.body),
    )  # fmt: skip


def _shown(cells: tuple[Any, ...], place: int) -> str:
    """Return what stands in a cell, short enough for an example."""
    said = " ".join(text_of(cells[place]).split()) if place < len(cells) else ""
    return said if len(said) <= 60 else said[:59] + "…"


# The rows -----------------------------------------------------------------------------------------


@route(blueprint, "/actions/import/<uuid:import_id>/rows", policy=_POLICY)
def import_rows(import_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would become of each row, before anything is written."""
    row = service.find_import(session(), import_id)
    if row.batch_id is not None:
        return redirect(url_for("actions.import_batch", batch_id=row.batch_id), 303)
    table = service.table_of(service.open_import(session(), import_id))
    return _rows_page(row, plan_import(session(), table))


def _rows_page(row: Any, plan: ImportPlan, refusal: Refusal | None = None) -> str:
    fate = request.args.get("fate", "")
    if fate not in {"", *_FATES}:
        raise NotFound
    fates = [each for each in plan.fates if fate in {"", each.fate}]
    page = page_number()
    page_count = pages_of(len(fates), page)
    shown = fates[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    address = {"import_id": row.id, **({"fate": fate} if fate else {})}
    return render_template(
        "actions/import_rows.html", row=row, plan=plan, fate=fate, lines=shown, page=page, page_count=page_count,
        said={each.row.line: problem_words(plan.table, each) for each in shown},
        refusal=message_for(refusal) if refusal else None,
        fates=[(name, plan.counts.get(name, 0)) for name in _FATES], ambiguous=_ambiguous(plan),
        before=url_for("actions.import_rows", page=page - 1, **address) if page > 1 else None,
        after=url_for("actions.import_rows", page=page + 1, **address) if page < page_count else None,
    )  # fmt: skip


def _ambiguous(plan: ImportPlan) -> int:
    return sum(any(each.key == "ambiguous_date" for each in fate.problems) for fate in plan.fates)


@route(blueprint, "/actions/import/<uuid:import_id>/refused.<any(csv,xlsx):ending>", policy=_POLICY)
def refused_rows(import_id: uuid.UUID, ending: str) -> ResponseReturnValue:
    """Hand over the refused rows, as they were brought, each with what stands against it."""
    table = service.table_of(service.open_import(session(), import_id))
    return refused_file(plan_import(session(), table), ending, session().now)


@route(blueprint, "/actions/import/<uuid:import_id>/confirm", policy=_POLICY, methods=("POST",))
def confirm_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Import every row that was looked through, or none."""
    try:
        batch = writing.confirm_import(
            session(), import_id, version=sent_version(), digest=request.form.get("digest", ""), uid_host=uid_host()
        )
    except StaleVersion:
        row = service.open_import(session(), import_id)
        changed = Refusal("stale_import")
        return _rows_page(row, plan_import(session(), service.table_of(row)), changed), 409
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.key in {"forbidden", "not_in_state"}:
            raise
        row = service.open_import(session(), import_id)
        return _rows_page(row, plan_import(session(), service.table_of(row)), refusal), 422
    flash(ngettext("%(num)s row is imported.", "%(num)s rows are imported.", batch.row_count))
    return redirect(url_for("actions.import_batch", batch_id=batch.id), 303)


@route(blueprint, "/actions/import/<uuid:import_id>/discard", policy=_POLICY, methods=("POST",))
def discard_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Put a table away without importing it."""
    service.discard_import(session(), import_id, version=sent_version())
    flash(_("The table is put away. Nothing was imported."))
    return redirect(url_for("actions.import_actions"), 303)


# Batches ------------------------------------------------------------------------------------------


@route(blueprint, "/actions/batches/<uuid:batch_id>", policy=_POLICY)
def import_batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Show what an import brought, and what undoing it would do."""
    return _batch_page(batch_id)


@route(blueprint, "/actions/batches/<uuid:batch_id>/undo", policy=_POLICY, methods=("POST",))
def undo_import(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Undo an import in one step."""
    try:
        plan = undoing.undo_import(session(), batch_id, also_written_on=request.form.get("also") == "y")
    except Refusal as refusal:
        if refusal.key != "written_on_since":
            raise
        return _batch_page(batch_id, refusal), 422
    flash(ngettext("%(num)s action is withdrawn.", "%(num)s actions are withdrawn.", len(plan.withdrawn)))
    return redirect(url_for("actions.import_batch", batch_id=batch_id), 303)


def _batch_page(batch_id: uuid.UUID, refusal: Refusal | None = None) -> str:
    batch = undoing.find_import_batch(session(), batch_id)
    plan = undoing.plan_undo(session(), batch)
    page = page_number()
    page_count = pages_of(len(plan.actions), page)
    return render_template(
        "actions/import_batch.html", batch=batch, plan=plan, refusal=message_for(refusal) if refusal else None,
        lines=plan.actions[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], page=page, page_count=page_count,
        before=url_for("actions.import_batch", batch_id=batch_id, page=page - 1) if page > 1 else None,
        after=url_for("actions.import_batch", batch_id=batch_id, page=page + 1) if page < page_count else None,
    )  # fmt: skip
