"""One file, one search backend; each offers a class `Backend` that follows `lookscape.index.protocol.Index`."""
