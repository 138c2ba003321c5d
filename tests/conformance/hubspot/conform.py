"""All questions to one portal, one line each; what was made for them is taken away, come what may.

Only a developer test account or a sandbox of HubSpot's is asked. There is no way round that.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.conformance.hubspot import (
    account,
    batches,
    definitions,
    keys,
    links,
    merging,
    questions,
    records,
    searching,
    segments,
    writing,
)
from tests.conformance.hubspot.portal import ACCOUNT, CannotRun, NotAsked, Portal
from tests.conformance.hubspot.questions import Verdict
from tests.conformance.hubspot.workshop import Workshop

QUESTIONS = questions.of(account, records, writing, keys, batches, definitions, links, merging, searching, segments)
TEST_ACCOUNTS = ("DEVELOPER_TEST", "SANDBOX")
SCOPES = (
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.schemas.companies.write",
    "crm.schemas.contacts.write",
    "crm.lists.read",
    "crm.lists.write",
)
AGREES, DIFFERS, STOPPED = 0, 1, 2


def conform(portal: Portal, run: str, say: Callable[[str], object]) -> int:
    """The exit code: 0 all as assumed, 1 something is otherwise, 2 something could not be asked or taken away."""
    demand_test_account(portal)
    shop, verdicts, left = Workshop(portal, run), Counter[Verdict](), list[str]()
    try:
        for question in QUESTIONS:
            verdict, line = question.put(shop)
            verdicts[verdict] += 1
            say(line)
    except KeyboardInterrupt:
        say("Stopped; what was made is taken away first.")
        raise
    finally:
        with undisturbed():
            left += shop.made.clear()
        for one in left:
            say(f"left behind: {one}")
    say(", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict))
    if verdicts[Verdict.OTHERWISE]:
        return DIFFERS
    return STOPPED if verdicts[Verdict.NOT_ASKED] or left else AGREES


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whoever is asked to end twice still takes away first: it is over in some seconds."""
    before = {asked: signal.signal(asked, signal.SIG_IGN) for asked in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for asked, answer in before.items():
            signal.signal(asked, answer)


def demand_test_account(portal: Portal) -> None:
    try:
        answer = portal.ask("GET", f"{ACCOUNT}/details")
    except NotAsked as why:
        raise CannotRun(f"The account does not say what it is: {why}.") from None
    if answer.status != 200:
        raise CannotRun(f"The account does not say what it is: {answer.told}. Is HUBSPOT_KEY a service key of it?")
    kind = answer.said.get("accountType")
    if kind not in TEST_ACCOUNTS:
        raise CannotRun(
            f"This account is of type {kind}, and nothing is written to any but {' and '.join(TEST_ACCOUNTS)}. "
            "Make a developer test account, which costs nothing, and a service key there."
        )
