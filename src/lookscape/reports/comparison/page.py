"""The page of a comparison, drawn from `templates/comparison.html` with what all pages share."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lookscape.reports import document, kept
from lookscape.services.comparison.records import Comparison, Difference

SHOWN = 25
"""Differences beyond chance that are shown at once."""

KEPT = "compare"
"""The name of the last comparison among the pages that are kept."""


def title(result: Comparison) -> str:
    """What the page is called."""
    return f"{result.first} and {result.second}"


def body(result: Comparison, pictures: Mapping[str, bytes]) -> str:
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


def last_comparison(folder: Path) -> kept.Kept[Comparison] | None:
    """The last comparison of a catalogue, by its folder, if any."""
    return kept.find(folder, Comparison, name=KEPT)
