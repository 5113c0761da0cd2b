"""FileNames(files).find("a/side.jpg"): which file a table means, however it writes the name.

The name itself first, then the longest ending that only one file has; then the same as other systems write it: address
and percent signs, backslashes, composed and decomposed letters, capitals, the prefix of an upload to Label Studio, no
ending. Each of them only where it leads to one file.
"""

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

T = TypeVar("T", bound=Hashable)
MOST_CANDIDATES = 3
_UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LOCAL_FILES = "/data/local-files/"

Key = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Match(Generic[T]):
    """Whose file it is, or the files that it could be.

    owners: of the one file, once each; empty when there is none or more than one. how: what had to be passed over to
    find it, in words, empty for the name itself. candidates: paths that it may mean where it is not clear.
    """

    owners: tuple[T, ...] = ()
    path: str = ""
    how: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Why there is no owner."""
        if not self.candidates:
            return "no file is called so"
        shown = " or ".join(self.candidates[:MOST_CANDIDATES])
        more = len(self.candidates) - MOST_CANDIDATES
        return f"is it {shown}{f' or one of {more} more' if more > 0 else ''}?"


class FileNames(Generic[T]):
    """Files by all the names they may be called; `files` are paths, with / between folders, and whose they are."""

    def __init__(self, files: Iterable[tuple[str, T]]) -> None:
        self._owners: dict[str, dict[T, None]] = {}
        for path, owner in files:
            self._owners.setdefault(path, {})[owner] = None
        self._by_last: dict[str, dict[str, list[str]]] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._owners

    def find(self, written: str) -> Match[T]:
        """The file that is meant, or candidates.

        A way of writing that fits the whole name, or the whole path of a file, goes before one that fits its end alone.
        """
        if written in self._owners:
            return self._match(written, "")
        plain, plain_how = _plain(written)
        part: Match[T] | None = None
        for text, text_how in _spellings(plain):
            for rule, key, key_how in _KEYS:
                found, is_whole = self._with_ending(text, rule, key)
                if not found or (part and not is_whole):
                    continue
                how = ", ".join(filter(None, (plain_how, text_how, key_how)))
                match = self._match(found[0], how) if len(found) == 1 else _unclear(found, how)
                if is_whole:
                    return match
                part = match
        return part or Match(candidates=tuple(sorted(self._nearly(plain))))

    def _match(self, path: str, how: str) -> Match[T]:
        return Match(owners=tuple(self._owners[path]), path=path, how=how)

    def _with_ending(self, text: str, rule: str, key: Key) -> tuple[list[str], bool]:
        """The paths that share the longest ending with a text, folder by folder, as far as `key` tells them apart.

        And whether that ending is the whole of it, or of a path.
        """
        wanted = [key(part) for part in text.split("/")]
        candidates = self._last(rule, key).get(wanted[-1], [])
        shared = {path: _shared(wanted, [key(part) for part in path.split("/")]) for path in candidates}
        longest = max(shared.values(), default=0)
        best = [path for path, length in shared.items() if length == longest]
        last = text.rsplit("/", 1)[-1]
        best = [path for path in best if path.rsplit("/", 1)[-1] == last] or best
        whole = [path for path in best if path.count("/") + 1 == longest]
        return whole or best, bool(whole) or longest == len(wanted)

    def _last(self, rule: str, key: Key) -> dict[str, list[str]]:
        if rule not in self._by_last:
            found: dict[str, list[str]] = {}
            for path in self._owners:
                found.setdefault(key(path.rsplit("/", 1)[-1]), []).append(path)
            self._by_last[rule] = found
        return self._by_last[rule]

    def _nearly(self, text: str) -> list[str]:
        """Files whose name differs in zeros at its beginning, which spreadsheets drop: named, never taken."""
        last = text.rsplit("/", 1)[-1]
        return self._last("zeros", _no_zeros).get(_no_zeros(last), [])


def _unclear(paths: Iterable[str], how: str) -> Match[T]:
    return Match(candidates=tuple(sorted(paths)), how=how)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts two paths share, from their ends."""
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count


def _plain(written: str) -> tuple[str, str]:
    """The path in an address or in another system's spelling, with / between folders."""
    text = written.strip()
    if _LOCAL_FILES in text:
        inside = parse_qs(urlsplit(text).query).get("d", [""])[0]
        return _tidy(inside), "by the paths in their addresses"
    if _ADDRESS.match(text):
        return _tidy(text.split("://", 1)[1].split("?", 1)[0]), "by the paths in their addresses"
    return _tidy(text), "with \\ as /" if "\\" in text else ""


def _tidy(text: str) -> str:
    parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join(parts)


def _spellings(plain: str) -> Iterator[tuple[str, str]]:
    """The text as it is, with percent signs read, without the prefix of an upload."""
    yield plain, ""
    read = _tidy(unquote(plain))
    if read != plain:
        yield read, "with %20 as a space"
        if (twice := _tidy(unquote(read))) != read:
            yield twice, "with %2520 as a space"
    folder, _, last = read.rpartition("/")
    if _UPLOADED.match(last):
        yield f"{folder}/{_UPLOADED.sub('', last)}".lstrip("/"), "without the prefix of an upload"
    without_query = read.split("?", 1)[0]
    if without_query != read:
        yield without_query, "without what follows ?"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _stem(text: str) -> str:
    """Without its ending, where that looks like one."""
    stem, dot, ending = _folded(text).rpartition(".")
    return (
        stem if dot and stem and 0 < len(ending) <= 5 and ending.isalnum() and not ending.isdecimal() else _folded(text)
    )


def _no_zeros(text: str) -> str:
    return _stem(text).lstrip("0")


_KEYS: tuple[tuple[str, Key, str], ...] = (
    ("same", str, ""),
    ("composed", _composed, "with letters composed otherwise"),
    ("folded", _folded, "with other capitals"),
    ("stem", _stem, "without their endings"),
)
