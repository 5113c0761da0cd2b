"""Which file on disk a table means."""

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lookscape.catalogue.sources._left_behind import folder_left_behind
from lookscape.catalogue.tables.file_names import FileNames

MOST_WALKED = 2_000_000
"""Files beside a table that are looked through for one it may mean."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file with its status, or the path it would have and why there is none. `how` says what was passed over."""

    path: str
    status: os.stat_result | None = None
    how: str = ""
    problem: str = ""


class Finder:
    """Files for names in a table that lies in `folder`.

    Exactly as written first; only a name that is not there has the files below `root` listed, by `listed`. `known` are
    those whose status was taken already.
    """

    def __init__(
        self,
        folder: str,
        listed: Callable[[], Iterable[str]] | None = None,
        *,
        root: str | None = None,
        known: Mapping[str, os.stat_result] | None = None,
    ) -> None:
        self._known = known or {}
        self._folder, self._root = folder, root or folder
        self._listed = listed or self._walk
        self._names: FileNames[str] | None = None

    def find(self, written: str) -> Found:
        """The file. Nothing is opened."""
        path = os.path.normpath(os.path.join(self._folder, written))
        if (status := self._known.get(path) or _status(path)) is not None:
            return Found(path=path, status=status)
        match = self._all().find(written)
        if match.owners:
            path = os.path.join(self._root, match.path)
            status = _status(path)
            if status is not None:
                return Found(path=path, status=status, how=match.how or "by the ends of their paths")
        candidates = f"; {match.words}" if match.candidates else ""
        return Found(path=path, problem=f"listed in the table but not there{candidates}")

    def is_there(self, written: str) -> bool:
        """Is there a file of exactly this name?"""
        return _status(os.path.join(self._folder, written)) is not None

    def _all(self) -> FileNames[str]:
        if self._names is None:
            root = self._root.rstrip("/") + "/"
            paths = (path.removeprefix(root) for path in self._listed())
            self._names = FileNames((path, path) for path in paths)
        return self._names

    def _walk(self) -> Iterable[str]:
        count = 0
        for folder, below, files in os.walk(self._root):
            below[:] = [name for name in below if folder_left_behind(name) is None]
            for name in files:
                count += 1
                if count > MOST_WALKED:
                    return
                yield os.path.join(folder, name)


def _status(path: str) -> os.stat_result | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return None if stat.S_ISDIR(status.st_mode) else status
