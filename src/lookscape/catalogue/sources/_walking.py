"""Every file of a folder and below it, in the order of the paths, and what of it is nobody's photo."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from lookscape.catalogue.sources._left_behind import LeftBehind, folder_left_behind, left_behind


@dataclass(frozen=True, kw_only=True)
class Found:
    """A directory entry that is not a folder: its status, or why it has none. `folder` is where it lies.

    left: why it is nobody's photo.
    """

    path: str
    folder: str
    status: os.stat_result | None = None
    problem: str = ""
    left: LeftBehind | None = None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path[len(self.folder) :].lstrip("/")

    @property
    def is_regular(self) -> bool:
        """A file, not a pipe or a device."""
        return self.status is not None and stat.S_ISREG(self.status.st_mode)


def walk(root: str) -> Iterator[Found]:
    """Every file below a folder; folders outside it that links lead to are read once each.

    What lies in a folder of a system's own comes as left behind.
    """
    outside: set[str] = set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Found(path=folder, folder=folder, problem=f"folder cannot be read: {error.strerror}")
            continue
        below = []
        leftovers = left_behind(entry.name for entry in entries)
        for entry in entries:
            if not _is_folder(entry):
                yield _found(entry, folder, left=leftovers.get(entry.name))
            elif left := folder_left_behind(entry.name):
                yield from _inside(entry.path, left)
            elif _is_read_anyway(entry, root, outside):
                yield Found(path=entry.path, folder=folder, problem="symbolic link to a folder that is read already")
            else:
                below.append(entry.path)
        waiting.extend(reversed(below))


def _inside(root: str, left: LeftBehind) -> Iterator[Found]:
    """The files of a system's folder, in any order of folders; they are not looked at."""
    for folder, _, files in os.walk(root):
        for name in sorted(files):
            path = os.path.join(folder, name)
            try:
                yield Found(path=path, folder=folder, status=os.stat(path), left=left)
            except OSError as error:
                yield Found(path=path, folder=folder, problem=f"cannot be followed: {error.strerror}", left=left)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_read_anyway(entry: os.DirEntry[str], root: str, outside: set[str]) -> bool:
    """Does this entry, a folder, lead to one that is read without it, or to one that holds the whole source?"""
    target = os.path.realpath(entry.path)
    if entry.is_symlink():
        if os.path.commonpath((target, root)) in (target, root) or target in outside:
            return True
        outside.add(target)
        return False
    return target in outside  # only below a link that leads outside: another link has led here before


def _found(entry: os.DirEntry[str], folder: str, *, left: LeftBehind | None) -> Found:
    try:
        status = entry.stat()
    except OSError as error:
        kind = "symbolic link" if entry.is_symlink() else "file"
        return Found(path=entry.path, folder=folder, problem=f"{kind} cannot be followed: {error.strerror}")
    regular = stat.S_ISREG(status.st_mode)
    return Found(
        path=entry.path,
        folder=folder,
        status=status,
        left=left if left and regular and _is_as_said(entry.path, left) else None,
    )


def _is_as_said(path: str, left: LeftBehind) -> bool:
    """Whether the file's bytes agree with what its name lets one think."""
    try:
        if left.begins:
            with open(path, "rb") as file:
                return file.read(len(left.begins)) == left.begins
        if left.size is None:
            return True
        from lookscape.catalogue.imaging import size_of

        return _is_close(size_of(path), left.size)
    except OSError:
        return False


def _is_close(found: tuple[int, int] | None, said: tuple[int, int]) -> bool:
    """To a pixel, for programs round differently."""
    return found is not None and all(abs(one - other) <= 1 for one, other in zip(found, said, strict=True))
