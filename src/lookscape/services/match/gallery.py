"""What a match board has to judge: the sample as the catalogue is now, and what each Space has of it and may tell."""

from dataclasses import dataclass

import numpy as np

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.index.protocol import Vectors
from lookscape.representation.spaces.space import Space
from lookscape.services.labels.classes import read_values
from lookscape.services.match.held_out import Taught
from lookscape.services.match.judge import Gallery
from lookscape.services.match.sample import Sample, answerable

FEWEST_QUERIES = 10
"""Test photos below which a taught Space is not judged, or not on what several have in common; fewer say nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A Space, and what taught it labels, if anything did."""

    space: Space
    taught: Taught | None


def open_gallery(engine: Engine, sample: Sample, notes: list[str]) -> tuple[Gallery, list[str]]:
    """The sample as the catalogue is now: photos that are gone or lost their label are left out and counted."""
    owners = engine.catalogue.products_of_photos(sample.gallery)
    values = read_values(engine, sample.label, [owners.get(photo_id, ()) for photo_id in sample.gallery])
    kept = [place for place, value in enumerate(values) if value]
    names = sorted({values[place] for place in kept})
    code = {name: number for number, name in enumerate(names)}
    families = [sample.families[place] for place in kept]
    can = answerable([values[place] for place in kept], families)
    ids = tuple(sample.gallery[place] for place in kept)
    row_of = {photo_id: row for row, photo_id in enumerate(ids)}
    queries = [row_of[one] for one in sample.queries if one in row_of and can[row_of[one]]]
    if (gone := len(sample.gallery) - len(kept)) or len(queries) < len(sample.queries):
        lost = len(sample.queries) - len(queries)
        notes.append(
            f"since the sample was taken {gone} photos lost their label or were removed; {lost} queries with them"
        )
    products = [owners[photo_id][0] for photo_id in ids]
    gallery = Gallery(
        ids=ids,
        products_M=np.unique(np.array(products, object), return_inverse=True)[1],
        families_M=np.array(families, np.intp),
        labels_M=np.array([code[values[place]] for place in kept], np.intp),
        queries_N=np.array(queries, np.intp),
    )
    if len(np.unique(gallery.families_M[gallery.queries_N])) < 2:
        raise UsageError(f"too little is left of the sample {sample.name!r}; take a new one with again")
    return gallery, names


def vectors_of_gallery(candidate: Candidate, gallery: Gallery, notes: list[str]) -> Vectors | None:
    """M x D in the gallery's order; None, with a note, when the Space lacks a photo."""
    space = candidate.space
    row_of = {photo_id: row for row, photo_id in enumerate(space.ids)}
    missing = sum(photo_id not in row_of for photo_id in gallery.ids)
    if missing:
        notes.append(
            f"{space.name} is left out: it lacks {missing} photos of the sample; run: lookscape embed {space.model}"
        )
        return None
    return np.asarray(space.vectors[[row_of[photo_id] for photo_id in gallery.ids]], np.float32)


def own_queries(candidate: Candidate, gallery: Gallery, notes: list[str]) -> Gallery | None:
    """The queries that this Space may be judged on; None, with a note, when there are too few."""
    taught, name = candidate.taught, candidate.space.name
    if taught is None:
        return gallery
    allowed = np.array([gallery.ids[row] in taught.test for row in gallery.queries_N], bool)
    own = gallery.for_queries(gallery.queries_N[allowed])
    if len(np.unique(gallery.families_M[own.queries_N])) < FEWEST_QUERIES:
        notes.append(
            f"{name} is left out: only {allowed.sum()} queries are test photos of its split {taught.split!r}; "
            "take a new sample with again"
        )
        return None
    which = "the queries" if allowed.all() else f"{allowed.sum()} of {len(allowed)} queries"
    notes.append(
        f"{name} was trained on {taught.attribute} of this catalogue; it is evaluated on {which}, test photos of the "
        "split "
        f"{taught.split!r} that it was not trained on, among all photos of the gallery"
    )
    return own
