"""What every reader of a format gives: pixels as the file has them, and what is still to be done to them."""

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, kw_only=True)
class Cicp:
    """Code points of colour (ITU-T H.273): `primaries` 1 BT.709, 9 BT.2020, 12 Display P3; `transfer` 13 sRGB, 16 PQ,
    18 HLG.
    """

    primaries: int
    transfer: int


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Pixels as the file has them: any Pillow mode, not yet upright, perhaps smaller than the photo.

    `width` and `height` are the photo's own, once upright; `orientation` is the EXIF value, 1 to 8. Colour is that of
    the ICC `profile`, or of `cicp` where that is given.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    orientation: int = 1
    profile: bytes | None = None
    cicp: Cicp | None = None
