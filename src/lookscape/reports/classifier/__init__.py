"""The page of how well a classifier does: figures, curves, confusions, its surest mistakes."""
