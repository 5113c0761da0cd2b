"""Findings of checks as people review them, and the standard pictures that accepted ones lead to."""
