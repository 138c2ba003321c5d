"""The changes of state that can be told, each under a name of its own, so that nobody is told of one twice.

Of a flag or a gap there are two, its beginning and its end. Of what waits for an admin there is one for each thing,
though only their number is told.

Units    procedures in 12 months; a number below eleven may point at patients and is not said
Errors   none
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from callplan.model import Npi
from connector.digest.night import LastNight
from connector.store.flags import DISMISSED, TOUCHED, Flag, Gap

FEWEST_TOLD = 11
AT_RISK = "relevant procedures a year at risk"


class Kind(StrEnum):
    NIGHT = "night"
    RAISED = "flag"
    SILENT = "gap"
    ENDED = "flag ended"
    HEARD = "gap ended"
    REFUSED = "refused"
    PROPOSED = "override"
    UNMATCHED = "unmatched"
    QUEUED = "match"


WAITS = (Kind.REFUSED, Kind.PROPOSED, Kind.UNMATCHED, Kind.QUEUED)  # for an admin, who is told of their number
COME_BACK = (Kind.REFUSED, Kind.UNMATCHED, Kind.QUEUED)  # what was mended may be the same again, and is told again
BEGINS = {Kind.ENDED: Kind.RAISED, Kind.HEARD: Kind.SILENT}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of whom there is news."""

    called: str  # by name, and where
    tier: str  # why it has its tier
    page: str | None  # where people look at it


@dataclass(frozen=True, slots=True)
class News:
    kind: Kind
    key: str
    name: str = ""  # of whom it is, for the subject
    told: tuple[str, ...] = ()  # in sentences, the first in short
    rep: str = ""  # "": it is everybody's
    manager: str = ""
    page: str | None = None
    stands: bool = True  # what has ended before anybody was told of it is no news


@dataclass(frozen=True, slots=True)
class Morning:
    """All that can be told of one CRM on one day."""

    crm: str
    day: date
    night: LastNight
    flags: tuple[Flag, ...]
    gaps: tuple[Gap, ...]
    in_line: Mapping[str, int]  # accounts that wait for their turn to be flagged, by rep
    waits: Mapping[Kind, frozenset[str]]  # keys of all that waits for an admin
    account: Callable[[Npi], Account]
    manager: Callable[[str], str]  # of a rep; "" where the config names none

    def news(self) -> Iterator[News]:
        if trouble := self.night.trouble:
            yield News(Kind.NIGHT, trouble.key)
        for flag in sorted(self.flags, key=lambda one: (-(one.at_risk or 0.0), one.id)):
            yield self._raised(flag)
            if flag.ended:
                yield self._ended(flag)
        for gap in self.gaps:
            yield from self._gap(gap)
        yield from (News(kind, key) for kind in WAITS for key in sorted(self.waits.get(kind, ())))

    def _raised(self, flag: Flag) -> News:
        of = self.account(flag.npi)
        why = flag.reason.partition(" Next step:")[0]  # as a field of the CRM it ends with that, and may name the risk
        step = f"Next step: {flag.next_step[:1].lower()}{flag.next_step[1:]}" if flag.next_step else ""
        told = [why, "" if AT_RISK in why else risk(flag.at_risk), of.tier, step]
        return self._of(flag, of, Kind.RAISED, tuple(sentence(one) for one in told if one), flag.ended is None)

    def _ended(self, flag: Flag) -> News:
        said, by = flag.said or "", f" by {flag.by}" if flag.by else ""
        until = f", until {short(flag.snoozed_until)}" if flag.snoozed_until else ""
        how = {TOUCHED: "", DISMISSED: f"Dismissed{by}{until}"}.get(flag.how or "", f"Withdrawn{by}")
        told = sentence(": ".join(text for text in (how, said) if text) or "Touched")
        return self._of(flag, self.account(flag.npi), Kind.ENDED, (told,), True)

    def _of(self, flag: Flag, of: Account, kind: Kind, told: tuple[str, ...], stands: bool) -> News:
        return News(kind, str(flag.id), of.called, told, flag.rep, flag.manager, of.page, stands)

    def _gap(self, gap: Gap) -> Iterator[News]:
        who, manager = gap.who or "everybody", self.manager(gap.who) if gap.who else ""
        since = f"Nothing logged since {short(gap.since)}." if gap.since else "Nothing was ever logged."
        means = "It may be the log that is silent, and not the accounts: meanwhile they are not flagged."
        step = "Next step: ask whether visits are logged, and whether the sync of calendar and mail runs."
        yield News(Kind.SILENT, str(gap.id), who, (since, means, step), gap.who, manager, stands=gap.ended is None)
        if gap.ended:
            yield News(Kind.HEARD, str(gap.id), who, (f"Logged again since {short(gap.ended)}.",), gap.who, manager)


def risk(procedures: float | None) -> str:
    """At risk with an account, as far as it may be said."""
    if procedures is None:
        return ""
    much = f"{procedures:,.0f}" if procedures >= FEWEST_TOLD else "Fewer than 11"
    return f"{much} {AT_RISK}."


def sentence(text: str) -> str:
    """On one line, from a capital to a full stop."""
    line = " ".join(text.split())
    return f"{line[:1].upper()}{line[1:]}{'' if line.endswith(('.', '!', '?')) else '.'}" if line else ""


def short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
