"""Asks the studio and Python for what contributors added; prints JSON: python ask_studio.py PAGE... -C CATALOGUE"""

import json
import sys

from starlette.testclient import TestClient

import lookscape
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.representation.specs import resolve

TINY = "pretrained:timm/test_byobnet?weights=none,side=32"


def main(folder: str, pages: list[str]) -> None:
    """Call one tool from Python and over HTTP, run a network, read OpenAPI and the pages."""
    engine = Engine.open(folder)
    app = create_app(engine, worker=False)
    client = TestClient(app, base_url="http://127.0.0.1")
    told = {
        "code": lookscape.__file__,
        "python": engine.search.lucky(3).products,
        "http": client.post("/api/v1/search/lucky", json={"count": 3}).json()["products"],
        "engine": resolve(TINY, runtime=engine.settings.runtime)._run.plan.engine,
        "openapi": client.get("/openapi.json").json()["paths"],
        "pages": {page: client.get(page).text for page in pages},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    *asked_pages, _, catalogue = sys.argv[1:]
    main(catalogue, asked_pages)
