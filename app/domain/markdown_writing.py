"""A wording's tree as Markdown again, and as plain text for mails, search and comparison."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from app.domain import brackets
from app.domain.markdown_tree import (
    Block,
    Disputed,
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

# What means something to any common reader of Markdown, so that words stay words wherever they are read.
_MARKS: Final = re.compile(r"[\\`*_\[\]<>&|~^$]")
_ADDRESS_MARKS: Final = re.compile(r"[\\()\[\]<>&|*_]")
_ESCAPED: Final = r"\\\g<0>"
_LINE_HEAD: Final = re.compile(r"(?m)^(\s*)([#+=-]|\d{1,9}(?=[.)]))")
_HEADING_LIMIT: Final = 6


def to_markdown(blocks: Iterable[Block], heading_shift: int = 0) -> str:
    """Return the tree as Markdown of which `markdown.parse` makes the same tree; headings so many levels lower."""
    written: list[str] = []
    last: tuple[Block, bool] | None = None
    for block in blocks:
        # Two lists of one kind, one behind the other, are two only by other marks.
        is_next = last is not None and not last[1] and _are_alike(last[0], block)
        written.append(
            _list(block, heading_shift, is_next=is_next) if isinstance(block, List) else _block(block, heading_shift)
        )
        last = (block, is_next)
    return "\n\n".join(written)


def to_plain(blocks: Iterable[Block]) -> str:
    """Return the words of a tree, a block a line; disputed words in brackets behind the parties that want them."""
    return "\n".join(_plain_block(block) for block in blocks)


def _are_alike(last: Block, block: Block) -> bool:
    return isinstance(last, List) and isinstance(block, List) and last.is_ordered == block.is_ordered


def _block(block: Paragraph | Heading | Table, shift: int) -> str:
    match block:
        case Paragraph(children):
            return _line_head(_inlines(children))
        case Heading(level, children):
            words = _inlines(children).replace("#", "\\#")
            return f"{'#' * min(level + shift, _HEADING_LIMIT)} {words}".rstrip()
        case Table(head, rows):
            lines = [head, *rows]
            written = [f"| {' | '.join(_inlines(cell) for cell in line)} |" for line in lines]
            return "\n".join([written[0], "|" + " --- |" * len(head), *written[1:]])


def _list(block: List, shift: int, *, is_next: bool) -> str:
    """Return a list, each item's blocks indented under its mark; another mark where it `is_next` to one like it."""
    point, bullet = (")", "+") if is_next else (".", "-")
    written: list[str] = []
    for number, item in enumerate(block.items, start=block.start):
        mark = f"{number}{point} " if block.is_ordered else f"{bullet} "
        body = to_markdown(item, shift)
        written.append(mark + body.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(re.sub(r"(?m)^ +$", "", each).rstrip() for each in written)


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(_inline(each) for each in inlines)


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return _MARKS.sub(_ESCAPED, text)
        case Emphasis(children, is_strong, mark):
            marks = mark * 2 if is_strong else mark
            return f"{marks}{_inlines(children)}{marks}"
        case Link(href, children):
            return f"[{_inlines(children)}]({_ADDRESS_MARKS.sub(_ESCAPED, href)})"
        case LineBreak():
            return "\\\n"
        case Disputed(alternatives):
            written = ((each.parties, _inlines(each.children)) for each in alternatives)
            return brackets.printed([brackets.Bracket(tuple(brackets.Alternative(*each) for each in written))])


def _line_head(line: str) -> str:
    """Return a paragraph whose first characters begin neither a heading nor a list."""
    return _LINE_HEAD.sub(_escaped_head, line)


def _escaped_head(found: re.Match[str]) -> str:
    if found[2].isdigit():
        return f"{found[1]}{found[2]}\\"
    return f"{found[1]}\\{found[2]}"


def _plain_block(block: Block) -> str:
    match block:
        case Paragraph(children) | Heading(_, children):
            return _plain(children)
        case List(items):
            marks: Callable[[int], str] = (lambda n: f"{n}. ") if block.is_ordered else (lambda _n: "- ")
            return "\n".join(marks(number) + to_plain(item) for number, item in enumerate(items, start=block.start))
        case Table(head, rows):
            return "\n".join(" | ".join(_plain(cell) for cell in row) for row in (head, *rows))


def _plain(inlines: Iterable[Inline]) -> str:
    return "".join(_plain_inline(each) for each in inlines)


def _plain_inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return text
        case LineBreak():
            return "\n"
        case Emphasis(children):
            return _plain(children)
        case Link(href, children):
            words = _plain(children)
            return words if words == href else f"{words} ({href})"
        case Disputed(alternatives):
            written = (f"{' '.join(each.parties)}: {_plain(each.children)}".strip(": ") for each in alternatives)
            return " ".join(f"[{each}]" for each in written)
