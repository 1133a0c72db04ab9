"""Papers: what a file is by its content, and a name that is safe to keep and to hand on.

What a file calls itself is not believed: its name and the type that a browser sends along are words of
whoever sends it.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from app.domain.errors import Refusal
from app.domain.file_safety import danger_in

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZE_LIMIT_MB: Final = 50
SIZE_LIMIT: Final = SIZE_LIMIT_MB * 1024 * 1024
NAME_LIMIT: Final = 150

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT: Final = "application/vnd.oasis.opendocument.text"
MESSAGE: Final = "message/rfc822"
PLAIN: Final = "text/plain"

# The endings that each type may have; the first is given to a name that has none of them.
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        PDF: ("pdf",),
        PNG: ("png",),
        JPEG: ("jpg", "jpeg"),
        DOCX: ("docx",),
        XLSX: ("xlsx",),
        ODT: ("odt",),
        MESSAGE: ("eml",),
        PLAIN: ("txt", "text", "md", "csv"),
    }
)

# How each type is looked into; the others are plain text.
_SORTS: Final = MappingProxyType(
    {PDF: "pdf", PNG: "image", JPEG: "image", DOCX: "office", XLSX: "office", ODT: "office"}
)

_SIGNATURES: Final = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_ZIP: Final = b"PK\x03\x04"
_MEMBERS_LIMIT: Final = 10_000
_MEMBER: Final = b"PK\x01\x02"
_HEADERS_LIMIT: Final = 64 * 1024
# Text that a program would run or draw rather than show: markup, PostScript, RTF, scripts.
_ACTIVE_TEXT: Final = (b"<", b"%!", b"{\\rtf", b"#!")
_HEADER_LINE: Final = re.compile(rb"([!-9;-~]+):[ \t]?[^\r\n]*")
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UNSAFE_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*]')
_BLANKS: Final = re.compile(r"\s+")


def check_paper(content: bytes, *, field: str) -> str:
    """Return the media type of a file by its content, out of the few that are kept here.

    Raises `Refusal` on `field`: `file_empty`, `file_too_large` (`limit` in MB), `file_type`, and with `what` those of
    a file that would do more than be read: `file_runs`, `file_locked`, `file_two_in_one`, `file_bomb`, `file_macros`,
    `file_holds_files`, `file_fetches`, `file_unreadable`.
    """
    if not content:
        raise Refusal("file_empty", field=field)
    if len(content) > SIZE_LIMIT:
        raise Refusal("file_too_large", field=field, limit=SIZE_LIMIT_MB)
    found = media_type_of(content)
    if found is None:
        raise Refusal("file_type", field=field)
    danger = danger_in(content, _SORTS.get(found, "text"))
    if danger is not None:
        raise Refusal(danger.key, field=field, what=danger.what)
    return found


def media_type_of(content: bytes) -> str | None:
    """Return the media type that the content shows, or None for what is not kept here."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content.startswith(_ZIP):
        # A list of a million members would be read into memory whole.
        return _type_of_zip(content) if content.count(_MEMBER) <= _MEMBERS_LIMIT else None
    return _type_of_text(content)


def clean_file_name(name: str, media_type: str, fallback: str = "paper") -> str:
    """Return a name without folders, control characters or hidden marks, whose ending is that of the type.

    At most 150 characters long, so that it fits where people will save it.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    plain = _BLANKS.sub(" ", _UNSAFE_IN_NAMES.sub("_", seen)).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    endings = ENDINGS[media_type]
    if not dot or ending.lower() not in endings:
        stem, ending = plain, endings[0]
    stem = stem[: NAME_LIMIT - len(ending) - 1].strip(" .") or fallback
    return f"{stem}.{ending.lower()}"


def _type_of_zip(content: bytes) -> str | None:
    """Return the type of an office file by its members; a package with macros is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            kind = _read_kind(package) if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, EOFError):
        return None  # damaged, encrypted, or packed in a way that office programs do not use
    if any(name.rsplit("/", 1)[-1].lower() in {"vbaproject.bin", "script-lc.xml"} for name in names):
        return None
    if kind == ODT.encode() and "content.xml" in names:
        return ODT
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return DOCX
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return XLSX
    return None


def _read_kind(package: zipfile.ZipFile) -> bytes:
    with package.open("mimetype") as member:
        return member.read(len(ODT) + 1).strip()


def _type_of_text(content: bytes) -> str | None:
    """Return `text/plain`, or `message/rfc822` for a letter with its headers; None for bytes or active text."""
    bare = content.removeprefix(b"\xef\xbb\xbf")
    if _CONTROLS.search(bare) or bare.lstrip().startswith(_ACTIVE_TEXT):
        return None
    if _is_message(bare):
        return MESSAGE
    try:
        bare.decode()
    except UnicodeDecodeError:
        return None
    return PLAIN if bare.strip() else None


def _is_message(content: bytes) -> bool:
    """Say whether the text begins as a letter does (RFC 5322): header lines, a sender, and a date or a way it came."""
    names: set[bytes] = set()
    for line in content[:_HEADERS_LIMIT].splitlines():
        if not line:
            break
        if line[:1] in b" \t" and names:
            continue
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            return False
        names.add(match[1].lower())
    return b"from" in names and not names.isdisjoint({b"date", b"received", b"message-id"})
