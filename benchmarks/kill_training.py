"""Kills `lookscape train` with SIGKILL at random moments, runs it again, and compares the weights.

    python benchmarks/kill_training.py [--kills 10] [--products 600] [--steps 1000] [--recipe language]

The real command trains on a rendered catalogue; every victim is a copy of it in which the command is killed once, with
all its processes, then run to its end. Every other kill comes at a moment spread over the time that an undisturbed
command takes; the rest wait for the first saved state and come within MOST_AFTER_S of it. A command that was quicker
this time does not count. The SHA-256 of weights.safetensors has to be the undisturbed one's, and
metrics.jsonl has to have the same steps. Ends with exit code 1 when one differs.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import _cli

SMALL = ["--side", "32", "--dim", "16", "--set", "width=8"]
NAME = "victim"
MOST_AFTER_S = 15.0


def main() -> None:
    arguments = _arguments()
    rng = random.Random(arguments.seed)
    words = ["train", arguments.recipe, "--name", NAME, "--steps", str(arguments.steps), *SMALL]
    with tempfile.TemporaryDirectory() as scratch:
        rendered = Path(scratch) / "rendered"
        _finish(["ingest", f"rendered:{arguments.products},size=64"], rendered)
        undisturbed = Path(shutil.copytree(rendered, Path(scratch) / "undisturbed"))
        seconds = _finish(words, undisturbed)
        expected = _outcome(undisturbed)
        print(
            f"undisturbed: {seconds:.1f} s, weights {expected[0][:16]}, {len(expected[1])} lines of metrics", flush=True
        )
        hits = different = 0
        while hits < arguments.kills:
            victim = Path(shutil.copytree(rendered, Path(scratch) / "victim"))
            with_state = hits % 2 == 1
            moment = rng.uniform(0.0, MOST_AFTER_S) if with_state else rng.uniform(0.1, 1.0) * seconds
            state = _kill(words, victim, after=moment, with_state=with_state)
            if state is None:
                seconds = min(seconds, max(moment, seconds / 2))
            else:
                hits += 1
                _finish(words, victim)
                same = _outcome(victim) == expected
                different += not same
                since = "a state" if with_state else "the start"
                print(
                    f"killed {moment:5.1f} s after {since}, {state}: {'the same' if same else 'DIFFERENT'}", flush=True
                )
            shutil.rmtree(victim)
    print(f"{hits} kills; {different} ended with other weights or metrics (bar: 0)")
    sys.exit(1 if different else 0)


def _finish(words: Sequence[str], catalogue: Path) -> float:
    done = _cli.run(*words, "-C", catalogue, "--json")
    if done.code:
        sys.exit(f"{words[0]} ended with {done.code}: {done.stderr}")
    return done.seconds


def _kill(words: Sequence[str], catalogue: Path, *, after: float, with_state: bool) -> str | None:
    """What was there when it died; None when it had ended."""
    with open(os.devnull, "w") as nowhere:
        process = _cli.start([*words, "-C", str(catalogue)], stdout=nowhere, stderr=nowhere)
        while with_state and process.poll() is None and not _states(catalogue / "models" / NAME):
            time.sleep(0.05)
        time.sleep(after)
        ended = process.poll() is not None
        if not ended:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return None if ended else _progress(catalogue / "models" / NAME)


def _progress(folder: Path) -> str:
    if (folder / "trained.json").is_file():
        return "model finished"
    states = _states(folder)
    return f"state of step {int(states[-1].split('-')[1])}" if states else "no state yet"


def _states(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("training/state-*.safetensors"))


def _outcome(catalogue: Path) -> tuple[str, list[int]]:
    """Digest of the weights, and the steps that metrics.jsonl has lines of."""
    folder = catalogue / "models" / NAME
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    digest = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    return digest, [int(json.loads(line)["step"]) for line in lines]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--products", type=int, default=600)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--recipe", default="language")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
