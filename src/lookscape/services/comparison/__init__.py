"""Two groups of products compared: effect sizes of every column, mean heat maps, sentences."""
