"""The way of a meeting in a real browser without scripts: from the password to the confirmation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from app.db import Database
from app.models import Person
from tests import world

PASSWORD = "a long way round Lake Superior"


@pytest.fixture
def signed_in(
    served: tuple[str, Database], served_app: Flask, visit: Callable[..., BrowserContext]
) -> Callable[[str], Page]:
    """Return a function that signs a member of the cast in through the page, on a phone without scripts."""
    _address, database = served

    def sign_in(key: str) -> Page:
        with served_app.app_context():
            hashed = served_app.extensions["entente.passwords"].hash(PASSWORD)
        with database.system_session("give a password in a test", "write") as session:
            session.get_one(Person, world.CAST[key].id).password = hashed
            session.commit()
        page = visit(None, width=360, scripts=False).new_page()
        page.goto("/login?lang=en")
        page.fill("[name=email]", world.CAST[key].email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/")
        page.goto("/?lang=en")  # whatever language the account prefers
        return page

    return sign_in


def test_from_a_password_to_a_confirmed_meeting(signed_in: Callable[[str], Page], tmp_path: Path) -> None:
    ana = signed_in("ana")
    ana.goto("/mechanisms/un-coordination")
    ana.click("a[href^='/meetings/new']:visible >> nth=0")
    ana.fill("[name=first_day]", "2027-02-16")
    ana.fill("[name=starts]", "10:00")
    ana.fill("[name=ends]", "13:00")
    ana.fill("[name=place]", "New York")
    ana.click("button:has-text('Save and preview')")
    assert "/preview" in ana.url
    ana.click("button:has-text('Propose')")
    address = "/meetings/" + ana.url.rsplit("/", 1)[1]
    assert "UNC-2027" in address
    for key in ("isabelle", "erin"):
        page = signed_in(key)
        page.goto(f"{address}?lang=en")
        page.click("button:has-text('Say yes')")
    assert page.locator(".tag", has_text="confirmed").count() == 1
    with page.expect_download() as download:
        page.locator(f"a[href='{address}.ics']").click()
    download.value.save_as(tmp_path / "meeting.ics")
    assert "STATUS:CONFIRMED" in (tmp_path / "meeting.ics").read_text("utf-8")
    page.click("details.menu > summary")
    page.click("button:has-text('Sign out'):visible")
    page.goto(address)
    assert "/login" in page.url
