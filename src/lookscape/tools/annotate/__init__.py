"""Labels for many products at once: set, add, clear, undo, history, export, import."""
