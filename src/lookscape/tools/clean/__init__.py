"""Clean: find what is wrong with photos, decide about it, mend it."""
