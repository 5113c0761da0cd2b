"""The page of a report: its body, which the studio shows too, and the whole document that needs no network.

Both are drawn from templates in the folder `_page` beside this file. Pictures are WebP inside the HTML, plots are SVG
whose text can be read and searched; styles are in one sheet, and there is no script. Other tools that make pages have
templates of their own and share the sheet, the document and `pieces.html`.
"""

import base64
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lookscape import __version__
from lookscape.tools.report import _plots, _words
from lookscape.tools.report._colours import CLASSES
from lookscape.tools.report._pictures import AWAY, SHOWN_EIGEN
from lookscape.tools.report.catalogue import Result

HERE = Path(__file__).parent / "_page"


def style() -> str:
    """The sheet that both pages use."""
    return (HERE / "report.css").read_text(encoding="utf-8")


def body(result: Result, pictures: Mapping[str, bytes]) -> str:
    """The report without a page around it; `pictures` are WebP files by name."""
    return (
        templates()
        .get_template("body.html")
        .render(
            report=result,
            pictures=inline(pictures),
            plots=_plots.Plots(result),
            away=AWAY,
            classes=CLASSES,
            most_bits=f"{math.log2(CLASSES):.0f}",
            shown_eigen=SHOWN_EIGEN,
        )
    )


def document(*, name: str, body: str) -> str:
    """A whole page around a body; `name` is its title."""
    return templates().get_template("document.html").render(name=name, body=body, style=style(), version=__version__)


def inline(pictures: Mapping[str, bytes]) -> dict[str, str]:
    """WebP files as addresses that hold them."""
    return {name: f"data:image/webp;base64,{base64.b64encode(content).decode()}" for name, content in pictures.items()}


@cache
def templates(*folders: Path) -> Environment:
    """The templates in these folders and in `_page`, in which a name that is not there is an error."""
    found = Environment(
        loader=FileSystemLoader([*folders, HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(percent=_words.percent, counted=_words.counted)
    return found
