"""What can go wrong, and where: a site is a call to the CRM or a commit to the store, counted from the night's first.

Each kind says where it can strike, whether the night's outcome must be that of an undisturbed one (`calm`: what people
do in the middle of a night changes what is right), and whether one start of the night must outlast it (`passes`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

WRITES = re.compile(r"^PATCH|POST .*/composite$|batch/update$")
LISTS = re.compile(r"search$|GET /crm/objects/\w+$")


@dataclass(frozen=True)
class Kind:
    name: str
    means: str
    at: str = "call"  # or commit
    crm: str | None = None  # where only one of them knows it
    where: re.Pattern[str] | None = None  # of the site's name
    calm: bool = True
    passes: bool = False  # within one start of the night

    def strikes(self, crm: str, what: str, name: str) -> bool:
        here = self.at == what and self.crm in (None, crm)
        return here and (self.where is None or self.where.search(name) is not None)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("refuse_before", "the connection breaks before the request arrives", passes=True),
        Kind("time_out", "a minute passes, and the request never arrived", passes=True),
        Kind("lose_answer", "the CRM does the work, and after a minute no answer has come", passes=True),
        Kind("slow", "the answer takes twelve minutes", passes=True),
        Kind("html_503", "a page of HTML from a gateway, nothing done", passes=True),
        Kind("busy", "the vendor's own rate limit", passes=True),
        Kind("log_out", "every login has lapsed; a HubSpot key does not", crm="salesforce", passes=True),
        Kind("spend_quota", "other applications have spent the day's calls"),
        Kind(
            "rows_locked",
            "half of the rows are locked (Salesforce), or all for a moment (HubSpot)",
            where=WRITES,
            passes=True,
        ),
        Kind("short_page", "one row a page, and more to come", passes=True),
        Kind("empty_page", "no row on the page, and more to come", crm="hubspot", where=LISTS, passes=True),
        Kind("person", "somebody edits, merges, deletes or logs just before the request arrives", calm=False),
        Kind("die_before", "our process is gone before the request"),
        Kind("die_after", "our process is gone before the answer"),
        Kind("overtaken", "the lock was lost, and another process did the whole night meanwhile"),
        Kind("rival", "a second scheduler begins the same night", passes=True),
        Kind("person_meanwhile", "somebody edits, merges, deletes or logs between two calls", at="commit", calm=False),
        Kind("die_before_commit", "our process is gone, and the transaction with it", at="commit"),
        Kind("die_after_commit", "our process is gone just after", at="commit"),
        Kind("die_writing", "our process is gone, and the audit log's last line is torn", at="commit"),
        Kind("locked", "another process does not let us in", at="commit"),
        Kind("disk_full", "there is no room", at="commit"),
        Kind("lost_commit", "the transaction stands, and we are told that it failed", at="commit"),
    )
}


def kinds_at(crm: str, what: str, name: str) -> list[str]:
    """All that can strike there."""
    return [kind.name for kind in KINDS.values() if kind.strikes(crm, what, name)]


class Died(BaseException):
    """Our process ended here. Nothing may catch it, and nothing that it does on its way out has any effect."""


@dataclass
class Faults:
    """Which fault strikes at which site; what has been passed is counted by the site's name.

    `draw` decides where `plan` says nothing, from what a site is and its name.
    """

    crm: str
    plan: dict[int, str] = field(default_factory=dict)
    draw: Callable[[str, str], str | None] | None = None
    quiet: bool = False  # nothing strikes, and nothing is counted
    dead: bool = False  # the process is gone: it reaches nobody any more
    site: int = 0
    passed: list[tuple[str, str]] = field(default_factory=list)  # call or commit, and the site's name
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: dict[int, str] = field(default_factory=dict)  # this night's, by site: enough to tell it again
    on_death: Callable[[], None] = lambda: None

    def at(self, what: str, name: str) -> str | None:
        """Pass a site; the kind of fault that strikes there."""
        if self.dead:
            raise Died
        if self.quiet:
            return None
        kind = self.plan.get(self.site) or (self.draw(what, name) if self.draw else None)
        if kind and KINDS[kind].strikes(self.crm, what, name):
            self.struck[name, kind] += 1
            self.told[self.site] = kind
        else:
            kind = None
        self.site += 1
        self.passed.append((what, name))
        return kind

    def die(self) -> Died:
        self.dead = True
        self.on_death()
        return Died()

    def begin(self, plan: dict[int, str] | None = None) -> None:
        """A night starts; sites are counted from 0 again."""
        self.plan, self.site, self.passed, self.told = dict(plan or {}), 0, [], {}
