"""How a route is declared: its rule, its methods, and who may call it.

A route runs in one session bound to the viewer, in one transaction, committed once when the view
answers with less than 400. A view that lost a race is run again on what the winner wrote, so that
the service can show both texts. A form sent twice has one effect.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.visibility import Action, Viewer, can, person_key
from app.extension import database
from app.models import Submission

ATTEMPTS: Final = 4
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# What a route can know of an action before it knows to what: who may do the second may do the first to something.
COARSE: Final[Mapping[Action, Action]] = {
    Action.EDIT_DRAFT: Action.DRAFT_MEETING,
    Action.PROPOSE_MEETING: Action.DRAFT_MEETING,
    Action.ANSWER_MEETING: Action.DRAFT_MEETING,
    Action.REPORT_ANSWER: Action.DRAFT_MEETING,
    Action.CHANGE_MEETING: Action.DRAFT_MEETING,
    Action.STEER_MEETING: Action.DRAFT_MEETING,
    Action.EDIT_AGENDA: Action.DRAFT_MEETING,
    Action.ISSUE_AGENDA: Action.DRAFT_MEETING,
    Action.EDIT_ACTION: Action.CREATE_ACTION,
    Action.UPDATE_LEG: Action.READ_ACTIONS,
    Action.KEEP_SUBTASKS: Action.READ_ACTIONS,
    Action.HAND_OVER_ITEMS: Action.READ_ACTIONS,
    Action.REPORT_UPDATE: Action.READ_ACTIONS,
    Action.CARRY_ACTIONS: Action.READ_ACTIONS,
    Action.KEEP_MECHANISM: Action.DRAFT_MEETING,
    Action.PREPARE_REMINDERS: Action.READ_ACTIONS,
    Action.ANSWER_DECISION: Action.DRAFT_MEETING,
    Action.STATE_FACT: Action.DRAFT_MEETING,
    Action.KEEP_HAND_OVER: Action.DRAFT_MEETING,
    Action.KEEP_CONTACTS: Action.READ_OWN_PAGES,
    Action.END_CONSENT: Action.DRAFT_MEETING,
    Action.RECORD_COMMITMENT: Action.DRAFT_MEETING,
    Action.STATE_COMMITMENT: Action.DRAFT_MEETING,
    Action.NAME_MEMBERS: Action.READ_OWN_PAGES,
    Action.RUN_POLL: Action.READ_POLLS,
    Action.ANSWER_POLL: Action.READ_POLLS,
    Action.REPORT_POLL_ANSWER: Action.READ_POLLS,
    Action.NAME_PROXY: Action.READ_POLLS,
    Action.KEEP_ROSTER: Action.DRAFT_MEETING,
    Action.RELEASE_MAILS: Action.DRAFT_MEETING,
    Action.APPROVE_ROSTER: Action.DRAFT_MEETING,
    Action.RECORD_ATTENDANCE: Action.DRAFT_MEETING,
    Action.KEEP_PROTOCOL: Action.DRAFT_MEETING,
    Action.KEEP_DOCUMENTS: Action.DRAFT_MEETING,
    Action.CHAIR_MEETING: Action.DRAFT_MEETING,
    Action.TAKE_NOTES: Action.DRAFT_MEETING,
    Action.KEEP_PRACTICES: Action.DRAFT_MEETING,
    Action.EDIT_TEXT: Action.READ_TEXTS,
    Action.ISSUE_TEXT: Action.READ_TEXTS,
    Action.TRANSLATE_TEXT: Action.READ_TEXTS,
    Action.ADOPT_TEXT: Action.READ_TEXTS,
    Action.RESERVE_ON_TEXT: Action.READ_TEXTS,
    Action.SIGN_TEXT: Action.READ_TEXTS,
    Action.RUN_SILENCE: Action.READ_TEXTS,
    Action.RECEIVE_SILENCE: Action.READ_TEXTS,
    Action.BREAK_SILENCE: Action.READ_TEXTS,
    Action.REPORT_SILENCE_ANSWER: Action.READ_TEXTS,
    Action.OPT_INTO_SILENCE: Action.READ_TEXTS,
    Action.WRITE_READOUT: Action.READ_TEXTS,
    Action.PUBLISH_READOUT: Action.READ_TEXTS,
    Action.PREPARE_POSITION: Action.READ_POSITIONS,
    Action.CLEAR_POSITION: Action.READ_POSITIONS,
    Action.SHARE_POSITION: Action.READ_POSITIONS,
}
View = Callable[..., ResponseReturnValue]
__all__ = [
    "BY_TOKEN", "PUBLIC", "Policy", "database", "in_one_transaction", "policies", "route", "session", "signed_in",
    "submission_id", "viewer",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route: anybody, the holder of the token in its path, or a viewer who may do the action.

    Without `opens_session` the view asks a service that opens its own transactions.
    """

    kind: str
    action: Action | None = None
    opens_session: bool = True


PUBLIC: Final = Policy("public")
BY_TOKEN: Final = Policy("token")


def signed_in(action: Action, *, opens_session: bool = True) -> Policy:
    """Return the policy of a route for viewers who may do the action to something; the service decides to what."""
    return Policy("signed_in", action, opens_session)


def route(
    blueprint: Blueprint | Flask, rule: str, *, policy: Policy, methods: Sequence[str] = ("GET",)
) -> Callable[[View], View]:
    """Register a view under its policy."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def run(**values: Any) -> Response:
            return _run(view, policy, values)

        cast("Any", run).entente_policy = policy
        blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=run, methods=list(methods))
        return view

    return register


def policies(app: Flask) -> Mapping[str, Policy]:
    """Return the policy of every endpoint.

    Raises `RuntimeError` naming the endpoints that were registered without one.
    """
    found = {name: getattr(view, "entente_policy", None) for name, view in app.view_functions.items()}
    found["static"] = PUBLIC
    missing = sorted(name for name, policy in found.items() if policy is None)
    if missing:
        raise RuntimeError(f"routes without a policy: {', '.join(missing)}")
    return cast("Mapping[str, Policy]", found)


def session() -> GuardedSession:
    """Return the session of the request, bound to its viewer."""
    return cast("GuardedSession", g.session)


def viewer() -> Viewer:
    """Return the viewer of a request whose policy asks for one."""
    return cast("Viewer", g.viewer)


def _run(view: View, policy: Policy, values: dict[str, Any]) -> Response:
    if policy.kind == "signed_in":
        if g.viewer is None:
            return _to_sign_in()
        if policy.action is None or not can_ever(g.viewer, policy.action):
            raise NotFound
    if policy.kind != "signed_in" or not policy.opens_session:
        return make_response(view(**values))  # such views ask a service, which opens what it needs
    return in_one_transaction(view, values)


def in_one_transaction(view: View, values: dict[str, Any]) -> Response:
    """Run a view in a session and a transaction of its own; one that lost a race is run again.

    For a view that works without any before: what takes seconds must not hold up everybody who writes.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(view, values)
        except (StaleDataError, IntegrityError):
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def can_ever(who: Viewer, action: Action) -> bool:
    """Say whether this viewer could do the action to something, which is what a route can know beforehand."""
    return can(who, COARSE.get(action, action))


def _attempt(view: View, values: dict[str, Any]) -> Response:
    reads = request.method in SAFE_METHODS
    opened = database().read_session(g.viewer) if reads else database().write_session(g.viewer)
    with opened as current:
        g.session = current
        try:
            if reads:
                return make_response(view(**values))
            return _write_once(view, values, current)
        finally:
            g.session = None


def _write_once(view: View, values: dict[str, Any], current: GuardedSession) -> Response:
    submission = submission_id()
    if submission:
        earlier = current.execute(select(Submission).where(Submission.id == submission)).scalar_one_or_none()
        if earlier:
            return make_response(redirect(earlier.result, 303))
    response = make_response(view(**values))
    if response.status_code >= 400:
        current.rollback()
        return response
    if submission and response.location:
        audience = current.audience({person_key(viewer().person_id)})
        current.add(Submission(id=submission, audience_id=audience, made_at=current.now, result=response.location))
    current.commit()
    return response


def submission_id() -> uuid.UUID | None:
    """Return the id by which the form that was sent is known again, if it carries one and somebody is signed in.

    It is the sender's own: what others once sent under the same id says nothing to them, and stops nothing.
    """
    try:
        sent = uuid.UUID(request.form.get("submission_id", ""))
    except ValueError:
        return None
    return uuid.uuid5(g.viewer.person_id, sent.hex) if g.viewer else None


def _to_sign_in() -> Response:
    """Send to the sign-in page, and back afterwards to what was asked for (only a path of ours)."""
    target = "/login"
    if request.method == "GET" and request.path != "/":
        target += "?" + urlencode({"next": request.full_path.rstrip("?")})
    return make_response(redirect(target, 303))
