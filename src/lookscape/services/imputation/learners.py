"""Ways to tell a value from vectors: by the nearest neighbours, by logistic regression, by spreading labels.

Each is given rows with their classes and says for other rows how likely each class is. Logistic regression is of the
vectors themselves, or of what a Gaussian kernel makes of them (Nyström approximation, Williams & Seeger 2001), which
lets a colour mean something else on a shirt than on a watch. Labels are spread over the graph of neighbours (Zhou et
al., NIPS 2004), so products without a label shape the groups too. All from scikit-learn.
"""

import warnings
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import LabelSpreading

ROUNDS, TOLERANCE = 200, 1e-3
LANDMARKS = 1000
MOST_SPREAD = 20_000
"""Rows of a graph; label spreading is left out above."""

PART = 4
"""Known rows for each that waits for a label, in a graph: four folds for the fifth."""

Rows = NDArray[np.float32]
Codes = NDArray[np.intp]
Chances = NDArray[np.float64]


class Learner(Protocol):
    """One way with its settings."""

    @property
    def words(self) -> str:
        """The settings, for people."""
        ...

    def chances(self, rows_ND: Rows, codes_N: Codes, others_MD: Rows, num_classes: int) -> Chances:
        """M x K, rows sum to 1."""
        ...


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The classes of the nearest rows, each weighted by 1 / distance."""

    k: int

    @property
    def words(self) -> str:
        """As `15 neighbours`."""
        return f"{self.k} neighbours"

    def chances(self, rows_ND: Rows, codes_N: Codes, others_MD: Rows, num_classes: int) -> Chances:
        """Shares of the weights."""
        fitted = KNeighborsClassifier(min(self.k, len(rows_ND)), weights="distance").fit(rows_ND, codes_N)
        return _spread_out(fitted.predict_proba(others_MD), fitted.classes_, num_classes)


@dataclass(frozen=True, kw_only=True)
class Logistic:
    """Multinomial logistic regression; `strength` is scikit-learn's C for rows of mean squared length 1."""

    strength: float
    curved: bool = False

    @property
    def words(self) -> str:
        """As `C 10` or `C 10, Gaussian kernel`."""
        return f"C {self.strength:g}" + (", Gaussian kernel" if self.curved else "")

    def chances(self, rows_ND: Rows, codes_N: Codes, others_MD: Rows, num_classes: int) -> Chances:
        """Its probabilities."""
        if len(np.unique(codes_N)) < 2:
            return _spread_out(np.ones((len(others_MD), 1)), np.unique(codes_N), num_classes)
        if self.curved:
            kernel = Nystroem(gamma=1.0, n_components=min(LANDMARKS, len(rows_ND)), random_state=0).fit(rows_ND)
            rows_ND, others_MD = (kernel.transform(part).astype(np.float32) for part in (rows_ND, others_MD))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # rare classes settle late and change nothing
            fitted = LogisticRegression(C=self.strength, max_iter=ROUNDS, tol=TOLERANCE).fit(rows_ND, codes_N)
        return _spread_out(fitted.predict_proba(others_MD), fitted.classes_, num_classes)


@dataclass(frozen=True, kw_only=True)
class Spreading:
    """Labels spread over the graph of the `k` nearest; `give` is how much of a label may change."""

    k: int
    give: float = 0.2

    @property
    def words(self) -> str:
        """As `graph of 15 neighbours`."""
        return f"graph of {self.k} neighbours"

    def chances(self, rows_ND: Rows, codes_N: Codes, others_MD: Rows, num_classes: int) -> Chances:
        """The distributions that the other rows end with; even where no label arrives.

        They join the graph a part at a time, as large as a fold was in the trials, lest confidence learned there lies.
        """
        size = -(-len(rows_ND) // PART)
        parts = [others_MD[start : start + size] for start in range(0, len(others_MD), size)]
        found = [self._spread(rows_ND, codes_N, part, num_classes) for part in parts]
        return np.concatenate([np.zeros((0, num_classes)), *found])

    def _spread(self, rows_ND: Rows, codes_N: Codes, others_MD: Rows, num_classes: int) -> Chances:
        together = np.concatenate([rows_ND, others_MD])
        labels = np.concatenate([codes_N, np.full(len(others_MD), -1)])
        model = LabelSpreading(
            kernel="knn", n_neighbors=min(self.k, len(together)), alpha=self.give, max_iter=ROUNDS, tol=TOLERANCE
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = model.fit(together, labels)
        found = fitted.label_distributions_[len(rows_ND) :]
        none = found.sum(axis=1) == 0
        found[none] = 1 / found.shape[1]
        return _spread_out(found / found.sum(axis=1, keepdims=True), fitted.classes_, num_classes)


METHODS: dict[str, tuple[Learner, ...]] = {
    "knn": (Neighbours(k=5), Neighbours(k=15)),
    "logistic": (Logistic(strength=3), Logistic(strength=10)),
    "kernel": (Logistic(strength=10, curved=True), Logistic(strength=40, curved=True)),
    "spreading": (Spreading(k=7), Spreading(k=15)),
}
"""The settings that are tried of each method."""


def _spread_out(found_MC: Chances, classes_C: NDArray[np.integer], num_classes: int) -> Chances:
    """Columns for the classes that were not among the rows, too."""
    chances_MK = np.zeros((len(found_MC), num_classes))
    chances_MK[:, classes_C] = found_MC
    return chances_MK
