"""What a vintage said of each account, and what moved from one to the next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "baselines",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("says", sa.String(length=64), nullable=False),
        sa.Column("vintage", sa.String(length=64), nullable=False),
        sa.Column("claims", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("months", sa.Float(), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("knows", sa.JSON(), nullable=False),
        sa.Column("unlike", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", name=op.f("pk_baselines")),
    )
    op.create_table(
        "facts",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("volume", sa.Float()),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.Column("claims_zip", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("zip", sa.Text(), nullable=False),
        sa.Column("size", sa.Float()),
        sa.Column("enumerated", sa.Date()),
        sa.Column("deactivated", sa.Date()),
        sa.Column("organisations", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_facts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "signals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("way", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.String(length=64), nullable=False),
        sa.Column("vintage", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("crm", "npi", "event", "earlier", "vintage", name=op.f("uq_signals_crm")),
    )
    op.create_index("ix_signals_crm_state", "signals", ["crm", "state"])
