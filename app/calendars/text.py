"""Text on its way into a calendar: cleaned of what breaks readers, escaped as RFC 5545 says."""

from __future__ import annotations

import re
from urllib.parse import quote

from icalendar import vText

# Readers in Python split lines on all of these, whatever the RFC says.
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters of both sets, and lone halves of a surrogate pair, which UTF-8 cannot carry.
# U+FEFF is taken for a byte order mark by readers that look at every line.
_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_BLANKS = re.compile(" {2,}")
_WEB = re.compile(r"(?i)https?://[^\s/?#]")
# Reserved, unreserved and the percent sign: everything that may stand in a URI as it is (RFC 3986).
_URI_CHARACTERS = "!#$%&'()*+,/:;=?@[]~-._"


class Text(vText):
    r"""A TEXT value whose escapes are exact.

    `vText` of icalendar 7.3 takes a backslash before an N that somebody typed for a line break.
    """

    def to_ical(self) -> bytes:
        r"""Return the value with `\`, `;`, `,` and line feed escaped (RFC 5545, 3.3.11)."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def one_line(value: str) -> Text:
    """Return the value as one line: control characters gone, line ends and runs of spaces one space, stripped."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub(" ", value.replace("\t", " ")))
    return Text(_BLANKS.sub(" ", text).strip(" "))


def lines(value: str) -> Text:
    """Return the value with line feeds kept: each line cleaned as `one_line` does, outer empty lines gone."""
    return Text("\n".join(one_line(line) for line in _LINE_ENDS.split(value)).strip("\n"))


def web_address(value: str | None) -> str | None:
    """Return an http or https address fit for a URI value: ASCII, no blanks, no controls; None for anything else."""
    address = one_line(value or "").replace(" ", "")
    return quote(address, safe=_URI_CHARACTERS) if _WEB.match(address) else None
