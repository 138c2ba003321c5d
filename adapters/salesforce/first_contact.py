"""What only a real org can tell: asked without writing anything, and printed for whoever connects one first.

Each line is a question, and the org's answer. What could only be asked by failing or writing on purpose stands at the
end as not asked.

Source   what Salesforce's documentation leaves open: docs/why/unproven.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from adapters.salesforce import bulk
from adapters.salesforce.fields import literal
from adapters.salesforce.interactions import PROFILES, moment
from adapters.salesforce.reader import read
from adapters.salesforce.wire import Wire
from connector.contract import Reading
from connector.errors import ConnectorError

SKEW = timedelta(seconds=60)  # more than this between the org's clock and ours is worth a word
NOT_ASKED = (
    "the texts of refused logins, the answer to a call that is too large, what a rolled-back composite says: asking"
    " would fail on purpose; whether tasks and events can be upserted by Callplan_Key__c: asking would write"
)


def report(wire: Wire, reading: Reading, version: str) -> Iterator[str]:
    yield from _told("API versions", lambda: _versions(wire, version))
    yield _clock(wire)
    yield from _told("limits", lambda: _limits(wire))
    yield from _told("objects with interactions", lambda: _objects(wire, reading))
    for kind in reading.interactions:
        yield from _told(kind, partial(_covered, wire, kind))
    yield _bulk(wire, reading.object)
    yield f"not asked: {NOT_ASKED}"


def _told(question: str, ask: Callable[[], Iterator[str]]) -> Iterator[str]:
    """What an integration user may not ask, such as limits without View Setup, is no reason to stop."""
    try:
        yield from ask()
    except ConnectorError as error:
        yield f"{question}: not told ({error.what})"


def _versions(wire: Wire, version: str) -> Iterator[str]:
    offered = [entry["version"] for entry in wire.versions()]
    newest = offered[-1] if offered else "none"
    yield f"API versions: {len(offered)}, the newest {newest}; {version} is used"
    if version not in offered:
        yield f"  {version} is not among them: set `api_version:` to {newest}"


def _clock(wire: Wire) -> str:
    apart = abs(wire.now() - wire.clock.now())
    said = f"clock: the org's and ours are {apart.total_seconds():.0f} s apart"
    return f"{said}; set this machine's, or a certificate's login may be refused" if apart > SKEW else said


def _limits(wire: Wire) -> Iterator[str]:
    told = read(wire, "limits")
    for name in ("DailyApiRequests", "DailyBulkApiBatches", "DailyBulkV2QueryJobs"):
        if name in told:
            yield f"{name}: {told[name]['Remaining']:,} of {told[name]['Max']:,} left"
    yield f"limits in the header of each answer: {'yes' if wire.limits.calls_left is not None else 'no'}"


def _objects(wire: Wire, reading: Reading) -> Iterator[str]:
    there = {entry["name"] for entry in read(wire, "sobjects")["sobjects"]}
    read_of = [name for name in PROFILES if name in there]
    unread = [name for name in read_of if name not in reading.interactions]
    yield f"objects with interactions: {', '.join(read_of)}"
    if unread:
        yield f"  not in the mapping: {', '.join(unread)}. Add those in which reps log their work to `interactions:`"
    fields = {field["name"] for field in read(wire, f"sobjects/{reading.object}/describe")["fields"]}
    if "IsPersonAccount" in fields and not reading.only:
        yield "  the org has person accounts: `only: IsPersonAccount` in the mapping reads no others"


def _covered(wire: Wire, kind: str) -> Iterator[str]:
    now = wire.now()
    span = {"start": literal(now - timedelta(minutes=10)), "end": literal(now)}
    covered = moment(read(wire, f"sobjects/{kind}/updated/", params=span)["latestDateCovered"])
    yield f"{kind}: changes are covered up to {max(0.0, (now - covered).total_seconds()):.0f} s ago"


def _bulk(wire: Wire, kind: str) -> str:
    try:
        job = bulk.start_query(wire, f"SELECT Id FROM {kind} LIMIT 1")  # noqa: S608  (names are checked)
        text, _ = bulk.fetch_rows(wire, job, None)
    except ConnectorError as error:
        return f"bulk query: not to be had ({error.what})"
    rows = max(0, len(text.splitlines()) - 1)
    return f"bulk query: works, {rows} row read"
