"""Work through the queue of slow jobs; any number of these may run beside a server.

The server starts one by itself. A job whose worker dies is taken up again and goes on where it stopped.
"""

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from lookscape.interfaces.cli.tools import CATALOGUE


def main(
    *,
    catalogue: Annotated[Path | None, CATALOGUE] = None,
    once: Annotated[bool, typer.Option("--once", help="stop when the queue is empty")] = False,
    child: Annotated[bool, typer.Option("--child", help="stop when the process that started this one does")] = False,
) -> None:
    """Take jobs until stopped."""
    from lookscape.interfaces.cli.run import open_engine
    from lookscape.tools._worker import Worker

    signal.signal(signal.SIGTERM, _stop)
    Worker(open_engine(catalogue, create=False), die_with_parent=child).run(once=once)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    """A polite request to stop is as good as Ctrl-C: the job goes back to the queue."""
    raise KeyboardInterrupt
