"""Find products by photo and recommend similar ones."""
