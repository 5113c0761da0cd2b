"""A study on disk: what was tuned, every trial and how it went. Optuna (Akiba et al., KDD 2019) keeps the journal.

    studies/NAME/study.json         what is tuned, written once
    studies/NAME/journal.log        Optuna's journal: a line for each thing that happened, flushed to disk
    studies/NAME/runs/RUN/          evaluations.jsonl of a training, ending.json once it is over, its state until then

A journal whose last line was torn by a kill is cut back to its last whole line: what that line would have said happens
again. Whoever opens a study for work holds its lock, so a trial that seems to run is one that was killed.
"""

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from lookscape.classifiers.tuning.search_space import Settings
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.files import write_atomically
from lookscape.renamed import SETTINGS, today

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

FOLDER = "studies"
ABOUT, JOURNAL, RUNS = "study.json", "journal.log", "runs"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
OPTUNAS = "study"
"""What Optuna calls the only study of a journal."""

ENDING, SPENT, WHY = "ending", "spent_s", "why"
"""Names of what is noted of a trial, of the study, and of a trial again."""

DEFAULTS = 0
"""The number of the trial that has the settings one gets without tuning."""


class State(StrEnum):
    """How a trial stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    PRUNED = "pruned"
    """Ended early: it was doing worse than half of the others at the same place."""
    DIVERGED = "diverged"
    """Its numbers blew up."""
    LOST = "lost"
    """It took the process with it every time it was started."""


class About(BaseModel):
    """What is tuned. A study goes on only with the same; `data` marks the photos, their values, parts and the defaults.

    `side` is the input while training in pixels, 0 for the network's usual one; `epochs` and `evaluations` are of one
    trial.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribute: str
    split: str
    backbone: str = "timm/tf_efficientnet_lite0"
    weights: str = "default"
    init_from: str = ""
    side: int = 0
    balance: str = "weights"
    epochs: float = 4.0
    evaluations: int = 4
    seed: int = 0
    data: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, values: Any) -> Any:
        return today(values, {"looks": "evaluations"})


@dataclass(frozen=True, kw_only=True)
class TrialRecord:
    """One trial: `values` are the macro F1 of its evaluations, `macro_f1` the best of them, None before the first."""

    number: int
    state: State
    settings: Settings
    macro_f1: float | None
    values: tuple[float, ...]
    seconds: float
    why: str = ""


def study_folder(folder: Path, name: str) -> Path:
    """Where a catalogue keeps a study. Raises UsageError for a name that is no folder's."""
    if not NAME.fullmatch(name):
        raise UsageError(f"study {name!r:.90} is not a name: 1 to 80 small letters, digits and dashes")
    return folder / FOLDER / name


def study_names(folder: Path) -> list[str]:
    """The studies of a catalogue."""
    return sorted(path.parent.name for path in (folder / FOLDER).glob(f"[!.]*/{ABOUT}"))


def read_about(folder: Path, name: str) -> About:
    """What a study is about. Raises UnknownNameError with the names there are, NotFoundError for a damaged one."""
    if name not in study_names(folder):
        raise UnknownNameError("study", name, study_names(folder))
    try:
        return About.model_validate_json((folder / FOLDER / name / ABOUT).read_bytes())
    except ValidationError as error:
        raise NotFoundError(f"{FOLDER}/{name}/{ABOUT} is damaged; move the folder away to start over") from error


def read_trials(place: Path) -> list[TrialRecord]:
    """The trials of a study in this folder, which another process may be working on; none before the first."""
    if not _lines(place / JOURNAL):
        return []
    with contextlib.suppress(KeyError):
        return [trial_record(trial) for trial in load(place).get_trials(deepcopy=False)]
    return []


def best_of(trials: Sequence[TrialRecord]) -> TrialRecord | None:
    """The finished trial with the highest macro F1, of equal ones the first; None before any is finished."""
    finished = [one for one in trials if one.state is State.FINISHED and one.macro_f1 is not None]
    return max(finished, key=lambda one: one.macro_f1 or 0.0, default=None)


def begin(place: Path, about: About) -> "optuna.Study":
    """Open a study for work, making it if need be; the caller holds its lock.

    Raises UsageError when what is there is about something else.
    """
    import optuna

    place.mkdir(parents=True, exist_ok=True)
    if (place / ABOUT).is_file():
        _check_same(read_about(place.parent.parent, place.name), about, name=place.name)
    else:
        write_atomically(place / ABOUT, about.model_dump_json(indent=1).encode())
    _mend(place / JOURNAL)
    _rename(place / JOURNAL)
    _quiet()
    return optuna.create_study(
        storage=_storage(place), study_name=OPTUNAS, direction="maximize", load_if_exists=True, pruner=_pruner()
    )


def load(place: Path) -> "optuna.Study":
    """Open a study that was begun. Raises KeyError before its journal has its first line."""
    import optuna

    _quiet()
    _rename(place / JOURNAL)
    return optuna.load_study(storage=_storage(place), study_name=OPTUNAS, pruner=_pruner())


def sampler(seed: int, number: int) -> "optuna.samplers.BaseSampler":
    """What draws the settings of a trial: by a seed of the trial's own, so that a kill changes no draw."""
    import numpy as np
    import optuna

    return optuna.samplers.TPESampler(seed=int(np.random.SeedSequence([seed, number]).generate_state(1)[0]))


def trial_record(trial: "FrozenTrial") -> TrialRecord:
    """A trial as the journal has it."""
    values = tuple(value for _, value in sorted(trial.intermediate_values.items()))
    outcome = trial.user_attrs.get(ENDING)
    return TrialRecord(
        number=trial.number,
        state=State(outcome["state"]) if outcome and trial.state.is_finished() else _state(trial),
        settings=dict(trial.params),
        macro_f1=max(values, default=None),
        values=values,
        seconds=float(outcome["seconds"]) if outcome else 0.0,
        why=str(trial.user_attrs.get(WHY, "")),
    )


def _state(trial: "FrozenTrial") -> State:
    """Of a trial without an ending."""
    if trial.state.is_finished():
        return State.LOST
    return State.WAITING if trial.state.name == "WAITING" else State.RUNNING


def _check_same(was: About, now: About, *, name: str) -> None:
    for field in About.model_fields:
        before, asked = getattr(was, field), getattr(now, field)
        if before == asked:
            continue
        if field == "data":
            raise UsageError(
                f"study {name!r} was started with other photos, values, parts or defaults; start another one with "
                "--study NAME"
            )
        raise UsageError(
            f"study {name!r} was started with {field} {before!r}, not {asked!r}; ask for the same, or start another "
            "one with --study NAME"
        )


def _storage(place: Path) -> "optuna.storages.BaseStorage":
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    path = str(place / JOURNAL)
    return JournalStorage(JournalFileBackend(path, lock_obj=JournalFileOpenLock(path)))


def _pruner() -> "optuna.pruners.BasePruner":
    """Ends a trial whose best checkpoint is worse than the median of the others' evaluations at the same place."""
    import optuna

    return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2)


def _mend(journal: Path) -> None:
    """Cut a torn last line off, and free the lock of a writer that was killed."""
    for left in journal.parent.glob(f"{JOURNAL}.*"):
        left.unlink(missing_ok=True)
    whole = _lines(journal)
    if journal.is_file() and journal.stat().st_size > len(whole):
        write_atomically(journal, whole)


def _rename(journal: Path) -> None:
    """Give a journal of before a renaming the settings' names of today; one that has them is left alone."""
    content = _lines(journal)
    if not any(f'"{name}"'.encode() in content for name in SETTINGS):
        return
    entries = [json.loads(line) for line in content.splitlines()]
    for entry in entries:
        if "param_name" in entry:
            entry["param_name"] = SETTINGS.get(entry["param_name"], entry["param_name"])
        for noted in (entry.get("system_attrs", {}), entry.get("system_attr", {})):
            if "fixed_params" in noted:
                noted["fixed_params"] = today(noted["fixed_params"], SETTINGS)
    write_atomically(journal, "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries).encode())


def _lines(journal: Path) -> bytes:
    """The whole lines of a journal; none without one."""
    content = journal.read_bytes() if journal.is_file() else b""
    return content[: content.rfind(b"\n") + 1]


def _quiet() -> None:
    """Optuna tells of every trial; whoever tunes has progress to look at."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
