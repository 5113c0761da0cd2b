"""Vectors into neighbours: one interface, one file per backend, indexes that keep up with their Space."""
