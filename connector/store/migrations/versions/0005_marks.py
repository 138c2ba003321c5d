"""What a CRM's notices say to look at, and which of their deliveries were heard.

Interactions are read anew: an id may name its object since, and one that does not could not be asked for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("DELETE FROM interactions")
    op.execute("DELETE FROM cursors WHERE feed = 'interactions'")
    op.create_table(
        "marks",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "object", "id", name=op.f("pk_marks")),
    )
    op.create_table(
        "deliveries",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("seal", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("crm", "seal", name=op.f("pk_deliveries")),
    )
