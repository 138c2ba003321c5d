"""What can go wrong, and where: a site is a call to the CRM or a commit to the store, counted from the night's first.

Kinds at a call    refuse_before   the connection breaks before the request arrives
                   lose_answer     the CRM does the work, and the answer never comes
                   html_503        a page of HTML from a gateway, nothing done
                   busy            the vendor's own rate limit
                   log_out         every login has lapsed (Salesforce)
                   spend_quota     the day's calls are spent
                   die_before, die_after   our process is gone
                   overtaken       the lock was lost, and another process did the whole night meanwhile
Kinds at a commit  die_before      our process is gone, and the transaction with it
                   locked          the database does not let us in
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

CALL_KINDS = (
    *("refuse_before", "lose_answer", "html_503", "busy", "log_out", "spend_quota"),
    *("die_before", "die_after", "overtaken"),
)
COMMIT_KINDS = ("die_before", "locked")


class Died(BaseException):
    """Our process ended here. Nothing may catch it."""


@dataclass
class Faults:
    """Which fault strikes at which site; what has been passed is counted by the site's name.

    `draw` decides where `plan` says nothing, from what a site is and its name.
    """

    plan: dict[int, str] = field(default_factory=dict)
    draw: Callable[[str, str], str | None] | None = None
    quiet: bool = False  # nothing strikes, and nothing is counted
    site: int = 0
    passed: list[tuple[str, str]] = field(default_factory=list)  # call or commit, and the site's name
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)

    def at(self, what: str, name: str) -> str | None:
        """Pass a site; the kind of fault that strikes there."""
        if self.quiet:
            return None
        kind = self.plan.get(self.site) or (self.draw(what, name) if self.draw else None)
        self.site += 1
        self.passed.append((what, name))
        if kind:
            self.struck[name, kind] += 1
        return kind

    def begin(self, plan: dict[int, str] | None = None) -> None:
        """A night starts; sites are counted from 0 again."""
        self.plan, self.site, self.passed = dict(plan or {}), 0, []
