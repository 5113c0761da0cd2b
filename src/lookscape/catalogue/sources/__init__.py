"""Where files come from, ONE FILE EACH; see `catalogue.source` for what a source offers."""
