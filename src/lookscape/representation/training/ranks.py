"""The other processes of a run on several devices: started by the first one, and gone when it is.

Each reads from its standard input one line of JSON that says what to train, then waits there for the end: when the
first process dies, however it dies, the pipe closes and the others end too.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.training.devices import Place, free_port, open_fabric
from lookscape.representation.training.jitter import jittered
from lookscape.representation.training.loop import Batches, set_up, train
from lookscape.representation.training.recipe import Precision, Recipe
from lookscape.representation.training.state import last_state

MODULE = "lookscape.representation.training.ranks"


@dataclass(frozen=True, kw_only=True)
class Share:
    """What every process of a run trains: the recipe, the photos, and the state that it goes on from, if any.

    `measured` is the file of what was measured on the photos, for models that want it.
    """

    recipe: Recipe
    pixels: Pixels
    rows: NDArray[np.intp]
    states: Path | None
    measured: Path | None = None

    def batches(self, place: Place) -> Batches:
        """The part of every batch that one process takes."""
        return Batches(
            array_NHWC=self.pixels.array_NHWC,
            rows=self.rows,
            batch_size=self.recipe.batch_size,
            seed=self.recipe.seed,
            rank=place.rank,
            num_ranks=place.count,
            change=jittered if self.recipe.jitter else None,
            measured_NA=np.load(self.measured) if self.measured else None,
        )


@contextmanager
def followers(share: Share, *, count: int) -> Iterator[Place]:
    """Start the other processes, if there are any; the place of this one."""
    first = Place(rank=0, count=count, port=free_port() if count > 1 else 0)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(1, count):
            started.append(_start(share, replace(first, rank=rank)))
        yield first
        for process in started:
            process.wait()
    finally:
        for process in started:
            process.kill()
            process.wait()
            if process.stdin is not None:
                process.stdin.close()


def _start(share: Share, place: Place) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-m", MODULE], stdin=subprocess.PIPE)
    config = share.recipe.checked_config().model_dump(mode="json")
    job = {
        "place": asdict(place),
        "recipe": asdict(replace(share.recipe, config=config)),
        "array": str(share.pixels.path),
        "rows": share.rows.tolist(),
        "states": str(share.states) if share.states else None,
        "measured": str(share.measured) if share.measured else None,
    }
    assert process.stdin is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    process.stdin.flush()
    return process


def _follow() -> None:
    """What such a process does: the same steps on its own share, keeping nothing."""
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    place, recipe = Place(**job["place"]), Recipe(**job["recipe"])
    recipe = replace(recipe, ema_decay=0.0, precision=Precision(recipe.precision))
    rows = np.array(job["rows"], np.intp)
    pixels = Pixels.open(Path(job["array"]))
    states, measured = (Path(job[name]) if job[name] else None for name in ("states", "measured"))
    share = Share(recipe=recipe, pixels=pixels, rows=rows, states=states, measured=measured)
    model = recipe.new_model()
    with open_fabric(recipe.precision, place, players=len(model.players)) as fabric:
        run = set_up(model, recipe, fabric=fabric)
        state = last_state(share.states) if share.states else None
        if state is not None:
            state.restore(run)
        train(run, recipe, share.batches(place), start=state.step if state else 0, hooks=[])


def _end_with_the_first() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    _follow()
