"""The last report on each classifier, for the studio."""

from pathlib import Path

from lookscape.reports import kept
from lookscape.services.classification.records import ClassifierReport


def kept_as(classifier: str) -> str:
    """The name of its report among the pages that are kept."""
    return f"classifier-{classifier}"


def page_name(classifier: str) -> str:
    """What its page is called."""
    return f"{classifier}: how good it is"


def last_report(folder: Path, classifier: str) -> kept.Kept[ClassifierReport] | None:
    """The last report on a classifier, if any, whichever training of it that was."""
    return kept.find(folder, ClassifierReport, name=kept_as(classifier))
