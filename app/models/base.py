"""What every mapped class shares: naming, column types, the audience and the version."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, ForeignKey, MetaData, String, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn an aware datetime to UTC (naive for SQLite, which keeps no offset)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        in_utc = value.astimezone(dt.UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


PortableJSON = JSON().with_variant(JSONB(), "postgresql")

Words = dict[str, str]

UuidKey = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
PartyCode = Annotated[str, mapped_column(String(16), ForeignKey("parties.code", ondelete="RESTRICT"))]
OptionalPartyCode = Annotated[str | None, mapped_column(String(16), ForeignKey("parties.code", ondelete="RESTRICT"))]
Code = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(300))]
LongText = Annotated[str, mapped_column(Text)]
Digest = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    """The registry of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: Instant(),
        dict[str, str]: PortableJSON,
        dict[str, Any]: PortableJSON,
        list[str]: PortableJSON,
        list[dict[str, Any]]: PortableJSON,
    }


class Guarded:
    """A row that only its audience may see; the guard in `app.db` adds the rule to every statement.

    `raises_revision` says whether writing it tells feeds and caches that something they show may differ.
    """

    raises_revision: ClassVar[bool] = True

    @declared_attr
    @classmethod
    def audience_id(cls) -> Mapped[uuid.UUID]:
        """Return the column that names who may see the row."""
        return mapped_column(Uuid, ForeignKey("audiences.id", ondelete="RESTRICT"), index=True)


class SystemOnly:
    """A row that no viewer's session may see; only system sessions read it."""


class Versioned:
    """A row that people edit: a race on it is found by its version, never decided in silence."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let the ORM check and raise the version on every update."""
        return {"version_id_col": cls.version}


def one_of(column: str, *values: str, name: str) -> CheckConstraint:
    """Return a CHECK that holds a text column to a closed set of words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)
