"""What a mail is made of: the letterhead of this instance, and the words that a composing module gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any, Final
from urllib.parse import urlsplit

from app.db import GuardedSession
from app.domain.visibility import Viewer
from app.services.outbox import Claimed

# What has a meaning in an address (RFC 5322, 3.2.3), and what stands for it in a name.
_SPECIALS: Final = str.maketrans({**dict.fromkeys("()<>[]:;@\\,", " "), '"': "'"})
_NO_BREAK: Final = "\u00a0\u202f"  # French sets them before : ; ! ?


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every mail of this instance has: where its links lead, whom it is from, what its tokens are made under."""

    base_url: str
    sender: Address
    secret_key: str = field(repr=False)

    @property
    def host(self) -> str:
        """Return the host that stands in message ids."""
        return urlsplit(self.base_url).hostname or "localhost"


@dataclass(frozen=True, slots=True)
class Content:
    """The words of one mail: its subject, and the values of its template (`mails/<template>.txt` and `.html`)."""

    template: str
    subject: str
    values: Mapping[str, Any]


# On a session bound to the recipient; None when there is nothing that they may read.
Composer = Callable[[GuardedSession, Viewer, Claimed, Letterhead], Content | None]


def header_text(text: str) -> str:
    """Return a text as one line that a header can hold and means as it stands.

    What cannot be printed becomes a blank; `=?` would begin an encoded word, which could hold anything.
    """
    line = "".join(char if char.isprintable() or char in _NO_BREAK else " " for char in text)
    return " ".join(part for part in line.split(" ") if part).replace("=?", "= ?")


def display_name(name: str) -> str:
    """Return a name as it can stand before an address and never be one.

    Nothing in it needs quotes: where a long header is folded, the email package (Python 3.11) forgets to write them.
    """
    return header_text(name.translate(_SPECIALS))
