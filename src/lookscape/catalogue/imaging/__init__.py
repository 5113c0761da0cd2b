"""Reading photos of any origin safely, and giving them all one shape: a square of sRGB bytes.

The extension is never trusted; what the bytes say counts. Every way in raises PhotoError (not usable, and why) or
TooLargeError (over MAX_BYTES, MAX_PIXELS or the memory the format's decoder would take), and nothing else, whatever
the bytes are. Sizes are checked on the header, before memory is taken. Pillow decodes, so that damage is noticed;
OpenCV resizes and encodes, because it is faster.

    prepare      what ingest calls: bytes in, the stored blob and the photo's facts out
    standardise  the same, as pixels
    decode       the whole photo at its full size
    size_of      what a file's header says, without decoding
"""

from lookscape.catalogue.imaging._encode import encode_jpeg
from lookscape.catalogue.imaging._header import MAX_BYTES, MAX_PIXELS
from lookscape.catalogue.imaging._reader import size_of
from lookscape.catalogue.imaging._square import ImageU8, background_colour, pad_to_square, shrunk
from lookscape.catalogue.imaging._standardise import (
    DecodedPhoto,
    Prepared,
    Standardised,
    decode,
    prepare,
    standardise,
    thumbnail,
)

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "DecodedPhoto",
    "ImageU8",
    "Prepared",
    "Standardised",
    "background_colour",
    "decode",
    "encode_jpeg",
    "pad_to_square",
    "prepare",
    "shrunk",
    "size_of",
    "standardise",
    "thumbnail",
]
