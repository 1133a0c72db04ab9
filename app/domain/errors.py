"""Refusals: what a person asked for and a rule does not allow, with what they can do about it."""

from __future__ import annotations


class Refusal(Exception):
    """Something the person can mend or must know; nothing has been written.

    `key` names the message (translated at the edge), `field` the form field it stands beside,
    and `values` fill the message's places.
    """

    def __init__(self, key: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values

    def __repr__(self) -> str:
        return f"Refusal({self.key!r}, field={self.field!r}, values={self.values!r})"


class NotFound(Refusal):
    """What was asked for does not exist for this viewer; the same answer whether it exists at all."""

    def __init__(self) -> None:
        super().__init__("not_found")


class StaleVersion(Refusal):
    """The record has changed since the form was made; `yours` and `theirs` let the person see both."""

    def __init__(self, yours: dict[str, object], theirs: dict[str, object]) -> None:
        super().__init__("stale_version")
        self.yours = yours
        self.theirs = theirs
