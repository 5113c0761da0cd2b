"""Import of labels by the number of columns: the processor time of 300 columns against that of 10.

    python benchmarks/import_columns.py [--rows 2000] [--few 10] [--many 300] [--rounds 2] [--other PYTHON]

A CSV of one row for each drawn product, product_id and attributes of short words, is read by `annotate import` into a
catalogue that has none of them; there are 30 times the cells. The limit of 40 is for the whole command; beside it
stands the ratio without what the command takes to start (`info` of the empty catalogue), which is the harder one.
--other is the Python of another build; what that takes for 300 columns may be an hour, so it can be given fewer with
--many.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

LIMIT = 40.0


def main() -> None:
    arguments = _arguments()
    pythons = [sys.executable, *arguments.other]
    with tempfile.TemporaryDirectory() as name:
        for number, python in enumerate(pythons):
            _measure(Path(name, str(number)), python, arguments, label="this build" if not number else python)


def _measure(folder: Path, python: str, arguments: argparse.Namespace, *, label: str) -> None:
    folder.mkdir()
    _run(python, "ingest", f"rendered:{arguments.rows},size=16", "-C", folder / "empty")
    ids = _ids(python, folder / "empty")
    start = min(_run(python, "info", "-C", folder / "empty") for _ in range(arguments.rounds))
    few, many = (
        min(_seconds(folder, python, ids, columns) for _ in range(arguments.rounds))
        for columns in (arguments.few, arguments.many)
    )
    print(f"{label}")
    print(f"{arguments.few:4d} columns, {len(ids)} rows    {few:8.2f} s of processor time")
    print(f"{arguments.many:4d} columns, {len(ids)} rows    {many:8.2f} s of processor time")
    print(f"start of a command         {start:8.2f} s of processor time")
    print(f"ratio, whole command       {many / few:8.1f}     (bar: {LIMIT:.0f})")
    print(f"ratio, without the start   {(many - start) / (few - start):8.1f}")


def _ids(python: str, catalogue: Path) -> list[str]:
    found = subprocess.run(
        [
            python,
            "-c",
            "import sys, lookscape; print(*lookscape.open(sys.argv[1]).catalogue.ids(), sep='\\n')",
            catalogue,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout.split()


def _seconds(folder: Path, python: str, ids: list[str], columns: int) -> float:
    """Processor time of one import into a fresh copy."""
    table, catalogue = folder / "table.csv", folder / "copy"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["product_id", *(f"attribute {column}" for column in range(columns))])
        for row, product_id in enumerate(ids):
            writer.writerow([product_id, *(f"value {(row * 7 + column) % 50}" for column in range(columns))])
    shutil.rmtree(catalogue, ignore_errors=True)
    shutil.copytree(folder / "empty", catalogue)
    said, seconds = _told(python, "annotate", "import", table, "-C", catalogue)
    assert said["changed"] == len(ids), said
    return seconds


def _run(python: str, *words: str | Path) -> float:
    return _told(python, *words)[1]


def _told(python: str, *words: str | Path) -> tuple[dict[str, object], float]:
    before = psutil.Process().cpu_times()
    done = subprocess.run(
        [python, "-m", "lookscape", *map(str, words), "--json"], check=True, capture_output=True, text=True
    )
    after = psutil.Process().cpu_times()
    seconds = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return json.loads(done.stdout), seconds


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--few", type=int, default=10)
    parser.add_argument("--many", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--other", action="append", default=[], help="Python of another build")
    return parser.parse_args()


if __name__ == "__main__":
    main()
