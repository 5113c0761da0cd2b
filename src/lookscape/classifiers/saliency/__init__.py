"""Where a classifier looks: ONE FILE EACH. A method offers `TITLE`, `WHAT` and `explain`, see `classifiers.explaining`."""
