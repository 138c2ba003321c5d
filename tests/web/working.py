"""A worker of the house: it takes what is due and does it with the CRM of the desk, which no wire leads to."""

from __future__ import annotations

from contextlib import AbstractContextManager

from connector.config import Config
from connector.host import worker
from connector.host.open import Options
from connector.run import Run
from connector.yamlfile import Loaded
from tests.conftest import TODAY
from tests.web.house import House


def work(home: House) -> int:
    """How many nights were due, each carried out as the worker of the service does it."""
    clock, nights, done = home.desk.clock, home.site.database.nights, 0

    def opens(options: Options, config: Loaded[Config], crm: str, job: str) -> AbstractContextManager[Run]:
        return home.desk.run(TODAY, job, approve=options.approve)

    while night := nights.take("worker", clock.now()):
        worker._carry_out(night, nights, Options(home.site.config.path), clock, home.site.log, opens)
        done += 1
    return done
