"""One safe subset of Markdown for agreed texts, annotations, readouts and minutes, read into a small tree.

Paragraphs, emphasis, lists, links, headings, small tables; and disputed words (`app.domain.brackets`). Pages, papers
and exports are all made from the tree, which holds no markup of anybody's: what is not of the subset is refused, or is
the characters that were typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

from app.domain import brackets
from app.domain.errors import Refusal
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
    Tree,
    disputed_in,
)
from app.domain.plaintext import PARAGRAPHS_LIMIT, paragraphs
from app.domain.unseen import first_unseen, refuse_unseen

CHARACTERS_LIMIT: Final = PARAGRAPHS_LIMIT
CELLS_LIMIT: Final = 300
COLUMNS_LIMIT: Final = 8
LISTS_LIMIT: Final = 4
EMPHASIS_LIMIT: Final = 6
MARKS_LIMIT: Final = 2000
URL_LIMIT: Final = 2000

# Where the parser stops and drops the rest; so far beyond what is allowed that what is dropped is always refused.
_NESTING: Final = 4 * (LISTS_LIMIT + EMPHASIS_LIMIT)
_LINE_ENDS: Final = re.compile("\r\n|\r|\u2028|\u2029")
_HTML: Final = re.compile(r"\\.|(<[A-Za-z/!?])", re.DOTALL)
_MARKS: Final = re.compile(r"[*_\[\]|!]")
_MAILTO: Final = re.compile(r"mailto:[A-Za-z0-9.!#$&'*+/=^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.IGNORECASE)
_HOST: Final = re.compile(r"[^\s/?#@\\%<>\"'`]+")
_EXCERPT: Final = 40


def cleaned(value: str | None, field: str, limit: int = CHARACTERS_LIMIT, *, required: bool = False) -> str:
    """Return Markdown as it is kept: NFC, line feeds, no character that nobody sees, nothing outside the subset.

    `limit` counts code points. Raises `Refusal`: what `plaintext.paragraphs` and `parse` raise, `unseen_character`.
    """
    source = _seen(value, field, limit, required=required)
    parse(source, field)
    return source


def cleaned_wording(
    value: str | None,
    field: str,
    parties: Collection[str],
    limit: int = CHARACTERS_LIMIT,
    *,
    required: bool = False,
) -> str:
    """Return a wording of an agreed text as it is kept: as `cleaned`, each bracket in its one way of writing.

    `parties` are the codes of those whose text it is. Raises what `cleaned` and `brackets.parse` raise.
    """
    source = _seen(value, field, limit, required=required)
    source = brackets.printed(brackets.parse(source, field, parties))
    parse(source, field, has_brackets=True)
    return source


def parse(source: str, field: str = "text", *, has_brackets: bool = False) -> Tree:
    """Return the tree of a Markdown source; with `has_brackets` double brackets are disputed words, else characters.

    Raises `Refusal` with `words` (what it is about): `html_not_allowed`, `image_not_allowed`, `link_not_allowed`,
    `link_with_title`, `table_too_large` (`limit`), `table_row_too_long`, `nested_too_deep` (`limit`),
    `too_many_marks` (`limit`), `bracket_hidden`, and `too_long`.
    """
    _refuse_long(source, field, CHARACTERS_LIMIT)
    html = next((found for found in _HTML.finditer(source) if found[1]), None)
    if html is not None:
        raise Refusal("html_not_allowed", field=field, words=_excerpt(source[html.start(1) :]))
    _refuse_many_marks(source, field)
    tokens = _PARSER.parse(source, {_BRACKETS: has_brackets})
    if any(token.level >= _NESTING for token in tokens):
        raise Refusal("nested_too_deep", field=field, limit=LISTS_LIMIT)
    tree = _Reading(source, field).blocks(SyntaxTreeNode(tokens).children)
    if has_brackets:
        _refuse_hidden_brackets(source, tree, field)
    return tree


def checked_href(href: str, field: str = "text") -> str:
    """Return an address that a link may lead to: http or https with a host and nobody's password, or one mailbox.

    Raises `Refusal("link_not_allowed")` (`words`) for all else, however it is written.
    """
    if len(href) <= URL_LIMIT and not any(char.isspace() for char in href) and first_unseen(href) is None:
        if _MAILTO.fullmatch(href):
            return href
        try:
            parts = urlsplit(href)
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            parts, has_port = urlsplit(""), False
        if parts.scheme in {"http", "https"} and has_port and _HOST.fullmatch(parts.netloc) and "\\" not in href:
            return href
    raise Refusal("link_not_allowed", field=field, words=_excerpt(href))


class _Reading:
    """One reading of a parser's tokens into the tree, with what it has counted so far."""

    def __init__(self, source: str, field: str) -> None:
        self._lines = source.split("\n")
        self._field = field
        self._cells = 0

    def blocks(self, nodes: Iterable[SyntaxTreeNode], lists: int = 0) -> Tree:
        """Return the blocks of some nodes, so many lists deep."""
        return tuple(self._block(node, lists) for node in nodes)

    def _block(self, node: SyntaxTreeNode, lists: int) -> Block:
        if node.type in {"bullet_list", "ordered_list"}:
            return self._list(node, lists + 1)
        if node.type == "table":
            return self._table(node)
        children = self._inline(node)
        if node.type == "heading":
            return Heading(int(node.tag[1:]), children)
        return Paragraph(children)

    def _list(self, node: SyntaxTreeNode, lists: int) -> List:
        if lists > LISTS_LIMIT:
            raise Refusal("nested_too_deep", field=self._field, limit=LISTS_LIMIT)
        items = tuple(self.blocks(item.children, lists) for item in node.children)
        return List(items, is_ordered=node.type == "ordered_list", start=int(node.attrs.get("start", 1)))

    def _table(self, node: SyntaxTreeNode) -> Table:
        rows = [row for part in node.children for row in part.children]
        columns = len(rows[0].children)
        self._cells += sum(len(row.children) for row in rows)
        if columns > COLUMNS_LIMIT or self._cells > CELLS_LIMIT:
            raise Refusal("table_too_large", field=self._field, limit=CELLS_LIMIT, columns=COLUMNS_LIMIT)
        for row in rows:
            self._refuse_lost_cells(row, columns)
        read = [tuple(self._inline(cell) for cell in row.children) for row in rows]
        return Table(read[0], tuple(read[1:]))

    def _refuse_lost_cells(self, row: SyntaxTreeNode, columns: int) -> None:
        """Refuse a row with more cells than the head, since the parser drops them."""
        line = self._lines[row.map[0]] if row.map else ""
        cells = escapedSplit(line.strip().lstrip("|"))
        if len(cells) - (not cells[-1].strip()) > columns:
            raise Refusal("table_row_too_long", field=self._field, words=_excerpt(line))

    def _inline(self, node: SyntaxTreeNode) -> tuple[Inline, ...]:
        """Return the inline content of a block."""
        return self._inlines([child for inline in node.children for child in inline.children], 0)

    def _inlines(self, nodes: Iterable[SyntaxTreeNode], depth: int) -> tuple[Inline, ...]:
        """Return inline content, neighbouring characters as one."""
        if depth > EMPHASIS_LIMIT:
            raise Refusal("nested_too_deep", field=self._field, limit=EMPHASIS_LIMIT)
        found: list[Inline] = []
        for node in nodes:
            one = self._one(node, depth)
            last = found[-1] if found else None
            if isinstance(one, Text) and isinstance(last, Text):
                found[-1] = Text(last.text + one.text)
            elif one != Text(""):
                found.append(one)
        return tuple(found)

    def _one(self, node: SyntaxTreeNode, depth: int) -> Inline:
        match node.type:
            case "em" | "strong":
                children = self._inlines(node.children, depth + 1)
                return Emphasis(children, is_strong=node.type == "strong", mark=node.markup[0])
            case "link":
                return self._link(node, depth)
            case "image":
                raise Refusal("image_not_allowed", field=self._field, words=_excerpt(node.content))
            case "disputed":
                return self._disputed(node, depth)
            case "hardbreak":
                return LineBreak()
            case "softbreak":
                return Text(" ")
            case _:
                return Text(node.content)

    def _link(self, node: SyntaxTreeNode, depth: int) -> Link:
        href = str(node.attrs.get("href", ""))
        if node.attrs.get("title"):
            raise Refusal("link_with_title", field=self._field, words=_excerpt(str(node.attrs["title"])))
        children = self._inlines(node.children, depth + 1)
        return Link(checked_href(href, self._field), children or (Text(href),))

    def _disputed(self, node: SyntaxTreeNode, depth: int) -> Disputed:
        bracket: brackets.Bracket = node.meta["bracket"]
        return Disputed(
            tuple(DisputedWords(each.parties, self._words(each.words, depth)) for each in bracket.alternatives)
        )

    def _words(self, words: str, depth: int) -> tuple[Inline, ...]:
        """Return the inline content of one alternative."""
        (inline,) = _PARSER.parseInline(words, {})
        return self._inlines(SyntaxTreeNode([inline]).children[0].children, depth + 1) if words else ()


_BRACKETS: Final = "has_brackets"


def _open_bracket(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  the signature of a parser's rule
    """Read disputed words as one token, where the wording has any."""
    if not state.env.get(_BRACKETS):
        return False
    found = brackets.bracket_at(state.src, state.pos)
    if found is None or found[1] > state.posMax:
        return False
    if not silent:
        state.push("disputed", "", 0).meta = {"bracket": found[0]}
    state.pos = found[1]
    return True


def _parser() -> MarkdownIt:
    """Return the parser of the subset; addresses are checked by us, so that what is refused can be told."""
    parser = MarkdownIt("zero", {"maxNesting": 2 * _NESTING})
    parser.enable(["heading", "list", "table", "escape", "newline", "emphasis", "link", "image"])
    parser.inline.ruler.before("link", "disputed", _open_bracket)
    parser.validateLink = _any_address  # type: ignore[method-assign]
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    return parser


def _any_address(url: str) -> bool:  # noqa: ARG001  the signature of the parser's own
    """Let every address through to `checked_href`."""
    return True


def _as_written(url: str) -> str:
    """Return an address as it is written."""
    return url


_PARSER: Final = _parser()


def _seen(value: str | None, field: str, limit: int, *, required: bool) -> str:
    """Return the source in NFC with line feeds, and refuse what nobody would see of it."""
    _refuse_long(value or "", field, limit)
    text = _LINE_ENDS.sub("\n", value or "").replace("\t", " ")
    refuse_unseen(text, field)
    return paragraphs(text, field, limit, required=required)


def _refuse_long(source: str, field: str, limit: int) -> None:
    """Refuse a source that is far too long before anything reads it."""
    if len(source) > 4 * limit:
        raise Refusal("too_long", field=field, limit=limit, length=len(source))


def _refuse_many_marks(source: str, field: str) -> None:
    """Refuse a source of little but marks, on which a parser could spend minutes."""
    if sum(1 for _ in _MARKS.finditer(source)) > MARKS_LIMIT:
        raise Refusal("too_many_marks", field=field, limit=MARKS_LIMIT)


def _refuse_hidden_brackets(source: str, tree: Tree, field: str) -> None:
    """Refuse brackets that would be counted and not seen: in an address, across the cells of a table."""
    written = brackets.brackets_of(brackets.parse(source, field))
    seen = list(disputed_in(tree))
    if len(written) != len(seen):
        raise Refusal("bracket_hidden", field=field, words=_excerpt(brackets.printed(written)))


def _excerpt(words: str) -> str:
    """Return how some words begin."""
    line = words.split("\n", 1)[0]
    return line if len(line) <= _EXCERPT else line[:_EXCERPT] + "…"
