"""The report of a whole catalogue: time, memory, size of the page, and which figure tells a photo's group best.

    python benchmarks/report.py --data SNEAKERS [--by price_tier] [--then source]

`lookscape report catalogue` as a person runs it, start of the program and all: first with nothing computed before, then
by another attribute, when colours and eigenimages are known. CPU seconds stay comparable when the machine is busy. Then
for each attribute: of 1,000 photos, how many have their own group as the nearest by colour, by least divergence and by
most mutual information; a photo's own share is taken out of its group first, and each group counts the same, so that
chance is one over the number of groups.
"""

import argparse
import resource
import tempfile
from pathlib import Path

import numpy as np

from _cli import run
from lookscape.engine import Engine
from lookscape.services.survey import colours
from lookscape.services.survey.groups import groups_of

JUDGED = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of photos")
    parser.add_argument("--by", default="price_tier", help="the attribute to group by")
    parser.add_argument("--then", default="source", help="the attribute to group by the second time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        catalogue, page = Path(folder) / "catalogue", Path(folder) / "report.html"
        run("ingest", options.data, "-C", catalogue)
        counts = Engine.open(catalogue).catalogue.counts()
        print(f"{counts.files:,} files, {counts.photos:,} distinct photos")
        for title, by in (("first report", options.by), ("another grouping", options.then)):
            before = _cpu()
            done = run("report", "catalogue", "--by", by, "--out", page, "-C", catalogue)
            if done.code:
                raise SystemExit(done.stderr)
            print(
                f"    {title:18}{done.seconds:7.1f} s{_cpu() - before:7.1f} CPU s"
                f"{done.peak_bytes / 1e6:8.0f} MB at most"
                f"{page.stat().st_size / 1e6:8.2f} MB page"
            )
        print(f"{'':4}{'nearest is its own group':26}{'groups':>8}{'divergence':>12}{'mutual information':>20}")
        for by in (options.by, options.then):
            _judge(Engine.open(catalogue), by)


def _cpu() -> float:
    """Seconds of processors that all finished commands took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _judge(engine: Engine, by: str) -> None:
    [cached] = (engine.folder / "cache").glob("report-colours-*.npy")
    shares_NL = colours.shares(np.load(cached))
    groups = groups_of(engine, sorted(engine.catalogue.photo_ids()), by=by, most=8)
    codes_N, sizes_G = groups.codes_N, groups.sizes
    totals_GL = np.stack([shares_NL[codes_N == group].sum(axis=0) for group in range(len(groups))])
    rows = np.random.default_rng(0).choice(len(codes_N), min(JUDGED, len(codes_N)), replace=False)
    for space in colours.SPACES:
        right: dict[str, list[list[bool]]] = {name: [[] for _ in groups.names] for name in ("near", "alike")}
        for row in rows.tolist():
            own = int(codes_N[row])
            means_GL = totals_GL / sizes_G[:, None]
            means_GL[own] = (totals_GL[own] - shares_NL[row]) / max(int(sizes_G[own]) - 1, 1)
            apart = [colours.divergence(shares_NL[row], mean_L, space=space) for mean_L in means_GL]
            alike = [colours.mutual_information(shares_NL[row], mean_L, space=space) for mean_L in means_GL]
            right["near"][own].append(int(np.argmin(apart)) == own)
            right["alike"][own].append(int(np.argmax(alike)) == own)
        near, alike_share = (np.mean([np.mean(one) for one in right[name] if one]) for name in ("near", "alike"))
        print(f"    {f'{by}, {space}':26}{len(groups):8}{near:12.3f}{alike_share:20.3f}")


if __name__ == "__main__":
    main()
