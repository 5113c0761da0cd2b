"""Blending 200 random pairs of products: do the steps look equal, and are the matches real, ordered and all different?

    python benchmarks/interpolation.py --data FOLDER [--catalogue DIR] [--model NAME ...] [--pairs 200] [--steps 12]

Without --catalogue a catalogue is made of FOLDER and the recipe `language` is trained on it. `steps` is the largest
perceptual distance between neighbouring pictures over the median one, in EfficientNet-Lite0's five stages at the
model's side; the tool that makes the steps even does not look at those features. It stands beside plain equal steps of
the latents and beside the cross-fade of the two decoded photos. Matches are looked up in the catalogue; their order is
judged by where on the line or the arc each product is closest, worked out here.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _trained import open_or_train
from lookscape.engine import Engine
from lookscape.representation.latents.code import from_code
from lookscape.representation.latents.codec import Codec
from lookscape.representation.metrics.interpolation import PathEvenness, Route, between, path_evenness
from lookscape.representation.networks.features import Stages
from lookscape.services.language.opened import open_model
from lookscape.tools.latent.interpolate import Result

LIMIT = 2.5
TOLERANCE = 0.005
"""Of the way: the tool knows a product's place on the path to this precision."""

FINE = 1001
"""Points of the way at which a product may be closest."""

Frames = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of photos")
    parser.add_argument("--catalogue", type=Path, help="a catalogue with trained models")
    parser.add_argument("--model", nargs="*", default=["language"], help="models to judge")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--steps", type=int, default=12)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        engine = open_or_train(arguments.catalogue or Path(scratch) / "catalogue", arguments.data)
        for seed, name in enumerate(arguments.model):
            _judge(engine, name, num_pairs=arguments.pairs, num_steps=arguments.steps, seed=seed)


def _judge(engine: Engine, name: str, *, num_pairs: int, num_steps: int, seed: int) -> None:
    opened = open_model(engine, name)
    stages = Stages(opened.codec.side)
    products = [product.id for product in engine.catalogue.find(limit=10**6).products]
    rng = np.random.default_rng(seed)
    pairs = [tuple(rng.choice(products, 2, replace=False).tolist()) for _ in range(num_pairs)]
    print(f"{name}: {num_pairs} pairs of {len(products)} products, {num_steps} pictures; features: {stages.name}")
    fades = [stages.steps(_fade(opened.codec, opened.latents_of(pair), num_steps)) for pair in pairs]
    _print("cross-fade of the two", path_evenness(np.stack(fades)))
    for route in ("linear", "spherical"):
        for even in (False, True):
            found = []
            for number, pair in enumerate(pairs):
                found.append(engine.latent.interpolate(pair, model=name, steps=num_steps, route=route, even=even))
                _progress(number + 1, num_pairs)
            frames = [_decoded(opened.codec, result) for result in found]
            evenness = path_evenness(np.stack([stages.steps(one) for one in frames]))
            _print(f"{route}, {'even' if even else 'plain'}", evenness)
            if even:
                _print_matches(engine, found, pairs)


def _fade(codec: Codec, ends_2D: NDArray[np.float32], num_steps: int) -> Frames:
    one, other = codec.decode(ends_2D).astype(np.float64)
    weights = np.linspace(0, 1, num_steps)[:, None, None, None]
    return np.asarray(np.rint((1 - weights) * one + weights * other), np.uint8)


def _decoded(codec: Codec, result: Result) -> Frames:
    code = result.strip_url.rpartition("/")[2].removesuffix(".webp")
    return codec.decode(from_code(code, dim=codec.dim))


def _print(what: str, evenness: PathEvenness) -> None:
    ratios = evenness.largest_over_median_P
    print(
        f"  {what:22s} largest/median step: median {evenness.median:.2f}, p95 {np.percentile(ratios, 95):.2f}, "
        f"worst {ratios.max():.2f}; under {LIMIT}: {100 * evenness.share_within(LIMIT):.1f} %"
    )


def _print_matches(engine: Engine, found: Sequence[Result], pairs: Sequence[tuple[str, ...]]) -> None:
    paths = [[step.product_id for step in result.steps] for result in found]
    known = engine.catalogue.products({product for path in paths for product in path})
    real = np.mean([all(product in known for product in path) for path in paths])
    distinct = np.mean([len(set(path)) == len(path) for path in paths])
    ends = np.mean([(path[0], path[-1]) == pair for path, pair in zip(paths, pairs, strict=True)])
    ordered = np.mean([_is_ordered(engine, result) for result in found])
    print(
        f"  {'':22s} matches: all real {100 * real:.1f} %, none twice {100 * distinct:.1f} %, "
        f"ends are the pair {100 * ends:.1f} %, ordered {100 * ordered:.1f} %"
    )


def _is_ordered(engine: Engine, result: Result) -> bool:
    """Do the places at which the matches are closest to the line or the arc never step back?"""
    products = [step.product_id for step in result.steps]
    latents_SD = open_model(engine, result.model).latents_of(products).astype(np.float64)
    at_N = np.linspace(0, 1, FINE)
    start_ND, end_ND = (np.repeat(latents_SD[[row]], FINE, axis=0) for row in (0, -1))
    way_ND = between(start_ND, end_ND, at_N=at_N, route=Route(result.route))
    places_S = at_N[[int(((way_ND - latent_D) ** 2).sum(axis=1).argmin()) for latent_D in latents_SD]]
    return bool((np.diff(places_S) >= -TOLERANCE).all())


def _progress(done: int, total: int) -> None:
    print(f"\r{done}/{total} ", end="" if done < total else "\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
