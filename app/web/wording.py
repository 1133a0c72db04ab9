"""Wordings as HTML: from their tree alone, cleaned once more, with headings below those of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import nh3
from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app import words
from app.domain.errors import Refusal
from app.domain.markdown import parse
from app.domain.markdown_tree import (
    Block,
    Disputed,
    DisputedWords,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    Paragraph,
    Table,
    Text,
)
from app.i18n import reader_language

_LOWEST: Final = 6
_BADGED: Final = frozenset({"CA", "MX", "US"})
_TAGS: Final = {
    "p", "br", "em", "strong", "a", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "div", "span",
    "abbr", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
_ATTRIBUTES: Final = {
    "a": {"href"},
    "ol": {"start"},
    "th": {"scope"},
    "abbr": {"title", "class"},
    "span": {"class"},
    "table": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
}
_SCHEMES: Final = {"http", "https", "mailto"}


def wording_html(markdown: str, heading: int = 3, *, is_inline: bool = False) -> Markup:
    """Return a wording of an agreed text, disputed words stacked; its highest heading is of that level.

    A wording of one paragraph that `is_inline` is returned without the paragraph around it.
    """
    return _html(markdown, heading, has_brackets=True, is_inline=is_inline)


def marked_html(markdown: str, heading: int = 3) -> Markup:
    """Return Markdown in which nothing is disputed, as annotations, readouts and notes are."""
    return _html(markdown, heading, has_brackets=False)


def init_wordings(app: Flask) -> None:
    """Give the templates their filters: `wording` for agreed texts, `marked` for other Markdown."""
    app.jinja_env.filters.update(wording=wording_html, marked=marked_html)


def _html(markdown: str, heading: int, *, has_brackets: bool, is_inline: bool = False) -> Markup:
    try:
        tree = parse(markdown, has_brackets=has_brackets)
    except Refusal:  # kept before it was held to the subset: its characters, as they stand
        tree = (Paragraph((Text(markdown),)),)
    if is_inline and len(tree) == 1 and isinstance(tree[0], Paragraph | Heading):
        made = _inlines(tree[0].children)
    else:
        made = _blocks(tree, heading)
    return Markup(  # noqa: S704  made of escaped pieces, and cleaned
        nh3.clean(
            made, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=set(_SCHEMES),
            link_rel="noopener noreferrer nofollow",
        )
    )  # fmt: skip


def _blocks(blocks: Iterable[Block], heading: int) -> str:
    return "\n".join(_block(block, heading) for block in blocks)


def _block(block: Block, heading: int) -> str:
    match block:
        case Paragraph(children):
            return f"<p>{_inlines(children)}</p>"
        case Heading(level, children):
            depth = min(level - 1 + heading, _LOWEST)
            return f"<h{depth}>{_inlines(children)}</h{depth}>"
        case List():
            return _list(block, heading)
        case Table():
            return _table(block)


def _list(block: List, heading: int) -> str:
    tag, start = ("ol", f' start="{block.start}"' if block.start != 1 else "") if block.is_ordered else ("ul", "")
    return f"<{tag}{start}>{''.join(f'<li>{_item(item, heading)}</li>' for item in block.items)}</{tag}>"


def _item(item: Sequence[Block], heading: int) -> str:
    """Return what stands in an item of a list; its only paragraph needs no tag of its own."""
    first = item[0] if item else None
    if isinstance(first, Paragraph) and not any(isinstance(each, Paragraph) for each in item[1:]):
        return _inlines(first.children) + _blocks(item[1:], heading)
    return _blocks(item, heading)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_inlines(cell)}</th>' for cell in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{_inlines(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    inner = f'<table class="tbl tbl--tight"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="scroll-x" tabindex="0" role="region" aria-label="{escape(_("Table"))}">{inner}</div>'


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(_inline(each) for each in inlines)


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return str(escape(text))
        case LineBreak():
            return "<br>"
        case Emphasis(children, is_strong):
            tag = "strong" if is_strong else "em"
            return f"<{tag}>{_inlines(children)}</{tag}>"
        case Link(href, children):
            return f'<a href="{escape(href)}">{_inlines(children)}</a>'
        case Disputed(alternatives):
            return _disputed(alternatives)


def _disputed(alternatives: Sequence[DisputedWords]) -> str:
    """Return disputed words stacked, with words for those who do not see that they are."""
    said = [_said(_("Disputed words:")), *[_said(_("or:"))] * (len(alternatives) - 1)]
    stacked = "".join(
        f'<span class="alt">{before}{_alternative(each)}</span>'
        for before, each in zip(said, alternatives, strict=True)
    )
    one = " alts--one" if len(alternatives) == 1 else ""
    return f'<span class="alts{one}">{stacked}{_said(_("End of the disputed words."))}</span>'


def _alternative(alternative: DisputedWords) -> str:
    who = " ".join(_badge(code) for code in alternative.parties) or _said(_("of the chair"))
    left_out = f'<span class="left-out">{escape(_("leave out"))}</span>'
    return f'<span class="bracket">{who} {_inlines(alternative.children) or left_out}</span>'


def _badge(code: str) -> str:
    tone = f" party--{code.lower()}" if code in _BADGED else ""
    name = words.party_name(code, reader_language())
    return f'<abbr class="party{tone}" title="{escape(name)}">{escape(code)}</abbr>'


def _said(sentence: str) -> str:
    """Return words that are heard and not seen."""
    return f'<span class="visually-hidden">{escape(sentence)} </span>'
