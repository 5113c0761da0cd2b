"""What a random split of sneakers leaks, and by how much it flatters: the check of splits beside the truth.

    python benchmarks/leaks.py --data SNEAKERS [--seeds 0 1 2] [--catalogue DIR] [--space S] [--label price_tier]

The files are ingested as they are, repeats and all, and embedded with the pretrained network; with --catalogue that was
done before. For each seed a random fifth of the files is held out, as where nobody looks for copies, and `measure
leaks` says what stands on both sides. What it must find is counted apart from it: equal bytes by hashing the files,
near-duplicates by comparing the details of all photos with all others at full length. Then a linear head is taught by
that split, by one without what is like a held-out file, and by one without as many others; the difference of the last
two is what was inflated. For comparison the head is taught by a split of whole groups (`measure split`) of the same
catalogue and judged on other photos, distinct ones. Intervals (95 %) redraw whole groups.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from lookscape.engine import Engine
from lookscape.representation.splits.split import NEARLY_SAME, details
from lookscape.services.splits.given import Listing, open_given
from lookscape.services.splits.groups import Catalogued
from lookscape.tools import _tool

TEST = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of sneakers")
    parser.add_argument("--catalogue", type=Path, help="one with these photos, embedded")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--space", default="pretrained")
    parser.add_argument("--label", default="price_tier")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.catalogue or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "catalogue"
        engine = Engine.open(folder)
        if options.catalogue is None:
            engine.manage.ingest(str(options.data))
            engine.manage.embed(options.space)
        near = _near_by_brute_force(engine)
        told = [_leaks(engine, seed, near, options) for seed in options.seeds]
        _print_mean("claimed by the random split", [one["claimed"] for one in told])
        _print_mean("inflated by", [one["inflated"] for one in told])
        for seed in options.seeds:
            _groups(engine, seed, options)


def _leaks(engine: Engine, seed: int, near: set[frozenset[str]], options: argparse.Namespace) -> Mapping[str, Any]:
    said = engine.measure.leaks("random", label=options.label, space=options.space, test=TEST, seed=seed, show=1000)
    listings = open_given(engine, "random", file="", test=TEST, seed=seed).listings
    kinds = {kind.kind: kind for kind in said.kinds}
    print(f"seed {seed}: {said.held_out:,} of {len(listings):,} files held out")
    _print_found("files with equal bytes in train", kinds["same bytes"].exposed, _same_bytes(listings))
    _print_found("files with a near-duplicate in train", kinds["near-duplicate"].exposed, _near(listings, near))
    print(f"    files with any of these in train         {said.exposed:5,}  ({said.exposed / said.held_out:.1%})")
    shares = {share.name: share for share in said.shares}
    for name in ("claimed", "fair", "clean", "inflated"):
        one = shares[name]
        print(f"    {name:9} {one.value:6.3f} [{one.low:6.3f} {one.high:6.3f}]  {one.means}")
    print(f"    majority  {shares['majority'].value:6.3f}", flush=True)
    return shares


def _groups(engine: Engine, seed: int, options: argparse.Namespace) -> None:
    name = f"benchmark-{seed}"
    made = engine.measure.split(name, label=options.label, seed=seed, test=TEST, validation=0.1, again=True)
    said = engine.measure.leaks(name, space=options.space, seed=seed)
    one = next(share for share in said.shares if share.name == "claimed")
    print(
        f"whole groups, seed {seed}: {made.groups:,} groups, {said.exposed} exposed; told right on {said.judged:,} "
        f"distinct photos {one.value:.3f} [{one.low:.3f} {one.high:.3f}], majority {said.shares[-1].value:.3f}",
        flush=True,
    )


def _same_bytes(listings: Sequence[Listing]) -> set[str]:
    """Held-out files whose bytes some file of train has, too, by reading the files."""
    hashes = {one.file: hashlib.sha256(Path(one.file).read_bytes()).hexdigest() for one in listings}
    learned = {hashes[one.file] for one in listings if one.part == "train"}
    return {one.file for one in listings if one.part != "train" and hashes[one.file] in learned}


def _near(listings: Sequence[Listing], near: set[frozenset[str]]) -> set[str]:
    """Held-out files with a near-duplicate, other bytes, among those that train."""
    learned = {one.photo_id for one in listings if one.part == "train"}
    partners: dict[str, set[str]] = {}
    for one, other in map(sorted, near):
        partners.setdefault(one, set()).add(other)
        partners.setdefault(other, set()).add(one)
    held_out = (one for one in listings if one.part != "train")
    return {one.file for one in held_out if partners.get(one.photo_id, set()) & learned}


def _near_by_brute_force(engine: Engine) -> set[frozenset[str]]:
    catalogued = Catalogued.open(engine, _tool.silent)
    details_NV = details(catalogued.pixels).astype(np.float32)
    ids, found = catalogued.pixels.ids, {frozenset(pair[:2]) for pair in catalogued.copies}
    for row in range(len(ids)):
        others = np.flatnonzero(details_NV[:row] @ details_NV[row] > NEARLY_SAME)
        found |= {frozenset((ids[row], ids[other])) for other in others}
    print(f"{len(ids):,} distinct photos, {len(found)} pairs of near-duplicates")
    return found


def _print_found(what: str, said: int, truth: set[str]) -> None:
    print(f"    {what:40} {said:5,}  (counted apart: {len(truth):,})")


def _print_mean(what: str, shares: Sequence[Any]) -> None:
    values = [share.value for share in shares]
    low, high = (float(np.mean([getattr(share, end) for share in shares])) for end in ("low", "high"))
    print(f"{what}, mean of {len(values)} seeds: {np.mean(values):.3f} (mean interval {low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
