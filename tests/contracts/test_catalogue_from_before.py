"""A catalogue made before rooms and words changed opens, answers the same, and its unfinished work goes on.

catalogue-before.tar.xz was made by commit e46c2a7 through the tools that users have (make_catalogue_before.py beside
it): labels with their history, findings, a Space, a language with people's names, two classifiers, a study, a map,
clusters, a match board, a game, two waiting jobs, and two trainings that were killed in the middle. What that commit
answered, and what its killed trainings ended with when it went on with them itself, is in answers-before.json.xz.
"""

import json
import lzma
import platform
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

import lookscape
from lookscape.catalogue.records import JobState
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings
from lookscape.tools._tool import find_tool
from lookscape.tools._worker import Worker
from renames import Renames
from same_answers import different

DATA = Path(__file__).parents[1] / "data"
BEFORE: dict[str, Any] = json.loads(lzma.decompress((DATA / "answers-before.json.xz").read_bytes()))
RENAMES = Renames.read()

DRIFT = 0.02
"""How far the norm of a tensor of weights may be from what it was, as a share of it, on another processor than that
of the catalogue: it adds up in another order, and training makes more of every last bit."""


@pytest.fixture(autouse=True, scope="module")
def plain_computing() -> Iterator[None]:
    """As where the catalogue was made: one thread, no bfloat16. A training goes on only in its own precision."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.cpu, "get_capabilities", dict)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(DATA / "catalogue-before.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "catalogue"


def opened(folder: Path) -> Engine:
    return Engine(Catalogue(Settings.for_catalogue(folder)))


@pytest.fixture(scope="module")
def engine(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """For calls that change nothing that others answer by."""
    folder = tmp_path_factory.mktemp("asked") / "catalogue"
    shutil.copytree(unpacked, folder)
    made = opened(folder)
    yield made
    made.catalogue.close()


@pytest.fixture
def own_engine(unpacked: Path, tmp_path: Path) -> Iterator[Engine]:
    """For calls that go on with something."""
    shutil.copytree(unpacked, tmp_path / "catalogue")
    made = opened(tmp_path / "catalogue")
    yield made
    made.catalogue.close()


def ask(engine: Engine, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A tool by the name and with the words of before."""
    tool = find_tool(RENAMES.tool(path))
    known = tool.params.model_fields
    given = {
        next((new for new in RENAMES.names(path, name) if new in known), name): value for name, value in params.items()
    }
    return tool.run(engine, tool.validate(given)).model_dump(mode="json")


def call_id(call: Mapping[str, Any]) -> str:
    return "-".join([call["tool"], *(f"{key}={value}"[:24] for key, value in call["params"].items() if key != "photo")])


@pytest.mark.parametrize("call", BEFORE["calls"], ids=call_id)
def test_it_answers_the_same(engine: Engine, call: dict[str, Any]) -> None:
    now = ask(engine, call["tool"], call["params"])
    assert different(call["answer"], now, path=call["tool"], renames=RENAMES) == []


@pytest.mark.parametrize("half", BEFORE["half"], ids=lambda half: half["tool"])
def test_a_killed_training_goes_on(own_engine: Engine, half: dict[str, Any]) -> None:
    """On the processor and with the libraries that made the catalogue, weights are the same to the last bit."""
    assert lookscape.__version__ == BEFORE["version"], "another version begins trainings anew: make the catalogue again"
    now = ask(own_engine, half["tool"], half["params"])
    assert now["resumed_at"] == half["step"] == half["answer"]["resumed_at"]
    folder = (
        own_engine.folder / ("models" if half["tool"] == "manage/train" else "classifiers") / half["params"]["name"]
    )
    norms = {
        name: np.linalg.norm(one.astype(np.float64)) for name, one in load_file(folder / "weights.safetensors").items()
    }
    if machine() == BEFORE["machine"]:
        assert json.loads((folder / "config.json").read_bytes())["key"] == half["key"]
        assert different(half["answer"], now, path=half["tool"], renames=RENAMES) == []
    assert norms == pytest.approx(half["norms"], rel=DRIFT, abs=1e-3)


def test_waiting_jobs_are_done(own_engine: Engine) -> None:
    Worker(own_engine).run(once=True)
    jobs = own_engine.catalogue.jobs.latest()[::-1]
    assert [(job.state, job.message) for job in jobs] == [(JobState.DONE, "")] * len(BEFORE["jobs"])
    for job, was in zip(jobs, BEFORE["jobs"], strict=True):
        assert different(was, json.loads(job.result or ""), path=job.tool, renames=RENAMES) == []


def machine() -> list[str]:
    """What the last bits of sums depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return [platform.machine(), model, torch.backends.cpu.get_cpu_capability(), torch.__version__, np.__version__]
