"""What a classifier said of the photos that it did not learn from, and whether they still are those.

classifiers/NAME/predictions.parquet    a row for each validation and test photo
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.classifiers.folder import PREDICTIONS
from lookscape.errors import NotFoundError
from lookscape.files import write_atomically


def write_predictions(
    path: Path,
    *,
    photo_ids: Sequence[str],
    parts: Sequence[str],
    groups_N: NDArray[np.intp],
    codes_N: NDArray[np.intp],
    logits_NK: NDArray[np.float32],
) -> None:
    """Keep the part, the group and the true class of each photo, and the logits of the classes."""
    from lookscape import parquet

    columns = {
        "photo_id": parquet.texts(photo_ids),
        "part": parquet.texts(parts),
        "group": parquet.numbers(groups_N),
        "code": parquet.numbers(codes_N),
        "logits": parquet.lists(logits_NK),
    }
    write_atomically(path, parquet.encode(columns))


def split_changed(folder: Path, parts: Mapping[str, str]) -> bool:
    """Whether a photo that the classifier in `folder` chose or was judged by is in another part of its split now.

    `parts` are those of the split as it is; photos that left it, or have no value any more, tell nothing. Raises
    NotFoundError when the classifier is damaged.
    """
    from lookscape import parquet

    try:
        held = parquet.read(folder / PREDICTIONS, ["photo_id", "part"]).to_pydict()
    except (OSError, ValueError, KeyError) as error:
        raise NotFoundError(f"the classifier {folder.name!r} is damaged ({error}); train it again") from error
    kept = zip(held["photo_id"], held["part"], strict=True)
    return any(parts.get(photo_id, "") not in {part, ""} for photo_id, part in kept)
