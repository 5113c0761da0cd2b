"""Do 30 trials in one hour tell models50 better than the defaults, and does a kill cost a trial?

    python benchmarks/tuning.py --data MODELS50 [--trials 30] [--minutes 60] [--epochs 3] [--side 96] [--kills 2]

Two cores. The photos are ingested and split by whole groups of products (train, validation, test); with --catalogue
that was done before. The real command `predict tune` is killed with SIGKILL that many times at moments drawn
beforehand, each time while a trial is under way, and started again; afterwards every trial that was there when it was
killed must be there once, under its number, with its settings, and over. Trial 0 has the settings that `predict train`
has, with the same schedule. Whether the best is better than them is said by trainings with other seeds, on validation
photos, with the interval that the tool prints (by seeds and by groups of products). Test photos are not looked at.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import _cli
from lookscape.classifiers.tuning.search_space import Settings
from lookscape.classifiers.tuning.study import State, read_about, read_trials, study_folder

STUDY = "benchmark"
POLL_S = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of models50")
    parser.add_argument("--catalogue", type=Path, help="one with these photos and a split called like the label")
    parser.add_argument("--label", default="model")
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument("--looks", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--side", type=int, default=96, help="input while training, pixels")
    parser.add_argument("--kills", type=int, default=2)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.catalogue or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "catalogue"
        if options.catalogue is None:
            for words in (["ingest", str(options.data)], ["measure", "split", options.label, "--label", options.label]):
                ran = _cli.run(*words, "-C", folder)
                if ran.code:
                    raise SystemExit(ran.stderr)
        seen = _killed(folder, options)
        _print_all(folder, _finished(folder, options), seen)


def _arguments(folder: Path, options: argparse.Namespace) -> list[str]:
    names = ("trials", "minutes", "epochs", "evaluations", "repeats", "side")
    words = ["predict", "tune", options.label, "--study", STUDY, "-C", str(folder), "--json"]
    return words + [word for name in names for word in (f"--{name}", str(getattr(options, name)))]


def _killed(folder: Path, options: argparse.Namespace) -> Mapping[int, Settings]:
    """Start and kill it; the trials that were there at any kill, with their settings."""
    random.seed(0)
    moments = sorted(random.sample(range(1, max(2, options.trials // 2)), min(options.kills, options.trials // 2 - 1)))
    seen: dict[int, Settings] = {}
    for number in moments:
        with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
            process = _cli.start(_arguments(folder, options), stdout=stdout, stderr=stderr)
            if not _wait_for(folder, number, process):
                print(f"the time was over before trial {number}, so that nothing was killed there", flush=True)
                break
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        trials = read_trials(study_folder(folder, STUDY))
        seen |= {one.number: one.settings for one in trials if one.state is not State.WAITING}
        running = [one.number for one in trials if one.state is State.RUNNING]
        print(f"killed while trial {', '.join(map(str, running))} was under way, {len(trials)} asked for", flush=True)
    return seen


def _wait_for(folder: Path, number: int, process: "subprocess.Popen[str]") -> bool:
    """Until the trial is under way and has looked at the validation photos once; False if the process ended first."""
    place = study_folder(folder, STUDY)
    while process.poll() is None:
        trials = read_trials(place)
        if len(trials) > number and (trials[number].values or len(trials) > number + 1):
            return True
        time.sleep(POLL_S)
    return False


def _finished(folder: Path, options: argparse.Namespace) -> Mapping[str, Any]:
    ran = _cli.run(*_arguments(folder, options))
    if ran.code:
        raise SystemExit(ran.stderr)
    found: Mapping[str, Any] = json.loads(ran.stdout)
    return found


def _print_all(folder: Path, found: Mapping[str, Any], seen: Mapping[int, Settings]) -> None:
    trials = read_trials(study_folder(folder, STUDY))
    about = read_about(folder, STUDY)
    _print_kept(seen, [(one.number, one.state, one.settings) for one in trials])
    print(
        f"{found['trials']} trials of {about.epochs:g} epochs at {about.side} px in {found['minutes']} minutes, "
        f"repeats included: {found['pruned']} pruned, {found['diverged']} diverged"
    )
    print(
        f"validation macro F1: defaults {found['defaults']:.3f}, best trial ({found['best']}) {found['macro_f1']:.3f}"
    )
    print(f"best settings: {found['settings']}")
    if found["repeats"]:
        print(
            f"again with {found['repeats']} other seeds: best {found['best_again']:.3f}, defaults "
            f"{found['defaults_again']:.3f}, gain {found['gain']:+.3f} {_interval(found)}"
        )
    print(found["words"])


def _interval(found: Mapping[str, Any]) -> str:
    if found["gain_low"] is None:
        return "(no interval from one repeat)"
    return f"[{found['gain_low']:+.3f} {found['gain_high']:+.3f}]"


def _print_kept(seen: Mapping[int, Settings], after: Sequence[tuple[int, State, Settings]]) -> None:
    """What was there at a kill must be there once, the same, and over."""
    numbers = [number for number, _, _ in after]
    over = {
        number: settings for number, state, settings in after if state in (State.FINISHED, State.PRUNED, State.DIVERGED)
    }
    same = sum(
        all(over.get(number, {}).get(name) == value for name, value in was.items()) for number, was in seen.items()
    )
    print(f"of {len(seen)} trials begun before kills {same} are over, with their settings; lost: {len(seen) - same}")
    twice, whole = len(numbers) - len(set(numbers)), numbers == list(range(len(numbers)))
    print(f"counted twice: {twice}; numbers without a gap: {'yes' if whole else 'no'}")


if __name__ == "__main__":
    main()
