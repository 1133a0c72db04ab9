"""The blueprint of documents: the register, what is done to a document, the files, and notes verbales."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from app.domain.symbols import SYMBOL_PATTERN

blueprint = Blueprint("documents", __name__)


class SymbolConverter(BaseConverter):
    """A document's symbol with dashes, or `D-` and its id where it has none; the id of a file is neither."""

    regex = rf"(?:{SYMBOL_PATTERN}|D-[0-9a-f]{{32}})"


def _know_symbols(state: BlueprintSetupState) -> None:
    """Tell the map of routes what a symbol looks like, before the first route that has one."""
    state.app.url_map.converters["symbol"] = SymbolConverter


blueprint.record(_know_symbols)
