"""One file each: how neighbours become coordinates.

    TITLE = "t-SNE"                 as people choose it
    NEIGHBOURS = 90                 how many of each row it looks at
    LARGEST = {2: 200_000, 3: ...}  rows it lays out at most; of more a sample is laid out and the rest placed
    def lay_out(near, start_ND, *, seed, threads, report) -> N x D, float64
    def place(near, map_MD, *, threads, report) -> N x D, float64: rows put into a map that does not move

Both give the same bytes for the same input and seed, however many threads there are. D is 2 or 3.
"""
