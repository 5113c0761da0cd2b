"""Gaps filled honestly: missing attributes predicted from photos, and what to label next."""
