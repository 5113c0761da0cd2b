"""What a check of photos is: one file in `checks/` that finds one kind of trouble, says how to mend it and shows why.

    TITLE = "Blurred or badly lit"        as a heading
    WHAT = "Photos out of focus ..."      one sentence for people
    VERSION = 1                           raised when it would judge otherwise, so that photos are judged anew
    REVIEW_FROM = 0.5                     the confidence from which people are asked, unless they choose another
    def check(photos, *, progress) -> Iterator[Verdict]
    def picture(finding, photo, other) -> ImageU8

Findings and what they would mend are records of findings.py.

`check` gives one verdict for each photo of `photos.due` that can be read, in that order: a Finding or Clear. They are
stored as they come, so a run that is stopped goes on where it was; `due` is then what was left. A check may look at
all of `photos.ids`, to learn what is usual or to compare, but judges only those due. The same photos must give the
same verdicts. A Finding may be of low confidence: people choose from which on they look.

`picture` draws why, on the photo that it is given (H x W x 3, as the check saw it) and beside `other` if the finding
names one; it is drawn when somebody looks and never stored, so what it needs beside the pixels belongs in `detail`.

Checks see each photo as it was ingested, square, whatever was accepted and applied since: a Fix is always relative
to that picture, and applying one changes no verdict.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lookscape import parts
from lookscape.catalogue.findings import Clear, Finding
from lookscape.catalogue.imaging import ImageU8

CHECKS = "lookscape.catalogue.checks"

SIDE = 256
"""Checks see photos at most this large, pixels."""

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
"""(done, total, stage); raises CancelledError to stop."""


Verdict = Finding | Clear


class Photos(Protocol):
    """The catalogue's photos as checks see them: as ingested, square, H x W x 3 sRGB bytes, at most SIDE pixels."""

    @property
    def ids(self) -> Sequence[str]:
        """Every photo that is not put aside, in the order of ingest; look, compare and learn from these."""
        ...

    @property
    def due(self) -> Sequence[str]:
        """Those of `ids` that are to be judged, in the same order."""
        ...

    def read(self, photo_id: str) -> ImageU8:
        """One photo. Raises NotFoundError, or PhotoError when its bytes are damaged."""
        ...

    def each(self, ids: Sequence[str]) -> Iterator[tuple[str, ImageU8]]:
        """Photos with their ids, in order, read ahead by threads; those that cannot be read are left out."""
        ...

    def map(self, work: Callable[[ImageU8], T], ids: Sequence[str]) -> Iterator[tuple[str, T]]:
        """`work` done on each photo by threads, results in order: for work in OpenCV or NumPy, which leaves the lock.

        Photos that cannot be read are left out. `work` must not depend on what it was called with before.
        """
        ...

    def features(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """N x D pooled features of the network that needs no training (the model `pretrained`), not normalised.

        Made once for each photo and kept on disk, so asking again is quick. NaN for photos that cannot be read.
        """
        ...

    def embed(self, images: Iterable[ImageU8]) -> NDArray[np.float32]:
        """The same features of any images, such as altered photos: B x D. About 10 ms an image on one core."""
        ...

    def sizes(self, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Width and height of the files that were ingested, pixels, upright; what is seen here is often smaller."""
        ...

    def products(self, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The products each photo belongs to, nearly always one; photos of one product show the same thing."""
        ...

    def attributes(self, product_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """What is known of products: name -> value."""
        ...


@dataclass(frozen=True)
class Check:
    """One check, by the name of its file."""

    name: str

    @property
    def module(self) -> ModuleType:
        """The check's file, imported. Raises UnknownNameError."""
        return parts.load(CHECKS, self.name)

    @property
    def title(self) -> str:
        """Its TITLE."""
        return str(self.module.TITLE)

    @property
    def what(self) -> str:
        """Its WHAT."""
        return str(self.module.WHAT)

    @property
    def version(self) -> int:
        """Its VERSION."""
        return int(self.module.VERSION)

    @property
    def review_from(self) -> float:
        """Its REVIEW_FROM."""
        return float(self.module.REVIEW_FROM)

    def run(self, photos: Photos, *, progress: Progress) -> Iterator[Verdict]:
        """Judge the photos that are due."""
        verdicts: Iterator[Verdict] = self.module.check(photos, progress=progress)
        return verdicts

    def picture(self, finding: Finding, photo: ImageU8, other: ImageU8 | None = None) -> ImageU8:
        """Draw why."""
        drawn: ImageU8 = self.module.picture(finding, photo, other)
        return drawn


def every_check() -> list[Check]:
    """All checks, by name."""
    return [Check(name) for name in parts.names(CHECKS)]


def find_check(name: str) -> Check:
    """The check of that name; dashes are read as underscores. Raises UnknownNameError."""
    check = Check(name.replace("-", "_"))
    return Check(check.module.__name__.rsplit(".", 1)[-1])
