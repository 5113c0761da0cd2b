"""The fastest way to run a network here: torch on a GPU, OpenVINO, ONNX Runtime, or torch on the CPU.

An engine is one file in `runtimes/`:

    SPEEDS = {"bf16": 20, "f32": 30}                        precision -> place in the order; smaller is tried first
    def supports(precision) -> bool                         can this machine?
    def compile_network(export, *, precision, threads) -> Program

Engines are tried in the order of their SPEEDS. One is taken if it agrees with torch in fp32 on drawn pictures: cosine
of at least AGREEMENT for every one of them, else the next is tried; so bf16 is used for the networks that bear it. What
was chosen is kept, with the exported network, in a cache folder: the next start needs no torch.

Photos are computed one at a time, in as many streams as there are cores: on a CPU that is as fast as a batch, and a
photo's vector cannot depend on the photos beside it.
"""

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lookscape import parts
from lookscape.errors import LookscapeError, UnknownNameError
from lookscape.files import write_atomically
from lookscape.representation.inference.samples import pictures
from lookscape.representation.protocol import ImageU8, Vectors

if TYPE_CHECKING:
    from torch import nn

ENGINES = "lookscape.representation.inference.runtimes"
AGREEMENT = 0.999
NUM_SAMPLES = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Network:
    """A torch module from uint8 B x side x side x 3 to float B x D, and `key`, which identifies what it computes.

    `centred` says that a mean will be taken off its vectors: agreement is then measured after that, which is stricter.
    """

    module: "nn.Module"
    side: int
    key: str
    centred: bool = False


class Export:
    """A network as engines take it: ONNX for one photo or the torch module itself, each made when asked for."""

    def __init__(self, *, side: int, module: Callable[[], "nn.Module"], onnx: bytes | None = None) -> None:
        self.side, self.module, self._onnx = side, module, onnx

    @cached_property
    def onnx(self) -> bytes:
        """From uint8 1 x side x side x 3, named "photo", to float 1 x D."""
        from lookscape.representation.inference.export import to_onnx

        return self._onnx or to_onnx(self.module(), side=self.side)


class Program(Protocol):
    """A network compiled by one engine."""

    def run(self, squares: Iterable[ImageU8]) -> Vectors:
        """Photos of side x side x 3, taken one by one while earlier ones are computed -> B x D, in order."""
        ...


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was found out about a network, kept in the cache."""

    key: str
    side: int
    dim: int
    engine: str
    precision: str


class Runner:
    """A network ready to run. Calls from several threads take turns."""

    def __init__(self, plan: Plan, program: Program) -> None:
        self.plan, self._program, self._turn = plan, program, threading.Lock()

    def __call__(self, squares: Iterable[ImageU8]) -> Vectors:
        """Photos of side x side x 3 -> B x D float32."""
        with self._turn:
            vectors = self._program.run(squares)
        return vectors if len(vectors) else np.empty((0, self.plan.dim), np.float32)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """How networks are run: the engine (auto, or one of runtimes/), the cache folder, and threads (0: one a core)."""

    engine: str = "auto"
    cache: Path | None = None
    threads: int = 0

    @property
    def num_threads(self) -> int:
        """Threads to compute with."""
        return self.threads or len(os.sched_getaffinity(0))

    def open(self, identity: str, make: Callable[[], Network]) -> Runner:
        """Compile the network that `make` builds, or what the cache holds under `identity`.

        `identity` must change whenever `make` would build another network. Raises UnknownNameError for an engine that
        is not there, LookscapeError when the one asked for cannot run the network, and whatever `make` raises.
        """
        self._check()
        folder = self.cache / _entry(identity, engine=self.engine) if self.cache else None
        known = _read(folder) if folder else None
        if known is not None:
            plan, onnx = known
            export = Export(side=plan.side, module=lambda: make().module, onnx=onnx)
            return Runner(plan, self._compile(export, plan.engine, plan.precision))
        network = make()
        export = Export(side=network.side, module=lambda: network.module)
        runner = self._first_that_agrees(network, export)
        if folder is not None:
            _write(folder, runner.plan, export.onnx)
        return runner

    def _check(self) -> None:
        if self.engine != "auto" and self.engine not in parts.names(ENGINES):
            raise UnknownNameError("engine", self.engine, ["auto", *parts.names(ENGINES)])

    def _compile(self, export: Export, engine: str, precision: str) -> Program:
        program: Program = parts.load(ENGINES, engine).compile_network(
            export, precision=precision, threads=self.num_threads
        )
        return program

    def _first_that_agrees(self, network: Network, export: Export) -> Runner:
        samples = pictures(NUM_SAMPLES, side=network.side)
        expected = _reference(network, samples)
        for engine, precision in ordered(parts.names(ENGINES) if self.engine == "auto" else (self.engine,)):
            if not parts.load(ENGINES, engine).supports(precision):
                continue
            try:
                program = self._compile(export, engine, precision)
                agreement = _agreement(program.run(samples), expected, centred=network.centred)
            except RuntimeError as error:  # what an engine raises for a layer it does not know
                log.warning("%s %s cannot run this network: %s", engine, precision, error)
                continue
            if agreement >= AGREEMENT:
                dim = expected.shape[1]
                plan = Plan(key=network.key, side=network.side, dim=dim, engine=engine, precision=precision)
                return Runner(plan, program)
            log.info("%s %s agrees with torch to cosine %.5f only; trying the next", engine, precision, agreement)
        raise LookscapeError(
            f"engine {self.engine} cannot run this network within cosine {AGREEMENT} of torch; use auto"
        )


def ordered(engines: Iterable[str]) -> list[tuple[str, str]]:
    """Engines with the precisions they offer, the fastest first; this imports them, torch among them."""
    speeds = {engine: parts.load(ENGINES, engine).SPEEDS for engine in engines}
    pairs = [(place, engine, precision) for engine, offered in speeds.items() for precision, place in offered.items()]
    return [(engine, precision) for _, engine, precision in sorted(pairs)]


DEFAULT_RUNTIME = Runtime()
"""The fastest engine, nothing kept."""


def _reference(network: Network, samples: list[ImageU8]) -> Vectors:
    """What torch in fp32 gives on the CPU."""
    import torch

    with torch.inference_mode():
        rows = [network.module(torch.from_numpy(sample[None])) for sample in samples]
    return np.asarray(torch.cat(rows).float().numpy(), np.float32)


def _agreement(given: Vectors, expected: Vectors, *, centred: bool) -> float:
    """The lowest cosine over the samples."""
    centre = expected.mean(axis=0) if centred else np.zeros(expected.shape[1], np.float32)
    a, b = given - centre, expected - centre
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float(((a * b).sum(axis=1) / np.maximum(lengths, np.finfo(np.float32).tiny)).min())


def _entry(identity: str, *, engine: str) -> str:
    """The cache folder's name: another machine or another version of an engine finds out for itself."""
    libraries = [f"{name} {version(name)}" for name in ("torch", "timm", "torchvision", "openvino", "onnxruntime")]
    text = json.dumps([identity, engine, libraries, parts.load(ENGINES, "openvino").machine()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(folder: Path) -> tuple[Plan, bytes] | None:
    try:
        written = json.loads((folder / "plan.json").read_bytes())
        onnx = (folder / "network.onnx").read_bytes()
        digest = written.pop("onnx_sha256")
        return (Plan(**written), onnx) if digest == hashlib.sha256(onnx).hexdigest() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(folder: Path, plan: Plan, onnx: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "network.onnx", onnx)
    written = {**asdict(plan), "onnx_sha256": hashlib.sha256(onnx).hexdigest()}
    write_atomically(folder / "plan.json", json.dumps(written, indent=2).encode())
