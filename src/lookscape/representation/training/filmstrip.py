"""The frames of a training's film as a strip and as animations, in models/NAME/film/.

0000000.webp 0000001.webp ...   a frame for each of about 30 steps
film.webp film.gif              all of them, one after the other
strip.png                       a few of them side by side: silhouette, then shading, then colour
"""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lookscape.files import write_atomically

FOLDER = "film"
COLUMNS = 8
"""Photos in a row of a frame."""
ROWS = 4
"""Rows of a frame: photos, the same rebuilt, draws from the prior, draws from where photos lie."""
STRIP_COLUMNS = 9
STRIP_PHOTOS, STRIP_DRAWS = 4, 2
CELL, GAP, HEAD = 112, 6, 26
"""Pixels of the strip: a photo, the space between two, the line with the steps."""
SHOWN_MS, LAST_MS = 260, 2200
INK, MUTED = (27, 26, 23), (103, 99, 91)

_FRAME = re.compile(r"(\d{7})\.webp")


def frame_path(folder: Path, step: int) -> Path:
    """Where a step's frame is."""
    return folder / f"{step:07d}.webp"


def frames(folder: Path) -> dict[int, Path]:
    """The frames in a film's folder by step, in order."""
    found = ((match, path) for path in sorted(folder.glob("*.webp")) if (match := _FRAME.fullmatch(path.name)))
    return {int(match[1]): path for match, path in found}


def assemble(folder: Path) -> None:
    """Make strip and animations from the frames; nothing without any."""
    found = {step: Image.open(path).convert("RGB") for step, path in frames(folder).items()}
    if not found:
        return
    write_atomically(folder / "strip.png", _encoded(strip(found), "PNG"))
    shots = [_captioned(image, step) for step, image in found.items()]
    shown = [SHOWN_MS] * (len(shots) - 1) + [LAST_MS]
    for kind, options in (("WEBP", {"quality": 85, "method": 2}), ("GIF", {"optimize": False})):
        file = io.BytesIO()
        shots[0].save(
            file,
            kind,
            save_all=True,
            append_images=shots[1:],
            duration=shown,
            loop=0,
            **options,
        )
        write_atomically(folder / f"film.{kind.lower()}", file.getvalue())


def strip(found: dict[int, Image.Image]) -> Image.Image:
    """Photos and draws from where photos lie as rows, steps as columns; the last column is the photos themselves."""
    steps = spread(list(found), count=STRIP_COLUMNS)
    side = found[steps[0]].width // COLUMNS
    rows = [(1, column) for column in range(STRIP_PHOTOS)] + [(3, column) for column in range(STRIP_DRAWS)]
    pitch = CELL + GAP
    sheet = Image.new("RGB", ((len(steps) + 1) * pitch + GAP, len(rows) * pitch + HEAD + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    for place, step in enumerate([*steps, None]):
        left = GAP + place * pitch
        title = "photo" if step is None else "before" if step == 0 else f"{step:,} steps"
        draw.text((left + CELL / 2, HEAD / 2 + 2), title, fill=INK, font=font, anchor="mm")
        for number, (row, column) in enumerate(rows):
            if step is None and row > 1:
                continue
            frame = found[steps[-1] if step is None else step]
            cell = _cell(frame, row=0 if step is None else row, column=column, side=side)
            sheet.paste(cell, (left, HEAD + number * pitch))
    return sheet


def spread(steps: list[int], *, count: int) -> list[int]:
    """At most `count` of the steps, the first and the last among them."""
    places = np.linspace(0, len(steps) - 1, min(count, len(steps))).round().astype(int)
    return [steps[place] for place in places]


def _cell(frame: Image.Image, *, row: int, column: int, side: int) -> Image.Image:
    box = (column * side, row * side, (column + 1) * side, (row + 1) * side)
    return frame.crop(box).resize((CELL, CELL), Image.Resampling.BICUBIC)


def _captioned(frame: Image.Image, step: int) -> Image.Image:
    sheet = Image.new("RGB", (frame.width, frame.height + HEAD), "white")
    sheet.paste(frame, (0, HEAD))
    font = ImageFont.load_default(size=13)
    draw = ImageDraw.Draw(sheet)
    draw.text((8, HEAD / 2), f"after {step:,} steps", fill=INK, font=font, anchor="lm")
    told = "photos · rebuilt · sampled from the prior · sampled near photos"
    draw.text((frame.width - 8, HEAD / 2), told, fill=MUTED, font=font, anchor="rm")
    return sheet


def _encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
