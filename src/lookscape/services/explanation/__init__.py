"""A classifier's answer about one photo explained: where it looks, and what would change the answer."""
