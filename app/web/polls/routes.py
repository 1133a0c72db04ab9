"""The pages of polls: the list of them, one of them with its slots and answers, and the acts of its delegations."""

from __future__ import annotations

from app.web.polls.blueprint import blueprint

__all__ = ["blueprint"]
