"""What a person reads when something they asked for is refused: one sentence per key, and what to do next."""

from __future__ import annotations

import datetime as dt
from typing import Final

from app import words
from app.domain.errors import Refusal
from app.i18n import as_typed, reader_language


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
    "key_service_down": N_(
        "The key service of %(party)s cannot be reached. Until it answers, what is sealed under its key can be neither"
        " opened nor saved. Nothing was saved; try again in a minute."
    ),
    "key_missing": N_(
        "This is sealed under a key of %(party)s that is no longer there. Nothing was saved. Tell the person who runs"
        " Entente for you."
    ),
    "reason_required": N_("Give a reason. It stays in the record."),
    # The room of a meeting
    "room_not_yet": N_("The room opens once every party has confirmed the meeting."),
    "no_room": N_("The room of this meeting is not open yet. Whoever chairs opens it."),
    "room_closed": N_("The meeting has ended in its room. Open the room again to go on."),
    "no_next_item": N_("There is no other item in that direction."),
    "unknown_act": N_("This page does not know that step. Open it again."),
    "stays_unattributed": N_("Things were said under non-attribution. It cannot be taken back for them."),
    "too_many_notes": N_("An item takes %(limit)s entries at most."),
    "minutes_exist": N_("These minutes are drafted already. What was captured since can be added to them."),
    "nothing_captured": N_("Nothing is captured that is not in the minutes yet."),
    "no_minutes": N_("There are no minutes yet to add to. Draft them first."),
    "no_action_captured": N_("This is no captured action item, or it was removed."),
    # Text
    "required": N_("Fill this in."),
    "too_long": N_("Use %(limit)s characters or fewer."),
    "control_characters": N_(
        "This contains characters that cannot be printed. Type it again, or paste it as plain text."
    ),
    "bidi_override": N_(
        "This contains hidden marks that turn the direction of writing. Type it again, or paste it as plain text."
    ),
    # Wordings: Markdown and disputed words
    "unseen_character": N_(
        "Line %(line)s has a character that nobody sees: %(character)s, after “%(before)s”. Delete it there, or paste"
        " the text as plain text."
    ),
    "html_not_allowed": N_(
        "“%(words)s” reads as HTML, which is not taken. Leave it out; if the character < itself is meant, write \\<."
    ),
    "image_not_allowed": N_("Pictures are not taken (“%(words)s”). Add a picture as a document instead."),
    "link_not_allowed": N_(
        "“%(words)s” is no address that a link may lead to. Begin it with https://, http:// or mailto:, without a"
        " password."
    ),
    "link_with_title": N_("A link has words that only some readers see: “%(words)s”. Write them in the text instead."),
    "table_too_large": N_(
        "A table has %(columns)s columns, and all tables together %(limit)s cells, at most. Add a larger one as a"
        " document."
    ),
    "table_row_too_long": N_(
        "This row has more cells than the head of its table: “%(words)s”. Take some away, or write \\| for the"
        " character itself."
    ),
    "nested_too_deep": N_("Lists and emphasis stand inside one another %(limit)s deep at most. Make it flatter."),
    "too_many_marks": N_("There are more than %(limit)s marks of Markdown in this. Divide the text."),
    "bracket_hidden": N_(
        "Disputed words stand where they would not be seen, in an address or across the cells of a table:"
        " “%(words)s”. Put the whole address or cell in the bracket."
    ),
    "bracket_not_closed": N_(
        "Bracket %(number)s is not closed: “%(words)s”. Write ]] after its last alternative; for brackets that are"
        " meant as such, write \\[[."
    ),
    "bracket_not_opened": N_(
        "]] closes no bracket: “%(words)s”. Write [[ before its first alternative; for brackets that are meant as such,"
        " write ]\\]."
    ),
    "bracket_nested": N_(
        "Bracket %(number)s has another inside it: “%(words)s”. Write one bracket with more alternatives."
    ),
    "bracket_untagged": N_(
        "Bracket %(number)s has an alternative without its parties: “%(words)s”. Begin each with their codes and a"
        " colon, as in [[CA MX: words][US: other words]]."
    ),
    "bracket_untagged_twice": N_(
        "Bracket %(number)s has two alternatives that are nobody’s: “%(words)s”. Say whose they are."
    ),
    "bracket_empty": N_(
        "Bracket %(number)s has no words in it: “%(words)s”. Write those that are disputed, or take it away."
    ),
    "bracket_unknown_party": N_("%(party)s in bracket %(number)s is no party to this text: “%(words)s”."),
    "bracket_party_twice": N_(
        "%(party)s is named twice in bracket %(number)s: “%(words)s”. A party wants one alternative."
    ),
    "bracket_same_words": N_(
        "Two alternatives of bracket %(number)s are the same: “%(words)s”. Put their parties behind one of them."
    ),
    "bracket_three": N_(
        "Bracket %(number)s ends in three: “%(words)s”. Write \\] for the one that belongs to the words."
    ),
    "bracket_lines": N_("Bracket %(number)s goes over an empty line: “%(words)s”. Write one in each paragraph."),
    "bracket_too_many": N_("A paragraph has %(limit)s brackets at most. Divide it."),
    "bracket_too_many_alternatives": N_("Bracket %(number)s has more than %(limit)s alternatives: “%(words)s”."),
    "bracket_gone": N_("This bracket is not there any more: the text has changed. Look at it again."),
    # Agreed texts
    "text_under_silence": N_("This text is under silence. Withdraw the silence before you change it."),
    "text_adopted": N_("This text is adopted and never changes. Begin a corrigendum or a revision of it."),
    "text_withdrawn": N_("This text was put aside. Take it up again to go on with it."),
    "text_of_nothing": N_("Say of which meeting or mechanism this text is."),
    "too_many_paragraphs": N_("A text has %(limit)s paragraphs at most. Divide it."),
    "empty_paragraph": N_("Nothing would be left of this paragraph. Take the whole paragraph away instead."),
    "paragraph_reserved_on": N_(
        "A reservation or a statement stands on this paragraph. Its party has to withdraw that first."
    ),
    # Agreement, signatures and silence
    "chair_missing": N_("A chair’s summary has one chair, of the text’s parties. Say who that is."),
    "exceptions_not_here": N_(
        "This text is agreed as a whole. Sign it without exceptions, or write a reservation on the paragraph."
    ),
    "unknown_paragraph": N_("One of these paragraphs is not in the text any more. Look at it again."),
    "excepts_everything": N_("Nothing would be left that your party endorses. Do not sign instead."),
    "confirm_by_has_passed": N_("This day has passed in your capital. Give the last day on which it can confirm."),
    "confirm_by_after_silence": N_(
        "The silence ends on %(last)s in your capital and waits for nobody. Choose that day or an earlier one, or ask"
        " the chair for more time."
    ),
    "text_not_agreed": N_("This text cannot be adopted yet. What is missing is listed above."),
    "text_has_obstacles": N_("This text cannot go under silence yet. What stands in the way is listed above."),
    "revision_not_issued": N_(
        "What stands here was not issued as a revision. Issue one first, so that everybody can read later what was"
        " agreed to."
    ),
    "already_signed": N_("Your party has signed this content already."),
    "nothing_to_confirm": N_("No signature of your party waits for your capital."),
    "referendum_lapsed": N_("The last day for your capital has passed, and the signature with it. Sign again."),
    "nothing_signed": N_("Your party has no signature on this text that could be taken back."),
    "silence_needs_mechanism": N_(
        "This text belongs to no mechanism, and parties opt into the silence procedure by mechanism. Have it signed."
    ),
    "silence_not_opted_in": N_(
        "Not every party takes part in the silence procedure for this mechanism: %(parties)s. Have the text signed, or"
        " ask for that first."
    ),
    "silence_alone": N_("There is nobody else who could object. Sign this text instead."),
    "silence_not_for_chairs_summary": N_("A chair’s summary is its chair’s own. It is signed and issued by the chair."),
    "silence_in_the_past": N_("This moment has passed. A silence ends in the future."),
    "silence_end_advised": N_("Read first what is said of this end. Press again to keep it, or choose another."),
    "silence_too_far": N_("This is more than %(days)s days ahead. Choose an earlier moment."),
    "silence_hours": N_("Give from %(least)s to %(most)s hours."),
    "silence_is_over": N_(
        "This came too late: the silence is over. Nothing of yours was taken. See below what it came to; if your"
        " government does not agree, write to the chair and raise it at the next meeting."
    ),
    "silence_too_late": N_(
        "This came too late: the time to speak is over, and only the chair can settle what was reported. Write to the"
        " chair now."
    ),
    "silence_not_asked": N_("This party is not among those that are asked."),
    "silence_not_later": N_("A silence is never made shorter. Choose a moment later than the one that stands."),
    "no_silence": N_("This text is not under silence."),
    "not_the_chair": N_("Only the side that put this text under silence, its chair or its secretariat can do this."),
    "accepted_already": N_("Your party has accepted this text already."),
    "settled_already": N_("This answer was settled already."),
    "not_adopted_yet": N_("Only what is adopted can be corrected or revised. Edit the text itself."),
    "not_opted_in": N_("Your party takes no part in the silence procedure for this mechanism."),
    "text_unchanged": N_("Nothing has changed since the last revision was issued."),
    "text_empty": N_("A revision needs at least one paragraph in the original language."),
    "reservation_not_needed": N_("Choose what is appended: a reservation, a footnote, a statement or an explanation."),
    "readout_empty": N_("Write the readout in at least one language before you publish it."),
    "readout_unchanged": N_("This is what is published already."),
    # Updates on actions
    "not_a_link": N_("Begin the link with https:// or http://, and leave out passwords. Nothing else can be kept."),
    "told_later": N_("This day is still to come. Give the day on which it was told."),
    "update_is_own": N_("Your own party’s update is written by it, not reported."),
    "unknown_state": N_("Choose a state from the list."),
    "nothing_owed": N_("Your party owes nothing of this any more."),
    "not_accepted_yet": N_("Your party has not accepted this yet. Accept it first, then say how far you are."),
    "no_items_chosen": N_("Choose at least one action to hand on."),
    "new_owner_missing": N_("Choose a person or an office that takes these over."),
    "no_mails_held": N_("No mail about this is held any more: it was sent or dropped."),
    "nothing_waits": N_("None of these waits any more: they were sent or withheld, or what they are about is done."),
    # The filter of the actions
    "query_too_long": N_("A filter has %(limit)s characters at most. Shorten it."),
    "query_too_many": N_("“%(word)s” has too much in it: %(limit)s at most. Leave some out."),
    "query_open_quote": N_("The quotation mark of “%(word)s” is not closed. Close it, or leave it out."),
    "query_unknown_key": N_(
        "“%(word)s” is nothing to filter by. These are: %(allowed)s. To look for the words themselves, put them in"
        " quotation marks."
    ),
    "query_unknown_value": N_("“%(word)s” is nothing that “%(term)s” knows. Write one of: %(allowed)s."),
    "query_no_value": N_("“%(word)s” says nothing to look for. Write something after it, or leave it out."),
    "query_not_a_day": N_(
        "“%(word)s” is no day. Write 2027, 2027-03, 2027-03-01, 2027-01..2027-03, 7d (in seven days), today or none."
    ),
    "query_not_days": N_("“%(word)s” is no number of days. Write one as in quiet:>30 or quiet:<7."),
    "query_sign": N_("“%(word)s” cannot be compared so. Only days can: before < or after > one day."),
    "query_not_a_code": N_(
        "“%(word)s” is no code for “%(term)s”. Codes are made of letters, digits, dots and hyphens, as in MX, MX-SRE"
        " or drug-dialogue."
    ),
    "query_unknown_own": N_("“%(word)s” is nobody. Write one of: %(allowed)s."),
    "query_unknown_party": N_("There is no party “%(word)s”. Write one of: %(allowed)s."),
    "query_unknown_office": N_("There is no office “%(word)s”. The nearest are: %(allowed)s."),
    "query_unknown_mechanism": N_("There is no mechanism “%(word)s”. The nearest are: %(allowed)s."),
    "query_no_delegation": N_("“%(word)s” means the own delegation, and you act for none. Write party: and its code."),
    "too_many_actions": N_("These are more than %(limit)s actions. Narrow the filter, then take them away."),
    "too_many_views": N_("No more than %(limit)s views can be kept. Take some away first."),
    "unknown_audience": N_("Choose from the list for whom the view is."),
    # Dates and times
    "not_a_date": N_("This is not a date. Write the year, the month and the day, as in 2026-12-10."),
    "not_a_time": N_("This is not a time. Write it on 24 hours, as in 14:30."),
    "unknown_zone": N_("There is no time zone called “%(zone)s”. Choose one from the list."),
    "ends_before_start": N_("The end comes before the start."),
    "plan_is_past": N_("These days are past. Choose a last day from %(day)s on."),
    "range_too_long": N_(
        "A range is of %(limit)s months at most. From that first day, it ends on %(day)s at the latest."
    ),
    "range_too_short": N_("A meeting of %(days)s days does not fit between these two days."),
    "days_count_out_of_range": N_("A meeting is of 1 to %(limit)s days."),
    "length_out_of_range": N_("A meeting takes %(least)s minutes at least, and 24 hours a day at most."),
    "window_too_short": N_("A meeting of that length does not fit between these two hours."),
    "no_required_party": N_("Choose one party at least that must attend."),
    "office_of_others": N_("This office is of no party to the meeting. Choose one from the list."),
    "not_a_length": N_("Type a length as in 3 or 2:30, in hours and minutes."),
    "zone_of_unknown_place": N_("Choose a time zone: this place is not among the cities known here."),
    "lead_out_of_range": N_("Give a number of days from 0 to %(limit)s."),
    "too_many_seats": N_("Name %(limit)s offices and people at most."),
    # Polls
    "no_slots": N_("Choose at least two slots to put to the delegations."),
    "one_slot": N_(
        "One slot is no choice. Choose others beside it, or say below that you only ask whether this one suits."
    ),
    "too_many_slots": N_("A poll has %(limit)s slots at most, and this would have %(count)s. Choose the best of them."),
    "slot_has_passed": N_("A slot on %(day)s has passed, or has begun. Take it out."),
    "double_slot": N_("The slot on %(day)s is there twice. Take one of them out."),
    "deadline_has_passed": N_("This deadline has passed. Choose one that is still to come."),
    "deadline_not_later": N_("Choose a deadline that comes later than the one that stands."),
    "poll_is_closed": N_("This poll is closed. Reopen it with a new deadline first."),
    "poll_runs": N_("This poll runs. Give it a later deadline instead."),
    "poll_is_hidden": N_("What was answered stays hidden until this poll closes. Close it, then choose."),
    "nothing_late": N_("No late answer came for this."),
    "reminded_already": N_("Those whose answer is missing were reminded within the last twelve hours."),
    "no_slots_left": N_("One slot has to stay. Withdraw the poll if no date is asked about any more."),
    "slot_withdrawn": N_("This slot was withdrawn. Choose one that stands."),
    "slot_hour_moved": N_(
        "The clocks’ rules have changed, and this slot is at another moment now. Add it to the poll anew."
    ),
    "draft_is_gone": N_("The draft that this poll is of was discarded. Withdraw the poll, or set up a meeting anew."),
    "poll_of_other_parties": N_("The draft has other parties than this poll has asked. Give it the same ones first."),
    "deadline_after_first_slot": N_("The first slot is before this deadline. Let the poll close before it."),
    "double_seat": N_("“%(name)s” is named twice. Name each once."),
    "poll_needs_title": N_("Give the draft a title first: the delegations are asked about a meeting by its name."),
    "poll_is_open": N_("The poll %(reference)s asks about this meeting already. Add slots to it, or withdraw it."),
    "poll_is_over": N_("This poll is over: a slot was chosen, or it was withdrawn. Nothing more is answered."),
    "answered_by_proxy": N_("Your coordinator named who answers here, and it is somebody else."),
    "unknown_answer": N_("Answer yes, if need be or no."),
    "nothing_answered": N_("Say something of at least one slot."),
    "seat_has_answered": N_("There is an answer already. It stays, and so does whom it is of."),
    "unknown_slot": N_("There is no such slot. Choose one from the table."),
    "slot_in_other_zone": N_(
        "This meeting keeps the time of its own zone, in which these hours do not fall on the same days. Look for the "
        "date in its zone."
    ),
    "changes_are_open": N_(
        "Changes to this meeting are being prepared. Publish or discard them first, then use this date."
    ),
    "too_many_days": N_("A meeting lasts %(limit)s days at most."),
    "time_in_gap": N_(
        "The clocks go forward and skip this time. The nearest times there are: %(earlier)s and %(later)s."
    ),
    "time_in_fold": N_("The clocks go back that day and this time comes twice. Say which of the two is meant."),
    "zone_change_settled": N_("There is nothing to decide about this time: it stands, or somebody has decided."),
    "hour_is_skipped": N_(
        "The clocks skip this hour that day, so it cannot be kept. Keep the moment, or change the meeting."
    ),
    "zone_is_gone": N_("The zone data no longer says when this hour is. Keep the moment."),
    "which_of_two": N_("The clocks show this hour twice that day. Go back and say which of the two is kept."),
    "moment_needs_other_hours": N_(
        "One hour for every day does not write these moments in this zone. Choose another zone, or change the meeting."
    ),
    "year_out_of_range": N_("Choose a year from %(first)s to %(last)s."),
    "due_reason_required": N_(
        "Say why the day moves. The day that was promised stays visible beside the new one, with your reason."
    ),
    "carry_not_now": N_("This meeting is closed or called off: what it did with open items stays as it is."),
    "carry_outcome": N_("Say what becomes of it: left, closed, carried, merged or split."),
    "carry_needs_target": N_("Say what it is merged into."),
    "carry_into_itself": N_("An item cannot be merged into itself. Choose another one, or a new one."),
    "carry_unknown_target": N_("What it is merged into is no longer open here. Choose another one, or a new one."),
    "carry_target_ends": N_("%(reference)s is ended here too. Merge into one that stays, or into a new one."),
    "carry_needs_title": N_("Give the new item one title. Items with the same new title are merged together."),
    "carry_split_into": N_("Give from two to %(limit)s titles, one on each line."),
    "carry_gone": N_("This is no longer open here: somebody has decided on it. Open the page again to see."),
    "carry_changed": N_("Something was written to this after you opened the page. Look at it again, then decide."),
    "carry_owes_others": N_(
        "%(parties)s accepted this and still owes it. Carry it, or let a secretariat of exactly these parties end it."
    ),
    "carry_other_readers": N_("It has other readers than what it would be merged into. Carry it, or close it."),
    "carry_lacks_leg": N_(
        "%(reference)s has no leg for %(parties)s. Add one there first, or merge both into a new one."
    ),
    "carry_work_done": N_(
        "Work has been done on %(reference)s since. Nothing was undone: close or carry that one instead."
    ),
    "unknown_due_basis": N_("Say how the day is found: on a date, by the next meeting, or by a clock."),
    "no_mechanism_to_meet": N_("This action belongs to no mechanism, so it has no next meeting. Give a date."),
    "clock_days": N_("A clock counts from 1 to %(limit)s days."),
    "clock_kind": N_("Say whether the days are calendar days or working days."),
    "clock_needs_event": N_("Say in words what the days count from. The clock does not run before that has happened."),
    "clock_needs_first": N_("A second clock begins when the first ends. Give the days of the first one too."),
    "clock_event_to_come": N_(
        "This day is still to come. Leave it empty: the clock waits until the event has happened."
    ),
    "same_date": N_("This is the date that the meeting already has."),
    "not_yet_started": N_("The meeting has not begun. It can be recorded as held from its start on."),
    "date_has_passed": N_("The date of this meeting has passed. Give it a new one."),
    # Parties
    "needs_party": N_("Choose at least one party."),
    "no_parties": N_("Choose at least one party."),
    "unknown_party": N_("This party cannot be chosen here."),
    "not_a_party": N_("%(party)s is not a party to this meeting."),
    "own_answer_stands": N_(
        "%(party)s has answered for itself. An answer reported by others cannot stand in its place."
    ),
    "report_is_for_others": N_("Your own party’s answer is given, not reported."),
    "needs_own_party": N_("Choose your own party too. A delegation proposes the meetings that it sits at."),
    "not_appointed_by_these": N_("Choose exactly the parties that appointed the secretariat you act in."),
    "already_appointed": N_("These parties have a secretariat for this on some of these days. End that one first."),
    "unknown_holder": N_("This office is not one of these parties’. Choose one from the list."),
    "starts_in_the_past": N_("A secretariat begins today or later. Choose another first day."),
    "ends_in_the_past": N_("This day is over, or comes before the first day. Choose a later one."),
    "ends_later_than_agreed": N_("The parties agreed on an earlier last day, or on this one. Choose a day before it."),
    "nothing_chosen": N_("Choose at least one action first."),
    "too_many_chosen": N_("Choose %(limit)s actions or fewer at once."),
    "unknown_operation": N_("Choose what to change."),
    "owes_nothing_here": N_("Your party owes nothing of this action."),
    "already_undone": N_("This was taken back already."),
    "cannot_be_undone": N_("There is nothing left of it to take back: what it changed was changed since, or stays."),
    "unknown_person": N_("Choose somebody of your own delegation from the list."),
    "unknown_secretariat": N_("No account of a secretariat has this address. Ask the operator to add it."),
    "not_within_appointment": N_("The secretariat is over by then. Choose an earlier day."),
    "serves_already": N_("This person serves on these days already."),
    "not_your_hat": N_("You do not serve in this secretariat today."),
    "unknown_guest": N_("No guest’s account has this address. Ask the operator to add it."),
    "unknown_document": N_("This paper is not one that exactly these parties see. Choose from the list."),
    "released_already": N_("The meeting is released to this guest already, as you ask."),
    "asked_already": N_("The parties were asked already to release the meeting to this guest. Wait for their answers."),
    "no_appointment": N_("You serve in no secretariat for this mechanism. Choose one that appointed yours."),
    "one_host": N_("Only one party is the host. Where several receive the meeting, make each a co-host."),
    "unknown_hosting": N_("Choose whether this party hosts, co-hosts or does neither."),
    # Turns to host
    "rotation_of_one": N_("Turns to host need two parties at least. Where no order is known, leave it empty."),
    "twice_in_rotation": N_("%(party)s stands in the order twice. Name each party once."),
    "not_of_mechanism": N_("%(party)s is not a party of this mechanism."),
    "not_in_rotation": N_("%(party)s has no turn in this order. Add it to the order first."),
    "swap_with_itself": N_("A party cannot exchange turns with itself. Choose another party."),
    "co_host_with_itself": N_("A party cannot host beside itself. Choose another party."),
    "no_order_of_hosts": N_("No order of hosts is known here. Ask the parties to set the order first."),
    "day_to_come": N_("This day is yet to come. Give today, or a day that is past."),
    "turn_taken_since": N_("A turn was taken on %(day)s. Give that day, or a later one."),
    # Hand-overs and the planning record
    "same_party_twice": N_("Give two parties: who hands over, and who receives."),
    "asked_back_already": N_("This is asked already. Answer that, or withdraw it first."),
    "needs_own_side": N_("Your own party hands over or receives. Others begin theirs themselves."),
    "hand_over_open": N_("A hand-over of this mechanism is under way. It is received first."),
    "hand_over_is_over": N_("This hand-over was received. It stays as it was."),
    "not_handed_over": N_("%(party)s has not handed over yet."),
    "too_many_lines": N_("A checklist has %(limit)s lines at most."),
    "another_cycle": N_("This note is of an earlier cycle, which others read. Write a new note."),
    # Drafts of meetings
    "needs_title": N_("Give the title in at least one language."),
    "needs_both_times": N_("Give both the start and the end, or neither: then the meeting has days without hours."),
    "ordinal_out_of_range": N_("Give a number from 1 to %(limit)s, or leave it empty."),
    "unknown_format": N_("Choose a form from the list."),
    "unknown_mechanism": N_("There is no such mechanism that you can choose. Choose one from the list."),
    "unknown_meeting": N_("The meeting whose agenda was to be copied is not there. Choose another agenda."),
    "unknown_meeting_kind": N_("There is no such kind of meeting. Choose one from the list."),
    "unknown_parent": N_("There is no such meeting or event that you can choose. Choose one from the list."),
    "parent_has_other_parties": N_(
        "%(party)s is not at that meeting, and would learn of it. Leave that party out, or choose another meeting."
    ),
    "part_of_an_event": N_("A panel or a side session is part of a meeting of yours, not of an event of others."),
    "part_needs_parent": N_("Choose the meeting that this is part of."),
    "circular_meetings": N_("That one is set around this meeting already: each would be around the other."),
    "nothing_to_follow": N_("There is nothing to decide: what this meeting is around has not moved since."),
    "not_a_period_of_it": N_("This meeting cannot be held for that period. Choose one from the list."),
    "event_code_taken": N_("There is an event of this name in that year already. Open that one, or say what differs."),
    "event_is_cancelled": N_("This event is cancelled."),
    "no_such_offer": N_("The catalogue has no such event, or not its days. Add it with its days yourself."),
    "not_https": N_("Give an address that begins with https:// and names a host, without a user name in it."),
    "not_a_number": N_("Write a whole number in digits."),
    "start_has_passed": N_("This start is in the past. Choose a later one, or record a meeting that was held."),
    "parties_need_a_coordinator": N_(
        "Only a coordinator or head of delegation, or the secretariat, publishes a change of the parties. "
        "Leave the draft to them."
    ),
    "not_past": N_("Only a meeting that is over can be recorded as held. Propose one that is to come."),
    "nothing_changed": N_("Nothing differs from what stands now."),
    # Subscriptions
    "too_many_choices": N_("Choose %(limit)s at most."),
    "unknown_principal": N_("This person does not let you subscribe for them, or not any more."),
    "no_government": N_("Only people of a government can let an assistant of the same government subscribe."),
    "unknown_assistant": N_("Nobody else of your government has an account with this address that can subscribe."),
    "already_authorised": N_("This person may subscribe for you already."),
    "too_many_assistants": N_("%(limit)s people may subscribe for you already. End the leave of one first."),
    "too_many_subscriptions": N_(
        "You have %(limit)s subscriptions already. Revoke one that nobody uses, then make another."
    ),
    # Positions
    "question_required": N_("This answer has no question. Write the question, or empty both."),
    "position_own_change": N_("You wrote the last change. Somebody else who speaks for your party clears it."),
    "position_own_release": N_("You wrote this. Somebody else who speaks for your party hands it over."),
    "position_not_cleared": N_("Only what was cleared can be handed over. Clear it first."),
    "recipient_required": N_("Choose at least one party to hand it to."),
    "recipient_not_offered": N_("This party is not at the table of this item. Nothing was handed over."),
    "unknown_part": N_("This part cannot be handed over."),
    "share_without_lines": N_("There are no lines to hand over. Write them first."),
    "expiry_past": N_("This day is past. Choose today or a later one."),
    "share_not_confirmed": N_("Say that you know that it cannot be taken back."),
    # Agenda and actions
    "unknown_kind": N_("There is no such kind of agenda item. Choose one from the list."),
    "unknown_type": N_("There is no such type of agenda item. Choose one from the list."),
    "minutes_out_of_range": N_("Give a number of minutes from 0 to %(limit)s."),
    "no_decision_under_other_business": N_("Nothing is decided under other business. Make it an item of its own."),
    "transition_not_allowed": N_("This leg cannot go to that state from the one it is in."),
    "too_many_items": N_("An agenda has %(limit)s items at most."),
    "agenda_not_empty": N_("This agenda has items already. Only an empty one is filled from the template."),
    "verified_by_those_who_speak": N_(
        "Only a coordinator or head of your delegation says that this is verified. Say that it is done."
    ),
    # The standing of an agenda, proposals, topics set aside
    "agenda_is_adopted": N_(
        "This agenda is adopted, and changed with every party’s consent alone. A coordinator, a head or the secretariat"
        " can ask for it on its page."
    ),
    "agenda_is_empty": N_("This agenda has no items yet. Add some first."),
    "agenda_has_changed": N_("The agenda is not the one that was asked about any more. Have it asked anew."),
    "adoption_asked_already": N_("Every party has been asked to adopt this agenda already."),
    "item_is_late": N_(
        "The supplementary list was open until %(until)s. Propose the item: whoever steers the meeting can let it on."
    ),
    "other_business_too_late": N_(
        "Other business is announced before the agenda is adopted. Bring it to the next meeting, or propose an item."
    ),
    "own_party_needed": N_("Choose your own party too: an item of others is theirs to propose."),
    "needs_two_parties": N_(
        "An item is of two parties or more. What concerns your own delegation alone belongs into its positions."
    ),
    "days_out_of_range": N_("Give a number of days from 0 to %(limit)s."),
    "supplementary_before_provisional": N_(
        "The supplementary list closes after the provisional agenda is due: give as many days, or fewer."
    ),
    "topic_set_aside": N_(
        "This touches on a topic that the mechanism sets aside: “%(topic)s”. It is added once every party has"
        " consented."
    ),
    "no_topic_touched": N_("This touches on no topic that the mechanism sets aside. Add it without asking."),
    "unknown_topic": N_("Choose one of the topics that the mechanism sets aside."),
    "pointed_out_already": N_("It has been pointed out already. The item waits for every party’s consent."),
    "consented_already": N_("Every party has consented to this item already."),
    "topic_waits": N_(
        "An item waits for every party’s consent, as it is on a topic that the mechanism sets aside. Until then, the"
        " agenda is neither issued nor adopted with it."
    ),
    "not_of_same_parties": N_("Choose an item or an open proposal of the same parties."),
    "no_mechanism_no_backlog": N_("This meeting is of no mechanism, so there is no backlog to leave it to."),
    "backlog_of_more_parties": N_(
        "More parties wait for this than sit at this meeting. Propose an item of your own, or leave it to a meeting of"
        " all."
    ),
    "unknown_action_kind": N_("There is no such kind of action. Choose one from the list."),
    "unknown_priority": N_("Choose a priority from the list."),
    "unknown_horizon": N_("Choose from the list, or leave it open."),
    "unknown_item": N_("This item is not on the agenda any more. Record the action from the agenda as it stands."),
    "months_out_of_range": N_("Give a number of months from 1 to %(limit)s."),
    "version_of_another_party": N_("What a party says of its own version is its own to change."),
    "unknown_link": N_("Choose from the list what the one is to the other."),
    "link_to_itself": N_("This is the action itself. Give the reference of another one."),
    "linked_already": N_("The two are linked so already."),
    "link_in_circle": N_("That would lead round in a circle: %(circle)s."),
    "nobody_sees_both": N_("You see the two in different secretariats, and nobody else sees both. They stay unlinked."),
    "needs_leg": N_("Choose at least one party that owes something."),
    "needs_owner": N_("Choose at least one party that owes it."),
    "unknown_action": N_("There is no action with this reference that you may see."),
    "action_needs_meeting": N_("A secretariat records actions at a meeting that it serves. Open that meeting first."),
    "report_too_long": N_("A report covers %(years)s years at most. Choose other days."),
    "paper_too_long": N_("This would make too long a paper to print."),
    "no_such_state": N_("A language cannot be put in that state."),
    "original_is_needed": N_("The text was written in this language: it is needed."),
    "translation_has_faults": N_(
        "Paragraphs of this translation that are missing, out of date, or differ in their brackets or names: %(count)s."
        " Mend them first: they are listed on this page."
    ),
    "clearing_needs_a_coordinator": N_(
        "A language is cleared, or said not to be needed, by a coordinator, a head or the secretariat. "
        "Put it in revision, and ask one of them."
    ),
    "clears_own_words": N_("You wrote the newest words of this language yourself. Somebody else clears them."),
    "unknown_name_order": N_("Names cannot be put in that order."),
    "not_a_text_document": N_("A form is a text document (DOCX)."),
    "form_unreadable": N_("This is not a text document (DOCX) that can be read. Save it as DOCX and try again."),
    "form_without_body": N_("The form has no field {{ body }}, where what the paper says would stand."),
    "form_unknown_field": N_("The form has a field %(field_name)s, which nothing fills in. It may have: %(known)s."),
    # Facts of a mechanism
    "date_is_past": N_("This day is past. Give one that is to come, or leave it empty."),
    "unknown_choice": N_("Choose one from the list."),
    "minimum_out_of_range": N_("Give a number of meetings from 1 to %(limit)s."),
    "period_out_of_range": N_("Give a number of months from 1 to %(limit)s."),
    "not_a_partial_date": N_(
        "Write the date as far as it is known: the year, the month or the day, as in 2016, 2016-06 or 2016-06-29."
    ),
    "mandate_in_future": N_("This date is yet to come. A mandate runs from a day that is past, or from today."),
    "deadline_before_mandate": N_("The deadline comes before the mandate."),
    "party_and_guest": N_("%(party)s is a party to this mechanism, and cannot be its guest."),
    "rotation_twice": N_("A party stands twice in the order of hosts."),
    "attested_without_order": N_("An order that is not given cannot be attested."),
    "parent_is_itself": N_("A mechanism is not its own parent."),
    "circular_parents": N_("That one is under this mechanism already: each would be the parent of the other."),
    "related_to_itself": N_("A mechanism is not related to itself."),
    "too_many_entries": N_("Give %(limit)s entries at most."),
    "fact_has_changed": N_("What this was asked on has changed since. Withdraw it, and ask again."),
    "no_party_here": N_("None of the parties to this mechanism has anybody in Entente who could answer."),
    "contest_needs_note": N_("Say what is wrong with it. The other parties read your words beside the fact."),
    "status_by_activation": N_("A proposal is taken off its shelf by its own page, with the text that creates it."),
    "back_to_proposed": N_("What was agreed once does not become a proposal again. Conclude it instead."),
    "not_a_proposal": N_("This is no proposal in the literature."),
    "already_concluded": N_("This mechanism is concluded already."),
    "not_concluded": N_("This mechanism is not concluded."),
    "already_merged": N_("This mechanism was merged into another one. Open that one."),
    "merge_into_itself": N_("A mechanism cannot be merged into itself."),
    "merge_needs_same_parties": N_("Two mechanisms are merged only where they have the same parties."),
    "merge_hides_it": N_("Not everybody who reads this mechanism may read that one."),
    "merge_of_proposals": N_("A proposal in the literature is not merged. Take it off its shelf first."),
    "circular_merge": N_("That one was merged into this mechanism: each would be part of the other."),
    "period_not_over": N_("This period is not over yet."),
    "period_has_meeting": N_("A meeting of this period is on record."),
    "no_such_period": N_("The mechanism has no such period. Choose one from the list."),
    # Rosters
    "unknown_roster_role": N_("Choose a role from the list."),
    "unknown_mode": N_("Choose whether they come in person or by video."),
    "unknown_level": N_("Choose a level from the list."),
    "place_out_of_range": N_("A place is a whole number from 1 to %(limit)s."),
    "unknown_precedence": N_("Choose one of the two orders."),
    "unknown_presence": N_("Choose present, by video or absent."),
    "not_a_day_of_the_meeting": N_("The meeting does not sit on this day. Choose one of its days."),
    "day_still_to_come": N_("This day is still to come. Attendance is recorded on the day, or afterwards."),
    "roster_is_over": N_("This meeting is over or called off. Its roster stays as it is."),
    "roster_is_full": N_("A delegation has %(limit)s people at most. Withdraw somebody first."),
    "on_roster_already": N_("This person is on the roster already."),
    "person_or_name": N_("Choose somebody, or write a name."),
    "unknown_contact": N_("Choose one of your government’s contacts from the list."),
    "approved_is_theirs": N_("Only your coordinator or head changes an entry that was approved."),
    "acts_for_oneself": N_("Nobody acts for themselves. Choose somebody else, or write a name."),
    "unknown_entry": N_("Choose somebody of your own delegation from the list."),
    "credentials_later": N_("This day is still to come. Give the day on which they were received."),
    # Files
    "file_too_large": N_("This file is too large. A file may have %(limit)s MB at most."),
    "file_empty": N_("This file is empty. Choose another."),
    # Busy time
    "not_a_calendar": N_("This is not a calendar. Export yours as an .ics file, and choose that one."),
    "busy_zip": N_("This is a ZIP archive. Unpack it, and choose the .ics file in it."),
    "busy_encoding": N_("The letters of this file cannot be read. Export the calendar again, as UTF-8."),
    "busy_cut_short": N_("This calendar ends too early or is damaged. Export it again, and choose the new file."),
    "busy_too_much": N_(
        "There is more in this file than a person’s calendar has. Export a shorter period, from today on."
    ),
    "busy_too_many": N_(
        "There is more in this calendar than can be read in a few seconds. Export a shorter period, from today on."
    ),
    "busy_repeats": N_(
        "Something in this calendar repeats too often to be read. Export a shorter period, or leave that calendar out."
    ),
    "busy_waiting": N_("Other calendars are being read. Try again in a minute; nothing was kept."),
    "unknown_subject": N_("Choose from the list whose busy time this is."),
    "unknown_seen_by": N_("Choose from the list who else may see it."),
    "hours_in_pairs": N_("Give both hours, or neither for whole days."),
    "blackout_past": N_("These days are over. Give a day from today on."),
    "blackout_too_long": N_("Block %(limit)s days at most at once."),
    "busy_limit": N_("No more than %(limit)s calendars and blocked periods can be kept. Remove some first."),
    "file_type": N_("Files of this kind cannot be attached."),
    "file_runs": N_(
        "This PDF holds something that runs or is opened by itself (%(what)s). Print it to a new PDF, and attach that."
    ),
    "file_locked": N_("This PDF is locked with a password. Save it without one, and attach that."),
    "file_two_in_one": N_("This file is two files in one: it can be opened as %(what)s as well. Save it anew."),
    "file_bomb": N_("This file unpacks to far more than a paper is (%(what)s). Save it anew, or print it to a PDF."),
    "file_macros": N_("This document has macros (%(what)s). Save it as one without macros, and attach that."),
    "file_holds_files": N_(
        "This document holds another file (%(what)s). Take it out, and attach it by itself where it is a paper."
    ),
    "file_fetches": N_(
        "This document fetches something from elsewhere when it is opened (%(what)s). Save it with nothing linked in."
    ),
    "file_unreadable": N_("A part of this file cannot be looked into (%(what)s). Save it anew, or print it to a PDF."),
    # Documents
    "needs_table": N_("Say which meeting or mechanism this document is of."),
    "unknown_document_kind": N_("Choose what kind of document this is."),
    "unknown_step": N_("Choose who reads this document."),
    "needs_delegations": N_("Choose the delegations that read it."),
    "needs_persons": N_("Choose the persons who read it."),
    "weeks_out_of_range": N_("Give between %(least)s and %(most)s weeks; what is due after the meeting has a minus."),
    "unknown_reader": N_("Choose people of your own delegation, or on the roster of the meeting, from the list."),
    "release_incomplete": N_("Give both the day and the time of the release, or neither."),
    "reach_widens": N_(
        "This document was numbered among those that its readers see: to be read by more, file it anew for them. Who"
        " reads it can be narrowed here."
    ),
    "document_is_adopted": N_(
        "This text is adopted, and nothing of it changes. A correction is begun on the page of the text."
    ),
    "unknown_amendment": N_("Choose whether it is a revision, a correction or an addition."),
    "needs_file": N_("Choose a file."),
    "unknown_language_state": N_("Choose how far this language is."),
    "language_has_no_file": N_("There is no file in this language yet. Choose one, or say that it is requested."),
    "language_has_file": N_("There is a file in this language: it is a draft, in revision, cleared or authentic."),
    "item_of_others": N_("This item is not on the agenda of the document’s meeting."),
    # Notes verbales
    "unknown_direction": N_("Choose whether the note was sent or received."),
    "unknown_note": N_("Choose a note of your own register that this one answers."),
    "answer_before_note": N_("An answer cannot be due before the day of the note."),
    "note_of_another_year": N_("This note is numbered in %(year)s. Give it a day of that year, or register another."),
    # Markings
    "marking_classified": N_(
        "“%(words)s” is on a national ladder of classified information. Entente keeps nothing that a government has"
        " classified, CONFIDENTIAL and above: use your government’s own channel for it."
    ),
    "marking_nato": N_(
        "“%(words)s” is on NATO’s ladder of classified information. Entente keeps none of it: use NATO’s channel."
    ),
    "marking_portion": N_(
        "“%(words)s” is the mark of a classified paragraph or page. Entente keeps nothing that a government has"
        " classified, CONFIDENTIAL and above: use your government’s own channel for it."
    ),
    "marking_release": N_(
        "“%(words)s” says to whom classified information may be released. Where this paper is not classified, write"
        " the whole marking as it stands, with CUI or UNCLASSIFIED before it."
    ),
    "marking_confidencial": N_(
        "“%(words)s” is kept only as a word of Mexico’s law on access to information, where it means privacy. From"
        " anybody else it would be read as CONFIDENTIAL, which is classified and not kept here."
    ),
    "marking_protected_c": N_(
        "“%(words)s” is no classification, but its injury is extremely grave and its rules keep it off networks like"
        " this one. PROTECTED A and B can be kept."
    ),
    "marking_unseen": N_(
        "This marking has a line break, or a character that nobody sees. Type it again as it is printed."
    ),
    # People
    "wrong_password": N_("This is not your present password."),
    "password_too_short": N_("Use %(minimum)s characters or more."),
    "password_too_common": N_("This password is too well known. Choose another."),
    "password_is_yours": N_("This password is your name or your address. Choose another."),
    "passwords_differ": N_("The two passwords are not the same. Type the new one twice."),
    "not_an_email": N_("This is not an e-mail address. Write it as in name@example.org."),
    "email_taken": N_("This address cannot be used: there is an account with it."),
    "unknown_office": N_("This office is not one of your government’s. Choose one from the list."),
    "unknown_role": N_("This role cannot be given here. Choose one from the list."),
    "unknown_language": N_("Choose one of the three languages."),
    # Entering a mechanism
    "prefix_letters": N_("Use two to four capital letters."),
    "prefix_taken": N_("Another mechanism has these letters: %(prefix)s. Choose others."),
    "name_taken": N_("There is a mechanism with this English name. Choose another name, or open that one."),
    "forum_adopted": N_("This forum was adopted already. Open it in the register."),
    "too_few_parties": N_("Choose at least two parties."),
    "example_is_fixed": N_("This is the example to practise on: nothing about it is put to other parties."),
    "rows_are_wrong": N_("Something stands against %(count)s of the rows. Nothing was written."),
    "no_rows": N_("There is only the first line, which names the columns. Paste the rows below it too."),
    "missing_column": N_("The first line does not name these columns: %(columns)s."),
    "column_twice": N_("The first line names this column twice: %(column)s."),
    "too_many_rows": N_("%(limit)s rows at most. Paste the table in parts."),
    "cells_without_column": N_("Line %(line)s does not have the cells that the first line names."),
    "unreadable_table": N_("Line %(line)s cannot be read: its quotation marks do not close."),
    # Importing a table of actions
    "empty_file": N_("There is nothing in this file."),
    "encrypted_workbook": N_("This workbook is locked with a password. Save it without one, and bring it again."),
    "old_workbook": N_("This is a workbook of the old kind (.xls). Save it as .xlsx or as CSV, and bring it again."),
    "macro_workbook": N_("This workbook carries macros, which are never read. Save it as .xlsx, and bring it again."),
    "not_a_table": N_("This file is no table. Bring a workbook (.xlsx) or values between commas (.csv)."),
    "damaged_workbook": N_("This workbook cannot be read. Open it in a spreadsheet, save it again, and bring it."),
    "unpacks_too_large": N_(
        "This workbook is larger inside than can be read: %(limit)s MB at most. Save the sheet alone, or as CSV."
    ),
    "too_many_table_rows": N_("%(limit)s rows at most. Bring the table in parts."),
    "too_many_columns": N_("Row %(row)s has more than %(limit)s columns. Take away those that are not needed."),
    "too_many_cells": N_("%(limit)s cells at most. Bring the table in parts."),
    "wrong_encoding": N_("The letters of line %(line)s cannot be read. Save the file as CSV in UTF-8."),
    "nul_in_text": N_("Line %(line)s holds a character that no text has. Save the file as CSV in UTF-8."),
    "formula_without_value": N_(
        "This cell is a formula that no spreadsheet has worked out. Open the file in one, save it, and bring it again."
    ),
    "formula_in_text": N_(
        "This cell is a formula. Write its value; or, if it is meant as text, put an apostrophe before it."
    ),
    "cell_error": N_("This cell holds an error of the spreadsheet. Write what is meant."),
    "ambiguous_date": N_(
        "“%(written)s” can be %(one)s or %(other)s. Say in which order the days of this table are written."
    ),
    "not_in_this_order": N_("“%(written)s” is no day in the order that was chosen."),
    "not_a_day": N_("“%(written)s” is not a day. Write the year, the month and the day, as in 2026-12-10."),
    "unknown_owner": N_(
        "“%(written)s” is no party or office that is known here. Write the party beside it, as in “MX: Ana Robles”."
    ),
    "ambiguous_owner": N_("“%(written)s” can mean several. Write the party’s code beside it."),
    "too_many_owners": N_("%(limit)s owners at most in one cell."),
    "unknown_state_word": N_(
        "“%(written)s” is no state. Write open, under way, blocked, done, verified or dropped, in any of the languages."
    ),
    "unknown_kind_word": N_("“%(written)s” is no kind of action. Write task where no other fits."),
    "unknown_priority_word": N_("“%(written)s” is no priority. Write low, normal or high."),
    "unknown_horizon_word": N_("“%(written)s” is no horizon. Write immediate or long term."),
    "one_lead": N_("One party leads. Write its code alone."),
    "done_on_without_done": N_("There is a day of completion, but the state is not done."),
    "reference_twice": N_("“%(written)s” stands in row %(row)s already."),
    "reference_exists": N_(
        "%(reference)s is there already. Choose to join rows to the actions that are there, or empty this cell."
    ),
    "unknown_mechanism_named": N_("“%(written)s” is no mechanism that you can record actions of."),
    "unknown_meeting_named": N_("“%(written)s” is no meeting that you can record actions at."),
    "meeting_needs_more": N_("A meeting needs its reference, or its mechanism and its day."),
    "meeting_of_one": N_(
        "Nobody else sees the rows of this meeting, and a meeting has two parties at least. Choose who."
    ),
    "meeting_of_another_mechanism": N_("%(reference)s is a meeting of another mechanism."),
    "two_meetings_that_day": N_("There are several meetings that day. Write the reference, as in %(first)s."),
    "meeting_not_past": N_("There is no meeting that day, and only one that is past can be recorded on the way."),
    "party_not_here": N_("%(party)s has no part in this meeting or mechanism."),
    "lead_not_in_row": N_("%(party)s would lead, but does not see this row."),
    "unknown_commitment_named": N_("“%(written)s” is no commitment that you can see."),
    "kind_needs_more": N_("This kind asks for more than a table says. Write task, and change it afterwards."),
    "action_ended": N_("This action has ended. It stays as it is."),
    "not_your_leg": N_("What %(party)s owes is theirs to change. Add a note, or report their update on its page."),
    "party_does_not_see": N_("%(party)s does not see this action, so no leg of theirs can be added."),
    "rows_refused": N_("Nothing was written: %(count)s rows are refused. Mend them, or choose to leave them out."),
    "nothing_to_import": N_("There is nothing in this table to import."),
    "written_on_since": N_("Others have written on %(count)s of these since. Say that they are to go all the same."),
    "stale_import": N_("The table, or what its rows would do, has changed since. Look at the rows again."),
    "column_chosen_twice": N_("“%(column)s” is chosen for two columns. Choose one of them."),
    "unknown_party_chosen": N_("Choose parties from the list."),
    # Offices
    "office_code_letters": N_("Use 2 to 20 capital letters and digits, without blanks."),
    "office_code_taken": N_("There is an office with the code %(code)s."),
    "name_is_the_same": N_("This is the name that the office has."),
    "name_starts_too_early": N_("A name begins after the one before it, which began on %(day)s."),
    "no_way_to_reach": N_("Give a telephone number or an e-mail address."),
    "share_needs_mechanism": N_("Choose the mechanism whose parties may see it."),
    "last_administrator": N_("This is the last administrator of your government. Add another one first."),
    "invitation_unknown": N_("This link leads nowhere. Check that all of it was copied, or ask for a new one."),
    "invitation_over": N_("This link was used already, or is too old. Ask your administrator for a new one."),
    "invitation_link_unknown": N_("This link leads nowhere. Copy all of it, or sign in and look for the meeting."),
    "invitation_not_invited": N_("You are no longer invited to this meeting. There is nothing to answer."),
    "invitation_meeting_cancelled": N_("This meeting is cancelled. There is nothing to answer."),
    "invitation_meeting_over": N_("This meeting is over. There is nothing to answer."),
    "invitation_no_date": N_("This meeting has no date now. You will be asked again once it has one."),
    "unknown_reply": N_("Say whether you will come."),
    "unknown_own_mode": N_("Say whether you come in person or by video."),
    "answer_link_unknown": N_("This link leads nowhere. Copy all of it, or sign in and look for the action."),
    "answer_link_over": N_("This link is too old to be answered by. Sign in to say how far you are."),
    "answer_link_of_another": N_("Somebody else of your delegation has this now. Sign in if you have more to say."),
    "sign_in_failed": N_("The address and the password do not belong together. Check both and try again."),
    "too_many_attempts": N_("There were too many attempts. Wait a while, then try again."),
}


# Values that are names of years, not counts of anything.
_YEARS: Final = frozenset({"first", "last", "year"})


def message_for(refusal: Refusal, language: str | None = None) -> str:
    """Return the sentence for a refusal, in the reader's language unless another is named.

    Raises `KeyError` when nobody has written a sentence for the refusal's key.
    """
    spoken = language or reader_language()
    sentence = words.translations(spoken).gettext(MESSAGES[refusal.key])
    # What was typed may hold characters that no page can.
    return as_typed(str(sentence % {name: _in_words(name, value, spoken) for name, value in refusal.values.items()}))


def _in_words(name: str, value: object, language: str) -> str:
    """Write a value into a sentence as the language writes it: a party by its name, a year without separators."""
    if name == "party":
        return words.party_name(str(value), language)
    if name == "parties" and isinstance(value, tuple):
        names = [words.party_name(code, language) for code in words.party_order(value, language)]
        return words.list_of(names, language)
    written: str
    match value:
        case int() | float() if name not in _YEARS and not isinstance(value, bool):
            written = words.number(value, language)
        case dt.datetime():
            written = f"{words.date_short(value.date(), language)}, {words.time_of_day(value, language)}"
        case dt.date():
            written = words.date_plain(value, language)
        case dt.time():
            written = words.time_of_day(value, language)
        case dict():
            written = words.pick(value, language)[0]
        case _:
            written = str(value)
    return written
