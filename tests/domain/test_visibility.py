"""Who may do what, against a table written by hand; and each rule of it missed when it is taken away."""

from __future__ import annotations

import uuid
from unittest.mock import patch

import pytest

from app.domain import visibility
from app.domain.visibility import Action, Facts, Hat, Role, Viewer, audience_id, audience_of_meeting, can, sees

APPOINTMENT = uuid.UUID(int=7)
OTHER_APPOINTMENT = uuid.UUID(int=8)
MX_US = frozenset({"MX", "US"})


def somebody(role: Role, party: str | None = None, hat: uuid.UUID | None = None) -> Viewer:
    hats = (Hat(hat, None, MX_US),) if hat else ()
    return Viewer(person_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{role}{party}{hat}"), role=role, party=party, hats=hats)


# The columns of the table, in order. The thing acted on is Mexico's own, of a meeting of Mexico and the
# United States that APPOINTMENT serves.
VIEWERS = {
    "o": somebody(Role.OFFICIAL, "MX"),
    "c": somebody(Role.COORDINATOR, "MX"),
    "h": somebody(Role.HEAD, "MX"),
    "a": somebody(Role.ADMINISTRATOR, "MX"),
    "p": somebody(Role.COORDINATOR, "US"),  # a partner's
    "x": somebody(Role.COORDINATOR, "CA"),  # not at this table
    "X": somebody(Role.ADMINISTRATOR, "CA"),
    "s": somebody(Role.SECRETARIAT, None, APPOINTMENT),
    "S": somebody(Role.SECRETARIAT, None, OTHER_APPOINTMENT),
    "n": somebody(Role.SECRETARIAT),  # with no appointment today
    "g": somebody(Role.GUEST),
}
FACTS = Facts(parties=MX_US, owner="MX", appointments=frozenset({APPOINTMENT}))

TABLE = {
    Action.READ_REGISTER: "ochpxsSn",
    Action.READ_OWN_PAGES: "ochapxXsSng",
    Action.READ_MEETINGS: "ochpxsSng",
    Action.DRAFT_MEETING: "ochpxsS",
    Action.EDIT_DRAFT: "ochs",
    Action.PROPOSE_MEETING: "ochs",
    Action.ANSWER_MEETING: "chp",
    Action.REPORT_ANSWER: "ochps",
    Action.CHANGE_MEETING: "ochps",
    Action.STEER_MEETING: "chps",
    Action.EDIT_AGENDA: "ochps",
    Action.READ_ACTIONS: "ochpxsS",
    Action.CREATE_ACTION: "ochpxsS",
    Action.EDIT_ACTION: "ochps",
    Action.UPDATE_LEG: "och",
    Action.VERIFY_LEG: "ch",
    Action.HAND_OVER_ITEMS: "ch",
    Action.SET_DUE: "ochs",
    Action.NOTE_ACTION: "ochpxsS",
    Action.REPORT_UPDATE: "ochps",
    Action.KEEP_SUBTASKS: "och",
    Action.CARRY_ACTIONS: "chps",
    Action.CLOSE_OWED: "s",
    Action.CHANGE_ACTIONS: "ochpxsS",
    Action.RECORD_COMMITMENT: "chps",
    Action.STATE_COMMITMENT: "och",
    Action.READ_REPORTS: "ochpxsS",
    Action.PREPARE_REMINDERS: "s",
    Action.CONSENT_REMINDERS: "chpx",
    Action.SUBSCRIBE: "ochpxsSng",
    Action.ADMINISTER_PEOPLE: "a",
    Action.READ_AUDIT: "ochapxXsSng",
    Action.END_CONSENT: "chp",
    Action.NAME_MEMBERS: "chpa",
    Action.KEEP_MECHANISM: "chps",
    Action.ANSWER_DECISION: "chp",
    Action.STATE_FACT: "chp",
    Action.KEEP_HAND_OVER: "ochps",
    Action.KEEP_CONTACTS: "ocha",
    Action.KEEP_EVENTS: "ochpxsS",
    Action.PLAN_DATES: "ochpxsS",
    Action.READ_POLLS: "ochpxsS",
    Action.RUN_POLL: "ochs",
    Action.ANSWER_POLL: "ochp",
    Action.REPORT_POLL_ANSWER: "ochps",
    Action.NAME_PROXY: "chp",
    Action.KEEP_BUSY_TIME: "ochpxsS",
    Action.KEEP_ROSTER: "och",
    Action.APPROVE_ROSTER: "ch",
    Action.RECORD_ATTENDANCE: "ochps",
    Action.KEEP_PROTOCOL: "chps",
    Action.RELEASE_MAILS: "ochs",
    Action.ANSWER_INVITATION: "ochpxsSng",
    Action.PROPOSE_ITEM: "ochpxsS",
    Action.ISSUE_AGENDA: "chps",
    Action.READ_POSITIONS: "ochpx",
    Action.PREPARE_POSITION: "och",
    Action.CLEAR_POSITION: "ch",
    Action.SHARE_POSITION: "ch",
    Action.READ_TEXTS: "ochpxsS",
    Action.EDIT_TEXT: "ochps",
    Action.ISSUE_TEXT: "ochps",
    Action.RESERVE_ON_TEXT: "chp",
    Action.SIGN_TEXT: "chp",
    Action.ADOPT_TEXT: "chps",
    Action.TRANSLATE_TEXT: "ochps",
    Action.RUN_SILENCE: "chps",
    Action.RECEIVE_SILENCE: "ochp",
    Action.BREAK_SILENCE: "chp",
    Action.REPORT_SILENCE_ANSWER: "ochps",
    Action.OPT_INTO_SILENCE: "chp",
    Action.WRITE_READOUT: "och",
    Action.PUBLISH_READOUT: "ch",
    Action.CHAIR_MEETING: "chps",
    Action.FOLLOW_ROOM: "ochpxsS",
    Action.TAKE_NOTES: "ochps",
    Action.KEEP_PRACTICES: "ochps",
    Action.KEEP_DOCUMENTS: "ochps",
    Action.KEEP_NOTES_VERBALES: "ochpx",
    Action.KEEP_TEMPLATES: "ochpxsS",
}


def allowed(action: Action) -> str:
    return "".join(letter for letter, viewer in VIEWERS.items() if can(viewer, action, FACTS))


@pytest.mark.parametrize("action", list(Action))
def test_who_may_do_it(action: Action) -> None:
    assert allowed(action) == "".join(letter for letter in VIEWERS if letter in TABLE[action])
    assert not can(None, action, FACTS)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("instead", [True, False])
def test_a_rule_that_is_stripped_is_missed(action: Action, instead: bool) -> None:
    stripped = dict(visibility.PERMISSIONS) | {action: lambda _viewer, _facts: instead}
    expected = "".join(letter for letter in VIEWERS if letter in TABLE[action])
    everybody = "".join(VIEWERS)
    with patch.object(visibility, "PERMISSIONS", stripped):
        assert allowed(action) != expected or (instead and expected == everybody)
    del stripped[action]
    with patch.object(visibility, "PERMISSIONS", stripped):
        assert allowed(action) == ""


@pytest.mark.parametrize(
    ("letter", "keys"),
    [
        ("o", {"party:MX", "register", "person"}),
        ("c", {"party:MX", "register", "person"}),
        ("h", {"party:MX", "register", "person"}),
        ("a", {"administration:MX", "person"}),
        ("s", {f"appointment:{APPOINTMENT}", "register", "person"}),
        ("n", {"register", "person"}),
        ("g", {"person"}),
    ],
)
def test_the_keys_of_each_kind_of_person(letter: str, keys: set[str]) -> None:
    found = {key if not key.startswith("person:") else "person" for key in VIEWERS[letter].keys}
    assert found == keys


def test_an_administrator_or_guest_with_an_appointment_gains_nothing_by_it() -> None:
    for role in (Role.ADMINISTRATOR, Role.GUEST):
        assert f"appointment:{APPOINTMENT}" not in somebody(role, "MX", APPOINTMENT).keys


def test_the_same_set_is_the_same_audience() -> None:
    assert audience_id(["party:MX", "party:US"]) == audience_id(["party:US", "party:MX", "party:US"])
    assert audience_id(["party:MX"]) != audience_id(["party:MX", "party:US"])


@pytest.mark.parametrize(
    "keys", [[], ["MX"], ["party:"], ["everybody:all"], ["party:MX,party:CA"], ["party:MX|party:CA"]]
)
def test_what_is_no_audience_is_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match=r"key|member"):
        audience_id(keys)


def test_only_an_appointment_made_by_exactly_the_chosen_parties_sees_their_meeting() -> None:
    of_two, of_three = (APPOINTMENT, MX_US), (OTHER_APPOINTMENT, frozenset({"CA", "MX", "US"}))
    assert audience_of_meeting(["MX", "US"], [of_two, of_three]) == {
        "party:MX",
        "party:US",
        f"appointment:{APPOINTMENT}",
    }
    keys = audience_of_meeting(["CA", "MX", "US"], [of_two, of_three])
    assert keys == {"party:CA", "party:MX", "party:US", f"appointment:{OTHER_APPOINTMENT}"}


def test_nobody_sees_anything_without_a_key() -> None:
    assert not sees(None, ["party:MX"])
    assert not sees(VIEWERS["x"], ["party:MX", "party:US"])
    assert sees(VIEWERS["p"], ["party:MX", "party:US"])


# Hats ----------------------------------------------------------------------------------------------

DIEGO = somebody(Role.OFFICIAL, "MX", APPOINTMENT)


def test_a_delegations_person_has_no_right_by_a_hat_that_is_not_on() -> None:
    off = DIEGO.wearing(None)
    assert (off.hats, [hat.appointment_id for hat in off.spare_hats]) == ((), [APPOINTMENT])
    assert off.keys == {f"person:{DIEGO.person_id}", "party:MX", "register"}
    others = Facts(parties=frozenset({"CA", "US"}), appointments=frozenset({APPOINTMENT}))
    assert [can(who, Action.CHANGE_MEETING, others) for who in (off, DIEGO, DIEGO.wearing(APPOINTMENT))] == [
        False, False, True,
    ]  # fmt: skip


def test_with_the_hat_on_they_have_no_right_by_their_party() -> None:
    on = DIEGO.wearing(None).wearing(APPOINTMENT)
    assert (on.role, on.party, on.lent_by) == (Role.SECRETARIAT, None, "MX")
    assert on.keys == {f"person:{DIEGO.person_id}", f"appointment:{APPOINTMENT}", "register"}
    assert not can(on, Action.UPDATE_LEG, FACTS)
    assert DIEGO.wearing(OTHER_APPOINTMENT) == DIEGO.wearing(None), "a hat that is not theirs is none"


def test_a_draft_is_for_the_delegation_or_for_the_secretariat_that_is_named() -> None:
    on = DIEGO.wearing(APPOINTMENT)
    assert visibility.audience_of_draft(DIEGO, APPOINTMENT) == {"party:MX"}
    assert visibility.audience_of_draft(on, APPOINTMENT) == {f"appointment:{APPOINTMENT}"}
    for appointment in (None, OTHER_APPOINTMENT):
        with pytest.raises(ValueError, match="neither"):
            visibility.audience_of_draft(on, appointment)
