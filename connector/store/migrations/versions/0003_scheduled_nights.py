"""Scheduled nights with leases; on SQLite, the big tables in the order of their keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connector.store.tables import Count, Stamp

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("says", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for table in ("accounts", "assignments", "coverage", "call_lists"):
            with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": False}):
                pass
    said = ["crm", "npi", "gone", "says", "owner", "id"]
    op.create_index("ix_accounts_said", "accounts", said, unique=False)
    op.create_table(
        "nights",
        sa.Column("id", Count, autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("scheduled", Stamp(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("not_before", Stamp(), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("lease_until", Stamp(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("finished", Stamp(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nights")),
        sa.UniqueConstraint("crm", "job", "scheduled", name=op.f("uq_nights_crm")),
    )
