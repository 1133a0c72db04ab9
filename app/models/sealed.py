"""The column type for what is private to one delegation: encrypted on its way in, decrypted on its way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, QueryableAttribute
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from app.keys import DataKey, KeyMissing, KeyRing, KeyServiceDown, Tampered, Unread
from app.logs import get_logger


@dataclass(frozen=True)
class Unopened:
    """What stands in the place of a private text that cannot be opened now, and whose it is.

    `is_service_down`: the service that keeps its owner's keys cannot be used; else the key is gone, or the bytes are
    not what was sealed.
    """

    owner: str
    is_service_down: bool


class Private:
    """A text, and the code of the delegation that it belongs to; its representation does not show the text.

    One that was read is opened when its text is first asked for, together with the others that were read beside it,
    and stays open for as long as its row is held.
    """

    __slots__ = ("_prepared", "_text", "_unread", "owner")

    def __init__(self, owner: str, text: str | Unread) -> None:
        self.owner = owner
        self._text = text if isinstance(text, str) else None
        self._unread = None if isinstance(text, str) else text
        self._prepared: DataKey | None = None

    @classmethod
    def sealed(cls, sealed: bytes, context: bytes) -> Private:
        """Return what these bytes hold, unopened; raises `Tampered` for bytes that have not the form of any."""
        unread = key_ring().unread(sealed, context)
        return cls(unread.envelope.owner, unread)

    @property
    def text(self) -> str:
        """Return the text; raises `KeyServiceDown`, `KeyMissing`, `Tampered`."""
        if self._text is None and self._unread is not None:
            self._text = self._unread.open().decode()
            self._unread = None
        return self._text or ""

    @property
    def unopened(self) -> Unopened | None:
        """Return what a page that has other things to show says instead of the text, None when it opens."""
        try:
            _ = self.text
        except KeyServiceDown as down:
            return Unopened(self.owner, is_service_down=down.reason != "wrong_key")
        except (KeyMissing, Tampered) as problem:
            get_logger().error("private text does not open", owner=self.owner, kind=type(problem).__name__)
            return Unopened(self.owner, is_service_down=False)
        return None

    def __repr__(self) -> str:
        return f"Private(owner={self.owner!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Private) and (self.owner, self.text) == (other.owner, other.text)

    def __hash__(self) -> int:
        return hash((self.owner, self.text))

    def is_same(self, other: object) -> bool:
        """Say whether it is known, without opening either, that the other says the same."""
        if self is other:
            return True
        return (
            isinstance(other, Private)
            and self._text is not None
            and other._text is not None  # noqa: SLF001  one of its own kind
            and self == other
        )

    def prepare(self) -> None:
        """Ask for the data key that it will be sealed with, where a service has it; raises `KeyServiceDown`."""
        if self._prepared is None:
            self._prepared = key_ring().prepare(self.owner)

    def seal(self, context: bytes) -> bytes:
        """Return it sealed under its owner's current key; raises what `KeyRing.seal` raises."""
        prepared, self._prepared = self._prepared, None
        return key_ring().seal(self.owner, self.text.encode(), context, prepared)


class KeysNotSet(RuntimeError):
    """A private text was to be read or written before the process was given its keys."""

    def __init__(self) -> None:
        super().__init__("This process has no key ring: call usekey_ring() when it starts.")


_ring: KeyRing | None = None


def use_keys(ring: KeyRing | None) -> None:
    """Take the keys that this process seals and opens private texts with; None takes them away."""
    global _ring  # noqa: PLW0603  a type has no other way to the process's keys
    _ring = ring


def key_ring() -> KeyRing:
    """Return the keys of this process; raises `KeysNotSet`."""
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
        return value.seal(self.context.encode())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Private | None:  # noqa: ARG002
        """Return the text, to be opened when it is needed; its owner is the one whose key sealed it."""
        return None if value is None else Private.sealed(bytes(value), self.context.encode())

    def compare_values(self, x: Any, y: Any) -> bool:
        """Say whether two values are known to be the same; one that is not opened is not opened for this."""
        return x.is_same(y) if isinstance(x, Private) else bool(x is y)

    class Comparator(TypeDecorator.Comparator[Private]):
        """Sealed bytes differ each time, so only their presence can be asked for in SQL."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Allow `is_(None)` and `is_not(None)`, refuse the rest."""
            if op not in {operators.is_, operators.is_not}:
                message = "A sealed column cannot be compared, searched or sorted in SQL."
                raise TypeError(message)
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator


@event.listens_for(DeclarativeBase, "attribute_instrument", propagate=True)
def _prepare_when_set(_cls: type, _key: str, attribute: QueryableAttribute[Any]) -> None:
    """Have a private text prepared when it is put on a row: a service that is away refuses before anything is written.

    Found out only at the flush, it would be too late for the form that was sent.
    """
    if not isinstance(attribute.property, ColumnProperty) or not isinstance(attribute.property.columns[0].type, Sealed):
        return

    @event.listens_for(attribute, "set")
    def _prepare(_row: object, value: Private | None, _old: object, _initiator: object) -> None:
        if isinstance(value, Private):
            value.prepare()
