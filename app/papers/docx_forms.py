"""Forms of text documents: ours, what makes another one a form, and filling one in.

A form is a text document with fields between braces: `{{ title }}`, `{{ body }}` and the like. They are filled in
and nothing else in it is run: a form comes from another government's desk, and a language of templates is a program.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.exceptions import OpcError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.domain.errors import Refusal
from app.papers.prose import ProsePaper
from app.papers.report_docx import clean, same_bytes, set_language, xml

FIELDS: Final = ("title", "reference", "standing", "marking", "date", "body")
HEADINGS: Final = 4
# Bytes of its body, heads and feet, unpacked.
WORDED_LIMIT: Final = 1_000_000
_WORDED: Final = re.compile(r"word/(?:document|header|footer)[^/]*\.xml$")
_STUMBLES: Final = (
    OpcError, zipfile.BadZipFile, ValueError, KeyError, OSError, SyntaxError, AttributeError, TypeError, IndexError,
)  # fmt: skip
_FIELD: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def fields_in(paragraph: Any) -> list[str]:
    """Return the names of the fields of a paragraph, however a word processor cut them up."""
    return [str(name) for name in _FIELD.findall(paragraph.text)]


def own_form() -> bytes:
    """Return our own form, with every field in it, as a start for another."""
    document = docx.Document()
    _letter(document)
    document.add_paragraph("{{ reference }}", style="Subtitle")
    document.add_paragraph("{{ marking }}")
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{{ standing }}")
    document.add_paragraph("{{ body }}")
    document.sections[0].footer.paragraphs[0].text = "{{ reference }} · {{ marking }}"
    return written(document)


def check_form(content: bytes) -> None:
    """Refuse a text document that is no form.

    Keys on `file`: `form_unreadable`, `form_without_body`, `form_unknown_field` (`field_name`, `known`).
    """
    with refused_unreadable():
        if _has_too_many_words(content):
            raise ValueError("a form is a letter's head, and no book")
        document = docx.Document(io.BytesIO(content))
        _ = document.sections[0]  # without one its pages have no width
        found = {name for paragraph in paragraphs_of(document) for name in fields_in(paragraph)}
        in_body = {name for paragraph in document.paragraphs for name in fields_in(paragraph)}
    unknown = sorted(found - set(FIELDS))
    if unknown:
        raise Refusal("form_unknown_field", field="file", field_name=unknown[0], known=", ".join(FIELDS))
    if "body" not in in_body:
        raise Refusal("form_without_body", field="file")


def opened(content: bytes) -> Any:
    """Return the text document in these bytes; raises `Refusal("form_unreadable")`."""
    with refused_unreadable():
        return docx.Document(io.BytesIO(content))


@contextlib.contextmanager
def refused_unreadable() -> Iterator[None]:
    """Refuse what is no text document inside, however far the library that reads it gets before it stumbles."""
    try:
        yield
    except _STUMBLES as error:
        raise Refusal("form_unreadable", field="file") from error


def _has_too_many_words(content: bytes) -> bool:
    """Say whether a form would take long to fill in: each of its paragraphs is, for every paper."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sizes = (each.file_size for each in package.infolist() if _WORDED.match(each.filename))
        return sum(sizes) > WORDED_LIMIT


def written(document: Any) -> bytes:
    """Return the document as bytes, the same for the same document."""
    kept = io.BytesIO()
    document.save(kept)
    return same_bytes(kept.getvalue())


def mark_pages(document: Any) -> None:
    """Give the feet of a form's pages a place for the markings where its pages have none: no page goes unmarked."""
    for section in document.sections:
        parts = [(section.header, section.footer)]
        if section.different_first_page_header_footer:
            parts.append((section.first_page_header, section.first_page_footer))
        for head, foot in parts:
            found = {name for part in (head, foot) for each in part.paragraphs for name in fields_in(each)}
            if "marking" not in found:
                foot.add_paragraph("{{ marking }}")


def lay_on_its_side(section: Any) -> None:
    """Lay our own form on its side."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def add_headings(document: Any) -> None:
    """Give a form the headings that it lacks: without them a text document has no parts to go to."""
    known = {each.name for each in document.styles}
    for level in range(1, HEADINGS + 1):
        if f"Heading {level}" in known:
            continue
        style = document.styles.add_style(f"Heading {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.font.bold, style.font.size = True, Pt(17 - 2 * level)
        style.paragraph_format.keep_with_next = True
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        xml(style).get_or_add_pPr().append(outline)


def _letter(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(215.9), Mm(279.4)
    document.styles["Normal"].font.size = Pt(11)


def fill_fields(paragraph: Any, values: Mapping[str, str], paper: ProsePaper) -> None:
    """Fill in the fields of a paragraph; word processors cut them into runs, so its words are put into the first."""
    text = _FIELD.sub(lambda found: values.get(found[1], ""), paragraph.text)
    runs = paragraph.runs
    for run in runs[1:]:
        xml(run).getparent().remove(xml(run))
    first = runs[0] if runs else paragraph.add_run()
    first.text = clean(text)
    set_language(xml(first).get_or_add_rPr(), paper.language)


def paragraphs_of(document: Any) -> Iterator[Any]:
    """Yield every paragraph that can have a field: of the body, its tables, the heads and feet of its pages."""
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            yield from part.paragraphs
