"""Brand and model out of product names: words, lists of brands, and what a catalogue's names have in common.

Imports nothing of the catalogue.
"""
