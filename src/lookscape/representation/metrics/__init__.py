"""How good a model is, as numbers with intervals.

Pure functions on NumPy arrays: nothing here runs a network, reads a catalogue or keeps a state. Each file is one idea
and cites where its formula comes from; with a seed the same arrays give the same number. Distances that depend on a
network's features say in their record which features those were.
"""
