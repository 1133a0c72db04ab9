"""The draft minutes: what was captured in the room, item by item, as a text that the parties then agree.

What was captured is put into a text once; what is captured later is offered to be added. The minutes of items that
only some of the parties had are a text of these parties alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.markdown_tree import LineBreak, Paragraph, Text
from app.domain.markdown_writing import to_markdown
from app.domain.room import MINUTED_KINDS
from app.domain.visibility import Action, can, parties_in
from app.models import AgendaItem, AgreedText, Meeting, MinuteEntry, Room, TextParagraph
from app.services.agenda import items_of
from app.services.meeting_audience import keys_of_each
from app.services.meetings import facts_of_meeting
from app.services.rooms import find_room, raise_beat
from app.services.text_edits import add_paragraph, open_text
from app.services.text_making import Heading, TextOrder, make_text


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a meeting, or of some of its parties: the text once it is drafted, and what is not in it yet.

    `parties` is empty for the minutes of all of them. `has_points` says that some of that are points made.
    """

    parties: tuple[str, ...]
    text: AgreedText | None
    waiting: tuple[MinuteEntry, ...]

    @property
    def has_points(self) -> bool:
        """Say whether points that were made are among what waits."""
        return any(entry.kind not in MINUTED_KINDS for entry in self.waiting)


@dataclass(frozen=True, slots=True)
class _Captured:
    item: AgendaItem | None
    number: int
    entries: list[MinuteEntry]


def draft_minutes(
    session: GuardedSession,
    meeting: Meeting,
    *,
    language: str | None = None,
    parties: Sequence[str] = (),
    with_points: bool = False,
) -> AgreedText:
    """Make the draft minutes: a heading per item, its conclusions, decisions and actions as paragraphs under it.

    `language` is that of the text, by default the one that most was captured in; words are not translated. `parties`
    names those whose items apart are meant. Points that were made are left out unless they are asked for, and name
    the party that made them only where the room attributes. Raises `Refusal` `forbidden`, `no_room`,
    `minutes_exist`, `nothing_captured`, and what `make_text` raises.
    """
    named = _held_room(session, meeting).is_attributed
    found = _minutes(session, meeting, tuple(sorted(parties)))
    if found.text is not None:
        raise Refusal("minutes_exist")
    captured = _by_item(session, meeting, found.waiting, with_points=with_points)
    if not captured:
        raise Refusal("nothing_captured")
    chosen = language or _usual_language(captured)
    paragraphs: list[str | Heading] = []
    entries: list[MinuteEntry | None] = []
    for each in captured:
        if each.item is not None:
            paragraphs.append(_heading(each.item, each.number, chosen))
            entries.append(None)
        for entry in each.entries:
            paragraphs.append(_markdown(entry, chosen, is_named=named))
            entries.append(entry)
    text = make_text(
        session,
        TextOrder(
            kind="minutes", title=_titles(meeting), original_language=chosen, meeting=meeting,
            parties=frozenset(parties) if parties else None, paragraphs=tuple(paragraphs),
        ),
    )  # fmt: skip
    _note_places(session, text, entries)
    _tell(session, meeting, text, "minutes_drafted")
    return text


def add_to_minutes(
    session: GuardedSession, meeting: Meeting, *, parties: Sequence[str] = (), with_points: bool = False
) -> AgreedText:
    """Add what was captured since to the minutes, each under its item, and return them.

    Raises `Refusal` `forbidden`, `no_room`, `no_minutes`, `nothing_captured`, and what an edit of a text raises.
    """
    named = _held_room(session, meeting).is_attributed
    found = _minutes(session, meeting, tuple(sorted(parties)))
    if found.text is None:
        raise Refusal("no_minutes")
    text = open_text(session, found.text.reference)
    captured = _by_item(session, meeting, found.waiting, with_points=with_points)
    if not captured:
        raise Refusal("nothing_captured")
    for each in captured:
        after = _last_of(session, text, each.item)
        if each.item is not None and after is None:
            heading = _heading(each.item, each.number, text.original_language)
            after = add_paragraph(session, text, heading, after=_last_of(session, text, None)).id
        for entry in each.entries:
            markdown = _markdown(entry, text.original_language, is_named=named)
            row = add_paragraph(session, text, markdown, after=after or _last_of(session, text, None))
            entry.paragraph_id = after = row.id
    _tell(session, meeting, text, "minutes_extended")
    return text


def minutes_of(session: GuardedSession, meeting: Meeting) -> tuple[Minutes, ...]:
    """Return the minutes of a meeting, and of each set of its parties that had items of their own; in three statements.

    Of these only those whose items the viewer sees; one statement more where somebody came, or it was released.
    """
    items = items_of(session, meeting.id)
    entries = session.execute(
        select(MinuteEntry)
        .where(MinuteEntry.meeting_id == meeting.id, MinuteEntry.removed.is_(False))
        .order_by(MinuteEntry.position, MinuteEntry.id)
    ).scalars()
    waiting = [entry for entry in entries if entry.paragraph_id is None]
    texts = session.execute(
        select(AgreedText)
        .where(AgreedText.meeting_id == meeting.id, AgreedText.kind == "minutes", AgreedText.state != "withdrawn")
        .order_by(AgreedText.created_at, AgreedText.id)
    ).scalars()
    drafted = {tuple(sorted(text.parties)): text for text in reversed(list(texts))}
    table = tuple(sorted(row.party_code for row in meeting.parties if not row.removed))
    of_all = _seen_by_all(session, meeting, frozenset(table), _of_series((), items, waiting))
    series = sorted({_series(item) for item in items if item.parties})
    return (
        Minutes((), drafted.get(table), of_all),
        *(Minutes(parties, drafted.get(parties), _of_series(parties, items, waiting)) for parties in series),
    )


def _minutes(session: GuardedSession, meeting: Meeting, parties: tuple[str, ...]) -> Minutes:
    found = next((each for each in minutes_of(session, meeting) if each.parties == parties), None)
    if found is None:
        raise Refusal("nothing_captured")
    return found


def _series(item: AgendaItem) -> tuple[str, ...]:
    return tuple(sorted(item.parties))


def _seen_by_all(
    session: GuardedSession, meeting: Meeting, parties: frozenset[str], entries: tuple[MinuteEntry, ...]
) -> tuple[MinuteEntry, ...]:
    """Return the entries that all these parties see: who came to the meeting later reads nothing from before."""
    others = {entry.audience_id for entry in entries} - {meeting.audience_id}
    keys = keys_of_each(session, others) if others else {}
    unseen = {audience_id for audience_id in others if not parties_in(keys[audience_id]) >= parties}
    return tuple(entry for entry in entries if entry.audience_id not in unseen)


def _of_series(
    parties: tuple[str, ...], items: Sequence[AgendaItem], waiting: Iterable[MinuteEntry]
) -> tuple[MinuteEntry, ...]:
    """Return what waits of the items of these parties, in the order of the agenda; first what is under no item."""
    places: dict[uuid.UUID | None, int] = {} if parties else {None: -1}
    places |= {item.id: place for place, item in enumerate(items) if _series(item) == parties}
    return tuple(sorted((each for each in waiting if each.item_id in places), key=lambda each: places[each.item_id]))


def _by_item(
    session: GuardedSession, meeting: Meeting, entries: Iterable[MinuteEntry], *, with_points: bool
) -> list[_Captured]:
    """Return what is to be minuted under its items, in the order of the agenda; first what is under none."""
    if not can(session.bound_viewer, Action.TAKE_NOTES, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    taken = [entry for entry in entries if with_points or entry.kind in MINUTED_KINDS]
    found = [_Captured(None, 0, [entry for entry in taken if entry.item_id is None])]
    numbers: dict[tuple[str, ...], int] = {}
    for item in items_of(session, meeting.id):
        series = _series(item)
        numbers[series] = numbers.get(series, 0) + (0 if item.removed else 1)
        number = 0 if item.removed else numbers[series]
        found.append(_Captured(item, number, [entry for entry in taken if entry.item_id == item.id]))
    return [each for each in found if each.entries]


def _held_room(session: GuardedSession, meeting: Meeting) -> Room:
    """Return the room, held before its notes are read: what is put into minutes at once by two is there once."""
    room = find_room(session, meeting.id, lock=True)
    if room is None:
        raise Refusal("no_room")
    return room


def _usual_language(captured: Iterable[_Captured]) -> str:
    spoken = [entry.language for each in captured for entry in each.entries]
    return max(words.LANGUAGES, key=spoken.count)


def _titles(meeting: Meeting) -> dict[str, str]:
    return {
        code: str(words.translations(code).gettext("Minutes, %(reference)s")) % {"reference": meeting.reference}
        for code in words.LANGUAGES
    }


def _heading(item: AgendaItem, number: int, language: str) -> Heading:
    title = _escaped(words.pick(item.title, language)[0])
    return Heading(f"{number}\\. {title}" if number else title, item.id)


def _markdown(entry: MinuteEntry, language: str, *, is_named: bool) -> str:
    """Return an entry as a paragraph of Markdown; an action says who owes it, a point who made it."""
    gettext = words.translations(language).gettext
    said = entry.words
    if entry.kind == "point" and is_named and entry.speaker_party:
        said = f"{words.party_name(entry.speaker_party, language)}{words.before_signs(language)}: {said}"
    if entry.kind == "action" and entry.owed_by:
        names = words.list_of([words.party_name(code, language) for code in entry.owed_by], language)
        until = words.date_plain(entry.due_on, language) if entry.due_on else ""
        owed = gettext("%(parties)s, by %(day)s") if until else "%(parties)s"
        said = f"{said} ({str(owed) % {'parties': names, 'day': until}})"
    return _escaped(said)


def _escaped(said: str) -> str:
    """Return what was typed as Markdown that reads as it was typed."""
    blocks = []
    for block in said.split("\n\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        inlines: list[Text | LineBreak] = []
        for line in lines:
            inlines += [Text(line), LineBreak()]
        blocks.append(Paragraph(tuple(inlines[:-1])))
    return to_markdown(blocks)


def _note_places(session: GuardedSession, text: AgreedText, entries: Sequence[MinuteEntry | None]) -> None:
    """Note in which paragraph of the text each entry stands; the paragraphs are in the order of the entries."""
    rows = session.execute(
        select(TextParagraph).where(TextParagraph.text_id == text.id).order_by(TextParagraph.position)
    ).scalars()
    for row, entry in zip(rows, entries, strict=True):
        if entry is not None:
            entry.paragraph_id = row.id


def _last_of(session: GuardedSession, text: AgreedText, item: AgendaItem | None) -> uuid.UUID | None:
    """Return the last paragraph of an item that stands in a text, or the last of the text."""
    query = select(TextParagraph.id).where(TextParagraph.text_id == text.id, TextParagraph.removed.is_(False))
    if item is not None:
        query = query.where(TextParagraph.item_id == item.id)
    return session.execute(query.order_by(TextParagraph.position.desc()).limit(1)).scalar_one_or_none()


def _tell(session: GuardedSession, meeting: Meeting, text: AgreedText, act: str) -> None:
    room = find_room(session, meeting.id)
    if room is not None and text.audience_id == room.audience_id:
        raise_beat(session, room)
    session.record(act, "room", meeting.id, text.audience_id, reference=text.reference)
