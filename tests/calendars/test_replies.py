"""Replies as programs write them are read, whatever else comes is refused with a reason, and nothing takes long."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendars.replies import CALENDAR_LIMIT, MAIL_LIMIT, NoReply, read_reply
from app.domain.replies import UNREAD
from tests.calendars.reply_mails import ANA, SHAPES, TO, UID, calendar, in_shape, mail


def reason_of(raw: bytes) -> str | None:
    """Return why a mail is refused, None for one that is read; any other exception is a failure."""
    try:
        read_reply(raw)
    except NoReply as refused:
        return refused.reason
    return None


def damaged(shape: str, place: int, put: bytes) -> bytes:
    """Return the mail of that program with these bytes in place of as many of its own."""
    raw = in_shape(shape, calendar())
    return raw[:place] + put + raw[place + len(put) :]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("partstat", "reply"), [("ACCEPTED", "accepted"), ("TENTATIVE", "tentative"), ("DECLINED", "declined")]
)
def test_a_reply_is_read_in_the_shape_of_each_program(shape: str, partstat: str, reply: str) -> None:
    comment = "COMMENT:" + "Iré con la Subsecretaría, y llegaré el día antes; hasta pronto, señor. " * 3
    read = read_reply(in_shape(shape, calendar(partstat=partstat, sequence=3, more=(comment,))))
    assert (read.sender, read.attendee, read.uid, read.sequence, read.reply) == (ANA, ANA, UID, 3, reply)
    assert read.stamped_at == dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)
    assert TO in read.addresses


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (mail(calendar(method="COUNTER")).replace(b"method=REPLY", b"method=COUNTER"), "counter"),
        (mail(calendar(method="REQUEST")).replace(b"method=REPLY", b"method=REQUEST"), "not_a_reply"),
        (mail(calendar(method="REQUEST")), "not_a_reply"),
        (mail().replace(b"method=REPLY", b"method=REQUEST"), "malformed"),
        (mail(calendar(partstat="DELEGATED")), "delegated"),
        (mail(calendar(parameters=';DELEGATED-TO="mailto:b@example.org"')), "delegated"),
        (mail(calendar(parameters=';SENT-BY="mailto:b@example.org"')), "on_behalf"),
        (mail(calendar(partstat="NEEDS-ACTION")), "no_answer"),
        (mail(calendar(partstat="X-MAYBE")), "no_answer"),
        (mail(calendar(more=("ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@example.org",))), "several_attendees"),
        (mail(calendar(more=(f"UID:{UID}",))), "malformed"),
        (mail(calendar(more=("RECURRENCE-ID:20261210T150000Z",))), "malformed"),
        (mail(calendar(entry="VTODO")), "malformed"),
        (mail(calendar().replace("END:VCALENDAR", "BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR")), "several_events"),
        (mail(calendar() + calendar()), "malformed"),
        (mail(calendar().replace("END:VEVENT\r\n", "")), "malformed"),
        (mail(calendar(stamp="20261122T160000")), "malformed"),
        (mail(calendar(stamp="20261322T160000Z")), "malformed"),
        (mail(calendar(sequence="-1")), "malformed"),
        (mail(calendar(sequence="9" * 20)), "malformed"),
        (mail(calendar(uid="")), "malformed"),
        (mail(calendar(attendee="nobody")), "malformed"),
        (mail(calendar(uid="a\0b")), "malformed"),
        (mail().replace(b"charset=UTF-8", b"charset=zip"), "malformed"),
        (mail().replace(b"charset=UTF-8", b"charset=nowhere"), "malformed"),
        (mail().replace(b"UID:", b"UID:\xff\xfe"), "malformed"),
        (mail(head=f"From: {ANA}\r\n"), "several_senders"),
        (mail(sender=f"{ANA}, b@example.org"), "several_senders"),
        (mail(sender="Ana"), "no_sender"),
        (mail(sender="\0@\0"), "no_sender"),
        (mail().replace(b"From:", b"X-From:"), "no_sender"),
        (mail().replace(b"text/calendar", b"text/plain"), "no_calendar"),
        (
            in_shape("google", calendar())
            .replace(b"application/ics", b"text/calendar")
            .replace(b"=3DACCEPTED", b"=3DDECLINED"),
            "several_calendars",
        ),
        (b"", "no_sender"),
        (b"\0" * 100, "no_sender"),
        (mail(calendar(more=("X-A:" + "a" * CALENDAR_LIMIT,))), "too_large"),
        (mail(calendar(uid="a" * 5000)), "malformed"),
        (b"a" * (MAIL_LIMIT + 1), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_reply_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    assert reason_of(raw) == reason


def test_a_name_that_looks_like_an_address_is_no_sender() -> None:
    assert read_reply(mail(sender='"boss@example.org" <ana@example.org>')).sender == ANA
    assert read_reply(mail(sender="=?utf-8?Q?boss=40example.org?= <ana@example.org>")).sender == ANA
    assert reason_of(mail(sender="boss@example.org <ana@example.org>")) == "several_senders"


def test_a_reply_attached_to_another_mail_is_none() -> None:
    inner = mail()
    raw = (
        b"From: mailer@example.org\r\nTo: a@example.org\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; boundary="r"\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n'
    ) + inner + b"\r\n--r--\r\n"  # fmt: skip
    with pytest.raises(NoReply) as refused:
        read_reply(raw)
    assert (refused.value.reason, refused.value.is_automatic) == ("no_calendar", True)


@pytest.mark.parametrize("head", ["Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n", "Return-Path: <>\r\n"])
def test_the_word_of_being_out_of_office_is_known(head: str) -> None:
    with pytest.raises(NoReply) as refused:
        read_reply(mail(head=head).replace(b"text/calendar", b"text/plain"))
    assert refused.value.is_automatic
    assert read_reply(mail(head=head)).reply == "accepted"  # some calendars reply so as well


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (i, i) for i in range(30_000)),
        b'From: a@b.c\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\n" * 200_000,
        b"From: a@b.c\r\n" + b"a:b\r\n" * 300_000,
        b"From: " + b'"a\\' * 500_000,
        b"From: " + b"((" * 500_000,
        b"To: " + b"a@" * 500_000 + b"\r\nFrom: a@b.c\r\n\r\n",
        mail(calendar(more=("BEGIN:X",) * 40_000)),
        mail(calendar(more=("ATTENDEE" + ";A=B" * 900 + ":mailto:a@b.c",) * 30)),
        mail("BEGIN:VCALENDAR\r\n" + "\r\n " * 60_000),
        mail(calendar(more=("RRULE:FREQ=SECONDLY",) * 3_000)),
    ],
    ids=["nested", "parts", "heads", "quotes", "brackets", "addresses", "begins", "parameters", "folds", "rules"],
)
def test_a_bomb_is_refused_in_no_time(raw: bytes) -> None:
    raw = raw[:MAIL_LIMIT]
    begun = time.process_time()
    assert reason_of(raw) in {None, *UNREAD}
    assert time.process_time() - begun < 1


_LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "METHOD:REPLY", "UID:a", "SEQUENCE:1",
        "DTSTAMP:20261122T160000Z", "ORGANIZER:mailto:a@b.c", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.c", " folded",
        'ATTENDEE;CN="open:mailto:a@b.c', "ATTENDEE;PARTSTAT=:x", "BEGIN", ";:", "", 'SEQUENCE;X="a"b:1',
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(_LINES, max_size=14).map(lambda lines: mail("\r\n".join(lines))),
        st.builds(damaged, st.sampled_from(SHAPES), st.integers(0, 4000), st.binary(max_size=20)),
    )
)
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    assert reason_of(raw) in {None, *UNREAD}
