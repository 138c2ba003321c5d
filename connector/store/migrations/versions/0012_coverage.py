"""What is known of an interaction beside when and what; three states an account; flags and logging gaps, kept.

Interactions are read anew, with what is known of them now.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute("DELETE FROM interactions")
    op.execute("DELETE FROM cursors WHERE feed = 'interactions'")
    interactions: tuple[sa.Column[Any], ...] = (
        sa.Column("created", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("automated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("noted", sa.Boolean(), nullable=True),
    )
    coverage: tuple[sa.Column[Any], ...] = (
        sa.Column("relationship", sa.String(length=20), server_default="", nullable=False),
        sa.Column("last_inbound", sa.Date(), nullable=True),
        sa.Column("activity", sa.String(length=20), server_default="", nullable=False),
        sa.Column("activity_said", sa.Text(), server_default="", nullable=False),
        sa.Column("paused", sa.Text(), server_default="", nullable=False),
        sa.Column("next_step", sa.Text(), server_default="", nullable=False),
        sa.Column("at_risk", sa.Float(), nullable=True),
        sa.Column("flagged_since", sa.Date(), nullable=True),
    )
    for column in interactions:
        op.add_column("interactions", column)
    for column in coverage:
        op.add_column("coverage", column)
    _flags()
    _logging_gaps()


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("raised", sa.Date(), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("at_risk", sa.Float(), nullable=True),
        sa.Column("last_touch", sa.Date(), nullable=True),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("how", sa.String(length=20), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_flags_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index("ix_flags_crm_npi", "flags", ["crm", "npi"], unique=False)


def _logging_gaps() -> None:
    op.create_table(
        "logging_gaps",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("seen", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logging_gaps")),
    )
    op.create_index("ix_logging_gaps_crm", "logging_gaps", ["crm"], unique=False)
