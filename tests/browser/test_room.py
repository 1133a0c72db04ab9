"""Chair and note-taker at work in a real browser: the network is cut, the laptop closed, the session ends.

Nothing that was typed is lost, nothing is there twice, and the others see it within five seconds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from app.db import Database
from app.models import AgendaItem, MinuteEntry
from tests import story, world
from tests.browser.conftest import cookie_for

FIVE_SECONDS = 5000
ROOM = f"/meetings/{story.SHARED}"


@pytest.fixture
def room(served: tuple[str, Database], visit: Callable[..., BrowserContext]) -> Callable[[str, str], Page]:
    """Return a function that opens a page of the shared meeting's room, under the policy that pages are served with."""

    def open_page(key: str, page: str) -> Page:
        made = visit(key, axe=False).new_page()
        made.goto(f"{ROOM}/{page}?lang=en")
        return made

    return open_page


def captured(database: Database) -> Counter[str]:
    """Return what was captured in this test, and how often."""
    with database.system_session("count what was captured in a test") as session:
        rows = session.execute(select(MinuteEntry.words).where(MinuteEntry.removed.is_(False))).scalars()
        return Counter(words for words in rows if not words.startswith("zzcanary"))


def items(database: Database) -> list[str]:
    with database.system_session("read the agenda in a test") as session:
        meeting = world.identity("meeting", story.SHARED)
        rows = session.execute(
            select(AgendaItem.id).where(AgendaItem.meeting_id == meeting, AgendaItem.removed.is_(False))
            .order_by(AgendaItem.position)
        ).scalars()  # fmt: skip
        return [str(each) for each in rows]


def note(page: Page, item: str, words: str, *, enter: bool = True) -> None:
    field = page.locator(f"#item-{item} form[data-note=new] textarea")
    field.click()
    field.press_sequentially(words)
    if enter:
        field.press("Enter")


def until(found: Callable[[], bool], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.1)


def test_chair_and_note_taker_with_the_network_cut(
    served: tuple[str, Database], chromium: Browser, room: Callable[[str, str], Page]
) -> None:
    address, database = served
    first, second = items(database)[:2]
    chair, notes, others = room("carol", "chair"), room("benoit", "notes"), room("sam", "room")

    note(notes, first, "Conclusion one")
    expect(others.get_by_text("Conclusion one")).to_be_visible(timeout=FIVE_SECONDS)
    expect(notes.locator("[data-status]")).to_contain_text("Saved at")
    chair.locator(f"#take-{second}").click()
    expect(notes.locator(f"#live-head-{second}")).to_contain_text("now", timeout=FIVE_SECONDS)
    expect(others.locator(f"#item-{second}")).to_have_attribute("aria-current", "true", timeout=FIVE_SECONDS)

    # The network is cut: the chair goes on, the note-taker types on.
    notes.context.set_offline(True)
    note(notes, second, "Conclusion two")
    note(notes, second, "Conclusion three")
    note(notes, second, "Half a senten", enter=False)
    expect(notes.locator("[data-status]")).to_contain_text("kept on this computer", timeout=FIVE_SECONDS)
    chair.locator("#act-back").click()
    expect(others.locator(f"#item-{first}")).to_have_attribute("aria-current", "true", timeout=FIVE_SECONDS)
    assert captured(database) == {"Conclusion one": 1}

    # The laptop is closed, and opened again where there is a network.
    kept = notes.context.storage_state()
    notes.context.close()
    again = chromium.new_context(storage_state=kept, base_url=address)
    page = again.new_page()
    page.goto(f"{ROOM}/notes?lang=en")
    assert page.locator(f"#item-{second} form[data-note=new] textarea").input_value() == "Half a senten"
    until(lambda: captured(database)["Conclusion three"] == 1)
    page.locator(f"#item-{second} form[data-note=new] textarea").press("End")
    page.locator(f"#item-{second} form[data-note=new] textarea").press_sequentially("ce.")
    page.locator(f"#item-{second} form[data-note=new] textarea").press("Enter")
    expect(others.get_by_text("Half a sentence.")).to_be_visible(timeout=FIVE_SECONDS)
    assert captured(database) == {
        "Conclusion one": 1, "Conclusion two": 1, "Conclusion three": 1, "Half a sentence.": 1,
    }  # fmt: skip

    # The session ends while something is typed.
    again.clear_cookies(name="entente")
    note(page, first, "After the session")
    expect(page.locator("[data-sign-in]")).to_be_visible(timeout=FIVE_SECONDS)
    assert captured(database)["After the session"] == 0
    again.add_cookies([{"name": "entente", "value": cookie_for(address, database, "benoit"), "url": address}])
    page.reload()
    until(lambda: captured(database)["After the session"] == 1)

    # What the server has and could not say is sent again, and is there once.
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    again.route("**/notes", lose)
    note(page, first, "Answered into the void")
    expect(page.locator("[data-status]")).to_contain_text("Saved at", timeout=2 * FIVE_SECONDS)
    assert lost == [200]
    assert captured(database)["Answered into the void"] == 1
    assert max(captured(database).values()) == 1
    again.close()


def test_two_note_takers_on_one_entry_both_see_both(
    served: tuple[str, Database], room: Callable[[str, str], Page]
) -> None:
    _address, database = served
    third = items(database)[2]
    erin, benoit = room("erin", "notes"), room("benoit", "notes")
    note(erin, third, "They agreed.")
    line = f"#item-{third} li[data-entry]"
    for page in (erin, benoit):
        expect(page.locator(line)).to_contain_text("They agreed.", timeout=FIVE_SECONDS)
        page.locator(f"{line} summary").click()
    erin.context.set_offline(True)
    erin.locator(f"{line} textarea").fill("They agreed on May.")
    benoit.locator(f"{line} textarea").fill("They agreed on June.")
    until(lambda: captured(database)["They agreed on June."] == 1)
    erin.context.set_offline(False)
    raced = erin.locator("[data-conflicts] [role=alert]")
    expect(raced).to_contain_text("They agreed on May.", timeout=2 * FIVE_SECONDS)
    expect(raced).to_contain_text("They agreed on June.")
    assert captured(database)["They agreed on May."] == 0
    raced.get_by_role("button", name="Keep mine").click()
    until(lambda: captured(database)["They agreed on May."] == 1)
    assert captured(database)["They agreed on June."] == 0
