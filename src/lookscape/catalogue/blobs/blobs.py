"""Standardised photos by the SHA-256 of their bytes, in a local folder or any other store fsspec knows.

A blob is either whole under its name or not there. Locally it is written to a temporary file, synced and renamed; an
object store does the same by its nature.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

import fsspec

from lookscape.catalogue.blobs.sync import sync
from lookscape.errors import NotFoundError

_KEY: Final = re.compile(r"[0-9a-f]{64}")
_TEMPORARY: Final = "tmp"


class _Store(Protocol):
    def write(self, blobs: dict[str, bytes]) -> None: ...
    def read(self, key: str) -> bytes: ...
    def has(self, key: str) -> bool: ...
    def keys(self) -> Iterator[str]: ...
    def delete(self, keys: Sequence[str]) -> None: ...


class Blobs:
    """Content-addressed files under `url`: a local path, or a URL such as s3://bucket/folder or memory://name.

    Keys are 64 lower-case hexadecimal digits. Several processes and threads may use one store at once.
    """

    def __init__(self, url: str | os.PathLike[str]) -> None:
        filesystem, path = fsspec.core.url_to_fs(os.fspath(url))
        self._folder = Path(path) if "file" in _protocols(filesystem) else None
        self._store: _Store = _RemoteStore(filesystem, path) if self._folder is None else _FolderStore(self._folder)

    def put(self, data: bytes) -> str:
        """Store bytes and return their key; nothing is written when they are there already."""
        return self.put_many([data])[0]

    def put_many(self, blobs: Iterable[bytes]) -> list[str]:
        """Store many and return their keys in order; when this returns, all of them survive a power cut.

        All are synced together, which is far quicker than one by one. They are held in memory until then.
        """
        keyed = [(hashlib.sha256(data).hexdigest(), data) for data in blobs]
        self._store.write({key: data for key, data in keyed if not self._store.has(key)})
        return [key for key, _ in keyed]

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFoundError."""
        try:
            return self._store.read(_checked(key))
        except FileNotFoundError as error:
            raise NotFoundError(f"no blob {key}") from error

    def has(self, key: str) -> bool:
        """Whether it is stored."""
        return bool(_KEY.fullmatch(key)) and self._store.has(key)

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""
        return self._store.keys()

    def delete(self, keys: Iterable[str]) -> None:
        """Remove blobs; keys that are not there are passed over."""
        self._store.delete([key for key in keys if self.has(key)])

    def local_path(self, key: str) -> Path | None:
        """Where the blob lies on this machine, for serving it as a file; None if the store is elsewhere or lacks it."""
        path = None if self._folder is None else self._folder / _relative(_checked(key))
        return path if path is not None and path.is_file() else None

    def sweep(self, *, older_than: float = 3600) -> int:
        """Remove temporary files that a killed run left more than `older_than` seconds ago; returns how many."""
        num_removed = 0
        if self._folder is not None:
            for path in (self._folder / _TEMPORARY).glob("*"):
                if time.time() - path.stat().st_mtime > older_than:
                    path.unlink(missing_ok=True)
                    num_removed += 1
        return num_removed


class _FolderStore:
    """Files ab/cdef... in a local folder. Names are joined as strings, for pathlib costs as much as the writing."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.fspath(folder)
        self._temporary = f"{self._folder}/{_TEMPORARY}"
        self._made: set[str] = set()

    def write(self, blobs: dict[str, bytes]) -> None:
        if not blobs:
            return
        self._make_folders({self._temporary, *(os.path.dirname(self._path(key)) for key in blobs)} - self._made)
        places = [(f"{self._temporary}/{uuid4().hex}", self._path(key)) for key in blobs]
        for (temporary, _), data in zip(places, blobs.values(), strict=True):
            with open(temporary, "xb", buffering=0) as file:
                file.write(data)
        sync(self._folder, [temporary for temporary, _ in places])
        for temporary, path in places:
            os.replace(temporary, path)
        sync(self._folder, list({os.path.dirname(path) for _, path in places}))

    def read(self, key: str) -> bytes:
        with open(self._path(key), "rb") as file:
            return file.read()

    def has(self, key: str) -> bool:
        return os.path.isfile(self._path(key))

    def keys(self) -> Iterator[str]:
        for folder in Path(self._folder).glob("[0-9a-f][0-9a-f]"):
            for path in folder.iterdir():
                if _KEY.fullmatch(key := folder.name + path.name):
                    yield key

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            Path(self._path(key)).unlink(missing_ok=True)

    def _path(self, key: str) -> str:
        return f"{self._folder}/{_relative(key)}"

    def _make_folders(self, folders: set[str]) -> None:
        """Make them once, durably: a new folder's own name is only safe when its parent is synced."""
        missing = [folder for folder in folders if not os.path.isdir(folder)]
        for folder in missing:
            os.makedirs(folder, exist_ok=True)
        if missing:
            sync(self._folder, [self._folder])
        self._made |= folders


class _RemoteStore:
    """Objects ab/cdef... in any store fsspec knows."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")

    def write(self, blobs: dict[str, bytes]) -> None:
        for folder in {self._path(key).rsplit("/", 1)[0] for key in blobs}:
            self._filesystem.makedirs(folder, exist_ok=True)
        self._filesystem.pipe({self._path(key): data for key, data in blobs.items()})

    def read(self, key: str) -> bytes:
        return bytes(self._filesystem.cat_file(self._path(key)))

    def has(self, key: str) -> bool:
        return bool(self._filesystem.isfile(self._path(key)))

    def keys(self) -> Iterator[str]:
        for path in self._filesystem.find(self._root):
            if _KEY.fullmatch(key := "".join(path.split("/")[-2:])):
                yield key

    def delete(self, keys: Sequence[str]) -> None:
        if keys:
            self._filesystem.rm([self._path(key) for key in keys])

    def _path(self, key: str) -> str:
        return f"{self._root}/{_relative(key)}"


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise NotFoundError(f"no blob {key!r}; a key is 64 hexadecimal digits")
    return key


def _relative(key: str) -> str:
    return f"{key[:2]}/{key[2:]}"
