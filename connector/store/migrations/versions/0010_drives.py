"""What a routing engine has told of drives, by the place that they start from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "drives",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("engine", sa.String(length=80), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.Date(), nullable=False),
        sa.Column("used", sa.Date(), nullable=False),
        sa.Column("legs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "engine", "place", name=op.f("pk_drives")),
    )
