"""Trainings over HTTP: their curves, alarms and figures, and the frames of their films."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Path as PathPart
from fastapi.responses import FileResponse

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.representation.training import filmstrip
from lookscape.representation.training.runs import Run, read_run, run_names

Name = Annotated[str, PathPart(pattern="^[a-z][a-z0-9-]*$", description="the model's name")]
Shot = Annotated[str, PathPart(pattern=r"^(\d{7}\.webp|film\.webp|film\.gif|strip\.png)$")]
FRESH = {"cache-control": "private, no-cache"}
"""A model that is trained again gets another film at the same place; unchanged files are answered with 304."""


def router(engine: Engine) -> APIRouter:
    """The endpoints."""
    routes = APIRouter(tags=["training"])
    models = engine.folder / "models"

    @routes.get("/api/v1/training", summary="Names of all trainings, the latest first")
    def names() -> list[str]:
        return run_names(models)

    @routes.get("/api/v1/training/{name}", summary="One training: curves, alarms, film, figures")
    def training(name: Name) -> Run:
        return read_run(models, name)

    @routes.get("/films/{name}/{shot}", summary="A frame of a training's film", response_class=Response)
    def film(name: Name, shot: Shot) -> FileResponse:
        return FileResponse(_shot(models, name, shot), headers=FRESH)

    return routes


def _shot(models: Path, name: str, shot: str) -> Path:
    path = models / name / filmstrip.FOLDER / shot
    if not path.is_file():
        raise NotFoundError(f"the film of {name} has no {shot}")
    return path
