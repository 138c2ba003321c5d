"""What can go wrong, sorted by who must act on it.

The class tells the machine what to do and with which exit code to stop; the text tells a person what
happened, to what, why, and the next step.

    NeedsHuman      someone must change config, mapping, a file or permissions    exit 2
    StopForTonight  a limit is spent or the numbers look wrong; resume next run   exit 3
    TryAgain        the other side is busy or out of reach; repeat after a wait   retried, then exit 75
    HandedOver      this process was asked to stop; another one goes on           exit 75, and never retried here

Anything else that escapes is a bug of ours (exit 1). One bad row is never an exception: it is an Outcome.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Shown as `where: what`, then the next step on a line of its own.

    An adapter that knows which of its settings is at fault names it in `setting`; the host knows the line it is on.
    """

    exit_code = 1

    def __init__(self, what: str, *, next_step: str = "", where: str = "", setting: str = "") -> None:
        self.what, self.next_step, self.where, self.setting = what, next_step, where, setting
        super().__init__(what)

    def __str__(self) -> str:
        first = f"{self.where}: {self.what}" if self.where else self.what
        return f"{first}\n{self.next_step}" if self.next_step else first


class NeedsHuman(ConnectorError):
    exit_code = 2


class Forgotten(NeedsHuman):
    """A cursor older than the CRM's memory of what was deleted. The engine reads everything anew; nobody else need."""


class StopForTonight(ConnectorError):
    exit_code = 3


class TryAgain(ConnectorError):
    """`after` is how many seconds the other side asked us to wait; the caller adds its own backoff."""

    exit_code = 75

    def __init__(
        self, what: str, *, after: float = 1.0, next_step: str = "", where: str = "", setting: str = ""
    ) -> None:
        self.after = after
        super().__init__(what, next_step=next_step, where=where, setting=setting)


class HandedOver(ConnectorError):
    exit_code = 75
