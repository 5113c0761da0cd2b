"""The page of a comparison, drawn from `templates/comparison.html` with what all pages share."""

from collections.abc import Mapping, Sequence

from lookscape.reports import document
from lookscape.tools.predict.compare import Difference, Result

SHOWN = 25
"""Differences beyond chance that are shown at once."""


def title(result: Result) -> str:
    """What the page is called."""
    return f"{result.first} and {result.second}"


def body(result: Result, pictures: Mapping[str, bytes]) -> str:
    """The comparison without a page around it; `pictures` are WebP files by name."""
    sure = [one for one in result.differences if one.sure]
    return (
        document.templates()
        .get_template("comparison.html")
        .render(
            report=result,
            pictures=document.inline(pictures),
            sure=sure[:SHOWN],
            more=sure[SHOWN:],
            rest=_by_name([one for one in result.differences if not one.sure]),
            shown=[one for one in sure if one.first_examples or one.second_examples],
            title=title(result),
        )
    )


def _by_name(differences: Sequence[Difference]) -> list[Difference]:
    return sorted(differences, key=lambda one: one.name)
