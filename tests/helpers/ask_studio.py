"""Asks the studio and Python for what contributors added; prints JSON: python ask_studio.py CATALOGUE PAGE..."""

import json
import sys

from starlette.testclient import TestClient

import lookscape
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app


def main(folder: str, pages: list[str]) -> None:
    """Call one tool from Python and over HTTP, read OpenAPI and the pages."""
    engine = Engine.open(folder)
    app = create_app(engine, worker=False)
    client = TestClient(app, base_url="http://127.0.0.1")
    told = {
        "code": lookscape.__file__,
        "python": engine.search.lucky(3).products,
        "http": client.post("/api/v1/search/lucky", json={"count": 3}).json()["products"],
        "openapi": client.get("/openapi.json").json()["paths"],
        "pages": {page: client.get(page).text for page in pages},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
