"""Exact up to 50,000 rows, an approximate graph beyond."""

from lookscape.index._resident import Resident


class Backend(Resident):
    """As `exact` for now."""

    name = "faiss"
