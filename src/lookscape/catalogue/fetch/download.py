"""Many links into a folder: concurrent, polite, retried, and going on where an earlier run stopped.

Polite means few connections to one host at a time, a pause between two starts there, and a host that says 429 or 503
with Retry-After is left alone as long as it asks. robots.txt is for crawlers that find their own way; where a person
has listed every link, it is not read.

What an earlier run fetched is taken as it is, or its host is asked whether it changed (`ask`). Whatever goes wrong
then, the old file stays and the outcome says why.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from lookscape.catalogue.fetch.answer import StatusError, TransientError
from lookscape.catalogue.fetch.attempt import AttemptLimits, Outcome, attempt
from lookscape.catalogue.fetch.file import Fetcher, FetchPolicy
from lookscape.catalogue.fetch.manifest import Landed, Landing
from lookscape.catalogue.fetch.repairs import meanings
from lookscape.catalogue.fetch.schedule import Pace, Queue, Turn
from lookscape.errors import LookscapeError, UnavailableError

# How many links are looked at ahead, so that one slow host does not hold up the others behind it in the list.
_AHEAD = 1024

_GONE = (404, 410)


@dataclass(frozen=True, kw_only=True)
class Link:
    """One address of a photo, and what its list calls it."""

    url: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """A link's file, whole; `file_name` is what the server or the address calls it, `is_new` if this run fetched it.

    note: what a person should know: the link was read otherwise than written, or could not be asked about.
    """

    link: Link
    path: Path
    file_name: str
    num_bytes: int
    is_new: bool
    final_url: str = ""
    content_type: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A link that gave no file, and why; `status` is the server's where it answered so for good (404), else 0."""

    link: Link
    reason: str
    status: int = 0


@dataclass(frozen=True, kw_only=True)
class DownloadOptions:
    """How hard to try. `delay`, `timeout` (for one file) and `backoff` (before the first retry, doubling) are seconds.

    A host that asks for more than `max_pause` seconds of peace gets it: the link fails, for a later run to try.

    ask: what was fetched before is asked about, with its validators or, `by_size`, its length; `again`: fetched anew.
    run: the name of this run, so that a killed one is gone on with. pace: what hosts ask for beyond `delay`. allows: a
    reason to leave an address alone, or None. pages: pages are wanted, and not kept when they are gone.
    """

    concurrency: int = 16
    per_host: int = 4
    delay: float = 0.05
    timeout: float = 60.0
    num_retries: int = 4
    backoff: float = 1.0
    max_pause: float = 120.0
    max_bytes: int = 100_000_000
    allow_private: bool = False
    user_agent: str = ""
    ask: bool = False
    by_size: bool = True
    again: bool = False
    run: str = ""
    pace: Pace | None = None
    allows: Callable[[str], str | None] | None = None
    pages: bool = False


def download(
    links: Iterable[Link], into: Path | Landing, *, options: DownloadOptions | None = None
) -> Iterator[Downloaded | Failed]:
    """Fetch every link into a folder, yielding an outcome for each as it comes, in no order.

    The run of a Landing that is handed in is finished by the caller.

    What is there from an earlier run is not fetched again unless the options say so. The iterator may be dropped at any
    moment, the process killed: no partial file is ever taken for a whole one.
    """
    chosen = options or DownloadOptions()
    policy = FetchPolicy(
        allow_private=chosen.allow_private, user_agent=chosen.user_agent, allows=chosen.allows, pages=chosen.pages
    )
    landing = into if isinstance(into, Landing) else Landing(into, run=chosen.run)
    with (
        Fetcher(policy, max_connections=chosen.concurrency) as fetcher,
        ThreadPoolExecutor(chosen.concurrency, thread_name_prefix="download") as pool,
    ):
        run = _Run(landing, fetcher, pool, chosen)
        try:
            yield from run.outcomes(iter(links))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    if landing is not into:
        landing.finish()


_SILENT = 4
"""Questions in a row that a host left unanswered, after which it is asked nothing more in this run."""


class _Run:
    """One call of `download`: the links read ahead, those waiting for their turn, and those on the way."""

    def __init__(self, landing: Landing, fetcher: Fetcher, pool: ThreadPoolExecutor, options: DownloadOptions) -> None:
        self._landing, self._fetcher, self._pool, self._options = landing, fetcher, pool, options
        self._queue = Queue(per_host=options.per_host, delay=options.delay, pace=options.pace)
        self._open: defaultdict[str, list[Link]] = defaultdict(list)
        self._active: dict[Future[Outcome], tuple[str, Turn]] = {}
        self._old: dict[str, Landed] = {}
        self._silent: Counter[str] = Counter()
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
            if landed is not None and not self._is_due(landed):
                yield self._downloaded(link, landed, is_new=False)
                continue
            self._open[link.url].append(link)
            if len(self._open[link.url]) == 1:
                self._num_read += 1
                if landed is not None:
                    self._old[link.url] = landed
                self._queue.add(_host(link.url), Turn(due=0.0, number=self._num_read, url=link.url))

    def _is_due(self, landed: Landed) -> bool:
        """Whether its host is to be asked about it, or it is to be fetched anew."""
        return (self._options.ask or self._options.again) and not self._landing.is_fresh(landed)

    def _start_ready(self) -> None:
        while len(self._active) < self._options.concurrency and (taken := self._queue.take(time.monotonic())):
            self._active[self._pool.submit(self._fetch, taken[1].url)] = taken

    def _patience(self) -> float:
        """Seconds until another turn is due; while every hand is busy, only a finished one helps."""
        if len(self._active) >= self._options.concurrency:
            return 3600.0
        return min(3600.0, max(0.0, self._queue.next_at() - time.monotonic()))

    def _fetch(self, url: str) -> Outcome:
        old = self._old.get(url)
        if old is not None and self._silent[_host(url)] >= _SILENT:
            raise UnavailableError("its host does not answer")
        options = self._options
        limits = AttemptLimits(
            max_bytes=options.max_bytes,
            timeout=options.timeout,
            allow_http=options.allow_private,
            by_size=options.by_size,
        )
        return attempt(url, self._fetcher, self._landing, limits=limits, old=None if options.again else old)

    def _finish(self, future: Future[Outcome]) -> Iterator[Downloaded | Failed]:
        host, turn = self._active.pop(future)
        self._queue.done(host)
        try:
            outcome = future.result()
        except TransientError as error:
            self._silent[host] += 1
            if not self._try_again(host, turn, error):
                yield from self._failed(turn.url, _final(error), error)
        except LookscapeError as error:
            yield from self._failed(turn.url, str(error), error)
        else:
            self._silent[host] = 0
            self._old.pop(turn.url, None)
            yield from (
                self._downloaded(link, outcome.landed, is_new=outcome.is_new) for link in self._open.pop(turn.url)
            )

    def _failed(self, url: str, reason: str, error: LookscapeError) -> Iterator[Downloaded | Failed]:
        """What is there from before stays, unless it is a page that is gone."""
        old, links = self._old.pop(url, None), self._open.pop(url)
        status = error.status if isinstance(error, StatusError) else 0
        if old is None or (self._options.pages and status in _GONE):
            yield from (Failed(link=link, reason=reason, status=status) for link in links)
            return
        kept = replace(old, note=f"kept as it was: {reason}")
        yield from (self._downloaded(link, kept, is_new=False) for link in links)

    def _try_again(self, host: str, turn: Turn, error: TransientError) -> bool:
        asked = error.retry_after or 0.0
        now = time.monotonic()
        if asked:
            self._queue.pause(host, until=now + min(asked, self._options.max_pause))
        is_question = turn.url in self._old and not asked
        if is_question or turn.attempt >= self._options.num_retries or asked > self._options.max_pause:
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
            final_url=landed.final_url,
            content_type=landed.content_type,
            note=landed.note,
        )


def _final(error: TransientError) -> str:
    if error.retry_after:
        return f"{error} and asks to wait {error.retry_after:.0f} seconds; run this again later"
    return str(error)


def _host(link: str) -> str:
    """Host and port that a link most likely means."""
    try:
        return urlsplit(meanings(link)[0].url).netloc.lower()
    except ValueError:
        return ""
