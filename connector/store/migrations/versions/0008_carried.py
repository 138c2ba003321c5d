"""Columns of the sources that are carried to the CRM as they are, by NPI."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "carried",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_carried")),
        sqlite_with_rowid=False,
    )
