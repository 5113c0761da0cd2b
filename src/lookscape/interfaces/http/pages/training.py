"""Training: what was learned from the photos and how it went, live while it runs, and a form to start another.

`?run=NAME` picks one; the latest comes first. The page comes with words and figures; static/js/training/training.js
draws curves and film, and asks again while a training runs.
"""

import json

from pydantic import BaseModel, ConfigDict, Field

from lookscape import parts
from lookscape.catalogue.records import Job, JobState
from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.representation.training.recipe import RECIPES
from lookscape.representation.training.runs import Run, State, read_run, run_names

PATH = "/training"
TITLE = "Training"
NAV = 60

TOOL = "manage/train"
LOOKED_AT = 100
"""Latest jobs among which trainings that wait are looked for."""


class Recipe(BaseModel):
    """What can be trained."""

    model_config = ConfigDict(frozen=True)
    name: str
    summary: str


class Entry(BaseModel):
    """A line of the list."""

    model_config = ConfigDict(frozen=True)
    name: str
    state: State


class Context(page.Context):
    """The list, the one that is looked at, and what can be started."""

    entries: list[Entry] = Field(description="trainings that wait, then the others, the latest first")
    run: Run | None = Field(description="the one in view; None if there is none or it is still queued")
    chosen: str = Field(description="the name of the one in view; empty without any")
    recipes: list[Recipe] = Field(description="what can be trained")
    recipe: str = Field(description="the recipe the form starts with")
    has_photos: bool = Field(description="there are photos to train on")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the folders of the models and the queue of jobs."""
    models = engine.folder / "models"
    names = run_names(models)
    waiting = [name for name in _waiting(engine) if name not in names]
    known = [*waiting, *names]
    chosen = asked.text("run") if asked.text("run") in known else next(iter(known), "")
    recipes = parts.names(RECIPES)
    wanted = asked.text("recipe")
    return Context(
        entries=[
            *(Entry(name=name, state=State.QUEUED) for name in waiting),
            *(Entry(name=name, state=read_run(models, name).state) for name in names),
        ],
        run=read_run(models, chosen) if chosen in names else None,
        chosen=chosen,
        recipes=[Recipe(name=name, summary=parts.summary(RECIPES, name)) for name in recipes],
        recipe=wanted if wanted in recipes else "language",
        has_photos=engine.catalogue.counts().photos > 0,
    )


def _waiting(engine: Engine) -> list[str]:
    """Names of trainings that are queued, or have begun and written nothing yet."""
    jobs = engine.catalogue.jobs.latest(limit=LOOKED_AT)
    going = (job for job in jobs if job.tool == TOOL and job.state in (JobState.QUEUED, JobState.RUNNING))
    return list(dict.fromkeys(_name(job) for job in going))


def _name(job: Job) -> str:
    params = json.loads(job.params)
    return str(params.get("name") or params.get("recipe", "language")).replace("_", "-")
