"""Every page in a real Chromium: axe finds nothing, nothing scrolls sideways, nothing breaks the policy."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

from tests import story, world
from tests.web.test_matrix import RULES, addresses, kind_of

Scheme = Literal["light", "dark"]
LANGUAGES = ("en", "es", "fr")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FILES = (".ics", ".pdf", ".xlsx", ".csv", ".docx", ".md", ".svg")
NOT_PAGES = (*FILES, "/refused.", "healthz", "readyz", "metrics", "/room/beat", "/documents/<", "/feeds/")


def pages() -> list[tuple[str, str | None]]:
    """Return every page of the app with who looks at it: the plainest viewer who may."""
    found: list[tuple[str, str | None]] = [("/login", None), ("/no-such-page", None), ("/invite/unknown-token", None)]
    for rule in RULES:
        if (
            "GET" not in (rule.methods or ())
            or any(word in rule.rule for word in NOT_PAGES)
            or rule.endpoint.startswith("sign_in")
        ):
            continue
        found.append((addresses(rule)[0], "marta" if kind_of(rule) == "people" else "ana"))
    return [
        *found,
        (f"/meetings/{story.CANCELLED}", "ana"),
        ("/", "olga"),
        ("/", "marta"),
        ("/", "sam"),
        ("/mechanisms/drug-dialogue", "benoit"),
        ("/calendar?on=2027-09", "benoit"),
        ("/calendar?view=week&on=2026-12-10", "sam"),
        ("/calendar?view=list&on=2026-12-01", "olga"),
        ("/calendar?view=year&on=2026", "ana"),
        ("/calendar?on=garbage&mechanism=none", "ana"),
        ("/mechanisms?sort=-days&level=kings", "carol"),
        ("/mechanisms?words=nothing+of+the+kind", "carol"),
        ("/mechanisms?shelf=proposals", "carol"),
    ]


PAGES = pages()


def _note(said: list[str], message: ConsoleMessage) -> None:
    if message.type == "error" and "status of 4" not in message.text:
        said.append(message.text)


def opened(page: Page, path: str) -> list[str]:
    """Open the page and return what the browser itself finds wrong with it: scrolling sideways, errors, its policy."""
    said: list[str] = []
    note, fail = partial(_note, said), partial(_fail, said)
    page.on("console", note)
    page.on("pageerror", fail)
    page.goto(path)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.remove_listener("console", note)
    page.remove_listener("pageerror", fail)
    return ([f"scrolls sideways by {wide} px"] if wide > 0 else []) + said


def _fail(said: list[str], error: Error) -> None:
    said.append(error.message)


def look(page: Page, path: str) -> list[str]:
    """Open the page and return what is wrong with it, for axe too.

    Axe tells only what it finds wrong: all that is right in a page takes it four times as long to write down.
    """
    found = opened(page, path)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    result = Axe().run(page, options=options)
    for violation in result.response["violations"]:
        nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        found.append(f"{violation['id']}: {nodes}")
    return found


@pytest.mark.parametrize(("path", "who"), PAGES, ids=str)
def test_a_page(look_through: Callable[..., Page], path: str, who: str | None) -> None:
    """The short form: narrow and wide, light and dark, each in another language than the page before.

    Axe looks at one of the two; the other is without its script, so that the browser holds the page to its policy.
    """
    turn = PAGES.index((path, who))
    first, second = LANGUAGES[turn % 3], LANGUAGES[(turn + 1) % 3]
    schemes: tuple[Scheme, Scheme] = ("light", "dark") if turn % 2 else ("dark", "light")
    is_narrow_first = turn % 4 < 2
    found = {}
    for language, width, scheme in zip((first, second), (360, 1440), schemes, strict=True):
        with_axe = (width == 360) is is_narrow_first
        page = look_through(who, width=width, scheme=scheme, axe=with_axe)
        seen = (look if with_axe else opened)(page, f"{path}{'&' if '?' in path else '?'}lang={language}")
        if seen:
            found[language, width, scheme] = seen
    assert not found


FAULTY = """<main><h1>A</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<p style="width: 900px; color: #eee">pale and wide</p><script>throw new Error("broken")</script></main>"""


@pytest.mark.parametrize(
    ("axe", "expected"),
    [
        (True, ["scrolls sideways", "broken", "color-contrast", "document-title", "html-has-lang", "image-alt"]),
        (False, ["Applying inline style violates", "Executing inline script violates"]),
    ],
)
def test_a_fault_in_a_page_is_told(look_through: Callable[..., Page], axe: bool, expected: list[str]) -> None:
    """What the looks at the pages rest on: the browser, its policy and axe say what is wrong."""
    page = look_through("ana", width=360, scheme="light", axe=axe)
    head = {"Content-Security-Policy": "default-src 'none'; img-src data:"}
    page.route("**/faulty*", lambda route: route.fulfill(content_type="text/html", body=FAULTY, headers=head))
    told = (look if axe else opened)(page, "/faulty?lang=en")
    page.unroute("**/faulty*")
    assert [word for word in expected if not any(word in fault for fault in told)] == []


@pytest.mark.prove
@pytest.mark.parametrize(("path", "who"), PAGES, ids=str)
def test_a_page_in_every_form(look_through: Callable[..., Page], path: str, who: str | None) -> None:
    """The long form: every language x width x scheme."""
    schemes: tuple[Scheme, Scheme] = ("light", "dark")
    for language, width, scheme in itertools.product(LANGUAGES, (320, 360, 1024, 1440), schemes):
        page = look_through(who, width=width, scheme=scheme, axe=True)
        assert look(page, f"{path}{'&' if '?' in path else '?'}lang={language}") == [], (language, width, scheme)


def test_the_whole_way_without_a_script_by_the_keyboard(visit: Callable[..., BrowserContext]) -> None:
    """From home, the skip link and the navigation are the first things that Tab reaches, each with a visible ring."""
    page = visit("ana").new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(3):
        page.keyboard.press("Tab")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid"


def test_the_cast_is_there() -> None:
    assert set(world.CAST) >= {"ana", "marta", "olga", "sam", "benoit"}


def test_a_phone_shows_the_newest_periods_without_scripts(visit: Callable[..., BrowserContext]) -> None:
    page = visit("ana", width=360, scripts=False).new_page()
    page.goto("/mechanisms/drug-dialogue?lang=en")
    periods = page.locator(".strip-cells").first.locator("svg")
    shown = [periods.nth(index).is_visible() for index in range(periods.count())]
    assert len(shown) > 8
    assert shown == [False] * (len(shown) - 8) + [True] * 8
    edges = periods.last.bounding_box()
    assert edges
    assert 0 <= edges["x"] <= edges["x"] + edges["width"] <= 360
    assert page.get_by_text("The last eight periods. The table has them all.").is_visible()
