"""A study as it stands, also while it goes on."""

from lookscape.engine import Engine
from lookscape.services.tuning.records import StudyReport, Trial


def study_report(engine: Engine, name: str, *, best_first: bool = False) -> StudyReport:
    """A study by its name, read from its journal."""
    from lookscape.classifiers.tuning import comparison
    from lookscape.classifiers.tuning import study as studies
    from lookscape.classifiers.tuning.search_space import in_words

    about = studies.read_about(engine.folder, name)
    place = studies.study_folder(engine.folder, name)
    found = studies.read_trials(place)
    best, gain = studies.best_of(found), comparison.read_gain(place, found)
    shown = [
        Trial.model_validate(
            {
                **one.settings,
                "number": one.number,
                "state": one.state.value,
                "macro_f1": one.macro_f1,
                "seconds": one.seconds,
                "why": one.why,
                "evaluations": one.values,
            }
        )
        for one in found
    ]
    if best_first:
        shown.sort(key=lambda one: (one.state != studies.State.FINISHED, -(one.macro_f1 or 0.0), one.number))
    return StudyReport(
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
