"""What the pages of a poll's makers say: what an act does and who is told, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app import words
from app.labels import label
from app.models import Poll
from app.services.poll_choice import Choice, is_held_as_asked


@dataclass(frozen=True, slots=True)
class ActWords:
    """What the page of an act says: its question, what follows from it, its button, and what is said afterwards."""

    heading: str
    consequences: tuple[str, ...]
    button: str
    done: str
    is_grave: bool = False


def act_words(act: str, poll: Poll, language: str) -> ActWords:
    """Return what the page of an act on a poll says."""
    parties = words.list_of(
        [words.party_name(code, language) for code in words.party_order(poll.parties, language)], language
    )
    told = _(
        "A message goes to the coordinators and heads of these parties: %(parties)s; to the principals who are asked "
        "by name, and to the secretariat, if any.",
        parties=parties,
    )
    return _ACTS[act](told)


def _extend(told: str) -> ActWords:
    return ActWords(
        _("Give this poll more time?"),
        (told, _("What was answered stays, and can be changed until the new deadline.")),
        _("Set the new deadline"),
        _("The poll has a new deadline."),
    )


def _reopen(told: str) -> ActWords:
    return ActWords(
        _("Open this poll again?"),
        (
            told,
            _("What was answered stays, and can be changed until the new deadline."),
            _("Late answers stay apart until you let them count."),
        ),
        _("Open the poll again"),
        _("The poll is open again."),
    )


def _close(_told: str) -> ActWords:
    return ActWords(
        _("Close this poll now?"),
        (
            _("Nobody gets a message."),
            _("All who see the poll are shown what each delegation answered."),
            _("Answers that come afterwards are late: they count only if you let them."),
        ),
        _("Close the poll"),
        _("The poll is closed."),
    )


def _withdraw(told: str) -> ActWords:
    return ActWords(
        _("Withdraw this poll?"),
        (
            told,
            _("Nothing follows from the answers. They stay in the record."),
            _("This cannot be undone."),
        ),
        _("Withdraw the poll"),
        _("The poll is withdrawn."),
        is_grave=True,
    )


_ACTS: Final[dict[str, Callable[[str], ActWords]]] = {
    "extend": _extend,
    "reopen": _reopen,
    "close": _close,
    "withdraw_poll": _withdraw,
}


def consequences(choice: Choice, language: str) -> list[str]:
    """Return what choosing a slot does and who is told, each in a sentence."""
    return [*_what_becomes(choice, language), *_who_agreed(choice, language), *_who_is_told(choice, language)]


def _what_becomes(choice: Choice, language: str) -> Iterable[str]:
    reference = choice.meeting.reference if choice.meeting else ""
    match choice.way:
        case "propose":
            yield _("The draft becomes a meeting of %(parties)s.", parties=_named(choice.state.parties, language))
        case "change" | "postpone":
            yield _("The meeting %(reference)s moves to this date.", reference=reference)
        case "reinstate":
            yield _("The meeting %(reference)s is reinstated on this date.", reference=reference)
        case "answer":
            yield _("The meeting %(reference)s has this date already.", reference=reference)
    yield from _where(choice, language)
    if choice.way == "postpone":
        yield _("The date that it has now and your reason stay in the record.")


def _where(choice: Choice, language: str) -> Iterable[str]:
    """Return what becomes of a place or a form that the poll asked about and the meeting has not."""
    poll = choice.poll
    if choice.meeting is None or is_held_as_asked(poll, choice.meeting):
        return
    form = label("format", poll.format, language)
    if choice.way != "change":
        yield _("The meeting keeps its place and its form; these are changed on its own page.")
    elif poll.place:
        yield _("It is then held as the poll asked: %(place)s, %(format)s.", place=poll.place, format=form)
    else:
        yield _("It is then held as the poll asked: %(format)s.", format=form)


def _who_agreed(choice: Choice, language: str) -> Iterable[str]:
    if choice.confirmed_by:
        yield _(
            "These parties have said yes to it through a coordinator or head: %(parties)s.",
            parties=_named(choice.confirmed_by, language),
        )
    if choice.state.state == "confirmed":
        yield _("So it is confirmed at once.")
    else:
        yield _(
            "It is proposed, and these parties are asked for their own yes: %(parties)s.",
            parties=_named(choice.asked, language),
        )
    yield _("The poll ends: nothing more is answered.")


def _who_is_told(choice: Choice, language: str) -> Iterable[str]:
    yield _(
        "A message goes to the coordinators and heads of these parties: %(parties)s; to the secretariat, if any, and "
        "to those who go to the meeting.",
        parties=_named(choice.state.parties, language),
    )
    yield _("Everybody else who was asked or has answered is told which date was chosen.")


def _named(parties: Iterable[str], language: str) -> str:
    return words.list_of([words.party_name(code, language) for code in words.party_order(parties, language)], language)
