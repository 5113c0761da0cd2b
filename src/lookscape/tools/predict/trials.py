"""Show the trials of a study: settings, how well each told validation photos, and the best.

`--out FILE` draws its plots, too, as one HTML file that needs no network.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.services.inputs import OutFile
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which study."""

    study: str = Field(
        default="",
        max_length=80,
        description="the study; the only one there is without it",
        json_schema_extra={"positional": True},
    )
    best_first: bool = Field(default=False, description="the best trial first, not the first")
    out: OutFile = Field(default="", description="an HTML file to write, with plots; none without it")


class Trial(_tool.Result):
    """One trial. Settings that it does not have are None."""

    number: int = Field(description="0 has the settings one gets without tuning")
    state: str = Field(description="waiting, running, finished, pruned, diverged or lost")
    macro_f1: float | None = Field(description="best look at the validation photos, 0 to 1")
    seconds: float = Field(description="seconds of training")
    layers: int | None = Field(default=None, description="layers between backbone and values")
    units_1: int | None = Field(default=None, description="units of the first of them")
    units_2: int | None = None
    dropout: float | None = None
    optimizer: str | None = None
    rate: float | None = Field(default=None, description="highest learning rate of pretrained layers")
    batch: int | None = Field(default=None, description="photos a step")
    frozen: float | None = Field(default=None, description="share of the pretrained layers that stayed as it was")
    head_rate: float | None = Field(default=None, description="learning rate of new layers, times that of pretrained")
    smoothing: float | None = Field(default=None, description="share of each label spread over all values")
    why: str = Field(default="", description="why it is lost", json_schema_extra=_tool.MACHINES_ONLY)
    looks: list[float] = Field(
        default=[], description="macro F1 of its looks at the validation photos", json_schema_extra=_tool.MACHINES_ONLY
    )


class Result(_tool.Result):
    """A study as it stands, also while it goes on."""

    words: str = Field(description="the outcome so far")
    study: str
    attribute: str
    split: str
    epochs: float = Field(description="times that every trial learns from every photo")
    best: int | None = Field(description="the best trial's number, None before any is finished")
    settings: str = Field(description="the best trial's settings in words")
    gain: float | None = Field(description="macro F1 of the best above the defaults, trained again with other seeds")
    gain_low: float | None = Field(description="lower end of its 95 % interval")
    gain_high: float | None
    trials: list[Trial]
    file: str = Field(description="the page that was written; empty without one")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read the journal. Raises UnknownNameError for a study there is not."""
    from lookscape.classifiers.tuning import comparison
    from lookscape.classifiers.tuning import study as studies
    from lookscape.classifiers.tuning.search import best_of
    from lookscape.classifiers.tuning.search_space import in_words

    name = _named(params.study, studies.study_names(engine.folder))
    about = studies.read_about(engine.folder, name)
    place = studies.study_folder(engine.folder, name)
    found = studies.read_trials(place)
    best, gain = best_of(found), comparison.read_gain(place, found)
    shown = [
        Trial.model_validate(
            {
                **one.settings,
                "number": one.number,
                "state": one.state.value,
                "macro_f1": one.macro_f1,
                "seconds": one.seconds,
                "why": one.why,
                "looks": one.values,
            }
        )
        for one in found
    ]
    if params.best_first:
        shown.sort(key=lambda one: (one.state != studies.State.FINISHED, -(one.macro_f1 or 0.0), one.number))
    result = Result(
        words=comparison.in_words(found, gain),
        study=name,
        attribute=about.attribute,
        split=about.split,
        epochs=about.epochs,
        best=None if best is None else best.number,
        settings="" if best is None else in_words(best.settings),
        gain=None if gain is None else gain.value,
        gain_low=None if gain is None else gain.low,
        gain_high=None if gain is None else gain.high,
        trials=shown,
        file="",
    )
    return _with_page(engine, result, params.out) if params.out else result


def _named(name: str, known: list[str]) -> str:
    if not name and len(known) == 1:
        return known[0]
    if name not in known:
        raise UnknownNameError("study", name, known)
    return name


def _with_page(engine: Engine, result: Result, out: str) -> Result:
    from lookscape.reports import document, kept
    from lookscape.reports.study import page

    path = kept.page_path(engine.folder, out)
    written = result.model_copy(update={"file": str(path)})
    kept.write_page(path, document.document(name=result.study, body=page.body(engine, written)))
    return written
