"""Fixed photos that a model is looked at by again and again while it learns, without disturbing its training.

Nothing here draws from torch's generator, and the model's mode is put back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lookscape.representation.metrics.posterior import ACTIVE_VARIANCE
from lookscape.representation.networks.losses import kl_to_normal
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.trainable import Posterior, Prior, Trainable
from lookscape.representation.training.history import Figures
from lookscape.representation.training.loop import Run

BATCH = 64
FORGOTTEN = 3.0
"""An average of weights with decay d is looked at once FORGOTTEN / (1 - d) steps are over: 5 % of the start is left."""


@contextmanager
def looking(run: Run[Trainable], done: int, *, decay: float) -> Iterator[Trainable]:
    """The model as it is now, for looking only: the average of the weights where it is no longer of the past."""
    averaged = run.average is not None and done * (1 - decay) >= FORGOTTEN
    model = cast(Trainable, run.average.module) if averaged and run.average is not None else run.model
    was = model.training
    model.eval()
    try:
        with torch.inference_mode(), run.fabric.autocast():
            yield model
    finally:
        model.train(was)


def choose(rows: NDArray[np.intp], *, count: int) -> NDArray[np.intp]:
    """`count` of the rows, spread evenly; all of them when there are fewer."""
    places = np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(np.intp)
    return rows[places]


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """Photos as uint8 N x 3 x side x side, and the training part's mean photo, float 3 x side x side in [0, 1]."""

    photos_NCHW: Tensor
    mean_CHW: Tensor

    @classmethod
    def of(cls, pixels: Pixels, rows: NDArray[np.intp], *, mean_CHW: Tensor) -> "Fixed":
        """The photos of some rows."""
        return cls(photos_NCHW=torch.from_numpy(pixels.array_NHWC[rows]).permute(0, 3, 1, 2), mean_CHW=mean_CHW)

    def figures(self, model: Trainable, run: Run[Trainable]) -> Figures:
        """Rebuild the photos from their posterior means and compare. The model comes from `looking`."""
        sums: list[Tensor] = []
        posteriors: list[Posterior] = []
        for chunk_NCHW in torch.split(self.photos_NCHW, BATCH):
            x_BCHW = run.fabric.to_device(chunk_NCHW).float().div_(255)
            posterior = model.posterior(x_BCHW)
            rebuilt_BCHW = model.decode(posterior.mean_BD).float().clamp(0, 1)
            sums.append(_compare(x_BCHW, rebuilt_BCHW, mean_CHW=self.mean_CHW.to(x_BCHW.device)))
            posteriors.append(posterior)
        error_N, variance_N, sharp_N, own_N = torch.cat(sums, dim=1).double().cpu()
        return Figures(
            psnr_db=float((-10 * error_N.clamp(min=1e-12).log10()).mean()),
            explained=float(1 - error_N.sum() / variance_N.sum().clamp(min=1e-12)),
            sharpness=float(sharp_N.sum() / own_N.sum().clamp(min=1e-12)),
            kl_nats=_divergence(posteriors),
            active_units=_active(posteriors) if model.prior is Prior.NORMAL else None,
        )


def mean_photo(pixels: Pixels, rows: NDArray[np.intp]) -> Tensor:
    """The mean of some rows, float 3 x side x side in [0, 1]."""
    mean_HWC = pixels.array_NHWC[rows].mean(axis=0, dtype=np.float64) / 255
    return torch.from_numpy(mean_HWC.astype(np.float32)).permute(2, 0, 1)


def _compare(x_BCHW: Tensor, rebuilt_BCHW: Tensor, *, mean_CHW: Tensor) -> Tensor:
    """4 x B: squared error, variance around the mean photo, sharpness of the rebuilt photo and of the photo."""
    error_B = (x_BCHW - rebuilt_BCHW).square().flatten(1).mean(1)
    variance_B = (x_BCHW - mean_CHW).square().flatten(1).mean(1)
    return torch.stack([error_B, variance_B, sharpness(rebuilt_BCHW), sharpness(x_BCHW)])


def sharpness(x_BCHW: Tensor) -> Tensor:
    """B: variance of the Laplacian of each photo's lightness (Pech-Pacheco et al. 2000)."""
    grey_B1HW = x_BCHW.float().mean(1, keepdim=True)
    kernel = grey_B1HW.new_tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])[None, None]
    with torch.autocast(x_BCHW.device.type, enabled=False):
        return nn.functional.conv2d(grey_B1HW, kernel).flatten(1).var(1)


def _divergence(posteriors: Sequence[Posterior]) -> float | None:
    if any(posterior.log_variance_BD is None for posterior in posteriors):
        return None
    return float(torch.cat([kl_to_normal(posterior).float().sum(1) for posterior in posteriors]).double().mean())


def _active(posteriors: Sequence[Posterior]) -> int:
    means_ND = torch.cat([posterior.mean_BD.float() for posterior in posteriors])
    return int((means_ND.var(0) > ACTIVE_VARIANCE).sum()) if len(means_ND) > 1 else 0
