"""What a file would do besides being read: run, fetch, unpack without end, or be a second file; all of it refused.

Papers go to the desktops of other governments. What is looked for is what the formats themselves say: nothing here
takes the place of the scanner that a government runs on what it downloads.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD: Final = 1024
UNPACKED_LIMIT: Final = 256 * 1024 * 1024
# Text packs at 20 or 30 to one; a package that is large when unpacked and packs better than this is made to be.
RATIO_LIMIT: Final = 200
SMALL: Final = 4 * 1024 * 1024
MEMBERS_LIMIT: Final = 10_000
_NESTED_LIMIT: Final = 20
_PART_READ: Final = 8 * 1024 * 1024
_END_OF_ZIP: Final = b"PK\x05\x06"
_END_READ: Final = 64 * 1024 + 22
# What would make a browser or an interpreter take the head of a picture or a PDF for its own.
_FOREIGN_HEADS: Final = re.compile(rb"<!doctype|<html|<script|<svg|<\?php|#!/", re.IGNORECASE)
_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF\x00\x00\x00\x00")


@dataclass(frozen=True, slots=True)
class Danger:
    """Why a file is refused, as the key of a message, and what of it says so."""

    key: str
    what: str


def danger_in(content: bytes, kind: str) -> Danger | None:
    """Return why a file of this kind (`pdf`, `image`, `office`, `text`) is not kept; None where it is only read."""
    if kind == "office":
        return _in_second_head(content) or _in_package(content, depth=0)
    found = _in_second_file(content, kind)
    return found or (_in_pdf(content) if kind == "pdf" else None)


# Two files in one ---------------------------------------------------------------------------------


def _in_second_head(content: bytes) -> Danger | None:
    return Danger("file_two_in_one", "PDF") if b"%PDF-" in content[:HEAD] else None


def _in_second_file(content: bytes, kind: str) -> Danger | None:
    """Return which other file this one is as well: programs open the one or the other, each another text."""
    head = content[:HEAD]
    if b"%PDF-" in head and not (kind == "pdf" and content.startswith(b"%PDF-")):
        return Danger("file_two_in_one", "PDF")
    if _END_OF_ZIP in content[-_END_READ:] and zipfile.is_zipfile(io.BytesIO(content)):
        return Danger("file_two_in_one", "ZIP")
    if kind == "text":
        return None
    if found := _FOREIGN_HEADS.search(head):
        return Danger("file_two_in_one", found[0].decode("ascii", "replace").strip("<!?").upper())
    if kind == "image" and any(mark in content for mark in _ARCHIVES):
        return Danger("file_two_in_one", "RAR, 7z, CAB")
    return None


# PDF ----------------------------------------------------------------------------------------------


def _named(name: str) -> bytes:
    """Return a pattern for a name of a PDF, in which each letter may be written as its number (`/J#61vaScript`)."""
    letters = (rf"(?:{each}|#{ord(each):02x}|#{ord(each):02X})".encode() for each in name)
    return b"/" + b"".join(letters) + rb"(?![A-Za-z0-9#])"


_RUNS: Final = {
    "JavaScript": _named("JavaScript"),
    "Launch": _named("Launch"),
    "EmbeddedFile": _named("EmbeddedFile"),
    "EmbeddedFiles": _named("EmbeddedFiles"),
    "RichMedia": _named("RichMedia"),
    "ImportData": _named("ImportData"),
    "SubmitForm": _named("SubmitForm"),
    "XFA": _named("XFA"),
}
_PDF_RUNS: Final = re.compile(b"|".join(b"(?P<" + name.encode() + b">" + each + b")" for name, each in _RUNS.items()))
_PDF_LOCKED: Final = re.compile(_named("Encrypt") + rb"\s*(?:<<|[0-9]+\s+[0-9]+\s+R)")
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_OBJECTS: Final = re.compile(_named("ObjStm"))
_FILTER: Final = re.compile(_named("Filter") + rb"\s*(\[[^\]]*\]|/[A-Za-z0-9#]+|[0-9]+\s+[0-9]+\s+R)?")
_FLATE: Final = re.compile(rb"\[?\s*/(?:FlateDecode|Fl)\s*\]?")
_PARAMETERS: Final = re.compile(_named("DecodeParms"))
_DICTIONARY_READ: Final = 1024


def _in_pdf(content: bytes) -> Danger | None:
    """Return what a PDF would do: its names are looked at where they stand plain, and in packed objects."""
    if found := _PDF_RUNS.search(content):
        return Danger("file_runs", found.lastgroup or "")
    if _PDF_LOCKED.search(content):
        return Danger("file_locked", "Encrypt")
    unpacked = 0
    for stream in _STREAM.finditer(content):
        said = content[max(0, stream.start() - _DICTIONARY_READ) : stream.start()]
        said = said[max(said.rfind(b"endobj"), said.rfind(b"endstream"), 0) :]
        if _OBJECTS.search(said) is None:
            continue
        objects = _unpacked(content, stream.end(), said)
        if objects is None:
            return Danger("file_unreadable", "ObjStm")
        unpacked += len(objects)
        if found := _PDF_RUNS.search(objects):
            return Danger("file_runs", found.lastgroup or "")
        if unpacked > UNPACKED_LIMIT:
            return Danger("file_bomb", "ObjStm")
    return None


def _unpacked(content: bytes, begins: int, said: bytes) -> bytes | None:
    """Return the objects of a stream, None for a way of packing that no office program uses for them."""
    way = _FILTER.search(said)
    if way is None:
        return b""  # plain: they were looked at where they stand
    if way[1] is None or _FLATE.fullmatch(way[1]) is None or _PARAMETERS.search(said):
        return None
    try:
        inflating = zlib.decompressobj()
        objects = inflating.decompress(content[begins : begins + _PART_READ], _PART_READ)
    except zlib.error:
        return None
    return objects if inflating.eof else None


# Office packages ----------------------------------------------------------------------------------

_MACRO_NAMES: Final = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin", "script-lc.xml", "dialog-lc.xml")
_MACRO_FOLDERS: Final = ("basic/", "scripts/", "xl/macrosheets/", "word/activex/", "xl/activex/", "customui/")
_NESTED_NAMES: Final = re.compile(
    r"\.(?:zip|7z|rar|gz|bz2|xz|tar|jar|cab|iso|img|exe|dll|msi|bat|cmd|ps1|vbs|js|jse|wsf|hta|lnk|scr|com|docm|xlsm|dotm)$"
)
_OFFICE_NAMES: Final = re.compile(r"\.(?:docx|xlsx|pptx|odt|ods)$")
_FETCHED: Final = re.compile(rb"attachedTemplate|/frame\"|/oleObject\"|/subDocument\"", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"<[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_DDE: Final = re.compile(rb"DDEAUTO|\bDDE\s+(?:&quot;|\")|ddeLink", re.IGNORECASE)


def _in_package(content: bytes, depth: int) -> Danger | None:
    """Return what a package of an office program holds that is not to be read; packages in it are looked into once."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            found = _in_sizes(members, len(content)) or _in_names(members)
            return found or _in_parts(package, members, depth)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, EOFError, zlib.error):
        return Danger("file_unreadable", "ZIP")


def _in_sizes(members: list[zipfile.ZipInfo], size: int) -> Danger | None:
    """Return whether it unpacks to more than a paper can be: too much, too many, or one part read twice."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS_LIMIT or unpacked > UNPACKED_LIMIT:
        return Danger("file_bomb", str(len(members)))
    if unpacked > SMALL and unpacked > RATIO_LIMIT * max(size, 1):
        return Danger("file_bomb", str(unpacked // max(size, 1)))
    ordered = sorted(members, key=lambda member: member.header_offset)
    for first, second in itertools.pairwise(ordered):
        if first.header_offset + first.compress_size > second.header_offset:
            return Danger("file_bomb", first.filename)
    return None


def _in_names(members: Iterable[zipfile.ZipInfo]) -> Danger | None:
    seen: set[str] = set()
    for member in members:
        name = member.filename.replace("\\", "/").lower().lstrip("/")
        if name in seen or ".." in name.split("/"):
            return Danger("file_unreadable", member.filename)
        seen.add(name)
        if name.rsplit("/", 1)[-1] in _MACRO_NAMES or name.startswith(_MACRO_FOLDERS):
            return Danger("file_macros", member.filename)
        if _NESTED_NAMES.search(name) or ("embeddings/" in name and name.endswith(".bin")):
            return Danger("file_holds_files", member.filename)
    return None


def _in_parts(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], depth: int) -> Danger | None:
    """Return what the parts say: types with macros, templates and frames fetched from elsewhere, other packages."""
    nested = [member for member in members if _OFFICE_NAMES.search(member.filename.lower())]
    if nested and (depth > 0 or len(nested) > _NESTED_LIMIT):
        return Danger("file_holds_files", nested[0].filename)
    for member in members:
        part = _read(package, member, whole=member in nested or member.filename.lower().endswith((".xml", ".rels")))
        if part is None:
            return Danger("file_bomb", member.filename)
        found = _in_package(part, depth + 1) if member in nested else _in_part(member.filename.lower(), part)
        if found is not None:
            return found
    return None


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo, *, whole: bool) -> bytes | None:
    """Return a part as far as it is looked at; None for one that unpacks to more than it says."""
    if not whole:
        return b""
    with package.open(member) as part:
        content = part.read(member.file_size + 1)
    return content if len(content) <= member.file_size else None


def _in_part(name: str, part: bytes) -> Danger | None:
    if name == "[content_types].xml" and (b"macroenabled" in part.lower() or b"vbaproject" in part.lower()):
        return Danger("file_macros", "[Content_Types].xml")
    if name.endswith(".rels") and any(_FETCHED.search(each) for each in _EXTERNAL.findall(part)):
        return Danger("file_fetches", name)
    if name.startswith(("word/", "xl/", "content.xml")) and _DDE.search(part):
        return Danger("file_fetches", "DDE")
    if name.endswith(".xml") and b"<!ENTITY" in part:
        return Danger("file_bomb", name)
    return None
