"""What the CRMs say of themselves, asked once in a few minutes: a page that is loaded again costs the CRM nothing.

A CRM that did not answer is not asked again for a minute, so that nobody waits for it at each click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from connector.contract import Crm, Shape
from connector.errors import ConnectorError
from connector.host.check import say_permissions
from connector.host.open import located, metered
from connector.host.web.site import Site
from connector.mapping import Mapping, reading
from connector.yamlfile import Loaded

FRESH, SULKING = timedelta(minutes=5), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Answer:
    at: datetime
    said: Any
    failed: ConnectorError | None = None

    def stands(self, now: datetime) -> bool:
        return now - self.at < (SULKING if self.failed else FRESH)


@dataclass
class Live:
    site: Site
    _held: dict[tuple[str, str], Answer] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def describe(self, crm: str, mapping: Loaded[Mapping]) -> Callable[[str], Shape]:
        def described(of: str) -> Shape:
            found: Shape = self._ask(crm, of, mapping, lambda reached: reached.describe(of))
            return found

        return described

    def permissions(self, crm: str, mapping: Loaded[Mapping]) -> list[str]:
        """What `callplan check` says of the login and of the calls that are left."""
        config, told_of = (
            self.site.config.value,
            f" {reading(mapping.value)}",
        )  # of another draft it says something else
        found: list[str] = self._ask(crm, told_of, mapping, lambda reached: [*say_permissions(config, crm, reached)])
        return found

    def asked(self, crm: str) -> datetime | None:
        """When the oldest of what is held was said."""
        return min((one.at for (name, _), one in self._held.items() if name == crm), default=None)

    def forget(self, crm: str) -> None:
        with self._lock:
            self._held = {key: one for key, one in self._held.items() if key[0] != crm}

    def _ask(self, crm: str, what: str, mapping: Loaded[Mapping], question: Callable[[Crm], Any]) -> Any:
        now, held = self.site.clock.now(), self._held.get((crm, what))
        if not held or not held.stands(now):
            held = self._answer(crm, mapping, question, now)
            with self._lock:
                self._held = {key: one for key, one in self._held.items() if one.stands(now)} | {(crm, what): held}
        if held.failed:
            raise held.failed.with_traceback(None)
        return held.said

    def _answer(self, crm: str, mapping: Loaded[Mapping], question: Callable[[Crm], Any], now: datetime) -> Answer:
        site, store = self.site, self.site.database.store(crm)
        try:
            with located(site.config, crm):
                connect = site.way(site.config, crm, reading(mapping.value))
                reached = connect(meter=metered(store, site.clock, site.config), keep=store.keep)
                return Answer(now, question(reached))
        except ConnectorError as error:
            return Answer(now, None, error)
