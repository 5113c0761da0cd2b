"""What things import, each in a child of its own, forked once what all share is loaded: python imports_of.py FOLDER

FOLDER is a catalogue to work on. Prints JSON: for each thing the libraries of WATCHED that it imported, each with the
chain of modules that led there; or what went wrong.
"""

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

WATCHED = frozenset(
    {
        *("torch", "torchvision", "timm", "lightning_fabric", "openvino", "onnxruntime"),
        *("pandas", "sklearn", "scipy", "numba", "faiss", "optuna", "evalica", "openTSNE", "umap"),
        *("numpy", "cv2", "PIL", "pyarrow", "matplotlib", "plotly"),
        *("sqlalchemy", "alembic", "fastapi"),
    }
)


PRODUCT, LAST, TEAM = "R000001", "R000023", "ours"
DARK = tuple(f"R{number:06}" for number in range(10))
GAME = "round"
VOTE = {"question_id": 1, "model_a": "x", "model_b": "y", "winner": "model_a", "judge": "j", "tstamp": 1}


def _imported(engine: Any) -> None:
    path = engine.folder / "arena.jsonl"
    path.write_text(json.dumps(VOTE), encoding="utf-8")
    engine.taste.import_(str(path), game="arena")


CALLS: dict[str, Callable[[Any], object]] = {
    "annotate/set": lambda engine: engine.annotate.set("tone", "dark", products=DARK),
    "annotate/add": lambda engine: engine.annotate.add("mood", "warm", products=(PRODUCT,)),
    "annotate/clear": lambda engine: engine.annotate.clear("mood", products=(PRODUCT,)),
    "annotate/undo": lambda engine: engine.annotate.undo(),
    "annotate/redo": lambda engine: engine.annotate.redo(),
    "annotate/export": lambda engine: engine.annotate.export(to=str(engine.folder / "labels.csv")),
    "annotate/import": lambda engine: engine.annotate.import_(str(engine.folder / "labels.csv")),
    "annotate/kind": lambda engine: engine.annotate.kind("tone", "word"),
    "annotate/history": lambda engine: engine.annotate.history(),
    "annotate/names": lambda engine: engine.annotate.names(),
    "annotate/pick": lambda engine: engine.annotate.pick(where=("tone=dark",)),
    "annotate/show": lambda engine: engine.annotate.show(products=(PRODUCT,)),
    "atlas/maps": lambda engine: engine.atlas.maps(),
    "atlas/near": lambda engine: engine.atlas.near(box=(-100, -100, 100, 100)),
    "atlas/export": lambda engine: engine.atlas.export(str(engine.folder / "exported")),
    "atlas/name-cluster": lambda engine: engine.atlas.name_cluster(1, "mine"),
    "clean/check": lambda engine: engine.clean.check(("quality",)),
    "clean/queue": lambda engine: engine.clean.queue(),
    "clean/findings": lambda engine: engine.clean.findings(),
    "clean/decide": lambda engine: engine.clean.decide("accept", (1,)),
    "clean/standardise": lambda engine: engine.clean.standardise(),
    "clean/export": lambda engine: engine.clean.export(str(engine.folder / "clean")),
    "clean/undo": lambda engine: engine.clean.undo(),
    "manage/info": lambda engine: engine.manage.info(),
    "manage/gauge": lambda engine: engine.manage.gauge(),
    "measure/split": lambda engine: engine.measure.split("fair"),
    "predict/show": lambda engine: engine.predict.show("tone"),
    "predict/accept": lambda engine: engine.predict.accept("tone", everything=True),
    "predict/classifiers": lambda engine: engine.predict.classifiers(),
    "predict/trials": lambda engine: engine.predict.trials(),
    "report/catalogue": lambda engine: engine.report.catalogue(),
    "report/compare": lambda engine: engine.report.compare(product=PRODUCT),
    "search/find": lambda engine: engine.search.find(),
    "search/facets": lambda engine: engine.search.facets(),
    "search/product": lambda engine: engine.search.product(PRODUCT),
    "search/like": lambda engine: engine.search.like(PRODUCT),
    "taste/game": lambda engine: engine.taste.game(GAME),
    "taste/export": lambda engine: engine.taste.export(to=str(engine.folder / "votes.jsonl")),
    "taste/import": _imported,
    "taste/find": lambda engine: engine.taste.find(team=TEAM),
    "taste/rank": lambda engine: engine.taste.rank(PRODUCT, team=TEAM),
    "taste/leaderboard": lambda engine: engine.taste.leaderboard(game="arena"),
}
"""Tools that need no network and fit nothing, in an order in which each finds what it needs."""


class Watch:
    """A finder that finds nothing and remembers who asked first."""

    def __init__(self) -> None:
        self.chains: dict[str, str] = {}

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in WATCHED and name not in self.chains:
            self.chains[name] = " > ".join([*_callers(), name])

    def found(self) -> dict[str, str]:
        return {name: chain for name, chain in sorted(self.chains.items()) if name in sys.modules}


def _callers() -> list[str]:
    """Modules on the stack, outermost first, each once."""
    frame, names = sys._getframe(2), []
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith(("importlib", "__main__", "imports_of")) and name not in names:
            names.append(name)
        frame = frame.f_back
    return names[::-1]


def in_child(work: Callable[[], object]) -> dict[str, str]:
    """What it imports that is not there yet; under "error" what it raised."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        watch = Watch()
        sys.meta_path.insert(0, watch)
        try:
            work()
            answer = watch.found()
        except BaseException as error:
            answer = {"error": repr(error)}
        with os.fdopen(writing, "w") as file:
            json.dump(answer, file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        answer = json.load(file)
    os.waitpid(pid, 0)
    return answer


def in_terminal(*words: str) -> None:
    """As the command line runs it."""
    from lookscape.interfaces.cli.app import main

    sys.argv = ["lookscape", *words]
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise RuntimeError(f"lookscape {' '.join(words)} ended with {ended.code}") from ended


def helped() -> dict[str, dict[str, str]]:
    """Lists of commands, and commands that are no tools; nothing is loaded before."""
    from lookscape import parts
    from lookscape.interfaces.cli.app import COMMANDS
    from lookscape.tools._tool import TOP_LEVEL, groups

    named = [[], *([name] for name in (*parts.names(COMMANDS), *groups()) if name != TOP_LEVEL)]
    return {" ".join([*words, "--help"]): in_child(lambda w=words: in_terminal(*w, "--help")) for words in named}


def offered() -> dict[str, dict[str, str]]:
    """Tools whose help is asked for, and pages and other files of the server that are loaded, beside the Engine."""
    from lookscape.interfaces.http.studio.page import PACKAGE, every_page
    from lookscape.tools._tool import TOP_LEVEL, every_tool

    found = {}
    for tool in every_tool():
        words = [tool.command] if tool.group == TOP_LEVEL else [tool.group, tool.command]
        found[f"{tool.path} --help"] = in_child(lambda w=words: in_terminal(*w, "--help"))
    for page in every_page():
        found[f"page {page.name}"] = in_child(lambda p=page: importlib.import_module(f"{PACKAGE}.{p.name}"))
    found["server"] = in_child(lambda: importlib.import_module("lookscape.interfaces.http.server"))
    return found


def ran(folder: Path) -> dict[str, dict[str, str]]:
    """Tools that are run one after another on a catalogue, then pages that are viewed."""
    from lookscape.engine import Engine
    from lookscape.interfaces.http.studio.page import Asked, every_page

    def opened(work: Callable[[Engine], object]) -> Callable[[], object]:
        return lambda: work(Engine.open(folder))

    found = {path: in_child(opened(call)) for path, call in CALLS.items()}
    for page in every_page():
        asked = Asked(path={"product_id": PRODUCT}, query={})
        found[f"page {page.name}"] = in_child(opened(lambda engine, p=page, a=asked: p.view(engine, a)))
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    result = {"helped": helped()}
    result["engine"] = {
        "Engine.open": in_child(lambda: importlib.import_module("lookscape.engine").Engine.open(folder))
    }
    importlib.import_module("lookscape.engine")
    result["offered"] = offered()
    result["ran"] = ran(folder)
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
