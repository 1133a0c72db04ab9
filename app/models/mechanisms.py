"""Mechanisms: the standing arrangements of the register."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, UuidKey, Versioned


class Mechanism(Guarded, Versioned, Base):
    """A standing arrangement; its published facts are one document, as the catalogue writes them.

    `facts` is what is shown. `loaded_facts` is what the catalogue said when it was last loaded:
    a field that differs between the two was edited here, and a newer catalogue leaves it alone.
    """

    __tablename__ = "mechanisms"

    id: Mapped[UuidKey]
    ref: Mapped[str | None] = mapped_column(String(8), unique=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[dict[str, str]]
    parties: Mapped[list[str]]
    facts: Mapped[dict[str, Any]]
    loaded_facts: Mapped[dict[str, Any]]
