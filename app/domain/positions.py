"""What a delegation prepares on an item: its parts, what of it is handed over, who clears it and who lets it out.

Author and releaser are two people; what is shared is chosen part by part, and only the lines always go (practice.md
P04, P07, B27).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from uuid import UUID

from app.domain.action_query_words import folded
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs

LANGUAGES: Final = ("en", "es", "fr")
PART_LIMIT: Final = 8000
ANSWER_LIMIT: Final = 2000
QUESTIONS_LIMIT: Final = 20
PAPERS_LIMIT: Final = 40
QUERY_LIMIT: Final = 200

Part = Literal["lines", "red_lines", "fallback", "questions", "papers"]
PARTS: Final[tuple[Part, ...]] = ("lines", "red_lines", "fallback", "questions", "papers")
# What may be handed over beside the lines, each only where somebody ticks it; the first two are what one bargains with.
CHOSEN_PARTS: Final[tuple[Part, ...]] = ("papers", "questions", "fallback", "red_lines")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that others may ask, and what to answer."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class PositionContent:
    """What a position, or a non-paper (which has lines alone), says; an empty part is one not written.

    `papers` are symbols or names of papers. `expires_on` is the last day on which a non-paper is shown.
    """

    lines: str = ""
    red_lines: str = ""
    fallback: str = ""
    questions: tuple[Question, ...] = ()
    papers: tuple[str, ...] = ()
    language: str = "en"
    expires_on: dt.date | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts that are written, in their order."""
        return tuple(part for part in PARTS if getattr(self, part))

    def to_json(self) -> str:
        """Return it as it is sealed; what is not said is left out."""
        said: dict[str, Any] = {part: getattr(self, part) for part in self.parts}
        if self.questions:
            said["questions"] = [{"question": each.question, "answer": each.answer} for each in self.questions]
        if self.papers:
            said["papers"] = list(self.papers)
        if self.expires_on:
            said["expires_on"] = self.expires_on.isoformat()
        return json.dumps({**said, "language": self.language}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, written: str) -> PositionContent:
        """Return what was sealed."""
        said = json.loads(written)
        expires_on = said.get("expires_on")
        return cls(
            lines=said.get("lines", ""),
            red_lines=said.get("red_lines", ""),
            fallback=said.get("fallback", ""),
            questions=tuple(Question(each["question"], each.get("answer", "")) for each in said.get("questions", ())),
            papers=tuple(said.get("papers", ())),
            language=said.get("language", "en"),
            expires_on=dt.date.fromisoformat(expires_on) if expires_on else None,
        )


def checked(content: PositionContent, kind: str = "position") -> PositionContent:
    """Return the content cleaned; a non-paper keeps its lines alone.

    Raises `Refusal`: `required` where nothing is written, `unknown_language`, `too_many_entries` (`limit`),
    `question_required`, and what texts raise.
    """
    if content.language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    if kind == "non_paper":
        lines = paragraphs(content.lines, "lines", PART_LIMIT, required=True)
        return PositionContent(lines=_needed(lines), language=content.language)
    made = PositionContent(
        lines=paragraphs(content.lines, "lines", PART_LIMIT),
        red_lines=paragraphs(content.red_lines, "red_lines", PART_LIMIT),
        fallback=paragraphs(content.fallback, "fallback", PART_LIMIT),
        questions=_questions(content.questions),
        papers=_papers(content.papers),
        language=content.language,
    )
    if not made.parts:
        _needed("")
    return made


def _needed(text: str) -> str:
    if not text:
        raise Refusal("required", field="lines")
    return text


def _questions(questions: Iterable[Question]) -> tuple[Question, ...]:
    kept = []
    for number, each in enumerate(questions, start=1):
        question = one_line(each.question, f"question_{number}", ANSWER_LIMIT)
        answer = paragraphs(each.answer, f"answer_{number}", ANSWER_LIMIT)
        if answer and not question:
            raise Refusal("question_required", field=f"question_{number}")
        if question:
            kept.append(Question(question, answer))
    if len(kept) > QUESTIONS_LIMIT:
        raise Refusal("too_many_entries", limit=QUESTIONS_LIMIT)
    return tuple(kept)


def _papers(papers: Iterable[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(line for each in papers if (line := one_line(each, "papers"))))
    if len(kept) > PAPERS_LIMIT:
        raise Refusal("too_many_entries", field="papers", limit=PAPERS_LIMIT)
    return kept


# Two people -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a position stands, and who wrote the last change."""

    state: str
    written_by: UUID


def may_clear(standing: Standing, person: UUID, *, speaks: bool) -> str | None:
    """Return why this person may not clear it, None where they may: its last change is somebody else's."""
    if not speaks:
        return "forbidden"
    if standing.state != "draft":
        return "not_in_state"
    return "position_own_change" if person == standing.written_by else None


def may_release(standing: Standing, person: UUID, *, speaks: bool) -> str | None:
    """Return why this person may not hand it over, None where they may: it is cleared, and somebody else's words."""
    if not speaks:
        return "forbidden"
    if standing.state != "cleared":
        return "position_not_cleared"
    return "position_own_release" if person == standing.written_by else None


# Handing over ---------------------------------------------------------------------------------------


def handed_over(
    content: PositionContent, kind: str, chosen: Collection[str], expires_on: dt.date | None = None
) -> PositionContent:
    """Return what the recipients are given: the lines, and beside them what was ticked and is written.

    A day to be shown until is a non-paper's alone. Raises `Refusal` `unknown_part`, `share_without_lines`.
    """
    if not set(chosen) <= set(CHOSEN_PARTS) or (kind == "non_paper" and chosen):
        raise Refusal("unknown_part", field="part")
    if not content.lines:
        raise Refusal("share_without_lines")
    left_out = {part: type(getattr(content, part))() for part in CHOSEN_PARTS if part not in chosen}
    return replace(content, **left_out, expires_on=expires_on if kind == "non_paper" else None)


def checked_recipients(chosen: Iterable[str], offered: Collection[str]) -> tuple[str, ...]:
    """Return the parties to hand it to, each once; raises `Refusal` `recipient_required`, `recipient_not_offered`."""
    wanted = tuple(sorted(set(chosen)))
    if not wanted:
        raise Refusal("recipient_required", field="party")
    if not set(wanted) <= set(offered):
        raise Refusal("recipient_not_offered", field="party")
    return wanted


def checked_expiry(expires_on: dt.date | None, today: dt.date) -> dt.date | None:
    """Return the last day on which a non-paper is shown, None for no end; raises `Refusal("expiry_past")`."""
    if expires_on is not None and expires_on < today:
        raise Refusal("expiry_past", field="expires_on")
    return expires_on


def is_shown(expires_on: dt.date | None, today: dt.date) -> bool:
    """Say whether a non-paper is still shown on a day: on its last one it is."""
    return expires_on is None or today <= expires_on


# Looking for words ----------------------------------------------------------------------------------


def found_in(content: PositionContent, query: str) -> bool:
    """Say whether each word of a query is somewhere in it, whatever the case and the accents."""
    said = folded("\n".join(_texts(content)))
    return all(word in said for word in folded(query[:QUERY_LIMIT]).split())


def excerpt(content: PositionContent, query: str = "", length: int = 160) -> str:
    """Return a piece of one line: around the first word looked for, else from the beginning."""
    words = folded(query).split()
    for text in _texts(content):
        line = " ".join(text.split())
        starts = [place for word in words if (place := folded(line).find(word)) >= 0]
        if starts or not words:
            start = max(0, min(starts, default=0) - length // 4)
            return f"{'…' if start else ''}{line[start : start + length]}{'…' if start + length < len(line) else ''}"
    return ""


def _texts(content: PositionContent) -> list[str]:
    asked = [text for each in content.questions for text in (each.question, each.answer)]
    return [text for text in (content.lines, content.red_lines, content.fallback, *asked, *content.papers) if text]
