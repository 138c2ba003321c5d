"""Numbers that stop a night before its first write, because a broken feed looks like a mass demotion.

Each guard says what it saw, what is allowed, and which key of the config allows more. A number that cannot be had trips
it too: each condition is written so that only a comparison that holds lets the night go on. An approval passes them for
one plan, which it names by its hash.

Errors   StopForTonight
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from connector.config import Guards
from connector.contract import CrmId, Limits
from connector.errors import StopForTonight
from connector.intake import FileRead
from connector.store.journal import Difference
from connector.sync.diff import Fields

APPROVE = (
    "To go on all the same: `callplan plan` shows the plan and its hash, `callplan nightly --approve HASH` takes it."
)
SMALL_TERRITORY = 10  # accounts; below it a few moves are a large share
FEW_VISITS = 10
SMALL_FILE = 100  # rows; up to it a file may grow as it likes


def stop_if_input_shrank(providers: int, before: int | None, guards: Guards) -> None:
    """Claims that lost a good part of their providers since the last vintage are late, cut or wrong."""
    if providers == 0:
        raise _stop("The claims hold no provider at all.", "Look at `claims:` in the config")
    if before and not providers >= guards.min_input_share * before:
        raise _stop(
            f"The claims hold {providers:,} providers, the last vintage held {before:,}.",
            f"Allowed is {guards.min_input_share:.0%} of it (`guards.min_input_share`). Check the file",
        )


def stop_if_a_file_changed_size(files: Sequence[FileRead], before: Sequence[Mapping[str, Any]], guards: Guards) -> None:
    """A file against itself; one with a new name against those of its layout that are there no more."""
    read = [(str(file.path), file.layout, file.rows) for file in files]
    known = [(file["path"], file["layout"], file["rows"]) for file in before]
    kept = {path for path, _, _ in read} & {path for path, _, _ in known}
    now, then = _rows(read, kept), _rows(known, kept)
    for name in sorted(now.keys() & then.keys()):
        if not guards.min_input_share * then[name] <= now[name]:
            allowed = f"at least {guards.min_input_share:.0%} of it (`guards.min_input_share`)"
        elif not now[name] <= max(guards.max_input_growth * then[name], SMALL_FILE):
            allowed = f"at most {guards.max_input_growth:g} times as many (`guards.max_input_growth`)"
        else:
            continue
        saw = f"{name} holds {now[name]:,} rows, in the last vintage it held {then[name]:,}."
        raise _stop(saw, f"Allowed is {allowed}. Check the file")


def _rows(files: Sequence[tuple[str, str, int]], kept: Collection[str]) -> Counter[str]:
    rows = Counter[str]()
    for path, layout, count in files:
        rows[path if path in kept else layout] += count
    return rows


def stop_if_few_match(matched: int, accounts: int, guards: Guards) -> None:
    """Accounts in the CRM of which only few carry an NPI that we can plan for."""
    if accounts == 0:
        raise _stop("The CRM shows this login no account at all.", "Check the mapping's object and permissions")
    if not matched >= guards.min_matched_share * accounts:
        raise _stop(
            f"Only {matched:,} of {accounts:,} accounts carry a usable NPI.",
            f"Wanted: {guards.min_matched_share:.0%} (`guards.min_matched_share`). See `npi:` of the mapping",
        )


def stop_if_tiers_flip(moved: int, known: int, guards: Guards) -> None:
    if known and not moved <= guards.max_tier_moves * known:
        raise _stop(
            f"{moved:,} of {known:,} accounts would change tier.",
            f"Allowed are {guards.max_tier_moves:.0%} (`guards.max_tier_moves`). `callplan plan` shows them",
        )


def stop_if_a_territory_flips(moved: Mapping[str, int], known: Mapping[str, int], guards: Guards) -> None:
    """By territory: a rep whose whole list turns over at once will not trust the next one."""
    for territory, accounts in sorted(known.items()):
        moves = moved.get(territory, 0)
        if accounts >= SMALL_TERRITORY and not moves <= guards.max_territory_moves * accounts:
            raise _stop(
                f"{moves:,} of the {accounts:,} accounts of {territory or 'nobody'} would change tier.",
                f"Allowed are {guards.max_territory_moves:.0%} (`guards.max_territory_moves`)",
            )


def stop_if_tier_a_shrinks(left: int, of: int, guards: Guards) -> None:
    if of and not of - left <= guards.max_a_loss * of:
        raise _stop(
            f"{of - left:,} of the {of:,} Tier A accounts would be Tier A no more.",
            f"Allowed are {guards.max_a_loss:.0%} (`guards.max_a_loss`). `callplan plan` shows them",
        )


def stop_if_fewer_match(share: float, before: float | None, guards: Guards) -> None:
    """A field that was renamed or emptied overnight."""
    if before is not None and not before - share <= guards.max_match_drop:
        raise _stop(
            f"{share:.0%} of the accounts carry a usable NPI, last time it was {before:.0%}.",
            f"Allowed is a drop of {guards.max_match_drop:.0%} (`guards.max_match_drop`)",
        )


def stop_if_much_is_overwritten(
    differences: Sequence[Difference], ledger: Mapping[CrmId, Fields], of: int, guards: Guards
) -> None:
    """Values that somebody else put there: a mapping that names the wrong field looks like this."""
    strange = [
        (change, name)
        for change in differences
        for name in change.after
        if change.before.get(name) not in (None, "", False) and name not in ledger.get(change.id, {})
    ]
    rows = len({change.id for change, _ in strange})
    allowed = max(guards.max_overwritten_rows, guards.max_overwritten_share * of)
    if not rows <= allowed:
        change, name = strange[0]
        raise _stop(
            f"{rows:,} of {of:,} records hold values that Callplan did not write and would replace: {name} of "
            f"{change.id}, for one.",
            f"Allowed are {allowed:,.0f} (`guards.max_overwritten_rows`, `guards.max_overwritten_share`). Does the "
            "mapping name the right field?",
        )


def stop_if_calls_run_out(calls: int, limits: Limits, guards: Guards) -> None:
    """The writes themselves stop at the reserve; this tells before the first that they will not get through."""
    if limits.calls_left is None or limits.calls_per_day is None:
        raise _stop("The CRM does not say how many calls are left today.", "Try again later")
    reserve = guards.quota_reserve * limits.calls_per_day
    if calls and not limits.calls_left - 1 >= reserve:
        raise _stop(
            f"{limits.calls_left:,} calls are left today, and {reserve:,.0f} are kept for other applications.",
            "Run again tomorrow, or lower `guards.quota_reserve`",
        )


def stop_if_much_is_cancelled(cancelled: int, of: int, guards: Guards) -> None:
    """A call list that came out empty would clear every rep's calendar. A few may always go."""
    if not cancelled <= max(FEW_VISITS, guards.max_cancelled_share * of):
        raise StopForTonight(
            f"{cancelled:,} of the {of:,} visits booked ahead would be cancelled. The calendars were left as they are.",
            next_step=f"Allowed are {guards.max_cancelled_share:.0%} (`guards.max_cancelled_share`). Look at the call "
            "lists; to cancel them all the same, raise it and run `callplan run book_visits`.",
        )


def stop_if_much_blanks(differences: Sequence[Difference], lasting: Collection[str], of: int, guards: Guards) -> None:
    """Rows in which a lasting field, one that is never emptied by an ordinary night, would be."""
    blanked = sum(
        any(change.after.get(name, "") is None and change.before.get(name) is not None for name in lasting)
        for change in differences
    )
    allowed = max(guards.max_blanked_rows, guards.max_blanked_share * of)
    if not blanked <= allowed:
        raise _stop(
            f"{blanked:,} of {of:,} records would have one of {', '.join(sorted(lasting))} emptied.",
            f"Allowed are {allowed:,.0f} (`guards.max_blanked_rows`, `guards.max_blanked_share`)",
        )


def _stop(saw: str, look: str) -> StopForTonight:
    return StopForTonight(f"{saw} Nothing was written.", next_step=f"{look}. {APPROVE}")
