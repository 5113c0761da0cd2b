"""Tables as shops write them, read strictly: every row is in or named, no value is moved, dropped or changed.

Imports nothing of the catalogue.
"""
