"""What a signature binds: the digest of a text in one language, the same wherever it is counted.

It is made over the kind, the language, the title and the paragraphs in their order, each with its id, in one form:
NFC, line feeds, no blanks at the ends of lines. Two texts that read the same in different words have different ones.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Iterable
from typing import Final, NamedTuple

_FORM: Final = "entente text 1"
_LINE_ENDS: Final = re.compile("\r\n|\r")
_BLANK_ENDS: Final = re.compile("[ \t]+$", re.MULTILINE)


class Said(NamedTuple):
    """What a paragraph says in one language; no words where it has none in it."""

    paragraph_id: uuid.UUID
    kind: str
    wording: str


def content_hash(kind: str, language: str, title: str, paragraphs: Iterable[Said]) -> str:
    """Return the digest of a text in one language, as 64 hexadecimal digits (SHA-256)."""
    said = [[str(each.paragraph_id), each.kind, canonical(each.wording)] for each in paragraphs]
    whole = [_FORM, kind, language, canonical(title), said]
    written = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(words: str) -> str:
    """Return words in the form that is counted."""
    lines = _BLANK_ENDS.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", words)))
    return lines.strip("\n")


def short_hash(digest: str) -> str:
    """Return the first eight digits as people compare them: `7f3a 91c2`."""
    return f"{digest[:4]} {digest[4:8]}"
