"""The visual language of a catalogue: factors that a person can see, name and steer by, and the way back to latents.

A factor is a direction of a model's latent space. The language is a change of basis, linear and invertible, so moving
one factor and decoding shows that factor alone, and nothing that the model knows is lost. No person labels anything:

1. Latents are whitened over the catalogue.
2. For each measured attribute (`catalogue.measures`: pixels of the photo alone) the direction that predicts it best is
   found by ridge regression (Hoerl & Kennard 1970). LEADING attributes choose first, then those that are predicted best
   on products held out; one that is not predicted, or whose direction the others give already, gets none.
3. What is uncorrelated with all of these is divided by principal components of the latents.

The directions of step 2 are oblique: two attributes that go together in the catalogue give two correlated factors, and
moving one leaves the other where it was. Making them orthogonal (Löwdin 1950) was tried and blurs them all.

Locatello et al. (ICML 2019) show that nothing but the photos cannot single out a basis; here it is the measures that
do. Factors are in standard deviations over the catalogue, with mean 0.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import NotFoundError, UsageError
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.latents.directions import Direction, aligned_directions, rest_directions

FORMAT = 1
FEWEST = 20
"""Fewer products than this give no language."""

FLOOR = 1e-6
"""Whitening takes a direction's variance to be at least this share of the largest: a collapsed latent stays small."""

NUM_KNOTS = 201
"""Quantiles kept of each factor, for percentiles."""

Matrix = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]
Columns = Mapping[str, Floats]
"""Measured attribute -> N numbers, NaN where it is not known."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One factor, in the order of `information_nats`: how much of it survives the posterior's noise.

    `attribute` is the measured attribute it was aligned with and `predicted` the squared correlation with it on
    products held out of the fit; empty and 0 for factors of the rest.
    """

    attribute: str
    predicted: float
    information_nats: float
    share: float


@dataclass(frozen=True, kw_only=True)
class Language:
    """`mean_D` and `forward_DF` take latents to factors, F = D; `backward_FD` is the inverse.

    `knots_QF` are quantiles of each factor over the catalogue, at equal steps from its least to its largest value.
    """

    mean_D: Matrix
    forward_DF: Matrix
    backward_FD: Matrix
    knots_QF: Matrix
    factors: tuple[Factor, ...]
    num_products: int

    def __len__(self) -> int:
        """F, the number of factors."""
        return len(self.factors)

    @property
    def key(self) -> str:
        """A short hash of the map."""
        return hashlib.sha256(self.mean_D.tobytes() + self.forward_DF.tobytes()).hexdigest()[:16]

    def to_factors(self, z_ND: Floats) -> Matrix:
        """Latents, N x D, as factors, N x F, in standard deviations over the catalogue."""
        return np.asarray((self._checked(z_ND) - self.mean_D) @ self.forward_DF)

    def to_latents(self, f_NF: Floats) -> Matrix:
        """Factors, N x F, as latents to decode, N x D."""
        return np.asarray(self._checked(f_NF) @ self.backward_FD + self.mean_D)

    def moved(self, z_ND: Floats, *, factor: int, by: float) -> Matrix:
        """Latents with one factor moved `by` standard deviations and all others where they were."""
        if not 0 <= factor < len(self):
            raise UsageError(f"there is no factor {factor}; they are numbered 0 to {len(self) - 1}")
        return np.asarray(self._checked(z_ND) + by * self.backward_FD[factor])

    def percentiles(self, f_NF: Floats) -> Matrix:
        """Where values stand among the catalogue's: 0 to 100, N x F."""
        f_NF = self._checked(f_NF)
        ranks_Q = np.linspace(0, 100, len(self.knots_QF))
        return np.stack(
            [_ranked(f_N, knots_Q, ranks_Q) for f_N, knots_Q in zip(f_NF.T, self.knots_QF.T, strict=True)]
        ).T

    def save(self, folder: Path) -> None:
        """Write a checkpoint: tensors and JSON."""
        found = [
            {"attribute": one.attribute, "predicted": one.predicted, "nats": one.information_nats, "share": one.share}
            for one in self.factors
        ]
        tensors = {
            "mean": self.mean_D,
            "forward": self.forward_DF,
            "backward": self.backward_FD,
            "knots": self.knots_QF,
        }
        config = {"format": FORMAT, "factors": found, "num_products": self.num_products}
        checkpoint.save(folder, Checkpoint(config=config, tensors=tensors))

    @classmethod
    def load(cls, folder: Path) -> "Language":
        """What `save` wrote. Raises NotFoundError when it is missing, damaged or of another format."""
        saved = checkpoint.load(folder)
        if saved.config.get("format") != FORMAT:
            raise NotFoundError(f"{folder} contains no language of this version; fit it again")
        factors = tuple(
            Factor(
                attribute=str(one["attribute"]),
                predicted=float(one["predicted"]),
                information_nats=float(one["nats"]),
                share=float(one["share"]),
            )
            for one in saved.config["factors"]
        )
        return cls(
            mean_D=saved.tensors["mean"],
            forward_DF=saved.tensors["forward"],
            backward_FD=saved.tensors["backward"],
            knots_QF=saved.tensors["knots"],
            factors=factors,
            num_products=int(saved.config["num_products"]),
        )

    def _checked(self, rows: Floats) -> Matrix:
        if rows.ndim != 2 or rows.shape[1] != len(self):
            raise UsageError(f"this language has {len(self)} factors; the rows given have the shape {rows.shape}")
        return rows.astype(np.float64)


def fit(z_ND: Floats, *, columns: Columns | None = None, variances_ND: Floats | None = None, seed: int = 0) -> Language:
    """Learn the language of N products from the means of their posteriors and their measured attributes.

    `variances_ND` are those of the posteriors; without them a factor's information is its share of the latents'
    variance alone. `seed` draws the products on which predictions are judged. Raises UsageError for fewer than FEWEST
    products, values that are not finite, or columns of another length.
    """
    z_ND, columns = _latents(z_ND), columns or {}
    for name, column_N in columns.items():
        if len(column_N) != len(z_ND):
            raise UsageError(f"the attribute {name!r} has {len(column_N)} values for {len(z_ND)} products")
    mean_D = z_ND.mean(axis=0)
    whiten_DD, colour_DD = _whitening(z_ND - mean_D)
    y_ND = (z_ND - mean_D) @ whiten_DD
    aligned = aligned_directions(y_ND, columns=columns, seed=seed)
    basis_DF = rest_directions(aligned, colour_DD=colour_DD)
    basis_DF = basis_DF / np.maximum((y_ND @ basis_DF).std(axis=0), FLOOR)
    forward_DF, backward_FD = whiten_DD @ basis_DF, np.linalg.inv(basis_DF) @ colour_DD
    nats_F = _information(forward_DF, backward_FD, variances_ND)
    order = np.argsort(-nats_F, kind="stable")
    forward_DF, backward_FD = forward_DF[:, order], backward_FD[order]
    return Language(
        mean_D=mean_D,
        forward_DF=forward_DF,
        backward_FD=backward_FD,
        knots_QF=np.quantile((z_ND - mean_D) @ forward_DF, np.linspace(0, 1, NUM_KNOTS), axis=0),
        factors=_described(aligned, nats_F=nats_F, order=order),
        num_products=len(z_ND),
    )


def _described(aligned: list[Direction], *, nats_F: Matrix, order: NDArray[np.intp]) -> tuple[Factor, ...]:
    shares_F = nats_F / max(float(nats_F.sum()), np.finfo(np.float64).tiny)
    return tuple(
        Factor(
            attribute=aligned[place].attribute if place < len(aligned) else "",
            predicted=aligned[place].predicted if place < len(aligned) else 0.0,
            information_nats=float(nats_F[place]),
            share=float(shares_F[place]),
        )
        for place in order.tolist()
    )


def _latents(z_ND: Floats) -> Matrix:
    if z_ND.ndim != 2 or len(z_ND) < FEWEST:
        raise UsageError(f"a language needs at least {FEWEST} products, not {len(z_ND)}; ingest more photos")
    if not np.isfinite(z_ND).all():
        raise UsageError("the latents contain values that are not finite; the model has diverged, train it again")
    return z_ND.astype(np.float64)


def _whitening(centred_ND: Matrix) -> tuple[Matrix, Matrix]:
    """D x D, and its inverse: latents to uncorrelated ones of variance 1, and back."""
    variances, directions_DD = np.linalg.eigh(centred_ND.T @ centred_ND / len(centred_ND))
    scales = np.sqrt(np.maximum(variances, FLOOR * max(float(variances.max()), FLOOR)))
    return directions_DD / scales, (directions_DD * scales).T


def _information(forward_DF: Matrix, backward_FD: Matrix, variances_ND: Floats | None) -> Matrix:
    """F: nats that a factor of variance 1 carries through the posterior's noise; a Gaussian channel (Shannon 1948)."""
    if variances_ND is None:
        moved_F = (backward_FD**2).sum(axis=1)
        return np.asarray(moved_F / moved_F.sum())
    noise_F = variances_ND.astype(np.float64).mean(axis=0) @ forward_DF**2
    return np.asarray(0.5 * np.log1p(1 / np.maximum(noise_F, FLOOR)))


def _ranked(f_N: Matrix, knots_Q: Matrix, ranks_Q: Matrix) -> Matrix:
    """The middle of the ranks of equal knots, so that many equal products stand in the middle of their own."""
    below = np.interp(f_N, knots_Q, ranks_Q)
    return np.asarray((below + 100 - np.interp(-f_N, -knots_Q[::-1], ranks_Q)) / 2)
