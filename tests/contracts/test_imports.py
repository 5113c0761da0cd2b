"""What every command, tool and page imports: torch stays at home, and so does pandas, and lists of commands are quick.

Each is looked at in a process of its own (helpers/imports_of.py): when its help is asked for or its file is loaded, and
when it is run on a small catalogue. What is not expected here is named with the chain of modules that led to it.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import imports_of
from lookscape.catalogue.findings import Finding, Fix
from lookscape.catalogue.records import Attribute, Origin
from lookscape.classifiers.folder import FOLDER as CLASSIFIERS
from lookscape.classifiers.folder import MARK
from lookscape.classifiers.tuning import study as studies
from lookscape.engine import Engine
from lookscape.interfaces.http.studio.page import every_page
from lookscape.services.clusters.file import Members, write_members
from lookscape.services.maps.file import About, Map, map_path, write_map
from lookscape.tools._tool import every_tool
from lookscape.tools.atlas.clusters import Result

Measured = dict[str, dict[str, dict[str, str]]]

PAGES = [f"page {page.name}" for page in every_page()]

QUICK = {"PIL", "cv2", "fastapi", "pyarrow"}
"""Libraries that files may import when they are loaded."""

NETWORKS = {
    *("manage/embed", "manage/train", "search/by-photo", "search/why", "measure/board", "measure/recall"),
    *(tool.path for tool in every_tool() if tool.group == "latent"),
    *(
        "predict/train",
        "predict/evaluate",
        "predict/report",
        "predict/classify",
        "predict/explain",
        "predict/counterfactual",
    ),
    *("predict/filters", "predict/transfer", "predict/tune"),
}
"""Tools that train a network or run one, and so import torch; they are not run here."""

FITTED = {
    *("atlas/map", "atlas/clusters", "measure/leaks", "measure/match", "predict/impute", "predict/next"),
    *("predict/compare", "manage/ingest"),
}
"""Tools that lay out, group or learn with scikit-learn, or start processes: too slow to be run here."""

RUN = {
    "annotate/add": "",
    "annotate/clear": "",
    "annotate/export": "",
    "annotate/history": "",
    "annotate/import": "",
    "annotate/kind": "",
    "annotate/names": "",
    "annotate/pick": "",
    "annotate/redo": "",
    "annotate/set": "",
    "annotate/show": "",
    "annotate/undo": "",
    "atlas/export": "PIL cv2 pyarrow",
    "atlas/maps": "pyarrow",
    "atlas/name-cluster": "pyarrow",
    "atlas/near": "pyarrow",
    "clean/check": "PIL cv2 pyarrow",
    "clean/decide": "PIL cv2",
    "clean/export": "PIL cv2",
    "clean/findings": "PIL cv2",
    "clean/queue": "PIL cv2",
    "clean/standardise": "PIL cv2",
    "clean/undo": "PIL cv2",
    "manage/gauge": "PIL cv2",
    "manage/info": "pyarrow",
    "measure/split": "PIL cv2 pyarrow scipy",
    "predict/accept": "",
    "predict/classifiers": "",
    "predict/show": "",
    "predict/trials": "cv2 optuna",
    "report/catalogue": "PIL cv2 faiss pandas pyarrow scipy sklearn",
    "report/compare": "PIL cv2",
    "search/facets": "",
    "search/find": "",
    "search/like": "faiss pyarrow",
    "search/product": "",
    "taste/export": "",
    "taste/find": "pyarrow",
    "taste/game": "PIL cv2 faiss pyarrow",
    "taste/import": "PIL cv2 pyarrow",
    "taste/leaderboard": "evalica pandas pyarrow scipy",
    "taste/rank": "faiss pyarrow",
    "page annotate": "",
    "page api": "PIL cv2 pyarrow",
    "page board": "",
    "page catalogue": "",
    "page classifiers": "",
    "page clusters": "pyarrow",
    "page columns": "pyarrow",
    "page compare": "",
    "page filters": "",
    "page impute": "PIL cv2",
    "page jobs": "PIL cv2 fastapi pyarrow",
    "page language": "PIL cv2 pyarrow",
    "page latent": "",
    "page leaderboard": "evalica pandas pyarrow scipy",
    "page map": "pyarrow",
    "page match": "",
    "page play": "pyarrow",
    "page product": "PIL cv2 pyarrow",
    "page report": "PIL cv2",
    "page review": "PIL cv2",
    "page search": "pyarrow",
    "page taste": "pyarrow",
    "page training": "PIL cv2 pyarrow",
    "page tuning": "cv2 optuna",
    "page why": "",
}
"""What is imported by who needs no network, beside what the Engine imports."""

WITH_REASON = {
    "report/catalogue": {"pandas"},  # scikit-learn imports it where it is there
    "taste/leaderboard": {"pandas"},  # evalica is built upon it
    "page leaderboard": {"pandas"},
}
"""Who imports torch or pandas all the same, and why."""


@pytest.fixture(scope="module")
def measured(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("imports") / "catalogue"
    shutil.copytree(engine.folder, folder)
    put_classifier(folder)
    put_study(folder)
    put_map(folder)
    put_guesses(folder)
    script = str(imports_of.__file__)
    ran = subprocess.run([sys.executable, script, str(folder)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: Measured = json.loads(ran.stdout)
    return found


def put_classifier(folder: Path) -> None:
    """What can be read of one without opening its weights."""
    place = folder / CLASSIFIERS / "tone"
    place.mkdir(parents=True)
    about = {"attribute": "tone", "split": "fair", "classes": ["dark", "light"], "key": "one", "side": 16}
    (place / "config.json").write_text(json.dumps({**about, "config": {"backbone": "encoder"}}))
    report = {"best_step": 1, "seconds": 1.0, "counts": {"train": 2, "validation": 1, "test": 1}}
    (place / MARK).write_text(json.dumps({"report": report}))


def put_study(folder: Path) -> None:
    """One that was begun, with a trial that is waiting."""
    place = studies.study_folder(folder, "tone")
    studies.begin(place, studies.About(attribute="tone", split="fair")).enqueue_trial({})


def put_map(folder: Path) -> None:
    """A map and clusters, as if laid out and fitted."""
    engine = Engine.open(folder)
    owners = engine.catalogue.first_products()
    ids = tuple(sorted(owners))
    about = About(space="lookalike", key="one", metric="cosine", method="tsne", dimensions=2, seed=0)
    points_ND = np.zeros((len(ids), 2), np.float32)
    write_map(map_path(engine, "map"), Map(about=about, ids=ids, points_ND=points_ND, placed_N=points_ND[:, 0] > 0))
    nothing = dict.fromkeys(("components", "outside", "k", "silhouette"), 0)
    clusters = Result(
        name="cluster",
        space="lookalike",
        metric="cosine",
        method="kmeans",
        products=len(ids),
        **{**nothing, "elbow": None, "act": None, "steps": [], "clusters": []},
    )
    ones_N = np.ones(len(ids), np.float32)
    members = Members(
        about=clusters.model_dump_json(),
        product_ids=tuple(owners[one] for one in ids),
        photo_ids=ids,
        cluster_N=ones_N.astype(np.int32),
        confidence_N=ones_N,
        distance_N=ones_N,
    )
    write_members(engine, "cluster", members)
    engine.catalogue.close()


def put_guesses(folder: Path) -> None:
    """What machines say of a product: its photo should be mirrored, its tone is dark; and a player without votes."""
    catalogue = Engine.open(folder).catalogue
    photo_id = catalogue.product(imports_of.PRODUCT).photo_ids[0]
    finding = Finding(photo_id=photo_id, says="points left", confidence=0.9, fix=Fix(mirror=True))
    catalogue.put_verdicts("orientation", 1, [finding])
    dark = {"name": "tone", "value": "dark", "origin": Origin.PREDICTED, "confidence": 0.9}
    catalogue.annotate([Attribute(product_id=imports_of.LAST, **dark)], by="a model")
    catalogue.games.join("secret", team=imports_of.TEAM)
    catalogue.close()


def test_lists_of_commands_import_nothing_heavy(measured: Measured) -> None:
    assert {name: found for name, found in measured["helped"].items() if found} == {}


def test_opening_a_catalogue_imports_what_its_store_needs(measured: Measured) -> None:
    assert set(measured["engine"]["Engine.open"]) == {"numpy", "sqlalchemy"}


@pytest.mark.parametrize("name", [f"{tool.path} --help" for tool in every_tool()] + PAGES + ["server"])
def test_loading_imports_only_what_is_quick(name: str, measured: Measured) -> None:
    """Beside what the Engine needs; whatever is slow to import is imported once something is run."""
    found = measured["offered"][name]
    assert {library: chain for library, chain in found.items() if library not in QUICK} == {}


def test_everything_is_run_or_known_to_be_heavy(measured: Measured) -> None:
    every = {tool.path for tool in every_tool()} | set(PAGES)
    assert set(measured["ran"]) == set(RUN)
    assert set(RUN) | NETWORKS | FITTED == every
    assert set(RUN) & (NETWORKS | FITTED) == set()


@pytest.mark.parametrize("name", sorted(RUN))
def test_running_imports_what_is_listed(name: str, measured: Measured) -> None:
    found = measured["ran"][name]
    listed = set(RUN[name].split())
    assert {library: chain for library, chain in found.items() if library not in listed} == {}
    assert listed - found.keys() == set(), "is not imported any more: take it off the list"


def test_whoever_needs_no_network_imports_neither_torch_nor_pandas() -> None:
    listed = {name: {"torch", "pandas"} & set(libraries.split()) for name, libraries in RUN.items()}
    assert {name: found for name, found in listed.items() if found} == WITH_REASON
