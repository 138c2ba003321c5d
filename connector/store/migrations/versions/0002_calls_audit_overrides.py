"""Calls counted, the audit log anchored, overrides, and what a run carried out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connector.store.tables import Count, Stamp

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("rules", sa.String(length=64), nullable=True))
    op.add_column("runs", sa.Column("plan", sa.String(length=64), nullable=True))
    op.add_column("changes", sa.Column("remedy", sa.Text(), nullable=True))
    op.create_index("ix_changes_crm_record", "changes", ["crm", "record"], unique=False)
    op.create_table(
        "meters",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "day", name=op.f("pk_meters")),
    )
    op.create_table(
        "anchors",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("crm", name=op.f("pk_anchors")),
    )
    op.create_table(
        "overrides",
        sa.Column("id", Count, autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("npi", sa.String(length=20), nullable=True),
        sa.Column("field", sa.String(length=100), nullable=False),
        sa.Column("planned", sa.JSON(), nullable=False),
        sa.Column("edited", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed", Stamp(), nullable=False),
        sa.Column("decided", Stamp(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index("ix_overrides_crm_record", "overrides", ["crm", "record"], unique=False)
