"""Findings of checks, decisions about them, and pictures that were standardised."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("photos", sa.Column("original", sa.String(64)))
    op.add_column("photos", sa.Column("recipe", sa.Text))
    _findings()
    _alterations()


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("check", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("photo_id", sa.String(64), nullable=False),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("fix", sa.Text, nullable=False),
        sa.Column("removes", sa.Boolean, nullable=False),
        sa.Column("other_id", sa.String(64)),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("acts.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("findings_by_photo", "findings", ["photo_id", "check"], unique=True)
    op.create_index("findings_by_state", "findings", ["state", "check", "confidence"])
    op.create_index("findings_by_removal", "findings", ["removes", "state", "photo_id"])
    op.create_table(
        "decisions",
        sa.Column("act_id", sa.Integer, sa.ForeignKey("acts.id"), primary_key=True),
        sa.Column("finding_id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("old_state", sa.String(16), nullable=False),
        sa.Column("old_act_id", sa.Integer),
    )
    op.create_table(
        "checked",
        sa.Column("check", sa.String(64), primary_key=True),
        sa.Column("photo_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _alterations() -> None:
    op.create_table(
        "alterations",
        sa.Column("act_id", sa.Integer, sa.ForeignKey("acts.id"), primary_key=True),
        sa.Column("photo_id", sa.String(64), primary_key=True),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("recipe", sa.Text),
        sa.Column("old_blob", sa.String(64), nullable=False),
        sa.Column("old_recipe", sa.Text),
    )
    op.create_index("alterations_by_blob", "alterations", ["blob"])
    op.create_index("alterations_by_old_blob", "alterations", ["old_blob"])
