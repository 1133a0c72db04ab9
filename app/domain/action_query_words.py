"""The words of the text filter of action items: its keys and their values, in each language.

The first word of a language is the one that is written; every word of every language is read. They are told apart
by their letters alone: neither accents, capitals nor what joins two words count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "es", "fr")
Names = Mapping[str, tuple[str, ...]]

_JOINTS: Final = re.compile(r"[\s_\-]+")


def folded(text: str) -> str:
    """Return a text in small letters without accents, its spaces one each: what is compared, never shown."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def _names(en: str, es: str, fr: str) -> Names:
    return MappingProxyType({language: tuple(each.split("|")) for language, each in zip(LANGUAGES, (en, es, fr))})  # noqa: B905 - three of each


KEYS: Final[Mapping[str, Names]] = MappingProxyType(
    {
        "party": _names("party|parties", "parte|partes", "partie|parties"),
        "is": _names("is|state", "estado|está", "état|est"),
        "office": _names("office", "oficina", "organisme|bureau|service"),
        "due": _names("due", "vence|plazo", "échéance|délai"),
        "mechanism": _names("mechanism", "mecanismo", "mécanisme"),
        "kind": _names("kind|type", "clase|tipo", "genre|nature"),
        "priority": _names("priority", "prioridad", "priorité"),
        "horizon": _names("horizon", "horizonte", "horizon"),
        "lead": _names("lead", "responsable", "chef_de_file"),
        "serves": _names("serves|commitment", "sirve|compromiso", "sert|engagement"),
        "ref": _names("ref|reference", "referencia", "référence"),
        "meeting": _names("meeting", "reunión", "réunion"),
        "person": _names("person", "persona", "personne"),
        "quiet": _names("quiet", "silencio|sin_noticias", "silence|sans_nouvelles"),
    }
)

IS: Final[Mapping[str, Names]] = MappingProxyType(
    {
        "open": _names("open", "sin_iniciar|abierto|abierta", "ouvert|ouverte"),
        "under_way": _names("under_way", "en_curso", "en_cours"),
        "blocked": _names("blocked", "detenido|detenida|bloqueado|bloqueada", "bloqué|bloquée"),
        "owed": _names("owed|unfinished", "por_cumplir|pendiente", "dû|due|à_faire"),
        "done": _names("done", "cumplido|cumplida|hecho|hecha", "fait|faite"),
        "verified": _names("verified", "verificado|verificada", "vérifié|vérifiée"),
        "dropped": _names("dropped", "descartado|descartada", "abandonné|abandonnée"),
        "overdue": _names("overdue|late", "vencido|vencida", "en_retard"),
        "unaccepted": _names(
            "unaccepted|not_accepted", "sin_aceptar|no_aceptado|no_aceptada", "non_accepté|non_acceptée"
        ),
        "carried": _names("carried", "trasladado|trasladada", "reconduit|reconduite|reporté|reportée"),
        "ended": _names("ended|closed", "terminado|terminada|cerrado|cerrada", "terminé|terminée|clos|close"),
        "quiet": _names("quiet", "sin_noticias", "sans_nouvelles"),
    }
)
KIND: Final[Mapping[str, Names]] = MappingProxyType(
    {
        "task": _names("task", "tarea", "tâche"),
        "evaluation": _names("evaluation", "evaluación", "évaluation"),
        "data_exchange": _names("data_exchange", "intercambio_de_datos", "échange_de_données"),
        "protocol": _names("protocol", "protocolo", "protocole"),
        "exercise": _names("exercise", "ejercicio", "exercice"),
        "candidature": _names("candidature", "candidatura", "candidature"),
    }
)
PRIORITY: Final[Mapping[str, Names]] = MappingProxyType(
    {
        "high": _names("high", "alta", "haute"),
        "normal": _names("normal", "normal", "normale"),
        "low": _names("low", "baja", "basse"),
    }
)
HORIZON: Final[Mapping[str, Names]] = MappingProxyType(
    {
        "immediate": _names("immediate", "inmediato", "immédiat"),
        "long_term": _names("long_term", "largo_plazo", "long_terme"),
    }
)
VALUES: Final[Mapping[str, Mapping[str, Names]]] = MappingProxyType(
    {"is": IS, "kind": KIND, "priority": PRIORITY, "horizon": HORIZON}
)
NONE: Final = _names("none", "ninguno|ninguna|sin_plazo", "aucun|aucune|sans")
TODAY: Final = _names("today", "hoy", "aujourd’hui|aujourdhui|aujourd'hui")
OWN: Final[Mapping[str, Names]] = MappingProxyType(
    {"me": _names("me", "yo|mí", "moi"), "us": _names("us", "nosotros", "nous")}
)


def _bare(word: str) -> str:
    return _JOINTS.sub("_", folded(word))


def _read_by(table: Mapping[str, Names]) -> Mapping[str, str]:
    return {_bare(word): key for key, names in table.items() for said in names.values() for word in said}


_KEY_OF: Final = _read_by(KEYS)
_VALUE_OF: Final = {key: _read_by(table) for key, table in VALUES.items()}
_OWN_OF: Final = _read_by(OWN)
_DAY_OF: Final = _read_by({"none": NONE, "today": TODAY})


def key_of(word: str) -> str | None:
    """Return the key that a word of any language names, if it names one."""
    return _KEY_OF.get(_bare(word))


def value_of(key: str, word: str) -> str | None:
    """Return the value of a key with closed values that a word names, if it names one."""
    return _VALUE_OF[key].get(_bare(word))


def own_of(word: str) -> str | None:
    """Return `me` or `us` for what follows an at sign, if it is one of them."""
    return _OWN_OF.get(_bare(word))


def day_word_of(word: str) -> str | None:
    """Return `none` or `today` for a word that stands for it."""
    return _DAY_OF.get(_bare(word))


def said(key: str, language: str) -> str:
    """Return the word of a language for a key."""
    return KEYS[key][language][0]


def value_said(key: str, value: str, language: str) -> str:
    """Return the word of a language for a value; what has no word of its own stands for itself."""
    names = VALUES.get(key, {}).get(value)
    return names[language][0] if names else value


def keys_said(language: str) -> tuple[str, ...]:
    """Return the keys in the words of a language."""
    return tuple(said(key, language) for key in KEYS)


def values_said(key: str, language: str) -> tuple[str, ...]:
    """Return the values of a key with closed values in the words of a language."""
    return tuple(value_said(key, value, language) for value in VALUES[key])
