"""Values hidden from a catalogue of clothes and predicted back from the photos: how many are right, and how surely.

    python benchmarks/impute.py --data FASHION [--seeds 0 1 2] [--attributes article_type base_colour] [--catalogue DIR]

The photos are embedded with the default model and measured (`embed`, `gauge`); with --catalogue that was done before.
For each seed HIDDEN of the groups of products (copies of a photo and near-duplicates are one group) lose their value,
and what the tool `predict impute` does is done: methods and views chosen, confidence calibrated, all on the others.
Names, genders and categories are never looked at. Given are the accuracy over all hidden products, those of values
too rare to be learned included; on the half of them with the most confidence; and the expected calibration error in 15
bins of equal mass (and of equal width), beside the mean error that the same confidences would show if they were
perfect, which is not 0 with so few predictions a bin. Intervals are of one seed's products (Wilson, 95 %). Everything
was chosen on hidden sets of the seeds 10 to 12.
"""

import argparse
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lookscape.engine import Engine
from lookscape.representation.metrics.classes import BINS, calibration_error
from lookscape.services.imputation.fit import Fitted, fit
from lookscape.services.imputation.table import Table, code_labels, open_table
from lookscape.services.spaces.intervals import wilson
from lookscape.tools import _tool

HIDDEN = 0.3
SIMULATED = 200
BARS = {"article_type": (0.85, 0.95), "base_colour": (0.65, 0.85)}
ERROR_BAR = 0.04
CONFUSED = 8


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One hidden set; `right_H` in the order of `confidence_H`."""

    fitted: Fitted
    right_H: NDArray[np.bool_]
    pairs: list[tuple[str, str]]

    @property
    def half(self) -> NDArray[np.bool_]:
        """Right or not, on the half with the most confidence."""
        order = np.argsort(-self.fitted.confidence_M, kind="stable")
        return self.right_H[order[: len(order) // 2]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of fashion")
    parser.add_argument("--catalogue", type=Path, help="one with these photos, embedded and measured")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--attributes", nargs="+", default=list(BARS))
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.catalogue or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "catalogue"
        engine = Engine.open(folder)
        if options.catalogue is None:
            engine.manage.ingest(str(options.data))
            engine.manage.embed()
            engine.manage.gauge()
        stack.enter_context(threadpool_limits(1))
        for name in options.attributes:
            _judge_attribute(engine, name, options.seeds)


def _judge_attribute(engine: Engine, name: str, seeds: list[int]) -> None:
    table = open_table(engine, (), without=name, progress=_tool.silent)
    products = engine.catalogue.products(table.product_ids)
    values = [products[one].attributes.get(name, "") for one in table.product_ids]
    _, sizes = np.unique(table.groups_N, return_counts=True)
    print(f"{name}: {len(values)} products in {len(sizes)} groups, {len(set(values) - {''})} values", flush=True)
    judged = []
    for seed in seeds:
        judged.append(_judged(table, values, seed))
        _print(f"seed {seed}", judged[-1])
    _print_mean(name, judged)


def _judged(table: Table, values: list[str], seed: int) -> Judged:
    groups = np.unique(table.groups_N)
    drawn = np.random.default_rng(seed).permutation(groups)[: int(HIDDEN * len(groups))]
    hidden_N = np.isin(table.groups_N, drawn) & np.array([bool(value) for value in values])
    said = ["" if hidden else value for value, hidden in zip(values, hidden_N, strict=True)]
    labels = code_labels(said, open_N=hidden_N)
    rows_H = np.flatnonzero(hidden_N)
    fitted = fit(table, labels, rows_H, method="auto", progress=_tool.silent)
    told = [labels.values[code] for code in fitted.codes_M]
    pairs = [(values[row], word) for row, word in zip(rows_H, told, strict=True)]
    return Judged(fitted=fitted, right_H=np.array([true == word for true, word in pairs]), pairs=pairs)


def _print(title: str, one: Judged) -> None:
    fitted, right = one.fitted, one.right_H
    for trial in fitted.trials:
        total = len(fitted.right_K)
        low, high = wilson(trial.right, total)
        chosen = "  <- chosen" if trial is fitted.chosen else ""
        print(
            f"    {title}  known  {trial.method:10} {trial.right / total:.3f} [{low:.3f} {high:.3f}] "
            f"{trial.words}{chosen}"
        )
    hidden_values = [true for true, _ in one.pairs]
    majority = max(hidden_values.count(value) for value in set(hidden_values)) / len(right)
    print(f"    {title}  hidden {_share(right)}   surer half {_share(one.half)}   majority {majority:.3f}")
    width = _by_width(fitted.confidence_M, right)
    print(
        f"    {title}  calibration error {calibration_error(fitted.confidence_M, right):.3f} (equal width {width:.3f}; "
        f"if perfect {_if_perfect(fitted.confidence_M):.3f})",
        flush=True,
    )


def _print_mean(name: str, judged: list[Judged]) -> None:
    all_right = float(np.mean([one.right_H.mean() for one in judged]))
    half = float(np.mean([one.half.mean() for one in judged]))
    error = float(np.mean([calibration_error(one.fitted.confidence_M, one.right_H) for one in judged]))
    print(f"    mean of {len(judged)}: all {all_right:.3f}, surer half {half:.3f}, calibration error {error:.3f}")
    if name in BARS:
        bar, half_bar = BARS[name]
        figures = ((all_right, bar, all_right >= bar), (half, half_bar, half >= half_bar))
        told = ", ".join(f"{figure:.3f} of {wanted} {'met' if met else 'MISSED'}" for figure, wanted, met in figures)
        print(f"    bars: {told}, {error:.3f} under {ERROR_BAR} {'met' if error < ERROR_BAR else 'MISSED'}")
    wrong = [tuple(sorted(pair)) for one in judged for pair in one.pairs if pair[0] != pair[1]]
    counted = sorted({pair: wrong.count(pair) for pair in set(wrong)}.items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{one} / {other} {count / len(wrong):.1%}" for (one, other), count in counted[:CONFUSED])
    print(f"    of {len(wrong)} mistakes: {told}", flush=True)


def _share(right: NDArray[np.bool_]) -> str:
    low, high = wilson(int(right.sum()), len(right))
    return f"{right.mean():.3f} [{low:.3f} {high:.3f}]"


def _by_width(confidence_H: NDArray[np.float64], right_H: NDArray[np.bool_]) -> float:
    bins = np.minimum((confidence_H * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == one).sum() * abs(confidence_H[bins == one].mean() - right_H[bins == one].mean())
        for one in np.unique(bins)
    ]
    return float(sum(gaps)) / len(right_H)


def _if_perfect(confidence_H: NDArray[np.float64]) -> float:
    """Mean calibration error where each prediction is right with just its confidence."""
    rng = np.random.default_rng(0)
    drawn = [rng.random(len(confidence_H)) < confidence_H for _ in range(SIMULATED)]
    return float(np.mean([calibration_error(confidence_H, right) for right in drawn]))


if __name__ == "__main__":
    main()
