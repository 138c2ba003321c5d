"""Bugs to plant, one at a time, into the production code: each must be caught by a law.

A bug is a passage of a file and what stands there instead. It is put in while the module is imported, so that no file
is changed. A passage that is no longer there is an error: a bug that is not planted proves nothing.
"""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Bug:
    name: str
    file: str
    passage: str
    instead: str
    law: str  # that catches it
    crm: str | None = None  # in whose adapter it is


BUGS = (
    # What is read
    Bug(
        "the cursor is saved before its rows",
        "connector/store/mirror.py",
        """            put(connection, interactions, rows)
            put(connection, cursors, [self._read_up_to("interactions", page.cursor)])""",
        """            put(connection, cursors, [self._read_up_to("interactions", page.cursor)])
        with self._database.begin() as connection:
            put(connection, interactions, rows)""",
        "no_interaction_is_lost_or_doubled",
    ),
    Bug(
        "the cursor is not saved",
        "connector/store/mirror.py",
        """            put(connection, cursors, [self._read_up_to("accounts", page.cursor)])""",
        """            pass""",
        "a_night_after_nothing_does_nothing",
    ),
    Bug(
        "rows that are there already are not read again",
        "connector/store/mirror.py",
        """            put(connection, interactions, rows)""",
        """            known = {row.id for row in connection.execute(select(interactions.c.id))}
            put(connection, interactions, [row for row in rows if row["id"] not in known])""",
        "no_interaction_is_lost_or_doubled",
    ),
    Bug(
        "interactions of merged accounts stay behind",
        "connector/store/standing.py",
        """    while account and account in survivor and account not in seen:""",
        """    while False:""",
        "no_interaction_is_lost_or_doubled",
        "hubspot",
    ),
    Bug(
        "no overlap of two readings",
        "adapters/hubspot/reader.py",
        "OVERLAP = timedelta(minutes=10)",
        "OVERLAP = timedelta(0)",
        "flags_follow_from_the_interactions",
        "hubspot",
    ),
    Bug(
        "a short page is taken for the last",
        "adapters/hubspot/reader.py",
        """        return answer["results"], following(answer)""",
        """        return answer["results"], following(answer) if len(answer["results"]) == PAGE else None""",
        "no_interaction_is_lost_or_doubled",
        "hubspot",
    ),
    Bug(
        "an empty page is taken for the last",
        "adapters/hubspot/reader.py",
        """        return answer["results"], following(answer)""",
        """        return answer["results"], following(answer) if answer["results"] else None""",
        "no_interaction_is_lost_or_doubled",
        "hubspot",
    ),
    Bug(
        "what was archived is not asked for",
        "adapters/hubspot/reader.py",
        """        if not self._archive:""",
        """        if True:""",
        "no_interaction_is_lost_or_doubled",
        "hubspot",
    ),
    Bug(
        "ids that were merged away are not told",
        "adapters/hubspot/client.py",
        """            yield Page((*held, *(old for row in rows for old in merged_away(row))), cursor)""",
        """            yield Page(tuple(held), cursor)""",
        "lists_hold_together",
        "hubspot",
    ),
    Bug(
        "reading goes up to now, not to what is covered",
        "adapters/salesforce/reader.py",
        """        return literal(moment(answer["latestDateCovered"]))""",
        """        return literal(now)""",
        "no_interaction_is_lost_or_doubled",
        "salesforce",
    ),
    Bug(
        "equal stamps are skipped where a reading broke off",
        "adapters/salesforce/reader.py",
        """f"(SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{window.id}'))\"""",
        """f"SystemModstamp > {at}\"""",
        "no_interaction_is_lost_or_doubled",
        "salesforce",
    ),
    Bug(
        "a window's upper end is forgotten where a reading broke off",
        "adapters/salesforce/reader.py",
        """                place = replace(window, stamp=""",
        """                place = replace(window, since=window.upto, upto=None, stamp=""",
        "no_interaction_is_lost_or_doubled",
        "salesforce",
    ),
    Bug(
        "deleted interactions still count",
        "adapters/salesforce/interactions.py",
        """gone=told.pop("gone", False) or twice or row["IsDeleted"],""",
        """gone=told.pop("gone", False) or twice,""",
        "no_interaction_is_lost_or_doubled",
        "salesforce",
    ),
    Bug(
        "nobody looks for deleted meetings",
        "connector/store/looks.py",
        """        if after is None and now - began < WEEK:""",
        """        if after is None:""",
        "no_interaction_is_lost_or_doubled",
        "hubspot",
    ),
    Bug(
        "a meeting that is not found stays as it was",
        "connector/store/looks.py",
        """            self._lose(connection, interactions, [one.id for one in gone])""",
        """            pass""",
        "no_interaction_is_lost_or_doubled",
        "hubspot",
    ),
    Bug(
        "deleted accounts are still planned for",
        "adapters/salesforce/fields.py",
        """        gone=row["IsDeleted"] or bool""",
        """        gone=bool""",
        "lists_hold_together",
        "salesforce",
    ),
    Bug(
        "what becomes of slots is not put on record",
        "jobs/_slots.py",
        """    return [*ended, *chain.from_iterable(new)]""",
        """    return []""",
        "committed_slots_are_on_record",
    ),
    # What is decided
    Bug(
        "no guard",
        "connector/run.py",
        """        if self.approved:
            return
        try:""",
        """        return
        try:""",
        "a_bad_feed_changes_little",
    ),
    Bug(
        "a person's edit is not seen",
        "connector/sync/diff.py",
        """    edited = name in written and not same(written[name], now)""",
        """    edited = False""",
        "a_persons_edit_is_kept",
    ),
    Bug(
        "what was edited since the reading is written over",
        "connector/sync/push.py",
        """    if not looked_at:""",
        """    if looked_at:""",
        "an_edit_in_the_night_is_kept",
    ),
    Bug(
        "a challenged edit is put back without asking",
        "connector/sync/diff.py",
        """    if target.policy is not Policy.CHALLENGE:
        return Verdict.SEND if target.policy is Policy.OURS else Verdict.LEAVE""",
        """    if target.policy is not Policy.THEIRS or override is None:
        return Verdict.SEND if target.policy is not Policy.THEIRS else Verdict.LEAVE""",
        "a_persons_edit_is_kept",
    ),
    Bug(
        "whole records are written",
        "connector/sync/diff.py",
        """            if same(value, there.get(name)):
                continue""",
        """            if all(same(v, there.get(n)) for n, v in record.fields.items()):
                continue""",
        "nothing_is_sent_needlessly",
    ),
    Bug(
        "a move below the threshold is written",
        "connector/sync/diff.py",
        """        return Verdict.SMALL if _small(value, now, target) else Verdict.SEND""",
        """        return Verdict.SEND""",
        "nothing_is_sent_needlessly",
    ),
    Bug(
        "a flag is set and never cleared",
        "connector/sync/wanted.py",
        """    return Wanted(side.id, side.npi, fields)


def taken""",
        """    return Wanted(side.id, side.npi, {name: value for name, value in fields.items() if value is not False})


def taken""",
        "the_crm_says_the_plan",
    ),
    Bug(
        "what is planned no more is not emptied",
        "connector/sync/wanted.py",
        """    return Wanted(side.id, side.npi, fields)


def taken""",
        """    return Wanted(side.id, side.npi, {name: value for name, value in fields.items() if value is not None})


def taken""",
        "the_crm_says_the_plan",
    ),
    Bug(
        "an account that lost its number keeps what it said",
        "connector/sync/compare.py",
        """        for part in in_parts(found.unplanned):""",
        """        for part in in_parts(found.unplanned[:0]):""",
        "nothing_stale_stays",
    ),
    # What is written, and what is known of it
    Bug(
        "an answer that was lost is taken for written (Salesforce)",
        "adapters/salesforce/client.py",
        """            yield from (Outcome(change.id, Verdict.UNKNOWN) for change in changes)""",
        """            yield from (Outcome(change.id, Verdict.WRITTEN) for change in changes)""",
        "the_journal_tells_what_the_crm_did",
        "salesforce",
    ),
    Bug(
        "an answer that was lost is taken for written (HubSpot)",
        "adapters/hubspot/client.py",
        """        except AnswerLost:
            yield from (Outcome(change.id, Verdict.UNKNOWN) for change in changes)""",
        """        except AnswerLost:
            yield from (Outcome(change.id, Verdict.WRITTEN) for change in changes)""",
        "the_crm_says_the_plan",
        "hubspot",
    ),
    Bug(
        "a batch is taken for written whole",
        "adapters/salesforce/client.py",
        """    if answer["success"]:""",
        """    if answer:""",
        "the_journal_tells_what_the_crm_did",
        "salesforce",
    ),
    Bug(
        "answers are taken in the order of the rows",
        "adapters/hubspot/rows.py",
        """    for change in changes:
        if change.id in refused:""",
        """    written = {change.id for change in changes[: len(written)]}
    for change in changes:
        if change.id in refused and change.id not in written:""",
        "the_journal_tells_what_the_crm_did",
        "hubspot",
    ),
    Bug(
        "no ledger",
        "connector/store/journal.py",
        """        put(connection, ledger, for_ledger)""",
        """        pass""",
        "nothing_stale_stays",
    ),
    Bug(
        "the ledger is written before the call",
        "connector/sync/push.py",
        """    answers: dict[CrmId, Outcome] = {}
    try:""",
        """    answers: dict[CrmId, Outcome] = {}
    taken = [Outcome(change.id, Verdict.WRITTEN) for change in batch]
    journal.settle(sender.run, numbers, batch, taken, clock.now())
    try:""",
        "every_write_was_announced",
    ),
    Bug(
        "what was sent without an answer is taken for arrived",
        "connector/store/journal.py",
        """not row.overtaken and _arrived(row, held[row.record])]""",
        """not row.overtaken]""",
        "the_journal_tells_what_the_crm_did",
    ),
    Bug(
        "what a dead run left open stays open",
        "connector/store/journal.py",
        """values(state=Verdict.UNKNOWN, settled=now))""",
        """values(settled=now))""",
        "the_journal_tells_what_the_crm_did",
    ),
    Bug(
        "the journal is written after the call",
        "connector/sync/push.py",
        """    numbers = journal.intend(sender.run, batch, clock.now())
    answers: dict[CrmId, Outcome] = {}
    try:
        _send(batch, answers, sender)
    finally:""",
        """    answers: dict[CrmId, Outcome] = {}
    try:
        _send(batch, answers, sender)
    finally:
        numbers = journal.intend(sender.run, batch, clock.now())""",
        "every_write_was_announced",
    ),
    Bug(
        "the audit log is not told before the call",
        "connector/store/journal.py",
        """        statement = insert(changes).returning(changes.c.record, changes.c.id)""",
        """        head = None
        if self._audit:
            self._audit.path.write_bytes(b"".join(self._audit.path.open("rb").readlines()[: -len(rows)]))
        statement = insert(changes).returning(changes.c.record, changes.c.id)""",
        "every_write_was_announced",
    ),
    Bug(
        "a torn line of the audit log is written on",
        "connector/store/audit.py",
        """            lines = [b"\\n"] if rest else []""",
        """            lines = []""",
        "the_audit_log_is_whole",
    ),
    Bug(
        "a locked row is given up for a week",
        "connector/store/journal.py",
        """        "state": LATER if outcome.passing else outcome.verdict,""",
        """        "state": outcome.verdict,""",
        "the_crm_says_the_plan",
        "salesforce",
    ),
    Bug(
        "a row that was refused is held back whatever it is to say",
        "jobs/push.py",
        """        return bool(letter and now - letter.at < WEEKLY and _same_values(letter.after, change.after))""",
        """        return bool(letter)""",
        "the_crm_says_the_plan",
        "salesforce",
    ),
    Bug(
        "one refused row stops the night",
        "adapters/salesforce/client.py",
        """    error = answer["errors"][0]
    code, message""",
        """    error = answer["errors"][0]
    if error["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION":
        raise NeedsHuman(error["message"])
    code, message""",
        "every_night_ends",
        "salesforce",
    ),
    # Who may, and how often
    Bug(
        "no lock",
        "connector/store/database.py",
        """        hold = _hold_postgres if engine.dialect.name == "postgresql" else _hold_file
        with hold(engine, self.crm):
            yield""",
        """        yield""",
        "one_process_at_a_time",
    ),
    Bug(
        "no fence",
        "connector/store/database.py",
        """        if self._run is not None and connection.""",
        """        if False and connection.""",
        "one_process_at_a_time",
    ),
    Bug(
        "calls are not fenced",
        "connector/host/open.py",
        """metered(ours, clock, parts.config)""",
        """metered(store, clock, parts.config)""",
        "one_process_at_a_time",
        "salesforce",
    ),
    Bug(
        "calls are counted after they are made (Salesforce)",
        "adapters/salesforce/wire.py",
        """        self._meter(self.limits)
        url = f"{carrier.base_url}{path}"
        try:
            answer: requests.Response = carrier._call_salesforce(method, url, name=path, **given)""",
        """        url = f"{carrier.base_url}{path}"
        try:
            answer: requests.Response = carrier._call_salesforce(method, url, name=path, **given)
            self._meter(self.limits)""",
        "every_call_was_counted",
        "salesforce",
    ),
    Bug(
        "calls are not counted (HubSpot)",
        "adapters/hubspot/wire.py",
        """        self._meter(self.limits)
""",
        "",
        "every_call_was_counted",
        "hubspot",
    ),
    Bug(
        "no share of the calls",
        "connector/sync/budget.py",
        """        if not spent <= self.guards.quota_share * limits.calls_per_day:""",
        """        if False:""",
        "our_share_of_the_calls_is_kept",
    ),
    Bug(
        "no reserve of the calls",
        "connector/sync/budget.py",
        """        if not left >= self.guards.quota_reserve * limits.calls_per_day:""",
        """        if False:""",
        "our_share_of_the_calls_is_kept",
    ),
    Bug(
        "a run is done before its end",
        "connector/host/open.py",
        """    ended(number, "done", tally, clock.now())""",
        """    pass""",
        "every_run_ends",
    ),
    Bug(
        "fields that are not ours are written",
        "adapters/salesforce/fields.py",
        """"id": change.id, **change.fields}""",
        """"id": change.id, "Name": "planned", **change.fields}""",
        "only_our_fields_were_written",
        "salesforce",
    ),
    Bug(
        "a secret stands in an error",
        "adapters/salesforce/errors.py",
        """        return kind(f"{what} [{code}].", next_step=step, setting""",
        """        return kind(f"{what} [{code}] (sandbox-secret).", next_step=step, setting""",
        "nothing_secret_is_written_down",
        "salesforce",
    ),
)


COVERED = (  # alone, neither lets a bad feed through: the other stops it
    Bug(
        "no guard of tiers that flip",
        "connector/sync/guard.py",
        """    if known and not moved <= guards.max_tier_moves * known:""",
        """    if False:""",
        "",
    ),
    Bug(
        "no guard of shrunken claims",
        "jobs/refresh_tiers.py",
        """    run.guard(stop_if_input_shrank, len(run.intake.claims.npi), last.providers if last else None)
    run.guard(stop_if_a_file_changed_size, run.intake.files, last.files if last else ())
""",
        "",
        "",
    ),
)


@dataclass(frozen=True)
class Pair:
    """Two removals that only together show: each alone is covered by the other."""

    name: str
    bugs: tuple[str, str]
    law: str


PAIRS = (
    Pair(
        "no guard of tiers that flip, nor of shrunken claims",
        ("no guard of tiers that flip", "no guard of shrunken claims"),
        "a_bad_feed_changes_little",
    ),
)


SEEDS = {  # that caught a bug when this list was made, where that was not the first
    "a person's edit is not seen": 1,
    "a batch is taken for written whole": 3,
    "a challenged edit is put back without asking": 1,
    "a locked row is given up for a week": 121,
    "a meeting that is not found stays as it was": 1,
    "a move below the threshold is written": 2,
    "a row that was refused is held back whatever it is to say": 3,
    "a secret stands in an error": 9,
    "a short page is taken for the last": 1,
    "a torn line of the audit log is written on": 4,
    "a window's upper end is forgotten where a reading broke off": 9,
    "an answer that was lost is taken for written (HubSpot)": 124,
    "an answer that was lost is taken for written (Salesforce)": 15,
    "an empty page is taken for the last": 9,
    "answers are taken in the order of the rows": 6,
    "calls are counted after they are made (Salesforce)": 4,
    "calls are not fenced": 5,
    "deleted accounts are still planned for": 19,
    "equal stamps are skipped where a reading broke off": 111,
    "ids that were merged away are not told": 106,
    "no fence": 5,
    "no guard": 3,
    "no guard of tiers that flip, nor of shrunken claims": 3,
    "no lock": 4,
    "no overlap of two readings": 9,
    "no reserve of the calls": 4,
    "no share of the calls": 8,
    "nobody looks for deleted meetings": 2,
    "one refused row stops the night": 4,
    "reading goes up to now, not to what is covered": 47,
    "the cursor is saved before its rows": 29,
    "what a dead run left open stays open": 8,
    "what was edited since the reading is written over": 6,
    "what was sent without an answer is taken for arrived": 138,
}


def bugs_of(name: str) -> list[Bug]:
    """One, or both of a pair."""
    names = next((pair.bugs for pair in PAIRS if pair.name == name), (name,))
    return [bug for bug in (*BUGS, *COVERED) if bug.name in names]


def law_of(name: str) -> str:
    return next(bug.law for bug in (*BUGS, *PAIRS) if bug.name == name)


def seed_of(name: str) -> int:
    """The first seed that caught it, when the list was made; tried first."""
    return SEEDS.get(name, 0)


def crm_of(name: str) -> str | None:
    """Where it shows; None for either."""
    return next((bug.crm for bug in bugs_of(name) if bug.crm), None)


def hunt_apart(name: str, folder: Path) -> tuple[str, float, int]:
    """In a process that has imported nothing of ours but this module, with the files of a ground in a folder."""
    plant(bugs_of(name))
    from tests.nights.sim.sweep import hunt

    return hunt(folder, crm_of(name), law_of(name), seed_of(name))


def plant(bugs: Sequence[Bug]) -> None:
    """Before the modules are imported."""
    files = {str(ROOT / bug.file): bug for bug in bugs}
    early = [name for name, module in sys.modules.items() if getattr(module, "__file__", None) in files]
    if early:
        raise RuntimeError(f"{early} are imported already")
    read = importlib.machinery.SourceFileLoader.get_data
    sound = importlib.machinery.SourceFileLoader.path_stats

    def get_data(loader: importlib.machinery.SourceFileLoader, path: str) -> bytes:
        content = read(loader, path)
        for bug in bugs:
            if path == str(ROOT / bug.file):
                content = with_bug(bug, content.decode()).encode()
        return content

    def path_stats(loader: importlib.machinery.SourceFileLoader, path: str) -> object:
        if path in files:
            raise OSError  # so that no compiled file is used, nor written
        return sound(loader, path)

    importlib.machinery.SourceFileLoader.get_data = get_data  # type: ignore[method-assign,assignment]
    importlib.machinery.SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign,assignment]


def with_bug(bug: Bug, source: str) -> str:
    if source.count(bug.passage) != 1:
        raise RuntimeError(f"{bug.file} has {source.count(bug.passage)} of the passage of {bug.name!r}")
    return source.replace(bug.passage, bug.instead)
