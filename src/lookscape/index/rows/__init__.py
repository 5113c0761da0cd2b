"""Rows by position in this process and on disk: ids, vectors, exact scans, one checked file. Plumbing of backends."""
