"""Bind, announce, serve."""

import gc
import socket
from collections.abc import Callable, Collection

import uvicorn

from lookscape.engine import Engine
from lookscape.errors import UnavailableError
from lookscape.interfaces.http.app import create_app

BACKLOG = 512

GARBAGE = 5_000, 10, 400
"""Thresholds of Python's collector. A full collection holds up every request; by default, with hundreds of players,
there was one of 200 ms every few seconds."""


def serve(
    engine: Engine, *, host: str, port: int, names: Collection[str] = (), announce: Callable[[str], None]
) -> None:
    """Serve until interrupted. Raises UnavailableError when the address cannot be bound."""
    listening = _bind(host, port)
    bound = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    app = create_app(engine, host=host, names=names)
    announce(f"http://{shown}:{bound}")
    config = uvicorn.Config(app, log_level="warning", access_log=False, backlog=BACKLOG, server_header=False)
    server = uvicorn.Server(config)
    gc.freeze()  # what is there by now stays, and need not be looked at again
    gc.set_threshold(*GARBAGE)
    server.run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is named; with it every answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UnavailableError(f"cannot serve on {host}:{port}: {error.strerror}; choose another --port") from error
    listening.set_inheritable(False)
    return listening
