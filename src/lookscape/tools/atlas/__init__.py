"""The whole catalogue at a glance: maps of it, and the groups it falls into."""
