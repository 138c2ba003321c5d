"""Where each account lies and how many lie in each square of the map; a rep's week found by the rep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "spots",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("cell", sa.String(length=13), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("cold", sa.Boolean(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("zip", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_spots")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_spots_rep", "spots", ["crm", "rep", "cell", "npi"])
    op.create_index("ix_spots_cell", "spots", ["crm", "cell", "npi"])
    op.create_table(
        "cells",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("cell", sa.String(length=13), nullable=False),
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=False),
        sa.Column("c", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("cold", sa.Integer(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "level", "rep", "cell", name=op.f("pk_cells")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_call_lists_rep", "call_lists", ["crm", sa.text("lower(rep)"), "week", "day", "slot", "npi"])
    op.create_index("ix_unplaced_rep", "unplaced", ["crm", sa.text("lower(rep)")])
    op.create_index("ix_slot_log_rep", "slot_log", ["crm", "week", sa.text("lower(rep)")])
