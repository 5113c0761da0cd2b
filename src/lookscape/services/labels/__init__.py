"""Attributes as people and models give them: which products, in whose name, in which act; and files of labels."""
