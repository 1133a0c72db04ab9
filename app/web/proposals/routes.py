"""The shelf of recommendations: by author and date, apart from all that was promised."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import words
from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.services import recommendations as service
from app.services.recommendations import RecommendationFilters
from app.web.routing import route, session, signed_in

blueprint = Blueprint("proposals", __name__)
WORDS_LIMIT = 200


@route(blueprint, "/proposals/recommendations", policy=signed_in(Action.READ_REGISTER))
def recommendations() -> ResponseReturnValue:
    """Show what the papers recommend, narrowed as the address asks."""
    language, asked = reader_language(), _asked()
    found = service.recommendations(session(), asked)
    mechanisms = [(ref, words.pick(found.names[ref], language)[0]) for ref in found.mechanisms]
    return render_template(
        "proposals/recommendations.html",
        found=found,
        asked=asked,
        choices={
            "addressee": [
                (code, words.party_name(code, language)) for code in words.party_order(found.addressees, language)
            ],
            "mechanism": sorted(mechanisms, key=lambda pair: words.collation_key(pair[1])),
            "paper": [(paper.id, paper.title) for paper in found.papers],
        },
        everything=url_for("proposals.recommendations"),
    )


def _asked() -> RecommendationFilters:
    typed = {name: as_typed(request.args.get(name, "")).strip() or None for name in ("addressee", "mechanism", "paper")}
    return RecommendationFilters(
        words=as_typed(request.args.get("words", "")).strip()[:WORDS_LIMIT],
        headline=request.args.get("headline") == "y",
        **typed,
    )
