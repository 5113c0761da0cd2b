"""What every reader of a format gives: pixels as the file has them, and what is still to be done to them."""

from dataclasses import dataclass, replace

from PIL import ExifTags, Image


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

    def turned(self, orientation: int) -> "Raw":
        """The same pixels, to be turned by this EXIF value; only of what was to stay as it is."""
        width, height = (self.height, self.width) if orientation > 4 else (self.width, self.height)
        return replace(self, orientation=orientation, width=width, height=height)


def orientation_of(record: bytes) -> int:
    """The orientation of an EXIF record, 1 when there is none or it cannot be read: bad metadata spoils no photo."""
    exif = Image.Exif()
    try:
        exif.load(record)
        return as_orientation(exif.get(ExifTags.Base.Orientation))
    except Exception:  # damaged metadata raises whatever the parser stumbles over
        return 1


def as_orientation(value: object) -> int:
    """The value if it is one, else 1."""
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
