"""create_app(engine): tools, jobs, photos, pages and health behind one guard."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel

from lookscape import __version__
from lookscape.engine import Engine
from lookscape.interfaces.http import atlas, errors, jobs, language_table, live, report, tools, training
from lookscape.interfaces.http.guard import App, Guard
from lookscape.interfaces.http.images import clusters, decoded, explained, findings, photos, shared
from lookscape.interfaces.http.play import play
from lookscape.interfaces.http.studio import studio

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class Health(BaseModel):
    """Is the server able to answer?"""

    status: str
    products: int


class Version(BaseModel):
    """Which Lookscape this is."""

    name: str
    version: str


def create_app(engine: Engine, *, host: str = "127.0.0.1", names: Collection[str] = (), worker: bool = True) -> App:
    """The whole server as an ASGI application.

    host: the address it is bound to; on loopback it answers only to loopback names, and tools may read local files.
    names: further host names to answer to. worker: start a process that works through jobs.
    """
    local = host in LOOPBACK
    registry = CollectorRegistry()
    lifespan = _lifespan(engine, worker=worker)
    app = FastAPI(title="Lookscape", version=__version__, lifespan=lifespan, redoc_url=None, docs_url=None)
    errors.install(app, page=studio.error_page)
    app.add_middleware(play.Play, engine=engine)
    app.include_router(tools.router(engine, local=local))
    app.include_router(atlas.router(engine))
    app.include_router(clusters.router(engine))
    app.include_router(jobs.router(engine))
    app.include_router(photos.router(engine))
    app.include_router(findings.router(engine))
    app.include_router(decoded.router(engine))
    app.include_router(explained.router(engine))
    app.include_router(shared.router(engine))
    app.include_router(live.router(engine))
    app.include_router(language_table.router(engine))
    app.include_router(training.router(engine))
    app.include_router(report.router(engine))
    _add_health(app, engine, registry)
    studio.mount(app, engine)
    return Guard(app, hosts={*LOOPBACK, *names} if local else set(names), registry=registry)


def _lifespan(engine: Engine, *, worker: bool):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        process = jobs.Worker(engine)
        if worker:
            process.start()
        yield
        process.stop()
        engine.catalogue.close()

    return lifespan


def _add_health(app: FastAPI, engine: Engine, registry: CollectorRegistry) -> None:
    products = Gauge("lookscape_products", "Products in the catalogue", registry=registry)
    photos_held = Gauge("lookscape_photos", "Photos in the catalogue", registry=registry)

    @app.get("/healthz", tags=["server"], summary="Is the server able to answer?")
    def healthz() -> Health:
        return Health(status="ok", products=engine.catalogue.counts().products)

    @app.get("/version", tags=["server"], summary="Which Lookscape this is")
    def version() -> Version:
        return Version(name="lookscape", version=__version__)

    @app.get("/metrics", tags=["server"], summary="Prometheus metrics", response_class=Response)
    def metrics() -> Response:
        counts = engine.catalogue.counts()
        products.set(counts.products)
        photos_held.set(counts.photos)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
