"""From neighbours to hits: one per product, filtered, paged, scored; and what two photos share."""
