"""What each act on a text's agreement does, in words: before it is done, on its button, and once it is done."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.agreement import Blocker
from app.domain.silence_advice import Advice
from app.i18n import label, reader_language


@dataclass(frozen=True, slots=True)
class ActWords:
    """The heading of an act, what follows from it, its button, and what is said once it is done."""

    heading: str
    consequences: tuple[str, ...]
    button: str
    done: str
    is_grave: bool = False


def act_words(act: str) -> ActWords:
    """Return the words of an act."""
    return {**_silence_acts(), **_signing_acts()}[act]


def _silence_acts() -> dict[str, ActWords]:
    told = _("All parties to this text and their secretariats are told at once.")
    return {
        "circulate": ActWords(
            _("Put it under silence"),
            (
                _("The clock begins when every delegation’s receipt is recorded; your own is recorded now."),
                _("If no delegation objects in writing before the end, the text is adopted at that instant."),
                _("As long as it is under silence nobody can edit it."),
                told,
            ),
            _("Put it under silence"),
            _("The text is under silence. The clock begins when every delegation has received it."),
        ),
        "accept": ActWords(
            _("Accept it now"),
            (
                _("Your party agrees to this content before the end of the silence."),
                _("Once every party has agreed of its own word, the text is adopted at that instant."),
                _("Until then your party can still object."),
                told,
            ),
            _("Accept it now"),
            _("Your party’s agreement is recorded."),
        ),
        "break_it": ActWords(
            _("Break the silence"),
            (
                _("The text is a draft again. Your party’s own signature on it is void; those of others stand."),
                told,
                _("This cannot be taken back."),
            ),
            _("Break the silence"),
            _("The silence is broken, and all are told."),
            is_grave=True,
        ),
        "extend": ActWords(
            _("Give it more time"),
            (_("The silence ends at the new instant. It is never made shorter."), told),
            _("Give it more time"),
            _("The silence ends later, and all are told."),
        ),
        "withdraw": ActWords(
            _("Take it back from under silence"),
            (_("Nothing is adopted. The text is a draft again and can be edited."), told),
            _("Take it back from silence"),
            _("The text is a draft again, and all are told."),
            is_grave=True,
        ),
        "report": ActWords(
            _("Enter an answer that came by note, mail or telephone"),
            (
                _("It counts neither as an objection nor as silence. The adoption is held until the chair settles it."),
                _("That delegation’s own word goes before it."),
                told,
            ),
            _("Enter it"),
            _("It is entered as reported, and all are told."),
        ),
        "settle": ActWords(
            _("Settle a reported answer"),
            (
                _("Where it was an objection the text is not adopted."),
                _("Where it was none, silence decides: if its end has passed, the text is adopted now."),
                told,
            ),
            _("Settle it"),
            _("The answer is settled, and all are told."),
        ),
    }


def _signing_acts() -> dict[str, ActWords]:
    told = _("All parties to this text and their secretariats are told at once.")
    return {
        "sign": ActWords(
            _("Sign"),
            (
                _("You sign exactly the content named here. Any edit of it voids your signature."),
                _("The last signature that it needs adopts the text, which never changes from then on."),
                told,
            ),
            _("Sign"),
            _("Signed."),
        ),
        "confirm": ActWords(
            _("Confirm for your capital"),
            (_("From now on your party’s signature counts. If it is the last, the text is adopted."), told),
            _("Confirm"),
            _("Confirmed."),
        ),
        "adopt": ActWords(
            _("Adopt the text"),
            (_("It gets its number, and never changes from then on."), told),
            _("Adopt it"),
            _("The text is adopted."),
        ),
        "terms": ActWords(
            _("What it needs to be agreed"),
            (_("Whoever has signed did so on the terms that stand: a change voids every signature."),),
            _("Save"),
            _("Saved."),
        ),
    }


def blocker_words(blocker: Blocker) -> str:
    """Return what stands in the way of adoption, in a sentence."""
    language = reader_language()
    match blocker.kind:
        case "chair":
            return str(_("It is not said whose chair’s summary it is."))
        case "brackets":
            said = ngettext(
                "%(num)s bracket is open. Close it, or note that it stays.",
                "%(num)s brackets are open. Close them, or note that they stay.",
                blocker.count,
            )
            return str(said)
        case "languages":
            named = words.list_of([label("language", each) for each in blocker.names], language)
            return str(_("Not cleared: %(languages)s.", languages=named))
        case "signatures":
            return str(_("Not signed yet: %(parties)s.", parties=_parties(blocker.names)))
        case _:
            return str(_("Waits for its capital: %(parties)s.", parties=_parties(blocker.names)))


def _parties(codes: tuple[str, ...]) -> str:
    language = reader_language()
    return words.list_of([words.party_name(code, language) for code in words.party_order(codes, language)], language)


def advice_words(advice: Advice) -> str:
    """Return what is worth a second look about an end, in a sentence; nobody is held to it."""
    language = reader_language()
    if advice.local is None or advice.party is None:
        return str(_("It ends in less than 24 hours."))
    city = words.city_of(str(advice.local.tzinfo), language, advice.party)
    day = words.weekday_day_month(advice.local.date(), language)
    if advice.key == "closure" and advice.name is not None:
        name = words.pick({"en": advice.name.en, "es": advice.name.es, "fr": advice.name.fr}, language)[0]
        return str(_("%(day)s is a closure in %(city)s: %(name)s.", day=day, city=city, name=name))
    if advice.key == "weekend":
        return str(_("%(day)s is at the weekend in %(city)s.", day=day, city=city))
    time = words.time_of_day(advice.local, language)
    return str(_("It is night then in %(city)s: %(time)s.", city=city, time=time))
