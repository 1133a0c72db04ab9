"""What each test would make anew and always the same: kept for all tests of a process.

An app compiles its templates and its addresses, an engine the SQL of its statements; each test has
an app and an engine of its own. What is kept here is a pure function of what it is kept under: the source of a
template, the text of an address, a statement's own key. Nothing that a test does to its app stays.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from types import CodeType
from typing import Any, Final

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app.db import Database

STATEMENTS_KEPT: Final = 2000


class _Templates(BytecodeCache):
    """The code of the templates, known by their names and the checksums of their sources."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


class _Statements(MutableMapping[Any, Any]):
    """The compiled statements of all engines of one kind.

    SQLAlchemy's key begins with the engine's own dialect; here all the engines of a kind are the same one.
    """

    def __init__(self) -> None:
        self._kept: LRUCache[Any, Any] = LRUCache(STATEMENTS_KEPT)

    def get(self, key: Any, default: Any = None) -> Any:
        return self._kept.get(key[1:], default)

    def __getitem__(self, key: Any) -> Any:
        return self._kept[key[1:]]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self._kept[key[1:]] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._kept[key[1:]]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Keep all: only this engine is done with them."""


_TEMPLATES: Final = _Templates()
_STATEMENTS: Final = {"sqlite": _Statements(), "postgresql": _Statements()}
_RULES: Final[dict[Any, dict[str, Any]]] = {}
_BUILDS: Final = ("_build", "_build_unknown")
_compile_rule: Final = Rule.compile


def _compile_once(rule: Rule) -> None:
    """Give a rule what was compiled for one of the same text: its parts, its converters and what builds its addresses.

    Werkzeug's own converters look at nothing but the value; one with defaults is compiled for itself.
    """
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes)
    if rule.defaults or rule.map is None or rule.map.host_matching:
        _compile_rule(rule)
    elif key not in _RULES:
        _compile_rule(rule)
        _RULES[key] = {
            "arguments": frozenset(rule.arguments),
            **{name: getattr(rule, name) for name in ("_parts", "_trace", "_converters")},
            **{name: getattr(rule, name).__func__ for name in _BUILDS},
        }
    else:
        kept = _RULES[key]
        rule._parts, rule._trace, rule._converters = kept["_parts"], kept["_trace"], kept["_converters"]
        rule.arguments |= kept["arguments"]
        for name in _BUILDS:
            setattr(rule, name, kept[name].__get__(rule, None))


def keep_rules() -> None:
    """Compile each address once in this process."""
    Rule.compile = _compile_once  # type: ignore[method-assign, assignment]


def keep_templates(app: Flask) -> None:
    """Let the app take the code of its templates from what an app before it compiled."""
    app.jinja_env.bytecode_cache = _TEMPLATES


def keep_statements(database: Database) -> None:
    """Let the database take compiled statements from those of its kind before it."""
    kept = _STATEMENTS[database.engine.name]
    for engine in (database.engine, *database._engines.values()):
        engine._compiled_cache = kept
