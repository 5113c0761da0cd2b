"""A graph of neighbours over short codes, its compiled loops and its beam width. Plumbing of backends."""
