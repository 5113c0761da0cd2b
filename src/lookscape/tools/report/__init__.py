"""The whole catalogue on one page: what is in it, how its groups differ, what is odd, what is duplicated."""
