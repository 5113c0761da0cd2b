"""The last act of a training: judge the model on photos it never saw, and fit the mixture its samples come from.

What is found is kept in report.json beside the weights. Judging uses the means of the posteriors; the interval is a
bootstrap over groups of near-duplicates, since photos of one product come back alike.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.files import write_atomically
from lookscape.representation.latents.codec import Codec, Latents
from lookscape.representation.latents.mixture import MOST_ROWS, fit_mixture
from lookscape.representation.metrics import pixels as pixel_metrics
from lookscape.representation.metrics.intervals import bootstrap_mean
from lookscape.representation.metrics.posterior import active_units, divergence, sample_posterior
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.split import Split
from lookscape.representation.training import alarms
from lookscape.representation.training.alarms import Alarm
from lookscape.representation.training.history import Record, read_about, read_lines

FILE = "report.json"
MOST_JUDGED = 2000
FEWEST_JUDGED = 2
BEST_DB = 100.0
"""A photo that comes back without any error counts as this, so that the mean stays a number."""

Silent = Callable[[int, int, str], None]


class Finished(Record):
    """Held-out figures of a trained model."""

    judged_on: str = Field(description="test, or train where too few photos were held out")
    photos: int = Field(description="photos evaluated on")
    groups: int | None = Field(
        default=None, description="groups of near-duplicates they fall into; None in old reports"
    )
    psnr_db: float
    psnr_low_db: float = Field(description="lower end of the 95 % interval")
    psnr_high_db: float = Field(description="upper end of the 95 % interval")
    ssim: float
    kl_nats: float | None = Field(description="divergence from the prior, nats a photo; None for a model of points")
    active_units: int = Field(description="latents whose mean varies by more than 0.01")
    dim: int = Field(description="number of latents")
    mixture_components: int = Field(description="normal distributions in the mixture fitted to the latents")
    alarms: tuple[Alarm, ...] = Field(description="what went wrong in training, the worst first")

    @property
    def words(self) -> tuple[str, ...]:
        """The alarms as sentences, to be shown at the end."""
        return tuple(f"{alarm.says} {alarm.advice}" for alarm in self.alarms)


def finish(
    codec: Codec,
    *,
    pixels: Pixels,
    split: Split,
    groups: Sequence[str],
    folder: Path,
    progress: Silent | None = None,
) -> Finished:
    """Judge on the test photos, fit the mixture, and write mixture.safetensors and report.json into `folder`.

    `groups` names the group of near-duplicates of each row of `pixels`. The folder may be a staged one beside the
    model's own, in which the run wrote its metrics.
    """
    tell = progress or (lambda done, total, stage: None)
    tell(0, 2, "judging")
    part, rows = ("test", split.test) if len(split.test) >= FEWEST_JUDGED else ("train", split.train)
    rows = rows[:MOST_JUDGED]
    photos_NHWC, groups_N = np.asarray(pixels.array_NHWC[rows]), np.asarray(groups)[rows]
    latents = codec.latents(iter(photos_NHWC))
    rebuilt_NHWC = codec.decode(latents.means_ND)
    psnr_N = pixel_metrics.psnr(photos_NHWC, reconstructions_NHWC=rebuilt_NHWC).clip(max=BEST_DB)
    low, high = _interval(psnr_N, groups_N)
    tell(1, 2, "fitting a mixture")
    learned = codec.latents(iter(pixels.array_NHWC[_some(split.train)]))
    mixture = fit_mixture(_draws(learned)) if len(learned.means_ND) >= FEWEST_JUDGED else None
    if mixture is not None:
        mixture.save(folder)
    records = folder.parent / codec.name
    about = read_about(records)
    finished = Finished(
        judged_on=part,
        photos=len(photos_NHWC),
        groups=len(np.unique(groups_N)),
        psnr_db=float(psnr_N.mean()),
        psnr_low_db=low,
        psnr_high_db=high,
        ssim=float(pixel_metrics.ssim(photos_NHWC, reconstructions_NHWC=rebuilt_NHWC).mean()),
        kl_nats=_nats(latents),
        active_units=active_units(latents.means_ND).count if len(photos_NHWC) > 1 else 0,
        dim=codec.dim,
        mixture_components=mixture.num_components if mixture else 0,
        alarms=tuple(alarms.find(about, read_lines(records))) if about else (),
    )
    write_atomically(folder / FILE, finished.model_dump_json(indent=2).encode())
    return finished


def read_report(folder: Path) -> Finished | None:
    """The figures of a finished model; None without them."""
    path = folder / FILE
    return Finished.model_validate_json(path.read_bytes()) if path.is_file() else None


def _some(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Enough rows for a mixture, spread evenly."""
    return rows[np.linspace(0, len(rows) - 1, min(MOST_ROWS, len(rows))).round().astype(np.intp)]


def _draws(latents: Latents) -> NDArray[np.float64]:
    """A draw from each photo's posterior, or its point."""
    if not (latents.variances_ND > 0).all():
        return latents.means_ND.astype(np.float64)
    return sample_posterior(latents.means_ND, variances_ND=latents.variances_ND)


def _nats(latents: Latents) -> float | None:
    if not (latents.variances_ND > 0).all():
        return None
    return divergence(latents.means_ND, variances_ND=latents.variances_ND).total


def _interval(values_N: NDArray[np.float64], groups_N: NDArray[np.str_]) -> tuple[float, float]:
    """Of the mean; without an extent where all photos are of one group, which tells nothing of others."""
    if len(np.unique(groups_N)) < FEWEST_JUDGED:
        return float(values_N.mean()), float(values_N.mean())
    found = bootstrap_mean(values_N, groups=groups_N)
    return found.low, found.high
