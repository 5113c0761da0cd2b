"""Ingest by this build against another one, in turns on the same photos.

    python benchmarks/builds.py --data FOLDER --other PYTHON [--rounds 5]

--other is the Python of the other build's environment. Each round takes in the folder anew and then once more, as whole
commands; the least of each counts. Limit: not slower, that is a ratio of 1.0.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    arguments = _arguments()
    builds = {"this build": sys.executable, "other build": arguments.other}
    first: dict[str, list[float]] = {name: [] for name in builds}
    again: dict[str, list[float]] = {name: [] for name in builds}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            for name, python in builds.items():
                catalogue = Path(folder, f"{number} {name}")
                first[name].append(_seconds(python, arguments.data, catalogue))
                again[name].append(_seconds(python, arguments.data, catalogue))
    for title, taken in (("first run", first), ("second run", again)):
        for name, seconds in taken.items():
            print(f"{title}, {name:11}  {min(seconds):7.2f} s   ({', '.join(f'{one:.2f}' for one in seconds)})")
        print(f"{title}, this / other  {min(taken['this build']) / min(taken['other build']):7.2f}     (bar: 1.0)")


def _seconds(python: str, photos: Path, catalogue: Path) -> float:
    start = time.perf_counter()
    subprocess.run([python, "-m", "lookscape", "ingest", photos, "-C", catalogue], check=True, capture_output=True)
    return time.perf_counter() - start


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--other", required=True, help="Python of the other build")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
