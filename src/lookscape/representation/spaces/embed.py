"""(encoder, photos) -> vectors of a Space, computing only what is not there yet.

Photos are read and decoded by threads while the network runs, and written in parts of PART photos, so a killed run
loses one part at most. Work goes in the order of the ids and a photo's vector does not depend on its neighbours: a run
that is killed and started again ends with the Space of an undisturbed one, bit for bit.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np

from lookscape.errors import NotFoundError, PhotoError
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.protocol import Encoder, FittedEncoder, ImageU8
from lookscape.representation.spaces.preprocess import decode
from lookscape.representation.spaces.space import Space

PART = 1000
"""Photos in a part."""

GROUP = 8
"""Photos that a thread decodes at a time."""

REPORT_EVERY = 32
"""Photos between two calls of `progress`."""

REFIT_AT = 2
"""An encoder is fitted again when this many times the photos it learned from can be had, up to its sample size."""

Progress = Callable[[int, int, str], None]
"""(done, total, stage); raises CancelledError to stop."""


@dataclass(frozen=True, kw_only=True)
class PhotoSet:
    """All photos of a catalogue: their ids, and how to read the stored file of one.

    `altered` names the picture of each photo whose picture is not the one that its id stands for, as photos that were
    standardised; what was made from another picture is made anew.
    """

    ids: Sequence[str]
    read: Callable[[str], bytes]
    altered: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A photo that could not be embedded, and why."""

    photo_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EmbedReport:
    """What a run did; `num_photos` are in the Space now."""

    num_photos: int
    num_added: int
    num_removed: int
    fitted: bool
    rebuilt: bool
    failures: tuple[Failure, ...] = field(default=())


def embed(encoder: Encoder, photos: PhotoSet, space: Space, *, fitted: Path, progress: Progress) -> EmbedReport:
    """Bring `space` in step with `photos`: fit the encoder if it has to be, add what is missing, remove what is gone.

    A Space made under another key is emptied first; vectors of pictures that have changed since are made anew. `fitted`
    is the folder where what a FittedEncoder learns is kept.
    Raises ConflictError when another process writes this Space, and whatever `progress` raises.
    """
    with space.writing():
        learned = (
            _fit(encoder, photos, folder=fitted, progress=progress) if isinstance(encoder, FittedEncoder) else False
        )
        rebuilt = space.key != encoder.key
        if rebuilt:
            space.rebuild(replace(space.info, key=encoder.key, dim=encoder.dim, metric=encoder.default_metric))
        num_removed = space.remove(set(space.ids) - set(photos.ids))
        space.remake(photos.altered)
        present = set(space.ids)
        stream = _Stream(photos, sorted(set(photos.ids) - present), side=encoder.side)
        num_added = _append_all(encoder, stream, space, progress=progress)
        space.compact()
    return EmbedReport(
        num_photos=len(space),
        num_added=num_added,
        num_removed=num_removed,
        fitted=learned,
        rebuilt=rebuilt,
        failures=tuple(stream.failures),
    )


def sample(ids: Iterable[str], size: int) -> list[str]:
    """The same `size` ids for the same set, chosen by their hash, so that their order and meaning do not matter."""
    return sorted(set(ids), key=lambda photo_id: hashlib.sha256(photo_id.encode()).digest())[:size]


def _fit(encoder: FittedEncoder, photos: PhotoSet, *, folder: Path, progress: Progress) -> bool:
    """Fit and save, unless what was learned still serves; whether it was done."""
    chosen = sample(photos.ids, encoder.sample_size)
    if len(chosen) < max(1, REFIT_AT * encoder.num_fitted):
        return False
    stream = _Stream(photos, chosen, side=encoder.side)
    encoder.fit(stream.pixels(len(chosen), progress=progress, stage="learning the catalogue"))
    checkpoint.save(folder, Checkpoint(config={"network": encoder.network_key}, tensors=encoder.state()))
    return True


def _append_all(encoder: Encoder, stream: "_Stream", space: Space, *, progress: Progress) -> int:
    num_added = 0
    while True:
        vectors = encoder.encode(stream.pixels(PART, progress=progress, stage="embedding"))
        if not len(vectors):
            return num_added
        space.append(stream.taken(), np.asarray(vectors, np.float32))
        num_added += len(vectors)


class _Stream:
    """Decoded photos in a given order, a few ahead of whoever takes them."""

    def __init__(self, photos: PhotoSet, ids: Sequence[str], *, side: int) -> None:
        self.failures: list[Failure] = []
        self._photos, self._ids, self._side = photos, ids, side
        self._num_seen = 0
        self._taken: list[str] = []
        self._decoded = self._ahead()

    def pixels(self, limit: int, *, progress: Progress, stage: str) -> Iterator[ImageU8]:
        """The next photos, at most `limit`, leaving out those that cannot be read."""
        self._taken = []
        for photo_id, pixels in islice(self._decoded, limit):
            if self._num_seen % REPORT_EVERY == 1:
                progress(self._num_seen, len(self._ids), stage)
            self._taken.append(photo_id)
            yield pixels
        progress(self._num_seen, len(self._ids), stage)

    def taken(self) -> list[str]:
        """The ids of what the last `pixels` gave."""
        return self._taken

    def _ahead(self) -> Iterator[tuple[str, ImageU8]]:
        threads = len(os.sched_getaffinity(0))
        waiting: deque[Future[list[_Decoded]]] = deque()
        groups = iter(range(0, len(self._ids), GROUP))
        with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
            while True:
                for start in islice(groups, 2 * threads - len(waiting)):
                    waiting.append(pool.submit(self._decode, self._ids[start : start + GROUP]))
                if not waiting:
                    return
                for photo_id, result in waiting.popleft().result():
                    self._num_seen += 1
                    if isinstance(result, Failure):
                        self.failures.append(result)
                    else:
                        yield photo_id, result

    def _decode(self, ids: Sequence[str]) -> "list[_Decoded]":
        return [(photo_id, self._decode_one(photo_id)) for photo_id in ids]

    def _decode_one(self, photo_id: str) -> ImageU8 | Failure:
        try:
            return decode(self._photos.read(photo_id), side=self._side)
        except (PhotoError, NotFoundError) as error:
            return Failure(photo_id=photo_id, reason=str(error))


_Decoded = tuple[str, ImageU8 | Failure]
