"""Standardised photos as files by content hash, and making many of them survive a power cut at once."""
