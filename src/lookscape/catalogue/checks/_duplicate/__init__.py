"""How the check `duplicate` finds candidates, aligns and compares them, and decides."""
