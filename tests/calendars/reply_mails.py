"""Mails that reply to an invitation, in the shapes in which well-known programs write them."""

from __future__ import annotations

import base64
import quopri
from typing import Final

UID: Final = "0b9c1d2e-meeting@entente.test"
TO: Final = "entente+aaaa@entente.test"
ANA: Final = "ana@example.org"
SHAPES: Final = ("outlook", "google", "apple", "thunderbird")


def calendar(
    *, method: str = "REPLY", uid: str = UID, partstat: str = "ACCEPTED", sequence: int | str = 0,
    stamp: str = "20261122T160000Z", attendee: str = ANA, organizer: str = TO, more: tuple[str, ...] = (),
    parameters: str = "", entry: str = "VEVENT",
) -> str:  # fmt: skip
    """Return a REPLY as text, folded at 75; `more` are further lines of the event."""
    lines = [
        "BEGIN:VCALENDAR", "PRODID:-//Example//Calendar//EN", "VERSION:2.0", f"METHOD:{method}", f"BEGIN:{entry}",
        f"UID:{uid}", f"SEQUENCE:{sequence}", f"DTSTAMP:{stamp}", f"ORGANIZER;CN=Entente:mailto:{organizer}",
        f'ATTENDEE;PARTSTAT={partstat};CN="Robles, Ana"{parameters}:mailto:{attendee}',
        "DTSTART;TZID=America/New_York:20261210T100000", "DTEND;TZID=America/New_York:20261210T130000",
        "SUMMARY:Reunión de coordinación", *more, f"END:{entry}", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{folded(line)}\r\n" for line in lines)


def folded(line: str) -> str:
    """Return a line folded after 75 characters."""
    return "\r\n ".join(line[i : i + 75] for i in range(0, max(len(line), 1), 75))


def in_shape(shape: str, text: str, *, sender: str = ANA, to: str = TO, head: str = "") -> bytes:
    """Return the mail by which that program sends this calendar; `head` are further lines of the head."""
    return {"outlook": _outlook, "google": _google, "apple": _apple, "thunderbird": _thunderbird}[shape](
        text, sender, to, head
    )


def mail(text: str | None = None, *, sender: str = ANA, to: str = TO, head: str = "") -> bytes:
    """Return a plain mail with one part, the calendar."""
    body = calendar() if text is None else text
    return (
        f"From: {sender}\r\nTo: {to}\r\n{head}Subject: Accepted\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; method=REPLY; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{body}"
    ).encode()


def _outlook(text: str, sender: str, to: str, head: str) -> bytes:
    """Return a multipart/alternative whose calendar is base64 on one part, with a zone and a long description."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Eastern Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T020000\r\n"
        "TZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    )
    described = "X-ALT-DESC;FMTTYPE=text/html:" + "<p>a</p>" * 3000
    inside = text.replace("BEGIN:VEVENT\r\n", zone, 1).replace("END:VEVENT", f"{described}\r\nEND:VEVENT")
    packed = base64.encodebytes(inside.encode()).decode().replace("\n", "\r\n")
    return (
        f'From: "Robles, Ana" <{sender}>\r\nTo: Entente <{to}>\r\n{head}'
        "Subject: =?utf-8?B?QWNlcHRhZG86IFJldW5pw7Nu?=\r\nThread-Topic: x\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative;\r\n\tboundary="_000_A_"\r\n\r\n'
        '--_000_A_\r\nContent-Type: text/plain; charset="iso-8859-1"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
        "\r\nDe acuerdo=2E\r\n\r\n--_000_A_\r\n"
        'Content-Type: text/calendar; charset="utf-8"; method=REPLY\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{packed}\r\n--_000_A_--\r\n"
    ).encode()


def _google(text: str, sender: str, to: str, head: str) -> bytes:
    """Return a multipart/mixed: an alternative with the calendar, and the same bytes attached as a file."""
    packed = base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")
    quoted = quopri.encodestring(text.encode()).decode().replace("=\r\n", "=\r\n")
    return (
        "Return-Path: <3abc@calendar-server.example>\r\nAuto-Submitted: auto-generated\r\n"
        f"Sender: Calendar <notification@calendar.example>\r\nFrom: Ana Robles <{sender}>\r\nTo: {to}\r\n{head}"
        'Subject: Accepted: Meeting\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n'
        '--m\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
        '--a\r\nContent-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes\r\n\r\nAna has accepted.\r\n'
        '--a\r\nContent-Type: text/html; charset="UTF-8"\r\n\r\n<p>Ana has accepted.</p>\r\n'
        '--a\r\nContent-Type: text/calendar; charset="UTF-8"; method=REPLY\r\n'
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n--a--\r\n"
        '--m\r\nContent-Type: application/ics; name="invite.ics"\r\n'
        'Content-Disposition: attachment; filename="invite.ics"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{packed}\r\n--m--\r\n"
    ).encode()


def _apple(text: str, sender: str, to: str, head: str) -> bytes:
    """Return a multipart/mixed with bare line feeds, whose calendar is folded within letters."""
    plain = text.replace("\r\n ", "").encode().replace(b"\r\n", b"\n")
    lines = [b"\n ".join(line[i : i + 70] for i in range(0, max(len(line), 1), 70)) for line in plain.split(b"\n")]
    lead = (
        f"From: =?utf-8?Q?Ana_Robles?= <{sender}>\nTo: Entente <{to}>\n{head}Subject: Accepted\nMime-Version: 1.0\n"
        "Content-Type: multipart/mixed;\n boundary=Apple-Mail-1\n\n--Apple-Mail-1\nContent-Transfer-Encoding: 7bit\n"
        "Content-Type: text/plain;\n\tcharset=us-ascii\n\nAna has accepted.\n\n--Apple-Mail-1\n"
        "Content-Disposition: attachment;\n\tfilename=iCal-1.ics\n"
        'Content-Type: text/calendar;\n\tx-unix-mode=0644;\n\tmethod=REPLY;\n\tname="iCal-1.ics"\n'
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return lead.encode() + b"\n".join(lines) + b"\n--Apple-Mail-1--\n"


def _thunderbird(text: str, sender: str, to: str, head: str) -> bytes:
    """Return a multipart/mixed with an alternative in it, 8bit, whose recipient stands in the envelope's head alone."""
    return (
        f"X-Original-To: {to}\r\nDelivered-To: {to}\r\nFrom: {sender}\r\n{head}Subject: Event Invitation Reply\r\n"
        "User-Agent: Mozilla Thunderbird\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=T1\r\n\r\n"
        "This is a multi-part message in MIME format.\r\n--T1\r\nContent-Type: multipart/alternative;\r\n boundary=T2"
        "\r\n\r\n--T2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAna aceptó.\r\n"
        "--T2\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{text}--T2--\r\n--T1--\r\n"
    ).encode()
