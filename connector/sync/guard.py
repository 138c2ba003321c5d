"""Numbers that stop a night before its first write, because a broken feed looks like a mass demotion.

Each guard says what it saw, what is allowed, and which key of the config allows more. `--force` passes them
all for one run.

Errors   StopForTonight
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from connector.config import Guards
from connector.errors import StopForTonight
from connector.store.journal import Difference


def stop_if_input_shrank(providers: int, before: int | None, guards: Guards) -> None:
    """Claims that lost a good part of their providers since the last vintage are late, cut or wrong."""
    if providers == 0:
        raise _stop("The claims hold no provider at all.", "Look at `claims:` in the config")
    if before and providers < guards.min_input_share * before:
        raise _stop(
            f"The claims hold {providers:,} providers, the last vintage held {before:,}.",
            f"Allowed is {guards.min_input_share:.0%} of it (`guards.min_input_share`). Check the file",
        )


def stop_if_few_match(matched: int, accounts: int, guards: Guards) -> None:
    """Accounts in the CRM of which only few carry an NPI that we can plan for."""
    if accounts == 0:
        raise _stop("The CRM shows this login no account at all.", "Check the mapping's object and permissions")
    if matched < guards.min_matched_share * accounts:
        raise _stop(
            f"Only {matched:,} of {accounts:,} accounts carry a usable NPI.",
            f"Wanted: {guards.min_matched_share:.0%} (`guards.min_matched_share`). See `npi:` of the mapping",
        )


def stop_if_tiers_flip(moved: int, known: int, guards: Guards) -> None:
    if known and moved > guards.max_tier_moves * known:
        raise _stop(
            f"{moved:,} of {known:,} accounts would change tier.",
            f"Allowed are {guards.max_tier_moves:.0%} (`guards.max_tier_moves`). `callplan plan` shows them",
        )


def stop_if_much_blanks(differences: Sequence[Difference], lasting: Collection[str], of: int, guards: Guards) -> None:
    """Rows in which a lasting field, one that is never emptied by an ordinary night, would be."""
    blanked = sum(
        any(change.after.get(name, "") is None and change.before.get(name) is not None for name in lasting)
        for change in differences
    )
    allowed = max(guards.max_blanked_rows, guards.max_blanked_share * of)
    if blanked > allowed:
        raise _stop(
            f"{blanked:,} of {of:,} records would have one of {', '.join(sorted(lasting))} emptied.",
            f"Allowed are {allowed:,.0f} (`guards.max_blanked_rows`, `guards.max_blanked_share`)",
        )


def _stop(saw: str, look: str) -> StopForTonight:
    return StopForTonight(f"{saw} Nothing was written.", next_step=f"{look}. To go on all the same: --force.")
