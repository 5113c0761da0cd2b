"""A server in this process over the shared rendered catalogue, embedded."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app


@pytest.fixture(scope="session")
def client(engine: Engine) -> Iterator[TestClient]:
    """Talks to the application without a network."""
    app = create_app(engine, worker=False)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as talk:
        yield talk
