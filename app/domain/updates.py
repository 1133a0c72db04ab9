"""Updates on action items: how long there was no news, and what a link that bears one out may be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.domain.actions import OWED_STATES, LegState
from app.domain.errors import Refusal
from app.domain.plaintext import one_line
from app.domain.walltime import day_starts_at, in_zone

if TYPE_CHECKING:
    from datetime import date, datetime

QUIET_DAYS: Final = 30
LINK_LIMIT: Final = 2000
_NOT_IN_LINKS: Final = frozenset(' "<>\\^`{|}')
# What may be told of another party's leg; that a done leg is verified is said on the page, not reported.
REPORTED_STATES: Final[tuple[LegState, ...]] = ("open", "under_way", "blocked", "done", "dropped")


def days_without_news(news_at: datetime, now: datetime, zone_name: str) -> int:
    """Return how many days ago the last news was, by the calendar of a zone."""
    return (in_zone(now, zone_name).date() - in_zone(news_at, zone_name).date()).days


def is_quiet(state: LegState, news_at: datetime, now: datetime, zone_name: str, days: int) -> bool:
    """Say whether an action, of that whole state, is still owed and had no news for more than so many days."""
    return state in OWED_STATES and days_without_news(news_at, now, zone_name) > days


def quiet_before(now: datetime, zone_name: str, days: int) -> datetime:
    """Return the instant before which the last news is more than so many days ago, by the calendar of a zone."""
    return day_starts_at(in_zone(now, zone_name).date() - timedelta(days=days), zone_name)


def checked_link(written: str | None, field: str) -> str | None:
    """Return the address of a page that bears an update out, None for none.

    Only `http` and `https`, with a host and without a name and password. Raises `Refusal("not_a_link")` and what
    a line of text raises.
    """
    text = one_line(written, field, LINK_LIMIT)
    if not text:
        return None
    if any(char in text for char in _NOT_IN_LINKS) or not _leads_to_a_host(text):
        raise Refusal("not_a_link", field=field)
    return text


def _leads_to_a_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    has_name = parts.username is not None or parts.password is not None
    return parts.scheme in {"http", "https"} and host != "" and host.isascii() and port != 0 and not has_name


def host_of(link: str) -> str:
    """Return the host that a checked link leads to."""
    return urlsplit(link).hostname or ""


def check_told_on(told_on: date | None, today: date, field: str = "told_on") -> date:
    """Return the day on which something was told; raises `Refusal`: `required`, `told_later`."""
    if told_on is None:
        raise Refusal("required", field=field)
    if told_on > today:
        raise Refusal("told_later", field=field)
    return told_on
