"""The subset of Markdown: what it reads, what it refuses, that it is printed back, that no source takes long."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.markdown import checked_href, cleaned, cleaned_wording, parse
from app.domain.markdown_tree import (
    Disputed,
    DisputedWords,
    Emphasis,
    Heading,
    LineBreak,
    Link,
    List,
    Paragraph,
    Table,
    Text,
    disputed_in,
)
from app.domain.markdown_writing import to_markdown, to_plain
from app.domain.unseen import first_unseen


def words(text: str) -> Paragraph:
    return Paragraph((Text(text),))


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("", ()),
        ("One.\nStill one.\n\nTwo.", (words("One. Still one."), words("Two."))),
        ("A *b* **c** _d_", (Paragraph((
            Text("A "), Emphasis((Text("b"),)), Text(" "), Emphasis((Text("c"),), is_strong=True), Text(" "),
            Emphasis((Text("d"),), mark="_"),
        )),)),
        ("One\\\ntwo", (Paragraph((Text("One"), LineBreak(), Text("two"))),)),
        ("# Head\n\n### Third", (Heading(1, (Text("Head"),)), Heading(3, (Text("Third"),)))),
        ("- a\n- b\n  1. c\n\n     d", (List((
            (words("a"),),
            (words("b"), List(((words("c"), words("d")),), is_ordered=True)),
        )),)),
        ("3. a\n4. b", (List(((words("a"),), (words("b"),)), is_ordered=True, start=3),)),
        ("| A | B |\n|---|--:|\n| 1 | *2* |\n| 3 |", (Table(
            ((Text("A"),), (Text("B"),)),
            (((Text("1"),), (Emphasis((Text("2"),)),)), ((Text("3"),), ())),
        ),)),
        ("See [the note](https://gc.example/a?b=1&c=2#d).", (Paragraph((
            Text("See "), Link("https://gc.example/a?b=1&c=2#d", (Text("the note"),)), Text("."),
        )),)),
        ("[](mailto:a@b.example)", (Paragraph((Link("mailto:a@b.example", (Text("mailto:a@b.example"),)),)),)),
        # What belongs to wider Markdown is the characters that were typed.
        ("`a` ~~b~~ &amp; a < b > c", (words("`a` ~~b~~ &amp; a < b > c"),)),
        ("    indented", (words("indented"),)),
        ("> quoted", (words("> quoted"),)),
        ("---", (words("---"),)),
        ("[a]: https://gc.example\n\n[a]", (words("[a]: https://gc.example"), words("[a]"))),
        (r"\<b> \[[x]] \*a\*", (words("<b> [[x]] *a*"),)),
        ("[[CA: a]]", (words("[[CA: a]]"),)),
    ],
)  # fmt: skip
def test_reads_the_subset(source, tree):
    assert parse(source) == tree


def test_reads_disputed_words():
    source = "They *will* [[CA MX: place a **facility**][US:]]."
    assert parse(source, has_brackets=True) == (
        Paragraph(
            (
                Text("They "),
                Emphasis((Text("will"),)),
                Text(" "),
                Disputed(
                    (
                        DisputedWords(("CA", "MX"), (Text("place a "), Emphasis((Text("facility"),), is_strong=True))),
                        DisputedWords(("US",), ()),
                    )
                ),
                Text("."),
            )
        ),
    )


@pytest.mark.parametrize(
    "source",
    [
        "- *a [[CA: b]]*",
        "# [[CA: b]]",
        "| a |\n|---|\n| [[CA: b]] |",
        "**[[CA: b]]**",
        "x [[CA: [b](https://x.example)]]",
    ],
)
def test_finds_disputed_words_wherever_they_stand(source):
    (found,) = disputed_in(parse(source, has_brackets=True))
    assert to_plain([Paragraph(found.alternatives[0].children)])[0] == "b"


@pytest.mark.parametrize(
    ("source", "key", "values"),
    [
        ("a <script>alert(1)</script>", "html_not_allowed", {"words": "<script>alert(1)</script>"}),
        ("<style>p{}</style>", "html_not_allowed", {}),
        ("<!-- hidden -->", "html_not_allowed", {}),
        ("a </p>", "html_not_allowed", {}),
        ("<?php", "html_not_allowed", {}),
        ("<IMG SRC=x onerror=alert(1)>", "html_not_allowed", {}),
        (r"\\<b>", "html_not_allowed", {"words": "<b>"}),
        ("<https://gc.example>", "html_not_allowed", {}),
        ("![a flag](https://gc.example/a.png)", "image_not_allowed", {"words": "a flag"}),
        ('[a](https://gc.example "seen by few")', "link_with_title", {"words": "seen by few"}),
        ("[a](javascript:alert(1))", "link_not_allowed", {"words": "javascript:alert(1)"}),
        ("[a](java&#9;script:alert(1))", "link_not_allowed", {}),
        ("[a](javascript&colon;alert(1))", "link_not_allowed", {"words": "javascript:alert(1)"}),
        ("[a](&#106;avascript:alert(1))", "link_not_allowed", {}),
        (r"[a](java\script:alert(1))", "link_not_allowed", {}),
        ("[[CA: [a](javascript:b)]]", "link_not_allowed", {}),
        ("[a](https://gc.example/&#x202e;gpj)", "link_not_allowed", {}),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "table_row_too_long", {"words": "| 1 | 2 | 3 |"}),
        ("- x\n\n  | a | b |\n  |---|---|\n  | 1 | 2 | 3 |", "table_row_too_long", {}),
        ("|a" * 9 + "\n" + "|-" * 9, "table_too_large", {"limit": 300, "columns": 8}),
        ("|a|b|\n|-|-|\n" + "|1|2|\n" * 150, "table_too_large", {"limit": 300}),
        ("- - - - - a", "nested_too_deep", {"limit": 4}),
        ("*a **b " * 7 + "c" + "** d*" * 7, "nested_too_deep", {"limit": 6}),
        ("[a](https://x.example/[[CA:b]])", "bracket_hidden", {"words": "[[CA: b]]"}),
        ("|a|\n|-|\n| [[CA: b \\| c]] |\n\n[x](https://y.example/[[US:z]])", "bracket_hidden", {}),
        ("| a | b |\n|---|---|\n| [[CA: b | c]] |", "bracket_hidden", {}),
        ("*" * 2001, "too_many_marks", {"limit": 2000}),
        ("a" * 80_001, "too_long", {"limit": 20_000, "length": 80_001}),
    ],
)  # fmt: skip
def test_refuses_what_is_not_of_the_subset(source, key, values):
    with pytest.raises(Refusal) as refused:
        parse(source, "wording", has_brackets=True)
    assert (refused.value.key, refused.value.field) == (key, "wording")
    assert {name: refused.value.values[name] for name in values} == values


@pytest.mark.parametrize(
    "href",
    [
        "https://gc.example", "http://gc.example:8080/a_(b)?c=%20", "HTTPS://GC.EXAMPLE/", "https://méxico.example/ñ",
        "mailto:ana.robles+x@sre.example", "MAILTO:a@b.example", "https://[2001:db8::1]/",
    ],
)  # fmt: skip
def test_a_link_may_lead_to(href):
    assert checked_href(href) == href


@pytest.mark.parametrize(
    "href",
    [
        "", "#top", "/meetings", "//evil.example", "gc.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
        " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "javascript%3Aalert(1)",
        "data:text/html;base64,PHN2Zz4=", "vbscript:msgbox(1)", "file:///etc/passwd", "ftp://gc.example", "blob:https://a",
        "https:gc.example", "https:/gc.example", "https:\\\\gc.example", "https://gc.example\\@evil.example",
        "https://ana:secret@gc.example", "https://gc.example@evil.example", "https://", "https://?a", "https://a:0/",
        "https://a:99999/", "https://[::1", "https://a b.example", "https://a.example/\u202e", "https://a.example/\u200b",
        "mailto:a@b.example?bcc=c@d.example", "mailto:", "mailto:a@b", "mailto:a@b.example,c@d.example",
        "https://a.example/" + "x" * 2000, "https://%67c.example",
    ],
)  # fmt: skip
def test_a_link_may_not_lead_to(href):
    with pytest.raises(Refusal, match="link_not_allowed"):
        checked_href(href)


@pytest.mark.parametrize(
    ("typed", "character", "line", "before"),
    [
        ("one\ntwo \u202eeno", "U+202E RIGHT-TO-LEFT OVERRIDE", 2, "two "),
        ("\u2066a", "U+2066 LEFT-TO-RIGHT ISOLATE", 1, ""),
        ("a\u2069", "U+2069 POP DIRECTIONAL ISOLATE", 1, "a"),
        ("a\u200eb", "U+200E LEFT-TO-RIGHT MARK", 1, "a"),
        ("facil\u00adity", "U+00AD SOFT HYPHEN", 1, "facil"),
        ("a\u200bb", "U+200B ZERO WIDTH SPACE", 1, "a"),
        ("\ufeffa", "U+FEFF ZERO WIDTH NO-BREAK SPACE", 1, ""),
        ("a\x00b", "U+0000", 1, "a"),
        ("a\x0bb", "U+000B", 1, "a"),
        ("a\ue000", "U+E000", 1, "a"),
        ("a\u3164", "U+3164 HANGUL FILLER", 1, "a"),
        ("a\ufe0f", "U+FE0F VARIATION SELECTOR-16", 1, "a"),
        ("a\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A", 1, "a"),
        ("a" + "\u0301" * 5, "U+0301 COMBINING ACUTE ACCENT", 1, "a"),
        ("x" * 40 + "\u200d", "U+200D ZERO WIDTH JOINER", 1, "x" * 24),
    ],
)
def test_says_which_unseen_character_stands_where(typed, character, line, before):
    for clean in (cleaned, lambda text, field: cleaned_wording(text, field, ("CA",))):
        with pytest.raises(Refusal) as refused:
            clean(typed, "wording")
        assert (refused.value.key, refused.value.field) == ("unseen_character", "wording")
        assert refused.value.values == {"character": character, "line": line, "before": before}


def test_what_print_needs_is_seen():
    assert first_unseen("Où\u00a0: «\u202fañadir\u2009» — “x” 9\u00a0h 30, e\u0301, 3\u2011D, ½\n") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("  a \r\n\r\n\r\n\r\nb\rc\u2028d\te ", "a\n\nb\nc\nd e"),
        ("e\u0301", "é"),
        ("[[US,CA : a\nb][MX:]]", "[[CA US: a b][MX:]]"),
    ],
)
def test_keeps_a_wording_in_one_way_of_writing(typed, kept):
    assert cleaned_wording(typed, "wording", ("CA", "MX", "US")) == kept
    assert cleaned_wording(kept, "wording", ("CA", "MX", "US")) == kept


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("x" * 101, "too_long"),
        ("x" * 401, "too_long"),
        ("", "required"),
        ("[[BR: a]]", "bracket_unknown_party"),
        ("[[CA: a", "bracket_not_closed"),
        ("<b>", "html_not_allowed"),
    ],
)
def test_refuses_a_wording(typed, key):
    with pytest.raises(Refusal, match=key):
        cleaned_wording(typed, "wording", ("CA",), 100, required=True)


def test_where_nothing_is_disputed_double_brackets_are_characters():
    assert cleaned("[[anything]]", "annotation") == "[[anything]]"
    with pytest.raises(Refusal, match="required"):
        cleaned(" ", "annotation", required=True)


@pytest.mark.parametrize(
    ("source", "shift", "markdown", "plain"),
    [
        ("# A #1", 1, "## A \\#1", "A #1"),
        ("###### A", 2, "###### A", "A"),
        ("1\\. not a list", 0, "1\\. not a list", "1. not a list"),
        ("\\- a\\\n\\+ b", 0, "\\- a\\\n\\+ b", "- a\n+ b"),
        ("2. a\n3. b\n   - c", 0, "2. a\n3. b\n\n   - c", "2. a\n3. b\n- c"),
        ("- a\n+ b\n* c\n1. d\n1) e", 0, "- a\n\n+ b\n\n- c\n\n1. d\n\n1) e", "- a\n- b\n- c\n1. d\n1. e"),
        ("|a|b|\n|-|-|\n|*1*|x \\| y|", 0, "| a | b |\n| --- | --- |\n| *1* | x \\| y |", "a | b\n1 | x | y"),
        ("`a` <3 &lt;", 0, "\\`a\\` \\<3 \\&lt;", "`a` <3 &lt;"),
        ("[a](https://x.example/b_(c))", 0, "[a](https://x.example/b\\_\\(c\\))", "a (https://x.example/b_(c))"),
        ("[](https://x.example)", 0, "[https://x.example](https://x.example)", "https://x.example"),
        ("[[CA MX: *a*][US:][: c]]", 0, "[[CA MX: *a*][US:][: c]]", "[CA MX: a] [US] [c]"),
    ],
)
def test_writes_a_wording(source, shift, markdown, plain):
    tree = parse(source, has_brackets=True)
    assert to_markdown(tree, shift) == markdown
    assert to_plain(tree) == plain


# Marks of emphasis come in pairs and apart, since the count of those that are left over decides how all are read.
PIECES = st.sampled_from(
    [" *a* ", " **b _c_ d** ", "_a b_ ", " * ", "\\*", "x_y", "a", "b ", " ", "\n", "\n\n", "- ", "  ", "1. ", "# ",
     "|", "|-|-|\n", "[", "](https://x.example/)", "]", "\\", "\\\n", "&lt;", "<", ".", "[[CA: ", "][US: ", "]]", "+",
     "=", "(", ")"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=24).map("".join))
def test_whatever_is_read_is_written_and_read_the_same(source):
    try:
        tree = parse(source, has_brackets=True)
    except Refusal:
        return
    assert parse(to_markdown(tree), has_brackets=True) == tree


@given(st.lists(PIECES, max_size=24).map("".join))
def test_no_word_is_lost(source):
    try:
        tree = parse(source)
    except Refusal:
        return
    assert to_plain(tree).count("a") >= source.replace("x.example", "").count("a")


@pytest.mark.parametrize(
    "source",
    [
        "[a " * 660, "*a **b " * 660, "a_" * 1900, "> " * 9000, "- " * 9000, "[a](" * 600, "\\" * 19_999,
        "- x\n" * 4900,
        "(" * 19_999, "[a](" + "(" * 19_000, "[[CA: a]]" * 50, "[[CA: " + "[" * 1900 + "]]", "a\\\n" * 6000,
        "![[" * 600, "[" * 900 + "]" * 900, "|a" * 600 + "\n" + "|-" * 300, "# " * 9000, "1. " * 6000, "&" * 19_999,
    ],
)  # fmt: skip
def test_no_source_takes_long(source):
    began = time.perf_counter()
    with contextlib.suppress(Refusal):
        to_markdown(parse(source, has_brackets=True))
    assert time.perf_counter() - began < 2
