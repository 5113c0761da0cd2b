"""The page of what separates two groups of products."""
