"""What people type: cleaned where the meaning cannot change, refused where it could mislead."""

from __future__ import annotations

import re
import unicodedata

from app.domain.errors import Refusal

LINE_LIMIT = 300
PARAGRAPHS_LIMIT = 20_000

# Embeddings, overrides and isolates can make a name or a date read otherwise than it is stored.
# The plain marks LRM and RLM cannot, and are let through.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029")
_BLANKS = re.compile("[ \t\n]+")
_EMPTY_LINES = re.compile("\n{3,}")
# Cc control, Cs lone halves of a pair, Cn code points that Unicode has not given out.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Cn"})
# Cf is invisible by definition; Z is space. A title of these alone would look empty.
_UNSEEN_CATEGORIES = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc"})


def one_line(value: str | None, field: str, limit: int = LINE_LIMIT, *, required: bool = False) -> str:
    """Return the value as one line of NFC text, ends stripped and runs of blanks made one space.

    `limit` counts code points. Raises `Refusal` with `field`: `required`, `too_long` (`limit`),
    `control_characters`, `bidi_override`.
    """
    text = _LINE_ENDS.sub("\n", value or "")
    return _checked(_BLANKS.sub(" ", text).strip(), field, limit, kept="", required=required)


def paragraphs(value: str | None, field: str, limit: int = PARAGRAPHS_LIMIT, *, required: bool = False) -> str:
    """Return the value as NFC text whose lines end in a line feed, with no more than one empty line in a row.

    Tabs become spaces, trailing blanks go. `limit` counts code points. Raises as `one_line` does.
    """
    text = _LINE_ENDS.sub("\n", value or "").replace("\t", " ")
    text = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return _checked(_EMPTY_LINES.sub("\n\n", text).strip(), field, limit, kept="\n", required=required)


def _checked(text: str, field: str, limit: int, *, kept: str, required: bool) -> str:
    """Return the text in NFC, or refuse it; `kept` are the control characters that may stay."""
    # Composition can shorten a text, to a quarter at the very least, so this is only the cheap bound.
    if len(text) > 4 * limit:
        raise Refusal("too_long", field=field, limit=limit, length=len(text))
    text = unicodedata.normalize("NFC", text)
    if text and text.isprintable() and len(text) <= limit:
        return text  # no category that is refused or unseen is printable, save the blank, which was stripped
    if _BIDI.search(text):
        raise Refusal("bidi_override", field=field)
    if any(unicodedata.category(char) in _REFUSED_CATEGORIES and char not in kept for char in text):
        raise Refusal("control_characters", field=field)
    if len(text) > limit:
        raise Refusal("too_long", field=field, limit=limit, length=len(text))
    if all(unicodedata.category(char) in _UNSEEN_CATEGORIES for char in text):
        if required:
            raise Refusal("required", field=field)
        return ""
    return text
