"""What an action says: its texts by language, its kind with what that asks for, who leads, and how it is ranked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.action_kinds import checked_facts
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs
from app.models import Action
from app.models.actions import HORIZONS, PRIORITIES

LANGUAGES: Final = ("en", "es", "fr")


@dataclass(frozen=True, slots=True)
class ActionContent:
    """What is typed of an action; texts by language, `original` the language that they were written in.

    `kind_facts` are as `app.domain.action_kinds` reads them.
    """

    title: Mapping[str, str]
    original: str | None = None
    body: Mapping[str, str] = field(default_factory=dict)
    conclusion: Mapping[str, str] = field(default_factory=dict)
    kind: str = "task"
    kind_facts: Mapping[str, Any] = field(default_factory=dict)
    lead_party: str | None = None
    priority: str = "normal"
    horizon: str | None = None


def columns_of(content: ActionContent, parties: Collection[str]) -> dict[str, Any]:
    """Return the columns of an action with this content, which these parties see.

    Raises `Refusal` `needs_title`, `unknown_party` (at `lead_party`), `unknown_priority`, `unknown_horizon`, and
    what texts and `checked_facts` raise.
    """
    title = titles(content.title, content.original)
    lead, horizon = content.lead_party or None, content.horizon or None
    if lead is not None and lead not in parties:
        raise Refusal("unknown_party", field="lead_party")
    if content.priority not in PRIORITIES:
        raise Refusal("unknown_priority", field="priority")
    if horizon is not None and horizon not in HORIZONS:
        raise Refusal("unknown_horizon", field="horizon")
    return {
        "title": title,
        "body": texts(content.body, "body", content.original),
        "conclusion": texts(content.conclusion, "conclusion", content.original),
        "kind": content.kind,
        "kind_facts": checked_facts(content.kind, content.kind_facts, parties),
        "lead_party": lead,
        "priority": content.priority,
        "horizon": horizon,
    }


def content_of(action: Action) -> ActionContent:
    """Return what an action says now."""
    return ActionContent(
        title=dict(action.title), original=action.title.get("original"), body=dict(action.body or {}),
        conclusion=dict(action.conclusion or {}), kind=action.kind, kind_facts=dict(action.kind_facts),
        lead_party=action.lead_party, priority=action.priority, horizon=action.horizon,
    )  # fmt: skip


def titles(given: Mapping[str, str], original: str | None) -> dict[str, str]:
    """Return a title in the languages that have one, and which of them is the original.

    Raises `Refusal("needs_title")` and what a line of text raises, on `title_en`, `title_es`, `title_fr`.
    """
    kept = {code: text for code in LANGUAGES if (text := one_line(given.get(code), f"title_{code}"))}
    if not kept:
        raise Refusal("needs_title", field="title_en")
    return _with_original(kept, original)


def texts(given: Mapping[str, str], name: str, original: str | None) -> dict[str, str] | None:
    """Return a longer text in the languages that have one, and which of them is the original; None without any.

    Raises what a text raises, on the field of that name and language (`body_en`).
    """
    kept = {code: text for code in LANGUAGES if (text := paragraphs(given.get(code), f"{name}_{code}"))}
    return _with_original(kept, original) if kept else None


def _with_original(kept: Mapping[str, str], original: str | None) -> dict[str, str]:
    written_in = original if original is not None and original in kept else next(iter(kept))
    return {**kept, "original": written_in}
