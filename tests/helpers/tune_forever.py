"""Runs a study until a step of a trial, says so and waits to be killed: python tune_forever.py FOLDER TRIAL STEP."""

import sys
import time
from pathlib import Path

import torch

import studies
from lookscape.classifiers.tuning.study import read_trials
from lookscape.representation.training import state

folder, trial, step = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)  # sums differ with the number of threads
state.SAVE_EVERY_S, state.WORTH = 0.0, 0
tuning = studies.tuning(folder, trials=trial + 1)
seen = [0]


def progress(done: int, total: int, stage: str) -> None:
    """Called after every step."""
    if len(read_trials(folder / "studies" / "colour")) > trial:
        seen[0] += 1
    if seen[0] == step:
        sys.stdout.write("there\n")
        sys.stdout.flush()
        time.sleep(600)


tuning.run(progress)
