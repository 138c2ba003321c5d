"""Hours and kinds of stops, what could not be placed, why slots move, and lighter touches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("call_lists", sa.Column("starts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("call_lists", sa.Column("minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("call_lists", sa.Column("kind", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("call_lists", sa.Column("drive_miles", sa.Float(), nullable=True))
    op.create_table(
        "unplaced",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_unplaced")),
    )
    op.create_table(
        "slot_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("to_starts", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_slot_log_run_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_log")),
    )
    op.create_index("ix_slot_log_crm_week", "slot_log", ["crm", "week"])
    op.create_table(
        "lighter_touches",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_lighter_touches")),
        sqlite_with_rowid=False,
    )
