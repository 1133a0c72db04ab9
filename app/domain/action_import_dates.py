"""Days as tables write them: in three national orders, with the month's name in three languages, or as a count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final, Literal

from app.domain.action_import_words import NOTHING, plain
from app.domain.errors import Refusal

Order = Literal["dmy", "mdy", "ymd"]

ORDERS: Final[tuple[Order, ...]] = ("dmy", "mdy", "ymd")
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
LONGEST: Final = 60
_ZERO_DAY: Final = dt.date(1899, 12, 30)  # so that day 61 is 1 March 1900, after the day that never was
_NUMBERS: Final = re.compile(r"([0-9]{1,4})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,4})(?:[ T]+[0-9]{1,2}:.*)?")
_TOKEN: Final = re.compile(r"[^\W\d_]+|[0-9]+")
_MONTHS: Final = (
    "january jan enero ene janvier janv",
    "february feb febrero fevrier fevr fev",
    "march mar marzo mars",
    "april apr abril abr avril avr",
    "may mayo mai",
    "june jun junio juin",
    "july jul julio juillet juil",
    "august aug agosto ago aout",
    "september sept sep septiembre setiembre septembre",
    "october oct octubre octobre",
    "november nov noviembre novembre",
    "december dec diciembre dic decembre",
)
_MONTH_OF: Final = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
_NO_MONTHS: Final = (
    "de del of the le el du st nd rd th er re ro monday mon tuesday tue wednesday wed thursday thu friday fri saturday "
    "sat sunday sun lunes lun martes miercoles mie jueves jue viernes vie sabado sab domingo dom lundi mardi mercredi "
    "mer jeudi jeu vendredi ven samedi sam dimanche dim"
)
_PASSED_OVER: Final = frozenset(_NO_MONTHS.split())


def numbers_in(written: str) -> tuple[str, str, str] | None:
    """Return the three numbers of a day that is written in numbers alone, None where it is not."""
    match = _NUMBERS.fullmatch(written.strip())
    return (match[1], match[2], match[3]) if match else None


def readings(written: str) -> dict[Order, dt.date]:
    """Return what a day written in numbers can mean, by the order in which it is read.

    Two figures of a year are of this century.
    """
    parts = numbers_in(written)
    if parts is None:
        return {}
    first, second, third = parts
    if len(first) > 2:
        return _possible({"ymd": (first, second, third)}) if len(first) == 4 and len(third) <= 2 else {}
    if len(third) == 4:
        return _possible({"dmy": (third, second, first), "mdy": (third, first, second)})
    if len(third) > 2:
        return {}
    return _possible({"dmy": (third, second, first), "mdy": (third, first, second), "ymd": (first, second, third)})


def is_ambiguous(written: str) -> bool:
    """Say whether a day written in numbers means another day in another order."""
    return len(set(readings(written).values())) > 1


def guessed_order(written: Iterable[str]) -> Order | None:
    """Return the one order in which every day of a column can be read; None where there are several, or none."""
    possible = set(ORDERS)
    for each in written:
        found = readings(each)
        if found and not (len(found) == 1 and "ymd" in found):
            possible &= found.keys()
    return next(iter(possible)) if len(possible) == 1 else None


def day_of(cell: object, order: Order | None, field: str) -> dt.date | None:
    """Return the day that a cell means: a day, a spreadsheet's count of days, or a text; none for an empty one.

    Raises `Refusal` with `field`: `ambiguous_date` (`written`, `one`, `other`) where the order decides and is not
    chosen, `not_in_this_order` (`written`) where it cannot be read in the order that is, `not_a_day` (`written`).
    """
    match cell:
        case None:
            return None
        case dt.date():
            found = cell.date() if isinstance(cell, dt.datetime) else cell
        case int() | float():
            found = _counted(cell, field)
        case _:
            return _of_text(" ".join(str(cell).split()), order, field)
    return _within(found, found.isoformat(), field)


def _of_text(written: str, order: Order | None, field: str) -> dt.date | None:
    if plain(written) in NOTHING:
        return None
    if numbers_in(written):
        found: dt.date | None = _in_order(written, order, field)
    elif re.fullmatch(r"[0-9]{5}(\.0*)?", written):
        found = _counted(float(written), field)
    else:
        found = _named(written) if len(written) <= LONGEST else None
    if found is None:
        raise Refusal("not_a_day", field=field, written=written[:LONGEST])
    return _within(found, written, field)


def _in_order(written: str, order: Order | None, field: str) -> dt.date:
    found = readings(written)
    meant = sorted(set(found.values()))
    if not meant:
        raise Refusal("not_a_day", field=field, written=written)
    if order is None or (len(found) == 1 and "ymd" in found):
        if len(meant) > 1:
            raise Refusal("ambiguous_date", field=field, written=written, one=meant[0], other=meant[1])
        return meant[0]
    if order not in found:
        raise Refusal("not_in_this_order", field=field, written=written)
    return found[order]


def _counted(count: float, field: str) -> dt.date:
    """Return the day of a spreadsheet's count; a year alone is no day."""
    if 32_874 <= count < 73_416:  # 1990 to 2100
        return _ZERO_DAY + dt.timedelta(days=int(count))
    raise Refusal("not_a_day", field=field, written=f"{count:g}")


def _named(written: str) -> dt.date | None:
    tokens = [plain(token) for token in _TOKEN.findall(written)]
    months = [place for place, token in enumerate(tokens) if token in _MONTH_OF]
    if len(months) > 1 and tokens[months[0]] == "mar":  # a Tuesday, in two of the languages
        tokens.pop(months[0])
        months = [place - 1 for place in months[1:]]
    if len(months) != 1:
        return None
    others = [token for token in tokens if token not in _PASSED_OVER and token not in _MONTH_OF]
    if len(others) != 2 or not all(token.isascii() and token.isdigit() for token in others):
        return None
    day, year = (others[1], others[0]) if len(others[0]) == 4 else (others[0], others[1])
    return next(iter(_possible({"dmy": (year, str(_MONTH_OF[tokens[months[0]]]), day)}).values()), None)


def _possible(parts: dict[Order, tuple[str, str, str]]) -> dict[Order, dt.date]:
    found: dict[Order, dt.date] = {}
    for order, (year, month, day) in parts.items():
        if len(year) not in {2, 4}:
            continue
        try:
            found[order] = dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        except ValueError:
            continue
    return found


def _within(day: dt.date, written: str, field: str) -> dt.date:
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise Refusal("not_a_day", field=field, written=written)
    return day
