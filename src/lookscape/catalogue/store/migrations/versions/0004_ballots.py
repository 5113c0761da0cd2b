"""Games of blind questions, who plays them, what was asked, and every answer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _games()
    _questions()
    _picks()
    _players()
    _ballots()
    _votes()


def _games() -> None:
    op.create_table(
        "games",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contestants", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("duels", sa.Float, nullable=False),
        sa.Column("checks", sa.Float, nullable=False),
    )


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("game_id", sa.Integer, sa.ForeignKey("games.id"), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("photo_id", sa.String(64), nullable=False),
        sa.Column("stranger_id", sa.String(64), nullable=False),
        sa.Column("category", sa.Text, nullable=False),
    )
    op.create_index("questions_by_game", "questions", ["game_id", "key"], unique=True)


def _picks() -> None:
    op.create_table(
        "picks",
        sa.Column("question_id", sa.Integer, sa.ForeignKey("questions.id"), primary_key=True),
        sa.Column("contestant", sa.Integer, primary_key=True),
        sa.Column("photo_id", sa.String(64), nullable=False),
        sa.Column("category", sa.Text, nullable=False),
    )


def _players() -> None:
    op.create_table(
        "players",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("players_by_team", "players", ["team"])


def _ballots() -> None:
    op.create_table(
        "ballots",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("player_id", sa.Integer, sa.ForeignKey("players.id"), nullable=False),
        sa.Column("question_id", sa.Integer, sa.ForeignKey("questions.id"), nullable=False),
        sa.Column("left", sa.Integer, nullable=False),
        sa.Column("right", sa.Integer, nullable=False),
        sa.Column("expected", sa.String(8), nullable=False),
    )
    op.create_index("ballots_by_player", "ballots", ["player_id", "question_id"])
    op.create_index("ballots_by_question", "ballots", ["question_id"])


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("ballot_id", sa.String(22), sa.ForeignKey("ballots.id"), nullable=False),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("votes_by_ballot", "votes", ["ballot_id", "number"])
