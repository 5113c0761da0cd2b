"""Is the game blind? A classifier is trained to tell the model from everything that a browser receives.

    python benchmarks/blind.py [--ballots 1200] [--catalogue DIR]

A real server serves a game of four contestants over rendered products. Players fetch their ballots and all photos as
the page does; what is known of each match from outside goes into a table: its address letter by letter, status, every
header, bytes, time to the first byte and in all, its place in the queue of ballots, and the sizes of the answers that
brought the ballot. A gradient-boosted classifier (scikit-learn) is trained on half of the queries to name the
contestant and judged on the other half; the same is done for which of two sides a duel's first contestant stands on.
Chance is what the same classifier gets of shuffled answers. What the photos themselves show is not in the table: other
models pick other photos, and whoever knows the catalogue could learn which photos a model is fond of.
"""

import argparse
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

import lookscape
from _serving import server
from lookscape.catalogue.ballots import Ballot

GAME = "blind"
EACH = 100
SHUFFLES = 40
LETTERS = 12
"""Letters of the random part of an address that are looked at."""

Table = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ballots", type=int, default=1200)
    parser.add_argument("--catalogue", type=Path, help="where to keep the catalogue")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.catalogue or Path(scratch) / "catalogue"
        _prepare(folder)
        with server(folder) as url:
            rows = [row for number in range(asked.ballots // EACH) for row in _play(url, number)]
        _judge(folder, rows)


def _prepare(folder: Path) -> None:
    engine = lookscape.open(folder)
    if GAME not in engine.catalogue.games.names():
        engine.manage.ingest("rendered:300,size=96")
        engine.manage.embed()
        engine.taste.game(GAME, queries=250, checks=0)
    engine.catalogue.close()


def _play(url: str, number: int) -> list[tuple[str, list[float]]]:
    """One player's ballots by id, each with what was seen of it."""
    seen: list[tuple[str, list[float]]] = []
    with httpx.Client(base_url=url, timeout=60) as client:
        answer = client.post(f"/play/{GAME}/ballots", json={})
        for place in range(EACH):
            waiting = answer.json()["ballots"]
            ballot = waiting[0]
            outer = [float(len(answer.content)), answer.elapsed.total_seconds(), float(len(waiting)), float(place)]
            slots = range(3 if ballot["duel"] else 2)
            row = [
                value for slot in range(3) for value in (_photo(client, ballot["id"], slot) if slot in slots else NONE)
            ]
            seen.append((ballot["id"], outer + row))
            said = "left" if ballot["duel"] else "yes"
            vote = {"id": f"{number:08d}-0000-4000-8000-{place:012d}", "ballot": ballot["id"], "answer": said}
            time.sleep(0.05)  # a person takes longer, and nobody is told to slow down
            answer = client.post(f"/play/{GAME}/votes", json=vote)
            answer.raise_for_status()
    return seen


def _photo(client: httpx.Client, ballot_id: str, slot: int) -> list[float]:
    began = time.perf_counter()
    with client.stream("GET", f"/play/{GAME}/photos/{ballot_id}/{slot}.jpg") as answer:
        first = time.perf_counter() - began
        size = len(answer.read())
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "date")
    letters = [float(ord(letter)) for letter in ballot_id[:LETTERS]]
    told = [float(answer.status_code), float(size), float(len(headers)), float(sum(map(len, map(str, headers))))]
    digest = float(sum(ord(letter) * place for place, letter in enumerate(re.sub(r"\s", "", str(headers)))))
    return [first, time.perf_counter() - began, *told, digest, *letters]


NONE = [-1.0] * (7 + LETTERS)


def _judge(folder: Path, rows: list[tuple[str, list[float]]]) -> None:
    games = lookscape.open(folder).catalogue.games
    ballots = {cast.ballot.id: cast.ballot for cast in games.cast(games.get(GAME))}
    swipes = [(ballots[name], row) for name, row in rows if not ballots[name].is_duel]
    duels = [(ballots[name], row) for name, row in rows if ballots[name].is_duel]
    sizes = {row[4 + 3] for _, row in swipes + duels}
    print(f"{len(swipes)} swipes and {len(duels)} duels; bytes of a photo: {sorted(map(int, sizes))}")
    _tell("which of four contestants a swipe shows", swipes, np.array([ballot.left for ballot, _ in swipes]))
    _tell("which side the duel's first contestant is on", duels, np.array([one.left < one.right for one, _ in duels]))


def _tell(what: str, seen: list[tuple[Ballot, list[float]]], truth_N: NDArray[Any]) -> None:
    table_NF = np.array([row for _, row in seen])
    half_N = np.array([ballot.question_id % 2 == 0 for ballot, _ in seen])
    found = _accuracy(table_NF, truth_N, half_N)
    rng = np.random.default_rng(0)
    chance = [_accuracy(table_NF, rng.permutation(truth_N), half_N) for _ in range(SHUFFLES)]
    p = (1 + sum(one >= found for one in chance)) / (1 + SHUFFLES)
    low, high = np.quantile(chance, [0.025, 0.975])
    print(f"{what}: {100 * found:.1f} % right; of shuffled answers {100 * np.mean(chance):.1f} %", end="")
    print(f" [{100 * low:.1f}, {100 * high:.1f}], p = {p:.2f}  (bar: no better than chance)", flush=True)


def _accuracy(table_NF: Table, truth_N: NDArray[Any], half_N: NDArray[np.bool_]) -> float:
    from sklearn.ensemble import HistGradientBoostingClassifier

    learner = HistGradientBoostingClassifier(max_iter=60, random_state=0)
    learner.fit(table_NF[half_N], truth_N[half_N])
    return float((learner.predict(table_NF[~half_N]) == truth_N[~half_N]).mean())


if __name__ == "__main__":
    main()
