"""How the check `pair` tells one product from two."""
