import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lookscape import parts
from lookscape.errors import LookscapeError, UnknownNameError
from lookscape.representation.inference import runtime
from lookscape.representation.inference.runtime import ENGINES, Network, Runtime, ordered
from lookscape.representation.inference.samples import pictures
from lookscape.representation.networks.blocks import Average, FromBytes

HERE = [pair for pair in ordered(parts.names(ENGINES)) if parts.load(ENGINES, pair[0]).supports(pair[1])]


def small_network(*, centred: bool = False) -> Network:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(), Average())
    module = FromBytes(layers, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4)).eval()
    return Network(module=module, side=32, key="small", centred=centred)


def expected(network: Network) -> np.ndarray:
    with torch.inference_mode():
        return network.module(torch.from_numpy(np.stack(pictures(5, side=32)))).numpy()


@pytest.mark.parametrize("engine", parts.names(ENGINES))
@pytest.mark.parametrize("centred", [False, True])
def test_every_engine_agrees_with_torch(engine: str, centred: bool) -> None:
    network = small_network(centred=centred)
    runner = Runtime(engine=engine).open("small", lambda: network)
    vectors = runner(iter(pictures(5, side=32)))
    assert vectors.shape == (5, 16)
    cosines = (
        (vectors * expected(network)).sum(1)
        / np.linalg.norm(vectors, axis=1)
        / np.linalg.norm(expected(network), axis=1)
    )
    assert cosines.min() >= 0.999
    assert runner([]).shape == (0, 16)


def test_the_first_engine_that_agrees_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = HERE[:2]
    chosen = Runtime().open("small", small_network).plan
    assert (chosen.engine, chosen.precision) == first
    wrong = parts.load(ENGINES, first[0]).compile_network

    def compile_wrongly(export: runtime.Export, *, precision: str, threads: int) -> object:
        program = wrong(export, precision=precision, threads=threads)
        if precision == first[1]:
            right = program.run
            program.run = lambda squares: right(squares)[::-1]
        return program

    monkeypatch.setattr(parts.load(ENGINES, first[0]), "compile_network", compile_wrongly)
    fallen_back = Runtime().open("small", lambda: small_network(centred=True)).plan
    assert (fallen_back.engine, fallen_back.precision) == second


def test_an_engine_asked_for_by_name_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "AGREEMENT", 1.1)
    with pytest.raises(LookscapeError, match="onnxruntime cannot run this network"):
        Runtime(engine="onnxruntime").open("small", small_network)


def test_an_unknown_engine_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="openvino"):
        Runtime(engine="opnvino").open("small", small_network)


def counted(make: Callable[[], Network]) -> tuple[list[int], Callable[[], Network]]:
    calls: list[int] = []

    def count() -> Network:
        calls.append(1)
        return make()

    return calls, count


def test_the_cache_spares_building_the_network(tmp_path: Path) -> None:
    calls, make = counted(small_network)
    first = Runtime(engine="openvino", cache=tmp_path).open("small", make)
    second = Runtime(engine="openvino", cache=tmp_path).open("small", make)
    assert (len(calls), second.plan) == (1, first.plan)
    np.testing.assert_array_equal(first(pictures(3, side=32)), second(pictures(3, side=32)))
    Runtime(engine="openvino", cache=tmp_path).open("another", make)
    assert len(calls) == 2


@pytest.mark.parametrize("name", ["plan.json", "network.onnx"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, name: str) -> None:
    calls, make = counted(small_network)
    Runtime(engine="openvino", cache=tmp_path).open("small", make)
    (file,) = tmp_path.glob(f"*/{name}")
    file.write_bytes(b"{}")
    Runtime(engine="openvino", cache=tmp_path).open("small", make)
    assert len(calls) == 2
    assert file.read_bytes() != b"{}"


def test_openvino_reports_nothing_to_anybody(tmp_path: Path) -> None:
    """Its own reporting leaves a folder `intel` with a client number in the home folder before it sends anything."""
    code = (
        "import sys; from lookscape.representation.inference.runtimes import openvino as engine; engine.machine();"
        "print([name for name, module in sys.modules.items() if 'openvino_telemetry' in name and module])"
    )
    environment = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_an_error_among_the_photos_leaves_the_engine_usable() -> None:
    runner = Runtime(engine="openvino").open("small", small_network)

    def broken() -> object:
        yield pictures(1, side=32)[0]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        runner(broken())
    np.testing.assert_allclose(runner(pictures(5, side=32)), expected(small_network()), atol=0.05)
