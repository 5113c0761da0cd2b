"""The tables. Migrations build them; this file is what the code queries.

Attributes are a log: a value is never changed and never deleted while its act stands, so an act can be undone. `live`
says that it holds; `shown`, which follows from the rest, that no more trusted origin says otherwise (`_shown.py`);
`unknown`, that a person says nobody can tell, which hides what others say. An act made the rows that bear its number;
`turns` says which other rows it made live or ended, so that every earlier moment is known.

Votes are a log too: the last of a ballot counts, and taking one back is a vote of its own.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

metadata = MetaData()

photos = Table(
    "photos",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("format", String(16), nullable=False),
    Column("num_bytes", BigInteger, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("original", String(64)),
    Column("recipe", Text),
)

sources = Table(
    "sources",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("fingerprint", String(64)),
)

files = Table(
    "files",
    metadata,
    Column("source", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("photo_id", String(64)),
    Column("product_id", Text),
    Column("name", Text),
    Column("row", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("reason", Text),
    Column("file", Text),
    Index("files_by_photo", "photo_id"),
    Index("files_by_product", "product_id", "position"),
)

products = Table(
    "products",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("face", String(64), nullable=False),
    Column("num_photos", Integer, nullable=False),
    Index("products_by_position", "position", "id"),
    Index("products_by_face", "face"),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("count", Integer, nullable=False),
    Column("undone_at", DateTime(timezone=True)),
    Column("name", Text, nullable=False, server_default=""),
    Column("value", Text, nullable=False, server_default=""),
    Column("target", Integer),
    Index("acts_by_target", "target"),
)

attributes = Table(
    "attributes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("product_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("act_id", Integer, ForeignKey("acts.id")),
    Column("live", Boolean, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("unknown", Boolean, nullable=False, server_default=false()),
    Index("attributes_by_product", "product_id", "name"),
    Index("attributes_by_value", "name", "value", "shown", "product_id"),
    Index("attributes_by_act", "act_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("attribute_id", Integer, ForeignKey("attributes.id"), primary_key=True),
    Column("act_id", Integer, ForeignKey("acts.id"), primary_key=True),
    Column("live", Boolean, nullable=False),
    Index("turns_by_act", "act_id"),
)

columns = Table(
    "columns",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("check", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("photo_id", String(64), nullable=False),
    Column("says", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("fix", Text, nullable=False),
    Column("removes", Boolean, nullable=False),
    Column("other_id", String(64)),
    Column("detail", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("act_id", Integer, ForeignKey("acts.id")),
    Index("findings_by_photo", "photo_id", "check", unique=True),
    Index("findings_by_state", "state", "check", "confidence"),
    Index("findings_by_removal", "removes", "state", "photo_id"),
    sqlite_autoincrement=True,  # the number of a finding that was replaced never means another one
)

decisions = Table(
    "decisions",
    metadata,
    Column("act_id", Integer, ForeignKey("acts.id"), primary_key=True),
    Column("finding_id", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("old_state", String(16), nullable=False),
    Column("old_act_id", Integer),
)

checked = Table(
    "checked",
    metadata,
    Column("check", String(64), primary_key=True),
    Column("photo_id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
)

alterations = Table(
    "alterations",
    metadata,
    Column("act_id", Integer, ForeignKey("acts.id"), primary_key=True),
    Column("photo_id", String(64), primary_key=True),
    Column("blob", String(64), nullable=False),
    Column("recipe", Text),
    Column("old_blob", String(64), nullable=False),
    Column("old_recipe", Text),
    Index("alterations_by_blob", "blob"),
    Index("alterations_by_old_blob", "old_blob"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tool", String(64), nullable=False),
    Column("params", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("message", Text, nullable=False),
    Column("result", Text),
    Column("worker", Text),
    Column("cancel", Boolean, nullable=False),
    Column("deaths", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("heartbeat_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Index("jobs_by_state", "state"),
)

games = Table(
    "games",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("contestants", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("duels", Float, nullable=False),
    Column("checks", Float, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("game_id", Integer, ForeignKey("games.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("photo_id", String(64), nullable=False),
    Column("stranger_id", String(64), nullable=False),
    Column("category", Text, nullable=False),
    Index("questions_by_game", "game_id", "key", unique=True),
)

picks = Table(
    "picks",
    metadata,
    Column("question_id", Integer, ForeignKey("questions.id"), primary_key=True),
    Column("contestant", Integer, primary_key=True),
    Column("photo_id", String(64), nullable=False),
    Column("category", Text, nullable=False),
)

players = Table(
    "players",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("players_by_team", "team"),
)

ballots = Table(
    "ballots",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("player_id", Integer, ForeignKey("players.id"), nullable=False),
    Column("question_id", Integer, ForeignKey("questions.id"), nullable=False),
    Column("left", Integer, nullable=False),
    Column("right", Integer, nullable=False),
    Column("expected", String(8), nullable=False),
    Index("ballots_by_player", "player_id", "question_id"),
    Index("ballots_by_question", "question_id"),
)

votes = Table(
    "votes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("ballot_id", String(22), ForeignKey("ballots.id"), nullable=False),
    Column("answer", String(8), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("votes_by_ballot", "ballot_id", "number"),
)
