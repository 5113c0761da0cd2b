"""How well classifiers tell products that they never saw, beside the linear head and the best that is possible.

    python benchmarks/classify.py --catalogue DIR NAME ... [--linear] [--space] [--bayes]

Classifiers NAME of the catalogue were trained by `lookscape predict train`; with what settings and in how many seconds
is printed too. All figures are of test photos, whose groups (near-duplicates, names, product ids) are in no other part;
intervals (95 %) redraw whole groups. --linear teaches logistic regression on frozen features by the same split. --space
embeds `classifier:NAME` and asks of each test photo whether its nearest photo of another group has the same value,
beside the same question to the pretrained features. --bayes is for the rendered catalogue's `hype`, whose best possible
accuracy on these very products is known from the renderer.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.rendering import hype_probability, products
from lookscape.classifiers.folder import FOLDER, MARK
from lookscape.engine import Engine
from lookscape.representation.metrics.intervals import Interval, bootstrap_mean
from lookscape.services.classification.classifiers import open_predictions, read_task
from lookscape.services.classification.records import Share
from lookscape.services.spaces.vectors import vectors_of
from lookscape.tools import _tool

SHOWN = ("num_steps", "batch_size", "learning_rate", "seed", "progressive_resizing", "ema_decay")
CHANGES = ("crop_area", "rotation_degrees", "brightness_contrast", "saturation", "random_erasing", "recolouring")
PRETRAINED = "pretrained"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--linear", action="store_true")
    parser.add_argument("--space", action="store_true")
    parser.add_argument("--bayes", action="store_true")
    options = parser.parse_args()
    engine = Engine.open(options.catalogue)
    for name in options.names:
        _settings(engine, name)
        _judge(engine, name, linear=options.linear)
        if options.bayes:
            _bayes(engine, name)
        if options.space:
            _neighbours(engine, name)


def _settings(engine: Engine, name: str) -> None:
    mark = json.loads((engine.folder / FOLDER / name / MARK).read_bytes())
    recipe, report = mark["recipe"], mark["report"]
    said = {**recipe["config"], **{key: recipe[key] for key in (*SHOWN, *CHANGES)}}
    print(f"{name}: {', '.join(f'{key}={value}' for key, value in said.items())}")
    print(f"  trained in {report['seconds']:,.0f} s, best at step {report['best_step']:,} of {report['steps']:,}")


def _judge(engine: Engine, name: str, *, linear: bool) -> None:
    found = engine.predict.evaluate(name=name, linear=linear)
    print(f"  {found.photos:,} test photos in {found.groups:,} groups; always the commonest: {found.majority:.3f}")
    print(
        f"  accuracy {_said(found.accuracy)}, macro F1 {_said(found.macro_f1)}, calibration {found.calibration_error}"
    )
    predictions = open_predictions(engine, engine.classifier(name), part="test")
    surer, other = np.array_split(predictions.correct_N[np.argsort(-predictions.confidence_N, kind="stable")], 2)
    print(f"  accuracy in the half that it is surer of {surer.mean():.3f}, in the other half {other.mean():.3f}")
    if found.linear is not None and found.gain is not None:
        print(f"  linear head on frozen features {_said(found.linear)}; above it by {_said(found.gain)}")


def _said(share: Share | Interval) -> str:
    return f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f})"


def _bayes(engine: Engine, name: str) -> None:
    """What the true chances would have said of the same photos."""
    classifier = engine.classifier(name)
    predictions = open_predictions(engine, classifier, part="test")
    owners = engine.catalogue.products_of_photos(predictions.photo_ids)
    own = [next(iter(owners[photo_id])) for photo_id in predictions.photo_ids]
    drawn = {one.id: one for one in products(len(engine.catalogue.ids()))}
    chance_N = np.array([hype_probability(drawn[product].factors) for product in own])
    hyped = np.array([classifier.classes[code] == "hyped" for code in predictions.codes_N])
    correct_N = ((chance_N > 0.5) == hyped).astype(float)
    print(f"  best possible on these products {np.maximum(chance_N, 1 - chance_N).mean():.3f} expected,")
    print(f"  {correct_N.mean():.3f} with the labels they drew; the classifier is below that by")
    print(f"  {_said(bootstrap_mean(correct_N - predictions.correct_N, groups=predictions.groups_N))};")
    other_N = np.abs(2 * chance_N - 1) * (correct_N != predictions.correct_N)
    print(f"  in expectation over labels by {_said(bootstrap_mean(other_N, groups=predictions.groups_N))}")


def _neighbours(engine: Engine, name: str) -> None:
    classifier = engine.classifier(name)
    task = read_task(engine, classifier.attribute, classifier.split, side=classifier.side, progress=_tool.silent)
    known = np.flatnonzero(task.codes_N >= 0)
    test = np.flatnonzero(task.parts_N == "test")
    for model in (f"classifier:{name}", PRETRAINED):
        space = engine.space(engine.manage.embed(model).space)
        correct_N = _same_value(vectors_of(space, task.pixels.ids), task.codes_N, task.groups_N, known=known, test=test)
        found = bootstrap_mean(correct_N, groups=task.groups_N[test])
        print(f"  nearest photo of another group has the same value, {model}: {_said(found)}")


def _same_value(
    vectors_ND: NDArray[np.float32],
    codes_N: NDArray[np.intp],
    groups_N: NDArray[np.intp],
    *,
    known: NDArray[np.intp],
    test: NDArray[np.intp],
) -> NDArray[np.float64]:
    """1 for each test photo whose nearest labelled photo of another group, by cosine, has its value."""
    unit_ND = vectors_ND / np.maximum(np.linalg.norm(vectors_ND, axis=1, keepdims=True), 1e-12)
    cosines = unit_ND[test] @ unit_ND[known].T
    cosines[groups_N[test][:, None] == groups_N[known][None, :]] = -2
    nearest = known[cosines.argmax(axis=1)]
    return np.asarray(codes_N[nearest] == codes_N[test], np.float64)


if __name__ == "__main__":
    main()
