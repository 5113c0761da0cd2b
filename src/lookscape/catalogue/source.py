"""What every source of photos offers, and how a spec such as `rendered:500` or `photos/` finds its source.

A source is one file in `sources/` with two functions:

    claims(spec: str) -> bool                                  would you read this bare path?
    read(location: str, options: SourceOptions) -> Listing     list it; reading photos happens later, elsewhere
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lookscape import parts
from lookscape.errors import UsageError

PACKAGE = "lookscape.catalogue.sources"
_to_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for every row

Values = str | tuple[str, ...]
State = tuple[str, str | None, str | None, str]


@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """How to read a source.

    labels: folder names become the attribute `label` when no metadata file describes a photo.
    allow_private: download from private and loopback addresses too.
    downloads: folder that downloaded files are kept in.
    columns: what a table's columns are, where they are not what they seem: photo=Bild, product=SKU.
    max_bytes: of one downloaded photo. user_agent: the name to ask under, empty for our own.
    again: fetch what was fetched before once more, whatever its host says. max_pages: pages of a shop that are read.
    """

    labels: bool = True
    columns: tuple[str, ...] = ()
    allow_private: bool = False
    downloads: Path = Path("downloads")
    max_bytes: int = 100_000_000
    user_agent: str = ""
    again: bool = False
    max_pages: int = 20_000


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """One entry as a source lists it; `path` is its name, which no other entry of the source has.

    stamp: changes when its bytes may have (size and time, an ETag, a seed). file: its path alone, where several entries
    share one and `path` says more. attributes: a value, or several.
    """

    path: str
    stamp: str
    product_id: str | None = None
    name: str | None = None
    attributes: Mapping[str, Values] = field(default_factory=dict)
    file: str | None = None

    @property
    def row(self) -> str:
        """The attributes as the JSON that is stored: a text, or a list of several."""
        return _to_json(dict(self.attributes))

    @property
    def state(self) -> State:
        """Everything that must be equal for a file to be skipped on the next run."""
        return (self.stamp, self.product_id, self.name, self.row)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One listed file: what is known without opening it, and how to get its bytes (a picklable call)."""

    file: FileRow
    load: Callable[[], bytes] | None = None
    problem: str | None = None
    """Why it cannot be read, when listing showed that already; `load` is None then."""
    note: str = ""
    """What a person should know though it can be read: how it was understood, or that its host could not be asked."""


@dataclass(kw_only=True)
class Account:
    """What a listing leaves out or reads otherwise than it is written, counted while its items are drawn.

    joined: rows without a photo that went to their product. repeated: rows that say what another said. skipped: files
    that are nobody's photo, by why. found: names that are not written as their files are called, by what was passed
    over to find them. notes: sentences, once each. is_elsewhere: photos may change though all that is here did not.
    """

    joined: int = 0
    repeated: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    notes: dict[str, None] = field(default_factory=dict)
    is_elsewhere: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """The notes, and how files were found."""
        matched = (f"{count:,} file name{'' if count == 1 else 's'} matched {how}" for how, count in self.found.items())
        return (*self.notes, *matched)

    def note(self, sentence: str) -> None:
        """Say something once."""
        self.notes[sentence] = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A source's files. `key` stays the same for the same source however it was spelled; total None is unknown.

    `fingerprint` changes whenever anything listed may have, and is there before the items are; None is unknown.
    `account` is whole when the items have come to their end.
    `is_whole` says, once the items are through, whether the source was read to its end; what was not seen is only then
    gone.
    """

    key: str
    kind: str
    items: Iterator[Item]
    total: int | None = None
    fingerprint: str | None = None
    account: Account = field(default_factory=Account)
    is_whole: Callable[[], bool] = lambda: True


def read_source(spec: str, options: SourceOptions) -> Listing:
    """List `kind:location`, or a bare path that a source claims. Raises UsageError when none does."""
    kind, found, location = spec.partition(":")
    known = parts.names(PACKAGE)
    name = kind.replace("-", "_")
    if found and name in known:
        listing: Listing = parts.load(PACKAGE, name).read(location, options)
        return listing
    for name in known:
        source = parts.load(PACKAGE, name)
        if source.claims(spec):
            claimed: Listing = source.read(spec, options)
            return claimed
    if not Path(spec).exists():
        raise UsageError(f"{spec!r} is not there; give a folder, a table, or one of: {_specs(known)}")
    raise UsageError(f"{spec!r} is not a folder or a table of photos; it can be one of: {_specs(known)}")


def read_file(path: str) -> bytes:
    """A local file's bytes, at most a little over the limit that the decoder refuses."""
    from lookscape.catalogue.imaging import MAX_BYTES

    with open(path, "rb", buffering=0) as file:
        # Asking for the limit would reserve that much for every file.
        return file.read(min(os.fstat(file.fileno()).st_size, MAX_BYTES) + 1)


def _specs(known: tuple[str, ...]) -> str:
    return ", ".join(f"{name.replace('_', '-')}:..." for name in known)
