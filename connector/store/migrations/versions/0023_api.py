"""What the API tells: nights by their caller's key and with their runs, flags and lists in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("nights", sa.Column("key", sa.String(length=200), nullable=True))
    op.add_column("nights", sa.Column("runs", sa.JSON(), nullable=True))
    op.create_index("ix_nights_key", "nights", ["crm", "key"], unique=True)
    op.create_index("ix_flags_in_order", "flags", ["crm", "ended", "id"])
    op.create_index("ix_runs_of_a_job", "runs", ["crm", "job", "id"])
    op.create_index("ix_call_lists_in_order", "call_lists", ["crm", "rep", "week", "slot", "npi"])
