"""Hats: which secretariat a person acts for in one sign-in, so that it is never both at once."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.db import Database, digest_of
from app.domain.errors import Refusal
from app.domain.visibility import Viewer, appointment_key, person_key
from app.models import SignInSession


def put_on(database: Database, viewer: Viewer, token: str, appointment_id: uuid.UUID | None) -> None:
    """Let the viewer act for that secretariat from their next request on, in this sign-in alone; None takes it off.

    `token` is that of the sign-in. It has a transaction of its own: the session of a request is bound to who they
    are now. Raises `Refusal("not_your_hat")` for one that they do not have today.
    """
    known = {hat.appointment_id for hat in (*viewer.hats, *viewer.spare_hats)}
    if appointment_id is not None and appointment_id not in known:
        raise Refusal("not_your_hat")
    with database.system_session("put a secretariat's hat on or take it off", "write") as session:
        row = session.execute(
            select(SignInSession).where(
                SignInSession.token_digest == digest_of(token),
                SignInSession.person_id == viewer.person_id,
                SignInSession.ended_at.is_(None),
            )
        ).scalar_one_or_none()
        if row is None or row.worn_appointment_id == appointment_id:
            return
        taken_off, row.worn_appointment_id = row.worn_appointment_id, appointment_id
        session.viewer = viewer  # the record names who did it; the session stays the system's
        for act, hat in (("hat_taken_off", taken_off), ("hat_put_on", appointment_id)):
            if hat is not None:
                keys = {person_key(viewer.person_id), appointment_key(hat)}
                session.record(act, "appointment", hat, session.audience(keys))
        session.commit()
