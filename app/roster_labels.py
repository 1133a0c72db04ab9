"""The words for who goes to a meeting, how, and what they reply; `app.labels` lists them."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str, str], str]
Table = dict[str, str]


def roster_roles(pgettext: Say) -> Table:
    """Return what somebody is in a delegation to a meeting."""
    return {
        "head": pgettext("role on a roster", "Head of delegation"),
        "alternate": pgettext("role on a roster", "Alternate"),
        "adviser": pgettext("role on a roster", "Adviser"),
        "interpreter": pgettext("role on a roster", "Interpreter"),
        "liaison": pgettext("role on a roster", "Liaison"),
        "support": pgettext("role on a roster", "Support"),
    }


def roster_levels(pgettext: Say) -> Table:
    """Return the levels at which somebody sits."""
    return {
        "leader": pgettext("level of a representative", "Head of state or government"),
        "minister": pgettext("level of a representative", "Minister"),
        "deputy_minister": pgettext("level of a representative", "Deputy minister"),
        "assistant_secretary": pgettext("level of a representative", "Assistant secretary"),
        "director_general": pgettext("level of a representative", "Director general"),
        "director": pgettext("level of a representative", "Director"),
        "expert": pgettext("level of a representative", "Expert"),
    }


def roster_states(pgettext: Say) -> Table:
    """Return how far somebody on a roster is."""
    return {
        "proposed": pgettext("state of an entry of a roster", "Waits for approval"),
        "approved": pgettext("state of an entry of a roster", "Approved"),
        "refused": pgettext("state of an entry of a roster", "Refused"),
        "withdrawn": pgettext("state of an entry of a roster", "Withdrawn"),
    }


def roster_modes(pgettext: Say) -> Table:
    """Return how somebody takes part."""
    return {
        "in_person": pgettext("how somebody takes part", "In person"),
        "remote": pgettext("how somebody takes part", "By video"),
    }


def presences(pgettext: Say) -> Table:
    """Return who was there."""
    return {
        "present": pgettext("attendance", "Present"),
        "remote": pgettext("attendance", "By video"),
        "absent": pgettext("attendance", "Absent"),
    }


def roster_replies(pgettext: Say) -> Table:
    """Return what somebody on a roster replied."""
    return {
        "accepted": pgettext("reply to an invitation", "Accepted"),
        "tentative": pgettext("reply to an invitation", "Tentative"),
        "declined": pgettext("reply to an invitation", "Declined"),
    }


def participants_paper(pgettext: Say) -> Table:
    """Return the fixed words of the list of participants."""
    """Return the fixed words of a list of participants; the keys are those of `app.papers.participants`."""
    return {
        "list": pgettext("list of participants", "List of participants"),
        "name": pgettext("list of participants", "Name"),
        "title": pgettext("list of participants", "Title and office"),
        "role": pgettext("list of participants", "Role"),
        "mode": pgettext("list of participants", "Takes part"),
        "place": pgettext("list of participants", "Place"),
        "date": pgettext("list of participants", "Date"),
        "precedence": pgettext("list of participants", "Order"),
        "attendance": pgettext("list of participants", "Attendance"),
        "nobody": pgettext("list of participants", "Nobody is named yet."),
        "page": pgettext("list of participants", "Page {page} of {pages}"),
    }


def own_replies(pgettext: Say) -> Table:
    """Return what one replied oneself."""
    return {
        "accepted": pgettext("answer to an invitation", "I will come"),
        "tentative": pgettext("answer to an invitation", "Perhaps"),
        "declined": pgettext("answer to an invitation", "I will not come"),
    }


def own_modes(pgettext: Say) -> Table:
    """Return how one takes part oneself."""
    return {
        "in_person": pgettext("how I take part", "in person"),
        "remote": pgettext("how I take part", "by video"),
    }


def reply_ways(pgettext: Say) -> Table:
    """Return the ways in which a reply came."""
    return {
        "page": pgettext("way a reply came", "on the page of the meeting"),
        "link": pgettext("way a reply came", "by the link in the mail"),
        "calendar": pgettext("way a reply came", "from a calendar"),
    }


def reply_reasons(pgettext: Say) -> Table:
    """Return why a reply from a calendar was refused."""
    return {
        "no_secret": pgettext("why a reply did not count", "It was not sent to the address of this invitation."),
        "wrong_secret": pgettext("why a reply did not count", "It was sent to the address of another invitation."),
        "another_meeting": pgettext("why a reply did not count", "It is about another meeting."),
        "another_sender": pgettext(
            "why a reply did not count", "It came from another address than the one that was invited."
        ),
        "another_attendee": pgettext("why a reply did not count", "It answers for somebody else."),
        "not_invited": pgettext("why a reply did not count", "This person is no longer invited."),
        "meeting_cancelled": pgettext("why a reply did not count", "The meeting is cancelled."),
        "meeting_over": pgettext("why a reply did not count", "The meeting is over."),
        "no_date": pgettext("why a reply did not count", "The meeting has no date now."),
        "earlier_date": pgettext("why a reply did not count", "It answers an earlier date of the meeting."),
        "unknown_sequence": pgettext("why a reply did not count", "It answers a date that was never sent."),
        "ahead_of_time": pgettext("why a reply did not count", "It is dated more than a day ahead."),
        "older": pgettext("why a reply did not count", "A newer answer was there already."),
        "repeated": pgettext("why a reply did not count", "It repeats what was answered already."),
        "too_many": pgettext("why a reply did not count", "Too many replies came on one day."),
    }
