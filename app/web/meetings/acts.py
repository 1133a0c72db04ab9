"""The later life of a meeting: each act has a page that says what it does and to whom, then is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.models import Meeting
from app.services import meeting_life as life
from app.services import meetings as service
from app.services.dispatches import who_is_told
from app.web.dispatches.holding import hold_if_asked, with_mails
from app.web.forms import put_error
from app.web.meetings.blueprint import blueprint
from app.web.meetings.clocks import promised
from app.web.meetings.forms import ActForm
from app.web.routing import route, session, signed_in, viewer

DATE_FIELDS: Final = ("first_day", "last_day", "starts", "ends", "choice")


@dataclass(frozen=True, slots=True)
class Words:
    """What the page of an act says: its question, what follows from it, its button, and what is said afterwards."""

    heading: str
    consequences: tuple[str, ...]
    button: str
    done: str
    is_grave: bool = False


@route(blueprint, "/meetings/<ref>/postpone", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def postpone(ref: str) -> ResponseReturnValue:
    """Postpone a meeting, to a new date or to one left open."""

    def does(form: ActForm) -> Meeting:
        return life.postpone_meeting(session(), ref, form.reason.data, version=form.version.data, date=form.new_date())

    return _act(ref, "postpone", ("reason", *DATE_FIELDS), does)


@route(blueprint, "/meetings/<ref>/cancel", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def cancel(ref: str) -> ResponseReturnValue:
    """Cancel a meeting."""

    def does(form: ActForm) -> Meeting:
        return life.cancel_meeting(session(), ref, form.reason.data, version=form.version.data)

    return _act(ref, "cancel", ("reason",), does)


@route(blueprint, "/meetings/<ref>/reinstate", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def reinstate(ref: str) -> ResponseReturnValue:
    """Propose a postponed or cancelled meeting again."""

    def does(form: ActForm) -> Meeting:
        return life.reinstate_meeting(session(), ref, version=form.version.data, date=form.new_date())

    return _act(ref, "reinstate", DATE_FIELDS, does)


@route(blueprint, "/meetings/<ref>/hold", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def hold(ref: str) -> ResponseReturnValue:
    """Record that a meeting takes place."""
    return _act(ref, "hold", (), lambda form: life.hold_meeting(session(), ref, version=form.version.data))


@route(blueprint, "/meetings/<ref>/close", policy=signed_in(Action.STEER_MEETING), methods=("GET", "POST"))
def close(ref: str) -> ResponseReturnValue:
    """Close a held meeting."""
    return _act(ref, "close", (), lambda form: life.close_meeting(session(), ref, version=form.version.data))


def _act(ref: str, act: str, fields: tuple[str, ...], does: Callable[[ActForm], Meeting]) -> ResponseReturnValue:
    """Show what an act would do, or do it; a meeting that changed meanwhile is shown as it stands."""
    found = service.find_meeting(session(), ref)
    form = ActForm()
    form.keep_only(*fields)
    said = _WORDS[act]()
    if request.method != "POST":
        _check_open(found, act)
        form.version.data = found.version
        return _page(found, act, form, said)
    if not form.validate():
        return _page(found, act, form, said), 422
    try:
        hold_if_asked()
        changed = does(form)
    except StaleVersion:
        form.version.data = found.version
        form.version.raw_data = [str(found.version)]
        return _page(found, act, form, said, stale=True), 409
    except Refusal as refusal:
        if refusal.field is None:
            raise
        put_error(form, refusal)
        return _page(found, act, form, said), 422
    flash(with_mails(said.done))
    return redirect(url_for("meetings.meeting", ref=changed.reference), 303)


def _check_open(found: Meeting, act: str) -> None:
    """Refuse the page of an act that cannot be done: to who may not steer, or to a meeting that is not there yet."""
    facts = service.facts_of_meeting(session(), found)
    if not can(viewer(), Action.STEER_MEETING, facts):
        raise Refusal("forbidden")
    if act not in life.possible_acts(session(), found, facts):
        if act == "hold" and found.state == "confirmed":
            raise Refusal("not_yet_started")
        raise Refusal("not_in_state")


def _page(found: Meeting, act: str, form: ActForm, said: Words, *, stale: bool = False) -> str:
    return render_template(
        "meetings/act.html", meeting=found, act=act, form=form, said=said, stale=stale,
        plan=who_is_told(session(), found, act),
        title=promised(found, reader_language()), needs_date=act == "reinstate" and found.starts_at <= session().now,
    )  # fmt: skip


def _postpone_words() -> Words:
    return Words(
        heading=_("Postpone this meeting?"),
        consequences=(
            _("The date it has now and your reason stay in the record, and are shown to all who see the meeting."),
            _("With a new date it is proposed to every party anew. Without one, calendars show it as cancelled."),
            _("It can be reinstated later."),
        ),
        button=_("Postpone the meeting"),
        done=_("The meeting is postponed."),
        is_grave=True,
    )


def _cancel_words() -> Words:
    return Words(
        heading=_("Cancel this meeting?"),
        consequences=(
            _("Calendars that follow it show it as cancelled."),
            _("The date and your reason stay in the record, and are shown to all who see the meeting."),
            _("It can be reinstated later; every party is then asked again."),
        ),
        button=_("Cancel the meeting"),
        done=_("The meeting is cancelled."),
        is_grave=True,
    )


def _reinstate_words() -> Words:
    return Words(
        heading=_("Propose this meeting again?"),
        consequences=(
            _("It is the same entry in every calendar, and stands there as proposed."),
            _("Every party is asked again; your own yes counts if you are a coordinator or head."),
        ),
        button=_("Propose the meeting again"),
        done=_("The meeting is proposed again."),
    )


def _hold_words() -> Words:
    return Words(
        heading=_("Record this meeting as held?"),
        consequences=(
            _("It counts as a meeting held from now on. It can no longer be moved or cancelled."),
            _("This cannot be undone."),
        ),
        button=_("Record it as held"),
        done=_("The meeting is recorded as held."),
    )


def _close_words() -> Words:
    return Words(
        heading=_("Close this meeting?"),
        consequences=(
            _("Its record is complete: nothing of it changes any more, save what becomes of its action items."),
            _("This cannot be undone."),
        ),
        button=_("Close the meeting"),
        done=_("The meeting is closed."),
    )


_WORDS: Final[dict[str, Callable[[], Words]]] = {
    "postpone": _postpone_words,
    "cancel": _cancel_words,
    "reinstate": _reinstate_words,
    "hold": _hold_words,
    "close": _close_words,
}
