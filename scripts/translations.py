"""The catalogues of the languages: `update` them from the sources, `check` that they are complete, `compile` them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "app" / "translations"
LANGUAGES = ("es", "fr")
KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(
    ["_l", "_lp:1c,2", "say", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "lazy_npgettext:1c,2,3"]
)

_PLACE = re.compile(r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%[sd]|\{\w*\}")


def extracted() -> Catalog:
    """Return every message of the sources."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(fuzzy=False)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, comment_tags=["Translators:"])
    for name, line, message, comments, context in found:
        catalog.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def po_file(language: str) -> Path:
    """Return where the catalogue of `language` is."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """Return the catalogue of `language`, empty when there is none yet."""
    path = po_file(language)
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment=f"# What Entente says in {Locale.parse(language).english_name}.",
            project="Entente",
            version="1",
            msgid_bugs_address="",
            last_translator="",
            language_team="",
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(languages: tuple[str, ...] = LANGUAGES) -> None:
    """Bring new messages into the catalogues; what is gone stays at its end, and comes back with its words."""
    template = extracted()
    for language in languages:
        catalog = read(language)
        for message in list(catalog.obsolete.values()):
            catalog.add(message.id, message.string, context=message.context)
        catalog.update(template, no_fuzzy_matching=True)
        po_file(language).parent.mkdir(parents=True, exist_ok=True)
        with po_file(language).open("wb") as file:
            write_po(file, catalog, width=110, include_lineno=False, sort_output=False)
        missing = sum(1 for _ in problems(template, catalog))
        print(f"{po_file(language).relative_to(ROOT)}: {len(template)} messages, {missing} to do")


def check() -> int:
    """Print what is missing or wrong in every catalogue; the result is the exit status."""
    template = extracted()
    found = 0
    for language in LANGUAGES:
        for message, problem in problems(template, read(language)):
            found += 1
            place = ":".join(str(part) for part in message.locations[0])
            print(f"{language}: {problem}: {_named(message)} ({place})", file=sys.stderr)
    if found:
        print(f"{found} translations are missing or wrong.", file=sys.stderr)
        return 1
    print(f"{len(template)} messages are complete in {', '.join(LANGUAGES)}.")
    return 0


def problems(template: Catalog, catalog: Catalog) -> Iterator[tuple[Message, str]]:
    """Yield each message of `template` that `catalog` does not say, or not with the same places."""
    for wanted in template:
        if not wanted.id:
            continue
        translated = catalog.get(wanted.id, wanted.context)
        if translated is None:
            yield wanted, "missing"
        elif translated.fuzzy:
            yield wanted, "fuzzy"
        elif isinstance(wanted.id, str) and isinstance(translated.string, str):
            yield from _compare(wanted, [wanted.id], [translated.string])
        elif isinstance(wanted.id, str) or isinstance(translated.string, str):
            yield wanted, "with a plural on one side only"
        else:
            yield from _compare(wanted, list(wanted.id), list(translated.string or ()), catalog.num_plurals)


def _compare(
    message: Message, sources: list[str], translations: list[str], forms: int = 1
) -> Iterator[tuple[Message, str]]:
    """Yield what is wrong with the forms of one message; only the form for one may leave its number out."""
    if len(translations) != forms or not all(text.strip() for text in translations):
        yield message, "not translated"
        return
    wanted = _places(sources[-1])
    for number, text in enumerate(translations):
        found = _places(text)
        if found != wanted and not (number == 0 and forms > 1 and found < wanted):
            yield message, f"with other places ({', '.join(sorted(found ^ wanted))})"


def _places(text: str) -> set[str]:
    return set(_PLACE.findall(text))


def _named(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"[{message.context}] {text!r}" if message.context else repr(text)


def compile_all() -> None:
    """Write what the app reads at run time, for the catalogues that changed."""
    for language in LANGUAGES:
        source = po_file(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        catalog = read(language)
        with target.open("wb") as file:
            write_mo(file, catalog)


def main(arguments: list[str]) -> int:
    """Run one of the three commands."""
    match arguments:
        case ["update", *languages] if set(languages) <= set(LANGUAGES):
            update(tuple(languages) or LANGUAGES)
        case ["check"]:
            return check()
        case ["compile"]:
            compile_all()
        case _:
            print("usage: translations.py update [LANGUAGE …] | check | compile", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
