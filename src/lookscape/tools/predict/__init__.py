"""Predict missing attributes from photos, train classifiers, and find what to label next."""
