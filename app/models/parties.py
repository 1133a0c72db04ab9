"""Parties and their offices: published reference data from the catalogue, seen by everybody who signs in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, PartyCode


class Party(Base):
    """A state or organisation that can sit at a table."""

    __tablename__ = "parties"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    is_core: Mapped[bool]
    name: Mapped[dict[str, str]]
    capital: Mapped[dict[str, str] | None]
    time_zone: Mapped[Code | None]
    facts: Mapped[dict[str, Any]]
    loaded_facts: Mapped[dict[str, Any]]

    offices: Mapped[list[Office]] = relationship(back_populates="party", order_by="Office.code")


class Office(Base):
    """A ministry, agency or mission of a party."""

    __tablename__ = "offices"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    party_code: Mapped[PartyCode] = mapped_column(index=True)
    name: Mapped[dict[str, str]]
    city: Mapped[Code | None]
    time_zone: Mapped[Code | None]
    part_of: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))

    party: Mapped[Party] = relationship(back_populates="offices")
