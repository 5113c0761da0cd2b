"""What a column holds, judged by all of its values: numbers, codes, dates, words or texts. Values stay as written.

Imports nothing of the catalogue.
"""
