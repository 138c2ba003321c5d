"""Deployments: one at a time, each waiting, then working, then done, as the org's clock says.

A deployment is looked at only when its time has come: what it was asked is then done at once, whole or, without
rollbackOnError, as far as it goes. checkOnly tries everything and keeps nothing.
Source   Metadata API guide, DeployResult; that SucceededPartial counts as a success is recalled, not read
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.salesforce import ids
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.metadata.package import Failure, NotZip, open_package, unzip
from sandbox.salesforce.metadata.setup import Done, Setup, Stored

if TYPE_CHECKING:
    from sandbox.salesforce.records import Records

QUEUE = timedelta(seconds=1)  # how long a deployment is Pending
TEST_LEVELS = ("NoTestRun", "RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg", "RunRelevantTests")


@dataclass(slots=True)
class Options:
    check_only: bool = False
    ignore_warnings: bool = False
    rollback_on_error: bool = True
    single_package: bool = True
    test_level: str = ""


@dataclass(slots=True)
class Deploy:
    id: str
    files: dict[str, bytes]
    options: Options
    asked: datetime
    starts: datetime
    ends: datetime
    canceled: datetime | None = None  # when somebody asked for it
    result: str = ""  # the last status, once it is reached
    successes: list[Done] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return bool(self.result)

    def status(self, now: datetime) -> str:
        if self.done:
            return self.result
        if self.canceled:
            return "Canceling"
        return "Pending" if now < self.starts else "InProgress"

    @property
    def total(self) -> int:
        return len(self.successes) + len(self.failures)


@dataclass(slots=True)
class Metadata:
    """What was deployed into the org, and what is being deployed."""

    seconds: float = 2.0  # how long a deployment works
    stored: dict[tuple[str, str], Stored] = field(default_factory=dict)
    deploys: dict[str, Deploy] = field(default_factory=dict)

    def ask(self, records: Records, content: bytes, options: Options) -> Deploy:
        if options.test_level and options.test_level not in TEST_LEVELS:
            words = f"'{options.test_level}' is not a valid value for the enum 'TestLevel'"
            raise Refused("INVALID_TYPE", words)
        try:
            files = unzip(content)
        except NotZip as error:
            raise Refused("INVALID_OPERATION", str(error)) from error
        now = records.now()
        free = max((d.ends for d in self.deploys.values() if not d.done), default=now)
        starts = max(now + QUEUE, free)
        key = ids.make("0Af", records.next_number())
        self.deploys[key] = Deploy(key, files, options, now, starts, starts + timedelta(seconds=self.seconds))
        return self.deploys[key]

    def find(self, id: str) -> Deploy | None:
        return self.deploys.get(ids.full(id) or "")

    def cancel(self, deploy: Deploy, now: datetime) -> None:
        """At once while it waits; while it works, a moment later."""
        if deploy.done:
            raise Refused("INVALID_ID_FIELD", "Deployment already completed")
        deploy.canceled = now
        if now < deploy.starts:
            deploy.result, deploy.ends = "Canceled", now
        else:
            deploy.ends = min(deploy.ends, now + QUEUE)

    def settle(self, records: Records) -> bool:
        """Do what is due; whether anything was."""
        due = [d for d in self.deploys.values() if not d.done and d.ends <= records.now()]
        for deploy in due:
            if deploy.canceled:
                deploy.result = "Canceled"
            else:
                self._run(records, deploy)
        return bool(due)

    def _run(self, records: Records, deploy: Deploy) -> None:
        setup, options = Setup(records, self.stored, deploy.ends), deploy.options
        before = setup.snapshot()
        package = open_package(deploy.files, single=options.single_package)
        deploy.failures = list(package.failures)
        for component in package.components:
            found = setup.apply(component)
            deploy.successes += [found] if isinstance(found, Done) else []
            deploy.failures += found if isinstance(found, list) else []

        failed = bool(deploy.failures) and (options.rollback_on_error or not deploy.successes)
        if options.check_only or failed:
            setup.restore(before)
        deploy.result = "Failed" if failed else "SucceededPartial" if deploy.failures else "Succeeded"
        deploy.files = {}
