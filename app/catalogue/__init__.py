"""The reference data that ships with the product; what its fields mean is told in `README.md` beside it."""

from __future__ import annotations

import functools
from importlib import resources

from app.domain.catalogue import FILES, Catalogue, read_catalogue


def shipped_texts() -> dict[str, str]:
    """Return the text of each of the catalogue's files, by file name."""
    folder = resources.files(__name__)
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in FILES}


@functools.cache
def load_shipped() -> Catalogue:
    """Return the catalogue that ships with the product; read once for the life of the process."""
    return read_catalogue(shipped_texts())
