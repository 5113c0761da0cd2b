"""Label Studio's flat exports, CSV and JSON_MIN: a record for each annotation, where choices stand beside the data.

One choice is a word; several are `{"choices": ["boot", "red"]}`; boxes and outlines are a list of records that end in
their labels, `[{"x": 1, ..., "rectanglelabels": ["boot"]}]`. Who annotated, when and how long is no attribute.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

BOOKKEEPING = frozenset(
    {"id", "annotation_id", "annotator", "created_at", "updated_at", "lead_time", "agreement", "history"}
)
"""Fields and columns that are Label Studio's own."""

DATA_BESIDE = "_data_"
"""What CSV puts before the name of a field of the data, where a control is called as that field is."""

_SURE = frozenset({"annotation_id", "annotator", "lead_time"})


def is_export(columns: Collection[str]) -> bool:
    """Whether these columns or fields are those of a flat export of Label Studio."""
    return set(columns) >= _SURE


def choices_of_cell(cell: str) -> tuple[str, ...] | None:
    """The choices in a cell of CSV; None for an empty one, or one that holds something else, such as points."""
    if not cell:
        return None
    if cell[0] not in "[{":
        return (cell,)
    try:
        return choices_of(json.loads(cell))
    except ValueError:  # a word that only begins so
        return (cell,)


def choices_of(value: Any) -> tuple[str, ...] | None:
    """The choices or labels in a value of JSON, none when nothing was chosen; None when it has no place for any."""
    if isinstance(value, str):
        return (value,) if value else None
    if isinstance(value, Mapping) and value.get("choices") == []:
        return ()
    found = [word for one in (value if isinstance(value, list) else [value]) for word in words_of(one)]
    return tuple(dict.fromkeys(found)) or None


def words_of(value: Any) -> Sequence[str]:
    """What one result says in words: its choices, or the labels of its region."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Mapping):
        return []
    lists = [said for key, said in value.items() if key == "choices" or key.lower().endswith("labels")]
    return [
        str(word) for said in lists if isinstance(said, list) for word in said if isinstance(word, str | int | float)
    ]
