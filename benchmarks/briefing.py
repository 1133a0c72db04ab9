"""A briefing book of 150 pages, from the database to its bytes, against typst alone on the same source."""

from __future__ import annotations

import io
from typing import Final

from pypdf import PdfReader

from app.keys import KeyRing
from app.models.sealed import use_keys
from app.papers.prose import MAX_BOOK_CHARACTERS, prose_data
from app.papers.rendering import render_pdf
from app.services.briefing_book import briefing_book, briefing_file
from benchmarks.figures import Figure, quickest
from benchmarks.worlds import Bench
from tests import world
from tests.paper_rows import fill

PAGES: Final = 150
ITEMS: Final = 60
TIMES: Final = 3
_REFERENCE: Final = "UNC-2026-900"
_WORDS: Final = (
    "We support the proposal, provided that the list of points of contact is kept by the host, that each party names"
    " its own, and that no party is asked for more than it has: the measures are within the means of each."
)


def book(bench: Bench) -> Figure:
    """Measure a delegation's book of a meeting with 60 items, each with a position, a share, notes and papers."""
    use_keys(KeyRing(bench.folder / "keys"))
    with bench.database.system_session("fill a meeting for its briefing book", "write") as session:
        fill(session, _REFERENCE, items=ITEMS, people=ITEMS, words="\n".join([_WORDS] * 9), papers=3)
        session.commit()

    def made() -> bytes:
        with bench.database.read_session(world.viewer("ana")) as session:
            return briefing_file(session, _REFERENCE, "en")[1]

    with bench.database.read_session(world.viewer("ana")) as session:
        paper = briefing_book(session, _REFERENCE, "en")
    data = prose_data(paper)
    pages = len(PdfReader(io.BytesIO(made())).pages)
    assert pages >= PAGES, pages
    found = (
        quickest(made, 3),
        quickest(lambda: render_pdf("prose.typ", data, paper.dated, limit=MAX_BOOK_CHARACTERS), 3),
    )
    name = f"a briefing book of {pages} pages, against typst alone on the same source"
    return Figure(name, bench.engine, *found, TIMES, unit=" s", at_most=True)
