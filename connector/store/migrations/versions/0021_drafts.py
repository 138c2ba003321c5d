"""Plans and takings-back to look at before they are done, who asked for a night, and each day's quota."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("run", COUNT, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_crm_about", "drafts", ["crm", "about"])
    op.create_table(
        "draft_rows",
        sa.Column("draft", COUNT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("npi", sa.String(length=20), nullable=True),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_draft_rows_draft_drafts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft", "place", name=op.f("pk_draft_rows")),
    )
    op.create_index("ix_draft_rows_npi", "draft_rows", ["draft", "npi", "place"])
    op.create_index("ix_draft_rows_move", "draft_rows", ["draft", "move", "place"])
    op.add_column("nights", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("meters", sa.Column("quota", sa.Integer(), nullable=True))
    op.drop_index("ix_changes_run", "changes")
    op.create_index("ix_changes_run", "changes", ["run", "id"])
