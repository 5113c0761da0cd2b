"""How much closer samples from the fitted mixture are to held-out photos than samples from N(0, I).

    python benchmarks/mixture.py --data FOLDER [--recipe language] [--steps N] [--seeds 3] [--keep DIR]
    python benchmarks/mixture.py --catalogue DIR --models NAME NAME NAME

The first form ingests the folder and trains the recipe once for each seed; the second takes models that are trained.
Closeness is the Frechet distance in the features of EfficientNet-Lite0 (ImageNet, pooled, 1,280 numbers), which no
model here was trained with, from the validation and test photos at the model's own side. The mixture saw neither. All
sets of samples are as many as those photos, so the bias of the distance is the same for all. Lines below give what
bounds it: reconstructions of the same photos, and photos that were learned from. The interval of each model is a
grouped jackknife over held-out photos and samples; spread is the deviation over models.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.representation.latents.codec import Codec
from lookscape.representation.latents.mixture import MOST_ROWS, Mixture, fit_mixture
from lookscape.representation.metrics.frechet import frechet_distance
from lookscape.representation.metrics.intervals import Interval, jackknife
from lookscape.representation.metrics.posterior import sample_posterior
from lookscape.representation.protocol import Encoder
from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.specs import resolve
from lookscape.representation.splits.split import Split, find_groups, split_by_group
from lookscape.settings import Settings

FEATURES = "EfficientNet-Lite0, pooled"
BAR = 0.25
SAMPLES_SEED = 7
Features = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Held:
    """The photos to come close to: their rows, and features N x 1,280; `known_ND` are of as many learned from."""

    rows: NDArray[np.intp]
    features_ND: Features
    known_ND: Features


@dataclass(frozen=True, kw_only=True)
class Result:
    """Frechet distances of one model; `closer` is the share by which the mixture is closer than the prior."""

    name: str
    components: int
    prior: float
    mixture: float
    cooler: float
    of_means: float
    reconstructions: float
    known: float
    closer: Interval


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        engine = _engine(options, Path(temporary))
        names = options.models or list(_trained(engine, options))
        results = list(_judged(engine, names))
    _print(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--recipe", default="language")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="where the catalogue is made, and kept")
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--models", nargs="*")
    options = parser.parse_args()
    if not (options.data or (options.catalogue and options.models)):
        parser.error("give --data FOLDER, or --catalogue DIR with --models NAME ...")
    return options


def _engine(options: argparse.Namespace, temporary: Path) -> Engine:
    folder = options.catalogue or options.keep or temporary / "catalogue"
    engine = Engine(Catalogue(Settings(catalogue=folder)))
    if options.data:
        engine.manage.ingest(str(options.data))
    return engine


def _trained(engine: Engine, options: argparse.Namespace) -> Iterator[str]:
    for seed in range(options.seeds):
        name = f"{options.recipe.replace('_', '-')}-seed-{seed}"
        engine.manage.train(options.recipe, name=name, seed=seed, steps=options.steps)
        yield name


def _judged(engine: Engine, names: list[str]) -> Iterator[Result]:
    encoder = resolve("pretrained")
    side, pixels, split, held = 0, None, None, None
    for name in names:
        codec = Codec.open(engine.folder / "models" / name)
        if codec.side != side or pixels is None or split is None or held is None:
            side = codec.side
            pixels, split = _photos(engine, side)
            held = _held(pixels, split, encoder)
        yield _judge(codec, pixels, split, held, encoder)


def _photos(engine: Engine, side: int) -> tuple[Pixels, Split]:
    """The photos and their parts as training makes them."""
    catalogue = engine.catalogue
    ids = catalogue.photo_ids()
    blobs = {photo.id: photo.blob for photo in catalogue.photos(ids)}
    photos = PhotoSet(ids=ids, read=lambda photo_id: catalogue.blobs.get(blobs[photo_id]))
    pixels = prepare(photos, side=side, folder=engine.folder / "cache", progress=lambda *_: None)
    return pixels, split_by_group(find_groups(pixels, products_of=catalogue.products_of_photos(ids)))


def _held(pixels: Pixels, split: Split, encoder: Encoder) -> Held:
    rows = np.sort(np.concatenate([split.validation, split.test]))
    known = np.sort(np.random.default_rng(0).permutation(split.train)[: len(rows)])
    return Held(
        rows=rows,
        features_ND=encoder.encode(iter(pixels.array_NHWC[rows])),
        known_ND=encoder.encode(iter(pixels.array_NHWC[known])),
    )


def _judge(codec: Codec, pixels: Pixels, split: Split, held: Held, encoder: Encoder) -> Result:
    learned = codec.latents(iter(pixels.array_NHWC[split.train[:MOST_ROWS]]))
    spread = bool((learned.variances_ND > 0).all())
    draws_ND = sample_posterior(learned.means_ND, variances_ND=learned.variances_ND) if spread else learned.means_ND
    mixture, of_means = fit_mixture(draws_ND), fit_mixture(learned.means_ND)
    count = len(held.rows)
    normal_ND = np.random.default_rng(SAMPLES_SEED).standard_normal((count, codec.dim), dtype=np.float32)

    def features(latents_ND: NDArray[np.float32]) -> Features:
        return encoder.encode(iter(codec.decode(latents_ND)))

    def drawn(found: Mixture, temperature: float = 1.0) -> Features:
        return features(found.sample(count, seed=SAMPLES_SEED, temperature=temperature))

    from_prior_ND, from_mixture_ND = features(normal_ND), drawn(mixture)
    rebuilt_ND = features(codec.encode(iter(pixels.array_NHWC[held.rows])))

    def closer(rows: NDArray[np.intp]) -> float:
        reference_ND = held.features_ND[rows]
        return 1 - _distance(from_mixture_ND[rows], reference_ND) / _distance(from_prior_ND[rows], reference_ND)

    return Result(
        name=codec.name,
        components=mixture.num_components,
        prior=_distance(from_prior_ND, held.features_ND),
        mixture=_distance(from_mixture_ND, held.features_ND),
        cooler=_distance(drawn(mixture, 0.7), held.features_ND),
        of_means=_distance(drawn(of_means), held.features_ND),
        reconstructions=_distance(rebuilt_ND, held.features_ND),
        known=_distance(held.known_ND, held.features_ND),
        closer=jackknife(closer, groups=np.arange(count), num_folds=5),
    )


def _distance(features_ND: Features, reference_MD: Features) -> float:
    return frechet_distance(features_ND, reference_MD=reference_MD, features=FEATURES).value


def _print(results: list[Result]) -> None:
    print(f"Frechet distance to held-out photos, features of {FEATURES}\n")
    print("| model | K | N(0, I) | mixture | mixture at 0.7 | mixture of means | rebuilt | known | closer | 95 % |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for one in results:
        print(
            f"| {one.name} | {one.components} | {one.prior:.1f} | {one.mixture:.1f} | {one.cooler:.1f} "
            f"| {one.of_means:.1f} | {one.reconstructions:.1f} | {one.known:.1f} "
            f"| {one.closer.value:.1%} | {one.closer.low:.1%} to {one.closer.high:.1%} |"
        )
    found = np.array([one.closer.value for one in results])
    spread = found.std(ddof=1) if len(found) > 1 else 0.0
    print(f"\ncloser by {found.mean():.1%}, spread {spread:.1%} over {len(found)} models; the bar is {BAR:.0%}")


if __name__ == "__main__":
    main()
