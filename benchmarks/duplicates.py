"""Are copies of a photo found, and colourways of a model left alone? The check `duplicate` on altered photos.

    python benchmarks/duplicates.py --sneakers SNEAKERS --models50 MODELS50 [--copies 1000] [--seed 0] [--sheet FILE]

Two catalogues are made: the distinct photos of SNEAKERS whose hash is odd, and all of MODELS50. To each are added
altered copies of some of its photos, one copy of a photo at most, in equal parts of every kind: saved anew (JPEG of
40 to 90), resized to 60 %, cropped to 85 % of width and height, mirrored, tinted, and pairs of these. The whole check
runs on each, features and all. What it was tuned on: photos of SNEAKERS with an even hash, which are not in it,
and of MODELS50 with an even hash, which are; that padding is kept out of the comparison was found on MODELS50.

Recall: copies that end in one group with their photo. Precision: findings whose two photos show one original. Findings
between two photos of the shop count as wrong, unless LOOKED_AT says that they are one photo. Colourways: each photo and
the most similar other one that has the same model (of SNEAKERS: any other one, for models are not given), called a copy
or not. Beside it the usual perceptual hash (64 bits, Hamming distance 10 at most). Wilson intervals at 95 %.
"""

import argparse
import csv
import hashlib
import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import lookscape
from lookscape.catalogue import imaging
from lookscape.catalogue.checking import find_check
from lookscape.catalogue.findings import Finding
from lookscape.services.photos.photos import CataloguePhotos
from lookscape.services.spaces.intervals import wilson

ImageU8 = imaging.ImageU8
Random = np.random.Generator

HASH_BITS_APART = 10
"""What imagededup takes by default."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sneakers", type=Path, required=True, help="photos of many models")
    parser.add_argument("--models50", type=Path, required=True, help="photos with metadata.csv that has model")
    parser.add_argument("--copies", type=int, default=1000, help="altered copies in each catalogue")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("sneakers", "models50"), help="one of the two catalogues")
    parser.add_argument("--sheet", type=Path, help="draw every pair of shop photos that is called a copy, to look at")
    arguments = parser.parse_args()
    odd = {digest: path for digest, path in _distinct(arguments.sneakers).items() if int(digest[-1], 16) % 2}
    sets = {"sneakers": (odd, {}), "models50": (_distinct(arguments.models50), _models(arguments.models50))}
    for name in [arguments.only] if arguments.only else sets:
        photos, models = sets[name]
        with tempfile.TemporaryDirectory() as scratch:
            trial = _Trial.run(Path(scratch), photos, copies=arguments.copies, seed=arguments.seed)
            _report(name, trial, models)
            if arguments.sheet:
                _draw(trial, arguments.sheet.with_stem(f"{arguments.sheet.stem}-{name}"))
            _report_hash(trial)


def resave(photo: ImageU8, rng: Random) -> ImageU8:
    """JPEG of quality 40 to 90."""
    return _through_jpeg(photo, int(rng.integers(40, 91)))


def resize(photo: ImageU8, _: Random) -> ImageU8:
    """60 % of width and height."""
    size = round(photo.shape[1] * 0.6), round(photo.shape[0] * 0.6)
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)


def crop(photo: ImageU8, rng: Random) -> ImageU8:
    """85 % of width and height, anywhere."""
    rows, columns = round(photo.shape[0] * 0.85), round(photo.shape[1] * 0.85)
    top = rng.integers(0, photo.shape[0] - rows + 1)
    left = rng.integers(0, photo.shape[1] - columns + 1)
    return photo[top : top + rows, left : left + columns]


def mirror(photo: ImageU8, _: Random) -> ImageU8:
    """Left is right."""
    return np.ascontiguousarray(photo[:, ::-1])


def tint(photo: ImageU8, rng: Random) -> ImageU8:
    """Laid over with 8 to 20 % of any colour, or each channel multiplied by 0.8 to 1.15."""
    if rng.random() < 0.5:
        share = rng.uniform(0.08, 0.20)
        levels = photo * (1 - share) + rng.uniform(0, 255, 3) * share
    else:
        levels = photo * rng.uniform(0.8, 1.15, 3)
    return np.asarray(np.clip(levels + 0.5, 0, 255), np.uint8)


SINGLE: dict[str, Callable[[ImageU8, Random], ImageU8]] = {
    "resaved": resave,
    "resized": resize,
    "cropped": crop,
    "mirrored": mirror,
    "tinted": tint,
}
KINDS = [*((name,) for name in SINGLE), *itertools.combinations(("cropped", "mirrored", "tinted", "resized"), 2)]


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """A catalogue with copies in it, and what the check found; `origin` says of each photo which one it comes from."""

    photos: CataloguePhotos
    origin: dict[str, str]
    kind: dict[str, str]
    names: dict[str, str]
    findings: list[Finding]
    seconds: float
    cpu_seconds: float

    @classmethod
    def run(cls, scratch: Path, photos: dict[str, Path], *, copies: int, seed: int) -> "_Trial":
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(len(photos))[:copies]
        digests = list(photos)
        made, kinds = {}, {}
        for number, row in enumerate(chosen):
            how = KINDS[number % len(KINDS)]
            path = scratch / f"copy-{number:05}.jpg"
            path.write_bytes(_altered(photos[digests[row]].read_bytes(), how, rng))
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            made[digest], kinds[digest] = digests[row], " + ".join(how)
        table = scratch / "all.csv"
        files = [*photos.values(), *sorted(scratch.glob("copy-*.jpg"))]
        table.write_text("file_name\n" + "\n".join(map(str, files)) + "\n")
        engine = lookscape.open(scratch / "catalogue")
        engine.manage.ingest(str(table))
        seen = CataloguePhotos(engine)
        seen.features(seen.ids)
        wall, cpu = time.perf_counter(), time.process_time()
        found = list(find_check("duplicate").run(seen, progress=lambda *_: None))
        return cls(
            photos=seen,
            origin={photo_id: made.get(photo_id, photo_id) for photo_id in seen.ids},
            kind=kinds,
            names={digest: path.name for digest, path in photos.items()},
            findings=[item for item in found if isinstance(item, Finding) and item.confidence >= 0.5],
            seconds=time.perf_counter() - wall,
            cpu_seconds=time.process_time() - cpu,
        )

    def groups(self) -> dict[str, str]:
        """The photo that stays, of each photo."""
        return {finding.photo_id: finding.other_id or "" for finding in self.findings}


def _report(name: str, trial: _Trial, models: dict[str, str]) -> None:
    kept = trial.groups()
    print(f"{name}: {len(trial.photos.ids):,} photos, {len(trial.kind):,} of them copies")
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for copy, kind in trial.kind.items():
        origin = trial.origin[copy]
        by_kind[kind].append(kept.get(copy, copy) == kept.get(origin, origin))
    for kind, hits in by_kind.items():
        _print_share(f"  found: {kind}", sum(hits), len(hits))
    every = [hit for hits in by_kind.values() for hit in hits]
    _print_share("  found: all kinds (recall)", sum(every), len(every))
    right = [_is_right(trial, finding) for finding in trial.findings]
    strict = [trial.origin[item.photo_id] == trial.origin[item.other_id or ""] for item in trial.findings]
    _print_share("  right among those found (precision)", sum(right), len(right))
    _print_share("  the same, every pair of shop photos wrong", sum(strict), len(strict))
    _report_colourways(trial, models)
    print(f"  {trial.seconds:.0f} s, {trial.cpu_seconds:.0f} s of processor time beyond features")


def _is_right(trial: _Trial, finding: Finding) -> bool:
    one, other = trial.origin[finding.photo_id], trial.origin[finding.other_id or ""]
    return one == other or frozenset((trial.names[one], trial.names[other])) in LOOKED_AT


def _report_colourways(trial: _Trial, models: dict[str, str]) -> None:
    """Each photo of the shop with the most similar other one, of the same model where models are known."""
    ids = [photo_id for photo_id in trial.photos.ids if photo_id not in trial.kind]
    vectors = trial.photos.features(ids)
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.array([models.get(trial.names[photo_id], "") for photo_id in ids])
    kept, pairs = trial.groups(), set()
    for row, vector in enumerate(vectors):
        cosines = np.where(labels == labels[row], vectors @ vector, -1)
        cosines[row] = -1
        pairs.add(frozenset((ids[row], ids[int(cosines.argmax())])))
    apart = total = 0
    for one, other in (sorted(pair) for pair in pairs):
        if frozenset((trial.names[one], trial.names[other])) in LOOKED_AT:
            continue
        total += 1
        apart += kept.get(one, one) != kept.get(other, other)
    what = "nearest of the same model" if models else "nearest other photo"
    _print_share(f"  not called copies: {what}", apart, total)


def _report_hash(trial: _Trial) -> None:
    """The usual perceptual hash on the same photos."""
    bits = np.stack([_perceptual_hash(trial.photos.read(photo_id)) for photo_id in trial.photos.ids])
    signs = bits.astype(np.float32) * 2 - 1
    hits, right, found = 0, 0, 0
    ids = list(trial.photos.ids)
    for row, photo_id in enumerate(ids):
        near = np.flatnonzero((64 - signs @ signs[row]) / 2 <= HASH_BITS_APART)
        own = [trial.origin[ids[other]] == trial.origin[photo_id] for other in near if other < row]
        found, right = found + len(own), right + sum(own)
    copies = {copy: trial.origin[copy] for copy in trial.kind}
    place = {photo_id: row for row, photo_id in enumerate(ids)}
    for copy, origin in copies.items():
        hits += (bits[place[copy]] != bits[place[origin]]).sum() <= HASH_BITS_APART
    _print_share("  perceptual hash: recall", int(hits), len(copies))
    _print_share("  perceptual hash: precision", right, found)


def _perceptual_hash(photo: ImageU8) -> NDArray[np.bool_]:
    """64 bits: whether each of the 8 x 8 lowest frequencies of the grey photo at 32 pixels is above their median."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    lowest = cv2.dct(small)[:8, :8].ravel()
    return np.asarray(lowest > np.median(lowest), np.bool_)


def _altered(data: bytes, how: Sequence[str], rng: Random) -> bytes:
    photo = imaging.decode(data).pixels
    for name in how:
        photo = SINGLE[name](photo, rng)
    quality = 100 if "resaved" in how else 90
    return imaging.encode_jpeg(np.ascontiguousarray(photo), quality=quality)


def _through_jpeg(photo: ImageU8, quality: int) -> ImageU8:
    return imaging.decode(imaging.encode_jpeg(photo, quality=quality)).pixels


def _distinct(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.jpg")):
        found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return found


def _models(folder: Path) -> dict[str, str]:
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as table:
        return {Path(row["file_name"]).name: row["model"] for row in csv.DictReader(table)}


def _print_share(what: str, part: int, whole: int) -> None:
    low, high = wilson(part, whole)
    print(f"{what:44s} {part / max(whole, 1):7.1%}  ({low:.1%} to {high:.1%} of {whole:,})")


def _draw(trial: _Trial, path: Path) -> None:
    """Pairs of shop photos that were called copies, two to a row, with their names."""
    shop = [item for item in trial.findings if trial.origin[item.photo_id] != trial.origin[item.other_id or ""]]
    tiles = []
    for item in shop:
        pair = [trial.photos.read(photo_id) for photo_id in (item.photo_id, item.other_id or "")]
        small = [cv2.resize(photo, (130, 130), interpolation=cv2.INTER_AREA) for photo in pair]
        names = [trial.names[trial.origin[photo_id]][:5] for photo_id in (item.photo_id, item.other_id or "")]
        tile = np.hstack(small)
        label = f"{names[0]} {names[1]} {item.confidence:.2f}"
        tiles.append(cv2.putText(tile, label, (2, 126), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (220, 0, 0)))
        print(f"    {label} {item.says}")
    while tiles and len(tiles) % 5:
        tiles.append(np.full_like(tiles[0], 255))
    rows = [np.hstack(tiles[start : start + 5]) for start in range(0, len(tiles), 5)]
    if rows:
        cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])


ONE_PHOTO = """
    00174-03711 00270-04101 00455-01089 00823-01396 01012-02007 01320-02315 01602-00341 01939-02597
    02526-00490 02618-00032 02790-02125 02931-02315 03057-02697 03157-00838 03220-04058 03241-03801
    03521-00390 03896-03206 03900-02597 04023-00177 04098-03480
"""
LOOKED_AT = frozenset(frozenset(f"{name}.jpg" for name in pair.split("-")) for pair in ONE_PHOTO.split())
"""Pairs of files of MODELS50 that were looked at side by side and are one photo, framed or lit otherwise.

Six more pairs that the check calls copies were not clearly so, or another colourway, and count as wrong.
"""


if __name__ == "__main__":
    main()
