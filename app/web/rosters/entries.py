"""The people on a roster: proposed, changed, decided on, put back, pasted as a table; and their credentials."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.models import Meeting, RosterEntry
from app.services import roster_acts as service
from app.services import roster_many as many_service
from app.services.contacts import offices_of
from app.services.dispatches import who_is_told_of_entry
from app.services.roster_people import address_of, own_contacts, own_people
from app.services.rosters import RosterView
from app.web.dispatches.holding import hold_if_asked
from app.web.forms import put_error, sent_version, unsaved
from app.web.rosters.blueprint import blueprint
from app.web.rosters.forms import CredentialsForm, EntryForm, ManyForm, entry_form, people_choices, typed_entry
from app.web.rosters.page import address, readable_roster, shown
from app.web.routing import route, session, signed_in, viewer

_KEEPS: Final = signed_in(Action.KEEP_ROSTER)
_DECIDES: Final = signed_in(Action.APPROVE_ROSTER)
_NOTES: Final = signed_in(Action.RECORD_ATTENDANCE)
Decide = Callable[..., RosterEntry]


@route(blueprint, "/meetings/<ref>/roster/new", policy=_KEEPS, methods=("GET", "POST"))
def new_entry(ref: str) -> ResponseReturnValue:
    """Propose somebody for one's own delegation."""
    meeting, view = _keepable(ref)
    form = _form(view)
    if request.method != "POST":
        return _page(meeting, view, form)
    hold_if_asked()
    try:
        row = service.propose_entry(session(), ref, typed_entry(form))
    except Refusal as refusal:
        _put(form, refusal)
        return _page(meeting, view, form), 422
    flash(_added(row))
    return redirect(address(meeting, f"entry-{row.id}"), 303)


@route(blueprint, "/meetings/<ref>/roster/many", policy=_KEEPS, methods=("GET", "POST"))
def many_entries(ref: str) -> ResponseReturnValue:
    """Take a pasted table of people, and show the fate of each row before anything is written."""
    meeting, view = _keepable(ref)
    form = ManyForm()
    if request.method != "POST":
        return _many_page(meeting, view, form)
    try:
        preview = many_service.preview_entries(session(), ref, form.table.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return _many_page(meeting, view, form), 422
    return _many_page(meeting, view, form, preview), 422 if preview.wrong_count else 200


@route(blueprint, "/meetings/<ref>/roster/many/add", policy=_KEEPS, methods=("POST",))
def add_many_entries(ref: str) -> ResponseReturnValue:
    """Put every row of the table that was looked through on the roster, or none."""
    meeting, view = _keepable(ref)
    form = ManyForm()
    hold_if_asked()
    try:
        made = many_service.add_entries(session(), ref, form.table.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return _many_page(meeting, view, form), 422
    flash(ngettext("%(num)s person is on the roster.", "%(num)s people are on the roster.", len(made)))
    return redirect(address(meeting), 303)


@route(blueprint, "/meetings/<ref>/roster/<uuid:entry_id>", policy=_KEEPS, methods=("GET", "POST"))
def edit_entry(ref: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Change what stands of somebody of one's own delegation."""
    meeting, view = _keepable(ref)
    row = _own_row(view, entry_id)
    if row.state == "approved" and not view.may_approve:
        raise Refusal("approved_is_theirs")
    form = _form(view, row)
    left = unsaved(form, row, lambda version: _change(ref, row, form, version))
    if left is not None:
        return _page(meeting, view, form, row, left.version, left.rows), left.status
    flash(_("%(name)s is saved.", name=row.name))
    return redirect(address(meeting, f"entry-{row.id}"), 303)


@route(blueprint, "/meetings/<ref>/roster/<uuid:entry_id>/approve", policy=_DECIDES, methods=("POST",))
def approve_entry(ref: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody join one's own delegation."""
    return _decided(ref, entry_id, service.approve_entry, _("%(name)s joins the delegation."))


@route(blueprint, "/meetings/<ref>/roster/<uuid:entry_id>/refuse", policy=_DECIDES, methods=("POST",))
def refuse_entry(ref: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse who was to join one's own delegation."""
    return _decided(ref, entry_id, service.refuse_entry, _("%(name)s does not join the delegation."))


@route(blueprint, "/meetings/<ref>/roster/<uuid:entry_id>/withdraw", policy=_KEEPS, methods=("POST",))
def withdraw_entry(ref: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody of one's own delegation off the roster."""
    return _decided(ref, entry_id, service.withdraw_entry, _("%(name)s is off the roster, and can be put back."))


@route(blueprint, "/meetings/<ref>/roster/<uuid:entry_id>/restore", policy=_KEEPS, methods=("POST",))
def restore_entry(ref: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Put somebody of one's own delegation back on the roster."""
    return _decided(ref, entry_id, service.restore_entry, _("%(name)s is back on the roster."))


@route(
    blueprint, "/meetings/<ref>/roster/<uuid:entry_id>/credentials", policy=_NOTES, methods=("GET", "POST")
)  # fmt: skip
def credentials(ref: str, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Note on which day somebody's credentials were received."""
    meeting, view = readable_roster(ref)
    row = next((line.entry for line in (*view.approved, *view.waiting) if line.entry.id == entry_id), None)
    if row is None:
        raise NotFound
    if view.is_over or not service.may_note_credentials(session(), meeting, view.facts, row):
        raise Refusal("forbidden")
    form = CredentialsForm(data={"credentials_on": row.credentials_on})
    left = unsaved(
        form, row, lambda version: service.note_credentials(session(), ref, entry_id, form.credentials_on.data, version)
    )
    if left is None:
        return redirect(address(meeting, f"entry-{row.id}"), 303)
    return render_template(
        "rosters/credentials.html", meeting=meeting, view=view, row=row, form=form, version=left.version,
        compared=left.rows, back=address(meeting),
    ), left.status  # fmt: skip


def _keepable(ref: str) -> tuple[Meeting, RosterView]:
    meeting, view = readable_roster(ref)
    if not view.may_keep:
        raise Refusal("roster_is_over" if view.is_over else "forbidden")
    return meeting, view


def _own_row(view: RosterView, entry_id: uuid.UUID) -> RosterEntry:
    own = viewer().party
    lines = (*view.approved, *view.waiting, *view.ended)
    found = next((line.entry for line in lines if line.entry.id == entry_id and line.entry.party_code == own), None)
    if found is None:
        raise NotFound
    return found


def _decided(ref: str, entry_id: uuid.UUID, decide: Decide, said: str) -> ResponseReturnValue:
    """Decide on an entry; who looked at another version of it than stands now sees the roster as it is."""
    hold_if_asked()
    try:
        row = decide(session(), ref, entry_id, sent_version())
    except StaleVersion:
        return render_template("rosters/roster.html", **shown(*readable_roster(ref)), stale=True), 409
    flash(said % {"name": row.name})
    meeting, _view = readable_roster(ref)
    return redirect(address(meeting, f"entry-{row.id}"), 303)


def _form(view: RosterView, row: RosterEntry | None = None) -> EntryForm:
    own = viewer().party or ""
    mine = [line.entry for line in (*view.approved, *view.waiting) if line.entry.party_code == own]
    others = [each for each in mine if row is None or each.id != row.id]
    kept = address_of(session(), row.id) if row else None
    form = entry_form(reader_language(), others, offices_of(session(), own), row, kept)
    form.who.choices = people_choices(own_people(session(), own), own_contacts(session(), own)) if row is None else []
    return form


def _change(ref: str, row: RosterEntry, form: EntryForm, version: int) -> RosterEntry:
    return service.change_entry(session(), ref, row.id, typed_entry(form), version)


def _put(form: EntryForm, refusal: Refusal) -> None:
    """Put a refusal of who is meant beside the list that they were chosen from."""
    if refusal.field in {"person_id", "contact_id"}:
        refusal.field = "who"
    put_error(form, refusal)


def _added(row: RosterEntry) -> str:
    if row.state == "approved":
        return str(_("%(name)s joins the delegation.", name=row.name))
    return str(_("%(name)s is proposed. Your coordinator or head approves who joins.", name=row.name))


def _page(
    meeting: Meeting,
    view: RosterView,
    form: EntryForm,
    row: RosterEntry | None = None,
    version: int | None = None,
    rows: list[tuple[str, str, str]] | None = None,
) -> str:
    named = row.name if row else _("whom you add")
    return render_template(
        "rosters/form.html", meeting=meeting, view=view, form=form, row=row, version=version, compared=rows,
        back=address(meeting), plan=who_is_told_of_entry(session(), meeting, named),
    )  # fmt: skip


def _many_page(
    meeting: Meeting, view: RosterView, form: ManyForm, preview: many_service.ManyPreview | None = None
) -> str:
    offices = {office.code: office.name for office in offices_of(session(), viewer().party or "")}
    return render_template(
        "rosters/many.html", meeting=meeting, view=view, form=form, preview=preview, offices=offices,
        row_limit=many_service.ROW_LIMIT, back=address(meeting),
        plan=who_is_told_of_entry(session(), meeting, _("each of those whom you add")),
        said=[[_refused_cell(refusal) for refusal in line.refusals] for line in preview.lines] if preview else [],
    )  # fmt: skip


def _refused_cell(refusal: Refusal) -> str:
    """Return why a row of a table is refused, after the name of the cell that it is about."""
    about = getattr(EntryForm(formdata=None), refusal.field or "", None)
    said = message_for(refusal)
    return str(_("%(name)s: %(said)s", name=about.label.text, said=said)) if about else said
