"""Games, their questions, players and votes in the database."""
