"""Thin ways in: the command line and HTTP. No logic lives here."""
