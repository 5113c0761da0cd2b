"""What every file must pass on ingest, ONE FILE EACH: `check(width, height)` gives a reason to refuse it, or None."""
