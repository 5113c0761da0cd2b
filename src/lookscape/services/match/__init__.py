"""The match board: does the nearest other product have the same label, in which Space under which metric?"""
