"""Which titles are about the same, and which touch on a topic that a mechanism sets aside.

Titles are compared by their significant words, language by language: without small words, without those that any
agenda is full of, singular and plural alike, with accents and capitals left out. It is advice: nothing is merged and
nothing refused because two titles look alike, save what a mechanism has set aside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

LANGUAGES: Final = ("en", "es", "fr")
_WORD: Final = re.compile(r"[^\W_]+")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# As they read once accents, capitals and plurals are left out.
_STOP: Final[Mapping[str, frozenset[str]]] = {
    "en": _listed(
        "a an the of on in to for by at from with without and or not as is are be its their our other others new next"
        " last all any some more between among under over into about through towards against across per via how what"
        " which this that these those issue matter question item topic point theme agenda meeting session discussion"
        " exchange view update report review progress step joint common cooperation coordination work statu state"
        " proposal possible further general"
    ),
    "es": _listed(
        "un una uno el la lo los las de del al a en con sin por para y e o u no como es son ser su sus nuestro otro"
        " otra otros otras nuevo nueva proximo proxima ultimo ultima todo toda entre sobre bajo hacia contra hasta"
        " desde ante mas este esta estos estas que cual asunto tema cuestion punto materia agenda orden dia reunion"
        " sesion discusion intercambio opinion actualizacion informe revision avance paso conjunto conjunta comun"
        " cooperacion coordinacion trabajo estado propuesta posible general"
    ),
    "fr": _listed(
        "un une le la les l de du des d au aux a en avec sans par pour et ou ne pas comme est sont etre son sa ses leur"
        " notre no autre nouveau nouvelle prochain prochaine dernier derniere tout toute tou entre sur sous ver contre"
        " jusque depui devant plu ce cet cette ces que quel qui question sujet point theme matiere ordre jour reunion"
        " seance session discussion echange vue actualisation rapport examen progre etape conjoint conjointe commun"
        " commune cooperation coordination travail etat proposition possible general s n c qu"
    ),
}


def significant_words(text: str, language: str) -> frozenset[str]:
    """Return the words of a title that say what it is about, as they compare; a language without rules has English's.

    Words of one or two letters count only where they are written in capitals, as UN.
    """
    stop = _STOP.get(language, _STOP["en"])
    found = set()
    for written in _WORD.findall(_plain(text)):
        word = _singular(written.casefold(), language)
        is_short = len(written) < 3 and not (written.isupper() and len(written) > 1)
        if not is_short and word not in stop and written.casefold() not in stop:
            found.add(word)
    return frozenset(found)


def are_alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether two titles by language share more than half of the shorter one's significant words, in any language.

    Titles that have no language in common cannot be compared.
    """
    return any(
        _share(significant_words(one[code], code), significant_words(other[code], code))
        for code in LANGUAGES
        if one.get(code) and other.get(code)
    )


def overlaps(titles: Sequence[tuple[Key, Mapping[str, str]]]) -> tuple[tuple[Key, ...], ...]:
    """Return the groups of two and more whose titles are alike, one leading to the next, in the order given."""
    worded = [
        (key, {code: significant_words(title[code], code) for code in LANGUAGES if title.get(code)})
        for key, title in titles
    ]
    group_of = {key: number for number, (key, _) in enumerate(worded)}
    for number, (key, mine) in enumerate(worded):
        for other, theirs in worded[:number]:
            if any(_share(mine[code], theirs[code]) for code in mine if code in theirs):
                joined, into = group_of[key], group_of[other]
                group_of = {each: into if group == joined else group for each, group in group_of.items()}
    groups: dict[int, list[Key]] = {}
    for key, _ in worded:
        groups.setdefault(group_of[key], []).append(key)
    return tuple(tuple(keys) for keys in groups.values() if len(keys) > 1)


def topic_touched(title: Mapping[str, str], set_aside: Sequence[str]) -> str | None:
    """Return the first topic that a mechanism sets aside of whose significant words a title has more than half.

    A topic is compared as if it were written in the language of each title; None where nothing is touched.
    """
    for topic in set_aside:
        for code in LANGUAGES:
            wanted = significant_words(topic, code)
            said = significant_words(title.get(code, ""), code)
            if wanted and len(wanted & said) * 2 > len(wanted):
                return topic
    return None


def _share(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return len(mine & theirs) * 2 > min(len(mine), len(theirs)) > 0


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _singular(word: str, language: str) -> str:
    """Return a word without the usual sign of its plural: enough to compare, no grammar."""
    if len(word) < 4:
        return word
    if language == "es" and word.endswith("es") and word[-3] not in "aeiou":
        return word[:-2]
    if language == "fr":
        return word[:-1] if word[-1] in "sx" else word
    if language != "es" and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
