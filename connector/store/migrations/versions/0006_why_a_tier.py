"""Why an account is in its tier: what it was ranked by, where it is to go, and which rules decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("assignments", sa.Column("family", sa.Text(), nullable=False, server_default=""))
    op.add_column("assignments", sa.Column("decile", sa.Integer()))
    op.add_column("assignments", sa.Column("score", sa.Float()))
    op.add_column("assignments", sa.Column("rank", sa.Integer()))
    op.add_column("assignments", sa.Column("toward", sa.String(length=1)))
    op.add_column("assignments", sa.Column("held", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("assignments", sa.Column("rules", sa.String(length=12), nullable=False, server_default=""))
