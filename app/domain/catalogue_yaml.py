"""The small, strict part of YAML that the catalogue is written in, with the line of everything.

Refused, each with its line: a key written twice, anchors and aliases, tags, merge keys, several documents,
dates, numbers and truth values written in a way that YAML 1.1 may read as something else (`NO` as false).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from app.domain.catalogue_schema import JSON

_TAG = "tag:yaml.org,2002:"
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where; lines count from 1, and 0 stands for a thing that is in no file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line where it stands; for the value of a key, the line of the key."""

    value: LocatedValue
    line: int


LocatedValue: TypeAlias = bool | int | str | list[Located] | dict[str, Located] | None


class UnreadableText(Exception):
    """The text is not YAML at all; carries the problems found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def located(value: JSON) -> Located:
    """Return a plain value as if it had been read from no file."""
    if isinstance(value, list):
        return Located([located(item) for item in value], 0)
    if isinstance(value, Mapping):
        return Located({key: located(item) for key, item in value.items()}, 0)
    return Located(value, 0)


def read_yaml(file: str, text: str) -> Located:
    """Return the text's values with their lines.

    Raises `UnreadableText` with everything found wrong, each with its line.
    """
    try:
        node = yaml.compose(text, Loader=_WithoutAliases)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableText([Problem(file, line, "a character that may not stand in a text")]) from error
    except yaml.MarkedYAMLError as error:
        raise UnreadableText([Problem(file, _line_of(error), error.problem or "not YAML")]) from error
    except RecursionError as error:
        raise UnreadableText([Problem(file, 1, "nested too deeply")]) from error
    if node is None:
        raise UnreadableText([Problem(file, 1, "the file is empty")])
    reading = _Reading(file)
    value = reading.value_of(node)
    if reading.problems:
        raise UnreadableText(reading.problems)
    return Located(value, node.start_mark.line + 1)


class _WithoutAliases(yaml.SafeLoader):
    """Composes nodes and refuses aliases, which make one line answer for many places."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node, unless it is an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not used in the catalogue", mark)
        return super().compose_node(parent, index)


def _line_of(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


class _Reading:
    """Turns composed nodes into located values, and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def value_of(self, node: yaml.Node) -> LocatedValue:
        """Return the node's value, or None where a problem was reported."""
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [Located(self.value_of(item), item.start_mark.line + 1) for item in node.value]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._refuse(node, f"the tag {node.tag} is not used in the catalogue")
        return None

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Located]:
        entries: dict[str, Located] = {}
        for key_node, value_node in node.value:
            if key_node.tag != f"{_TAG}str":
                self._refuse(key_node, "a key must be text (in quotes where YAML would read it as something else)")
            elif key_node.value in entries:
                first = entries[key_node.value].line
                self._refuse(key_node, f"the key {key_node.value} is already there, on line {first}")
            else:
                entries[key_node.value] = Located(self.value_of(value_node), key_node.start_mark.line + 1)
        return entries

    def _scalar(self, node: yaml.ScalarNode) -> bool | int | str | None:
        text, kind = str(node.value), node.tag.removeprefix(_TAG)
        if kind == "str":
            return text
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        if kind == "int" and _WHOLE_NUMBER.fullmatch(text):
            return int(text)
        if kind != "null" or text != "null":
            self._refuse(node, _why_not(kind, text))
        return None

    def _refuse(self, node: yaml.Node, reason: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, reason))


def _why_not(kind: str, text: str) -> str:
    return {
        "null": "nothing is written here; write null where nothing is known",
        "bool": f"{text} is read as true or false by YAML; write that, or put it in quotes",
        "int": f"{text} is not a plain whole number; put it in quotes if it is text",
        "float": f"{text} is not a plain whole number; put it in quotes if it is text",
        "timestamp": f"{text}: a date is written in quotes",
    }.get(kind, f"the tag {kind} is not used in the catalogue")
