"""Recording an action: from an agenda item, a conclusion or a commitment, at a meeting, or alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.i18n import reader_language
from app.models import AgendaItem, Commitment, Meeting, Party
from app.services import action_acts as acts
from app.services import actions as service
from app.services.agenda import item_of_meeting
from app.services.commitments import find_commitment
from app.services.leg_people import own_people
from app.web.actions.blueprint import blueprint
from app.web.actions.content_forms import ContentForm
from app.web.actions.forms import new_action_form, typed_action
from app.web.forms import put_error
from app.web.routing import route, session, signed_in, viewer


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action comes from, as the address says: a meeting, an item of its agenda, a commitment; or nothing."""

    meeting: Meeting | None
    item: AgendaItem | None
    commitment: Commitment | None

    @property
    def back(self) -> str:
        """Return the address of the page that one came from."""
        if self.meeting is not None:
            return url_for("meetings.meeting", ref=self.meeting.reference)
        return url_for("actions.actions")


def may_record_ad_hoc() -> bool:
    """Say whether the viewer can record an action of no meeting: a delegation, or a secretariat for such things."""
    if not can(viewer(), Permission.CREATE_ACTION):
        return False
    return viewer().sits_at_a_table or any(hat.is_ad_hoc for hat in viewer().hats)


@route(blueprint, "/actions/new", policy=signed_in(Permission.CREATE_ACTION), methods=("GET", "POST"))
def new_action() -> ResponseReturnValue:
    """Record an action of the meeting, the item or the commitment that the address names, or of none."""
    origin = _origin()
    parties = acts.parties_to_choose(session(), origin.meeting)
    form = _form(parties, origin)
    if request.method != "POST":
        return _page(form, parties, origin)
    try:
        item_id = origin.item.id if origin.item else None
        commitment_ref = origin.commitment.ref if origin.commitment else None
        new = typed_action(form, parties, item_id, commitment_ref)
        action = acts.record_action(session(), new, origin.meeting.reference if origin.meeting else None)
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(form, parties, origin), 422
    flash(_("The action is recorded as %(reference)s.", reference=action.reference))
    return redirect(url_for("actions.action", ref=action.reference), 303)


def _origin() -> Origin:
    """Return what the address names; raises `NotFound` for what the viewer may not see, as for what is not there."""
    reference, item_id, ref = (request.args.get(name) or None for name in ("meeting", "item", "commitment"))
    meeting = acts.meeting_to_act_on(session(), reference) if reference else None
    commitment = find_commitment(session(), ref) if ref else None
    of_mechanism = commitment is not None and any(
        hat.mechanism_id == commitment.mechanism_id for hat in viewer().hats if hat.mechanism_id
    )
    if meeting is None and not may_record_ad_hoc() and not of_mechanism:
        raise Refusal("action_needs_meeting")
    return Origin(meeting, _item(meeting, item_id) if item_id else None, commitment)


def _item(meeting: Meeting | None, written: str) -> AgendaItem:
    try:
        item = item_of_meeting(session(), meeting, uuid.UUID(written)) if meeting else None
    except ValueError:
        item = None
    if item is None:
        raise NotFound
    return item


def _form(parties: tuple[Party, ...], origin: Origin) -> ContentForm:
    offices = service.offices_of(session(), [party.code for party in parties])
    owing = origin.commitment.owners if origin.commitment else ()
    return new_action_form(parties, offices, viewer().party, own_people(session()), owing)


def _page(form: ContentForm, parties: tuple[Party, ...], origin: Origin) -> str:
    codes = words.party_order([party.code for party in parties], reader_language())
    return render_template("actions/new.html", form=form, codes=codes, origin=origin, own=viewer().party)
