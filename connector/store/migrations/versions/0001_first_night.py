"""Mirror, plan, journal and ledger, as the first night needs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connector.store.tables import Count, Stamp

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("npi", sa.String(length=20), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("zip", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("modified", Stamp(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("crm", "id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "assignments",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("previous_tier", sa.String(length=1), nullable=True),
        sa.Column("volume", sa.Float(), nullable=True),
        sa.Column("percentile", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text(), nullable=True),
        sa.Column("vintage", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_assignments")),
    )
    op.create_table(
        "call_lists",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("rep", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("drive_minutes", sa.Float(), nullable=True),
        sa.Column("roads", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_call_lists")),
    )
    op.create_table(
        "coverage",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.Float(), nullable=True),
        sa.Column("last_touch", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("cold_since", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "npi", name=op.f("pk_coverage")),
    )
    op.create_table(
        "cursors",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "feed", name=op.f("pk_cursors")),
    )
    op.create_table(
        "interactions",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("modified", Stamp(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=True),
        sa.Column("minutes", sa.Float(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "id", name=op.f("pk_interactions")),
    )
    op.create_index(op.f("ix_interactions_account"), "interactions", ["account"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", Count, autoincrement=True, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("started", Stamp(), nullable=False),
        sa.Column("finished", Stamp(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_table(
        "unmatched",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("npi", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("crm", "record", name=op.f("pk_unmatched")),
    )
    op.create_table(
        "changes",
        sa.Column("id", Count, autoincrement=True, nullable=False),
        sa.Column("run", Count, nullable=False),
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("npi", sa.String(length=20), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.String(length=64), nullable=True),
        sa.Column("intended", Stamp(), nullable=False),
        sa.Column("settled", Stamp(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_changes_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_crm_state", "changes", ["crm", "state"], unique=False)
    op.create_index(op.f("ix_changes_run"), "changes", ["run"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("run", Count, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_ledger_run")),
        sa.PrimaryKeyConstraint("crm", "record", name=op.f("pk_ledger")),
    )
    op.create_table(
        "vintages",
        sa.Column("crm", sa.String(length=40), nullable=False),
        sa.Column("vintage", sa.String(length=64), nullable=False),
        sa.Column("run", Count, nullable=False),
        sa.Column("providers", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("rejections", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_vintages_run")),
        sa.PrimaryKeyConstraint("crm", "vintage", name=op.f("pk_vintages")),
    )
