"""Jobs: start slow work, watch it, stop it. Every slow tool has a form here, read off its Params."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.jobs import JobBody, job_body
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.forms import Form, form_of
from lookscape.interfaces.http.studio.page import Asked
from lookscape.tools._tool import every_tool

PATH = "/jobs"
TITLE = "Jobs"
NAV = 68

SHOWN = 50


class Context(page.Context):
    """What can be started, and what was."""

    forms: list[Form] = Field(description="a form for each slow tool")
    jobs: list[JobBody] = Field(description="the latest jobs, newest first")
    tool: str = Field(description="the tool whose form is opened; empty: the first")


def view(engine: Engine, asked: Asked) -> Context:
    """List tools and jobs."""
    return Context(
        forms=[form_of(tool) for tool in sorted(every_tool(), key=lambda tool: not tool.creates) if tool.slow],
        jobs=[job_body(job) for job in engine.catalogue.jobs.latest(limit=SHOWN)],
        tool=asked.text("tool"),
    )
