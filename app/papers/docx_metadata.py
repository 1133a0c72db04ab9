"""What a text document says of itself: its title, its language, its day, and nobody's name."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

from docx.oxml.ns import qn

from app.papers.prose import ProsePaper
from app.papers.report_docx import LOCALES, clean

# Where a text document names people: marks of changes and remarks in it, and the parts that tell of it.
_NAMING: Final = (qn("w:author"), qn("w:initials"))
_TELLING: Final = re.compile(r"^/(?:docProps/(?:app|custom)|word/(?:people|comments\w*))\.xml$")
_NAMED: Final = re.compile(
    rb"(?s)(?<=>)[^<>]+(?=</(?:\w+:)?(?:Company|Manager|HyperlinkBase|lpwstr|lpstr)>)"
    rb'|(?<=author=")[^"]*(?=")|(?<=initials=")[^"]*(?=")|(?<=userId=")[^"]*(?=")'
)


def say_of_itself(document: Any, paper: ProsePaper) -> None:
    """Write what the file says of itself: nothing of a form's own author stays."""
    told = document.core_properties
    told.title, told.author, told.last_modified_by = clean(paper.title.text), "Entente", "Entente"
    told.language, told.comments, told.revision = LOCALES[paper.language], "", 1
    told.subject = told.keywords = told.category = ""
    told.created = told.modified = paper.dated.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    for defaults in document.styles.element.iter(qn("w:lang")):
        defaults.set(qn("w:val"), LOCALES[paper.language])
    _forget_people(document)


def _forget_people(document: Any) -> None:
    """Take out of a form whoever wrote, changed or remarked on it, and for which house."""
    for part in document.part.package.iter_parts():
        element = getattr(part, "element", None)
        for each in element.iter() if element is not None else ():
            for name in _NAMING:
                if each.get(name) is not None:
                    each.set(name, "Entente")
        if element is None and _TELLING.search(str(part.partname)):
            part._blob = _NAMED.sub(b"", part.blob)  # noqa: SLF001  the library has no words for these parts
