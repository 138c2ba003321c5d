"""How often somebody may ask, and how little is remembered of whoever asks."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import TooManyRequests

from connector.host.web import limits
from connector.host.web.limits import Limit, asking
from tests.conftest import StillClock


def test_there_is_room_again_when_the_first_is_a_minute_ago(clock: StillClock) -> None:
    limit = Limit(clock, 2)
    limit.take("a")
    clock.sleep(20)
    limit.take("a")

    with pytest.raises(TooManyRequests) as refused:
        limit.take("a")
    assert dict(refused.value.get_headers())["Retry-After"] == "40"
    limit.take("b")
    clock.sleep(40)
    assert [limit.wait("a"), limit.wait("b")] == [0, 0]
    limit.take("a")
    assert limit.wait("a") == 20


def test_so_many_are_remembered_and_the_quiet_are_forgotten_first(
    clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEYS", 3)
    limit = Limit(clock, 1)

    for key in ("a", "b", "c", "a", "d"):
        limit.count(key)

    assert {key: bool(limit.wait(key)) for key in "abcd"} == {"a": True, "b": False, "c": True, "d": True}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_a_home_is_one_address(one: str, other: str, same: bool) -> None:
    app = Flask("limits")

    def key(address: str) -> str:
        with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
            return asking()

    assert (key(one) == key(other)) is same
