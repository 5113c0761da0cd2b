"""Many links into a folder: concurrent, polite, retried, and going on where an earlier run stopped.

Polite means few connections to one host at a time, a pause between two starts there, and a host that says 429 or 503
with Retry-After is left alone as long as it asks. robots.txt is for crawlers that find their own way; here a person
has listed every link, so it is not read.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lookscape.catalogue.fetch.file import Fetcher, FetchPolicy, TransientError
from lookscape.catalogue.fetch.manifest import Landed, Landing, clean_file_name
from lookscape.catalogue.fetch.schedule import Queue, Turn
from lookscape.errors import LookscapeError

# How many links are looked at ahead, so that one slow host does not hold up the others behind it in the list.
_AHEAD = 1024


@dataclass(frozen=True, kw_only=True)
class Link:
    """One address of a photo, and what its list calls it."""

    url: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """A link's file, whole; `file_name` is what the server or the address calls it, `is_new` if this run fetched it."""

    link: Link
    path: Path
    file_name: str
    num_bytes: int
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A link that gave no file, and why."""

    link: Link
    reason: str


@dataclass(frozen=True, kw_only=True)
class DownloadOptions:
    """How hard to try. `delay`, `timeout` (for one file) and `backoff` (before the first retry, doubling) are seconds.

    A host that asks for more than `max_pause` seconds of peace gets it: the link fails, for a later run to try.
    """

    concurrency: int = 16
    per_host: int = 4
    delay: float = 0.05
    timeout: float = 60.0
    num_retries: int = 4
    backoff: float = 1.0
    max_pause: float = 120.0
    max_bytes: int = 20_000_000
    allow_private: bool = False


def download(
    links: Iterable[Link], into: Path, *, options: DownloadOptions | None = None
) -> Iterator[Downloaded | Failed]:
    """Fetch every link into the folder `into`, yielding an outcome for each as it comes, in no order.

    What is there from an earlier run is not fetched again. The iterator may be dropped at any moment, the process
    killed: no partial file is ever taken for a whole one.
    """
    chosen = options or DownloadOptions()
    policy = FetchPolicy(allow_private=chosen.allow_private)
    with (
        Fetcher(policy, max_connections=chosen.concurrency) as fetcher,
        ThreadPoolExecutor(chosen.concurrency, thread_name_prefix="download") as pool,
    ):
        run = _Run(Landing(into), fetcher, pool, chosen)
        try:
            yield from run.outcomes(iter(links))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class _Run:
    """One call of `download`: the links read ahead, those waiting for their turn, and those on the way."""

    def __init__(self, landing: Landing, fetcher: Fetcher, pool: ThreadPoolExecutor, options: DownloadOptions) -> None:
        self._landing, self._fetcher, self._pool, self._options = landing, fetcher, pool, options
        self._queue = Queue(per_host=options.per_host, delay=options.delay)
        self._open: defaultdict[str, list[Link]] = defaultdict(list)
        self._active: dict[Future[Landed], tuple[str, Turn]] = {}
        self._jitter = random.Random()  # noqa: S311 - only spreads retries
        self._num_read = 0

    def outcomes(self, links: Iterator[Link]) -> Iterator[Downloaded | Failed]:
        while True:
            yield from self._read_ahead(links)
            if not self._open:
                return
            self._start_ready()
            if not self._active:
                time.sleep(self._patience())
                continue
            finished, _ = wait(self._active, timeout=self._patience(), return_when=FIRST_COMPLETED)
            for future in finished:
                yield from self._finish(future)

    def _read_ahead(self, links: Iterator[Link]) -> Iterator[Downloaded | Failed]:
        for link in islice(links, _AHEAD - len(self._open)):
            landed = self._landing.find(link.url)
            if landed is not None:
                yield self._downloaded(link, landed, is_new=False)
                continue
            self._open[link.url].append(link)
            if len(self._open[link.url]) == 1:
                self._num_read += 1
                self._queue.add(_host(link.url), Turn(due=0.0, number=self._num_read, url=link.url))

    def _start_ready(self) -> None:
        while len(self._active) < self._options.concurrency and (taken := self._queue.take(time.monotonic())):
            self._active[self._pool.submit(self._fetch, taken[1].url)] = taken

    def _patience(self) -> float:
        """Seconds until another turn is due; while every hand is busy, only a finished one helps."""
        if len(self._active) >= self._options.concurrency:
            return 3600.0
        return min(3600.0, max(0.0, self._queue.next_at() - time.monotonic()))

    def _fetch(self, url: str) -> Landed:
        fetched = self._fetcher.fetch(url, max_bytes=self._options.max_bytes, timeout=self._options.timeout)
        landed = Landed(
            url=url,
            path=self._landing.path_for(url),
            file_name=clean_file_name(fetched.file_name or unquote(urlsplit(url).path)),
            num_bytes=len(fetched.data),
            content_type=fetched.content_type,
            final_url=fetched.final_url,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        self._landing.land(landed, fetched.data)
        return landed

    def _finish(self, future: Future[Landed]) -> Iterator[Downloaded | Failed]:
        host, turn = self._active.pop(future)
        self._queue.done(host)
        try:
            landed = future.result()
        except TransientError as error:
            if not self._try_again(host, turn, error):
                yield from (Failed(link=link, reason=_final(error)) for link in self._open.pop(turn.url))
        except LookscapeError as error:
            yield from (Failed(link=link, reason=str(error)) for link in self._open.pop(turn.url))
        else:
            yield from (self._downloaded(link, landed, is_new=True) for link in self._open.pop(turn.url))

    def _try_again(self, host: str, turn: Turn, error: TransientError) -> bool:
        asked = error.retry_after or 0.0
        now = time.monotonic()
        if asked:
            self._queue.pause(host, until=now + min(asked, self._options.max_pause))
        if turn.attempt >= self._options.num_retries or asked > self._options.max_pause:
            return False
        pause = max(asked, self._options.backoff * 2**turn.attempt * self._jitter.uniform(0.5, 1.5))
        again = Turn(due=now + pause, number=turn.number, url=turn.url, attempt=turn.attempt + 1)
        self._queue.add(host, again)
        return True

    def _downloaded(self, link: Link, landed: Landed, *, is_new: bool) -> Downloaded:
        return Downloaded(
            link=link,
            path=self._landing.folder / landed.path,
            file_name=landed.file_name,
            num_bytes=landed.num_bytes,
            is_new=is_new,
        )


def _final(error: TransientError) -> str:
    if error.retry_after:
        return f"{error} and asks to wait {error.retry_after:.0f} seconds; run this again later"
    return str(error)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
