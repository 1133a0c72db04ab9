"""What the pages of drafts show: choices, clocks, questions about times, and a field's value in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app import labels, pictures, words
from app.domain.errors import Refusal, StaleVersion
from app.domain.meeting_advice import FIELDS
from app.domain.meeting_content import (
    FROM_TEMPLATE,
    LANGUAGES,
    NO_AGENDA,
    MeetingContent,
    Refused,
    Timing,
    doubled_time,
)
from app.domain.visibility import Viewer
from app.domain.walltime import TimeInFold, TimeInGap
from app.i18n import in_language, reader_language
from app.models import Mechanism, Party
from app.pictures import Clock, Place
from app.services.drafts import choosable_mechanisms
from app.services.staged_changes import Publication
from app.web.drafts import beside
from app.web.drafts.forms import AD_HOC, MeetingForm, host_choices, hosting_fields
from app.web.routing import session
from app.web.zones import zone_choices

Choices = Sequence[tuple[str, str]]


def set_choices(
    form: MeetingForm,
    parties: Mapping[str, Party],
    mechanisms: Iterable[Mechanism],
    content: MeetingContent | None,
    formats: Iterable[str],
) -> None:
    """Give the form's fields what can be chosen, in the reader's language; questions about times come apart."""
    language = reader_language()
    form.mechanism.choices = [
        (AD_HOC, _("None: an ad hoc meeting")),
        *((row.code, words.pick(row.name, language)[0]) for row in mechanisms),
    ]
    form.original.choices = list(labels.labels("language", language).items())
    form.parties.choices = [(code, words.party_name(code, language)) for code in words.party_order(parties, language)]
    form.kind.choices = beside.kind_choices(language)
    form.around.choices = beside.around_choices(session(), content.around if content else "", language)
    form.format.choices = [(key, labels.label("format", key, language)) for key in formats]
    form.zone.choices = zone_choices(language)
    form.agenda.choices = _agendas(content.agenda if content else None)
    for field in hosting_fields(form):
        field.choices = host_choices()
    form.choice.choices, form.instead_starts.choices, form.instead_ends.choices = [], [], []


def _agendas(chosen: str | None) -> list[tuple[str, str]]:
    choices = [(FROM_TEMPLATE, _("the template’s items")), (NO_AGENDA, _("no items"))]
    if chosen and chosen not in {FROM_TEMPLATE, NO_AGENDA}:
        choices.append((chosen, _("the items of %(reference)s", reference=chosen)))
    return choices


def ask_about_times(form: MeetingForm, refusal: Refusal | None, content: MeetingContent | None) -> None:
    """Give the form the questions that its times ask: which of two, or which instead of one that is skipped."""
    every = refusal.refusals if isinstance(refusal, Refused) else (refusal,) if refusal else ()
    for each in every:
        if isinstance(each, TimeInGap) and each.field in {"starts", "ends"}:
            form[f"instead_{each.field}"].choices = [_wall_choice(each.earlier), _wall_choice(each.later)]
    question = next((each for each in every if isinstance(each, TimeInFold)), None)
    if question is None and content is not None and content.choice is not None:
        question = doubled_time(content)
    if question is not None:
        form.choice.choices = fold_choices(question)


def _wall_choice(wall: dt.datetime) -> tuple[str, str]:
    language = reader_language()
    return wall.strftime("%H:%M"), f"{words.time_of_day(wall, language)}, {words.date_short(wall.date(), language)}"


def fold_choices(question: TimeInFold) -> list[tuple[str, str]]:
    """Return the two instants that a doubled time can be, each with its offset."""
    zone = question.earlier.zone_name
    first, second = (_with_offset(each.instant, zone) for each in (question.earlier, question.later))
    return [("earlier", _("the first: %(time)s", time=first)), ("later", _("the second: %(time)s", time=second))]


def _with_offset(instant: dt.datetime, zone: str) -> str:
    language = reader_language()
    wall = words.local(instant, zone)
    return f"{words.time_of_day(wall, language)} {words.offset_words(instant, zone, language)}"


# Clocks -------------------------------------------------------------------------------------------


def clocks_for(timing: Timing, who: Viewer, parties: Mapping[str, Party], chosen: Iterable[str]) -> list[Clock]:
    """Return the clocks of the meeting's zone, the chosen parties' capitals and the reader, for its first sitting.

    None for a meeting of days without hours.
    """
    if not timing.when.sittings:
        return []
    language = reader_language()
    starts_at, ends_at = timing.when.sittings[0]
    places: dict[str, Place] = {}
    zone = timing.when.zone_name
    _put(places, words.city_of(zone, language), zone, is_meeting=True)
    for code in words.party_order(chosen, language):
        party = parties.get(code)
        if party and party.time_zone:
            city = words.pick(party.capital, language)[0] or words.city_of(party.time_zone, language, code)
            _put(places, city, party.time_zone)
    _put(places, words.city_of(who.time_zone, language, who.party), who.time_zone, is_reader=True)
    return pictures.clocks(starts_at, ends_at, list(places.values()), language)


def _put(places: dict[str, Place], city: str, zone: str, *, is_meeting: bool = False, is_reader: bool = False) -> None:
    known = places.get(city)
    places[city] = Place(
        city, zone, is_meeting or bool(known and known.is_meeting), is_reader or bool(known and known.is_reader)
    )


# Words for values ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One field with two values in words."""

    label: str
    yours: str
    theirs: str

    def __iter__(self) -> Any:
        """Give the three in order, as the comparison takes them."""
        return iter((self.label, self.yours, self.theirs))


def field_labels() -> dict[str, str]:
    """Return the names of a content's fields, in the order of the form."""
    return {
        "mechanism": _("Mechanism"),
        "kind": _("Kind"),
        "around": _("Around"),
        "title": _("Title"),
        "original": _("The title was written in"),
        "ordinal": _("Number in its series"),
        "parties": _("Parties"),
        "hosting": _("Hosts"),
        "format": _("Form"),
        "place": _("Place"),
        "conference_url": _("Address of the video conference"),
        "zone": _("Time zone"),
        "first_day": _("First day"),
        "last_day": _("Last day"),
        "starts": _("Start"),
        "ends": _("End"),
        "choice": _("Which of the two times"),
        "agenda": _("The agenda begins with"),
    }


def in_words(name: str, value: Any) -> str:
    """Return the value of one of a content's fields as a person reads it; nothing for what is not said."""
    language = reader_language()
    if value is None or value in ("", (), {}):
        return ""
    match name, value:
        case (("mechanism" | "format" | "original" | "choice" | "agenda" | "kind" | "around"), _):
            said = _chosen(name, value, language)
        case "title", _:
            said = "; ".join(f"{key.upper()} {value[key]}" for key in LANGUAGES if value.get(key))
        case "parties", _:
            said = _names(value)
        case "hosting", _:
            said = _hosts(value, language)
        case "zone", _:
            said = f"{words.city_of(value, language)} ({value})"
        case _, dt.time():
            said = words.time_of_day(value, language)
        case _, dt.date():
            said = words.date_short(value, language)
        case _:
            said = str(value)
    return said


def _chosen(name: str, value: str, language: str) -> str:
    """Return the words of what was chosen; a mechanism that can no longer be is said by its code."""
    match name:
        case "mechanism":
            named = {row.code: row.name for row in choosable_mechanisms(session())}
            return words.pick(named.get(value, value), language)[0]
        case "choice":
            return str(_("the first") if value == "earlier" else _("the second"))
        case "agenda":
            return dict(_agendas(value))[value]
        case "around":
            return beside.in_words(session(), value, language)
        case "kind":
            return labels.labels("meeting_kind", language).get(value, value)
        case _:
            group = labels.labels("format" if name == "format" else "language", language)
            return group.get(value, "")


def _hosts(hosting: Mapping[str, str], language: str) -> str:
    parts = dict(host_choices())
    return ", ".join(
        f"{words.party_name(code, language)} ({parts.get(hosting[code], '')})"
        for code in words.party_order(hosting, language)
    )


def compared(stale: StaleVersion) -> list[Row]:
    """Return what the person typed beside what stands now, field by field."""
    return [
        Row(label, in_words(name, stale.yours.get(name)), in_words(name, stale.theirs.get(name)))
        for name, label in field_labels().items()
        if stale.yours.get(name) or stale.theirs.get(name)
    ]


def compared_contents(yours: MeetingContent, theirs: MeetingContent) -> list[Row]:
    """Return a draft of changes beside the meeting as it stands."""
    names = field_labels()
    return [
        Row(names[name], in_words(name, getattr(yours, name)), in_words(name, getattr(theirs, name)))
        for name in FIELDS
        if getattr(yours, name) or getattr(theirs, name)
    ]


@dataclass(frozen=True, slots=True)
class PartyPreview:
    """What one party will see: the title in its languages, its local time, whether the proposal is its yes."""

    code: str
    titles: tuple[Any, ...]
    days: str
    times: str
    has_said_yes: bool


def previews_of_parties(
    content: MeetingContent, timing: Timing, parties: Mapping[str, Party], said_yes: Iterable[str]
) -> list[PartyPreview]:
    """Return what each party will see, in the order of the reader's language."""
    language = reader_language()
    yes = set(said_yes)
    return [
        PartyPreview(
            code=code,
            titles=_titles(content, parties[code]),
            days=words.date_range(timing.when.first_day, timing.when.last_day, language),
            times=_local_times(timing, parties[code].time_zone),
            has_said_yes=code in yes,
        )
        for code in words.party_order(content.parties, language)
    ]


def _titles(content: MeetingContent, party: Party) -> tuple[Any, ...]:
    """Return the title as the party's people read it, once in each of its languages that differ."""
    spoken = [language for language in party.facts.get("languages", ()) if language in LANGUAGES] or ["en"]
    shown = {str(in_language(content.titles, language)): in_language(content.titles, language) for language in spoken}
    return tuple(shown.values())


def _local_times(timing: Timing, zone: str | None) -> str:
    """Return the first sitting's hours in a capital, with the day there where it is another one, and the offset."""
    if not timing.when.sittings or zone is None:
        return ""
    language = reader_language()
    starts_at, ends_at = timing.when.sittings[0]
    starts, ends = words.local(starts_at, zone), words.local(ends_at, zone)
    said = f"{words.time_range(starts, ends, language)} {words.offset_words(starts_at, zone, language)}"
    if starts.date() != timing.when.first_day:
        said = f"{words.date_short(starts.date(), language)}, {said}"
    return said


def changes_in_words(planned: Publication) -> list[Row]:
    """Return the fields that differ, as they stand and as they will be, each hour with its city."""
    names, language = field_labels(), reader_language()
    rows = []
    for each in planned.changes:
        said = []
        for value, content in ((each.old, planned.old), (each.new, planned.ready.content)):
            written = in_words(each.field, value)
            is_hour = isinstance(value, dt.time)
            said.append(f"{written} {words.city_of(content.zone, language)}" if is_hour else written)
        rows.append(Row(names[each.field], *said))
    return rows


def causes_in_words(planned: Publication) -> list[str]:
    """Return what publishing changes causes, beside the changes themselves, as sentences."""
    language = reader_language()

    causes = []
    asked = [code for code, answer in planned.state.answers.items() if not answer.confirms]
    if planned.moves and asked:
        causes.append(_("The time moves: %(names)s will be asked again.", names=_names(asked)))
    elif planned.is_asked_again and asked:
        causes.append(_("The parties change: %(names)s will be asked.", names=_names(asked)))
    if planned.state.state != planned.meeting.state:
        state = labels.label("meeting_state", planned.state.state, language)
        causes.append(_("The meeting’s state becomes: %(state)s.", state=state))
    if planned.added:
        causes.append(_("From now on it is seen by %(names)s too.", names=_names(planned.added)))
    if planned.dropped:
        causes.append(_("It is no longer seen by %(names)s.", names=_names(planned.dropped)))
    if not planned.is_asked_again:
        causes.append(_("The answers of the parties stay as they are."))
    return causes


def _names(codes: Iterable[str]) -> str:
    language = reader_language()
    return words.list_of([words.party_name(code, language) for code in words.party_order(codes, language)], language)
