"""The frame of every page: where it leads whom, and for whom a viewer acts."""

from __future__ import annotations

from collections.abc import Callable

import html5lib
import pytest
from markupsafe import escape

from app.db import Database
from tests import world
from tests.conftest import CheckingClient

HTML = "{http://www.w3.org/1999/xhtml}"
Client = Callable[[str | None], CheckingClient]
AT_A_TABLE = [
    "/",
    "/calendar",
    "/mechanisms",
    "/meetings",
    "/texts",
    "/actions",
    "/documents",
    "/reports",
]


def links(page: str, tag: str) -> list[str]:
    """Return where the first part of the page with that tag leads to."""
    part = html5lib.parse(page).find(f".//{HTML}{tag}")
    return [str(link.get("href")) for link in part.iter(f"{HTML}a")] if part is not None else []


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("benoit", AT_A_TABLE),
        ("isabelle", AT_A_TABLE),
        ("sam", AT_A_TABLE),
        ("olga", ["/", "/calendar", "/meetings", "/documents", "/subscriptions"]),
        ("marta", ["/", "/people", "/audit"]),
    ],
)
def test_every_place_of_the_frame_leads_somewhere(client_for: Client, key: str, places: list[str]) -> None:
    client = client_for(key)
    page = client.get("/").get_data(as_text=True)
    assert links(page, "nav") == places
    foot = links(page, "footer")
    own = ["/subscriptions"] if places == AT_A_TABLE else []
    worked_with = ["/decisions", "/events", "/practices", "/contacts", "/reminders"] if places == AT_A_TABLE else []
    assert foot == [*own, "/accessibility", "/keyboard", *worked_with, "/audit"]
    assert {client.get(path).status_code for path in [*places, *foot]} == {200}


def test_nobody_signed_in_is_led_to_how_the_pages_are_used(client_for: Client) -> None:
    page = client_for(None).get("/login").get_data(as_text=True)
    assert (links(page, "nav"), links(page, "footer")) == ([], ["/accessibility", "/keyboard"])


def test_a_secretariat_is_named_once_with_what_it_serves(database: Database, client_for: Client) -> None:
    page = client_for("sam").get("/people").get_data(as_text=True)  # any page, even one that is not theirs
    assert page.count("You act for the ") == 1
    bar = page.split('<div class="hats">')[1].split("</div>")[0]
    with database.read_session(world.viewer("ana")) as session:
        names = [str(escape(world.mechanism_of(session, ref).name["en"])) for ref in ("M01", "M02", "M03")]
    assert [bar.count(name) for name in names] == [1, 1, 1]
