"""Make catalogue-before.tar.xz, answers-before.json.xz, openapi-before.json: all as it was before the house was tidied.

It runs with the code of commit BEFORE, from before that work, and is kept to say how the fixture came about:

    git worktree add ../before e46c2a7                       (and a virtual environment with its dependencies)
    ../before/.venv/bin/python tests/data/make_catalogue_before.py tests/data

Everything is made through the tools that users have. Networks are tiny and compute in float32 on one thread with torch
alone, as a machine without bfloat16 does, so that what is compared depends on the processor as little as possible.
"""

import base64
import contextlib
import json
import lzma
import os
import platform
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastapi.testclient import TestClient

sys.path.append(str(Path(__file__).parents[1] / "helpers"))
from lookscape.representation.preprocess import decode
from lookscape.tools.taste._desk import Desk

from interface_shape import in_lines, pack, reduce_interface
from lookscape import __version__
from lookscape.catalogue.ballots import Answer
from lookscape.catalogue.store import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.representation import training_state
from lookscape.settings import Settings
from lookscape.tools._tool import every_tool, find_tool
from lookscape.tools._worker import Worker

SCRIPT = Path(__file__).resolve()
BEFORE = "e46c2a7"
SETTINGS = 'runtime = "torch"\nuser = "Kim"\nworkers = 1\n'
PRODUCTS, LABELLED, MIDDLE = 90, 70, 225

MODEL = {"side": 16, "dim": 12, "set": ["width=4", "capacity=20"], "batch": 16, "precision": "32"}
SECOND = {**MODEL, "recipe": "language", "name": "second", "steps": 90, "seed": 3}
CLASSIFIER = {"attribute": "tone", "init_from": "language", "batch": 16, "rate": 0.002, "epochs": 25.0, "light": 0.2}
OTHER = {**CLASSIFIER, "name": "other", "seed": 5, "epochs": 20.0, "turned": 12.0, "least": 0.5, "erased": 0.3}
HALF = [("manage/train", SECOND, 50), ("predict/learn", OTHER, 33)]
"""Trainings that are killed: tool, parameters, step."""

DROPPED = (
    "cache",
    "games",
    "models/.compiled",
    "models/*/tensorboard",
    "models/*/film/strip.png",
    "models/*/film/film.gif",
    "models/second/training/state-000000049-*",
    ".*.lock",
)
"""What is made again when it is missing, or only looked at."""


def main(target: Path) -> None:
    """Make all three files."""
    plain_computing()
    target = target.resolve()
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        folder = Path("catalogue")  # nothing in it says where it was made
        fill(folder)
        for number in range(len(HALF)):
            ended = subprocess.run([sys.executable, SCRIPT, "--killed", str(folder), str(number)])
            assert ended.returncode == -signal.SIGKILL, ended
        for path in [path for pattern in DROPPED for path in folder.glob(pattern)]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        with tarfile.open(target / "catalogue-before.tar.xz", "w:xz", preset=9) as archive:
            archive.add(folder, arcname="catalogue", filter=anonymous)
        copy = Path("copy")
        with tarfile.open(target / "catalogue-before.tar.xz") as archive:
            archive.extractall(copy, filter="data")
        found = answers(copy / "catalogue")
        (target / "answers-before.json.xz").write_bytes(
            lzma.compress(json.dumps(found, sort_keys=True).encode(), preset=9)
        )
        (target / "openapi-before.json").write_text(interface(copy / "catalogue"))


def anonymous(file: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the user who made it."""
    file.uid = file.gid = 0
    file.uname = file.gname = ""
    return file


def plain_computing() -> None:
    """As on a machine without bfloat16, on one thread: sums have one order."""
    torch.set_num_threads(1)
    torch.cpu.get_capabilities = dict


def opened(folder: Path) -> Engine:
    """A catalogue with its own settings."""
    return Engine(Catalogue(Settings.for_catalogue(folder)))


def call(engine: Engine, path: str, **params: Any) -> Any:
    """A tool, asked as over HTTP."""
    tool = find_tool(path)
    return tool.run(engine, tool.validate(params))


def fill(folder: Path) -> None:
    """What a user of some weeks has: labels, models, classifiers, maps, decisions, votes, waiting jobs."""
    folder.mkdir()
    (folder / "lookscape.toml").write_text(SETTINGS)
    engine = opened(folder)
    call(engine, "manage/ingest", source=f"rendered:{PRODUCTS},size=64")
    call(engine, "manage/gauge")
    review(engine)
    label(engine)
    call(engine, "manage/embed")
    learn(engine)
    overview(engine)
    play(engine)
    wait(engine)
    engine.catalogue.close()


def review(engine: Engine) -> None:
    """Findings, some decided, one decision taken back, the rest applied."""
    call(engine, "clean/check")
    found = call(engine, "clean/findings", least=0.0, limit=100).findings
    numbers = [one.id for one in found]
    call(engine, "clean/decide", decision="accept", findings=numbers[:2])
    call(engine, "clean/decide", decision="reject", findings=numbers[2:4])
    call(engine, "clean/decide", decision="reject", findings=numbers[4:5])
    call(engine, "clean/undo")
    call(engine, "clean/standardise", size=64)


def label(engine: Engine) -> None:
    """Labels by people: set, added, taken back, done again; and of names."""
    products = engine.catalogue.products(engine.catalogue.ids())
    dark: list[str] = []
    light: list[str] = []
    for product_id in sorted(products)[:LABELLED]:
        pixels = decode(engine.catalogue.read_photo(products[product_id].photo_ids[0]), side=32)
        (dark if pixels.mean() < MIDDLE else light).append(product_id)
    call(engine, "annotate/set", products=dark, name="tone", value="dark")
    call(engine, "annotate/set", products=light, name="tone", value="light", by="Alex")
    call(engine, "annotate/add", products=light[:5], name="shelf", value="top")
    call(engine, "annotate/add", products=light[3:8], name="shelf", value="window")
    call(engine, "annotate/clear", products=light[:1], name="shelf", value="top")
    call(engine, "annotate/set", products=dark[:3], name="season", value="winter")
    call(engine, "annotate/undo")
    call(engine, "annotate/redo")
    call(engine, "annotate/set", products=dark[3:5], name="season", value="summer")
    call(engine, "annotate/undo")
    call(engine, "annotate/names", brand="read_brand", model="")


def learn(engine: Engine) -> None:
    """A visual language with names of people, classifiers with a report, a study."""
    call(engine, "manage/train", recipe="language", steps=120, **MODEL)
    call(engine, "latent/rename", factor="1", name="tone: light ... deep")
    call(engine, "latent/hide", factor="4")
    call(engine, "latent/rename", factor="2", name="wrong")
    call(engine, "latent/undo")
    call(engine, "latent/language")
    call(engine, "measure/split", name="tone", label="tone")
    call(engine, "predict/learn", **CLASSIFIER)
    call(engine, "predict/learn", attribute="tone", name="backbone", backbone="timm/test_efficientnet",
         weights="none", side=32, epochs=2.0, batch=16, hidden=[8])  # fmt: skip
    call(engine, "predict/report", name="tone", linear=False, values=["dark"])
    call(engine, "predict/tune", attribute="tone", trials=2, repeats=1, epochs=2.0, looks=2, init_from="language")
    call(engine, "predict/classify", name="tone", threshold=0.5)


def overview(engine: Engine) -> None:
    """A map, clusters and a name of one, a match board, a report; the model board would take 240 photos."""
    call(engine, "atlas/map", name="map")
    call(engine, "atlas/clusters", k=4)
    call(engine, "atlas/name-cluster", number=1, value="everyday")
    call(engine, "measure/match", label="tone", queries=40, mapped=30)
    call(engine, "report/catalogue", by="tone")


def play(engine: Engine) -> None:
    """A game of two contestants and a dozen votes of one player."""
    call(engine, "taste/game", name="first", queries=24, contestants=["lookalike@cosine", "language@l2"])
    desk = Desk.open(engine, "first")
    key = "a-player-of-tests"
    engine.catalogue.games.join(key, team="tests")
    seat = desk.find(engine, key)
    assert seat is not None
    engine.catalogue.games.record(desk.deal(seat).ballots, ())
    seat = desk.take(key, seat)
    for number in range(12):
        ballot = next(iter(seat.open.values()))
        answer = sorted(ballot.answers)[number % len(ballot.answers)]
        step = desk.vote(seat, f"00000000-0000-4000-8000-{number:012d}", ballot.id, Answer(answer))
        engine.catalogue.games.record(step.ballots, step.votes)


def wait(engine: Engine) -> None:
    """Jobs that were asked for over HTTP and that nobody has worked on yet."""
    for path, params in (
        ("predict/learn", {**CLASSIFIER, "name": "queued", "epochs": 2.0}),
        ("predict/judge", {"name": "tone", "linear": False}),
    ):
        checked = find_tool(path).validate(params)
        engine.catalogue.jobs.submit(path, checked.model_dump_json())


def killed(folder: Path, number: int) -> None:
    """Train with a state saved at every step, and die by kill -9 in the middle."""
    plain_computing()
    training_state.SAVE_EVERY_S, training_state.WORTH = 0.0, 0
    path, params, step = HALF[number]

    def die(done: int, total: int, stage: str) -> None:
        if stage == "training" and done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    tool = find_tool(path)
    tool.run(opened(folder), tool.validate(params), die)


def answers(folder: Path) -> dict[str, Any]:
    """What tools answer, what the killed trainings end with, and the machine that says so."""
    engine = opened(folder)
    ids = engine.catalogue.ids()
    photo = base64.b64encode(engine.catalogue.read_photo(engine.catalogue.photo_ids()[7])).decode()
    asked: list[tuple[str, dict[str, Any]]] = [
        ("manage/info", {}),
        ("search/find", {"text": "boot", "limit": 5}),
        ("search/find", {"where": ["tone=dark"], "limit": 3}),
        ("search/facets", {"max_values": 6}),
        ("search/product", {"product": ids[4]}),
        ("search/like", {"product": ids[0], "limit": 5}),
        ("search/like", {"product": ids[0], "limit": 5, "space": "language", "metric": "l1"}),
        ("search/by-photo", {"photo": photo, "limit": 5, "where": ["tone=light"]}),
        ("search/by-photo", {"photo": photo, "limit": 3, "space": "language"}),
        ("latent/factors", {"limit": 6, "examples": 2, "columns": 3}),
        ("latent/factors", {"hidden": True, "examples": 1, "columns": 2}),
        ("latent/describe", {"product": ids[2]}),
        ("latent/reconstruct", {"products": list(ids[:2])}),
        ("latent/steer", {"product": ids[1], "factors": ["1=2"], "limit": 3}),
        ("predict/classifiers", {}),
        ("predict/judge", {"name": "tone", "linear": False}),
        ("predict/judge", {"name": "backbone", "part": "validation", "linear": False}),
        ("predict/classify", {"photo": photo, "name": "tone"}),
        ("predict/classify", {"photo": photo, "name": "backbone"}),
        ("predict/classify", {"name": "tone", "threshold": 0.6, "dry_run": True}),
        ("predict/show", {"name": "tone", "limit": 6}),
        ("predict/trials", {"study": "tone"}),
        ("predict/explain", {"product": ids[3], "name": "tone", "judge": True}),
        ("predict/change", {"product": ids[3], "name": "tone"}),
        ("predict/tune", {"attribute": "tone", "trials": 2, "repeats": 1}),
        ("predict/learn", CLASSIFIER),
        ("manage/train", {"recipe": "language", "steps": 120, **MODEL}),
        ("measure/match", {"label": "tone", "queries": 40, "mapped": 30}),
        ("measure/split", {"name": "tone", "label": "tone", "dry_run": True}),
        ("report/compare", {"product": ids[5]}),
        ("atlas/maps", {}),
        ("atlas/near", {"box": [-100, -100, 0, 100], "limit": 100}),
        ("taste/leaderboard", {"game": "first"}),
        ("annotate/history", {}),
        ("annotate/show", {"products": list(ids[:3])}),
        ("clean/queue", {}),
        ("clean/findings", {"state": "all", "least": 0.0, "limit": 10}),
    ]
    told = [
        {"tool": path, "params": params, "answer": call(engine, path, **params).model_dump(mode="json")}
        for path, params in asked
    ]
    ended = [
        {"tool": path, "params": params, "step": step, **finished(engine, path, params)} for path, params, step in HALF
    ]
    Worker(engine).run(once=True)
    done = [json.loads(job.result or "{}") for job in reversed(engine.catalogue.jobs.latest())]
    engine.catalogue.close()
    return {
        "commit": BEFORE,
        "version": __version__,
        "machine": machine(),
        "calls": told,
        "half": ended,
        "jobs": done,
    }


def machine() -> list[str]:
    """What the last bits of sums depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return [platform.machine(), model, torch.backends.cpu.get_cpu_capability(), torch.__version__, np.__version__]


def finished(engine: Engine, path: str, params: dict[str, Any]) -> dict[str, Any]:
    """Go on with a killed training; what its weights are in the end."""
    from safetensors.numpy import load_file

    tool = find_tool(path)
    result = tool.run(engine, tool.validate(params))
    folder = engine.folder / ("models" if path == "manage/train" else "classifiers") / params["name"]
    weights = load_file(folder / "weights.safetensors")
    return {
        "answer": result.model_dump(mode="json"),
        "key": json.loads((folder / "config.json").read_bytes())["key"],
        "norms": {name: float(np.linalg.norm(array.astype(np.float64))) for name, array in weights.items()},
    }


def interface(folder: Path) -> str:
    """The interface by HTTP and what slow tools answer in a job's result, as shapes; a line for each, for the diffs."""
    engine = opened(folder)
    client = TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")
    slow = {tool.path: tool.result.model_json_schema(mode="serialization") for tool in every_tool() if tool.slow}
    shapes = pack(reduce_interface(client.get("/openapi.json").json(), slow))
    engine.catalogue.close()
    return in_lines(shapes)


if __name__ == "__main__":
    if sys.argv[1] == "--killed":
        killed(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(Path(sys.argv[1]))
