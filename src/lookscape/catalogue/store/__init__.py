"""The catalogue's database behind one class, `Catalogue`: the only room with SQL.

May import `blobs` and the records beside this folder; knows no source, no check and no network.
"""
