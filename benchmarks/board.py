"""The board of real photos: a few models trained briefly, or those of a catalogue that is there, side by side.

    python benchmarks/board.py --data FOLDER [--steps 600] [--recipes autoencoder language]
    python benchmarks/board.py --catalogue CATALOGUE

Prints how long judging took, how long a second run takes that finds everything known, and every figure with its 95 %
interval: * is the best of its column, = cannot be told from the best.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from lookscape.engine import Engine
from lookscape.services.board.figures import TABLES

RECIPES = ("pca", "autoencoder", "language")


def main() -> None:
    arguments = _arguments()
    if arguments.catalogue:
        _judge(Engine.open(arguments.catalogue), photos=arguments.photos)
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder) / "catalogue")
        engine.manage.ingest(str(arguments.data))
        engine.manage.embed()
        for recipe in arguments.recipes:
            _train(engine, recipe, steps=None if recipe == "pca" else arguments.steps)
        _judge(engine, photos=arguments.photos)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of photos")
    parser.add_argument("--catalogue", type=Path, help="a catalogue with trained models")
    parser.add_argument("--steps", type=int, default=600, help="steps of each training")
    parser.add_argument("--recipes", nargs="*", default=RECIPES)
    parser.add_argument("--photos", type=int, default=400, help="test photos that are decoded")
    arguments = parser.parse_args()
    if not (arguments.data or arguments.catalogue):
        parser.error("give --data or --catalogue")
    return arguments


def _train(engine: Engine, recipe: str, *, steps: int | None) -> None:
    began = time.perf_counter()
    trained = engine.manage.train(recipe, steps=steps)
    print(f"{recipe:14s} {trained.steps} steps, {time.perf_counter() - began:.0f} s with embedding")


def _judge(engine: Engine, *, photos: int) -> None:
    began = time.perf_counter()
    board = engine.measure.board(photos=photos)
    first = time.perf_counter() - began
    began = time.perf_counter()
    engine.measure.board(photos=photos)
    print(f"judged in {first:.0f} s, a second time in {time.perf_counter() - began:.1f} s")
    print(f"{board.held_out} held-out photos of {board.groups} products, {board.photos} decoded at {board.side} px")
    print(f"features: {board.features}; perceptual: {board.stages}; other real photos: {board.real_photos}\n")
    for table in TABLES:
        if rows := getattr(board, table.name):
            print(table.title)
            _table(rows, table.figures)
    print(board.recommendation)
    print(board.notes)


def _table(rows: list[Any], figures: tuple[str, ...]) -> None:
    there = [name for name in figures if any(getattr(row, name) for row in rows)]
    print(f"    {'model':16s}" + "".join(f"{name:>24s}" for name in there))
    for row in rows:
        print(f"    {row.model:16s}" + "".join(f"{getattr(row, name) or ''!s:>24s}" for name in there))
    print()


if __name__ == "__main__":
    main()
