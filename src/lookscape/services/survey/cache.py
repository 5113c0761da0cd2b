"""Arrays that a report needs again for another grouping: cache/report-NAME-KEY.npy, made once for the same photos."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.files import write_atomically


def cached(folder: Path, name: str, about: str, compute: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """The array known under `about`, or the one that is computed now; arrays of this name about other things go."""
    key = hashlib.sha256(about.encode()).hexdigest()[:16]
    path = folder / f"report-{name}-{key}.npy"
    try:
        return np.asarray(np.load(path, allow_pickle=False))
    except (OSError, ValueError, EOFError):  # not there, or damaged: it is made again
        made = compute()
    content = io.BytesIO()
    np.save(content, made, allow_pickle=False)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.getvalue())
    for other in folder.glob(f"report-{name}-*.npy"):
        if other != path:
            other.unlink(missing_ok=True)
    return made
