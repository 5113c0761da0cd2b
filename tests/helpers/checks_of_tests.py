"""Two checks for tests, in place of the real ones: `facing` would mirror, `twin` would put aside.

facing   finds every second photo, its confidence falling from 0.95 by 0.05 each
twin     calls the third photo a copy of the first
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lookscape import parts

PACKAGE = "lookscape.catalogue.checks"

FACING = '''"""Every second photo points left."""

import numpy as np

from lookscape.catalogue.findings import Clear, Finding, Fix

TITLE = "Facing the wrong way"
WHAT = "Photos that point to the other side than most"
VERSION = 1
REVIEW_FROM = 0.5


def check(photos, *, progress):
    """Judge by place."""
    places = {photo_id: place for place, photo_id in enumerate(photos.ids)}
    for done, (photo_id, _) in enumerate(photos.each(photos.due)):
        progress(done, len(photos.due), "looking")
        place = places[photo_id]
        if place % 2:
            yield Clear(photo_id=photo_id)
        else:
            confidence = round(0.95 - 0.025 * place, 3)
            yield Finding(photo_id=photo_id, says="points left", confidence=confidence, fix=Fix(mirror=True))


def picture(finding, photo, other):
    """An arrow would do; a red line does."""
    drawn = photo.copy()
    drawn[len(drawn) // 2] = 220, 30, 30
    return drawn
'''

TWIN = '''"""The third photo is a copy of the first."""

import numpy as np

from lookscape.catalogue.findings import Clear, Finding, Fix

TITLE = "Duplicates"
WHAT = "Photos that are there twice"
VERSION = 3
REVIEW_FROM = 0.4


def check(photos, *, progress):
    """Judge by place."""
    for photo_id in photos.due:
        if len(photos.ids) > 2 and photo_id == photos.ids[2]:
            fix = Fix(remove=True)
            yield Finding(photo_id=photo_id, says="a copy", confidence=0.8, fix=fix, other_id=photos.ids[0])
        else:
            yield Clear(photo_id=photo_id)


def picture(finding, photo, other):
    """Both side by side."""
    return np.hstack([photo, other])
'''


@contextmanager
def only_these_checks(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within, `facing` and `twin` are the only checks."""
    (folder / "facing.py").write_text(FACING)
    (folder / "twin.py").write_text(TWIN)
    package = parts.load_module(PACKAGE)
    patch.setattr(package, "__path__", [str(folder)])
    patch.setattr(package.__spec__, "submodule_search_locations", package.__path__)
    _forget()
    try:
        yield
    finally:
        patch.undo()
        _forget()


def _forget() -> None:
    parts.names.cache_clear()
    for name in ("facing", "twin"):
        sys.modules.pop(f"{PACKAGE}.{name}", None)
