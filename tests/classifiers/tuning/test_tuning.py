"""Tuning: trials by number and seed, kills that cost nothing, no test photo seen, and words that sell no luck."""

import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from optuna.trial import TrialState
from scipy.stats import ttest_ind

from lookscape.classifiers.evaluations import read_evaluations
from lookscape.classifiers.tuning import comparison
from lookscape.classifiers.tuning import study as studies
from lookscape.classifiers.tuning.comparison import Gain, gain_of, in_words
from lookscape.classifiers.tuning.search import (
    MOST_STARTS,
    STARTS,
    Budget,
    Repeats,
    Tuning,
    best_of,
    read_repeats,
    tuned,
)
from lookscape.classifiers.tuning.search_space import BATCHES, settings_of, varied
from lookscape.classifiers.tuning.study import DEFAULTS, State, TrialRecord, read_trials
from lookscape.classifiers.tuning.trial import (
    FILE,
    Job,
    TrialOutcome,
    folder_of,
    read_outcome,
    run_trial,
    without_test_photos,
)
from lookscape.errors import CancelledError, NotFoundError, UnknownNameError, UsageError
from lookscape.representation.spaces.pixels import Pixels
from studies import ABOUT, RECIPE, bench, spoiled, task, tuning

HELPERS = Path(__file__).parents[2] / "helpers"
TRIALS = 12


def silent(done: int, total: int, stage: str) -> None:
    """Nobody looks on."""


def place(folder: Path) -> Path:
    return folder / "studies" / "colour"


def told(trials: Sequence[TrialRecord]) -> list[tuple[object, ...]]:
    """What two equal studies have in common: all but the seconds."""
    return [(one.number, one.state, dict(one.settings), one.values) for one in trials]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Sums differ with the number of threads, and studies in two processes are compared digit by digit."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    tuning(folder, trials=TRIALS, repeats=2).run(silent)
    return folder


def test_the_first_trial_has_the_defaults_and_all_see_as_many_photos(whole: Path) -> None:
    trials = read_trials(place(whole))
    assert [one.number for one in trials] == list(range(TRIALS))
    assert trials[DEFAULTS].settings == settings_of(RECIPE)
    assert varied(RECIPE, settings_of(RECIPE)) == replace(RECIPE, config=varied(RECIPE, settings_of(RECIPE)).config)
    assert settings_of(varied(RECIPE, trials[1].settings)) == trials[1].settings
    for one in trials:
        recipe = varied(RECIPE, one.settings)
        assert recipe.batch_size * recipe.num_steps == pytest.approx(
            RECIPE.batch_size * RECIPE.num_steps, abs=max(BATCHES)
        )
    assert len({one.settings["learning_rate"] for one in trials}) == TRIALS


def test_trials_that_do_worse_end_early(whole: Path) -> None:
    trials = read_trials(place(whole))
    pruned = [one for one in trials if one.state is State.PRUNED]
    finished = [one for one in trials if one.state is State.FINISHED]
    assert len(pruned) >= 2
    assert len(pruned) + len(finished) == TRIALS
    for one in finished:
        steps = varied(RECIPE, one.settings).num_steps
        assert len(one.values) == math.ceil(steps / math.ceil(steps / ABOUT.evaluations))
    told_at = {trial.number: trial.intermediate_values for trial in studies.load(place(whole)).trials}
    for one in pruned:
        last = max(told_at[one.number])
        assert last < ABOUT.evaluations
        before = [told_at[other.number][last] for other in finished if other.number < one.number]
        assert max(one.values) < np.median(before)
    for one in trials:
        evaluations = read_evaluations(folder_of(place(whole), f"trial-{one.number}"))
        assert [evaluation.macro_f1 for evaluation in evaluations] == list(one.values)
        assert one.macro_f1 == max(one.values)
    assert not list(place(whole).glob("runs/*/training"))


def test_a_study_goes_on_with_the_trials_it_would_have_had(whole: Path, tmp_path: Path) -> None:
    tuning(tmp_path, trials=3).run(silent)
    assert len(read_trials(place(tmp_path))) == 3
    tuning(tmp_path, trials=6).run(silent)
    assert told(read_trials(place(tmp_path))) == told(read_trials(place(whole)))[:6]
    before = (place(tmp_path) / "runs").stat().st_mtime_ns
    tuning(tmp_path, trials=6).run(silent)
    assert len(read_trials(place(tmp_path))) == 6
    assert (place(tmp_path) / "runs").stat().st_mtime_ns == before


@pytest.mark.parametrize("step", [2, 9])
def test_a_killed_trial_goes_on_under_its_number_and_none_is_lost(whole: Path, tmp_path: Path, step: int) -> None:
    command = [sys.executable, str(HELPERS / "tune_forever.py"), str(tmp_path), "2", str(step)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.kill()
    journal = place(tmp_path) / studies.JOURNAL
    with journal.open("ab") as file:
        file.write(b'{"op_code": 5, "worker')
    (journal.parent / f"{studies.JOURNAL}.lock").touch()
    killed = read_trials(place(tmp_path))
    assert [one.state for one in killed] == [State.FINISHED, State.FINISHED, State.RUNNING]
    assert list(folder_of(place(tmp_path), "trial-2").glob("training/state-*"))
    steps: list[str] = []
    tuning(tmp_path, trials=4).run(lambda done, total, stage: steps.append(stage))
    assert told(read_trials(place(tmp_path))) == told(read_trials(place(whole)))[:4]
    undisturbed = sum(varied(RECIPE, one.settings).num_steps for one in read_trials(place(tmp_path))[2:])
    assert len(steps) < undisturbed


def test_a_person_may_stop_it(tmp_path: Path) -> None:
    def stop(done: int, total: int, stage: str) -> None:
        if done == 1:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        tuning(tmp_path, trials=3).run(stop)
    assert [one.state for one in read_trials(place(tmp_path))] == [State.FINISHED, State.RUNNING]
    tuning(tmp_path, trials=2).run(silent)
    assert [one.state for one in read_trials(place(tmp_path))] == [State.FINISHED] * 2


def test_no_test_photo_is_seen(whole: Path, tmp_path: Path) -> None:
    seen = without_test_photos(task())
    assert len(seen.rows("test")) == 0
    assert (seen.codes_N[task().rows("test")] == -1).all()
    for part in ("train", "validation"):
        assert (seen.rows(part) == task().rows(part)).all()
    tuning(tmp_path, trials=3, given=spoiled(task())).run(silent)
    assert told(read_trials(place(tmp_path))) == told(read_trials(place(whole)))[:3]


def test_the_best_and_the_defaults_are_repeated_with_new_seeds(whole: Path) -> None:
    trials = read_trials(place(whole))
    best = best_of(trials)
    assert best is not None
    assert best.number != DEFAULTS
    repeats = read_repeats(place(whole), best)
    figures = [one.macro_f1 for side in (repeats.best, repeats.defaults) for one in side]
    assert len(figures) == len(set(figures)) == 4
    assert not set(figures) & {one.macro_f1 for one in trials}
    assert {len(one.guesses) for one in (*repeats.best, *repeats.defaults)} == {len(task().rows("validation"))}
    gain = gain_of(repeats, task())
    assert gain is not None
    assert gain.low < gain.value < gain.high
    comparison.keep_gain(place(whole), gain)
    assert comparison.read_gain(place(whole), trials) == gain
    assert comparison.read_gain(place(whole), trials[:1]) is None


def test_time_is_a_budget_too(tmp_path: Path) -> None:
    tuning(tmp_path, trials=9, seconds=0.01).run(silent)
    assert [one.state for one in read_trials(place(tmp_path))] == [State.FINISHED]
    again = tuning(tmp_path, trials=9, seconds=0.01)
    assert again.spent_s > 0.01
    again.run(silent)
    assert len(read_trials(place(tmp_path))) == 1


def test_what_blows_up_is_told_and_kept_away_from(tmp_path: Path) -> None:
    begun = tuning(tmp_path, trials=1)
    wild = varied(RECIPE, {**settings_of(RECIPE), "optimizer": "sgd", "learning_rate": 1e30})
    outcome = run_trial(Job(run="wild", recipe=wild), bench(tmp_path), progress=silent)
    assert outcome.state is State.DIVERGED
    assert read_outcome(place(tmp_path), "wild") == outcome
    begun.run(silent)
    assert [one.state for one in read_trials(place(tmp_path))] == [State.FINISHED]


def test_a_trial_that_takes_its_process_with_it_is_given_up(tmp_path: Path) -> None:
    tuning(tmp_path, trials=1).run(silent)
    trial = studies.load(place(tmp_path)).ask()
    trial.set_user_attr(STARTS, MOST_STARTS)
    tuning(tmp_path, trials=3).run(silent)
    trials = read_trials(place(tmp_path))
    assert [one.state for one in trials] == [State.FINISHED, State.LOST, State.FINISHED]
    assert "3 times" in trials[1].why


def test_a_study_is_about_one_thing(tmp_path: Path) -> None:
    tuning(tmp_path, trials=1)
    budget = Budget(trials=1, seconds=1)
    with pytest.raises(UsageError, match=r"started with epochs 6\.0, not 7\.0"):
        Tuning(ABOUT.model_copy(update={"epochs": 7.0}), RECIPE, bench(tmp_path), budget=budget)
    with pytest.raises(UsageError, match="other photos"):
        Tuning(ABOUT.model_copy(update={"data": "circles"}), RECIPE, bench(tmp_path), budget=budget)
    (place(tmp_path) / studies.ABOUT).write_text("{}")
    with pytest.raises(NotFoundError, match="damaged"):
        tuning(tmp_path, trials=1)
    for name in ("", "../up", "Big", "a" * 81):
        with pytest.raises(UsageError, match="not a name"):
            studies.study_folder(tmp_path, name)


def test_the_best_settings_are_handed_on(whole: Path, tmp_path: Path) -> None:
    best = best_of(read_trials(place(whole)))
    assert best is not None
    assert settings_of(tuned(whole, "colour", RECIPE)) == best.settings
    with pytest.raises(UnknownNameError, match="colour"):
        tuned(whole, "color", RECIPE)
    tuning(tmp_path, trials=1)
    with pytest.raises(UsageError, match="no finished trial"):
        tuned(tmp_path, "colour", RECIPE)
    assert [one.state for one in read_trials(place(tmp_path))] == [State.WAITING]
    assert read_trials(tmp_path) == []


def outcome(macro_f1: float | None, guesses: Sequence[int] = ()) -> TrialOutcome:
    return TrialOutcome(state=State.FINISHED, macro_f1=macro_f1, seconds=1.0, guesses=list(guesses))


def test_the_interval_by_seeds_is_that_of_a_t_test() -> None:
    best, defaults = [0.61, 0.64, 0.62], [0.55, 0.60, 0.52]
    repeats = Repeats(trial=4, best=[*map(outcome, best)], defaults=[*map(outcome, defaults)])
    gain, oracle = gain_of(repeats, task()), ttest_ind(best, defaults).confidence_interval()
    assert gain is not None
    assert (gain.low, gain.high) == pytest.approx((oracle.low, oracle.high))
    assert not gain.is_shown
    one = gain_of(Repeats(trial=4, best=[outcome(0.6)], defaults=[outcome(None)]), task())
    assert one == Gain(trial=4, best=0.6, defaults=0.0, repeats=1)
    assert not one.is_shown
    assert gain_of(Repeats(trial=4, best=[], defaults=[]), task()) is None


def test_the_interval_by_photos_redraws_whole_groups() -> None:
    given = task()
    rows = given.rows("validation")
    eights = np.arange(len(rows)) // 8
    right, wrong = given.codes_N[rows], np.where(eights == 0, (given.codes_N[rows] + 1) % 3, given.codes_N[rows])
    repeats = Repeats(trial=4, best=[outcome(1.0, right)] * 2, defaults=[outcome(0.75, wrong)] * 2)
    groups_N = given.groups_N.copy()
    groups_N[rows] = eights
    alone, together = gain_of(repeats, given), gain_of(repeats, replace(given, groups_N=groups_N))
    assert alone is not None
    assert together is not None
    assert alone.is_shown
    assert 0 < alone.high - alone.low < together.high - together.low


@pytest.mark.parametrize(
    ("best", "gain", "words"),
    [
        (0, None, "none of 3 trials beats the defaults, with macro F1 0.700 on validation photos"),
        (
            2,
            None,
            "the defaults 0.500. Whether this is more than the luck of the best of many is not shown: there was no",
        ),
        (
            2,
            Gain(trial=2, best=0.6, defaults=0.5, repeats=1),
            "Trained again with a new seed: 0.600 against 0.500; one",
        ),
        (
            2,
            Gain(trial=2, best=0.6, defaults=0.5, repeats=2, low=0.02, high=0.18),
            "(+10.0 points, +2.0 to +18.0): beyond chance",
        ),
        (
            2,
            Gain(trial=2, best=0.6, defaults=0.5, repeats=3, low=-0.01, high=0.21),
            "3 new seeds: 0.600 against 0.500 (+10.0 points, -1.0 to +21.0): not shown to be beyond chance",
        ),
    ],
)
def test_words_sell_no_luck(best: int, gain: Gain | None, words: str) -> None:
    figures = [0.5, 0.4, 0.6]
    figures[best] = 0.7
    trials = [
        TrialRecord(number=number, state=State.FINISHED, settings={}, macro_f1=one, values=(one,), seconds=1.0)
        for number, one in enumerate(figures)
    ]
    assert words in in_words(trials, gain)
    assert in_words([], None) == "none of 0 trials is finished yet"


def test_on_ray_the_settings_and_the_journal_are_the_same(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    from lookscape.classifiers.tuning.on_ray import OnRay

    given, photos = task(), tmp_path / "photos.npy"
    np.save(photos, given.pixels.array_NHWC)
    photos.with_suffix(".json").write_text(str(list(given.pixels.ids)).replace("'", '"'))
    own = bench(tmp_path, replace(given, pixels=Pixels.open(photos)))
    with OnRay(own, slots=1) as runner:
        Tuning(ABOUT, RECIPE, own, budget=Budget(trials=3, seconds=600, repeats=0), runner=runner).run(silent)
    trials, here = read_trials(place(tmp_path)), read_trials(place(whole))[:3]
    assert [(one.number, one.settings) for one in trials] == [(one.number, one.settings) for one in here]
    assert [len(one.values) for one in trials] == [len(one.values) for one in here]
    for one in trials:
        evaluations = read_evaluations(folder_of(place(tmp_path), f"trial-{one.number}"))
        assert [evaluation.macro_f1 for evaluation in evaluations] == list(one.values)
    assert (folder_of(place(tmp_path), "trial-1") / FILE).is_file()
    assert {one.state for one in studies.load(place(tmp_path)).trials} == {TrialState.COMPLETE}
