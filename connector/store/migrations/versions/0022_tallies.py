"""What each week ended with, by rep; in which order matches and challenges are worked through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "rep", "week", "tier", "what", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_overrides_state", "overrides", ["crm", "state", "id"])
    op.create_index("ix_matches_queue", "matches", ["crm", "state", "sort", "confidence", "id"])
