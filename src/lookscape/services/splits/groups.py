"""A catalogue's photos with what they are called and belong to, grouped so that no split may part a group."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lookscape.catalogue.checks.duplicate import REVIEW_FROM
from lookscape.catalogue.findings import FindingState, Wanted
from lookscape.catalogue.names.words import comparable
from lookscape.engine import Engine
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.splits.groups import Groups, groups_of, join_names
from lookscape.representation.splits.saved import Making
from lookscape.representation.splits.split import find_groups
from lookscape.services.labels.names import given_names
from lookscape.services.photos.pictures import photo_set
from lookscape.services.records import Progress

SIDE = 64
"""Photos are compared as small as this, pixels."""

COPIES = "duplicate"
"""The check whose findings say that photos are copies."""

PAGE = 5000


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogued:
    """Every readable photo of a catalogue with its products, their names, and pairs of copies with how sure that is."""

    pixels: Pixels
    products_of: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    copies: Sequence[tuple[str, str, float]]

    @classmethod
    def open(cls, engine: Engine, progress: Progress) -> "Catalogued":
        """Read it. Raises UsageError without a photo."""
        ids = engine.catalogue.photo_ids()
        pixels = prepare(photo_set(engine, ids), side=SIDE, folder=engine.folder / "cache", progress=progress)
        products_of = engine.catalogue.products_of_photos(pixels.ids)
        wanted = sorted({product for owners in products_of.values() for product in owners})
        return cls(
            pixels=pixels,
            products_of=products_of,
            names=given_names(engine, wanted),
            copies=list(_copies(engine)),
        )

    def part(self, ids: Sequence[str]) -> "Catalogued":
        """These photos alone."""
        rows = np.flatnonzero(np.isin(self.pixels.ids, list(ids)))
        pixels = Pixels(ids=tuple(self.pixels.ids[row] for row in rows), array_NHWC=self.pixels.array_NHWC[rows])
        return Catalogued(pixels=pixels, products_of=self.products_of, names=self.names, copies=self.copies)

    def groups(self, progress: Progress) -> Groups:
        """By product, copies and near-duplicates."""
        copies = [(one, other) for one, other, _ in self.copies]
        found = find_groups(self.pixels, products_of=self.products_of, copies=copies, progress=progress)
        return groups_of(self.pixels.ids, found)

    def grouped(self, making: Making, progress: Progress) -> Groups:
        """By similar names, too, where the split heeds them: what it never parts."""
        groups = self.groups(progress)
        if not making.by_name:
            return groups
        return join_names(
            groups,
            products_of=self.products_of,
            texts=self.texts(ignore_colours=making.ignore_colours),
            least=making.similar,
            largest=making.largest,
            progress=progress,
        )

    def texts(self, *, ignore_colours: bool) -> dict[str, str]:
        """The products' names in comparable form."""
        return {product: comparable(name, ignore_colours=ignore_colours) for product, name in self.names.items()}

    def photo_texts(self, making: Making) -> list[str]:
        """The comparable name of each photo's first product; of one without a name, the photo's own id."""
        texts = self.texts(ignore_colours=making.ignore_colours)
        firsts = (self.products_of.get(photo_id, ("",))[0] for photo_id in self.pixels.ids)
        return [texts.get(product) or photo_id for photo_id, product in zip(self.pixels.ids, firsts, strict=True)]


def heed_names(
    catalogued: Catalogued, making: Making, wanted: str, *, values: Sequence[str] = ()
) -> tuple[Making, list[str]]:
    """Decide whether names join groups: yes, no, or auto, and say why not.

    `values` are the label's, photo by photo. Where most of them go by too few names, names are those of the values, and
    joining by them would put whole classes into one part: then auto means no.
    """
    if wanted == "no" or not catalogued.names:
        why = "similar names were not considered" if wanted == "no" else "no product has a name"
        return replace(making, by_name=False), [why]
    if wanted == "auto" and _names_are_values(catalogued.photo_texts(making), values, fewest=making.fewest):
        why = (
            f"similar names were not considered: most values of {making.label} go by fewer than {making.fewest} names, "
            "so whole classes would belong together; names yes does it all the same"
        )
        return replace(making, by_name=False), [why]
    return replace(making, by_name=True), []


def _names_are_values(texts: Sequence[str], values: Sequence[str], *, fewest: int) -> bool:
    """Do most of the values that are common go by fewer names than a class needs groups?"""
    photos = Counter(values)
    named: dict[str, set[str]] = {value: set() for value, count in photos.items() if value and count >= fewest}
    for value, text in zip(values, texts, strict=bool(values)):
        if value in named:
            named[value].add(text)
    return bool(named) and sum(len(found) < fewest for found in named.values()) > len(named) / 2


def _copies(engine: Engine) -> Iterator[tuple[str, str, float]]:
    """Pairs that the check for duplicates is sure of and nobody rejected, and those that people accepted."""
    for state, least in ((FindingState.OPEN, REVIEW_FROM), (FindingState.ACCEPTED, 0.0)):
        wanted, offset = Wanted(checks=(COPIES,), state=state, least=least), 0
        while True:
            page = engine.catalogue.find_findings(wanted, offset=offset, limit=PAGE)
            for found in page.items:
                if found.finding.other_id:
                    yield found.finding.photo_id, found.finding.other_id, found.finding.confidence
            offset += PAGE
            if offset >= page.total:
                break
