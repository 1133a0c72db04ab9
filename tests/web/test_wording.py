"""Wordings as HTML: what is read is shown, disputed words are heard, and nothing that was typed can act."""

from __future__ import annotations

from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.i18n import init_i18n
from app.web.wording import init_wordings, marked_html, wording_html

CA = '<abbr class="party party--ca" title="Canada">CA</abbr>'
US = '<abbr class="party party--us" title="United States">US</abbr>'
TABLE = (
    '<div class="scroll-x" tabindex="0" role="region" aria-label="Table"><table class="tbl tbl--tight"><thead><tr>'
    '<th scope="col">A</th></tr></thead><tbody><tr><td>&lt;3</td></tr></tbody></table></div>'
)
LEFT_OUT = '<span class="left-out">leave out</span>'
HEARD = '<span class="visually-hidden">{} </span>'


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """Return a small app that speaks English, inside a request."""
    made = Flask(__name__)
    init_i18n(made)
    init_wordings(made)
    with made.test_request_context("/?lang=en"):
        yield made


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("One *two* **three**\\\nfour", "<p>One <em>two</em> <strong>three</strong><br>four</p>"),
        ("# A\n\n#### B", "<h3>A</h3>\n<h6>B</h6>"),
        ("- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"),
        ("3. a", '<ol start="3"><li>a</li></ol>'),
        ("[a](https://gc.example/?b=1&c=2)",
         '<p><a href="https://gc.example/?b=1&amp;c=2" rel="noopener noreferrer nofollow">a</a></p>'),
        ("| A |\n|---|\n| <3 |", TABLE),
        (r"\<script>alert(1)\</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a & b \" '", "<p>a &amp; b \" '</p>"),
    ],
)  # fmt: skip
def test_shows_the_subset(markdown, html):
    assert str(wording_html(markdown)) == html


@pytest.mark.usefixtures("app")
def test_disputed_words_are_stacked_and_heard():
    assert str(wording_html("They [[CA: *meet*][US:]].")) == (
        '<p>They <span class="alts">'
        f'<span class="alt">{HEARD.format("Disputed words:")}<span class="bracket">{CA} <em>meet</em></span></span>'
        f'<span class="alt">{HEARD.format("or:")}<span class="bracket">{US} {LEFT_OUT}</span>'
        f"</span>{HEARD.format('End of the disputed words.')}</span>.</p>"
    )
    assert str(marked_html("They [[CA: meet]].")) == "<p>They [[CA: meet]].</p>"


@pytest.mark.usefixtures("app")
def test_a_heading_can_stand_in_a_tag_of_the_page():
    assert str(wording_html("Peace *operations*", is_inline=True)) == "Peace <em>operations</em>"
    assert str(wording_html("# Peace", is_inline=True)) == "Peace"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "[[CA: open",
        "<style>p{}",
    ],
)
def test_what_was_kept_before_it_was_held_to_the_subset_is_shown_as_characters(markdown):
    page = str(wording_html(markdown))
    assert "<script" not in page
    assert "href" not in page
    assert "<img" not in page
    assert "<style" not in page
    assert html5lib.parseFragment(page)[0].text == markdown


TYPED = st.lists(
    st.sampled_from(
        ["<", ">", "script", "img src=x ", "onerror=", "javascript:", "[a](", ")", "&lt;", "&#60;", '"', "'", "*",
         "\n\n", "- ", "[[CA: ", "]]", "\\", "style", "=", "data:text/html,", "https://x.example", "|", "\u00a0", "`"]
    ),
    max_size=20,
)  # fmt: skip


@pytest.mark.usefixtures("app")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TYPED.map("".join))
def test_nothing_that_is_typed_can_act(typed):
    found = html5lib.parseFragment(str(wording_html(typed)), namespaceHTMLElements=False)
    for element in found.iter():
        assert element.tag in {"DOCUMENT_FRAGMENT", "p", "em", "strong", "a", "ul", "ol", "li", "br", "span", "abbr",
                               "table", "thead", "tbody", "tr", "th", "td", "div", "h3", "h4", "h5", "h6"}  # fmt: skip
        assert not [name for name in element.attrib if name.startswith("on") or name in {"style", "src"}]
        assert element.attrib.get("href", "https://").startswith(("https://", "http://", "mailto:"))
