"""Everything that a report says, computed: the numbers as a Survey, and the pictures beside it."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.records import Photo, SourceFile
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.latents.drawings import still
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.spaces.preprocess import square
from lookscape.services.maps.columns import first_products
from lookscape.services.photos.pictures import photo_set
from lookscape.services.photos.tiles import TILE, single, tiles
from lookscape.services.records import Progress
from lookscape.services.survey import cache, colours, eigen, odd, words
from lookscape.services.survey import copies as survey_copies
from lookscape.services.survey import labels as survey_labels
from lookscape.services.survey import pictures as survey_pictures
from lookscape.services.survey import sizes as survey_sizes
from lookscape.services.survey.compared import Asked, asked, between, colours_of, to_groups
from lookscape.services.survey.eigen import Eigenimages
from lookscape.services.survey.figures import Component, Copies, Counted, Distribution, Group, Oddity, Survey
from lookscape.services.survey.groups import Groups, groups_of

SIDE = 64
"""Pixels of the squares that colours, mean photos and eigenimages are taken from: what training keeps, too."""

CHUNK = 512
DECIMALS = 8

Counts = NDArray[np.uint16]


@dataclass(frozen=True, kw_only=True)
class SurveyRequest:
    """Grouped by which attribute into how many groups, compared with which photo or product."""

    by: str | None = None
    groups: int = 8
    photo: bytes | None = None
    product: str | None = None
    background: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """The numbers, and WebP files by name; see survey_pictures."""

    result: Survey
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Read:
    """The photos of a catalogue: N with their facts, and the M of them that could be read.

    `row_M` is each one's place among the N.
    """

    photos: Sequence[Photo]
    files: Mapping[str, Sequence[SourceFile]]
    owners: Sequence[str]
    groups: Groups
    pixels: Pixels | None
    row_M: NDArray[np.intp]

    @property
    def num_files(self) -> NDArray[np.int64]:
        return np.array([max(1, len(self.files[photo.id])) for photo in self.photos], np.int64)

    @property
    def codes(self) -> NDArray[np.intp]:
        return self.groups.codes_N[self.row_M]


def survey(engine: Engine, request: SurveyRequest, *, file: str, progress: Progress) -> Surveyed:
    """Compute everything; what is slow and was computed for the same photos before is read from the cache."""
    question = asked(engine, request.photo, request.product)
    read = _read(engine, request, progress)
    labels = survey_labels.known(engine, engine.catalogue.ids())
    found: dict[str, Any] = {"attributes": labels, **_of_files(read), **_of_groups(read, request)}
    pictures: dict[str, bytes] = {}
    eigenimages = None
    if read.pixels is not None:
        found |= _of_colours(engine, read, request, question, progress)
        eigenimages = _eigenimages(engine, read.pixels, progress)
        pictures |= _drawn(read.pixels, read.codes, eigenimages, num=len(read.groups))
    found |= _of_eigenimages(eigenimages)
    found["oddities"] = _oddities(engine, read, eigenimages, progress)
    found["copies"] = survey_copies.copies(engine, read.files)
    progress(0, 0, "drawing photos")
    pictures |= _photographs(engine, found["groups"], found["oddities"], found["copies"], question)
    result = Survey(
        made_at=datetime.now(UTC),
        name=engine.folder.absolute().name,
        file=file,
        by=read.groups.by,
        kind=read.groups.kind.value,
        counted=_counted(engine, read),
        in_short=[],
        compared=question.name if question else "",
        compared_photo=question.photo_id if question else "",
        background=request.background,
        side=SIDE,
        **found,
    )
    return Surveyed(result=result.model_copy(update={"in_short": words.in_short(result)}), pictures=pictures)


def _read(engine: Engine, request: SurveyRequest, progress: Progress) -> _Read:
    progress(0, 0, "reading what is known")
    ids = sorted(engine.catalogue.photo_ids())
    owner = first_products(engine, ids)
    groups = groups_of(engine, ids, by=request.by, most=request.groups)
    pixels = _pixels(engine, ids, progress)
    place = {photo_id: row for row, photo_id in enumerate(ids)}
    return _Read(
        photos=engine.catalogue.photos(ids),
        files=survey_copies.files_of(engine, ids),
        owners=[owner.get(photo_id, "") for photo_id in ids],
        groups=groups,
        pixels=pixels,
        row_M=np.array([place[photo_id] for photo_id in pixels.ids] if pixels else [], np.intp),
    )


def _pixels(engine: Engine, ids: Sequence[str], progress: Progress) -> Pixels | None:
    """None when there is no photo, or none that can be read."""
    if not ids:
        return None
    try:
        return prepare(photo_set(engine, ids), side=SIDE, folder=engine.folder / "cache", progress=progress)
    except UsageError:
        return None


def _name(pixels: Pixels) -> str:
    """Names just these photos with just these pictures: the digest in the name of their file."""
    assert pixels.path is not None
    return pixels.path.name


def _counted(engine: Engine, read: _Read) -> Counted:
    counts = engine.catalogue.counts()
    return Counted(
        files=counts.files,
        unusable=counts.rejected,
        repeats=counts.duplicates,
        photos=counts.photos,
        aside=counts.aside,
        products=counts.products,
        unreadable=len(read.photos) - len(read.row_M),
    )


def _of_files(read: _Read) -> dict[str, Any]:
    codes_N, files_N = read.groups.codes_N, read.num_files
    return {
        "ranges": survey_sizes.ranges(read.photos, files_N),
        "histograms": survey_sizes.histograms(read.photos, files_N, codes_N, num=len(read.groups)),
        "spots": survey_sizes.spots(read.photos, files_N, codes_N),
    }


def _of_groups(read: _Read, request: SurveyRequest) -> dict[str, Any]:
    groups, total = read.groups, max(len(read.photos), 1)
    rows = survey_pictures.drawn(read.codes, num=len(groups), seed=request.seed)
    products_G = survey_labels.products_in(groups, read.owners).tolist()
    told = zip(groups.names, groups.sizes.tolist(), products_G, rows, strict=True)
    return {
        "balance": survey_labels.balance(groups),
        "groups": [
            Group(
                name=name,
                photos=photos,
                products=products,
                share=round(photos / total, DECIMALS),
                shown=[read.pixels.ids[row] for row in shown] if read.pixels else [],
            )
            for name, photos, products, shown in told
        ],
        "distributions": [],
        "between_groups": [],
        "photo_to_groups": [],
    }


def _of_colours(
    engine: Engine, read: _Read, request: SurveyRequest, question: Asked | None, progress: Progress
) -> dict[str, Any]:
    assert read.pixels is not None
    pixels, names = read.pixels, read.groups.names
    counts_ML = cache.cached(
        engine.folder / "cache",
        "colours",
        f"{_name(pixels)} {request.background} {colours.VERSION}",
        lambda: _counts(pixels, background=request.background, progress=progress),
    )
    shares_GL = colours.group_shares(counts_ML, read.codes, num_groups=len(names))
    filled = [group for group in range(len(names)) if (read.codes == group).any()]
    there, shares_FL = [names[group] for group in filled], shares_GL[filled]
    found: dict[str, Any] = {
        "distributions": [
            _distribution(group, shares_GL[group], number)
            for group in filled
            for number in range(len(colours.CHANNELS))
        ],
        "between_groups": between(there, shares_FL),
    }
    if question:
        own_L = colours_of(question.pixels, side=SIDE, background=request.background)
        found["photo_to_groups"] = to_groups(question.name, own_L, there, shares_FL)
    return found


def _counts(pixels: Pixels, *, background: bool, progress: Progress) -> Counts:
    found_NL = np.empty((len(pixels), colours.LEVELS), np.uint16)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="report") as pool:
        for start in range(0, len(pixels), CHUNK):
            progress(start, len(pixels), "counting colours")
            part = np.asarray(pixels.array_NHWC[start : start + CHUNK])
            counted = pool.map(lambda photo: colours.counts(photo, background=background), part)
            found_NL[start : start + CHUNK] = list(counted)
    return found_NL


def _distribution(group: int, shares_L: colours.Shares, number: int) -> Distribution:
    channel = colours.CHANNELS[number]
    mean, deviation = colours.moments(shares_L, number)
    return Distribution(
        group=group,
        space=channel.space,
        channel=channel.name,
        unit=channel.unit,
        first=float(channel.middles[0]),
        step=channel.step,
        mean=round(mean, 4),
        deviation=round(deviation, 4),
        shares=colours.of_channel(shares_L, number).round(DECIMALS).tolist(),
    )


def _eigenimages(engine: Engine, pixels: Pixels, progress: Progress) -> Eigenimages | None:
    progress(0, 0, "finding eigenimages")
    packed = cache.cached(
        engine.folder / "cache",
        "eigenimages",
        f"{_name(pixels)} {eigen.VERSION}",
        lambda: eigen.packed(eigen.fit(pixels.array_NHWC, threads=len(os.sched_getaffinity(0)))),
    )
    return eigen.unpacked(packed, num_photos=len(pixels))


def _of_eigenimages(found: Eigenimages | None) -> dict[str, Any]:
    if found is None:
        return {"eigenimages": [], "eigenimages_of": 0}
    up_to_K = np.cumsum(found.explained_K)
    told = enumerate(zip(found.explained_K.tolist(), up_to_K.tolist(), strict=True), start=1)
    return {
        "eigenimages": [
            Component(number=number, explained=round(own, DECIMALS), up_to=round(up_to, DECIMALS))
            for number, (own, up_to) in told
        ],
        "eigenimages_of": found.fitted,
    }


def _oddities(engine: Engine, read: _Read, eigenimages: Eigenimages | None, progress: Progress) -> list[Oddity]:
    if read.pixels is None:
        return []
    ids = [photo.id for photo in read.photos]
    owners = odd.Owners(
        dict(zip(ids, read.owners, strict=True)), dict(zip(ids, read.groups.codes_N.tolist(), strict=True))
    )
    found = [odd.by_space(engine, owners, progress), odd.by_rebuilding(read.pixels.ids, eigenimages, owners)]
    return [one for one in found if one is not None]


def _drawn(pixels: Pixels, codes_M: NDArray[np.intp], eigenimages: Eigenimages | None, *, num: int) -> dict[str, bytes]:
    """Mean photos and eigenimages."""
    found = survey_pictures.mean_photos(survey_pictures.means(pixels.array_NHWC, codes_M, num=num), codes_M)
    return found if eigenimages is None else found | survey_pictures.eigenimages(eigenimages)


def _photographs(
    engine: Engine, groups: Sequence[Group], oddities: Sequence[Oddity], copies: Copies, question: Asked | None
) -> dict[str, bytes]:
    """Montages, single photos and pairs."""
    singles = [outlier.photo_id for oddity in oddities for outlier in oddity.outliers]
    singles += [repeat.photo_id for repeat in copies.repeats]
    pairs = [(one.photo_id, one.other_id) for one in copies.copies]
    several = [group.shown for group in groups]
    small = tiles(engine, chain(singles, *pairs, *several))
    found = survey_pictures.montages(several, small)
    found |= single(singles, small)
    found |= survey_pictures.pairs(pairs, small)
    if question:
        found["asked"] = still(square(question.pixels, side=2 * TILE))
    return found
