"""Notes verbales: third person, with the courtesies at both ends, in three languages; and how they are numbered.

A note is unsigned: it is initialled or stamped. The forms are those of diplomatic correspondence between ministries and
missions; who is addressed and who writes are typed as they call themselves.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs

DIRECTIONS: Final = ("out", "in")
LANGUAGES: Final = ("en", "es", "fr")
BODY_LIMIT: Final = 20_000

# {sender} and {addressee} as they are typed, each with its article: “The Embassy of Mexico”, “la Embajada de México”.
OPENINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "{sender} presents its compliments to {addressee} and has the honour to refer to the following.",
        "es": "{sender} saluda muy atentamente a {addressee} y tiene el honor de referirse a lo siguiente.",
        "fr": "{sender} présente ses compliments à {addressee} et a l’honneur de se référer à ce qui suit.",
    }
)
CLOSINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "{sender} avails itself of this opportunity to renew to {addressee} the assurances of its highest "
        "consideration.",
        "es": "{sender} aprovecha la oportunidad para reiterar a {addressee} las seguridades de su más alta y "
        "distinguida consideración.",
        "fr": "{sender} saisit cette occasion pour renouveler à {addressee} les assurances de sa très haute "
        "considération.",
    }
)
# A preposition and the article of a name become one word; a capital begins a name of its own (“a El Salvador”).
_JOINED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {"es": (("a el", "al"),), "fr": (("à le", "au"), ("à les", "aux"))}
)


@dataclass(frozen=True, slots=True)
class NoteContent:
    """What a note says; only its own delegation ever opens it. `opening` and `closing` may be other than the usual."""

    language: str
    sender: str
    addressee: str
    subject: str
    body: str
    opening: str = ""
    closing: str = ""

    def to_json(self) -> str:
        """Return it as it is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> NoteContent:
        """Return what was sealed; what is no note of ours is shown as the body of one."""
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            return cls("en", "", "", "", text)
        return cls(**{name: str(found.get(name, "")) for name in cls.__dataclass_fields__})

    @property
    def first_words(self) -> str:
        """Return the opening courtesy."""
        return self.opening or _with_names(OPENINGS.get(self.language, ""), self)

    @property
    def last_words(self) -> str:
        """Return the closing courtesy."""
        return self.closing or _with_names(CLOSINGS.get(self.language, ""), self)

    def has(self, words: str) -> bool:
        """Say whether each of these words stands somewhere in it, in whatever case."""
        said = f"{self.sender} {self.addressee} {self.subject} {self.body}".casefold()
        return all(word in said for word in words.casefold().split())


def _with_names(form: str, content: NoteContent) -> str:
    """Return a courtesy with the names as they are typed, the first beginning with a capital."""
    names = {"{sender}": content.sender, "{addressee}": content.addressee}
    said = re.sub(r"\{(?:sender|addressee)\}", lambda found: names[found[0]], form)
    for apart, joined in _JOINED.get(content.language, ()):
        said = said.replace(f" {apart} ", f" {joined} ")
    return said[:1].upper() + said[1:]


def checked(content: NoteContent, direction: str) -> NoteContent:
    """Return a note with its texts cleaned; one that came in needs no names for the courtesies, which it brought along.

    Raises `Refusal`: `unknown_language`, and what a line and a text raise, each on its field.
    """
    if content.language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    is_out = direction == "out"
    return NoteContent(
        language=content.language,
        sender=one_line(content.sender, "sender", required=is_out),
        addressee=one_line(content.addressee, "addressee", required=is_out),
        subject=one_line(content.subject, "subject", required=True),
        body=paragraphs(content.body, "body", BODY_LIMIT, required=is_out),
        opening=paragraphs(content.opening, "opening"),
        closing=paragraphs(content.closing, "closing"),
    )


def note_reference(party: str, year: int, number: int) -> str:
    """Return what a note that goes out calls itself: `MX/NV/2026/3`."""
    return f"{party}/NV/{year:04d}/{number}"


def counter(party: str, direction: str, year: int) -> str:
    """Return the name of the count of a delegation's notes of a year and direction, which only it ever meets."""
    return f"NV-{party}-{direction}-{year:04d}"


def check_days(dated_on: dt.date | None, answer_due_on: dt.date | None) -> None:
    """Refuse days that cannot be: raises `Refusal` `required` on `dated_on`, `answer_before_note`."""
    if dated_on is None:
        raise Refusal("required", field="dated_on")
    if answer_due_on is not None and answer_due_on < dated_on:
        raise Refusal("answer_before_note", field="answer_due_on")
