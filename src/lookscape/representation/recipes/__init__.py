"""Named training runs, ONE FILE EACH: `recipe()` gives a Recipe."""
