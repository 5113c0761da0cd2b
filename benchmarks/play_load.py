"""Hundreds of players at once, and a kill -9 in the middle: how long votes take, and whether any is lost.

    python benchmarks/play_load.py [--players 300] [--rate 5] [--seconds 60] [--kill-at 30] [--photos]

The real server serves a game of 600 questions as its own process. Every player votes at its own even pace; a vote's
time is counted from the moment it was due, so that a server that stalls is not spared by players who wait for it. A
vote that was not acknowledged is sent again under the same id. In a second run the server is killed in the middle and
started again, and players carry on. At the end every acknowledged vote must be in the catalogue once. The load comes
from a process of its own.
"""

import argparse
import asyncio
import json
import multiprocessing
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import lookscape

QUESTIONS = 600
PATIENCE_S = 30.0
PAUSE_S = 0.2
GAME = "load"


@dataclass
class HeldOutPredictions:
    """What one run was told: ids that were acknowledged, how long each took, refusals."""

    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    resent: int = 0
    refused: Counter[int] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--players", type=int, default=300)
    parser.add_argument("--rate", type=float, default=5.0, help="votes a second of each player")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kill-at", type=float, default=30.0, help="second of the second run at which to kill")
    parser.add_argument("--photos", action="store_true", help="let players fetch the photos of each ballot too")
    parser.add_argument("--catalogue", type=Path, help="where to keep the prepared catalogue")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        made = asked.catalogue or Path(scratch) / "made"
        _prepare(made)
        for name, kill_at in (("undisturbed", None), ("killed in the middle", asked.kill_at)):
            shutil.copytree(made, Path(scratch) / name)
            _run(name, Path(scratch) / name, asked, kill_at=kill_at)


def _prepare(folder: Path) -> None:
    engine = lookscape.open(folder)
    if GAME in engine.catalogue.games.names():
        return
    engine.manage.ingest(f"rendered:{QUESTIONS + 20},size=64")
    engine.manage.embed()
    engine.taste.game(GAME, queries=QUESTIONS)
    engine.catalogue.close()


def _run(name: str, folder: Path, asked: argparse.Namespace, *, kill_at: float | None) -> None:
    server, port = _start(folder, 0)
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    load = context.Process(target=_load, args=(send, port, asked))
    load.start()
    receive.recv()
    before = psutil.Process(server.pid).cpu_times()
    start_s = before.user + before.system
    if kill_at is not None:
        time.sleep(kill_at)
        server.kill()
        server.wait()
        server, _ = _start(folder, port)
    told: HeldOutPredictions = receive.recv()
    load.join()
    taken = psutil.Process(server.pid).cpu_times()
    server.terminate()
    server.wait(timeout=60)
    _report(name, lookscape.open(folder), told)
    if kill_at is None:
        seconds = taken.user + taken.system - start_s
        print(f"  the server took {1e6 * seconds / len(told.acknowledged):.0f} microseconds of a core for each vote")


def _start(folder: Path, port: int) -> "tuple[subprocess.Popen[str], int]":
    command = [sys.executable, "-m", "lookscape", "serve", "-C", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    announced = re.search(r"http://127.0.0.1:(\d+)", process.stderr.readline())
    assert announced, "the server did not say where it is"
    return process, int(announced.group(1))


def _report(name: str, engine: lookscape.Engine, told: HeldOutPredictions) -> None:
    stored = Counter(
        cast.vote.id for cast in engine.catalogue.games.cast(engine.catalogue.games.get(GAME)) if cast.vote
    )
    lost = [vote_id for vote_id in told.acknowledged if stored[vote_id] != 1]
    p50, p99, worst = 1000 * np.percentile(told.seconds, [50, 99, 100])
    print(f"{name}: {len(told.acknowledged):,} votes acknowledged")
    print(f"  p50 {p50:.0f} ms   p99 {p99:.0f} ms   longest {worst:.0f} ms   (bar: p99 under 200 ms, undisturbed)")
    print(f"  sent again {told.resent:,}, refused {dict(told.refused)}")
    print(f"  acknowledged but not stored once: {len(lost)}  (bar: 0); stored in all: {len(stored):,}", flush=True)


def _load(send: Any, port: int, asked: argparse.Namespace) -> None:
    told = HeldOutPredictions()
    asyncio.run(_crowd(told, send, port, asked))
    send.send(told)


async def _crowd(told: HeldOutPredictions, send: Any, port: int, asked: argparse.Namespace) -> None:
    crowd = [_Player(port, told, photos=asked.photos) for _ in range(asked.players)]
    for start in range(0, len(crowd), 20):
        await asyncio.gather(*(player.join() for player in crowd[start : start + 20]))
    send.send(None)  # everybody sits; the clock starts
    began = time.perf_counter() + 0.5
    offsets = np.random.default_rng(0).uniform(0, 1 / asked.rate, len(crowd)).tolist()
    games = (player.play(began + offset, asked) for player, offset in zip(crowd, offsets, strict=True))
    await asyncio.gather(*games)


class _Player:
    """One player over one connection, opened again when it breaks; HTTP by hand, to leave the server the machine."""

    def __init__(self, port: int, told: HeldOutPredictions, *, photos: bool) -> None:
        self._port, self._told, self._photos = port, told, photos
        self._cookie = ""
        self._ballots: list[dict[str, Any]] = []
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def join(self) -> None:
        self._ballots = (await self._ask("POST", f"/play/{GAME}/ballots", b"{}"))["ballots"]

    async def play(self, began: float, asked: argparse.Namespace) -> None:
        for number in range(int(asked.seconds * asked.rate)):
            due = began + number / asked.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if not self._ballots:
                return
            ballot = self._ballots[0]
            answer = "left" if ballot["duel"] else "yes"
            vote = {"id": str(uuid.uuid4()), "ballot": ballot["id"], "answer": answer}
            if await self._voted(json.dumps(vote).encode()):
                self._told.acknowledged.append(vote["id"])
                self._told.seconds.append(time.perf_counter() - due)
            for slot in range(3 if ballot["duel"] else 2) if self._photos else ():
                await self._ask("GET", f"/play/{GAME}/photos/{ballot['id']}/{slot}.jpg", b"")

    async def _voted(self, body: bytes) -> bool:
        until = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until:
            try:
                self._ballots = (await self._ask("POST", f"/play/{GAME}/votes", body))["ballots"]
            except (OSError, EOFError):
                self._streams = None
                self._told.resent += 1
                await asyncio.sleep(PAUSE_S)
            except ValueError as refusal:
                self._told.refused[int(str(refusal))] += 1
                return False
            else:
                return True
        return False

    async def _ask(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {self._cookie}\r\n"
        head += f"content-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", answer, re.IGNORECASE)
        assert length
        content = await reader.readexactly(int(length.group(1)))
        status = int(answer[9:12])
        if status != 200:
            raise ValueError(status)
        cookie = re.search(r"set-cookie: ([^;]+)", answer, re.IGNORECASE)
        self._cookie = cookie.group(1) if cookie else self._cookie
        return json.loads(content) if method == "POST" else {}


if __name__ == "__main__":
    main()
