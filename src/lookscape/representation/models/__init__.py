"""Models, ONE FILE EACH: opened ones have `build`, trained ones a `Model`; see `protocol` and `trainable`.

A model imports networks and losses, never another model.
"""
