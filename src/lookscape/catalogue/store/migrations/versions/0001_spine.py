"""Photos, files, products, attributes with acts, jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _photos()
    _products()
    _attributes()
    _jobs()


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("num_bytes", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
    )
    op.create_table(
        "sources",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("fingerprint", sa.String(64)),
    )
    op.create_table(
        "files",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("photo_id", sa.String(64)),
        sa.Column("product_id", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("row", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_index("files_by_photo", "files", ["photo_id"])
    op.create_index("files_by_product", "files", ["product_id", "position"])


def _products() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("face", sa.String(64), nullable=False),
        sa.Column("num_photos", sa.Integer, nullable=False),
    )
    op.create_index("products_by_position", "products", ["position", "id"])
    op.create_index("products_by_face", "products", ["face"])


def _attributes() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "attributes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("acts.id")),
        sa.Column("ended_by", sa.Integer, sa.ForeignKey("acts.id")),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("shown", sa.Boolean, nullable=False),
    )
    op.create_index("attributes_by_product", "attributes", ["product_id", "name"])
    op.create_index("attributes_by_value", "attributes", ["name", "value", "shown", "product_id"])
    op.create_index("attributes_by_act", "attributes", ["act_id"])
    op.create_index("attributes_by_end", "attributes", ["ended_by"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("tool", sa.String(64), nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("worker", sa.Text),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
    )
    op.create_index("jobs_by_state", "jobs", ["state"])
