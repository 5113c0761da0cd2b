"""Photos made on the spot: photo `n` has one colour that no other has."""

import hashlib

import numpy as np

from lookscape.catalogue.imaging import encode_jpeg
from lookscape.representation.spaces.embed import PhotoSet


def photo_set(count: int, *, damaged: tuple[int, ...] = ()) -> PhotoSet:
    """Ids are SHA-256s, as a catalogue's are."""
    contents = {}
    for number in range(count):
        colour = (number % 250, 250 - number // 250, 3 * number % 250)
        content = encode_jpeg(np.full((8, 8, 3), colour, np.uint8))
        contents[hashlib.sha256(str(number).encode()).hexdigest()] = b"\xff\xd8" if number in damaged else content
    return PhotoSet(ids=list(contents), read=contents.__getitem__)
