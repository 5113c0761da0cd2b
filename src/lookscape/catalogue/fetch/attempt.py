"""One link tried once: in each of its meanings, into the landing folder; or asked about, when it is there already."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from lookscape.catalogue.fetch.answer import Known, TransientError, UnconnectedError
from lookscape.catalogue.fetch.file import Fetched, Fetcher
from lookscape.catalogue.fetch.manifest import Landed, Landing, clean_file_name
from lookscape.catalogue.fetch.repairs import Meaning, meanings
from lookscape.errors import LookscapeError


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is there now, and whether it was fetched just now."""

    landed: Landed
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class AttemptLimits:
    """Bytes and seconds for one file. `allow_http` tries http too where a link has no scheme; `by_size` see Known."""

    max_bytes: int
    timeout: float
    allow_http: bool = False
    by_size: bool = True


class _Digesting:
    """A file that takes the digest of what is written into it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        self._digest.update(data)
        self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def attempt(url: str, fetcher: Fetcher, landing: Landing, *, limits: AttemptLimits, old: Landed | None) -> Outcome:
    """Fetch a link's file, or ask about the `old` one. Raises as `Fetcher.fetch`.

    The error is that of the link as written, or of the last guess where it was no web address as written.
    """
    if old is not None:
        meaning = Meaning(url=old.address or url, note=old.note)
        return _one(url, meaning, fetcher, landing, limits=limits, old=old)
    failure: LookscapeError | None = None
    is_silent = True
    for meaning in meanings(url, allow_http=limits.allow_http):
        if meaning.is_last and not is_silent:
            break
        try:
            return _one(url, meaning, fetcher, landing, limits=limits, old=None)
        except LookscapeError as error:
            is_silent = is_silent and isinstance(error, UnconnectedError)
            if isinstance(error, TransientError) and not is_silent:
                raise
            failure = error if failure is None or meaning.is_guess else failure
    assert failure is not None
    raise failure


def _one(
    url: str, meaning: Meaning, fetcher: Fetcher, landing: Landing, *, limits: AttemptLimits, old: Landed | None
) -> Outcome:
    temporary = landing.temporary()
    try:
        with temporary.open("xb") as file:
            into = _Digesting(file)
            fetched = _ask(meaning.url, fetcher, into, limits=limits, old=old)
        if fetched is None:
            assert old is not None
            return Outcome(landed=landing.confirm(old), is_new=False)
        return Outcome(landed=landing.land(_landed(url, meaning, fetched, into.sha256), temporary), is_new=True)
    finally:
        temporary.unlink(missing_ok=True)


def _ask(
    address: str, fetcher: Fetcher, into: _Digesting, *, limits: AttemptLimits, old: Landed | None
) -> Fetched | None:
    if old is None:
        return fetcher.fetch(address, max_bytes=limits.max_bytes, timeout=limits.timeout, into=into)
    known = Known(etag=old.etag, last_modified=old.last_modified, num_bytes=old.num_bytes, by_size=limits.by_size)
    return fetcher.ask(address, known, max_bytes=limits.max_bytes, timeout=limits.timeout, into=into)


def _landed(url: str, meaning: Meaning, fetched: Fetched, sha256: str) -> Landed:
    return Landed(
        url=url,
        path="",
        file_name=clean_file_name(fetched.file_name or unquote(urlsplit(meaning.url).path)),
        num_bytes=fetched.num_bytes,
        content_type=fetched.content_type,
        final_url=fetched.final_url,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        sha256=sha256,
        address=meaning.url if meaning.note else "",
        note=meaning.note,
    )
