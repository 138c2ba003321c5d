"""The questions to HubSpot, put to the sandbox over a socket: all is as assumed, and nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.hubspot import HubSpot
from sandbox.server import listen
from sandbox.wire import Fault, Wire
from tests.conformance.hubspot.conform import QUESTIONS, SCOPES, conform
from tests.conformance.hubspot.portal import CannotRun, Portal
from tests.conformance.hubspot.workshop import Workshop
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import WORLD

ROOT = Path(__file__).parent.parent.parent
KEY = "pat-na1-conformance"
STANDARD = '{"portalId": 20000001, "accountType": "STANDARD", "timeZone": "US/Central"}'


@dataclass
class Asked:
    """A sandbox on a port, and what was said of it."""

    clock: StillClock
    hubspot: HubSpot
    wire: Wire
    url: str
    lines: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.content()

    def ask(self, run: str = "1a", say: Callable[[str], object] | None = None) -> int:
        return conform(Portal(self.url, KEY, self.clock), run, say or self.lines.append)

    def said(self, verdict: str) -> list[str]:
        return [line for line in self.lines if f"? {verdict}" in line]

    def content(self) -> dict[str, Any]:
        """All that is live: records with their values, properties, groups, lists."""
        portal = self.hubspot.portal
        kinds = portal.schema.kinds
        return {
            "records": {r.key: dict(r.properties) for kind in kinds for r in portal.all(kind)},
            "properties": {
                kind: [p.name for p in portal.schema.properties[kind].values() if not p.archived] for kind in kinds
            },
            "groups": {kind: [g.name for g in portal.schema.groups[kind].values() if not g.archived] for kind in kinds},
            "lists": [segment.name for segment in self.hubspot.segments.live()],
        }


@contextmanager
def portal_of(clock: StillClock, **settings: Any) -> Iterator[Asked]:
    hubspot = HubSpot(WORLD, now=clock.now, **{"token": KEY, "scopes": SCOPES, **settings})
    wire = Wire(hubspot)
    listening = listen(wire)
    try:
        yield Asked(clock, hubspot, wire, listening.url)
    finally:
        listening.close()


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Asked]:
    with portal_of(clock) as portal:
        yield portal


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


def test_limits_are_waited_out(clock: StillClock) -> None:
    with portal_of(clock, burst=9) as portal:
        assert portal.ask() == 0

        refused = [call for call in portal.wire.calls if call.status == 429]
        assert refused
        assert portal.content() == portal.before


def test_pauses_keep_the_calls_within_every_account_s_limits(clock: StillClock) -> None:
    with portal_of(clock, burst=100) as portal:
        portal.ask()

        assert [call for call in portal.wire.calls if call.status == 429] == []
        assert clock.slept > len(portal.wire.calls) / 5


@pytest.mark.parametrize("lines", [0, 10, 20, 30, 48])
def test_whoever_stops_it_leaves_nothing_behind(portal: Asked, lines: int) -> None:
    said = iter(range(100))

    def stop(line: str) -> None:
        if next(said) == lines:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        portal.ask(say=stop)

    assert portal.content() == portal.before


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_twice_leaves_nothing_behind_either(portal: Asked, second: signal.Signals) -> None:
    def press(asked: signal.Signals) -> Callable[[], None]:
        return lambda: os.kill(os.getpid(), asked)

    portal.wire.faults.append(Fault("/companies/merge", before=press(signal.SIGINT)))
    portal.wire.faults.append(Fault("/batch/archive", before=press(second)))

    with pytest.raises(KeyboardInterrupt):
        portal.ask()

    assert portal.lines[-1].startswith("Stopped")
    assert portal.content() == portal.before


@pytest.mark.parametrize("path", ["/companies$", "/batch/create$", "/batch/upsert$", "/lists/2026-09$", "/groups$"])
def test_what_was_made_is_taken_away_though_its_answer_was_lost(portal: Asked, path: str) -> None:
    portal.wire.faults.append(Fault(path, "POST", lose_reply=True))

    code = portal.ask()

    assert code == 2
    assert "not asked: no answer (ProtocolError)" in "\n".join(portal.lines)
    assert portal.content() == portal.before


def test_what_cannot_be_taken_away_at_once_is_a_little_later(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/companies/(batch/archive|groups/)", status=503, times=2))

    assert portal.ask() == 0

    assert portal.content() == portal.before


def test_more_records_than_a_batch_takes_are_taken_away_too(portal: Asked) -> None:
    shop = Workshop(Portal(portal.url, KEY, portal.clock), "1a")
    for _ in range(101):
        shop.make()

    assert [*shop.made.clear()] == []

    assert portal.content() == portal.before


def test_what_cannot_be_taken_away_is_told(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/companies/groups/", "DELETE", status=503, times=99))

    code = portal.ask()

    assert code == 2
    assert "left behind: companies/groups/callplan_conform: HubSpot answers 503" in portal.lines
    assert portal.lines[-1] == f"{len(QUESTIONS)} as assumed, 0 otherwise, 0 not asked"


def test_a_spent_day_ends_it(clock: StillClock) -> None:
    with portal_of(clock, daily_calls=30) as portal:
        with pytest.raises(CannotRun, match="tomorrow"):
            portal.ask()

        assert "left behind: companies named Callplan conformance: " in "\n".join(portal.lines)
        assert clock.slept < 60


@pytest.mark.parametrize("url", ["https://api.hubapi.com.example.org", "http://api.hubapi.com", "https://example.org"])
def test_the_key_goes_to_hubspot_alone(clock: StillClock, url: str) -> None:
    with pytest.raises(CannotRun, match="--url is neither"):
        Portal(url, KEY, clock)


def run_script(*words: str, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "HUBSPOT_KEY"}
    env |= {"HUBSPOT_KEY": key} if key is not None else {}
    script = [sys.executable, str(ROOT / "tools" / "conform-hubspot"), *words]
    return subprocess.run(script, capture_output=True, text=True, timeout=60, env=env, check=False)


def test_the_script_ends_with_a_reason_and_never_shows_a_key(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/details", status=200, body=STANDARD))

    ended = {
        "type STANDARD": run_script("--url", portal.url),
        "does not say what it is: 401": run_script("--url", portal.url, key="pat-na1-other"),
        "HUBSPOT_KEY is no key": run_script("--url", portal.url, key=None),
        "or has blanks": run_script("--url", portal.url, key=f"{KEY} x\u00e9"),
        "no argument but --url": run_script(KEY, "--url", portal.url),
    }

    for why, end in ended.items():
        assert (end.returncode, end.stdout) == (2, ""), why
        assert why in end.stderr
        assert "pat-na1" not in end.stderr


def test_the_scopes_are_told_by_the_script_and_by_the_page() -> None:
    told = run_script("--help", key=None).stdout
    page = (ROOT / "docs/how-to/try-hubspot-for-real.md").read_text()

    for text in (told, page):
        assert set(re.findall(r"\bcrm\.[a-z.]+[a-z]", text)) == set(SCOPES)
