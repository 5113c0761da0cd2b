"""Numbers on your own photos, with confidence intervals."""
