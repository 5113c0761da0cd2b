"""A training run from start to end: prepare photos, split, train with checkpoints, keep the result.

    models/NAME/             config.json weights.safetensors trained.json, what finish.py adds: the finished model
    models/NAME/training/    state of the run that is going on, removed when it ends
    models/NAME/...          what the hooks write: metrics.jsonl, film

A run that was killed goes on from its last state and ends with the weights of an undisturbed one. While a model is
trained again under its name, the old one stays usable. The lock of the run is the caller's business.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import torch

from lookscape.errors import CancelledError
from lookscape.files import write_atomically
from lookscape.renamed import RECIPE, as_begun
from lookscape.representation import checkpoint
from lookscape.representation.checkpoint import Checkpoint
from lookscape.representation.latents.codec import Codec, to_unit
from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.specs import TRAINED_MARK
from lookscape.representation.splits.split import Split, find_groups, largest_group, split_by_group
from lookscape.representation.trainable import Trainable
from lookscape.representation.training.arguments import TrainingArguments
from lookscape.representation.training.devices import check_devices, open_fabric, resolved
from lookscape.representation.training.finish import finish
from lookscape.representation.training.hooks import open_hooks
from lookscape.representation.training.loop import Hook, set_up, train
from lookscape.representation.training.measured import Measure, nothing, write_measured
from lookscape.representation.training.publish import STATES, publish, settle, staging
from lookscape.representation.training.ranks import Share, followers
from lookscape.representation.training.state import Saver, State, check_finite, last_state, remove_states
from lookscape.representation.training.warm_start import warm_start
from lookscape.version import __version__

Progress = Callable[[int, int, str], None]

SAMPLE = 4096
"""Photos that a model may look at before its first step."""

ANEW = "training starts over: the recipe, the photos or their split changed since the run that was stopped"
THERE = "this very model was trained before; nothing was done"


@dataclass(frozen=True, kw_only=True)
class TrainReport:
    """What a run did; `resumed_at` is the step that it went on from, the figures are of the test photos.

    `seconds` is the time of training alone, also of processes that were killed as far as their states tell.
    """

    steps: int
    num_train: int
    num_validation: int
    num_test: int
    largest_group: int
    resumed_at: int
    warm_tensors: int
    seconds: float
    photos_per_second: float | None
    psnr_db: float | None
    kl_nats: float | None
    active_units: float | None
    alarms: Sequence[str]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class _Job:
    arguments: TrainingArguments
    pixels: Pixels
    split: Split
    groups: Sequence[str]
    fingerprint: str
    measured: Path | None

    @property
    def states(self) -> Path:
        return self.arguments.folder / STATES


@dataclass(frozen=True, kw_only=True)
class _Trained:
    model: Trainable
    seconds: float
    warm_tensors: int


def run_training(
    arguments: TrainingArguments,
    photos: PhotoSet,
    *,
    products_of: Mapping[str, Sequence[str]],
    progress: Progress,
    measure: Measure = nothing,
) -> TrainReport:
    """Train, or go on training, and keep the result; nothing is done when this very model is there already.

    `measure` is asked for the attributes that the model wants, if it wants any.
    Raises UsageError for a recipe that cannot be trained here, CancelledError when `progress` does: the state is kept.
    LookscapeError when training blew up: the earlier model and the last state that was sound are kept.
    """
    arguments.recipe.checked_config()
    check_devices(arguments.devices, batch_size=arguments.recipe.batch_size)
    settle(arguments.folder)
    job = _prepare(arguments, photos, products_of=products_of, progress=progress, measure=measure)
    before = None if arguments.again else _trained_before(job)
    if before is not None:
        return before
    state, note = last_state(job.states), ""
    if state is not None and state.fingerprint != job.fingerprint:
        state, note = None, ANEW
        progress(0, arguments.recipe.num_steps, note)
    if state is None:
        remove_states(job.states)
    trained = _train(job, state=state, progress=progress)
    return _keep(job, trained, resumed_at=state.step if state else 0, note=note, progress=progress)


def _prepare(
    arguments: TrainingArguments,
    photos: PhotoSet,
    *,
    products_of: Mapping[str, Sequence[str]],
    progress: Progress,
    measure: Measure,
) -> _Job:
    pixels = prepare(photos, side=arguments.recipe.side, folder=arguments.cache, progress=progress)
    groups = find_groups(pixels, products_of=products_of, progress=progress)
    split = split_by_group(groups)
    wants = arguments.recipe.new_model().wants
    measured = write_measured(pixels, wants, rows=split.train, measure=measure, folder=arguments.cache)
    return _Job(
        arguments=arguments,
        pixels=pixels,
        split=split,
        groups=groups,
        fingerprint=_fingerprint(arguments, pixels, split, measured=measured),
        measured=measured,
    )


def _fingerprint(arguments: TrainingArguments, pixels: Pixels, split: Split, *, measured: Path | None) -> str:
    """Of everything that the weights depend on."""
    recipe = arguments.recipe
    said = {
        "recipe": {**as_begun(asdict(recipe), RECIPE), "config": recipe.checked_config().model_dump(mode="json")},
        "precision": resolved(recipe.precision),
        "photos": hashlib.sha256(json.dumps(pixels.ids).encode()).hexdigest(),
        "train": hashlib.sha256(split.train.tobytes()).hexdigest(),
        "from": arguments.init_from.key if arguments.init_from else None,
        "devices": arguments.devices,
        "measured": measured.name if measured else None,
        "version": __version__,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _trained_before(job: _Job) -> TrainReport | None:
    try:
        mark = json.loads((job.arguments.folder / TRAINED_MARK).read_bytes())
    except FileNotFoundError:
        return None
    if mark.get("fingerprint") != job.fingerprint:
        return None
    return replace(TrainReport(**mark["report"]), note=THERE)


def _train(job: _Job, *, state: State | None, progress: Progress) -> _Trained:
    arguments, recipe = job.arguments, job.arguments.recipe
    model, warm_tensors = _new_model(job, started=state is not None)
    states = job.states if state else None
    share = Share(recipe=recipe, pixels=job.pixels, rows=job.split.train, states=states, measured=job.measured)
    with (
        followers(share, count=arguments.devices) as place,
        open_fabric(recipe.precision, place, players=len(model.players)) as fabric,
    ):
        run = set_up(model, recipe, fabric=fabric)
        if state is not None:
            state.restore(run)
        saver = Saver(job.states, run, fingerprint=job.fingerprint, since=state.seconds if state else 0.0)
        hooks: list[Hook] = [*open_hooks(arguments, run, job.pixels, job.split), saver]
        hooks.append(lambda done, _: progress(done, recipe.num_steps, "training"))
        try:
            train(run, recipe, share.batches(place), start=state.step if state else 0, hooks=hooks)
        except CancelledError:
            saver.save()
            raise
        saver.save(recipe.num_steps)
    kept = run.model if run.average is None else cast(Trainable, run.average.module)
    return _Trained(model=kept, seconds=saver.seconds, warm_tensors=warm_tensors)


def _new_model(job: _Job, *, started: bool) -> tuple[Trainable, int]:
    """The model before its first step, and how many tensors it took from another one."""
    recipe, rows = job.arguments.recipe, job.split.train
    torch.manual_seed(recipe.seed)
    model = recipe.new_model()
    if not started:
        chosen = np.sort(np.random.default_rng(recipe.seed).permutation(rows)[:SAMPLE])
        model.start_from(to_unit(job.pixels.array_NHWC[chosen]))
    return model, warm_start(model, job.arguments.init_from) if job.arguments.init_from else 0


def _keep(job: _Job, trained: _Trained, *, resumed_at: int, note: str, progress: Progress) -> TrainReport:
    """Write the model, judge it, put it in its place and forget the run's state."""
    arguments, recipe, split = job.arguments, job.arguments.recipe, job.split
    check_finite(trained.model.state_dict().values(), step=recipe.num_steps)
    folder = staging(arguments.folder)
    write_model(arguments, trained.model, folder=folder)
    codec = Codec.open(folder, name=arguments.name)
    found = finish(codec, pixels=job.pixels, split=split, groups=job.groups, folder=folder, progress=progress)
    by_steps = recipe.num_steps and trained.seconds
    report = TrainReport(
        steps=recipe.num_steps,
        num_train=len(split.train),
        num_validation=len(split.validation),
        num_test=len(split.test),
        largest_group=largest_group(job.groups),
        resumed_at=resumed_at,
        warm_tensors=trained.warm_tensors,
        seconds=trained.seconds,
        photos_per_second=recipe.num_steps * recipe.batch_size / trained.seconds if by_steps else None,
        psnr_db=found.psnr_db,
        kl_nats=found.kl_nats,
        active_units=found.active_units,
        alarms=found.words,
        note=note,
    )
    mark = {"recipe": asdict(recipe), "fingerprint": job.fingerprint, "report": asdict(report)}
    write_atomically(folder / TRAINED_MARK, json.dumps(mark, indent=2).encode())
    publish(arguments.folder)
    return report


def write_model(arguments: TrainingArguments, model: Trainable, *, folder: Path) -> None:
    """config.json and weights.safetensors, as Codec opens them."""
    tensors = {name: tensor.detach().float().cpu().contiguous().numpy() for name, tensor in model.state_dict().items()}
    digest = hashlib.sha256()
    for name, array in sorted(tensors.items()):
        digest.update(name.encode() + array.tobytes())
    config = {
        "model": arguments.recipe.model,
        "config": arguments.recipe.checked_config().model_dump(mode="json"),
        "recipe": arguments.recipe_name,
        "key": digest.hexdigest()[:16],
    }
    checkpoint.save(folder, Checkpoint(config=config, tensors=tensors))
