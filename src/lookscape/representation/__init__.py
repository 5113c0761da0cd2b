"""Photos into vectors and back: networks, models, the one training loop, Spaces, languages, splits, metrics.

Nothing here learns from labels; that is `classifiers`. Imports `catalogue` and below.
"""
