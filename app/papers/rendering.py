"""Typst from Python: our own templates, data passed beside them, fonts that come with the compiler."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import resources
from typing import Final

import typst

from app.domain.errors import Refusal

# A paper of this much text compiles in about a second; more is a mistake or an attack, not a paper.
MAX_CHARACTERS: Final = 400_000

_LONG_WORD = re.compile(r"\S{31,}")
_PIECE = re.compile(r"\S{1,8}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@functools.cache
def _fonts() -> typst.Fonts:
    """Return the fonts inside the compiler and no others, so that every machine prints the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@functools.cache
def _template(name: str) -> bytes:
    return resources.files("app.papers").joinpath(name).read_bytes()


def render_pdf(template: str, data: Mapping[str, object], dated: datetime, limit: int = MAX_CHARACTERS) -> bytes:
    """Return a tagged PDF (PDF/UA-1) of a template of this package, the same bytes for the same arguments.

    `data` reaches the template as JSON and is only ever shown as text, never read as markup; `dated`
    (aware) is the document's date. A text in letters that the compiler's fonts lack comes out with
    boxes for those letters, tagged all the same, but without the claim of PDF/UA-1. Raises
    `Refusal("paper_too_long")` (`limit`, in characters).
    """
    written = json.dumps(data, ensure_ascii=False)
    if len(written) > limit:
        raise Refusal("paper_too_long", limit=limit)
    try:
        return _compile(template, written, dated, "ua-1")
    except typst.TypstError as error:
        if "could not be displayed with font" not in f"{error.message} {error.diagnostic}":
            raise
        return _compile(template, written, dated, "1.7")


def _compile(template: str, data: str, dated: datetime, standard: typst.PDFStandard) -> bytes:
    """Return the template compiled to one PDF of a standard."""
    compiler = typst.Compiler(
        _template(template),
        root=str(resources.files("app.papers")),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )
    # The compiler refuses parts of a second, which every real clock has.
    moment = dated.astimezone(UTC).replace(microsecond=0)
    pdf = compiler.compile(format="pdf", pdf_standards=[standard], timestamp=moment, pdf_tags=True)
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


def breakable(text: str) -> str:
    """Return the text with places to break in words that no column could hold."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), text)


def shown(value: object, language: str) -> object:
    """Return a value as a template takes it: long words breakable, languages ones that typst knows the form of."""
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, dict):
        found = {key: shown(inner, language) for key, inner in value.items()}
        if "language" in found and _LANGUAGE.fullmatch(str(found["language"])) is None:
            found["language"] = language
        return found
    if isinstance(value, list | tuple):
        return [shown(inner, language) for inner in value]
    return value


def date_parts(dated: datetime) -> dict[str, int]:
    """Return an aware instant in UTC as the parts that the template's document date is made of."""
    moment = dated.astimezone(UTC)
    parts: Iterable[str] = ("year", "month", "day", "hour", "minute", "second")
    return {part: getattr(moment, part) for part in parts}
