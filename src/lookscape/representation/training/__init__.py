"""The one training loop and all that surrounds it: run, state, devices, hooks, alarms, film, the last judgement.

May import everything of `representation` but `recipes`, which it finds by name.
"""
