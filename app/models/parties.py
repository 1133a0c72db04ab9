"""Parties and their offices: published reference data from the catalogue, seen by everybody who signs in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, PartyCode, UuidKey


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
    names: Mapped[list[OfficeName]] = relationship(back_populates="office", order_by="OfficeName.starts_on")


class OfficeName(Base):
    """A name that an office has from a day to a day; the one of today is the office's own `name` too."""

    __tablename__ = "office_names"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),)

    id: Mapped[UuidKey]
    office_code: Mapped[str] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"), index=True)
    name: Mapped[dict[str, str]]
    starts_on: Mapped[dt.date | None] = mapped_column(Date)
    ends_on: Mapped[dt.date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    added_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)

    office: Mapped[Office] = relationship(back_populates="names")
