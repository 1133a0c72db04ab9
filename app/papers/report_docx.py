"""A report or brief as a text document (DOCX): real headings, table heads that repeat, links, its language told."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from app.papers.report import Cell, Grid, Part, ReportPaper

LOCALES: Final = {"en": "en-CA", "es": "es-MX", "fr": "fr-CA"}
_ACCENT: Final = RGBColor(0x14, 0x45, 0x7B)
GREY: Final = RGBColor(0x47, 0x4D, 0x55)
# What no XML can carry (XML 1.0, 2.2).
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_DAY_OF_ZIP: Final = (1980, 1, 1, 0, 0, 0)


def report_docx(paper: ReportPaper) -> bytes:
    """Return the paper as a text document, the same bytes for the same paper; no person is named as its author."""
    document = docx.Document()
    _set_up(document, paper)
    document.add_heading(clean(paper.title), level=1)
    document.add_paragraph(clean(paper.standing), style="Subtitle")
    document.add_paragraph(clean(paper.lede))
    for part in paper.parts:
        _add_part(document, part, paper)
    written = io.BytesIO()
    document.save(written)
    return same_bytes(written.getvalue())


def _set_up(document: Any, paper: ReportPaper) -> None:
    told = document.core_properties
    told.title, told.author, told.last_modified_by = clean(f"{paper.title}. {paper.standing}"), "Entente", "Entente"
    told.language, told.comments, told.revision = LOCALES[paper.language], "", 1
    told.created = told.modified = paper.dated.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    styles = document.styles
    styles["Normal"].font.size = Pt(10)
    for style in (styles["Normal"], styles["Subtitle"]):
        set_language(style.element.get_or_add_rPr(), paper.language)
    for defaults in styles.element.iter(qn("w:lang")):
        defaults.set(qn("w:val"), LOCALES[paper.language])
    section.footer.paragraphs[0].text = clean(paper.standing)


def _add_part(document: Any, part: Part, paper: ReportPaper) -> None:
    document.add_heading(clean(part.heading), level=2)
    for note in part.notes:
        document.add_paragraph(clean(note))
    if part.is_empty and part.nothing:
        document.add_paragraph(clean(part.nothing))
    for grid in part.grids:
        if grid.rows:
            if grid.caption not in {"", part.heading}:
                document.add_heading(clean(grid.caption), level=3)
            _add_grid(document, grid, paper)


def _add_grid(document: Any, grid: Grid, paper: ReportPaper) -> None:
    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.columns), style="Table Grid")
    mark(xml(table.rows[0]).get_or_add_trPr(), "w:tblHeader")
    for place, column in enumerate(grid.columns):
        table.rows[0].cells[place].paragraphs[0].add_run(clean(column)).bold = True
    for number, row in enumerate(grid.rows, start=1):
        line = table.rows[number]
        mark(xml(line).get_or_add_trPr(), "w:cantSplit")
        for place, (target, cell) in enumerate(zip(line.cells, row, strict=True)):
            fill(target.paragraphs[0], cell, paper.language, paper.base_url, is_head=place == 0)
    document.add_paragraph()


def fill(paragraph: Any, cell: Cell, language: str, base_url: str, *, is_head: bool) -> None:
    """Write a cell's words into a paragraph, and the smaller ones in lines under them."""
    if cell.text:
        run = paragraph.add_run(clean(cell.text))
        run.bold = cell.is_strong or is_head
        set_language(xml(run).get_or_add_rPr(), cell.language or language)
        if cell.target and base_url:
            link(paragraph, run, f"{base_url}{cell.target}")
    for place, line in enumerate(cell.small):
        small = paragraph.add_run()
        if place or cell.text:
            small.add_break()
        small.add_text(clean(line))
        small.font.size, small.font.color.rgb = Pt(8), GREY


def link(paragraph: Any, run: Any, address: str) -> None:
    """Make a run a link; the library has no words of its own for it."""
    run.font.color.rgb, run.font.underline = _ACCENT, True
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    xml(paragraph).remove(xml(run))
    link.append(xml(run))
    xml(paragraph).append(link)


def set_language(properties: Any, language: str) -> None:
    """Say in which language a run is."""
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    said = OxmlElement("w:lang")
    said.set(qn("w:val"), LOCALES.get(language, language))
    properties.append(said)


def mark(properties: Any, name: str) -> None:
    """Set a mark that has no value."""
    properties.append(OxmlElement(name))


def xml(proxy: Any) -> Any:
    """Return the element behind a row, a paragraph or a run, for what the library has no words for."""
    return proxy._element  # noqa: SLF001


def clean(text: str) -> str:
    """Return the text as XML can carry it: what it cannot shows as `\ufffd`."""
    return _NOT_XML.sub("\ufffd", text)


def same_bytes(content: bytes) -> bytes:
    """Return the package without the minute at which it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return written.getvalue()
