"""Clean: find what is wrong with photos, decide about it, fix it."""
