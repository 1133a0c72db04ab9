"""A page per office and per person: what is with them, and whether any of it is late."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app import words
from app.domain.action_query import parse, written
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.services import owner_actions as service
from app.services.owner_actions import OwnerPage
from app.web.actions.blueprint import blueprint
from app.web.paging import page_number
from app.web.routing import route, session, signed_in

_POLICY = signed_in(Permission.READ_ACTIONS)


@route(blueprint, "/offices/<code>", policy=_POLICY)
def office(code: str) -> ResponseReturnValue:
    """Show what is with an office."""
    found = service.office_actions(session(), code, page_number())
    return _page(found, f"office:{code}", lambda page: url_for("actions.office", code=code, page=page))


@route(blueprint, "/actions/people/<party>/<path:name>", policy=_POLICY)
def person(party: str, name: str) -> ResponseReturnValue:
    """Show what is with a person of a party."""
    found = service.person_actions(session(), party, name, page_number())
    plain = name.replace('"', " ")
    query = f'person:"{plain}" party:{party}'
    return _page(found, query, lambda page: url_for("actions.person", party=party, name=name, page=page))


def _page(found: OwnerPage, query: str, address: Callable[[int], str]) -> str:
    language = reader_language()
    name = found.person or (words.pick(found.office.name, language)[0] if found.office else "")
    return render_template(
        "actions/owner.html",
        found=found,
        name=name,
        columns=words.party_order({code for line in found.lines for code in line.parties}, language),
        in_register=url_for("actions.actions", q=written(parse(query), language)),
        before=address(found.page - 1) if found.page > 1 else None,
        after=address(found.page + 1) if found.page < found.page_count else None,
    )
