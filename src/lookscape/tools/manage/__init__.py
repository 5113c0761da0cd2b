"""The catalogue itself: bring photos in, embed them, look after it. These are the top-level commands."""
