"""Reports taken away: the same sections as a tagged PDF or as a text document."""

from __future__ import annotations

from typing import Final

from app.db import GuardedSession
from app.domain.documents import DOCX
from app.papers.report import ReportPaper, report_pdf
from app.papers.report_docx import report_docx
from app.services.reports import ReportScope
from app.services.reports_meetings import rows_for
from app.services.reports_words import report_paper

FORMS: Final = {"pdf": "application/pdf", "docx": DOCX}


def report_file(
    session: GuardedSession, form: str, scope: ReportScope, language: str, base_url: str
) -> tuple[str, bytes]:
    """Return the file name and the bytes of the accountability report in a form of `FORMS`.

    Raises `Refusal("paper_too_long")` for a PDF without measure.
    """
    paper = report_paper(session, scope, rows_for(session, scope, language), language, base_url)
    days = f"{scope.days.first.isoformat()}-{scope.days.last.isoformat()}"
    return f"accountability-{days}-{language}.{form}", file_of(paper, form)


def file_of(paper: ReportPaper, form: str) -> bytes:
    """Return a report in a form of `FORMS`."""
    return report_pdf(paper) if form == "pdf" else report_docx(paper)
