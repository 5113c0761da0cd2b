"""Embedding: from stored photos to a Space, against torch eager in fp32 and against the engine alone.

    python benchmarks/embedding.py --data FOLDER [--count 1000] [--model lookalike]

In one run, on the same photos and cores: torch eager fp32 on batches of 16 made beforehand; the engine that the
runtime chose, its input made beforehand too ("bare"); and `embed`, which decodes the stored photos, prepares them, runs
the engine and writes the Space. The three take turns and the best of each counts, so that other work on the machine
disturbs none more than the others.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lookscape import parts
from lookscape.catalogue.imaging import prepare
from lookscape.representation.inference.runtime import Runtime
from lookscape.representation.protocol import Encoder, ImageU8
from lookscape.representation.spaces.embed import PhotoSet, embed
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.representation.spaces.space import Spaces
from lookscape.representation.specs import parse, resolve

ROUNDS = 3
BATCH = 16
EAGER_PHOTOS = 4 * BATCH


def main() -> None:
    arguments = _arguments()
    files = sorted(path for path in arguments.data.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    blobs = {path.name: prepare(path.read_bytes()).blob for path in files[: arguments.count]}
    with tempfile.TemporaryDirectory() as folder:
        rates = _rates(arguments.model, blobs, Path(folder))
    eager, bare, whole = rates.values()
    for name, rate in rates.items():
        print(f"{name:42s} {rate:8.1f} photos/s")
    print(f"embed / torch eager fp32   {whole / eager:6.2f}   (bar: 2.5)")
    print(f"embed / bare engine        {whole / bare:6.2f}   (bar: 0.9)")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--count", type=int, default=1000, help="photos to embed")
    parser.add_argument("--model", default="lookalike", help="model to embed with")
    return parser.parse_args()


def _rates(model: str, blobs: dict[str, bytes], folder: Path) -> dict[str, float]:
    """Photos a second of each way, the best of ROUNDS."""
    part, config = _model(model)
    network = part.network(config)
    runner = Runtime(cache=folder / "models").open(model, lambda: network)
    encoder = resolve(model, models=folder / "models")
    squares = [square(decode(blob, side=runner.plan.side), side=runner.plan.side) for blob in blobs.values()]
    _embed(encoder, blobs, folder, name="first")  # fits what has to be fitted
    ways: dict[str, tuple[int, Callable[[int], object]]] = {
        "torch eager fp32": (EAGER_PHOTOS, lambda _: _eager(network.module, squares[:EAGER_PHOTOS])),
        f"bare {runner.plan.engine} {runner.plan.precision}": (len(squares), lambda _: runner(squares)),
        "embed, from JPEG to Space": (len(blobs), lambda turn: _embed(encoder, blobs, folder, name=f"turn-{turn}")),
    }
    best = dict.fromkeys(ways, float("inf"))
    for turn in range(ROUNDS):
        for name, (count, way) in ways.items():
            start = time.perf_counter()
            way(turn)
            best[name] = min(best[name], (time.perf_counter() - start) / count)
    return {name: 1 / seconds for name, seconds in best.items()}


def _model(model: str) -> tuple[Any, Any]:
    spec = parse(model)
    part = parts.load("lookscape.representation.models", spec.model)
    return part, part.Config(**spec.options)


def _eager(module: torch.nn.Module, squares: list[ImageU8]) -> None:
    with torch.inference_mode():
        for start in range(0, len(squares), BATCH):
            module(torch.from_numpy(np.stack(squares[start : start + BATCH])))


def _embed(encoder: Encoder, blobs: dict[str, bytes], folder: Path, *, name: str) -> None:
    space = Spaces(folder / "spaces").ensure(name, model="benchmark", encoder=encoder)
    photos = PhotoSet(ids=list(blobs), read=blobs.__getitem__)
    embed(encoder, photos, space, fitted=folder / "fitted", progress=lambda *_: None)


if __name__ == "__main__":
    main()
