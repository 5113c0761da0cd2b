"""The parts of a drawn shoe, from the last to the laces, and their assembly."""
