"""The column type for what is private to one delegation: encrypted on its way in, decrypted on its way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from app.keys import KeyRing


@dataclass(frozen=True)
class Private:
    """A text, and the code of the delegation that it belongs to; its representation does not show the text."""

    owner: str
    text: str = field(repr=False)


class KeysNotSet(RuntimeError):
    """A private text was to be read or written before the process was given its keys."""

    def __init__(self) -> None:
        super().__init__("This process has no key ring: call use_keys() when it starts.")


_ring: KeyRing | None = None


def use_keys(ring: KeyRing | None) -> None:
    """Take the keys that this process seals and opens private texts with; None takes them away."""
    global _ring  # noqa: PLW0603  a type has no other way to the process's keys
    _ring = ring


def _keys() -> KeyRing:
    if _ring is None:
        raise KeysNotSet
    return _ring


class Sealed(TypeDecorator[Private]):
    """A `Private` text, sealed under its owner's key and bound to one column.

    `context` names the column (`drafts.content`); bytes copied from another column do not open. It is part
    of what is stored: renaming it makes older rows unreadable. Raises `KeysNotSet`, and what `KeyRing` raises.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Private | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Seal the text under its owner's current key."""
        if value is None:
            return None
        return _keys().seal(value.owner, value.text.encode(), self.context.encode())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Private | None:  # noqa: ARG002
        """Open the text; its owner is the one whose key sealed it."""
        if value is None:
            return None
        sealed = bytes(value)
        ring = _keys()
        text = ring.open(sealed, self.context.encode()).decode()
        return Private(owner=ring.owner_of(sealed), text=text)

    class Comparator(TypeDecorator.Comparator[Private]):
        """Sealed bytes differ each time, so only their presence can be asked for in SQL."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Allow `is_(None)` and `is_not(None)`, refuse the rest."""
            if op not in {operators.is_, operators.is_not}:
                message = "A sealed column cannot be compared, searched or sorted in SQL."
                raise TypeError(message)
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator
