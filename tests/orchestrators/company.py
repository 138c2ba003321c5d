"""A team's Callplan in a process and with a Python of its own: an orchestrator's environment need not hold ours.

    python -m tests.orchestrators.company FOLDER

prints its address and a token as one line of JSON, and serves until its standard input ends: the API, and a worker that
runs what is due on the team's memory CRM.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from connector.errors import ConnectorError
from connector.host.discover import job
from connector.store.nights import Night
from tests.conftest import TODAY, StillClock
from tests.web.house import ROBIN, House, house
from tests.web.programs import token


class Now(StillClock):
    def now(self) -> datetime:
        return datetime.now(UTC)


def work(home: House, over: threading.Event) -> None:
    nights, clock = home.site.database.nights, Now()
    while not over.wait(0.05):
        if night := nights.take("the company's", clock.now()):
            state, said = carry_out(home, night)
            nights.finish(night, state, clock.now(), said)


def carry_out(home: House, night: Night) -> tuple[str, str | None]:
    try:
        with home.desk.run(TODAY, night.job) as run:
            home.site.database.nights.note_run(night, run.id)
            run.tally.update(job(night.job)(run))
    except ConnectorError as error:
        return "stopped", str(error)
    return "done", None


def main(folder: Path) -> None:
    over = threading.Event()
    with house(folder) as home:
        worker = threading.Thread(target=work, args=(home, over))
        worker.start()
        print(json.dumps({"url": home.url, "token": token(home, ROBIN)}), flush=True)
        sys.stdin.read()
        over.set()
        worker.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
