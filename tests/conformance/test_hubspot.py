"""The questions to HubSpot, put to the sandbox over a socket: all is as assumed, and what is not is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from sandbox.wire import Fault
from tests.conformance.hubspot.conform import QUESTIONS, SCOPES
from tests.conformance.hubspot.portal import CannotRun
from tests.conformance.served import STANDARD, Asked, portal_of
from tests.conftest import StillClock


def test_everything_is_as_assumed_twice_in_a_row_and_nothing_is_left_or_touched(portal: Asked) -> None:
    first, after_first = portal.ask("1a"), portal.content()
    second, after_second = portal.ask("2b"), portal.content()

    assert (first, second) == (0, 0)
    assert len(portal.said("as assumed")) == 2 * len(QUESTIONS)
    assert portal.before["records"]
    assert portal.before == after_first == after_second
    assert sum(call.rows or 0 for call in portal.wire.calls) > 100


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_without_a_scope_is_told_which_and_leaves_nothing(clock: StillClock, scope: str) -> None:
    with portal_of(clock, scopes={*SCOPES} - {scope}) as portal:
        code = portal.ask()

        unasked = portal.said("not asked")
        why = f"lacks {scope.replace('objects', '(objects|schemas)')}|no segment was made"  # either reads definitions
        assert code == 2
        assert any(f"lacks {scope}" in line for line in unasked)
        assert [line for line in unasked if not re.search(why, line)] == []
        assert len(portal.said("as assumed")) == len(QUESTIONS) - len(unasked)
        assert portal.content() == portal.before
        assert [line for line in portal.lines if line.startswith("left behind")] == []


def test_an_account_that_people_work_in_is_refused_before_any_write(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/details", status=200, body=STANDARD))

    with pytest.raises(CannotRun, match=r"type STANDARD.*developer test account"):
        portal.ask()

    assert [(call.method, call.rows) for call in portal.wire.calls] == [("GET", None)]


def test_a_sandbox_of_hubspot_s_own_is_asked_too(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/details", status=200, body=STANDARD.replace("STANDARD", "SANDBOX")))

    assert portal.ask() == 0


def test_an_account_that_does_not_say_what_it_is_is_refused_before_any_write(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/details", status=404, body="{}"))

    with pytest.raises(CannotRun, match="does not say what it is: 404"):
        portal.ask()

    assert len(portal.wire.calls) == 1


DIFFERENCES: dict[str, tuple[Callable[[Asked], object], str]] = {
    "the primary keeps its id": (
        lambda portal: setattr(portal.hubspot.policy, "keep_primary_id", True),
        "Has the survivor of a merge a new id, or the primary's? otherwise: saw the primary's, assumed a new one",
    ),
    "old ids lead nowhere": (
        lambda portal: setattr(portal.hubspot.policy, "follow_merged", False),
        "Where does an id lead that was merged away? otherwise: saw one by one to nowhere, in a batch to nowhere, "
        "assumed one by one to the survivor, in a batch to the survivor",
    ),
    "no unique property is taken": (
        lambda portal: setattr(portal.hubspot.policy, "unique_most", 0),
        "How is a change by the unknown value of a unique property answered? otherwise: "
        "saw 400 VALIDATION_ERROR on the way to the question, assumed 404 OBJECT_NOT_FOUND, 0 made",
    ),
    "2026-09 demands a property": (
        lambda portal: portal.hubspot.policy.require("companies", "phone"),
        "How is a second record with a unique value answered that another one has? otherwise: "
        "saw 400 VALIDATION_ERROR MISSING_REQUIRED_PROPERTY on the way to the question, "
        "assumed 400 VALIDATION_ERROR CONFLICTING_UNIQUE_VALUE",
    ),
    "a segment is refused": (
        lambda portal: portal.wire.faults.append(
            Fault("^/crm/lists/2026-09$", "POST", status=400, body='{"category": "VALIDATION_ERROR"}')
        ),
        "How is each of the three segments answered? otherwise: saw 400 VALIDATION_ERROR; 200 DYNAMIC; 200 DYNAMIC, "
        "assumed 200 DYNAMIC; 200 DYNAMIC; 200 DYNAMIC",
    ),
    "a page is no page": (
        lambda portal: portal.wire.faults.append(Fault("/companies/1$", status=404, body="{}")),
        "How is a number that is no record answered, and how a word? otherwise: "
        "saw 404; 404 OBJECT_NOT_FOUND, assumed 404 page; 404 OBJECT_NOT_FOUND",
    ),
    "an answer has another shape": (
        lambda portal: portal.wire.faults.append(Fault("/contacts/companies/batch/read", status=200, body="[]")),
        "Which types has a contact's first company among its `associationTypes`, and which the second one? otherwise: "
        "saw an answer of another shape (TypeError), assumed 1 279, then 279",
    ),
}


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_what_is_otherwise_is_told_with_what_was_seen_and_what_was_assumed(portal: Asked, difference: str) -> None:
    plant, line = DIFFERENCES[difference]
    plant(portal)

    code = portal.ask()

    assert code == 1
    assert line in portal.said("otherwise")
    assert portal.content() == portal.before


def test_no_question_takes_an_odd_answer_for_the_one_assumed(portal: Asked) -> None:
    portal.wire.faults.append(Fault("^/crm/|/api-usage/", status=418, body="{}", times=1_000_000))

    assert portal.ask() == 1

    assert portal.said("as assumed") == []
    assert len(portal.said("not asked: no segment was made")) == 1
    assert len(portal.said("otherwise")) == len(QUESTIONS) - 1


@pytest.mark.parametrize(
    ("lag", "code", "line"),
    [
        (20, 0, "as assumed (a new record 32 s, a change 32 s)"),
        (700, 1, "otherwise: saw no new record within ten minutes, assumed within ten minutes"),
    ],
)
def test_how_far_search_lags_behind_is_measured_within_bounds(
    clock: StillClock, lag: int, code: int, line: str
) -> None:
    with portal_of(clock, search_lag=timedelta(seconds=lag)) as portal:
        assert portal.ask() == code

        assert f"How long is it until search finds a new record, and a change? {line}" in portal.lines
        assert clock.slept < 1_000
        assert len(portal.said("not asked: search did not find")) == (0 if code == 0 else 3)
        assert portal.content() == portal.before


def test_a_new_property_may_be_there_a_little_later(portal: Asked) -> None:
    portal.hubspot.policy.property_lag = timedelta(seconds=2)

    assert portal.ask() == 0
