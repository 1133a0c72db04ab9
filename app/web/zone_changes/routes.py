"""The pages of new zone data: the list of what it puts elsewhere; a decision is previewed, then confirmed."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.domain.walltime import Choice
from app.domain.zone_changes import CHOICES, Keep, ZoneChange
from app.domain.zones import tzdata_version
from app.i18n import reader_language
from app.models import Meeting
from app.services import zone_changes as service
from app.services.dispatches import who_is_told
from app.services.zone_changes import Decision
from app.web.dispatches.holding import hold_if_asked, with_mails
from app.web.forms import put_error
from app.web.meetings.clocks import promised
from app.web.routing import route, session, signed_in, viewer
from app.web.zone_changes import showing
from app.web.zone_changes.forms import DecisionForm

blueprint = Blueprint("zone_changes", __name__)


@route(blueprint, "/zone-changes", policy=signed_in(Action.READ_MEETINGS))
def zone_changes() -> ResponseReturnValue:
    """Show the meetings to come that new zone data puts at another moment than was promised."""
    found = service.zone_changes(session())
    parties = service.parties_of(session(), [each.meeting for each in found])
    shown = [showing.shown(each, parties, viewer()) for each in found]
    return render_template("zone_changes/list.html", found=shown, version=tzdata_version())


@route(blueprint, "/zone-changes/<ref>/hour", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def keep_hour(ref: str) -> ResponseReturnValue:
    """Keep a meeting's hour on the wall, which moves it."""
    return _decide(ref, "hour")


@route(blueprint, "/zone-changes/<ref>/moment", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def keep_moment(ref: str) -> ResponseReturnValue:
    """Keep a meeting's moment, and write its hour anew."""
    return _decide(ref, "moment")


def _decide(ref: str, keep: Keep) -> ResponseReturnValue:
    """Show what a decision would do, or make it; one that came too late is shown what stands."""
    meeting, change = service.affected_meeting(session(), ref)
    if change is None:
        return _settled(meeting)
    form = DecisionForm(asks_for_zone=keep == "moment" and change.kind == "zone_gone")
    if request.method != "POST":
        form.version.data, form.choice.data = meeting.version, request.args.get("choice")
        return _page(meeting, change, keep, form)
    if not form.validate():
        return _page(meeting, change, keep, form), 422
    try:
        hold_if_asked()
        version, choice = form.version.data, _choice(form)
        decided = service.decide(session(), ref, keep, version=version, choice=choice, zone=form.chosen_zone)
    except StaleVersion:
        form.version.data, form.version.raw_data = meeting.version, [str(meeting.version)]
        return _page(meeting, change, keep, form, stale=True), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(meeting, change, keep, form), 422
    flash(with_mails(_("The hour on the wall is kept.") if keep == "hour" else _("The moment is kept.")))
    return redirect(url_for("meetings.meeting", ref=decided.reference), 303)


def _choice(form: DecisionForm) -> Choice | None:
    return cast("Choice", form.choice.data) if form.choice.data in CHOICES else None


def _page(meeting: Meeting, change: ZoneChange, keep: Keep, form: DecisionForm, *, stale: bool = False) -> str:
    """Show what a decision would do; where nothing can be planned, what stands in the way alone."""
    parties = service.parties_of(session(), [meeting])
    if "zone" in form and not form.zone.data:
        form.zone.data = showing.likely_zone(meeting, parties, viewer())
    planned = _planned(meeting, keep, form)
    return render_template(
        "zone_changes/decide.html", meeting=meeting, keep=keep, form=form, stale=stale, planned=planned,
        promise=showing.promise_in_words(meeting, change), finding=showing.finding_in_words(change),
        title=promised(meeting, reader_language()),
        rows=list(showing.party_rows(planned, parties)) if planned else [],
        consequences=showing.consequences(planned) if planned else [],
        plan=who_is_told(session(), meeting, "zone_change"),
    )  # fmt: skip


def _planned(meeting: Meeting, keep: Keep, form: DecisionForm) -> Decision | None:
    """Return what the decision would do, None where it cannot be made; why is put on the form."""
    try:
        return service.decision_of(session(), meeting.reference, keep, choice=_choice(form), zone=form.chosen_zone)
    except Refusal as refusal:
        if not form.errors:
            put_error(form, refusal)
        return None


def _settled(meeting: Meeting) -> ResponseReturnValue:
    """Say that there is nothing to decide (any more), and how the meeting stands."""
    page = render_template("zone_changes/settled.html", meeting=meeting, title=promised(meeting, reader_language()))
    return page, 409 if request.method == "POST" else 200
