"""The agreement on a text as its page shows it: the panel of the silence, and the signatures in the rail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.agreement import Endorsement
from app.domain.zones import known_zone
from app.i18n import reader_language
from app.services.agreement_view import AgreementView, SilenceShown, agreement_of
from app.services.agreement_words import instant_words, times_elsewhere
from app.services.history import history_of
from app.services.texts import WholeText, facts_of_text
from app.web.routing import session, viewer
from app.web.texts.agreement_words import advice_words, blocker_words

ACTS_SHOWN: Final = 30
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A midnight on the bar of a silence: how far from its left, in percent, and the day that begins."""

    left: str
    day: str


@dataclass(frozen=True, slots=True)
class Bar:
    """How much of a silence has passed, in percent, with the days between; `name` says it in words."""

    past: str
    ticks: tuple[Tick, ...]
    begins: str
    ends: str
    name: str


@dataclass(frozen=True, slots=True)
class SilencePanel:
    """What the panel of a silence says: when it ends on every clock that counts, and how long that is from now."""

    ends: str
    elsewhere: tuple[str, ...]
    zone: str
    left: str | None
    as_of: str
    advice: tuple[str, ...]
    bar: Bar | None


def agreement_context(whole: WholeText, issued_hash: str | None) -> dict[str, Any]:
    """Return what the partials of a text's page need."""
    found = agreement_of(session(), whole, facts_of_text(session(), whole.text), issued_hash)
    return {
        "agreement": found,
        "panel": _panel(found) if found.silence is not None else None,
        "endorsed": endorsement_words(found.endorsement),
        "blocking": [blocker_words(each) for each in found.blockers],
        "adopted_words": _adopted(whole.text.adopted_at) if whole.text.adopted_at else None,
        "own_instant": own_instant,
        "acts": history_of(session(), "text", whole.text.id, ACTS_SHOWN),
    }


def own_instant(at: dt.datetime) -> str:
    """Return an instant on the viewer's own clock, with its city."""
    who, language = viewer(), reader_language()
    city = words.city_of(who.time_zone, language, who.party)
    return f"{words.day_and_time(at, who.time_zone, language)} {city}"


def _adopted(at: dt.datetime) -> str:
    return instant_words(at, viewer().time_zone, reader_language(), viewer().party)


def endorsement_words(found: Endorsement) -> str:
    """Say plainly who endorses a text: by how many of how many."""
    if found.how == "none":
        return str(_("Nobody has signed this content."))
    if found.how == "all":
        return str(ngettext("Signed by its one party.", "Signed by all %(num)s.", found.of))
    return str(_("Signed by %(count)s of %(all)s.", count=found.count, all=found.of))


def _panel(found: AgreementView) -> SilencePanel | None:
    shown = found.silence
    if shown is None:
        return None
    row, language, now = shown.of.silence, reader_language(), session().now
    at = row.ends_at or row.until_at
    left = at - now
    return SilencePanel(
        ends=instant_words(at, row.time_zone, language),
        elsewhere=tuple(times_elsewhere(at, row.time_zone, found.capitals, language)),
        zone=row.time_zone,
        left=_duration(left) if shown.is_standing and row.ends_at and left > dt.timedelta(0) else None,
        as_of=own_instant(now),
        advice=tuple(advice_words(each) for each in shown.advice),
        bar=_bar(shown, now, language) if shown.is_standing and row.ends_at else None,
    )


def _duration(left: dt.timedelta) -> str:
    """Return how long is left: in days and hours from two days on, else in hours and minutes."""
    minutes = int(left.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    if days < 2:
        return words.duration(max(minutes, 1), reader_language())
    in_days = ngettext("%(num)s day", "%(num)s days", days)
    return f"{in_days} {words.duration(rest // 60 * 60, reader_language())}" if rest >= 60 else in_days


def _bar(shown: SilenceShown, now: dt.datetime, language: str) -> Bar | None:
    row = shown.of.silence
    if row.opened_at is None or row.ends_at is None:
        return None
    zone = known_zone(row.time_zone)
    opened, ends = words.local(row.opened_at, zone), words.local(row.ends_at, zone)
    midnight = opened.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    days = [midnight + number * _DAY for number in range(max(0, (ends.date() - opened.date()).days))]
    every = max(1, len(days) // 7)
    ticks = tuple(
        Tick(_percent(shown.share_at(day.astimezone(dt.UTC))), words.day_short_month(day.date(), language))
        for day in days[::every]
    )
    begins, ended = (instant_words(at, row.time_zone, language) for at in (row.opened_at, row.ends_at))
    return Bar(
        past=_percent(shown.share_at(now)),
        ticks=tuple(tick for tick in ticks if 4 < float(tick.left.rstrip("%")) < 94),
        begins=words.time_of_day(opened, language),
        ends=words.time_of_day(ends, language),
        name=_(
            "The silence runs from %(begins)s to %(ends)s. %(past)s of it has passed.",
            begins=begins, ends=ended, past=words.percent(shown.share_at(now), language),
        ),
    )  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
