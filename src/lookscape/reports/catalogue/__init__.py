"""The page of the whole catalogue: groups, sizes, labels, colours, mean photos, oddities, repeats."""
