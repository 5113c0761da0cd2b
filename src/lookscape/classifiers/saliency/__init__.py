"""Where a classifier looks, ONE FILE EACH: a method offers `TITLE`, `WHAT` and `explain`, see `..explaining`."""
