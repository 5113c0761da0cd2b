"""The attributes, and how the values of each are read: as numbers, codes, dates, words or text, learned or as told.

static/js/pages/columns.js tells the tool `annotate kind` what a person chose.
"""

from typing import get_args

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.tools.annotate.kind import Params
from lookscape.tools.manage.info import Column

PATH = "/columns"
TITLE = "Attributes"
NAV = 32
ICON = "filter"

WORDS = {
    "auto": "as learned",
    "number": "numbers",
    "number-point": "numbers, decimal point",
    "number-comma": "numbers, decimal comma",
    "date": "dates",
    "date-day-first": "dates, the day first",
    "date-month-first": "dates, the month first",
    "code": "codes",
    "word": "words",
    "text": "texts",
}
"""What a person can say, in words."""


class Choice(BaseModel):
    """Something that a person can say that an attribute is."""

    model_config = ConfigDict(frozen=True)
    name: str
    words: str


class Context(page.Context):
    """Every attribute, and what can be said of one."""

    columns: list[Column] = Field(description="the attributes, by name")
    choices: list[Choice] = Field(description="what a person can say that one is; the first takes that back")


def view(engine: Engine, asked: Asked) -> Context:
    """Ask `manage info`."""
    told = get_args(Params.model_fields["kind"].annotation)
    return Context(
        columns=engine.manage.info().columns,
        choices=[Choice(name=name, words=WORDS[name]) for name in told],
    )
