"""The store's tables. Change one here and add a migration; a test compares the two on both databases.

Units   stamps are UTC; days are calendar days; `fields`, `before`, `after` are JSON in the CRM's own names
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


class Stamp(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _crm() -> Column[str]:
    return Column("crm", String(40), primary_key=True)


def _npi() -> Column[str]:
    return Column("npi", String(10), primary_key=True)


def _only(where: str) -> dict[str, Any]:
    """Of an index: only the rows that this holds of."""
    return {"sqlite_where": text(where), "postgresql_where": text(where)}


Count = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER keys by itself

AsWritten = Text().with_variant(Text(collation="C"), "postgresql")  # compared letter by letter, as SQLite does

accounts = Table(
    "accounts",
    metadata,
    _crm(),
    Column("id", String(64), primary_key=True),
    Column("npi", String(20)),
    Column("name", Text),
    Column("owner", Text),
    Column("city", Text),
    Column("state", Text),
    Column("zip", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("fields", JSON, nullable=False),  # as last read, those that the mapping writes
    Column("says", BigInteger),  # a hash of them (connector.store.hashes); none: to be looked at
    Column("modified", Stamp, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("merged_into", String(64)),
    Index("ix_accounts_merged", "crm", "merged_into", **_only("merged_into IS NOT NULL")),
    Index("ix_accounts_said", "crm", "npi", "gone", "says", "owner", "id"),  # all that a comparison reads
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

interactions = Table(
    "interactions",
    metadata,
    _crm(),
    Column("id", String(64), primary_key=True),
    Column("account", String(64), index=True),
    Column("kind", String(20), nullable=False),
    Column("at", Stamp, nullable=False),
    Column("modified", Stamp, nullable=False),
    Column("result", String(20), nullable=False),
    Column("direction", String(20)),
    Column("minutes", Float),
    Column("owner", Text),
    Column("gone", Boolean, nullable=False),
    Column("created", Stamp),
    Column("outcome", Text),
    Column("status", Text),
    Column("automated", Boolean, nullable=False, server_default=false()),
    Column("noted", Boolean),
)

cursors = Table(
    "cursors",
    metadata,
    _crm(),
    Column("feed", String(40), primary_key=True),
    Column("cursor", Text, nullable=False),
)

vintages = Table(
    "vintages",
    metadata,
    _crm(),
    Column("vintage", String(64), primary_key=True),
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
    Column("providers", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("files", JSON, nullable=False),  # path, layout, sha256, rows, rejected, passed_over
    Column("rejections", JSON, nullable=False),  # the first ones: file, line, reason
)

unmatched = Table(
    "unmatched",
    metadata,
    _crm(),
    Column("record", String(64), primary_key=True),
    Column("npi", String(20)),
    Column("reason", Text, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    _crm(),
    _npi(),
    Column("tier", String(1), nullable=False),
    Column("since", Date, nullable=False),
    Column("previous_tier", String(1)),
    Column("volume", Float),  # relevant procedures in 12 months; null: absent from the claims
    Column("percentile", Float),
    Column("reason", Text, nullable=False),
    Column("specialty", Text),
    Column("vintage", String(64), nullable=False),
    Column("family", Text, nullable=False, server_default=""),
    Column("decile", Integer),
    Column("score", Float),
    Column("rank", Integer),
    Column("toward", String(1)),
    Column("held", String(8), nullable=False, server_default=""),
    Column("rules", String(12), nullable=False, server_default=""),
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

coverage = Table(
    "coverage",
    metadata,
    _crm(),
    _npi(),
    Column("state", String(20), nullable=False),
    Column("urgency", Float),  # silence over cadence; null where the tier has no cadence
    Column("last_touch", Date),
    Column("due_on", Date),
    Column("flagged", Boolean, nullable=False),
    Column("cold_since", Date),
    Column("reason", Text, nullable=False),
    Column("relationship", String(20), nullable=False, server_default=""),
    Column("last_inbound", Date),
    Column("activity", String(20), nullable=False, server_default=""),
    Column("activity_said", Text, nullable=False, server_default=""),  # what it rests on
    Column("paused", Text, nullable=False, server_default=""),  # why it is not flagged; "" where it could be
    Column("next_step", Text, nullable=False, server_default=""),
    Column("at_risk", Float),
    Column("flagged_since", Date),
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

flags = Table(
    "flags",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("npi", String(10), nullable=False),
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
    Column("raised", Date, nullable=False),
    Column("rep", Text, nullable=False),
    Column("manager", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("at_risk", Float),  # relevant procedures in 12 months; null: not known
    Column("last_touch", Date),  # as it stood when it was raised
    Column("ended", Date),  # null: open
    Column("how", String(20)),  # touched, dismissed or withdrawn
    Column("said", Text),  # by what it ended, or why
    Column("by", Text),
    Column("snoozed_until", Date),  # of a dismissal: up to this day it is not raised again
    Column("holder", Text, nullable=False, server_default=""),  # whose its account is today, as in books
    Column("worth", Float, nullable=False, server_default="0"),  # at_risk, 0 where not known: the order of the list
    Index("ix_flags_crm_npi", "crm", "npi"),
    Index("ix_flags_held", "crm", "holder", "worth", "id", **_only("ended IS NULL")),
    Index("ix_flags_worth", "crm", "worth", "id", **_only("ended IS NULL")),
    Index("ix_flags_snoozed", "crm", "snoozed_until", "id"),
    Index("ix_flags_in_order", "crm", "ended", "id"),
)

logging_gaps = Table(
    "logging_gaps",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("who", Text, nullable=False),  # e-mail of the rep; "" for everybody
    Column("since", Date),  # the last day on which something was logged; null: never
    Column("seen", Date, nullable=False),
    Column("ended", Date),  # null: open
    Index("ix_logging_gaps_crm", "crm"),
    Index("ix_logging_gaps_open", "crm", "who", **_only("ended IS NULL")),
)

waits = Table(
    "waits",
    metadata,
    _crm(),
    Column("rep", Text, primary_key=True),  # as in books
    Column("why", Text, primary_key=True),
    Column("accounts", Integer, nullable=False),  # how many are to be flagged and are not
    Column("first", JSON, nullable=False),  # NPIs of those with the most volume
)

messages = Table(
    "messages",
    metadata,
    _crm(),
    Column("recipient", String(40), primary_key=True),  # its channel and a hash of its address
    Column("kind", String(20), primary_key=True),  # what it was told of: connector.digest.news.Kind
    Column("key", String(200), primary_key=True),
    Column("letter", String(64), nullable=False),  # in which; the Message-ID of an e-mail
    Column("day", Date, nullable=False),
    Column("intended", Stamp, nullable=False),
    Column("sent", Stamp),  # null: it may have been sent, or not
)

call_lists = Table(
    "call_lists",
    metadata,
    _crm(),
    _npi(),
    Column("rep", Text, nullable=False),
    Column("week", Date, nullable=False),  # its Monday
    Column("day", Date, nullable=False),
    Column("slot", Integer, nullable=False),  # the stop's place in the week's order
    Column("drive_minutes", Float),
    Column("roads", Text, nullable=False),  # what the minutes rest on
    Column("starts", Integer, nullable=False, server_default="0"),  # minutes after midnight
    Column("minutes", Integer, nullable=False, server_default="0"),
    Column("kind", String(20), nullable=False, server_default=""),  # committed, fill or released
    Column("drive_miles", Float),
    Index("ix_call_lists_in_order", "crm", "rep", "week", "slot", "npi"),
    # In the order of the list: without it SQLite passes the index by, and reads everybody's
    Index("ix_call_lists_rep", "crm", text("lower(rep)"), "week", "day", "slot", "npi"),
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

unplaced = Table(
    "unplaced",
    metadata,
    _crm(),
    _npi(),
    Column("rep", Text, nullable=False),
    Column("week", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_unplaced_rep", "crm", text("lower(rep)")),
)

slot_log = Table(
    "slot_log",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
    Column("npi", String(10), nullable=False),
    Column("rep", Text, nullable=False),
    Column("week", Date, nullable=False),
    Column("event", String(20), nullable=False),  # committed, moved, ended or released
    Column("day", Date, nullable=False),
    Column("starts", Integer, nullable=False),
    Column("to_day", Date),
    Column("to_starts", Integer),
    Column("reason", Text, nullable=False),
    Index("ix_slot_log_crm_week", "crm", "week"),
    Index("ix_slot_log_npi", "crm", "npi"),
    Index("ix_slot_log_rep", "crm", "week", text("lower(rep)")),
)

lighter_touches = Table(
    "lighter_touches",
    metadata,
    _crm(),
    _npi(),
    Column("channel", String(20), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

todos = Table(
    "todos",
    metadata,
    _crm(),
    Column("key", String(60), primary_key=True),  # NPI, day and number of the flag
    Column("account", String(64), nullable=False),
    Column("owner", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("record", String(64)),  # the CRM's, once it has told it
    Column("state", String(20), nullable=False),  # as of bookings
    Column("code", Text),
    Column("message", Text),
    Column("remedy", Text),
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
    Column("intended", Stamp, nullable=False),
    Column("settled", Stamp),
)

attainments = Table(
    "attainments",
    metadata,
    _crm(),
    _npi(),
    Column("cycle", Text, nullable=False),
    Column("goal", Integer, nullable=False),  # qualifying touches
    Column("calls", Integer, nullable=False),  # those that there were
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

bookings = Table(
    "bookings",
    metadata,
    _crm(),
    Column("key", String(40), primary_key=True),  # NPI and the day on which it was first committed
    Column("account", String(64), nullable=False),
    Column("owner", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("starts", Stamp, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("record", String(64)),  # the CRM's, once it has told it
    Column("state", String(20), nullable=False),  # intended, then as the outcome says; later; gone
    Column("code", Text),
    Column("message", Text),
    Column("remedy", Text),
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
    Column("intended", Stamp, nullable=False),
    Column("settled", Stamp),
)

carried = Table(
    "carried",
    metadata,
    _crm(),
    _npi(),
    Column("fields", JSON, nullable=False),  # what a source's further columns say, by our names, as the CRM takes it
    sqlite_with_rowid=False,  # in the order of its key: read whole each night
)

runs = Table(
    "runs",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("job", String(40), nullable=False),
    Column("today", Date, nullable=False),
    Column("started", Stamp, nullable=False),
    Column("finished", Stamp),
    Column("state", String(20), nullable=False),  # running, done, stopped, failed, interrupted
    Column("tally", JSON, nullable=False),
    Column("error", Text),
    Column("rules", String(64)),  # which Callplan with which rules
    Column("plan", String(64)),  # the hash of the plan that it carried out
    Column("by", Text),  # whoever asked for it on a page; null: the clock, or the command line
    Index("ix_runs_of_a_job", "crm", "job", "id"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
    Column("crm", String(40), nullable=False),
    Column("record", String(64), nullable=False),
    Column("npi", String(20)),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("state", String(20), nullable=False),  # intended, then written, refused, later, unknown or lost; or invalid
    Column("code", Text),
    Column("message", Text),
    Column("remedy", Text),
    Column("moved_to", String(64)),
    Column("intended", Stamp, nullable=False),
    Column("settled", Stamp),
    Index("ix_changes_run", "run", "id"),
    Index("ix_changes_crm_state", "crm", "state"),
    Index("ix_changes_crm_record", "crm", "record"),
)

nights = Table(
    "nights",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("job", String(40), nullable=False),
    Column("scheduled", Stamp, nullable=False),
    Column("state", String(20), nullable=False),  # waiting, running, then done or stopped
    Column("not_before", Stamp, nullable=False),
    Column("worker", String(200)),
    Column("lease_until", Stamp),  # a worker that does not renew it by then is taken for dead
    Column("attempt", Integer, nullable=False),
    Column("finished", Stamp),
    Column("said", Text),  # why it was stopped
    Column("by", Text),  # whoever asked for it on a page; null: the schedule
    Column("key", String(200)),  # by which whoever called it over the API knows it
    Column("runs", JSON),  # their numbers, one an attempt that began
    UniqueConstraint("crm", "job", "scheduled"),
    Index("ix_nights_key", "crm", "key", unique=True),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("about", String(40), nullable=False),  # "plan", or "undo 12"
    Column("run", Count, nullable=False),  # that made it
    Column("hash", String(64), nullable=False),  # of all its rows
    Column("today", Date, nullable=False),
    Column("made", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    Column("told", JSON, nullable=False),  # its counts, and what else there is to know
    Index("ix_drafts_crm_about", "crm", "about"),
)

draft_rows = Table(
    "draft_rows",
    metadata,
    Column("draft", Count, ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True),
    Column("record", String(64), nullable=False),
    Column("npi", String(20)),
    Column("move", String(40), nullable=False),  # of a tier, as "A > B"; "" where it stays
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Index("ix_draft_rows_npi", "draft", "npi", "place"),
    Index("ix_draft_rows_move", "draft", "move", "place"),
)

ledger = Table(
    "ledger",
    metadata,
    _crm(),
    Column("record", String(64), primary_key=True),
    Column("fields", JSON, nullable=False),  # what we last wrote there
    Column("run", Count, ForeignKey("runs.id"), nullable=False),
)

meters = Table(
    "meters",
    metadata,
    _crm(),
    Column("day", Date, primary_key=True),  # UTC
    Column("calls", Integer, nullable=False),  # counted before they are made
    Column("quota", Integer),  # the CRM's calls of a day, as it last said; null: it does not say
)

keeps = Table(
    "keeps",
    metadata,
    _crm(),
    Column("name", String(40), primary_key=True),
    Column("text", Text, nullable=False),  # whatever the adapter wants to find again
)

marks = Table(
    "marks",
    metadata,
    _crm(),
    Column("object", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("times", Integer, nullable=False),  # how often it was marked since it was looked at
)

deliveries = Table(
    "deliveries",
    metadata,
    _crm(),
    Column("seal", String(200), primary_key=True),
    Column("at", Stamp, nullable=False),
)

anchors = Table(
    "anchors",
    metadata,
    _crm(),
    Column("lines", Integer, nullable=False),  # of the audit log, when this CRM last wrote to it
    Column("hash", String(64), nullable=False),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("record", String(64), nullable=False),
    Column("npi", String(20)),
    Column("field", String(100), nullable=False),
    Column("planned", JSON, nullable=False),
    Column("edited", JSON, nullable=False),
    Column("state", String(20), nullable=False),  # proposed, accepted or rejected
    Column("proposed", Stamp, nullable=False),
    Column("decided", Stamp),
    Column("by", Text),
    Column("reason", Text),
    Column("until", Date),
    Index("ix_overrides_crm_record", "crm", "record"),
    Index("ix_overrides_state", "crm", "state", "id"),
)

matches = Table(
    "matches",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("sort", String(20), nullable=False),  # callplan.model.Sort
    Column("record", String(64), nullable=False),  # account or interaction; of one that is absent, the NPI
    Column("to", String(64), nullable=False),  # NPI or account; "" where nothing is suggested
    Column("own", String(64), nullable=False),  # what the CRM said itself
    Column("confidence", Integer, nullable=False),  # 0 to 100
    Column("evidence", Text, nullable=False),
    Column("state", String(20), nullable=False),  # proposed, then accepted, rejected or lapsed
    Column("proposed", Stamp, nullable=False),
    Column("decided", Stamp),
    Column("by", Text),
    Column("reason", Text),
    UniqueConstraint("crm", "sort", "record", "to"),
    Index("ix_matches_crm_state", "crm", "state"),
    Index("ix_matches_queue", "crm", "state", "sort", "confidence", "id"),
    Index("ix_matches_to", "crm", "to", "state"),
)

baselines = Table(
    "baselines",
    metadata,
    _crm(),
    Column("says", String(64), nullable=False),  # a hash of vintage, measure and accounts
    Column("vintage", String(64), nullable=False),
    Column("claims", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("months", Float, nullable=False),
    Column("last", String(7), nullable=False),
    Column("measure", Text, nullable=False),
    Column("knows", JSON, nullable=False),
    Column("unlike", Text, nullable=False),  # why its volumes were not compared with those before
)

facts = Table(
    "facts",
    metadata,
    _crm(),
    _npi(),
    Column("volume", Float),  # null: absent from the claims
    Column("specialty", Text, nullable=False),
    Column("claims_zip", Text, nullable=False),
    Column("listed", Boolean, nullable=False),  # in the registry
    Column("taxonomy", Text, nullable=False),
    Column("zip", Text, nullable=False),
    Column("size", Float),
    Column("enumerated", Date),
    Column("deactivated", Date),
    Column("organisations", JSON, nullable=False),  # sort and id of each
    sqlite_with_rowid=False,  # in the order of its key: read whole each vintage
)

signals = Table(
    "signals",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("crm", String(40), nullable=False),
    Column("npi", String(10), nullable=False),
    Column("event", String(40), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("way", Integer, nullable=False),  # 1 nominates up, -1 down, 0 is for review
    Column("earlier", String(64), nullable=False),  # the vintage that it is compared with
    Column("vintage", String(64), nullable=False),
    Column("seen", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("state", String(20), nullable=False),  # open, then accepted, dismissed or lapsed
    Column("by", Text),
    Column("reason", Text),
    UniqueConstraint("crm", "npi", "event", "earlier", "vintage"),
    Index("ix_signals_crm_state", "crm", "state"),
)

drives = Table(
    "drives",
    metadata,
    _crm(),
    Column("engine", String(80), primary_key=True),  # its kind, and a hash of its address or of its data
    Column("place", BigInteger, primary_key=True, autoincrement=False),  # a point as a number: connector.roads.asked
    Column("asked", Date, nullable=False),
    Column("used", Date, nullable=False),
    Column("legs", LargeBinary, nullable=False),  # to each place: minutes and miles, packed
)

books = Table(
    "books",
    metadata,
    _crm(),
    _npi(),
    Column("record", String(64), nullable=False),
    Column("rep", Text, nullable=False),  # whose account it is by territory, an e-mail in small letters; "" nobody's
    Column("sought", AsWritten, nullable=False, server_default=""),  # its name as one looks for it, in small letters
    Index("ix_books_rep", "crm", "rep", "npi"),
    Index("ix_books_sought", "crm", "sought", "npi"),
    Index("ix_books_rep_sought", "crm", "rep", "sought", "npi"),
    sqlite_with_rowid=False,
)

tallies = Table(
    "tallies",
    metadata,
    _crm(),
    Column("rep", Text, primary_key=True),  # as in books; "*" for all reps together
    Column("week", Date, primary_key=True),  # its Monday
    Column("tier", String(1), primary_key=True),  # "" where it is of no tier
    Column("what", String(20), primary_key=True),  # a touch state, or connector.store.tallies
    Column("number", Integer, nullable=False),
    Column("day", Date, nullable=False),  # the last of the week on which it was counted
    sqlite_with_rowid=False,
)

spots = Table(
    "spots",
    metadata,
    _crm(),
    _npi(),
    Column("record", String(64), nullable=False),
    Column("rep", Text, nullable=False),  # as in `books`
    Column("cell", String(13), nullable=False),  # connector.roads.grid; "" where no place is known
    Column("latitude", Float),  # its own, or that of its ZIP or town
    Column("longitude", Float),
    Column("tier", String(1), nullable=False),  # "" where it has none
    Column("cold", Boolean, nullable=False),  # flagged
    Column("specialty", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("zip", Text, nullable=False),
    Index("ix_spots_rep", "crm", "rep", "cell", "npi"),
    Index("ix_spots_cell", "crm", "cell", "npi"),
    sqlite_with_rowid=False,
)

cells = Table(
    "cells",
    metadata,
    _crm(),
    Column("level", Integer, primary_key=True, autoincrement=False),  # signs of the cell
    Column("rep", Text, primary_key=True),  # "*": everybody's together
    Column("cell", String(13), primary_key=True),
    Column("a", Integer, nullable=False),
    Column("b", Integer, nullable=False),
    Column("c", Integer, nullable=False),
    Column("other", Integer, nullable=False),  # without a tier
    Column("cold", Integer, nullable=False),
    Column("town", Text, nullable=False),  # that with the most accounts in it
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # a hash of what the cookie holds
    Column("subject", Text, nullable=False),  # who, as the identity provider numbers people; "" before login
    Column("email", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("started", Stamp, nullable=False),
    Column("seen", Stamp, nullable=False),
    Column("ended", Stamp),
    Column("kept", JSON, nullable=False),  # a login under way; a message for the next page
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Count, primary_key=True, autoincrement=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("email", Text, nullable=False),  # whose accounts it may read; "" with an admin's
    Column("made", Stamp, nullable=False),
    Column("by", Text, nullable=False),
    Column("expires", Stamp, nullable=False),
    Column("used", Stamp),
    Column("revoked", Stamp),
)
