"""Labelling 5,000 of 100,000 products over HTTP, undoing it, and two people who change the same products at once.

    python benchmarks/labelling.py [--catalogue DIR] [--products 100000] [--chosen 5000] [--rounds 7]

Starts the real server as its own process over a catalogue of many products (kept in --catalogue when given). Every
request carries the ids of the chosen products, as a lasso on the map does; they lie scattered over the catalogue. To
accept is to take over what was predicted for them, named by the attribute alone.
Beside the wall clock stands the processor time of the server, which a busy machine does not change. Then two clients
hammer for --seconds on overlapping products; afterwards every act that was acknowledged has to be in the log, in the
right name and with as many products as the answer said.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from _many_products import make
from _serving import server
from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine

BAR_S = 1.0
PREDICTED = "fit"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, help="where to keep the catalogue")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--chosen", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long two clients hammer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        engine = make(options.catalogue or Path(scratch) / "catalogue", options.products)
        ids = engine.catalogue.ids()
        chosen = [ids[place] for place in np.random.default_rng(0).permutation(len(ids))[: options.chosen]]
        print(f"{len(ids):,} products, {len(chosen):,} chosen; load of the machine {psutil.getloadavg()[0]:.1f}")
        with server(engine.folder) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=60) as client:
            _predict(engine, chosen)
            _alone(client, chosen, options.rounds)
            before = engine.catalogue.history(limit=1)[0].id
            acknowledged = _together(url, chosen[:400], options.seconds)
            _check(engine, acknowledged, before=before)


def _predict(engine: Engine, chosen: list[str]) -> None:
    """A predicted value for each of the chosen, as `predict impute` writes them."""
    wanted = [
        Attribute(product_id=one, name=PREDICTED, value=f"v{number % 7}", origin=Origin.PREDICTED, confidence=0.9)
        for number, one in enumerate(chosen)
    ]
    engine.catalogue.annotate(wanted, by="impute")


def _alone(client: httpx.Client, chosen: list[str], rounds: int) -> None:
    process = psutil.Process(_server_pid())
    times: dict[str, list[tuple[float, float]]] = {}

    def ask(what: str, tool: str, **params: Any) -> dict[str, Any]:
        busy, started = _busy(process), time.perf_counter()
        answer = client.post(f"/{tool}", json=params)
        times.setdefault(what, []).append((time.perf_counter() - started, _busy(process) - busy))
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    for number in range(rounds):
        who = {"by": "ada", "products": chosen, "name": "style"}
        seen = client.post("/annotate/history", json={"limit": 1}).json()["latest"]
        ask("counts before and after", "annotate/set", value=f"v{number}", dry_run=True, **who)
        first = ask("label", "annotate/set", value=f"v{number}", seen=seen, **who)["act"]
        again = ask("label again", "annotate/set", value=f"w{number}", seen=seen, **who)["act"]
        ask("undo", "annotate/undo", act=again, by="ada")
        ask("redo", "annotate/redo", act=again, by="ada")
        ask("undo", "annotate/undo", act=again, by="ada")
        added = ask("add", "annotate/add", value="more", **who)["act"]
        ask("undo", "annotate/undo", act=added, by="ada")
        ask("undo", "annotate/undo", act=first, by="ada")
        cleared = ask("clear what the source said", "annotate/clear", **{**who, "name": "colour"})["act"]
        ask("undo", "annotate/undo", act=cleared, by="ada")
        accepted = ask("accept what was predicted", "predict/accept", name=PREDICTED, everything=True, by="ada")["act"]
        ask("undo", "annotate/undo", act=accepted, by="ada")
    print(f"{'':28s} {'median':>8s} {'worst':>8s} {'processor':>10s}   seconds (bar: under {BAR_S:g})")
    for what, pairs in times.items():
        wall, busy = np.array(pairs).T
        print(f"{what:28s} {np.median(wall):8.3f} {wall.max():8.3f} {np.median(busy):10.3f}")


def _server_pid() -> int:
    """The one child that serves; its worker of jobs is a child of that."""
    [child] = [one for one in psutil.Process().children() if "serve" in one.cmdline()]
    return int(child.pid)


def _busy(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def _together(url: str, chosen: list[str], seconds: float) -> dict[int, tuple[str, int]]:
    """Act -> who and how many products, as the answers said."""
    acknowledged: dict[int, tuple[str, int]] = {}
    conflicts, failures = [0], list[str]()
    end = time.monotonic() + seconds

    def hammer(by: str, mine: list[str]) -> None:
        rng = np.random.default_rng(len(by))
        with httpx.Client(base_url=f"{url}/api/v1/annotate", timeout=60) as client:
            while time.monotonic() < end:
                seen = client.post("/history", json={"limit": 1}).json()["latest"]
                part = [mine[place] for place in rng.permutation(len(mine))[:100]]
                tool = ("set", "add")[int(rng.integers(2))]
                values = {"value": f"{by} {rng.integers(5)}", "by": by, "products": part, "name": "owner"}
                answer = client.post(f"/{tool}", json={**values, "seen": seen})
                if answer.status_code != 200:
                    failures.append(answer.text)
                    continue
                found = answer.json()
                conflicts[0] += found["num_conflicts"]
                if found["act"]:
                    acknowledged[found["act"]] = (by, found["changed"])

    people = [
        threading.Thread(target=hammer, args=("ada", chosen[:250])),
        threading.Thread(target=hammer, args=("bo", chosen[150:])),
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    print(f"two people, {seconds:g} s: {len(acknowledged)} acts acknowledged, {len(failures)} errors,")
    print(f"{conflicts[0]} values that the other had changed meanwhile were left alone and told")
    return acknowledged


def _check(engine: Engine, acknowledged: dict[int, tuple[str, int]], *, before: int) -> None:
    log = {act.id: act for act in engine.catalogue.history(limit=1_000_000) if act.id > before}
    lost = [number for number, said in acknowledged.items() if number not in log or _words(log[number]) != said]
    unsaid = [act.id for act in log.values() if act.id not in acknowledged]
    print(f"acknowledged but not in the log as told: {len(lost)} (bar: 0); in the log but never told: {len(unsaid)}")
    if lost:
        raise SystemExit(1)


def _words(act: Any) -> tuple[str, int]:
    return act.by, act.count


if __name__ == "__main__":
    main()
