"""Views of the register of actions that are kept under a name: a person's own, or shared with those they work with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.action_query import parse, written
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import Viewer, appointment_key, audience_id, party_key, person_key
from app.models import Person, SavedView
from app.services.action_register import sort_of

NAME_LIMIT: Final = 100
MOST: Final = 100
ALONE: Final = "me"
DELEGATION: Final = "delegation"
COLUMNS: Final = (
    "due", "parties", "note", "state", "lead", "kind", "priority", "horizon", "mechanism", "people", "news",
)  # fmt: skip
OWN_COLUMNS: Final = ("due", "parties", "note")


@dataclass(frozen=True, slots=True)
class NewView:
    """A view to be kept: its name, what it narrows to, and `shared_with` ALONE, DELEGATION or an appointment's id."""

    name: str
    query: str
    columns: Sequence[str] = OWN_COLUMNS
    sort: str = "due"
    shared_with: str = ALONE
    is_default: bool = False


def columns_of(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of those names, in the register's own order; its own where none is named."""
    return tuple(each for each in COLUMNS if each in asked) or OWN_COLUMNS


def views_of(session: GuardedSession, *, removed: bool = False) -> list[SavedView]:
    """Return the views that the viewer may use, by name; or those of their own that were removed, the last first."""
    query = select(SavedView)
    if removed:
        own = SavedView.person_id == session.bound_viewer.person_id
        query = query.where(SavedView.removed_at.is_not(None), own).order_by(SavedView.removed_at.desc(), SavedView.id)
    else:
        query = query.where(SavedView.removed_at.is_(None)).order_by(SavedView.name, SavedView.created_at, SavedView.id)
    return list(session.execute(query.limit(MOST)).scalars())


def default_of(views: Sequence[SavedView], viewer: Viewer) -> SavedView | None:
    """Return the view that this person's list opens with, if they have chosen one."""
    return next((view for view in views if view.is_default and view.person_id == viewer.person_id), None)


def may_change(view: SavedView, viewer: Viewer) -> bool:
    """Say whether the viewer may rename and remove a view: who made it, and who speaks for those who share it."""
    return view.person_id == viewer.person_id or viewer.speaks_for_party


def save_view(session: GuardedSession, new: NewView) -> SavedView:
    """Keep a view under a name.

    Raises `Refusal`: `required` and `too_long` (field `name`), what `parse` raises (field `q`), `unknown_audience`
    (field `shared_with`), `too_many_views`.
    """
    viewer = session.bound_viewer
    name = _name(new.name)
    query = written(parse(new.query, viewer.language))
    if len(views_of(session)) >= MOST:
        raise Refusal("too_many_views", field="name", limit=MOST)
    view = SavedView(
        id=uuid.uuid4(), person_id=viewer.person_id, name=name, query=query, columns=list(columns_of(new.columns)),
        sort=str(sort_of(new.sort)), created_at=session.now, audience_id=_audience(session, new.shared_with),
    )  # fmt: skip
    session.add(view)
    session.flush()
    if new.is_default:
        _open_with(session, view)
    _note(session, "view_saved", view)
    return view


def rename_view(session: GuardedSession, view_id: uuid.UUID, name: str, *, version: int) -> SavedView:
    """Give a view another name; raises `NotFound`, `Refusal` as `save_view` does, `StaleVersion`."""
    view = _to_change(session, view_id)
    cleaned = _name(name)
    if view.version != version:
        raise StaleVersion({"name": cleaned}, {"name": view.name})
    view.name = cleaned
    _note(session, "view_renamed", view)
    return view


def remove_view(session: GuardedSession, view_id: uuid.UUID) -> SavedView:
    """Take a view away, so that it can be put back; raises `NotFound`."""
    view = _to_change(session, view_id)
    if view.removed_at is None:
        view.removed_at, view.is_default = session.now, False
        _note(session, "view_removed", view)
    return view


def restore_view(session: GuardedSession, view_id: uuid.UUID) -> SavedView:
    """Put back a view that was taken away; raises `NotFound`."""
    view = _to_change(session, view_id)
    if view.removed_at is not None:
        view.removed_at = None
        _note(session, "view_restored", view)
    return view


def open_with(session: GuardedSession, view_id: uuid.UUID, *, chosen: bool) -> SavedView:
    """Let the list of the person who made a view open with it, or no more; raises `NotFound` for another's."""
    view = _to_change(session, view_id)
    if view.person_id != session.bound_viewer.person_id or view.removed_at is not None:
        raise NotFound
    if chosen:
        _open_with(session, view)
    else:
        view.is_default = False
    return view


def audience_choices(viewer: Viewer) -> list[str]:
    """Return with whom a viewer can share a view: nobody, their delegation, each secretariat that they serve in."""
    own = [DELEGATION] if viewer.sits_at_a_table else []
    return [ALONE, *own, *(str(hat.appointment_id) for hat in viewer.hats)]


def shared_with(view: SavedView, viewer: Viewer) -> str:
    """Return with whom a view is shared, as `audience_choices` names it."""
    for choice in audience_choices(viewer):
        if view.audience_id == audience_id({_key(viewer, choice)}):
            return choice
    return DELEGATION


def _audience(session: GuardedSession, choice: str) -> uuid.UUID:
    viewer = session.bound_viewer
    if choice not in audience_choices(viewer):
        raise Refusal("unknown_audience", field="shared_with")
    return session.audience({_key(viewer, choice)})


def _key(viewer: Viewer, choice: str) -> str:
    if choice == ALONE:
        return person_key(viewer.person_id)
    return party_key(viewer.party or "") if choice == DELEGATION else appointment_key(uuid.UUID(choice))


def _name(written_name: str) -> str:
    return one_line(written_name, "name", limit=NAME_LIMIT, required=True)


def _to_change(session: GuardedSession, view_id: uuid.UUID) -> SavedView:
    found = session.execute(select(SavedView).where(SavedView.id == view_id)).scalar_one_or_none()
    if found is None or not may_change(found, session.bound_viewer):
        raise NotFound
    return found


def _open_with(session: GuardedSession, view: SavedView) -> None:
    # One at a time for a person: the row of the person is held, so that two choices at once leave one.
    session.execute(select(Person.id).where(Person.id == view.person_id).with_for_update())
    others = select(SavedView).where(SavedView.person_id == view.person_id, SavedView.is_default.is_(True))
    for other in session.execute(others).scalars():
        other.is_default = False
    view.is_default = True


def _note(session: GuardedSession, act: str, view: SavedView) -> None:
    session.record(act, "saved_view", view.id, view.audience_id)
