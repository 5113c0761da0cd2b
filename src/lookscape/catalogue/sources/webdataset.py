"""Tar files of samples, as WebDataset reads them: files that share a name up to its first dot are one sample.

The photo stays in the tar, gzipped or not, until it is read. Beside it .json is a record of attributes, .cls the
attribute `class`, .txt `caption`; other files, masks such as .seg.png among them, are left out and counted
(github.com/webdataset/webdataset).
"""

import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lookscape.catalogue.source import Account, FileRow, Item, Listing, SourceOptions
from lookscape.catalogue.sources._entries import Entry, Names
from lookscape.catalogue.sources._items import display, missing
from lookscape.catalogue.sources._left_behind import Kind, folder_left_behind, left_behind
from lookscape.catalogue.tables.json_lines import values_of
from lookscape.catalogue.tables.photo_names import SUFFIXES
from lookscape.catalogue.tables.table import Values
from lookscape.catalogue.tables.text import clean
from lookscape.errors import UsageError

TEXTS = {"cls": "class", "txt": "caption", "text": "caption"}
MASKS = {"seg", "mask", "depth", "segmentation", "normal", "label", "edge"}
"""What stands before the ending of a picture that is no photo."""

LONGEST = 1_000_000
"""Bytes of a file of words beside a photo."""


def claims(spec: str) -> bool:
    """A tar file, gzipped or not."""
    path = Path(spec)
    return path.name.lower().endswith((".tar", ".tar.gz", ".tgz")) and path.is_file()


def read(location: str, options: SourceOptions) -> Listing:
    """List a tar's samples, in its order. Raises UsageError when it is none; its items do where it is damaged."""
    path = Path(location).resolve()
    if not path.is_file():
        raise UsageError(f"{location!r} is not a file")
    account = Account()
    return Listing(
        key=f"webdataset:{display(str(path))}", kind="webdataset", items=_items(path, account), account=account
    )


def read_span(path: str, start: int, size: int) -> bytes:
    """Some bytes of a file."""
    with open(path, "rb", buffering=0) as file:
        file.seek(start)
        return file.read(size)


class _Packed:
    """Reads members of a gzipped tar in the order of the tar, which is how they are asked for."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._next = -1
        self._members: Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]] = iter(())

    def read(self, place: int, size: int) -> bytes:
        if place < self._next or self._next < 0:
            self._members, self._next = _members(Path(self._path), Account()), 0
        for tar, member in self._members:
            self._next += 1
            if self._next > place:
                file = tar.extractfile(member)
                return file.read(size) if file else b""
        return b""


_packed: dict[tuple[str, str], _Packed] = {}


def read_packed(path: str, stamp: str, place: int, size: int) -> bytes:
    """Some bytes of the file at a place among a gzipped tar's files. Quick when they are asked for in order."""
    if (path, stamp) not in _packed:
        _packed.clear()
        _packed[path, stamp] = _Packed(path)
    return _packed[path, stamp].read(place, size)


def _items(path: Path, account: Account) -> Iterator[Item]:
    names, stat = Names(account), path.stat()
    stamp = f"{stat.st_size}:{stat.st_mtime_ns}"
    for sample in _samples(path, account):
        key, said = clean(sample.key), sample.said
        place = f"{display(str(path))} {key}"
        if sample.problem or not sample.photos:
            yield missing(place, sample.problem or "the sample has no photo")
            continue
        product_id = _take(said, "product_id") or (key if len(sample.photos) > 1 else None)
        name = _take(said, "name") or _take(said, "title") or clean(sample.key.rsplit("/", 1)[-1])
        for number, member in enumerate(sample.photos):
            entry = Entry(place=place, product_id=product_id, name=name, attributes={} if number else said)
            file = names.row(f"{display(str(path))} {clean(member.name)}", entry, stamp=f"{stamp}:{member.offset_data}")
            if file is not None:
                yield _item(path, file, member, stamp=stamp, place=sample.places[number])


def _item(path: Path, file: FileRow, member: tarfile.TarInfo, *, stamp: str, place: int) -> Item:
    from lookscape.catalogue.imaging import MAX_BYTES

    size = min(member.size, MAX_BYTES + 1)
    if _is_packed(path):
        return Item(file=file, load=partial(read_packed, os.fspath(path), stamp, place, size))
    return Item(file=file, load=partial(read_span, os.fspath(path), member.offset_data, size))


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


@dataclass(kw_only=True)
class Sample:
    """Files of one key: photos with their places among all files, what is said of them, why that cannot be used."""

    key: str
    photos: list[tarfile.TarInfo] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    said: dict[str, Values] = field(default_factory=dict)
    problem: str = ""


def _samples(path: Path, account: Account) -> Iterator[Sample]:
    sample: Sample | None = None
    for place, (tar, member) in enumerate(_members(path, account)):
        key, _, ending = _parted(member.name)
        if sample is None or sample.key != key:
            if sample is not None:
                yield sample
            sample = Sample(key=key)
        if _is_photo(ending):
            sample.photos.append(member)
            sample.places.append(place)
        elif ending == "json" or ending in TEXTS:
            sample.problem = sample.problem or _add(sample.said, ending, _content(tar, member))
        else:
            account.skipped["files of other kinds in the tar"] += 1
    if sample is not None:
        yield sample


def _is_photo(ending: str) -> bool:
    *before, last = ending.split(".")
    return last in SUFFIXES and not MASKS & set(before)


def _members(path: Path, account: Account) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """The tar's files, but for what a Mac adds to archives (`._` before the name) and other systems leave in them."""
    try:
        with tarfile.open(path, "r:gz" if _is_packed(path) else "r:") as tar:
            for member in tar:
                if not member.isfile() or member.issparse():
                    continue
                if _is_left_behind(member.name):
                    account.skipped[Kind.SYSTEM] += 1
                else:
                    yield tar, member
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path.name} cannot be read as a tar: {error}") from error


def _is_left_behind(name: str) -> bool:
    *folders, last = name.split("/")
    return last.startswith("._") or bool(left_behind([last])) or any(map(folder_left_behind, folders))


def _parted(name: str) -> tuple[str, str, str]:
    """The name up to the first dot of its last part, and the ending behind it, small."""
    folder, slash, last = name.rpartition("/")
    stem, dot, ending = last.partition(".")
    return f"{folder}{slash}{stem}", dot, ending.lower()


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read(LONGEST) if file else b""


def _add(said: dict[str, Values], ending: str, content: bytes) -> str:
    """Take in what a file of words says; why it cannot be, if so."""
    text = content.decode("utf-8", errors="replace")
    if ending in TEXTS:
        if text.strip():
            said[TEXTS[ending]] = (clean(text),)
        return ""
    try:
        record: Any = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        return f"its .json is not JSON: {error}"
    if not isinstance(record, dict):
        return "its .json is not a JSON object"
    said.update(
        {name: values for key, value in record.items() if (name := clean(key)) and (values := values_of(value))}
    )
    return ""


def _take(said: dict[str, Values], name: str) -> str | None:
    values = said.pop(name, ())
    return clean(values[0]) or None if values else None
