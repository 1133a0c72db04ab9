"""An item of an agenda is dragged to another place, and is there for everybody."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext

from app.db import Database
from tests import world

REF = "UNC-2029-1"


def test_an_item_is_dragged_to_another_place(
    visit: Callable[..., BrowserContext], served: tuple[str, Database]
) -> None:
    _, database = served
    with database.system_session("prepare an agenda", "write") as session:
        meeting = world.add_meeting(session, REF, mechanism="M01")
        for number in range(1, 5):
            world.add_item(session, meeting, number)
        session.commit()
    page = visit("benoit").new_page()
    page.set_viewport_size({"width": 1280, "height": 1800})
    page.goto(f"/meetings/{REF}/agenda?lang=en")
    handles = page.locator("[data-sortable] [data-drag]:visible")
    start, end = handles.nth(3).bounding_box(), handles.nth(0).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + 30, steps=6)
    page.mouse.move(end["x"] + 8, end["y"] + 2, steps=4)
    with page.expect_navigation():
        page.mouse.up()
    titles = [title.split("\n")[0] for title in page.locator("[data-item] th").all_inner_texts()]
    assert titles == ["1Item 4", "2Item 1", "3Item 2", "4Item 3"]
