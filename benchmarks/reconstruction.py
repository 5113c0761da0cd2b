"""How well trained models rebuild photos that they never saw, and how many nats they spend: mean and spread over seeds.

    for seed in 0 1 2; do lookscape train language --name language-$seed --seed $seed -C DIR; done
    python benchmarks/reconstruction.py DIR language [autoencoder pca ...]

judges models/language-0, language-1 ... on the test photos of the split that training uses (whole groups of products
and near-duplicates). PSNR is given twice: the mean over photos of each photo's, and that of the mean squared error of
all photos, which is lower. Nats are the divergence of the posterior from N(0, I), the mean over photos. Photos are
rebuilt from the mean of their posterior. Seconds are those of training alone, on the machine and load that it had.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from _judged import Products
from lookscape.representation.latents.codec import Codec
from lookscape.representation.metrics.intervals import bootstrap_mean
from lookscape.representation.metrics.pixels import mean_squared_error, psnr
from lookscape.representation.metrics.posterior import divergence


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One model's figures."""

    psnr_db: float
    low_db: float
    high_db: float
    psnr_of_mean_db: float
    nats: float
    seconds: float
    steps: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("models", nargs="+", help="names of trained models, without what tells the seeds apart")
    options = parser.parse_args()
    for family in options.models:
        folders = sorted((options.catalogue / "models").glob(f"{family}*"))
        judged = [_judge(options.catalogue, folder) for folder in folders]
        print(f"{family}, {len(judged)} seeds")
        for folder, one in zip(folders, judged, strict=True):
            print(
                f"    {folder.name:20} {one.psnr_db:6.2f} dB [{one.low_db:.2f}, {one.high_db:.2f}]"
                f"  of the mean error {one.psnr_of_mean_db:6.2f} dB  {one.nats:6.1f} nats"
                f"  {one.steps} steps in {one.seconds:.0f} s"
            )
        for name in ("psnr_db", "psnr_of_mean_db", "nats"):
            values = [getattr(one, name) for one in judged]
            print(f"    {name:20} {np.mean(values):6.2f} ± {np.std(values):.2f}", flush=True)


def _judge(catalogue: Path, folder: Path) -> Judged:
    codec = Codec.open(folder)
    products = Products.open(catalogue, side=codec.side)
    photos_NHWC = products.pixels.array_NHWC[products.held_out]
    latents = codec.latents(photos_NHWC)
    rebuilt_NHWC = codec.decode(latents.means_ND)
    interval = bootstrap_mean(psnr(photos_NHWC, reconstructions_NHWC=rebuilt_NHWC))
    error = float(mean_squared_error(photos_NHWC, reconstructions_NHWC=rebuilt_NHWC).mean())
    is_normal = bool(latents.variances_ND.any())
    nats = divergence(latents.means_ND, variances_ND=latents.variances_ND).total if is_normal else np.nan
    report = json.loads((folder / "trained.json").read_bytes())["report"]
    return Judged(
        psnr_db=interval.value,
        low_db=interval.low,
        high_db=interval.high,
        psnr_of_mean_db=-10 * float(np.log10(error)),
        nats=float(nats),
        seconds=float(report["seconds"]),
        steps=int(report["steps"]),
    )


if __name__ == "__main__":
    main()
