"""`flask --app wsgi mail …`: what came to Entente's own address."""

from __future__ import annotations

import sys
from typing import BinaryIO, Final

import click
from flask.cli import AppGroup

from app.calendars.replies import MAIL_LIMIT
from app.extension import database, settings
from app.logs import get_logger
from app.services.replies import refused_mails, take_mail

# As <sysexits.h> has it, which mail servers go by: this mail is to be tried again later.
TRY_LATER: Final = 75
_CHUNK: Final = 1024 * 1024

group = AppGroup("mail", help="What came to Entente's own address.")


@group.command("read")
def read() -> None:
    """Take one mail from standard input, as a mail server pipes it: a reply to an invitation changes an answer.

    Ends with 0 for a reply that is refused, too, since a mail server would tell whoever was named as its sender; with
    75 where the mail is to be tried again.
    """
    mail = _whole(sys.stdin.buffer)
    try:
        taken = take_mail(database(), mail, settings().secret_key, "pipe")
    except Exception:  # noqa: BLE001 - with any other status the mail would be returned to whoever it names
        get_logger().exception("mail not taken")
        sys.exit(TRY_LATER)
    click.echo(f"{taken.outcome.capitalize()}: {taken.reason}." if taken.reason else f"{taken.outcome.capitalize()}.")


def _whole(stream: BinaryIO) -> bytes:
    """Return a mail, one byte more of it than is read at most; the rest is taken from the mail server, and dropped."""
    mail = stream.read(MAIL_LIMIT + 1)
    while len(mail) > MAIL_LIMIT and stream.read(_CHUNK):
        continue
    return mail


@group.command("refused")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many at most.")
def refused(limit: int) -> None:
    """List the mails that changed nothing, the newest first: when, by which way, why, and who they said they were."""
    rows = refused_mails(database(), limit)
    for row in rows:
        click.echo(f"{row.received_at:%Y-%m-%d %H:%M} UTC  {row.way}  {row.reason}  {row.sender or '-'}")
    if not rows:
        click.echo("No mail was refused.")
