"""What all pages of this folder share: the whole document around a body, the sheet, and pictures inside the HTML.

Pages are drawn from `templates/`. Pictures are WebP inside the HTML, plots are SVG whose text can be read and searched;
styles are in one sheet, and there is no script. The studio shows the same bodies with the same sheet.
"""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lookscape import __version__
from lookscape.services.words import counted, percent

TEMPLATES = Path(__file__).parent / "templates"


def style() -> str:
    """The sheet that all pages use."""
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def document(*, name: str, body: str) -> str:
    """A whole page around a body; `name` is its title."""
    return templates().get_template("document.html").render(name=name, body=body, style=style(), version=__version__)


def inline(pictures: Mapping[str, bytes]) -> dict[str, str]:
    """WebP files as addresses that hold them."""
    return {name: f"data:image/webp;base64,{base64.b64encode(content).decode()}" for name, content in pictures.items()}


@cache
def templates() -> Environment:
    """The templates, in which a name that is not there is an error."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(percent=percent, counted=counted)
    return found
