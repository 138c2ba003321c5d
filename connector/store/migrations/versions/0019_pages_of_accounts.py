"""What the pages of cold accounts and of one account look things up by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"

OPEN = sa.text("ended IS NULL")


def upgrade() -> None:
    op.add_column("flags", sa.Column("holder", sa.Text(), nullable=False, server_default=""))
    op.add_column("flags", sa.Column("worth", sa.Float(), nullable=False, server_default="0"))
    op.execute("UPDATE flags SET holder = lower(rep), worth = coalesce(at_risk, 0)")
    op.drop_index("ix_flags_open", "flags")
    held, worth = ["crm", "holder", "worth", "id"], ["crm", "worth", "id"]
    op.create_index("ix_flags_held", "flags", held, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_flags_worth", "flags", worth, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_flags_snoozed", "flags", ["crm", "snoozed_until", "id"])
    op.create_index("ix_logging_gaps_open", "logging_gaps", ["crm", "who"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_slot_log_npi", "slot_log", ["crm", "npi"])
    op.create_index("ix_matches_to", "matches", ["crm", "to", "state"])
    merged = sa.text("merged_into IS NOT NULL")
    columns = ["crm", "merged_into"]
    op.create_index("ix_accounts_merged", "accounts", columns, sqlite_where=merged, postgresql_where=merged)
    sought = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("books", sa.Column("sought", sought, nullable=False, server_default=""))
    op.create_index("ix_books_sought", "books", ["crm", "sought", "npi"])
    op.create_index("ix_books_rep_sought", "books", ["crm", "rep", "sought", "npi"])
    op.create_table(
        "waits",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "rep", "why", name=op.f("pk_waits")),
    )
