"""A paper that is read through, as a text document (DOCX), in our own form or in one that its readers put in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from docx.shared import Mm, Pt

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
    Tree,
)
from app.papers.docx_forms import (
    HEADINGS,
    add_headings,
    fields_in,
    fill_fields,
    lay_on_its_side,
    mark_pages,
    opened,
    own_form,
    paragraphs_of,
    written,
)
from app.papers.docx_metadata import say_of_itself
from app.papers.prose import Head, Note, Piece, ProsePaper, Wording
from app.papers.report import Grid
from app.papers.report_docx import (
    GREY,
    clean,
    fill,
    link,
    mark,
    set_language,
    xml,
)

# Columns side by side that a page has room for before it is laid on its side.
MOST_UPRIGHT: Final = 2
NUMBER_WIDTH: Final = Mm(12)
INDENT: Final = Mm(7)


def prose_docx(paper: ProsePaper, form: bytes | None = None) -> bytes:
    """Return the paper as a text document in a form, the same bytes for the same paper; it names no author.

    Raises `Refusal("form_unreadable")` for a form that is no text document.
    """
    document = opened(form or own_form())
    if form is None and (paper.is_wide or len(paper.column_heads) > MOST_UPRIGHT):
        lay_on_its_side(document.sections[0])
    say_of_itself(document, paper)
    add_headings(document)
    values = {
        "title": paper.title.text,
        "reference": " · ".join(paper.over),
        "standing": "\n".join(paper.standing),
        "marking": " · ".join(each.text for each in paper.markings),
        "date": paper.dated.date().isoformat(),
    }
    mark_pages(document)
    places = [each for each in document.paragraphs if "body" in fields_in(each)]
    for paragraph in paragraphs_of(document):
        if fields_in(paragraph):
            fill_fields(paragraph, values, paper)
    _Body(document, paper).put_at(places[0])
    return written(document)


class _Body:
    """Writes the pieces of a paper at the end of a document, and moves them to where the form wants them."""

    def __init__(self, document: Any, paper: ProsePaper) -> None:
        self.document = document
        self.paper = paper
        # The table that the wordings side by side stand in, until something else comes between.
        self.beside: Any = None

    def put_at(self, place: Any) -> None:
        """Write all pieces in a paragraph's place."""
        before = list(self.document.element.body)
        for said in self.paper.titles_beside:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(clean(said.text)).bold = True
            self._speak(paragraph, said.language)
        for piece in self.paper.pieces:
            self._piece(piece)
        if self.paper.closing:
            self._small(self.paper.closing)
        anchor = xml(place)
        for element in [each for each in self.document.element.body if each not in before]:
            anchor.addprevious(element)
        anchor.getparent().remove(anchor)

    def _piece(self, piece: Piece) -> None:
        if isinstance(piece, Wording):
            self._wording(piece)
            return
        self.beside = None
        match piece:
            case Head():
                self._head(piece)
            case Note():
                self._note(piece)
            case Grid():
                self._grid(piece)

    def _head(self, piece: Head) -> None:
        heading = self.document.add_heading(clean(piece.text), level=min(piece.level, HEADINGS))
        heading.paragraph_format.page_break_before = piece.opens_page
        self._speak(heading, piece.language)
        for each in piece.beside:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(clean(each.text)).bold = True
            self._speak(paragraph, each.language)
        if piece.step:
            self._small(piece.step)

    def _wording(self, piece: Wording) -> None:
        if len(piece.columns) > 1:
            self._beside(piece)
            return
        self.beside = None
        self._lead(self.document, piece.lead)
        for column in piece.columns:
            self._tree(self.document, column.tree, column.language, piece.number, column.marks)
            if column.small:
                self._small(column.small)
        for line in piece.small:
            self._small(line)

    def _lead(self, into: Any, lead: str) -> None:
        if lead:
            paragraph = into.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            run = paragraph.add_run(clean(lead))
            run.bold, run.font.size = True, Pt(9)

    def _beside(self, piece: Wording) -> None:
        """Write wordings side by side, as a row with the number before them; the languages head each table of them."""
        heads = self.paper.column_heads
        if self.beside is None:
            self.beside = self.document.add_table(rows=1 if heads else 0, cols=1 + len(piece.columns))
            self.beside.autofit = False
            if heads:
                mark(xml(self.beside.rows[0]).get_or_add_trPr(), "w:tblHeader")
                for cell, said in zip(self.beside.rows[0].cells[1:], heads, strict=True):
                    cell.paragraphs[0].add_run(clean(said.text)).bold = True
        cells = self.beside.add_row().cells
        section = self.document.sections[-1]
        room = section.page_width - section.left_margin - section.right_margin - NUMBER_WIDTH
        cells[0].width = NUMBER_WIDTH
        cells[0].paragraphs[0].add_run(clean(piece.number))
        for cell, column in zip(cells[1:], piece.columns, strict=True):
            cell.width = room // len(piece.columns)
            self._lead(cell, piece.lead if column is piece.columns[0] else "")
            self._tree(cell, column.tree, column.language, "", column.marks)
            for line in (column.small, *(piece.small if column is piece.columns[0] else ())):
                if line:
                    self._small(line, cell)
            first = cell.paragraphs[0]
            if not first.text and len(cell.paragraphs) > 1:
                xml(first).getparent().remove(xml(first))

    def _tree(self, into: Any, tree: Tree, language: str, number: str, marks: Iterable[str]) -> None:
        last: Any = None
        for place, block in enumerate(tree):
            last = self._block(into, block, language, f"{number}  " if number and place == 0 else "")
        if last is None and (number or marks):
            last = into.add_paragraph(clean(number))
        for each in marks:
            last.add_run(clean(each)).font.superscript = True

    def _block(self, into: Any, block: Block, language: str, number: str = "", depth: int = 0) -> Any:
        """Write a block and return its last paragraph; `depth` is how many lists it stands in."""
        match block:
            case Paragraph(children) | Heading(_, children):
                paragraph = into.add_paragraph(clean(number))
                if depth:
                    paragraph.paragraph_format.left_indent = INDENT * depth
                    paragraph.paragraph_format.first_line_indent = -INDENT if number else None
                self._inlines(paragraph, children, language, is_strong=isinstance(block, Heading))
                return paragraph
            case List():
                return self._list(into, block, language, number, depth)
            case Table(head, rows):
                return self._table(into, head, rows, language)

    def _list(self, into: Any, block: List, language: str, number: str, depth: int) -> Any:
        """Write a list with its numbers as words, so that none goes on counting where another list ended."""
        last = into.add_paragraph(clean(number)) if number and not depth else None
        for place, item in enumerate(block.items, start=block.start):
            sign = f"{place}.\t" if block.is_ordered else "–\t"
            for each in item:
                last = self._block(into, each, language, sign, depth + 1)
                sign = ""
            if sign:
                last = into.add_paragraph(clean(sign))
        return last

    def _has(self, style: str) -> bool:
        return any(each.name == style for each in self.document.styles)

    def _table(self, into: Any, head: Any, rows: Any, language: str) -> Any:
        table = into.add_table(1 + len(rows), len(head))
        if self._has("Table Grid"):
            table.style = "Table Grid"
        mark(xml(table.rows[0]).get_or_add_trPr(), "w:tblHeader")
        for line, row in zip(table.rows, (head, *rows), strict=True):
            for cell, inlines in zip(line.cells, row, strict=True):
                self._inlines(cell.paragraphs[0], inlines, language, is_strong=row is head)
        return into.add_paragraph()

    def _inlines(self, paragraph: Any, inlines: Iterable[Inline], language: str, **form: bool) -> None:
        for inline in inlines:
            match inline:
                case Text(text):
                    run = paragraph.add_run(clean(text))
                    run.bold, run.italic = form.get("is_strong") or None, form.get("is_emphasis") or None
                    set_language(xml(run).get_or_add_rPr(), language or self.paper.language)
                case Emphasis(children, is_strong):
                    self._inlines(paragraph, children, language, **form, **_stress(is_strong, form))
                case Link(href, children):
                    run = paragraph.add_run(clean("".join(_words(children))))
                    link(paragraph, run, href)
                case LineBreak():
                    paragraph.add_run().add_break()
                case Disputed(alternatives):
                    for each in alternatives:
                        paragraph.add_run("[")
                        paragraph.add_run(clean(" ".join(each.parties))).bold = True
                        paragraph.add_run(": " if each.parties else "")
                        self._inlines(paragraph, each.children, language, **form)
                        paragraph.add_run("]")

    def _note(self, piece: Note) -> None:
        paragraph = self.document.add_paragraph()
        if piece.mark:
            paragraph.add_run(clean(piece.mark)).font.superscript = True
            paragraph.add_run(" ")
        if piece.lead:
            paragraph.add_run(clean(f"{piece.lead}{self.paper.colon} ")).bold = True
        run = paragraph.add_run(clean(piece.words.text))
        run.font.size = Pt(9)
        set_language(xml(run).get_or_add_rPr(), piece.words.language)

    def _grid(self, grid: Grid) -> None:
        if not grid.rows:
            return
        if grid.caption:
            self.document.add_heading(clean(grid.caption), level=3)
        table = self.document.add_table(1 + len(grid.rows), len(grid.columns))
        if self._has("Table Grid"):
            table.style = "Table Grid"
        mark(xml(table.rows[0]).get_or_add_trPr(), "w:tblHeader")
        for cell, column in zip(table.rows[0].cells, grid.columns, strict=True):
            cell.paragraphs[0].add_run(clean(column)).bold = True
        for line, row in zip(table.rows[1:], grid.rows, strict=True):
            mark(xml(line).get_or_add_trPr(), "w:cantSplit")
            for place, (target, cell) in enumerate(zip(line.cells, row, strict=True)):
                fill(target.paragraphs[0], cell, self.paper.language, self.paper.base_url, is_head=place == 0)
        self.document.add_paragraph()

    def _small(self, line: str, into: Any = None) -> None:
        run = (into or self.document).add_paragraph().add_run(clean(line))
        run.font.size, run.font.color.rgb = Pt(8), GREY

    def _speak(self, paragraph: Any, language: str) -> None:
        for run in paragraph.runs:
            set_language(xml(run).get_or_add_rPr(), language or self.paper.language)


def _stress(is_strong: bool, form: Mapping[str, bool]) -> dict[str, bool]:  # noqa: FBT001  a field of the tree
    name = "is_strong" if is_strong else "is_emphasis"
    return {} if name in form else {name: True}


def _words(inlines: Iterable[Inline]) -> Iterator[str]:
    for inline in inlines:
        match inline:
            case Text(text):
                yield text
            case Emphasis(children) | Link(_, children):
                yield from _words(children)
            case LineBreak():
                yield " "
