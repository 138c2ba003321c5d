"""Whether the process lives, whether it can do its work, and what its runs came to."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from connector.host.web.health import Asked
from connector.store import Database
from tests.web.house import ADEYEMI, KIM, ROBIN, TEAM, House, house
from tests.web.programs import ask, token

MONITOR = Path(__file__).parent.parent.parent / "docs/how-to/monitor.md"
MINUTES = timedelta(minutes=1)


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """By name and values of the labels."""
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_metrics_are_the_numbers_of_the_last_night(home: House) -> None:
    home.site.database.nights.call("memory", "nightly", home.site.clock.now() - 5 * MINUTES)

    told = numbers(ask(home, "/metrics", token(home, ROBIN)).text)

    began = home.site.clock.now().timestamp()
    assert told["callplan_last_run_ended_timestamp_seconds", "memory", "nightly"] == began
    assert told["callplan_last_run_state", "memory", "nightly", "done"] == 1
    assert told["callplan_last_run_records", "memory", "nightly", "written"] == 4
    assert told["callplan_flags_open", "memory"] == 3
    assert told["callplan_calls_today", "memory"] == home.store.meter.counted(home.site.clock.now().date()) > 0
    assert told["callplan_calls_per_day", "memory"] == home.desk.org.calls_per_day
    assert told["callplan_nights_waiting", "memory"] == 1
    assert told["callplan_oldest_waiting_seconds", "memory"] == 300
    assert told["callplan_dead_letters", "memory"] == 0


def test_no_account_and_nobody_is_named_in_metrics(home: House) -> None:
    text = ask(home, "/metrics", token(home, ROBIN)).text

    assert ADEYEMI not in text
    assert "@" not in text
    assert KIM.split("@")[0] not in text


def test_strangers_read_no_metrics_unless_the_config_opens_them(home: House, tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()

    with house(folder, TEAM + "  metrics: open\n", night=False) as opened:
        answers = [ask(one, "/metrics").status for one in (home, opened)]

    assert answers == [401, 200]


def test_it_is_not_ready_while_a_part_that_should_live_is_silent_or_dead(home: House) -> None:
    pulse, now, living = home.site.pulse, home.site.clock.now(), [True]
    pulse.expect("worker", now, within=3 * MINUTES)
    pulse.expect("scheduler", now, lives=lambda: living[0])
    told = [ask(home, "/readyz")]

    home.desk.clock.sleep(181)
    told.append(ask(home, "/readyz"))
    pulse.beat("worker", home.site.clock.now())
    living[0] = False
    told.append(ask(home, "/readyz"))

    assert [answer.status for answer in told] == [200, 503, 503]
    assert [answer.text for answer in told[1:]] == ["not ready: worker\n", "not ready: scheduler\n"]


def test_it_is_not_ready_when_the_store_is_gone_and_lives_all_the_same(home: House) -> None:
    home.site.database.engine.dispose()
    for file in home.desk.folder.glob("callplan.db*"):
        file.unlink()

    answer = ask(home, "/readyz")

    assert (answer.status, answer.text) == (503, "not ready: store\n")
    assert ask(home, "/healthz").status == 200


def test_a_store_that_hangs_keeps_one_thread_waiting_however_often_it_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.host.web.health.SECOND", 0.01)
    free = threading.Event()
    asked = Asked(Hanging(database, free))
    before = threading.active_count()

    answers = [asked.answers() for _ in range(5)]

    assert (answers, threading.active_count() - before) == ([False] * 5, 1)
    free.set()
    assert asked.thread
    asked.thread.join()
    monkeypatch.setattr("connector.host.web.health.SECOND", 5)
    assert asked.answers()


class Hanging(Database):
    """A server behind a network that drops what is sent, until it is free."""

    def __init__(self, real: Database, free: threading.Event) -> None:
        super().__init__(real.engine, None)
        self.free = free

    def is_newest(self) -> bool:
        self.free.wait()
        return super().is_newest()


def test_every_metric_of_the_alert_rules_is_told_and_each_is_documented(home: House) -> None:
    page = MONITOR.read_text()
    rules = YAML(typ="safe").load(re.findall(r"```yaml\n(groups:.*?)```", page, re.DOTALL)[0])
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]

    told = set(re.findall(r"^# TYPE (\w+)", ask(home, "/metrics", token(home, ROBIN)).text, re.MULTILINE))

    asked = {name for rule in alerts for name in re.findall(r"callplan_\w+", rule["expr"])}
    assert len(alerts) >= 6
    assert all({"alert", "expr", "annotations"} <= rule.keys() for rule in alerts)
    assert asked <= told
    assert told == set(re.findall(r"^\| `(callplan_\w+)", page, re.MULTILINE))
