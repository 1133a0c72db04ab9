"""National markings, kept word for word: which are refused and why, and who reads what by the handling step.

No marking is ever translated into another government's: a step says who reads, the marking is what was written. What
a government has classified (CONFIDENTIAL and above, in whatever language of its own) is not kept here at all.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

STEPS: Final = ("public", "parties", "delegations", "persons")
MARKING_LIMIT: Final = 300
# Where *Confidencial* is a word of the law on access to information, and means privacy.
PRIVACY_PARTY: Final = "MX"

# Letters of other alphabets that look like ours, by which a word could be hidden from its reader's machine alone.
_LOOKALIKES: Final = str.maketrans(
    "АВЕЅКМНОРСТУХІЈаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧ|", "ABESKMHOPCTYXIJaeopcyxijsABEZHIKMNOPTYXI"
)
_PIECES: Final = re.compile(r"[^A-Z0-9]+")
_SPACED: Final = re.compile(r"(?<![A-Z])(?:[A-Z][ .\-_]+){4,}[A-Z](?![A-Z])")
# What goes to some and not to others, which an unclassified marking may say as well.
_RELEASE: Final = re.compile(r"\b(?:REL(?:EASABLE)? TO|REL (?=[A-Z]{3}\b)|NOFORN|EYES ONLY|FVEY|CANUS|(?:CAN|US)EO)\b")
_UNCLASSIFIED: Final = re.compile(r"^\W*(?:CUI|CONTROLLED UNCLASSIFIED|UNCLASSIFIED|U(?=//| *\)))")
# A mark at a paragraph or a title, `(S//NF)`, or a banner of letters, `TS//SI//NF`.
_PORTION: Final = re.compile(r"\(\s*(?:TS|S|C|NR|NC|NS|CTS|CTSA|NSA|R)\s*(?:/{1,2}[^)]{0,80})?\)")
_BANNER: Final = re.compile(r"^\W*(?:TS|S|C|//[A-Z]{2,4} (?:TS|S|C|R))\s*(?:/{1,2}\s*[A-Z][^a-z]*)?\W*$")
_BANNER_INSIDE: Final = re.compile(
    r"(?:^|[\s/(\[])(?:TS|S|C)/{1,2}(?:SCI|SI|TK|HCS|NF|NOFORN|REL|ORCON|OC|FGI|SAR|RD|FRD)\b"
)
# In a heading letters in brackets may be anything else: it takes a stroke in them, or their place at the beginning.
_HEADING_PORTION: Final = re.compile(
    r"(?:^|\s)\(\s*(?:TS|S|C|NR|NC|NS|CTS)\s*/{1,2}[^)]{0,80}\)|^\W*\(\s*(?:TS|S|C)\s*\)|\s\(TS\)"
)

_NATO: Final = (
    r"COSMIC(?: TOP SECRET| TRES SECRET)?",
    r"ATOMAL",
    r"(?:NATO|OTAN) (?:RESTRICTED|CONFIDENTIAL|SECRET|DIFFUSION RESTREINTE|CONFIDENTIEL)",
    r"(?:NATO|OTAN) (?:RESTRINGIDO|CONFIDENCIAL|SECRETO)",
    r"(?:DIFFUSION RESTREINTE|CONFIDENTIEL|SECRET|RESTREINT) (?:NATO|OTAN)",
    r"(?:RESTRICTED|CONFIDENTIAL|SECRET|RESTRINGIDO|CONFIDENCIAL|SECRETO) (?:NATO|OTAN)",
)
_NATIONAL: Final = (
    r"TOP SECRET", r"TOPSECRET", r"ULTRA SECRET", r"TRES SECRET", r"TRESSECRET",
    r"(?:ALTO|ALTAMENTE|MAXIMO|ULTRA|MUY|ESTRICTAMENTE) SECRETO", r"ULTRASECRETO", r"ALTAMENTE CONFIDENCIAL",
    r"SECRET DEFENSE", r"CONFIDENTIEL DEFENSE", r"SECRET", r"SECRETO", r"SECRETA",
    r"CONFIDENTIAL", r"CONFIDENTIEL", r"CONFIDENTIELLE", r"CONFIDENTIELS", r"CONFIDENTIELLES",
    r"(?:FORMERLY )?RESTRICTED DATA", r"SENSITIVE COMPARTMENTED INFORMATION", r"SPECIAL ACCESS REQUIRED",
)  # fmt: skip
_PRIVACY: Final = r"CONFIDENCIAL(?:ES)?"
_PROTECTED_C: Final = r"(?:PROTECTED|PROTEGE|PROTEGEE|PROTEGIDO|PROTEGIDA) C"


def _whole(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(patterns)})(?![A-Z0-9])")


_NATO_WORDS: Final = _whole(_NATO)
_NATIONAL_WORDS: Final = _whole(_NATIONAL)
_PRIVACY_WORD: Final = _whole((_PRIVACY,))
_PROTECTED_C_WORDS: Final = _whole((_PROTECTED_C,))


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a marking is not kept here, as the key of a message, and the words of it that say so."""

    key: str
    words: str


def highest_step(steps: Iterable[str]) -> str:
    """Return the narrowest of the handling steps of what is bundled; raises `ValueError` for none or another word."""
    return STEPS[max(STEPS.index(step) for step in steps)]


def refused_marking(text: str, party: str | None = None) -> Refused | None:
    """Return why a marking that this party gave is refused; None for what may be kept, word for word.

    CUI, UNCLASSIFIED, PROTECTED A and B, Reservada and TLP are no classification. *Confidencial* is Mexico's word for
    privacy, and from anybody else the Spanish for CONFIDENTIAL. PROTECTED C is no classification either, but its
    rules keep it off networks like this one.
    """
    plain = _plain(text)
    words = _PIECES.sub(" ", plain).strip()
    for key, pattern in (("marking_nato", _NATO_WORDS), ("marking_classified", _NATIONAL_WORDS)):
        if found := pattern.search(words):
            return Refused(key, found[0])
    if mark := _mark_in(plain):
        return Refused("marking_portion", mark)
    if (found := _PRIVACY_WORD.search(words)) and party != PRIVACY_PARTY:
        return Refused("marking_confidencial", found[0])
    if found := _PROTECTED_C_WORDS.search(words):
        return Refused("marking_protected_c", found[0])
    if (found := _RELEASE.search(words)) and not _UNCLASSIFIED.match(plain):
        return Refused("marking_release", found[0].strip())
    return None


def check_marking(text: str, party: str | None = None, *, field: str = "marking") -> str | None:
    """Return a marking as it was written, with blanks at its ends cut off, and None for an empty one.

    Raises `Refusal` on `field` with `words`: `marking_classified`, `marking_nato`, `marking_portion`,
    `marking_release`, `marking_confidencial`, `marking_protected_c`; `too_long`, `marking_unseen`.
    """
    given = text.strip()
    if not given:
        return None
    if len(given) > MARKING_LIMIT:
        raise Refusal("too_long", field=field, limit=MARKING_LIMIT)
    if any(unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"} for char in given):
        raise Refusal("marking_unseen", field=field)
    refused = refused_marking(given, party)
    if refused is not None:
        raise Refusal(refused.key, field=field, words=refused.words)
    return given


def check_heading(text: str, *, field: str) -> None:
    """Refuse a title or a file's name that carries a portion mark or a classified banner, `(S//NF) Peace operations`.

    Its words alone say nothing: an agenda may have a secret ballot on it. Raises `Refusal` `marking_portion`.
    """
    plain = _plain(text)
    found = _mark_in(plain, alone=False)
    if found is None and "//" in plain:
        refused = refused_marking(plain, PRIVACY_PARTY)
        found = refused.words if refused is not None else None
    if found is not None:
        raise Refusal("marking_portion", field=field, words=found)


def _mark_in(plain: str, *, alone: bool = True) -> str | None:
    """Return the portion mark or the banner of letters in a text; `alone` where the text is nothing but a marking."""
    for pattern in (_PORTION, _BANNER_INSIDE, _BANNER) if alone else (_HEADING_PORTION, _BANNER_INSIDE):
        if found := pattern.search(plain):
            return found[0].strip()
    return None


def _plain(text: str) -> str:
    """Return a text in capitals, without accents, what nobody sees, and letters that only look like ours."""
    drawn = unicodedata.normalize("NFKD", text.translate(_LOOKALIKES))
    seen = "".join(char for char in drawn if unicodedata.category(char) not in {"Mn", "Cf", "Cc"} or char in "\n\t")
    upper = " ".join(seen.upper().translate(_LOOKALIKES).split())
    return _SPACED.sub(lambda found: re.sub(r"[ .\-_]+", "", found[0]), upper)
