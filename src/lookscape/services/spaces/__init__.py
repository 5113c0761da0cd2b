"""Vectors of a Space by photo or product, what their distances mean, and intervals of counts."""
