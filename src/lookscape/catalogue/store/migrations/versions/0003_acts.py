"""Acts that a person can read and redo: what was changed to what, which act an undo took back, every row it turned."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("acts", sa.Column("name", sa.Text, nullable=False, server_default=""))
    op.add_column("acts", sa.Column("value", sa.Text, nullable=False, server_default=""))
    op.add_column("acts", sa.Column("target", sa.Integer))
    op.create_index("acts_by_target", "acts", ["target"])
    op.create_table(
        "turns",
        sa.Column("attribute_id", sa.Integer, sa.ForeignKey("attributes.id"), primary_key=True),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("acts.id"), primary_key=True),
        sa.Column("live", sa.Boolean, nullable=False),
    )
    op.create_index("turns_by_act", "turns", ["act_id"])
    _keep_what_is_known()
    op.drop_index("attributes_by_end", "attributes")
    with op.batch_alter_table("attributes") as table:
        table.drop_column("ended_by")
        table.add_column(sa.Column("unknown", sa.Boolean, nullable=False, server_default=sa.false()))


def _keep_what_is_known() -> None:
    """Values that acts ended, and values of acts that were undone: the latter when, nobody wrote down."""
    op.execute(
        "INSERT INTO turns (attribute_id, act_id, live) "
        "SELECT id, ended_by, false FROM attributes WHERE ended_by IS NOT NULL"
    )
    op.execute(
        "INSERT INTO turns (attribute_id, act_id, live) SELECT attributes.id, attributes.act_id, false "
        "FROM attributes JOIN acts ON acts.id = attributes.act_id WHERE acts.undone_at IS NOT NULL"
    )
