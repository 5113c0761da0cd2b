"""A catalogue's products as the benchmarks of learned factors need them: latents, attributes, and who was held out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.representation.language.language import Language, fit
from lookscape.representation.latents.codec import Codec, Latents
from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.splits.split import Rows, find_groups, split_by_group

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Products:
    """Every photo of a catalogue at one side, with the attributes of its first product.

    `learned` are the rows that models are trained and languages fitted on, `held_out` the test rows of the same split.
    """

    pixels: Pixels
    attributes: Sequence[Mapping[str, str]]
    learned: Rows
    held_out: Rows

    @classmethod
    def open(cls, folder: Path, *, side: int = 64) -> "Products":
        """Read a catalogue that was ingested and gauged."""
        engine = Engine.open(folder)
        catalogue = engine.catalogue
        ids = catalogue.photo_ids()
        blobs = {photo.id: photo.blob for photo in catalogue.photos(ids)}
        photos = PhotoSet(ids=ids, read=lambda photo_id: catalogue.blobs.get(blobs[photo_id]))
        pixels = prepare(photos, side=side, folder=engine.folder / "cache", progress=lambda *_: None)
        products_of = catalogue.products_of_photos(ids)
        split = split_by_group(find_groups(pixels, products_of=products_of))
        first = {photo_id: products_of[photo_id][0] for photo_id in pixels.ids}
        products = catalogue.products(sorted(set(first.values())))
        return cls(
            pixels=pixels,
            attributes=[dict(products[first[photo_id]].attributes) for photo_id in pixels.ids],
            learned=split.train,
            held_out=split.test,
        )

    def number(self, name: str) -> Numbers:
        """A column of numbers, NaN where the product has none."""
        return np.array([float(found) if (found := own.get(name)) else np.nan for own in self.attributes])

    def text(self, name: str) -> NDArray[np.str_]:
        """A column of strings, empty where the product has none."""
        return np.array([own.get(name, "") for own in self.attributes])

    @cached_property
    def measured(self) -> dict[str, Numbers]:
        """Every measured attribute that is a number."""
        from lookscape.catalogue.measuring import descriptions

        found = {}
        for name in descriptions():
            try:
                found[name] = self.number(name)
            except ValueError:
                continue
        return {name: column for name, column in found.items() if np.isfinite(column).any()}

    def latents(self, codec: Codec) -> Latents:
        """Of all rows."""
        return codec.latents(self.pixels.array_NHWC)

    def language(self, latents: Latents) -> Language:
        """Fitted on what is learned from."""
        variances_ND = latents.variances_ND[self.learned]
        return fit(
            latents.means_ND[self.learned],
            columns={name: column[self.learned] for name, column in self.measured.items()},
            variances_ND=variances_ND if variances_ND.any() else None,
        )
