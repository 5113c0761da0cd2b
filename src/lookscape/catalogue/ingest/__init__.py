"""Source -> gates -> store: prepared in worker processes, written in batches, going on where it was killed.

The only room that imports sources, gates and the store together.
"""
