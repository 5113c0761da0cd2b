"""Fabric as training wants it: the machine's accelerator, the precision that is fast on it, nothing on the terminal.

Several devices train together by DistributedDataParallel: this process is the first of them, the others are processes
that it starts (`_ranks.py`), and all meet at a port of this machine.
"""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from lightning_fabric import Fabric
from lightning_fabric.accelerators.cuda import CUDAAccelerator
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.strategies.ddp import DDPStrategy

from lookscape.errors import UsageError
from lookscape.representation.training.recipe import Precision

HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which of `count` processes this one is, and the port where they meet."""

    rank: int = 0
    count: int = 1
    port: int = 0


@contextmanager
def open_fabric(precision: Precision, place: Place, *, players: int) -> Iterator[Fabric]:
    """Fabric for one process of a run. Where there are several, waits for the others to come."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    fabric_precision: Literal["bf16-mixed", "32-true"] = (
        "bf16-mixed" if resolved(precision) is Precision.BF16 else "32-true"
    )
    if place.count == 1:
        yield Fabric(accelerator="auto", devices=1, precision=fabric_precision)
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // place.count))
    meeting = _Meeting(place)
    strategy = DDPStrategy(cluster_environment=meeting, find_unused_parameters=players > 1)
    fabric = Fabric(accelerator="auto", devices=place.count, strategy=strategy, precision=fabric_precision)
    try:
        fabric.launch()
        yield fabric
    finally:
        torch.set_num_threads(threads)
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def resolved(precision: Precision) -> Precision:
    """What `auto` means here: bfloat16 where the hardware multiplies it, else float32."""
    if precision is not Precision.AUTO:
        return precision
    if CUDAAccelerator.is_available():
        return Precision.BF16 if torch.cuda.is_bf16_supported(including_emulation=False) else Precision.FULL
    able = torch.cpu.get_capabilities()
    return Precision.BF16 if able.get("avx512_bf16") or able.get("amx_bf16") else Precision.FULL


def check_devices(count: int, *, batch_size: int) -> None:
    """Raises UsageError when a machine with GPUs has fewer, or the batch cannot be shared out evenly."""
    if batch_size % count:
        raise UsageError(
            f"a batch of {batch_size} cannot be shared by {count} devices; give a multiple of {count} as batch"
        )
    if count > 1 and CUDAAccelerator.is_available():
        there = CUDAAccelerator.auto_device_count()
    else:
        there = len(os.sched_getaffinity(0))
    if count > there:
        raise UsageError(f"{count} devices were asked for and this machine has {there}")


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


class _Meeting(ClusterEnvironment):
    """How processes that we started ourselves find each other."""

    main_address = HOST
    main_port = 0
    creates_processes_externally = True

    def __init__(self, place: Place) -> None:
        self._place = place
        self.main_port = place.port

    @staticmethod
    def detect() -> bool:
        return False

    def world_size(self) -> int:
        return self._place.count

    def set_world_size(self, size: int) -> None:
        assert size == self._place.count

    def global_rank(self) -> int:
        return self._place.rank

    def set_global_rank(self, rank: int) -> None:
        assert rank == self._place.rank

    def local_rank(self) -> int:
        return self._place.rank

    def node_rank(self) -> int:
        return 0
