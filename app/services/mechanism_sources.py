"""Where a fact of the catalogue is told: its papers with their lines, and the public pages it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.catalogue import load_shipped
from app.domain.catalogue import Paper

_PAPER: Final = re.compile(r"(?P<paper>S[0-9])(:(?P<lines>[0-9]+(-[0-9]+)?))?", re.ASCII)
NOT_TOLD_APART: Final = "public"


@dataclass(frozen=True, slots=True)
class Citation:
    """A paper with the lines that are meant (`58`, `58-60`), or a public page by the name that it is cited by.

    A source that the catalogue cites as one of several public pages has the name `public`.
    """

    paper: Paper | None
    lines: tuple[str, ...] = ()
    page: str = ""

    @property
    def is_not_told_apart(self) -> bool:
        """Say whether only public pages in general are cited."""
        return self.page == NOT_TOLD_APART


def paper_named(name: str) -> Paper | None:
    """Return the paper of an id (`S0`), None for what is no paper."""
    return next((paper for paper in load_shipped().papers if paper.id == name), None)


def citations(source: str | None) -> tuple[Citation, ...]:
    """Return what a list of sources cites (`S0:19; S0:168-178; pm.gc.ca`), the lines of one paper together."""
    lines: dict[str, list[str]] = {}
    pages: list[str] = []
    for part in (source or "").split(";"):
        name = part.strip()
        found = _PAPER.fullmatch(name)
        if found is None or paper_named(found["paper"]) is None:
            pages += [name] if name else []
            continue
        lines.setdefault(found["paper"], []).extend([found["lines"]] if found["lines"] else [])
    papers = tuple(Citation(paper_named(name), tuple(kept)) for name, kept in lines.items())
    return papers + tuple(Citation(None, page=page) for page in pages)
