"""What a person reads when something they asked for is refused: one sentence per key, and what to do next."""

from __future__ import annotations

import datetime as dt
from typing import Final

from app import words
from app.domain.errors import Refusal
from app.i18n import reader_language


def N_(message: str) -> str:  # noqa: N802  the name by which message extraction knows a marked string
    """Mark a message for translation where it is written; it is translated where it is used."""
    return message


MESSAGES: Final[dict[str, str]] = {
    "not_found": N_("There is nothing here that you can see."),
    "forbidden": N_("Your role does not allow this."),
    "not_in_state": N_("This can no longer be done: the record has moved on. Open it again to see where it stands."),
    "stale_version": N_("Somebody changed this after you opened it. Compare the two versions, then save again."),
    "repeated": N_("This was already done. Nothing was done twice."),
    "expired": N_("This has expired. Ask for a new one."),
    "reason_required": N_("Give a reason. It stays in the record."),
    # Text
    "required": N_("Fill this in."),
    "too_long": N_("Use %(limit)s characters or fewer."),
    "control_characters": N_("This contains characters that cannot be printed. Type it again, or paste it as plain text."),
    "bidi_override": N_("This contains hidden marks that turn the direction of writing. Type it again, or paste it as plain text."),
    # Dates and times
    "not_a_date": N_("This is not a date. Write the year, the month and the day, as in 2026-12-10."),
    "not_a_time": N_("This is not a time. Write it on 24 hours, as in 14:30."),
    "unknown_zone": N_("There is no time zone called “%(zone)s”. Choose one from the list."),
    "ends_before_start": N_("The end comes before the start."),
    "too_many_days": N_("A meeting lasts %(limit)s days at most."),
    "time_in_gap": N_("The clocks go forward that day and skip this time. Choose an earlier or a later one."),
    "time_in_fold": N_("The clocks go back that day and this time comes twice. Say which of the two is meant."),
    # Parties
    "needs_party": N_("Choose at least one party."),
    "unknown_party": N_("This party cannot be chosen here."),
    # Files
    "file_too_large": N_("This file is too large. A file may have %(limit)s MB at most."),
    "file_type": N_("Files of this kind cannot be attached."),
    # People
    "wrong_password": N_("This is not your present password."),
    "password_too_short": N_("Use %(minimum)s characters or more."),
    "password_too_common": N_("This password is too well known. Choose another."),
    "sign_in_failed": N_("The address and the password do not belong together. Check both and try again."),
    "too_many_attempts": N_("There were too many attempts. Wait a while, then try again."),
}


def message_for(refusal: Refusal, language: str | None = None) -> str:
    """Return the sentence for a refusal, in the reader's language unless another is named.

    Raises `KeyError` when nobody has written a sentence for the refusal's key.
    """
    spoken = language or reader_language()
    sentence = words.translations(spoken).gettext(MESSAGES[refusal.key])
    return str(sentence % {name: _in_words(value, spoken) for name, value in refusal.values.items()})


def _in_words(value: object, language: str) -> str:
    """Write a value into a sentence as the language writes it."""
    match value:
        case bool() | str():
            return str(value)
        case int() | float():
            return words.number(value, language)
        case dt.datetime():
            return f"{words.date_short(value.date(), language)}, {words.time_of_day(value, language)}"
        case dt.date():
            return words.date_plain(value, language)
        case dt.time():
            return words.time_of_day(value, language)
        case dict():
            return words.pick(value, language)[0]
        case _:
            return str(value)
