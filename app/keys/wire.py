"""What Entente and a key service say to one another: JSON, with bytes in base64, of a bounded size.

Each request is `POST /v1/<act>` with `{"owner": …}` and a bearer token; each answer names the owner again.

    wrap    {"data_keys": [...]}                     -> {"key_id": ..., "wrapped": [...]}
    unwrap  {"keys": [{"key_id", "wrapped"}, ...]}   -> {"data_keys": [... or null]}
    keys    {}                                       -> {"current": ... or null, "key_ids": [...]}
    rotate  {}                                       -> {"current": ...}
    retire  {"key_id": ...}                          -> {"retired": ...} or {"problem": "missing" or "needed"}
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

KEYS_A_REQUEST: Final = 1000
LONGEST_BODY: Final = 512 * 1024


def as_text(value: bytes) -> str:
    """Return bytes as they stand in JSON."""
    return base64.b64encode(value).decode("ascii")


def from_text(written: Any, length: int) -> bytes:
    """Return the bytes; raises `ValueError` when they are not of that length, or not bytes at all."""
    try:
        value = base64.b64decode(written, validate=True)
    except (TypeError, binascii.Error):
        raise ValueError("no bytes") from None
    if len(value) != length:
        raise ValueError("not of that length")
    return value
