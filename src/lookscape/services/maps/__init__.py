"""Maps of the catalogue: what they are made from, the layout, the file, and columns to colour them by."""
