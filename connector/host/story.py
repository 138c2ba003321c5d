"""What the demo tells: the night in the words that a manager would use.

Shapes   everything is read from the demo's own store and the sandbox's count of calls
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from callplan.model import Npi, Tier
from connector.host.open import open_config, open_store
from connector.host.playground import Sandbox
from connector.host.week.reading import read_weeks
from connector.host.week.visits import clock
from connector.host.words import count
from connector.store import Store
from connector.store.plan import Assignment

ROWS_PER_CALL = {"salesforce": 1000, "hubspot": 100}  # the vendors' limits: 5 x 200 in one composite; 100


def tell_opening(label: str, claims: Path | None) -> str:
    source = f"Accounts {label} ({claims})." if claims else f"This is {label}: made up, and it belongs to nobody."
    return f"{source}\nA Salesforce and a HubSpot are running on this machine. The night begins ...\n"


def tell_night(home: Path, sandbox: Sandbox) -> str:
    config = open_config(home / "config.yaml")
    store = open_store(config, "salesforce")
    parts = [_tiers(store), _one_week(home, config.value.week.visits_per_day), _cold(store), _calls(sandbox)]
    return "\n\n".join("\n".join(part) for part in parts)


def tell_second_night(home: Path, sandbox: Sandbox, keep: bool) -> str:
    writes = {crm: sandbox.calls(crm)["writes"] for crm in ROWS_PER_CALL}
    told = ", ".join(f"{count} to {crm}" for crm, count in writes.items())
    lines = [f"\nA second night right after it made this many write calls: {told}."]
    if keep:
        lines += [
            "",
            "WHERE TO LOOK NEXT",
            f"  The CRMs as a manager sees them:  {sandbox.salesforce['url']}  {sandbox.hubspot['url']}",
            f"  Every rep's week:                 callplan week --config {home / 'config.yaml'}",
            f"  Why an account is where it is:    callplan explain NPI --config {home / 'config.yaml'}",
            f"  Who is going cold, who waits:     callplan flags --config {home / 'config.yaml'}",
            f"  How far the plan was kept:        callplan report --config {home / 'config.yaml'}",
            f"  What tonight would write:         callplan plan --config {home / 'config.yaml'}",
        ]
    else:
        lines += [
            "",
            "Where to look next: `callplan demo --keep` leaves both CRMs running, with pages to look at.",
        ]
    return "\n".join(lines)


def _tiers(store: Store) -> Iterator[str]:
    assignments = store.plan.assignments()
    counts = Counter(assignment.tier for assignment in assignments.values())
    yield f"TIERS  {len(assignments):,} accounts"
    meaning = {Tier.A: "visited every month", Tier.B: "visited every quarter", Tier.C: "waiting for a signal"}
    for tier in Tier:
        yield f"  {tier.value}  {counts[tier]:>5,}  {meaning[tier]}"
        for assignment in _examples(a for a in assignments.values() if a.tier is tier):
            yield f"            NPI {assignment.npi}  {assignment.reason}"


def _examples(assignments: Iterable[Assignment]) -> list[Assignment]:
    """The two with the most volume, of different specialties."""
    best: dict[str, Assignment] = {}
    for assignment in sorted(assignments, key=lambda a: (-(a.volume or 0.0), a.npi)):
        best.setdefault(assignment.specialty, assignment)
    return list(best.values())[:2]


def _one_week(home: Path, most: int) -> Iterator[str]:
    """Of the first rep that has visits."""
    week = next((week for week in read_weeks(home / "config.yaml", "salesforce", None) if week.visits), None)
    if not week:
        yield "NO VISIT IS DUE"
        return
    yield f"A REP'S WEEK  {week.title}"
    yield f"  {week.in_short}; {count(len(week.not_placed), 'Tier A account')} due without a place, "
    yield f"  at {most} visits a day (`visits_per_day`) at most."
    for day in week.days:
        yield f"  {day.in_short}"
        for visit in day.visits:
            hours, who = f"{clock(visit.starts):>8}-{clock(visit.ends):<8}", visit.account
            yield f"    {visit.slot}  {hours}  {who.tier}  {who.called}, {who.city}; {visit.in_words}; {who.seen}"
    first = week.visits[0]
    yield f"  {first.slot} is {first.day:%A}'s first stop in the CRM's order; one that comes between rewrites no other."
    yield f"  {week.rests_on}"


def _cold(store: Store) -> Iterator[str]:
    plans = store.plan.assignments()
    flagged = [coverage for coverage in store.plan.coverage().values() if coverage.flagged]
    flagged.sort(key=lambda coverage: (-(plans[coverage.npi].percentile or 0.0), coverage.npi))
    tier_a = sum(plan.tier is Tier.A for plan in plans.values())
    yield f"GOING COLD  {len(flagged):,} of {tier_a:,} Tier A accounts, the top of their specialties first"
    for coverage in islice(flagged, 5):
        yield f"  NPI {Npi(coverage.npi)}  {coverage.reason}"


def _calls(sandbox: Sandbox) -> Iterator[str]:
    yield "CALLS SPENT     all   writes   records written   fewest possible   ratio"
    for crm, size in ROWS_PER_CALL.items():
        told = sandbox.calls(crm)
        bound = -(-told["rows"] // size)
        ratio = told["writes"] / bound if bound else 1.0
        yield (f"  {crm:<12} {told['calls']:>5,} {told['writes']:>8,} {told['rows']:>17,} {bound:>17,} {ratio:>7.2f}")
