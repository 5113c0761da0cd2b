"""The catalogue's photos as models and checks read them, and what was measured on them."""
