"""Mechanisms that a party enters here: their code and prefix, and the facts that they begin with.

What some parties enter is theirs alone until all agree to open it. So that no code, prefix or number that another
party tries is refused because of it, those of a mechanism without all three governments carry its parties' codes, in
such a way that no two sets of parties can come to the same one, whatever name and letters are typed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.catalogue_types import RelatedForum
from app.domain.errors import Refusal
from app.domain.fact_edits import BY_PARTIES
from app.domain.meeting_content import Refused
from app.domain.plaintext import one_line
from app.domain.references import KEPT_PREFIXES

_LETTERS: Final = re.compile("[A-Z]{2,4}")
_SHORT_SUFFIX: Final = 4
_LONGEST_SUFFIX: Final = 6
_LONGEST_CODE: Final = 48
_FILL: Final = "X"
_NARROW_END: Final = re.compile("(?:^|-)[0-9]+-(?:[a-z]{4}|[a-z]{6})$")


@dataclass(frozen=True)
class NewMechanism:
    """A mechanism as it was typed; `forum` is the code of the related forum that it adopts, `letters` of its prefix.

    `is_open` asks that everybody who reads the register may read it, once all its parties have agreed.
    """

    name: Mapping[str, str]
    letters: str
    parties: Sequence[str]
    level: str = "senior_officials"
    status: str = "agreed"
    minimum_meetings: int | None = None
    period_months: int | None = None
    anchor: str = "calendar_year"
    instrument: str = ""
    mandate_on: str = ""
    scope_in: Sequence[str] = ()
    scope_out: Sequence[str] = ()
    is_open: bool = False
    forum: str | None = None
    record: Sequence[Mapping[str, Any]] = field(default=(), repr=False)


def suffix_of(parties: Collection[str], core: Collection[str]) -> str:
    """Return the letters that set the names of these parties' mechanisms apart; none where all governments take part.

    The codes of two or three joined, four or six letters; else six letters that are the same for the same set.
    """
    if set(core) <= set(parties):
        return ""
    joined = "".join(sorted(parties))
    if len(joined) in {_SHORT_SUFFIX, _LONGEST_SUFFIX} and joined.isalpha():
        return joined
    digest = hashlib.sha256(",".join(sorted(parties)).encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:_LONGEST_SUFFIX])


def prefix_of(letters: str, parties: Collection[str], core: Collection[str]) -> str:
    """Return the prefix of the mechanism's references, from two to four letters that were typed.

    Raises `Refusal` with field `letters`: `prefix_letters`, `prefix_taken`.
    """
    typed = letters.strip().upper()
    if _LETTERS.fullmatch(typed) is None:
        raise Refusal("prefix_letters" if typed else "required", field="letters")
    suffix = suffix_of(parties, core)
    # Two letters and six would be as long as four and four, and one could be read as the other.
    prefix = (typed.ljust(3, _FILL) if len(suffix) == _LONGEST_SUFFIX else typed) + suffix
    if prefix in KEPT_PREFIXES:
        raise Refusal("prefix_taken", field="letters", prefix=prefix)
    return prefix


def code_of(name: str, parties: Collection[str], core: Collection[str]) -> str:
    """Return the code of the mechanism's address: the words of its English name, and its parties where they are few.

    How many these are and their letters end it, as in `lighthouse-talks-2-mxus`; so ends no code of all governments.
    """
    bare = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", bare)
    slug = ""
    for word in words:
        if len(slug) + len(word) + 1 > _LONGEST_CODE:
            break
        slug = f"{slug}-{word}" if slug else word
    slug = slug or "mechanism"
    suffix = suffix_of(parties, core).lower()
    if suffix:
        return f"{slug}-{len(set(parties))}-{suffix}"
    return f"{slug}-all" if _NARROW_END.search(slug) else slug


def facts_of_new(new: NewMechanism, code: str, prefix: str, today: dt.date) -> dict[str, Any]:
    """Return the facts that a mechanism begins with, as the catalogue writes them; `today` is the day of its entry.

    Everything in them is what its parties say; the prefix stands where the catalogue has a ref.
    """
    parties = sorted(set(new.parties))
    is_of_two = len(parties) == 2
    return {
        "ref": prefix, "code": code, "name": dict(new.name), "name_official": [], "also_known_as": [],
        "acronym": None, "prefix": prefix, "geometry": "bilateral" if is_of_two else "trilateral",
        "parties": parties, "pairs": [parties] if is_of_two else [], "guests": [], "forums": [], "open_to": None,
        "level": new.level, "other_levels": [], "level_attested": True,
        "kind": "recurring" if new.minimum_meetings else "standing", "cadence": _cadence(new), "deadline": None,
        "status": new.status, "status_as_of": today.isoformat(), "status_source": BY_PARTIES, "status_note": None,
        "scope_in": list(new.scope_in), "scope_out": list(new.scope_out), "lead_offices": {},
        "lead_offices_attested": [], "parent": None, "related": [],
        "hosting": {"rotation": None, "rotation_attested": False, "note": None},
        "mandate": {
            "instrument": new.instrument or None, "date": new.mandate_on or None, "source": BY_PARTIES,
            "pointer": BY_PARTIES,
        },
        "agenda_template": None, "record": [dict(entry) for entry in new.record],
    }  # fmt: skip


def cleaned(new: NewMechanism, known: Collection[str], core: Collection[str], own: str | None) -> NewMechanism:
    """Return it with its texts cleaned and its parties in order.

    Raises `Refused`: `required`, `too_few_parties`, `unknown_party`, `needs_own_party`, `unknown_choice` (`status`),
    and what names raise.
    """
    refusals: list[Refusal] = []
    names = {}
    for language in ("en", "es", "fr"):
        try:
            names[language] = one_line(new.name.get(language), f"name_{language}", required=True)
        except Refusal as refusal:
            refusals.append(refusal)
    parties = sorted(set(new.parties))
    refusals += [Refusal("unknown_party", field="parties", party=code) for code in parties if code not in known]
    if len(parties) < 2:
        refusals.append(Refusal("too_few_parties", field="parties"))
    if own is not None and own not in parties:
        refusals.append(Refusal("needs_own_party", field="parties"))
    if new.status not in {"agreed", "active"}:
        refusals.append(Refusal("unknown_choice", field="status"))
    if (new.minimum_meetings is None) != (new.period_months is None):
        missing = "minimum_meetings" if new.minimum_meetings is None else "period_months"
        refusals.append(Refusal("required", field=missing))
    try:
        prefix_of(new.letters, parties, core)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals:
        raise Refused(refusals)
    values = {name: getattr(new, name) for name in new.__dataclass_fields__}
    return NewMechanism(**{**values, "name": names, "parties": parties, "instrument": new.instrument.strip()})


def of_forum(forum: RelatedForum) -> NewMechanism:
    """Return what adopting one of the catalogue's related forums begins with: its names, parties and record."""
    facts: dict[str, Any] = forum.as_facts()
    letters = re.sub("[^A-Z]", "", (forum.acronym or "").upper())[:4]
    initials = "".join(word[0] for word in re.findall("[A-Za-z]{3,}", forum.name.en)).upper()[:4]
    return NewMechanism(
        name=dict(facts["name"]), letters=letters if len(letters) >= 2 else initials, parties=list(forum.parties),
        level="ministers", status="active", is_open=True, forum=forum.code, record=list(facts["record"]),
    )  # fmt: skip


def _cadence(new: NewMechanism) -> dict[str, Any] | None:
    if new.minimum_meetings is None or new.period_months is None:
        return None
    return {"minimum_meetings": new.minimum_meetings, "period_months": new.period_months, "anchor": new.anchor}
