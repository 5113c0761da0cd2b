"""The whole catalogue at a glance: maps and clusters."""
