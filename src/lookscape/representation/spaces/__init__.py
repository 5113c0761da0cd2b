"""Photos into vectors: preprocessing, embedding, Spaces as Parquet parts, pixel arrays, altered copies.

May import `catalogue.imaging` and the protocols; knows no model.
"""
