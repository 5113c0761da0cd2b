"""The page of a comparison, drawn from `_page/compared.html` with the parts and the sheet of every report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lookscape.tools.predict.compare import Difference, Result
from lookscape.tools.report import _page

HERE = Path(__file__).parent / "_page"

SHOWN = 25
"""Differences beyond chance that are shown at once."""


def title(result: Result) -> str:
    """What the page is called."""
    return f"{result.first} and {result.second}"


def body(result: Result, pictures: Mapping[str, bytes]) -> str:
    """The comparison without a page around it; `pictures` are WebP files by name."""
    sure = [one for one in result.differences if one.sure]
    return (
        _page.templates(HERE)
        .get_template("compared.html")
        .render(
            report=result,
            pictures=_page.inline(pictures),
            sure=sure[:SHOWN],
            more=sure[SHOWN:],
            rest=_by_name([one for one in result.differences if not one.sure]),
            shown=[one for one in sure if one.first_examples or one.second_examples],
            title=title(result),
        )
    )


def _by_name(differences: Sequence[Difference]) -> list[Difference]:
    return sorted(differences, key=lambda one: one.name)
