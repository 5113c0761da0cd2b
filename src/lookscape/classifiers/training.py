"""A classifier's training from start to end: train by the one loop, keep the best checkpoint, calibrate, write.

A run that was killed goes on from its last state and ends with the weights of an undisturbed one. Only training photos
are learned from; validation photos choose the best checkpoint and the temperature; test photos are seen once, at the
end. While a classifier is trained again under its name, the old one stays usable. The lock of the run is the caller's
business.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lookscape.classifiers.evaluations import (
    BEST,
    FILE,
    Evaluation,
    Evaluator,
    StoppedEarlyError,
    Validation,
    by_accuracy,
    by_macro_f1,
    read_evaluations,
)
from lookscape.classifiers.folder import MARK, PREDICTIONS
from lookscape.classifiers.held_out import write_predictions
from lookscape.classifiers.initialization import Aim, initialize_from
from lookscape.classifiers.network import Classifier
from lookscape.classifiers.recipe import Balance, ClassifierRecipe, class_weights, sampled_rows
from lookscape.classifiers.task import Codes, Task
from lookscape.classifiers.trained import TrainedClassifier, logits_of
from lookscape.errors import CancelledError, UsageError
from lookscape.files import write_atomically
from lookscape.renamed import CONFIG, RECIPE, as_begun
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.latents.codec import Codec
from lookscape.representation.metrics.classes import best_temperature
from lookscape.representation.networks.weights import chosen_weights
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.training.devices import Place, open_fabric, resolved
from lookscape.representation.training.hooks._fixed import FORGOTTEN
from lookscape.representation.training.loop import Batches, Run, set_up, train
from lookscape.representation.training.publish import STATES, publish, settle, staging
from lookscape.representation.training.state import Saver, State, check_finite, last_state, remove_states
from lookscape.version import __version__

PARTS = "train", "validation", "test"
BATCH = 64
MOST_EVALUATIONS = 30
"""Evaluations on the validation photos in a training; a short one has one after every epoch."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class ClassifierArguments:
    """What to train and where it goes; `init_from` is a visual language's model or a classifier of the same split.

    `evaluate_every` is the steps between two evaluations, 0 for the usual ones; `watch` sees each and may raise.
    """

    name: str
    recipe: ClassifierRecipe
    folder: Path
    weights: str = "default"
    init_from: Codec | TrainedClassifier | None = None
    again: bool = False
    evaluate_every: int = 0
    watch: Callable[[Evaluation], None] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ValidationRun:
    """How a training went: its evaluations, and what the weights of the best one told the validation photos to be."""

    evaluations: Sequence[Evaluation]
    predicted_N: Codes


@dataclass(frozen=True, kw_only=True)
class ClassifierReport:
    """What a run did; `best_step` is the step whose weights were kept, `stopped_at` the last one that was taken."""

    steps: int
    best_step: int
    stopped_at: int
    resumed_at: int
    seconds: float
    temperature: float
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""


def run_classifier(arguments: ClassifierArguments, task: Task, *, progress: Progress) -> ClassifierReport:
    """Train, or go on training, and keep the result; nothing is done when this very classifier is there already.

    Raises UsageError when there is nothing to learn from or to judge by, UnavailableError for weights that cannot be
    had, CancelledError when `progress` does (the state is kept), LookscapeError when training blew up.
    """
    _check(task)
    settle(arguments.folder)
    fingerprint = _fingerprint(arguments, task)
    before = None if arguments.again else _trained_before(arguments.folder, fingerprint)
    if before is not None:
        return before
    state, note = _where_it_stopped(arguments.folder / STATES, fingerprint)
    log = arguments.folder / STATES
    trained = _train(arguments, task, log=log, state=state, fingerprint=fingerprint, progress=progress)
    return _keep(arguments, task, trained, fingerprint=fingerprint, note=note, progress=progress)


def train_and_validate(arguments: ClassifierArguments, task: Task, *, progress: Progress) -> ValidationRun:
    """Train, or go on training, only to see how well validation photos are told. Raises as `run_classifier`."""
    from safetensors.torch import load_file

    _check(task, judged=PARTS[1:2])
    fingerprint = _fingerprint(arguments, task)
    state, _ = _where_it_stopped(arguments.folder / STATES, fingerprint)
    network = _train(
        arguments, task, log=arguments.folder, state=state, fingerprint=fingerprint, progress=progress
    ).network
    network.load_state_dict(load_file(arguments.folder / STATES / BEST))
    logits_NK = _logits(
        network.eval(), task.pixels, task.rows(PARTS[1]), mirrored=arguments.recipe.flip_probability > 0
    )
    return ValidationRun(evaluations=read_evaluations(arguments.folder), predicted_N=logits_NK.argmax(axis=1))


def _where_it_stopped(states: Path, fingerprint: str) -> tuple[State | None, str]:
    """The state to go on from, and a note where there is one of another run, which is removed."""
    state, note = last_state(states), ""
    if state is not None and state.fingerprint != fingerprint:
        state, note = None, "training starts over: the recipe, the photos or their split changed since"
    if state is None:
        remove_states(states)
        (states / BEST).unlink(missing_ok=True)
    states.mkdir(parents=True, exist_ok=True)
    return state, note


@dataclass(frozen=True, kw_only=True)
class _Trained:
    network: Classifier
    seconds: float
    resumed_at: int


def _check(task: Task, *, judged: Sequence[str] = PARTS[1:]) -> None:
    counts = {part: len(task.rows(part)) for part in PARTS}
    learned = np.unique(task.codes_N[task.rows("train")])
    if len(task.classes) < 2 or len(learned) < len(task.classes):
        raise UsageError(f"{task.attribute!r} needs at least two values, each of them among the training products")
    for part in judged:
        if counts[part] < 2:
            raise UsageError(f"the split has {counts[part]} {part} photos of {task.attribute!r}; it needs at least 2")


def _train(
    arguments: ClassifierArguments, task: Task, *, log: Path, state: State | None, fingerprint: str, progress: Progress
) -> _Trained:
    """Evaluations are written down in `log`."""
    recipe = arguments.recipe
    torch.manual_seed(recipe.seed)
    network = _network(arguments, task)
    with open_fabric(recipe.precision, Place(), players=1) as fabric:
        run = set_up(network, recipe, fabric=fabric)
        if state is not None:
            state.restore(run)
        saver = Saver(arguments.folder / STATES, run, fingerprint=fingerprint, since=state.seconds if state else 0.0)
        batches = _batches(recipe, task, side=network.config.side)
        evaluations = _evaluator(arguments, task, run, batches, log=log, since=saver.seconds)
        start = state.step if state else 0
        evaluations.cut(start)

        def tell(done: int, _: object) -> None:
            if (
                arguments.watch is not None
                and evaluations.evaluations[-1:]
                and evaluations.evaluations[-1].step == done
            ):
                arguments.watch(evaluations.evaluations[-1])
            progress(done, recipe.num_steps, "training")

        try:
            if not evaluations.is_over:
                with suppress(StoppedEarlyError):
                    train(run, recipe, batches, start=start, hooks=[evaluations, saver, tell])
        except CancelledError:
            saver.save()
            raise
    check_finite(network.state_dict().values(), step=recipe.num_steps)
    return _Trained(network=run.model, seconds=saver.seconds, resumed_at=start)


def _network(arguments: ClassifierArguments, task: Task) -> Classifier:
    config = arguments.recipe.checked_config(num_classes=len(task.classes))
    network = Classifier(config, weights=arguments.weights)
    if arguments.init_from is not None:
        parts = dict(zip(task.pixels.ids, task.parts_N.tolist(), strict=True))
        aim = Aim(classes=task.classes, split=task.split, parts=parts)
        initialize_from(arguments.init_from, network, aim, classifiers=arguments.folder.parent)
    counts_K = np.bincount(task.codes_N[task.rows("train")], minlength=len(task.classes))
    network.weigh(torch.from_numpy(class_weights(counts_K, arguments.recipe.balance)))
    return network


def _batches(recipe: ClassifierRecipe, task: Task, *, side: int) -> Batches:
    rows = sampled_rows(task.rows("train"), task.codes_N, recipe.balance)
    return Batches(
        array_NHWC=task.pixels.array_NHWC,
        rows=rows,
        batch_size=min(recipe.batch_size, len(rows)),
        seed=recipe.seed,
        change=recipe.augmentation(side),
        labels_N=task.codes_N,
    )


def _evaluator(
    arguments: ClassifierArguments, task: Task, run: Run[Classifier], batches: Batches, *, log: Path, since: float
) -> Evaluator:
    per_epoch = max(1, len(batches.rows) // batches.batch_size)
    rows = task.rows("validation")

    def seen(done: int) -> Classifier:
        average = run.average
        if average is None or done * (1 - arguments.recipe.ema_decay) < FORGOTTEN:
            return run.model
        module: Classifier = average.module  # type: ignore[assignment]
        return module

    def logits(done: int) -> NDArray[np.float32]:
        model = seen(done)
        was = model.training
        with run.fabric.autocast():
            found = _logits(model.eval(), task.pixels, rows, mirrored=arguments.recipe.flip_probability > 0)
        model.train(was)
        return found

    judge = Validation(
        logits=logits,
        weights=lambda done: seen(done).state_dict(),
        codes_N=task.codes_N[rows],
        rank=_rank(arguments.recipe),
    )
    return Evaluator(
        log / FILE,
        arguments.folder / STATES / BEST,
        judge,
        every=arguments.evaluate_every or max(per_epoch, -(-arguments.recipe.num_steps // MOST_EVALUATIONS)),
        num_steps=arguments.recipe.num_steps,
        per_epoch=per_epoch,
        patience=arguments.recipe.patience,
        since=since,
    )


def _rank(recipe: ClassifierRecipe) -> Callable[[Evaluation], tuple[float, float]]:
    """Which evaluation is the best one."""
    return by_accuracy if recipe.balance is Balance.NONE else by_macro_f1


def _logits(network: Classifier, pixels: Pixels, rows: Codes, *, mirrored: bool) -> NDArray[np.float32]:
    """Of some rows, N x classes."""
    device = network.mean.device
    found = [
        logits_of(
            network,
            torch.from_numpy(pixels.array_NHWC[chunk]).to(device).permute(0, 3, 1, 2).float().div_(255),
            mirrored=mirrored,
        )
        for chunk in (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
    ]
    return np.concatenate(found)


def _keep(
    arguments: ClassifierArguments, task: Task, trained: _Trained, *, fingerprint: str, note: str, progress: Progress
) -> ClassifierReport:
    """Calibrate on validation photos, judge test photos, and put the new classifier in its place."""
    from safetensors.torch import load_file

    progress(0, 1, "judging")
    network, mirrored = trained.network, arguments.recipe.flip_probability > 0
    network.load_state_dict(load_file(arguments.folder / STATES / BEST))
    network.eval()
    of = {part: _logits(network, task.pixels, task.rows(part), mirrored=mirrored) for part in PARTS[1:]}
    temperature = best_temperature(of["validation"], task.codes_N[task.rows("validation")])
    evaluations = read_evaluations(arguments.folder / STATES)
    report = ClassifierReport(
        steps=arguments.recipe.num_steps,
        best_step=max(evaluations, key=_rank(arguments.recipe)).step,
        stopped_at=evaluations[-1].step,
        resumed_at=trained.resumed_at,
        seconds=trained.seconds,
        temperature=temperature,
        counts={part: len(task.rows(part)) for part in PARTS},
        note=note,
    )
    folder = staging(arguments.folder)
    _write(folder, network, arguments, task, temperature=temperature)
    rows = np.concatenate([task.rows(part) for part in of])
    write_predictions(
        folder / PREDICTIONS,
        photo_ids=[task.pixels.ids[row] for row in rows],
        parts=task.parts_N[rows].tolist(),
        groups_N=task.groups_N[rows],
        codes_N=task.codes_N[rows],
        logits_NK=np.concatenate(list(of.values())),
    )
    write_atomically(folder / FILE, (arguments.folder / STATES / FILE).read_bytes())
    mark = {"recipe": asdict(arguments.recipe), "fingerprint": fingerprint, "report": asdict(report)}
    write_atomically(folder / MARK, json.dumps(mark, indent=2).encode())
    publish(arguments.folder)
    return report


def _write(
    folder: Path, network: Classifier, arguments: ClassifierArguments, task: Task, *, temperature: float
) -> None:
    tensors = {name: _array(tensor) for name, tensor in network.state_dict().items()}
    digest = hashlib.sha256()
    for name, array in sorted(tensors.items()):
        digest.update(name.encode() + array.tobytes())
    config = {
        "attribute": task.attribute,
        "split": task.split,
        "classes": list(task.classes),
        "config": network.config.model_dump(mode="json"),
        "side": task.pixels.side,
        "temperature": temperature,
        "mirrored": arguments.recipe.flip_probability > 0,
        "key": digest.hexdigest()[:16],
    }
    checkpoint.save(folder, Checkpoint(config=config, tensors=tensors))


def _array(tensor: Tensor) -> NDArray[np.generic]:
    found: NDArray[np.generic] = tensor.detach().cpu().contiguous().numpy()
    return found


def _fingerprint(arguments: ClassifierArguments, task: Task) -> str:
    """Of everything that the weights depend on."""
    digest = hashlib.sha256()
    said = {
        "recipe": {
            **as_begun(asdict(arguments.recipe), RECIPE),
            "config": as_begun(
                arguments.recipe.checked_config(num_classes=len(task.classes)).model_dump(mode="json"), CONFIG
            ),
        },
        "precision": resolved(arguments.recipe.precision),
        "weights": chosen_weights(arguments.weights) or arguments.weights,
        "from": arguments.init_from.key if arguments.init_from else None,
        "attribute": task.attribute,
        "classes": list(task.classes),
        "ids": task.pixels.ids,
        "pictures": task.pixels.path.name if task.pixels.path else "",
        "version": __version__,
    }
    digest.update(json.dumps(said, sort_keys=True).encode())
    digest.update(task.codes_N.tobytes() + "\n".join(task.parts_N.tolist()).encode())
    digest.update(f"{arguments.evaluate_every or ''}".encode())
    return digest.hexdigest()


def _trained_before(folder: Path, fingerprint: str) -> ClassifierReport | None:
    try:
        mark = json.loads((folder / MARK).read_bytes())
    except FileNotFoundError:
        return None
    if mark.get("fingerprint") != fingerprint:
        return None
    return ClassifierReport(**{**mark["report"], "note": "this very classifier was trained before; nothing was done"})
