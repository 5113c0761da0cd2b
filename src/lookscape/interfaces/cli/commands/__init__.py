"""Commands that are more than one tool, one file each: a docstring and `main`."""
