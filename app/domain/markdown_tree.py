"""What a wording is made of: blocks and inline content, the same for pages, papers and exports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """Characters as they are read."""

    text: str


@dataclass(frozen=True)
class Emphasis:
    """Words that are stressed; strongly, where `is_strong`. `mark` is what was typed around them, once: * or _."""

    children: tuple[Inline, ...]
    is_strong: bool = False
    mark: str = "*"


@dataclass(frozen=True)
class Link:
    """Words that lead to an address: http, https or mailto, nothing else."""

    href: str
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class LineBreak:
    """A new line in the same paragraph."""


@dataclass(frozen=True)
class DisputedWords:
    """The words that some parties want; none: they want them left out."""

    parties: tuple[str, ...]
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Disputed:
    """A bracket: alternatives that are not agreed."""

    alternatives: tuple[DisputedWords, ...]


Inline = Text | Emphasis | Link | LineBreak | Disputed


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the highest of its text, whatever the page around it has."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class List:
    """A list; an ordered one counts from `start`."""

    items: tuple[tuple[Block, ...], ...]
    is_ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Table:
    """A table: its head, and rows of as many cells."""

    head: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


Block = Paragraph | Heading | List | Table
Tree = tuple[Block, ...]


def disputed_in(blocks: Iterable[Block]) -> Iterator[Disputed]:
    """Yield the disputed words of a tree, in order."""
    for inlines in inlines_of(blocks):
        yield from _disputed_among(inlines)


def inlines_of(blocks: Iterable[Block]) -> Iterator[tuple[Inline, ...]]:
    """Yield the inline content of each block, in order."""
    for block in blocks:
        match block:
            case Paragraph(children) | Heading(_, children):
                yield children
            case List(items):
                for item in items:
                    yield from inlines_of(item)
            case Table(head, rows):
                for row in (head, *rows):
                    yield from row


def _disputed_among(inlines: Iterable[Inline]) -> Iterator[Disputed]:
    """Yield the disputed words among inline content."""
    for inline in inlines:
        if isinstance(inline, Disputed):
            yield inline
        elif isinstance(inline, Emphasis | Link):
            yield from _disputed_among(inline.children)
