"""Ingest of a folder with 200 good photos and 2,000 files that are none: everything good in, everything else reported.

    python benchmarks/damaged.py [--good 200] [--damaged 2000] [--seed 0]

Runs the real commands `ingest` and `info --json`. Ends with exit code 1 when a good photo is missing, a damaged file is
not reported with a reason, memory (children included) reaches 1.5 GB, or a traceback is printed.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import _cli
import _damage
from lookscape.catalogue.sources._items import display

LIMIT_BYTES = 1_500_000_000


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        photos, catalogue = Path(scratch) / "photos", Path(scratch) / "catalogue"
        written = _damage.write(photos, num_good=arguments.good, num_damaged=arguments.damaged, seed=arguments.seed)
        done = _cli.run("ingest", photos, "-C", catalogue, "--json")
        info = _cli.run("info", "-C", catalogue, "--json")
    if done.code or info.code:
        sys.exit(f"ingest ended with {done.code}, info with {info.code}:\n{done.stderr}{info.stderr}")
    rejected = {item["path"]: item["reason"] for item in json.loads(info.stdout)["rejected"]}
    silent = [path for path in map(_shown, written.damaged) if not rejected.get(path)]
    lost = [path for path in map(_shown, written.good) if path in rejected]
    added = json.loads(done.stdout)["added"]
    print(f"good photos taken in            {added:6d} of {len(written.good)}")
    print(f"damaged files with a reason     {len(written.damaged) - len(silent):6d} of {len(written.damaged)}")
    print(f"time                            {done.seconds:8.1f} s")
    print(f"peak memory, with children      {done.peak_bytes / 1e9:8.2f} GB (bar: 1.5)")
    for reason, count in Counter(map(_kind, rejected.values())).most_common():
        print(f"{count:6d}  {reason}")
    traceback = "Traceback" in done.stdout + done.stderr + info.stdout + info.stderr
    print(f"traceback printed               {'yes' if traceback else 'no':>6s}")
    print(f"written to stderr               {len(done.stderr.splitlines()):6d} lines")
    if silent or lost or traceback or added != len(written.good) or done.peak_bytes > LIMIT_BYTES:
        sys.exit(f"missed: {silent[:5]} {lost[:5]}")


def _shown(path: Path) -> str:
    return display(str(path.parent.resolve() / path.name))


def _kind(reason: str) -> str:
    """The reason without its numbers, for counting."""
    return "".join("#" if letter.isdigit() else letter for letter in reason.split(" at byte ", maxsplit=1)[0])[:90]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--good", type=int, default=200)
    parser.add_argument("--damaged", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
