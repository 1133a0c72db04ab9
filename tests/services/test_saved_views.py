"""Views of the actions that are kept: one's own, those that are shared, the one that a list opens with, and undoing."""

from __future__ import annotations

import uuid

import pytest

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import SavedView
from app.services import saved_views as service
from app.services.saved_views import NewView
from tests import world


def keep(database: Database, key: str, name: str, **changed: object) -> uuid.UUID:
    with database.write_session(world.viewer(key)) as session:
        new = NewView(name=name, query="estado:vencida parte:mx", **changed)  # type: ignore[arg-type]
        view = service.save_view(session, new)
        session.commit()
        return view.id


def names(database: Database, key: str, *, removed: bool = False) -> list[str]:
    with database.read_session(world.viewer(key)) as session:
        return [view.name for view in service.views_of(session, removed=removed)]


def test_a_view_is_its_makers_own_or_shared_with_those_they_work_with(database: Database) -> None:
    keep(database, "diego", "Mine")
    keep(database, "diego", "Ours", shared_with=service.DELEGATION, sort="-news", columns=("news", "due", "nothing"))
    keep(database, "sam", "Joint", shared_with=str(world.appointment_id("M02")))
    assert {key: names(database, key) for key in ("diego", "ana", "carol", "sam", "marta")} == {
        "diego": ["Mine", "Ours"], "ana": ["Ours"], "carol": [], "sam": ["Joint"], "marta": [],
    }  # fmt: skip
    with database.read_session(world.viewer("ana")) as session:
        [view] = service.views_of(session)
        assert (view.query, view.columns, view.sort) == ("is:overdue party:MX", ["due", "news"], "-news")
        assert service.shared_with(view, world.viewer("ana")) == service.DELEGATION


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"name": "  "}, ("required", "name")),
        ({"name": "x" * 101}, ("too_long", "name")),
        ({"query": "colour:red"}, ("query_unknown_key", "q")),
        ({"shared_with": str(world.appointment_id("M01"))}, ("unknown_audience", "shared_with")),
    ],
)
def test_what_cannot_be_kept_is_refused(
    sqlite_database: Database, changed: dict[str, str], refused: tuple[str, str]
) -> None:
    new = NewView(**({"name": "View", "query": ""} | changed))  # type: ignore[arg-type]
    with sqlite_database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as told:
        service.save_view(session, new)
    assert (told.value.key, told.value.field) == refused


def test_a_view_is_renamed_and_taken_away_and_put_back(sqlite_database: Database) -> None:
    view_id = keep(sqlite_database, "diego", "Ours", shared_with=service.DELEGATION, is_default=True)
    with sqlite_database.write_session(world.viewer("ana")) as session:  # speaks for the party
        service.rename_view(session, view_id, " Late  ", version=session.get_one(SavedView, view_id).version)
        session.commit()
    assert names(sqlite_database, "diego") == ["Late"]
    with sqlite_database.write_session(world.viewer("diego")) as session, pytest.raises(StaleVersion) as stale:
        service.rename_view(session, view_id, "Mine", version=1)
    assert stale.value.theirs == {"name": "Late"}
    with sqlite_database.write_session(world.viewer("diego")) as session:
        service.remove_view(session, view_id)
        session.commit()
    assert (names(sqlite_database, "diego"), names(sqlite_database, "diego", removed=True)) == ([], ["Late"])
    assert names(sqlite_database, "ana", removed=True) == []
    with sqlite_database.write_session(world.viewer("diego")) as session:
        view = service.restore_view(session, view_id)
        assert not view.is_default
        session.commit()
    assert names(sqlite_database, "ana") == ["Late"]


def test_nobody_changes_a_view_that_is_not_theirs(sqlite_database: Database) -> None:
    shared = keep(sqlite_database, "ana", "Ours", shared_with=service.DELEGATION)
    alone = keep(sqlite_database, "diego", "Mine")
    for key, view_id in (("diego", shared), ("carol", shared), ("ana", alone), ("ana", uuid.uuid4())):
        with sqlite_database.write_session(world.viewer(key)) as session:
            with pytest.raises(NotFound):
                service.rename_view(session, view_id, "Theirs", version=1)
            with pytest.raises(NotFound):
                service.remove_view(session, view_id)
            with pytest.raises(NotFound):
                service.open_with(session, view_id, chosen=True)


def test_a_list_opens_with_one_view_at_most_and_with_the_own_choice(database: Database) -> None:
    first = keep(database, "ana", "First", shared_with=service.DELEGATION, is_default=True)
    second = keep(database, "ana", "Second", is_default=True)
    for key, opened in (("ana", "Second"), ("lucia", None)):
        with database.read_session(world.viewer(key)) as session:
            found = service.default_of(service.views_of(session), world.viewer(key))
            assert (found.name if found else None) == opened
    with database.write_session(world.viewer("ana")) as session:
        service.open_with(session, first, chosen=True)
        service.open_with(session, second, chosen=False)
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        found = service.default_of(service.views_of(session), world.viewer("ana"))
        assert found is not None
        assert found.name == "First"
