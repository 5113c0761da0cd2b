"""Plots of a study, by Optuna and matplotlib, as SVG files for a light page; a dark one shows them with light reversed.

Contours are drawn of the settings that matter most: each pair of many would be too small to see.
"""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lookscape.classifiers.tuning.study import State, TrialRecord

if TYPE_CHECKING:
    import optuna
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST = 3
"""Finished trials below which nothing is drawn but the history."""

CONTOURS = 4
"""Settings whose pairs have contours."""

FONT = ["Inter", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans", "sans-serif"]

F1 = "macro F1"
HISTORY = "Each dot is a trial that was finished, the line the best so far. Number 0 has the defaults."
EVALUATIONS = "Each line is a trial as it went on; those that end early were pruned."
PARALLEL = (
    "Each line is a finished trial, the stronger its colour the better: where strong lines meet, a setting matters."
)
SLICE = "One setting at a time against how well the trial did; stronger dots came later."
CONTOUR = "The settings that matter most by pairs; lines join what did equally well, dots are trials."
IMPORTANCE = "Share of the difference between finished trials that a setting explains (fANOVA, Hutter et al., 2014)."


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One drawing: `svg` is the file, `words` says how to read it."""

    name: str
    title: str
    words: str
    svg: bytes


def draw(study: "optuna.Study", trials: Sequence[TrialRecord]) -> list[Plot]:
    """What there is enough to draw of."""
    import optuna.visualization.matplotlib as by_optuna

    if not any(one.values for one in trials):
        return []
    wanted: list[tuple[str, str, str, Callable[[], Any]]] = [
        ("history", "History", HISTORY, lambda: by_optuna.plot_optimization_history(study, target_name=F1)),
        ("evaluations", "Intermediate values", EVALUATIONS, lambda: _evaluations(study)),
    ]
    finished = [one for one in trials if one.state is State.FINISHED]
    if len(finished) >= FEWEST:
        names = _shared(finished)
        most = importance(study, names)
        chief = [name for name, _ in most[:CONTOURS]]
        wanted += [
            ("parallel", "Parallel coordinates", PARALLEL, lambda: _parallel(study, names)),
            ("slice", "Slice", SLICE, lambda: by_optuna.plot_slice(study, params=names, target_name=F1)),
        ]
        if len(chief) > 1:
            wanted += [
                ("contour", "Contour", CONTOUR, lambda: by_optuna.plot_contour(study, params=chief, target_name=F1)),
                ("importance", "Importance", IMPORTANCE, lambda: _bars(most)),
            ]
    with _own_style():
        return [Plot(name=name, title=title, words=words, svg=_svg(make())) for name, title, words, make in wanted]


def importance(study: "optuna.Study", names: Sequence[str]) -> list[tuple[str, float]]:
    """Settings with the share of the trials' variance that they explain, the largest first; none if there is none."""
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    try:
        found = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0), params=list(names))
    except (RuntimeError, ValueError):  # trials that did equally well
        return []
    return sorted(found.items(), key=lambda one: -one[1])


def _shared(finished: Sequence[TrialRecord]) -> list[str]:
    """Settings that all finished trials have, and that differ; not the units of a layer that only some have."""
    shared = set.intersection(*(set(one.settings) for one in finished))
    return [
        name for name in finished[0].settings if name in shared and len({one.settings[name] for one in finished}) > 1
    ]


def _evaluations(study: "optuna.Study") -> "Axes":
    import optuna.visualization.matplotlib as by_optuna
    from matplotlib.ticker import MaxNLocator

    axes: Axes = by_optuna.plot_intermediate_values(study)
    axes.set_xlabel("evaluation on the validation photos")
    axes.set_ylabel(F1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return axes


def _parallel(study: "optuna.Study", names: Sequence[str]) -> "Axes":
    import optuna.visualization.matplotlib as by_optuna

    axes: Axes = by_optuna.plot_parallel_coordinate(study, params=list(names), target_name=F1)
    return axes


def _bars(found: Sequence[tuple[str, float]]) -> "Axes":
    """Drawn here, because Optuna would judge the importance again."""
    import matplotlib.pyplot as plt

    axes: Axes = plt.subplots()[1]
    names, shares = zip(*reversed(found), strict=True)
    bars = axes.barh(names, [100 * share for share in shares], color="#5b8fd6")
    axes.bar_label(bars, fmt="%.0f %%", padding=4)
    axes.set_xlabel("share explained, %")
    return axes


@contextmanager
def _own_style() -> Iterator[None]:
    """Matplotlib as it was before, afterwards; Optuna sets a style of its own for good."""
    import matplotlib.pyplot as plt
    from optuna.exceptions import ExperimentalWarning

    with plt.ioff(), plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "study"}), warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module="matplotlib")
        yield


def _svg(drawn: Any) -> bytes:
    """Of axes, or of an array of them."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure: Figure = np.ravel(drawn)[0].figure
    rows, columns = np.atleast_2d(drawn).shape
    try:
        figure.suptitle("")
        figure.set_size_inches(max(9.0, 1.6 * columns), max(4.2, 1.7 * rows))
        for axes in figure.axes:
            _tidy(axes, is_inner=rows > 1)
        file = io.StringIO()
        with plt.rc_context({"font.family": FONT}):
            figure.savefig(file, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
    finally:
        plt.close(figure)
    return file.getvalue().encode()


def _tidy(axes: "Axes", *, is_inner: bool) -> None:
    """Nothing behind, no title, no legend, which the page has, and no label twice."""
    from matplotlib.ticker import NullFormatter

    axes.set_facecolor("none")
    axes.set_title("")
    axes.tick_params(labelsize=8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
        axis.label.set_fontsize(9)
    for line in (*axes.get_xgridlines(), *axes.get_ygridlines()):
        line.set_color("#b8b8b8")
        line.set_alpha(0.4)
    legend = axes.get_legend()
    if legend is not None:
        legend.remove()
    if is_inner and axes.get_subplotspec() is not None:
        axes.label_outer()
